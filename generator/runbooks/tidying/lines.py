"""Spaces at the ends of lines, empty lines, and the end of the file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from runbooks.edits.remarks import remarks, scalars
from runbooks.edits.text import Splice, Text

_TRAILING: Final = re.compile(r"[ \t]+(?=\r?(?:\n|\Z))")
_EMPTY: Final = re.compile(r"(?:[ \t]*\r?\n){2,}")
_BLANK: Final = re.compile(r"[ \t]*\r?\n")


def splices(text: Text) -> list[Splice]:
    """What puts the lines of a file in order. What stands within a value stays, also after a last `|`."""
    content, inside = text.content, _Inside(text)
    end = _end(text, inside)
    found = [one for one in _trailing(text, inside) if one.end <= (end.start if end else len(content))]
    found += (one for one in _empty(content, inside) if one.end <= (end.start if end else len(content)))
    return _merged([*found, *((end,) if end else ())])


def _trailing(text: Text, inside: _Inside) -> Iterator[Splice]:
    """Spaces at the end of a line. A tab at the end of a comment is the writer's own."""
    comments = [(offset, offset + len(words)) for offset, words in remarks(text.content, text.document)]
    ends = {end for _, end in comments}
    for one in _TRAILING.finditer(text.content):
        if inside.value(one.end()) or ("\t" in one[0] and one.start() in ends):
            continue
        yield Splice(one.start(), one.end(), "")


def _empty(content: str, inside: _Inside) -> Iterator[Splice]:
    """More than one empty line in a row."""
    for one in _EMPTY.finditer(content):
        start = one.start()
        if start and content[start - 1] != "\n":
            first = _BLANK.match(content, start)
            start = first.end() if first else one.end()
        kept = _BLANK.match(content, start)
        if kept and kept.end() < one.end() and not inside.value(start) and not inside.value(one.end() - 1):
            yield Splice(kept.end(), one.end(), "")


def _end(text: Text, inside: _Inside) -> Splice | None:
    """One line end at the end of the file."""
    content = text.content
    bare = len(content.rstrip())
    bare += len(content[bare:]) - len(content[bare:].lstrip(" \t"))  # the spaces of the last line are not its end
    if not content.strip() or any(inside.value(at) for at in range(bare, len(content))) or text.header(()):
        return None
    ending = text.line_end(len(content))
    return None if content[bare:] == ending else Splice(bare, len(content), ending)


def _merged(found: list[Splice]) -> list[Splice]:
    """Splices in their order, those left out that lie within another."""
    kept = list[Splice]()
    for one in sorted(found, key=lambda each: (each.start, -each.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


class _Inside:
    """Tells what lies within a value."""

    def __init__(self, text: Text) -> None:
        self._spans = [span for span in scalars(text.content, text.document) if "\n" in text.content[slice(*span)]]
        self._starts = [start for start, _ in self._spans]

    def value(self, offset: int) -> bool:
        """Whether the line end at an offset is one of a value on several lines, but for that behind its header."""
        index = bisect_right(self._starts, offset) - 1
        return index >= 0 and self._spans[index][0] < offset < self._spans[index][1]
