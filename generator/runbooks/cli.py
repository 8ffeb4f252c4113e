"""The command: parse, call, print, and end with the code that says how it went."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import click

from runbooks import __version__, errors, gate, reports, site
from runbooks.findings import Severity
from runbooks.fleet import PolicyUnreadable
from runbooks.gate import Report
from runbooks.rules.registry import RULES, Rule, find, words
from runbooks.shape import closest

PASSED, FOUND, WRONG_USE, BUG, NOTHING_CHECKED, INTERRUPTED = 0, 1, 2, 3, 4, 130


class Day(click.ParamType[date]):
    """A day of the calendar on the command line."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or a one-line error."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value} is not a day; write YYYY-MM-DD", param, ctx)


SITE: Final = click.option(
    "--site",
    "folder",
    type=click.Path(path_type=Path),
    default=None,
    help="The folder with policy.yml. [default: nearest upward]",
)
AS_OF: Final = click.option(
    "--as-of", type=Day(), default=None, help="The day that counts. [default: today, in the policy's time zone]"
)
FORMAT: Final = click.option(
    "--format",
    "form",
    type=click.Choice(list(reports.REPORTS)),
    default="full",
    show_default=True,
    help="How findings are printed.",
)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}, invoke_without_command=True
)
@click.version_option(__version__, prog_name="runbooks")
@click.pass_context
def cli(context: click.Context) -> int:
    """Backup runbooks from client records, gated by the agreements behind them."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
    return WRONG_USE


@cli.command()
@SITE
@AS_OF
@FORMAT
@click.option(
    "--fail-on", type=click.Choice(["error", "warning"]), default="error", show_default=True, help="What ends with 1."
)
@click.argument("clients", nargs=-1)
def lint(folder: Path | None, as_of: date | None, form: str, fail_on: str, clients: tuple[str, ...]) -> int:
    r"""Check every record. CLIENT... shows only the findings of these clients; all are checked all the same.

    \b
    Examples:
      runbooks lint
      runbooks lint --as-of 2027-01-01 harbour-dental
      runbooks lint --format json > findings.json
    """
    root = _root(folder)
    fleet = site.read(root, as_of)
    made = site.make(fleet)
    report = made.report
    for client in clients:
        if client not in fleet.by_slug:
            hint = closest(client, fleet.by_slug)
            raise errors.UserError(f"there is no client {client}" + (f"; {hint}" if hint else ""))
    if clients:
        shown = tuple(one for one in report.findings if one.client in clients)
        waived = tuple(one for one in report.waived if one[0].client in clients)
        report = Report(report.as_of, report.records, shown, waived, report.crashes)
    click.echo(reports.REPORTS[form](report, root), nl=False)
    return _code(report, Severity[fail_on.upper()])


@cli.command()
@SITE
@AS_OF
@FORMAT
@click.option(
    "--site-dir", type=click.Path(path_type=Path), default=None, help="Where the site is published. [default: site]"
)
@click.option("--all-or-nothing", is_flag=True, help="Keep the old site unless there is no finding that blocks.")
def build(folder: Path | None, as_of: date | None, form: str, site_dir: Path | None, all_or_nothing: bool) -> int:
    r"""Check, build and publish everything that is not blocked; end with 1 when something was.

    \b
    Examples:
      runbooks build
      runbooks build --as-of 2027-01-01 --site-dir /srv/runbooks
    """
    from runbooks import driver

    root = _root(folder)
    outcome = driver.build(root, as_of, site_dir or root / "site", all_or_nothing=all_or_nothing)
    click.echo(reports.REPORTS[form](outcome.report, root), nl=False)
    click.echo(outcome.words, err=True)
    return _code(outcome.report, Severity.ERROR) or (PASSED if outcome.published else FOUND)


@cli.command()
@SITE
@click.option("--host", default="127.0.0.1:8000", show_default=True, help="Address and port of the preview.")
def serve(folder: Path | None, host: str) -> int:
    r"""Show the site while records, templates and policy are edited. Findings stand in the terminal.

    \b
    Example:
      runbooks serve
    """
    from runbooks import engine

    engine.serve(_root(folder), host)
    return PASSED


@cli.command()
@SITE
@AS_OF
@FORMAT
@click.option("--out", type=click.Path(path_type=Path), required=True, help="An empty or new folder.")
def render(folder: Path | None, as_of: date | None, form: str, out: Path) -> int:
    r"""Write the same pages as plain Markdown with a plain mkdocs.yml, for any engine that builds Markdown.

    \b
    Example:
      runbooks render --out plain && mkdocs build --strict -f plain/mkdocs.yml
    """
    from runbooks import tree

    root = _root(folder)
    made = site.make(site.read(root, as_of))
    if made.fleet.records and not made.report.site_blocked:
        click.echo(f"{tree.write(made, out)} files in {out}", err=True)
    click.echo(reports.REPORTS[form](made.report, root), nl=False)
    return _code(made.report, Severity.ERROR)


@cli.command()
@SITE
@AS_OF
@click.argument("built", type=click.Path(path_type=Path))
def verify(folder: Path | None, as_of: date | None, built: Path) -> int:
    r"""Read a built site and find whatever in it gives monitoring away.

    \b
    Example:
      runbooks verify site
    """
    from runbooks import verify as wall

    root = _root(folder)
    if not built.is_dir():
        raise errors.UserError(f"there is no folder {built}")
    fleet = site.read(root, as_of)
    if not any(built.rglob("*.html")):
        click.echo(f"there is no page in {built}, so nothing was checked", err=True)
        return NOTHING_CHECKED
    found = wall.leaks(built, fleet)
    for finding in found:
        click.echo(str(finding))
    click.echo(f"Read {built}: {len(found)} leaks. As of {fleet.as_of}.")
    return FOUND if found else PASSED


@cli.command()
@click.argument("word", metavar="[RULE]", required=False)
def explain(word: str | None) -> int:
    r"""Say what a rule asks, why, and how to mend a finding. RULE is a code or a name; without it, all are listed.

    \b
    Example:
      runbooks explain AGR001
    """
    if word is None:
        for one in sorted(RULES.values(), key=lambda rule: rule.code):
            click.echo(f"{one.title}: {one.summary}")
        return PASSED
    found = find(word)
    if found is None:
        hint = closest(word, words())
        raise errors.UserError(
            f"there is no rule {word}" + (f"; {hint}" if hint else "; `runbooks explain` lists them")
        )
    click.echo(_explained(found))
    return PASSED


@cli.command()
@SITE
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="Where the files go. [default: schemas, in the site]"
)
@click.option("--check", is_flag=True, help="Write nothing; end with 1 when the files there are out of date.")
def schema(folder: Path | None, out: Path | None, check: bool) -> int:
    r"""Write the JSON Schemas that editors complete and check records with, from this site's policy and catalogue.

    \b
    Example:
      runbooks schema
    """
    from runbooks import schemas

    root = _root(folder)
    there = out or root / "schemas"
    stale = schemas.write(site.read(root), there, check=check)
    for name in stale:
        click.echo(f"{there / name} {'is out of date' if check else 'written'}")
    return FOUND if check and stale else PASSED


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with its code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the code it ends with."""
    try:
        code = cli.main(args=list(arguments) if arguments is not None else None, standalone_mode=False)
    except PolicyUnreadable as error:
        for finding in gate.policy_findings(error):
            click.echo(str(finding))
        click.echo("policy.yml cannot be read, so nothing was checked", err=True)
        return WRONG_USE
    except (click.ClickException, errors.UserError) as error:
        message = error.format_message() if isinstance(error, click.ClickException) else str(error)
        click.echo(f"runbooks: {' '.join(message.split())}", err=True)
        return WRONG_USE
    except (click.Abort, KeyboardInterrupt):
        click.echo("runbooks: interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return PASSED
    except Exception:  # noqa: BLE001 - a bug: its traceback is what there is to say
        traceback.print_exc()
        return BUG
    return code if isinstance(code, int) else PASSED


def _root(folder: Path | None) -> Path:
    if folder is not None and not (folder / site.POLICY).is_file():
        raise errors.UserError(f"there is no {site.POLICY} in {folder}")
    return site.root_of(folder or Path.cwd())


def _code(report: Report, fail_on: Severity) -> int:
    if report.crashes:
        for crash in report.crashes:
            click.echo(crash, err=True)
        return BUG
    if not report.records:
        click.echo("there is no record in clients/, so nothing was checked", err=True)
        return NOTHING_CHECKED
    worst = max((finding.severity for finding in report.findings), default=Severity.INFO)
    return FOUND if worst >= fail_on else PASSED


def _explained(one: Rule) -> str:
    parts = [f"{one.title}: {one.summary}", one.why, f"To mend it: {one.mend}" if one.mend else ""]
    parts.append(f"Severity: {one.severity}. Blocks: {one.blocks}. It {one.leeway}.")
    parts.extend(f"Bad:\n\n{_indented(sample)}" for sample in one.bad)
    parts.extend(f"Good:\n\n{_indented(sample)}" for sample in one.good)
    return "\n\n".join(part.strip("\n") for part in parts if part)


def _indented(sample: str) -> str:
    return "\n".join("    " + line for line in sample.splitlines())
