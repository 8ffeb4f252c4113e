"""When each file of a site was last changed, and by whom, as git tells it. Without git, nothing is claimed."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SECONDS: Final = 20
"""How long git may take; a site is built without the dates rather than late."""
_MARK: Final = "\x01"


@dataclass(frozen=True, slots=True)
class Change:
    """The last change of a file: its day, as YYYY-MM-DD, and its author."""

    on: str
    by: str


def last_changes(root: Path) -> Mapping[str, Change]:
    """The last change of each file below clients/, by its name from the site's folder.

    Empty where there is no git or no repository, and where only a part of the history was fetched: then every file
    would seem to have been changed on the day of the oldest commit that is there.
    """
    if _git(root, "rev-parse", "--is-shallow-repository").strip() != "false":
        return {}
    log = ("log", "--no-merges", "--name-only", "--no-renames", "--relative", f"--format={_MARK}%as%x00%an", "-z")
    found: dict[str, Change] = {}
    change: Change | None = None
    for piece in _git(root, *log, "--", "clients").replace(_MARK, f"\0{_MARK}").split("\0"):
        text = piece.strip("\n")
        if text.startswith(_MARK):
            change = Change(text[1:], "")
        elif change is not None and not change.by:
            change = Change(change.on, text)
        elif change is not None and text:
            found.setdefault(text, change)
    return found


def revision(root: Path) -> str:
    """The commit that the site's folder is at, and whether all of its history is there; nothing without git."""
    return _git(root, "rev-parse", "HEAD", "--is-shallow-repository").strip()


def _git(root: Path, *arguments: str) -> str:
    """What git prints; nothing where it fails."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, check=False, timeout=SECONDS, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", errors="replace") if done.returncode == 0 else ""
