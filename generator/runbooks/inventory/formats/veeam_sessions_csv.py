"""Veeam Backup & Replication: the sessions of all jobs, a row for each machine and run.

Export, on the backup server: `Get-VeeamSessionReport | Export-Csv sessions.csv -NoTypeInformation`, a script of the
public collection of VeeamHub; or the VeeamSessionReport.csv of Veeam's healthcheck.

Layout, older: `JobName, VMName, Status, IsRetry, ProcessingMode, WorkDuration, TaskAlgorithm, CreationTime, BackupSize,
DataSize, DedupRatio, CompressRatio`; read in VeeamHub/powershell, BR-VeeamSessionReport/SampleOutput. Newer: `...,
JobDuration, TaskDuration, ..., CreationTime, BackupSize(GB), DataSize(GB), ..., BottleneckDetails, PrimaryBottleneck,
JobType`; read in VeeamHub/veeam-healthcheck, Tools/GoldenBaselines/SessionReports. Dates have no zone, and in the older
layout the order of the server's culture (2/5/2020 12:00:16): the feed says both. More than half of a real export were
rows that stood there twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from runbooks.inventory.columns import Columns
from runbooks.inventory.feeds import Feed
from runbooks.inventory.latest import latest
from runbooks.inventory.seen import Seen
from runbooks.inventory.tables import Table
from runbooks.inventory.words import result

NAME: Final = "veeam-sessions-csv"
PRODUCT: Final = "veeam-backup-replication"
CLIENT_ID: Final = ""
WRITINGS: Final = ("csv",)
COLUMNS: Final[Columns] = {
    "name": ("VMName",),
    "job": ("JobName",),
    "status": ("Status",),
    "created": ("CreationTime",),
}
NEEDED: Final = (("name",), ("job",), ("status",), ("created",))
LISTS: Final = ()
DATES: Final = ""
ZONE: Final = ""


def items(table: Table, feed: Feed) -> Iterator[Seen]:
    """A machine in a job, once, however many sessions it had."""
    return latest(_sessions(table))


def _sessions(table: Table) -> Iterator[tuple[Seen, datetime | None]]:
    for row in table:
        when = table.moment(row, "created")
        status = result(row.text("status"))
        success = when if status in ("success", "warning") else None
        name, job = row.text("name"), row.text("job")
        yield Seen(table.place(row), "", "", name, "", job, "", success, status), when
