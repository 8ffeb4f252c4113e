"""Every comment of a file, to tell whether an edit lost one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Final

from runbooks.findings import KeyPath
from runbooks.source import Document

_COMMENT: Final = re.compile(r"#[^\n]*")


def remarks(content: str, document: Document) -> list[tuple[int, str]]:
    """All comments of a text without its byte order mark, each with its offset and without spaces at its end."""
    found = list[tuple[int, str]]()
    start = 0
    for first, last in (*scalars(content, document), (len(content), len(content))):
        found += ((one.start(), one[0].rstrip()) for one in _COMMENT.finditer(content, start, max(first, start)))
        start = max(start, last)
    return found


def scalars(content: str, document: Document) -> list[tuple[int, int]]:
    """Where keys and values stand that hold no others, as offsets in their order.

    Of a text of several lines (`|`) without its header, behind which a comment may stand.
    """
    starts = (0, *accumulate(len(line) + 1 for line in content.split("\n")))
    found = list[tuple[int, int]]()
    for line, column, end_line, end_column in _spans(document):
        first, last = starts[line] + column, starts[end_line] + end_column
        if content[first : first + 1] in ("|", ">") and "\n" in content[first:last]:
            first = content.index("\n", first)
        found.append((first, last))
    return sorted(found)


def _spans(document: Document) -> Iterator[tuple[int, int, int, int]]:
    for _, spans in document.spots.parts():
        holding = _holding(spans)
        for path, span in spans.items():
            if len(span) > 4:
                yield (span[4], span[5], span[6], span[7])
            if path not in holding:
                yield (span[0], span[1], span[2], span[3])


def _holding(spans: Mapping[KeyPath, object]) -> set[KeyPath]:
    return {path[:-1] for path in spans if path}
