"""Files in which nothing was found, with what their reading asked for: while the answers are the same, all is well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter, ValidationError

from runbooks.shelf import Shelf, digest
from runbooks.verify.questions import Asked, Known

SIZE: Final = 40
"""Letters of a digest, two for each byte."""
MUCH: Final = 4
"""How many times as many files as a site has are remembered: another site may be read for the same."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Files that asked for the same and got the same `answer`; `files` are the digests of these, in a row."""

    asked: Asked
    answer: str
    files: str


GROUPS: Final = TypeAdapter(tuple[_Group, ...])


class Answers:
    """The files that nothing was found in before. `seals` are digests of what files hold now, by name.

    A file without a seal is always read.
    """

    def __init__(self, shelf: Shelf, known: Known, seals: Mapping[str, str]) -> None:
        self._shelf, self._known, self._seals = shelf, known, seals
        self._key = digest(b"answers", known.always().encode("utf-8", "surrogatepass"))
        self._groups = {(one.asked, one.answer): one.files for one in _groups(shelf.get(self._key))}
        self._sound = {
            file
            for (asked, answer), files in self._groups.items()
            if known.holds(asked) and known.answer(asked).hex() == answer
            for file in _parted(files)
        }

    def has(self, name: str) -> bool:
        """Whether nothing would be found in a file."""
        return self._of(name) in self._sound

    def keep(self, found: Iterable[tuple[str, Asked]]) -> None:
        """Remember that nothing was found in these files, and what each asked for."""
        new: dict[tuple[Asked, str], set[str]] = {}
        for name, asked in found:
            if one := self._of(name):
                new.setdefault((asked, self._known.answer(asked).hex()), set()).add(one)
        if not new:
            return
        groups = {key: set(_parted(files)) for key, files in self._groups.items()}
        if sum(map(len, groups.values())) >= MUCH * len(self._seals):
            there = {self._of(name) for name in self._seals}
            groups = {key: files & there for key, files in groups.items()}
        for key, files in new.items():
            groups[key] = groups.get(key, set()) | files
        kept = (_Group(*key, "".join(sorted(groups[key]))) for key in sorted(groups, key=repr) if groups[key])
        self._shelf.put(self._key, GROUPS.dump_json(tuple(kept)))

    def _of(self, name: str) -> str:
        seal = self._seals.get(name)
        return digest(name.encode("utf-8", "surrogatepass"), seal.encode()).hex() if seal else ""


def _groups(kept: bytes | None) -> tuple[_Group, ...]:
    try:
        return GROUPS.validate_json(kept) if kept else ()
    except ValidationError:
        return ()


def _parted(files: str) -> list[str]:
    return [files[at : at + SIZE] for at in range(0, len(files), SIZE)]
