"""What watching without an agreement costs: the items that are really watched for nothing, and the work they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from runbooks.entitlement import entitlement, promised_setups, renewal_pending
from runbooks.findings import KeyPath, Place
from runbooks.fleet import Fleet, Record
from runbooks.mailbox import ours
from runbooks.policy import Cost, Policy
from runbooks.records.client import Client
from runbooks.records.setup import Setup

WEEKS = 52
"""Weeks of a year, to tell hours a week."""


@dataclass(frozen=True, slots=True)
class Effort:
    """Work of so many minutes a day, and what it comes to. `money_a_year` is None where policy.yml gives no cost."""

    minutes_a_day: float
    hours_a_week: float
    hours_a_year: float
    money_a_year: float | None

    def words(self, policy: Policy) -> str:
        """The effort as a sentence has it: 20 minutes a day, 88 hours a year that cost us AUD 6,160."""
        minutes, hours = int(self.minutes_a_day + 0.5), int(self.hours_a_year + 0.5)  # halves upward, as people round
        amount = policy.money(f"{int(self.money_a_year + 0.5):,}") if self.money_a_year is not None else ""
        money = f" that cost us {amount}" if amount else ""
        return f"{counted(minutes, 'minute')} a day, {counted(hours, 'hour')} a year{money}"


@dataclass(frozen=True, slots=True)
class Unpaid:
    """The items of one client that are watched for nothing. `place` is where the record shows it first.

    `pending` while sales is renewing the agreement.
    """

    slug: str
    name: str
    items: int
    pending: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Known:
    """The items of one client whose set-up is written down, in steps, and those that we work on without."""

    slug: str
    name: str
    documented: int
    undocumented: int


def watched_for_nothing(fleet: Fleet) -> tuple[Unpaid, ...]:
    """The clients with items that are watched though no agreement in force covers it, in the order of the records.

    What could not be read is not counted: its own finding comes first.
    """
    return fleet.once("watched for nothing", _all_unpaid)


def _all_unpaid(fleet: Fleet) -> tuple[Unpaid, ...]:
    found = (_unpaid(record, fleet) for record in fleet.records)
    return tuple(one for one in found if one is not None)


def documentation(fleet: Fleet) -> tuple[Known, ...]:
    """What is written down for the clients of today, in the order of the records; clients without items left out."""
    found = []
    for record in fleet.records:
        client = record.client
        if client.status in ("prospect", "former") or client.unreadable:
            continue
        counts = [(bool(setup.steps), setup.managed_by, items(setup, fleet)) for setup in client.setups]
        documented = sum(number for steps, _, number in counts if steps)
        undocumented = sum(number for steps, by, number in counts if not steps and by in ("us", "on_request"))
        if documented or undocumented:
            found.append(Known(record.slug, client.client, documented, undocumented))
    return tuple(found)


def watching(number: int, cost: Cost) -> Effort:
    """The work that so many watched items make: policy.yml's sum is for `cost.items` of them."""
    return _effort(cost.minutes_a_day * number / cost.items, cost)


def learning(number: int, cost: Cost) -> Effort:
    """The time that goes into finding out how so many items were set up, when nobody has written it down."""
    return _effort(cost.failures_per_day * cost.learn * number / cost.items, cost)


def words(fleet: Fleet) -> str:
    """One sentence about what is watched for nothing; empty when nothing is."""
    return sentence(watched_for_nothing(fleet), fleet.policy)


def sentence(found: Iterable[Unpaid], policy: Policy) -> str:
    """The same for what was found."""
    each = tuple(found)
    number = sum(one.items for one in each)
    if not number:
        return ""
    verb = "is" if number == 1 else "are"
    whose = f"{counted(number, 'item')} of {counted(len(each), 'client')}"
    return f"{whose} {verb} watched for nothing: {watching(number, policy.cost).words(policy)}."


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 item, 2 items, 1,105 hours."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def items(setup: Setup, fleet: Fleet) -> int:
    """How many items a set-up has on the day: a group counts the number expected, one that is retired nothing.

    A set-up that lists none counts as one: something sends its notices.
    """
    if not setup.items:
        return 1
    day = fleet.as_of
    return sum(
        one.expected or 0 if one.match is not None else 1
        for one in setup.items
        if not (one.retired_on and one.retired_on <= day) and not (one.added_on and one.added_on > day)
    )


def covered(record: Record, setup: Setup, fleet: Fleet) -> bool:
    """Whether an agreement in force gives any monitoring of a set-up."""
    return entitlement(record.client, setup, fleet.policy, fleet.as_of).offered != "none"


def spoken(setup: Setup) -> Iterator[tuple[KeyPath, str, str]]:
    """The texts of a set-up in which an address of ours means that we watch: where, in which words, and the text."""
    for index, address in enumerate(setup.notifies):
        yield setup.at("notifies", index), "the product's notices go to", address
    for part, names in (
        *((step, ("do", "expect", "if_not")) for step in setup.steps),
        *((difference, ("before", "after", "instead")) for difference in setup.procedures.values()),
    ):
        for name in names:
            yield part.at(name), "the step names", getattr(part, name) or ""


def _unpaid(record: Record, fleet: Fleet) -> Unpaid | None:
    client = record.client
    if undecided(client):
        return None
    found = list(_watched(record, fleet))
    number = sum(items(setup, fleet) for setup, _ in found)
    if not number:
        return None
    pending = all(renewal_pending(client, setup, fleet.policy, fleet.as_of) is not None for setup, _ in found)
    return Unpaid(record.slug, client.client, number, pending, record.document.place(found[0][1]))


def undecided(client: Client) -> bool:
    """Whether it cannot be told what a client is entitled to: its own finding comes first."""
    doubtful = any(agreement.doubtful for agreement in client.agreements)
    return doubtful or client.unreadable or client.doubtful_at("status") or client.doubtful_at("monitoring")


def _watched(record: Record, fleet: Fleet) -> Iterator[tuple[Setup, KeyPath]]:
    """The set-ups that are watched for nothing, and the place that shows it."""
    client, promise = record.client, record.client.monitoring
    open_setups = [one for one in client.setups if not one.doubtful and not covered(record, one, fleet)]
    promised = promised_setups(client) if promise and open_setups else ()
    alerted = _alerted(client, fleet) if len(open_setups) == len(client.setups) else None
    for setup in open_setups:
        if sum(setup.id == other.id for other in client.setups) > 1:
            continue
        if promise and any(setup is one for one in promised):
            yield setup, promise.at("level")
        elif alerted is not None and (not promise or promise.setups is None or setup.id in promise.setups):
            yield setup, alerted
        else:
            places = (at for at, _, text in spoken(setup) if text and ours(text, fleet.policy.mailboxes))
            yield from ((setup, at) for at in list(places)[:1])


def _alerted(client: Client, fleet: Fleet) -> KeyPath | None:
    """Where a record says that alerts go to an address of ours."""
    promise = client.monitoring
    for index, address in enumerate(promise.alerts_to if promise else ()):
        if promise and ours(address, fleet.policy.mailboxes):
            return promise.at("alerts_to", index)
    return None


def _effort(minutes: float, cost: Cost) -> Effort:
    hours = minutes * cost.working_days / 60
    money = hours * cost.hourly_cost if cost.hourly_cost is not None else None
    return Effort(minutes, hours / WEEKS, hours, money)
