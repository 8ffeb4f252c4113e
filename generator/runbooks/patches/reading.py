"""A file that fixes are written into: its text with the lines that findings count, and what it says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import Final

from runbooks import source
from runbooks.edits import remarks
from runbooks.edits.text import MARK, Text
from runbooks.findings import KeyPath, Patch, Place
from runbooks.frontmatter import HEAD
from runbooks.source import CODES

NOT_YAML: Final = next(code for code, (name, _) in CODES.items() if name == "not-yaml")
PAGES: Final = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")

Leaf = tuple[tuple[str | int, ...], str]
"""A value that holds no others: the way to it, and what it says."""


class Page(Text):
    """A file as it stands, whatever is wrong with it."""

    def offsets(self, place: Place) -> tuple[int, int]:
        """Where a place begins and ends; past the end of the file for one that is not in it."""
        return self._offset(place.line, place.column), self._offset(place.end_line, place.end_column)

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column - 1 if line < len(self._starts) else len(self.content) + 1

    @property
    def whole(self) -> bool:
        """Whether all of it could be read."""
        return not self.document.unreadable

    @cached_property
    def codes(self) -> Counter[str]:
        """How many problems of each code its reader finds."""
        return Counter(one.code for one in self.problems)

    def leaves(self, touched: Collection[tuple[int, int]]) -> Iterator[tuple[Leaf, bool]]:
        """What it says, value by value, and whether the value is touched; touched keys are left out of the ways."""
        held = {path[:-1] for path in self.document.spots if path}
        names: dict[KeyPath, tuple[str | int, ...]] = {(): ()}
        for path, spot in sorted(self.document.spots.items(), key=lambda one: len(one[0])):
            if not path:
                continue
            hidden = spot.key is not None and meets(self.offsets(spot.key), touched)
            names[path] = (*names.get(path[:-1], ()), "\0" if hidden else path[-1])
        for path, spot in self.document.spots.items():
            if path not in held:
                yield (
                    (names[path], json.dumps(self.value(path))),
                    meets(self.offsets(spot.value), touched),
                )

    @cached_property
    def comments(self) -> Counter[str]:
        """Its comments."""
        return Counter(words for _, words in remarks(self.content, self.document))


def page(file: str, raw: bytes) -> Page | None:
    """A file to write into: YAML, or Markdown with YAML at its head. None where its bytes are no text."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    block = raw
    if file.lower().endswith(PAGES):
        head = HEAD.match(raw)
        if head is None:
            return None
        block = raw[: head.end()]
    document, problems = source.read(file, block)
    return Page(text.removeprefix(MARK), text.startswith(MARK), document, problems)


def meets(span: tuple[int, int], touched: Collection[tuple[int, int]]) -> bool:
    """Whether something stands in, around or right beside what is touched."""
    return any(span[0] <= end and start <= span[1] for start, end in touched)


def spans(there: Page, patches: Collection[Patch]) -> list[tuple[int, int]]:
    """Where patches lie in a file."""
    return [there.offsets(one.place) for one in patches]
