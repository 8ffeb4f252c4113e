"""The marker of a built site: which release it is, of which day, for whom, and a digest by which it is known whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from runbooks.publish.place import MARKER, PublishError


@dataclass(frozen=True, slots=True)
class Marker:
    """What a site says of itself.

    `release` counts from 1 and is 0 where nothing was counted; `as_of` is the day as it is written; `only` names the
    group that the site is for and is empty for a whole site; `digest` is of every other file.
    """

    release: int = 0
    as_of: str = ""
    only: str = ""
    digest: str = ""


def marker(tree: Path | None) -> Marker:
    """The marker of a tree. What is missing in it is empty, and so is one that cannot be read."""
    try:
        found = json.loads((tree / MARKER).read_text(encoding="utf-8")) if tree else None
    except (OSError, ValueError):
        found = None
    data: Mapping[str, object] = found if isinstance(found, dict) else {}
    release = data.get("release")
    words = {key: str(data.get(key) or "") for key in ("as_of", "only", "digest")}
    return Marker(release=release if isinstance(release, int) and release > 0 else 0, **words)


def sealed(tree: Path, release: int, files: Iterable[tuple[str, str]]) -> Marker:
    """Write the release and the digest of all other files into the marker of a tree; what it says then.

    Raises:
        PublishError: when the marker cannot be read.
    """
    path = tree / MARKER
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        said = {key: value for key, value in data.items() if key not in ("release", "digest")}
    except (ValueError, AttributeError) as error:
        raise PublishError(f"the new site is not complete ({MARKER} cannot be read), so it is not published") from error
    written = {**said, "release": release, "digest": digest(files, said)}
    path.write_text(json.dumps(written) + "\n", encoding="utf-8", newline="\n")
    return marker(tree)


def digest(files: Iterable[tuple[str, str]], said: Mapping[str, object]) -> str:
    """One digest of files, given by name and digest, and of what the marker says beside its release and digest."""
    whole = hashlib.sha256(json.dumps(said, sort_keys=True).encode())
    for name, of_file in sorted(files):
        whole.update(f"\n{of_file} {name}".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


def is_whole(tree: Path, files: Iterable[tuple[str, str]]) -> bool:
    """Whether a tree still holds the files that it was published with, given by name and digest."""
    try:
        data = json.loads((tree / MARKER).read_text(encoding="utf-8"))
        said = {key: value for key, value in data.items() if key not in ("release", "digest")}
        return bool(data["digest"] == digest(files, said))
    except (OSError, ValueError, KeyError, AttributeError):
        return False
