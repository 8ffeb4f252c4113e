"""Pages for the whole site: home, clients, agreements, products, rules, and what free monitoring costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from runbooks.catalogue import Entry
from runbooks.entitlement import standing
from runbooks.findings import Blocks, Severity
from runbooks.pages import views
from runbooks.pages.page import Kind, Page
from runbooks.pages.press import Press, reasons
from runbooks.pages.views import View
from runbooks.prose import Prose
from runbooks.rules.registry import FAMILIES, RULES, Rule

HOME = "index.md"
HOME_BESIDE = "today.md"
"""Where the home page goes when the site has written its own."""
WHY = "why.md"
"""The hand-written page that says why there is no monitoring without an agreement, where a site has one."""


def sitewide_pages(press: Press) -> Iterator[Page]:
    """Every page that is about no single client."""
    written = {page.file for page in press.fleet.written}
    yield _page(press, HOME if "docs/" + HOME not in written else HOME_BESIDE, "home", "Home", _home(press))
    yield _page(press, "clients/index.md", "clients", "Clients", {"clients": _clients(press)})
    yield _page(press, "agreements.md", "agreements", "Agreements", {"agreements": list(_agreements(press))})
    yield _page(press, "products/index.md", "products", "Products", {"products": _products(press)})
    for entry in press.fleet.catalogue.products.values():
        yield _page(
            press, f"products/{entry.id}.md", "product", entry.product.name, {"product": _product(entry, press)}
        )
    yield _page(press, "rules.md", "rules", "Rules", {"families": list(_families())})
    yield _page(press, "cost.md", "cost", "What free monitoring costs", {"cost": _cost(press)})


def _page(press: Press, uri: str, kind: Kind, title: str, context: Mapping[str, object]) -> Page:
    base = {"provider": press.provider, "as_of": press.fleet.as_of.isoformat()}
    markdown = press.printed(f"pages/{kind}.md", {**base, **context}, uri)
    return Page(
        uri=uri, title=title, kind=kind, markdown=markdown, description=f"{title}: {press.fleet.policy.provider}"
    )


def _home(press: Press) -> View:
    fleet, report = press.fleet, press.report
    blocking = [
        one
        for one in (*report.findings, *press.withheld)
        if one.blocks in (Blocks.PAGE, Blocks.CLIENT) and one.client in fleet.by_slug
    ]
    names = sorted({one.client for one in blocking})
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
                "count": str(sum(each["cover"]["level"] == level for each in _clients(press))),
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


def _agreements(press: Press) -> Iterator[View]:
    fleet = press.fleet
    found: list[tuple[date, str, View]] = []
    for record in fleet.records:
        for agreement in record.client.agreements:
            view = views.agreement(agreement, record.client, fleet.policy, fleet.as_of)
            end = standing(record.client, agreement, fleet.policy, fleet.as_of).through
            row = {**view, "client": record.client.client, "link": f"clients/{record.slug}/index.md"}
            found.append((end or date.max, record.slug, row))
    for _, _, row in sorted(found, key=lambda each: (not each[2]["in_force"], each[0], each[1], each[2]["id"])):
        yield row


def _products(press: Press) -> list[View]:
    fleet = press.fleet
    rows = []
    for entry in fleet.catalogue.products.values():
        used = sum(setup.product == entry.id for record in fleet.records for setup in record.client.setups)
        rows.append(
            {
                "name": entry.product.name,
                "link": f"{entry.id}.md",
                "summary": entry.product.summary,
                "written_for": entry.product.written_for,
                "used": str(used),
            }
        )
    return rows


def _product(entry: Entry, press: Press) -> View:
    product = entry.product
    clients = [
        {"name": record.client.client, "link": f"../clients/{record.slug}/index.md"}
        for record in press.fleet.records
        if any(setup.product == entry.id for setup in record.client.setups)
    ]
    return {
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
            for each in entry.procedures.values()
        ],
        "verify": list(product.verify_in_manual),
        "sources": [
            {"title": one.title, "url": one.url, "version": one.version, "read_on": one.read_on.isoformat()}
            for one in product.sources.values()
        ],
        "clients": sorted(clients, key=lambda row: row["name"].casefold()),
    }


def _families() -> Iterator[View]:
    for family, words in FAMILIES.items():
        rules = [_rule(one) for code, one in sorted(RULES.items()) if code.startswith(family)]
        if rules:
            yield {"family": family, "words": words, "rules": rules}


def _rule(one: Rule) -> View:
    return {
        "anchor": one.code.lower(),
        "title": one.title,
        "severity": str(one.severity),
        "blocks": str(one.blocks),
        "leeway": one.leeway,
        "summary": one.summary,
        "why": views.html(one.why),
        "mend": views.html(one.mend),
        "bad": [_sample(sample) for sample in one.bad],
        "good": [_sample(sample) for sample in one.good],
    }


def _sample(sample: str) -> Prose:
    # The samples are ours: text of the program, shown as code.
    return Prose(f"```yaml\n{sample.rstrip()}\n```")


def _cost(press: Press) -> View:
    cost = press.fleet.policy.cost
    minutes = cost.minutes_a_day
    hours = minutes * cost.working_days / 60
    return {
        "alert_review_minutes": str(cost.alert_review_minutes),
        "failures_per_day": str(cost.failures_per_day),
        "reach": str(cost.reach),
        "persuade": str(cost.persuade),
        "repair": str(cost.repair),
        "learn": str(cost.learn),
        "each": str(cost.reach + cost.persuade + cost.repair),
        "failures_minutes": str(cost.failures_per_day * (cost.reach + cost.persuade + cost.repair)),
        "minutes": str(minutes),
        "hours_a_day": f"{minutes / 60:.2f}".rstrip("0").rstrip("."),
        "working_days": str(cost.working_days),
        "hours_a_year": f"{hours:,.0f}",
        "learn_minutes": str(cost.failures_per_day * cost.learn),
        "why": WHY if any(page.file == "docs/" + WHY for page in press.fleet.written) else None,
    }
