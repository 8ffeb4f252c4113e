"""Pages for the whole site: home, clients, agreements, products. Rules and policy have modules of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from runbooks.catalogue import Entry
from runbooks.entitlement import standing
from runbooks.findings import Blocks, Severity
from runbooks.pages import views
from runbooks.pages.alerts import acting, alert_pages
from runbooks.pages.endings import AGREEMENTS, agreement_figures, agreement_months
from runbooks.pages.fleet import fleet_pages
from runbooks.pages.hours import by_the_psa
from runbooks.pages.page import Page
from runbooks.pages.press import Press, reasons
from runbooks.pages.procedures import NEEDS, is_answer, wanted
from runbooks.pages.provider import provider_pages
from runbooks.pages.rulebook import rule_pages
from runbooks.pages.sheet import sheet
from runbooks.pages.views import View

HOME = "index.md"
HOME_BESIDE = "today.md"
"""Where the home page goes when the site has written its own."""


def sitewide_pages(press: Press) -> Iterator[Page]:
    """Every page that is about no single client."""
    written = {page.file for page in press.fleet.written}
    yield sheet(press, HOME if "docs/" + HOME not in written else HOME_BESIDE, "home", "Home", _home(press))
    yield sheet(press, "clients/index.md", "clients", "Clients", {"clients": _clients(press)})
    yield from alert_pages(press)
    yield sheet(press, AGREEMENTS, "agreements", "Agreements", _ending(press), wide=True)
    yield sheet(press, "products/index.md", "products", "Products", _products(press))
    for entry in press.fleet.catalogue.products.values():
        context = {"product": _product(entry, press)}
        yield sheet(press, f"products/{entry.id}.md", "product", entry.product.name, context)
    yield from rule_pages(press)
    yield from provider_pages(press)
    yield from fleet_pages(press)


def _home(press: Press) -> View:
    fleet, report = press.fleet, press.report
    blocking = [
        one
        for one in (*report.findings, *press.withheld)
        if one.blocks in (Blocks.PAGE, Blocks.CLIENT) and one.client in fleet.by_slug
    ]
    names = sorted({one.client for one in blocking})
    levels = Counter(views.cover(record, fleet)["level"] for record in fleet.records)
    return {
        "held": fleet.policy.as_of is not None and fleet.policy.as_of == fleet.as_of,
        "count": str(len(fleet.records)),
        "errors": str(report.count(Severity.ERROR)),
        "warnings": str(report.count(Severity.WARNING)),
        "waived": str(len(report.waived)),
        "withheld": [
            {
                "name": fleet.by_slug[slug].client.client,
                "link": f"clients/{slug}/index.md",
                "reasons": reasons(one for one in blocking if one.client == slug),
            }
            for slug in names
        ],
        "covers": [
            {
                "level": level,
                "words": words,
                "count": str(levels[level]),
            }
            for level, words in LEVELS.items()
        ],
    }


LEVELS = {
    "full": "Full monitoring",
    "alert_only": "Alerts only",
    "agreement": "Agreement, not monitored",
    "none": "No agreement, not monitored",
}


def _clients(press: Press) -> list[View]:
    fleet = press.fleet
    rows = [
        {
            "name": record.client.client,
            "slug": record.slug,
            "link": f"{record.slug}/index.md",
            "aliases": list(record.client.aliases),
            "status": record.client.status,
            "groups": list(record.client.groups),
            "cover": views.cover(record, fleet),
            "products": sorted(
                {
                    views.product_name(setup, fleet.catalogue.products.get(setup.product))
                    for setup in record.client.setups
                }
            ),
        }
        for record in fleet.records
    ]
    return sorted(rows, key=lambda row: (str(row["name"]).casefold(), row["slug"]))


def _ending(press: Press) -> View:
    """Every agreement, and when those in force end."""
    ends = agreement_months(press, AGREEMENTS)
    rows = list(_agreements(press))
    asked = any(row["psa"] for row in rows)
    return {"agreements": rows, "ends": ends, "found": agreement_figures(press.fleet), "asked": asked}


def _agreements(press: Press) -> Iterator[View]:
    fleet = press.fleet
    found: list[tuple[date, str, View]] = []
    for record in fleet.records:
        for agreement in record.client.agreements:
            view = views.agreement(agreement, record.client, fleet.policy, fleet.as_of)
            end = standing(record.client, agreement, fleet.policy, fleet.as_of).through
            row = {
                **view,
                "client": record.client.client,
                "link": f"clients/{record.slug}/index.md",
                "psa": by_the_psa(record, agreement, fleet),
            }
            found.append((end or date.max, record.slug, row))
    for _, _, row in sorted(found, key=lambda each: (not each[2]["in_force"], each[0], each[1], each[2]["id"])):
        yield row


def _products(press: Press) -> View:
    """How many products there are, and how many clients have each: every one more has to be known by somebody."""
    fleet = press.fleet
    standard = fleet.policy.standard_products
    users: dict[tuple[str, str], set[str]] = {(entry.id, ""): set() for entry in fleet.catalogue.products.values()}
    for record in fleet.records:
        for setup in record.client.setups:
            entry = fleet.catalogue.products.get(setup.product)
            key = (entry.id, "") if entry else ("", views.product_name(setup, None))
            users.setdefault(key, set()).add(record.slug)
    rows = [_product_row(press, product, name, len(slugs)) for (product, name), slugs in users.items()]
    others = sorted((row for row in rows if not row["link"]), key=lambda row: row["name"].casefold())
    return {
        "products": [*(row for row in rows if row["link"]), *others],
        "count": str(sum(bool(slugs) for slugs in users.values())),
        "standard": bool(standard),
    }


def _product_row(press: Press, product: str, name: str, clients: int) -> View:
    entry = press.fleet.catalogue.products.get(product)
    return {
        "name": entry.product.name if entry else name,
        "link": f"{entry.id}.md" if entry else None,
        "summary": entry.product.summary if entry else None,
        "written_for": entry.product.written_for if entry else None,
        "clients": str(clients),
        "listed": product in press.fleet.policy.standard_products,
    }


def _product(entry: Entry, press: Press) -> View:
    product = entry.product
    clients = [{**one, "link": f"../clients/{one['slug']}/index.md"} for one in acting(entry, press)]
    return {
        "id": entry.id,
        "name": product.name,
        "vendor": product.vendor,
        "written_for": product.written_for,
        "summary": product.summary,
        "console": product.console,
        "notices": product.notices,
        "protects": [kind.replace("_", " ") for kind in product.protects],
        "systems": list(product.systems),
        "mac": product.mac.how if product.mac.possible else product.mac.why,
        "mac_possible": product.mac.possible,
        "states": [{"word": word, "state": state} for word, state in product.states.items()],
        "procedures": [
            {"title": each.guidance.title, "trigger": each.guidance.trigger, "level": each.guidance.level}
            for each in wanted(entry, *NEEDS)
            if not is_answer(each)
        ],
        "verify": list(product.verify_in_manual),
        "sources": [
            {"title": one.title, "url": one.url, "version": one.version, "read_on": one.read_on.isoformat()}
            for one in product.sources.values()
        ],
        "without": [{"procedure": name.replace("-", " "), "why": why} for name, why in product.without.items()],
        "alerts": bool(product.alerts),
        "clients": clients,
    }
