"""What was computed before, kept between runs by the digest of what it was computed from. Never by time.

A shelf is a SQLite file in the user's own cache folder. What lies there is bytes with their digest, and whoever reads
them takes them for data: nothing of it is ever run. Several runs may use one at once, and a run that is killed leaves
what was there before.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final, TypeAlias

VARIABLE: Final = "RUNBOOKS_CACHE"
"""The environment variable that names another folder; `off` keeps nothing."""
KEPT: Final = 8
"""In how many of the last runs that kept something new a thing must have been asked for, to be kept itself."""
ROOM: Final = 1 << 25
"""Bytes that wait to be written together."""
PATIENCE: Final = 5.0
"""Seconds that a run waits for another that writes to the same shelf."""
FORMAT: Final = 2
GET: Final = "SELECT seal, value FROM things WHERE key = ? AND (waits IS NULL OR waits = ?)"
NEW: Final = "INSERT OR REPLACE INTO things SELECT ?1, number, ?4, ?2, ?3 FROM run"
AGAIN: Final = "UPDATE things SET run = (SELECT number FROM run) WHERE key = ?"
AGED: Final = "DELETE FROM things WHERE run <= (SELECT number FROM run) - ?"
SURE: Final = "UPDATE things SET waits = NULL WHERE waits = ?"
NOT_NOW: Final = frozenset((5, 6, 8, 10, 13, 14))
"""SQLite's codes for a file that is sound, and that somebody else holds, that nobody may write or that has no room."""
BROKEN: Final = (sqlite3.Error, UnicodeDecodeError)
"""How SQLite for Python says that a file is none, or is damaged."""
_Step: TypeAlias = "tuple[str, Sequence[tuple[object, ...]]]"
"""A statement, and the values of each time that it is run."""
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


def makers(names: Iterable[str]) -> bytes:
    """A digest of the versions of installed packages."""
    from importlib.metadata import version

    return digest(*(f"{name} {version(name)}".encode() for name in names))


class Shelf:
    """Things by the digest of what they were made from. What was not asked for in some runs is not kept.

    What is not there is looked for on the one at `first`, which is not written to. What is `unsure` when it is put
    there is no other run's until it is confirmed: this one may end before it knows whether it was right.
    """

    def __init__(
        self, path: Path | None, program: bytes = b"", first: Path | None = None, *, unsure: bool = False
    ) -> None:
        self._path, self._program = path, program
        self._waits = os.urandom(16) if unsure else None
        self._sources = [_Source(each, self._waits) for each in (path, first) if each]
        self._asked: set[bytes] = set()
        self._now: dict[bytes, bytes] = {}
        self._waiting = 0
        self.news = 0
        """How many things were put there in this run that were not there before."""

    def get(self, key: bytes) -> bytes | None:
        """What was put there, or None."""
        key = digest(self._program, key)
        found = self._now.get(key)
        if found is not None:
            return found
        for source in self._sources:
            found = source.get(key)
            if found is not None:
                self._asked.add(key)
                return found
        return None

    def still(self, key: bytes) -> None:
        """Keep what was put there, without looking at it."""
        self._asked.add(digest(self._program, key))

    def put(self, key: bytes, value: bytes) -> None:
        """Keep something."""
        key = digest(self._program, key)
        self.news += key not in self._asked and key not in self._now
        self._now[key] = value
        self._waiting += len(value)
        if self._waiting > ROOM:
            self._write()

    def flush(self) -> None:
        """Write what was put so far, and that what was asked for is still of use. Every process does so for itself."""
        if self.news:
            self._write((AGAIN, [(key,) for key in self._asked]))

    def confirm(self) -> None:
        """What this run has put there is right."""
        if self._waits is not None:
            self._write((SURE, [(self._waits,)]))
            self._waits = None

    def save(self, *, grown: bool = False) -> None:
        """Write what was put in this run, if anything was, here or (`grown`) by another process of it.

        A cache that cannot be written is none.
        """
        if self.news or grown:
            asked = [(key,) for key in self._asked]
            self._write((AGAIN, asked), ("UPDATE run SET number = number + 1", [()]), (AGED, [(KEPT,)]))
        self.close()

    def close(self) -> None:
        """Let go of the files."""
        for source in self._sources:
            source.close()

    def _write(self, *more: _Step) -> None:
        rows = [(key, _seal(key, value), value, self._waits) for key, value in self._now.items()]
        if self._path and not _changed(self._path, [(NEW, rows), *more]):
            self._path = None
        self._asked |= self._now.keys()
        self._now.clear()
        self._waiting = 0


class _Source:
    """A shelf of before. Whatever is wrong with it, it is an empty one."""

    def __init__(self, path: Path, waits: bytes | None) -> None:
        self._path, self._waits, self._opened = path, waits, 0
        """The process that has opened it: one that was forked from it opens it for itself."""
        self._file: sqlite3.Connection | None = None

    def get(self, key: bytes) -> bytes | None:
        if self._opened != os.getpid():
            self._opened = os.getpid()
            self._file = self._open()
        if self._file is None:
            return None
        try:
            row = self._file.execute(GET, (key, self._waits)).fetchone()
        except BROKEN:
            self._file.close()
            self._file = None
            return None
        if row is None or not isinstance(row[1], bytes) or row[0] != _seal(key, row[1]):
            return None
        return row[1]

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file, self._opened = None, 0

    def _open(self) -> sqlite3.Connection | None:
        with suppress(OSError, *BROKEN):
            if _own(self._path):
                return _connected(self._path)
        return None


def _connected(path: Path) -> sqlite3.Connection:
    """A file as SQLite reads it; sqlite3.Error when it is none of ours."""
    file = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        file.execute("PRAGMA trusted_schema = OFF")
        # A kill is survived all the same; after a power cut the seals tell what did not reach the disk.
        file.execute("PRAGMA synchronous = OFF")
        _of_this_format(file)
    except BaseException:
        file.close()
        raise
    return file


def _of_this_format(file: sqlite3.Connection) -> None:
    (version,) = file.execute("PRAGMA user_version").fetchone()
    if version != FORMAT:
        raise sqlite3.DatabaseError(f"format {version}")


def _changed(path: Path, steps: Sequence[_Step]) -> bool:
    """Do all of this, or nothing; whether it was done. A damaged shelf is made anew."""
    with suppress(OSError):
        for _ in range(2):
            try:
                _made(path)
                with closing(_connected(path)) as file, _transaction(file):
                    for statement, rows in steps:
                        file.executemany(statement, rows)
            except BROKEN as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF in NOT_NOW:
                    return False
                _removed(path)
            else:
                return True
    return False


@contextmanager
def _transaction(file: sqlite3.Connection) -> Iterator[None]:
    file.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with suppress(sqlite3.Error):
            file.execute("ROLLBACK")
        raise
    file.execute("COMMIT")


def _made(path: Path) -> None:
    """An empty shelf, where there is none that is this user's."""
    if path.exists() and _own(path):
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    with closing(sqlite3.connect(beside, isolation_level=None)) as file:
        file.execute("CREATE TABLE things (key BLOB PRIMARY KEY, run INTEGER, waits BLOB, seal BLOB, value BLOB)")
        file.execute("CREATE TABLE run (number INTEGER)")
        file.execute("INSERT INTO run VALUES (1)")
        file.execute(f"PRAGMA user_version = {FORMAT}")
    beside.chmod(0o600)
    beside.replace(path)


def _removed(path: Path) -> None:
    for name in (path.name, f"{path.name}-journal"):
        path.with_name(name).unlink(missing_ok=True)


def _seal(key: bytes, value: bytes) -> bytes:
    return digest(key, value)


def _own(path: Path) -> bool:
    """Whether file and folder are this user's and nobody else can write there. Windows keeps profiles apart itself."""
    if sys.platform == "win32":
        return path.is_file()
    owner, others = os.getuid(), stat.S_IWGRP | stat.S_IWOTH
    states = [place.stat() for place in (path, path.parent)]
    return path.is_file() and all(state.st_uid == owner and not state.st_mode & others for state in states)
