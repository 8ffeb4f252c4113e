"""N-able Cove Data Protection: the statistics of all devices.

Export: the public script GetDeviceStatistics of BackupNerd with `-AllPartners -AllDevices -Export`; where a comma
divides whole numbers from fractions it is called with `-Delimiter ';'`.

Layout: `PartnerId, PartnerName, Reference, AccountID, DeviceName, ComputerName, Creation, TimeStamp, LastSuccess,
Last28Days, ProductId, Product, ProfileId, Profile, DataSources, SelectedGB, UsedGB, Location, OS, OSType, Physicality`;
read in BackupNerd/Backup-Scripts, Reporting/GetDeviceStatistics.v07.ps1 (v05 has no Reference). The script makes every
date UTC and writes it in the order of the machine it runs on, which the feed says. Some versions can be told to export
a password: it is not read.

The client is the PartnerId. A feed with `external_id: psa` takes the Reference instead, where the numbers of the PSA
are kept. An address behind the partner's name, as in `Acme (bob@acme.example)`, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from runbooks.inventory.columns import Columns
from runbooks.inventory.feeds import Feed, Status
from runbooks.inventory.seen import Seen
from runbooks.inventory.tables import Row, Table
from runbooks.inventory.words import kinds, machine, result
from runbooks.records.agreement import ItemKind

NAME: Final = "cove-statistics-csv"
PRODUCT: Final = "n-able-cove"
CLIENT_ID: Final = "cove"
WRITINGS: Final = ("csv",)
COLUMNS: Final[Columns] = {
    "client": ("PartnerId",),
    "client_name": ("PartnerName", "AR"),
    "reference": ("Reference", "PF"),
    "key": ("AccountID", "AU"),
    "device": ("DeviceName", "AN"),
    "name": ("ComputerName", "MN"),
    "seen_at": ("TimeStamp", "TS"),
    "last_success": ("LastSuccess", "TL"),
    "job": ("Profile", "OP"),
    "system": ("OS",),
    "kind": ("OSType", "OT"),
    "sources": ("DataSources", "AP"),
    "status": ("Status", "T0"),
}
NEEDED: Final = (("key",), ("name", "device"))
LISTS: Final = ()
DATES: Final = ""
ZONE: Final = "UTC"

RESULTS: Final[Mapping[str, Status]] = {
    "0": "never", "1": "running", "2": "failed", "3": "failed", "4": "unknown", "5": "success", "6": "failed",
    "7": "missed", "8": "warning", "9": "running", "10": "failed", "11": "missed", "12": "running",
    "nobackup": "never", "inprocess": "running", "failed": "failed", "aborted": "failed", "completed": "success",
    "interrupted": "failed", "notstarted": "missed", "completedwitherrors": "warning",
    "inprogresswithfaults": "running", "overquota": "failed", "noselection": "missed", "restarted": "running",
}  # fmt: skip
KINDS: Final[Mapping[str, ItemKind]] = {
    "1": "workstation", "2": "server", "workstation": "workstation", "server": "server",
}  # fmt: skip
CLOUD: Final = re.compile(r"D(?:19|20|0?5|23)(?!\d)")
"""The codes of the data sources of Microsoft 365: Exchange, OneDrive, SharePoint, Teams."""

_ADDRESS = re.compile(r" *\([^()]*@[^()]*\)$")


def items(table: Table, feed: Feed) -> Iterator[Seen]:
    """A device a row."""
    words = kinds(feed, KINDS)
    by_reference = feed.external_id not in (None, CLIENT_ID)
    for row in table:
        client = "" if feed.client else row.text("reference" if by_reference else "client")
        client_name = "" if feed.client else _ADDRESS.sub("", row.text("client_name"))
        table.moment(row, "seen_at")
        success = table.moment(row, "last_success")
        yield Seen(
            table.place(row),
            client or client_name,
            row.text("key"),
            row.text("name") or row.text("device"),
            _kind(row, words),
            row.text("job"),
            "",
            success,
            _status(row),
            False,
            None,
            client_name if client else "",
        )


def _kind(row: Row, words: Mapping[str, ItemKind]) -> str:
    if CLOUD.search(row.text("sources")):
        return "saas_tenant"
    return words.get(row.text("kind").casefold()) or machine(row.text("system"))


def _status(row: Row) -> Status:
    if word := row.text("status").replace(" ", ""):
        return result(word, RESULTS)
    return "never" if row.cells.get("last_success") == "" else "unknown"
