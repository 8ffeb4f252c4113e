"""Dashes as far right of their key as most of the file's are."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from typing import Final

from runbooks.edits.remarks import scalars
from runbooks.edits.text import Splice, Text
from runbooks.findings import KeyPath

USUAL: Final = 2


def to_move(text: Text, done: set[KeyPath]) -> dict[KeyPath, list[Splice]]:
    """What moves each list that stands otherwise and can be moved; of lists within lists the outer one first.

    Those that are tried are added to `done`.
    """
    lists = [path for path in text.document.spots if _is_list(text, path)]
    offsets = {path: _offset(text, path) for path in lists}
    counts = Counter(offsets.values())
    if len(counts) < 2:
        return {}
    most = max(counts, key=lambda one: (counts[one], one == USUAL, -one))
    found = dict[KeyPath, list[Splice]]()
    inside = _Lines(text)
    for path in sorted(lists, key=len):
        within = any(path[:length] in found for length in range(1, len(path)))
        if path not in done and offsets[path] != most and not within:
            done.add(path)
            if made := list(_moved(text, path, most - offsets[path], inside)):
                found[path] = made
    return found


class _Lines:
    """Tells where values on several lines stand."""

    def __init__(self, text: Text) -> None:
        self._starts = [start for start, end in scalars(text.content, text.document) if "\n" in text.content[start:end]]

    def between(self, start: int, end: int) -> bool:
        """Whether one begins between two offsets."""
        index = bisect_left(self._starts, start)
        return index < len(self._starts) and self._starts[index] < end


def _is_list(text: Text, path: KeyPath) -> bool:
    """Whether a path is of a list in lines of its own below its key."""
    value = text.value(path)
    return bool(path and isinstance(path[-1], str) and isinstance(value, list) and value and not text.is_flow(path))


def _offset(text: Text, path: KeyPath) -> int:
    return text.column(text.start(path)) - text.column(text.key(path)[0])


def _moved(text: Text, path: KeyPath, by: int, inside: _Lines) -> Iterator[Splice]:
    """The lines of a list further right or left; none where a value on several lines or a comment is in the way."""
    content, dash = text.content, text.column(text.start(path))
    start = content.find("\n", text.key(path)[1]) + 1
    end = len(content[: text.end(path)].rstrip())
    line_end = content.find("\n", end)
    end = line_end + 1 if line_end >= 0 else len(content)
    if inside.between(start, end):
        return
    found = list[Splice]()
    while start < end:
        line_end = content.find("\n", start)
        line = content[start : line_end if line_end >= 0 else len(content)]
        width = len(line) - len(line.lstrip(" "))
        if line.strip():
            if width < dash or width + by < 0:
                return
            found.append(Splice(start, start, " " * by) if by > 0 else Splice(start, start - by, ""))
        start += len(line) + 1
    yield from found
