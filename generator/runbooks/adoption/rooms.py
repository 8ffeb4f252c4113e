"""What goes into each set-up: the things of every item, the jobs, and what it runs on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from runbooks.adoption import drafts
from runbooks.adoption.homes import NewSetup
from runbooks.edits import Append, Edit, Put
from runbooks.matching import Thing, folded
from runbooks.matching.feeds import has_appliances
from runbooks.matching.names import host
from runbooks.records.client import Client
from runbooks.records.setup import Setup

CLIENT_KEYS: Final = tuple(field.alias or name for name, field in Client.model_fields.items())


@dataclass(slots=True)
class Room:
    """What goes into one set-up. The things of one item are shown by different feeds."""

    setup: Setup | NewSetup
    items: list[list[Thing]] = field(default_factory=list)
    jobs: list[Thing] = field(default_factory=list)
    servers: list[Thing] = field(default_factory=list)
    _named: dict[str, list[list[Thing]]] = field(default_factory=dict)
    """The items by the name of their first thing, folded."""
    _below: dict[str, list[list[Thing]]] = field(default_factory=dict)
    """The items whose first thing has a full name, by its host part."""

    def take(self, thing: Thing) -> None:
        """Put a thing in its place: beside what another feed shows under the same name, or under its host part."""
        if has_appliances(thing.feed):
            self.servers.append(thing)
        elif thing.is_job:
            self.jobs.append(thing)
        else:
            self._take_item(thing)

    def _take_item(self, thing: Thing) -> None:
        name = folded(drafts.name(thing))
        above = host(name)
        alike = self._named.get(name, []) + self._named.get(above, []) + self._below.get(name, [])
        same = next((one for one in alike if all(other.feed.id != thing.feed.id for other in one)), None)
        if same is not None:
            same.append(thing)
            return
        self.items.append([thing])
        self._named.setdefault(name, []).append(self.items[-1])
        if above:
            self._below.setdefault(above, []).append(self.items[-1])

    def turn_away(self) -> Iterator[tuple[Thing, str]]:
        """Take out again what cannot be told from something else, each with the reason."""
        taken = {item.key for item in self.setup.items} if isinstance(self.setup, Setup) else set[str]()
        names = Counter(drafts.name(one[0]).lower() for one in self.items)
        for same in tuple(self.items):
            key = drafts.name(same[0]).lower()
            if key in taken or names[key] > 1:
                self.items.remove(same)
                whose = "an item of the record has" if key in taken else "another thing would have as well"
                words = f"its id would be {key}, which {whose}: write it by hand, with an id of its own"
                yield from ((thing, words) for thing in same)
        there = self.setup.server if isinstance(self.setup, Setup) else None
        if self.servers and (there or len(self.servers) > 1):
            words = f"the set-up {self.setup.id} runs on {there or 'one machine'}: describe the set-up that runs on it"
            yield from ((thing, words) for thing in self.servers)
            self.servers.clear()

    @property
    def things(self) -> tuple[Thing, ...]:
        """Everything that goes in."""
        return (*(thing for same in self.items for thing in same), *self.jobs, *self.servers)

    def edits(self) -> Iterator[Edit]:
        """The changes of the record's file."""
        setup, items = self.setup, tuple(drafts.item(one, self.setup) for one in self.items)
        jobs = tuple(drafts.job(one) for one in {folded(one.first.job): one for one in self.jobs}.values())
        server = drafts.name(self.servers[0]) if self.servers else None
        if isinstance(setup, NewSetup):
            if self.things:
                yield Append(("setups",), (drafts.setup(setup, items, jobs, server),), CLIENT_KEYS)
            return
        if server:
            yield Put(setup.at(), "server", server, drafts.SETUP_KEYS)
        if items:
            yield Append(setup.at("items"), items, drafts.SETUP_KEYS)
        if jobs:
            yield Append(setup.at("jobs"), jobs, drafts.SETUP_KEYS)
        for same in self.items:
            yield from drafts.protected(same, setup, drafts.name(same[0]).lower())
