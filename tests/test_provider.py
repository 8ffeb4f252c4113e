"""What the provider owes itself, and whom a hand-written page is about."""

from __future__ import annotations

import pytest

from runbooks.findings import Severity
from runbooks.gate import Report
from tests.sample import AGREEMENT, SETUP, STRICT, agreed, changed, checked, codes, spot, the

RECORD = "clients/corner-florist.yml"
FLORIST = agreed(
    client="Corner Florist",
    aliases=["The Florist"],
    monitoring=None,
    setups=[changed(SETUP, server="CF-SRV01", items=[{"name": "till.corner.example"}, {"name": "Office"}])],
)


def found(policy: str = STRICT, **files: str) -> Report:
    return checked({"policy.yml": policy, RECORD: FLORIST, **files})


def told(code: str, policy: str = STRICT, **files: str) -> list[str]:
    return [str(one.place) for one in found(policy, **files).findings if one.code == code]


# Insurer and referral


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "does not say whether the insurer was asked"),
        ("insurance: {broker: Cover Brothers}\n", "nobody has asked"),
        ("insurance: {broker: Cover Brothers, asked_on: 2025-11-21}\n", "asked on 2025-11-21"),
        ("insurance: {broker: Cover Brothers, asked_on: 2025-11-22}\n", ""),
        ("insurance: {broker: Cover Brothers, asked_on: 2026-11-22}\n", ""),
        ("insurance: {broker: Cover Brothers, asked_on: 2026-11-23}\n", "yet: 2026-11-23 has not come"),
    ],
)
def test_the_insurer_was_asked_within_a_year(line: str, words: str):
    report = found(STRICT + line)
    assert ("POL006" in codes(report)) is bool(words)
    if words:
        assert words in the(report, "POL006").message
        assert the(report, "POL006").severity is Severity.WARNING


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "names nobody"),
        ("referral: {name: Southern}\n", "nobody has made sure"),
        ("referral: {name: Southern, checked_on: 2025-11-21}\n", "rung on 2025-11-21"),
        ("referral: {name: Southern, checked_on: 2025-11-22}\n", ""),
        ("referral: {name: Southern, checked_on: 2026-11-22}\n", ""),
        ("referral: {name: Southern, checked_on: 2026-11-23}\n", "yet: 2026-11-23 has not come"),
    ],
)
def test_the_referral_was_rung_within_a_year(line: str, words: str):
    report = found(STRICT + line)
    assert ("POL008" in codes(report)) is bool(words)
    if words:
        assert words in the(report, "POL008").message


# Rates


def rates(ad_hoc: str, full: str, *, on: bool = True) -> str:
    text = STRICT.replace("full: {counts: true,", f"full: {{counts: true, {full}").replace(
        "agreements:\n", f"agreements:\n  ad_hoc: {{{ad_hoc}}}\n"
    )
    return text + ("rules: {ad-hoc-rate-too-low: warning}\n" if on else "")


@pytest.mark.parametrize(
    ("ad_hoc", "full", "low"),
    [
        ("hourly_rate: 120.0", "hourly_rate: 120.0,", True),
        ("hourly_rate: 119.0", "hourly_rate: 120.0,", True),
        ("hourly_rate: 121.0", "hourly_rate: 120.0,", False),
        ("window: 12 months", "hourly_rate: 120.0,", False),
        ("hourly_rate: 1.0", "", False),
    ],
)
def test_ad_hoc_work_costs_more_than_an_agreement(ad_hoc: str, full: str, *, low: bool):
    policy = rates(ad_hoc, full)
    report = found(policy)
    assert ("POL007" in codes(report)) is low
    assert "POL007" not in codes(found(rates(ad_hoc, full, on=False)))
    if low:
        finding = the(report, "POL007")
        assert finding.path == ("agreements", "ad_hoc", "hourly_rate")
        assert "12" not in finding.message, "amounts are never shown"


# Price lists

LISTED = STRICT.replace("monitoring: alert_only}", "monitoring: alert_only, price_list: docs/alert-only.md}")


def test_an_alert_only_agreement_names_its_price_list():
    finding = the(found(), "POL009")
    assert str(finding.place) == spot("policy.yml", STRICT, "alert_only: {counts")
    assert finding.severity is Severity.ERROR


def test_the_price_list_is_there():
    assert the(found(LISTED), "POL009").path == ("agreements", "alert_only", "price_list")
    page = {"docs/alert-only.md": "---\nreviewed: 2026-11-01\n---\n# Prices\n"}
    report = found(LISTED, **page)
    assert not {"POL009", "POL010"} & set(codes(report))
    near = found(LISTED, **{"docs/alerts-only.md": "# Prices\n"})
    assert "did you mean docs/alerts-only.md?" in the(near, "POL009").help


@pytest.mark.parametrize(
    ("head", "place"),
    [
        ("", "docs/alert-only.md:1:1"),
        ("---\nreviewed: 2025-11-21\n---\n", "docs/alert-only.md:2:11"),
        ("---\nreviewed: last year\n---\n", "docs/alert-only.md:2:11"),
        ("---\nreviewed: 2026-02-30\n---\n", "docs/alert-only.md:2:11"),
        ("---\nreviewed: 2025-11-22\n---\n", ""),
        ("---\nreviewed: 2026-11-22\n---\n", ""),
        ("---\nreviewed: 2026-11-23\n---\n", "docs/alert-only.md:2:11"),
    ],
)
def test_a_price_list_was_read_within_a_year(head: str, place: str):
    assert told("POL010", LISTED, **{"docs/alert-only.md": f"{head}# Prices\n"}) == ([place] if place else [])


def test_a_standard_product_is_in_the_catalogue():
    policy = STRICT + "standard_products: [tape]\n"
    assert the(found(policy), "POL012").path == ("standard_products", 0)


# Whom a page is about


def pages(text: str) -> list[int]:
    found_on = found(**{"docs/page.md": text}).findings
    return [one.place.line for one in found_on if one.code == "AGR012"]


@pytest.mark.parametrize(
    "name", ["Corner Florist", "corner  florist", "The Florist", "corner-florist", "CF-SRV01", "till.corner.example"]
)
def test_a_paragraph_about_a_client_who_is_not_watched_names_no_mailbox_of_ours(name: str):
    assert pages(f"# Notes\n\nThe alerts of {name}\ngo to help+x@provider.example since May.\n") == [4]


@pytest.mark.parametrize(
    "text",
    [
        "Corner Florist pays by the hour.\n\nAlerts go to help@provider.example.\n",
        "- Corner Florist\n- help@provider.example\n",
        "| Corner Florist | none |\n|---|---|\n| Harbour Dental | help@provider.example |\n",
        "Corner Florists: help@provider.example\n",
        "The Office: help@provider.example\n",
        "Corner Florist: owner@client.example\n",
    ],
)
def test_other_paragraphs_may_name_our_mailboxes(text: str):
    assert pages(text) == []


def test_list_items_and_rows_are_read_each_on_its_own():
    assert pages("- a\n- Corner Florist: help@provider.example\n") == [2]
    assert pages("| x | y |\n|---|---|\n| Corner Florist | help@provider.example |\n") == [3]


def test_a_client_who_is_watched_may_be_named():
    record = agreed(AGREEMENT, client="Corner Florist")
    page = {"docs/page.md": "Corner Florist: help@provider.example\n"}
    report = checked({"policy.yml": STRICT, RECORD: record, **page})
    assert "AGR012" not in codes(report)
