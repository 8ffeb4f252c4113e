"""Staging a new site and swapping it in."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from runbooks.publish.lock import Taken, locked
from runbooks.publish.place import (
    LOCK,
    MARKER,
    NEXT,
    REPLACED,
    STAGE,
    TREES,
    PublishError,
    current,
    hidden_folder,
    is_folder,
    place,
    prepare,
)
from runbooks.publish.tree import bring_up_to_date

Link: TypeAlias = Callable[[str, Path], None]
"""Makes a link to a folder: what it says, and where it is."""

NO_LINKS: Final = frozenset({errno.EPERM, errno.EACCES, errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
"""How systems say that links may not be made; Windows without the privilege says EINVAL."""


class VerificationError(PublishError):
    """The new site did not pass; `result` is what the verification returned. The old site stays."""

    def __init__(self, result: object) -> None:
        super().__init__("the new site did not pass its verification, so it is not published")
        self.result = result


@dataclass(frozen=True, slots=True)
class Staging:
    """A place to build a new site: `stage` is an empty folder, `site` is what it will be published as."""

    site: Path
    stage: Path
    link: Link


@dataclass(frozen=True, slots=True)
class Published:
    """What was published, and how many files differ from the site before."""

    site: Path
    added: int
    changed: int
    removed: int
    kept: int


def symlink(target: str, path: Path) -> None:
    """A symbolic link to a folder."""
    path.symlink_to(target, target_is_directory=True)


@contextmanager
def staging(site_dir: Path, *, root: Path | None = None, wait: float = 0, link: Link = symlink) -> Iterator[Staging]:
    """An empty folder to build into, for one process at a time; gone afterwards.

    `root` is the folder with the records. When another build is at work, this waits for so many seconds. PublishError
    when that one goes on, or a site may not stand there, or what stands there is not ours.
    """
    site = place(site_dir, root)
    trees = hidden_folder(site)
    with ExitStack() as held:
        with _in_one_line(site):
            current(site, trees)
            prepare(trees)
            held.enter_context(_locked(site, trees, wait))
            _settle(site, trees)
            current(site, trees)
            (trees / STAGE).mkdir()
        held.callback(_leave, site, trees, os.getpid())
        yield Staging(site, trees / STAGE, link)


def publish(staged: Staging, verify: Callable[[Path], bool | Sequence[object]]) -> Published:
    """Replace the site by what is staged, if `verify` finds nothing wrong with the tree: True, or an empty list.

    PublishError, VerificationError or whatever `verify` raises leave the old site as it was.
    """
    site, stage = staged.site, staged.stage
    trees = stage.parent
    if not (stage / MARKER).is_file():
        raise PublishError(f"the new site is not complete ({MARKER} is missing), so it is not published")
    with _in_one_line(site):
        now = current(site, trees)
        idle = trees / next(name for name in TREES if now != trees / name)
        if not is_folder(idle):
            _remove(idle)
            idle.mkdir()
        changes = bring_up_to_date(idle, stage, now)
    result = verify(idle)
    if not (result is True or (isinstance(result, Sequence) and not result)):
        raise VerificationError(result)
    with _in_one_line(site):
        current(site, trees)
        _swap(staged, idle)
    return Published(site, changes.added, changes.changed, changes.removed, changes.kept)


def _swap(staged: Staging, idle: Path) -> None:
    """Put a link to a tree in place of the site, or the tree itself where links cannot be made."""
    site, trees = staged.site, idle.parent
    coming = _link(staged, idle) or idle
    if site.is_symlink() and coming is not idle:
        # Windows cannot replace a link to a folder by another.
        with suppress(PermissionError):
            coming.replace(site)
            _flush(site.parent)
            return
    if os.path.lexists(site):
        site.rename(trees / REPLACED)
        _flush(site.parent, trees)
    coming.rename(site)
    _flush(site.parent, trees)


def _link(staged: Staging, idle: Path) -> Path | None:
    """A link to the tree as it has to be at the site, not there yet; None where links cannot be made."""
    waiting = idle.parent / NEXT
    try:
        staged.link(f"{idle.parent.name}/{idle.name}", waiting)
    except NotImplementedError:
        return None
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        return None
    return waiting


def _settle(site: Path, trees: Path) -> None:
    """Bring the hidden folder in order, whatever ended the run before: an old site that nothing replaced goes back."""
    replaced = trees / REPLACED
    if os.path.lexists(replaced):
        if not os.path.lexists(site):
            replaced.rename(site)
        elif is_folder(replaced) and (free := [name for name in TREES if not os.path.lexists(trees / name)]):
            replaced.rename(trees / free[0])
        else:
            _remove(replaced)
    _remove(trees / NEXT)
    _remove(trees / STAGE)


def _leave(site: Path, trees: Path, owner: int) -> None:
    """Settle at the end of the staging. A forked worker that ends must not do that under its parent."""
    if os.getpid() == owner:
        try:
            _settle(site, trees)
        except OSError as error:
            # What is left over the next start removes. Only a site that is gone cannot wait.
            if not os.path.lexists(site) and os.path.lexists(trees / REPLACED):
                raise PublishError(
                    f"{site} could not be put back: rename {trees / REPLACED} to {site}; {error}"
                ) from error


@contextmanager
def _locked(site: Path, trees: Path, wait: float) -> Iterator[None]:
    with ExitStack() as held:
        try:
            held.enter_context(locked(trees / LOCK, wait))
        except Taken as holder:
            advice = f"wait until it has finished, or end process {holder}"
            raise PublishError(f"another build is writing to {site}; {advice}") from None
        yield


def _remove(path: Path) -> None:
    """Remove what is there, if anything, without following links."""
    if is_folder(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        path.unlink()


def _flush(*folders: Path) -> None:
    """Have the system write down what was renamed. Not every one can (Windows, some network drives)."""
    for folder in folders:
        with suppress(OSError):
            opened = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)


@contextmanager
def _in_one_line(site: Path) -> Iterator[None]:
    """What the file system refuses, as one line for the user."""
    try:
        yield
    except OSError as error:
        raise PublishError(f"{site} could not be published, what was there stays: {error}") from error
