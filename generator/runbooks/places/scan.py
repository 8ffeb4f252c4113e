"""A template as the places are decided on it: its pieces as one text, with stand-ins for the values."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a piece of a template is."""

    TEXT = "text"
    VALUE = "value"
    EMBED = "embed"
    """Something that brings its own markup: an included template, a called macro."""
    OPEN = "open"
    NEXT = "next"
    CLOSE = "close"


class Where(StrEnum):
    """How a value is to be written at its place."""

    TEXT = "text"
    ATTRIBUTE = "attribute"
    ANCHOR = "anchor"
    """An id, or the part of a link after `#`."""
    LINK = "link"
    LINK_PART = "link_part"
    CODE = "code"
    SH = "sh"
    POWERSHELL = "powershell"
    CMD = "cmd"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a template, with the line it starts on; `text` is the literal text of a text piece."""

    kind: Kind
    line: int
    text: str = ""


class Undecided(ValueError):
    """A place that is not safe for values or cannot be decided; `line` is the template's."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


VALUE = "\ue000"
EMBED = "\ue001"
HOLE = re.compile("[\ue000\ue001]")
_STAND_INS = {Kind.VALUE: VALUE, Kind.EMBED: EMBED}


@dataclass(slots=True)
class Scan:
    """A template while it is scanned: its pieces as one text, and what has been decided so far."""

    pieces: Sequence[Piece]
    text: str
    starts: list[int]
    paths: list[tuple[int, ...]]
    out: list[str]
    where: dict[int, Where] = field(default_factory=dict)

    def piece_at(self, offset: int) -> int:
        """The number of the piece that a character belongs to."""
        return max(bisect_right(self.starts, offset) - 1, 0)

    def line(self, offset: int) -> int:
        """The line of the template that a character stands on."""
        at = self.piece_at(offset)
        start = self.starts[at]
        return self.pieces[at].line + self.pieces[at].text.count("\n", 0, offset - start)

    def path(self, offset: int) -> tuple[int, ...]:
        """The branches that a character stands in, as the numbers of the pieces that open them."""
        return self.paths[self.piece_at(offset)]

    def holes(self, start: int, end: int) -> list[int]:
        """Where the values in a span are."""
        return [match.start() for match in HOLE.finditer(self.text, start, end)]

    def blank(self, start: int, end: int, filler: str = " ") -> None:
        """Takes what has been decided out of the text, so that later steps do not see it."""
        self.text = self.text[:start] + filler * (end - start) + self.text[end:]

    def refuse(self, offset: int, message: str) -> Undecided:
        """What to raise about a character."""
        return Undecided(self.line(offset), message)

    def decide(self, start: int, end: int, where: Where) -> None:
        """Every value in a span stands in this place; what brings its own markup may not."""
        for hole in self.holes(start, end):
            if self.text[hole] == EMBED:
                raise self.refuse(hole, "what brings its own markup (an include, a macro call) cannot stand here")
            self.where[hole] = where

    def same_branch(self, start: int, end: int, what: str) -> None:
        """A construct must begin and end in the same branch of the template."""
        if self.path(start) != self.path(end - 1):
            raise self.refuse(start, f"{what} must begin and end in the same block of the template")

    def unbroken(self, start: int, end: int, what: str) -> None:
        """No block of the template may begin or end inside a construct."""
        for at in range(self.piece_at(start) + 1, self.piece_at(end - 1) + 1):
            if self.pieces[at].kind in {Kind.OPEN, Kind.NEXT, Kind.CLOSE} and start < self.starts[at]:
                raise self.refuse(start, f"no block may begin or end inside {what}; set the value before it")


def begin(pieces: Sequence[Piece]) -> Scan:
    """The pieces put together, nothing decided yet."""
    starts, paths, parts = [], [], []
    offset = 0
    path: tuple[int, ...] = ()
    for number, piece in enumerate(pieces):
        if HOLE.search(piece.text):
            raise Undecided(piece.line, "the characters U+E000 and U+E001 cannot be used in a template")
        if piece.kind is Kind.OPEN:
            path = (*path, number)
        elif piece.kind is Kind.NEXT:
            path = (*path[:-1], number)
        elif piece.kind is Kind.CLOSE:
            path = path[:-1]
        part = _STAND_INS.get(piece.kind, piece.text)
        starts.append(offset)
        paths.append(path)
        parts.append(part)
        offset += len(part)
    text = "".join(parts)
    return Scan(pieces, text, starts, paths, list(text))


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line of a text with the offset where it starts."""
    offset = 0
    for line in text.split("\n"):
        yield offset, line
        offset += len(line) + 1
