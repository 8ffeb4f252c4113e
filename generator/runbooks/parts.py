"""The base of every part of a record or of the policy: frozen, strict, and aware of where it stands."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import count
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict

from runbooks.findings import KeyPath

P = TypeVar("P", bound="Part")

VERSION: Final = 1
"""The version of the shape of records, policy.yml, feeds.yml and products that this program reads."""


class Part(BaseModel):
    """A mapping of a record. Unknown keys are errors; nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=False, defer_build=True)

    def at(self, *keys: str | int) -> KeyPath:
        """The key path of this part, or of a value below it."""
        return (self.__pydantic_private__ or _NOWHERE)["_at"] + keys  # type: ignore[no-any-return]

    def __reduce__(self) -> tuple[object, ...]:
        """For pickle: the values without their names, at twice the speed of pydantic's own way."""
        values = map(self.__dict__.__getitem__, _names(type(self)))
        state = (self.__pydantic_fields_set__, self.__pydantic_extra__, self.__pydantic_private__)
        return _restored, (type(self), tuple(values), *state)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> Any:
        """The schema as pydantic makes it, but of a mapping whose keys have a pattern no other keys are allowed."""
        schema = handler(core_schema)
        for value in handler.resolve_ref_schema(schema).get("properties", {}).values():
            if "patternProperties" in value:
                value["additionalProperties"] = False
        return schema

    @property
    def doubtful(self) -> bool:
        """True when a problem lies in this part, so that nothing may be promised from it."""
        private = self.__pydantic_private__
        return private is not None and private["_doubtful"] is True


_NOWHERE: Final[Mapping[str, Any]] = {"_at": (), "_doubtful": False}
"""What a part holds beside its values that was not told where it stands."""


def hold(part: Part, name: str, value: object) -> None:
    """Keep something with a part that is no value of the file."""
    object.__setattr__(part, "__pydantic_private__", {**(part.__pydantic_private__ or _NOWHERE), name: value})


def locate(part: Part, at: KeyPath, doubts: frozenset[KeyPath], removed: frozenset[KeyPath] = frozenset()) -> None:
    """Tell a part and every part below it where it stands, and whether something in it could not be read.

    `doubts` are the key paths of undecided values. `removed` are list entries that were left out, so that the
    positions of those after them are still the ones in the file.
    """
    if not doubts and not removed:
        _locate_sound(part, at)
        return
    # Past pydantic's own private attributes: making them takes half as long again as to validate everything.
    doubtful = any(_touch(path, at) for path in doubts)
    object.__setattr__(part, "__pydantic_private__", {"_at": at, "_doubtful": doubtful})
    _share_given(part)
    values = part.__dict__
    for name, key in _fields(type(part)):
        if value := values[name]:
            _locate_value(value, (*at, key), doubts, removed)
    for name, value in (part.__pydantic_extra__ or {}).items():
        _locate_value(value, (*at, name), doubts, removed)


_GIVEN: Final[dict[frozenset[str], set[str]]] = {}
"""Which keys parts were given, each set of them once."""


def _share_given(part: Part) -> None:
    """Let parts with the same keys have one set of these: in very many records they would take a quarter of all."""
    given = part.__pydantic_fields_set__
    object.__setattr__(part, "__pydantic_fields_set__", _GIVEN.setdefault(frozenset(given), given))


@cache
def _fields(model: type[Part]) -> tuple[tuple[str, str], ...]:
    """The fields of a part that may hold parts, by their names, with the keys they have in a file."""
    fields = model.model_fields.items()
    return tuple((name, one.alias or name) for name, one in fields if any(parts_in(one.annotation)))


@cache
def _names(model: type[Part]) -> tuple[str, ...]:
    return tuple(model.model_fields)


def parts_in(annotation: Any) -> Iterator[type[Part]]:
    """The models of parts that a field with this annotation may hold."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from parts_in(argument)


def _restored(
    model: type[P], values: tuple[object, ...], given: set[str], extra: object, private: dict[str, Any] | None
) -> P:
    """A part as it was pickled."""
    part, put = model.__new__(model), object.__setattr__
    put(part, "__dict__", dict(zip(_names(model), values, strict=True)))
    put(part, "__pydantic_fields_set__", given)
    put(part, "__pydantic_extra__", extra)
    put(part, "__pydantic_private__", private)
    _share_given(part)
    return part


def _locate_value(value: object, at: KeyPath, doubts: frozenset[KeyPath], removed: frozenset[KeyPath]) -> None:
    if isinstance(value, Part):
        locate(value, at, doubts, removed)
    elif isinstance(value, tuple):
        for index, item in zip(positions(at, removed) if removed else count(), value, strict=False):
            _locate_value(item, (*at, index), doubts, removed)
    elif isinstance(value, dict):
        for key, item in value.items():
            _locate_value(item, (*at, key), doubts, removed)


def _locate_sound(value: object, at: KeyPath) -> None:
    """The same where nothing is in doubt or left out, as in most records: in two thirds of the time."""
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            _locate_sound(item, (*at, index))
    elif isinstance(value, Part):
        object.__setattr__(value, "__pydantic_private__", {"_at": at, "_doubtful": False})
        _share_given(value)
        values = value.__dict__
        for name, key in _fields(type(value)):
            if held := values[name]:
                _locate_sound(held, (*at, key))
        if value.__pydantic_extra__:
            _locate_sound(value.__pydantic_extra__, at)
    elif isinstance(value, dict):
        for key, item in value.items():
            _locate_sound(item, (*at, key))


def positions(at: KeyPath, removed: frozenset[KeyPath]) -> Iterator[int]:
    """The positions in the file of the list entries that were kept, in order."""
    return (index for index in count() if (*at, index) not in removed)


def _touch(doubt: KeyPath, at: KeyPath) -> bool:
    return doubt[: len(at)] == at[: len(doubt)]


def parts_below(part: Part) -> Iterator[Part]:
    """The part and every part below it, in the order of the model."""
    yield part
    waiting = _inside(part)
    while waiting:
        value = waiting.pop()
        if isinstance(value, Part):
            yield value
            waiting.extend(_inside(value))
        elif isinstance(value, tuple):
            waiting.extend(reversed(value))
        elif isinstance(value, dict):
            waiting.extend(reversed(value.values()))


def _inside(part: Part) -> list[object]:
    """The values of a part that may hold parts, last first."""
    values = part.__dict__
    return [value for name, _ in reversed(_fields(type(part))) if (value := values[name])]
