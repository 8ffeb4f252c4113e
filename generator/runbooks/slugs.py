"""Short names: of a client's name, of a product's, of a page's title."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from runbooks.errors import UserError

SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST: Final = 80
LETTERS: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "&": " and ",
     "+": " plus ", "'": "", "’": "", "‘": "", "ʼ": ""}
)  # fmt: skip
"""What no accent can be taken from."""
DEVICES: Final = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)))
)
"""Names that Windows keeps for devices, whatever the ending: no file can be called so there."""


def slug_of(name: str) -> str:
    """The short name of a name: without accents, in lower case, with single dashes; empty where nothing is left."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(LETTERS))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    foreign = any(letter.isalpha() and not letter.isascii() for letter in letters)
    return "" if foreign else "-".join(re.findall(r"[a-z0-9]+", letters))


def chosen(name: str, asked: str | None, option: str = "--slug") -> str:
    """The short name that was asked for, or that of the name.

    Raises:
        UserError: when it cannot be one.
    """
    slug = slug_of(name) if asked is None else asked
    if asked is None and not slug:
        raise UserError(f"no short name can be made of {name!r}: give one with {option}")
    if not SLUG.fullmatch(slug):
        raise UserError(f"{slug!r} is no short name: lower case, digits and single dashes, such as harbour-dental")
    if len(slug) > LONGEST:
        raise UserError(f"the short name {slug} is longer than {LONGEST} characters: give another with {option}")
    if slug in DEVICES:
        raise UserError(f"Windows keeps {slug} for a device: give another short name with {option}")
    return slug


def line(text: str, what: str) -> str:
    """A name or title as one line of text.

    Raises:
        UserError: when it is empty or more than a line.
    """
    plain = text.strip()
    if not plain or not plain.isprintable() or len(plain) > 500:
        raise UserError(f"{what} must be one line of text, of 500 characters at most")
    return plain
