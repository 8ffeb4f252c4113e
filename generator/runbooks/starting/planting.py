"""Writes new files. What is there already stays as it is, and an interruption leaves no half of a file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from runbooks.errors import UserError


@dataclass(frozen=True, slots=True)
class Planted:
    """A file by its path below the folder: made, there already with the same text, or there with another, and left."""

    path: str
    state: Literal["made", "same", "left"]


def plant(root: Path, files: Iterable[tuple[str, bytes]]) -> Iterator[Planted]:
    """Write the files, given by their paths, that are not there.

    Raises:
        UserError: when one cannot be written.
    """
    for name, content in files:
        try:
            yield Planted(name, _plant(root / name, content))
        except OSError as error:
            raise UserError(f"{name} cannot be written: {error.strerror}") from error


def _plant(path: Path, content: bytes) -> Literal["made", "same", "left"]:
    if os.path.lexists(path):
        same = path.is_file() and path.read_bytes().replace(b"\r\n", b"\n") == content.replace(b"\r\n", b"\n")
        return "same" if same else "left"
    path.parent.mkdir(parents=True, exist_ok=True)
    # The name is none that is read as a record or a page, should the machine stop right here.
    number, name = tempfile.mkstemp(prefix="~", suffix=".tmp", dir=path.parent)
    waiting = Path(name)
    try:
        with os.fdopen(number, "wb") as there:
            there.write(content)
            there.flush()
            os.fsync(there.fileno())
        waiting.chmod(0o666 & ~_mask())
        return "made" if _named(waiting, path) else "left"
    finally:
        waiting.unlink(missing_ok=True)


def _named(waiting: Path, path: Path) -> bool:
    """Give a file its name; whether nobody else has made one of that name meanwhile."""
    try:
        path.hardlink_to(waiting)  # fails where there is one; nothing else does so everywhere
    except FileExistsError:
        return False
    except OSError:  # links cannot be had everywhere
        if os.path.lexists(path):
            return False
        waiting.replace(path)
    return True


def _mask() -> int:
    """The rights that new files of this user do not get. There is no way to ask but to set them."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
