"""`runbooks import`: tables that somebody brings become records."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

import click

from runbooks import site
from runbooks.cli.options import FOUND, NOTHING_CHECKED, PASSED, SITE, root_of
from runbooks.errors import UserError
from runbooks.escape import visible
from runbooks.imports import UNMAPPED, Left, Made, Sheet
from runbooks.mapping import style
from runbooks.patches import diff
from runbooks.starting.planting import plant
from runbooks.unpaid import counted


@click.command("import")
@SITE
@click.option("--map", "plan", type=click.Path(path_type=Path), default=None, help="The column map, a YAML file.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "xlsx", "itglue", "hudu"]),
    default=None,
    help="What the files are. [default: by their ending]",
)
@click.option("--into", default="clients", show_default=True, help="The folder of the site that the records go into.")
@click.option("--encoding", default=None, help="How the letters are written: utf-8, utf-16, cp1252, ...")
@click.option("--dates", default="", help="How days are written: day_first, month_first, iso, or a pattern: %d/%m/%Y.")
@click.option("--diff", "show", is_flag=True, help="Show the records, and write nothing.")
@click.option("--dry-run", is_flag=True, help="Say what would be made and what left, and write nothing.")
@click.option("--report", type=click.Path(path_type=Path), default=None, help="Write everything that was left as CSV.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
def bring(
    folder: Path | None,
    plan: Path | None,
    form: str | None,
    into: str,
    *,
    encoding: str | None,
    dates: str,
    show: bool,
    dry_run: bool,
    report: Path | None,
    files: tuple[Path, ...],
) -> int:
    r"""Make records of tables: CSV or spreadsheets with a column map, exports of IT Glue and Hudu.

    FILE is a table, or a folder of tables; rows about one client are joined. What fits in no record is listed with its
    file, row and column. No record that is there is touched, and no secret is taken over.

    \b
    Examples:
      runbooks import clients.csv --dry-run
      runbooks import clients.csv --dates day_first
      runbooks import clients.xlsx --map import.yml
      runbooks import itglue-export --format itglue --diff
      runbooks import itglue-export --format itglue --report left.csv
    """
    from runbooks import imports

    fleet = site.read(root_of(folder))
    _known(encoding, dates)
    where = _folder(into)
    how = imports.read_map(plan) if plan else imports.built_in(form or "csv")
    found = _read(imports.files_of(files), encoding or how.encoding, how.delimiter, form)
    tables = [table for one in found.values() if not isinstance(one, UserError) for table in one]
    clients, left = imports.joined(tables, how, dates)
    records, more = imports.made(clients, fleet, where)
    every = sorted({*left, *more, *_refusals(records), *_unread(found)})
    _told(records, fleet.root, show=show, dry=dry_run or show)
    for words in _listed(every):
        click.echo(words)
    if report is not None:
        _write(report, every)
    click.echo(_summary(records, every, dry=dry_run or show), err=True)
    if not any(table.rows for table in tables):
        return NOTHING_CHECKED
    return FOUND if every else PASSED


def _known(encoding: str | None, dates: str) -> None:
    try:
        "".encode(encoding or "utf-8")
        _ = style(dates) if dates else ""
    except (LookupError, UnicodeError):
        raise UserError(f"{encoding} is no encoding; write utf-8, utf-16 or cp1252") from None
    except ValueError as error:
        raise UserError(f"--dates {dates}: {error}") from None


def _read(
    files: Sequence[Path], encoding: str, delimiter: str | None, form: str | None
) -> Mapping[Path, list[Sheet] | UserError]:
    """The tables of each file, or why one cannot be read.

    Raises:
        UserError: when none of them can be read.
    """
    from runbooks import imports

    found: dict[Path, list[Sheet] | UserError] = {}
    for path in files:
        try:
            found[path] = list(imports.sheets(path, encoding, delimiter, form if form in ("csv", "xlsx") else ""))
        except UserError as error:
            found[path] = error
    wrong = [one for one in found.values() if isinstance(one, UserError)]
    if len(wrong) == len(found):
        raise UserError(*map(str, wrong))
    return found


def _unread(found: Mapping[Path, list[Sheet] | UserError]) -> Iterator[Left]:
    """Each file that could not be read. The others are imported without it."""
    for path, one in found.items():
        if isinstance(one, UserError):
            why = str(one).removeprefix(path.name).lstrip(": ")
            yield Left(path.name, 0, "", f"nothing of this file is imported: {why}")


def _folder(into: str) -> str:
    """The folder that the records go into, below the site."""
    path = PurePosixPath(into.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or path.parts[:1] != ("clients",):
        raise UserError(f"records stand in clients/ or below: --into {into} leads elsewhere")
    return path.as_posix()


def _told(records: Sequence[Made], root: Path, *, show: bool, dry: bool) -> None:
    """Write the records, or show them, and say of each where it comes from."""
    new = [one for one in records if not one.refusal]
    if show:
        for one in new:
            click.echo(diff(one.file, b"", one.content), nl=False)
    elif not dry:
        for done in plant(root, ((one.file, one.content) for one in new)):
            if done.state != "made":
                raise UserError(f"{done.path} has come to be there meanwhile: run the command again")
    for one in new:
        click.echo(visible(f"{one.file}: {one.client.name}, from {_sources(one)}"))


def _sources(one: Made) -> str:
    return "; ".join(f"{file} {_rows(rows)}" for file, rows in one.client.sources.items())


def _refusals(records: Iterable[Made]) -> Iterator[Left]:
    """A client that got no record, once for each of its tables."""
    for one in records:
        if one.refusal:
            for file, rows in one.client.sources.items():
                yield from (Left(file, row, "", f"not imported: {one.refusal}", one.client.name) for row in rows)


def _listed(left: Sequence[Left]) -> Iterator[str]:
    """What was left, a line for all rows of a column of which the same holds."""
    alike: dict[tuple[str, str, str, str], list[int]] = {}
    for one in left:
        alike.setdefault((one.file, one.column, one.reason, one.client), []).append(one.row)
    if alike:
        yield ""
        yield "Not imported:"
    for (file, column, reason, client), rows in alike.items():
        place = f"{file}{f', {_rows(rows)}' if any(rows) else ''}{f', column {column}' if column else ''}"
        yield visible(f"  {place}: {f'{client}: ' if client else ''}{reason}")


def _rows(numbers: Iterable[int]) -> str:
    """Numbers of rows, those that follow each other together: row 2, rows 2-4, 7."""
    runs = list[list[int]]()
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    words = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
    return f"{'row' if len(runs) == 1 and runs[0][0] == runs[0][1] else 'rows'} {words}"


def _write(path: Path, left: Iterable[Left]) -> None:
    """Everything that was left as a table. No value of a cell is in it, and no spreadsheet runs what is."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["file", "row", "column", "client", "reason"])
    for one in left:
        cells = [one.file, str(one.row or ""), one.column, one.client, one.reason]
        table.writerow([f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else visible(cell) for cell in cells])
    try:
        path.write_text(out.getvalue(), encoding="utf-8", newline="")
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from error


def _cells(number: int) -> str:
    return "1 cell or row" if number == 1 else f"{number:,} cells or rows"


def _summary(records: Sequence[Made], left: Sequence[Left], *, dry: bool) -> str:
    new = [one for one in records if not one.refusal]
    done = (
        f"{'Would make' if dry else 'Made'} {counted(len(new), 'record')}" if new else "Nothing to add: no record made"
    )
    rest = f"; {_cells(len(left))} not imported, listed above" if left else "; nothing was left out"
    if any(one.reason == UNMAPPED for one in left):
        rest += "; a column map (--map) says what a column means"
    return f"{done}{rest}.{' `runbooks lint` says what only you can fill in.' if new and not dry else ''}"
