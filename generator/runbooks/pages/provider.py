"""Pages about the provider's own policy: exceptions, profiles, whom we recommend, and what the insurer said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from runbooks.days import later
from runbooks.pages import views
from runbooks.pages.costs import cost_page
from runbooks.pages.endings import WAIVERS, waiver_months
from runbooks.pages.page import Page
from runbooks.pages.press import Press
from runbooks.pages.sheet import sheet
from runbooks.pages.terms import exemption, waivers_in_force
from runbooks.pages.views import View
from runbooks.policy import PROFILES, Profile
from runbooks.report import Met
from runbooks.rules.registry import RULES, Rule, find


def provider_pages(press: Press) -> Iterator[Page]:
    """Every page about the policy itself."""
    yield cost_page(press)
    waivers = {"waivers": list(_waivers(press)), "ends": waiver_months(press, WAIVERS)}
    yield sheet(press, WAIVERS, "waivers", "Exceptions", waivers)
    yield sheet(press, "profiles.md", "profiles", "Profiles", _profiles(press))
    yield sheet(press, "referral.md", "referral", "Referral", {"referral": _referral(press)})
    yield sheet(press, "insurer.md", "insurer", "Insurer", {"insurer": _insurer(press)})


def _waivers(press: Press) -> Iterator[View]:
    """The exceptions in force, the one that ends first first."""
    fleet = press.fleet
    for one in waivers_in_force(fleet):
        rule = find(one.rule)
        record = fleet.by_slug[one.client]
        yield {
            **exemption(one, record, fleet),
            "client": record.client.client,
            "link": f"clients/{one.client}/index.md",
            "rule_name": rule.name if rule else one.rule,
            "rule_link": link(rule) if rule else None,
            "line": str(one.place.line),
        }


def link(one: Rule) -> str:
    """The page of a rule, from a page at the top of the site."""
    return f"rules/{one.code.lower()}.md"


def _profiles(press: Press) -> View:
    fleet, met = press.fleet, press.report.met
    rows: list[View] = [
        {
            "name": record.client.client,
            "slug": record.slug,
            "link": f"clients/{record.slug}/index.md",
            "met": met.get(record.slug),
            "next": following(met.get(record.slug)),
            "missing": _missing(press, record.slug),
        }
        for record in fleet.records
    ]
    rows.sort(key=lambda row: (-_rank(met.get(row["slug"])), row["name"].casefold(), row["slug"]))
    ranks = [_rank(met.get(record.slug)) for record in fleet.records]
    counts = {profile: sum(rank > PROFILES.index(profile) for rank in ranks) for profile in PROFILES}
    return {
        "profile": fleet.policy.profile,
        "clients": rows,
        "wanting": _wanting(press),
        "counts": [{"profile": name, "count": str(count)} for name, count in counts.items()],
    }


def _rank(met: Met) -> int:
    return PROFILES.index(met) + 1 if met else 0


def following(met: Met) -> Profile | None:
    """The profile that a client does not meet yet; none when it meets the highest."""
    return PROFILES[_rank(met)] if _rank(met) < len(PROFILES) else None


def _missing(press: Press, slug: str) -> list[View]:
    """The rules that keep a client from the next profile, each once."""
    codes = press.report.missing.get(slug, ())
    return [{"code": code, "link": link(RULES[code])} for code in sorted(set(codes))]


def _wanting(press: Press) -> list[View]:
    """The rules that keep clients from their next profile, and how many; the one that keeps most first."""
    slugs = (record.slug for record in press.fleet.records)
    counts = Counter(code for slug in slugs for code in set(press.report.missing.get(slug, ())))
    order = sorted(counts, key=lambda code: (-counts[code], code))
    return [
        {"code": code, "title": RULES[code].title, "link": link(RULES[code]), "clients": str(counts[code])}
        for code in order
    ]


def _referral(press: Press) -> View | None:
    policy = press.fleet.policy
    one = policy.referral
    if one is None:
        return None
    due = later(one.checked_on, policy.thresholds.referral_days) if one.checked_on else None
    return {"name": one.name, "phone": one.phone, "checked_on": views.day(one.checked_on), "due": views.day(due)}


def _insurer(press: Press) -> View | None:
    policy = press.fleet.policy
    one = policy.insurance
    if one is None:
        return None
    due = later(one.asked_on, policy.thresholds.insurer_days) if one.asked_on else None
    return {
        "broker": one.broker,
        "phone": one.phone,
        "asked_on": views.day(one.asked_on),
        "due": views.day(due),
        "answer": views.reference(one.answer_ref, policy),
    }
