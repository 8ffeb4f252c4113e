"""Everything that a change means, for one site at two times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from runbooks.changes.contracts import contracts
from runbooks.changes.decisions import catalogue, policy, templates, waivers
from runbooks.changes.notes import Named, Note, few, note
from runbooks.changes.pairs import Pair, Side, differing, pairs
from runbooks.changes.people import people
from runbooks.changes.protection import protection, recoverability
from runbooks.changes.sheets import handwritten, sheets
from runbooks.changes.watching import watching
from runbooks.entitlement import remembered
from runbooks.findings import Finding
from runbooks.revisions import Earlier, Revision, own_templates

TOLD: Final = frozenset({"client", "status", "contacts", "agreements", "setups", "copies"})
"""The keys of a record that have words of their own."""


@dataclass(frozen=True)
class Changes:
    """What a change means, the most important first.

    `fresh` and `gone` are findings; their notes are among the others. `percent` is how much of all runbooks was and is
    documented. `commit` is what the files were compared with.
    """

    revision: str
    commit: str
    as_of: date
    notes: tuple[Note, ...]
    fresh: tuple[Finding, ...] = ()
    gone: tuple[Finding, ...] = ()
    percent: tuple[int | None, int | None] = (None, None)


def compare(revision: Revision, old: Earlier, after: Side, new: Iterable[Finding]) -> Changes:
    """Everything that is different now from what it was at a revision. `new` are the findings that were not there."""
    before = Side(old.fleet, old.report)
    both = pairs(before.fleet, after.fleet)
    with remembered():
        mine = [found for pair in both for found in _grouped(pair, before, after)]
    fresh, gone = _findings(before, after, both, new)
    unmoved = {pair.record.slug for pair in both if pair.same}
    mine += [(_told(one, after, new=True), one.client in unmoved) for one in fresh]
    mine += [(_told(one, before, new=False), one.client in unmoved) for one in gone]
    notes = [
        *_together(mine),
        *policy(before, after),
        *waivers(before, after),
        *catalogue(before, after),
        *templates(old.templates, own_templates(after.fleet.root)),
        *handwritten(before, after),
        *_coverage(before, after, both),
    ]
    percent = before.report.coverage.percent, after.report.coverage.percent
    ordered = tuple(sorted(notes, key=lambda one: one.order))
    return Changes(revision.name, revision.commit, after.fleet.as_of, ordered, tuple(fresh), tuple(gone), percent)


def _grouped(pair: Pair, before: Side, after: Side) -> Iterator[tuple[Note, bool]]:
    """The notes about a client, each with whether it comes from elsewhere: its own record says what it said before."""
    decided = before.fleet.policy_document.data != after.fleet.policy_document.data
    made = before.fleet.catalogue is not after.fleet.catalogue and _catalogue_differs(before, after)
    sides = [side.report.blocked_clients for side in (before, after)]
    if pair.same and not decided and not made and len({pair.record.slug in one for one in sides}) == 1:
        return
    found = [*watching(pair, before, after), *sheets(pair, before, after), *recoverability(pair, before, after)]
    if not pair.same:
        found += [*_client(pair), *contracts(pair), *people(pair, after.fleet.policy), *protection(pair)]
        found += _rest(pair)
    yield from ((one, pair.same) for one in found)


def _catalogue_differs(before: Side, after: Side) -> bool:
    return after.fleet.once("catalogue against before", lambda _: any(True for _ in catalogue(before, after)))


def _together(notes: Iterable[tuple[Note, bool]]) -> Iterator[Note]:
    """Notes that say the same of clients whose records did not change, as one: it is something else that moves them."""
    alike: dict[Note, list[Note]] = {}
    for one, moved in notes:
        if moved:
            alike.setdefault(replace(one, clients=(), file=""), []).append(one)
        else:
            yield one
    for shared, each in alike.items():
        clients = dict.fromkeys(client for one in each for client in one.clients)
        yield each[0] if len(each) == 1 else replace(shared, clients=tuple(clients))


def _client(pair: Pair) -> Iterator[Note]:
    """A client that is new, gone, renamed, or stands elsewhere with us."""
    was, will = pair.before, pair.after
    if was is None or will is None:
        words = f"the client is {'new' if will else 'gone'} ({pair.record.client.status})"
        yield note("clients", "new" if will else "removed", words, pair.named, file=pair.record.file)
        return
    old, new = was.client.client, will.client.client
    if was.slug != will.slug or (old != new and not will.client.doubtful_at("client")):
        words = f"renamed from {old} ({was.slug}) to {new} ({will.slug})"
        yield note("clients", "moved", words, pair.named, file=will.file, before=was.slug, after=will.slug)
    if was.client.status != will.client.status:
        old, new = was.client.status, will.client.status
        words = f"the status is {new} instead of {old}"
        yield note("clients", "changed", words, pair.named, file=will.file, before=old, after=new)


def _rest(pair: Pair) -> Iterator[Note]:
    """The parts of a record that changed and have no words of their own: nothing is passed over."""
    if pair.before is None or pair.after is None:
        return
    keys = differing(pair.before.client, pair.after.client, TOLD)
    if keys:
        yield note("other", "changed", f"{few(keys)} changed", pair.named, file=pair.after.file)
    elif pair.before.client.doubts != pair.after.client.doubts:
        words = "the record is read differently: something in it could not be read, or can be now"
        yield note("other", "changed", words, pair.named, file=pair.after.file)


def _findings(
    before: Side, after: Side, both: Iterable[Pair], new: Iterable[Finding]
) -> tuple[list[Finding], list[Finding]]:
    """What is found now and was not, and the other way round. A finding goes with its client to another short name."""
    moved = {pair.before.slug: pair.after.slug for pair in both if pair.before and pair.after}
    known = {one.fingerprint for one in after.report.findings}
    fresh = list(new)
    gone = [one for one in before.report.findings if one.fingerprint not in known]
    renamed = {was for was, will in moved.items() if was != will}
    left = {_shape(one, moved) for one in gone if one.client in renamed}
    stayed = {_shape(one, {}) for one in fresh} & left
    fresh = [one for one in fresh if _shape(one, {}) not in stayed]
    gone = [one for one in gone if one.client not in renamed or _shape(one, moved) not in stayed]
    return sorted(fresh, key=lambda one: (-one.severity, one.order)), sorted(gone, key=lambda one: one.order)


def _shape(one: Finding, moved: dict[str, str]) -> tuple[object, ...]:
    return one.code, moved.get(one.client, one.client), one.path, one.severity


def _told(one: Finding, side: Side, *, new: bool) -> Note:
    words = f"{one.severity}: {one.message} [{one.code} {one.name}]"
    record = side.fleet.by_slug.get(one.client)
    whom = Named(one.client, record.client.client) if record else None
    file = f"{one.place.file}:{one.place.line}"
    return note("new findings" if new else "findings gone", "new" if new else "removed", words, whom, file=file)


def _coverage(before: Side, after: Side, both: Iterable[Pair]) -> Iterator[Note]:
    """How much is documented, of all and of each client of whom that changes."""
    old, new = before.report.coverage, after.report.coverage
    if old.percent != new.percent:
        was, will = _percent(old.percent), _percent(new.percent)
        less = (new.percent or 0) < (old.percent or 0)
        words = f"all runbooks: {will} documented, before {was}"
        yield note("coverage", "lost" if less else "gained", words, before=was, after=will)
    for pair in both:
        if pair.after is None:
            continue
        was_one = old.clients.get(pair.before.slug) if pair.before else None
        will_one = new.clients.get(pair.after.slug)
        before_percent = was_one.percent if was_one else None
        percent = will_one.percent if will_one else None
        if before_percent != percent:
            was, will = _percent(before_percent), _percent(percent)
            less = (percent or 0) < (before_percent or 0)
            words = f"{will} documented, before {was}" if pair.before else f"{will} documented"
            yield note("coverage", "less" if less else "more", words, pair.named, before=was, after=will)


def _percent(number: int | None) -> str:
    return "nothing" if number is None else f"{number}%"
