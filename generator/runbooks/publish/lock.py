"""A lock between processes. The system drops it when its process ends, however that happens: none is ever stale."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

PAUSE: Final = 0.05
"""Seconds between two tries."""
LOCKED_BYTE: Final = 1 << 20
"""Windows locks bytes, and others cannot read those: one far behind the process id."""


class Taken(Exception):
    """Another process holds the lock; its id, as far as it is known."""


@contextmanager
def locked(path: Path, wait: float) -> Iterator[None]:
    """Hold the lock on a file, which is made; Taken when another process still has it after `wait` seconds."""
    until = time.monotonic() + wait
    with path.open("a+", encoding="utf-8") as file:
        while not _locks(file):
            if time.monotonic() >= until:
                file.seek(0)
                raise Taken(file.read(20).strip() or "unknown")
            time.sleep(PAUSE)
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        # Closing unlocks. A forked worker that closes its copy does not.
        yield


if sys.platform == "win32":

    def _locks(file: IO[str]) -> bool:
        file.seek(LOCKED_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:

    def _locks(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
