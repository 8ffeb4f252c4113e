"""What of a record the rows of a feed may be: its items, groups and jobs, by everything they can be known by."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from runbooks.fleet import Record
from runbooks.inventory.feeds import Feed
from runbooks.matching.names import folded, host, pattern
from runbooks.records.setup import Item, Job, Setup


@dataclass(frozen=True, slots=True)
class Target:
    """An item or a job of a record, and the set-up it is in; or the set-up itself, for what it runs on."""

    record: Record
    setup: Setup
    entry: Item | Job | Setup

    @property
    def is_group(self) -> bool:
        """Whether it stands for several things at once."""
        return isinstance(self.entry, Item) and self.entry.match is not None

    @property
    def kind(self) -> str:
        """What kind of thing it is; nothing where the record does not say, and for a job."""
        return (self.entry.kind or self.setup.defaults.kind or "") if isinstance(self.entry, Item) else ""

    @property
    def words(self) -> str:
        """What a person calls it."""
        match self.entry:
            case Job(name=name):
                return name
            case Setup(server=server):
                return server or self.setup.id
            case Item() as item:
                return item.name or item.match or item.key


class Entries:
    """The items and jobs of some set-ups of one record. `each` are the kinds that no group may hold."""

    def __init__(self, record: Record, setups: Iterable[Setup], each: Collection[str]) -> None:
        self.setups = tuple(setups)
        self._each = each
        self._ids: dict[tuple[str, str], list[Target]] = {}
        self._names: dict[str, list[Target]] = {}
        self._hosts: dict[str, list[Target]] = {}
        self._jobs: dict[str, list[Target]] = {}
        self._groups: list[tuple[Target, Callable[[str], object]]] = []
        self._servers: dict[str, list[Target]] = {}
        for setup in self.setups:
            for item in setup.items:
                self._add(Target(record, setup, item), item)
            if setup.server is not None:
                self._servers.setdefault(folded(setup.server), []).append(Target(record, setup, setup))
            for job in setup.jobs:
                self._jobs.setdefault(folded(job.name), []).append(Target(record, setup, job))

    def _add(self, target: Target, item: Item) -> None:
        for system, value in item.external_ids.items():
            self._ids.setdefault((system.casefold(), value), []).append(target)
        if item.match is not None:
            if target.kind not in self._each:
                self._groups.append((target, pattern(item.match)))
        elif item.name is not None:
            name = folded(item.name)
            self._names.setdefault(name, []).append(target)
            if above := host(name):
                self._hosts.setdefault(above, []).append(target)

    def by_id(self, systems: Iterable[str], key: str) -> list[Target]:
        """The items with that id in one of these systems."""
        return [target for system in systems for target in self._ids.get((system, key), ())] if self._ids else []

    def by_name(self, name: str) -> list[Target]:
        """The items of exactly that name, folded; those that have gone only where none is there today."""
        found = self._names.get(name, [])
        if len(found) > 1:
            living = [one for one in found if isinstance(one.entry, Item) and one.entry.retired_on is None]
            return living or found
        return found

    def by_host(self, name: str) -> list[Target]:
        """The items that a folded name means when one of the two is a full name and the other its host part."""
        above = host(name)
        return self._names.get(above, []) if above else self._hosts.get(name, [])

    def groups(self, name: str, kind: str) -> list[Target]:
        """The groups whose pattern a folded name has. What is documented one by one belongs to none."""
        if not self._groups or kind in self._each:
            return []
        words = tuple(filter(None, (name, host(name))))
        return [one for one, fits in self._groups if any(map(fits, words))]

    def server(self, name: str) -> list[Target]:
        """The set-ups that run on the machine of that name, folded, or of its host part."""
        return self._servers.get(name) or self._servers.get(host(name), [])

    def job(self, systems: Iterable[str], key: str, name: str) -> list[Target]:
        """The jobs of that id or of exactly that name, folded."""
        every = [one for found in self._jobs.values() for one in found] if key else []
        by_id = [one for one in every for system, value in _ids(one) if value == key and system.casefold() in systems]
        return by_id or self._jobs.get(name, [])


def _ids(one: Target) -> Iterator[tuple[str, str]]:
    if isinstance(one.entry, Job):
        yield from one.entry.external_ids.items()


def setups_of(record: Record, feed: Feed, product: str) -> tuple[Setup, ...]:
    """The set-ups of a record that a feed speaks of: the one it names, those of its product, or all."""
    setups = record.client.setups
    if feed.setup is not None:
        return tuple(one for one in setups if one.id == feed.setup)
    return tuple(one for one in setups if not product or one.product == product)
