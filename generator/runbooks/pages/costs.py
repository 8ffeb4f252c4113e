"""The page of what watching without an agreement costs, and of what documentation saves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from runbooks.pages.page import Page
from runbooks.pages.plots import Bar, Piece, bars, figure
from runbooks.pages.press import Press
from runbooks.pages.sheet import sheet
from runbooks.pages.views import View
from runbooks.policy import Policy
from runbooks.unpaid import Effort, Known, Unpaid, counted, documentation, learning, watching

URI: Final = "cost.md"
MOST: Final = 8
"""Clients that a plot names; the table has them all."""
WHY = "why.md"
"""The hand-written page that says why there is no monitoring without an agreement, where a site has one."""


def cost_page(press: Press) -> Page:
    """The sum of policy.yml, the items that are really watched for nothing, and what writing things down saves."""
    context = {"cost": _sum(press), "unpaid": unpaid(press, press.unpaid), "known": _known(press)}
    context["hours"] = unpaid_hours(press, URI)
    return sheet(press, URI, "cost", "What free monitoring costs", context)


def _sum(press: Press) -> View:
    policy = press.fleet.policy
    cost = policy.cost
    every = watching(cost.items, cost)
    return {
        "alert_review_minutes": str(cost.alert_review_minutes),
        "failures_per_day": str(cost.failures_per_day),
        "reach": str(cost.reach),
        "persuade": str(cost.persuade),
        "repair": str(cost.repair),
        "chase": str(cost.chase_minutes) if cost.chase_minutes else None,
        "learn": str(cost.learn),
        "each": str(cost.reach + cost.persuade + cost.repair),
        "failures_minutes": str(cost.failures_per_day * (cost.reach + cost.persuade + cost.repair)),
        "minutes": str(cost.minutes_a_day),
        "hours_a_day": f"{cost.minutes_a_day / 60:.2f}".rstrip("0").rstrip("."),
        "working_days": str(cost.working_days),
        "hours_a_year": _whole(every.hours_a_year),
        "money_a_year": _money(every, policy),
        "currency": policy.currency,
        "items": str(cost.items),
        "minutes_each": f"{cost.minutes_a_day / cost.items:.1f}",
        "hourly_cost": policy.money(f"{cost.hourly_cost:,g}") if cost.hourly_cost is not None else None,
        "learn_minutes": str(cost.failures_per_day * cost.learn),
        "why": WHY if any(page.file == "docs/" + WHY for page in press.fleet.written) else None,
    }


def unpaid(press: Press, found: Sequence[Unpaid]) -> View:
    """The items that are watched for nothing, by client and together, and the work they make."""
    cost = press.fleet.policy.cost
    rows = [
        {
            "name": one.name,
            "link": f"clients/{one.slug}/index.md",
            "items": str(one.items),
            "pending": one.pending,
            **_effort(watching(one.items, cost), press.fleet.policy),
        }
        for one in sorted(found, key=lambda one: (-one.items, one.name.casefold(), one.slug))
    ]
    number = sum(one.items for one in found)
    return {
        "clients": rows,
        "items": counted(number, "item"),
        "of": counted(len(rows), "client"),
        "allowed": counted(press.fleet.policy.max_unentitled, "item"),
        **_effort(watching(number, cost), press.fleet.policy),
    }


def unpaid_hours(press: Press, page: str) -> View:
    """The clients with whom most hours go unpaid, as a plot."""
    each = [(watching(one.items, press.fleet.policy.cost).hours_a_year, one) for one in press.unpaid]
    each.sort(key=lambda found: (-found[0], found[1].name.casefold(), found[1].slug))
    rows = [
        Bar(one.name, (Piece(int(hours + 0.5), "hours a year", f"clients/{one.slug}/index.md", "bad"),))
        for hours, one in each[:MOST]
    ]
    title = "Hours a year of watching that nobody pays for, the clients with most of them"
    return figure(page, ("Client", "Hours a year"), rows, bars("unpaid", title, rows))


def _known(press: Press) -> View:
    cost = press.fleet.policy.cost
    found = documentation(press.fleet)
    done, left = sum(one.documented for one in found), sum(one.undocumented for one in found)
    return {
        "documented": f"{done:,}",
        "undocumented": f"{left:,}",
        "saved": _effort(learning(done, cost), press.fleet.policy),
        "lost": _effort(learning(left, cost), press.fleet.policy),
        "gaps": [_gap(one, press) for one in sorted(found, key=_most_first) if one.undocumented],
    }


def _gap(one: Known, press: Press) -> View:
    cost = press.fleet.policy.cost
    return {
        "name": one.name,
        "link": f"clients/{one.slug}/index.md",
        "items": str(one.undocumented),
        **_effort(learning(one.undocumented, cost), press.fleet.policy),
    }


def _most_first(one: Known) -> tuple[int, str, str]:
    return -one.undocumented, one.name.casefold(), one.slug


def _effort(effort: Effort, policy: Policy) -> View:
    return {
        "minutes_a_day": f"{effort.minutes_a_day:,.1f}".removesuffix(".0"),
        "hours_a_week": f"{effort.hours_a_week:,.1f}".removesuffix(".0"),
        "hours_a_year": _whole(effort.hours_a_year),
        "money_a_year": _money(effort, policy),
        "amount_a_year": _whole(effort.money_a_year) if effort.money_a_year is not None else None,
    }


def _money(effort: Effort, policy: Policy) -> str | None:
    return policy.money(_whole(effort.money_a_year)) if effort.money_a_year is not None else None


def _whole(number: float) -> str:
    """A number without a fraction, halves upward as people round: 812.5 is 813."""
    return f"{int(number + 0.5):,}"
