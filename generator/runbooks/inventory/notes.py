"""What is wrong with one file of the inventory, in plain words and without a cell of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from runbooks.findings import Place
from runbooks.inventory.seen import Trouble

EACH: Final = 1000
"""How many rows are told one by one of one kind of trouble; the others are counted."""


@dataclass(slots=True)
class _Kind:
    """One kind of trouble of a file: the lines that are told, and how many more there are from which line on."""

    code: str
    remedy: str
    each: int
    lines: list[int] = field(default_factory=list)
    more: int = 0
    next: int = 0


@dataclass(slots=True)
class Notes:
    """The troubles of one file as they are met. `lost` counts the rows that could not be read, or the file."""

    file: str
    lost: int = 0
    _kinds: dict[str, _Kind] = field(default_factory=dict)

    def tell(
        self, line: int, code: str, message: str, remedy: str = "", *, each: int = EACH, lost: bool = True
    ) -> None:
        """Something is wrong at a line. `lost`: with it a row is, or the file."""
        kind = self._kinds.setdefault(message, _Kind(code, remedy, each))
        if len(kind.lines) < kind.each:
            kind.lines.append(line)
        else:
            kind.next = kind.next or line
            kind.more += 1
        self.lost += lost

    @property
    def whole(self) -> bool:
        """Whether every row was read."""
        return not self.lost

    def troubles(self) -> list[Trouble]:
        """All of them, in the order of the lines."""
        found = [trouble for message, kind in self._kinds.items() for trouble in self._told(message, kind)]
        return sorted(found, key=lambda trouble: trouble.place.line)

    def _told(self, message: str, kind: _Kind) -> list[Trouble]:
        if kind.each == 1:
            rows = f" (and in {kind.more:,} more rows, from line {kind.next:,} on)" if kind.more else ""
            return [Trouble(place(self.file, kind.lines[0]), kind.code, message + rows, kind.remedy)]
        told = [Trouble(place(self.file, line), kind.code, message, kind.remedy) for line in kind.lines]
        if kind.more:
            words = f"{message}; {kind.more:,} more such rows follow from here on"
            told.append(Trouble(place(self.file, kind.next), kind.code, words, kind.remedy))
        return told


def place(file: str, line: int) -> Place:
    """The beginning of a line."""
    return Place(file, line, 1, line, 1)
