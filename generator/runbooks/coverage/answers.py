"""What is asked of a record for each section of a runbook: one answer for each thing, whether it is there."""

from __future__ import annotations

from collections.abc import Iterator

from runbooks import copies as worth
from runbooks.days import later
from runbooks.fleet import Fleet, Record
from runbooks.records.setup import Setup
from runbooks.rules.recoverability.restores import asked_for_restore, is_proven
from runbooks.rules.recoverability.scope import ours, touched


def contacts(record: Record, _fleet: Fleet) -> Iterator[bool]:
    """Somebody can be called; somebody may decide, or approve spending."""
    contacts = record.client.contacts
    yield any(one.phone or one.private_ref or one.email for one in contacts)
    yield any("decision_maker" in one.roles or one.approves_up_to is not None for one in contacts)


def agreements(record: Record, _fleet: Fleet) -> Iterator[bool]:
    """Without an agreement it is for the rules to say whether the client's answer is on file."""
    return (True for _ in record.client.agreements)


def items(record: Record, _fleet: Fleet) -> Iterator[bool]:
    """Each set-up lists what it protects."""
    return (bool(setup.items) for setup in record.client.setups)


def jobs(record: Record, _fleet: Fleet) -> Iterator[bool]:
    """Each set-up that we work on has jobs."""
    return (bool(setup.jobs) for setup in touched(record.client))


def copies(record: Record, fleet: Fleet) -> Iterator[bool]:
    """Each copy says on what and where it lies."""
    client, policy = record.client, fleet.policy
    if not client.setups:
        return
    sites = worth.sites(client.setups)
    for copy in client.copies:
        yield worth.medium(copy, policy) is not None and worth.location(copy, sites, policy) is not None
    if not client.copies:
        yield False


def keys(record: Record, _fleet: Fleet) -> Iterator[bool]:
    """The key of each encrypted copy, and the logins of each set-up that we work on."""
    yield from (copy.encryption.key_ref is not None for copy in record.client.copies if copy.encryption)
    yield from (bool(setup.credentials) for setup in touched(record.client))


def steps(record: Record, _fleet: Fleet) -> Iterator[bool]:
    """Each set-up that we look after says how it was made."""
    return (bool(setup.steps) for setup in ours(record.client))


def tests(record: Record, fleet: Fleet) -> Iterator[bool]:
    """From each set-up of which that is asked a restore worked lately."""
    return (is_proven(setup, fleet) for setup in tested(record, fleet))


def tested(record: Record, fleet: Fleet) -> Iterator[Setup]:
    """The set-ups of which a restore test is asked."""
    return (setup for setup in ours(record.client) if asked_for_restore(record.client, setup, fleet)[0])


def review(record: Record, fleet: Fleet) -> Iterator[bool]:
    """Somebody compared the record with reality within the time allowed, and within the one aimed at."""
    reviewed, limits = record.client.reviewed, fleet.policy.thresholds
    for days in (limits.review_limit_days, limits.review_days):
        yield reviewed is not None and later(reviewed.on, days) >= fleet.as_of
