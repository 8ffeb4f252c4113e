"""A record that could be read in part: the mistake is told once, at its line, and nothing that follows from it."""

from __future__ import annotations

import pytest

from runbooks.findings import Finding, Severity
from tests.sample import STANDARD, checked, spot

FILE = "clients/somebody.yml"

WHOLE = """\
client: Somebody
status: active
owner: backup-team
reviewed: {on: 2026-10-04, by: Backup lead}
sites:
  - {id: newford, name: Newford surgery}
  - {id: lakeside, name: Lakeside surgery}
contacts:
  - {name: Manager, roles: [decision_maker], phone: "+61 2 5550 0100", site: lakeside}
agreements:
  - id: AGR-1
    type: full
    covers: [backup, {service: monitoring, setups: [newford]}]
    starts: 2024-03-01
    last_day: 2027-02-28
    billing: {every: month}
  - id: AGR-2
    type: alert_only
    covers: [{service: monitoring, setups: [mail]}]
    starts: 2025-07-01
    open_ended: true
    billing: {every: month}
copies:
  - {id: repo, site: newford, medium: disk, encryption: {key_ref: "vault://somebody/key"}}
  - {id: cloud, medium: object, immutable_days: 30}
  - {id: vendor, medium: vendor_cloud, separate_identity: true}
setups:
  - id: newford
    product: other
    product_name: Tape
    managed_by: us
    defaults: {site: newford, rpo: 24h, rto: 24h}
    items:
      - {name: SRV1, kind: server, depends_on: [desks]}
      - {id: desks, kind: workstation, match: "FD*", expected: 4}
    unprotected:
      - {item: Scans, reason: scratch, agreed_by: Manager}
    jobs:
      - {name: Nightly, items: [srv1, desks], schedule: daily at 22:00, keeps: {daily: 30, monthly: 12}, to: repo}
      - {name: Onward, from: repo, schedule: after Nightly, keeps: {daily: 30}, to: cloud}
    steps:
      - do: Install it.
        expect: It runs.
        if_not: "Bring the E: disk online."
    restore_tests:
      - {on: 2026-10-30, kind: machine, items: [srv1], from: cloud, result: pass, by: Backup lead}
  - id: mail
    product: other
    product_name: Mail saver
    items: [{name: somebody.example, kind: saas_tenant, expected: 24}]
    jobs:
      - {name: Mail, items: [somebody.example], schedule: by vendor, keeps: {years: 1}, to: vendor}
    steps: [{do: Sign in., expect: The tenant.}]
    restore_tests:
      - {on: 2026-10-30, kind: mailbox, items: [somebody.example], result: pass, by: Backup lead}
monitoring:
  level: full
  alerts_to: [help@provider.example]
"""

POLICY = (
    STANDARD.replace("monitoring: alert_only}", "monitoring: alert_only, price_list: docs/prices.md}")
    + "links: {vault: 'https://vault.provider.example/{path}'}\n"
    + "referral: {name: Southern, checked_on: 2026-09-01}\n"
    + "insurance: {broker: Cover Brothers, asked_on: 2026-09-01}\n"
)
GATE = frozenset({"AGR001", "AGR010", "AGR023"})
"""What cannot be read entitles to nothing, and these say so."""


def found(text: str) -> list[Finding]:
    """What is found in a record beside the gate."""
    report = checked({"policy.yml": POLICY, "docs/prices.md": "---\nreviewed: 2026-11-01\n---\n# Prices\n", FILE: text})
    return [one for one in report.findings if one.code not in GATE]


def planted(old: str, new: str) -> str:
    assert WHOLE.count(old) == 1, old
    return WHOLE.replace(old, new)


def line(words: str) -> int:
    return int(spot(FILE, WHOLE, words).split(":")[1])


def without(key: str) -> str:
    """The record without a key of the top level, and what stands below it."""
    kept, inside = [], False
    for one in WHOLE.splitlines(keepends=True):
        inside = one.startswith(f"{key}:") or (inside and one.startswith(" "))
        kept += [] if inside else [one]
    return "".join(kept)


def test_the_whole_record_has_no_mistake():
    assert found(WHOLE) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("copies:\n", "copies\n", "YML004"),
        ("agreements:\n", "agreements\n", "YML004"),
        ("setups:\n", "setups\n", "YML004"),
        ("contacts:\n", "contacts\n", "YML004"),
        ("monitoring:\n", "monitoring\n", "YML004"),
        ("status: active", "status\t: active", "YML014"),
        ('if_not: "Bring the E: disk online."', "if_not: Bring the E: disk online.", "YML004"),
        ("starts: 2024-03-01", "starts: 2024-13-01", "YML007"),
        ("on: 2026-10-30, kind: machine", "on: 2026-09-31, kind: machine", "YML007"),
        ("status: active", "stauts: active", "REC001"),
        ("reviewed:", "reviewd:", "REC001"),
        ("sites:\n", "site:\n", "REC001"),
        ("contacts:\n", "contact:\n", "REC001"),
        ("agreements:\n", "agrements:\n", "REC001"),
        ("copies:\n", "copys:\n", "REC001"),
        ("setups:\n", "setup:\n", "REC001"),
        ("monitoring:\n", "monitorng:\n", "REC001"),
        ("    starts: 2024-03-01", "    start: 2024-03-01", "REC001"),
        ("    last_day:", "    last_dy:", "REC001"),
        ("    managed_by: us", "    manged_by: us", "REC001"),
        ("    items:\n", "    item:\n", "REC001"),
        ("    jobs:\n      - {name: Nightly", "    job:\n      - {name: Nightly", "REC001"),
        ("    steps:\n", "    step:\n", "REC001"),
        ('online."\n    restore_tests:\n', 'online."\n    restore_test:\n', "REC001"),
        ("schedule: daily at 22:00", "shedule: daily at 22:00", "REC001"),
        ("keeps: {daily: 30, monthly: 12}", "keeps: {dayly: 30}", "REC001"),
        ("keeps: {daily: 30, monthly: 12}", "keep: {daily: 30}", "REC001"),
        ("kind: server", "knd: server", "REC001"),
        ("phone:", "fone:", "REC001"),
        ("status: active", "status: activ", "REC002"),
        ("managed_by: us", "managed_by: our", "REC002"),
        ("kind: server", "kind: sever", "REC002"),
        ("daily at 22:00", "nightly", "REC002"),
        ("keeps: {daily: 30, monthly: 12}", "keeps: 30", "REC002"),
        ("medium: disk", "medium: dsk", "REC002"),
        ("result: pass, by: Backup lead}\n  - id: mail", "result: passed, by: Backup lead}\n  - id: mail", "REC002"),
        ("rpo: 24h", "rpo: one day", "REC002"),
        ("type: full", "type: 5", "REC002"),
        ("{id: repo, site", "{site", "REC003"),
        ("{id: newford, name", "{name", "REC003"),
        ("{name: Nightly, items", "{items", "REC003"),
        ("  - id: newford\n    product", "  - product", "REC003"),
        ("    product: other\n    product_name: Tape\n", "    product_name: Tape\n", "REC003"),
        ("  - id: AGR-1\n    type", "  - type", "REC003"),
        ("client: Somebody\n", "", "REC003"),
        ("id: AGR-2", "id: AGR-1", "REC005"),
        ("  - id: mail\n", "  - id: newford\n", "REC005"),
        ("{name: Onward", "{name: Nightly", "REC005"),
    ],
)  # fmt: skip
def test_a_mistake_in_reading_is_told_once_and_nothing_follows_from_it(old: str, new: str, code: str):
    assert [one.code for one in found(planted(old, new))] == [code]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("copies:\n", "copys:\n", "REC001"),
        ("kind: server", "kind: sever", "REC002"),
        ("schedule: daily at 22:00", "shedule: daily at 22:00", "REC001"),
    ],
)
def test_it_is_told_at_its_own_line(old: str, new: str, code: str):
    (one,) = found(planted(old, new))
    assert (one.code, one.place.line) == (code, line(old))


@pytest.mark.parametrize("key", ["copies", "setups", "sites"])
def test_a_part_that_is_not_there_at_all_is_missed_as_before(key: str):
    assert {"REC004"} <= {one.code for one in found(without(key))}


def test_a_mistake_elsewhere_hides_no_other_one():
    text = planted("medium: disk", "medium: dsk").replace("from: cloud, result", "from: clod, result")
    assert [one.code for one in found(text)] == ["REC002", "REC004"]


def test_a_mistyped_item_of_a_job_is_told_where_it_stands_and_not_as_an_item_without_job_too():
    assert [one.code for one in found(planted("items: [srv1, desks]", "items: [srv, desks]"))] == ["REC004"]


def test_a_group_whose_kind_cannot_be_read_is_none_that_must_be_listed():
    text = planted("kind: workstation, match", "kind: workstatin, match").replace(
        "rto: 24h}", "rto: 24h, kind: server}"
    )
    policy = POLICY + "document_each: [server]\n"
    report = checked({"policy.yml": policy, FILE: text})
    assert not [one for one in report.findings if one.code == "REC008"]


def test_a_field_whose_value_cannot_be_read_is_not_missing():
    policy = POLICY + "fields: {tier: {type: text, required: true}}\n"
    report = checked({"policy.yml": policy, FILE: WHOLE + "feilds: {tier: gold}\n"})
    assert not [one for one in report.findings if one.code == "REC009"]


def test_of_a_job_each_thing_it_does_not_say_is_told_at_the_job():
    text = planted(" schedule: daily at 22:00, keeps: {daily: 30, monthly: 12},", "").replace(
        ", keeps: {daily: 30}, to: cloud", ", to: cloud"
    )
    told = found(text)
    assert [(one.code, one.place.line, one.message) for one in told] == [
        ("DOC006", line("name: Nightly"), "the job Nightly does not say: schedule, keeps"),
        ("DOC006", line("name: Onward"), "the job Onward does not say: keeps"),
    ]
    assert {one.severity for one in told} == {Severity.ERROR}
    assert text.splitlines()[told[0].place.line - 1][told[0].place.column - 1 :].startswith("Nightly")


def test_what_has_no_kind_is_told_once_at_the_first_by_name():
    text = planted(", kind: server", "").replace("id: desks, kind: workstation", "id: desks")
    (one,) = found(text)
    assert (one.code, one.place.line) == ("DOC002", line("name: SRV1"))
    assert one.message == "the set-up newford does not say what kind of thing SRV1, desks are"


def test_another_agreement_that_cannot_be_read_may_be_the_one_that_follows():
    ends = planted("last_day: 2027-02-28", "last_day: 2026-12-01")
    assert [one.code for one in found(ends)] == ["AGR008"]
    assert [one.code for one in found(ends.replace("open_ended: true", "open_endd: true"))] == ["REC001"]
