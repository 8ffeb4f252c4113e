"""The files as tables: delimited text in any of the usual encodings, and spreadsheets."""

from __future__ import annotations

import csv
import importlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from runbooks import secrets
from runbooks.errors import UserError
from runbooks.inventory.delimited import DELIMITERS
from runbooks.inventory.letters import letters

BOOK: Final = (".xlsx", ".xlsm")
TEXT: Final = (".csv", ".tsv", ".txt")
REACH: Final = 500
"""Lines that one row may have: notes are written over several."""


UNKNOWN: Final = "#FORMULA!"
"""Stands where a book has a formula and not its result."""
FAULTS: Final = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", UNKNOWN})
"""What a spreadsheet shows instead of a value."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell. `counted` when a spreadsheet holds it as a number: zeros before it are lost then."""

    text: str
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row by the number of the line, or of the row of the sheet, that it begins on."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: a file, or a sheet of a book. `broken` are rows that could not be read, with why."""

    name: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...] = ()
    broken: tuple[tuple[int, str], ...] = field(default=())


def files_of(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The files that are meant: those named, and of a folder every table in it.

    Raises:
        UserError: when one is not there, or is no table.
    """
    found = list[Path]()
    for path in paths:
        if path.is_dir():
            inside = sorted(one for one in path.iterdir() if one.suffix.lower() in (*TEXT, *BOOK))
            if not inside:
                raise UserError(f"there is no table (.csv, .tsv, .xlsx) in {path}")
            found += inside
        elif not path.exists():
            raise UserError(f"there is no file {path}")
        elif path.suffix.lower() == ".zip":
            raise UserError(f"{path.name} is packed: unpack it, and name its folder")
        else:
            found.append(path)
    return tuple(dict.fromkeys(found))


def sheets(path: Path, encoding: str, delimiter: str | None, form: str = "") -> Iterator[Sheet]:
    """The tables of a file.

    Raises:
        UserError: when it cannot be read.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path.name} cannot be read: {error.strerror}") from error
    if form == "xlsx" or (not form and path.suffix.lower() in BOOK):
        yield from _book(path.name, raw)
    else:
        yield _delimited(path.name, raw, encoding, delimiter)


def _delimited(name: str, raw: bytes, encoding: str, delimiter: str | None) -> Sheet:
    found = letters(raw, encoding)
    if found.wrong:
        raise UserError(f"{name}: {found.wrong}")
    if found.damage:
        raise UserError(
            f"{name}: line {found.damage} has letters that are not {found.encoding}; say how the file is written, for "
            "example --encoding cp1252"
        )
    lines = io.StringIO(found.text, newline="").readlines()
    start = next((at for at, line in enumerate(lines) if line.strip() and not line.lower().startswith("sep=")), None)
    if start is None:
        return Sheet(name, ())
    between = delimiter or max(DELIMITERS, key=lines[start].count)
    rows, broken, headers = list[Row](), list[tuple[int, str]](), tuple[str, ...]()
    for number, cells in _records(lines[start:], between):
        line = start + number
        if cells is None:
            broken.append((line, "a quotation mark stands where none can, or is not closed: the row cannot be read"))
        elif not headers:
            headers = tuple(map(_header, cells))
        elif len(cells) > len(headers) and any(cells[len(headers) :]):
            broken.append((line, f"the row has {len(cells)} cells and the header {len(headers)}"))
        elif any(cell.strip() for cell in cells):
            rows.append(Row(line, tuple(Cell(cell) for cell in cells[: len(headers)])))
    return Sheet(name, headers, tuple(rows), tuple(broken))


def _records(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Each record with the number of its first line; None for one that breaks the rules of quotation marks.

    Behind a quotation mark that is not closed, reading begins anew a line later, so that the rest is not lost.
    """
    start = 0
    while start < len(lines):
        reader = csv.reader(lines[start : start + REACH], delimiter=delimiter, strict=True)
        try:
            cells: list[str] | None = next(reader)
        except (csv.Error, StopIteration):
            cells = None
        if cells != []:
            yield start + 1, cells
        start += reader.line_num if cells is not None else 1


def _book(name: str, raw: bytes) -> Iterator[Sheet]:
    try:
        openpyxl: Any = importlib.import_module("openpyxl")
    except ModuleNotFoundError:
        raise UserError(
            "reading a spreadsheet needs openpyxl: pip install 'backup-runbooks[import]', or save it as CSV"
        ) from None
    try:
        results, written = (
            openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=known) for known in (True, False)
        )
        names = [str(one) for one in results.sheetnames]
        tables = [list(_filled(results[one], written[one])) for one in names]
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError, AttributeError, TypeError):
        raise UserError(f"{name} is no spreadsheet that can be read: save it again as .xlsx, or as CSV") from None
    for title, filled in zip(names, tables, strict=True):
        shown = f"{name}, sheet {title}" if len(names) > 1 else name
        if not filled:
            continue
        headers = tuple(_header(one.text) for one in filled[0][1])
        rows = tuple(Row(number, cells) for number, cells in filled[1:])
        yield Sheet(shown, headers, rows)


def _filled(results: Any, written: Any) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """The rows of a sheet that hold anything, by their numbers. A formula without a result is told from nothing."""
    both = zip(results.iter_rows(values_only=True), written.iter_rows(values_only=True), strict=True)
    for number, (values, texts) in enumerate(both, 1):
        pairs = zip(values, texts, strict=True)
        cells = tuple(Cell(UNKNOWN) if one is None and str(text)[:1] == "=" else _cell(one) for one, text in pairs)
        if any(cell.text for cell in cells):
            yield number, cells


def _header(text: str) -> str:
    """The name of a column as it may be shown: where a table has no header, its first row stands here."""
    return secrets.named(" ".join(text.split()), "SEC001")[0]


def _cell(value: object) -> Cell:
    match value:
        case None:
            return Cell("")
        case bool():
            return Cell("yes" if value else "no")
        case datetime() if value.hour or value.minute or value.second:
            return Cell(value.isoformat(" "))
        case datetime() | date():
            return Cell(f"{value:%Y-%m-%d}")
        case float() if value.is_integer():
            return Cell(str(int(value)), counted=True)
        case int() | float():
            return Cell(str(value), counted=True)
        case _:
            return Cell(str(value))
