"""What is asked of the things that exports show: whom it is asked of, and what somebody has decided to let be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from runbooks.findings import Place, Problem
from runbooks.fleet import Fleet, Record
from runbooks.inventory.feeds import Feed, Ignore
from runbooks.matching import Target, Thing, folded, matched
from runbooks.matching.feeds import product

GONE: Final = ("prospect", "former")
"""Who is no client of today: of these nothing is asked but that nothing reports any more."""


def odd(fleet: Fleet) -> Iterator[Thing]:
    """What the exports of today show and no record has without doubt, but for what is let be."""
    yield from heeded(matched(fleet).odd, fleet)


def heeded(things: Iterable[Thing], fleet: Fleet) -> Iterator[Thing]:
    """Things without those that are let be on the day."""
    let_be = ignored(fleet)
    for thing in things:
        if not let_be or ignore_of(thing, let_be) is None:
            yield thing


def is_asked(thing: Thing) -> bool:
    """Whether something is protected today, and it is known for which client of today."""
    record = thing.owner.record
    return record is not None and record.client.status not in GONE and not thing.retired


def standing(fleet: Fleet, name: str, compute: Callable[[Thing, Fleet], Iterable[Problem]]) -> Iterator[Problem]:
    """What is wrong with each thing whatever the day, found once for all days; without what is let be on this one."""

    def found(same: Fleet) -> tuple[tuple[Thing, Problem], ...]:
        every = filter(is_asked, matched(same).things)
        return tuple((thing, problem) for thing in every for problem in compute(thing, same))

    let_be = ignored(fleet)
    for thing, problem in fleet.always(name, found):
        if not let_be or ignore_of(thing, let_be) is None:
            yield problem


def ignored(fleet: Fleet) -> Mapping[str, tuple[Ignore, ...]]:
    """What is let be on the day, by the id of the feed."""
    return fleet.once("ignored", _ignored)


def _ignored(fleet: Fleet) -> Mapping[str, tuple[Ignore, ...]]:
    found: dict[str, tuple[Ignore, ...]] = {}
    for one in fleet.inventory.ignores:
        if one.until >= fleet.as_of:
            found[one.feed] = (*found.get(one.feed, ()), one)
    return found


def ignore_of(thing: Thing, let_be: Mapping[str, tuple[Ignore, ...]]) -> Ignore | None:
    """Why a thing is let be; nothing where nobody said so."""
    return next((one for one in let_be.get(thing.feed.id, ()) if is_meant(one, thing)), None)


def is_meant(one: Ignore, thing: Thing) -> bool:
    """Whether an entry of `ignore` is about a thing."""
    record, wanted = thing.owner.record, folded(one.item)
    theirs = one.client in (None, record.slug if record else folded(thing.first.client))
    return theirs and any(wanted in (folded(row.name), folded(row.key), folded(row.job)) for row in thing.rows)


def is_sure(record: Record) -> bool:
    """Whether all that a record says about what is protected could be read: else something may be in it unseen."""
    client = record.client
    if client.unreadable:
        return False
    if not client.doubtful:
        return True
    named = ("items", "product", "product_name", "id", "defaults", "jobs")
    return not any(
        (path[:1] == ("setups",) and (len(path) < 3 or path[2] in named)) or path == () for path in client.doubts
    )


def place(target: Target, *keys: str) -> Place:
    """Where an item or a job stands in its record, or a value of it."""
    return target.record.document.place(target.entry.at(*keys))


def feed_place(fleet: Fleet, feed: Feed, *keys: str) -> Place:
    """Where a feed stands in feeds.yml, or a value of it."""
    document = fleet.inventory.document
    return document.place(feed.at(*keys)) if document else Place("inventory/feeds.yml")


def product_name(feed: Feed, fleet: Fleet) -> str:
    """The product that a feed speaks of, as people call it; the feed itself where it speaks of any."""
    entry = fleet.catalogue.products.get(product(feed))
    return entry.product.name if entry else f"the feed {feed.id}"


def whose(feed: Feed, fleet: Fleet) -> str:
    """The client that a feed fixes, where there is one."""
    return feed.client if feed.client is not None and feed.client in fleet.by_slug else ""
