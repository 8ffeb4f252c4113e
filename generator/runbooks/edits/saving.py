"""Writes an edited file: the old one or the new one is there, whatever happens, and never half of one."""

from __future__ import annotations

import difflib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

from runbooks.edits.refusal import Refused
from runbooks.findings import Place


def save(path: Path, file: str, before: bytes, after: bytes) -> None:
    """Put the new bytes in the place of the old ones, with the rights the file has. A link stays a link.

    `file` is its name below the site.

    Raises:
        Refused: when the file is read-only or has several names, is not what was read any more, or cannot be written.
    """
    target = Path(os.path.realpath(path))
    waiting: Path | None = None
    try:
        # Windows would refuse it; elsewhere the new file would take the place of one that somebody has locked.
        state = target.stat()
        if not state.st_mode & stat.S_IWUSR:
            raise Refused(Place(file), "this file is marked read-only", "take the mark off, or leave the file out")
        # A new file under one name would part it from the others; written in place it could be left half.
        if state.st_nlink > 1:
            reason = f"this file has {state.st_nlink} names (hard links), and a new one would have this name alone"
            raise Refused(Place(file), reason, "make it a file of its own, or let the other names be symbolic links")
        # The name is none that is read as a record, should the machine stop right here.
        number, name = tempfile.mkstemp(prefix="~", suffix=".tmp", dir=target.parent)
        waiting = Path(name)
        with os.fdopen(number, "wb") as there:
            there.write(after)
            there.flush()
            os.fsync(there.fileno())
        shutil.copymode(target, waiting)
        if target.read_bytes() != before:
            raise Refused(Place(file), "this file has changed since it was read", "run the command again")
        waiting.replace(target)
        waiting = None
    except OSError as error:
        reason = f"this file cannot be written: {error.strerror}"
        raise Refused(Place(file), reason, "look at its rights and those of its folder") from error
    finally:
        if waiting is not None:
            waiting.unlink(missing_ok=True)


def diff(file: str, before: bytes, after: bytes) -> str:
    """What an edit changes, as a unified diff that `git apply` takes; nothing where nothing changes."""
    old, new = (raw.decode("utf-8", errors="replace").split("\n") for raw in (before, after))
    return "".join(_told(difflib.unified_diff(_ended(old), _ended(new), f"a/{file}", f"b/{file}")))


def _ended(lines: list[str]) -> list[str]:
    """Lines with their ends; the last one has none unless the file ends with one."""
    return [f"{line}\n" for line in lines[:-1]] + lines[-1:] * bool(lines[-1])


def _told(lines: Iterable[str]) -> list[str]:
    return [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines]
