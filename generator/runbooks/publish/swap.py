"""Staging a new site, swapping it in, and going back to one that was published before."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeAlias

from runbooks.publish.lock import Taken, locked
from runbooks.publish.marker import marker, sealed
from runbooks.publish.place import (
    BACK,
    LINKED,
    LOCK,
    MARKER,
    NEXT,
    REPLACED,
    SPARE,
    STAGE,
    PublishError,
    current,
    hidden_folder,
    is_folder,
    place,
    prepare,
)
from runbooks.publish.releases import numbered, put_away, thrown_away
from runbooks.publish.tree import NONE, Held, share

Link: TypeAlias = Callable[[str, Path], None]
"""Makes a link to a folder: what it says, and where it is."""
Verify: TypeAlias = Callable[[Path], bool | Sequence[object]]
"""Reads a tree that is to be published: True or an empty list when nothing is wrong with it."""

NO_LINKS: Final = frozenset({errno.EPERM, errno.EACCES, errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
"""How systems say that links may not be made; Windows without the privilege says EINVAL."""


class VerificationError(PublishError):
    """The new site did not pass; `result` is what the verification returned. The old site stays."""

    def __init__(self, result: object) -> None:
        super().__init__("the new site did not pass its verification, so it is not published")
        self.result = result


@dataclass(frozen=True, slots=True)
class Staging:
    """A place to build a new site: `stage` is an empty folder, `site` is what it will be published as.

    `published` is the tree that is the site now, if there is one.
    """

    site: Path
    stage: Path
    link: Link
    published: Path | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What was published, as which release, and how many files differ from the site before.

    `files` are the digests of each file.
    """

    site: Path
    release: int
    added: int
    changed: int
    removed: int
    kept: int
    files: Mapping[str, str] = field(default_factory=dict)


def symlink(target: str, path: Path) -> None:
    """A symbolic link to a folder."""
    path.symlink_to(target, target_is_directory=True)


@contextmanager
def staging(
    site_dir: Path, *, root: Path | None = None, only: str = "", wait: float = 0, link: Link = symlink
) -> Iterator[Staging]:
    """An empty folder to build into, for one process at a time; gone afterwards.

    `root` is the folder with the records, `only` the group that the site is for. When another build is at work, this
    waits for so many seconds. PublishError when that one goes on, or a site may not stand there, or what stands there
    is not ours or for others.
    """
    with held(site_dir, root, wait) as site:
        _for_the_same(site, hidden_folder(site), only)
        stage = hidden_folder(site) / STAGE
        with in_one_line(site):
            stage.mkdir()
        yield Staging(site, stage, link, current(site, hidden_folder(site)))


def publish(
    staged: Staging,
    verify: Verify,
    known: Mapping[str, str] | None = None,
    read: Callable[[Mapping[str, str]], None] = lambda _: None,
    held: Held = NONE,
) -> Published:
    """Replace the site by what is staged, if `verify` finds nothing wrong with the tree: True, or an empty list.

    `known` are digests of files of the published site, as far as they are known; `read` hears those of the new one
    before it is verified. `held` are the files that both are known to have in common.

    What equals the published site is no new release. PublishError, VerificationError or whatever `verify` raises leave
    the old site as it was.
    """
    site, stage = staged.site, staged.stage
    trees = stage.parent
    if not (stage / MARKER).is_file():
        raise PublishError(f"the new site is not complete ({MARKER} is missing), so it is not published")
    with in_one_line(site):
        now = current(site, trees)
        before = marker(now)
        _for_the_same(site, trees, marker(stage).only)
        changes, digests = share(stage, now, known, held)
        number = 1 + max([before.release, *numbered(trees)])
        mark = sealed(stage, number, digests.items())
    read(digests)
    verified(verify, stage)
    counts = (changes.added, changes.changed, changes.removed, changes.kept, digests)
    if before.release and before == replace(mark, release=before.release) and not changes.any:
        return Published(site, before.release, *counts)
    with in_one_line(site):
        current(site, trees)
        waiting = _link(staged.link, trees / str(number), NEXT)
        if waiting:
            stage.rename(trees / str(number))
        _put(site, waiting or stage, trees)
    tidy(site, trees, before.release)
    return Published(site, number, *counts)


def published(site_dir: Path, *, root: Path | None = None) -> Path | None:
    """The tree that is the site now, if there is one; PublishError where none may be."""
    site = place(site_dir, root)
    return current(site, hidden_folder(site))


def switch(site: Path, tree: Path, link: Link) -> None:
    """Make a tree of old the site."""
    with in_one_line(site):
        current(site, tree.parent)
        _put(site, _link(link, tree, BACK) or tree, tree.parent)


def tidy(site: Path, trees: Path, left: int) -> None:
    """Put away what was replaced, and throw away releases of old. What cannot be removed now, the next start removes.

    One of them stays as the spare tree, if it was made for the same. `left` is the release that was the site before.
    """
    spare = trees / SPARE
    with suppress(OSError):
        _settle(site, trees)
        only = marker(current(site, trees)).only
        if marker(spare).only != only:
            _remove(spare)
        for tree in thrown_away(site, trees, left):
            mark = marker(tree)
            if mark.release and mark.only == only and is_folder(tree) and not os.path.lexists(spare):
                tree.rename(spare)
            else:
                _remove(tree)


def verified(verify: Verify, tree: Path) -> None:
    """Pass a tree by its verification; VerificationError when it finds something."""
    result = verify(tree)
    if not (result is True or (isinstance(result, Sequence) and not result)):
        raise VerificationError(result)


@contextmanager
def held(site_dir: Path, root: Path | None, wait: float) -> Iterator[Path]:
    """Hold the lock of a site whose hidden folder is in order, also at the end; the absolute path of the site."""
    site = place(site_dir, root)
    trees = hidden_folder(site)
    with ExitStack() as stack:
        with in_one_line(site):
            current(site, trees)
            prepare(trees)
            stack.enter_context(_locked(site, trees, wait))
            _settle(site, trees)
            current(site, trees)
        stack.callback(_leave, site, trees, os.getpid())
        yield site


def _for_the_same(site: Path, trees: Path, only: str) -> None:
    """Refuse to put the site of a group over the whole site, or over another group's, and the reverse."""
    now = current(site, trees)
    if now is None:
        return
    there = marker(now).only
    if there != only:
        words = [f"the site of {one}" if one else "the whole site" for one in (there, only)]
        raise PublishError(f"{site} is {words[0]}, and this is {words[1]}; choose another --site-dir")


def _put(site: Path, coming: Path, trees: Path) -> None:
    """Put a link to a tree in place of the site, or the tree itself where links cannot be made."""
    if site.is_symlink() and coming.is_symlink():
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


def _link(link: Link, tree: Path, name: str) -> Path | None:
    """A link to a tree as it has to be at the site, not there yet; None where links cannot be made."""
    waiting = tree.parent / name
    try:
        link(f"{tree.parent.name}/{tree.name}", waiting)
    except NotImplementedError:
        return None
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        return None
    return waiting


def _settle(site: Path, trees: Path) -> None:
    """Bring the hidden folder in order, whatever ended the run before: an old site that nothing replaced goes back."""
    replaced, coming = trees / REPLACED, trees / NEXT
    if os.path.lexists(replaced):
        if not os.path.lexists(site):
            replaced.rename(site)
        elif (kept := put_away(replaced, trees)) is not None:
            replaced.rename(kept)
        else:
            _remove(replaced)
    if coming.is_symlink():
        tree = trees / coming.readlink().name
        if tree != current(site, trees):
            _remove(tree)
    for name in (NEXT, BACK, LINKED, STAGE):
        _remove(trees / name)


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
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(trees / LOCK, wait))
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
def in_one_line(site: Path) -> Iterator[None]:
    """What the file system refuses, as one line for the user."""
    try:
        yield
    except OSError as error:
        raise PublishError(f"{site} could not be published, what was there stays: {error}") from error
