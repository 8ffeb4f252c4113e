"""The lines of source that a finding stands in, with marks below its places. What is secret is blanked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from runbooks.escape import visible
from runbooks.findings import Finding, Place

WIDTH: Final = 160
"""Characters of a line that are shown at most."""

BLANK: Final = "\u2022"
"""Stands for each character of a secret."""

LARGEST: Final = 2_000_000
"""Bytes of a file that are read at most."""

Source: TypeAlias = Callable[[str], list[str]]
"""Gives the lines of a file by its path; none for a file that cannot be read."""


def source(root: Path, secrets: Iterable[Place], drafts: Mapping[str, bytes] | None = None) -> Source:
    """The files of a site, each read once, with every secret blanked. Of a draft its own text is shown."""
    given = drafts or {}
    hidden = defaultdict[str, list[Place]](list)
    for place in secrets:
        hidden[place.file].append(place)

    @cache
    def lines(file: str) -> list[str]:
        read = [] if _is_export(file) else _lines(given[file]) if file in given else _read(root / file)
        for place in hidden[file]:
            _blank(read, place)
        return read

    return lines


def excerpt(finding: Finding, lines: Source) -> Iterator[str]:
    """The lines around a finding's places in its own file, and the names of its places in others."""
    marks = [(finding.place, "^", finding.label)]
    marks.extend((related.place, "-", related.message) for related in finding.related)
    file = finding.place.file
    shown = sorted({(place, mark, words) for place, mark, words in marks if place.file == file})
    width = max(len(str(place.line)) for place, _, _ in shown)
    texts = lines(file)
    previous, start = None, 0
    for place, mark, words in shown:
        if place.line > len(texts):
            continue
        if previous is not None and place.line > previous + 1:
            yield "..."
        text = _shown(texts[place.line - 1])
        if previous != place.line:
            start = max(0, place.column - WIDTH // 2) if place.column > WIDTH - 20 else 0
            yield f"{place.line:>{width}} | {_window(text, start)}".rstrip()
        yield f"{'':>{width}} | {_caret(place, text, mark, start)} {visible(words)}".rstrip()
        previous = place.line
    for related in finding.related:
        if related.place.file != file:
            yield visible(f"   = {related.place}: {related.message}")


def _is_export(file: str) -> bool:
    """Whether a file is an export of a product. Its rows hold what nobody may see: passwords, tokens."""
    return file.startswith("inventory/") and file != "inventory/feeds.yml"


def _read(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            return _lines(file.read(LARGEST))
    except OSError:
        return []


def _lines(raw: bytes) -> list[str]:
    text = raw.decode("utf-8", errors="replace")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _blank(lines: list[str], place: Place) -> None:
    """Write dots over a place; the indentation of its further lines stays."""
    for number in range(place.line, min(place.end_line, len(lines)) + 1):
        text = lines[number - 1]
        start = place.column - 1 if number == place.line else len(text) - len(text.lstrip())
        end = min(place.end_column - 1, len(text)) if number == place.end_line else len(text)
        if start < end:
            lines[number - 1] = text[:start] + BLANK * (end - start) + text[end:]


def _shown(line: str) -> str:
    """A line of source without tabs and without characters that a terminal would obey."""
    plain = line.replace("\t", " ")
    if plain.isprintable():
        return plain
    return "".join(character if character.isprintable() else "\ufffd" for character in plain)


def _window(text: str, start: int) -> str:
    """The part of a long line that is shown, with a mark at the ends where it goes on."""
    head, tail = "\u2026" if start else "", "\u2026" if len(text) > start + WIDTH else ""
    return head + text[start + len(head) : start + WIDTH - len(tail)] + tail


def _caret(place: Place, text: str, mark: str, start: int) -> str:
    """The marks below a value, in the part of its line that begins at `start`."""
    first = min(place.column - 1 - start, WIDTH)
    end = place.end_column - 1 if place.end_line == place.line else len(text)
    return " " * first + mark * max(1, min(end - start, WIDTH) - first)
