"""The commands about the exports of the products."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from runbooks.cli.adopting import adopt
from runbooks.cli.checks import FAIL_ON, SINCE, about, report_of
from runbooks.cli.options import AS_OF, FORMAT, NOTHING_CHECKED, SITE, code_of, root_of, show, unreadable
from runbooks.findings import Finding, Severity
from runbooks.fleet import PolicyUnreadable
from runbooks.inventory.feeds import FILE, FOLDER
from runbooks.report import Report

FAMILY = "INV"
UNREAD = ("YML", "REC")
"""The families of what keeps a record from being read in full."""


@click.group()
def inventory() -> None:
    """Hold the records against what the backup products themselves report."""


inventory.add_command(adopt)


@inventory.command()
@SITE
@AS_OF
@FORMAT
@FAIL_ON
@SINCE
@click.argument("clients", nargs=-1)
def check(
    folder: Path | None, as_of: date | None, *, form: str, fail_on: str, since: str | None, clients: tuple[str, ...]
) -> int:
    r"""Tell what the exports show and no record has, and the other way round. `lint` and `build` tell it too.

    CLIENT... shows only the findings of these clients.

    \b
    Examples:
      runbooks inventory check
      runbooks inventory check harbour-dental --format concise
      runbooks inventory check --format junit > inventory.xml
    """
    root = root_of(folder)
    if not (root / FILE).is_file():
        click.echo(f"there is no {FILE}, so nothing was checked", err=True)
        return NOTHING_CHECKED
    try:
        report = about(report_of(root, as_of, since), clients)
    except PolicyUnreadable as error:
        return unreadable(error, root, as_of, form)
    report = _of_inventory(report)
    show(report, root, form)
    code = code_of(report, Severity[fail_on.upper()])
    if code or report.feeds:
        return code
    click.echo(f"{FILE} names no feed, so nothing was checked", err=True)
    return NOTHING_CHECKED


def _of_inventory(report: Report) -> Report:
    """The report with only what is about the exports, and what keeps a record from being held against them."""
    return replace(
        report,
        findings=tuple(filter(_is_ours, report.findings)),
        waived=tuple(one for one in report.waived if _is_ours(one[0])),
        baselined=tuple(filter(_is_ours, report.baselined)),
    )


def _is_ours(one: Finding) -> bool:
    return one.code.startswith(FAMILY) or one.place.file.startswith(f"{FOLDER}/") or _is_unread(one)


def _is_unread(one: Finding) -> bool:
    """Whether something in the set-ups of a record could not be read: what exports show of it is not told then."""
    where = one.path[:1] in ((), ("setups",))
    return bool(one.client) and where and one.severity is Severity.ERROR and one.code.startswith(UNREAD)
