"""`runbooks lint` of a text that an editor has, saved or not."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import click

from runbooks import draft, errors, gate, site
from runbooks.cli.options import WRONG_USE, code_of, root_of, show
from runbooks.findings import Severity
from runbooks.fleet import PolicyUnreadable


def lint(folder: Path | None, as_of: date | None, name: str | None, *, form: str, fail_on: Severity) -> int:
    """Check the standard input in the place of the file `name`, and show what stands in it; the code for that.

    Raises:
        UserError: when no file is named, or none that a rule reads.
    """
    if name is None:
        raise errors.UserError("- is the standard input: say with --stdin-filename which file it is")
    start = Path.cwd()
    root = (root_of(folder) if folder else _root_around(start / name)).resolve()
    given = draft.Draft(draft.file_of(root, name, start), name, sys.stdin.buffer.read())
    try:
        report = draft.check(root, given, as_of)
    except PolicyUnreadable as error:
        whole = gate.policy_report(error, as_of or datetime.now(UTC).date())
        show(draft.only(whole, given), root, form)
        click.echo("policy.yml cannot be read, so nothing was checked", err=True)
        return WRONG_USE
    show(report, root, form)
    return code_of(report, fail_on)


def _root_around(path: Path) -> Path:
    """The site that a file lies in, or else the one that the command was started in."""
    try:
        return site.root_of(path.parent)
    except errors.UserError:
        return root_of(None)
