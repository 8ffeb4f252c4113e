"""Hours left and payments as the PSA has them: nobody has to write them down."""

from __future__ import annotations

from collections.abc import Iterator

from runbooks.days import through
from runbooks.findings import Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.matching.agreements import Figures, figures
from runbooks.policy import AdHoc, BlockTime
from runbooks.records.agreement import Agreement
from runbooks.rules.registry import rule
from runbooks.rules.terms import CURRENT, is_over


def _filed(fleet: Fleet) -> Iterator[tuple[Record, Agreement, Figures]]:
    """The agreements of today's clients of which the PSA has figures."""
    for record in fleet.records if any(one.contracts for one in fleet.inventory.exports) else ():
        client = record.client
        if client.status in CURRENT and not client.doubtful_at("status"):
            for agreement in client.agreements:
                found = figures(record, agreement, fleet)
                if found is not None and not agreement.doubtful:
                    yield record, agreement, found


@rule("INV024", "hours-low-in-psa", Severity.WARNING, subject="policy", of_clients=True, profile="standard")
def hours_low_in_psa(fleet: Fleet) -> Iterator[Problem]:
    """By the PSA, a block of prepaid hours is not nearly used up.

    The same as AGR013 with the figure of today. Low is `block_hours_low_percent` of the hours that the record says were
    bought, or less; where it does not say, none. Blocks that renew themselves are not asked.

    Mend: sell the next block before the next call.
    """
    percent = fleet.policy.thresholds.block_hours_low_percent
    for record, agreement, found in _filed(fleet):
        block, kind = agreement.block, fleet.policy.agreement_type(agreement.type)
        renews = block is not None and block.auto_topup
        if found.hours_left is None or renews or not isinstance(kind, BlockTime) or is_over(agreement, fleet.as_of):
            continue
        bought = (block.hours_purchased if block else None) or 0
        if found.hours_left * 100 <= bought * percent:
            of = f" of {bought}" if bought else ""
            yield Problem(
                record.document.place(agreement.at("id")),
                f"{found.hours_left.normalize():f}{of} hours of {agreement.id} are left by the PSA; low is {percent}%",
                "sell the next block before the next call",
                ((found.place, "as the PSA has it"),),
                client=record.slug,
                about=agreement.id,
            )


@rule("INV025", "payment-lapsed-in-psa", Severity.WARNING, subject="policy", of_clients=True, profile="standard")
def payment_lapsed_in_psa(fleet: Fleet) -> Iterator[Problem]:
    """By the PSA, an active client with ad-hoc work only has paid for some within the window of policy.yml.

    The same as AGR016 with the payments of today.

    Mend: set the status to former.
    """
    window, found = fleet.policy.agreements.ad_hoc.window, dict[str, list[tuple[Record, Agreement, Figures]]]()
    for record, agreement, one in _filed(fleet):
        if one.last_paid_on is not None and record.client.status == "active":
            found.setdefault(record.slug, []).append((record, agreement, one))
    for theirs in found.values():
        record, agreement, one = max(theirs, key=lambda each: each[2].last_paid_on or fleet.as_of)
        kinds = (fleet.policy.agreement_type(each.type) for each in record.client.agreements)
        day = one.last_paid_on
        if day is not None and all(isinstance(kind, AdHoc) for kind in kinds) and through(day, window) < fleet.as_of:
            yield Problem(
                record.document.place(agreement.at("id")),
                f"by the PSA the last payment is of {day}, more than {window} ago",
                "set the status to former",
                ((one.place, "as the PSA has it"),),
                client=record.slug,
                about=agreement.id,
            )
