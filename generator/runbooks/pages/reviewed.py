"""The page of reviews: when each record was last compared with reality, by whom, and when it is due again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from runbooks.days import later
from runbooks.fleet import Fleet, Record
from runbooks.pages import views
from runbooks.pages.page import Page
from runbooks.pages.plots import Piece, by_month, columns, figure, shown
from runbooks.pages.press import Press
from runbooks.pages.sheet import QUIET, sheet
from runbooks.pages.views import View
from runbooks.rules.reviews import is_kept

URI: Final = "fleet/reviews.md"


@dataclass(frozen=True, slots=True)
class Due:
    """The review of one record; `due` is the last day on which the newest one holds, None where there is none."""

    record: Record
    due: date | None

    def overdue(self, as_of: date) -> bool:
        """Whether a review was due before that day."""
        return self.due is None or self.due < as_of


def reviews(press: Press) -> tuple[Due, ...]:
    """Every record of which a review is asked, the one that is due first first."""
    days = press.fleet.policy.thresholds.review_days
    kept = (record for record in press.fleet.records if is_kept(record.client))
    found = [Due(one, later(one.client.reviewed.on, days) if one.client.reviewed else None) for one in kept]
    return tuple(sorted(found, key=lambda one: (one.due or date.min, one.record.client.client.casefold())))


def reviews_page(press: Press, found: tuple[Due, ...]) -> Page:
    """Each record a line."""
    limits = press.fleet.policy.thresholds
    context = {
        "days": str(limits.review_days),
        "limit": str(limits.review_limit_days),
        "rows": [_row(one, press.fleet) for one in found],
        "left_out": str(len(press.fleet.records) - len(found)),
        "due": due_months(press, found, URI),
        "found": figures(press, found),
    }
    return sheet(press, URI, "fleet-reviews", "Reviews", context, boost=QUIET, wide=True)


def figures(press: Press, found: tuple[Due, ...]) -> View:
    """The few numbers that say how true the records are."""
    return {
        "records": str(len(found)),
        "late": str(sum(one.overdue(press.fleet.as_of) for one in found)),
        "never": str(sum(one.due is None for one in found)),
    }


def due_months(press: Press, found: tuple[Due, ...], page: str) -> View:
    """The reviews that are due, by month."""
    as_of = press.fleet.as_of
    late = Piece(sum(one.overdue(as_of) for one in found), "overdue", shown(URI, "state:overdue"), "bad")
    days = [one.due for one in found if one.due is not None and not one.overdue(as_of)]
    rows = by_month(as_of, days, "due", _in_month, late)
    title = f"Reviews due by month, as of {as_of}"
    return figure(page, ("Month", "Reviews"), rows, columns("reviews", title, rows))


def _in_month(month: str) -> str:
    return shown(URI, f"due:{month}", "-state:overdue") if month else URI


def _row(one: Due, fleet: Fleet) -> View:
    client, soon = one.record.client, later(fleet.as_of, fleet.policy.thresholds.warn_before_days)
    return {
        "name": client.client,
        "link": f"../clients/{one.record.slug}/index.md",
        "owner": client.owner,
        "last": views.day(client.reviewed.on) if client.reviewed else None,
        "by": client.reviewed.by if client.reviewed else None,
        "due": views.day(one.due),
        "state": "overdue" if one.overdue(fleet.as_of) else "soon" if one.due and one.due <= soon else "in time",
    }
