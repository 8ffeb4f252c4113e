"""Finding secrets in a text: a quick look that most texts pass, then a close one at the lines that did not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from runbooks.secrets.commands import given
from runbooks.secrets.prose import told
from runbooks.secrets.shapes import shaped_like

LIKELY: Final = {
    mark: re.compile(pattern)
    for mark, pattern in {
        "pass": r"pass(?=[a-z0-9_-]|[\"'`* ]*[:=|]| \S*\d| phrase)",
        "pw": "pw",
        "secret": "secret",
        "token": "token",
        "psk": "psk",
        "pin": r"pin(?=s?\b|_?code)",
        "code": r"(?:access|alarm|disarm|door|entry|gate|keypad|lock|lockbox|safe)[ _-]?codes?",
        "community": "community",
        "root": r"root(?<=\broot)[:/]",
        "admin": r"admin(?<=\badmin)(?:istrator)?[:/]",
        "svc": r"svc(?<=\bsvc)[-_.]\w+[:/]",
        "key": r"key(?=s?[\"'`*_)\]]*[ \t]*[:=|]|s?[ \t]+(?:at|for|from|in|is|of|on|to|was)\b|s? [(-]|[_-]?\d)",
        "recovery": "recovery[ _-]code",
        "cred": r"cred(?:s|en)(?!tials:\s*[\[\n])",
        "log": r"log[- ]?[io]ns?\b",
        "net user": "net1? user",
        " /": r" /(?:u(?:ser)?:|p:|rp\b)",
        " -p": " -p",
        "curl": "curl",
        "smbcl": "smbclient",
        "bearer": "bearer",
        "authoriz": "authorization",
        "securestr": "securestring",
        "://": r"://[^\s/]*:[^\s/]*@",
    }.items()
}
"""What a lower-case text with a secret has in it, but for the shapes: a few letters, and what goes with them.

A pattern that begins with plain letters is found many times faster, so what stands before them is looked at behind.
"""

REACH: Final = 3
"""Lines below a likely one that belong to it: a value may stand in the next line, after an empty one."""


class Secret(NamedTuple):
    """Where a secret stands in a text, as offsets, and what it is."""

    start: int
    end: int
    name: str


def secrets_in(text: str) -> tuple[Secret, ...]:
    """Every secret in a text, in order, each once."""
    return looked_at(text)[0]


def looked_at(text: str) -> tuple[tuple[Secret, ...], list[tuple[int, int]]]:
    """Every secret in a text, in order, each once; and the parts of it, as offsets, with words that go with one."""
    found = [Secret(*one) for one in shaped_like(text)]
    parts = _likely(text)
    for start, stop in parts:
        found.extend(Secret(start + one.start, start + one.end, one.name) for one in _close_look(text[start:stop]))
    return merged(found), parts


@lru_cache(maxsize=4096)
def _close_look(part: str) -> tuple[Secret, ...]:
    """The secrets in some whole lines. Nothing around them has a say, and fleets say much in the same words."""
    return tuple(Secret(*one) for find in (told, given) for one in find(part, 0, len(part)))


def merged(found: Iterable[Secret]) -> tuple[Secret, ...]:
    """Secrets in order; of those that overlap one is made, by the name of the one that was found first by its shape."""
    kept: list[Secret] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if kept and one.start < kept[-1].end:
            last = kept[-1]
            kept[-1] = Secret(last.start, max(last.end, one.end), max(last.name, one.name, key=len))
        elif one.end > one.start:
            kept.append(one)
    return tuple(kept)


def _likely(text: str) -> list[tuple[int, int]]:
    """The parts of a text that need a close look: likely lines and those below, joined where they meet."""
    lowered = text.lower()
    if len(lowered) != len(text):  # some capitals have no lower case of one character
        lowered = "".join(one.lower() if len(one.lower()) == 1 else one for one in text)
    patterns = [pattern for mark, pattern in LIKELY.items() if mark in lowered]
    hits = sorted(found.start() for pattern in patterns for found in pattern.finditer(lowered))
    parts: list[tuple[int, int]] = []
    for at in hits:
        if parts and at < parts[-1][1]:
            parts[-1] = parts[-1][0], _lines_on(text, at)
        else:
            parts.append((text.rfind("\n", 0, at) + 1, _lines_on(text, at)))
    return parts


def _lines_on(text: str, at: int) -> int:
    for _ in range(REACH):
        at = text.find("\n", at) + 1
        if not at:
            return len(text)
    return at
