"""Everything that the exports of today show, matched with all records; put together once for each fleet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from runbooks.fleet import Fleet, Record
from runbooks.inventory.feeds import Feed
from runbooks.inventory.seen import Export, Seen
from runbooks.matching.clients import Clients, Owner
from runbooks.matching.entries import Entries, setups_of
from runbooks.matching.feeds import external_id, product, systems
from runbooks.matching.rows import find
from runbooks.matching.series import Current, by_feed
from runbooks.matching.things import Thing, gathered
from runbooks.records.setup import Item, Job, Setup

OTHER = "other"


@dataclass(frozen=True)
class Matched:
    """What the exports of today show. Feeds of the PSA show nothing here: their agreements are no protected things."""

    clients: Clients
    feeds: Mapping[str, Current]
    things: tuple[Thing, ...]
    hits: Mapping[int, tuple[Thing, ...]] = field(repr=False)
    """The things that an item or job of a record is or may be, by its identity in memory."""

    @cached_property
    def odd(self) -> tuple[Thing, ...]:
        """Those that no record has without doubt."""
        return tuple(thing for thing in self.things if not thing.documented)

    @cached_property
    def leaving(self) -> tuple[Thing, ...]:
        """Those that a record says have gone, or will have on a day, and those of clients who have left."""
        return tuple(filter(_is_leaving, self.things))

    def shown(self, entry: Item | Job | Setup) -> tuple[Thing, ...]:
        """The things that an item or a job is, or may be."""
        return self.hits.get(id(entry), ())

    def owner(self, feed: Feed, client: str, name: str = "") -> Owner:
        """Whose a row of a feed is."""
        return self.clients.owner(feed, external_id(feed), client, name)


def matched(fleet: Fleet) -> Matched:
    """Match the exports with the records; whatever the day, so once for all days."""
    return fleet.always("matched", _matched)


def _matched(fleet: Fleet) -> Matched:
    inventory = fleet.inventory
    matching = Matching(fleet)
    feeds = by_feed(inventory.feeds, inventory.exports)
    things = tuple(thing for one in feeds.values() for thing in matching.things(one.feed, one.now))
    hits: dict[int, list[Thing]] = {}
    for thing in things:
        for target in (thing.target, *thing.several):
            if target is not None:
                hits.setdefault(id(target.entry), []).append(thing)
    return Matched(matching.clients, feeds, things, {which: tuple(found) for which, found in hits.items()})


def _is_leaving(thing: Thing) -> bool:
    record, entry = thing.owner.record, thing.target.entry if thing.target else None
    gone = isinstance(entry, Item) and entry.retired_on is not None
    return gone or (record is not None and record.client.status == "former")


class Matching:
    """What is needed to match any export with the records of a fleet."""

    def __init__(self, fleet: Fleet) -> None:
        self.clients = Clients(fleet.records)
        self._products = frozenset(fleet.catalogue.products)
        self._each = frozenset(fleet.policy.document_each)
        self._entries: dict[tuple[str, str, str], Entries] = {}

    def things(self, feed: Feed, exports: Iterable[Export]) -> Iterator[Thing]:
        """Every thing of some exports of a feed, each with what it is in the record of its client."""
        word = external_id(feed)
        by_owner: dict[tuple[str, ...], tuple[Owner, list[Seen]]] = {}
        for export in exports:
            for row in export.items:
                owner = self.clients.owner(feed, word, row.client, row.client_name)
                if owner.record is not None:
                    key: tuple[str, ...] = (owner.record.slug,)
                else:
                    key = ("", row.client, row.client_name)
                by_owner.setdefault(key, (owner, []))[1].append(row)
        for owner, rows in by_owner.values():
            found = [Thing(feed, owner, same) for same in gathered(rows)]
            if owner.record is not None:
                find(found, self.entries(owner.record, feed), systems(feed))
            yield from found

    def entries(self, record: Record, feed: Feed) -> Entries:
        """What the rows of a feed may be in a record."""
        named = product(feed)
        known = named if not named or named in self._products else OTHER
        key = (record.slug, known, feed.setup or "")
        if key not in self._entries:
            self._entries[key] = Entries(record, setups_of(record, feed, known), self._each)
        return self._entries[key]
