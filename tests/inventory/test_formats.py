"""Every format in its vendor's own layout, in each of its generations: real headers, made-up rows."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from runbooks.inventory import Seen
from runbooks.inventory.seen import Contract, Facts
from tests.inventory.exports import SECRET, contracts, feed, items, lines, one, read, table


def brief(seen: Seen) -> tuple[str, ...]:
    """Whose, id, name, kind, job."""
    return seen.client, seen.key, seen.name, seen.kind, seen.job


def at(*parts: int) -> datetime:
    year, month, day, hour, minute, second, micro = (*parts, 0, 0, 0, 0)[:7]
    return datetime(year, month, day, hour, minute, second, micro, tzinfo=UTC)


# Veeam coverage

VMS = ("Name", "MoRefID", "Uuid", "Path", "vCenter")
DC = (
    "NB-DC01",
    "vm-29552",
    "4213ec5b-7891-5120-9964-0c8c53b8cdda",
    r"vc.north-bay.example\Newford\NB-DC01",
    "vc.north-bay.example",
)


def test_veeam_coverage():
    again = ("NB-DC01", "vm-470", DC[2], r"old.north-bay.example\NB-DC01", "old.north-bay.example")
    (dc,) = items("veeam-coverage-csv", "BackupCoveredVMs.csv", table(VMS, DC, again))

    assert brief(dc) == ("", DC[2], "NB-DC01", "vm", "")
    assert (dc.status, dc.facts, dc.last_success) == ("unknown", None, None)


def test_veeam_coverage_of_jobs_and_of_the_healthcheck():
    (dc,) = items("veeam-coverage-csv", "JobCoveredVMs.csv", table((*VMS, "AddedBy"), (*DC, "Newford folder")))
    header = ("Name", "PowerState", "ProvisionedSize", "UsedSize", "Path")
    (other,) = items("veeam-coverage-csv", "_ViProtected.csv", table(header, ("NB-APP01", "PoweredOn", "1", "1", "x")))

    assert dc.key == DC[2]
    assert brief(other) == ("", "", "NB-APP01", "vm", "")


@pytest.mark.parametrize("file", ["2026-11-28-BackupMissingVMs.csv", "JobMissingVMs.csv", "_ViUnprotected.csv"])
def test_a_machine_in_a_file_of_missing_ones_is_not_protected(file: str):
    (dc,) = items("veeam-coverage-csv", file, table(VMS, DC))

    assert (dc.status, dc.facts) == ("never", Facts(unprotected=("NB-DC01",)))


# Veeam sessions

OLD = (
    "JobName", "VMName", "Status", "IsRetry", "ProcessingMode", "WorkDuration", "TaskAlgorithm", "CreationTime",
    "BackupSize", "DataSize", "DedupRatio", "CompressRatio",
)  # fmt: skip
NEW = (
    "JobName", "VMName", "Status", "IsRetry", "ProcessingMode", "JobDuration", "TaskDuration", "TaskAlgorithm",
    "CreationTime", "BackupSize(GB)", "DataSize(GB)", "DedupRatio", "CompressRatio", "BottleneckDetails",
    "PrimaryBottleneck", "JobType",
)  # fmt: skip


def old_session(job: str, name: str, status: str, created: str) -> tuple[str, ...]:
    return job, name, status, "False", "hotadd", "27.09", "Increment", created, "221619200", "678615694", "96", "33"


def new_session(job: str, name: str, status: str, created: str) -> tuple[str, ...]:
    return (
        job, name, status, "False", "VirtualAppliance", "01:23:45", "00:15:32", "CBTIncremental", created, "12.5",
        "45.2", "1.8", "2.1", "Source 15% > Proxy 25%", "Target", "EVmware",
    )  # fmt: skip


def test_veeam_sessions_older_ones():
    rows = [
        old_session("NB-Servers-Daily", "NB-DC01", "Success", "11/27/2026 22:00:16"),
        old_session("NB-Servers-Daily", "NB-DC01", "Failed", "11/28/2026 22:00:04"),
        old_session("NB-Servers-Daily", "NB-APP01", "Warning", "11/28/2026 22:00:04"),
        old_session("NB-Servers-Daily", "NB-DC01", "Success", "11/26/2026 22:00:01"),
    ]
    more = {"dates": "month_first", "timezone": "Australia/Sydney"}
    dc, app = items("veeam-sessions-csv", "sessions.csv", table(OLD, *rows, *rows), **more)

    assert brief(dc) == ("", "", "NB-DC01", "", "NB-Servers-Daily")
    assert (dc.status, dc.last_success) == ("failed", at(2026, 11, 27, 11, 0, 16))
    assert (app.status, app.last_success) == ("warning", at(2026, 11, 28, 11, 0, 4))
    assert dc.place.line == 7  # the newest run, the second time it stands there


def test_veeam_sessions_newer_ones():
    rows = [new_session("NB-Servers-Daily", "NB-DC01", "Success", "2026-11-28T22:00:00.0000000")]
    export = one("veeam-sessions-csv", "sessions.csv", table(NEW, *rows), timezone="Australia/Sydney")

    assert export.items[0].last_success == at(2026, 11, 28, 11)
    assert export.made_on == date(2026, 11, 28)


def test_the_dates_of_older_sessions_are_not_guessed():
    rows = [old_session("Daily", "NB-DC01", "Success", "2/5/2026 12:00:16")]
    neither = read(feed("veeam-sessions-csv", "a.csv"), {"a.csv": table(OLD, *rows)})
    no_zone = read(feed("veeam-sessions-csv", "a.csv", dates="month_first"), {"a.csv": table(OLD, *rows)})

    assert lines(neither) == [("INV016", 2, "the date in CreationTime: day and month could be either way round")]
    assert lines(no_zone) == [("INV016", 2, "the date in CreationTime: it has no time zone")]
    assert neither.exports[0].items[0].name == "NB-DC01"
    assert neither.exports[0].made_on is None


# Veeam jobs

JOBS = (
    "Name", "JobType", "SheduleEnabledTime", "ScheduleOptions", "RestorePoints", "RepoName", "Algorithm",
    "FullBackupScheduleKind", "FullBackupDays", "TransformFullToSyntethic", "TransformIncrementsToSyntethic",
    "TransformToSyntethicDays",
)  # fmt: skip
NEW_JOBS = (
    *JOBS, "PwdKeyId", "OriginalSize", "RetentionType", "RetentionCount", "RetainDaysToKeep", "DeletedVmRetentionDays",
    "DeletedVmRetention", "CompressionLevel", "Deduplication", "BlockSize", "IntegrityChecks",
    "SpecificStorageEncryption", "StgEncryptionEnabled", "KeepFirstFullBackup", "EnableFullBackup", "BackupIsAttached",
    "GfsWeeklyIsEnabled", "GfsWeeklyCount", "GfsMonthlyEnabled", "GfsMonthlyCount", "GfsYearlyEnabled",
    "GfsYearlyCount", "IndexingType", "OnDiskGB",
)  # fmt: skip
WEEK = "".join(f"<{day}>{','.join('0' * 24)}</{day}>" for day in ("Sunday", "Monday", "Tuesday"))
COMMON = (
    "Start time: [11/29/2026 22:00:00], Latest run time: [11/28/2026 22:00:05], Timeout for backup completion: "
    "[180min], Next run time: [], Retry times on failure: [3], Retry timeout: [10 min], "
)
DAILY = COMMON + (
    "Daily options: [Enabled: True, DayNumberInMonth: Everyday, Days: Sunday, Monday, Tuesday, Wednesday, Thursday, "
    "Friday, Saturday]"
)


def old_job(name: str, options: str, points: str = "14") -> tuple[str, ...]:
    return (
        name, "Backup", "3/23/2026 15:27:08", options, points, "nb-repo", "Increment", "Daily", "Saturday", "True",
        "False", "Saturday",
    )  # fmt: skip


def new_job(name: str, retention: str, count: str, *, encrypted: bool, gfs: bool) -> tuple[str, ...]:
    return (
        *old_job(name, "", "7"), "00000000-0000-0000-0000-000000000000", "1099511627776", retention, count, count, "30",
        "True", "Optimal", "True", "KbBlockSize1024", "True", "False", str(encrypted), "True", "True", "False",
        str(gfs), "4", str(gfs), "12", "False", "0", "None", "512.45",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("options", "schedule"),
    [
        (DAILY, "daily at 22:00"),
        (DAILY.replace("Everyday", "WeekDays").replace("22:00:00", "10:30:00 PM"), "daily at 22:30 on weekdays"),
        (DAILY.replace("Everyday", "SelectedDays"), ""),
        (
            COMMON + f"Periodically options: [Enabled: True, Period: 4 hour(s), ScheduleString: <scheduler>{WEEK}]",
            "every 4h",
        ),
        (COMMON + f"Continuous options: [Enabled: True, ScheduleString: <scheduler>{WEEK}</scheduler>]", "continuous"),
        ("", ""),
    ],
)
def test_veeam_jobs_older_ones(options: str, schedule: str):
    more = {"dates": "month_first", "timezone": "Australia/Sydney"}
    export = one("veeam-jobs-csv", "nb-bk01_Jobs.csv", table(JOBS, old_job("NB-Servers-Daily", options)), **more)
    (job,) = export.items

    assert brief(job) == ("", "", "", "", "NB-Servers-Daily")
    assert job.repository == "nb-repo"
    assert job.facts == Facts(points=14, schedule=schedule)
    assert export.made_on == (date(2026, 11, 28) if options else None)


def test_veeam_jobs_newer_ones():
    rows = [
        new_job("NB-Servers-Daily", "Days", "30", encrypted=True, gfs=True),
        new_job("NB-Desks-Daily", "Cycles", "14", encrypted=False, gfs=False),
    ]
    servers, desks = items("veeam-jobs-csv", "_Jobs.csv", table(NEW_JOBS, *rows))

    assert servers.facts == Facts(retention_days=30, weekly=4, monthly=12, yearly=0, encrypted=True)
    assert desks.facts == Facts(points=14, weekly=0, monthly=0, yearly=0, encrypted=False)


# Veeam Service Provider Console


def test_veeam_spc_computers():
    header = (
        "Name", "Tag", "Backups", "Backup Copies", "Guest OS", "Latest Restore Point", "Cloud Copy", "Company", "Site",
        "Location", "Last Heartbeat", "Last Restore", "Restore Status", "Operation Mode",
    )  # fmt: skip
    row = (
        "CR-SRV01",
        "",
        "1",
        "0",
        "Microsoft Windows Server 2022",
        "3 hours",
        "Yes",
        "Currawong",
        "s",
        "l",
        "1 min",
        "",
        "",
        "Server",
    )
    mac = ("CR-MAC01", "", "1", "0", "macOS 15.2", "1 day", "Yes", "Currawong", "s", "l", "1 min", "", "", "")
    export = one("veeam-spc-csv", "computers-2026-11-28.csv", table(header, row, mac), client="")

    assert [brief(item) for item in export.items] == [
        ("Currawong", "", "CR-SRV01", "server", ""),
        ("Currawong", "", "CR-MAC01", "workstation", ""),
    ]
    assert export.made_on == date(2026, 11, 28)


def test_veeam_spc_virtual_machines():
    header = (
        "VM",
        "Platform",
        "Backup Server",
        "Site",
        "Company",
        "Location",
        "Last Backup",
        "Backup Target",
        "Resource ID",
    )
    row = ("BG-DC01", "vSphere", "BG-BK01", "s", "Blue Gum", "l", "4 hours", "bg-repo", "vm-101")
    (vm,) = items("veeam-spc-csv", "vms.csv", table(header, row), client="")

    assert brief(vm) == ("Blue Gum", "vm-101", "BG-DC01", "vm", "")
    assert (vm.repository, vm.last_success) == ("bg-repo", None)


# Backup Radar


def backup_radar(**more: object) -> dict[str, Any]:
    return {
        "ticketingCompany": "North Bay", "status": {"id": 1, "name": "Success"}, "daysInStatus": 0.24,
        "isVerified": False, "lastResult": "2026-11-28T22:53:12", "lastSuccess": "2026-11-28T22:53:12",
        "ticketCount": 2, "failureThreshold": 2.0, "treatWarningAsSuccess": False, "note": SECRET,
        "dayStartHour": 2, "tags": ["Veeam"],
        "standalone": False, "history": [{"status": {"id": 3, "name": "Failure"}, "date": "2026-05-01T00:00:00"}],
        "backupId": 1000, "companyName": "North Bay Dental Group", "deviceName": "NB-DC01", "deviceType": "Server",
        "jobName": "NB-Servers-Daily", "methodName": "Veeam", "backupType": {"id": 0, "name": "Backup"}, **more,
    }  # fmt: skip


def test_backup_radar():
    results = [
        backup_radar(),
        backup_radar(backupId=1001, status={"id": 5, "name": "No Result"}, lastSuccess=None, deviceType="Workstation"),
        backup_radar(backupId=1002, status={"id": 4, "name": "Pending"}),
    ]
    text = json.dumps({"Total": 2, "Page": 1, "PageSize": 10, "TotalPages": 1, "Results": results}, indent=2)
    export = one("backup-radar-json", "radar.json", text, client="", timezone="Australia/Sydney")
    first, second, third = export.items

    assert brief(first) == ("North Bay Dental Group", "1000", "NB-DC01", "server", "NB-Servers-Daily")
    assert (first.status, first.last_success) == ("success", at(2026, 11, 28, 11, 53, 12))
    assert (second.status, second.last_success, second.kind) == ("missed", None, "workstation")
    assert third.status == "running"
    assert export.made_on == date(2026, 11, 28)
    assert SECRET not in repr(export)


def test_backup_radar_retired_ones():
    entry = {
        "emailFrom": "veeam@north-bay.example", "lastReceived": "2025-06-01T22:00:00", "backupId": 7,
        "companyName": "North Bay Dental Group", "deviceName": "NB-OLD01", "deviceType": "Server", "jobName": "Old",
        "methodName": "Veeam", "backupType": {"id": 0, "name": "Backup"},
    }  # fmt: skip
    (old,) = items("backup-radar-json", "retired.json", json.dumps({"Results": [entry]}), client="", timezone="UTC")

    assert (old.retired, old.name) == (True, "NB-OLD01")


# Cove

COVE = (
    "PartnerId", "PartnerName", "Reference", "AccountID", "DeviceName", "ComputerName", "Creation", "TimeStamp",
    "LastSuccess", "Last28Days", "ProductId", "Product", "ProfileId", "Profile", "DataSources", "SelectedGB", "UsedGB",
    "Location", "OS", "OSType", "Physicality",
)  # fmt: skip


def cove(
    account: str, device: str, computer: str, success: str, *, sources: str = "D01", kind: str = "2"
) -> tuple[str, ...]:
    return (
        "901042", "North Bay Dental Group (it@north-bay.example)", "1042", account, device, computer,
        "28/03/2024 08:00:00", "28/11/2026 20:10:00", success, "☑☑❎", "3", "All-In", "77", "Evenings", sources,
        "120,5", "88,1", "Sydney", "Windows Server 2022", kind, "Physical",
    )  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_cove_statistics(delimiter: str):
    rows = [
        cove("300001", "ls-srv01_a1", "LS-SRV01", "28/11/2026 19:40:00"),
        cove("300002", "ls-fd01_b2", "LS-FD01", "", kind="1"),
        cove("300003", "north-bay_m365", "", "28/11/2026 18:00:00", sources="D19D20D5D23", kind="0"),
    ]
    export = one(
        "cove-statistics-csv", "cove.csv", table(COVE, *rows, delimiter=delimiter), client="", dates="day_first"
    )
    server, desk, tenant = export.items

    assert brief(server) == ("901042", "300001", "LS-SRV01", "server", "Evenings")
    assert (server.client_name, server.last_success) == ("North Bay Dental Group", at(2026, 11, 28, 19, 40))
    assert (desk.kind, desk.status, desk.last_success) == ("workstation", "never", None)
    assert (tenant.name, tenant.kind) == ("north-bay_m365", "saas_tenant")
    assert export.made_on == date(2026, 11, 29)


def test_cove_statistics_with_the_numbers_of_the_psa():
    text = table(COVE, cove("300001", "a", "LS-SRV01", ""))
    (server,) = items("cove-statistics-csv", "cove.csv", text, client="", external_id="psa", dates="day_first")

    assert (server.client, server.client_name) == ("1042", "North Bay Dental Group")


def test_cove_statistics_of_the_version_before_and_with_a_password():
    header = [name for name in COVE if name != "Reference"]
    row = [
        cell
        for name, cell in zip(COVE, cove("1", "a", "LS-SRV01", "11/28/2026 7:40:00 PM"), strict=True)
        if name != "Reference"
    ]
    row[6] = "11/28/2026 8:10:00 PM"
    text = table([*header, "GUIDPassword", "T0"], [*row, SECRET, "8"])
    (server,) = items("cove-statistics-csv", "cove.csv", text, client="", dates="month_first")

    assert (server.client, server.status) == ("901042", "warning")
    assert server.last_success == at(2026, 11, 28, 19, 40)
    assert SECRET not in repr(server)


# Datto


def datto(**more: object) -> dict[str, Any]:
    return {
        "name": "HV-DC01", "volume": "4b65219643aa4bc78e359928ead7fab5", "localIp": "10.10.100.1",
        "os": "Windows Server 2022", "protectedVolumesCount": 1, "unprotectedVolumesCount": 1,
        "protectedVolumeNames": ["C:\\"], "unprotectedVolumeNames": ["D:\\"], "agentVersion": "3.0.18.5",
        "isPaused": False, "isArchived": False, "latestOffsite": 1795867262, "localSnapshots": 5,
        "lastSnapshot": 1795870862, "lastScreenshotAttempt": 1795870900, "lastScreenshotAttemptStatus": True,
        "lastScreenshotUrl": f"https://device.example/x.png?token={SECRET}", "fqdn": "hv-dc01.harbour-view.example",
        "backups": [
            {"timestamp": "2026-11-27T14:01:03+00:00", "backup": {"status": "success", "errorMessage": ""}},
            {"timestamp": "2026-11-28T14:01:03+00:00", "backup": {"status": "failure", "errorMessage": SECRET}},
        ], **more,
    }  # fmt: skip


@pytest.mark.parametrize("wrapped", [False, True])
def test_datto_agents(wrapped: bool):
    entries = [
        datto(),
        datto(name="HV-PC01", volume="b", os="Windows 11 Pro", unprotectedVolumeNames=[], isArchived=True, backups=[]),
        datto(name="Data", volume="c", type="share", os=None, lastSnapshot=0),
    ]
    text = json.dumps({"pagination": {"page": 1}, "items": entries} if wrapped else entries, indent=2)
    export = one("datto-agents-json", "agents.json", text)
    server, desk, share = export.items

    assert brief(server) == ("", "4b65219643aa4bc78e359928ead7fab5", "HV-DC01", "server", "")
    assert (server.status, server.facts) == ("failed", Facts(unprotected=("D:",)))
    assert server.last_success == datetime.fromtimestamp(1795870862, UTC)
    assert (desk.kind, desk.retired, desk.facts, desk.status) == ("workstation", True, None, "unknown")
    assert (share.kind, share.status, share.last_success) == ("nas_share", "never", None)
    assert SECRET not in repr(export)


def test_datto_agents_of_endpoint_backup_stand_under_their_clients():
    clients = {"clients": [{"clientName": "Harbour View Hotel", "agents": [datto(), datto(name="B", volume="b")]}]}
    text = json.dumps(clients["clients"], indent=1)
    first, second = items("datto-agents-json", "agents.json", text, client="")

    assert (first.client, second.client) == ("Harbour View Hotel", "Harbour View Hotel")
    assert second.place.line > first.place.line


def test_datto_agents_of_all_clients_come_in_a_mapping_and_a_client_without_any_is_no_entry():
    agent = {"uuid": "u-1", "hostname": "HV-PC02", "lastSnapshot": 1795870862, "protectedMachine": {"os": "Windows 11"}}
    clients = [
        {"organizationId": 5, "clientName": "Harbour View Hotel", "agents": [agent]},
        {"clientName": "B", "agents": []},
    ]
    found = [
        read(
            feed("datto-agents-json", "a.json", client=""), {"a.json": json.dumps({"pagination": {}, "clients": some})}
        )
        for some in (clients, clients[1:], [])
    ]

    (one,) = found[0].exports[0].items
    assert brief(one) == ("5", "u-1", "HV-PC02", "workstation", "")
    assert one.client_name == "Harbour View Hotel"
    assert [lines(each) for each in found] == [[], [], []]
    assert [each.exports[0].rows for each in found] == [1, 0, 0]


def test_datto_devices():
    header = (
        "serialNumber", "name", "model", "lastSeenDate", "hidden", "activeTickets", "clientCompanyName",
        "resellerCompanyName", "servicePeriod", "warrantyExpire", "agentCount", "shareCount", "alertCount",
        "internalIP", "uptime", "remoteWebUrl", "servicePlan",
    )  # fmt: skip
    row = (
        "A1B2C3", "HV-SIRIS01", "S4-B3", "2026-11-28T21:15:03+00:00", "False", "0", "Harbour View Hotel", "Example IT",
        "2027-05-01", "2027-05-01", "6", "1", "0", "10.1.1.9", "100", f"https://x.example/?{SECRET}", "Infinite",
    )  # fmt: skip
    export = one("datto-devices-csv", "devices.csv", table(header, row), client="")

    assert brief(export.items[0]) == ("Harbour View Hotel", "A1B2C3", "HV-SIRIS01", "", "")
    assert export.made_on == date(2026, 11, 29)
    assert SECRET not in repr(export)


# MSP360


def msp360(**more: object) -> dict[str, Any]:
    return {
        "PlanName": "Files", "CompanyName": "Wedgetail Printing", "UserName": "wedgetail", "UserID": "u-1ac6",
        "ComputerName": "wp-mac01.wedgetail.example", "BuildVersion": "2.4.0.17", "StorageType": "Cloud",
        "LastStart": "2026-11-28T14:50:57", "NextStart": None, "Status": 0, "ErrorMessage": SECRET, "FilesCopied": 3,
        "Duration": "15 second(s)", **more,
    }  # fmt: skip


def test_msp360_monitoring():
    entries = [msp360(), msp360(PlanName="Image", Status=1), msp360(ComputerName="wp-pc02", CompanyName=None, Status=2)]
    export = one("msp360-monitoring-json", "m.json", json.dumps(entries), client="", timezone="UTC")
    files, image, other = export.items

    assert brief(files) == ("Wedgetail Printing", "", "wp-mac01.wedgetail.example", "", "Files")
    assert (files.status, files.last_success) == ("success", at(2026, 11, 28, 14, 50, 57))
    assert (image.job, image.status, image.last_success) == ("Image", "missed", None)
    assert (other.client, other.client_name, other.status) == ("u-1ac6", "wedgetail", "failed")
    assert SECRET not in repr(export)


# Axcient


def axcient(**more: object) -> dict[str, Any]:
    return {
        "id_": 12345, "client_id": 26, "name": "WC-SRV01", "type": "SERVER", "os": {"os_name": "Windows Server 2022"},
        "ip_address": "10.2.2.33", "jobs": [{"id_": 65345, "name": "Nightly", "latest_rp": "2026-11-28T04:56:07Z"}],
        "latest_local_rp": "2026-11-28T04:56:07Z", "latest_cloud_rp": "2026-11-28T06:00:00Z", "latest_vault_rp": None,
        "current_health_status": {"status": "WARNED", "reason": "x", "timestamp": "2026-11-3T11:33:07Z"},
        "volumes": ["C:\\"], "excluded_volumes": ["D:\\"], "d2c": False, "agent_token": SECRET, **more,
    }  # fmt: skip


def test_axcient_devices():
    text = json.dumps([axcient(), axcient(id_=2, name="WC-PC01", type="WORKSTATION", jobs=[], excluded_volumes=[])])
    server, desk = items("axcient-devices", "devices.json", text, client="")

    assert brief(server) == ("26", "12345", "WC-SRV01", "server", "Nightly")
    assert (server.status, server.last_success) == ("warning", at(2026, 11, 28, 6))
    assert server.facts == Facts(unprotected=("D:",))
    assert (desk.kind, desk.job, desk.facts) == ("workstation", "", None)
    assert SECRET not in repr((server, desk))


def test_axcient_devices_of_the_later_interface_and_below_appliances():
    later = axcient(id=9)
    del later["id_"]
    text = json.dumps(
        [{"id_": 1, "name": "appliance", "devices": [later | {"client": {"id": 5, "name": "Wattle Creek"}}]}]
    )
    (server,) = items("axcient-devices", "appliances.json", text.replace('"client_id": 26, ', ""), client="")

    assert (server.key, server.client, server.client_name) == ("9", "5", "Wattle Creek")


def test_axcient_devices_as_yaml():
    text = f"""\
# from the interface
- id_: 12345
  name: WC-SRV01
  type: SERVER
  latest_local_rp: 2026-11-28T04:56:07Z
  excluded_volumes: ['D:\\']
  agent_token: {SECRET}
  current_health_status:
    status: NORMAL
- id_: 12346
  name: WC-PC01
  type: WORKSTATION
"""
    server, desk = items("axcient-devices", "devices.yaml", text)

    assert brief(server) == ("", "12345", "WC-SRV01", "server", "")
    assert (server.place.line, desk.place.line) == (2, 10)
    assert server.last_success == at(2026, 11, 28, 4, 56, 7)
    assert SECRET not in repr((server, desk))


def test_yaml_that_programs_read_in_different_ways_is_told_without_its_words():
    text = f"- {{id_: 1, name: *{SECRET}}}\n- {{id_: 2, name: WC-PC01, type: WORKSTATION, other: yes}}\n"
    inventory = read(feed("axcient-devices", "devices.yml"), {"devices.yml": text})

    assert inventory.troubles
    assert {trouble.code for trouble in inventory.troubles} <= {"INV014", "INV015"}
    assert SECRET not in repr(inventory)


# Synology


def synology_device(**more: object) -> dict[str, Any]:
    return {
        "agent_token": SECRET, "backup_type": 2, "create_time": 1594735305, "device_id": 1,
        "device_uuid": "37E1E2FE-B040-0F76-E903-40B0760FE904", "host_ip": "192.168.1.2", "host_name": "PP-STUDIO01",
        "login_password": SECRET, "login_user": "admin", "mssql_password": SECRET, "oracle_password": SECRET,
        "os_name": "Windows 11(64-bit)", **more,
    }  # fmt: skip


def synology_task(**more: object) -> dict[str, Any]:
    return {
        "agentless_backup_path": "", "backup_type": 2, "repo_dir": "@ActiveBackup",
        "retention_policy": {
            "gfs_days": "7", "gfs_months": "12", "gfs_weeks": "4", "gfs_years": "3", "keep_all": False,
            "keep_versions": 30,
        },
        "sched_content": {"repeat_type": "Daily", "run_hour": 12, "run_min": 30, "run_weekday": [0]},
        "share_name": "ActiveBackupforBusiness", "task_id": 1, "task_name": "Studio", **more,
    }  # fmt: skip


def synology(**data: object) -> str:
    return json.dumps({"data": data, "success": True}, indent=1)


def test_synology_tasks_with_a_device():
    result = {"job_action": 1, "status": 2, "time_end": 1795840525, "time_start": 1795840003, "success_count": 0}
    task = synology_task(device_info=synology_device(), last_result=result)
    export = one("synology-active-backup-json", "tasks.json", synology(tasks=[task], total=1))
    (studio,) = export.items

    assert brief(studio) == ("", "37E1E2FE-B040-0F76-E903-40B0760FE904", "PP-STUDIO01", "workstation", "Studio")
    assert (studio.status, studio.last_success) == ("success", datetime.fromtimestamp(1795840525, UTC))
    assert studio.facts == Facts(None, 30, 4, 12, 3, "daily at 12:30")
    assert studio.repository == "ActiveBackupforBusiness"
    assert SECRET not in repr(export)


def test_synology_tasks_with_their_devices():
    devices = [synology_device(), synology_device(device_uuid="b", host_name="PP-SRV01", os_name="Windows Server 2022")]
    tasks = [synology_task(devices=devices, next_trigger_time=1763884800), synology_task(devices=[], task_name="Empty")]
    first, second, empty = items("synology-active-backup-json", "tasks.json", synology(tasks=tasks))

    assert [(one.name, one.kind, one.job) for one in (first, second)] == [
        ("PP-STUDIO01", "workstation", "Studio"), ("PP-SRV01", "server", "Studio"),
    ]  # fmt: skip
    assert brief(empty) == ("", "", "", "", "Empty")
    assert second.place.line > first.place.line
    assert SECRET not in repr((first, second))


def test_synology_devices_and_their_last_backups():
    (device,) = items("synology-active-backup-json", "d.json", synology(devices=[synology_device()], total=4))
    last = {
        "device_id": 3,
        "device_name": "PP-STUDIO01",
        "task_name": "Studio",
        "time_end": 1795840525,
        "time_start": 1,
    }
    (backup,) = items("synology-active-backup-json", "l.json", synology(device_list=[last], total=4))

    assert (device.name, device.key) == ("PP-STUDIO01", "37E1E2FE-B040-0F76-E903-40B0760FE904")
    assert (backup.name, backup.job, backup.key) == ("PP-STUDIO01", "Studio", "")
    assert backup.last_success == datetime.fromtimestamp(1795840525, UTC)


# Comet


def comet(guid: str, status: int, start: int, end: int, **more: object) -> dict[str, Any]:
    return {
        "GUID": f"job-{start}", "Username": "kingfisher", "Classification": 4001, "Status": status, "StartTime": start,
        "EndTime": end, "SourceGUID": guid, "DestinationGUID": "vault-1", "DeviceID": "dev-1", "SnapshotID": SECRET,
        "ClientVersion": "24.6", "TotalFiles": 4, "CancellationID": SECRET, **more,
    }  # fmt: skip


def test_comet_jobs():
    runs = [
        comet("item-1", 5000, 1795780800, 1795781000),
        comet("item-1", 7004, 1795867200, 0),
        comet("item-2", 7001, 1795867200, 1795867300),
        comet("item-3", 6001, 1795867200, 0),
        comet("item-1", 5000, 1795900000, 1795900001, Classification=4002),
    ]
    export = one("comet-jobs-json", "jobs.json", json.dumps(runs, indent=1), client="")
    first, second, third = export.items

    assert brief(first) == ("kingfisher", "item-1", "", "", "")
    assert (first.status, first.last_success) == ("missed", datetime.fromtimestamp(1795781000, UTC))
    assert (second.status, third.status, third.last_success) == ("warning", "running", None)
    assert (first.repository, export.rows) == ("vault-1", 5)
    assert SECRET not in repr(export)


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (5000, "success"),
        (6004, "running"),
        (7000, "failed"),
        (7002, "failed"),
        (7003, "failed"),
        (7006, "missed"),
        (1, "unknown"),
    ],
)
def test_the_numbers_of_comet(number: int, status: str):
    (item,) = items("comet-jobs-json", "jobs.json", json.dumps([comet("a", number, 1, 2)]))

    assert item.status == status


# Dropsuite


def test_dropsuite_accounts():
    account = {
        "id": 71, "email": "front@north-bay.example", "msg_count": 10, "storage": 5,
        "last_backup": "2026-11-28T19:00:00Z", "current_backup_status": "Completed", "status": "active",
        "errors": "", "deactivated_since": None,
        "flg_deleted": False, "added_on": "2024-05-01", "authentication_token": SECRET,
        "user": {"organization_id": 9, "email": "it@north-bay.example", "authentication_token": SECRET},
    }  # fmt: skip
    accounts = [
        account,
        account | {"id": 72, "email": "b@north-bay.example", "errors": [SECRET]},
        account | {"id": 73, "email": "c@north-bay.example", "status": "available", "last_backup": None},
        account | {"id": 74, "email": "d@north-bay.example", "deactivated_since": "2025-01-01"},
        account | {"id": 75, "email": "e@north-bay.example", "last_backup": None, "current_backup_status": None},
    ]
    for text in (json.dumps(accounts), json.dumps({"accounts": accounts, "total": 5})):
        export = one("dropsuite-accounts-json", "accounts.json", text, client="")
        front, troubled, available, gone, new = export.items

        assert brief(front) == ("9", "71", "front@north-bay.example", "mailbox", "")
        assert (front.status, front.last_success) == ("success", at(2026, 11, 28, 19))
        assert (troubled.status, available.status, new.status) == ("warning", "never", "never")
        assert available.facts == Facts(unprotected=("c@north-bay.example",))
        assert gone.retired
        assert SECRET not in repr(export)


# restic


def restic(host: str, time: str, **more: object) -> dict[str, Any]:
    return {
        "time": time, "tree": "a" * 64, "paths": ["/srv"], "hostname": host, "username": "root", "uid": 0, "gid": 0,
        "excludes": ["*.tmp"], "tags": ["daily"], "program_version": "restic 0.17.3",
        "summary": {"backup_start": time, "files_new": 1}, "id": "b" * 64, "short_id": "b" * 8, **more,
    }  # fmt: skip


def test_restic_snapshots():
    snapshots = [
        restic("cr-nas01", "2026-11-27T02:00:00.123456789+11:00"),
        restic("cr-nas01", "2026-11-28T02:00:00.123456789+11:00", paths=["/etc"]),
        restic("cr-web01", "2026-11-28T03:00:00+11:00"),
    ]
    text = json.dumps(snapshots)
    export = one("restic-snapshots-json", "snapshots.json", text)
    nas, web = export.items

    assert brief(nas) == ("", "", "cr-nas01", "", "")
    assert (nas.status, nas.last_success, nas.place.line) == ("success", at(2026, 11, 27, 15, 0, 0, 123456), 1)
    assert web.name == "cr-web01"
    assert export.made_on == date(2026, 11, 28)


def test_restic_snapshots_in_groups():
    groups = [
        {"group_key": {"hostname": "cr-nas01", "paths": None, "tags": None},
         "snapshots": [restic("cr-nas01", "2026-11-28T02:00:00Z"), restic("cr-nas01", "2026-11-27T02:00:00Z")]},
        {"group_key": {"hostname": "cr-web01", "paths": None, "tags": None},
         "snapshots": [restic("cr-web01", "2026-11-28T02:00:00Z")]},
    ]  # fmt: skip
    export = one("restic-snapshots-json", "snapshots.json", json.dumps(groups, indent=1))

    assert [(item.name, item.last_success) for item in export.items] == [
        ("cr-nas01", at(2026, 11, 28, 2)), ("cr-web01", at(2026, 11, 28, 2)),
    ]  # fmt: skip
    assert export.rows == 3


# Proxmox Backup Server


def pbs(kind: str, number: str, time: object, **more: object) -> dict[str, Any]:
    return {
        "backup-type": kind, "backup-id": number, "backup-time": time, "owner": "root@pam", "protected": False,
        "size": 1000, "comment": f"cr-app01\nadmin: {SECRET}",
        "files": [{"filename": "drive-scsi0.img.fidx", "size": 1, "crypt-mode": "encrypt"},
                  {"filename": "index.json.blob", "crypt-mode": "sign-only"}],
        "verification": {"state": "ok", "upid": "UPID:x"}, **more,
    }  # fmt: skip


@pytest.mark.parametrize("wrapped", [True, False])
def test_pbs_snapshots(wrapped: bool):
    snapshots = [
        pbs("vm", "100", 1795780800),
        pbs("vm", "100", "1795867200", verification={"state": "failed"}),
        pbs("host", "cr-nas01", 1795867200, comment=None, verification=None, files=["catalog.pcat1"]),
    ]
    text = json.dumps({"data": snapshots} if wrapped else snapshots, indent=1)
    export = one("pbs-snapshots-json", "snapshots.json", text)
    guest, host = export.items

    assert brief(guest) == ("", "vm/100", "cr-app01", "vm", "")
    assert (guest.status, guest.last_success) == ("failed", datetime.fromtimestamp(1795780800, UTC))
    assert guest.facts == Facts(encrypted=True)
    assert brief(host) == ("", "host/cr-nas01", "cr-nas01", "", "")
    assert (host.status, host.facts) == ("success", None)
    assert SECRET not in repr(export)


def test_a_guest_of_pbs_has_the_name_that_its_newest_snapshot_gives_it():
    snapshots = [pbs("vm", "100", 1795780800, comment="cr-old01"), pbs("vm", "100", 1795867200, comment="cr-new01")]
    for text in (json.dumps(snapshots), json.dumps(snapshots[::-1])):
        (guest,) = items("pbs-snapshots-json", "snapshots.json", text)
        assert brief(guest) == ("", "vm/100", "cr-new01", "vm", "")


# generic


def test_generic_csv_reads_what_its_columns_name():
    header = (
        "Computer",
        "Serial",
        "Company",
        "Plan",
        "Type",
        "Last",
        "Result",
        "Off",
        "Keeps",
        "Sealed",
        "Password",
        "Skipped",
    )
    row = (
        "SP-PC01",
        "77",
        "Saltwater",
        "Nightly",
        "SRV",
        "28/11/2026 22:00",
        "fine",
        "no",
        "30",
        "yes",
        SECRET,
        "D:; E:",
    )
    columns = (
        "{name: Computer, key: Serial, client_name: Company, job: Plan, kind: Type, last_success: Last, "
        "status: Result, retired: 'Off', retention_days: Keeps, encrypted: Sealed, unprotected: Skipped}"
    )
    (item,) = items(
        "generic-csv", "a.csv", table(header, row), client="", columns=columns, dates="day_first", timezone="UTC",
        kinds="{SRV: server}", statuses="{Fine: success}",
    )  # fmt: skip

    assert brief(item) == ("Saltwater", "77", "SP-PC01", "server", "Nightly")
    assert (item.status, item.retired, item.last_success) == ("success", False, at(2026, 11, 28, 22))
    assert item.facts == Facts(retention_days=30, encrypted=True, unprotected=("D:", "E:"))
    assert SECRET not in repr(item)


def test_generic_csv_needs_every_column_that_is_named():
    inventory = read(
        feed("generic-csv", "a.csv", columns="{name: Computer, job: Plan}"),
        {"a.csv": table(("Computer",), ("SP-PC01",))},
    )

    assert lines(inventory) == [("INV015", 1, "the header has no column Plan")]


def test_a_word_that_nobody_knows_is_no_success():
    columns = "{name: Name, status: State}"
    for word in ("gut", "2", "", "True"):
        (item,) = items("generic-csv", "a.csv", table(("Name", "State"), ("a", word)), columns=columns)
        assert item.status == "unknown"


# agreements


def test_connectwise_agreements():
    agreement = {
        "id": 1042, "name": "Managed services", "type": {"id": 3, "name": "Managed"},
        "company": {"id": 250, "identifier": "NBDG", "name": "North Bay Dental Group", "_info": {"href": SECRET}},
        "contact": {"id": 1, "name": SECRET}, "startDate": "2024-03-01T00:00:00Z", "endDate": "2027-02-28T00:00:00Z",
        "noEndingDateFlag": False, "cancelledFlag": False, "internalNotes": SECRET, "billOneTimeFlag": False,
        "agreementStatus": "Active", "applicationUnits": "Hours", "applicationLimit": 10.0,
    }  # fmt: skip
    entries = [
        agreement,
        agreement | {"id": 1043, "noEndingDateFlag": True, "billOneTimeFlag": True},
        agreement
        | {"id": 1044, "cancelledFlag": True, "dateCancelled": "2026-06-30T00:00:00Z", "agreementStatus": "Cancelled"},
    ]
    full, endless, cancelled = contracts(
        "connectwise-agreements", "agreements.json", json.dumps(entries, indent=1), client=""
    )

    assert full == Contract(
        full.place, "250", "1042", "Managed", date(2024, 3, 1), date(2027, 2, 28), None, True, None, None, True,
        "North Bay Dental Group",
    )  # fmt: skip
    assert (endless.ends, endless.recurring) == (None, False)
    assert (cancelled.active, cancelled.cancelled_on) == (False, date(2026, 6, 30))
    assert SECRET not in repr((full, endless, cancelled))


def test_connectwise_agreements_as_csv():
    header = (
        "Agreement ID",
        "Agreement",
        "Agreement Type",
        "Company",
        "Date Start",
        "Date End",
        "Cancelled",
        "Password",
    )
    row = ("1042", "Managed services", "Managed", "North Bay Dental Group", "01/03/2024", "28/02/2027", "False", SECRET)
    (full,) = contracts("connectwise-agreements", "a.csv", table(header, row), client="", dates="day_first")

    assert (full.number, full.client, full.starts, full.ends) == (
        "1042", "North Bay Dental Group", date(2024, 3, 1), date(2027, 2, 28),
    )  # fmt: skip
    assert full.active is None


def test_autotask_contracts():
    header = (
        "Contract ID",
        "Contract Number",
        "Contract Name",
        "Contract Type",
        "Company",
        "Status",
        "Start Date",
        "End Date",
        "Hours Remaining",
    )
    rows = [
        (
            "29",
            "AGR-1042",
            "Managed",
            "Recurring Service",
            "North Bay Dental Group",
            "Active",
            "2024-03-01",
            "2027-02-28",
            "",
        ),
        ("30", "", "Hours", "Block Hours", "Old Mill Bakery", "Inactive", "2025-01-01", "2026-12-31", "12.25"),
    ]
    full, block = contracts("autotask-contracts-csv", "contracts.csv", table(header, *rows), client="")

    assert (full.number, full.type, full.recurring, full.active, full.hours_left) == (
        "AGR-1042", "Recurring Service", True, True, None,
    )  # fmt: skip
    assert (block.number, block.recurring, block.active, block.hours_left) == ("30", False, False, Decimal("12.25"))
    assert block.client == "Old Mill Bakery"


def test_autotask_contracts_of_the_interface():
    header = ("id", "companyID", "contractName", "contractNumber", "contractType", "startDate", "endDate", "status")
    (full,) = contracts(
        "autotask-contracts-csv", "c.csv",
        table(header, ("29", "250", "Managed", "AGR-1042", "7", "2024-03-01T00:00:00Z", "2027-02-28T00:00:00Z", "1")),
        client="",
    )  # fmt: skip

    assert (full.number, full.client, full.type, full.recurring, full.active) == (
        "AGR-1042", "250", "Recurring Service", True, True,
    )  # fmt: skip


def test_agreements_of_any_psa():
    header = ("Contract no.", "Account id", "Plan", "Valid until", "Remaining", "Paid", "PIN")
    row = ("AGR-9", "1042", "Block", "31.12.2026", "7.5", "01.11.2026", SECRET)
    columns = (
        "{number: Contract no., client: Account id, type: Plan, ends: Valid until, hours_left: Remaining, "
        "last_paid_on: Paid}"
    )
    (block,) = contracts(
        "psa-agreements-csv", "a.csv", table(header, row), client="", columns=columns, dates="day_first"
    )

    assert block == Contract(
        block.place,
        "1042",
        "AGR-9",
        "Block",
        None,
        date(2026, 12, 31),
        None,
        None,
        Decimal("7.5"),
        date(2026, 11, 1),
        None,
    )


def test_agreements_with_the_names_of_the_format_need_no_columns():
    text = table(("number", "client", "recurring", "active"), ("AGR-9", "1042", "yes", "no"), ("", "x", "", ""))
    inventory = read(feed("psa-agreements-csv", "a.csv", client=""), {"a.csv": text})
    (one_of_them,) = inventory.exports[0].contracts

    assert (one_of_them.number, one_of_them.recurring, one_of_them.active) == ("AGR-9", True, False)
    assert lines(inventory) == [("INV014", 3, "the row has no name and no id")]


def test_a_number_or_a_yes_that_cannot_be_read_is_told():
    agreements = table(("number", "client", "active", "hours_left"), ("AGR-9", "1042", "perhaps", "seven"))
    things = table(("Name", "Kept", "Sealed"), ("SP-PC01", "a month", "probably"))
    feeds = feed("psa-agreements-csv", "a.csv", id="psa", client="") + feed(
        "generic-csv", "b.csv", columns="{name: Name, retention_days: Kept, encrypted: Sealed}"
    )
    inventory = read(feeds, {"a.csv": agreements, "b.csv": things})

    assert sorted(lines(inventory)) == [
        ("INV014", 2, "what stands in Kept is no whole number"),
        ("INV014", 2, "what stands in Sealed is neither yes nor no"),
        ("INV014", 2, "what stands in active is neither yes nor no"),
        ("INV014", 2, "what stands in hours_left is no number"),
    ]
    assert all(export.whole for export in inventory.exports)
