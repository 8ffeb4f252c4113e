"""Delimited text: the header and its delimiter, then a row for each record with the true number of its first line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias

from runbooks.inventory.columns import Columns, Needed, missing, plain
from runbooks.inventory.letters import DAMAGE, REMEDY, Letters
from runbooks.inventory.notes import Notes, Spot
from runbooks.inventory.seen import UNFIT, UNREADABLE

DELIMITERS: Final = (",", ";", "\t", "|")
ABOVE: Final = 20
"""How many lines may stand above the header: a title, `#TYPE` from PowerShell, `sep=;` for a spreadsheet."""
RESTARTS: Final = 200
"""How often reading begins anew behind a quotation mark that is not closed. Each time costs what follows once more."""

QUOTES: Final = "Export it anew: a quotation mark inside a cell stands there twice, and the cell between two."
HELP: Final = "Is it the export that the feed says? Look at the feed's format, columns, delimiter and encoding."

Positions: TypeAlias = Mapping[str, tuple[int, ...]]
"""Where each column that is read stands; more than one where its header stands there more than once."""


@dataclass(frozen=True, slots=True)
class _Header:
    line: int
    cells: list[str]
    positions: Positions
    width: int
    delimiter: str
    next: int


def rows(
    text: Letters, delimiter: str | None, columns: Columns, needed: Needed, notes: Notes
) -> Iterator[tuple[Spot, dict[str, object]]]:
    """Each row below the header by where it begins, and of its cells those that are on the allow-list."""
    lines = list(io.StringIO(text.text, newline=""))
    header = _header(lines, (delimiter,) if delimiter else DELIMITERS, columns, needed, notes)
    while header is not None:
        known, names = header, frozenset(header.cells)
        header = None
        for line, cells in _records(lines, known, notes):
            if not names.isdisjoint(cells) and (header := _again(lines, line, known, columns, needed)):
                break
            row = _row(line, cells, known, columns, notes)
            if row is not None and text.damage and any(DAMAGE in str(cell) for cell in row.values()):
                notes.tell(line, UNREADABLE, text.flaw, REMEDY, each=1)
            elif row is not None:
                yield (line, 1), row


def _row(line: int, cells: list[str], header: _Header, columns: Columns, notes: Notes) -> dict[str, object] | None:
    if _fits(cells, header.width):
        return _picked(line, cells, header.positions, columns, notes)
    words = f"the row has {len(cells)} cells and the header {header.width}"
    notes.tell(line, UNREADABLE, words, "A row is cut off, or a cell holds the delimiter without quotes.")
    return None


def _again(lines: Sequence[str], line: int, header: _Header, columns: Columns, needed: Needed) -> _Header | None:
    """A second header, where one export stands behind another; its columns may be in another order."""
    found = _read_header(lines, line - 1, header.delimiter, columns)
    if found is None or any(missing(columns, needed, {*found.positions})):
        return None
    return found if 2 * len({*header.cells}.intersection(found.cells)) > len({*header.cells}) else None


def _header(
    lines: Sequence[str], delimiters: Sequence[str], columns: Columns, needed: Needed, notes: Notes
) -> _Header | None:
    """The header: the first line with all that is needed, read with the delimiter that finds most in it."""
    nearest: _Header | None = None
    for number in range(min(len(lines), ABOVE)):
        found = (_read_header(lines, number, delimiter, columns) for delimiter in delimiters)
        best = max(filter(None, found), key=lambda one: len(one.positions), default=None)
        if best and not any(missing(columns, needed, {*best.positions})):
            return best
        if best and (nearest is None or len(best.positions) > len(nearest.positions)):
            nearest = best
    if not any(line.strip() for line in lines):
        notes.tell(1, UNREADABLE, "the file is empty", "An export of nothing still has its header.")
    else:
        lacking = missing(columns, needed, {*nearest.positions} if nearest else set())
        where = nearest.line if nearest and nearest.positions else 1
        notes.tell(where, UNFIT, f"the header has no column {', and no column '.join(lacking)}", HELP)
    return None


def _read_header(lines: Sequence[str], number: int, delimiter: str, columns: Columns) -> _Header | None:
    reader = csv.reader(islice(lines, number, number + ABOVE), delimiter=delimiter, strict=True)
    try:
        cells = next(reader, [])
    except csv.Error:
        return None
    exact: dict[str, list[int]] = {}
    alike: dict[str, list[int]] = {}
    for index, cell in enumerate(cells):
        exact.setdefault(cell.strip(), []).append(index)
        alike.setdefault(plain(cell[:200]), []).append(index)
    positions = {}
    for column, names in columns.items():
        spots = (exact.get(name) or alike.get(plain(name)) for name in names)
        if known := next(filter(None, spots), None):
            positions[column] = tuple(known)
    return _Header(number + 1, cells, positions, len(cells), delimiter, number + reader.line_num)


def _records(lines: Sequence[str], header: _Header, notes: Notes) -> Iterator[tuple[int, list[str]]]:
    """The records below the header. Behind a quotation mark that is not closed, reading begins anew a line later."""
    start = header.next
    for _ in range(RESTARTS):
        lost = -1
        for first, end, cells in _read(lines, start, header.delimiter):
            if end - first > 1 and (cells is None or not _fits(cells, header.width)):
                lost = first
                break
            if cells is None:
                notes.tell(first + 1, UNREADABLE, "the row has a quotation mark where none can stand", QUOTES)
            elif cells:
                yield first + 1, cells
        if lost < 0:
            return
        words = "a quotation mark of this row is not closed, or the row is cut off"
        notes.tell(lost + 1, UNREADABLE, words, QUOTES)
        start = lost + 1
    notes.tell(start + 1, UNREADABLE, "too many quotation marks are not closed; what follows is not read", QUOTES)


def _read(lines: Sequence[str], start: int, delimiter: str) -> Iterator[tuple[int, int, list[str] | None]]:
    """Each record with its first line and the line behind it, counted from 0; None for one that breaks the rules."""
    reader = csv.reader(islice(lines, start, None), delimiter=delimiter, strict=True)
    first = start
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = None
        yield first, start + reader.line_num, cells
        first = start + reader.line_num


def _fits(cells: Sequence[str], width: int) -> bool:
    """Whether a row has the cells of the header; empty ones behind them come from a delimiter at the end of a line."""
    return len(cells) == width or (len(cells) > width and not any(cells[width:]))


def _picked(
    line: int, cells: Sequence[str], positions: Positions, columns: Columns, notes: Notes
) -> dict[str, object] | None:
    """The cells on the allow-list. A column that stands there twice has to say the same."""
    row: dict[str, object] = {}
    for column, spots in positions.items():
        cell = cells[spots[0]]
        for spot in spots[1:]:
            if cells[spot] and cell and cells[spot] != cell:
                words = f"{columns[column][0]} stands in the header {len(spots)} times, and says two things in this row"
                notes.tell(line, UNREADABLE, words, "Export each column once.")
                return None
            cell = cell or cells[spot]
        row[column] = cell
    return row
