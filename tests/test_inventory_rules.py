"""What the products report against the records: each finding where it belongs, and nothing of what is in order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks import gate
from runbooks.findings import Blocks, Finding, Severity
from runbooks.gate import Report
from runbooks.groups import group
from runbooks.reports import REPORTS
from runbooks.rules.registry import RULES
from tests.sample import (
    POLICY,
    STANDARD,
    TODAY,
    TOMORROW,
    YESTERDAY,
    changed,
    checked,
    codes,
    fleet,
    planted,
    spot,
    the,
)

RECORD = """\
client: Harbour Dental
external_ids: {console: "77"}
agreements:
  - {id: AGR-1, type: full, covers: [backup, monitoring], starts: 2026-01-01, open_ended: true, billing: {every: month}}
copies:
  - {id: shelf, medium: tape}
setups:
  - id: main
    product: other
    product_name: Tape
    items:
      - {name: SRV1, kind: server}
    jobs:
      - {name: Nightly, items: [srv1], to: shelf, schedule: daily at 22:00, keeps: {daily: 30, monthly: 12}}
monitoring: {level: full}
"""
FILE = "clients/harbour-dental.yml"
FEED: Mapping[str, Any] = {
    "id": "console",
    "format": "generic-csv",
    "files": "console-*.csv",
    "external_id": "console",
    "product": "other",
    "timezone": "UTC",
    "columns": {"name": "Name", "key": "Id", "client": "Client", "kind": "Kind", "job": "Job"},
    "kinds": {"server": "server", "workstation": "workstation"},
}
EXPORT = f"inventory/console-{TODAY}.csv"
HEADER = "Name,Id,Client,Kind,Job,Password"
SECRET = "hunter2-and-more"
GOOD = "SRV1,,77,server,"


def feeds(*each: Mapping[str, Any], ignore: Sequence[Mapping[str, Any]] = ()) -> str:
    return json.dumps({"schema": 1, "feeds": list(each), "ignore": list(ignore)}, indent=1)


def site(*rows: str, record: str = RECORD, **more: Any) -> dict[str, str]:
    """A site with one record, one feed and one export of today; `more` changes the feed."""
    lines = "".join(f"{row},{SECRET}\n" for row in rows)
    return {FILE: record, "inventory/feeds.yml": feeds(changed(FEED, **more)), EXPORT: f"{HEADER}\n{lines}"}


def report(*rows: str, policy: str = STANDARD, day: date = TODAY, **more: Any) -> Report:
    return checked({"policy.yml": policy, **site(*rows, **more)}, day)


def leaving_out(entry: str) -> str:
    """The record with something that is known not to be protected."""
    left_out = f"    unprotected: [{{item: {json.dumps(entry)}, reason: scratch, agreed_by: Owner}}]\n    jobs:"
    return RECORD.replace("    jobs:", left_out)


def told(found: Report) -> list[Finding]:
    return [one for one in found.findings if one.code.startswith("INV")]


def inv(found: Report) -> list[str]:
    return [one.code for one in told(found)]


def test_nothing_is_asked_where_there_is_no_inventory():
    files = site("NEW,,77,server,")
    del files["inventory/feeds.yml"], files[EXPORT]
    found = checked(files)
    assert inv(found) == []
    assert found.feeds == 0


def test_what_is_documented_is_in_order():
    found = report(GOOD)
    assert inv(found) == []
    assert found.feeds == 1


def test_no_finding_about_an_export_keeps_a_page_back():
    assert {one.blocks for one in RULES.values() if one.code.startswith("INV")} == {Blocks.NOTHING}


# Undocumented, unknown, ambiguous


def test_an_undocumented_item_stands_at_its_row_and_points_at_the_set_up():
    found = report(GOOD, "NEW-SRV,,77,server,")
    finding = the(found, "INV001")

    assert str(finding.place) == f"{EXPORT}:3:1"
    assert finding.severity is Severity.ERROR
    assert finding.client == "harbour-dental"
    assert "NEW-SRV" in finding.message
    assert [str(one.place) for one in finding.related] == [spot(FILE, RECORD, "- {name: SRV1")]


def test_the_line_of_a_row_is_counted_over_quoted_line_breaks():
    files = site(GOOD, '"SRV1","","77","server","Nightly\nand more"', "NEW,,77,server,")
    assert the(checked(files), "INV001").place.line == 5


def test_an_undocumented_item_is_asked_for_from_the_lowest_profile_on():
    assert inv(report(GOOD, "NEW,,77,server,", policy=POLICY)) == ["INV001"]


def test_a_client_without_the_set_up_is_told_so():
    record = RECORD[: RECORD.index("setups:")] + "no_backup: {told_on: 2026-01-01}\n"
    assert "Harbour Dental has no set-up of it" in the(report(GOOD, record=record), "INV001").message


def test_an_item_under_unprotected_is_documented():
    assert inv(report(GOOD, "old-pc,,77,,", record=leaving_out("OLD-PC"))) == []


def test_nothing_is_undocumented_where_the_items_could_not_be_read():
    record = RECORD.replace("{name: SRV1, kind: server}", "{name: SRV1, kind: server, nmae: x}")
    assert "INV001" not in inv(report(GOOD, "NEW,,77,server,", record=record))


def test_each_thing_is_told_once_however_many_rows_it_has():
    assert inv(report(GOOD, "NEW,9,77,server,A", "NEW,9,77,server,B", "NEW,9,77,server,C")) == ["INV001"]


def test_unknown_clients_are_told_once_each_with_how_much_they_have():
    found = report(GOOD, "A1,,88,server,", "A2,,88,server,", "B1,,99,server,")
    first, second = (one for one in told(found) if one.code == "INV002")

    assert "2 things" in first.message
    assert "88" in first.message
    assert 'external_ids: {console: "88"}' in first.help
    assert "1 thing" in second.message
    assert inv(found) == ["INV002", "INV002"]


def test_a_row_without_a_client_belongs_to_nobody():
    assert "no client" in the(report(GOOD, "A1,,,server,"), "INV002").message


def test_a_feed_about_a_client_who_is_not_there_is_told_in_feeds_yml():
    found = report(client="harbour-dentel", columns={"name": "Name"})
    finding = the(found, "INV002")
    assert finding.place.file == "inventory/feeds.yml"
    assert finding.help == "did you mean harbour-dental?"


def test_a_client_that_could_be_two_is_told_once():
    other = RECORD.replace("Harbour Dental", "Harbour Dental Two")
    files = {**site(GOOD, "SRV2,,77,server,"), "clients/two.yml": other}
    finding = the(checked(files), "INV013")
    assert "Harbour Dental (harbour-dental), Harbour Dental Two (two)" in finding.message
    assert {one.place.file for one in finding.related} == {FILE, "clients/two.yml"}


def test_an_item_that_could_be_two_is_neither_documented_nor_absent():
    one, other = "- {name: srv1.a.example, kind: server}", "- {name: srv1.b.example, kind: server}"
    record = RECORD.replace("- {name: SRV1, kind: server}", f"{one}\n      {other}")
    record = record.replace("[srv1]", "[srv1.a.example, srv1.b.example]")
    assert inv(report(GOOD, record=record)) == ["INV013"]


def test_two_rows_that_could_be_one_item_are_both_told():
    found = report("SRV1,1,77,server,", "SRV1,2,77,server,")
    assert inv(found) == ["INV013", "INV013"]
    assert "external_ids (console)" in the(report("srv1.a.example,,77,,", "srv1,,77,,"), "INV013").help


def test_a_job_that_the_record_does_not_have_is_told_once():
    found = report("SRV1,,77,server,Nightly", "srv1,,77,server,Weekly", "SRV1,,77,server,weekly")
    finding = the(found, "INV022")
    assert finding.severity is Severity.WARNING
    assert "Weekly" in finding.message


def test_a_list_of_jobs_is_held_against_the_jobs():
    columns = {"job": "Name", "client": "Client"}
    found = report("Nightly,,77,,", "Hourly,,77,,", columns=columns)
    assert "the job Hourly" in the(found, "INV001").message
    missing = the(report("Hourly,,77,,", columns=columns), "INV003")
    assert "the job Nightly" in missing.message
    assert str(missing.place) == spot(FILE, RECORD, "{name: Nightly")


# Absent, and of another number


def absent(*older: tuple[str, str], item: str = "SRV2, kind: server", day: date = TODAY, **more: Any) -> Finding:
    record = RECORD.replace("- {name: SRV1", f"- {{name: {item}}}\n      - {{name: SRV1")
    files = site(GOOD, record=record, **more)
    files |= {f"inventory/console-{when}.csv": f"{HEADER}\n{row},{SECRET}\n" for when, row in older}
    return the(checked({"policy.yml": STANDARD, **files}, day), "INV003")


def test_what_is_documented_and_absent_is_a_warning_at_the_record():
    finding = absent()
    assert finding.severity is Severity.WARNING
    assert finding.place.file == FILE
    assert [str(one.place) for one in finding.related] == [f"{EXPORT}:1:1"]


@pytest.mark.parametrize(("days", "severity"), [(14, Severity.WARNING), (15, Severity.ERROR)])
def test_after_some_days_without_it_an_absent_item_is_an_error(days: int, severity: Severity):
    last = date.fromordinal(TODAY.toordinal() - days)
    finding = absent((str(last), "SRV2,,77,server,"))
    assert finding.severity is severity
    assert str(last) in finding.message


@pytest.mark.parametrize(("days", "severity"), [(14, Severity.WARNING), (15, Severity.ERROR)])
def test_without_older_exports_the_days_count_from_the_day_it_was_added(days: int, severity: Severity):
    added = date.fromordinal(TODAY.toordinal() - days)
    assert absent(item=f"SRV2, kind: server, added_on: {added}").severity is severity


def test_policy_says_how_long_something_may_be_absent():
    record = RECORD.replace("- {name: SRV1", "- {name: SRV2, kind: server, added_on: 2026-11-19}\n      - {name: SRV1")
    policy = STANDARD + "thresholds: {absent_days: 2}\n"
    assert the(report(GOOD, record=record, policy=policy), "INV003").severity is Severity.ERROR


@pytest.mark.parametrize(
    "item",
    [
        f"SRV2, kind: server, added_on: {TOMORROW}",
        f"SRV2, kind: server, retired_on: {YESTERDAY}",
        "M365, kind: saas_tenant",
        "Sales, kind: database",
    ],
)
def test_not_everything_has_to_be_there(item: str):
    record = RECORD.replace("- {name: SRV1", f"- {{name: {item}}}\n      - {{name: SRV1")
    assert "INV003" not in inv(report(GOOD, record=record))


def test_what_the_product_calls_retired_is_absent():
    columns = {**FEED["columns"], "retired": "Job"}
    finding = the(report("SRV1,,77,server,true", columns=columns), "INV003")
    assert "calls it retired" in finding.message


def test_an_export_that_is_damaged_calls_nothing_absent():
    record = RECORD.replace("- {name: SRV1", "- {name: SRV2, kind: server}\n      - {name: SRV1")
    files = site(GOOD, record=record)
    files[EXPORT] += '"SRV2'
    assert inv(checked(files)) == ["INV014"]


def test_a_set_up_of_somebody_else_is_not_missed_in_our_console():
    record = RECORD.replace("product_name: Tape\n", "product_name: Tape\n    managed_by: client\n", 1)
    other = f"client: Other\nexternal_ids: {{console: '88'}}\n{record[record.index('setups:') :]}"
    files = {**site(GOOD), "clients/other.yml": other.replace("monitoring: {level: full}\n", "")}
    assert inv(checked(files)) == []


GROUP = RECORD.replace("- {name: SRV1", "- {id: pcs, kind: workstation, match: PC*, expected: 2}\n      - {name: SRV1")


def test_a_group_of_the_expected_number_is_in_order():
    assert inv(report(GOOD, "PC1,,77,workstation,", "PC2,,77,workstation,", record=GROUP)) == []


@pytest.mark.parametrize("names", [["PC1"], ["PC1", "PC2", "PC3"]])
def test_a_group_of_another_number_is_a_warning_at_the_number(names: list[str]):
    finding = the(report(GOOD, *(f"{name},,77,workstation," for name in names), record=GROUP), "INV020")
    assert finding.severity is Severity.WARNING
    assert finding.place.line == 1 + GROUP[: GROUP.index("expected")].count("\n")
    assert str(len(names)) in finding.message


def test_a_group_that_has_gone_altogether_is_absent():
    assert inv(report(GOOD, record=GROUP)) == ["INV003"]


def test_a_server_is_no_member_of_a_group_of_desks():
    rows = (GOOD, "PC1,,77,workstation,", "PC2,,77,workstation,", "PC3,,77,server,")
    assert inv(report(*rows, record=GROUP)) == ["INV001"]


# Retired


def test_a_retired_item_that_still_reports_stands_at_the_day_it_was_retired():
    record = RECORD.replace("SRV1, kind: server}", f"SRV1, kind: server, retired_on: {YESTERDAY}}}")
    finding = the(report(GOOD, record=record), "INV007")
    assert str(finding.place) == spot(FILE, record, YESTERDAY)
    assert [str(one.place) for one in finding.related] == [f"{EXPORT}:2:1"]


def test_an_item_that_retires_tomorrow_may_still_report():
    record = RECORD.replace("SRV1, kind: server}", f"SRV1, kind: server, retired_on: {TOMORROW}}}")
    assert inv(report(GOOD, record=record)) == []


def test_a_client_who_has_left_is_told_once_at_the_status():
    record = RECORD.replace("client: Harbour Dental\n", "client: Harbour Dental\nstatus: former\n")
    found = report(GOOD, "SRV2,,77,server,", record=record)
    finding = the(found, "INV007")
    assert "2 things" in finding.message
    assert "INV001" not in inv(found)


# The feeds themselves


@pytest.mark.parametrize(("age", "codes"), [(2, []), (3, ["INV004"])])
def test_an_export_may_be_as_old_as_its_feed_says(age: int, codes: list[str]):
    files = site(GOOD)
    old = date.fromordinal(TODAY.toordinal() - age)
    files[f"inventory/console-{old}.csv"] = files.pop(EXPORT)
    assert inv(checked(files)) == codes


def test_an_old_export_beside_a_new_one_is_history():
    files = site(GOOD)
    assert inv(checked({**files, "inventory/console-2020-01-01.csv": files[EXPORT]})) == []


def test_an_old_export_under_another_name_is_an_old_export():
    files = site(GOOD)
    finding = the(checked({**files, "inventory/console-b-2020-01-01.csv": files[EXPORT]}), "INV004")
    assert finding.place.file == "inventory/console-b-2020-01-01.csv"


def test_a_stale_export_is_the_same_finding_on_every_day():
    files = {"policy.yml": STANDARD, **site(GOOD)}
    days = [date(2026, 12, day) for day in (1, 20)]
    assert len({the(checked(files, day), "INV004").fingerprint for day in days}) == 1


def test_an_empty_export_is_an_error_and_calls_nothing_absent():
    assert inv(report()) == ["INV005"]


def test_a_feed_that_finds_no_file_is_an_error_in_feeds_yml():
    finding = the(report(GOOD, files="cosnole-*.csv"), "INV006")
    assert finding.place.file == "inventory/feeds.yml"


def test_a_misspelt_pattern_is_told_once_where_it_stands_with_the_file_that_is_meant():
    found = report(GOOD, files="cosnole-*.csv")
    assert inv(found) == ["INV006"]
    assert f"did you mean console-{TODAY}.csv?" in the(found, "INV006").help
    assert [one.place.file for one in the(found, "INV006").related] == [EXPORT]
    assert sorted(inv(report(GOOD, files="tapes/*.json"))) == ["INV006", "INV026"]


@pytest.mark.parametrize("left", [{}, {"inventory/feeds.yml": "schema: 1\nfeeds: []\n"}])
def test_where_the_policy_asks_for_exports_it_is_an_error_that_there_are_none(left: Mapping[str, str]):
    asking = STANDARD + "inventory: required\n"
    finding = the(checked({"policy.yml": asking, FILE: RECORD, **left}), "INV027")
    assert str(finding.place) == spot("policy.yml", asking, "required")
    assert finding.severity is Severity.ERROR
    assert "INV027" not in codes(checked({"policy.yml": STANDARD, FILE: RECORD, **left}))
    assert "INV027" not in codes(report(GOOD, policy=asking))


def test_agreements_alone_are_no_exports_of_what_products_protect():
    assert "INV027" in codes(psa({}, policy=STANDARD + "inventory: required\n"))


def test_an_export_that_says_no_day_is_an_error():
    files = site(GOOD, files="console.csv")
    files["inventory/console.csv"] = files.pop(EXPORT)
    assert inv(checked(files)) == ["INV017"]


@pytest.mark.parametrize(("content", "code"), [("", "INV014"), ("<html>Sign in</html>\n", "INV015")])
def test_a_file_of_which_nothing_can_be_read_is_not_told_for_its_age_as_well(content: str, code: str):
    files = site(GOOD, files="console.csv")
    del files[EXPORT]
    files["inventory/console.csv"] = content
    assert inv(checked(files)) == [code]


def test_an_export_of_a_day_to_come_never_grows_old():
    files = site(GOOD)
    files["inventory/console-2062-11-22.csv"] = files.pop(EXPORT)
    assert inv(checked(files)) == ["INV017"]


def test_a_row_that_cannot_be_read_is_told_at_its_line_and_the_rest_is_checked():
    files = site(GOOD, "NEW,,77,server,")
    files[EXPORT] += f"SRV9,{SECRET}\n"
    found = checked(files)
    assert inv(found) == ["INV001", "INV014"]
    assert the(found, "INV014").place.line == 4
    assert SECRET not in the(found, "INV014").message


def test_another_header_is_not_what_the_feed_says():
    files = site(GOOD)
    files[EXPORT] = files[EXPORT].replace("Name,", "Login page,")
    assert inv(checked(files)) == ["INV015"]


def test_a_date_without_a_zone_is_told_and_not_guessed():
    columns = {**FEED["columns"], "last_success": "Job"}
    files = site("SRV1,,77,server,2026-11-21 22:00", columns=columns, timezone=None)
    assert "INV016" in inv(checked(files))


def test_what_is_wrong_in_feeds_yml_is_told_there_and_keeps_no_page_back():
    files = site(GOOD)
    files["inventory/feeds.yml"] = files["inventory/feeds.yml"].replace('"files"', '"fiels"')
    found = checked(files)
    assert {one.place.file for one in told(found)} == {"inventory/feeds.yml"}
    assert not found.passed
    assert not found.blocked_clients


@pytest.mark.parametrize(("key", "value"), [("product", "veeam"), ("setup", "man")])
def test_what_a_feed_names_has_to_exist(key: str, value: str):
    fixed: dict[str, Any] = {"client": "harbour-dental", "columns": {"name": "Name"}, key: value}
    assert "INV023" in inv(report(GOOD, **fixed))


def test_an_export_that_no_feed_reads_is_told_and_so_are_all_when_feeds_yml_is_gone():
    files = site(GOOD)
    exports = {name for name in files if name.startswith("inventory/") and not name.endswith("feeds.yml")}
    stray = {"inventory/old/stray.csv": "Name\nSRV9\n", "inventory/README.md": "# x\n", "inventory/.keep": ""}

    assert "INV026" not in inv(checked(files))
    assert the(checked({**files, **stray}), "INV026").place.file == "inventory/old/stray.csv"
    for feeds_yml in ({}, {"inventory/feeds.yml": "schema: 1\nfeeds: []\n"}):
        left = {name: text for name, text in files.items() if name != "inventory/feeds.yml"}
        found = checked({**left, **feeds_yml})
        assert {one.place.file for one in found.findings if one.code == "INV026"} == exports
        assert not found.passed


def test_rows_that_disagree_are_told_at_the_second():
    rows = ("SRV1,5,77,server,", "SRV2,5,77,server,")
    finding = the(report(*rows), "INV021")
    assert finding.severity is Severity.INFO
    assert finding.place.line == 3


# What is let be

IGNORE: Mapping[str, Any] = {"feed": "console", "item": "new", "reason": "Ours.", "approver": "Lead", "until": TOMORROW}


def ignoring(ignore: Mapping[str, Any], *rows: str, day: date = TODAY) -> list[str]:
    files = site(*rows)
    files["inventory/feeds.yml"] = feeds(FEED, ignore=[ignore])
    return inv(checked({"policy.yml": STANDARD, **files}, day))


def test_what_is_let_be_is_not_told():
    assert ignoring(IGNORE, GOOD, "NEW,,77,server,") == []
    assert ignoring({**IGNORE, "client": "harbour-dental"}, GOOD, "NEW,,77,server,") == []
    assert ignoring({**IGNORE, "item": "4711"}, GOOD, "NEW,4711,77,server,") == []


def test_what_is_let_be_for_one_client_is_told_for_another():
    assert ignoring({**IGNORE, "client": "other"}, GOOD, "NEW,,77,server,") == ["INV001", "INV018"]


def test_an_entry_that_lets_nothing_be_is_told():
    assert ignoring(IGNORE, GOOD) == ["INV018"]
    assert ignoring({**IGNORE, "item": "SRV1"}, GOOD) == ["INV018"]  # the record has it


def test_an_entry_holds_through_its_last_day_and_is_an_error_from_then_on():
    assert ignoring({**IGNORE, "until": str(TODAY)}, GOOD, "NEW,,77,server,") == []
    assert ignoring({**IGNORE, "until": YESTERDAY}, GOOD, "NEW,,77,server,") == ["INV001", "INV019"]


def test_an_entry_about_a_feed_that_is_not_there_is_told():
    assert "INV023" in ignoring({**IGNORE, "feed": "consle"}, GOOD)


# Waivers, baselines


def test_a_finding_about_a_client_can_be_waived_in_policy():
    waiver = "{rule: undocumented-item, client: harbour-dental, reason: moves, approver: Lead, until: 2026-12-01}"
    found = report(GOOD, "NEW,,77,server,", policy=f"{STANDARD}waivers: [{waiver}]\n")
    assert "INV001" not in inv(found)
    assert [one.code for one, _ in found.waived] == ["INV001"]
    assert "WVR002" not in codes(found)
    assert RULES["INV001"].can_be_waived


def test_a_finding_at_a_line_of_the_record_can_be_waived_there():
    line = "# runbooks: ignore[INV003] until 2026-12-01 by Lead: on holiday\n      "
    record = RECORD.replace("- {name: SRV1", f"{line}- {{name: SRV2, kind: server}}\n      - {{name: SRV1")
    assert "INV003" not in inv(report(GOOD, record=record))


# The PSA

PSA: Mapping[str, Any] = {
    "id": "psa",
    "format": "psa-agreements-csv",
    "files": "psa-*.csv",
    "dates": "iso",
    "columns": {
        "number": "Number", "client": "Client", "starts": "Start", "ends": "End", "type": "Type", "active": "Active",
        "recurring": "Recurring", "hours_left": "Hours", "last_paid_on": "Paid", "cancelled_on": "Cancelled",
    },
}  # fmt: skip
FILED = {
    "Number": "AGR-1", "Client": "Harbour Dental", "Start": "2026-01-01", "End": "", "Type": "", "Active": "true",
    "Recurring": "true", "Hours": "", "Paid": "", "Cancelled": "",
}  # fmt: skip


def psa(*rows: Mapping[str, str], record: str = RECORD, policy: str = STANDARD, day: date = TODAY) -> Report:
    lines = "\n".join(",".join({**FILED, **row}.values()) for row in rows)
    text = f"{','.join(FILED)}\n{lines}\n"
    files = {FILE: record, "inventory/feeds.yml": feeds(PSA), f"inventory/psa-{TODAY}.csv": text}
    return checked({"policy.yml": policy, **files}, day)


def test_an_agreement_that_the_psa_has_is_confirmed():
    assert inv(psa({})) == []
    assert inv(psa({"Number": "agr-1"})) == []


def test_an_agreement_that_the_psa_does_not_have_is_an_error_at_its_number():
    finding = the(psa({"Number": "AGR-2"}), "INV008")
    assert finding.severity is Severity.ERROR
    assert str(finding.place) == spot(FILE, RECORD, "AGR-1")


def test_an_agreement_of_somebody_else_confirms_nothing():
    other = "client: Other\nno_backup: {told_on: 2026-01-01}\n"
    lines = "\n".join(",".join({**FILED, **row}.values()) for row in ({"Client": "Other"},))
    files = {FILE: RECORD, "clients/other.yml": other, "inventory/feeds.yml": feeds(PSA)}
    found = checked({**files, f"inventory/psa-{TODAY}.csv": f"{','.join(FILED)}\n{lines}\n"})
    assert "somebody else" in the(found, "INV008").message


def test_an_agreement_that_is_not_in_force_needs_no_confirmation():
    record = RECORD.replace("open_ended: true", "last_day: 2026-10-31")
    assert "INV008" not in inv(psa({"Number": "AGR-2"}, record=record))


def test_an_edited_date_opens_the_gate_and_turns_the_run_red():
    record = RECORD.replace("open_ended: true", "last_day: 2027-10-31")
    found = psa({"End": "2026-10-31"}, record=record)
    assert "AGR001" not in codes(found)
    assert str(the(found, "INV009").place) == spot(FILE, record, "2027-10-31")
    assert not found.passed


@pytest.mark.parametrize(
    ("filed", "words"),
    [
        ({"Cancelled": "2026-11-01"}, "cancelled on 2026-11-01"),
        ({"Active": "false"}, "not active"),
        ({"End": "2026-11-21"}, "ended on 2026-11-21"),
        ({"Start": "2027-01-01"}, "not begun before 2027-01-01"),
        ({"End": "2027-06-30"}, "open-ended, and in the PSA it ends on 2027-06-30"),
        ({"Recurring": "false"}, "on no schedule"),
        ({"Type": "alert_only"}, "of the type full, and in the PSA alert_only"),
    ],
)
def test_what_the_psa_says_otherwise_is_an_error(filed: dict[str, str], words: str):
    assert words in the(psa(filed), "INV009").message


def test_an_agreement_that_was_renewed_in_the_psa_alone_is_told():
    record = RECORD.replace("open_ended: true", "last_day: 2026-10-31")
    assert "2027-10-31" in the(psa({"End": "2027-10-31"}, record=record), "INV009").message


def test_an_agreement_that_renews_itself_has_another_last_day_each_year():
    record = RECORD.replace("open_ended: true", "last_day: 2026-02-28, renews: automatically")
    assert inv(psa({"End": "2027-02-28"}, record=record)) == []


def test_an_agreement_that_ended_long_ago_in_both_is_at_rest():
    record = RECORD.replace("open_ended: true", "last_day: 2020-12-31")
    assert inv(psa({"End": "2020-12-30", "Active": "false"}, record=record)) == []


def test_of_two_under_one_number_the_one_that_agrees_counts():
    assert inv(psa({"Active": "false", "End": "2025-12-31"}, {})) == []


def test_clients_of_the_psa_without_a_record_are_nobodys_business_here():
    assert inv(psa({}, {"Client": "Printer customer", "Number": "P-1"})) == []


HOURS = "agreements:\n  - {id: B-1, type: block_time, starts: 2026-01-01, block: {hours_purchased: 50}}\n"
BLOCK = RECORD.replace("agreements:\n", HOURS)


@pytest.mark.parametrize(("left", "codes"), [("5.00", ["INV024"]), ("5.25", [])])
def test_hours_left_come_from_the_psa(left: str, codes: list[str]):
    found = psa({}, {"Number": "B-1", "Hours": left}, record=BLOCK)
    assert inv(found) == codes


def test_figures_by_hand_are_not_asked_for_where_the_psa_has_them():
    record = BLOCK.replace("hours_purchased: 50", "hours_purchased: 50, hours_remaining: 1")
    assert {"AGR013", "AGR014"} <= set(codes(psa({}, record=record)))
    found = codes(psa({}, {"Number": "B-1", "Hours": "40"}, record=record))
    assert not {"AGR013", "AGR014"} & set(found)


AD_HOC = """\
client: Harbour Dental
agreements: [{id: AGR-1, type: ad_hoc, billing: {every: once, last_paid_on: 2026-05-04, as_of: 2026-11-20}}]
no_backup: {told_on: 2026-01-01}
"""


@pytest.mark.parametrize(("paid", "codes"), [("2025-11-22", []), ("2025-11-21", ["INV025"])])
def test_the_last_payment_comes_from_the_psa(paid: str, codes: list[str]):
    assert inv(psa({"Paid": paid, "Recurring": "false"}, record=AD_HOC)) == codes


# Facts

FACTS = {
    **FEED["columns"], "points": "Points", "retention_days": "Days", "monthly": "Monthly", "schedule": "Schedule",
    "encrypted": "Encrypted", "unprotected": "Out",
}  # fmt: skip


def facts(record: str = RECORD, **said: str) -> Report:
    names = ("Points", "Days", "Monthly", "Schedule", "Encrypted", "Out")
    files = site(record=record, columns=FACTS)
    cells = ",".join(said.get(name, "") for name in names)
    files[EXPORT] = f"{HEADER},{','.join(names)}\nSRV1,,77,server,Nightly,{SECRET},{cells}\n"
    return checked({"policy.yml": STANDARD, **files})


def test_facts_that_agree_are_in_order():
    assert inv(facts(Points="30", Monthly="12", Schedule="daily at 22:00", Encrypted="false")) == []
    assert inv(facts(Days="30")) == []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"Points": "14"}, "30 restore points, the product 14"),
        ({"Days": "14"}, "days, the product 14"),
        ({"Monthly": "6"}, "12 monthly points, the product 6"),
        ({"Schedule": "daily at 23:00"}, "daily at 22:00, the product daily at 23:00"),
        ({"Encrypted": "true"}, "says nothing of a key"),
    ],
)
def test_a_fact_that_contradicts_the_record_is_a_warning_at_the_record(said: dict[str, str], words: str):
    finding = the(facts(**said), "INV010")
    assert finding.severity is Severity.WARNING
    assert words in finding.message
    assert finding.place.file == FILE
    assert [one.place.file for one in finding.related] == [EXPORT]


def test_a_schedule_in_words_of_the_product_is_not_guessed():
    assert inv(facts(Schedule="Every night or so")) == []


def test_another_id_of_an_item_is_a_contradiction():
    record = RECORD.replace("SRV1, kind: server}", 'SRV1, kind: server, external_ids: {console: "1"}}')
    finding = the(report("SRV1,2,77,server,", record=record), "INV010")
    assert "the id of SRV1 is 1 in the record, and 2" in finding.message


def test_a_volume_that_is_left_out_is_told_at_its_row():
    finding = the(facts(Out="E:"), "INV011")
    assert str(finding.place) == f"{EXPORT}:2:1"
    assert "E:" in finding.message


@pytest.mark.parametrize("entry", ["SRV1 E:", "E:", "srv1 drive e", "SRV1 E:\\", "Drive E of SRV1", "E:\\ on SRV1"])
def test_a_volume_that_the_record_leaves_out_too_is_in_order(entry: str):
    assert inv(facts(leaving_out(entry), Out="E:\\")) == []


@pytest.mark.parametrize("entry", ["SRV2 E:", "SRV1 D:", "SRV1"])
def test_another_entry_does_not_leave_it_out(entry: str):
    assert inv(facts(leaving_out(entry), Out="E:")) == ["INV011"]


# Unpaid

FREE = RECORD.replace("open_ended: true", "last_day: 2026-10-31").replace("{level: full}", "{level: none}")


def test_what_is_in_the_console_without_an_agreement_has_its_price():
    policy = STANDARD + "cost: {hourly_cost: 70}\n"
    finding = the(report(GOOD, "SRV2,,77,server,", record=FREE, policy=policy), "INV012")
    assert finding.severity is Severity.ERROR
    assert "2 things of Harbour Dental" in finding.message
    assert "a year that cost us" in finding.message
    assert finding.place.file == FILE


def test_while_sales_renews_it_is_a_warning():
    record = FREE.replace("billing:", "renewal_pending: {until: 2026-12-10, by: Sales}, billing:")
    assert the(report(GOOD, record=record), "INV012").severity is Severity.WARNING


def test_what_an_agreement_pays_for_is_not_free():
    record = RECORD.replace("[backup, monitoring]", "[backup]").replace("{level: full}", "{level: none}")
    assert inv(report(GOOD, record=record)) == []


def test_a_product_that_only_watches_has_to_be_paid_for_as_that():
    record = RECORD.replace("[backup, monitoring]", "[backup]").replace("{level: full}", "{level: none}")
    entry = {"backupId": 1, "companyName": "Harbour Dental", "deviceName": "SRV1", "jobName": "Nightly"}
    entry |= {"lastSuccess": "2026-11-21T20:00:00Z", "status": {"name": "Success"}}
    feed = {"id": "radar", "format": "backup-radar-json", "files": "radar-*.json", "timezone": "UTC"}
    files = {f"inventory/radar-{TODAY}.json": json.dumps({"Results": [entry]}), "inventory/feeds.yml": feeds(feed)}
    assert inv(checked({FILE: record, **files})) == ["INV012"]
    assert inv(checked({FILE: RECORD, **files})) == []


# Formats with rows of their own kind


def test_a_machine_that_veeam_does_not_protect_is_documented_as_such_or_told():
    feed = {"id": "vms", "format": "veeam-coverage-csv", "files": "*-missing-*.csv", "client": "harbour-dental"}
    feed |= {"product": "other"}
    text = "Name,MoRefID,Uuid,Path,vCenter\nLAB1,vm-1,u-1,x,y\nSRV1,vm-2,u-2,x,y\n"
    files = {f"inventory/vms-missing-{TODAY}.csv": text, "inventory/feeds.yml": feeds(feed)}
    found = checked({FILE: RECORD, **files})
    assert inv(found) == ["INV003", "INV001"]
    assert "says that nothing protects it" in the(found, "INV003").message
    assert "agreed" in the(found, "INV001").message
    assert inv(checked({FILE: leaving_out("LAB1"), **files})) == ["INV003"]


def test_an_appliance_is_the_server_of_a_set_up():
    feed = {"id": "siris", "format": "datto-devices-csv", "files": "siris-*.csv", "timezone": "UTC", "product": "other"}
    text = "name,serialNumber,clientCompanyName\nHD-SIRIS,ABC,Harbour Dental\nNEW-SIRIS,DEF,Harbour Dental\n"
    files = {f"inventory/siris-{TODAY}.csv": text, "inventory/feeds.yml": feeds(feed)}
    record = RECORD.replace("product_name: Tape\n", "product_name: Tape\n    server: hd-siris\n")
    found = checked({FILE: record, **files})
    assert inv(found) == ["INV001"]
    assert "server of main" in the(found, "INV001").help


# Secrets


@pytest.mark.parametrize("form", list(REPORTS))
def test_no_report_shows_a_cell_that_is_not_on_the_allow_list(form: str, tmp_path: Any):
    files = {"policy.yml": STANDARD, **site(GOOD, "NEW,,77,server,Weekly", "A1,,88,server,")}
    files[EXPORT] += f"torn,{SECRET}\n"
    root = planted(tmp_path, files)
    found = checked(files)
    assert {"INV001", "INV002", "INV014"} <= set(inv(found))
    assert SECRET not in REPORTS[form](found, root, "")


# Laws

NAMES = [f"SRV{number}" for number in range(1, 9)]


@given(st.sets(st.sampled_from(NAMES), min_size=1), st.sets(st.sampled_from(NAMES), min_size=1), st.randoms())
def test_exactly_what_drifted_is_found(documented: set[str], shows: set[str], random: Any):
    items = "\n".join(f"      - {{name: {name}, kind: server}}" for name in sorted(documented))
    record = RECORD.replace("      - {name: SRV1, kind: server}", items)
    record = record[: record.index("    jobs:")] + "monitoring: {level: none}\n"
    rows = [f"{name.lower()},,77,server," for name in sorted(shows)]
    random.shuffle(rows)
    found = [one for one in told(report(*rows, record=record)) if one.code in ("INV001", "INV003")]

    words = {code: set(_named(code, found)) for code in ("INV001", "INV003")}
    assert words == {"INV001": shows - documented, "INV003": documented - shows}
    assert len(found) == len(shows ^ documented)


def _named(code: str, found: Sequence[Finding]) -> Iterator[str]:
    for one in found:
        words = one.message.upper().replace(",", " ").split()
        yield from (name for name in NAMES if one.code == code and name in words)


def test_the_exports_are_no_part_of_what_a_rule_about_one_record_sees():
    whole = fleet(site(GOOD))
    assert whole.inventory.exports
    assert not whole.alone.inventory.exports
    assert whole.alone.alone is whole.alone


def test_the_site_of_a_group_shows_no_exports_and_is_not_red_for_that():
    files = site(GOOD, record=RECORD + "groups: [dental]\n")
    asking = STANDARD + "inventory: required\n"
    whole = fleet({"policy.yml": asking, **files})
    assert "INV027" not in codes(gate.check(group(whole, "group=dental").fleet))
    without = fleet({"policy.yml": asking, FILE: RECORD + "groups: [dental]\n"})
    assert "INV027" in codes(gate.check(group(without, "group=dental").fleet))
