"""What can be changed in a file, and what its data is then."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TypeAlias

from runbooks.findings import KeyPath
from runbooks.source import Json, value_at


@dataclass(frozen=True, slots=True)
class Append:
    """More entries at the end of a list. A list that is not there is made: see `Put`, also for `order`."""

    path: KeyPath
    values: tuple[Json, ...]
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Put:
    """A new key of the mapping at `path`, written behind the last of those keys that come before it in `order`.

    Without one of them it comes last, or with `first` before all others, behind the head of the file.
    """

    path: KeyPath
    key: str
    value: Json
    order: tuple[str, ...] = ()
    first: bool = False


@dataclass(frozen=True, slots=True)
class Replace:
    """Another value in the place of one on a single line; quoted as that one where it can be."""

    path: KeyPath
    value: Json


@dataclass(frozen=True, slots=True)
class Rename:
    """Another name for the key that a path ends with; its value and place stay."""

    path: KeyPath
    key: str


@dataclass(frozen=True, slots=True)
class Remove:
    """A key goes, with its value and the comments that are about it."""

    path: KeyPath


@dataclass(frozen=True, slots=True)
class Move:
    """A key goes to another mapping, as its last, with its value and its comments; also under another name.

    The mapping it goes to is made where only the last key of its path is missing.
    """

    path: KeyPath
    to: KeyPath


Edit: TypeAlias = Append | Put | Replace | Rename | Remove | Move


def applied(data: Json, edit: Edit) -> Json:  # noqa: C901 - a branch for each kind of edit
    """The data of a file after an edit that its paths fit. The data given stays as it is."""
    data = deepcopy(data)
    match edit:
        case Append(path, values):
            there, found = value_at(data, path)
            if not there:
                _mapping(data, path[:-1])[str(path[-1])] = list(values)
            elif isinstance(found, list):
                found.extend(deepcopy(list(values)))
        case Put(path, key, value):
            _mapping(data, path)[key] = deepcopy(value)
        case Replace(path, value):
            holder = value_at(data, path[:-1])[1]
            if isinstance(holder, dict):
                holder[str(path[-1])] = value
            elif isinstance(holder, list) and isinstance(path[-1], int):
                holder[path[-1]] = value
        case Rename(path, key):
            holder = _mapping(data, path[:-1])
            kept = [(key if name == path[-1] else name, value) for name, value in holder.items()]
            holder.clear()
            holder.update(kept)
        case Remove(path):
            del _mapping(data, path[:-1])[str(path[-1])]
        case Move():
            _move(data, edit)
    return data


def _move(data: Json, edit: Move) -> None:
    path, to = edit.path, edit.to
    value = _mapping(data, path[:-1]).pop(str(path[-1]))
    if not value_at(data, to[:-1])[0]:
        _mapping(data, to[:-2])[str(to[-2])] = {}
    _mapping(data, to[:-1])[str(to[-1])] = value


def _mapping(data: Json, path: KeyPath) -> dict[str, Json]:
    found = value_at(data, path)[1]
    assert isinstance(found, dict), path
    return found
