"""What ends when: agreements in force, and findings accepted for a time."""

from __future__ import annotations

from datetime import date
from typing import Final

from runbooks.days import later
from runbooks.entitlement import standing
from runbooks.fleet import Fleet
from runbooks.pages.plots import by_month, columns, figure, shown
from runbooks.pages.press import Press
from runbooks.pages.terms import waivers_in_force
from runbooks.pages.views import View

AGREEMENTS: Final = "agreements.md"
WAIVERS: Final = "waivers.md"


def agreement_figures(fleet: Fleet) -> View:
    """How many agreements there are, in force or not, and how many of them end soon."""
    days = _ends(fleet)
    soon = later(fleet.as_of, fleet.policy.thresholds.warn_before_days)
    every = sum(len(record.client.agreements) for record in fleet.records)
    return {
        "in_force": str(len(days)),
        "not_in_force": str(every - len(days)),
        "endless": str(days.count(None)),
        "soon": str(sum(day is not None and day <= soon for day in days)),
        "warn_days": str(fleet.policy.thresholds.warn_before_days),
    }


def agreement_months(press: Press, page: str) -> View:
    """The agreements in force, by the month of their last day."""
    days = [day for day in _ends(press.fleet) if day is not None]
    rows = by_month(press.fleet.as_of, days, "ending", lambda month: shown(AGREEMENTS, *_through(month)))
    title = f"Agreements by the month in which they end, as of {press.fleet.as_of}"
    return figure(page, ("Month", "Agreements"), rows, columns("agreements", title, rows))


def waiver_months(press: Press, page: str) -> View:
    """The waivers in force, by the month of their last day."""
    days = [one.until for one in waivers_in_force(press.fleet)]
    rows = by_month(press.fleet.as_of, days, "ending", lambda month: shown(WAIVERS, *_through(month)))
    title = f"Exceptions by the month in which they end, as of {press.fleet.as_of}"
    return figure(page, ("Month", "Exceptions"), rows, columns("waivers", title, rows))


def _through(month: str) -> tuple[str, ...]:
    return (f"through:{month}",) if month else ()


def _ends(fleet: Fleet) -> list[date | None]:
    """The last day of every agreement in force; None for one without a known end."""
    found = [
        standing(record.client, agreement, fleet.policy, fleet.as_of)
        for record in fleet.records
        for agreement in record.client.agreements
    ]
    return [one.through for one in found if one.in_force]
