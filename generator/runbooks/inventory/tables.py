"""An export as rows: whatever it is written in, each row has its line and, of its cells, those on the allow-list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from runbooks.findings import Place
from runbooks.inventory.dates import Flaw, Read, days, moments
from runbooks.inventory.notes import EACH, Notes, Spot, place
from runbooks.inventory.seen import UNDATED, UNREADABLE

LONGEST: Final = 1000
"""How much of a cell is kept, in characters. No name is longer."""

_TRUE: Final = frozenset({"true", "yes", "y", "1", "on", "enabled", "active"})
_FALSE: Final = frozenset({"false", "no", "n", "0", "off", "disabled", "inactive"})
_HELP: Final = {
    Flaw.ZONE: "Say in the feed whose clock it is: timezone: Australia/Sydney.",
    Flaw.ORDER: "Say in the feed which comes first: dates: day_first, or dates: month_first.",
    Flaw.STRANGE: "Say in the feed how dates are written: dates: day_first, month_first, iso, unix or a pattern.",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it begins, and its cells by what they hold."""

    at: Spot
    cells: dict[str, Any]

    def text(self, column: str) -> str:
        """A cell as text, "" where there is none."""
        return text(self.cells.get(column))

    def number(self, column: str) -> int | None:
        """A cell as a whole number, None where there is none."""
        return number(self.cells.get(column))

    def flag(self, column: str) -> bool | None:
        """A cell as true or false, None where it says neither."""
        return flag(self.cells.get(column))

    def many(self, column: str) -> list[Any]:
        """A list of JSON, empty where there is none."""
        value = self.cells.get(column)
        return value if isinstance(value, list) else []


@dataclass(slots=True)
class Table:
    """One file as rows. It notes what could not be read in them, and the newest date that was."""

    file: str
    source: Iterable[tuple[Spot, dict[str, Any]]]
    notes: Notes
    names: dict[str, str]
    """What the file calls each column, for messages."""
    style: str = ""
    zone: tzinfo | None = None
    rows: int = 0
    newest: datetime | None = None
    _moment: Callable[[object], Read] = field(init=False)
    _day: Callable[[object], date | Flaw | None] = field(init=False)

    def __post_init__(self) -> None:
        self._moment, self._day = moments(self.style, self.zone), days(self.style)

    def __iter__(self) -> Iterator[Row]:
        for spot, cells in self.source:
            self.rows += 1
            yield Row(spot, cells)

    def place(self, row: Row) -> Place:
        """Where a row begins."""
        return place(self.file, *row.at)

    def moment(self, row: Row, column: str, *, of_past: bool = True) -> datetime | None:
        """A cell as a moment. One `of_past` tells how old the file is; one to come does not."""
        return self.moment_of(row, column, row.cells.get(column), of_past=of_past)

    def moment_of(self, row: Row, column: str, value: object, *, of_past: bool = True) -> datetime | None:
        """A part of a cell as a moment."""
        found = self._moment(value) if value is not None else None
        if isinstance(found, Flaw):
            self._flaw(row, column, found)
            return None
        if of_past and found is not None and (self.newest is None or found > self.newest):
            self.newest = found
        return found

    def day(self, row: Row, column: str) -> date | None:
        """A cell as a day of the calendar."""
        value = row.cells.get(column)
        found = self._day(value) if value is not None else None
        if isinstance(found, Flaw):
            self._flaw(row, column, found)
            return None
        return found

    def number(self, row: Row, column: str) -> int | None:
        """A cell as a whole number. One that is none is noted."""
        found = number(row.cells.get(column))
        if found is None:
            self._unread(row, column, "is no whole number")
        return found

    def amount(self, row: Row, column: str) -> Decimal | None:
        """A cell as a number. One that is none is noted."""
        found = amount(row.cells.get(column))
        if found is None:
            self._unread(row, column, "is no number")
        return found

    def flag(self, row: Row, column: str) -> bool | None:
        """A cell as true or false. One that is neither is noted."""
        found = flag(row.cells.get(column))
        if found is None:
            self._unread(row, column, "is neither yes nor no")
        return found

    def _unread(self, row: Row, column: str, words: str) -> None:
        if text(row.cells.get(column)):
            self.notes.tell(row.at, UNREADABLE, f"what stands in {self.names.get(column, column)} {words}", lost=False)

    def _flaw(self, row: Row, column: str, flaw: Flaw) -> None:
        code = UNREADABLE if flaw is Flaw.STRANGE else UNDATED
        words = f"the date in {self.names.get(column, column)}: {flaw.value}"
        # What is wrong with one date of a whole column is wrong with every one, and mended with one word in the feed.
        each = EACH if flaw is Flaw.STRANGE else 1
        self.notes.tell(row.at, code, words, _HELP[flaw], each=each, lost=False)


def text(value: object) -> str:
    """A value as one line of text. What cannot be shown is replaced; lists and mappings are no text."""
    if type(value) is not str:
        return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
    plain = value[:LONGEST].strip()
    if plain.isprintable():
        return plain
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in " ".join(plain.split()))


def number(value: object) -> int | None:
    """A value as a whole number, None where it is none."""
    found = amount(value)
    return int(found) if found is not None and found == found.to_integral_value() and abs(found) < 10**9 else None


def amount(value: object) -> Decimal | None:
    """A value as a number, None where it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    words = str(value).strip()
    if len(words) > 40:
        return None
    try:
        found = Decimal(words)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def flag(value: object) -> bool | None:
    """A value as true or false, None where it says neither."""
    if isinstance(value, bool):
        return value
    words = text(value).casefold()
    return True if words in _TRUE else False if words in _FALSE else None
