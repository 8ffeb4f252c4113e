"""What is in our consoles and nobody pays for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from runbooks.entitlement import entitlement, renewal_pending
from runbooks.findings import Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.matching import Thing, folded, matched
from runbooks.records.setup import Setup
from runbooks.rules.inventory.scope import heeded
from runbooks.rules.registry import rule
from runbooks.unpaid import counted, undecided, watching

WATCHING: Final = frozenset({"backup-radar-json"})
"""The formats of products that do nothing but watch: what is in their export is watched."""


@dataclass(slots=True)
class _Free:
    """What of one client is in the exports without an agreement: its names, the first of them, and the set-ups."""

    first: Thing
    names: set[str] = field(default_factory=set)
    setups: dict[str, Setup] = field(default_factory=dict)


@rule("INV012", "monitored-without-entitlement", subject="policy", of_clients=True)
def monitored_without_entitlement(fleet: Fleet) -> Iterator[Problem]:
    """What reports to our consoles is paid for.

    A device in the console raises its alerts there, and somebody reads them: that is the favour that nobody decided on.
    Counted is what the exports show of set-ups for which no agreement in force gives any service; of products that only
    watch, such as Backup Radar, also what is covered, but not for monitoring. The cost is that of `cost` in policy.yml.

    Mend: have the agreement signed, or take the devices out of the console. While sales renews it, it is a warning.
    """
    found: dict[str, _Free] = {}
    for (slug, *_), theirs in fleet.always("in the console", _in_the_console).items():
        setup = _free(theirs[0], fleet.by_slug[slug], fleet)
        for thing in heeded(theirs, fleet) if setup is not None else ():
            one = found.setdefault(slug, _Free(thing))
            one.names.add(folded(thing.words))
            if setup is not None:
                one.setups[setup.id] = setup
    for slug, one in found.items():
        yield _told(fleet.by_slug[slug], one, fleet)


def _in_the_console(fleet: Fleet) -> Mapping[tuple[str, str, str, bool], list[Thing]]:
    """What the exports show, by client and set-up; what is in no set-up by the feed. Of these one answer holds."""
    found: dict[tuple[str, str, str, bool], list[Thing]] = {}
    for thing in matched(fleet).things:
        record = thing.owner.record
        if record is not None and not thing.retired and not thing.is_job:
            setup = thing.target.setup.id if thing.target else ""
            where = (record.slug, setup, "" if setup else thing.feed.id, thing.feed.format in WATCHING)
            found.setdefault(where, []).append(thing)
    return found


def _free(thing: Thing, record: Record, fleet: Fleet) -> Setup | None:
    """The set-up that a thing belongs to, or the first that it may belong to, where nobody pays for any of them."""
    if undecided(record.client):
        return None
    asked = (thing.target.setup,) if thing.target else thing.setups or record.client.setups
    watched = thing.feed.format in WATCHING
    return asked[0] if asked and not any(_given(record, one, fleet, watched=watched) for one in asked) else None


def _given(record: Record, setup: Setup, fleet: Fleet, *, watched: bool) -> bool:
    if setup.doubtful:
        return True
    found = entitlement(record.client, setup, fleet.policy, fleet.as_of)
    return found.offered != "none" if watched else bool(found.grants)


def _told(record: Record, one: _Free, fleet: Fleet) -> Problem:
    number = len(one.names)
    effort = watching(number, fleet.policy.cost).words(fleet.policy)
    pending = all(renewal_pending(record.client, setup, fleet.policy, fleet.as_of) for setup in one.setups.values())
    setup = next(iter(one.setups.values()))
    verb = "is" if number == 1 else "are"
    return Problem(
        record.document.place(setup.at("id")),
        f"{counted(number, 'thing')} of {record.client.client} {verb} in the export of {one.first.feed.id}, "
        f"and no agreement in force pays for it: {effort}",
        "have the agreement signed, or take the devices out of the console",
        ((one.first.first.place, "the first of them"),),
        severity=Severity.WARNING if pending else None,
        client=record.slug,
        about="in the console",
    )
