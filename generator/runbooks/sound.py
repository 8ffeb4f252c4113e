"""Files that an examination found nothing in, remembered by what they hold: nobody needs to read them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from runbooks.shelf import Shelf, digest

SIZE: Final = 20
"""Bytes of a digest."""
MUCH: Final = 4
"""How many times as many files as a site has are remembered: another site may be examined for the same."""


class Sound:
    """The files that passed an examination before, under the same circumstances.

    `seals` are digests of what files hold now, by name; a file without one is never sound. `asked` says what was
    examined, and everything but the file that the answer depends on.
    """

    def __init__(self, shelf: Shelf, asked: str, seals: Mapping[str, str]) -> None:
        self._shelf, self._seals = shelf, seals
        self._key = digest(b"sound", asked.encode("utf-8", "surrogatepass"))
        kept = shelf.get(self._key) or b""
        self._known = {kept[at : at + SIZE] for at in range(0, len(kept), SIZE)}

    def has(self, name: str) -> bool:
        """Whether a file holds what it held when nothing was found in it."""
        return self._of(name) in self._known

    def keep(self, names: Iterable[str]) -> None:
        """Remember that nothing was found in these files."""
        new = {self._of(name) for name in names} - {b""}
        if new - self._known:
            there = {self._of(name) for name in self._seals}
            known = self._known if len(self._known) < MUCH * len(there) else self._known & there
            self._shelf.put(self._key, b"".join(sorted(known | new)))

    def _of(self, name: str) -> bytes:
        seal = self._seals.get(name)
        return digest(name.encode("utf-8", "surrogatepass"), seal.encode())[:SIZE] if seal else b""
