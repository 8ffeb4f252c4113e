"""The stretches of one file as they were read the last time: for files about all clients, of which a few change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import TypeAdapter, ValidationError

from runbooks.shelf import Shelf, digest
from runbooks.verify.pieces import Piece
from runbooks.verify.remembered import Remembered
from runbooks.verify.secrets import Held


@dataclass(frozen=True)
class Memory:
    """What the stretches of a file do to a page, and which secrets they hold; nothing of a file that is not kept."""

    pieces: Remembered[Piece] | None = None
    secrets: Remembered[Held] | None = None


@dataclass(frozen=True)
class _Kept:
    pieces: Mapping[str, Piece] = field(default_factory=dict)
    secrets: Mapping[str, Held] = field(default_factory=dict)


KEPT: Final = TypeAdapter(_Kept)


def recalled(shelf: Shelf, name: str, frame: tuple[str, ...]) -> Memory:
    """What is remembered of a file. `frame` is how links of every page begin."""
    kept = shelf.get(_key(name, frame))
    try:
        found = KEPT.validate_json(kept) if kept else _Kept()
    except ValidationError:
        found = _Kept()
    return Memory(Remembered(found.pieces), Remembered(found.secrets))


def keep(memory: Memory, shelf: Shelf, name: str, frame: tuple[str, ...]) -> None:
    """Remember a file as it was read now."""
    pieces, secrets = memory.pieces, memory.secrets
    if pieces and secrets and (pieces.grown or secrets.grown):
        shelf.put(_key(name, frame), KEPT.dump_json(_Kept(pieces.used, secrets.used)))


def _key(name: str, frame: tuple[str, ...]) -> bytes:
    return digest(b"stretches", *(one.encode("utf-8", "surrogatepass") for one in (name, *frame)))
