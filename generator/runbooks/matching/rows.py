"""Finds in one client's record each thing that a feed shows of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Final

from runbooks.inventory.seen import Seen
from runbooks.matching.entries import Entries, Target
from runbooks.matching.feeds import has_appliances, has_ids_of_backups
from runbooks.matching.names import folded
from runbooks.matching.things import Thing, Way
from runbooks.records.setup import Item

SURENESS: Final[tuple[Way, ...]] = ("id", "name", "host")
"""The ways to one item, the surest first."""
SHOWN: Final = 5
"""How many rivals a thing remembers."""


def find(things: Iterable[Thing], entries: Entries, systems: Collection[str]) -> None:
    """Say of each thing what it is in the record. `systems` are those whose ids it may carry."""
    same: dict[int, list[Thing]] = {}
    for thing in things:
        thing.setups = entries.setups
        _find(thing, entries, systems)
        if thing.target is not None and isinstance(thing.target.entry, Item) and not thing.target.is_group:
            same.setdefault(id(thing.target.entry), []).append(thing)
    for found in same.values():
        if len(found) > 1:
            _set_rivals(found)


def _find(thing: Thing, entries: Entries, systems: Collection[str]) -> None:
    row = thing.first
    if thing.is_job:
        _set(thing, entries.job(systems, row.key, folded(row.job)), "name")
        return
    if row.key and (found := entries.by_id(systems, row.key)):
        _set(thing, found, "id")
        return
    names = _names(thing)
    looks: dict[Way, Callable[[str], list[Target]]] = {"name": entries.by_name, "host": entries.by_host}
    for way, look in looks.items():
        if found := [one for name in names for one in look(name)]:
            _set(thing, found, way)
            return
    if has_appliances(thing.feed):
        _set(thing, [one for name in names for one in entries.server(name)], "name")
    elif not names and row.job:
        _set(thing, entries.job(systems, row.key, folded(row.job)), "name")
    else:
        _set(thing, [one for name in names for one in entries.groups(name, row.kind)], "group")


def _set(thing: Thing, found: list[Target], way: Way) -> None:
    different = {id(target.entry): target for target in found}
    if len(different) == 1:
        thing.target, thing.way = next(iter(different.values())), way
    elif different:
        thing.several, thing.way = tuple(different.values()), way


def _names(thing: Thing) -> list[str]:
    """Every name that the rows of a thing have, folded."""
    if len(thing.rows) == 1:
        return [folded(thing.first.name)] if thing.first.name else []
    return list(dict.fromkeys(folded(row.name) for row in thing.rows if row.name))


def _set_rivals(found: list[Thing]) -> None:
    """Of several things that would be one item, say which could be another: nobody can tell by a name which is meant.

    Found by its id a thing is certain, and by the exact name more than by a host part. Several backups of one machine
    are no rivals: they have the same name, and each an id of its own; in a generic export, and a job of its own.
    """
    names, keys = set[str](), dict[str, set[str]]()
    for way in SURENESS:
        mine = [thing for thing in found if thing.way == way]
        for thing in mine:
            names.update(_names(thing))
            for row in thing.rows:
                keys.setdefault(_job(thing, row), set()).update(filter(None, (row.key,)))
        for thing in mine if way != "id" else ():
            if len(names) > 1 or any(len(keys[_job(thing, row)]) > 1 for row in thing.rows):
                others = (other.first for other in found if other is not thing)
                thing.rivals = tuple(row for _, row in zip(range(SHOWN), others, strict=False))


def _job(thing: Thing, row: Seen) -> str:
    """Within what two ids of one name are two things: the job, where a row is a backup; else the whole export."""
    if has_ids_of_backups(thing.feed):
        return row.key
    return folded(row.job) if thing.feed.format.startswith("generic-") else ""
