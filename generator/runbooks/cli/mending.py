"""`runbooks lint --fix`: mends what can be, and tells what is left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from runbooks import site
from runbooks.cli.options import FOUND, PASSED, WRONG_USE, code_of, show
from runbooks.escape import visible
from runbooks.findings import Severity
from runbooks.fleet import PolicyUnreadable
from runbooks.report import Report
from runbooks.unpaid import counted

if TYPE_CHECKING:
    from runbooks.mending import Mending

PEOPLE: Final = frozenset({"full", "concise"})
"""The reports whose text can have one more line."""

FIX: Final = click.option("--fix", is_flag=True, help="Mend what can be mended without changing what a file says.")
UNSAFE: Final = click.option("--unsafe", is_flag=True, help="With --fix or --diff: also what changes what a file says.")
DIFF: Final = click.option("--diff", "only_show", is_flag=True, help="Show what --fix would change, and write nothing.")


def lint(
    root: Path,
    as_of: date | None,
    chosen: Callable[[Report], Report],
    *,
    form: str,
    fail_on: Severity,
    unsafe: bool,
    only_show: bool,
) -> int:
    """Mend the chosen findings, or show what that would change; the code for that."""
    from runbooks import mending

    found = mending.mend(root, as_of, chosen, unsafe=unsafe)
    if only_show:
        for diff in found.diffs:
            click.echo(diff, nl=False)
        _tell(found)
        click.echo(_summary(found, "Would mend") + " Nothing was written.", err=True)
        return FOUND if found.after else PASSED
    unwritten = mending.write(found, root)
    if unwritten:
        _again(found, root, as_of, chosen)
    show(found.report, root, form)
    _tell(found)
    for words in unwritten:
        click.echo(visible(f"not written: {words}"), err=True)
    click.echo(_summary(found, "Mended"), err=form not in PEOPLE)
    if found.unreadable is not None:
        click.echo("policy.yml cannot be read, so nothing was checked", err=True)
        return WRONG_USE
    return max(code_of(found.report, fail_on), FOUND if unwritten else PASSED)


def _again(found: Mending, root: Path, as_of: date | None, chosen: Callable[[Report], Report]) -> None:
    """Check what stands in the site now."""
    try:
        found.report, found.unreadable = chosen(site.checked(root, as_of)), None
    except PolicyUnreadable as error:
        found.unreadable = error


def _tell(found: Mending) -> None:
    """Say of each fix that was not made why."""
    for one, why in sorted(found.refused.values(), key=lambda each: each[0].order):
        click.echo(visible(f"not mended: {one.place}: {one.message}: {why}"), err=True)


def _summary(found: Mending, done: str) -> str:
    if not found.done:
        return "Nothing to mend."
    return f"{done} {counted(len(found.done), 'finding')} in {counted(len(found.after), 'file')}."
