"""The releases that can be gone back to: the site and the trees beside it, by the number in their markers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runbooks.publish.marker import is_whole, marker
from runbooks.publish.place import TREE, PublishError, current, hidden_folder, is_folder, place
from runbooks.publish.tree import digests

KEPT: Final = 3
"""Releases that are kept beside the current one."""


@dataclass(frozen=True, slots=True)
class Release:
    """A site that was published: the number it was given, its day, its group, a digest, and whether it is the site."""

    number: int
    as_of: str
    only: str
    digest: str
    current: bool
    tree: Path

    @property
    def name(self) -> str:
        """What it is called on the command line."""
        return str(self.number)


def releases(site_dir: Path, *, root: Path | None = None) -> tuple[Release, ...]:
    """The current release and those that can be gone back to, the newest first; PublishError where no site may be."""
    site = place(site_dir, root)
    return tuple(_releases(site, hidden_folder(site)))


def the_release(site: Path, name: str) -> Release:
    """A release by its name, whole; PublishError when there is none, or when its files have changed since."""
    found = list(_releases(site, hidden_folder(site)))
    wanted = next((one for one in found if one.name == name), None)
    if wanted is None:
        there = ", ".join(one.name for one in found) or "none"
        raise PublishError(f"there is no release {name} of {site}; there is {there}")
    if not is_whole(wanted.tree, digests(wanted.tree).items()):
        raise PublishError(f"release {name} of {site} is not what was published: its files were changed")
    return wanted


def numbered(trees: Path) -> Iterator[int]:
    """The numbers that trees in the hidden folder already have."""
    for path in trees.iterdir():
        if TREE.fullmatch(path.name) and path.name.isdecimal():
            yield int(path.name)


def put_away(replaced: Path, trees: Path) -> Path | None:
    """Where a site that was a folder is kept as a release; None when it is not one, or is there already."""
    number = marker(replaced).release if is_folder(replaced) else 0
    return None if not number or (trees / str(number)).exists() else trees / str(number)


def thrown_away(site: Path, trees: Path, left: int) -> Iterator[Path]:
    """The trees that are not kept: all but the current one, the one that was left for it, and the newest others.

    Nor is a tree that was made for others than the current one.
    """
    now = current(site, trees)
    only = marker(now).only
    found = [one for one in _releases(site, trees) if not one.current and one.only == only]
    found.sort(key=lambda one: (one.number != left, -one.number))
    kept = {now, *(one.tree for one in found[:KEPT])}
    for path in sorted(trees.iterdir()):
        if TREE.fullmatch(path.name) and path not in kept:
            yield path


def _releases(site: Path, trees: Path) -> Iterator[Release]:
    now = current(site, trees)
    beside = [path for path in trees.iterdir() if TREE.fullmatch(path.name)] if is_folder(trees) else []
    found = []
    for tree in {*beside, *([now] if now else [])}:
        mark = marker(tree) if is_folder(tree) else marker(None)
        if mark.release and mark.digest:
            found.append(Release(mark.release, mark.as_of, mark.only, mark.digest, tree == now, tree))
    yield from sorted(found, key=lambda one: (-one.number, not one.current))
