"""Recoverability: copies, RPO against the schedule, retention, restore tests and exclusions, each found at its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks import gate
from runbooks.findings import Severity
from runbooks.fleet import Fleet
from runbooks.gate import Report
from runbooks.grammar import Hours, business_hours, longest_working_gap, schedule
from runbooks.rules.registry import RULES, Rule
from tests.sample import STANDARD, STRICT, TODAY, codes, fleet, spot, the

FILE = "clients/somebody.yml"
LAW = "legal_retention: {patient records: 2555, tax: 1825}\n"

GOOD = """\
client: Somebody
sites: [{id: high, name: High Street}, {id: low, name: Low Street}]
copies:
  - {id: shelf, site: high, medium: nas}
  - {id: cloud, site: offsite, medium: object, immutable_days: 30}
setups:
  - id: main
    product: other
    product_name: Tape
    defaults: {site: high, kind: server, rpo: 24h, rto: 8h}
    items:
      - {name: SRV1}
      - {name: SRV2}
    unprotected: [{item: Drive D, reason: Scratch, agreed_by: The owner, agreed_on: 2026-01-05}]
    jobs:
      - {name: Nightly, items: [srv1, srv2], to: shelf, schedule: daily at 22:00, keeps: {daily: 30}}
      - {name: Away, from: shelf, to: cloud, schedule: after Nightly, keeps: {monthly: 12}}
    restore_tests:
      - {on: 2026-10-30, kind: machine, items: [srv1], result: pass, minutes: 90, by: J. Rivera}
"""


def found(text: str, policy: str = STRICT, day: date = TODAY) -> Report:
    return gate.check(fleet({"policy.yml": policy, FILE: text}, day))


def mine(report: Report) -> set[str]:
    return {code for code in codes(report) if code.startswith("BKP")}


def altered(old: str, new: str, text: str = GOOD) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def test_a_set_up_with_everything_has_no_finding_in_the_strictest_profile():
    assert mine(found(GOOD, STRICT + LAW)) == set()


# One change, one finding, at its line


@pytest.mark.parametrize(
    ("code", "old", "new", "words"),
    [
        ("BKP001", "on: 2026-10-30", "on: 2026-08-21", "restore_tests:"),
        ("BKP001", "kind: machine", "kind: boot_check", "restore_tests:"),
        ("BKP001", "kind: machine", "kind: tabletop", "restore_tests:"),
        ("BKP001", "on: 2026-10-30", "on: 2026-11-23", "restore_tests:"),
        ("BKP017", "on: 2026-10-30", "on: 2026-08-22", "2026-08-22"),
        ("BKP003", "- {name: SRV1}", "- {name: SRV1, rpo: 23h}", "23h}"),
        ("BKP003", "rpo: 24h", "rpo: 23h", "23h"),
        ("BKP003", "schedule: daily at 22:00", "schedule: weekly on Mon at 22:00", "24h"),
        ("BKP003", "schedule: daily at 22:00", "schedule: daily at 22:00 on weekdays", "24h"),
        ("BKP004", "site: offsite, medium: object", "site: high, medium: object", "jobs:"),
        ("BKP005", ", immutable_days: 30", "", "jobs:"),
        ("BKP005", "immutable_days: 30", "offline: false", "jobs:"),
        ("BKP007", "medium: nas", "medium: object", "jobs:"),
        ("BKP007", ", medium: nas", "", "jobs:"),
        ("BKP009", "{monthly: 12}", "{yearly: 6, legal_basis: patient records}", "{yearly"),
        ("BKP013", ", agreed_on: 2026-01-05", "", "{item"),
        ("BKP014", "rto: 8h", "os: windows", "main"),
        ("BKP015", "minutes: 90", "minutes: 481", "481"),
    ],
)
def test_one_thing_missing_is_one_finding_at_its_line(code: str, old: str, new: str, words: str):
    text = altered(old, new)
    report = found(text, STRICT + LAW)
    assert mine(report) == {code}
    assert str(the(report, code).place) == spot(FILE, text, words)


def test_the_newest_restore_failed():
    text = altered("result: pass", "result: fail")
    report = found(text)
    assert mine(report) == {"BKP001", "BKP002"}
    assert the(report, "BKP002").severity is Severity.ERROR
    assert str(the(report, "BKP002").place) == spot(FILE, text, "fail")


def test_nothing_is_asked_of_who_is_no_client_and_of_what_others_look_after():
    bad = altered("daily: 30", "daily: 3").replace("rpo: 24h, rto: 8h", "rpo: 1h").replace(", immutable_days: 30", "")
    bad = bad.replace(", agreed_on: 2026-01-05", ", until: 2026-01-05").replace("result: pass", "result: fail")
    assert len(mine(found(bad))) > 4
    for status in ("prospect", "former", "offboarding"):
        assert mine(found(f"{bad}status: {status}\n")) == set()
    for who in ("client", "third_party"):
        assert mine(found(altered("product_name: Tape", f"product_name: Tape\n    managed_by: {who}", bad))) == set()
    on_request = mine(found(altered("product_name: Tape", "product_name: Tape\n    managed_by: on_request", bad)))
    assert on_request == mine(found(bad)) - {"BKP001", "BKP014"}
    assert mine(found(f"{bad}status: onboarding\n")) == mine(found(bad)) - {"BKP001"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("client: Somebody\n", "client: Somebody\nstatus: activ\n"),
        ("site: offsite, medium: object, immutable_days: 30", "site: offsite, medium: tap"),
        ("{id: cloud, site: offsite", "{id: Cloud!, site: offsite"),
        ("schedule: daily at 22:00", "schedule: sometimes"),
        ("rpo: 24h, rto: 8h", "rpo: a day, rto: 8h"),
        ("- {name: SRV1}", "- {nam: SRV1}"),
        ("product_name: Tape", "product_name: Tape\n    managed_by: them"),
        ("from: shelf, to: cloud", "from: shelf, to: 7"),
        ("keeps: {daily: 30}", "keeps: {daily: lots}"),
        ("on: 2026-10-30", "on: yesterday"),
        ("agreed_on: 2026-01-05", "agreed_on: in spring"),
        ("  - id: main", "  - id: Main!"),
        ("from: shelf, to: cloud", "from: shelv, to: cloud"),
        ("to: shelf,", "to: shelv,"),
        ("site: high, kind: server", "site: hihg, kind: server"),
        ("kind: server, ", ""),
        ("      - {name: SRV1}\n      - {name: SRV2}\n", "      []\n"),
        ("to: shelf, ", ""),
        ("schedule: after Nightly", "schedule: after Nihgtly"),
    ],
)
def test_what_could_not_be_read_or_leads_nowhere_or_is_missing_is_no_second_finding(old: str, new: str):
    text = altered(old, new)
    assert mine(found(text)) == set()
    assert codes(found(text))


# Restore tests


def tried(*tests: str) -> str:
    head = GOOD[: GOOD.index("      - {on: 2026-10-30")]
    return head + "".join(f"      - {{{test}, by: J. Rivera}}\n" for test in tests)


@pytest.mark.parametrize(
    ("tests", "open_tests"),
    [
        (["on: 2026-10-01, kind: file, items: [srv1], result: fail"], 1),
        (["on: 2026-10-01, kind: file, result: fail", "on: 2026-10-02, kind: file, items: [srv1], result: pass"], 1),
        (["on: 2026-10-01, kind: file, items: [srv1], result: fail", "on: 2026-10-02, kind: file, result: pass"], 0),
        (["on: 2026-10-01, kind: file, result: fail", "on: 2026-10-01, kind: machine, result: pass"], 0),
        (["on: 2026-10-01, kind: machine, result: fail", "on: 2026-10-02, kind: file, result: pass"], 1),
        (["on: 2026-10-01, kind: machine, result: fail", "on: 2026-10-02, kind: full, result: pass"], 0),
        (["on: 2026-10-01, kind: boot_check, result: fail", "on: 2026-10-02, kind: machine, result: pass"], 0),
        (["on: 2026-10-01, kind: boot_check, result: fail"], 1),
        (["on: 2026-10-02, kind: file, result: fail", "on: 2026-10-01, kind: file, result: pass"], 1),
        (["on: 2026-10-01, kind: file, result: fail", "on: 2026-10-02, kind: file, result: fail"], 1),
        (["on: 2026-12-01, kind: file, result: fail"], 0),
        (["on: 2026-10-01, kind: file, result: fail", "on: 2026-12-01, kind: file, result: pass"], 1),
    ],
)
def test_a_failed_test_stands_until_one_that_proves_as_much_has_passed(tests: list[str], open_tests: int):
    assert codes(found(tried(*tests))).count("BKP002") == open_tests


def test_a_failed_test_of_what_is_retired_is_over():
    text = tried("on: 2026-10-01, kind: file, items: [srv1], result: fail", "on: 2026-10-02, kind: file, result: pass")
    text = text.replace("kind: file, result: pass", "kind: file, items: [srv2], result: pass")
    assert "BKP002" in codes(found(text))
    assert "BKP002" not in codes(found(text.replace("{name: SRV1}", "{name: SRV1, retired_on: 2026-11-22}")))


@pytest.mark.parametrize(
    ("tests", "missed"),
    [
        (["on: 2026-10-01, kind: machine, items: [srv1], result: pass, minutes: 480"], False),
        (["on: 2026-10-01, kind: machine, items: [srv1], result: pass, minutes: 481"], True),
        (["on: 2026-10-01, kind: boot_check, items: [srv1], result: pass, minutes: 481"], False),
        (["on: 2026-10-01, kind: machine, items: [srv1], result: fail, minutes: 481"], False),
        (["on: 2026-10-01, kind: machine, result: pass, minutes: 481"], False),
        (
            [
                "on: 2026-09-01, kind: machine, items: [srv1], result: pass, minutes: 481",
                "on: 2026-10-01, kind: file, items: [srv1], result: pass, minutes: 9",
            ],
            True,
        ),
        (
            [
                "on: 2026-09-01, kind: machine, items: [srv1], result: pass, minutes: 481",
                "on: 2026-10-01, kind: machine, items: [srv1], result: pass, minutes: 400",
            ],
            False,
        ),
    ],
)
def test_the_last_restore_of_its_kind_is_held_against_the_rto(tests: list[str], missed: bool):
    assert ("BKP015" in codes(found(tried(*tests)))) == missed


# RPO


def rpo(jobs: str, item: str = "rpo: 4h", extra: str = "") -> str:
    return (
        f"client: Somebody\n{extra}copies: [{{id: shelf, medium: tape}}, {{id: cloud, site: offsite}}]\nsetups:\n"
        f"  - id: main\n    product: other\n    product_name: Tape\n    items: [{{name: SRV1, kind: server, {item}}}]\n"
        f"    jobs: [{jobs}]\n"
    )


@pytest.mark.parametrize(
    ("jobs", "late"),
    [
        ("{name: A, items: [srv1], to: shelf, schedule: daily at 22:00}", True),
        ("{name: A, items: [srv1], to: shelf, schedule: every 4h}", False),
        ("{name: A, items: [srv1], to: shelf, schedule: by vendor}", False),
        ("{name: A, items: [srv1], to: shelf, schedule: when connected}", False),
        ("{name: A, items: [srv1], to: shelf, schedule: continuous}", False),
        ("{name: A, items: [srv1], to: shelf}", False),
        (
            (
                "{name: A, items: [srv1], to: shelf, schedule: daily at 22:00}, "
                "{name: B, items: [srv1], to: cloud, schedule: every 1h}"
            ),
            False,
        ),
        (
            (
                "{name: A, items: [srv1], to: shelf, schedule: daily at 22:00}, "
                "{name: B, items: [srv1], to: cloud, schedule: by vendor}"
            ),
            False,
        ),
        (
            (
                "{name: A, items: [srv1], to: shelf, schedule: daily at 22:00}, "
                "{name: B, items: [srv1], from: shelf, to: cloud, schedule: every 1h}"
            ),
            True,
        ),
        (
            (
                "{name: A, to: shelf, schedule: every 5h}, {name: B, to: cloud, schedule: after A}, "
                "{name: C, items: [srv1], to: cloud, schedule: after B}"
            ),
            True,
        ),
        (
            "{name: A, to: shelf, schedule: every 2h}, {name: B, items: [srv1], to: cloud, schedule: after A}",
            False,
        ),
        ("{name: A, items: [srv1], to: shelf, schedule: after A}", False),
        (
            "{name: A, items: [srv1], to: shelf, schedule: after B}, {name: B, to: shelf, schedule: after A}",
            False,
        ),
    ],
)
def test_the_rpo_is_held_against_the_best_job_that_reads_the_item(jobs: str, late: bool):
    assert ("BKP003" in codes(found(rpo(jobs)))) == late


@pytest.mark.parametrize(
    ("hours", "length", "late"),
    [
        ("weekdays 08:00-18:00", "10h", False),
        ("weekdays 08:00-18:00", "9h", True),
        ("weekdays 08:00-18:00, Sat 09:00-12:00", "10h", False),
        ("office hours, mostly", "24h", False),
        ("office hours, mostly", "23h", True),
        (None, "24h", False),
        (None, "23h", True),
        ("always", "23h", True),
    ],
)
def test_policy_can_count_the_business_hours_alone(hours: str | None, length: str, late: bool):
    job = "{name: A, items: [srv1], to: shelf, schedule: daily at 22:00}"
    text = rpo(job, f"rpo: {length}", f"business_hours: {hours}\n" if hours else "")
    assert ("BKP003" in codes(found(text, STRICT + "rpo_counts: business_hours\n"))) == late


def test_items_that_share_a_default_share_a_finding_and_it_points_at_the_schedule():
    text = altered("rpo: 24h", "rpo: 8h")
    finding = the(found(text), "BKP003")
    assert "SRV1, SRV2" in finding.message
    assert "24h" in finding.message
    assert [str(one.place) for one in finding.related] == [spot(FILE, text, "daily at 22:00")]


spans = st.lists(st.integers(0, 7 * 24 * 4), min_size=2, max_size=6, unique=True).map(
    lambda edges: tuple((15 * a, 15 * b) for a, b in zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False))
)
RHYTHMS = """\
every 1h
every 7h
every 3d
every 9d
every 4h on weekdays
every 12h on Mon, Thu
every 1d on Sat
every 2h 08:00-18:00
every 30m 22:00-02:00 on Fri
daily at 22:00
daily at 06:00 and 12:30 on weekdays
weekly on Sat at 03:00
monthly on 1 at 03:00
monthly on last Friday at 20:00
"""
rhythms = st.sampled_from(RHYTHMS.splitlines())


@given(rhythms, spans)
def test_no_working_gap_is_longer_than_the_gap_or_than_the_hours_in_it(text: str, found_spans: tuple[tuple[int, int]]):
    stated, gap = schedule(text), schedule(text).longest_gap()
    working = longest_working_gap(stated, Hours(found_spans))
    assert gap is not None
    assert working is not None
    assert timedelta(0) <= working <= gap
    assert longest_working_gap(stated, Hours(((0, 7 * 24 * 60),))) == gap


@given(st.sampled_from(["every 4h on weekdays", "every 12h on Mon, Thu", "every 7h", "every 1d on Sat"]), spans)
@settings(max_examples=25)
def test_the_working_gap_of_an_interval_is_the_worst_of_all_phases(text: str, found_spans: tuple[tuple[int, int]]):
    stated, hours = schedule(text), Hours(found_spans)
    assert stated.interval
    days, step = stated.days or tuple(range(7)), stated.interval // timedelta(minutes=1)
    minutes = [week * 10080 + day * 1440 + minute for week in range(3) for day in days for minute in range(0, 1440, 15)]
    runs = [(minutes[at], minutes[at + step // 15]) for at in range(len(minutes) - step // 15)]
    worst = max(hours.within(before, after - before) for before, after in runs)
    assert timedelta(0) <= longest_working_gap(stated, hours) - timedelta(minutes=worst) <= timedelta(minutes=15)  # type: ignore[operator]


def test_business_hours_are_days_and_times_and_nothing_else():
    monday = 24 * 60
    assert business_hours("Monday 22:00-02:00") == Hours(((22 * 60, monday + 120),))
    assert business_hours("Sun 22:00-02:00") == Hours(((0, 120), (7 * monday - 120, 7 * monday)))
    assert business_hours("Mon 08:00-12:00 and 11:00-13:00") == Hours(((480, 780),))
    assert business_hours("Mon 08:00–12:00; Tue 8:00-9:00") == Hours(((480, 720), (monday + 480, monday + 540)))
    assert business_hours("24/7") == Hours(((0, 7 * monday),))
    assert business_hours("every day 00:00-24:00") == Hours(((0, 7 * monday),))
    for text in (
        "08:00-18:00",
        "weekdays",
        "weekdays 8-18",
        "on air, office weekdays 10:00-16:00",
        "Mon 08:00-12:00 x",
    ):
        assert business_hours(text) is None


# Copies, site by site


SITES = """\
client: Somebody
sites: [{id: high, name: High Street}, {id: low, name: Low Street}]
copies: [{id: shelf, site: high, medium: nas}, {id: attic, site: low, medium: disk, immutable_days: 5}]
setups:
  - id: main
    product: other
    product_name: Tape
    defaults: {kind: server}
    items: [{name: SRV1, site: high}, {name: SRV2, site: low}, {name: SRV3, site: low}, {name: SRV4}]
    jobs:
      - {name: A, items: [srv1, srv2, srv3, srv4], to: attic, schedule: daily at 22:00, keeps: {daily: 30}}
"""


def test_each_site_is_asked_for_itself_and_named():
    report = found(SITES)
    away = [one for one in report.findings if one.code == "BKP004"]
    assert [one.message.partition(";")[0] for one in away] == [
        "SRV2, SRV3, at Low Street (low): no copy off site",
        "SRV4, at no site the record names: no copy off site",
    ]
    assert {str(one.place) for one in away} == {spot(FILE, SITES, "jobs:")}
    assert "BKP005" not in codes(report)
    three = [one.message for one in report.findings if one.code == "BKP006"]
    assert [message.partition(":")[0] for message in three] == [
        "SRV1, at High Street (high)",
        "SRV2, SRV3, at Low Street (low)",
        "SRV4, at no site the record names",
    ]


def test_a_copy_job_mends_it_through_any_chain():
    away = "      - {name: B, from: attic, to: shelf, schedule: after A, keeps: {daily: 3}}\n"
    back = "      - {name: C, from: shelf, to: attic, schedule: after B, keeps: {daily: 3}}\n"
    assert mine(found(SITES + away + back)) & {"BKP004", "BKP005", "BKP006", "BKP007"} == set()


def test_an_item_in_no_job_is_found_elsewhere():
    assert mine(found(SITES.replace("items: [srv1, srv2, srv3, srv4], ", "items: [srv1], "))) & {"BKP004"} == set()


def test_a_finding_over_two_set_ups_stands_at_the_first_and_names_the_other():
    second = """\
  - id: second
    product: other
    product_name: Disk
    defaults: {kind: server, site: low}
    items: [{name: SRV5}]
    jobs: [{name: B, items: [srv5], to: attic, schedule: daily at 22:00, keeps: {daily: 30}}]
"""
    finding = next(one for one in found(SITES + second).findings if one.code == "BKP004")
    assert "SRV5" in finding.message
    assert [one.place.line for one in finding.related] == [(SITES + second).count("\n")]


def test_a_copy_that_no_job_reaches_is_told_only_where_all_jobs_are_known():
    report = found(SITES)
    assert the(report, "BKP018").severity is Severity.INFO
    assert str(the(report, "BKP018").place) == spot(FILE, SITES, "shelf")
    theirs = SITES.replace("product_name: Tape", "product_name: Tape\n    managed_by: client")
    assert "BKP018" not in codes(found(theirs))


# Retention


@pytest.mark.parametrize(
    ("keeps", "short"),
    [("{daily: 13}", True), ("{daily: 14}", False), ("{daily: 3, weekly: 2}", False), ("{points: 3}", False)],
)
def test_the_longest_retention_counts_and_points_are_not_judged(keeps: str, short: bool):
    text = SITES.replace("{daily: 30}", keeps)
    assert ("BKP008" in codes(found(text))) == short


def test_a_copy_job_that_keeps_longer_is_enough():
    text = SITES.replace("{daily: 30}", "{daily: 3}")
    away = "      - {name: B, from: attic, to: shelf, schedule: after A, keeps: {monthly: 3}}\n"
    assert "BKP008" in codes(found(text))
    assert "BKP008" not in codes(found(text + away))
    assert "BKP008" not in codes(found(text + away.replace("{monthly: 3}", "{points: 3}")))


def test_a_legal_basis_holds_whoever_looks_after_the_set_up():
    for who in ("us", "client", "third_party"):
        text = SITES.replace("{daily: 30}", "{daily: 30, legal_basis: tax}").replace(
            "product_name: Tape", f"product_name: Tape\n    managed_by: {who}"
        )
        assert the(found(text, STANDARD + LAW), "BKP009").severity is Severity.ERROR
        assert "BKP009" not in codes(found(text, STANDARD))
        assert "BKP009" not in codes(found(text.replace("daily: 30", "years: 5"), STANDARD + LAW))
        assert "BKP009" not in codes(found(text.replace("daily: 30", "points: 5"), STANDARD + LAW))


def test_an_unknown_legal_basis_is_a_warning_that_names_the_known_ones():
    text = SITES.replace("{daily: 30}", "{daily: 30, legal_basis: taxes}")
    finding = the(found(text, STANDARD + LAW), "BKP009")
    assert (finding.severity, finding.help) == (Severity.WARNING, "did you mean tax?")
    other = the(found(text.replace("taxes", "custom"), STANDARD + LAW), "BKP009")
    assert other.help == "known: patient records, tax"


# Exclusions, RPO and RTO, the server


@pytest.mark.parametrize(
    ("until", "code"),
    [("2026-11-21", "BKP011"), ("2026-11-22", "BKP012"), ("2026-12-22", "BKP012"), ("2026-12-23", None)],
)
def test_an_exclusion_is_told_before_and_after_its_last_day(until: str, code: str | None):
    text = altered("agreed_on: 2026-01-05", f"agreed_on: 2026-01-05, until: {until}")
    assert mine(found(text)) == ({code} if code else set())


def test_rpo_and_rto_are_asked_once_for_the_whole_set_up_or_at_each_item():
    none = altered(", rpo: 24h, rto: 8h", "")
    assert (
        the(found(none), "BKP014").message
        == "no item of the set-up main has both RPO and RTO: RPO and RTO are not given"
    )
    some = none.replace("{name: SRV1}", "{name: SRV1, rpo: 24h, rto: 8h}")
    finding = the(found(some), "BKP014")
    assert (finding.message, str(finding.place)) == ("SRV2 has no RPO and no RTO", spot(FILE, some, "{name: SRV2"))


def test_a_server_is_asked_where_its_configuration_goes():
    text = altered("product_name: Tape", "product_name: Tape\n    server: SRV9")
    assert str(the(found(text), "BKP016").place) == spot(FILE, text, "SRV9")
    empty = altered("server: SRV9", "server: SRV9\n    backup_server: {domain_joined: false}", text)
    assert str(the(found(empty), "BKP016").place) == spot(FILE, empty, "{domain_joined")
    assert mine(found(empty.replace("{domain_joined", "{config_backup_to: the NAS, domain_joined"))) == set()


# Cloud services


CLOUD = """\
client: Somebody
copies: [{id: cloud, medium: vendor_cloud}]
setups:
  - id: m365
    product: other
    product_name: Mailbox saver
    defaults: {rpo: 24h, rto: 8h}
    items: [{name: tenant, kind: saas_tenant}]
    jobs: [{name: All, items: [tenant], to: cloud, schedule: by vendor, keeps: {days: 30}}]
    restore_tests: [{on: 2026-10-30, kind: mailbox, items: [tenant], result: pass, minutes: 9, by: J. Rivera}]
"""


def test_a_cloud_service_is_asked_other_things_than_three_two_one():
    report = found(CLOUD)
    assert mine(report) == {"BKP020", "BKP021", "BKP022"}
    assert str(the(report, "BKP020").place) == spot(FILE, CLOUD, "jobs:")
    assert str(the(report, "BKP021").place) == spot(FILE, CLOUD, "{days: 30}")
    assert str(the(report, "BKP022").place) == spot(FILE, CLOUD, "{name: tenant")
    good = CLOUD.replace("vendor_cloud", "vendor_cloud, separate_identity: true").replace("days: 30", "days: 93")
    assert mine(found(good.replace("saas_tenant", "saas_tenant, expected: 12"))) == set()
    listed = "saas_tenant}, {name: Office, kind: mailbox}"
    assert mine(found(good.replace("saas_tenant}", listed))) == set()


def test_a_cloud_service_beside_machines_is_asked_as_machines_are():
    mixed = CLOUD.replace("kind: saas_tenant}", "kind: saas_tenant}, {name: SRV1, kind: server}")
    assert mine(found(mixed)) == {"BKP005", "BKP006", "BKP007"}


def test_a_product_of_the_catalogue_can_be_a_cloud_product():
    product = """\
name: Site saver
vendor: Example
written_for: "1.0"
summary: Saves sites.
protects: [site]
recoverability: saas
console: The portal.
mac: {possible: false, why: It saves sites.}
sources: {manual: {title: Manual, url: "https://sites.example/manual", read_on: 2026-01-02, version: "1.0"}}
"""
    text = CLOUD.replace("product: other\n    product_name: Mailbox saver", "product: site-saver")
    text = text.replace("kind: saas_tenant", "kind: database")
    files = {"policy.yml": STRICT, FILE: text, "templates/products/site-saver/product.yml": product}
    assert mine(gate.check(fleet(files))) == {"BKP020", "BKP021"}


# The calendar


RICH = """\
client: Somebody
sites: [{id: high, name: High Street}]
copies:
  - {id: shelf, site: high, medium: nas, encryption: {key_ref: "vault://a/b", tested_on: 2026-03-01}}
  - {id: attic, site: high, medium: nas, encryption: {key_ref: "vault://a/b", tested_on: 2027-02-01}}
  - {id: cloud, medium: vendor_cloud, encryption: {key_ref: "vault://a/c", tested_on: 2025-12-31}}
setups:
  - id: main
    product: other
    product_name: Tape
    server: SRV9
    credentials: [{purpose: console, item_ref: "vault://a/d", rotated_on: 2026-02-28}]
    defaults: {site: high, kind: server}
    items:
      - {name: SRV1, rpo: 4h, rto: 2h, retired_on: 2027-06-01}
      - {name: SRV2, retired_on: 2026-12-24}
      - {name: SRV3, rpo: 1h, rto: 1h, retired_on: 2027-09-09}
    unprotected:
      - {item: D, reason: Scratch, agreed_by: The owner, until: 2026-12-31}
      - {item: E, reason: Scratch, agreed_by: The owner, until: 2027-02-28}
    jobs:
      - {name: Nightly, items: [srv1, srv2], to: shelf, schedule: monthly on 1 at 22:00, keeps: {daily: 3}}
      - {name: Daily, items: [srv3], to: attic, schedule: daily at 22:00, keeps: {daily: 5}}
    restore_tests:
      - {on: 2026-10-30, kind: machine, items: [srv1], result: pass, minutes: 180, by: J. Rivera}
      - {on: 2026-12-01, kind: machine, items: [srv1, srv2], result: fail, by: J. Rivera}
      - {on: 2027-03-01, kind: machine, items: [srv1, srv3], result: pass, minutes: 100, by: J. Rivera}
      - {on: 2027-04-01, kind: boot_check, items: [srv3], result: fail, by: J. Rivera}
  - id: m365
    product: other
    product_name: Mailbox saver
    server: SRV8
    items:
      - {name: tenant, kind: saas_tenant, retired_on: 2027-07-07}
      - {name: leftover, kind: server, retired_on: 2026-12-12}
      - {id: boxes, match: "*", expected: 3, kind: mailbox, retired_on: 2027-01-15}
    jobs: [{name: All, items: [tenant, leftover], to: cloud, schedule: by vendor, keeps: {days: 30}}]
    restore_tests: [{on: 2026-12-05, kind: mailbox, result: pass, minutes: 9, by: J. Rivera}]
"""
DATED = [one for one in RULES.values() if one.days and one.code.startswith(("BKP", "SEC01"))]


def results(one: Rule, whole: Fleet, day: date) -> set[tuple[object, ...]]:
    assert one.check
    (record,) = whole.records
    problems = one.check(record, replace(whole, as_of=day))
    return {(problem.at, problem.severity, problem.message) for problem in problems}


@pytest.mark.parametrize("one", DATED, ids=[one.code for one in DATED])
def test_a_rule_turns_on_the_days_it_names_and_on_no_other(one: Rule):
    whole = fleet({"policy.yml": STRICT, FILE: RICH})
    assert one.days
    named = set(one.days(whole.records[0], whole.policy))
    start = date(2026, 6, 1)
    days = [start + timedelta(days=number) for number in range(730)]
    seen = [results(one, whole, day) for day in days]
    turns = {day for day, before, after in zip(days[1:], seen, seen[1:], strict=False) if before != after}
    assert turns
    assert turns <= named


def test_every_rule_without_named_days_finds_the_same_on_every_day():
    whole = fleet({"policy.yml": STRICT + LAW, FILE: RICH})
    timeless = [one for one in RULES.values() if one.code.startswith(("BKP", "SEC01")) and one not in DATED]
    assert len(timeless) + len(DATED) > 25
    for one in timeless:
        first = results(one, whole, date(2026, 6, 1))
        assert all(
            results(one, whole, date(2026, 6, 1) + timedelta(days=number)) == first for number in range(0, 730, 3)
        )
