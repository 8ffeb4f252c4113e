"""The gate: what a client is entitled to, for one set-up, on one day. Rules, pages and the verifier all ask here.

What cannot be read or decided is nothing. There is no clock here: the day is an argument.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from runbooks.days import later
from runbooks.findings import KeyPath
from runbooks.policy import AdHoc, BlockTime, Policy, Recurring
from runbooks.records.agreement import Agreement, Cover, RenewalPending
from runbooks.records.client import LEVELS, Client, Level, Monitoring
from runbooks.records.setup import Setup


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether one agreement is in force on a day, why or why not, and until when.

    `through` is the last day that can be told from the record; None while in force means no end is known.
    `at` is the place in the record that decided.
    """

    in_force: bool
    why: str
    at: KeyPath
    through: date | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A service that one agreement gives for one set-up."""

    service: str
    agreement: str
    at: KeyPath
    through: date | None
    level: Level = "none"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one agreement does not give monitoring for one set-up."""

    agreement: str
    at: KeyPath
    why: str


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What a client is entitled to for one set-up on one day.

    `offered` is the monitoring that the agreements give, `monitoring` the lower of that and what the record promises.
    `through` is the last day of that monitoring (None: no end known).
    """

    services: frozenset[str]
    monitoring: Level
    offered: Level
    grants: tuple[Grant, ...]
    refusals: tuple[Refusal, ...]

    @property
    def monitoring_grant(self) -> Grant | None:
        """The grant that gives the monitoring: of those that give enough, the one that lasts longest."""
        enough = LEVELS.index(self.monitoring if self.monitoring != "none" else self.offered)
        found = [
            grant for grant in self.grants if grant.service == "monitoring" and LEVELS.index(grant.level) >= enough
        ]
        return max(found, key=lambda grant: grant.through or date.max, default=None)

    @property
    def through(self) -> date | None:
        """The last day of the monitoring; None when there is none, or when no end is known."""
        grant = self.monitoring_grant
        return grant.through if grant and self.monitoring != "none" else None


_Asked: TypeAlias = tuple[int, int, int, date, frozenset[KeyPath]]
_Known: TypeAlias = dict[_Asked, tuple[Entitlement, Client, Setup, Policy]]

_known: ContextVar[_Known | None] = ContextVar("known", default=None)
"""By the identity of client, set-up and policy, the day, and what of the client is in doubt: that can become more when
another record turns out to have the same name. An entry holds the three, so none can pass for others.
"""


@contextmanager
def remembered() -> Iterator[None]:
    """While this lasts no value of a record changes, so what a set-up is entitled to on a day is worked out once."""
    known = _known.get()
    before = _known.set({} if known is None else known)
    try:
        yield
    finally:
        _known.reset(before)


_GATE: Final = object()


class Watch:
    """The licence to write about the monitoring of one set-up. Only `watch` can make one.

    The values under `monitoring` leave the record through this and no other way.
    """

    __slots__ = ("agreement", "level", "promise", "setup", "through")

    def __init__(self, gate: object, setup: Setup, level: Level, promise: Monitoring, grant: Grant) -> None:
        if gate is not _GATE:
            raise TypeError("a Watch is made by entitlement.watch alone")
        self.setup: Final = setup
        self.level: Final = level
        self.promise: Final = promise
        self.agreement: Final = grant.agreement
        self.through: Final = grant.through


def lower(one: Level, other: Level) -> Level:
    """The lower of two levels of monitoring."""
    return one if LEVELS.index(one) <= LEVELS.index(other) else other


def entitlement(client: Client, setup: Setup, policy: Policy, as_of: date) -> Entitlement:
    """Which services the client is entitled to for this set-up on that day, and why."""
    known = _known.get()
    if known is None:
        return _entitlement(client, setup, policy, as_of)
    key = id(client), id(setup), id(policy), as_of, client.doubts
    if key not in known:
        known[key] = _entitlement(client, setup, policy, as_of), client, setup, policy
    return known[key][0]


def _entitlement(client: Client, setup: Setup, policy: Policy, as_of: date) -> Entitlement:
    grants: list[Grant] = []
    refusals: list[Refusal] = []
    for agreement in client.agreements:
        found = standing(client, agreement, policy, as_of)
        given = tuple(_grants(client, agreement, setup, policy, found))
        grants.extend(given)
        if not any(grant.service == "monitoring" for grant in given):
            refusals.append(_refusal(agreement, setup, policy, found))
    levels: list[Level] = [grant.level for grant in grants if grant.service == "monitoring"]
    offered: Level = max(["none", *levels], key=LEVELS.index)
    level = lower(offered, _promised_level(client, setup))
    services = {grant.service for grant in grants} - (set() if level != "none" else {"monitoring"})
    return Entitlement(
        services=frozenset(services),
        monitoring=level,
        offered=offered,
        grants=tuple(grants),
        refusals=tuple(refusals),
    )


def watch(client: Client, setup: Setup, policy: Policy, as_of: date) -> Watch | None:
    """The licence to show this set-up's monitoring on that day, or nothing."""
    found = entitlement(client, setup, policy, as_of)
    grant = found.monitoring_grant
    if grant is None or found.monitoring == "none" or client.monitoring is None:
        return None
    return Watch(_GATE, setup, found.monitoring, client.monitoring, grant)


def watches(client: Client, policy: Policy, as_of: date) -> tuple[Watch, ...]:
    """The licences of all set-ups of a client on that day, in the order of the record."""
    found = (watch(client, setup, policy, as_of) for setup in client.setups)
    return tuple(one for one in found if one is not None)


def promised_setups(client: Client) -> tuple[Setup, ...]:
    """The set-ups that the record's promise of monitoring is about: those it names, or else those we look after."""
    promise = client.monitoring
    if promise is None or promise.level == "none":
        return ()
    if promise.setups is not None:
        return tuple(setup for setup in client.setups if setup.id in promise.setups)
    ours = tuple(setup for setup in client.setups if setup.managed_by in ("us", "on_request"))
    return ours or client.setups


def renewal_pending(client: Client, setup: Setup, policy: Policy, as_of: date) -> RenewalPending | None:
    """The renewal that sales is at work on, of the agreement that gave the monitoring of this set-up until it ended.

    While its day has not passed it turns errors into warnings, no more. It holds no longer than a waiver may: what is
    not signed by then is no late signature.
    """
    if client.status in ("prospect", "former") or client.doubtful_at("status"):
        return None
    for agreement in client.agreements:
        pending, end = agreement.renewal_pending, ends(agreement)[0]
        if pending is None or agreement.doubtful or end is None or end >= as_of or as_of > pending.until:
            continue
        kind, limit = policy.agreement_type(agreement.type), later(end, policy.thresholds.waiver_days)
        named = any(one.service == "monitoring" and _reaches(client, one, setup) for one in agreement.covers)
        if isinstance(kind, Recurring) and kind.counts and kind.monitoring != "none" and named and as_of <= limit:
            return pending
    return None


def renewal_limits(client: Client, policy: Policy) -> Iterator[date]:
    """The days on which a renewal that is not signed has lasted too long to soften anything."""
    for agreement in client.agreements:
        end = ends(agreement)[0]
        if agreement.renewal_pending and end:
            yield later(end, policy.thresholds.waiver_days + 1)


def standing(client: Client, agreement: Agreement, policy: Policy, as_of: date) -> Standing:
    """Whether an agreement is in force on that day: the first reason against it, or the last day it holds."""
    for why, at in _objections(client, agreement, policy, as_of):
        return Standing(False, why, at)
    through, at = ends(agreement)
    return Standing(True, f"in force through {through}" if through else "in force, no end known", at, through)


def _objections(client: Client, agreement: Agreement, policy: Policy, as_of: date) -> Iterator[tuple[str, KeyPath]]:
    if client.unreadable:
        yield "the record cannot be read: mend the errors in it first", ()
    if client.doubtful_at("status"):
        yield "the client's status cannot be read", client.at("status")
    if client.status in ("prospect", "former"):
        yield f"the client is marked as {client.status}", client.at("status")
    if agreement.doubtful:
        yield "it cannot be read: mend the errors in it first", agreement.at()
    if sum(agreement.id == other.id for other in client.agreements) > 1:
        yield f"two agreements have the id {agreement.id}", agreement.at("id")
    yield from _type_objections(agreement, policy, as_of)
    yield from _date_objections(agreement, as_of)
    yield from _billing_objections(agreement, as_of)


def _type_objections(agreement: Agreement, policy: Policy, as_of: date) -> Iterator[tuple[str, KeyPath]]:
    match policy.agreement_type(agreement.type):
        case None:
            yield f"policy.yml knows no agreement type {agreement.type}", agreement.at("type")
        case AdHoc():
            yield "ad-hoc work is not an agreement", agreement.at("type")
        case BlockTime(automated_counts=automated):
            if not (agreement.block and agreement.block.auto_topup):
                yield "prepaid hours are not an agreement", agreement.at("type")
            elif not automated:
                yield "policy.yml does not count automated block time", agreement.at("type")
            if agreement.block and agreement.block.expires_on and agreement.block.expires_on < as_of:
                yield f"its hours lapsed on {agreement.block.expires_on}", agreement.block.at("expires_on")
        case Recurring(counts=counts):
            if not counts:
                yield f"agreements of type {agreement.type} do not count in policy.yml", agreement.at("type")


def _date_objections(agreement: Agreement, as_of: date) -> Iterator[tuple[str, KeyPath]]:
    last, automatic = agreement.last_day, agreement.renews == "automatically"
    if agreement.starts is None:
        yield "it does not say when it starts", agreement.at("starts")
    elif as_of < agreement.starts:
        yield f"it starts on {agreement.starts}", agreement.at("starts")
    if last and agreement.open_ended:
        yield "it has a last day and is open-ended too", agreement.at("open_ended")
    if last and agreement.starts and last < agreement.starts:
        yield f"its last day {last} lies before its start", agreement.at("last_day")
    if last and last < as_of and not automatic:
        yield f"it ended on {last}", agreement.at("last_day")
    if not last and not agreement.open_ended and not automatic:
        yield "it has no last day and is not open-ended", agreement.at()
    if agreement.cancelled_on and agreement.cancelled_on <= as_of:
        yield f"it was cancelled on {agreement.cancelled_on}", agreement.at("cancelled_on")


def _billing_objections(agreement: Agreement, as_of: date) -> Iterator[tuple[str, KeyPath]]:
    billing = agreement.billing
    if billing is None:
        yield "it does not say how it is invoiced", agreement.at("billing")
    elif billing.every == "once":
        yield "it is invoiced once, not on a schedule", billing.at("every")
    elif billing.prepaid_through and billing.prepaid_through < as_of:
        yield f"it is paid for through {billing.prepaid_through} only", billing.at("prepaid_through")


def ends(agreement: Agreement) -> tuple[date | None, KeyPath]:
    """The last day of an agreement that can be told from it, and the place that sets it; None where no end is known.

    What is paid ahead ends it, and for prepaid hours the day on which they lapse.
    """
    billing, cancelled = agreement.billing, agreement.cancelled_on
    block = agreement.block if agreement.type == "block_time" else None
    known = (
        (agreement.last_day if agreement.renews != "automatically" else None, agreement.at("last_day")),
        (billing.prepaid_through if billing else None, agreement.at("billing", "prepaid_through")),
        (block.expires_on if block else None, agreement.at("block", "expires_on")),
        (later(cancelled, -1) if cancelled else None, agreement.at("cancelled_on")),
    )
    endless = agreement.at("open_ended" if agreement.open_ended else "renews")
    dated = [(day, at) for day, at in known if day]
    return min(dated, key=lambda end: end[0], default=(None, endless))


def _grants(client: Client, agreement: Agreement, setup: Setup, policy: Policy, found: Standing) -> Iterator[Grant]:
    if not found.in_force:
        return
    services = policy.service_names
    for cover in agreement.covers:
        if cover.service not in services or not _reaches(client, cover, setup):
            continue
        level = _type_level(agreement, policy) if cover.service == "monitoring" else "none"
        if cover.service != "monitoring" or level != "none":
            yield Grant(cover.service, agreement.id, agreement.at(), found.through, level)


def _reaches(client: Client, cover: Cover, setup: Setup) -> bool:
    same_id = sum(setup.id == other.id for other in client.setups)
    if setup.doubtful or same_id != 1:
        return False
    return cover.setups is None or setup.id in cover.setups


def _type_level(agreement: Agreement, policy: Policy) -> Level:
    match policy.agreement_type(agreement.type):
        case Recurring(monitoring=level):
            return level
        case BlockTime():
            return "alert_only"
        case _:
            return "none"


def _refusal(agreement: Agreement, setup: Setup, policy: Policy, found: Standing) -> Refusal:
    if not found.in_force:
        return Refusal(agreement.id, found.at, found.why)
    if setup.doubtful:
        return Refusal(agreement.id, setup.at(), f"the set-up {setup.id} cannot be read: mend the errors in it first")
    named = [cover for cover in agreement.covers if cover.service == "monitoring"]
    if not named:
        return Refusal(agreement.id, agreement.at("covers"), "it does not cover monitoring")
    if _type_level(agreement, policy) == "none":
        return Refusal(agreement.id, agreement.at("type"), f"agreements of type {agreement.type} give no monitoring")
    return Refusal(agreement.id, named[0].at(), f"it covers monitoring, but not of the set-up {setup.id}")


def _promised_level(client: Client, setup: Setup) -> Level:
    promise = client.monitoring
    if promise is None or promise.doubtful or not any(setup is one for one in promised_setups(client)):
        return "none"
    return promise.level


def turns(client: Client) -> Iterator[date]:
    """Every day on which what the client is entitled to may change by the calendar alone."""
    for agreement in client.agreements:
        billing, block, pending = agreement.billing, agreement.block, agreement.renewal_pending
        last_days = (
            agreement.last_day,
            billing.prepaid_through if billing else None,
            block.expires_on if block else None,
            pending.until if pending else None,
        )
        yield from (later(day, 1) for day in last_days if day)
        yield from (day for day in (agreement.starts, agreement.cancelled_on) if day)
