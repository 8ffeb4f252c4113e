"""The agreements that the PSA has, by the client and the number that records know them by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from runbooks.findings import Place
from runbooks.fleet import Fleet, Record
from runbooks.inventory.feeds import Feed
from runbooks.inventory.seen import Contract, Export
from runbooks.matching.clients import Clients
from runbooks.matching.feeds import external_id, is_psa
from runbooks.matching.names import folded
from runbooks.matching.whole import matched
from runbooks.records.agreement import Agreement


@dataclass(frozen=True, slots=True)
class Filed:
    """An agreement as the PSA has it, and the feed it came with."""

    feed: Feed
    contract: Contract


@dataclass(frozen=True, slots=True)
class Agreements:
    """What the PSA feeds have. `asked` are the clients of whom they have everything, and so have to have it."""

    filed: Mapping[tuple[str, str], tuple[Filed, ...]] = field(default_factory=dict)
    elsewhere: Mapping[str, tuple[tuple[str, Filed], ...]] = field(default_factory=dict)
    asked: Mapping[str, Feed] = field(default_factory=dict)

    def of(self, record: Record, number: str) -> tuple[Filed, ...]:
        """What is filed for a client under that number."""
        return self.filed.get((record.slug, folded(number)), ())

    def others(self, record: Record, number: str) -> Iterator[Filed]:
        """What is filed under that number for somebody else, known or not."""
        for slug, one in self.elsewhere.get(folded(number), ()):
            if slug != record.slug:
                yield one


@dataclass(frozen=True, slots=True)
class Figures:
    """What changes with every ticket and invoice, as the PSA has it, and on which day."""

    place: Place
    hours_left: Decimal | None
    last_paid_on: date | None
    day: date | None


def figures(record: Record, agreement: Agreement, fleet: Fleet) -> Figures | None:
    """The figures of an agreement; None where no PSA feed has any. A rule about one record alone may ask as well."""
    by_number = fleet.once("figures of the PSA", _by_number)
    for export, contract in by_number.get(folded(agreement.id), ()) if by_number else ():
        if _is_of(record, export.feed, contract):
            return Figures(contract.place, contract.hours_left, contract.last_paid_on, export.made_on)
    return None


def _by_number(fleet: Fleet) -> Mapping[str, list[tuple[Export, Contract]]]:
    """The contracts with figures by their number, the newest export first."""
    found: dict[str, list[tuple[Export, Contract]]] = {}
    for export in sorted(fleet.inventory.exports, key=lambda one: one.made_on or date.min, reverse=True):
        for contract in export.contracts:
            if contract.hours_left is not None or contract.last_paid_on is not None:
                found.setdefault(folded(contract.number), []).append((export, contract))
    return found


def _is_of(record: Record, feed: Feed, contract: Contract) -> bool:
    """Whether a contract is this client's, as far as its own record tells."""
    return Clients((record,)).owner(feed, external_id(feed), contract.client, contract.client_name).record is record


def agreements(fleet: Fleet) -> Agreements:
    """All that the PSA feeds have; whatever the day."""
    return fleet.always("agreements of the PSA", _agreements)


def _agreements(fleet: Fleet) -> Agreements:
    found = matched(fleet)
    filed: dict[tuple[str, str], tuple[Filed, ...]] = {}
    elsewhere: dict[str, tuple[tuple[str, Filed], ...]] = {}
    asked: dict[str, Feed] = {}
    for current in found.feeds.values():
        feed = current.feed
        if not is_psa(feed):
            continue
        for export in current.now:
            for contract in export.contracts:
                owner, number = found.owner(feed, contract.client, contract.client_name).record, folded(contract.number)
                one, slug = Filed(feed, contract), owner.slug if owner else ""
                elsewhere[number] = (*elsewhere.get(number, ()), (slug, one))
                if owner is not None:
                    filed[slug, number] = (*filed.get((slug, number), ()), one)
        if current.whole:
            for record in fleet.records:
                if feed.client in (None, record.slug):
                    asked.setdefault(record.slug, feed)
    return Agreements(filed, elsewhere, asked)
