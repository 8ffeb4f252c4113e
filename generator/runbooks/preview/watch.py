"""What has changed on disk: asked for again and again, because events of file systems get lost on shares and mounts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, TypeAlias

Stamps: TypeAlias = Mapping[str, tuple[int, int, int]]
"""Every file by its name in the site, with its time of change, length and number on disk."""

RECORDS: Final = "clients"
FOLDERS: Final = (RECORDS, "docs", "templates", "inventory")
FILES: Final = ("policy.yml", "mkdocs.yml", "baseline.yml")


def stamps(root: Path, *folders: str) -> Stamps:
    """The files below some folders of a site; without any, all files that its pages are made from."""
    found = {}
    for folder in folders or FOLDERS:
        for entry in _below(os.fspath(root / folder), set()):
            found[os.path.relpath(entry.path, root).replace(os.sep, "/")] = _stamp(entry.stat())
    for name in () if folders else FILES:
        if (root / name).is_file():
            found[name] = _stamp((root / name).stat())
    return found


def changed(before: Stamps, after: Stamps) -> frozenset[str]:
    """The files that are new, gone, or not as they were."""
    return frozenset(name for name in {*before, *after} if before.get(name) != after.get(name))


def _stamp(state: os.stat_result) -> tuple[int, int, int]:
    return state.st_mtime_ns, state.st_size, state.st_ino


def _below(folder: str, seen: set[str]) -> Iterator[os.DirEntry[str]]:
    """Every file below a folder. One that goes while it is looked at is not there; a folder is looked into once."""
    real = os.path.realpath(folder)
    if real in seen:
        return
    seen.add(real)
    try:
        with os.scandir(folder) as entries:
            inside = list(entries)
    except OSError:
        return
    for entry in inside:
        try:
            if entry.is_dir():
                if not entry.name.startswith("."):
                    yield from _below(entry.path, seen)
            elif entry.stat():
                yield entry
        except OSError:
            continue
