"""The index of alerts: what a screen may say, what it means, what to do first, and for whom anything may be done."""

from __future__ import annotations

from collections.abc import Iterator

from runbooks.catalogue import Alert, Entry
from runbooks.entitlement import watches
from runbooks.fleet import Record
from runbooks.pages import views
from runbooks.pages.page import Page
from runbooks.pages.press import Press
from runbooks.pages.sheet import sheet
from runbooks.pages.views import View

URGENCY = ("high", "normal", "low")
ACTS = {"full": "act", "alert_only": "tell the client, mend nothing", "none": "do not act"}
"""What may be done about an alert of a client, by the level of monitoring."""


def alert_pages(press: Press) -> Iterator[Page]:
    """The index of all alerts that the catalogue knows, by product, the urgent ones first.

    It names no client: how many may be acted for stands here, who they are on the page of the product.
    """
    products = [_product(entry, press) for entry in press.fleet.catalogue.products.values() if entry.product.alerts]
    used = [one for one in products if one["clients"] != "0"]
    rest = [one for one in products if one["clients"] == "0"]
    yield sheet(press, "alerts.md", "alerts", "Alerts", {"products": [*used, *rest]}, boost=1.0)


def _product(entry: Entry, press: Press) -> View:
    clients = acting(entry, press)
    return {
        "id": entry.id,
        "name": entry.product.name,
        "link": f"products/{entry.id}.md",
        "alerts": alert_views(entry),
        "clients": str(len(clients)),
        "counts": [
            {"words": words, "count": str(sum(one["act"] == words for one in clients))} for words in ACTS.values()
        ],
    }


def alert_views(entry: Entry) -> list[View]:
    """The alerts of a product, the urgent ones first."""
    found = sorted(entry.product.alerts, key=lambda one: (URGENCY.index(one.urgency), one.text.casefold()))
    views_of, named = [_alert(alert, entry) for alert in found], set[object]()
    for one in views_of:
        # Two alerts may lead to one procedure: the first of them is the place that is linked to.
        one["anchor"] = "" if one["anchor"] in named else one["anchor"]
        named.add(one["anchor"])
    return views_of


def _alert(alert: Alert, entry: Entry) -> View:
    return {
        "anchor": f"{entry.id}-{alert.procedure or 'alert'}",
        "text": alert.text,
        "also": list(alert.also),
        "means": views.inline(alert.means),
        "urgency": alert.urgency,
        "first": alert.first,
        "tell_client": views.inline(alert.tell_client),
        "procedure": alert.procedure,
    }


def acting(entry: Entry, press: Press) -> list[View]:
    """The clients who have a product, by name, each with what may be done about its alerts and the page for that."""
    found = []
    for record in press.fleet.records:
        if any(setup.product == entry.id for setup in record.client.setups):
            level = _level(record, entry, press)
            page = "monitoring.md" if level != "none" or _watched(record, press) else "not-monitored.md"
            found.append({"name": record.client.client, "slug": record.slug, "act": ACTS[level], "page": page})
    return sorted(found, key=lambda row: (str(row["name"]).casefold(), row["slug"]))


def _watched(record: Record, press: Press) -> bool:
    blocked = record.slug in press.report.blocked_clients
    return not blocked and bool(watches(record.client, press.fleet.policy, press.fleet.as_of))


def _level(record: Record, entry: Entry, press: Press) -> str:
    """The lowest level of monitoring among the set-ups with a product: what holds for all of them."""
    if record.slug in press.report.blocked_clients:
        return "none"
    found = watches(record.client, press.fleet.policy, press.fleet.as_of)
    levels = {watch.setup.id: watch.level for watch in found if watch.setup.product == entry.id}
    mine = [levels.get(setup.id, "none") for setup in record.client.setups if setup.product == entry.id]
    return min(mine, key=["none", "alert_only", "full"].index)
