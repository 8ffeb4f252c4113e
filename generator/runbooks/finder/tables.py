"""Values that many rows share: each is written once, and rows have its number."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any


class Table:
    """Values in the order in which they were first asked for."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def number(self, value: Hashable) -> int:
        """The number of a value; a new one gets the next."""
        return self._numbers.setdefault(value, len(self._numbers))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._numbers)
