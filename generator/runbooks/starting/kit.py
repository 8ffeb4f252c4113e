"""The files that a new site begins with: what they are called there, what they say, and what they were made from."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runbooks import __version__
from runbooks.catalogue import shipped

FOLDER: Final = "starter"
DOT: Final = "dot-"
"""Stands for the dot in the names of hidden files, so that nothing here acts upon the folder it lies in."""
EXAMPLES: Final = ("clients", "docs", "later")
"""What shows how it is done. A site that is there already does not get it."""
LOCK: Final = "requirements.txt"

STAMP: Final = re.compile(r"runbooks init wrote this \(([0-9a-f]{8})\)")
"""By this line a file is known as one of ours, and by the letters what it was made from."""
PIN: Final = re.compile(r"backup-runbooks==([0-9][\w.+-]*)")
"""Which version of the program a file installs."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of a new site: its path there, its text, and the stamp that it carries; empty where it carries none."""

    path: str
    text: str
    stamp: str = ""

    @property
    def is_example(self) -> bool:
        """Whether it only shows how something is done."""
        return self.path.split("/")[0] in EXAMPLES


def pieces() -> tuple[Piece, ...]:
    """Every file of a new site but its schemas, sorted by path."""
    return tuple(sorted((*_starter(), _locked()), key=lambda piece: piece.path))


def _starter() -> Iterator[Piece]:
    top = shipped() / FOLDER
    for path in sorted(top.rglob("*")):
        if path.is_file():
            names = (re.sub(f"^{DOT}", ".", name) for name in path.relative_to(top).parts)
            yield _piece("/".join(names), path.read_text(encoding="utf-8"))


def _locked() -> Piece:
    """What CI installs beside the program: the very versions that it was tried with, each with its hashes."""
    text = re.sub(r"\A(?:#.*\n)+", "", _lock().read_text(encoding="utf-8"))
    head = "# @STAMP@\n# What the program stands on, in the versions it was tried with. Nobody writes this by hand.\n"
    return _piece(LOCK, head + text)


def _lock() -> Path:
    """The versions that the program was tried with: beside it in a wheel, at the top of a checkout."""
    here = Path(__file__).resolve().parents[1]
    packed = here / "requirements" / "site.txt"
    return packed if packed.is_file() else here.parents[1] / "requirements" / "site.txt"


def _piece(path: str, text: str) -> Piece:
    stamp = hashlib.sha256(text.encode()).hexdigest()[:8] if "@STAMP@" in text else ""
    words = text.replace("@STAMP@", f"runbooks init wrote this ({stamp}).").replace("@VERSION@", __version__)
    return Piece(path, words, stamp)
