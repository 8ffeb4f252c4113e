"""YAML through the strict reader: the entries of its list, each with its line, and nothing of them but allowed keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from runbooks import source
from runbooks.findings import KeyPath
from runbooks.inventory.columns import Columns, Needed, missing, plain
from runbooks.inventory.dates import written
from runbooks.inventory.entries import DEPTH, LISTS, picked, tell_lacking
from runbooks.inventory.notes import Notes, Spot
from runbooks.inventory.seen import UNREADABLE


def rows(
    raw: bytes, lists: Sequence[str], columns: Columns, needed: Needed, notes: Notes
) -> Iterator[tuple[Spot, dict[str, object]]]:
    """Each entry by where its line begins, and of its values those that are on the allow-list."""
    document, _ = source.read(notes.file, raw)  # its problems quote what stands there: only their places are used
    if document.unreadable:
        lines = [document.place(path).line for path in document.doubtful if path]
        notes.tell(min(lines, default=1), UNREADABLE, "this is not YAML that can be read safely", "Export it as JSON.")
    ways = {column: [tuple(map(plain, name.split("."))) for name in names] for column, names in columns.items()}
    allowed = frozenset(key for names in ways.values() for way in names for key in way)
    doubts = frozenset(path[:length] for path in document.doubtful for length in range(1, len(path) + 1))
    lacking, count = list[tuple[Spot, tuple[str, ...]]](), 0
    for path, entry in _entries(document.data, (), frozenset(map(plain, (*LISTS, *lists)))):
        line, count = document.place(path).line, count + 1
        row = picked(_allowed(entry, allowed), ways)
        if lacks := tuple(missing(columns, needed, {*row})):
            lacking.append(((line, 1), lacks))
        elif any((*path, key) in doubts and not _is_date(entry[key]) for key in entry if plain(key) in allowed):
            notes.tell(line, UNREADABLE, "programs read a value of this entry in different ways", "Export it as JSON.")
        else:
            yield (line, 1), row
    tell_lacking(lacking, count, notes)


def _entries(data: Any, path: KeyPath, lists: frozenset[str]) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    if len(path) > DEPTH:
        return
    if isinstance(data, list):
        for index, entry in enumerate(data):
            yield from _entries(entry, (*path, index), lists)
    elif isinstance(data, dict):
        ways = [key for key, value in data.items() if plain(key) in lists and isinstance(value, list | dict)]
        for key in ways:
            yield from _entries(data[key], (*path, key), lists)
        if not ways:
            yield path, data


def _allowed(value: Any, allowed: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {plain(key): _allowed(one, allowed) for key, one in value.items() if plain(key) in allowed}
    return [_allowed(one, allowed) for one in value] if isinstance(value, list) else value


def _is_date(value: Any) -> bool:
    """Whether a value is a date, which other programs take for one too: to both it is the same."""
    return isinstance(written(value, "iso"), datetime)
