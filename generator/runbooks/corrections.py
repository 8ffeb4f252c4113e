"""What would mend an error of shape, where nobody can doubt what was meant: a text, and the place it goes to."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from runbooks.days import NotADay, meant
from runbooks.findings import Fix, KeyPath, Patch, Place
from runbooks.source import Document
from runbooks.source.scalars import WORDS_1_1

SURE: Final = 0.75
"""How much alike two words are of which one is a slip of the other, from 0 to 1: a letter or two apart."""
APART: Final = 0.1
"""How much more alike the word that is meant must be than the next one, for nobody to doubt which it is."""
_PLAIN: Final = re.compile(r"[A-Za-z][\w.-]*")
_DIGITS: Final = re.compile(r"\d+")
_BRACKETS: Final = frozenset(",[]{}#:\n")


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like another one, whatever the case; nothing where none is."""
    words = {one.lower(): one for one in sorted(known)}
    near = difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    return words[near[0]] if near else ""


def is_sure(word: str, meant: str) -> bool:
    """Whether a word is so much like another that it can be written in its place: `actve`, not `roles` for `notes`."""
    return difflib.SequenceMatcher(None, meant.lower(), word.lower()).ratio() >= SURE


def of_word(document: Document, at: KeyPath, word: str, known: Iterable[str], *, decides: bool = False) -> Fix | None:
    """A known word for one that is not, where only one can be meant. Safe where no more than capitals differ.

    Never where the word `decides` what may be published: that nobody opens by the way.

    An id with another number is another thing, however alike: `srv3` is no slip of `srv1`.
    """
    spot, words = document.spots.get(at), sorted({*known} - {word})
    alike = [one for one in words if one.casefold() == word.casefold()]
    meant = alike or _slips(word, words)
    if spot is None or len(meant) != 1:
        return None
    fix = _inner(spot.value, word, meant[0]) if _PLAIN.fullmatch(meant[0]) and meant[0] not in WORDS_1_1 else None
    return replace(fix, safe=bool(alike) and not decides) if fix else None


def _slips(word: str, known: Iterable[str]) -> list[str]:
    """The known words of which a word is surely a slip: the most alike, and those nearly as much alike."""
    likeness = {one: difflib.SequenceMatcher(None, one.lower(), word.lower()).ratio() for one in known}
    best = max(likeness.values(), default=0.0)
    near = [one for one, ratio in likeness.items() if ratio >= max(SURE, best - APART)]
    return near if all(_DIGITS.findall(one) == _DIGITS.findall(word) for one in near) else []


def of_key(document: Document, at: KeyPath, key: str) -> Fix | None:
    """Another name for an unknown key; none where that name is taken."""
    spot = document.spots.get(at)
    if not is_sure(str(at[-1]), key) or (*at[:-1], key) in document.spots or spot is None or spot.key is None:
        return None
    place = _inside(spot.key, str(at[-1]))
    if place is None:
        return None
    return Fix(key) if place == spot.key else Fix(key, patches=(Patch(place, key),), words=f"write {key}")


def of_value(document: Document, at: KeyPath, detail: Mapping[str, Any]) -> Fix | None:
    """What may be written for a value that does not fit, from pydantic's words about it."""
    spot, given = document.spots.get(at), detail.get("input")
    if spot is None:
        return None
    place, written = spot.value, _as_written(given)
    width = place.end_column - place.column if place.line == place.end_line else -1
    quoted = width == len(written) + 2
    match detail["type"]:
        case "string_type" if isinstance(given, int | float) and width == len(written) and given not in (True, False):
            return Fix(f'"{written}"', safe=True)
        case "bool_type" | "bool_parsing" if quoted and written in ("true", "false"):
            return Fix(written)
        case "bool_type" | "bool_parsing" if quoted and written in WORDS_1_1:
            return Fix("true" if WORDS_1_1[written] else "false")
        case "int_type" | "int_parsing" if quoted and str(given).isdecimal() and str(int(str(given))) == given:
            return Fix(written)
        case "tuple_type" | "list_type" if written and (quoted or (width == len(written) and _is_bare(written))):
            start = replace(place, end_line=place.line, end_column=place.column)
            end = replace(place, line=place.end_line, column=place.end_column)
            return Fix("", patches=(Patch(start, "["), Patch(end, "]")), words="put it in brackets, as a list of one")
        case "literal_error" if isinstance(given, str):
            return _of_choice(place, given, detail)
        case "string_pattern_mismatch" if isinstance(given, str):
            return _in_lower_case(place, given, detail, is_name=at[-1] != "id")
        case "value_error" if isinstance((detail.get("ctx") or {}).get("error"), NotADay) and isinstance(given, str):
            day = meant(given)
            return _inner(place, given, day.isoformat()) if day else None
        case _:
            return None


def _of_choice(place: Place, given: str, detail: Mapping[str, Any]) -> Fix | None:
    expected = str((detail.get("ctx") or {}).get("expected", ""))
    allowed = [word.strip(" '") for word in expected.replace(" or ", ", ").split(",")]
    word = nearest(given, allowed)
    if not is_sure(given, word):
        return None
    fix = _inner(place, given, word) if word.replace("_", "").replace("-", "").isalpha() and word != given else None
    return replace(fix, safe=word == given.lower()) if fix else None


def _in_lower_case(place: Place, given: str, detail: Mapping[str, Any], *, is_name: bool) -> Fix | None:
    """A short name without capitals, where nothing else is wrong. Safe where it only names what has its own id."""
    pattern, lower = (detail.get("ctx") or {}).get("pattern", ""), given.lower()
    if not (_PLAIN.fullmatch(lower) and re.fullmatch(pattern, lower)) or lower in WORDS_1_1:
        return None
    fix = _inner(place, given, lower)
    return replace(fix, safe=is_name) if fix else None


def _inner(place: Place, written: str, text: str) -> Fix | None:
    """Another text between the quotes that are there, or in the place of one that has none."""
    inside = _inside(place, written)
    if inside is None:
        return None
    return Fix(text) if inside == place else Fix(text, patches=(Patch(inside, text),), words=f"write {text}")


def _inside(place: Place, written: str) -> Place | None:
    """Where a text on one line stands without its quotes; None where it is written in some other way."""
    width = place.end_column - place.column
    if place.line != place.end_line or width not in (len(written), len(written) + 2):
        return None
    if width == len(written):
        return place
    return replace(place, column=place.column + 1, end_column=place.end_column - 1)


def _as_written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else ""


def _is_bare(text: str) -> bool:
    """Whether a text may stand in brackets without quotes."""
    return not set(text) & _BRACKETS
