"""Why something that an export shows is not written into a record, in words, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from runbooks.findings import Place, Problem
from runbooks.fleet import Fleet, Record
from runbooks.inventory.feeds import FILE
from runbooks.matching import Target, Thing
from runbooks.matching.feeds import external_id
from runbooks.matching.reach import expected, number
from runbooks.records.setup import Item
from runbooks.rules.inventory.scope import GONE, ignore_of, ignored, place
from runbooks.rules.inventory.undocumented import is_left_out
from runbooks.rules.recoverability.scope import listed


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a thing is not adopted. `known` when nothing is amiss: a record has it, or it is let be."""

    reason: str
    known: bool = False


def verdict(thing: Thing, fleet: Fleet) -> Verdict | None:
    """Why a thing is not adopted; None where it may be."""
    record = thing.owner.record
    if thing.retired:
        return Verdict("the product itself says that it no longer protects it", known=True)
    let_be = ignore_of(thing, ignored(fleet))
    if let_be is not None:
        return Verdict(f"{FILE} lets it be until {let_be.until}: {let_be.reason}", known=True)
    if record is None:
        return Verdict(_nobody(thing))
    status = record.client.status
    if status in GONE:
        words = f"{record.slug} is {status}: correct the status, or remove it from the product"
        return Verdict(words, known=status == "prospect")
    if thing.ambiguous:
        return Verdict("it could be more than one thing (INV013): write its id under external_ids of the right one")
    if thing.target is not None:
        return _there(thing.target, fleet)
    if record.problems:
        return Verdict(_unfit(record))
    if is_left_out(thing, record):
        words = "by the record it is not protected: take it out of unprotected first, where that is no longer so"
        return Verdict(words, known=True)
    if thing.unprotected:
        return Verdict("nothing protects it: protect it, or write it under unprotected, with the reason and who agreed")
    return None


def _nobody(thing: Thing) -> str:
    if thing.owner.several:
        slugs = listed(one.slug for one in thing.owner.several)
        return f"its client could be {slugs}: write the id of the client under external_ids of the right one"
    row, key = thing.first, external_id(thing.feed)
    called = row.client_name or row.client
    if not called:
        return "the export does not say whose it is: name the client in the feed"
    by_id = f'its id under external_ids ({key}: "{row.client}"), or ' if key and row.client else ""
    return f"no record has the client {called}: write the record, or {by_id}the name under aliases"


def _there(target: Target, fleet: Fleet) -> Verdict:
    """What is said of something that a record has."""
    entry = target.entry
    if isinstance(entry, Item) and entry.retired_on is not None and entry.retired_on <= fleet.as_of:
        words = f"retired since {entry.retired_on} by the record: remove it from the product, or take retired_on out"
        return Verdict(words)
    if isinstance(entry, Item) and target.is_group:
        words = f"it belongs to the group {entry.match} of {target.setup.id}, of which only the number is written down"
        return Verdict(words, known=True)
    return Verdict(f"it is in the record already: {place(target)}", known=True)


def miscounted(fleet: Fleet, things: Iterable[Thing]) -> Iterator[tuple[Thing, Verdict]]:
    """The groups of these things that have another number of members than expected: a member, and what to do."""
    meant = {id(thing) for thing in things}
    for one in expected(fleet):
        entry, members = one.target.entry, [thing for thing in one.living if id(thing) in meant]
        if not isinstance(entry, Item) or not one.target.is_group or not members:
            continue
        count = number(one)
        if count != entry.expected:
            words = (
                f"it belongs to the group {entry.match} of {one.target.setup.id}, which has {count} members and "
                f"{entry.expected} expected: write the new number under expected, or find out which is too many"
            )
            yield members[0], Verdict(words)


def _unfit(record: Record) -> str:
    first: Problem = min(record.problems, key=lambda one: _place(record, one))
    return f"the record has to be mended first: {_place(record, first)}: {first.message.rstrip('.')}"


def _place(record: Record, problem: Problem) -> Place:
    at = problem.at
    if isinstance(at, Place):
        return at
    return record.document.key_place(at) if problem.on_key else record.document.place(at)
