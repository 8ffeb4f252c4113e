"""How much of each client's runbook is documented: from the record, and from the findings about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from runbooks.coverage.sections import SECTIONS, Section, State, section_of
from runbooks.findings import Blocks, Finding
from runbooks.fleet import Fleet, Record
from runbooks.report import Coverage, Documented

KEPT: Final = ("active", "onboarding")
"""The clients of whom a whole runbook is asked."""
HALVES: Final[Mapping[State, int]] = {"yes": 2, "part": 1, "no": 0, "unread": 0}
"""How many halves of its weight a section earns. One that is not asked does not count."""
MEND: Final = "mend the record"
"""What to do first where a record cannot be read."""


@dataclass(frozen=True, slots=True)
class Covered:
    """What one client's runbook has. `todo` is empty where nothing lacks; `earned` of `whole` are halves of weights."""

    record: Record
    states: Mapping[str, State]
    earned: int = 0
    whole: int = 0
    todo: str = ""
    rule: str = ""

    @property
    def percent(self) -> int | None:
        """How much is there, rounded down; None where nothing can be told."""
        return self.earned * 100 // self.whole if self.whole else None


def coverage(fleet: Fleet, findings: Iterable[Finding]) -> tuple[Covered, ...]:
    """What is documented of every client of whom a runbook is asked, the least documented first.

    `findings` are those that stand and those that are older than the baseline; what is waived lacks nothing.
    """
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.client, []).append(finding)
    kept = (record for record in fleet.records if record.client.status in KEPT)
    every = (_covered(record, fleet, found.get(record.slug, ())) for record in kept)
    return tuple(sorted(every, key=_least_first))


def total(found: Iterable[Covered]) -> Coverage:
    """The same as figures for the report."""
    return Coverage(
        {
            one.record.slug: Documented(dict(one.states), one.earned, one.whole, one.todo, one.rule)
            for one in sorted(found, key=lambda one: one.record.slug)
        }
    )


def _covered(record: Record, fleet: Fleet, found: Iterable[Finding]) -> Covered:
    every = tuple(found)
    blocking = next((one for one in every if one.blocks is Blocks.CLIENT), None)
    if blocking is not None and record.client.unreadable:
        return Covered(record, {one.key: "unread" for one in SECTIONS}, todo=MEND, rule=blocking.code)
    mine: dict[str, list[Finding]] = {}
    for finding in every:
        section = section_of(finding)
        if section is not None:
            mine.setdefault(section.key, []).append(finding)
    states = {one.key: one.state(record, fleet, mine.get(one.key, ())) for one in SECTIONS}
    asked = [one for one in SECTIONS if states[one.key] != "unasked"]
    whole = sum(one.weight for one in asked) * 2
    earned = sum(one.weight * HALVES[states[one.key]] for one in asked)
    worst = max(asked, key=lambda one: _gain(one, states), default=None)
    if worst is None or not _gain(worst, states):
        return Covered(record, states, earned, whole)
    if states[worst.key] == "unread" and blocking is not None:
        return Covered(record, states, earned, whole, MEND, blocking.code)
    first = next(iter(mine.get(worst.key, ())), None)
    return Covered(record, states, earned, whole, worst.todo, first.code if first else worst.rule)


def _gain(section: Section, states: Mapping[str, State]) -> int:
    """What the percentage gains, in halves of a weight, when a section is made complete."""
    return section.weight * (2 - HALVES[states[section.key]])


def _least_first(one: Covered) -> tuple[int, str, str]:
    return -1 if one.percent is None else one.percent, one.record.client.client.casefold(), one.record.slug
