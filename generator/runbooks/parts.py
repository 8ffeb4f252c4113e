"""The base of every part of a record or of the policy: frozen, strict, and aware of where it stands."""

from __future__ import annotations

from collections.abc import Iterator
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
        return self._at + keys

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
        return self._doubtful


def locate(part: Part, at: KeyPath, doubts: frozenset[KeyPath], removed: frozenset[KeyPath] = frozenset()) -> None:
    """Tell a part and every part below it where it stands, and whether something in it could not be read.

    `doubts` are the key paths of undecided values. `removed` are list entries that were left out, so that the
    positions of those after them are still the ones in the file.
    """
    part._at = at
    part._doubtful = any(_touch(path, at) for path in doubts)
    for name, field in type(part).model_fields.items():
        _locate_value(getattr(part, name), (*at, field.alias or name), doubts, removed)
    for name, value in (part.__pydantic_extra__ or {}).items():
        _locate_value(value, (*at, name), doubts, removed)


def _locate_value(value: object, at: KeyPath, doubts: frozenset[KeyPath], removed: frozenset[KeyPath]) -> None:
    if isinstance(value, Part):
        locate(value, at, doubts, removed)
    elif isinstance(value, tuple):
        for index, item in zip(positions(at, removed), value, strict=False):
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
    for name in type(part).model_fields:
        yield from _parts_in(getattr(part, name))


def _parts_in(value: object) -> Iterator[Part]:
    if isinstance(value, Part):
        yield from parts_below(value)
    elif isinstance(value, tuple):
        for item in value:
            yield from _parts_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _parts_in(item)
