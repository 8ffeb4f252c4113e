"""The machine: packages, git, links, the cache, and how old the site is that was built here."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import metadata
from pathlib import Path
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement

from runbooks import publish, shelf
from runbooks.checkups.advice import Advice
from runbooks.starting.program import DISTRIBUTION

INSTALL: Final = "pip install --require-hashes -r requirements.txt"


def advice(root: Path) -> Iterator[Advice]:
    """Everything that this machine lacks."""
    yield from packages()
    yield from _git(root)
    yield from _links(root)
    yield from _cache()


def packages(wanted: list[str] | None = None) -> Iterator[Advice]:
    """What the program stands on and is missing here, or is of a version that it was not written for."""
    try:
        stated = wanted if wanted is not None else metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        stated = []
    for line in stated:
        try:
            one = Requirement(line)
        except InvalidRequirement:
            continue
        if one.marker is not None and not one.marker.evaluate({"extra": ""}):
            continue
        try:
            version = metadata.version(one.name)
        except metadata.PackageNotFoundError:
            yield Advice(f"{one.name} is not installed", "Python packages", INSTALL)
            continue
        if not one.specifier.contains(version, prereleases=True):
            what = f"{one.name} is {version}, and the program is written for {one.specifier}"
            yield Advice(what, "Python packages", INSTALL)


def _git(root: Path) -> Iterator[Advice]:
    if shutil.which("git") is None:
        what = "it is not installed: lint --since and the last change of each record need it"
        yield Advice(what, "git", "install it, and open a new terminal")
        return
    asked = ["git", "rev-parse", "--is-inside-work-tree"]
    if subprocess.run(asked, cwd=root, capture_output=True, check=False).returncode:
        yield Advice("the site is in no git repository: nobody can look at a change", ".", "git init")


def _links(root: Path) -> Iterator[Advice]:
    """A folder that nothing can be written to, or in which no link can be made."""
    try:
        with tempfile.TemporaryDirectory(prefix=".doctor-", dir=root) as folder:
            try:
                (Path(folder) / "link").symlink_to(folder, target_is_directory=True)
            except OSError:
                what = "no links can be made here, so there is a moment without a site when a new one takes its place"
                yield Advice(what, ".", "on Windows: turn on developer mode; or build on another drive")
    except OSError as error:
        yield Advice(f"nothing can be written to this folder: {error.strerror}", ".", "look at its rights")


def _cache() -> Iterator[Advice]:
    folder = shelf.folder()
    if folder is None:
        return  # turned off, which somebody wanted
    do = f"name another folder with {shelf.VARIABLE}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            state = folder.stat()
    except OSError as error:
        yield Advice(f"nothing can be kept, so every run takes its full time: {error.strerror}", "cache", do)
        return
    if sys.platform != "win32" and (state.st_uid != os.getuid() or state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)):
        yield Advice("others can write to the cache, so it is not read, and every run takes its full time", "cache", do)


def age(root: Path, today: date) -> Iterator[Advice]:
    """A site that was built here and was not built last night."""
    try:
        found = next((one for one in publish.releases(root / "site", root=root) if one.current), None)
        built = date.fromisoformat(found.as_of) if found else today
    except (publish.PublishError, ValueError):
        return
    if built < today - timedelta(days=1):
        what = f"it is of {built}, and pages go dark by a build alone"
        yield Advice(what, "site", "runbooks build, every night")
