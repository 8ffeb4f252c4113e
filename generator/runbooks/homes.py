"""A key that stands in the wrong mapping, where only one other can be meant: the fix that moves it there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any, Final

from runbooks import secrets
from runbooks.edits import Move, Refused, patches
from runbooks.findings import Fix, KeyPath, Problem, path_words
from runbooks.parts import Part
from runbooks.shape import UNKNOWN_KEY, keys_of, models_below, wrong_at
from runbooks.source import Document

LARGEST: Final = 5_000
"""Keys and values of a record beyond which nothing is sent home: every home that is tried costs a validation."""
MOST: Final = 40
"""Unknown keys beyond which it is another kind of file."""
_OF_TEXTS: Final = frozenset({"literal_error", "value_error", "string_pattern_mismatch"})
"""Pydantic's words for a text that is not the right one."""
_CODE: Final = "SEC001"


def sent_home(
    model: type[Part], document: Document, problems: Sequence[Problem], texts: Mapping[str, bytes]
) -> tuple[Problem, ...]:
    """The problems of a file or record; each unknown key that is known in one other mapping gets the fix to move it.

    `texts` are the bytes of each file. A key goes into a mapping below the one it stands in, or into one around it.
    Another name is no fix for a key whose value does not fit there.
    """
    if len(document.spots) > LARGEST or sum(map(_is_unknown, problems)) > MOST:
        return tuple(problems)
    return tuple(_sent(model, document, one, texts) if _is_unknown(one) else one for one in problems)


def _is_unknown(problem: Problem) -> bool:
    return problem.code.endswith(UNKNOWN_KEY) and problem.code[:3] in ("REC", "POL") and isinstance(problem.at, tuple)


def _sent(model: type[Part], document: Document, problem: Problem, texts: Mapping[str, bytes]) -> Problem:
    at = problem.at
    assert isinstance(at, tuple)
    if problem.fix is not None and not _may_be(model, document.data, at, problem.fix.text):
        problem = replace(problem, fix=None)
    homes = [one for one in _homes(model, at) if _is_free(document, one) and _fits(model, document.data, at, one)]
    file = document.key_place(at).file
    if len(homes) != 1 or file not in texts:
        return problem
    try:
        written = patches(file, texts[file], Move(at, homes[0]))
    except Refused:
        return problem
    if any(secrets.without(file, one.text, 1, _CODE)[1] for one in written):
        return problem  # a report shows what a fix writes
    where = path_words(homes[0][:-1]) or "the top of the file"
    fix = Fix("", patches=written, words=f"move it to {where}")
    return replace(problem, fix=fix, help=f"it belongs to {where}")


def _is_free(document: Document, home: KeyPath) -> bool:
    """Whether a mapping is there, and has no such key yet."""
    return home[:-1] in document.spots and home not in document.spots


def _homes(model: type[Part], at: KeyPath) -> Iterator[KeyPath]:
    """The other mappings, below and around, that have a key of this name."""
    key = at[-1]
    for name in models_below(model, at[:-1]):
        if key in keys_of(model, (*at[:-1], name)):
            yield (*at[:-1], name, key)
    for length in range(len(at) - 2, -1, -1):
        is_list = isinstance(at[length], int)
        if not is_list and key in keys_of(model, at[:length]):
            yield (*at[:length], key)


def _may_be(model: type[Part], data: Any, at: KeyPath, name: str) -> bool:
    """Whether a key may have been meant to have another name: its value fits there, or is a text misspelt too."""
    changed = _moved(data, at, (*at[:-1], name))
    why = wrong_at(model, changed).get((*at[:-1], name), "")
    value: Any = changed
    for key in (*at[:-1], name):
        value = value[key]
    return not why or (isinstance(value, str) and why in _OF_TEXTS)


def _fits(model: type[Part], data: Any, at: KeyPath, to: KeyPath) -> bool:
    """Whether the value of a key is one that the other mapping takes."""
    try:
        changed = _moved(data, at, to)
    except (KeyError, IndexError, TypeError):  # something else stands in the way
        return False
    return not any(path[: len(to)] == to for path in wrong_at(model, changed))


def _moved(data: Any, at: KeyPath, to: KeyPath) -> Any:
    changed = deepcopy(data)
    owner = changed
    for key in at[:-1]:
        owner = owner[key]
    value = owner.pop(at[-1])
    owner = changed
    for key in to[:-1]:
        owner = owner.setdefault(key, {}) if isinstance(owner, dict) else owner[key]
    owner[to[-1]] = value
    return changed
