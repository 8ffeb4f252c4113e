"""The page of restore tests: when each set-up was last restored from, how long it took, and when it is due again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from runbooks.coverage.answers import tested
from runbooks.days import later
from runbooks.fleet import Fleet, Record
from runbooks.pages import views
from runbooks.pages.page import Page
from runbooks.pages.plots import Piece, by_month, columns, figure, shown
from runbooks.pages.press import Press
from runbooks.pages.proofs import recoveries
from runbooks.pages.sheet import QUIET, sheet
from runbooks.pages.views import View
from runbooks.prose import Prose
from runbooks.records.setup import RestoreTest, Setup
from runbooks.rules.recoverability.restores import newest_proof, newest_restore

URI: Final = "fleet/restore-tests.md"
SLOW: Final = Prose(" ✗ too slow")
"""What stands behind the minutes of a restore that took longer than agreed."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The restore tests of one set-up. `due` is None where none has ever worked."""

    record: Record
    setup: Setup
    last: RestoreTest | None
    due: date | None
    rto: View

    def overdue(self, as_of: date) -> bool:
        """Whether a test was due before that day."""
        return self.due is None or self.due < as_of


def trials(press: Press) -> tuple[Trial, ...]:
    """Every set-up of which a restore test is asked, the one that is due first first."""
    found = [trial for record in press.fleet.records for trial in _trials(record, press.fleet)]
    return tuple(sorted(found, key=_order))


def _trials(record: Record, fleet: Fleet) -> Iterator[Trial]:
    asked = {id(setup) for setup in tested(record, fleet)}
    if not asked:
        return
    for setup, seen in zip(record.client.setups, recoveries(fleet)[record.slug]["setups"], strict=True):
        if id(setup) in asked:
            proof = newest_proof(setup, fleet.as_of)
            due = later(proof.on, fleet.policy.thresholds.restore_test_days) if proof else None
            yield Trial(record, setup, newest_restore(setup, fleet.as_of), due, seen["rto"])


def _order(one: Trial) -> tuple[date, str, str]:
    return one.due or date.min, one.record.client.client.casefold(), one.setup.id


def trials_page(press: Press, found: tuple[Trial, ...]) -> Page:
    """Each set-up a line."""
    context = {
        "days": str(press.fleet.policy.thresholds.restore_test_days),
        "rows": [_row(one, press.fleet) for one in found],
        "due": due_months(press, found, URI),
        "found": figures(press, found),
    }
    return sheet(press, URI, "fleet-restore-tests", "Restore tests", context, boost=QUIET, wide=True)


def figures(press: Press, found: tuple[Trial, ...]) -> View:
    """The few numbers that say how well restores are tried."""
    failed = [one for one in found if one.last is not None and one.last.result == "fail"]
    return {
        "setups": str(len(found)),
        "late": str(sum(one.overdue(press.fleet.as_of) for one in found)),
        "never": str(sum(one.last is None for one in found)),
        "failed": str(len(failed)),
        "slow": str(sum(one.rto["state"] == "no" for one in found)),
    }


def due_months(press: Press, found: tuple[Trial, ...], page: str) -> View:
    """The tests that are due, by month."""
    as_of = press.fleet.as_of
    late = Piece(sum(one.overdue(as_of) for one in found), "overdue", shown(URI, "state:overdue"), "bad")
    days = [one.due for one in found if one.due is not None and not one.overdue(as_of)]
    rows = by_month(as_of, days, "due", _in_month, late)
    title = f"Restore tests due by month, as of {as_of}"
    return figure(page, ("Month", "Restore tests"), rows, columns("tests", title, rows))


def _in_month(month: str) -> str:
    return shown(URI, f"next:{month}", "-state:overdue") if month else URI


def _row(one: Trial, fleet: Fleet) -> View:
    soon = later(fleet.as_of, fleet.policy.thresholds.warn_before_days)
    state = "overdue" if one.overdue(fleet.as_of) else "soon" if one.due and one.due <= soon else "in time"
    return {
        "name": one.record.client.client,
        "link": f"../clients/{one.record.slug}/setup-{one.setup.id}.md",
        "setup": one.setup.id,
        "last": views.day(one.last.on) if one.last else None,
        "kind": one.last.kind if one.last else None,
        "passed": one.last is not None and one.last.result == "pass",
        "minutes": str(one.last.minutes) if one.last and one.last.minutes is not None else None,
        "slow": SLOW if one.rto["state"] == "no" else None,
        "rto": one.rto["agreed"],
        "due": views.day(one.due),
        "state": state,
    }
