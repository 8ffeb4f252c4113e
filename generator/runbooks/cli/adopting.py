"""`runbooks inventory adopt`: from the finding to the record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import click

from runbooks import adoption, site
from runbooks.adoption import Change, Left, Wanted
from runbooks.cli.options import AS_OF, FOUND, NOTHING_CHECKED, PASSED, SITE, nothing_checked, root_of
from runbooks.edits import Refused, save
from runbooks.errors import UserError
from runbooks.inventory.feeds import FILE
from runbooks.patches import diff
from runbooks.rules.recoverability.scope import listed
from runbooks.unpaid import counted


@click.command()
@SITE
@AS_OF
@click.option("--client", metavar="CLIENT", default=None, help="Everything of this client; with ITEM, only this one's.")
@click.option("--all", "everything", is_flag=True, help="Everything of all clients.")
@click.option("--diff", "only_show", is_flag=True, help="Show what would change, and write nothing.")
@click.argument("items", metavar="[ITEM]...", nargs=-1)
def adopt(
    folder: Path | None,
    as_of: date | None,
    *,
    client: str | None,
    everything: bool,
    only_show: bool,
    items: tuple[str, ...],
) -> int:
    r"""Write what the exports show and no record has into the right record, and show what changes.

    ITEM is a name or an id as the export has it. Only what is new is written, in the manner of what stands beside it;
    a placeholder stands where only you know more, and `lint` asks for it.

    \b
    Examples:
      runbooks inventory adopt HD-SQL02 --diff
      runbooks inventory adopt HD-SQL02
      runbooks inventory adopt --client harbour-dental
      runbooks inventory adopt --all
    """
    if (everything and (items or client)) or not (everything or items or client):
        raise UserError("say what to adopt: items by their names, --client, or --all alone")
    fleet = site.read(root_of(folder), as_of)
    if not fleet.inventory.feeds:
        click.echo(f"there is no feed in {FILE}, so nothing was adopted", err=True)
        return NOTHING_CHECKED
    if not fleet.records:
        return nothing_checked()
    found = adoption.plan(fleet, adoption.chosen(fleet, Wanted(items, client)))
    refused = list[str]()
    done = [one for one in found.changes if _one(one, fleet.root, refused, only_show=only_show)]
    # Of everything, only what somebody has to do something about is worth a line.
    left = [one for one in found.left if items or not one.verdict.known]
    _tell(left)
    for words in refused:
        click.echo(words, err=True)
    click.echo(_summary(done, only_show=only_show), err=True)
    return FOUND if refused or any(not one.verdict.known for one in left) else PASSED


def _one(change: Change, root: Path, refused: list[str], *, only_show: bool) -> bool:
    """Show a change, and write it; whether that could be done."""
    click.echo(diff(change.file, change.before, change.after), nl=False)
    if only_show:
        return True
    try:
        save(root / change.file, change.file, change.before, change.after)
    except Refused as error:
        refused.append(f"not written: {error}; {error.remedy}")
        return False
    names: dict[str, list[str]] = {}
    for thing, setup in change.adopted:
        names.setdefault(setup, []).append(thing.words)
    for setup, words in names.items():
        click.echo(f"{change.file}: {listed(dict.fromkeys(words), 10)} in {setup}", err=True)
    return True


def _tell(left: Iterable[Left]) -> None:
    """Say of what is not adopted why, once for all of which the same holds."""
    reasons: dict[tuple[str, str], dict[str, None]] = {}
    for one in left:
        slug = one.thing.owner.record.slug if one.thing.owner.record else ""
        reasons.setdefault((slug, one.verdict.reason), {})[one.thing.words] = None
    for (slug, reason), words in reasons.items():
        of = f" of {slug}" if slug else ""
        click.echo(f"not adopted: {listed(words, 10)}{of}: {reason}", err=True)


def _summary(done: list[Change], *, only_show: bool) -> str:
    count = len({(one.record.slug, setup, thing.words) for one in done for thing, setup in one.adopted})
    if not done:
        return "Nothing to adopt: nothing was written."
    what = f"{counted(count, 'thing')} in {counted(len(done), 'file')}"
    if only_show:
        return f"Would adopt {what}; nothing was written."
    return f"Adopted {what}. `runbooks lint` says what only you can fill in."
