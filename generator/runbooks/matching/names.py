"""Names as they are compared: what people and programs write differently by accident is the same, nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from fnmatch import translate
from functools import lru_cache
from typing import Final

FULL: Final = re.compile(r"([a-z0-9_-]+)(?:\.[a-z0-9_-]+)+", re.ASCII)
"""A full name as the network has it, in lower case: the host, and what it is below."""


def folded(name: str) -> str:
    """A name without regard to case, to spaces around it and to how many are between its words."""
    if name.isascii():
        return " ".join(name.split()).lower()
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


def host(name: str) -> str:
    """The host part of a full name that is folded; nothing where it is none. An address of numbers has no host."""
    found = FULL.fullmatch(name)
    return found[1] if found and not found[1].isdigit() else ""


@lru_cache(maxsize=1024)
def pattern(match: str) -> Callable[[str], object]:
    """What tells whether a folded name belongs to a group: * stands for any letters, ? for one."""
    return re.compile(translate(folded(match))).match
