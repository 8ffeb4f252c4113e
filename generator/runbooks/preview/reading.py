"""What a preview has read: the fleet and what was found in each record, of which a save changes as little as it can."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from runbooks import crew, gate, site
from runbooks.findings import Finding, fingerprinted
from runbooks.fleet import Fleet, Record
from runbooks.gate import Found
from runbooks.recordfiles import Original, in_order, originals, record_of
from runbooks.report import Report

NOTHING = Found()


@dataclass(frozen=True)
class Reading:
    """A fleet as it was read, with what each record was read from, and the whole gate's report about it.

    After a save the report is of before, but for the client that was saved: `settled` is the same with the whole gate
    asked. `only` is the one client of a preview that shows no other.
    """

    fleet: Fleet
    found: Mapping[str, Found]
    report: Report
    only: str = ""
    known: Mapping[bytes, Record] = field(default_factory=dict)


def read(root: Path, asked: date | None, only: str = "") -> Reading:
    """Read and check a site, or one client of it.

    Raises:
        PolicyUnreadable, UserError: when there is nothing to go by.
    """
    if only:
        fleet = site.without_records(root, asked)
        reading = Reading(fleet, {}, Report(fleet.as_of, 0, ()), only)
        return settled(reread(reading, _originals(root, only))[0])
    # To read freezes all there is: of what an earlier reading held in cycles nothing would ever be let go.
    gc.unfreeze()
    gc.collect()
    survey = site.survey(root, asked)
    by_name = {record.slug: record for record in survey.fleet.records}
    known = {crew.key(one): by_name[one.name] for one in originals(root) if one.name in by_name}
    report = gate.check(survey.fleet, survey.found)
    return Reading(survey.fleet, survey.found, report, known=known)


def saved(reading: Reading) -> tuple[Reading, frozenset[str]]:
    """The same after records have changed on disk: only those are read and checked; and the clients they are of."""
    return reread(reading, _originals(reading.fleet.root, reading.only))


def reread(reading: Reading, files: Sequence[Original]) -> tuple[Reading, frozenset[str]]:
    """The same with these records."""
    keys = [crew.key(one) for one in files]
    each = [reading.known.get(key) or record_of(one) for key, one in zip(keys, files, strict=True)]
    known = dict(zip(keys, each, strict=True))
    before, records = reading.fleet.by_slug, in_order(each)
    fresh = {record.slug: record for record in records if before.get(record.slug) is not record}
    gone = before.keys() - {record.slug for record in records}
    fleet = replace(reading.fleet, records=records)
    found = {slug: one for slug, one in reading.found.items() if slug not in gone}
    found |= {slug: gate.record_findings(record, fleet) for slug, record in fresh.items()}
    touched = frozenset(fresh) | gone
    report = replace(reading.report, findings=fingerprinted(_mixed(reading.report, touched, fresh, fleet, found)))
    return replace(reading, fleet=fleet, found=found, report=report, known=known), touched


def settled(reading: Reading) -> Reading:
    """The same with the whole gate asked."""
    report = gate.check(reading.fleet, reading.found)
    if reading.only:
        # What the gate says of the fleet would be said of a fleet of one here: a waiver for another names nobody.
        own = tuple(one for one in report.findings if one.client == reading.only)
        report = replace(report, findings=own)
    return replace(reading, report=report)


def _originals(root: Path, only: str) -> Sequence[Original]:
    return [one for one in originals(root) if not only or one.name == only]


def _mixed(
    report: Report, touched: frozenset[str], fresh: Mapping[str, Record], fleet: Fleet, found: Mapping[str, Found]
) -> list[Finding]:
    """The findings of before about everybody else, and those of now about the clients that have changed."""
    few = replace(fleet, records=tuple(fresh.values()))
    now = gate.check(few, {slug: found[slug] for slug in fresh}, NOTHING, figures=False).findings if fresh else ()
    kept = [one for one in report.findings if one.client not in touched]
    return [*kept, *(one for one in now if one.client in touched)]
