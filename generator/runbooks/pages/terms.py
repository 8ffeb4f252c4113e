"""What was agreed, and for how long: agreements, findings accepted, and hours of work approved ahead."""

from __future__ import annotations

from datetime import date
from typing import Any

from runbooks.entitlement import entitlement
from runbooks.fleet import Fleet, Record
from runbooks.pages.redaction import shown_to
from runbooks.records.agreement import Agreement, Preapproval
from runbooks.records.client import Client
from runbooks.report import Exemption, Report
from runbooks.rules.registry import find

UNPAID_INVOICE = "AGR017"
"""The rule whose finding suspends work that is paid by the hour."""


def waivers_in_force(fleet: Fleet) -> list[Exemption]:
    """The waivers that hold on the day, of clients that there are; the one that ends first first."""
    found = [one for one in fleet.exemptions if one.until >= fleet.as_of and one.client in fleet.by_slug]
    return sorted(found, key=lambda one: (one.until, one.client, one.rule, one.place))


def unending(one: Agreement, as_of: date) -> str:
    """How an agreement goes on of which no last day is known."""
    if one.last_day and one.renews == "automatically":
        return f"{'renews' if one.last_day >= as_of else 'renewed'} by itself after {one.last_day}"
    return "open-ended" if one.open_ended else "no end known"


def coming(record: Record, fleet: Fleet) -> dict[str, Any] | None:
    """The day from which all set-ups of a client may be watched, and by what; None where no such day is agreed."""
    client, policy = record.client, fleet.policy
    for day in sorted({one.starts for one in client.agreements if one.starts and one.starts > fleet.as_of}):
        found = [entitlement(client, setup, policy, day) for setup in client.setups]
        if found and all(one.offered != "none" for one in found):
            named = {grant.agreement for one in found for grant in one.grants if grant.service == "monitoring"}
            return {"on": day.isoformat(), "agreements": sorted(named)}
    return None


def exemption(one: Exemption, record: Record, fleet: Fleet) -> dict[str, Any]:
    """A finding that somebody has accepted for a time. Without our addresses, where the client is not monitored."""
    rule = find(one.rule)
    return {
        "rule": rule.title if rule else one.rule,
        "reason": shown_to(one.reason, record, fleet.policy, fleet.as_of),
        "approver": shown_to(one.approver, record, fleet.policy, fleet.as_of),
        "until": one.until.isoformat(),
        "file": one.place.file,
        "place": f"{one.place.file}, line {one.place.line}",
    }


def approved(one: Agreement, whole: Client, as_of: date) -> Preapproval | None:
    """The hours approved ahead that hold on the day: nothing of the agreement is in doubt, begins later or has ended.

    Prepaid hours and ad-hoc work never entitle to anything, but a client may approve work under them all the same.
    """
    ahead = one.preapproval
    doubtful = one.doubtful or whole.unreadable or whole.doubtful_at("status")
    if ahead is None or ahead.on > as_of or doubtful or whole.status in ("prospect", "former"):
        return None
    ended = one.last_day is not None and one.last_day < as_of and one.renews != "automatically"
    lapsed = one.block is not None and one.block.expires_on is not None and one.block.expires_on < as_of
    cancelled = one.cancelled_on is not None and one.cancelled_on <= as_of
    begins_later = one.starts is not None and one.starts > as_of
    return None if ended or lapsed or cancelled or begins_later else ahead


def suspended(slug: str, report: Report) -> bool:
    """Whether work by the hour waits for a payment: an invoice is found to be overdue, and nobody has accepted that."""
    found = (*report.findings, *report.baselined)
    return any(finding.client == slug and finding.code == UNPAID_INVOICE for finding in found)
