"""A new tree of files against the published one: what is the same is shared, so only what differs takes room."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

from runbooks.folders import entries, shared
from runbooks.publish.place import LINKED, MARKER, PublishError

CHUNK: Final = 1 << 18
NO_HARD_LINKS: Final = frozenset(
    {
        *(errno.EPERM, errno.EACCES, errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP),
        *(errno.EMLINK, errno.EXDEV),
    }
)
"""How systems say that a file cannot be shared, or not once more."""


Held: TypeAlias = Mapping[str, int]
"""Files by name, each with the number that the file system has for it."""
NONE: Final[Held] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Changes:
    """How many files a new tree adds to the published one, changes, takes away and leaves as they are.

    The marker, which says more of the release than of the site, is not counted.
    """

    added: int
    changed: int
    removed: int
    kept: int

    @property
    def any(self) -> bool:
        """True when something differs."""
        return bool(self.added or self.changed or self.removed)


def share(
    stage: Path, published: Path | None, known: Mapping[str, str] | None = None, held: Held = NONE
) -> tuple[Changes, dict[str, str]]:
    """Share with the published tree what `stage` has in common with it; the changes, and the digest of each file.

    A shared file is a hard link, where the file system has them: no tree is ever written in place. Where it has none,
    `stage` keeps its own copy. A file's time is when its published content last changed: web servers tell browsers
    by it. `known` are digests of published files: one that is shared already is not read then. Whether it is need not
    be asked of those that are `held`.
    """
    new = _names(stage)
    wanted = sorted(new.keys() - {MARKER})
    there = _names(published, leave_out_links=True).keys() - {MARKER} if published else set[str]()
    kept, digests = 0, {}
    for name in wanted:
        if published and known and name in known and name in there and _is_shared(name, new, held, stage, published):
            # It was shared because of this very digest.
            kept, digests[name] = kept + 1, known[name]
            continue
        before = published / name if published and name in there else None
        digests[name], same = _read(stage / name, before)
        if before is not None and same:
            kept += 1
            _share(stage / name, before, stage.with_name(LINKED))
        else:
            os.utime(stage / name)
    both = len(there.intersection(wanted))
    return Changes(len(wanted) - both, both - kept, len(there) - both, kept), digests


def digests(tree: Path) -> dict[str, str]:
    """The digest of each file of a tree but its marker, by name."""
    return {name: _read(tree / name, None)[0] for name in sorted(_names(tree, leave_out_links=True)) if name != MARKER}


def _share(file: Path, before: Path, waiting: Path) -> None:
    """Make `file` the same file as `before`; where that cannot be, at least of the same time."""
    then = before.stat()
    if os.path.samestat(file.stat(), then):
        return
    try:
        waiting.hardlink_to(before)
    except NotImplementedError:
        os.utime(file, ns=(then.st_mtime_ns, then.st_mtime_ns))
    except OSError as error:
        if error.errno not in NO_HARD_LINKS:
            raise
        os.utime(file, ns=(then.st_mtime_ns, then.st_mtime_ns))
    else:
        waiting.replace(file)


def _read(file: Path, other: Path | None) -> tuple[str, bool]:
    """The digest of a file, and whether another one holds the same bytes."""
    found = hashlib.sha256()
    with file.open("rb", buffering=0) as here:
        if other is None or other.stat().st_size != os.fstat(here.fileno()).st_size:
            while piece := here.read(CHUNK):
                found.update(piece)
            return found.hexdigest(), False
        same = True
        with other.open("rb", buffering=0) as there:
            while piece := here.read(CHUNK):
                found.update(piece)
                same = same and piece == there.read(len(piece))
    return found.hexdigest(), same


def _is_shared(name: str, new: Held, held: Held, stage: Path, published: Path) -> bool:
    return new[name] == held.get(name) or shared(stage, published, name)


def _names(tree: Path, *, leave_out_links: bool = False) -> dict[str, int]:
    """The files of a tree by name, with forward slashes, and the number that the file system has for each.

    Links are left out or refused, as they may lead anywhere.
    """
    names = {}
    for entry, name in entries(tree):
        if entry.is_file(follow_symlinks=False):
            names[name] = entry.inode()
        elif not leave_out_links:
            raise PublishError(
                f"the new site holds {name}, which is neither a file nor a folder; a site is made of files"
            )
    return names
