"""What a promise of monitoring asks of both sides: somebody who decides, an assessment, a refusal on file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from runbooks.days import later
from runbooks.entitlement import ends, promised_setups, standing, turns, watches
from runbooks.findings import Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.policy import BlockTime, Policy, Recurring
from runbooks.records.agreement import Agreement
from runbooks.records.client import Client
from runbooks.records.setup import Setup
from runbooks.rules.agreements import by_agreements
from runbooks.rules.registry import rule
from runbooks.rules.terms import is_over


def _after_end(record: Record, policy: Policy) -> Iterator[date]:
    yield from turns(record.client)
    for agreement in record.client.agreements:
        last, _ = ends(agreement)
        if last:
            yield later(last, policy.thresholds.refusal_days + 1)


@rule("AGR018", "no-refusal-on-file", Severity.WARNING, days=_after_end)
def no_refusal_on_file(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """An active client with backups and without an agreement was offered monitoring, and the answer is on file.

    "You knew that our backups did not run" is answered with a dated refusal, not with a memory. It has to be there
    `refusal_days` after the last agreement ended, and at once where there never was one.

    Mend: write monitoring: {level: none, declined: {on: DATE, notice_ref: …}}; while the offer is out, write
    quoted: {on: DATE}.

    Bad:

        setups:
          - {id: main, product: other, product_name: Tape}

    Good:

        setups:
          - {id: main, product: other, product_name: Tape}
        monitoring:
          level: none
          declined: {on: 2026-05-06, notice_ref: "itglue://somebody/declined"}
    """
    client, promise = record.client, record.client.monitoring
    if client.status != "active" or not client.setups or client.no_backup is not None:
        return
    if any(client.doubtful_at(key) for key in ("status", "agreements", "setups", "monitoring", "no_backup")):
        return
    if promise is not None and (promise.level != "none" or promise.declined or promise.quoted):
        return
    counting = [one for one in client.agreements if _counts(one, fleet.policy)]
    if any(standing(client, one, fleet.policy, fleet.as_of).in_force for one in client.agreements):
        return
    if any(one.starts is not None and one.starts > fleet.as_of for one in counting):
        return
    ended = max((last for one in counting if (last := ends(one)[0])), default=None)
    if ended is None or later(ended, fleet.policy.thresholds.refusal_days) < fleet.as_of:
        since = f" since {ended}" if ended else ""
        yield Problem(
            client.at("monitoring"),
            f"the client has had no agreement{since}, and no refusal or offer of monitoring is on file"
            if ended
            else "the client has no agreement, and no refusal or offer of monitoring is on file",
            "write monitoring: {level: none, declined: {on: DATE}}, or quoted: {on: DATE} while the offer is out",
            on_key=True,
        )


def _counts(agreement: Agreement, policy: Policy) -> bool:
    kind = policy.agreement_type(agreement.type)
    return isinstance(kind, Recurring) and kind.counts


@rule("AGR021", "repair-without-approval", profile="standard", days=by_agreements)
def repair_without_approval(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """Repair that no agreement pays for was approved in writing before it is needed.

    Prepaid hours and ad-hoc work cover repair only as far as somebody at the client has said so, with a number of
    hours. Without it a technician at night cannot know whether to begin: no written approval means stop.

    Mend: write preapproval with hours, approver, on and reference; or take repair out of covers.

    Bad:

        agreements:
          - {id: AGR-1, type: block_time, covers: [repair], starts: 2026-01-01, billing: {every: once}}

    Good:

        agreements:
          - id: AGR-1
            type: block_time
            covers: [repair]
            starts: 2026-01-01
            billing: {every: once}
            preapproval: {hours: 1, approver: Owner, on: 2026-01-01, reference: "itglue://somebody/approval"}
    """
    for agreement in record.client.agreements:
        kind = fleet.policy.agreement_type(agreement.type)
        automated = isinstance(kind, BlockTime) and kind.automated_counts and agreement.block is not None
        counts = _counts(agreement, fleet.policy) or (automated and agreement.block and agreement.block.auto_topup)
        if kind is None or counts or agreement.preapproval is not None or is_over(agreement, fleet.as_of):
            continue
        if agreement.doubtful:
            continue
        for cover in agreement.covers:
            if cover.service == "repair":
                yield Problem(
                    cover.at(),
                    f"{agreement.id} is of the type {agreement.type} and covers repair, and nobody has approved it",
                    "write preapproval: {hours, approver, on, reference}, or take repair out",
                )


@rule("AGR022", "nobody-who-decides", profile="standard", days=by_agreements)
def nobody_who_decides(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A client who is watched has somebody who decides, and who can be reached.

    Of every failed backup ten minutes go into finding out who may say yes.

    Mend: give a contact the role decision_maker, or approves_up_to, and a phone, an email or a private_ref.

    Bad:

        agreements:
          - id: AGR-1
            type: full
            covers: [backup, monitoring]
            starts: 2026-01-01
            open_ended: true
            billing: {every: month}
        contacts: [{name: Front desk, roles: [site], phone: "+61 2 5550 0100"}]
        setups: [{id: main, product: other, product_name: Tape}]
        monitoring: {level: full}

    Good:

        agreements:
          - id: AGR-1
            type: full
            covers: [backup, monitoring]
            starts: 2026-01-01
            open_ended: true
            billing: {every: month}
        contacts: [{name: Owner, roles: [decision_maker], phone: "+61 2 5550 0100"}]
        setups: [{id: main, product: other, product_name: Tape}]
        monitoring: {level: full}
    """
    client = record.client
    if client.doubtful_at("contacts") or any(_decides(client)):
        return
    if watches(client, fleet.policy, fleet.as_of):
        yield Problem(
            client.at("contacts"),
            "the client is watched, and no contact who can be reached may decide",
            "give one the role decision_maker, or approves_up_to; with a phone",
            on_key=True,
        )


def _decides(client: Client) -> Iterator[bool]:
    for one in client.contacts:
        yield bool(
            (one.phone or one.email or one.private_ref) and ("decision_maker" in one.roles or one.approves_up_to)
        )


@rule("AGR024", "watched-but-not-ours", profile="standard")
def watched_but_not_ours(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A set-up that somebody else looks after was assessed before we promised to watch it.

    Who watches a backup that others made vouches for paper clips and string. So somebody of ours has looked at it first
    and has written down what they saw. Where we only tell the client of alerts and mend nothing, this is a warning.

    Mend: look at it, and write assessed: {on, by, ref}; or take the set-up out of the promise.

    Bad:

        setups:
          - {id: main, product: other, product_name: Tape, managed_by: client}
        monitoring: {level: full}

    Good:

        setups:
          - id: main
            product: other
            product_name: Tape
            managed_by: client
            assessed: {on: 2026-10-01, by: Backup lead}
        monitoring: {level: full}
    """
    promise = record.client.monitoring
    if promise is None or promise.doubtful:
        return
    for setup in promised_setups(record.client):
        if setup.managed_by != "us" and setup.assessed is None and not setup.doubtful:
            yield Problem(
                setup.at("managed_by"),
                f"monitoring of {setup.id} is promised, we do not look after it, and nobody has assessed it",
                "look at it and write assessed: {on, by}, or take it out of the promise",
                ((promise.at("level"), "promised here"),),
                severity=Severity.WARNING if promise.level == "alert_only" else None,
            )


def _after_start(record: Record, policy: Policy) -> Iterator[date]:
    yield from turns(record.client)
    for agreement in record.client.agreements:
        if agreement.starts:
            yield later(agreement.starts, policy.thresholds.assessment_days + 1)


@rule("AGR025", "assessment-missing", Severity.WARNING, profile="strict", days=_after_start)
def assessment_missing(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A set-up that we took over under a full agreement was assessed within `assessment_days` of its start.

    What others have built is mended at night by guessing, unless somebody has looked at it by day. Not asked where we
    built it: implemented_by is `us` or the provider's name.

    Mend: look at the set-up, and write assessed: {on, by, ref}.

    Bad:

        agreements:
          - id: AGR-1
            type: full
            covers: [backup, monitoring]
            starts: 2026-01-01
            open_ended: true
            billing: {every: month}
        setups: [{id: main, product: other, product_name: Tape, implemented_by: The last provider}]

    Good:

        agreements:
          - id: AGR-1
            type: full
            covers: [backup, monitoring]
            starts: 2026-01-01
            open_ended: true
            billing: {every: month}
        setups: [{id: main, product: other, product_name: Tape, implemented_by: us}]
    """
    ours = ("us", fleet.policy.provider.casefold())
    asked = [
        setup
        for setup in record.client.setups
        if setup.managed_by == "us" and setup.assessed is None and (setup.implemented_by or "").casefold() not in ours
    ]
    if asked:
        begun = [one for one in record.client.agreements if _is_long_full(record.client, one, fleet)]
        for setup in asked:
            first = next((one for one in begun if _reaches(one, setup)), None)
            sure = not setup.doubtful and sum(one.id == setup.id for one in record.client.setups) == 1
            if first is not None and sure:
                yield Problem(
                    setup.at(),
                    f"{setup.id} is under {first.id} since {first.starts}, and nobody has assessed it",
                    "look at it and write assessed: {on, by}; or implemented_by: us, where we built it",
                    ((first.at("starts"), "the start"),),
                    on_key=True,
                    about="assessed",
                )


def _is_long_full(client: Client, agreement: Agreement, fleet: Fleet) -> bool:
    kind = fleet.policy.agreement_type(agreement.type)
    full = isinstance(kind, Recurring) and kind.monitoring == "full" and agreement.starts is not None
    if not full or agreement.starts is None:
        return False
    long_ago = later(agreement.starts, fleet.policy.thresholds.assessment_days) < fleet.as_of
    return long_ago and standing(client, agreement, fleet.policy, fleet.as_of).in_force


def _reaches(agreement: Agreement, setup: Setup) -> bool:
    return any(cover.setups is None or setup.id in cover.setups for cover in agreement.covers)
