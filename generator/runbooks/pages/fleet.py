"""The pages that a team lead opens on Monday: one with the few numbers of the whole fleet, and one for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runbooks.pages import coverage, endings, proofs, reviewed, trials
from runbooks.pages.costs import unpaid, unpaid_hours
from runbooks.pages.page import Page
from runbooks.pages.press import Press
from runbooks.pages.sheet import QUIET, sheet
from runbooks.pages.terms import waivers_in_force
from runbooks.pages.views import View

URI: Final = "fleet/index.md"


def fleet_pages(press: Press) -> Iterator[Page]:
    """The page of numbers, then the lists behind those that no other page has."""
    covered, tried = coverage.coverage(press), trials.trials(press)
    proven, due = proofs.proofs(press), reviewed.reviews(press)
    context = {
        "coverage": {
            **coverage.figures(covered),
            "gaps": coverage.gaps(covered, URI),
            "next": coverage.next_steps(covered, URI),
        },
        "tests": {**trials.figures(press, tried), "due": trials.due_months(press, tried, URI)},
        "proofs": {**proofs.figures(proven), "met": proofs.met(proven, URI)},
        "reviews": {**reviewed.figures(press, due), "due": reviewed.due_months(press, due, URI)},
        "agreements": {**endings.agreement_figures(press.fleet), "ends": endings.agreement_months(press, URI)},
        "waivers": {"count": str(len(waivers_in_force(press.fleet))), "ends": endings.waiver_months(press, URI)},
        "unpaid": _unpaid(press),
    }
    yield sheet(press, URI, "fleet", "The whole fleet", context, boost=QUIET, wide=True)
    yield coverage.coverage_page(press, covered)
    yield trials.trials_page(press, tried)
    yield proofs.proofs_page(press, proven)
    yield reviewed.reviews_page(press, due)


def _unpaid(press: Press) -> View:
    """What is watched for nothing; its lines stand on the page of costs."""
    found = unpaid(press, press.unpaid)
    return {**found, "count": str(len(found["clients"])), "hours": unpaid_hours(press, URI)}
