"""Where a value begins and ends behind the name, the sign or the option that announces it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

from runbooks.secrets.values import is_gap, is_shape, stripped

Found: TypeAlias = tuple[int, int, str]
"""Beginning, end and name of a secret."""

STEM: Final = (
    r"(?=[acdegklprst])"
    r"(?:pass(?:word|[ \t]?phrase|code|wd|wrd)?|pwd|pword|pw|secret|token|psk|pin(?:[ _-]?code)?|key|recovery codes?"
    r"|(?:access|alarm|disarm|door|entry|gate|keypad|lock|lockbox|safe)[ _-]?code"
    r"|(?:snmp[ _-]?(?:v?[12]c?[ _-]?)?)(?:(?:ro|rw|read(?:-only)?|write)[ _-]?)?community(?:[ _-](?:string|name))?"
    r"|community[ _-]string)s?"
)
"""What a name has in it that may promise a secret, as a part of a pattern.

Its first letter is looked at first: this is tried at every letter of a text.
"""

_OPENING = re.compile(r"[*_]{0,3}(?P<quote>[\"'`“‘«]?)")
_CLOSING: Final = {"“": "”", "‘": "’", "«": "»"}
_ENDS = re.compile(r"[.,;:)\]}\"'`*_”’»\\]*[ \t]*(?:$|[|#/;,&)]|</|\\n|(?:-|/)\w|and\b|\()", re.MULTILINE)
_WORD = re.compile(r"\S{1,300}")
_SPACE = re.compile(r"[*_]{0,3}[ \t]*(?:(?:\\n|\r?\n)[ \t]*){0,2}")


class Value(NamedTuple):
    """What stands behind a name: a word, or all that is in quotes."""

    start: int
    end: int
    quoted: bool
    text: str


def value_at(text: str, at: int, stop: int) -> Value | None:
    """The value that begins at an offset; None where a gap, a reference or nothing stands there."""
    opening = _OPENING.match(text, at)
    quote, begin = (opening["quote"], opening.end()) if opening else ("", at)
    if is_gap(text[begin : min(stop, begin + 200)].split("\n", 1)[0]):
        return None
    if quote:
        end = text.find(_CLOSING.get(quote, quote), begin, min(stop, begin + 300))
        inside = text[begin:end] if end > 0 else ""
        if inside.strip() and "\n" not in inside and inside[0] not in " ,;:]}":
            return Value(begin, end, quoted=True, text=inside)
        if end == begin:
            return None
    word = _WORD.match(text, begin, stop)
    plain = stripped(word[0]) if word else ""
    return Value(begin, begin + len(plain), quoted=False, text=plain) if plain else None


def each(pattern: re.Pattern[str], text: str, start: int, stop: int) -> Iterator[re.Match[str]]:
    """Every match; the next may begin where the name of the last one ends, as a value may be a name."""
    at = start
    while found := pattern.search(text, at, stop):
        yield found
        at = found.end("name")


def after_space(text: str, at: int, stop: int) -> int:
    """Where a value begins: behind spaces, markup, and at most two ends of lines."""
    found = _SPACE.match(text, at, stop)
    return found.end() if found else at


def ends(text: str, value: Value) -> bool:
    """Whether with a value the line, the part of a sentence or the argument of a command is at its end."""
    return _ENDS.match(text, value.end) is not None


def is_word(word: str) -> bool:
    """Whether a text in quotes is one word that may be a password: no host, path, day or call."""
    return len(word) > 3 and " " not in word and not is_shape(word)
