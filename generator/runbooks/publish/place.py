"""Where a site may stand, and whether what stands there already is ours."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Final

MARKER: Final = "assets/runbooks/build.json"
"""The file by which a folder is known as a site that was built here."""
TREE: Final = re.compile(r"[1-9][0-9]*|[ab]")
"""What the trees in the hidden folder are called: by their release. An earlier version called them a and b."""
STAGE: Final = "stage"
LINKED: Final = "linked"
"""A file that two trees are about to share."""
NEXT: Final = "next"
"""The link to a new tree, not in its place yet. That it is there is a journal: the tree was never published."""
BACK: Final = "back"
"""The link to a tree of old, not in its place yet."""
REPLACED: Final = "replaced"
"""Where the old site waits between two renames. That it is there is the journal: it decides what a start puts back."""
SPARE: Final = "spare"
"""A release that is not kept any more. The next stage may begin as this one: most of its files are those of today."""
LOCK: Final = "lock"
OURS: Final = frozenset({STAGE, LINKED, NEXT, BACK, REPLACED, SPARE, LOCK})
"""All that is ever in the hidden folder, beside the trees."""
SOURCES: Final = frozenset({"clients", "docs", "generator", "inventory", "templates", ".git"})
"""Folders of a site's root which are read, so nothing is written to them."""


class PublishError(Exception):
    """The site cannot be published; one line for the user. What was published before still is."""


def place(site_dir: Path, root: Path | None) -> Path:
    """The absolute path of the site, its parents resolved; PublishError where a site may not stand.

    `root` is the folder with the records; by default the nearest one above the site, else the working directory.
    """
    given = Path(os.path.abspath(site_dir))  # noqa: PTH100  resolve() would follow the link that is the site
    site = given.parent.resolve() / given.name
    root = (root or next(filter(_has_records, site.parents), Path.cwd())).resolve()
    if site == root or site in root.parents:
        raise PublishError(f"{site} holds the records themselves; choose another folder for the site")
    if is_folder(site) and _has_records(site) and not is_ours(site):
        raise PublishError(f"{site} holds records; choose another folder for the site")
    if site.is_relative_to(root) and site.relative_to(root).parts[0].casefold() in SOURCES:
        raise PublishError(f"{site} lies among the sources of the site; choose another folder for the site")
    if above := next(filter(is_ours, site.parents), None):
        raise PublishError(f"{site} lies inside another built site, {above}; choose another folder for the site")
    return site


def hidden_folder(site: Path) -> Path:
    """The folder beside the site that holds its trees: `.site-trees` for `site`."""
    return site.with_name(f".{site.name}-trees")


def prepare(trees: Path) -> None:
    """Make the hidden folder; PublishError when its name is taken by something that is not ours."""
    if os.path.lexists(trees) and not _is_hidden_folder(trees):
        raise PublishError(
            f"{trees} is needed for the site but is somebody else's; move it away, or choose another --site-dir"
        )
    trees.mkdir(parents=True, exist_ok=True)


def current(site: Path, trees: Path) -> Path | None:
    """The folder that is published now: a tree, or the site itself; None for none. PublishError when it is not ours."""
    if not os.path.lexists(site):
        return None
    if site.is_symlink():
        return _linked(site, trees)
    if not is_folder(site):
        raise PublishError(f"{site} is not a folder; move it away, or choose another --site-dir")
    if is_ours(site):
        return site
    if any(site.iterdir()):
        raise PublishError(
            f"{site} was not built by runbooks (no {MARKER} in it); move it away, or choose another --site-dir"
        )
    return None


def is_folder(path: Path) -> bool:
    """Whether a path is a folder itself, and no link or Windows junction to one."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and not getattr(found, "st_reparse_tag", 0)


def is_ours(folder: Path) -> bool:
    """Whether a folder carries the marker of a built site."""
    return is_folder(folder) and (folder / MARKER).is_file()


def is_published(site: Path) -> bool:
    """Whether a folder is or lies in what `runbooks build` publishes: readers see at once what is written there."""
    real = site.resolve()
    trees = [
        folder for folder in (real, *real.parents) if folder.name.startswith(".") and folder.name.endswith("-trees")
    ]
    if os.path.lexists(site):
        # Where links cannot be made, the site is a real folder and only its trees stand beside it.
        trees.append(hidden_folder(site))
    return site.is_symlink() or any((folder / LOCK).is_file() for folder in trees)


def _linked(site: Path, trees: Path) -> Path | None:
    """The tree that a link leads to, if it is there."""
    target = Path(os.path.normpath(site.parent / site.readlink()))
    if target.parent != trees or not TREE.fullmatch(target.name):
        raise PublishError(
            f"{site} is a link to {target}, which is not ours; remove the link, or choose another --site-dir"
        )
    return target if is_folder(target) else None


def _is_hidden_folder(trees: Path) -> bool:
    if not is_folder(trees):
        return False
    names = [path.name for path in trees.iterdir()]
    return LOCK in names or all(name in OURS or TREE.fullmatch(name) for name in names)


def _has_records(folder: Path) -> bool:
    return (folder / "policy.yml").is_file() or (folder / "clients").is_dir()
