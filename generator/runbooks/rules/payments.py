"""What is paid for: hours left, figures, invoices, and ad-hoc work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from runbooks.days import later, through
from runbooks.entitlement import turns
from runbooks.findings import Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.matching.agreements import figures
from runbooks.policy import AdHoc, BlockTime, Policy
from runbooks.records.agreement import Agreement
from runbooks.records.client import Client
from runbooks.rules.agreements import by_agreements
from runbooks.rules.registry import rule
from runbooks.rules.terms import CURRENT, is_over


@rule("AGR013", "block-hours-low", Severity.WARNING, profile="standard", days=by_agreements)
def block_hours_low(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A block of prepaid hours is not nearly used up.

    The call about a failed backup should not be the one in which the client hears that nothing is left. Low is
    `block_hours_low_percent` of what was bought, or less. Blocks that renew themselves are not asked. Where a feed of
    the PSA has the hours, its figure counts instead (INV024).

    Mend: sell the next block, and write the new figures down.

    Bad:

        agreements:
          - id: AGR-1
            type: block_time
            starts: 2026-01-01
            block: {hours_purchased: 50, hours_remaining: 3, as_of: 2026-11-20}

    Good:

        agreements:
          - id: AGR-1
            type: block_time
            starts: 2026-01-01
            block: {hours_purchased: 50, hours_remaining: 30, as_of: 2026-11-20}
    """
    percent = fleet.policy.thresholds.block_hours_low_percent
    for agreement in _current(record, fleet):
        block = agreement.block
        if block is None or block.auto_topup or not isinstance(fleet.policy.agreement_type(agreement.type), BlockTime):
            continue
        if (known := figures(record, agreement, fleet)) and known.hours_left is not None:
            continue
        bought, left = block.hours_purchased, block.hours_remaining
        lapsed = block.expires_on is not None and block.expires_on < fleet.as_of
        if bought and left is not None and left * 100 <= bought * percent and not lapsed:
            yield Problem(
                block.at("hours_remaining"),
                f"{left} of {bought} hours of {agreement.id} are left; low is {percent}% or less",
                "sell the next block before the next call",
            )


def _current(record: Record, fleet: Fleet) -> Iterator[Agreement]:
    """The agreements that could be read and have not ended, of a client with whom something is still to be done."""
    if record.client.status in CURRENT and not record.client.doubtful_at("status"):
        yield from (one for one in record.client.agreements if not one.doubtful and not is_over(one, fleet.as_of))


def _stale(record: Record, policy: Policy) -> Iterator[date]:
    yield from turns(record.client)
    for agreement in record.client.agreements:
        for part in (agreement.block, agreement.billing):
            if part is not None and part.as_of is not None:
                yield later(part.as_of, policy.thresholds.figures_days + 1)


@rule("AGR014", "figures-out-of-date", Severity.WARNING, profile="standard", days=_stale)
def figures_out_of_date(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """Hours left and payments entered by hand say of which day they are, and are not older than `figures_days`.

    They change with every invoice or ticket. A figure without a day looks as true next year as it does today. Not asked
    where a feed of the PSA has them.

    Mend: look them up again, and write the day under as_of.

    Bad:

        agreements:
          - {id: AGR-1, type: ad_hoc, billing: {every: once, last_paid_on: 2026-05-04}}

    Good:

        agreements:
          - {id: AGR-1, type: ad_hoc, billing: {every: once, last_paid_on: 2026-05-04, as_of: 2026-11-20}}
    """
    longest = fleet.policy.thresholds.figures_days
    for agreement in _current(record, fleet):
        if figures(record, agreement, fleet) is not None:
            continue
        for part, names in (
            (agreement.block, ("hours_remaining",)),
            (agreement.billing, ("last_paid_on", "last_invoice_on")),
        ):
            given = [name for name in names if part is not None and getattr(part, name) is not None]
            if part is None or not given:
                continue
            if part.as_of is None:
                words = f"{given[0]} of {agreement.id} does not say of which day it is"
                yield Problem(part.at(given[0]), words, "add as_of: the day it was looked up")
            elif later(part.as_of, longest) < fleet.as_of:
                words = f"the figures of {agreement.id} are of {part.as_of}, and hold for {longest} days"
                yield Problem(part.at("as_of"), words, "look them up again, and write the day")


@rule("AGR015", "ad-hoc-on-a-schedule", profile="standard")
def ad_hoc_on_a_schedule(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """Ad-hoc work is not invoiced on a schedule.

    One of the two is wrong: whoever is invoiced every month has an agreement and gets less than they pay for; whoever
    has none should not look as if they had.

    Mend: write every: once, or the type of the agreement.

    Bad:

        agreements:
          - {id: AGR-1, type: ad_hoc, starts: 2026-01-01, billing: {every: month}}

    Good:

        agreements:
          - {id: AGR-1, type: ad_hoc, starts: 2026-01-01, billing: {every: once}}
    """
    for agreement in record.client.agreements:
        billing = agreement.billing
        ad_hoc = isinstance(fleet.policy.agreement_type(agreement.type), AdHoc)
        if ad_hoc and billing is not None and billing.every != "once":
            yield Problem(
                billing.at("every"),
                f"agreement {agreement.id} is ad-hoc work, and is invoiced every {billing.every}",
                "write every: once, or the type of the agreement",
                ((agreement.at("type"), "ad-hoc work has no schedule"),),
            )


def _last_paid(client: Client) -> tuple[date, Agreement] | None:
    """The newest payment of a client who has ad-hoc work only; where nothing was paid, the newest start."""
    found = [one for one in client.agreements if one.billing and one.billing.last_paid_on]
    paid = [(one.billing.last_paid_on, one) for one in found if one.billing and one.billing.last_paid_on]
    begun = [(one.starts, one) for one in client.agreements if one.starts]
    return max(paid or begun, key=lambda pair: pair[0], default=None)


def _window(record: Record, policy: Policy) -> Iterator[date]:
    last = _last_paid(record.client)
    if last:
        yield later(through(last[0], policy.agreements.ad_hoc.window), 1)


@rule("AGR016", "ad-hoc-lapsed", Severity.WARNING, profile="standard", days=_window)
def ad_hoc_lapsed(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """An active client with ad-hoc work only has paid for some within the window of policy.yml.

    Somebody is an ad-hoc client who was invoiced *and has paid* within that time, twelve months where policy.yml says
    nothing else. An invoice alone does not count. Where nothing was ever paid, the time runs from the start. Where a
    feed of the PSA has the payments, these count instead (INV025).

    Mend: set the status to former; or write the payment down under billing.last_paid_on.

    Bad:

        agreements:
          - {id: AGR-1, type: ad_hoc, billing: {every: once, last_paid_on: 2025-05-04, as_of: 2026-11-20}}

    Good:

        agreements:
          - {id: AGR-1, type: ad_hoc, billing: {every: once, last_paid_on: 2026-05-04, as_of: 2026-11-20}}
    """
    client, policy = record.client, fleet.policy
    last = _last_paid(client)
    if client.status != "active" or last is None or client.doubtful_at("status") or client.doubtful_at("agreements"):
        return
    day, agreement = last
    if any((known := figures(record, one, fleet)) and known.last_paid_on for one in client.agreements):
        return
    all_ad_hoc = all(isinstance(policy.agreement_type(one.type), AdHoc) for one in client.agreements)
    window = policy.agreements.ad_hoc.window
    if not all_ad_hoc or fleet.as_of <= through(day, window):
        return
    billing = agreement.billing
    paid = billing is not None and billing.last_paid_on == day
    yield Problem(
        agreement.at("billing", "last_paid_on") if paid else agreement.at("starts"),
        f"the last payment is of {day}, more than {window} ago" if paid else f"nothing was paid since {day}",
        "set the status to former, or write the payment down",
    )


def _unpaid(record: Record, policy: Policy) -> Iterator[date]:
    yield from turns(record.client)
    for agreement in record.client.agreements:
        if agreement.billing and agreement.billing.last_invoice_on:
            yield later(agreement.billing.last_invoice_on, policy.thresholds.invoice_unpaid_days + 1)


@rule("AGR017", "invoice-unpaid", Severity.WARNING, profile="standard", days=_unpaid)
def invoice_unpaid(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """The last invoice is paid, or is not older than `invoice_unpaid_days`.

    Work by the hour for somebody who has not paid the last one is work for free. It is suspended until they have.

    Mend: settle it with the client, and write the payment down under last_paid_on.

    Bad:

        agreements:
          - id: AGR-1
            type: ad_hoc
            billing: {every: once, last_invoice_on: 2026-09-01, last_paid_on: 2026-05-04, as_of: 2026-11-20}

    Good:

        agreements:
          - id: AGR-1
            type: ad_hoc
            billing: {every: once, last_invoice_on: 2026-09-01, last_paid_on: 2026-09-20, as_of: 2026-11-20}
    """
    longest = fleet.policy.thresholds.invoice_unpaid_days
    for agreement in record.client.agreements:
        billing = agreement.billing
        if billing is None or billing.last_invoice_on is None or agreement.doubtful:
            continue
        sent, paid = billing.last_invoice_on, billing.last_paid_on
        if (known := figures(record, agreement, fleet)) and known.last_paid_on:
            paid = max(filter(None, (paid, known.last_paid_on)))
        late = (paid is None or paid < sent) and later(sent, longest) < fleet.as_of
        if late and record.client.status in CURRENT and not record.client.doubtful_at("status"):
            yield Problem(
                billing.at("last_invoice_on"),
                f"the invoice of {sent} is not paid; the limit is {longest} days",
                "settle it before more work by the hour is done, and write the payment down",
                ((billing.at("last_paid_on"), "the last payment"),) if paid else (),
            )


@rule("AGR026", "ad-hoc-without-block", Severity.WARNING, profile=None)
def ad_hoc_without_block(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A client who came without an agreement after `blocks_since` of policy.yml has bought a block of hours first.

    Off until policy.yml turns it on under `rules`. A provider who works without an agreement only on hours that are
    paid ahead says since when under agreements.ad_hoc.blocks_since, and how many under block_time.minimum_hours.

    Mend: sell the block and write it down as an agreement of the type block_time.

    Bad:

        agreements:
          - {id: AGR-1, type: ad_hoc, starts: 2026-10-01, billing: {every: once}}

    Good:

        agreements:
          - {id: AGR-1, type: ad_hoc, starts: 2026-10-01, billing: {every: once}}
          - {id: AGR-2, type: block_time, starts: 2026-10-01, block: {hours_purchased: 50}}
    """
    client, kinds = record.client, fleet.policy.agreements
    since, least = kinds.ad_hoc.blocks_since, kinds.block_time.minimum_hours or 0
    if since is None or client.status != "active" or client.doubtful_at("agreements") or client.doubtful_at("status"):
        return
    hours = [one.block.hours_purchased or 0 for one in client.agreements if one.type == "block_time" and one.block]
    others = [one for one in client.agreements if one.type != "block_time"]
    starts = [(one.starts, one) for one in others if one.starts]
    if not starts or any(one.type != "ad_hoc" for one in others) or any(bought >= least for bought in hours):
        return
    first, agreement = min(starts, key=lambda pair: pair[0])
    if first >= since:
        yield Problem(
            agreement.at("starts"),
            f"ad-hoc work since {first} without a block of hours; since {since} new clients buy "
            + (f"{least} hours first" if least else "a block first"),
            "sell the block, and write it down as an agreement of the type block_time",
        )
