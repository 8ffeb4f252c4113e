"""Devices: how many are watched, and for how many the client pays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeAlias

from runbooks.entitlement import entitlement, turns
from runbooks.findings import At, Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.policy import Policy
from runbooks.records.agreement import Agreement
from runbooks.records.client import LEVELS, Client
from runbooks.records.setup import Item, Setup
from runbooks.rules.registry import rule

Pool: TypeAlias = frozenset[str]
"""The ids of the agreements that give the monitoring of a set-up."""


def _devices(record: Record, policy: Policy) -> Iterator[date]:
    yield from turns(record.client)
    for setup in record.client.setups:
        for item in setup.items:
            yield from (day for day in (item.added_on, item.retired_on) if day)


@rule("AGR028", "more-devices-than-paid", profile="standard", days=_devices)
def more_devices_than_paid(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """No more devices are watched than the agreement includes.

    Devices are added one at a time, and the agreement stays as it was signed. Counted are the items of the set-ups
    that are watched, by kind: a group by the number expected, a device in two set-ups once, a retired one not at all.
    An agreement without `includes` sets no limit. One that has it is taken to list everything it pays for, so a kind
    it does not name is a warning.

    Mend: have the agreement changed and write the new number, or take the device out of monitoring.

    Bad:

        agreements:
          - id: AGR-1
            type: full
            covers: [backup, monitoring]
            includes: {server: 1}
            starts: 2026-01-01
            open_ended: true
            billing: {every: month}
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}, {name: SRV2, kind: server}]
        monitoring: {level: full}

    Good:

        agreements:
          - id: AGR-1
            type: full
            covers: [backup, monitoring]
            includes: {server: 2}
            starts: 2026-01-01
            open_ended: true
            billing: {every: month}
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}, {name: SRV2, kind: server}]
        monitoring: {level: full}
    """
    client = record.client
    if not any(agreement.includes for agreement in client.agreements):
        return
    limited = list(_limited(client, fleet))
    pools = {pool for _, pool in limited}
    pools |= {frozenset[str]().union(*pools)} if pools else set()
    told = set[str]()
    for pool in sorted(pools, key=lambda ids: (len(ids), sorted(ids))):
        paying = [agreement for agreement in client.agreements if agreement.id in pool]
        setups = [setup for setup, own in limited if own <= pool]
        for kind, items in _by_kind(setups, fleet.as_of).items():
            problem = _surplus(kind, items, paying) if kind not in told else None
            if problem:
                told.add(kind)
                yield problem


def _limited(client: Client, fleet: Fleet) -> Iterator[tuple[Setup, Pool]]:
    """The set-ups that are watched under agreements that all say how many devices they include."""
    for setup in client.setups:
        found = entitlement(client, setup, fleet.policy, fleet.as_of)
        if found.monitoring == "none":
            continue
        enough = LEVELS.index(found.monitoring)
        ids = frozenset(
            grant.agreement
            for grant in found.grants
            if grant.service == "monitoring" and LEVELS.index(grant.level) >= enough
        )
        if all(agreement.includes for agreement in client.agreements if agreement.id in ids):
            yield setup, ids


def _by_kind(setups: Iterable[Setup], as_of: date) -> dict[str, list[Item]]:
    """The items that are watched on that day by kind, a device that stands in two set-ups once."""
    found: dict[str, dict[str, Item]] = {}
    for setup in setups:
        for item in setup.items:
            kind = item.kind or setup.defaults.kind
            gone = item.retired_on is not None and item.retired_on <= as_of
            to_come = item.added_on is not None and item.added_on > as_of
            if kind is not None and not gone and not to_come:
                found.setdefault(kind, {}).setdefault((item.match or item.name or item.key).casefold(), item)
    return {kind: list(items.values()) for kind, items in found.items()}


def _surplus(kind: str, items: list[Item], paying: list[Agreement]) -> Problem | None:
    naming = [agreement for agreement in paying if kind in agreement.includes]
    paid = sum(count for agreement in naming for name, count in agreement.includes.items() if name == kind)
    counted, first = 0, None
    for item in items:
        counted += item.expected or 0 if item.match else 1
        first = item if first is None and counted > paid else first
    if first is None:
        return None
    names = " and ".join(agreement.id for agreement in paying)
    related: tuple[tuple[At, str], ...] = ((first.at(), "the first that is not paid for"),)
    if naming:
        words = f"{kind}: {counted} are watched, and {names} includes {paid}"
        return Problem(naming[0].at("includes", kind), words, "change the agreement, or watch fewer", related)
    words = f"{kind}: {counted} are watched, and {names} does not say that it includes any"
    at, help_words = paying[0].at("includes"), f"add {kind} with its number, or watch fewer"
    return Problem(at, words, help_words, related, severity=Severity.WARNING, about=kind)
