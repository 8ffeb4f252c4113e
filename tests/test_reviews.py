"""Reviews, days in the future, and texts that say they are not finished; and what a set-up has to say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from runbooks.findings import Severity
from runbooks.gate import Report
from runbooks.rules.registry import RULES
from tests.by_day import SOMEBODY, missed
from tests.sample import AGREEMENT, SETUP, STRICT, TODAY, agreed, changed, checked, spot, the

BY = {"by": "Backup lead"}


def found(text: str, day: date = TODAY, policy: str = STRICT, files: Mapping[str, str] | None = None) -> Report:
    return checked({"policy.yml": policy, SOMEBODY: text, **(files or {})}, day)


def here(code: str, text: str, day: date = TODAY, policy: str = STRICT) -> list[str]:
    """The key paths at which a rule finds something."""
    paths = [finding.path for finding in found(text, day, policy).findings if finding.code == code]
    return [".".join(map(str, path)) for path in paths]


def reviewed(day: str | None, **changes: Any) -> str:
    return agreed(AGREEMENT, reviewed={"on": day, **BY} if day else None, **changes)


# Reviews


@pytest.mark.parametrize(
    ("day", "severity"),
    [
        ("2026-05-26", None),
        ("2026-05-25", Severity.WARNING),
        ("2025-11-22", Severity.WARNING),
        ("2025-11-21", Severity.ERROR),
    ],
)
def test_a_review_holds_half_a_year_and_is_an_error_after_a_year(day: str, severity: Severity | None):
    findings = [one for one in found(reviewed(day)).findings if one.code == "DOC020"]
    assert [one.severity for one in findings] == ([severity] if severity else [])
    assert all(one.path == ("reviewed", "on") for one in findings)


def test_a_record_that_nobody_has_read_is_told_of():
    assert the(found(reviewed(None)), "DOC020").severity is Severity.WARNING
    assert here("DOC020", reviewed(None, status="onboarding"))
    for status in ("prospect", "offboarding", "former"):
        assert not here("DOC020", reviewed(None, status=status))
    assert not here("DOC020", agreed(AGREEMENT, reviewed={"on": "yesterday"})), "it could not be read"


@pytest.mark.parametrize(("day", "told"), [("2026-05-26", True), ("2026-06-25", True), ("2026-06-26", False)])
def test_a_review_that_is_due_soon_is_said(day: str, *, told: bool):
    assert bool(here("DOC021", reviewed(day))) is told
    assert RULES["DOC021"].reminder


# Days in the future

TOMORROW = "2026-11-23"
FUTURE: list[tuple[dict[str, Any], str]] = [
    ({"reviewed": {"on": TOMORROW, **BY}}, "reviewed.on"),
    ({"no_backup": {"told_on": TOMORROW}}, "no_backup.told_on"),
    ({"changes": [{"on": TOMORROW, **BY, "what": "x"}]}, "changes.0.on"),
    ({"monitoring": {"level": "none", "declined": {"on": TOMORROW}}}, "monitoring.declined.on"),
    ({"monitoring": {"level": "none", "quoted": {"on": TOMORROW}}}, "monitoring.quoted.on"),
    ({"copies": [{"id": "a", "encryption": {"tested_on": TOMORROW}}]}, "copies.0.encryption.tested_on"),
    ({"setups": [changed(SETUP, assessed={"on": TOMORROW, **BY})]}, "setups.0.assessed.on"),
    (
        {"setups": [changed(SETUP, restore_tests=[{"on": TOMORROW, "kind": "file", "result": "pass", **BY}])]},
        "setups.0.restore_tests.0.on",
    ),
    (
        {"setups": [changed(SETUP, credentials=[{"purpose": "x", "item_ref": "psa://1", "rotated_on": TOMORROW}])]},
        "setups.0.credentials.0.rotated_on",
    ),
    (
        {
            "setups": [
                changed(SETUP, unprotected=[{"item": "D", "reason": "x", "agreed_by": "y", "agreed_on": TOMORROW}])
            ]
        },
        "setups.0.unprotected.0.agreed_on",
    ),
]
SIGNED: list[tuple[dict[str, Any], str]] = [
    ({"signed_on": TOMORROW}, "signed_on"),
    ({"billing": {"every": "month", "last_paid_on": TOMORROW}}, "billing.last_paid_on"),
    ({"billing": {"every": "month", "last_invoice_on": TOMORROW}}, "billing.last_invoice_on"),
    ({"billing": {"every": "month", "as_of": TOMORROW}}, "billing.as_of"),
    ({"block": {"as_of": TOMORROW}}, "block.as_of"),
    (
        {"preapproval": {"hours": 1, "approver": "x", "on": TOMORROW, "reference": "psa://1"}},
        "preapproval.on",
    ),
]


@pytest.mark.parametrize(("changes", "path"), FUTURE, ids=[path for _, path in FUTURE])
def test_what_has_happened_does_not_lie_in_the_future(changes: dict[str, Any], path: str):
    text = agreed(AGREEMENT, **changes)
    assert here("REC013", text) == [path]
    assert not here("REC013", text, date(2026, 11, 23))
    assert not missed("REC013", text)


@pytest.mark.parametrize(("changes", "path"), SIGNED, ids=[path for _, path in SIGNED])
def test_what_an_agreement_says_of_the_past_is_past(changes: dict[str, Any], path: str):
    text = agreed(changed(AGREEMENT, **changes))
    assert here("REC013", text) == [f"agreements.0.{path}"]
    assert not missed("REC013", text)


def test_what_is_still_to_come_may_lie_in_the_future():
    text = agreed(
        changed(
            AGREEMENT, starts=TOMORROW, cancelled_on="2027-01-01", renewal_pending={"until": TOMORROW, "by": "Sales"}
        )
    )
    assert not here("REC013", text)


# Unfinished texts


@pytest.mark.parametrize(
    "words",
    [
        "TODO",
        "TODO: ask",
        "ask (TBD)",
        "FIXME",
        "the key is XXX.",
        "the key: ???",
        "Lorem ipsum dolor",
        "see TODO, later",
    ],
)
def test_a_text_that_is_not_finished_is_found(words: str):
    text = agreed(AGREEMENT, notes=words)
    assert here("DOC015", text) == ["notes"]


@pytest.mark.parametrize(
    "words",
    [
        "todo",
        "Todo list",
        "TODO-SRV01",
        "XXX-PC1",
        r"\\srv\TODO\x",
        "TODO.xlsx",
        "vault://x/TODO",
        "TODO@x.example",
        "Really???",
        "XXXL",
        "MASTODON",
        "#TODO",
        "TODO_list",
        "XXX*",
        "TBDs",
        "/TODO/",
    ],
)
def test_a_name_is_no_unfinished_text(words: str):
    assert not here("DOC015", agreed(AGREEMENT, notes=words))


def test_every_line_of_a_record_is_read():
    text = agreed(AGREEMENT, contacts=[{"name": "Owner", "phone": "TBD"}], fields={"visits": "TODO"})
    assert here("DOC015", text) == ["contacts.0.phone", "fields.visits"]


BLOCK = """\
client: Somebody
notes: |
  First line.

    - second: TODO ask

warning: >-
  One
  two TODO
  three
reviewed: {on: 2026-10-01, by: TODO}
"""


def test_an_unfinished_line_of_a_block_is_found_at_that_line():
    places = [str(one.place) for one in found(BLOCK).findings if one.code == "DOC015"]
    assert places == [f"{SOMEBODY}:5:1", f"{SOMEBODY}:7:10", spot(SOMEBODY, BLOCK, "TODO}")]


def test_a_hand_written_page_that_is_not_finished_is_found_at_the_word():
    page = '---\ntitle: x\n---\n# Page\n\n??? note "Folded"\n    Text\n\nWrite `TODO` here.\nThen TODO that.\n'
    finding = the(found(agreed(AGREEMENT), files={"docs/page.md": page}), "DOC016")
    assert str(finding.place) == "docs/page.md:10:6"


# What a set-up has to say

FULL: Mapping[str, Any] = {
    **SETUP,
    "items": [{"name": "SRV1", "kind": "server"}],
    "jobs": [{"name": "N", "items": ["srv1"], "schedule": "daily at 22:00", "keeps": {"daily": 30}, "to": "a"}],
    "steps": [{"do": "Install it."}],
}


def one(**changes: Any) -> str:
    return json.dumps({"client": "Somebody", "copies": [{"id": "a"}], "setups": [changed(FULL, **changes)]})


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"items": None}, "DOC002", "items (what is protected)"),
        ({"items": [{"name": "SRV1"}]}, "DOC002", "what kind of thing SRV1 is"),
        ({"jobs": None}, "DOC006", "jobs"),
        ({"steps": None}, "DOC006", "steps (how it was made)"),
        ({"jobs": [{"name": "N", "items": ["srv1"]}]}, "DOC006", "the job N does not say: schedule, keeps, to"),
        ({"jobs": None, "managed_by": "on_request"}, "DOC006", "jobs"),
    ],
)
def test_what_is_missing_is_said_by_the_rule_of_its_profile(changes: dict[str, Any], code: str, words: str):
    report = found(one(**changes))
    finding = the(report, code)
    assert words in finding.message
    assert finding.severity is Severity.ERROR
    assert {"DOC002", "DOC006"} & {each.code for each in report.findings} == {code}


def test_a_set_up_that_says_all_or_is_somebody_elses_is_complete():
    for text in (one(), one(managed_by="client", jobs=None, steps=None)):
        assert not here("DOC002", text)
        assert not here("DOC006", text)


def test_what_could_not_be_read_is_not_missing():
    assert not here("DOC006", one(steps=[{"done": "x"}]))
    assert not here("DOC002", json.dumps({"client": "Somebody", "copies": "tape", "setups": [FULL]}))


def test_the_first_profile_asks_what_is_protected_alone():
    assert (RULES["DOC002"].profile, RULES["DOC006"].profile) == ("start", "standard")


LISTED = STRICT + "standard_products: [tape]\n"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, True),
        ({"managed_by": "on_request"}, True),
        ({"managed_by": "client"}, False),
        ({"product_reason": "Their insurer asks for it."}, False),
        ({"product": "tape", "product_name": None}, False),
    ],
)
def test_a_product_off_the_list_has_a_reason(changes: dict[str, Any], *, told: bool):
    assert here("DOC014", one(**changes), policy=LISTED) == (["setups.0.product"] if told else [])
    assert not here("DOC014", one(**changes))


# Ids in other systems


def two(one: dict[str, Any], other: dict[str, Any]) -> Report:
    first = json.dumps({"client": "Somebody", **one})
    second = json.dumps({"client": "Other", **other})
    return found(first, files={"clients/other.yml": second})


def test_an_id_in_another_system_belongs_to_one_client():
    report = two({"external_ids": {"psa": "1042"}}, {"external_ids": {"PSA": "1042"}})
    findings = [each for each in report.findings if each.code == "REC012"]
    assert [(each.client, each.place.file) for each in findings] == [
        ("other", "clients/other.yml"),
        ("somebody", SOMEBODY),
    ]
    assert findings[1].related[0].place == findings[0].place


def test_ids_of_items_are_compared_with_ids_of_items():
    def with_item(value: str) -> dict[str, Any]:
        return {"setups": [changed(FULL, items=[{"name": "A", "kind": "server", "external_ids": {"rmm": value}}])]}

    assert len([each for each in two(with_item("7"), with_item("7")).findings if each.code == "REC012"]) == 2
    for one, other in ((with_item("7"), with_item("8")), (with_item("7"), {"external_ids": {"rmm": "7"}})):
        assert "REC012" not in [each.code for each in two(one, other).findings]


def test_one_client_may_name_an_id_twice():
    items = [{"name": name, "kind": "server", "external_ids": {"rmm": "7"}} for name in "AB"]
    assert "REC012" not in [each.code for each in found(one(items=items)).findings]


# The calendar


@pytest.mark.parametrize(
    ("code", "thresholds"),
    [
        ("DOC020", ""),
        ("DOC020", "{review_days: 10}"),
        ("DOC020", "{review_days: 400, review_limit_days: 200}"),
        ("DOC021", ""),
        ("DOC021", "{review_days: 10}"),
        ("DOC021", "{review_days: 400, review_limit_days: 380}"),
    ],
)
def test_every_day_on_which_a_review_turns_is_known_ahead(code: str, thresholds: str):
    policy = STRICT + (f"thresholds: {thresholds}\n" if thresholds else "")
    assert not missed(code, reviewed("2026-01-15"), policy)
