"""Datto SIRIS and ALTO: the machines that a device protects, also Endpoint Backup for PC.

Export: `GET https://api.datto.com/v1/bcdr/device/SERIAL/asset/agent` (or `/asset`, with the shares) for each device, or
`Get-DattoBCDRAgent -SerialNumber SERIAL | ConvertTo-Json -Depth 6 > agents.json` of the public module
Celerium.DattoBCDR; without a serial number `/v1/bcdr/agent` gives `{pagination, clients: [{organizationId, clientName,
agents: [{uuid, hostname, type, lastSnapshot, protectedMachine {os, serial}, ...}]}]}`, as public clients of the
interface read it.

Layout: a list, or `{pagination, items: [...]}`, each `name, volume, localIp, os, protectedVolumesCount,
unprotectedVolumesCount, protectedVolumeNames, unprotectedVolumeNames, agentVersion, isPaused, isArchived,
latestOffsite, localSnapshots, lastSnapshot, lastScreenshotAttempt, ..., fqdn, backups: [{timestamp, backup: {status,
errorMessage}, ...}]`, newer ones with `assetId` and `type`; read in the examples of the older Datto module for
PowerShell and in cksapp/Celerium.DattoBCDR, Public/BCDR/Get-DattoBCDRAgent.ps1. Times are seconds since 1970. A device
has one client, which its answer does not name: give the feed the client, one file for each device.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runbooks.inventory.columns import Columns
from runbooks.inventory.feeds import Feed, Status
from runbooks.inventory.seen import Facts, Seen
from runbooks.inventory.tables import Row, Table, text
from runbooks.inventory.words import kinds, machine, result, volumes, whose

NAME: Final = "datto-agents-json"
PRODUCT: Final = "datto-siris"
CLIENT_ID: Final = "datto"
WRITINGS: Final = ("json",)
COLUMNS: Final[Columns] = {
    "key": ("volume", "assetId", "uuid"),
    "name": ("name", "hostname"),
    "full_name": ("fqdn",),
    "client": ("organizationId", "clientId"),
    "client_name": ("clientCompanyName", "organizationName", "clientName"),
    "system": ("os", "protectedMachine.os"),
    "type": ("type",),
    "archived": ("isArchived",),
    "unprotected": ("unprotectedVolumeNames",),
    "last_success": ("lastSnapshot",),
    "offsite": ("latestOffsite",),
    "runs": ("backups",),
    "run_time": ("backups.timestamp",),
    "run_status": ("backups.backup.status",),
}
NEEDED: Final = (("key", "name"),)
LISTS: Final = ("clients", "agents")
DATES: Final = "unix"
ZONE: Final = "UTC"


def items(table: Table, feed: Feed) -> Iterator[Seen]:
    """A machine or a share an entry."""
    words = kinds(feed, {"share": "nas_share"})
    for row in table:
        client, client_name = whose(row, feed)
        unprotected = volumes(row.cells.get("unprotected"))
        table.moment(row, "offsite")
        success = table.moment(row, "last_success")
        yield Seen(
            table.place(row),
            client,
            row.text("key"),
            row.text("name") or row.text("full_name"),
            words.get(row.text("type").casefold()) or machine(row.text("system")),
            "",
            "",
            success,
            "never" if success is None and "last_success" in row.cells else _status(row),
            bool(row.flag("archived")),
            Facts(unprotected=unprotected) if unprotected else None,
            client_name,
        )


def _status(row: Row) -> Status:
    """The result of the newest run. Its times are all of one form, so that their order is that of their letters."""
    runs = [run for run in row.many("runs") if isinstance(run, dict)]
    newest = max(runs, key=lambda run: text(run.get("timestamp")), default={})
    backup = newest.get("backup")
    return result(text(backup.get("status"))) if isinstance(backup, dict) else "unknown"
