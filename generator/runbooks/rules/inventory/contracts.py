"""The agreements of the records against those of the PSA: an edited date alone opens no gate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from runbooks.entitlement import standing
from runbooks.findings import At, KeyPath, Problem
from runbooks.fleet import Fleet, Record
from runbooks.inventory.seen import Contract
from runbooks.matching import folded
from runbooks.matching.agreements import Filed, agreements
from runbooks.records.agreement import Agreement
from runbooks.rules.registry import rule


@rule("INV008", "agreement-not-confirmed", subject="policy", of_clients=True)
def agreement_not_confirmed(fleet: Fleet) -> Iterator[Problem]:
    """An agreement that is in force by its record is in the PSA too, under the same number and for the same client.

    Who edits a date in a record opens the gate for monitoring. The PSA is where it is invoiced, so what it does not
    know is not paid for. Asked where a feed of the PSA was read in full. The page stays as the record has it; the run
    is red.

    Mend: correct the number (`id`), or have the agreement filed in the PSA; or take it out of the record.
    """
    filed = agreements(fleet)
    for record in fleet.records:
        feed = filed.asked.get(record.slug)
        for agreement in record.client.agreements if feed else ():
            if not standing(record.client, agreement, fleet.policy, fleet.as_of).in_force:
                continue
            if feed is not None and not filed.of(record, agreement.id):
                others = tuple(filed.others(record, agreement.id))
                words = f"the PSA has no agreement {agreement.id} for {record.client.client} (feed {feed.id})"
                where: tuple[tuple[At, str], ...] = tuple(
                    (one.contract.place, "for somebody else") for one in others[:3]
                )
                yield Problem(
                    record.document.place(agreement.at("id")),
                    words + ("; there it is somebody else's" if others else ""),
                    "correct the number, have it filed in the PSA, or take it out of the record",
                    where,
                    client=record.slug,
                    about=agreement.id,
                )


@rule("INV009", "agreement-contradicted", subject="policy", of_clients=True)
def agreement_contradicted(fleet: Fleet) -> Iterator[Problem]:
    """What a record says of an agreement is what the PSA says of it.

    That it is in force, when it ends, whether it is invoiced on a schedule. Asked of agreements that are in force by
    one of the two. Of several that the PSA has under one number, the one that agrees counts.

    Mend: find out which of the two is right, and correct the other.
    """
    filed = agreements(fleet)
    for record in fleet.records:
        if record.client.unreadable:
            continue
        for agreement in record.client.agreements:
            found = filed.of(record, agreement.id)
            if not found or agreement.doubtful:
                continue
            told = [list(_contradictions(record, agreement, one.contract, fleet)) for one in found]
            if all(told):
                yield from _told(record, agreement, found[0], told[0])


def _told(record: Record, agreement: Agreement, one: Filed, found: list[tuple[KeyPath, str]]) -> Iterator[Problem]:
    for at, words in found:
        yield Problem(
            record.document.place(at),
            f"{agreement.id}: {words}",
            "find out which of the two is right, and correct the other",
            ((one.contract.place, "as the PSA has it"),),
            client=record.slug,
            about=f"{agreement.id} {at[-1]}",
        )


def _contradictions(
    record: Record, agreement: Agreement, contract: Contract, fleet: Fleet
) -> Iterator[tuple[KeyPath, str]]:
    day = fleet.as_of
    here = standing(record.client, agreement, fleet.policy, day).in_force
    ended = _ended(contract, day, lasting=agreement.renews == "automatically")
    if here and ended:
        yield (
            agreement.at("last_day" if agreement.last_day else "id"),
            f"in force by the record, but in the PSA {ended}",
        )
        return
    if not here and (ended or not _holds(contract, day)):
        return
    last, end = agreement.last_day, contract.ends
    if agreement.cancelled_on is not None and agreement.cancelled_on <= day:
        yield agreement.at("cancelled_on"), f"cancelled on {agreement.cancelled_on}, and in the PSA it is in force"
    elif end is not None and agreement.open_ended:
        yield agreement.at("open_ended"), f"open-ended, and in the PSA it ends on {end}"
    elif end is not None and last is not None and last != end and agreement.renews != "automatically":
        yield agreement.at("last_day"), f"it ends on {last}, and in the PSA on {end}"
    billing = agreement.billing
    if here and contract.recurring is False and billing is not None:
        yield billing.at("every"), f"invoiced every {billing.every}, and in the PSA on no schedule"
    kinds = {folded(name): name for name in fleet.policy.agreements.by_name}
    kind = kinds.get(folded(contract.type))
    if kind is not None and kind != agreement.type:
        yield agreement.at("type"), f"of the type {agreement.type}, and in the PSA {kind}"


def _ended(contract: Contract, day: date, *, lasting: bool) -> str:
    """Why the PSA does not have it in force; nothing where it may be. `lasting` when it renews itself."""
    if contract.cancelled_on is not None and contract.cancelled_on <= day:
        return f"cancelled on {contract.cancelled_on}"
    if contract.active is False:
        return "not active"
    if contract.ends is not None and contract.ends < day and not (lasting and contract.active):
        return f"ended on {contract.ends}"
    if contract.starts is not None and contract.starts > day:
        return f"not begun before {contract.starts}"
    return ""


def _holds(contract: Contract, day: date) -> bool:
    """Whether the PSA says outright that it is in force."""
    return contract.active is True or (contract.ends is not None and contract.ends >= day)
