"""Synology Active Backup for Business: the tasks of a NAS with their devices, or the last backup of each device.

Export: log in to the web interface of the NAS as a read-only administrator, then
`GET /webapi/entry.cgi?api=SYNO.ActiveBackup.Task&version=1&method=list_with_device&_sid=SID > tasks.json`; or
`SYNO.ActiveBackup.Overview` with `list_device_last_backup`, or `SYNO.ActiveBackup.Device` with `list`.

Layout: `{data: {tasks: [{task_name, share_name, retention_policy {gfs_days, gfs_weeks, gfs_months, gfs_years, keep_all,
keep_versions}, sched_content {repeat_type, run_hour, run_min, ...}, device_info {device_uuid, host_name, os_name, ...}
or devices [...], last_result {status, time_end, ...}}]}, success}`; `{data: {device_list: [{device_id, device_name,
task_name, time_start, time_end}]}}`; `{data: {devices: [{device_uuid, host_name, os_name, ...}]}}`; read in
pmilano1/synology-dsm-api, docs (ActiveBackup Task, Overview, Device). Times are seconds since 1970. The answers hold
agent tokens and passwords (`agent_token`, `login_password`, `mssql_password`, `oracle_password`): none is read. The
meaning of the numbers of `status` is not published; 2 stands in every sample of a run that went well.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from runbooks.inventory.columns import Columns
from runbooks.inventory.feeds import Feed, Status
from runbooks.inventory.seen import Facts, Seen
from runbooks.inventory.tables import Row, Table
from runbooks.inventory.words import machine

NAME: Final = "synology-active-backup-json"
PRODUCT: Final = "synology-active-backup"
CLIENT_ID: Final = ""
WRITINGS: Final = ("json",)
COLUMNS: Final[Columns] = {
    "key": ("device_uuid", "device_info.device_uuid"),
    "name": ("host_name", "device_name", "device_info.host_name"),
    "system": ("os_name", "device_info.os_name"),
    "job": ("task_name",),
    "repository": ("share_name",),
    "finished": ("time_end", "last_result.time_end"),
    "status": ("last_result.status",),
    "action": ("last_result.job_action",),
    "versions": ("retention_policy.keep_versions",),
    "weekly": ("retention_policy.gfs_weeks",),
    "monthly": ("retention_policy.gfs_months",),
    "yearly": ("retention_policy.gfs_years",),
    "repeat": ("sched_content.repeat_type",),
    "hour": ("sched_content.run_hour",),
    "minute": ("sched_content.run_min",),
}
NEEDED: Final = (("name", "job"),)
LISTS: Final = ("tasks", "device_list", "devices")
DATES: Final = "unix"
ZONE: Final = "UTC"
WENT_WELL: Final = "2"
BACKUP: Final = "1"
"""The action of a run that was a backup, and not the deletion of old versions."""


def items(table: Table, feed: Feed) -> Iterator[Seen]:
    """A device in a task; a task without devices is a job alone."""
    for row in table:
        finished, status = _run(table, row)
        facts = _facts(row) if "versions" in row.cells else None
        yield Seen(
            table.place(row),
            "",
            row.text("key"),
            row.text("name"),
            machine(row.text("system")),
            row.text("job"),
            row.text("repository"),
            finished,
            status,
            False,
            facts,
        )


def _run(table: Table, row: Row) -> tuple[datetime | None, Status]:
    """When the last backup ended well, and how it went. A list of last backups gives the time alone."""
    finished = table.moment(row, "finished")
    if "status" not in row.cells:
        return finished, "never" if "finished" in row.cells and finished is None else "unknown"
    if row.text("status") == WENT_WELL and row.text("action") in (BACKUP, ""):
        return finished, "success"
    return None, "unknown"


def _facts(row: Row) -> Facts:
    weekly, monthly, yearly = (row.number(name) for name in ("weekly", "monthly", "yearly"))
    hour, minute = row.number("hour"), row.number("minute")
    daily = row.text("repeat").casefold() == "daily" and hour is not None and minute is not None
    schedule = f"daily at {hour:02}:{minute:02}" if daily else ""
    return Facts(None, row.number("versions"), weekly, monthly, yearly, schedule)
