"""The terms of an agreement: how it is invoiced, what it covers, and when it ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from runbooks.days import later
from runbooks.entitlement import ends, standing, turns
from runbooks.findings import KeyPath, Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.policy import BlockTime, Policy, Recurring
from runbooks.records.agreement import Agreement
from runbooks.records.client import Client
from runbooks.rules.agreements import by_agreements
from runbooks.rules.registry import rule

CURRENT = ("onboarding", "active", "offboarding")
"""The standings of a client with whom something is still to be done."""


def is_over(agreement: Agreement, as_of: date) -> bool:
    """Whether an agreement has ended for good, so that nobody will mend what it says."""
    last, cancelled = agreement.last_day, agreement.cancelled_on
    ended = last is not None and last < as_of and agreement.renews != "automatically"
    return ended or (cancelled is not None and cancelled <= as_of)


@rule("AGR006", "recurring-type-invoiced-once")
def recurring_type_invoiced_once(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """An agreement of a type that counts is invoiced on a schedule.

    Invoiced once is not an agreement, whatever it is called: nobody pays for it next month.

    Mend: write how often an invoice is sent, or change the type to ad_hoc.

    Bad:

        agreements:
          - {id: AGR-1, type: full, covers: [backup], starts: 2026-01-01, open_ended: true, billing: {every: once}}

    Good:

        agreements:
          - {id: AGR-1, type: full, covers: [backup], starts: 2026-01-01, open_ended: true, billing: {every: month}}
    """
    for agreement in record.client.agreements:
        kind, billing = fleet.policy.agreement_type(agreement.type), agreement.billing
        if isinstance(kind, Recurring) and kind.counts and billing and billing.every == "once":
            yield Problem(
                billing.at("every"),
                f"agreement {agreement.id} is of the type {agreement.type}, and is invoiced once",
                "write month, quarter or year; or change the type to ad_hoc",
                ((agreement.at("type"), "a type that is invoiced on a schedule"),),
            )


@rule("AGR007", "covers-no-backup", Severity.WARNING, profile="standard", days=by_agreements)
def covers_no_backup(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A full agreement covers the backup itself.

    An agreement whose type gives full monitoring is sold as a service for backups. One that covers no backup is either
    about something else, or a line was forgotten. Alert-only agreements are about telling alone, and are not asked.

    Mend: add backup to covers, or change the type.

    Bad:

        agreements:
          - id: AGR-1
            type: full
            covers: [antivirus, monitoring]
            starts: 2026-01-01
            open_ended: true
            billing: {every: month}

    Good:

        agreements:
          - id: AGR-1
            type: full
            covers: [backup, monitoring]
            starts: 2026-01-01
            open_ended: true
            billing: {every: month}
    """
    for agreement in record.client.agreements:
        kind = fleet.policy.agreement_type(agreement.type)
        full = isinstance(kind, Recurring) and kind.counts and kind.monitoring == "full"
        services = {cover.service for cover in agreement.covers}
        if full and services and "backup" not in services and not _is_moot(record, agreement, fleet.as_of):
            yield Problem(
                agreement.at("covers"),
                f"agreement {agreement.id} covers {', '.join(sorted(services))}, and no backup",
                "add backup, or change the type",
            )


def _is_moot(record: Record, agreement: Agreement, as_of: date) -> bool:
    return is_over(agreement, as_of) or record.client.doubtful_at(*agreement.at("covers"))


def _soon(record: Record, policy: Policy) -> Iterator[date]:
    yield from turns(record.client)
    for agreement in record.client.agreements:
        last, _ = ends(agreement)
        if last:
            yield later(last, -policy.thresholds.warn_before_days)
            yield later(last, 1)


@rule("AGR008", "agreement-ends-soon", Severity.WARNING, profile="standard", reminder=True, days=_soon)
def agreement_ends_soon(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """An agreement that ends soon is followed by another one.

    The night after its last day the monitoring pages go dark. So it is said `warn_before_days` of policy.yml ahead: for
    the last day, the last day paid for ahead, and the day on which prepaid hours lapse. Not where another agreement of
    the record goes on with the same services.

    Mend: renew it and write the new last day, or write the agreement that follows.

    Bad:

        agreements:
          - id: AGR-1
            type: full
            covers: [backup]
            starts: 2026-01-01
            last_day: 2026-12-10
            billing: {every: month}

    Good:

        agreements:
          - id: AGR-1
            type: full
            covers: [backup]
            starts: 2026-01-01
            last_day: 2026-12-10
            billing: {every: month}
          - id: AGR-2
            type: full
            covers: [backup]
            starts: 2026-12-11
            last_day: 2027-12-10
            billing: {every: month}
    """
    client, policy, as_of = record.client, fleet.policy, fleet.as_of
    for agreement in client.agreements:
        last, at = ends(agreement)
        if last is None or not later(last, -policy.thresholds.warn_before_days) <= as_of <= last:
            continue
        if _has_hours(client, agreement, policy, as_of):
            yield Problem(at, f"the hours of {agreement.id} lapse on {last}", "use them, or sell the next block")
        elif not _goes_on(client, agreement, last, fleet):
            words = f"agreement {agreement.id} ends on {last}, and no other goes on with what it covers"
            yield Problem(at, words, "renew it, or write down the agreement that follows")


def _has_hours(client: Client, agreement: Agreement, policy: Policy, as_of: date) -> bool:
    block = agreement.block
    counted = isinstance(policy.agreement_type(agreement.type), BlockTime) and client.status in CURRENT
    left = counted and block is not None and block.expires_on is not None and block.hours_remaining != 0
    return left and not is_over(agreement, as_of) and not agreement.doubtful


def _goes_on(client: Client, agreement: Agreement, last: date, fleet: Fleet) -> bool:
    """Whether an agreement is not in force, or another may follow it: one that could not be read may be the one."""
    in_force = standing(client, agreement, fleet.policy, fleet.as_of).in_force
    return not in_force or client.doubtful_at("agreements") or _followed(client, agreement, last, fleet.policy)


def _followed(client: Client, agreement: Agreement, last: date, policy: Policy) -> bool:
    next_day = later(last, 1)
    others = [one for one in client.agreements if one is not agreement]
    going_on = [cover for one in others if standing(client, one, policy, next_day).in_force for cover in one.covers]
    return all(
        any(
            other.service == cover.service
            and (other.setups is None or (cover.setups is not None and {*cover.setups} <= {*other.setups}))
            for other in going_on
        )
        for cover in agreement.covers
    )


@rule("AGR009", "agreement-lapsed", Severity.WARNING, profile="standard", days=by_agreements)
def agreement_lapsed(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """An active client whose agreement has ended has another one in force.

    Either the new one was not written down, or the client is no agreement client any more, and the record should say
    so before somebody works for free. A client who went over to prepaid hours or ad-hoc work later has said so.
    Where monitoring is promised as well, AGR001 says it, as an error.

    Mend: write the new agreement down, add the ad_hoc or block_time one that followed, or change the status.

    Bad:

        agreements:
          - id: AGR-1
            type: full
            covers: [backup]
            starts: 2025-01-01
            last_day: 2025-12-31
            billing: {every: month}

    Good:

        agreements:
          - id: AGR-1
            type: full
            covers: [backup]
            starts: 2025-01-01
            last_day: 2025-12-31
            billing: {every: month}
          - {id: AGR-2, type: ad_hoc, starts: 2026-01-01, billing: {every: once}}
    """
    client, policy, as_of = record.client, fleet.policy, fleet.as_of
    promised = client.monitoring is not None and client.monitoring.level != "none"
    if client.status != "active" or promised:
        return
    if any(client.doubtful_at(key) for key in ("status", "agreements", "monitoring")):
        return
    lapsed: list[tuple[date, Agreement, KeyPath]] = []
    for agreement in client.agreements:
        kind = policy.agreement_type(agreement.type)
        if standing(client, agreement, policy, as_of).in_force:
            return
        last, at = ends(agreement)
        begun = agreement.starts is not None and agreement.starts <= as_of
        if isinstance(kind, Recurring) and kind.counts and begun and last and last < as_of:
            lapsed.append((last, agreement, at))
    if lapsed:
        last, agreement, at = max(lapsed, key=lambda one: one[0])
        if not any(_went_over(one, agreement, as_of) for one in client.agreements):
            words = f"agreement {agreement.id} ended on {last}, and no other is in force"
            yield Problem(at, words, "write down the new agreement, or what followed it; or change the status")


def _went_over(one: Agreement, lapsed: Agreement, as_of: date) -> bool:
    newer = one.starts is not None and lapsed.starts is not None and lapsed.starts < one.starts <= as_of
    return newer and one.type in ("ad_hoc", "block_time") and not is_over(one, as_of)
