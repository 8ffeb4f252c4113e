"""The files below a folder by name: there may be very many, and a `Path` of each takes longer than all the rest."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


def files_below(folder: Path) -> Iterator[str]:
    """Every file by its name from there, with forward slashes, in no order. Links are not followed."""
    return _walked(folder, follow=False)


def files_reached(folder: Path) -> Iterator[str]:
    """Every file that somebody who follows links comes to, each folder once."""
    return _walked(folder, follow=True)


def _walked(top: Path, *, follow: bool) -> Iterator[str]:
    ahead, seen, real = len(os.path.join(top, "")), set[str](), {str(top): os.path.realpath(top)}
    for place, folders, files in os.walk(str(top), followlinks=follow):
        if follow:
            within = real.pop(place)
            seen.add(within)
            there = {name: _real(os.path.join(place, name), within) for name in sorted(folders)}
            folders[:] = [name for name, at in there.items() if at not in seen]
            real.update((os.path.join(place, name), there[name]) for name in folders)
        within = place[ahead:].replace(os.sep, "/")
        yield from (f"{within}/{name}" if within else name for name in files)


def _real(path: str, within: str) -> str:
    """Where a folder really is, that stands in one that is really `within`."""
    return os.path.realpath(path) if os.path.islink(path) else os.path.join(within, os.path.basename(path))


def shared(folder: Path, other: Path, name: str) -> bool:
    """Whether two folders hold the very same file of this name.

    Raises:
        OSError: when one of them has none.
    """
    return os.path.samefile(os.path.join(folder, name), os.path.join(other, name))


def state(folder: Path, name: str) -> tuple[int, int]:
    """How many bytes a file has, and when it was written, in ns.

    Raises:
        OSError: when there is none.
    """
    there = os.stat(os.path.join(folder, name), follow_symlinks=False)
    return there.st_size, there.st_mtime_ns


@dataclass
class Sharing:
    """Files of one folder that are to be in another one too; `made` are the folders in it that are there."""

    source: Path
    target: Path
    made: set[str] = field(default_factory=set)

    def share(self, name: str) -> None:
        """Make a file of both the same.

        Raises:
            OSError, NotImplementedError: when that cannot be.
        """
        place = os.path.join(self.target, name)
        folder = os.path.dirname(place)
        if folder not in self.made:
            os.makedirs(folder, exist_ok=True)
            self.made.add(folder)
        os.link(os.path.join(self.source, name), place, follow_symlinks=False)
