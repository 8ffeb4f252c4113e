"""Comet Backup: the job runs of the users of a server.

Export: `POST /api/v1/admin/get-jobs-recent` (or `get-jobs-for-date-range`) of the Comet server; never a user's
profile, which holds the hashes of passwords.

Layout: a list of `GUID, Username, Classification, Status, StartTime, EndTime, SourceGUID, DestinationGUID, DeviceID,
SnapshotID, ClientVersion, TotalFiles, ...`, times in seconds since 1970, 0 while it runs; read in
CometBackup/comet-ruby-sdk, lib/comet/models/backup_job_detail.rb, the numbers of Status and Classification in
lib/comet/definitions.rb. A run names its protected item by the SourceGUID alone: items carry it in a record's
external_ids. Only backups (4001) are read: restores and maintenance protect nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from runbooks.inventory.columns import Columns
from runbooks.inventory.feeds import Feed, Status
from runbooks.inventory.latest import latest
from runbooks.inventory.seen import Seen
from runbooks.inventory.tables import Table
from runbooks.inventory.words import whose

NAME: Final = "comet-jobs-json"
PRODUCT: Final = "comet-backup"
CLIENT_ID: Final = "comet"
WRITINGS: Final = ("json",)
COLUMNS: Final[Columns] = {
    "client": ("OrganizationID", "Username"),
    "class": ("Classification",),
    "status": ("Status",),
    "started": ("StartTime",),
    "ended": ("EndTime",),
    "key": ("SourceGUID",),
    "repository": ("DestinationGUID",),
}
NEEDED: Final = (("key",), ("status",))
LISTS: Final = ()
DATES: Final = "unix"
ZONE: Final = "UTC"
BACKUP: Final = 4001
WARNING, MISSED, SKIPPED = 7001, 7004, 7006


def items(table: Table, feed: Feed) -> Iterator[Seen]:
    """A protected item of a user, once, however many runs it had."""
    return latest(_runs(table, feed))


def _runs(table: Table, feed: Feed) -> Iterator[tuple[Seen, datetime | None]]:
    for row in table:
        started, ended = table.moment(row, "started"), table.moment(row, "ended")
        if row.number("class") not in (None, BACKUP):
            continue
        client, client_name = whose(row, feed)
        status = _status(row.number("status"))
        success = (ended or started) if status in ("success", "warning") else None
        seen = Seen(
            table.place(row),
            client,
            row.text("key"),
            "",
            repository=row.text("repository"),
            last_success=success,
            status=status,
            client_name=client_name,
        )
        yield seen, started or ended


def _status(number: int | None) -> Status:
    if number is None:
        return "unknown"
    if number in (WARNING, MISSED, SKIPPED):
        return "warning" if number == WARNING else "missed"
    match number // 1000:
        case 5:
            return "success"
        case 6:
            return "running"
        case 7:
            return "failed"
        case _:
            return "unknown"
