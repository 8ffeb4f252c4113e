"""From a document to a model: every error in plain words at its line, and the most that can be read all the same."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from runbooks import corrections
from runbooks.findings import KeyPath, Problem
from runbooks.parts import VERSION, Part, locate, parts_in, positions
from runbooks.source import Document

P = TypeVar("P", bound=Part)

UNKNOWN_KEY, WRONG_VALUE, MISSING_KEY = "001", "002", "003"
"""The last three digits of the codes of shape errors; the family goes before them."""

VERSION_KEY = "schema"
"""The key under which a file says which version its shape has."""

ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Shaped(Generic[P]):
    """What could be read: the model without the parts that were wrong, and which those were.

    Of a misspelt key both are in `doubts`: what was written, and the key that was probably meant.
    """

    model: P | None
    problems: tuple[Problem, ...]
    doubts: frozenset[KeyPath]


def shaped(model: type[P], document: Document, family: str, fallback: Mapping[str, object] | None = None) -> Shaped[P]:
    """Read a document as a model.

    Wrong parts are reported and left out until the rest fits. What only lacks something that was left out, or that the
    reader did not come to, is no mistake of its own and not reported. `fallback` gives values for required keys of the
    top level.
    """
    if not isinstance(document.data, dict):
        problem = Problem((), "this file must hold keys and values, one `key: value` a line", code=family + WRONG_VALUE)
        problems: tuple[Problem, ...] = () if document.unreadable and document.data is None else (problem,)
        return Shaped(_built(model, dict(fallback or {})), problems, frozenset({()}))
    if other := _of_another_version(model, document.data, family):
        given = {key: document.data.get(key, value) for key, value in (fallback or {}).items()}
        known = _built(model, given) or _built(model, dict(fallback or {}))
        return Shaped(known, (other,), frozenset({()}))
    built, _ = _tried(model, document.data)
    if built is not None and not document.doubtful and not _has_null(document.data):
        locate(built, (), frozenset())
        return Shaped(built, (), frozenset())
    rest = _Rest(model, document, family, fallback or {}, deepcopy(document.data))
    built = None
    for number in range(ROUNDS):
        built, details = _tried(model, rest.data)
        if not number and _empty(rest.data):
            rest.leave_out([detail for detail in details if detail["type"] == "extra_forbidden"])
            rest.leave_out([{"type": "empty", "loc": path} for path in _empty(rest.data)])
            continue
        if built is not None:
            break
        rest.leave_out(details)
    doubts = frozenset(rest.removed | rest.meant | document.doubtful)
    if built is not None:
        locate(built, (), doubts, frozenset(rest.removed))
    return Shaped(built, tuple(rest.found.values()), doubts)


def _of_another_version(model: type[Part], data: Mapping[str, Any], family: str) -> Problem | None:
    """The one problem of a file whose shape is that of another program: what else it says, this one cannot judge."""
    given = data.get(VERSION_KEY)
    if isinstance(given, bool) or not isinstance(given, int | float) or given == VERSION:
        return None
    if VERSION_KEY not in keys_of(model, ()):
        return None
    words = f"{VERSION_KEY}: this file has the shape of version {given:g}, and this program reads version {VERSION}"
    if given > VERSION:
        return Problem((VERSION_KEY,), words, "update the program", code=family + WRONG_VALUE)
    if given in range(VERSION):
        return Problem((VERSION_KEY,), words, "run `runbooks migrate`", code=family + WRONG_VALUE)
    return None


@dataclass(slots=True)
class _Rest:
    """What is left of the data, what was left out of it, and why."""

    model: type[Part]
    document: Document
    family: str
    fallback: Mapping[str, object]
    data: Any
    removed: set[KeyPath] = field(default_factory=set)
    meant: set[KeyPath] = field(default_factory=set)
    found: dict[tuple[KeyPath, str], Problem] = field(default_factory=dict)

    def leave_out(self, details: Sequence[Any]) -> None:
        """Report errors and take what they are about out of the data; a value the reader reported is not told again."""
        paths = [(_in_data(self.data, detail["loc"]), detail) for detail in details]
        before = frozenset(self.removed)
        for path, detail in paths:
            at, kind = _in_file(path, before), detail["type"]
            known = kind not in ("missing", "extra_forbidden") and at in self.document.doubtful
            left_out = self.document.unreadable and kind == "missing"
            # A list in which every entry is wrong counts as too short.
            left_out |= kind == "too_short" and any(other[: len(path)] == path != other for other, _ in paths)
            if not (known or left_out or any(cut[: len(at)] == at[: len(cut)] for cut in before)):
                self.found.setdefault((at, kind), _problem(self.model, self.document, at, detail, self.family))
            if kind == "extra_forbidden" and at:
                self._doubt_what_was_meant(at)
        for path in _cuts(paths, self.fallback):
            self.removed.add(_in_file(path, before))
            _cut(self.data, path)
        for key, value in self.fallback.items():
            self.data.setdefault(key, value)

    def _doubt_what_was_meant(self, at: KeyPath) -> None:
        """The key that a misspelt one stands for is not missing: nobody can tell what it says."""
        key = corrections.nearest(str(at[-1]), keys_of(self.model, at[:-1]))
        if key and (*at[:-1], key) not in self.document.spots:
            self.meant.add((*at[:-1], key))


def _tried(model: type[P], data: Any) -> tuple[P | None, Sequence[Any]]:
    """The model of the data, or what is wrong with it."""
    try:
        return model.model_validate(data), ()
    except ValidationError as error:
        return None, error.errors(include_url=False)


def _has_null(data: Any) -> bool:
    """Whether there is a null anywhere; asked of every file, so it makes no paths."""
    waiting = [data]
    for value in waiting:
        if isinstance(value, str):
            continue
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif value is None:
            return True
    return False


def _empty(data: Any, at: KeyPath = ()) -> list[KeyPath]:
    """The paths of all values that are null: a key without a value is never as if it were not there."""
    if data is None:
        return [at]
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path for key, value in entries for path in _empty(value, (*at, key))]


def closest(word: str, known: Iterable[str]) -> str:
    """A "did you mean" for a word that is not among the known ones, or nothing."""
    near = corrections.nearest(word, known)
    return f"did you mean {near}?" if near else ""


def wrong_at(model: type[Part], data: Any) -> dict[KeyPath, str]:
    """The paths of everything in some data that a model does not take, each with pydantic's word for why."""
    _, details = _tried(model, data)
    return {_in_data(data, detail["loc"]): detail["type"] for detail in details}


def _built(model: type[P], data: dict[str, object]) -> P | None:
    try:
        return model.model_validate(data)
    except ValidationError:
        return None


def _in_data(data: Any, loc: tuple[int | str, ...]) -> KeyPath:
    """The key path of an error: pydantic's own words for unions and validators are left out."""
    path: list[int | str] = []
    for position, key in enumerate(loc):
        last = position == len(loc) - 1
        if isinstance(data, dict) and isinstance(key, str) and (key in data or (last and key != "[key]")):
            path.append(key)
            data = data.get(key)
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            path.append(key)
            data = data[key]
    return tuple(path)


def _in_file(path: KeyPath, removed: frozenset[KeyPath]) -> KeyPath:
    if not removed:
        return path
    at: KeyPath = ()
    for key in path:
        if isinstance(key, int):
            kept = positions(at, removed)
            key = next(place for number, place in enumerate(kept) if number == key)  # noqa: PLW2901
        at = (*at, key)
    return at


def _cuts(paths: list[tuple[KeyPath, Any]], fallback: Mapping[str, object]) -> list[KeyPath]:
    """What to leave out: the wrong value, or the part that lacks something. Deepest and last first."""
    cuts: set[KeyPath] = set()
    for path, detail in paths:
        if detail["type"] == "missing":
            if len(path) == 1 and path[0] in fallback:
                continue
            cuts.add(path[:-1])
        else:
            cuts.add(path)
    kept = [cut for cut in cuts if not any(cut[:length] in cuts for length in range(len(cut)))]
    return sorted(kept, key=lambda cut: tuple((isinstance(key, int), key) for key in cut), reverse=True)


def _cut(data: Any, path: KeyPath) -> None:
    if not path:
        data.clear()
        return
    owner, last = data, typing.cast("Any", path[-1])
    for key in path[:-1]:
        owner = owner[key]
    if isinstance(owner, list) or last in owner:
        owner.pop(last)


def _problem(model: type[Part], document: Document, at: KeyPath, detail: Any, family: str) -> Problem:
    name = _words(at[-1:]) or "the file"
    match detail["type"]:
        case "extra_forbidden":
            known = sorted(keys_of(model, at[:-1]))
            meant = corrections.nearest(name, known)
            return Problem(
                at,
                f"unknown key {name}" + (f" in {_words(at[:-1])}" if len(at) > 1 else ""),
                closest(name, known) or f"known here: {', '.join(known)}",
                code=family + UNKNOWN_KEY,
                on_key=True,
                fix=corrections.of_key(document, at, meant),
            )
        case "missing":
            where = _words(at[:-1]) or "the file"
            return Problem(
                at[:-1], f"{where} needs the key {name}", _hint(model, at), code=family + MISSING_KEY, on_key=True
            )
        case "empty":
            return Problem(
                at,
                f"{name} is empty: write its value, or take {'it' if isinstance(at[-1], int) else 'the key'} out",
                _hint(model, at),
                code=family + WRONG_VALUE,
            )
        case _:
            message, hint = _value_message(detail)
            fix = corrections.of_value(document, at, detail)
            return Problem(at, f"{name}: {message}", hint or _hint(model, at), code=family + WRONG_VALUE, fix=fix)


def _value_message(detail: Any) -> tuple[str, str]:
    given, context = detail.get("input"), detail.get("ctx") or {}
    match detail["type"]:
        case "literal_error":
            return _choice_message(given, context)
        case "string_type":
            return "this must be text", f'put it in quotes: "{_plain(given)}"' if isinstance(given, int | float) else ""
        case "bool_type" | "bool_parsing":
            if given in ("true", "false"):
                return f'"{given}" is text', f"write {given} without quotes"
            return f"{_short(given)} is neither true nor false", "write true or false"
        case "int_type" | "int_parsing" | "int_from_float" | "float_type" | "float_parsing":
            return f"{_short(given)} is not a number", ""
        case "model_type" | "model_attributes_type" | "dict_type" | "dataclass_type":
            return "this must hold keys and values", ""
        case "tuple_type" | "list_type":
            return "this must be a list", "start each entry with a dash: - first"
        case "string_pattern_mismatch":
            return f"{_short(given)} does not have the right form", ""
        case "value_error":
            return str(context.get("error", detail["msg"])), ""
        case kind:
            return "this must hold at least one entry" if kind == "too_short" else str(detail["msg"]), ""


def _choice_message(given: object, context: Mapping[str, str]) -> tuple[str, str]:
    allowed = [word.strip(" '") for word in context["expected"].replace(" or ", ", ").split(",")]
    allowed = [word.lower() if word in ("True", "False") else word for word in allowed]
    if isinstance(given, list | dict):
        return f"this is {_short(given)}: write one of {', '.join(allowed)}", ""
    if str(given) in allowed:
        return f'"{given}" is text', f"write {given} without quotes"
    if len(allowed) == 1:
        return f"this can only be {allowed[0]}, not {_short(given)}", f"write {allowed[0]}"
    return f"{_short(given)} is not one of {', '.join(allowed)}", closest(str(given), allowed)


def _plain(value: object) -> str:
    """A value as it is written in a record."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _short(value: object) -> str:
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a mapping"
    text = _plain(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _words(path: KeyPath) -> str:
    """A key path as a person says it: agreements, entry 2."""
    words = [f"entry {key + 1}" if isinstance(key, int) else key for key in path]
    return " ".join(words)


def _hint(model: type[Part], at: KeyPath) -> str:
    owner = _model_at(model, at[:-1])
    if owner is None or not at:
        return ""
    for name, one in owner.model_fields.items():
        if (one.alias or name) == at[-1]:
            return one.description or ""
    return ""


def keys_of(model: type[Part], at: KeyPath) -> tuple[str, ...]:
    """The keys that the mapping at a path may have, in the order of the model; none where it has no model."""
    owner = _model_at(model, at)
    return tuple(one.alias or name for name, one in owner.model_fields.items()) if owner else ()


def models_below(model: type[Part], at: KeyPath) -> tuple[str, ...]:
    """The keys of the mapping at a path that hold a mapping with a model, and no list of them."""
    owner = _model_at(model, at)
    fields = owner.model_fields.items() if owner else ()
    return tuple(one.alias or name for name, one in fields if any(map(_is_part, _either(one.annotation))))


def _either(annotation: Any) -> tuple[Any, ...]:
    """The kinds of value that an annotation such as `Mac | None` allows."""
    return typing.get_args(annotation) if isinstance(annotation, UnionType) else (annotation,)


def _is_part(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Part)


def _model_at(model: type[Part], at: KeyPath) -> type[Part] | None:
    """The model that describes the mapping at a key path, or nothing where it has none of its own."""
    current: type[Part] | None = model
    for key in at:
        if current is None:
            return None
        if isinstance(key, int):
            continue
        fields = {one.alias or name: one for name, one in current.model_fields.items()}
        if key in fields:
            current = next(parts_in(fields[key].annotation), None)
    return current
