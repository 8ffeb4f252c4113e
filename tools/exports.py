"""Writes the sample exports below inventory/ anew from the sample records: real headers, made-up rows, always the same.

Run it after a change of the sample records: `python tools/exports.py`. What is in `FILES` is what it writes.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5
from zoneinfo import ZoneInfo

from runbooks.fleet import read_records
from runbooks.records.client import Client
from runbooks.records.setup import Item, Job, Setup

ROOT = Path(__file__).resolve().parents[1]
SYDNEY = ZoneInfo("Australia/Sydney")
MADE = datetime(2026, 11, 29, 2, tzinfo=SYDNEY)
"""When the sample was exported: the night before the day its calendar stands at."""
SERVER = "Microsoft Windows Server 2022 Standard"

CLIENTS = {record.slug: record.client for record in read_records(ROOT)}


def setup(client: str, name: str) -> Setup:
    """A set-up of a client."""
    return next(one for one in CLIENTS[client].setups if one.id == name)


def members(item: Item) -> list[str]:
    """The machines an item stands for: itself, or as many as the group should have."""
    if item.match is None:
        return [item.name or item.key]
    return [item.match.replace("*", f"{number:02}") for number in range(1, (item.expected or 0) + 1)]


def protected(one: Setup) -> Iterator[tuple[Job, Item, str]]:
    """Each machine of a set-up in each of its jobs, in the order of the record."""
    items = {item.key: item for item in one.items if item.retired_on is None}
    for job in one.jobs:
        for key in job.items:
            if key in items:
                for name in members(items[key]):
                    yield job, items[key], name


def kind(one: Setup, item: Item) -> str:
    """What an item is."""
    return item.kind or one.defaults.kind or ""


def minute(name: str) -> int:
    """A number below 60 for a name: machines do not all end at once."""
    return uuid5(NAMESPACE_DNS, name).int % 60


def ended(name: str, hours: int = 4) -> datetime:
    """When the last backup of a machine ended, some hours before the export."""
    return MADE - timedelta(hours=hours) + timedelta(minutes=minute(name))


def table(header: str, rows: Iterable[Iterable[object]], delimiter: str = ",") -> bytes:
    """CSV as PowerShell writes it, with the line ends that git keeps."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(header.split(", "))
    writer.writerows(rows)
    return out.getvalue().encode()


def listed(data: object) -> bytes:
    """JSON as an interface answers, with its lines apart."""
    return (json.dumps(data, indent=2) + "\n").encode()


def unix(when: datetime) -> int:
    """Seconds since 1970."""
    return int(when.timestamp())


def newer_sessions(one: Setup) -> bytes:
    """Veeam's sessions with the header of today."""
    header = (
        "JobName, VMName, Status, IsRetry, ProcessingMode, JobDuration, TaskDuration, TaskAlgorithm, CreationTime, "
        "BackupSize(GB), DataSize(GB), DedupRatio, CompressRatio, BottleneckDetails, PrimaryBottleneck, JobType"
    )
    rows = [
        (
            job.name, name, "Success", "False", "", "00:41:10", "00:09:32", "Increment",
            ended(job.name, hours).replace(tzinfo=None).isoformat() + ".0000000", "5.2", "32.4", "2.1", "2.4", "",
            "Target", "EWindowsPhysical",
        )
        for hours in (28, 4)
        for job, _, name in protected(one)
    ]  # fmt: skip
    return table(header, rows)


def older_sessions(one: Setup) -> bytes:
    """Veeam's sessions with the older header: dates in the order of the United States, every row twice."""
    header = (
        "JobName, VMName, Status, IsRetry, ProcessingMode, WorkDuration, TaskAlgorithm, CreationTime, BackupSize, "
        "DataSize, DedupRatio, CompressRatio"
    )
    rows = [
        (
            job.name, name, "Success", "False", "hotadd", "27.09", "Increment",
            f"{when.month}/{when.day}/{when.year} {when:%H:%M:%S}", "221619200", "678615694", "96", "33",
        )
        for when in (ended(one.id, 28), ended(one.id, 4))
        for job, _, name in protected(one)
    ]  # fmt: skip
    return table(header, [row for row in rows for _ in range(2)])


def jobs(one: Setup) -> bytes:
    """Veeam's jobs, with what they keep and whether they encrypt."""
    header = (
        "Name, JobType, SheduleEnabledTime, ScheduleOptions, RestorePoints, RepoName, Algorithm, "
        "FullBackupScheduleKind, FullBackupDays, TransformFullToSyntethic, TransformIncrementsToSyntethic, "
        "TransformToSyntethicDays, PwdKeyId, "
        "OriginalSize, RetentionType, RetentionCount, RetainDaysToKeep, DeletedVmRetentionDays, DeletedVmRetention, "
        "CompressionLevel, Deduplication, BlockSize, IntegrityChecks, SpecificStorageEncryption, StgEncryptionEnabled, "
        "KeepFirstFullBackup, EnableFullBackup, BackupIsAttached, GfsWeeklyIsEnabled, GfsWeeklyCount, "
        "GfsMonthlyEnabled, GfsMonthlyCount, GfsYearlyEnabled, GfsYearlyCount, IndexingType, OnDiskGB"
    )
    return table(header, [_job(job) for job in one.jobs])


def _job(job: Job) -> tuple[object, ...]:
    keeps = job.keeps.counts if job.keeps else {}
    hour, colon, half = (job.schedule or "").removeprefix("daily at ").partition(":")
    options = (
        f"Start time: [11/29/2026 {hour}:{half}:00], Latest run time: [11/28/2026 {hour}:{half}:05], "
        "Timeout for backup completion: [180min], Next run time: [], Retry times on failure: [3], Retry timeout: "
        "[10 min], Daily options: [Enabled: True, DayNumberInMonth: Everyday, Days: Sunday, Monday, Tuesday, "
        "Wednesday, Thursday, Friday, Saturday]"
    )
    gfs = [cell for unit in ("weekly", "monthly", "yearly") for cell in (unit in keeps, keeps.get(unit, 0))]
    return (
        job.name, "BackupSync" if job.from_copy else "Backup", "3/1/2024 15:27:08", options if colon else "",
        keeps["daily"], job.to, "Increment", "Daily", "Saturday", True, False, "Saturday",
        uuid5(NAMESPACE_DNS, job.name), "1099511627776", "Days", keeps["daily"], keeps["daily"], "30", True, "Optimal",
        True, "KbBlockSize1024", True, False, True, True, True, False, *gfs, "None", "512.45",
    )  # fmt: skip


def coverage(one: Setup) -> bytes:
    """The virtual machines that are in a backup."""
    where = "vcenter.cedar-grove.example"
    rows = [
        (name, f"vm-{100 + number}", uuid5(NAMESPACE_DNS, name), rf"{where}\School\{name}", where)
        for number, name in enumerate(name for item in one.items for name in members(item))
    ]
    return table("Name, MoRefID, Uuid, Path, vCenter", rows)


def console(client: Client, one: Setup) -> bytes:
    """The computers of the Service Provider Console."""
    header = (
        "Name, Tag, Backups, Backup Copies, Guest OS, Latest Restore Point, Cloud Copy, Company, Site, Location, "
        "Last Heartbeat, Last Restore, Restore Status, Operation Mode"
    )
    systems = {"macos": "macOS 15.2", "linux": "Debian 12", None: "Microsoft Windows 11 Pro"}
    seen = {name: item for _, item, name in protected(one)}
    rows = [
        (
            name, "", "1", "0",
            SERVER if kind(one, item) == "server" else systems.get(item.os, systems[None]),
            f"{3 + minute(name) % 5} hours", "Yes", client.client, "provider-site", "Office", "1 minute", "", "",
            kind(one, item).capitalize(),
        )
        for name, item in seen.items()
    ]  # fmt: skip
    return table(header, rows)


def cove(client: Client, one: Setup) -> bytes:
    """Cove's statistics, with the delimiter and the dates of the Netherlands."""
    header = (
        "PartnerId, PartnerName, Reference, AccountID, DeviceName, ComputerName, Creation, TimeStamp, LastSuccess, "
        "Last28Days, ProductId, Product, ProfileId, Profile, DataSources, SelectedGB, UsedGB, Location, OS, OSType, "
        "Physicality"
    )
    rows = [
        (
            "901042", client.client, client.external_ids.get("psa", ""), 300001 + number,
            f"{name.lower()}_{uuid5(NAMESPACE_DNS, name).hex[:5]}", name, "01-03-2024 08:00:00", _dutch(MADE),
            _dutch(ended(name)), "\u2611" * 28, "3", "All-In", "77", job.name, "D01D02", "120,5", "88,1", "Sydney",
            "Windows Server 2022" if kind(one, item) == "server" else "Windows 11 Pro",
            "2" if kind(one, item) == "server" else "1", "Physical",
        )
        for number, (job, item, name) in enumerate(protected(one))
    ]  # fmt: skip
    return b"\xef\xbb\xbf" + table(header, rows, delimiter=";")


def _dutch(when: datetime) -> str:
    return f"{when.astimezone(UTC):%d-%m-%Y %H:%M:%S}"


def datto(one: Setup) -> bytes:
    """The agents of a SIRIS."""
    agents = [
        {
            "name": name, "volume": uuid5(NAMESPACE_DNS, name).hex, "localIp": f"10.1.1.{20 + number}",
            "os": "Windows Server 2022" if kind(one, item) == "server" else "Windows 11 Pro",
            "protectedVolumesCount": 1, "unprotectedVolumesCount": 0, "protectedVolumeNames": ["C:\\"],
            "unprotectedVolumeNames": [], "agentVersion": "3.0.18.5", "isPaused": False, "isArchived": False,
            "latestOffsite": unix(ended(name, 20)), "localSnapshots": 72, "lastSnapshot": unix(ended(name, 1)),
            "lastScreenshotAttempt": unix(ended(name, 9)), "lastScreenshotAttemptStatus": True,
            "lastScreenshotUrl": "https://device.datto.example/screenshot.png",
            "fqdn": f"{name.lower()}.harbour-view.example",
            "backups": [
                {
                    "timestamp": ended(name, 1).astimezone(UTC).isoformat(),
                    "backup": {"status": "success", "errorMessage": None},
                    "localVerification": {"status": "success", "errors": []},
                }
            ],
        }
        for number, (_, item, name) in enumerate(protected(one))
    ]  # fmt: skip
    return listed(agents)


def axcient(client: Client, one: Setup) -> bytes:
    """The devices of x360Recover."""
    devices = [
        {
            "id_": 12001 + number, "client_id": 26, "client_name": client.client, "name": name,
            "type": "SERVER" if kind(one, item) == "server" else "WORKSTATION",
            "os": {"os_type": "WINDOWS", "bits": 64, "os_name": "Windows"}, "ip_address": f"10.2.2.{20 + number}",
            "jobs": [{"id_": 65000 + number, "name": job.name, "latest_rp": _zulu(ended(name))}],
            "latest_local_rp": _zulu(ended(name)), "latest_cloud_rp": None, "latest_vault_rp": _zulu(ended(name, 7)),
            "current_health_status": {"status": "NORMAL", "reason": None, "timestamp": _zulu(ended(name))},
            "volumes": ["C:\\"], "excluded_volumes": [], "d2c": False, "agent_version": "2.33.1134",
        }
        for number, (job, item, name) in enumerate(protected(one))
    ]  # fmt: skip
    return listed(devices)


def _zulu(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def msp360(client: Client, one: Setup) -> bytes:
    """The plans of MSP360, of every computer."""
    plans = [
        {
            "PlanName": job.name, "CompanyName": client.client, "UserName": "wedgetail",
            "UserID": str(uuid5(NAMESPACE_DNS, client.client)), "ComputerName": name, "BuildVersion": "8.4.0.63",
            "StorageType": "Cloud", "LastStart": ended(name + job.name).replace(tzinfo=None).isoformat(),
            "NextStart": None, "Status": 0, "ErrorMessage": None, "FilesCopied": 41, "FilesFailed": 0,
            "DataCopied": 531582, "Duration": "9 minute(s)", "DataToBackup": 531582, "TotalData": 24253901,
            "FilesScanned": 8200, "FilesToBackup": 41,
        }
        for job, _, name in protected(one)
    ]  # fmt: skip
    return listed(plans)


def synology(one: Setup) -> bytes:
    """The last backups that a Synology NAS lists."""
    devices = [
        {
            "device_id": 1 + number, "device_name": name, "task_name": job.name, "time_end": unix(ended(name)),
            "time_start": unix(ended(name)) - 900,
        }
        for number, (job, _, name) in enumerate(protected(one))
    ]  # fmt: skip
    return listed({"data": {"device_list": devices, "total": len(devices)}, "success": True})


def restic(one: Setup) -> bytes:
    """The snapshots of a restic repository."""
    snapshots = [
        {
            "time": (ended(name + job.name, hours)).isoformat().replace("+", ".123456789+"),
            "tree": uuid5(NAMESPACE_DNS, name + job.name).hex * 2, "paths": ["/srv"], "hostname": name.lower(),
            "username": "root", "tags": [job.name], "program_version": "restic 0.17.3",
            "id": uuid5(NAMESPACE_DNS, f"{name} {job.name} {hours}").hex * 2,
            "short_id": uuid5(NAMESPACE_DNS, f"{name} {job.name} {hours}").hex[:8],
        }
        for hours in (46, 22)
        for job, _, name in protected(one)
    ]  # fmt: skip
    return listed(snapshots)


def autotask(client: Client) -> bytes:
    """The contracts of a client, as Autotask has them."""
    header = (
        "Contract ID, Contract Number, Contract Name, Contract Type, Company ID, Company, Status, Start Date, "
        "End Date, Hours Remaining"
    )
    rows = [
        (
            29000000 + number, one.id, one.type.replace("_", " ").capitalize(), "Recurring Service",
            client.external_ids["psa"], client.client, "Active", one.starts, one.last_day or "", "",
        )
        for number, one in enumerate(client.agreements)
    ]  # fmt: skip
    return table(header, rows)


def hours(client: Client) -> bytes:
    """What is left of a block of hours, as somebody's own PSA exports it."""
    header = "Contract no., Account, Plan, From, Valid until, Remaining, Last payment, Notes"
    rows = [
        (
            one.id, client.external_ids["psa"], "Block", f"{one.starts:%d/%m/%Y}",
            f"{one.block.expires_on:%d/%m/%Y}", f"{one.block.hours_remaining}.0", "02/07/2026",
            "This column is never read.",
        )
        for one in client.agreements
        if one.block is not None
    ]  # fmt: skip
    return table(header, rows)


def files() -> Mapping[str, bytes]:
    """Every sample export by its path below inventory/."""
    north, currawong = CLIENTS["north-bay-dental"], CLIENTS["currawong-ridge-land-survey"]
    creek, wedgetail = CLIENTS["wattle-creek-surveyors"], CLIENTS["wedgetail-printing"]
    return {
        "autotask/north-bay-contracts-2026-11-29.csv": autotask(north),
        "axcient/devices.json": axcient(creek, setup("wattle-creek-surveyors", "office")),
        "cove/lakeside.csv": cove(north, setup("north-bay-dental", "lakeside")),
        "datto/harbour-view.json": datto(setup("harbour-view-hotel", "hotel")),
        "msp360/monitoring.json": msp360(wedgetail, setup("wedgetail-printing", "works")),
        "psa/hartwell-2026-11-29.csv": hours(CLIENTS["hartwell-lane-lawyers"]),
        "restic/coastal-radio.json": restic(setup("coastal-community-radio", "studio")),
        "synology/pixel-and-plume.json": synology(setup("pixel-and-plume", "studio")),
        "veeam/blue-gum-sessions.csv": older_sessions(setup("blue-gum-medical", "centre")),
        "veeam/cedar-grove-BackupCoveredVMs-2026-11-29.csv": coverage(setup("cedar-grove-school", "school")),
        "veeam/newford-sessions.csv": newer_sessions(setup("north-bay-dental", "newford")),
        "veeam/newford_Jobs.csv": jobs(setup("north-bay-dental", "newford")),
        "vspc/computers-2026-11-29.csv": console(currawong, setup("currawong-ridge-land-survey", "agents")),
    }


FILES = files()

if __name__ == "__main__":
    for name, content in FILES.items():
        path = ROOT / "inventory" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(f"inventory/{name}", file=sys.stderr)
