"""The first screen: what may be done, whom to call, whether it can be restored, each as the record has it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from runbooks.fleet import Fleet, Record
from runbooks.pages import glance
from tests import sample
from tests.sample import AGREEMENT, RECORD, changed

SITES = [{"id": "high", "name": "High Street"}]
COPIES = [
    {"id": "shelf", "site": "high", "medium": "nas"},
    {"id": "away", "site": "offsite", "medium": "object", "immutable_days": 30},
]
JOBS = [
    {"name": "Nightly", "items": ["srv1"], "to": "shelf", "schedule": "daily at 22:00", "keeps": {"daily": 30}},
    {"name": "Away", "from": "shelf", "to": "away", "schedule": "after Nightly", "keeps": {"daily": 30}},
]
TEST = {"on": "2026-10-02", "kind": "machine", "items": ["srv1"], "result": "pass", "minutes": 90, "by": "J. Rivera"}
SETUP: dict[str, Any] = {
    "id": "main",
    "product": "other",
    "product_name": "Tape",
    "defaults": {"site": "high", "rpo": "24h", "rto": "4h"},
    "items": [{"name": "SRV1", "kind": "server"}],
    "jobs": JOBS,
    "restore_tests": [TEST],
}


def one(policy: str = sample.POLICY, day: date = sample.TODAY, **changes: Any) -> tuple[Record, Fleet]:
    """A client with one well protected server, with changes."""
    data = changed(RECORD, **{"sites": SITES, "copies": COPIES, "setups": [SETUP], **changes})
    fleet = sample.fleet({"policy.yml": policy, "clients/somebody.yml": json.dumps(data)}, day)
    return fleet.records[0], fleet


def marks(record: Record, fleet: Fleet) -> list[str]:
    [site] = glance.recoverable(record, fleet)["sites"]
    return [each["state"] for each in site["marks"]]


def test_what_is_protected_in_every_way_has_five_marks():
    assert marks(*one()) == ["yes"] * 5


@pytest.mark.parametrize(
    ("number", "setup"),
    [
        (0, {"jobs": JOBS[:1]}),
        (1, {"jobs": JOBS[:1]}),
        (2, {"jobs": JOBS[:1]}),
        (3, {"jobs": JOBS[:1]}),
        (4, {"restore_tests": []}),
        (4, {"restore_tests": [{**TEST, "result": "fail"}]}),
        (4, {"restore_tests": [{**TEST, "kind": "boot_check"}]}),
        (4, {"restore_tests": [{**TEST, "on": "2026-01-02"}]}),
    ],
)
def test_a_mark_is_missing_where_the_record_lacks_what_it_stands_for(number: int, setup: dict[str, Any]):
    assert marks(*one(setups=[{**SETUP, **setup}]))[number] == "no"


def test_a_copy_that_does_not_exist_leaves_the_marks_unknown_and_never_good():
    jobs = [*JOBS, {"name": "Lost", "from": "shelf", "to": "nowhere", "schedule": "after Nightly"}]
    assert set(marks(*one(setups=[{**SETUP, "jobs": jobs}]))[:4]) == {"unknown"}


def test_agreed_is_set_beside_configured_and_tried():
    [setup] = glance.recoverable(*one())["setups"]
    assert setup["rpo"] == {"agreed": "24h", "configured": "24h", "state": "yes", "words": "as agreed"}
    assert setup["rto"] == {"agreed": "4h", "took": "90", "state": "yes", "words": "as agreed"}
    assert setup["test"] == {"on": "2026-10-02", "kind": "machine", "due": "2027-01-02"}
    assert not setup["overdue"]


@pytest.mark.parametrize(
    ("defaults", "rpo", "rto"), [({"rpo": "4h", "rto": "1h"}, "no", "no"), ({}, "unknown", "unknown")]
)
def test_worse_than_agreed_and_not_agreed_are_not_the_same(defaults: dict[str, str], rpo: str, rto: str):
    [setup] = glance.recoverable(*one(setups=[{**SETUP, "defaults": {"site": "high", **defaults}}]))["setups"]
    assert (setup["rpo"]["state"], setup["rto"]["state"]) == (rpo, rto)


def test_a_restore_test_is_overdue_on_the_day_after_it_was_due():
    states = [glance.recoverable(*one(day=date(2027, 1, day)))["setups"][0]["overdue"] for day in (2, 3)]
    assert states == [False, True]


def test_a_tenant_is_asked_for_a_copy_and_a_restore_and_not_for_three_copies():
    cloud = {**SETUP, "items": [{"name": "tenant", "kind": "saas_tenant"}]}
    found = glance.recoverable(*one(setups=[cloud]))
    assert found["sites"] == []
    assert found["cloud"]["copied"]["state"] == "no"


def test_set_ups_of_which_the_same_holds_stand_in_one_row():
    second = {**SETUP, "id": "second"}
    [row] = glance.may_work(*one(setups=[SETUP, second]))
    assert [each["id"] for each in row["setups"]] == ["main", "second"]
    assert row["covered"] == ["backup", "repair", "restore"]
    assert row["until"] == "2026-12-31"

    rows = glance.may_work(*one(setups=[SETUP, {**second, "managed_by": "client"}]))
    assert [row["managed"] for row in rows] == [None, "The client looks after it"]


def test_covered_through_is_the_day_on_which_the_first_of_the_services_ends():
    soon = changed(AGREEMENT, id="AGR-2", covers=["repair"], last_day="2026-11-30")
    rest = changed(AGREEMENT, covers=["backup", "restore", "monitoring"], last_day="2027-06-30")
    [row] = glance.may_work(*one(agreements=[soon, rest]))
    assert row["until"] == "2026-11-30"


def test_when_monitoring_ends_is_not_said_here():
    only = changed(AGREEMENT, covers=["monitoring"])
    [row] = glance.may_work(*one(agreements=[only]))
    assert (row["until"], row["agreements"]) == (None, [])


def test_how_much_a_contact_may_approve_is_said_in_the_currency_of_the_policy_and_not_without_one():
    contacts = [{"name": "Owner", "phone": "+61 2 5550 0100", "approves_up_to": 1500}]
    for policy, words in ((sample.POLICY, None), (sample.POLICY + "currency: AUD\n", "AUD 1,500")):
        record, fleet = one(policy, contacts=contacts)
        [caller] = glance.callers(record.client, fleet.policy)
        assert caller["approves"]
        assert caller["up_to"] == words


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Monday 08:00-18:00", "480-1080"),
        ("always", "0-10080"),
        ("when they feel like it", None),
        (None, None),
    ],
)
def test_hours_are_minutes_of_the_week_where_they_can_be_told(text: str | None, spans: str | None):
    assert glance.hours(text) == spans
