"""Reads the YAML that nearly every record is made of line by line, in half the time that a parser of all of it takes.

Mappings and lists in blocks and in brackets, values on one line, and blocks of text. Whatever else stands in a text, or
could be a mistake, is left to the strict reader: where this one says anything, that one says the same.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, TypeAlias

from runbooks.findings import KeyPath
from runbooks.source import builder
from runbooks.source.checks import MAX_REMEMBERED
from runbooks.source.document import Json, Span
from runbooks.source.layout import is_suspect
from runbooks.source.scalars import CONSTANTS, STARTS, Scalar, meaning, reading, trap
from runbooks.source.text import ODD_SPACE

_KEY: Final = r"([A-Za-z_][A-Za-z0-9_-]{0,99}):"
_FIRST: Final = r"""[^\s?:,\[\]{}#&*!|>'"%@`-]"""
"""What an unquoted value may begin with, whatever follows."""
_PLAIN: Final = rf"({_FIRST}[^:#]*+(?::(?=\S)[^:#]*+)*+)"
_PLAIN_ENTRY: Final = rf"({_FIRST}[^:#,?\[\]{{}}]*+(?::(?=[^\s,\[\]{{}}])[^:#,?\[\]{{}}]*+)*+)"
_QUOTED: Final = r""""([^"\\]*+)"|'((?:[^']|'')*+)'"""
_LINE: Final = re.compile(
    rf"( *)(- +)?(?:{_KEY}(?: +|$))?(?:{_PLAIN}|(?:{_QUOTED}|([|>]-?)) *|([\[{{].*))?(?:#.*)?"
).fullmatch
_ENTRY: Final = re.compile(
    rf" *(?:{_KEY} +)?(?:([\[{{])|(?:{_PLAIN_ENTRY}|{_QUOTED})((?: *[\]}}])*) *(?:(,) *)?)"
).match
_NOTHING_MORE: Final = re.compile(r" *(?:#.*)?").fullmatch
_BREAKS: Final = re.compile(r"\n(\n*)")

INDENT, DASH, KEY, PLAIN, DOUBLE, SINGLE, TEXT, BRACKET = range(1, 9)
"""The groups of a line. The last that is there says what its value is."""
ENTRY_KEY, OPENING, ENTRY_PLAIN, ENTRY_DOUBLE, ENTRY_SINGLE, CLOSING, COMMA = range(1, 8)
"""The groups of an entry in brackets."""

MAX_LINE: Final = 120
"""The longest line, in characters, that is remembered: what is said again and again is short."""


class Other(Exception):
    """Something that the strict reader has to look at."""


_Collection: TypeAlias = "dict[str, Json] | list[Json]"
_Frame: TypeAlias = "tuple[_Collection | None, int, KeyPath, Span, Span]"
"""The collection to come back to when one in it ends, its column and its path; and where the key of that one stands
and where it began."""
_Said: TypeAlias = "tuple[int, int, int, str | None, Json, int, int]"
"""What a line says by itself: its last group, where it begins, and where it goes on behind a dash, or 0; its key; its
value, or the header of a block of text, and from where to where that stands."""


def simply(text: str) -> tuple[Json, dict[KeyPath, Span]] | None:
    """The data of a text, and the spans of all its values in the strict reader's order; None where it has to look."""
    if not text.endswith("\n") or "\t" in text or "\r" in text or is_suspect(text):
        return None
    if not text.isascii() and ODD_SPACE.search(text):
        return None
    lines = Lines(text)
    try:
        lines.read()
    except Other:
        return None
    # Every value has at most one key, which counts as well.
    return (lines.root, lines.spans) if 2 * len(lines.spans) <= builder.MAX_VALUES else None


class Lines:
    """The state between two lines, whose numbers and columns are counted from 0."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        # Front matter begins with the mark of a document's beginning.
        self.number = 1 if self.lines[0] == "---" else 0
        self.root: Json = None
        self.spans: dict[KeyPath, Span] = {}
        self.frames: list[_Frame] = []
        self.container: _Collection | None = None
        self.column = -1
        """Where the lines of the innermost block begin, -1 outside of all."""
        self.path: KeyPath = ()
        self.key = ""
        self.key_span: Span = ()
        self.waiting = True
        """Whether a value has to follow: that of a key, that of a dash, or that of the file."""
        self.end: Span = (0, 0)
        """Where the last value ended."""

    def read(self) -> None:
        """Read all lines."""
        lines = self.lines
        while self.number < len(lines):
            line = lines[self.number]
            said = _remembered(line) if len(line) <= MAX_LINE else _said(line)
            if said[0] != INDENT:
                self.line(line, said)
            self.number += 1
        if self.waiting:
            raise Other
        while self.frames:
            self.close()

    def line(self, line: str, said: _Said) -> None:
        """A line that says something."""
        kind, column, behind, key, value, start, end = said
        if behind:
            self.go_to(column, list)
            column, self.waiting = behind, True
        if key:
            if self.waiting or column != self.column or type(self.container) is not dict:
                self.go_to(column, dict)
            self.begin(key, column)
        elif not behind and not (kind == BRACKET and self.waiting and column > self.column):
            raise Other
        if kind == BRACKET:
            self.brackets(line, start)
        elif kind == TEXT:
            self.text(str(value), start)
        elif kind >= PLAIN:
            self.put(value, start, end)
        elif kind == DASH:
            raise Other

    # Collections

    def go_to(self, column: int, kind: type[_Collection]) -> None:
        """Go to the mapping or list whose lines begin at a column; where a value has to follow, begin it there."""
        if self.waiting:
            # A list may begin right below the key that it belongs to.
            below = column == self.column and kind is list and type(self.container) is dict
            if column <= self.column and not below:
                raise Other
            self.open(kind(), column, column)
            return
        while column < self.column or (column == self.column and type(self.container) is not kind):
            self.close()
        if column != self.column:
            raise Other

    def open(self, container: _Collection, start: int, column: int) -> None:
        """A collection begins at `start` in this line; its own lines begin at `column`."""
        around, path = self.container, self.path
        if len(self.frames) == builder.MAX_DEPTH:
            raise Other
        self.frames.append((around, self.column, path, self.key_span, (self.number, start)))
        if type(around) is dict:
            around[self.key] = container
            self.path = (*path, self.key)
        elif type(around) is list:
            self.path = (*path, len(around))
            around.append(container)
        else:
            self.root = container
        self.container, self.column, self.key_span = container, column, ()

    def close(self) -> None:
        """The innermost collection ends, where the last value did."""
        path = self.path
        self.container, self.column, self.path, key_span, begun = self.frames.pop()
        self.spans[path] = begun + self.end + key_span
        self.key_span = ()

    # Keys and values

    def begin(self, key: str, column: int) -> None:
        """A key of the innermost mapping, whose value has to follow."""
        container, number = self.container, self.number
        if type(container) is not dict or key in container or key in CONSTANTS:
            raise Other
        self.key, self.key_span, self.waiting = key, (number, column, number, column + len(key)), True

    def put(self, value: Json, start: int, end: int, last: int | None = None) -> None:
        """A value that holds no others, in this line or up to a last one."""
        container, number = self.container, self.number
        last = number if last is None else last
        if type(container) is dict:
            container[self.key] = value
            self.spans[(*self.path, self.key)] = (number, start, last, end, *self.key_span)
            self.key_span = ()
        elif type(container) is list:
            self.spans[(*self.path, len(container))] = (number, start, last, end)
            container.append(value)
        self.end, self.waiting = (last, end), False

    def text(self, header: str, start: int) -> None:
        """A block of text, up to the line that stands further left."""
        lines, first = self.lines, self.number + 1
        margin = len(lines[first]) - len(lines[first].lstrip(" "))
        last = first
        while last < len(lines) and not lines[last][:margin].strip(" "):
            last += 1
        kept = [line[margin:] for line in lines[first:last]]
        while kept and not kept[-1]:
            kept.pop()
        folds = header[0] == ">"
        odd = any(line[:1] == " " and (folds or not line.strip(" ")) for line in kept)
        if margin <= self.column or odd or not kept or not kept[0]:
            raise Other
        value = "\n".join(kept)
        if folds:
            value = _BREAKS.sub(lambda found: found[1] or " ", value)
        last = min(last, len(lines) - 1)
        self.put(value if header.endswith("-") else f"{value}\n", start, 0, last)
        self.number = last - 1

    def brackets(self, line: str, at: int) -> None:
        """A list or mapping in brackets, and those in it, with nothing but a comment behind them."""
        depth = len(self.frames)
        self.open([] if line[at] == "[" else {}, at, self.column)
        at += 1
        while len(self.frames) > depth:
            found = _ENTRY(line, at)
            if found is None:
                raise Other
            key, opening, plain, _, single, closing, comma = found.groups()
            at = found.end()
            if opening:
                self.begin_entry(key, found.start(ENTRY_KEY))
                self.open([] if opening == "[" else {}, found.start(OPENING), self.column)
                continue
            if plain is not None:
                value, start, end = _plain(plain, found.start(ENTRY_PLAIN))
            else:
                value, start, end = _quoted(found, ENTRY_DOUBLE if single is None else ENTRY_SINGLE)
            self.entry(key, found.start(ENTRY_KEY), value, start, end)
            if closing:
                self.end_brackets(closing, found.start(CLOSING), depth)
            # Between two entries stands a comma, and nowhere else.
            if bool(comma) is (len(self.frames) == depth):
                raise Other
            if comma and at == len(line):
                line, at = self.next_line(), 0
        self.waiting = False
        if not _NOTHING_MORE(line, at):
            raise Other

    def begin_entry(self, key: str | None, start: int) -> None:
        """What begins with a bracket in others has a key in a mapping, and none in a list."""
        if key is not None:
            self.begin(key, start)
        elif type(self.container) is dict:
            raise Other

    def entry(self, key: str | None, begun: int, value: Json, start: int, end: int) -> None:
        """An entry in brackets that holds no others: what `begin` and `put` do, in two thirds of the time."""
        container, number = self.container, self.number
        if key is not None:
            if type(container) is not dict or key in container or key in CONSTANTS:
                raise Other
            container[key] = value
            self.spans[(*self.path, key)] = (number, start, number, end, number, begun, number, begun + len(key))
        elif type(container) is list:
            self.spans[(*self.path, len(container))] = (number, start, number, end)
            container.append(value)
        else:
            raise Other

    def end_brackets(self, closing: str, start: int, depth: int) -> None:
        """Some brackets close."""
        for end, bracket in enumerate(closing, start + 1):
            if bracket != " ":
                if type(self.container) is not (list if bracket == "]" else dict) or len(self.frames) == depth:
                    raise Other
                self.end = (self.number, end)
                self.close()

    def next_line(self) -> str:
        """The next line of what goes on in brackets: it has to stand further right than the lines of the block."""
        self.number += 1
        line = self.lines[self.number]
        if not line.startswith(" " * (self.column + 1)):
            raise Other
        return line


def _said(line: str) -> _Said:
    """What a line says."""
    found = _LINE(line)
    if found is None:
        raise Other
    kind = found.lastindex or INDENT
    value, start, end = found[kind], found.start(kind), 0
    if kind == PLAIN:
        value, start, end = _plain(value, start)
    elif kind in (DOUBLE, SINGLE):
        value, start, end = _quoted(found, kind)
    return kind, found.end(INDENT), max(found.end(DASH), 0), found[KEY], value, start, end


_remembered = lru_cache(maxsize=4096)(_said)
"""Fleets say much in the same lines: of keys with nothing behind them, of choices, days and numbers there are few."""


def _plain(written: str, start: int) -> tuple[Json, int, int]:
    """An unquoted value with the spaces behind it, and from where to where it stands."""
    text = written.rstrip(" ")
    return _meant(text) if text[0] in STARTS else text, start, start + len(text)


def _quoted(found: re.Match[str], group: int) -> tuple[Json, int, int]:
    """A value in quotes, and from where to where it stands with them."""
    text, (start, end) = found[group], found.span(group)
    return text.replace("''", "'") if found.string[end] == "'" else text, start - 1, end + 1


def _meant(text: str) -> Scalar:
    """The meaning of an unquoted value that may be more than text."""
    value, found = reading(text) if len(text) <= MAX_REMEMBERED else (meaning(text), trap(text))
    if found:
        raise Other
    return value
