"""Who is asked about recoverability, keys and access, and on which days the answer may change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from runbooks.copies import Protected, live, protected
from runbooks.fleet import Fleet, Record
from runbooks.policy import Policy
from runbooks.records.client import Client
from runbooks.records.setup import Item, Setup

CLOUD_KINDS: Final = frozenset({"saas_tenant", "mailbox", "site"})
"""The kinds of item that are somebody else's service: 3-2-1 cannot be won there."""


@dataclass(slots=True)
class _Latest:
    """The last answers: every rule asks about one record before any asks about the next."""

    touched: tuple[Client, object, tuple[Setup, ...]] | None = None
    things: tuple[Record, Fleet, Things] | None = None


_LATEST: Final = _Latest()


def is_client(client: Client) -> bool:
    """Whether a record is about somebody we answer for: not yet or no longer a client is asked nothing."""
    if client.status not in ("active", "onboarding"):
        return False
    return not client.doubtful or not (client.unreadable or client.doubtful_at("status"))


def ours(client: Client) -> Iterator[Setup]:
    """The set-ups that we look after."""
    return (one for one in touched(client) if one.managed_by == "us")


def touched(client: Client) -> tuple[Setup, ...]:
    """The set-ups that we look after, or work on when asked, where it can be read who looks after them."""
    # Whoever takes more of a client as undecided gives it another private part.
    asked, latest = client.__pydantic_private__, _LATEST.touched
    if latest is not None and latest[0] is client and latest[1] is asked:
        return latest[2]
    found = tuple(worked_on(client)) if is_client(client) else ()
    _LATEST.touched = (client, asked, found)
    return found


def worked_on(client: Client) -> Iterator[Setup]:
    """The same, wherever the client stands with us."""
    doubtful = client.doubtful
    for setup in client.setups:
        if setup.managed_by in ("us", "on_request") and not (doubtful and unread(client, setup, "managed_by")):
            yield setup


def unread(client: Client, setup: Setup, *keys: str) -> bool:
    """Whether one of these values of a set-up could not be read."""
    return setup.doubtful and any(client.doubtful_at(*setup.at(key)) for key in keys)


def live_items(setup: Setup, fleet: Fleet) -> tuple[Item, ...]:
    """The items of a set-up that are still protected."""
    if all(item.retired_on is None for item in setup.items):
        return setup.items
    return tuple(item for item in setup.items if live(item, fleet.as_of))


def is_cloud(setup: Setup, fleet: Fleet) -> bool | None:
    """Whether a set-up protects somebody else's service; None where an item does not say what it is."""
    entry = fleet.catalogue.products.get(setup.product)
    if entry is not None and entry.product.recoverability == "saas":
        return True
    kinds = {item.kind or setup.defaults.kind for item in live_items(setup, fleet)}
    return None if None in kinds else bool(kinds) and kinds <= CLOUD_KINDS


@dataclass(frozen=True, slots=True)
class Things:
    """What a client has protected, on the day of a run: everything, and what is asked as machines or cloud services."""

    every: tuple[Protected, ...] = ()
    machines: tuple[Protected, ...] = ()
    cloud: tuple[Protected, ...] = ()


def things(record: Record, fleet: Fleet) -> Things:
    """What is protected; asked about is what stands in a set-up that we look after or work on, where that is clear."""
    latest = _LATEST.things
    if latest is not None and latest[0] is record and latest[1] is fleet:
        return latest[2]
    found = _things(record.client, fleet, touched(record.client))
    _LATEST.things = (record, fleet, found)
    return found


def things_shown(record: Record, fleet: Fleet) -> Things:
    """The same as pages show it: no rule asks of a client who leaves, who may ask for a restore until the end."""
    if record.client.status != "offboarding":
        return things(record, fleet)
    return _things(record.client, fleet, worked_on(record.client))


def _things(client: Client, fleet: Fleet, setups: Iterable[Setup]) -> Things:
    asked = list(setups)
    if not asked:
        return Things()
    sorts = {id(one): is_cloud(one, fleet) for one in asked if not unread(client, one, "product", "items", "defaults")}
    every = protected(client, fleet.policy, fleet.as_of)
    of_thing = [(thing, {sorts.get(id(setup)) for setup, _ in thing.entries}) for thing in every]
    machines, cloud = (tuple(thing for thing, found in of_thing if sort in found) for sort in (False, True))
    return Things(every, machines, cloud)


def retirements(record: Record, policy: Policy) -> Iterator[date]:
    """The days from which an item no longer counts."""
    return (item.retired_on for setup in record.client.setups for item in setup.items if item.retired_on)


def listed(names: Iterable[str], most: int = 3) -> str:
    """A few names, and how many more there are."""
    every = list(dict.fromkeys(names))
    shown, rest = ", ".join(every[:most]), len(every) - most
    return f"{shown} and {rest} more" if rest > 0 else shown
