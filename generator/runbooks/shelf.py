"""What was computed before, kept between runs by the digest of what it was computed from. Never by time.

The shelf lies in the user's own cache folder and not in the site: what comes with a repository is never unpickled.
"""

from __future__ import annotations

import os
import pickle
import stat
import sys
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

VARIABLE: Final = "RUNBOOKS_CACHE"
"""The environment variable that names another folder; `off` keeps nothing."""
_PACKAGE: Final = Path(__file__).resolve().parent


def folder(environment: Mapping[str, str] | None = None) -> Path | None:
    """Where shelves lie on this system; None when nothing is to be kept."""
    given = os.environ if environment is None else environment
    asked = given.get(VARIABLE, "")
    if asked.lower() == "off":
        return None
    if asked:
        return Path(asked)
    home = Path.home()
    if sys.platform == "win32":
        base = Path(given.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(given.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "backup-runbooks"


def digest(*parts: bytes) -> bytes:
    """A digest of some bytes, each part apart from the next."""
    hashed = blake2b(digest_size=20)
    for part in parts:
        hashed.update(len(part).to_bytes(8, "big"))
        hashed.update(part)
    return hashed.digest()


def program() -> bytes:
    """A digest of this program and of what it is built on: another version keeps nothing of the old."""
    import pydantic

    sources = sorted(_PACKAGE.rglob("*.py"))
    names = (path.relative_to(_PACKAGE).as_posix().encode() for path in sources)
    return digest(f"{sys.version} {pydantic.VERSION}".encode(), *names, *(path.read_bytes() for path in sources))


class Shelf:
    """Things by the digest of what they were made from. What is not asked for in a run is not kept.

    A shelf that is empty begins with what is on the one at `first`.
    """

    def __init__(self, path: Path | None, program: bytes = b"", first: Path | None = None) -> None:
        self._path, self._program = path, program
        self._before: dict[bytes, bytes] = _read(path) if path else {}
        if first and not self._before:
            self._before = _read(first)
        self._now: dict[bytes, bytes] = {}

    def get(self, key: bytes) -> Any:
        """What was put there, or None."""
        key = digest(self._program, key)
        packed = self._before.get(key) or self._now.get(key)
        if packed is None:
            return None
        try:
            found = pickle.loads(packed)  # noqa: S301 - from a folder that is this user's alone
        except Exception:  # noqa: BLE001 - a damaged entry, of whatever kind, is one that is not there
            return None
        self._now[key] = packed
        return found

    def put(self, key: bytes, packed: bytes) -> None:
        """Keep something that is pickled already."""
        self._now[digest(self._program, key)] = packed

    @property
    def news(self) -> int:
        """How many things were put there in this run that were not there before."""
        return len(self._now.keys() - self._before.keys())

    def save(self) -> None:
        """Write what was asked for or put in this run, if it is not what was there. A cache that cannot be is none."""
        if self._path is None or self._now.keys() == self._before.keys():
            return
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside = self._path.with_name(f"{self._path.name}.{os.getpid()}")
            with beside.open("wb") as file:  # not in one piece: it may be as large as all records together
                pickle.dump(self._now, file, protocol=5)
            beside.replace(self._path)
        except OSError:
            return


def _read(path: Path) -> dict[bytes, bytes]:
    """The entries of a shelf; none when it is not there, is damaged, or belongs to somebody else."""
    try:
        if not _own(path):
            return {}
        found = pickle.loads(path.read_bytes())  # noqa: S301 - from a folder that is this user's alone
    except Exception:  # noqa: BLE001 - a damaged shelf, of whatever kind, is an empty one
        return {}
    return found if isinstance(found, dict) else {}


def _own(path: Path) -> bool:
    """Whether file and folder are this user's and nobody else can write there. Windows keeps profiles apart itself."""
    if sys.platform == "win32":
        return path.is_file()
    owner, others = os.getuid(), stat.S_IWGRP | stat.S_IWOTH
    states = [place.stat() for place in (path, path.parent)]
    return all(state.st_uid == owner and not state.st_mode & others for state in states)
