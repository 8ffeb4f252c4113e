"""The products that come with the program are read once by each process of the tests, not once by each site.

That would take as long as all else that is read of a small site. A product with a file of the site's own is read each
time, and so is everything where the program has not said that a product is as it came.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import pytest

from runbooks import catalogue
from runbooks.catalogue import Entry
from runbooks.findings import Problem
from runbooks.source.document import Document

Read: TypeAlias = tuple[Entry | None, list[tuple[Document, Problem]]]


@contextmanager
def once() -> Iterator[None]:
    """While this lasts, a product that came with the program is taken over where none of its files has changed."""
    reads = catalogue._entry
    kept = dict[tuple[object, ...], Read]()

    def entry(name: str, files: Mapping[str, Path], *, tested: bool = False) -> Read:
        if not tested:
            return reads(name, files, tested=tested)
        state = (name, *sorted((path, path.stat().st_mtime_ns, path.stat().st_size) for path in files.values()))
        if state not in kept:
            kept[state] = reads(name, files, tested=tested)
        found, problems = kept[state]
        return found, [*problems]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "_entry", entry)
        yield
