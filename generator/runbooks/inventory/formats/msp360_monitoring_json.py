"""MSP360 Managed Backup: the last run of every plan on every computer.

Export: `GET https://api.mspbackups.com/api/Monitoring` with `Accept: application/json` and the bearer token.

Layout: a list of `PlanName, CompanyName, UserName, UserID, ComputerName, BuildVersion, StorageType, LastStart,
NextStart, Status, ErrorMessage, FilesCopied, ..., Duration`, with Status as a number; read in the vendor's manual as
kept in rzakiev/documentation, web-console/mbs-api/monitoring. Its times have no zone: the feed says it. A user without
a company has no CompanyName: then the client is the UserID.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from runbooks.inventory.columns import Columns
from runbooks.inventory.feeds import Feed, Status
from runbooks.inventory.seen import Seen
from runbooks.inventory.tables import Table
from runbooks.inventory.words import result

NAME: Final = "msp360-monitoring-json"
PRODUCT: Final = "msp360-managed-backup"
CLIENT_ID: Final = "msp360"
WRITINGS: Final = ("json",)
COLUMNS: Final[Columns] = {
    "name": ("ComputerName",),
    "job": ("PlanName",),
    "client": ("CompanyName",),
    "user": ("UserID",),
    "user_name": ("UserName",),
    "started": ("LastStart",),
    "status": ("Status",),
}
NEEDED: Final = (("name",), ("job",))
LISTS: Final = ()
DATES: Final = "iso"
ZONE: Final = ""
RESULTS: Final[Mapping[str, Status]] = {
    "0": "success", "1": "missed", "2": "failed", "3": "running", "4": "unknown", "5": "failed", "6": "failed",
    "success": "success", "overdue": "missed", "error": "failed", "running": "running", "interrupted": "failed",
    "unexpectedlyclosed": "failed",
}  # fmt: skip


def items(table: Table, feed: Feed) -> Iterator[Seen]:
    """A plan on a computer an entry."""
    for row in table:
        company = row.text("client")
        client = "" if feed.client else company or row.text("user")
        client_name = "" if feed.client or company else row.text("user_name")
        started, status = table.moment(row, "started"), result(row.text("status"), RESULTS)
        yield Seen(
            table.place(row),
            client,
            "",
            row.text("name"),
            "",
            row.text("job"),
            "",
            started if status == "success" else None,
            "never" if started is None and "started" in row.cells and status == "unknown" else status,
            False,
            None,
            client_name,
        )
