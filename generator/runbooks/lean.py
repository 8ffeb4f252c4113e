"""A finished page without the bytes that no reader sees: the theme's indentation, and entities that need none."""

from __future__ import annotations

import re
from typing import Final

KEPT: Final = re.compile(r"(<(pre|textarea|script|style)\b.*?</\2\s*>)", re.DOTALL | re.IGNORECASE)
"""Where white space counts, or where an entity is no entity."""
_GAP = re.compile(r"\s*\n\s*")
_ENTITY = re.compile(r"&#(\d{2,3});")
_SPECIAL: Final = frozenset("\"&'<=>`")
"""Signs that could begin or end something in HTML."""
_SPACE: Final = re.compile(r'<span class="w">([^<]*)</span>')
"""White space between two words of a program, which no colour is for."""


def lean(html: str) -> str:
    """The same page: what a browser makes of it does not change, nor does where its lines break."""
    parts = KEPT.split(html)
    for at in range(0, len(parts), 3):
        parts[at] = _GAP.sub("\n", bare(parts[at]))
    for at in range(1, len(parts), 3):
        if parts[at].startswith("<pre"):
            parts[at] = _SPACE.sub(r"\1", parts[at])
    # Each kept part is followed by the name of its element, which the pattern needs and the page does not.
    return "".join(part for at, part in enumerate(parts) if at % 3 < 2)


def bare(text: str) -> str:
    """A text of one line without the entities that need none."""
    return _ENTITY.sub(_plain, text) if "&" in text else text


def _plain(entity: re.Match[str]) -> str:
    number = int(entity[1])
    character = chr(number)
    return character if 32 < number < 127 and character not in _SPECIAL else entity[0]
