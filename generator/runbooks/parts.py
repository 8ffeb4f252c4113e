"""The base of every part of a record or of the policy: frozen, strict, and aware of where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import count
from typing import Any

from pydantic import BaseModel, ConfigDict, PrivateAttr

from runbooks.findings import KeyPath


class Part(BaseModel):
    """A mapping of a record. Unknown keys are errors; nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=False)

    _at: KeyPath = PrivateAttr(default=())
    _doubtful: bool = PrivateAttr(default=False)

    def at(self, *keys: str | int) -> KeyPath:
        """The key path of this part, or of a value below it."""
        return _private(self)["_at"] + keys  # type: ignore[no-any-return]

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
        return bool(_private(self)["_doubtful"])


def locate(part: Part, at: KeyPath, doubts: frozenset[KeyPath], removed: frozenset[KeyPath] = frozenset()) -> None:
    """Tell a part and every part below it where it stands, and whether something in it could not be read.

    `doubts` are the key paths of undecided values. `removed` are list entries that were left out, so that the
    positions of those after them are still the ones in the file.
    """
    private = _private(part)
    private["_at"] = at
    if doubts:
        private["_doubtful"] = any(_touch(path, at) for path in doubts)
    values = part.__dict__
    for name, key in _fields(type(part)):
        value = values[name]
        if isinstance(value, Part | tuple | dict):
            _locate_value(value, (*at, key), doubts, removed)
    for name, value in (part.__pydantic_extra__ or {}).items():
        _locate_value(value, (*at, name), doubts, removed)


def _private(part: Part) -> dict[str, Any]:
    """The private values of a part, past pydantic's own way to them, which takes ten times as long."""
    return part.__pydantic_private__ or {"_at": (), "_doubtful": False}


@cache
def _fields(model: type[Part]) -> tuple[tuple[str, str], ...]:
    """The fields of a part by their names, with the keys they have in a file."""
    return tuple((name, one.alias or name) for name, one in model.model_fields.items())


def _locate_value(value: object, at: KeyPath, doubts: frozenset[KeyPath], removed: frozenset[KeyPath]) -> None:
    if isinstance(value, Part):
        locate(value, at, doubts, removed)
    elif isinstance(value, tuple):
        for index, item in zip(positions(at, removed) if removed else count(), value, strict=False):
            if isinstance(item, Part | tuple | dict):
                _locate_value(item, (*at, index), doubts, removed)
    elif isinstance(value, dict):
        for key, item in value.items():
            _locate_value(item, (*at, key), doubts, removed)


def positions(at: KeyPath, removed: frozenset[KeyPath]) -> Iterator[int]:
    """The positions in the file of the list entries that were kept, in order."""
    return (index for index in count() if (*at, index) not in removed)


def _touch(doubt: KeyPath, at: KeyPath) -> bool:
    return doubt[: len(at)] == at[: len(doubt)]


def parts_below(part: Part) -> Iterator[Part]:
    """The part and every part below it, in the order of the model."""
    yield part
    waiting: list[object] = [*reversed(part.__dict__.values())]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Part):
            yield value
            waiting.extend(reversed(value.__dict__.values()))
        elif isinstance(value, tuple):
            waiting.extend(reversed(value))
        elif isinstance(value, dict):
            waiting.extend(reversed(value.values()))
