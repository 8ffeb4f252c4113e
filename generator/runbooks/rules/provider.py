"""What the provider owes itself: price list, referral, insurer, rates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from runbooks.corrections import of_word
from runbooks.days import later
from runbooks.findings import KeyPath, Place, Problem, Severity
from runbooks.fleet import Fleet, Written
from runbooks.policy import BlockTime, Policy, Recurring
from runbooks.rules.registry import rule
from runbooks.shape import closest
from runbooks.values import DAY


@rule("POL006", "insurer-not-asked", Severity.WARNING, subject="policy", profile="standard")
def insurer_not_asked(fleet: Fleet) -> Iterator[Problem]:
    """The insurer was asked whether watching without an agreement is insured, and not longer than `insurer_days` ago.

    Who reads a client's alerts without an agreement may answer for what they overlooked. Whether the policy pays then
    is a question for the broker, in writing. This is not legal advice.

    Mend: ask, and write insurance with broker, asked_on and answer_ref into policy.yml.
    """
    insurance, longest = fleet.policy.insurance, fleet.policy.thresholds.insurer_days
    if insurance is None:
        words = "policy.yml does not say whether the insurer was asked about watching without an agreement"
        yield Problem(("insurance",), words, "ask the broker, and write insurance: {broker, asked_on}", on_key=True)
    elif insurance.asked_on is None:
        yield Problem(insurance.at("asked_on"), "nobody has asked the insurer yet", "ask, and write asked_on")
    elif insurance.asked_on > fleet.as_of:
        words = f"nobody has asked the insurer yet: {insurance.asked_on} has not come"
        yield Problem(insurance.at("asked_on"), words, "ask, and write the day on which it was done")
    elif later(insurance.asked_on, longest) < fleet.as_of:
        words = f"the insurer was asked on {insurance.asked_on}, more than {longest} days ago"
        yield Problem(insurance.at("asked_on"), words, "ask again, and write the new day")


@rule("POL007", "ad-hoc-rate-too-low", Severity.WARNING, subject="policy", timeless=True, profile=None)
def ad_hoc_rate_too_low(fleet: Fleet) -> Iterator[Problem]:
    """An hour of ad-hoc work costs more than an hour under the cheapest agreement.

    Off until policy.yml turns it on under `rules`. Where both cost the same, an agreement pays for nobody. Asked only
    where policy.yml gives the rates; no amount is ever shown.

    Mend: raise agreements.ad_hoc.hourly_rate.
    """
    ad_hoc = fleet.policy.agreements.ad_hoc
    rates = [
        (kind.hourly_rate, name)
        for name, kind in fleet.policy.agreements.by_name.items()
        if isinstance(kind, Recurring) and kind.counts and kind.hourly_rate is not None
    ]
    if ad_hoc.hourly_rate is None or not rates:
        return
    lowest, name = min(rates)
    if ad_hoc.hourly_rate <= lowest:
        yield Problem(
            ad_hoc.at("hourly_rate"),
            f"an hour of ad-hoc work costs no more than one under {name}",
            "raise it, so that it pays to have an agreement",
            ((fleet.policy.agreements.at(name, "hourly_rate"), "the lowest rate of an agreement"),),
        )


@rule("POL008", "referral-unchecked", Severity.WARNING, subject="policy", profile="standard")
def referral_unchecked(fleet: Fleet) -> Iterator[Problem]:
    """There is somebody to recommend to those we do not look after, and they were rung within `referral_days`.

    "No" is said more easily with a name and a number. A firm that has closed, or takes no more clients, is worse than
    none.

    Mend: ring them, and write referral with name, phone and checked_on into policy.yml.
    """
    referral, longest = fleet.policy.referral, fleet.policy.thresholds.referral_days
    if referral is None:
        words = "policy.yml names nobody to recommend to those we do not look after"
        yield Problem(("referral",), words, "write referral: {name, phone, checked_on}", on_key=True)
    elif referral.checked_on is None:
        words = f"nobody has made sure that {referral.name} still takes such clients"
        yield Problem(referral.at("checked_on"), words, "ring them, and write checked_on")
    elif referral.checked_on > fleet.as_of:
        words = f"nobody has rung {referral.name} yet: {referral.checked_on} has not come"
        yield Problem(referral.at("checked_on"), words, "ring them, and write the day on which it was done")
    elif later(referral.checked_on, longest) < fleet.as_of:
        words = f"{referral.name} was rung on {referral.checked_on}, more than {longest} days ago"
        yield Problem(referral.at("checked_on"), words, "ring them again, and write the new day")


@rule("POL009", "price-list-missing", subject="policy", timeless=True, profile="standard")
def price_list_missing(fleet: Fleet) -> Iterator[Problem]:
    """An agreement that gives alerts only names its price list, and the page is there.

    The first mistake is to have nothing to offer when somebody asks "could you not just have a look at the mails?".
    Any other price list that policy.yml names must be there as well: pages link to it.

    Mend: write the page in docs/, and name it as price_list: docs/alert-only.md.
    """
    for name, kind in fleet.policy.agreements.by_name.items():
        if isinstance(kind, Recurring) and kind.counts and kind.monitoring == "alert_only" and kind.price_list is None:
            at = fleet.policy.agreements.at(name)
            yield Problem(at, f"{name} names no price list", "write price_list: docs/alert-only.md", on_key=True)
    known = [page.file for page in fleet.written]
    for file, at in _price_lists(fleet.policy):
        if _is_page(file) and file not in known:
            yield Problem(at, f"there is no {file}", closest(file, known) or "write the page, below docs/")


def _price_lists(policy: Policy) -> Iterator[tuple[str, KeyPath]]:
    for kind in policy.agreements.by_name.values():
        if isinstance(kind, Recurring | BlockTime) and kind.price_list is not None:
            yield kind.price_list, kind.at("price_list")


def _is_page(file: str) -> bool:
    """Whether a price list should be a page of ours. One that is an address somewhere else is not read."""
    return "://" not in file


@rule("POL010", "price-list-old", Severity.WARNING, subject="policy", profile="standard")
def price_list_old(fleet: Fleet) -> Iterator[Problem]:
    """A price list says when somebody last read it, and that is not longer than `price_list_days` ago.

    A price list of three years ago is sent to a client with the same confidence as one of last week.

    Mend: read it, correct it, and write `reviewed: DATE` into the front matter of the page.
    """
    pages = {page.file: page for page in fleet.written}
    longest = fleet.policy.thresholds.price_list_days
    for file in dict.fromkeys(file for file, _ in _price_lists(fleet.policy)):
        page = pages.get(file)
        if page is None:
            continue
        day, place = _reviewed(page), _in_head(page, "reviewed")
        if day is None:
            yield Problem(place, "this price list does not say when it was last read", "add reviewed: DATE")
        elif day > fleet.as_of:
            words = f"nobody has read this price list yet: {day} has not come"
            yield Problem(place, words, "read it, and write the day on which it was done")
        elif later(day, longest) < fleet.as_of:
            words = f"this price list was last read on {day}, more than {longest} days ago"
            yield Problem(place, words, "read it, correct it, and write the new day")


def _reviewed(page: Written) -> date | None:
    word = page.meta_text("reviewed")
    try:
        return date.fromisoformat(word) if DAY.fullmatch(word) else None
    except ValueError:
        return None


def _in_head(page: Written, key: str) -> Place:
    return page.document.place((key,)) if key in page.meta else Place(page.file)


@rule("POL012", "unknown-standard-product", subject="policy", timeless=True, profile="standard")
def unknown_standard_product(fleet: Fleet) -> Iterator[Problem]:
    """Every standard product of policy.yml is in the catalogue.

    A misspelt one would put every client who has it off the list.

    Mend: correct the id, or add the product to templates/products.
    """
    known = fleet.catalogue.products
    for index, product in enumerate(fleet.policy.standard_products):
        if product not in known:
            words = f"the catalogue has no product {product}"
            at = fleet.policy.at("standard_products", index)
            fix = of_word(fleet.policy_document, at, product, known)
            yield Problem(at, words, closest(product, known) or f"known: {', '.join(known)}", fix=fix)
