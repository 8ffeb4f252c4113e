"""The forecast: what it says of a coming day is what lint says on that day."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from runbooks import calendars, cli, gate, site
from runbooks.catalogue import Catalogue
from runbooks.findings import Finding, Problem
from runbooks.fleet import Fleet
from runbooks.forecast import Change, forecast
from runbooks.rules.registry import RULES
from tests.sample import AGREEMENT, POLICY, RECORD, STRICT, TODAY, agreed, changed, fleet, planted

NO_PRODUCTS = Catalogue({}, ())
REPOSITORY = Path(__file__).resolve().parents[1]
ENDS = changed(AGREEMENT, last_day="2026-12-31")


def told(files: dict[str, str], days: int = 90, policy: str = POLICY) -> list[Change]:
    """What is foretold of the clients; what it costs all together is foretold as well, and left out here."""
    return [one for one in forecast(fleet({"policy.yml": policy, **files}), days) if one.finding.code != "AGR023"]


def keys(findings: Iterable[Finding]) -> set[tuple[str, str]]:
    return {(one.fingerprint, str(one.severity)) for one in findings}


def agree(whole: Fleet, days: int) -> None:
    """Lint of every day is what the forecast makes of lint today."""
    standing = keys(gate.check(whole).findings)
    coming: dict[date, list[Change]] = {}
    for change in forecast(whole, days):
        coming.setdefault(change.day, []).append(change)
    for step in range(1, days + 1):
        day = whole.as_of + timedelta(days=step)
        standing -= keys(change.finding for change in coming.get(day, ()) if change.turn == "ends")
        standing |= keys(change.finding for change in coming.get(day, ()) if change.turn == "begins")
        assert standing == keys(gate.check(replace(whole, as_of=day)).findings), day


def test_an_agreement_that_ends_darkens_a_page_on_the_day_after():
    changes = told({"clients/somebody.yml": agreed(ENDS)})
    assert [(str(change.day), change.turn, change.finding.code) for change in changes] == [
        ("2027-01-01", "begins", "AGR001")
    ]


def test_an_agreement_that_starts_ends_a_finding():
    changes = told({"clients/somebody.yml": agreed(changed(AGREEMENT, starts="2026-12-01"))}, days=20)
    assert [(str(change.day), change.turn, change.finding.code) for change in changes] == [
        ("2026-12-01", "ends", "AGR001")
    ]


def test_a_warning_that_becomes_an_error_ends_and_begins():
    pending = {"until": "2026-12-05", "by": "Sales"}
    text = agreed(changed(AGREEMENT, last_day="2026-11-01", renewal_pending=pending))
    changes = [change for change in told({"clients/somebody.yml": text}, 30) if change.finding.code == "AGR001"]
    assert [(str(one.day), one.turn, str(one.finding.severity)) for one in changes] == [
        ("2026-12-06", "ends", "warning"),
        ("2026-12-06", "begins", "error"),
    ]


def test_a_waiver_that_ends_brings_its_finding_back():
    waiver = "waivers: [{rule: DOC003, client: somebody, reason: Later, approver: Boss, until: 2026-12-01}]\n"
    changes = told({"clients/somebody.yml": "client: Somebody\n"}, 30, POLICY + waiver)
    assert {(str(one.day), one.turn, one.finding.code) for one in changes} == {
        ("2026-12-02", "begins", "DOC003"),
        ("2026-12-02", "begins", "WVR001"),
    }


def test_nothing_changes_where_nothing_ends():
    assert told({"clients/somebody.yml": agreed(changed(AGREEMENT, last_day=None, open_ended=True))}, 365) == []


def test_forecast_and_lint_agree_on_every_day_of_a_year_for_the_sample_fleet():
    whole = site.read(REPOSITORY, TODAY)
    strict = whole.policy.model_copy(update={"profile": "strict"})
    # Every third record, and no pages or products: those hardly know a calendar, and take most of the time.
    agree(replace(whole, policy=strict, records=whole.records[::3], written=(), catalogue=NO_PRODUCTS), 366)


Strategy: TypeAlias = st.SearchStrategy[Any]


def fixed(keys: dict[str, Strategy], optional: dict[str, Strategy] | None = None) -> Strategy:
    """A mapping with these keys, and some of the optional ones."""
    whole: Mapping[Any, Strategy] = keys
    return st.fixed_dictionaries(whole, optional=optional or {})


DAYS = st.dates(TODAY - timedelta(days=500), TODAY + timedelta(days=200)).map(str)
AGREEMENTS = fixed(
    {
        "id": st.sampled_from(["A", "B", "C"]),
        "type": st.sampled_from(["full", "alert_only", "block_time", "ad_hoc", "shelved"]),
        "covers": st.just(["backup", "monitoring", "repair"]),
    },
    optional={
        "starts": DAYS,
        "last_day": DAYS,
        "cancelled_on": DAYS,
        "renews": st.sampled_from(["automatically", "by_signature"]),
        "billing": fixed(
            {"every": st.sampled_from(["month", "once"])},
            optional={"prepaid_through": DAYS, "last_invoice_on": DAYS, "last_paid_on": DAYS, "as_of": DAYS},
        ),
        "block": fixed(
            {"hours_purchased": st.just(50), "hours_remaining": st.integers(0, 50)},
            optional={"as_of": DAYS, "expires_on": DAYS, "auto_topup": st.booleans()},
        ),
        "renewal_pending": fixed({"until": DAYS, "by": st.just("Sales")}),
        "includes": st.just({"server": 1}),
        "signed_on": DAYS,
    },
)
SETUPS = fixed(
    {
        "id": st.just("main"),
        "product": st.just("other"),
        "product_name": st.just("Tape"),
        "managed_by": st.sampled_from(["us", "client"]),
        "items": st.lists(
            fixed(
                {"name": st.sampled_from(["SRV1", "SRV2"]), "kind": st.just("server")},
                optional={"retired_on": DAYS, "added_on": DAYS},
            ),
            min_size=1,
            max_size=2,
            unique_by=lambda item: str(item["name"]),
        ),
    },
    optional={
        "assessed": fixed({"on": DAYS, "by": st.just("Boss")}),
        "credentials": st.just([{"purpose": "console", "item_ref": "vault://a/b", "rotated_on": "2026-01-10"}]),
        "unprotected": DAYS.map(
            lambda day: [{"item": "D:", "reason": "scratch", "agreed_by": "Owner", "agreed_on": day, "until": day}]
        ),
        "restore_tests": st.lists(
            fixed(
                {
                    "on": DAYS,
                    "kind": st.sampled_from(["machine", "file", "boot_check"]),
                    "items": st.just(["srv1"]),
                    "result": st.sampled_from(["pass", "fail"]),
                    "by": st.just("Boss"),
                }
            ),
            max_size=3,
        ),
    },
)
RECORDS = fixed(
    {
        "client": st.just("Somebody"),
        "status": st.sampled_from(["active", "onboarding", "prospect", "former"]),
        "agreements": st.lists(AGREEMENTS, max_size=2),
        "setups": SETUPS.map(lambda setup: [setup]),
    },
    optional={
        "reviewed": fixed({"on": DAYS, "by": st.just("Boss")}),
        "monitoring": fixed(
            {"level": st.sampled_from(["none", "full", "alert_only"])},
            optional={"declined": fixed({"on": DAYS}), "quoted": fixed({"on": DAYS})},
        ),
        "copies": st.just([{"id": "shelf", "medium": "tape", "encryption": {"tested_on": "2026-02-01"}}]),
    },
)


@settings(max_examples=12, deadline=None)
@given(st.lists(RECORDS, min_size=1, max_size=2))
def test_forecast_and_lint_agree_on_every_day_for_any_records(records: list[dict[str, Any]]):
    files = {f"clients/client-{number}.yml": json.dumps(record) for number, record in enumerate(records)}
    agree(fleet({"policy.yml": STRICT, **files}), 130)


# The forms


def run(root: Path, *options: str) -> int:
    return cli.run(["forecast", "--site", str(root), "--as-of", "2026-11-22", *options])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A site of one client whose agreement ends with the year."""
    name = "Ünïcode, Söhne; & Co \\ " + "long " * 20
    text = json.dumps(changed(RECORD, client=name.strip(), agreements=[ENDS]), ensure_ascii=False)
    return planted(tmp_path, {"policy.yml": POLICY, "clients/somebody.yml": text})


def test_a_table_shows_what_a_terminal_would_obey(root: Path):
    change = next(forecast(site.read(root, TODAY), 90))
    odd = replace(change, finding=replace(change.finding, message="a\x1b[31mb\u202e"))
    assert "a[U+001B][31mb[U+202E]" in calendars.table([odd], TODAY, 90)


def test_a_table_has_a_paragraph_a_day(root: Path, capsys: pytest.CaptureFixture[str]):
    assert run(root) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "2027-01-01 Friday"
    assert lines[1].startswith("  policy.yml: error: 1 item of 1 client is watched for nothing")
    assert lines[2].startswith("  somebody: error: monitoring of main is promised")
    assert lines[-1] == "In the 90 days after 2026-11-22: 2 findings begin, 0 end."


def test_days_are_as_many_as_asked(root: Path, capsys: pytest.CaptureFixture[str]):
    assert run(root, "--days", "39") == 0
    assert "0 findings begin" in capsys.readouterr().out


def test_json_is_versioned(root: Path, capsys: pytest.CaptureFixture[str]):
    assert run(root, "--format", "json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["schema_version"], document["as_of"], document["days"]) == (1, "2026-11-22", 90)
    change = next(one for one in document["changes"] if one["client"])
    assert (change["day"], change["turn"], change["code"]) == ("2027-01-01", "begins", "AGR001")


def test_a_calendar_program_reads_an_event_for_each_finding_that_begins(root: Path):
    changes = list(forecast(site.read(root, TODAY), 90))
    text = calendars.calendar(changes, TODAY, 90)
    read = Calendar.from_ical(text)
    events = read.walk("VEVENT")
    begins = [change.finding for change in changes if change.turn == "begins"]
    assert [event.decoded("DTSTART") for event in events] == [date(2027, 1, 1)] * len(begins)
    assert [str(event["SUMMARY"]) for event in events] == [
        f"{one.client or one.place.file}: {one.message}" for one in begins
    ]
    assert len({str(event["UID"]) for event in events}) == len(events) == 2
    assert all(event.errors == [] for event in events)


def test_a_calendar_keeps_to_the_lines_of_the_standard(root: Path):
    text = calendars.calendar(list(forecast(site.read(root, TODAY), 90)), TODAY, 90)
    lines = text.split("\r\n")
    assert (lines[0], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in lines)
    for name in ("UID", "DTSTAMP", "DTSTART;VALUE=DATE", "SUMMARY"):
        assert sum(line.startswith(name + ":") for line in lines) == text.count("BEGIN:VEVENT")


def test_two_runs_write_the_same_file(root: Path):
    def once() -> str:
        return calendars.calendar(list(forecast(site.read(root, TODAY), 90)), TODAY, 90)

    assert once() == once()


def test_a_site_without_records_has_nothing_to_foretell(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    planted(tmp_path, {"policy.yml": POLICY})
    assert run(tmp_path) == 4
    assert "nothing was checked" in capsys.readouterr().err


def test_a_crash_of_a_rule_ends_a_forecast_with_3(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def crash(*_: object) -> list[Problem]:
        raise ZeroDivisionError

    monkeypatch.setitem(RULES, "DOC003", replace(RULES["DOC003"], check=crash))
    assert run(root, "--format", "json") == 3
    told = capsys.readouterr()
    assert (told.out, "ZeroDivisionError" in told.err) == ("", True)


def test_an_unreadable_policy_leaves_the_output_of_a_forecast_empty(root: Path, capsys: pytest.CaptureFixture[str]):
    planted(root, {"policy.yml": "surprise: true\n"})
    assert run(root, "--format", "ics") == 2
    told = capsys.readouterr()
    assert (told.out, "surprise" in told.err) == ("", True)
