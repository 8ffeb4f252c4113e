"""ConnectWise PSA: the agreements of all companies.

Export: `GET /v4_6_release/apis/3.0/finance/agreements?pageSize=1000` (JSON), or the list **Finance > Agreements** with
**Export** (CSV). Ended and cancelled ones belong to it: leave the filter off.

Layout: `id, name, type {id, name}, company {id, identifier, name}, startDate, endDate, noEndingDateFlag, cancelledFlag,
dateCancelled, oneTimeFlag, billOneTimeFlag, agreementStatus, ...`; read in sowderca/connectwise-ruby-sdk,
docs/Agreement.md, and in public clients. The number is the `id`; the client is the company's `id`, with its name beside
it. ConnectWise does not say how many hours are left of a block, nor when somebody paid.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runbooks.inventory.columns import Columns
from runbooks.inventory.feeds import Feed
from runbooks.inventory.seen import Contract
from runbooks.inventory.tables import Row, Table
from runbooks.inventory.words import whose

NAME: Final = "connectwise-agreements"
PRODUCT: Final = ""
CLIENT_ID: Final = "psa"
WRITINGS: Final = ("json", "csv")
COLUMNS: Final[Columns] = {
    "number": ("id", "Agreement ID", "Agreement RecID", "AGR_Header_RecID"),
    "client": ("company.id", "Company RecID", "Company_RecID"),
    "client_name": ("company.name", "Company Name", "Company"),
    "type": ("type.name", "Agreement Type", "Type"),
    "starts": ("startDate", "Date Start", "Start"),
    "ends": ("endDate", "Date End", "End"),
    "endless": ("noEndingDateFlag", "No Ending Date"),
    "cancelled": ("cancelledFlag", "Cancelled"),
    "cancelled_on": ("dateCancelled", "Date Cancelled", "Cancelled Date"),
    "once": ("billOneTimeFlag", "oneTimeFlag", "One Time"),
    "status": ("agreementStatus", "Status"),
}
NEEDED: Final = (("number",), ("type",))
LISTS: Final = ("agreements",)
DATES: Final = ""
ZONE: Final = ""


def items(table: Table, feed: Feed) -> Iterator[Contract]:
    """An agreement an entry."""
    for row in table:
        client, client_name = whose(row, feed)
        once = row.flag("once")
        ends = table.day(row, "ends")
        yield Contract(
            table.place(row),
            client,
            row.text("number"),
            row.text("type"),
            table.day(row, "starts"),
            None if row.flag("endless") else ends,
            table.day(row, "cancelled_on"),
            None if once is None else not once,
            active=_active(row),
            client_name=client_name,
        )


def _active(row: Row) -> bool | None:
    if row.flag("cancelled"):
        return False
    match row.text("status").casefold():
        case "":
            return None
        case "active":
            return True
        case _:
            return False
