"""What is known not to be protected: for how long that was agreed, and whether anybody agreed in writing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from runbooks.days import later
from runbooks.findings import Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.policy import Policy
from runbooks.records.setup import Unprotected
from runbooks.rules.recoverability.scope import touched
from runbooks.rules.registry import rule


def _known(record: Record) -> Iterator[Unprotected]:
    return (one for setup in touched(record.client) for one in setup.unprotected if not one.doubtful)


def _ends(record: Record, policy: Policy) -> Iterator[date]:
    for setup in record.client.setups:
        for one in setup.unprotected:
            if one.until is not None:
                yield from (later(one.until, -policy.thresholds.warn_before_days), later(one.until, 1))


@rule("BKP011", "exclusion-expired", profile="standard", days=_ends)
def exclusion_expired(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """An exclusion whose day has passed is ended or agreed anew.

    The client agreed to go without a backup until a day. After it, the next loss is ours.

    Mend: protect the item and take the entry out; or ask again and write the new day.

    Bad:

        setups:
          - id: main
            product: other
            product_name: Tape
            unprotected:
              - {item: Drive D, reason: Scratch, agreed_by: The owner, agreed_on: 2025-10-01, until: 2026-09-30}

    Good:

        setups:
          - id: main
            product: other
            product_name: Tape
            unprotected:
              - {item: Drive D, reason: Scratch, agreed_by: The owner, agreed_on: 2025-10-01, until: 2027-09-30}
    """
    for one in _known(record):
        if one.until is not None and one.until < fleet.as_of:
            yield Problem(
                one.at("until"),
                f"{one.item} was to go without a backup until {one.until}, no longer",
                "protect it and take this out, or ask the client again and write the new day",
            )


@rule("BKP012", "exclusion-ends-soon", Severity.WARNING, profile="standard", reminder=True, days=_ends)
def exclusion_ends_soon(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """No exclusion ends within warn_before_days.

    The client has to be asked again before the day, not after it.

    Mend: protect the item and take the entry out; or ask again and write the new day.

    Bad:

        setups:
          - id: main
            product: other
            product_name: Tape
            unprotected:
              - {item: Drive D, reason: Scratch, agreed_by: The owner, agreed_on: 2025-12-01, until: 2026-11-30}

    Good:

        setups:
          - id: main
            product: other
            product_name: Tape
            unprotected:
              - {item: Drive D, reason: Scratch, agreed_by: The owner, agreed_on: 2025-12-01, until: 2027-11-30}
    """
    for one in _known(record):
        if one.until and later(one.until, -fleet.policy.thresholds.warn_before_days) <= fleet.as_of <= one.until:
            yield Problem(
                one.at("until"),
                f"{one.item} goes without a backup until {one.until} only",
                "protect it and take this out, or ask the client again and write the new day",
            )


@rule("BKP013", "exclusion-unsigned", Severity.WARNING, profile="strict")
def exclusion_unsigned(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """An exclusion says when the client agreed, or where that stands in writing.

    After a loss nobody remembers having said that drive D does not matter.

    Mend: add agreed_on, or notice_ref with the place of the letter.

    Bad:

        setups:
          - id: main
            product: other
            product_name: Tape
            unprotected: [{item: Drive D, reason: Scratch, agreed_by: The owner}]

    Good:

        setups:
          - id: main
            product: other
            product_name: Tape
            unprotected: [{item: Drive D, reason: Scratch, agreed_by: The owner, agreed_on: 2026-03-02}]
    """
    for one in _known(record):
        if one.agreed_on is None and one.notice_ref is None:
            yield Problem(
                one.at(),
                f"{one.agreed_by} is said to have agreed that {one.item} goes without a backup, but not when or where",
                "add agreed_on, or notice_ref",
            )
