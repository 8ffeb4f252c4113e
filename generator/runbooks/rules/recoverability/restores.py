"""Restore tests: done, passed, in time, and soon due again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Final

from runbooks.days import later
from runbooks.findings import At, Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.grammar import duration
from runbooks.policy import Policy
from runbooks.records.client import Client
from runbooks.records.setup import Item, RestoreTest, Setup
from runbooks.rules.recoverability.scope import live_items, ours, retirements, touched, unread
from runbooks.rules.registry import rule

PROOF: Final = frozenset({"file", "machine", "application", "full", "mailbox"})
"""The kinds of test in which something was restored: a boot check and a talk at a table are none."""

COVERS: Final[Mapping[str, frozenset[str]]] = {
    "file": frozenset({"file", "machine", "full"}),
    "mailbox": frozenset({"mailbox", "full"}),
    "machine": frozenset({"machine", "full"}),
    "application": frozenset({"application", "full"}),
    "full": frozenset({"full"}),
    "boot_check": frozenset({"boot_check", "machine", "full"}),
    "tabletop": frozenset({"tabletop", "full"}),
}
"""Which kinds of test prove what a test of a kind was to prove."""


def asked_for_restore(client: Client, setup: Setup, fleet: Fleet) -> tuple[bool, RestoreTest | None]:
    """Whether a set-up can be asked for a restore, and the newest one that worked."""
    if unread(client, setup, "items", "jobs", "restore_tests") or not (setup.jobs and live_items(setup, fleet)):
        return False, None
    return client.status == "active", newest_proof(setup, fleet.as_of)


def newest_proof(setup: Setup, as_of: date) -> RestoreTest | None:
    """The newest restore of a set-up that worked: a boot check and a talk at a table are none."""
    passed = (one for one in setup.restore_tests if one.on <= as_of and one.result == "pass" and one.kind in PROOF)
    return max(passed, key=lambda one: one.on, default=None)


def is_proven(setup: Setup, fleet: Fleet) -> bool:
    """Whether a restore from a set-up worked within the days that policy.yml asks for."""
    newest = newest_proof(setup, fleet.as_of)
    return newest is not None and later(newest.on, fleet.policy.thresholds.restore_test_days) >= fleet.as_of


def newest_restore(setup: Setup, as_of: date) -> RestoreTest | None:
    """The newest restore of a set-up, whichever way it went; of two on one day the one that failed."""
    tried = (one for one in setup.restore_tests if one.on <= as_of and one.kind in PROOF)
    return max(tried, key=lambda one: (one.on, one.result == "fail"), default=None)


def _test_days(record: Record, policy: Policy) -> Iterator[date]:
    yield from retirements(record, policy)
    numbers = policy.thresholds
    for setup in record.client.setups:
        for test in setup.restore_tests:
            due = later(test.on, numbers.restore_test_days)
            yield from (test.on, later(due, -numbers.warn_before_days), later(due, 1))


@rule("BKP001", "no-restore-test", Severity.WARNING, profile="standard", days=_test_days)
def no_restore_test(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A restore from every set-up that we look after was tried, and worked, within restore_test_days.

    A backup that nobody has restored from is a hope. CIS Control 11.5 asks for a test each quarter, on a sample, so
    one item of the set-up is enough. A boot check proves that a machine starts and a talk at a table proves nothing
    about data: neither counts, nor does a test that lies in the future. Clients that are still being taken on are
    not asked.

    Mend: restore something, and write it down under restore_tests, whichever way it went.

    Bad:

        copies: [{id: shelf, medium: tape}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs: [{name: Nightly, items: [srv1], to: shelf, schedule: daily at 22:00, keeps: {daily: 30}}]
            restore_tests:
              - {on: 2026-03-02, kind: machine, items: [srv1], result: pass, by: J. Rivera}
              - {on: 2026-11-02, kind: boot_check, items: [srv1], result: pass, by: J. Rivera}

    Good:

        copies: [{id: shelf, medium: tape}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs: [{name: Nightly, items: [srv1], to: shelf, schedule: daily at 22:00, keeps: {daily: 30}}]
            restore_tests:
              - {on: 2026-10-02, kind: file, items: [srv1], result: pass, by: J. Rivera}
    """
    days = fleet.policy.thresholds.restore_test_days
    for setup in ours(record.client):
        asked, newest = asked_for_restore(record.client, setup, fleet)
        if asked and (newest is None or later(newest.on, days) < fleet.as_of):
            last = f"the last restore that worked was on {newest.on}" if newest else "no restore is on file that worked"
            yield Problem(
                setup.at("restore_tests" if setup.restore_tests else "id"),
                f"the set-up {setup.id} has no restore test within {days} days: {last}",
                "restore something and write it down under restore_tests; a boot check does not count",
                on_key=bool(setup.restore_tests),
            )


@rule("BKP017", "restore-test-due-soon", Severity.WARNING, profile="standard", reminder=True, days=_test_days)
def restore_test_due_soon(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """The next restore test is not due within warn_before_days.

    A test needs a quiet hour at the client; said in time, it can be planned.

    Mend: make the test and write it down under restore_tests.

    Bad:

        copies: [{id: shelf, medium: tape}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs: [{name: Nightly, items: [srv1], to: shelf, schedule: daily at 22:00, keeps: {daily: 30}}]
            restore_tests:
              - {on: 2026-09-01, kind: machine, items: [srv1], result: pass, by: J. Rivera}

    Good:

        copies: [{id: shelf, medium: tape}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs: [{name: Nightly, items: [srv1], to: shelf, schedule: daily at 22:00, keeps: {daily: 30}}]
            restore_tests:
              - {on: 2026-11-01, kind: machine, items: [srv1], result: pass, by: J. Rivera}
    """
    numbers = fleet.policy.thresholds
    for setup in ours(record.client):
        asked, newest = asked_for_restore(record.client, setup, fleet)
        due = later(newest.on, numbers.restore_test_days) if newest else None
        if asked and newest and due and later(due, -numbers.warn_before_days) <= fleet.as_of <= due:
            yield Problem(
                newest.at("on"),
                f"the set-up {setup.id} is due for a restore test by {due}",
                "restore something before then, and write it down under restore_tests",
            )


@rule("BKP002", "restore-test-failed", profile="standard", days=_test_days)
def restore_test_failed(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """What could not be restored was tried again since, and worked.

    A failed test is the cheapest warning there is. It stands until a later test of the same kind, or of a kind that
    proves more (a machine proves a file, a full restore everything), passed for the same item. One of the same day
    counts as later. A test that names no items is about all of them.

    Mend: find out why, test again, and write the new test down; leave the old one in.

    Bad:

        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            restore_tests:
              - {on: 2026-09-12, kind: machine, items: [srv1], result: fail, by: J. Rivera}
              - {on: 2026-10-03, kind: file, items: [srv1], result: pass, by: J. Rivera}

    Good:

        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            restore_tests:
              - {on: 2026-09-12, kind: machine, items: [srv1], result: fail, by: J. Rivera}
              - {on: 2026-10-03, kind: machine, items: [srv1], result: pass, by: J. Rivera}
    """
    for setup in touched(record.client):
        for test, items in _open(record.client, setup, fleet, _failed):
            names = ", ".join(item.name or item.key for item in items)
            kind = test.kind.replace("_", " ")
            yield Problem(
                test.at("result"),
                f"the restore test ({kind}) of {test.on} failed for {names}, and none like it has passed since",
                "mend the cause, test again, and write the new test down beside this one",
            )


def _open(
    client: Client, setup: Setup, fleet: Fleet, wrong: Callable[[RestoreTest, Item], bool]
) -> Iterator[tuple[RestoreTest, tuple[Item, ...]]]:
    """The newest tests that went wrong, with the items for which nothing like it has gone right since."""
    if not setup.restore_tests or unread(client, setup, "items", "restore_tests"):
        return
    tests = [test for test in setup.restore_tests if test.on <= fleet.as_of]
    items, told = live_items(setup, fleet), set[tuple[str, str]]()
    for test in sorted(tests, key=lambda one: one.on, reverse=True):
        still = tuple(
            item
            for item in items
            if _about(test, item)
            and wrong(test, item)
            and (test.kind, item.key) not in told
            and not any(
                other.on >= test.on
                and other.result == "pass"
                and other.kind in COVERS[test.kind]
                and _about(other, item)
                and not wrong(other, item)
                for other in tests
            )
        )
        told.update((test.kind, item.key) for item in still)
        if still:
            yield test, still


def _failed(test: RestoreTest, item: Item) -> bool:
    return test.result == "fail"


def _about(test: RestoreTest, item: Item) -> bool:
    return not test.items or item.key in test.items


@rule("BKP015", "rto-missed", Severity.WARNING, profile="standard", days=_test_days)
def rto_missed(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """The last restore of an item took no longer than its RTO.

    An RTO that the last restore did not meet is a promise that is broken already. A restore of the same kind that was
    quick enough since settles it; a file that comes back quickly says nothing about a machine. The minutes of a test
    of several items count for each of them.

    Mend: make restores faster, or agree on an RTO that can be met.

    Bad:

        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server, rto: 4h}]
            restore_tests:
              - {on: 2026-09-12, kind: machine, items: [srv1], result: pass, minutes: 310, by: J. Rivera}

    Good:

        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server, rto: 4h}]
            restore_tests:
              - {on: 2026-09-12, kind: machine, items: [srv1], result: pass, minutes: 150, by: J. Rivera}
    """
    for setup in touched(record.client):
        if unread(record.client, setup, "defaults"):
            continue
        for test, items in _open(record.client, setup, fleet, partial(_slow, setup)):
            related: list[tuple[At, str]] = [
                (item.at("rto") if item.rto else setup.defaults.at("rto"), "the RTO") for item in items
            ]
            named = ", ".join(f"{item.name or item.key} ({item.rto or setup.defaults.rto})" for item in items)
            yield Problem(
                test.at("minutes"),
                f"this restore took {test.minutes} minutes, longer than the RTO of {named}",
                "make restores faster, or agree on an RTO that can be met",
                tuple(dict.fromkeys(related)),
            )


def _slow(setup: Setup, test: RestoreTest, item: Item) -> bool:
    """Whether a restore took longer than the RTO of an item that it names."""
    if test.result != "pass" or test.kind not in PROOF or not test.items or test.minutes is None:
        return False
    rto = item.rto or setup.defaults.rto
    return rto is not None and timedelta(minutes=test.minutes) > duration(rto)
