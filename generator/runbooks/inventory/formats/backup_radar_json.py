"""Backup Radar: every backup it watches, whatever product makes it.

Export: `GET https://api.backupradar.com/backups?Size=1000` with the header ApiKey, page by page; the same for
`/backups/retired`. Keep `retired` in the name of that file: nothing in its entries says so.

Layout: `{Total, Page, PageSize, TotalPages, Results: [...]}`, each with `backupId, companyName, deviceName, deviceType,
jobName, methodName, backupType {id, name}, status {id, name}, lastResult, lastSuccess, ...`; inactive and retired ones
with `lastReceived` in place of the last two; read in msoukhomlinov/n8n-nodes-backupradar, docs/api-v2-20260228.json
(API 2.0). The times have no zone: the feed says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from runbooks.inventory.columns import Columns
from runbooks.inventory.feeds import Feed
from runbooks.inventory.seen import Seen
from runbooks.inventory.tables import Table
from runbooks.inventory.words import kinds, result, whose
from runbooks.records.agreement import ItemKind

NAME: Final = "backup-radar-json"
PRODUCT: Final = ""
CLIENT_ID: Final = "backup_radar"
WRITINGS: Final = ("json",)
COLUMNS: Final[Columns] = {
    "key": ("backupId",),
    "client": ("companyName",),
    "name": ("deviceName",),
    "kind": ("deviceType",),
    "job": ("jobName",),
    "status": ("status.name",),
    "last_result": ("lastResult", "lastReceived"),
    "last_success": ("lastSuccess",),
    "retired": ("isRetired", "retired"),
}
NEEDED: Final = (("key",), ("name", "job"))
LISTS: Final = ("Results",)
DATES: Final = "iso"
ZONE: Final = ""
KINDS: Final[Mapping[str, ItemKind]] = {"server": "server", "workstation": "workstation"}


def items(table: Table, feed: Feed) -> Iterator[Seen]:
    """A backup an entry: a device in a job."""
    words = kinds(feed, KINDS)
    of_retired = "retired" in table.file.rsplit("/", 1)[-1].casefold()
    for row in table:
        client, client_name = whose(row, feed)
        table.moment(row, "last_result")
        yield Seen(
            table.place(row),
            client,
            row.text("key"),
            row.text("name"),
            words.get(row.text("kind").casefold(), ""),
            row.text("job"),
            "",
            table.moment(row, "last_success"),
            result(row.text("status")),
            of_retired or bool(row.flag("retired")),
            None,
            client_name,
        )
