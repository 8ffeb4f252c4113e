"""What was found out about parts of a file, kept from build to build: of a list of all clients a few lines change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from runbooks.shelf import digest

T = TypeVar("T")


class Remembered(Generic[T]):
    """What was found out about texts, by a digest of each. `used` is what was asked for this time."""

    def __init__(self, known: Mapping[str, T] | None = None) -> None:
        """`known` is what was asked for the last time."""
        self._known = known or {}
        self.used: dict[str, T] = {}

    @property
    def grown(self) -> bool:
        """Whether anything was asked for that was not known."""
        return not self.used.keys() <= self._known.keys()

    def of(self, text: str, find_out: Callable[[str], T | None]) -> T | None:
        """What is known of a text, or is found out now."""
        key = digest(text.encode("utf-8", "surrogatepass")).hex()
        found = self.used.get(key) or self._known.get(key) or find_out(text)
        if found is not None:
            self.used[key] = found
        return found
