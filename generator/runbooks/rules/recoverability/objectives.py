"""RPO and RTO: said for every item, and not contradicted by the schedule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache

from runbooks.copies import Owned, Protected
from runbooks.findings import KeyPath, Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.grammar import (
    WEEKDAY_HOURS,
    Hours,
    business_hours,
    duration,
    duration_text,
    longest_working_gap,
    schedule,
)
from runbooks.policy import Policy
from runbooks.records.client import Client
from runbooks.records.setup import Item, Setup
from runbooks.rules.recoverability.scope import listed, live_items, ours, retirements, things, touched, unread
from runbooks.rules.registry import rule

Gap = tuple[timedelta, Owned]
"""The longest time without a backup, and the job that leaves it."""


@rule("BKP003", "rpo-shorter-than-schedule", profile="standard", days=retirements)
def rpo_shorter_than_schedule(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """The RPO of an item is no shorter than the longest time between two backups of it.

    An RPO of four hours with a backup each night is a contradiction: one of the two is not meant. Of several jobs the
    one that leaves the shortest gap counts; a copy job brings nothing new back, so it does not; `after JOB` runs as
    often as that job. A schedule that does not say when it runs (by vendor, when connected) is not judged. With
    `rpo_counts: business_hours` in policy.yml only the client's business_hours count; where their text cannot be
    read, or there is none, Monday to Friday counts, the whole day.

    Mend: back up more often, or agree on an RPO that the schedule keeps.

    Bad:

        copies: [{id: shelf, medium: tape}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server, rpo: 4h}]
            jobs: [{name: Nightly, items: [srv1], to: shelf, schedule: daily at 22:00, keeps: {daily: 30}}]

    Good:

        copies: [{id: shelf, medium: tape}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server, rpo: 24h}]
            jobs: [{name: Nightly, items: [srv1], to: shelf, schedule: daily at 22:00, keeps: {daily: 30}}]
    """
    client = record.client
    counted = fleet.policy.rpo_counts == "business_hours"
    if counted and client.doubtful_at("business_hours"):
        return
    hours = counted_hours(client, fleet.policy)
    late: dict[KeyPath, list[tuple[Item, str, Gap]]] = {}
    known: dict[int, Gap | None] = {}
    for setup, item, thing in _asked(record, fleet):
        rpo = item.rpo or setup.defaults.rpo
        gap = _once(thing, hours, known) if rpo else None
        if rpo and gap and gap[0] > duration(rpo):
            late.setdefault(item.at("rpo") if item.rpo else setup.defaults.at("rpo"), []).append((item, rpo, gap))
    for at, found in late.items():
        length, (_, job) = max((gap for _, _, gap in found), key=lambda gap: gap[0])
        names = listed(item.name or item.key for item, _, _ in found)
        yield Problem(
            at,
            f"the RPO of {names} is {found[0][1]}, but up to {duration_text(length)}"
            f"{' of business hours' if hours else ''} pass between two backups ({job.name}: {job.schedule})",
            "back up more often, or agree on an RPO that the schedule keeps",
            ((job.at("schedule"), "the schedule"),),
        )


def counted_hours(client: Client, policy: Policy) -> Hours | None:
    """The hours in which an RPO counts; None when every hour does."""
    if policy.rpo_counts != "business_hours":
        return None
    return business_hours(client.business_hours or "") or WEEKDAY_HOURS


def _asked(record: Record, fleet: Fleet) -> Iterator[tuple[Setup, Item, Protected]]:
    """Every item of the set-ups we look after or work on whose jobs can be read, with the thing it stands for."""
    client = record.client
    asked = {id(setup) for setup in touched(client) if not unread(client, setup, "items", "defaults")}
    unsure = {id(setup) for setup in client.setups if unread(client, setup, "jobs")} if asked else ()
    for thing in things(record, fleet).every if asked else ():
        if not any(id(setup) in unsure for setup, _ in thing.entries):
            yield from ((setup, item, thing) for setup, item in thing.entries if id(setup) in asked)


def shortest_gap(thing: Protected, hours: Hours | None) -> Gap | None:
    """The shortest of the longest gaps that the jobs of a thing leave; None where one of them cannot be told."""
    gaps = [(_gap(setup, job.name, hours), (setup, job)) for setup, job in thing.jobs]
    known = [(gap, owned) for gap, owned in gaps if gap is not None]
    return min(known, key=lambda gap: gap[0]) if known and len(known) == len(gaps) else None


def _once(thing: Protected, hours: Hours | None, known: dict[int, Gap | None]) -> Gap | None:
    """The same; what the same jobs back up has them as one and the same tuple, so each is asked about once."""
    jobs = id(thing.jobs)
    if jobs not in known:
        known[jobs] = shortest_gap(thing, hours)
    return known[jobs]


def _gap(setup: Setup, name: str | None, hours: Hours | None) -> timedelta | None:
    """The longest gap that a job leaves; that of the job it waits for where it runs after one."""
    seen = set[str]()
    while name is not None and name not in seen:
        seen.add(name)
        text = next((job.schedule for job in setup.jobs if job.name == name), None)
        if text is None:
            return None
        gap, name = _of_schedule(text, hours)
        if name is None:
            return gap
    return None


@lru_cache(maxsize=4096)
def _of_schedule(text: str, hours: Hours | None) -> tuple[timedelta | None, str | None]:
    """The longest gap that a schedule leaves, and the job it waits for."""
    stated = schedule(text)
    return longest_working_gap(stated, hours) if hours else stated.longest_gap(), stated.after_job


@rule("BKP010", "schedule-too-rare", Severity.WARNING, profile="standard", days=retirements)
def schedule_too_rare(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """Every item is backed up at least once in schedule_days.

    CIS Control 11.2 asks for automatic backups each week or oftener. Jobs and gaps are counted as for BKP003, by every
    hour of the week; a schedule that does not say when it runs is not judged.

    Mend: run the job more often.

    Bad:

        copies: [{id: shelf, medium: tape}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs: [{name: Monthly, items: [srv1], to: shelf, schedule: monthly on 1 at 22:00, keeps: {monthly: 12}}]

    Good:

        copies: [{id: shelf, medium: tape}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs: [{name: Weekly, items: [srv1], to: shelf, schedule: weekly on Friday at 22:00, keeps: {weekly: 12}}]
    """
    limit = timedelta(days=fleet.policy.thresholds.schedule_days)
    rare: dict[KeyPath, tuple[Gap, list[str]]] = {}
    known: dict[int, Gap | None] = {}
    for _, _, thing in _asked(record, fleet):
        gap = _once(thing, None, known)
        if gap and gap[0] > limit:
            rare.setdefault(gap[1][1].at("schedule"), (gap, []))[1].append(thing.name)
    for at, ((length, (_, job)), names) in rare.items():
        yield Problem(
            at,
            f"up to {duration_text(length)} pass between two backups of {listed(names)} ({job.name}), more than the "
            f"{fleet.policy.thresholds.schedule_days} days that policy.yml allows",
            "run the job more often",
        )


@rule("BKP014", "item-without-rpo", Severity.WARNING, profile="strict", days=retirements)
def item_without_rpo(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """Every item of a set-up that we look after has an RPO and an RTO, its own or the set-up's default.

    How much may be lost and how long it may take is the client's decision, and decides what the backup has to be.
    Where no item of a set-up has one, one finding says so.

    Mend: write rpo and rto under defaults, and at the items that differ.

    Bad:

        setups:
          - id: main
            product: other
            product_name: Tape
            defaults: {rpo: 24h}
            items: [{name: SRV1, kind: server}]

    Good:

        setups:
          - id: main
            product: other
            product_name: Tape
            defaults: {rpo: 24h, rto: 8h}
            items: [{name: SRV1, kind: server}]
    """
    for setup in ours(record.client):
        if unread(record.client, setup, "items", "defaults"):
            continue
        lacking = [(item, gap) for item in live_items(setup, fleet) if (gap := _without(setup, item))]
        if len(lacking) > 1 and len(lacking) == len(live_items(setup, fleet)):
            wanted = " and ".join(name for name in ("RPO", "RTO") if any(name in gap for _, gap in lacking))
            yield Problem(
                setup.at("id"),
                f"no item of the set-up {setup.id} has both RPO and RTO: {wanted} {'are' if ' ' in wanted else 'is'} "
                "not given",
                "write rpo and rto under defaults, and at the items that differ",
            )
        else:
            for item, gap in lacking:
                yield Problem(
                    item.at(),
                    f"{item.name or item.key} has no {' and no '.join(gap)}",
                    f"add {' and '.join(gap).lower()}, here or under the defaults of the set-up",
                )


def _without(setup: Setup, item: Item) -> list[str]:
    own = (("RPO", item.rpo or setup.defaults.rpo), ("RTO", item.rto or setup.defaults.rto))
    return [name for name, value in own if value is None]
