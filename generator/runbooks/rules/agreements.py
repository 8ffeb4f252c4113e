"""The agreement gate as rules: a promise of monitoring needs an agreement that covers it on that day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from runbooks.corrections import of_word
from runbooks.entitlement import Entitlement, entitlement, promised_setups, renewal_limits, renewal_pending, turns
from runbooks.findings import At, Blocks, Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.policy import AdHoc, BlockTime, Policy, Recurring
from runbooks.records.agreement import Agreement
from runbooks.records.client import LEVELS, Client
from runbooks.records.setup import Setup
from runbooks.rules.registry import rule
from runbooks.shape import closest


def by_agreements(record: Record, policy: Policy) -> Iterator[date]:
    """The days on which an agreement of the record begins or ends, as `days` of a rule."""
    yield from turns(record.client)
    yield from renewal_limits(record.client, policy)


@rule("AGR001", "monitoring-without-agreement", blocks=Blocks.PAGE, waivable=False, days=by_agreements)
def monitoring_without_agreement(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """Monitoring is promised only where an agreement in force covers it.

    Watching a client's backups without an agreement is a free service and a risk nobody pays for. An agreement is
    in force when it has started, has not ended, is not cancelled, is invoiced on a schedule, is paid for where it is
    paid ahead, and its type counts in policy.yml. It must cover monitoring for the set-up that is promised.

    Mend: renew or sign the agreement and write it down, or set monitoring.level to none. While sales is renewing it,
    renewal_pending in the agreement that has ended turns this into a warning until a day, for `thresholds.waiver_days`
    at most; the page stays dark all the same.

    Bad:

        agreements:
          - {id: AGR-1, type: ad_hoc, starts: 2025-01-01, open_ended: true, billing: {every: once}}
        monitoring: {level: full}

    Good:

        agreements:
          - id: AGR-1
            type: full
            covers: [backup, monitoring]
            starts: 2025-01-01
            open_ended: true
            billing: {every: month}
        setups:
          - {id: main, product: other, product_name: Tape and a notebook}
        monitoring: {level: full}
    """
    client = record.client
    promise = client.monitoring
    if promise is None or promise.level == "none":
        return
    setups = promised_setups(client)
    if not setups:
        unread = client.doubtful_at("setups")
        yield Problem(
            promise.at("level"),
            "monitoring is promised, but "
            + ("which set-ups there are cannot be read" if unread else "there is no set-up to watch"),
            "mend the errors in them first"
            if unread
            else "name the set-up under setups, or set monitoring.level to none",
        )
    for setup in setups:
        found = entitlement(client, setup, fleet.policy, fleet.as_of)
        if found.offered == "none":
            yield _without(record, setup, found, fleet)


def _without(record: Record, setup: Setup, found: Entitlement, fleet: Fleet) -> Problem:
    client, promise = record.client, record.client.monitoring
    assert promise is not None
    reasons = "; ".join(f"{refusal.agreement}: {refusal.why}" for refusal in found.refusals)
    related: tuple[tuple[At, str], ...] = tuple((refusal.at, refusal.why) for refusal in found.refusals)
    pending = renewal_pending(client, setup, fleet.policy, fleet.as_of)
    return Problem(
        promise.at("level"),
        f"monitoring of {setup.id} is promised, but no agreement in force on {fleet.as_of} covers it"
        f" ({reasons or _none(client)})",
        "renew the agreement and write it down, or set monitoring.level to none"
        + (f"; {pending.by} is renewing it, until {pending.until} this is a warning" if pending else ""),
        related,
        label="promised here",
        about=setup.id,
        severity=Severity.WARNING if pending else None,
    )


def _none(client: Client) -> str:
    if client.doubtful_at("agreements"):
        return "the agreements cannot be read: mend the errors in them first"
    return "the record has no agreement"


@rule("AGR002", "monitoring-above-agreement", waivable=False, days=by_agreements)
def monitoring_above_agreement(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """The record promises no closer monitoring than the agreement gives.

    An alert-only agreement pays for telling the client, not for mending. The pages show the lower of the two levels,
    so nothing is given away; but somebody has promised more than is paid for.

    Mend: set monitoring.level to what the agreement gives, or change the agreement.

    Bad:

        agreements:
          - id: AGR-1
            type: alert_only
            covers: [monitoring]
            starts: 2025-01-01
            open_ended: true
            billing: {every: month}
        setups:
          - {id: main, product: other, product_name: Tape and a notebook}
        monitoring: {level: full}

    Good:

        agreements:
          - id: AGR-1
            type: alert_only
            covers: [monitoring]
            starts: 2025-01-01
            open_ended: true
            billing: {every: month}
        setups:
          - {id: main, product: other, product_name: Tape and a notebook}
        monitoring: {level: alert_only}
    """
    promise = record.client.monitoring
    if promise is None or promise.level == "none" or record.client.doubtful_at("setups"):
        return
    offers = [entitlement(record.client, setup, fleet.policy, fleet.as_of) for setup in promised_setups(record.client)]
    best = max((LEVELS.index(offer.offered) for offer in offers), default=0)
    all_covered = all(offer.offered != "none" for offer in offers)  # else monitoring-without-agreement says it
    if all_covered and 0 < best < LEVELS.index(promise.level):
        giving = next(offer.monitoring_grant for offer in offers if LEVELS.index(offer.offered) == best)
        yield Problem(
            promise.at("level"),
            f"{promise.level} monitoring is promised, but the agreements give {LEVELS[best]} at most",
            f"set monitoring.level to {LEVELS[best]}, or change the agreement",
            ((giving.at, f"gives {LEVELS[best]}"),) if giving else (),
        )


@rule("AGR003", "unknown-agreement-type", waivable=False)
def unknown_agreement_type(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """The type of an agreement is one that policy.yml knows.

    An agreement of an unknown type entitles to nothing.

    Mend: correct the type, or add it to the agreements of policy.yml.

    Bad:

        agreements:
          - id: AGR-1
            type: fulll
            covers: [backup]
            starts: 2025-01-01
            open_ended: true
            billing: {every: month}

    Good:

        agreements:
          - id: AGR-1
            type: full
            covers: [backup]
            starts: 2025-01-01
            open_ended: true
            billing: {every: month}
    """
    known = fleet.policy.agreements.by_name
    for agreement in record.client.agreements:
        if agreement.type not in known:
            yield Problem(
                agreement.at("type"),
                f"policy.yml knows no agreement type {agreement.type}",
                closest(agreement.type, known) or f"known: {', '.join(known)}",
                fix=of_word(record.document, agreement.at("type"), agreement.type, known, decides=True),
            )


@rule("AGR004", "unknown-service")
def unknown_service(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """An agreement covers services that exist: backup, monitoring, repair, restore, and those of policy.yml.

    A misspelt service covers nothing.

    Mend: correct the word, or add the service to policy.yml.

    Bad:

        agreements:
          - id: AGR-1
            type: full
            covers: [bakcup]
            starts: 2025-01-01
            open_ended: true
            billing: {every: month}

    Good:

        agreements:
          - id: AGR-1
            type: full
            covers: [backup]
            starts: 2025-01-01
            open_ended: true
            billing: {every: month}
    """
    known = fleet.policy.service_names
    for agreement in record.client.agreements:
        for cover in agreement.covers:
            if cover.service not in known:
                yield Problem(
                    cover.at(),
                    f"there is no service {cover.service}",
                    closest(cover.service, known) or f"known: {', '.join(known)}; more can be named in policy.yml",
                    fix=of_word(record.document, cover.at(), cover.service, known, decides=True)
                    or of_word(record.document, cover.at("service"), cover.service, known, decides=True),
                )


@rule("AGR005", "undecided-agreement")
def undecided_agreement(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """An agreement says when it starts and ends, how it is invoiced, and what it covers.

    What cannot be decided is nothing: an agreement without an end, or with two, entitles to nothing.

    Mend: add starts; last_day or open_ended; billing.every; covers.

    Bad:

        agreements:
          - {id: AGR-1, type: full, covers: [backup], starts: 2025-01-01, billing: {every: month}}

    Good:

        agreements:
          - {id: AGR-1, type: full, covers: [backup], starts: 2025-01-01, last_day: 2027-12-31, billing: {every: month}}
    """
    for agreement in record.client.agreements:
        kind = fleet.policy.agreement_type(agreement.type)
        recurring = isinstance(kind, Recurring) and kind.counts
        if recurring or isinstance(kind, BlockTime | AdHoc):
            yield from _contradictions(agreement)
        if recurring:
            yield from _gaps(agreement)


def _contradictions(agreement: Agreement) -> Iterator[Problem]:
    last, starts = agreement.last_day, agreement.starts
    if last and agreement.open_ended:
        yield Problem(
            agreement.at("open_ended"),
            f"agreement {agreement.id} has a last day and is open-ended too",
            "keep one of the two",
            ((agreement.at("last_day"), "the last day"),),
        )
    if last and starts and last < starts:
        yield Problem(
            agreement.at("last_day"),
            f"agreement {agreement.id} ends on {last}, before it starts",
            "",
            ((agreement.at("starts"), "the start"),),
        )


def _gaps(agreement: Agreement) -> Iterator[Problem]:
    ended = agreement.last_day or agreement.open_ended or agreement.renews == "automatically"
    gaps = [
        "starts" if agreement.starts is None else "",
        "last_day, or open_ended: true" if not ended else "",
        "billing.every" if agreement.billing is None else "",
        "covers" if not agreement.covers else "",
    ]
    missing = [gap for gap in gaps if gap]
    if missing and not agreement.doubtful:
        yield Problem(
            agreement.at(),
            f"agreement {agreement.id} does not say: {'; '.join(missing)}. What cannot be decided entitles to nothing",
            "add what is missing",
        )
