"""What a feed speaks of: the product, what its rows are, and under which keys records have the ids of its exports."""

from __future__ import annotations

from typing import Final

from runbooks.inventory import external_id, product
from runbooks.inventory.feeds import Feed
from runbooks.inventory.layouts import layout

__all__ = ["external_id", "has_appliances", "has_ids_of_backups", "is_psa", "product", "systems"]

PSA: Final = "psa"
"""The system whose exports are agreements."""
APPLIANCES: Final = frozenset({"datto-devices-csv"})
"""The formats whose rows are what a set-up runs on, and not what it protects."""
BACKUPS: Final = frozenset({"backup-radar-json"})
"""The formats that give an id to each backup of a thing, and none to the thing."""
ANYTHING: Final = frozenset({"generic", "psa", "backup"})
"""First words of formats that name no product."""


def systems(feed: Feed) -> tuple[str, ...]:
    """Under which keys an item or a job may have its id: the client's, the first word of the format, the product."""
    word = feed.format.partition("-")[0]
    words = (external_id(feed), "" if word in ANYTHING else word, product(feed))
    return tuple(dict.fromkeys(word.casefold() for word in words if word))


def is_psa(feed: Feed) -> bool:
    """Whether a feed has agreements, and no protected things."""
    return layout(feed.format).CLIENT_ID == PSA


def has_appliances(feed: Feed) -> bool:
    """Whether its rows are what set-ups run on: the `server` of one."""
    return feed.format in APPLIANCES


def has_ids_of_backups(feed: Feed) -> bool:
    """Whether one thing has several ids there, one for each of its backups."""
    return feed.format in BACKUPS
