"""What the commands share: options, the codes they end with, and how a report is printed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import click

from runbooks import errors, gate, reports, site
from runbooks.findings import Severity
from runbooks.fleet import PolicyUnreadable
from runbooks.report import Report

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


def root_of(folder: Path | None) -> Path:
    """The folder of the site: the one named, or the nearest upward."""
    if folder is not None and not (folder / site.POLICY).is_file():
        raise errors.UserError(f"there is no {site.POLICY} in {folder}")
    return site.root_of(folder or Path.cwd())


def show(report: Report, root: Path, form: str) -> None:
    """Print a report; a form for programs leaves the summary to the other channel."""
    click.echo(reports.REPORTS[form](report, root, site.address(root)), nl=False)
    if form in reports.MACHINE:
        click.echo(reports.summary(report), err=True)


def unreadable(error: PolicyUnreadable, root: Path, as_of: date | None, form: str) -> int:
    """Print what is wrong with a policy that cannot be read, in the form that was asked for; the code for that."""
    show(gate.policy_report(error, as_of or datetime.now(UTC).date()), root, form)
    click.echo("policy.yml cannot be read, so nothing was checked", err=True)
    return WRONG_USE


def crashed(crashes: Iterable[str]) -> int:
    """Print the tracebacks of crashed rules; the code for that."""
    told = tuple(crashes)
    for crash in told:
        click.echo(crash, err=True)
    return BUG if told else PASSED


def nothing_checked() -> int:
    """Say that there was no record; the code for that."""
    click.echo("there is no record in clients/, so nothing was checked", err=True)
    return NOTHING_CHECKED


def code_of(report: Report, fail_on: Severity) -> int:
    """The code that a report ends with."""
    if report.crashes:
        return crashed(report.crashes)
    if not report.records:
        return nothing_checked()
    worst = max((finding.severity for finding in report.findings), default=Severity.INFO)
    return FOUND if worst >= fail_on else PASSED
