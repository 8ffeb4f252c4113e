"""What the backup products and the PSA report: their exports below inventory/, read once and never kept."""

from __future__ import annotations

from runbooks.inventory.feeds import Feed, Feeds, Ignore
from runbooks.inventory.layouts import external_id, product
from runbooks.inventory.reading import read_inventory
from runbooks.inventory.seen import Contract, Export, Facts, Inventory, Seen, Status, Trouble

__all__ = [
    "Contract", "Export", "Facts", "Feed", "Feeds", "Ignore", "Inventory", "Seen", "Status", "Trouble", "external_id",
    "product", "read_inventory",
]  # fmt: skip
