"""What the records have and the exports of today do not show, and groups of another number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from runbooks.days import later
from runbooks.findings import At, Place, Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.matching import Thing, matched
from runbooks.matching.reach import Expected, expected, last_shown, number
from runbooks.records.setup import Item, Job, Setup
from runbooks.rules.inventory.scope import GONE, heeded, place
from runbooks.rules.recoverability.scope import listed
from runbooks.rules.registry import rule
from runbooks.unpaid import counted


@rule("INV003", "documented-but-absent", Severity.WARNING, subject="policy", of_clients=True)
def documented_but_absent(fleet: Fleet) -> Iterator[Problem]:
    """What a record says is protected is in the exports of its product.

    A record of a device that is gone is a lie, and one that silently fell out of the backup is worse. It is a warning
    at first, because machines are renamed and laptops travel; after `absent_days` days it is an error. These count from
    the last export that had it (files whose names differ by the day alone are kept for that), or from `added_on` where
    that is later. Without either it stays a warning, because nobody can say since when.

    A feed that could not be read in full says nothing of what is missing in it. A tenant, a database or a share is
    asked only of feeds that show such things.

    Mend: set retired_on when it is gone; correct the name or the id when it goes by another; mend the backup when it
    fell out of it.
    """
    days = last_shown(fleet)
    for one in expected(fleet):
        if not one.living and _is_asked(one, fleet):
            yield _absent(one, days.get(id(one.target.entry)), fleet)


def _is_asked(one: Expected, fleet: Fleet) -> bool:
    client, entry = one.target.record.client, one.target.entry
    if client.status in GONE or entry.doubtful or client.unreadable or client.doubtful_at("status"):
        return False
    if not isinstance(entry, Item):
        return True
    gone = entry.retired_on is not None and entry.retired_on <= fleet.as_of
    to_come = entry.added_on is not None and entry.added_on > fleet.as_of
    return not gone and not to_come


def _absent(one: Expected, shown: date | None, fleet: Fleet) -> Problem:
    entry, newest = one.target.entry, [current.newest for current in one.feeds]
    added = entry.added_on if isinstance(entry, Item) else None
    since = max((day for day in (shown, added) if day), default=None)
    limit = fleet.policy.thresholds.absent_days
    late = since is not None and later(since, limit) < fleet.as_of
    feeds = listed(current.feed.id for current in one.feeds)
    what = one.target.words if isinstance(entry, Item) else f"the job {one.target.words}"
    if one.shown:
        said = "calls it retired" if any(thing.retired for thing in one.shown) else "says that nothing protects it"
        words = f"by the record {what} is protected, and in {feeds} the product {said}"
    else:
        words = f"by the record {what} is protected, and the exports of {feeds} do not show it"
    if shown is not None:
        words += f"; the last that did is of {shown}"
    if late:
        words += f", more than {limit} days ago" if since == shown else f"; it should have been since {since}"
    related: tuple[tuple[At, str], ...] = tuple((Place(file.file), "the newest export") for file in newest[:3])
    return Problem(
        place(one.target),
        words,
        "set retired_on when it is gone, correct its name or id, or mend the backup when it fell out of it",
        related,
        severity=Severity.ERROR if late else None,
        client=one.target.record.slug,
        about=f"{one.target.setup.id} {entry.key if isinstance(entry, Item) else one.target.words}",
    )


@rule("INV020", "unexpected-number", Severity.WARNING, subject="policy", of_clients=True, profile="standard")
def unexpected_number(fleet: Fleet) -> Iterator[Problem]:
    """A group has as many members as the record expects.

    A new hire's mailbox does not turn the run red, and is not passed over either: what is paid for and what is restored
    depend on the number.

    Mend: write the new number under expected, or find out what is missing.
    """
    for one in expected(fleet):
        entry = one.target.entry
        if not one.target.is_group or not isinstance(entry, Item) or not one.living or not _is_asked(one, fleet):
            continue
        count = number(one)
        if count != entry.expected:
            feeds = listed(current.feed.id for current in one.feeds)
            yield Problem(
                place(one.target, "expected"),
                f"{entry.match}: {entry.expected} are expected, and {feeds} shows {count}",
                "write the new number, or find out what is missing",
                ((one.living[0].first.place, "the first of them"),),
                client=one.target.record.slug,
                about=f"{one.target.setup.id} {entry.key}",
            )


@rule("INV007", "retired-still-reporting", subject="policy", of_clients=True)
def retired_still_reporting(fleet: Fleet) -> Iterator[Problem]:
    """What a record calls retired is no longer in the product, nor is anything of a client who has left.

    Somebody still pays for it, and its alerts still come; or it was never retired, and the record is wrong. What the
    product itself calls retired, or archived, is at rest.

    Mend: remove it from the product as the procedure says, or take retired_on out.
    """
    left: dict[tuple[str, str], list[Thing]] = {}
    retired: dict[tuple[int, str], list[Thing]] = {}
    for thing in heeded(matched(fleet).leaving, fleet):
        record, target = thing.owner.record, thing.target
        if record is None or thing.retired:
            continue
        if record.client.status == "former":
            left.setdefault((record.slug, thing.feed.id), []).append(thing)
        elif target is not None and _has_gone(target.entry, fleet.as_of):
            retired.setdefault((id(target.entry), thing.feed.id), []).append(thing)
    yield from (_retired(same) for same in retired.values())
    yield from (_left(fleet.by_slug[slug], same) for (slug, _), same in left.items())


def _has_gone(entry: Item | Job | Setup, day: date) -> bool:
    gone = entry.retired_on if isinstance(entry, Item) and not entry.doubtful else None
    return gone is not None and gone <= day


def _retired(same: list[Thing]) -> Problem:
    first, target = same[0], same[0].target
    assert target is not None
    assert isinstance(target.entry, Item)
    shown, one = listed(thing.words for thing in same), len(same) == 1
    since, feed = target.entry.retired_on, first.feed.id
    return Problem(
        place(target, "retired_on"),
        f"{shown} {'is' if one else 'are'} retired since {since}, and {feed} still shows {'it' if one else 'them'}",
        "remove it from the product, or take retired_on out",
        ((first.first.place, "here"),),
        client=target.record.slug,
        about=f"{target.setup.id} {target.entry.key} {first.feed.id}",
    )


def _left(record: Record, same: list[Thing]) -> Problem:
    name, feed = record.client.client, same[0].feed.id
    return Problem(
        record.document.place(("status",)),
        f"{name} is no client any more, and the feed {feed} still shows {counted(len(same), 'thing')} of it",
        "remove them from the product, or correct the status",
        ((same[0].first.place, "the first of them"),),
        client=record.slug,
        about=feed,
    )
