"""What is wrong with one file of the inventory, in plain words and without a cell of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from runbooks.findings import Place
from runbooks.inventory.seen import Trouble

EACH: Final = 1000
"""How many rows are told one by one of one kind of trouble; the others are counted."""

Spot: TypeAlias = tuple[int, int]
"""A line, and the column where something begins in it, both from 1."""


@dataclass(slots=True)
class _Kind:
    """One kind of trouble of a file: the places that are told, and how many more there are from which on."""

    code: str
    remedy: str
    each: int
    spots: list[Spot] = field(default_factory=list)
    more: int = 0
    next: Spot = (0, 0)


@dataclass(slots=True)
class Notes:
    """The troubles of one file as they are met. `lost` counts the rows that could not be read, or the file."""

    file: str
    lost: int = 0
    _kinds: dict[str, _Kind] = field(default_factory=dict)

    def tell(
        self, at: int | Spot, code: str, message: str, remedy: str = "", *, each: int = EACH, lost: bool = True
    ) -> None:
        """Something is wrong at a line, or in the middle of one. `lost`: with it a row is, or the file."""
        spot = (at, 1) if isinstance(at, int) else at
        kind = self._kinds.setdefault(message, _Kind(code, remedy, each))
        if len(kind.spots) < kind.each:
            kind.spots.append(spot)
        else:
            kind.next = kind.next if kind.more else spot
            kind.more += 1
        self.lost += lost

    def told(self, message: str) -> bool:
        """Whether this has been told of the file."""
        return message in self._kinds

    @property
    def whole(self) -> bool:
        """Whether every row was read."""
        return not self.lost

    def troubles(self) -> list[Trouble]:
        """All of them, in the order of the lines."""
        found = [trouble for message, kind in self._kinds.items() for trouble in self._told(message, kind)]
        return sorted(found, key=lambda trouble: (trouble.place.line, trouble.place.column))

    def _told(self, message: str, kind: _Kind) -> list[Trouble]:
        if kind.each == 1:
            rows = f" (and in {kind.more:,} more rows, from line {kind.next[0]:,} on)" if kind.more else ""
            return [Trouble(place(self.file, *kind.spots[0]), kind.code, message + rows, kind.remedy)]
        told = [Trouble(place(self.file, *spot), kind.code, message, kind.remedy) for spot in kind.spots]
        if kind.more:
            words = f"{message}; {kind.more:,} more such rows follow from here on"
            told.append(Trouble(place(self.file, *kind.next), kind.code, words, kind.remedy))
        return told


def place(file: str, line: int, column: int = 1) -> Place:
    """The beginning of a line, or of what stands in the middle of it."""
    return Place(file, line, column, line, column)
