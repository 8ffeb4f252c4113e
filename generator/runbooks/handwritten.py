"""Hand-written pages: the Markdown of docs/ with its front matter, as MkDocs would find it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field

from runbooks.findings import Place, Problem
from runbooks.frontmatter import front_matter
from runbooks.parts import Part
from runbooks.source import Document
from runbooks.values import Day, Line, Slug

PAGES = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
"""What MkDocs takes for a page."""


class Head(Part):
    """The front matter of a hand-written page. The keys of MkDocs and of its theme may stand beside these."""

    model_config = ConfigDict(extra="allow")

    title: Line | None = Field(None, description="Its title. Without it: its first heading.")
    description: Line | None = Field(None, description="What it is for, in a sentence: search results show it.")
    client: Slug | None = Field(None, description="The short name of the client it is about.")
    kind: Literal["monitoring"] | None = Field(
        None, description="monitoring, where it is about how a client is watched. Any other page has none."
    )
    reviewed: Day | None = Field(None, description="The day on which somebody last read it against reality.")


@dataclass(frozen=True)
class Written:
    """A hand-written page: its front matter and its text, which starts on line `first_line`."""

    file: str
    document: Document
    text: str
    first_line: int
    problems: tuple[Problem, ...]

    @property
    def meta(self) -> Mapping[str, object]:
        """The front matter as plain data."""
        return self.document.data if isinstance(self.document.data, dict) else {}

    def line(self, number: int, length: int) -> Place:
        """The place of a whole line of the page."""
        return Place(self.file, number, 1, number, length + 1)

    def meta_text(self, key: str) -> str:
        """One value of the front matter as text, or nothing."""
        value = self.meta.get(key)
        return value if isinstance(value, str) else ""


def read_pages(root: Path) -> Iterator[Written]:
    """Read every hand-written page, sorted by file. One that cannot be read is a problem, and nothing but that."""
    for path in sorted(_pages_below(root / "docs")):
        file = path.relative_to(root).as_posix()
        raw, problems = _read(file, path)
        document, text, first_line, found = front_matter(file, raw, "SEC002")
        yield Written(file, document, text, first_line, (*problems, *found))


def _read(file: str, path: Path) -> tuple[bytes, tuple[Problem, ...]]:
    try:
        raw = path.read_bytes() if stat.S_ISREG(path.stat().st_mode) else None
    except OSError as error:
        return b"", (Problem(Place(file), f"this page cannot be read: {error.strerror}", code="DOC013"),)
    if raw is None:
        return b"", (Problem(Place(file), "this page is no ordinary file", "take it out of docs", code="DOC013"),)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        place = Place(file, line, 1, line, 2)
        return raw, (Problem(place, "this line is not UTF-8", "save the page as UTF-8", code="YML001"),)
    return raw, ()


def _pages_below(docs: Path) -> Iterator[Path]:
    return (path for path in files_below(docs) if path.name.lower().endswith(PAGES))


def files_below(docs: Path) -> Iterator[Path]:
    """Every file that MkDocs would find: it follows links to folders, so this does, each folder once."""
    seen: set[str] = set()
    for folder, folders, files in os.walk(docs, followlinks=True):
        seen.add(os.path.realpath(folder))
        folders[:] = [name for name in sorted(folders) if os.path.realpath(Path(folder) / name) not in seen]
        yield from (Path(folder) / name for name in files)
