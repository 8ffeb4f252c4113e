"""What an unquoted value was meant to be, where the model of the file takes only one of its readings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Final

from runbooks.findings import Fix, KeyPath, Place, Problem
from runbooks.parts import Part
from runbooks.shape import wrong_at
from runbooks.source import CODES, Document, Json, value_at
from runbooks.source.scalars import WORDS_1_1

UNKNOWN: Final = "extra_forbidden"
"""Pydantic's word for a key that is not known: whatever stands under it, the value is not what is wrong."""
_UNSURE: Final = frozenset(
    code for code, (name, _) in CODES.items() if name in ("ambiguous-scalar", "number-out-of-range")
)


def settled(model: type[Part], document: Document, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """The problems of a file, those about ambiguous values with the fix that its model leaves.

    1.10 under a key that takes text is the text in quotes, 010 under one that takes numbers the number 10, and neither
    changes what the file means. Where text and number may both stand, which of them is meant is a guess.
    """
    asked = [one for one in problems if one.code in _UNSURE and one.fix is not None and isinstance(one.at, Place)]
    if not asked or not isinstance(document.data, dict):
        return tuple(problems)
    places = {spot.value: path for path, spot in document.spots.items()}
    # Of a key there is no such place: it is text whatever the model says.
    texts = {places[one.at]: one.fix.text[1:-1] for one in asked if one.fix and one.at in places}
    truths = {path: WORDS_1_1.get(text) for path, text in texts.items()}
    unfit = _Unfit(
        _wrong(model, document.data, texts), _wrong(model, document.data, {}), _wrong(model, document.data, truths)
    )
    return tuple(
        replace(one, fix=_fix(document.data, places[one.at], one.fix, unfit))
        if one.fix is not None and one in asked and one.at in places
        else one
        for one in problems
    )


@dataclass(frozen=True, slots=True)
class _Unfit:
    """The paths whose values a model does not take as texts, as they are read, and as true or false."""

    texts: frozenset[KeyPath]
    values: frozenset[KeyPath]
    truths: frozenset[KeyPath]


def _fix(data: Json, path: KeyPath, fix: Fix, unfit: _Unfit) -> Fix | None:
    text, value = fix.text[1:-1], value_at(data, path)[1]
    if path not in unfit.texts:
        return Fix(fix.text, safe=isinstance(value, str) or path in unfit.values)
    if text in WORDS_1_1 and path not in unfit.truths:
        return Fix("true" if WORDS_1_1[text] else "false")
    return Fix(json.dumps(value), safe=True) if not isinstance(value, str) and path not in unfit.values else None


def _wrong(model: type[Part], data: Json, values: Mapping[KeyPath, Json]) -> frozenset[KeyPath]:
    """The paths of what a model does not take, with other values in some places; not of what it does not know."""
    changed: Any = deepcopy(data)
    for path, value in values.items():
        owner = changed
        for key in path[:-1]:
            owner = owner[key]
        owner[path[-1]] = value
    return frozenset(path for path, why in wrong_at(model, changed).items() if why != UNKNOWN)
