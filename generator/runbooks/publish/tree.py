"""Bringing one tree of files to the state of another, writing only what differs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from runbooks.publish.place import PublishError, is_folder

CHUNK: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class Changes:
    """How many files a new tree adds to the published one, changes, takes away and leaves as they are."""

    added: int
    changed: int
    removed: int
    kept: int


def bring_up_to_date(idle: Path, stage: Path, published: Path | None) -> Changes:
    """Make `idle` hold the files of `stage`, which are moved out of it; what is counted is against `published`.

    A file's time is when its published content last changed, in whichever tree: web servers tell browsers by it.
    """
    wanted = _names(stage)
    there = set(_names(published, leave_out_links=True)) if published else set()
    present = _clear(idle, wanted)
    kept = 0
    for name in wanted:
        before = published / name if published and name in there else None
        kept += _put(stage / name, idle / name, replaces=name in present, before=before)
    both = len(there.intersection(wanted))
    return Changes(len(wanted) - both, both - kept, len(there) - both, kept)


def _put(source: Path, target: Path, *, replaces: bool, before: Path | None) -> bool:
    """Put one file in its place unless it is there already; whether it equals the published one."""
    in_place = replaces and _same(source, target)
    equal = before is not None and ((in_place and _alike(target, before)) or _same(source, before))
    if not in_place:
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
    if before is not None and equal:
        then = before.stat().st_mtime_ns
        if target.stat().st_mtime_ns != then:
            os.utime(target, ns=(then, then))
    else:
        os.utime(target)
    return equal


def _clear(idle: Path, wanted: list[str]) -> set[str]:
    """Remove from a tree what is not wanted, links without following them; the names of the files that stay."""
    files = set(wanted)
    folders = {str(parent) for name in wanted for parent in PurePosixPath(name).parents}
    present = set()
    for entry, name in _walk(idle):
        if entry.is_file(follow_symlinks=False) and name in files:
            present.add(name)
        elif not is_folder(Path(entry)):
            _unlink(entry)
        elif name not in folders:
            Path(entry).rmdir()
    return present


def _unlink(entry: os.DirEntry[str]) -> None:
    """Remove a file, or a link to a folder, which Windows takes for a folder."""
    if entry.is_dir(follow_symlinks=False):
        os.rmdir(entry)  # noqa: PTH106
    else:
        os.unlink(entry)  # noqa: PTH108


def _names(tree: Path, *, leave_out_links: bool = False) -> list[str]:
    """The files of a tree in order, with forward slashes. Links are left out or refused, as they may lead anywhere."""
    names = []
    for entry, name in _walk(tree):
        if entry.is_file(follow_symlinks=False):
            names.append(name)
        elif not leave_out_links and not is_folder(Path(entry)):
            raise PublishError(
                f"the new site holds {name}, which is neither a file nor a folder; a site is made of files"
            )
    return sorted(names)


def _walk(tree: Path, within: str = "") -> Iterator[tuple[os.DirEntry[str], str]]:
    """What a tree holds, by name, the contents of a folder before the folder; links are not followed."""
    with os.scandir(tree) as entries:
        here = sorted(entries, key=lambda entry: entry.name)
    for entry in here:
        name = within + entry.name
        if entry.is_dir(follow_symlinks=False) and is_folder(Path(entry)):
            yield from _walk(Path(entry), f"{name}/")
        yield entry, name


def _alike(one: Path, other: Path) -> bool:
    """Whether two files have one size and time. Decides what is counted, never what is published."""
    here, there = one.stat(), other.stat()
    return (here.st_size, here.st_mtime_ns) == (there.st_size, there.st_mtime_ns)


def _same(one: Path, other: Path) -> bool:
    """Whether two files hold the same bytes."""
    with one.open("rb", buffering=0) as here, other.open("rb", buffering=0) as there:
        first, second = os.fstat(here.fileno()), os.fstat(there.fileno())
        if os.path.samestat(first, second) or first.st_size != second.st_size:
            return first.st_size == second.st_size
        while piece := here.read(CHUNK):
            if piece != there.read(CHUNK):
                return False
    return True
