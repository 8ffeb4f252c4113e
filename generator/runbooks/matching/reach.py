"""Which items and jobs of the records the exports have to show, and when they last did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from runbooks.fleet import Fleet, Record
from runbooks.inventory.feeds import Feed
from runbooks.matching.entries import Target
from runbooks.matching.feeds import has_appliances, is_psa, product
from runbooks.matching.names import folded, host
from runbooks.matching.series import Current
from runbooks.matching.things import Thing
from runbooks.matching.whole import Matched, Matching, matched
from runbooks.records.setup import Setup

INSIDE: Final = frozenset({"saas_tenant", "site", "database", "nas_share", "network_config"})
"""The kinds of item that a list of machines or mailboxes does not hold: asked of feeds alone that show such."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A group of a record, or an item or job that no export shows: the feeds that have to, and what they do show."""

    target: Target
    feeds: tuple[Current, ...]
    shown: tuple[Thing, ...]

    @property
    def living(self) -> tuple[Thing, ...]:
        """Those that the product protects today, as far as it says."""
        return tuple(filter(_is_living, self.shown))


@dataclass(frozen=True, slots=True)
class _Shows:
    """What the exports of a feed show: kinds of things, whether things or jobs at all, whose, and their jobs."""

    kinds: frozenset[str]
    things: bool
    jobs: bool
    clients: frozenset[str]
    setups: frozenset[int]
    named: Mapping[str, set[str]]


def expected(fleet: Fleet) -> tuple[Expected, ...]:
    """The groups, and whatever the exports of today have to show and do not, in the order of the records."""
    return fleet.always("expected", lambda same: tuple(_expected(same)))


def _expected(fleet: Fleet) -> Iterator[Expected]:
    found = matched(fleet)
    by_feed: dict[str, list[Thing]] = {}
    for thing in found.things:
        by_feed.setdefault(thing.feed.id, []).append(thing)
    asked: dict[int, list[tuple[Current, _Shows]]] = {}
    setups = {id(setup): (record, setup) for record in fleet.records for setup in record.client.setups}
    for current in found.feeds.values():
        if current.whole and not is_psa(current.feed) and not has_appliances(current.feed):
            shows = _shows(by_feed.get(current.feed.id, ()))
            for setup in _reached(current.feed, shows, fleet):
                asked.setdefault(id(setup), []).append((current, shows))
    for which, (record, setup) in setups.items():
        if which in asked:
            yield from _of_setup(record, setup, asked[which], found)


def _shows(things: Iterable[Thing]) -> _Shows:
    every = tuple(things)
    records = [(thing, thing.owner.record) for thing in every]
    named: dict[str, set[str]] = {}
    for thing, record in records:
        if record is not None:
            named.setdefault(record.slug, set()).update(folded(row.job) for row in thing.rows if row.job)
    return _Shows(
        kinds=frozenset(thing.first.kind for thing in every),
        things=any(not thing.is_job for thing in every),
        jobs=any(thing.is_job for thing in every),
        clients=frozenset(record.slug for _, record in records if record),
        setups=frozenset(id(target.setup) for thing in every for target in (thing.target, *thing.several) if target),
        named=named,
    )


def _reached(feed: Feed, shows: _Shows, fleet: Fleet) -> Iterator[Setup]:
    """The set-ups of which a feed shows everything.

    One that fixes the client: those of its product. One for all clients: those that we look after or work on, and those
    of clients who are in it. One that is about any product: those of which it shows something.
    """
    named = product(feed)
    known = named if not named or named in fleet.catalogue.products else "other"
    for record in fleet.records if feed.client is None else filter(None, (fleet.by_slug.get(feed.client),)):
        for setup in record.client.setups:
            if feed.setup is not None:
                reached = setup.id == feed.setup
            elif not known:
                reached = id(setup) in shows.setups
            else:
                ours = setup.managed_by in ("us", "on_request") or record.slug in shows.clients
                reached = setup.product == known and (feed.client is not None or ours)
            if reached:
                yield setup


def _of_setup(record: Record, setup: Setup, asked: list[tuple[Current, _Shows]], found: Matched) -> Iterator[Expected]:
    for item in setup.items:
        shown = found.shown(item)
        if item.match is None and any(map(_is_living, shown)):
            continue
        kind = item.kind or setup.defaults.kind or ""
        feeds = [one for one, shows in asked if shows.things and (kind not in INSIDE or kind in shows.kinds)]
        if feeds:
            yield Expected(Target(record, setup, item), tuple(feeds), shown)
    lists = tuple(one for one, shows in asked if shows.jobs)
    named = set[str]().union(*(shows.named.get(record.slug, ()) for _, shows in asked)) if lists else set[str]()
    for job in setup.jobs if lists else ():
        # A copy job may be listed elsewhere.
        if job.from_copy is None and folded(job.name) not in named:
            yield Expected(Target(record, setup, job), lists, found.shown(job))


def last_shown(fleet: Fleet) -> Mapping[int, date]:
    """The day of the last export that showed what none shows today, by the identity in memory of the item or job."""
    return fleet.always("last shown", _last_shown)


def _last_shown(fleet: Fleet) -> Mapping[int, date]:
    missing: dict[str, set[int]] = {}
    feeds: dict[str, Current] = {}
    for one in expected(fleet):
        if not one.living:
            for current in one.feeds:
                feeds[current.feed.id] = current
                missing.setdefault(current.feed.id, set()).add(id(one.target.entry))
    days: dict[int, date] = {}
    matching = Matching(fleet)
    for name, current in feeds.items():
        wanted = missing[name]
        for export in current.before:
            if not wanted or export.made_on is None:
                break
            for which in _living(matching.things(current.feed, (export,))) & wanted:
                days[which] = max(days.get(which, date.min), export.made_on)
                wanted.discard(which)
    return days


def _living(things: Iterable[Thing]) -> set[int]:
    return {id(one.target.entry) for one in things if one.target is not None and _is_living(one)}


def _is_living(one: Thing) -> bool:
    return not one.retired and not one.unprotected


def number(one: Expected) -> int:
    """How many things of a group are shown: each name once, and a full name and its host part once together."""
    names = {folded(thing.words) for thing in one.living}
    return len(names - {host(name) for name in names})
