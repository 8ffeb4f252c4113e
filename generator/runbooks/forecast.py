"""What the calendar alone will change: the findings of every coming day against those of the day before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from runbooks import gate
from runbooks.days import later
from runbooks.findings import Finding
from runbooks.fleet import Fleet, Record
from runbooks.rules.registry import RULES


@dataclass(frozen=True, slots=True)
class Change:
    """A finding that begins on a day, or that has ended before it: the first day on which lint says so."""

    day: date
    turn: Literal["begins", "ends"]
    finding: Finding

    @property
    def order(self) -> tuple[date, str, str, str, str]:
        """The order of a forecast: by day and client, by rule, what ends before what begins."""
        one = self.finding
        return self.day, one.client, one.code, "" if self.turn == "ends" else "begins", one.fingerprint


def forecast(fleet: Fleet, days: int, crashes: list[str] | None = None) -> Iterator[Change]:
    """Every change within so many days after the fleet's own, in order.

    A record is looked at again only on the days that its rules name; what goes across records is, on every day. The
    tracebacks of rules that did not run to their end are added to `crashes`.
    """
    turning = {record.slug: turns(record, fleet) for record in fleet.records}
    known = {record.slug: gate.record_findings(record, fleet) for record in fleet.records}
    timeless = gate.timeless_findings(fleet)
    report = gate.check(fleet, known, timeless, figures=False)
    told = crashes if crashes is not None else []
    told.extend(report.crashes)
    before = report.findings
    for step in range(1, days + 1):
        then = replace(fleet, as_of=later(fleet.as_of, step))
        known |= {
            record.slug: gate.record_findings(record, then)
            for record in fleet.records
            if then.as_of in turning[record.slug]
        }
        report = gate.check(then, known, timeless, figures=False)
        told.extend(crash for crash in report.crashes if crash not in told)
        after = report.findings
        yield from sorted(between(then.as_of, before, after), key=lambda change: change.order)
        before = after


def between(day: date, before: Iterable[Finding], after: Iterable[Finding]) -> Iterator[Change]:
    """What is there on a day and was not the day before, and the other way round. A new severity is both."""
    old = {(one.fingerprint, one.severity): one for one in before}
    new = {(one.fingerprint, one.severity): one for one in after}
    yield from (Change(day, "ends", old[key]) for key in old.keys() - new.keys())
    yield from (Change(day, "begins", new[key]) for key in new.keys() - old.keys())


def turns(record: Record, fleet: Fleet) -> frozenset[date]:
    """Every day on which some rule may begin or cease to find something in a record."""
    return frozenset(day for rule in RULES.values() if rule.days for day in rule.days(record, fleet.policy))
