"""The rows of all tables, joined by client; and everything that could not be taken over, with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import Final

from runbooks.imports.cells import Found, hidden, kind_by_system, value
from runbooks.imports.files import FAULTS, UNKNOWN, Cell, Row, Sheet
from runbooks.inventory.columns import plain
from runbooks.mapping import Map, Table
from runbooks.source import Json

UNMAPPED: Final = "no field of a record stands for this column"
PLACE: Final = "_at"
"""Where an entry comes from: its file and row. No field of a record is called so."""
BETWEEN: Final = {"address": ", ", "notes": "\n", "warning": "\n"}
"""What is put between the texts of several columns; else a space."""

Part = dict[str, Json]


@dataclass(frozen=True, slots=True, order=True)
class Left:
    """Something that was not taken over: the cell, or the whole row where no column is named, and why."""

    file: str
    row: int
    column: str
    reason: str
    client: str = ""


@dataclass(slots=True)
class Joined:
    """Everything that is known of one client. `sources` are the rows it comes from, by file."""

    name: str
    values: Part = field(default_factory=dict)
    contacts: list[Part] = field(default_factory=list)
    sites: list[Part] = field(default_factory=list)
    items: list[Part] = field(default_factory=list)
    agreements: list[Part] = field(default_factory=list)
    sources: dict[str, list[int]] = field(default_factory=dict)


def folded(name: str) -> str:
    """A name as names are compared: whatever its case and its spaces."""
    return " ".join(name.casefold().split())


def joined(tables: Iterable[Sheet], plan: Map, dates: str = "") -> tuple[tuple[Joined, ...], tuple[Left, ...]]:
    """What the tables say of each client, and what of them was left. `dates` goes before those of the map."""
    found: dict[str, Joined] = {}
    left = list[Left]()
    for sheet in tables:
        left += [Left(sheet.name, number, "", why) for number, why in sheet.broken]
        table = _table(sheet, plan)
        if table is None:
            left.append(Left(sheet.name, 0, "", _unfit(sheet, plan)))
            continue
        reader = _Reader(sheet, table, dates or plan.dates or "", left)
        for row in sheet.rows:
            name, part = reader.read(row)
            if name:
                client = found.setdefault(folded(name), Joined(name))
                client.sources.setdefault(sheet.name, []).append(row.number)
                _put(client, table, part, Left(sheet.name, row.number, "", ""), left)
    return tuple(found.values()), tuple(left)


def _table(sheet: Sheet, plan: Map) -> Table | None:
    names = {plain(one) for one in sheet.headers}
    for table in plan.tables:
        fits = table.files is None or any(fnmatch(one.casefold(), table.files.casefold()) for one in _called(sheet))
        if fits and any(names.intersection(_alike(column)) for column in _columns(table, "client")):
            return table
    return None


def _called(sheet: Sheet) -> tuple[str, ...]:
    """What a table is called: its file, that without its ending, and its sheet."""
    return sheet.name, sheet.name.rpartition(".")[0], sheet.name.rpartition(", sheet ")[2]


def _unfit(sheet: Sheet, plan: Map) -> str:
    if not sheet.headers:
        return "the file is empty"
    wanted = dict.fromkeys(one for table in plan.tables for one in _columns(table, "client"))
    return (
        f"no table of the map fits, so all {len(sheet.rows)} of its rows are left: it has no column {', '.join(wanted)}"
    )


def _unnamed(number: int) -> str:
    """What a column is called that the header gives no name."""
    return f"{number + 1} (without a name)"


def _columns(table: Table, name: str) -> tuple[str, ...]:
    given = table.columns[name]
    return (given,) if isinstance(given, str) else given


def _alike(column: str) -> tuple[str, ...]:
    """The names that a column goes by, as headers are compared; the best first."""
    return tuple(plain(one) for one in column.split("|"))


class _Reader:
    """Reads the rows of one table."""

    def __init__(self, sheet: Sheet, table: Table, dates: str, left: list[Left]) -> None:
        self.sheet, self.table, self.dates, self.left = sheet, table, dates, left
        self.at: dict[str, int] = {}
        for number, header in enumerate(sheet.headers):
            self.at.setdefault(plain(header), number)
        self.fields = {name: tuple(self._places(name)) for name in table.columns}
        self.used = {number for places in self.fields.values() for number in places}
        kept = (plain(one) for column in table.ignore for one in column.split("|"))
        self.quiet = {self.at[name] for name in kept if name in self.at}
        self.quiet |= {self.at[plain(one.column)] for one in table.skip if plain(one.column) in self.at}
        self.words = {name: {folded(old): new for old, new in said.items()} for name, said in table.words.items()}

    def _places(self, name: str) -> Iterator[int]:
        for column in _columns(self.table, name):
            place = next((self.at[one] for one in _alike(column) if one in self.at), None)
            if place is not None:
                yield place

    def read(self, row: Row) -> tuple[str, Part]:
        """The client's name and what the row says; no name where the row is left."""
        cells = [self._open(row, number, cell) for number, cell in enumerate(row.cells)]
        for skip in self.table.skip:
            at = self.at.get(plain(skip.column))
            if (
                at is not None
                and at < len(cells)
                and cells[at].text.casefold() in {one.casefold() for one in skip.values}
            ):
                self._leave(row, self.sheet.headers[at], f"the row is left: {skip.reason}")
                return "", {}
        found = {name: self._value(name, row, cells) for name in self.fields}
        name = found.pop("client")
        if not isinstance(name, str) or not name:
            self._leave(row, "", "the row is left: it names no client")
            return "", {}
        if self.table.rows == "items" and not self._is_item(row, cells, found):
            return "", {}
        for number, cell in enumerate(cells):
            if cell.text and number not in self.used and number not in self.quiet:
                header = self.sheet.headers[number] if number < len(self.sheet.headers) else ""
                self._leave(row, header or _unnamed(number), UNMAPPED)
        return name, {key: one for key, one in found.items() if one is not None}

    def _open(self, row: Row, number: int, cell: Cell) -> Cell:
        """A cell without its secret: what looks like one is named, never shown, and never taken over."""
        text = cell.text.replace("\r\n", "\n").replace("\r", "\n").strip()
        header = self.sheet.headers[number] if number < len(self.sheet.headers) else ""
        if text in FAULTS:
            why = "the book holds a formula and not its result: open it, and save it" if text == UNKNOWN else "an error"
            self._leave(row, header or _unnamed(number), why)
            return Cell("")
        what = hidden(header, text) if text else ""
        if what:
            self._leave(row, header or _unnamed(number), f"it looks like a secret ({what}): put it into the vault")
            return Cell("")
        return Cell(text, cell.counted)

    def _value(self, name: str, row: Row, cells: list[Cell]) -> Json:
        places = [number for number in self.fields[name] if number < len(cells) and cells[number].text]
        if not places:
            return None
        last = name.rpartition(".")[2]
        text = BETWEEN.get(last, " ").join(dict.fromkeys(cells[number].text for number in places))
        said = self.words.get(name, self.words.get(last, {})).get(folded(text), text)
        found: Found = value(name, said, dates=self.dates, counted=any(cells[number].counted for number in places))
        if found[1]:
            self._leave(row, self.sheet.headers[places[0]], found[1])
        return found[0]

    def _is_item(self, row: Row, cells: list[Cell], found: Part) -> bool:
        """Whether a row is a thing that can be backed up. What its kind does not say, its system may."""
        if not found.get("name"):
            self._leave(row, "", "the row is left: it has no name")
            return False
        given = any(number < len(cells) and cells[number].text for number in self.fields.get("kind", ()))
        if given and found.get("kind") is None:
            return False
        systems = [cells[number].text for number in self.fields.get("os", ()) if number < len(cells)]
        found["kind"] = found.get("kind") or next(filter(None, map(kind_by_system, systems)), None)
        # A record knows four systems. What the table says beyond that goes with the notes.
        found["system"] = next((one for one in systems if one and folded(one) != found.get("os")), None)
        return True

    def _leave(self, row: Row, column: str, reason: str) -> None:
        self.left.append(Left(self.sheet.name, row.number, column, reason))


def _put(client: Joined, table: Table, part: Part, place: Left, left: list[Left]) -> None:
    """Add what a row says to what is known of its client."""
    if table.rows != "clients":
        if table.product and table.rows == "items":
            part.setdefault("product", table.product)
        _into(getattr(client, table.rows), {**part, PLACE: [place.file, place.row]}, place, left)
        return
    for key in ("contact", "site", "agreement"):
        inner = {name.partition(".")[2]: one for name, one in part.items() if name.startswith(f"{key}.")}
        if inner:
            _into(getattr(client, f"{key}s"), {**inner, PLACE: [place.file, place.row]}, place, left)
    own: Part = {name: one for name, one in part.items() if name.split(".")[0] not in ("contact", "site", "agreement")}
    _merge(client.values, own, place, left)


def _into(many: list[Part], part: Part, place: Left, left: list[Left]) -> None:
    """Add an entry to a list; what has the name or the number of one that is there is joined with it."""
    key = "id" if "id" in part else "name"
    same = next((one for one in many if key in part and folded(str(one.get(key, ""))) == folded(str(part[key]))), None)
    if same is None:
        many.append(part)
    else:
        _merge(same, part, place, left)


def _merge(known: Part, part: Part, place: Left, left: list[Left]) -> None:
    for key, one in part.items():
        if key == PLACE:
            continue
        before = known.get(key)
        if before is None:
            known[key] = one
        elif isinstance(before, list) and isinstance(one, list):
            known[key] = [*before, *(each for each in one if each not in before)]
        elif key in BETWEEN and isinstance(before, str) and isinstance(one, str):
            known[key] = before if one in before else f"{before}{BETWEEN[key]}{one}"
        elif folded(str(before)) != folded(str(one)):
            left.append(Left(place.file, place.row, key, "an earlier row says something else, and the first one stays"))
