"""What would mend a flaw of a YAML file, as far as its text alone tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from runbooks.findings import Fix, Patch, Place
from runbooks.source.codes import AMBIGUOUS, CURLY_QUOTES, NUMBER_OUT_OF_RANGE
from runbooks.source.scalars import CURLY, meaning
from runbooks.source.text import ODD_SPACE as ODD

INDENT: Final = 2
"""How much further than the key they belong to lines are put that stand too far left."""

_NO_PLAIN_QUOTES: Final = frozenset('"\\\n')


def quoted(text: str, *, safe: bool) -> Fix | None:
    """The same text in quotes, so that every program reads it as text; none where quoting takes more than quotes."""
    return Fix(f'"{text}"', safe=safe) if text and not set(text) & _NO_PLAIN_QUOTES else None


def of_value(text: str, code: str) -> Fix | None:
    """What mends an unquoted value that programs read in different ways.

    What is text here already is the same in quotes. A number is not: which of the two is meant, only the model knows
    (`remedies`).
    """
    if code == CURLY_QUOTES:
        inner = text.strip(CURLY)
        return Fix(f'"{inner}"', safe=False) if inner and not set(inner) & _NO_PLAIN_QUOTES else None
    if code not in (AMBIGUOUS, NUMBER_OUT_OF_RANGE):
        return None
    return quoted(text, safe=isinstance(meaning(text), str))


def spaced(text: str, place: Place, *, is_key: bool) -> Fix | None:
    """Ordinary spaces in the place of odd ones. Sure at the edges, where they cannot be seen; else a guess.

    None before a key: there they may have been meant to indent it.
    """
    whole = place.line == place.end_line and place.end_column - place.column == len(text)
    if not whole or (is_key and ODD.match(text)):
        return None
    return Fix(ODD.sub(" ", text), safe=not ODD.search(text.strip()))


def straightened(raw: str) -> Fix | None:
    """A double-quoted text in single quotes, in which a backslash is one; `raw` has its quotes."""
    inner = raw[1:-1]
    return None if "'" in inner or '\\"' in inner or "\n" in inner else Fix(f"'{inner}'")


def indented(file: str, lines: Sequence[str], first: int, last: int, indent: int) -> Fix | None:
    """Spaces before all lines after `first`, up to `last`, that do not stand further right than `indent`."""
    patches = list[Patch]()
    for number in range(first + 1, last + 1):
        rest = lines[number].lstrip(" ")
        width = len(lines[number]) - len(rest)
        if rest.startswith("\t"):
            return None
        if rest.strip() and width <= indent:
            place = Place(file, number + 1, 1, number + 1, 1)
            patches.append(Patch(place, " " * (max(indent, 0) + INDENT - width)))
    if not patches:
        return None
    return Fix("", safe=True, patches=tuple(patches), words="indent the lines that belong to it")
