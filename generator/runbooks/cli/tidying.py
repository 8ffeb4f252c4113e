"""The commands that put files in order: fmt, and migrate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from runbooks.cli.options import FOUND, NOTHING_CHECKED, PASSED, SITE, root_of
from runbooks.edits import Refused, save
from runbooks.errors import UserError
from runbooks.escape import visible
from runbooks.migrating import Migration, plan
from runbooks.migrating.files import MODELS, Group, groups
from runbooks.parts import Part
from runbooks.patches import diff
from runbooks.shape import closest
from runbooks.tidying import tidied
from runbooks.unpaid import counted


@click.command()
@SITE
@click.option(
    "--check", is_flag=True, help="Write nothing; name the files, and end with 1, when there is one to change."
)
@click.option("--diff", "only_show", is_flag=True, help="Write nothing; show what would change, and end with 1 if so.")
@click.option("--order", "sort", is_flag=True, help="Also put keys in the order of the manual, with their comments.")
@click.argument("named", metavar="[FILE|CLIENT]...", nargs=-1)
def fmt(folder: Path | None, *, check: bool, only_show: bool, sort: bool, named: tuple[str, ...]) -> int:
    r"""Put files in order: spaces at line ends, empty lines, lists in line, quotes where programs would differ.

    What a file says stays, and so does every comment. Without a name: policy.yml, feeds.yml, products and records.

    \b
    Examples:
      runbooks fmt --diff
      runbooks fmt harbour-dental
      runbooks fmt --check
      runbooks fmt --order clients/harbour-dental.yml
    """
    root = root_of(folder)
    files = list(_chosen(root, named))
    if not files:
        click.echo("there is no file to put in order", err=True)
        return NOTHING_CHECKED
    changed, refused = 0, 0
    for file, raw, model in files:
        try:
            result = tidied(file, raw, model, sort=sort)
            changed += _put(root, file, raw, result.after, check=check, only_show=only_show)
            _tell("left as it is", result.left)
        except Refused as error:
            _tell("not put in order", [error])
            refused += 1
    dry = check or only_show
    what = f"{'Would change' if dry else 'Changed'} {counted(changed, 'file')} of {len(files)}."
    click.echo(what if changed else "Nothing to put in order.", err=True)
    return FOUND if refused or (dry and changed) else PASSED


def _chosen(root: Path, named: Sequence[str]) -> Iterator[tuple[str, bytes, type[Part]]]:
    """The files that are named, or all: the name below the site, the bytes and the model of each.

    Raises:
        UserError: when a name is that of no file and no client.
    """
    every = list(groups(root))
    wanted = set[str]()
    for name in named:
        files = {file for one in every if one.kind == "record" and one.name == name for file, _ in one.files}
        wanted |= files or _files_at(root, name, every)
    for one in every:
        for file, raw in one.files:
            if (not named or file in wanted) and file not in dict(one.why):
                yield file, raw, MODELS[one.kind]


def _files_at(root: Path, name: str, every: Sequence[Group]) -> set[str]:
    known = {file for one in every for file, _ in one.files}
    path = Path(name).resolve()
    for base in (path, (root / name).resolve()):
        file = base.relative_to(root.resolve()).as_posix() if base.is_relative_to(root.resolve()) else ""
        below = {one for one in known if one == file or one.startswith(f"{file}/")}
        if file and below:
            return below
    hint = closest(name, [*known, *(one.name for one in every if one.kind == "record")])
    raise UserError(
        f"there is no client {name}, and no file of that name that a record is read from; {hint}".rstrip("; ")
    )


def _put(root: Path, file: str, before: bytes, after: bytes, *, check: bool, only_show: bool) -> bool:
    """Write a file that changes, or show it; whether it does."""
    if before == after:
        return False
    if only_show:
        click.echo(diff(file, before, after), nl=False)
    elif not check:
        save(root / file, file, before, after)
    if not only_show:
        click.echo(file)
    return True


def _tell(words: str, refused: Iterable[Refused]) -> None:
    for one in refused:
        remedy = f"; {one.remedy}" if one.remedy else ""
        click.echo(visible(f"{words}: {one.place}: {one.reason}{remedy}"), err=True)


@click.command()
@SITE
@click.option("--dry-run", is_flag=True, help="Write nothing; name the files and what would be done to each.")
@click.option("--diff", "only_show", is_flag=True, help="Write nothing; show what would change.")
def migrate(folder: Path | None, *, dry_run: bool, only_show: bool) -> int:
    r"""Bring files of an older version to the shape that this program reads, and let them say so.

    A file changes as a whole or not at all. What cannot be migrated is told with the reason, and stays as it is.

    \b
    Examples:
      runbooks migrate --diff
      runbooks migrate
    """
    root = root_of(folder)
    found, dry, done = plan(root), dry_run or only_show, 0
    refused = [Refused(one.place, one.reason, one.remedy) for one in found.left]
    for one in found.changes:
        if only_show:
            click.echo(diff(one.file, one.before, one.after), nl=False)
        elif dry_run:
            click.echo(_words(one))
        else:
            try:
                save(root / one.file, one.file, one.before, one.after)
            except Refused as error:
                refused.append(error)
                continue
            click.echo(_words(one))
        done += 1
        for words in one.leftover:
            click.echo(visible(f"left over: {words}"), err=True)
    _tell("not migrated", refused)
    what = f"{'Would migrate' if dry else 'Migrated'} {counted(done, 'file')}."
    click.echo(what if done else "Nothing to migrate.", err=True)
    return FOUND if refused or (dry and done) else PASSED


def _words(one: Migration) -> str:
    return f"{one.file}: version {one.old} to {one.new}: {', '.join(one.words) or 'nothing but the version'}"
