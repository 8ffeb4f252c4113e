"""The comments of a YAML file that speak to this program: `# runbooks: …`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from runbooks.findings import KeyPath, Place
from runbooks.source.document import Comment, Span

ADDRESSED: Final = re.compile(r"(?:^|(?<=[ \t]))#[ \t]*runbooks[ \t]*:[ \t]*(?P<words>.*?)[ \t]*$", re.IGNORECASE)
_SILENT = re.compile(r"[ \t]*(?:#.*)?\r?$")


def comments(file: str, text: str, scalars: Sequence[Span]) -> Iterator[Comment]:
    """Every comment of a text that begins `# runbooks:`; what stands inside a value, given by its span, is none."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        found = ADDRESSED.search(line.rstrip("\r"))
        if found is None or any(_within(span, number, found.start()) for span in scalars):
            continue
        about = number if line[: found.start()].strip() else _next(lines, number)
        place = Place(file, number + 1, found.start() + 1, number + 1, found.end() + 1)
        yield Comment(place, found["words"], about + 1)


def scalar_spans(spans: Mapping[KeyPath, Span]) -> list[Span]:
    """The spans of the values that hold no others."""
    holding = {path[:-1] for path in spans if path}
    return [span[:4] for path, span in spans.items() if path not in holding]


def _within(span: Span, line: int, column: int) -> bool:
    return (span[0], span[1]) < (line, column) < (span[2], span[3])


def _next(lines: list[str], number: int) -> int:
    """The next line that says something, or the comment's own where none does."""
    return next((later for later in range(number + 1, len(lines)) if not _SILENT.match(lines[later])), number)
