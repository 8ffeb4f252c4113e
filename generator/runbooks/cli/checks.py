"""The commands that read and say what they found."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

import click

from runbooks import baseline as old
from runbooks import errors, gate, reports, site
from runbooks.cli import drafts, mending
from runbooks.cli.options import (
    AS_OF,
    FORMAT,
    FOUND,
    PASSED,
    SITE,
    WRONG_USE,
    code_of,
    crashed,
    nothing_checked,
    root_of,
    show,
    unreadable,
)
from runbooks.escape import visible
from runbooks.findings import Severity
from runbooks.fleet import PolicyUnreadable
from runbooks.report import Coverage, Report
from runbooks.rules.registry import RULES, Rule, find, words
from runbooks.shape import closest

FAIL_ON: Final = click.option(
    "--fail-on", type=click.Choice(["error", "warning"]), default="error", show_default=True, help="What ends with 1."
)
SINCE: Final = click.option(
    "--since", metavar="REVISION", default=None, help="Show, and fail on, only what is new against a git revision."
)

DRAFT: Final = click.option(
    "--stdin-filename",
    "draft",
    metavar="FILE",
    default=None,
    help="Check the standard input, given as -, in the place of this file; show only what stands in it.",
)


@click.command()
@SITE
@AS_OF
@FORMAT
@FAIL_ON
@SINCE
@DRAFT
@mending.FIX
@mending.UNSAFE
@mending.DIFF
@click.argument("clients", nargs=-1)
def lint(
    folder: Path | None,
    as_of: date | None,
    *,
    form: str,
    fail_on: str,
    since: str | None,
    draft: str | None,
    fix: bool,
    unsafe: bool,
    only_show: bool,
    clients: tuple[str, ...],
) -> int:
    r"""Check every record. CLIENT... shows only the findings of these clients; all are checked all the same.

    With --fix, or --diff to look first, what can be mended is, and every byte beside that stays.

    \b
    Examples:
      runbooks lint
      runbooks lint --as-of 2027-01-01 harbour-dental
      runbooks lint --since origin/main --format github
      runbooks lint --format json > findings.json
      runbooks lint --fix --diff
      runbooks lint --fix --unsafe harbour-dental
      runbooks lint --format concise --stdin-filename clients/harbour-dental.yml - < draft.yml
    """
    if unsafe and not (fix or only_show):
        raise errors.UserError("--unsafe says how far --fix goes: runbooks lint --fix --unsafe")
    if (fix or only_show) and (draft is not None or since is not None or clients == ("-",)):
        raise errors.UserError("--fix mends the files of the site as they are: leave out --since and -")
    if draft is not None or clients == ("-",):
        if clients != ("-",) or since is not None:
            raise errors.UserError("--stdin-filename goes with - alone: runbooks lint --stdin-filename clients/x.yml -")
        return drafts.lint(folder, as_of, draft, form=form, fail_on=Severity[fail_on.upper()])
    root, level = root_of(folder), Severity[fail_on.upper()]
    if fix or only_show:
        chosen = partial(about, clients=clients)
        return mending.lint(root, as_of, chosen, form=form, fail_on=level, unsafe=unsafe, only_show=only_show)
    try:
        report = about(report_of(root, as_of, since, figures=form in reports.WITH_FIGURES), clients)
    except PolicyUnreadable as error:
        return unreadable(error, root, as_of, form)
    show(report, root, form)
    return code_of(report, level)


@click.command("forecast")
@SITE
@AS_OF
@click.option("--days", type=click.IntRange(1, 3660), default=90, show_default=True, help="How many days ahead.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "ics", "json"]),
    default="table",
    show_default=True,
    help="A table, an iCalendar file, or JSON.",
)
def foretell(folder: Path | None, as_of: date | None, days: int, form: str) -> int:
    r"""List what the calendar alone will change: what lint will find, and find no longer, on each coming day.

    \b
    Examples:
      runbooks forecast
      runbooks forecast --days 365 --format ics > backups.ics
    """
    from runbooks import calendars
    from runbooks.forecast import forecast

    crashes = list[str]()
    try:
        fleet = site.read(root_of(folder), as_of)
    except PolicyUnreadable as error:
        for finding in gate.policy_findings(error):
            click.echo(visible(str(finding)), err=True)
        return WRONG_USE
    changes = tuple(forecast(fleet, days, crashes))
    if crashes:
        return crashed(crashes)
    if not fleet.records:
        return nothing_checked()
    click.echo(calendars.FORECASTS[form](changes, fleet.as_of, days), nl=False)
    return PASSED


@click.group()
def baseline() -> None:
    """Keep findings that were there when a team began apart from new ones."""


@baseline.command()
@SITE
@AS_OF
def create(folder: Path | None, as_of: date | None) -> int:
    r"""Write baseline.yml with everything that is found now and may wait. The gate and secrets may not.

    \b
    Example:
      runbooks baseline create
    """
    root = root_of(folder)
    path = root / old.FILE
    if path.exists():
        raise errors.UserError(f"{old.FILE} is there already; it can only shrink: runbooks baseline prune")
    report = site.check(site.read(root, as_of))
    if report.crashes or not report.records:
        return crashed(report.crashes) or nothing_checked()
    kept = [finding for finding in report.findings if gate.can_be_old(finding)]
    path.write_text(old.text(kept), encoding="utf-8", newline="\n")
    click.echo(f"{len(kept)} findings in {old.FILE}; {len(report.findings) - len(kept)} stay findings.")
    return PASSED


@baseline.command()
@SITE
@AS_OF
def prune(folder: Path | None, as_of: date | None) -> int:
    r"""Take out of baseline.yml what has been mended.

    \b
    Example:
      runbooks baseline prune
    """
    root = root_of(folder)
    path = root / old.FILE
    if not path.is_file():
        raise errors.UserError(f"there is no {old.FILE}; runbooks baseline create makes one")
    fleet = site.read(root, as_of)
    report = site.check(fleet)
    if fleet.baseline_problems:
        raise errors.UserError(f"{old.FILE} has errors; runbooks lint shows them")
    if not report.records or report.crashes:
        return crashed(report.crashes) or nothing_checked()
    before, unread = fleet.baseline.fingerprints, gate.unjudged(fleet)
    kept = (one.fingerprint for one in fleet.baseline.findings if (one.client or "") in unread)
    standing = gate.standing(fleet) | frozenset(kept)
    path.write_text(old.pruned(fleet.baseline, standing), encoding="utf-8", newline="\n")
    click.echo(f"{len(before - standing)} of {len(before)} findings taken out of {old.FILE}.")
    return PASSED


@click.command()
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


@click.command()
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

    root = root_of(folder)
    there = out or root / "schemas"
    stale = schemas.write(site.read(root), there, check=check)
    for name in stale:
        click.echo(f"{there / name} {'is out of date' if check else 'written'}")
    return FOUND if check and stale else PASSED


def report_of(root: Path, as_of: date | None, since: str | None, *, figures: bool = True) -> Report:
    """The report of a site; against a git revision only what is new. Without `figures` coverage may be left out.

    Raises:
        PolicyUnreadable: when policy.yml has errors.
    """
    if since is None:
        return site.checked(root, as_of, figures=figures)
    from runbooks import since as against

    survey = site.survey(root, as_of)
    return against.new(site.check(survey.fleet, survey.found), survey.fleet, since)


def about(report: Report, clients: Collection[str]) -> Report:
    """The report with only what is about these clients; all of it where none is named.

    Raises:
        UserError: when there is no such client.
    """
    for client in clients:
        if client not in report.clients:
            hint = closest(client, report.clients)
            raise errors.UserError(f"there is no client {client}" + (f"; {hint}" if hint else ""))
    if not clients:
        return report
    return replace(
        report,
        findings=tuple(one for one in report.findings if one.client in clients),
        waived=tuple(one for one in report.waived if one[0].client in clients),
        baselined=tuple(one for one in report.baselined if one.client in clients),
        met={slug: met for slug, met in report.met.items() if slug in clients},
        clients={slug: name for slug, name in report.clients.items() if slug in clients},
        coverage=Coverage({slug: one for slug, one in report.coverage.clients.items() if slug in clients}),
        files={slug: files for slug, files in report.files.items() if slug in clients},
    )


def _explained(one: Rule) -> str:
    parts = [f"{one.title}: {one.summary}", one.why, f"To mend it: {one.mend}" if one.mend else ""]
    parts.append(f"Severity: {one.severity}. Blocks: {one.blocks}. It {one.leeway}.")
    parts.extend(f"Bad:\n\n{_indented(sample)}" for sample in one.bad)
    parts.extend(f"Good:\n\n{_indented(sample)}" for sample in one.good)
    return "\n\n".join(part.strip("\n") for part in parts if part)


def _indented(sample: str) -> str:
    return "\n".join("    " + line for line in sample.splitlines())
