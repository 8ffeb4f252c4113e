"""Autotask PSA: the contracts of all companies.

Export: **Contracts > Contracts**, search without a status, show the columns below, then **Export**; or the Contracts
entity of the REST interface through `Export-Csv`.

Layout: `Contract ID, Contract Name, Contract Number, Contract Type, Company, Status, Start Date, End Date, ...`; of the
interface `id, contractNumber, contractType, companyID, startDate, endDate, status, ...`, where type and status are
numbers; the entity was read in public PowerShell modules (New-AtwsContract). The headings of the list can be renamed in
every installation: where they differ, psa-agreements-csv with `columns` reads the same file. The number is the Contract
Number where the file has one, else the id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from runbooks.inventory.columns import Columns
from runbooks.inventory.feeds import Feed
from runbooks.inventory.seen import Contract
from runbooks.inventory.tables import Row, Table
from runbooks.inventory.words import whose

NAME: Final = "autotask-contracts-csv"
PRODUCT: Final = ""
CLIENT_ID: Final = "psa"
WRITINGS: Final = ("csv",)
COLUMNS: Final[Columns] = {
    "number": ("Contract Number",),
    "id": ("Contract ID", "id"),
    "client": ("Company ID", "Account ID", "Organization ID"),
    "client_name": ("Company Name", "Company", "Account Name", "Account", "Organization", "Client"),
    "type": ("Contract Type",),
    "starts": ("Start Date", "Contract Start Date"),
    "ends": ("End Date", "Contract End Date"),
    "status": ("Contract Status", "Status"),
    "hours_left": ("Hours Remaining", "Remaining Hours", "Block Hours Remaining"),
}
NEEDED: Final = (("number", "id"), ("type",))
LISTS: Final = ()
DATES: Final = ""
ZONE: Final = ""
TYPES: Final[Mapping[str, str]] = {
    "1": "Time & Materials", "3": "Fixed Price", "4": "Block Hours", "6": "Retainer", "7": "Recurring Service",
    "8": "Per Ticket",
}  # fmt: skip
RECURRING: Final = "recurring service"
NOT_RECURRING: Final = frozenset(name.casefold() for name in TYPES.values()) - {RECURRING}


def items(table: Table, feed: Feed) -> Iterator[Contract]:
    """A contract a row."""
    for row in table:
        client, client_name = whose(row, feed)
        kind = TYPES.get(row.text("type"), row.text("type"))
        word = kind.casefold().removesuffix("s") if kind.casefold() not in NOT_RECURRING else kind.casefold()
        yield Contract(
            table.place(row),
            client,
            row.text("number") or row.text("id"),
            kind,
            table.day(row, "starts"),
            table.day(row, "ends"),
            recurring=True if word == RECURRING else False if word in NOT_RECURRING else None,
            hours_left=table.amount(row, "hours_left"),
            active=_active(row),
            client_name=client_name,
        )


def _active(row: Row) -> bool | None:
    match row.text("status").casefold():
        case "1" | "active":
            return True
        case "":
            return None
        case _:
            return False
