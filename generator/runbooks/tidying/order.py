"""Keys in the order of the manual: whole blocks move, with the comments above them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from runbooks.edits.refusal import Refused
from runbooks.edits.text import ADDRESSED, Splice, Text
from runbooks.findings import KeyPath, Place
from runbooks.parts import Part
from runbooks.shape import keys_of

_COMMENT: Final = re.compile(r"( *)#[^\n]*\n?")
_BLANK: Final = re.compile(r"[ \t]*\r?\n")
_BY_HAND: Final = "move the keys by hand"


@dataclass(frozen=True, slots=True)
class _Block:
    """A key with its value: the empty lines before it, whether comments lead it, and its text from there on."""

    gap: str
    led: bool
    text: str


def to_sort(text: Text, model: type[Part], done: set[KeyPath]) -> dict[KeyPath, list[str]]:
    """The mappings whose keys stand in another order than the manual's, with that order; none within another of them.

    Those of `done` are left out. Where somebody gave names of their own, their order is theirs too.
    """
    found = dict[KeyPath, list[str]]()
    for path in sorted(text.document.spots, key=len):
        there = text.value(path)
        if path in done or not isinstance(there, dict) or len(there) < 2 or text.is_flow(path) or text.in_flow(path):
            continue
        known = {key: number for number, key in enumerate(keys_of(model, path))}
        if not known.keys() >= there.keys():
            continue
        wanted = sorted(there, key=known.__getitem__)
        if wanted != list(there) and not any(path[:length] in found for length in range(len(path))):
            found[path] = wanted
    return found


def splices(text: Text, path: KeyPath, wanted: Sequence[str]) -> list[Splice]:
    """What puts the keys of a mapping into an order.

    Raises:
        Refused: where nobody can tell which key a comment is about.
    """
    there = text.value(path)
    assert isinstance(there, dict)
    keys = list(there)
    first = text.key((*path, keys[0]))[0]
    column = text.column(first)
    behind_dash = bool(text.content[first - column : first].strip(" "))
    begin = first if behind_dash else first - column
    starts = [begin, *(_lead(text, path, key, column, keys) for key in keys[1:])]
    end = text.below((*path, keys[-1]), column + 1)
    _look_below(text, end, column)
    if wanted[0] != keys[0] and not behind_dash:
        _look_above(text, begin)
    blocks = dict[str, _Block]()
    for key, start, stop in zip(keys, starts, [*starts[1:], end], strict=True):
        blocks[key] = _block(text.content[start:stop])
    if behind_dash and wanted[0] != keys[0]:
        if blocks[wanted[0]].led:
            place = text.place((*path, wanted[0]))
            raise Refused(place, "a comment stands above a key that would begin an entry", _BY_HAND)
        blocks[keys[0]] = replace(blocks[keys[0]], text=" " * column + blocks[keys[0]].text)
        blocks[wanted[0]] = replace(blocks[wanted[0]], text=blocks[wanted[0]].text[column:])
    return [Splice(begin, end, _joined(blocks, keys[0], wanted))]


def _joined(blocks: Mapping[str, _Block], first: str, wanted: Sequence[str]) -> str:
    """Blocks in another order. The empty lines before the one that comes first now stand before the one that did."""
    gaps = {key: block.gap for key, block in blocks.items()}
    gaps[first], gaps[wanted[0]] = gaps[wanted[0]], gaps[first]
    return "".join(gaps[key] + blocks[key].text for key in wanted)


def _block(words: str) -> _Block:
    start = 0
    while (found := _BLANK.match(words, start)) and found.end() <= len(words):
        start = found.end()
    return _Block(words[:start], words[start:].lstrip(" ").startswith("#"), words[start:])


def _lead(text: Text, path: KeyPath, key: str, column: int, keys: Sequence[str]) -> int:
    """Where what belongs to a key begins: the comments directly above it, and the empty lines before these."""
    content, start = text.content, text.key((*path, key))[0]
    line = start - text.column(start)
    if content[line:start].strip(" "):
        raise Refused(text.place((*path, key)), "this does not begin its line", _BY_HAND)
    led = line
    while (above := _above(content, line)) is not None and _indent(content, above) == column:
        line = above
    if line < led:
        _look_beside(text, path, keys[keys.index(key) - 1], line, column)
    while (above := _blank_above(content, line)) is not None:
        line = above
    found = _above(content, line)
    if found is not None and line < led and _indent(content, found) <= column:
        raise Refused(_at(text, found), "nobody can tell which key this comment is about", _BY_HAND)
    if found is not None and line == led and _indent(content, found) < column:
        raise Refused(_at(text, found), "nobody can tell which key this comment is about", _BY_HAND)
    return line


def _look_beside(text: Text, path: KeyPath, before: str, line: int, column: int) -> None:
    """Below a list whose dashes stand right below its key, a comment could be one about an entry."""
    value = text.value((*path, before))
    dashes = isinstance(value, list) and value and not text.is_flow((*path, before))
    if dashes and text.column(text.start((*path, before))) == column:
        raise Refused(_at(text, line), "this comment could be about the list above it", _BY_HAND)


def _look_below(text: Text, end: int, column: int) -> None:
    found = _COMMENT.match(text.content, end)
    if found and len(found[1]) == column:
        raise Refused(_at(text, end), "nobody can tell which key this comment is about", _BY_HAND)


def _look_above(text: Text, line: int) -> None:
    """Comments right above the first key stay where they are, so they may not be about it."""
    above = _above(text.content, line)
    words = text.content[above:line] if above is not None else ""
    if above is not None and ("yaml-language-server" not in words or ADDRESSED.search(words)):
        raise Refused(_at(text, above), "this comment could be about the key below it", _BY_HAND)


def _above(content: str, line: int) -> int | None:
    """Where the line above begins, if it is a comment."""
    start = content.rfind("\n", 0, line - 1) + 1
    return start if line and _COMMENT.fullmatch(content[start:line]) else None


def _blank_above(content: str, line: int) -> int | None:
    start = content.rfind("\n", 0, line - 1) + 1
    return start if line and _BLANK.fullmatch(content[start:line]) else None


def _indent(content: str, line: int) -> int:
    found = _COMMENT.match(content, line)
    return len(found[1]) if found else 0


def _at(text: Text, offset: int) -> Place:
    line = text.content.count("\n", 0, offset) + 1
    return Place(text.file, line, 1, line, 1)
