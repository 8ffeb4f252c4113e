"""Veeam Backup & Replication: the jobs with what they keep, when they run and whether they encrypt.

Export, on the backup server: the script Get-VBRConfig of the public collection of VeeamHub, or Veeam's healthcheck;
both write a file whose name ends in `_Jobs.csv`.

Layout, older: `Name, JobType, SheduleEnabledTime (sic), ScheduleOptions, RestorePoints, RepoName, Algorithm, ...`; read
in VeeamHub/powershell, BR-GetVBRConfig/SampleOutput. Newer: the same and `PwdKeyId, ..., RetentionType, RetentionCount,
RetainDaysToKeep, ..., StgEncryptionEnabled, ..., GfsWeeklyIsEnabled, GfsWeeklyCount, GfsMonthlyEnabled,
GfsMonthlyCount, GfsYearlyEnabled, GfsYearlyCount, ...`; read in VeeamHub/veeam-healthcheck,
Tools/GoldenBaselines/VBRConfig; of one version `IsScheduleEnabled` stands where `RestorePoints` did. The schedule is
one long text of the program; its dates have no zone, and the order of the server's culture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from runbooks.inventory.columns import Columns
from runbooks.inventory.feeds import Feed
from runbooks.inventory.seen import Facts, Seen
from runbooks.inventory.tables import Row, Table

NAME: Final = "veeam-jobs-csv"
PRODUCT: Final = "veeam-backup-replication"
CLIENT_ID: Final = ""
WRITINGS: Final = ("csv",)
COLUMNS: Final[Columns] = {
    "job": ("Name",),
    "type": ("JobType",),
    "repository": ("RepoName",),
    "schedule": ("ScheduleOptions",),
    "points": ("RestorePoints",),
    "retention_type": ("RetentionType",),
    "retention_count": ("RetentionCount",),
    "weekly": ("GfsWeeklyIsEnabled",),
    "weekly_count": ("GfsWeeklyCount",),
    "monthly": ("GfsMonthlyEnabled",),
    "monthly_count": ("GfsMonthlyCount",),
    "yearly": ("GfsYearlyEnabled",),
    "yearly_count": ("GfsYearlyCount",),
    "encrypted": ("StgEncryptionEnabled",),
}
NEEDED: Final = (("job",), ("type",))
LISTS: Final = ()
DATES: Final = ""
ZONE: Final = ""

_START = re.compile(r"Start time: \[[^\]]*?(\d{1,2}):(\d\d)(?::\d\d)?(?: ?([AaPp])\.?[Mm]\.?)?\]")
_LATEST = re.compile(r"Latest run time: \[([^\]]+)\]")
_DAILY = re.compile(r"Daily options: \[Enabled: True, DayNumberInMonth: (\w+)")
_PERIOD = re.compile(r"Periodically options: \[Enabled: True, Period: (\d+) (hour|minute)")


def items(table: Table, feed: Feed) -> Iterator[Seen]:
    """A job a row."""
    for row in table:
        options = row.text("schedule")
        if found := _LATEST.search(options):
            table.moment_of(row, "schedule", found[1])
        yield Seen(
            table.place(row), "", "", "", job=row.text("job"), repository=row.text("repository"), facts=_facts(row)
        )


def _facts(row: Row) -> Facts:
    kind, count = row.text("retention_type").casefold(), row.number("retention_count")
    days = count if kind == "days" else None
    points = count if kind in ("cycles", "restorepoints") else row.number("points") if not kind else None
    weekly, monthly, yearly = (_gfs(row, name) for name in ("weekly", "monthly", "yearly"))
    return Facts(days, points, weekly, monthly, yearly, _schedule(row.text("schedule")), row.flag("encrypted"))


def _gfs(row: Row, name: str) -> int | None:
    """How many of the long-kept backups; none where they are switched off."""
    match row.flag(name):
        case True:
            return row.number(f"{name}_count")
        case False:
            return 0
        case None:
            return None


def _schedule(options: str) -> str:
    """The schedule as a record writes it, where the text of the program says it for certain."""
    start, daily, period = _START.search(options), _DAILY.search(options), _PERIOD.search(options)
    if period:
        return f"every {period[1]}{period[2][0]}"
    if "Continuous options: [Enabled: True" in options:
        return "continuous"
    if not (start and daily) or daily[1] not in ("Everyday", "WeekDays"):
        return ""
    hour = int(start[1]) % 12 + (12 if start[3] in "Pp" else 0) if start[3] else int(start[1])
    return f"daily at {hour:02}:{start[2]}" + (" on weekdays" if daily[1] == "WeekDays" else "")
