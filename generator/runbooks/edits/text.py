"""A file that is to be edited: its text, and the offsets at which its values begin and end."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Final

from runbooks import source
from runbooks.edits.refusal import Refused
from runbooks.findings import KeyPath, Place, Problem
from runbooks.source import Document, Json, value_at
from runbooks.source.text import LONE_RETURN

MARK: Final = "\ufeff"
"""The byte order mark, which is no part of the text."""
NARROW: Final = 100
WIDE: Final = 120
"""Between these a line may be as long as the longest of the file."""
_SPACE: Final = " \t\r\n"
_COMMENT_LINE: Final = re.compile(r"( *)#[^\n]*(?:\n|\Z)")
ADDRESSED: Final = re.compile(r"#[ \t]*runbooks[ \t]*:", re.IGNORECASE)
"""A comment that speaks to this program, about the line that comes next."""
CLEAR: Final = frozenset(
    code
    for code, (name, _) in source.CODES.items()
    if name
    in {
        "ambiguous-scalar", "impossible-date", "tab", "odd-space", "comment-without-space", "not-indented",
        "number-out-of-range", "escape", "curly-quotes", "lost-after-hash",
    }
)  # fmt: skip
"""The codes of problems about single values: which keys there are, and what belongs to which, is clear."""


@dataclass(frozen=True, slots=True)
class Splice:
    """Other text in the place of the characters from `start` up to `end`; an insertion where the two are one."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Text:
    """The text of a file without its byte order mark, and what it says."""

    content: str
    marked: bool
    document: Document
    problems: tuple[Problem, ...]

    @property
    def raw(self) -> bytes:
        """The bytes of the file."""
        return (MARK * self.marked + self.content).encode()

    @property
    def file(self) -> str:
        """Its name below the site."""
        return self.document.files[0]

    def value(self, path: KeyPath) -> Json:
        """The value at a path; None also where there is none."""
        return value_at(self.document.data, path)[1]

    def has(self, path: KeyPath) -> bool:
        """Whether there is a value at a path."""
        return path in self.document.spots

    def start(self, path: KeyPath) -> int:
        """Where a value begins: a scalar with its quotes, a list in block style with its first dash."""
        place = self.document.spots[path].value
        return self._starts[place.line - 1] + place.column - 1

    def end(self, path: KeyPath) -> int:
        """Where a value ends; a text of several lines (`|`) takes in the line end behind it."""
        place = self.document.spots[path].value
        return self._starts[place.end_line - 1] + place.end_column - 1

    def key(self, path: KeyPath) -> tuple[int, int]:
        """Where the key of a value begins and ends; nowhere in a list."""
        place = self.document.spots[path].key
        if place is None:
            return 0, 0
        starts = self._starts
        return starts[place.line - 1] + place.column - 1, starts[place.end_line - 1] + place.end_column - 1

    def column(self, offset: int) -> int:
        """How many characters stand before an offset on its line."""
        return offset - self.content.rfind("\n", 0, offset) - 1

    def is_flow(self, path: KeyPath) -> bool:
        """Whether a list or a mapping stands in brackets."""
        return isinstance(self.value(path), dict | list) and self.content[self.start(path)] in "[{"

    def in_flow(self, path: KeyPath) -> bool:
        """Whether a value stands in a list or mapping in brackets."""
        return any(self.is_flow(path[:length]) for length in range(len(path)))

    def span(self, start: int, end: int) -> Place:
        """The place between two offsets."""
        (line, column), (end_line, end_column) = (
            (self.content.count("\n", 0, at) + 1, self.column(at) + 1) for at in (start, end)
        )
        return Place(self.file, line, column, end_line, end_column)

    @cached_property
    def width(self) -> int:
        """Characters of a line beyond which brackets give way to lines: as many as the writer's own lines have."""
        longest = max(map(len, self.content.split("\n")))
        return min(max(longest, NARROW), WIDE)

    def place(self, path: KeyPath) -> Place:
        """Where to point at."""
        return self.document.key_place(path)

    def below(self, path: KeyPath, column: int) -> int:
        """The beginning of the line behind a value in block style, and behind the comments that belong to it.

        These follow without an empty line, as far right as `column` or further. One that speaks to this program is
        about the line that comes next, and stays with it.
        """
        end, header = self.end(path), self.header(path)
        if header and "-" not in header and not self.content.endswith("\n") and end >= len(self.content):
            words = "the text that ends this file would get a line end that it does not have"
            raise Refused(self.place(path), words, "end the file with a line end")
        if "+" not in header:
            end = max(len(self.content[:end].rstrip(_SPACE)), self.start(path))
            found = self.content.find("\n", end)
            end = found + 1 if found >= 0 else len(self.content)
        while found_line := _COMMENT_LINE.match(self.content, end):
            if end == len(self.content) or len(found_line[1]) < column or ADDRESSED.search(found_line[0]):
                break
            end = found_line.end()
        return end

    def line_end(self, offset: int) -> str:
        """How the line before an offset ends, or else the first of the file."""
        found = self.content.rfind("\n", 0, offset)
        found = found if found >= 0 else self.content.find("\n")
        return "\r\n" if found > 0 and self.content[found - 1] == "\r" else "\n"

    def header(self, path: KeyPath) -> str:
        """The header (`|`, `>-`, `|+`) of the text of several lines that a value ends with, where it does."""
        value = self.value(path)
        while isinstance(value, dict | list) and value:
            path = (*path, next(reversed(value)) if isinstance(value, dict) else len(value) - 1)
            value = self.value(path)
        start = self.start(path)
        header = self.content[start : self.content.find("\n", start)] if isinstance(value, str) else ""
        return header.partition("#")[0] if header[:1] in ("|", ">") else ""

    def lines_at(self, offset: int, lines: Iterable[str]) -> Splice:
        """New lines before the one that begins at an offset, or at the end of the file, which keeps its last line."""
        ending = self.line_end(offset)
        if offset and self.content[offset - 1] != "\n":
            return Splice(offset, offset, "".join(ending + line for line in lines))
        return Splice(offset, offset, "".join(line + ending for line in lines))

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return (0, *accumulate(len(line) + 1 for line in LONE_RETURN.sub("\n", self.content).split("\n")))


def text(file: str, raw: bytes, tolerated: Collection[str] = ()) -> Text:
    """A file to be edited. `tolerated` are the codes of problems that it may have: those that the edits mend.

    Raises:
        Refused: when it cannot be read as a whole, or has any other problem.
    """
    document, problems = source.read(file, raw)
    for problem in problems:
        if problem.code not in tolerated:
            at = problem.at if isinstance(problem.at, Place) else document.place(problem.at)
            raise Refused(at, problem.message, problem.help)
    if document.unreadable:
        raise Refused(Place(file), "this file cannot be read as a whole", "mend it first")
    content = raw.decode("utf-8")
    return Text(content.removeprefix(MARK), content.startswith(MARK), document, problems)


def spliced(content: str, splices: Iterable[Splice]) -> str:
    """A text with splices made; they do not overlap, and those at one place come in their order, insertions first."""
    parts, done = list[str](), 0
    for one in sorted(splices, key=lambda splice: (splice.start, splice.end)):
        assert one.start >= done
        parts += (content[done : one.start], one.text)
        done = one.end
    return "".join((*parts, content[done:]))
