"""Any list of agreements with a header, as CSV: for every other PSA, or a table that somebody keeps by hand.

Export: whatever the PSA offers as CSV.

Layout: `number, client, client_name, type, starts, ends, cancelled_on, recurring, hours_left, last_paid_on, active`, or
the names that the feed gives them under `columns`. Only number and a client are needed; no other column is read:

    columns: {number: Contract no., client: Account id, type: Plan, ends: Valid until, hours_left: Remaining}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runbooks.inventory.columns import Columns
from runbooks.inventory.feeds import Feed
from runbooks.inventory.seen import Contract
from runbooks.inventory.tables import Table
from runbooks.inventory.words import whose

NAME: Final = "psa-agreements-csv"
PRODUCT: Final = ""
CLIENT_ID: Final = "psa"
WRITINGS: Final = ("csv",)
COLUMNS: Final[Columns] = {
    "number": ("number",),
    "client": ("client",),
    "client_name": ("client_name",),
    "type": ("type",),
    "starts": ("starts",),
    "ends": ("ends",),
    "cancelled_on": ("cancelled_on",),
    "recurring": ("recurring",),
    "hours_left": ("hours_left",),
    "last_paid_on": ("last_paid_on",),
    "active": ("active",),
}
NEEDED: Final = (("number",),)
LISTS: Final = ()
DATES: Final = ""
ZONE: Final = ""


def items(table: Table, feed: Feed) -> Iterator[Contract]:
    """An agreement a row."""
    for row in table:
        client, client_name = whose(row, feed)
        yield Contract(
            table.place(row),
            client,
            row.text("number"),
            row.text("type"),
            table.day(row, "starts"),
            table.day(row, "ends"),
            table.day(row, "cancelled_on"),
            table.flag(row, "recurring"),
            table.amount(row, "hours_left"),
            table.day(row, "last_paid_on"),
            table.flag(row, "active"),
            client_name,
        )
