"""Keys and access: each finding at the line that has to change, and none where nothing is asked."""

from __future__ import annotations

import json
import typing
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from runbooks import gate
from runbooks.findings import Severity
from runbooks.gate import Report
from runbooks.parts import Part
from runbooks.records.client import Client
from runbooks.values import Reference
from tests.sample import POLICY, STANDARD, STRICT, TODAY, codes, fleet, spot, the

FILE = "clients/somebody.yml"

GOOD = """\
client: Somebody
copies:
  - {id: shelf, medium: nas, encryption: {key_ref: "vault://somebody/nas", key_holder: us, tested_on: 2026-05-06}}
setups:
  - id: main
    product: other
    product_name: Tape
    server: SRV9
    console_url: "https://srv9.somebody.example"
    credentials:
      - {purpose: console, item_ref: "vault://somebody/console", mfa: true, rotated_on: 2026-05-07}
      - {purpose: repository, item_ref: "vault://somebody/nas-login", rotated_on: 2026-05-08}
    backup_server: {config_backup_to: the NAS, config_encrypted: true, domain_joined: false}
    items: [{name: SRV1, kind: server}]
    jobs: [{name: Nightly, items: [srv1], to: shelf, schedule: daily at 22:00, keeps: {daily: 30}}]
"""


def found(text: str, policy: str = STRICT, day: date = TODAY) -> Report:
    return gate.check(fleet({"policy.yml": policy, FILE: text}, day))


def mine(report: Report) -> list[str]:
    return [code for code in codes(report) if code.startswith("SEC01")]


def altered(old: str, new: str, text: str = GOOD) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def test_a_set_up_whose_keys_and_logins_are_in_order_has_no_finding_in_the_strictest_profile():
    assert mine(found(GOOD)) == []


@pytest.mark.parametrize(
    ("code", "profile", "old", "new", "words"),
    [
        ("SEC010", "standard", 'key_ref: "vault://somebody/nas", key_holder: us, ', "", "encryption"),
        ("SEC010", "standard", 'key_ref: "vault://somebody/nas", ', "", "encryption"),
        ("SEC011", "standard", "key_holder: us", "key_holder: client", "client,"),
        ("SEC017", "strict", "tested_on: 2026-05-06", "tested_on: 2025-11-21", "2025-11-21"),
        ("SEC017", "strict", "tested_on: 2026-05-06", "tested_on: 2026-11-23", "2026-11-23"),
        ("SEC017", "strict", ", tested_on: 2026-05-06", "", "encryption"),
        ("SEC012", "standard", "mfa: true", "mfa: false", "false,"),
        ("SEC012", "standard", "config_encrypted: true", "mfa: false, config_encrypted: true", "false, config"),
        ("SEC013", "strict", ", mfa: true", "", "{purpose: console"),
        ("SEC013", "strict", "purpose: console", "purpose: guest", "{config_backup_to"),
        ("SEC014", "standard", "vault://somebody/nas-login", "valut://somebody/nas-login", '"valut:'),
        ("SEC015", "strict", "rotated_on: 2026-05-08", "rotated_on: 2025-11-21", "2025-11-21"),
        ("SEC016", "strict", "domain_joined: false", "domain_joined: true", "true}\n    items"),
        ("SEC016", "strict", "config_encrypted: true", "config_encrypted: false", "false, domain"),
    ],
)
def test_one_thing_wrong_is_one_finding_at_its_line(code: str, profile: str, old: str, new: str, words: str):
    text = altered(old, new)
    report = found(text)
    assert mine(report) == [code]
    assert str(the(report, code).place) == spot(FILE, text, words)
    assert mine(found(text, STANDARD)) == ([code] if profile == "standard" else [])
    assert mine(found(text, POLICY)) == []


def test_what_is_plainly_wrong_is_an_error():
    severities = {
        code: the(found(text), code).severity
        for code, text in (
            ("SEC010", altered('key_ref: "vault://somebody/nas", ', "")),
            ("SEC014", altered("vault://somebody/nas-login", "ftp://somebody/nas-login")),
            ("SEC011", altered("key_holder: us", "key_holder: client")),
        )
    }
    assert severities == {"SEC010": Severity.ERROR, "SEC014": Severity.ERROR, "SEC011": Severity.WARNING}


def test_a_year_ago_to_the_day_is_not_too_long_ago():
    assert mine(found(altered("tested_on: 2026-05-06", "tested_on: 2025-11-22"))) == []
    assert mine(found(altered("rotated_on: 2026-05-08", "rotated_on: 2025-11-22"))) == []


def test_a_key_that_the_vendor_holds_is_nobody_elses_business():
    text = altered('key_ref: "vault://somebody/nas", key_holder: us, tested_on: 2026-05-06', "key_holder: vendor")
    assert mine(found(text)) == []


BAD = (
    GOOD.replace('key_ref: "vault://somebody/nas", key_holder: us', "key_holder: client")
    .replace("mfa: true, rotated_on: 2026-05-07", "mfa: false, rotated_on: 2024-05-07")
    .replace("domain_joined: false", "domain_joined: true")
)


def test_nothing_is_asked_of_who_is_no_client_and_little_of_what_others_look_after():
    assert mine(found(BAD)) == ["SEC010", "SEC011", "SEC012", "SEC015", "SEC016"]
    for status in ("prospect", "former", "offboarding"):
        assert mine(found(f"{BAD}status: {status}\n")) == []
    for who in ("client", "third_party"):
        theirs = altered("product_name: Tape", f"product_name: Tape\n    managed_by: {who}", BAD)
        assert mine(found(theirs)) == ["SEC010"]
    on_request = altered("product_name: Tape", "product_name: Tape\n    managed_by: on_request", BAD)
    assert mine(found(on_request)) == mine(found(BAD))


def test_a_copy_that_only_somebody_elses_jobs_write_is_theirs():
    second = """\
  - id: theirs
    product: other
    product_name: Disk
    managed_by: client
    items: [{name: SRV2, kind: server}]
    jobs: [{name: Weekly, items: [srv2], to: attic}]
"""
    text = altered("setups:\n", '  - {id: attic, encryption: {key_ref: "vault://a/b", key_holder: client}}\nsetups:\n')
    assert mine(found(text)) == ["SEC017", "SEC011"]
    assert mine(found(text + second)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("key_holder: us", "key_holder: nobody"),
        ('key_ref: "vault://somebody/nas"', "key_ref: in the drawer"),
        ("tested_on: 2026-05-06", "tested_on: in spring"),
        ("mfa: true", "mfa: sometimes"),
        ("purpose: console", "purpse: console"),
        ("domain_joined: false", "domain_joined: perhaps"),
        ("product_name: Tape", "product_name: Tape\n    managed_by: them"),
        ("client: Somebody\n", "client: Somebody\nstatus: activ\n"),
    ],
)
def test_what_could_not_be_read_is_no_second_finding(old: str, new: str):
    report = found(altered(old, new))
    assert mine(report) == []
    assert codes(report)


# References


def test_a_reference_may_begin_with_any_word_that_policy_knows():
    text = altered("vault://somebody/nas-login", "safe://somebody/nas-login")
    finding = the(found(text), "SEC014")
    assert finding.message == "policy.yml knows no references that begin with safe://"
    assert finding.help.startswith("known: bitwarden, ")
    assert mine(found(text, STRICT + "links: {safe: 'https://safe.example/{path}'}\n")) == []
    assert mine(found(text, STRICT + "references: [safe, vault]\n")) == []
    near = found(altered("vault://somebody/nas-login", "valut://somebody/nas-login"))
    assert the(near, "SEC014").help == "did you mean vault?"


def reference_fields(kind: Any) -> Iterator[tuple[type[Part], str]]:
    """Every field of a record's model that is a reference by its type."""
    for name, hint in typing.get_type_hints(kind, include_extras=True).items():
        if name in kind.model_fields:
            if Reference in (hint, *typing.get_args(hint)):
                yield kind, name
            for part in parts_in(hint):
                yield from reference_fields(part)


def parts_in(hint: Any) -> Iterator[type[Part]]:
    if isinstance(hint, type) and issubclass(hint, Part):
        yield hint
    for argument in typing.get_args(hint):
        yield from parts_in(argument)


EVERYWHERE = {
    "client": "Somebody",
    "contacts": [{"name": "Owner", "private_ref": "x1://a"}],
    "agreements": [
        {
            "id": "A",
            "type": "full",
            "evidence_ref": "x2://a",
            "preapproval": {"hours": 1, "approver": "Owner", "on": "2026-01-01", "reference": "x3://a"},
        }
    ],
    "copies": [{"id": "shelf", "encryption": {"key_ref": "x4://a"}}],
    "setups": [
        {
            "id": "main",
            "product": "other",
            "product_name": "Tape",
            "assessed": {"on": "2026-01-01", "by": "Us", "ref": "x5://a"},
            "licence_ref": "x6://a",
            "diagram_ref": "x7://a",
            "credentials": [{"purpose": "guest", "item_ref": "x8://a"}],
            "backup_server": {"password_ref": "x9://a"},
            "unprotected": [{"item": "D", "reason": "Scratch", "agreed_by": "Owner", "notice_ref": "y1://a"}],
            "restore_tests": [
                {"on": "2026-01-01", "kind": "file", "result": "pass", "by": "Us", "evidence_ref": "y2://a"}
            ],
        }
    ],
    "monitoring": {
        "level": "none",
        "declined": {"on": "2026-01-01", "notice_ref": "y3://a"},
        "quoted": {"on": "2026-01-01", "ref": "y4://a"},
    },
    "no_backup": {"told_on": "2026-01-01", "notice_ref": "y5://a"},
}


def test_every_reference_of_a_record_is_looked_at_wherever_it_stands():
    text = json.dumps(EVERYWHERE)
    report = found(text)
    strange = [one.message.removesuffix("://").rpartition(" ")[2] for one in report.findings if one.code == "SEC014"]
    assert strange == [f"x{number}" for number in range(1, 10)] + [f"y{number}" for number in range(1, 6)]
    assert len(strange) == len(set(reference_fields(Client)))
