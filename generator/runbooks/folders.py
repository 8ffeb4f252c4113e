"""The files below a folder by name: there may be very many, and a `Path` of each takes longer than all the rest."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
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


def entries(folder: Path) -> Iterator[tuple[os.DirEntry[str], str]]:
    """What is below a folder and none itself, by name from there, in no order. Links are not followed."""
    ahead = [(str(folder), "")]
    while ahead:
        place, within = ahead.pop()
        with os.scandir(place) as found:
            for entry in found:
                if _leads_in(entry):
                    ahead.append((entry.path, f"{within}{entry.name}/"))
                else:
                    yield entry, within + entry.name


def swept(folder: Path, stays: Callable[[str, int], bool]) -> Iterator[tuple[str, int]]:
    """Take away what does not stay, and each folder below with nothing in it.

    A file is told by its name and the number that the file system has for it.
    """
    yield from _swept(str(folder), "", stays)


def _swept(place: str, within: str, stays: Callable[[str, int], bool]) -> Iterator[tuple[str, int]]:
    with os.scandir(place) as found:
        there = list(found)
    for entry in there:
        name = within + entry.name
        if _leads_in(entry):
            inside = list(_swept(entry.path, f"{name}/", stays))
            yield from inside
            if not inside:
                os.rmdir(entry.path)
        elif stays(name, entry.inode()):
            yield name, entry.inode()
        else:
            os.unlink(entry.path)


def take_out(folder: Path, name: str) -> None:
    """Remove a file, and the folders around it with nothing else in them."""
    os.unlink(os.path.join(folder, name))
    while name := os.path.dirname(name):
        try:
            os.rmdir(os.path.join(folder, name))
        except OSError:
            return


def _leads_in(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder itself, and no link or Windows junction to one."""
    if not entry.is_dir(follow_symlinks=False):
        return False
    return sys.platform != "win32" or not entry.stat(follow_symlinks=False).st_reparse_tag


def shared(folder: Path, other: Path, name: str) -> bool:
    """Whether two folders hold the very same file of this name.

    Raises:
        OSError: when one of them has none.
    """
    return os.path.samefile(os.path.join(folder, name), os.path.join(other, name))


def beside(folder: Path, other: Path) -> bool:
    """Whether two folders lie on one file system, so that the same number is the same file."""
    return folder.stat().st_dev == other.stat().st_dev


def same(folder: Path, number: int, other: Path, name: str) -> tuple[int, int] | None:
    """How many bytes the very same file of two folders has, and when it was written, in ns; None where it is none.

    `number` is the one that the file system tells for the file of the first folder. Some tell another one when they
    are asked for the file itself.
    """
    try:
        there = os.stat(os.path.join(other, name), follow_symlinks=False)
        if number != there.st_ino:
            here = os.stat(os.path.join(folder, name), follow_symlinks=False)
            if not os.path.samestat(here, there):
                return None
    except OSError:
        return None
    return there.st_size, there.st_mtime_ns


def state(folder: Path, name: str) -> tuple[int, int]:
    """How many bytes a file has, and when it was written, in ns.

    Raises:
        OSError: when there is none.
    """
    there = os.stat(os.path.join(folder, name), follow_symlinks=False)
    return there.st_size, there.st_mtime_ns


def states(folder: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    """Every file below a folder by its name, with its state. Links are not followed.

    Raises:
        OSError: when one cannot be looked at.
    """
    for entry, name in entries(folder):
        there = os.stat(entry.path, follow_symlinks=False)
        yield name, (there.st_size, there.st_mtime_ns)


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
