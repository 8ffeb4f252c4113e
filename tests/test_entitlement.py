"""The gate, case by case: who is entitled to what, on which day, and what takes it away."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from runbooks import site
from runbooks.entitlement import (
    Entitlement,
    Watch,
    entitlement,
    lower,
    promised_setups,
    remembered,
    renewal_pending,
    standing,
    watch,
    watches,
)
from runbooks.errors import UserError
from runbooks.findings import Blocks, KeyPath, Severity
from runbooks.fleet import Record
from runbooks.records.client import Level
from tests.sample import (
    AGREEMENT,
    POLICY,
    RECORD,
    SETUP,
    TODAY,
    TOMORROW,
    YESTERDAY,
    agreed,
    changed,
    checked,
    codes,
    fleet,
    policy,
    record,
    the,
)

FULL = policy()
AUTOMATED = policy(POLICY + "  block_time: {counts: false, automated_counts: true}\n")
BLOCK = changed(AGREEMENT, type="block_time", block={"auto_topup": True})


def asked(text: str | bytes | Record, setup: int = 0, *, rules: Any = FULL, day: date = TODAY) -> Entitlement:
    """What a record gives for one set-up; every way of asking has to give the same answer."""
    client = (text if isinstance(text, Record) else record(text)).client
    found = entitlement(client, client.setups[setup], rules, day)
    licence = watch(client, client.setups[setup], rules, day)
    assert (licence is not None) == (found.monitoring != "none") == ("monitoring" in found.services)
    assert lower(found.offered, found.monitoring) == found.monitoring
    if licence is not None:
        assert licence.level == found.monitoring
        assert licence.through == found.through
        assert licence.setup.id in {one.setup.id for one in watches(client, rules, day)}
    return found


def one(**changes: Any) -> str:
    """The usual record with its only agreement changed; None takes a key out."""
    return agreed(changed(AGREEMENT, **changes))


GIVING = {
    "as it is": ({}, "2026-12-31"),
    "starts today": ({"starts": str(TODAY)}, "2026-12-31"),
    "last day today": ({"last_day": str(TODAY)}, str(TODAY)),
    "last day tomorrow": ({"last_day": TOMORROW}, TOMORROW),
    "one day long": ({"starts": str(TODAY), "last_day": str(TODAY)}, str(TODAY)),
    "open-ended": ({"last_day": None, "open_ended": True}, None),
    "open-ended, renewed by signature": ({"last_day": None, "open_ended": True, "renews": "by_signature"}, None),
    "renews automatically, past its last day": ({"last_day": YESTERDAY, "renews": "automatically"}, None),
    "renews automatically, years past its last day": (
        {"starts": "2001-01-01", "last_day": "2002-01-01", "renews": "automatically"},
        None,
    ),
    "renews automatically, without a last day": ({"last_day": None, "renews": "automatically"}, None),
    "by signature, last day today": ({"last_day": str(TODAY), "renews": "by_signature"}, str(TODAY)),
    "cancelled for tomorrow": ({"cancelled_on": TOMORROW}, str(TODAY)),
    "cancelled for after its end": ({"cancelled_on": "2027-06-01"}, "2026-12-31"),
    "prepaid through today": ({"billing": {"every": "month", "prepaid_through": str(TODAY)}}, str(TODAY)),
    "prepaid through tomorrow": ({"billing": {"every": "month", "prepaid_through": TOMORROW}}, TOMORROW),
    "prepaid 24 months, yearly": (
        {"starts": "2026-01-01", "last_day": None, "open_ended": True}
        | {"billing": {"every": "year", "prepaid_through": "2027-12-31"}},
        "2027-12-31",
    ),
    "prepaid 24 months, monthly, ending before": (
        {"billing": {"every": "month", "prepaid_through": "2027-12-31"}},
        "2026-12-31",
    ),
    "monthly, an invoice still unpaid": (
        {"billing": {"every": "month", "last_invoice_on": "2026-09-01"}},
        "2026-12-31",
    ),
    "invoiced each quarter": ({"billing": {"every": "quarter"}}, "2026-12-31"),
    "invoiced each year": ({"billing": {"every": "year"}}, "2026-12-31"),
    "renews automatically, prepaid": (
        {"last_day": YESTERDAY, "renews": "automatically", "billing": {"every": "year", "prepaid_through": TOMORROW}},
        TOMORROW,
    ),
    "covers monitoring alone": ({"covers": ["monitoring"]}, "2026-12-31"),
    "covers this set-up by name": ({"covers": [{"service": "monitoring", "setups": ["main"]}]}, "2026-12-31"),
}


@pytest.mark.parametrize(("changes", "through"), GIVING.values(), ids=GIVING)
def test_an_agreement_in_force_gives_monitoring(changes: Mapping[str, Any], through: str | None):
    found = asked(one(**changes))
    assert found.monitoring == found.offered == "full"
    assert found.through == (date.fromisoformat(through) if through else None)
    assert found.refusals == ()
    assert found.monitoring_grant is not None
    assert found.monitoring_grant.agreement == "AGR-1"
    assert found.monitoring_grant.at == ("agreements", 0)


REFUSING: dict[str, tuple[dict[str, Any], str, KeyPath]] = {
    "starts tomorrow": ({"starts": TOMORROW}, "it starts on 2026-11-23", ("starts",)),
    "last day yesterday": ({"last_day": YESTERDAY}, "it ended on 2026-11-21", ("last_day",)),
    "by signature, past": ({"last_day": YESTERDAY, "renews": "by_signature"}, "it ended on", ("last_day",)),
    "cancelled today": ({"cancelled_on": str(TODAY)}, "it was cancelled on 2026-11-22", ("cancelled_on",)),
    "cancelled yesterday": ({"cancelled_on": YESTERDAY}, "it was cancelled on", ("cancelled_on",)),
    "cancelled, though open-ended": (
        {"last_day": None, "open_ended": True, "cancelled_on": YESTERDAY},
        "it was cancelled on",
        ("cancelled_on",),
    ),
    "cancelled, though it renews": (
        {"renews": "automatically", "cancelled_on": YESTERDAY},
        "it was cancelled on",
        ("cancelled_on",),
    ),
    "prepaid through yesterday": (
        {"billing": {"every": "month", "prepaid_through": YESTERDAY}},
        "it is paid for through 2026-11-21 only",
        ("billing", "prepaid_through"),
    ),
    "prepaid through yesterday, though it renews": (
        {"renews": "automatically", "billing": {"every": "year", "prepaid_through": YESTERDAY}},
        "it is paid for through",
        ("billing", "prepaid_through"),
    ),
    "invoiced once": ({"billing": {"every": "once"}}, "it is invoiced once", ("billing", "every")),
    "invoiced once, for years ahead": (
        {"billing": {"every": "once", "prepaid_through": "2029-12-31"}},
        "it is invoiced once",
        ("billing", "every"),
    ),
    "no billing": ({"billing": None}, "it does not say how it is invoiced", ("billing",)),
    "no start": ({"starts": None}, "it does not say when it starts", ("starts",)),
    "no end": ({"last_day": None}, "it has no last day and is not open-ended", ()),
    "not open-ended, in so many words": ({"last_day": None, "open_ended": False}, "it has no last day", ()),
    "by signature, without a last day": ({"last_day": None, "renews": "by_signature"}, "it has no last day", ()),
    "two ends": ({"open_ended": True}, "it has a last day and is open-ended too", ("open_ended",)),
    "ends before it starts": (
        {"starts": "2026-11-01", "last_day": "2026-10-31", "renews": "automatically"},
        "its last day 2026-10-31 lies before its start",
        ("last_day",),
    ),
    "antivirus only": ({"covers": ["antivirus"]}, "it does not cover monitoring", ("covers",)),
    "backup only": ({"covers": ["backup", "restore"]}, "it does not cover monitoring", ("covers",)),
    "covers nothing": ({"covers": []}, "it does not cover monitoring", ("covers",)),
    "covers left out": ({"covers": None}, "it does not cover monitoring", ("covers",)),
    "a misspelt service": ({"covers": ["Monitoring"]}, "it does not cover monitoring", ("covers",)),
    "monitoring of another set-up": (
        {"covers": ["backup", {"service": "monitoring", "setups": ["elsewhere"]}]},
        "it covers monitoring, but not of the set-up main",
        ("covers", 1),
    ),
    "monitoring of no set-up": (
        {"covers": [{"service": "monitoring", "setups": []}]},
        "it covers monitoring, but not of the set-up main",
        ("covers", 0),
    ),
    "a type without monitoring": ({"type": "antivirus"}, "agreements of type antivirus give no monitoring", ("type",)),
    "a type that does not count": ({"type": "shelved"}, "agreements of type shelved do not count", ("type",)),
    "an unknown type": ({"type": "ful"}, "policy.yml knows no agreement type ful", ("type",)),
    "a type in capitals": ({"type": "Full"}, "policy.yml knows no agreement type Full", ("type",)),
    "block time": ({"type": "block_time"}, "prepaid hours are not an agreement", ("type",)),
    "block time with hours left": (
        {"type": "block_time", "block": {"hours_purchased": 50, "hours_remaining": 50}},
        "prepaid hours are not an agreement",
        ("type",),
    ),
    "automated block time": (
        {"type": "block_time", "block": {"auto_topup": True}},
        "policy.yml does not count automated block time",
        ("type",),
    ),
    "ad-hoc": ({"type": "ad_hoc"}, "ad-hoc work is not an agreement", ("type",)),
}


@pytest.mark.parametrize(("changes", "why", "at"), REFUSING.values(), ids=REFUSING)
def test_whatever_is_missing_refuses_monitoring_and_says_why_and_where(changes: dict[str, Any], why: str, at: KeyPath):
    text = one(**changes)
    found = asked(text)
    assert found.monitoring == found.offered == "none"
    assert found.through is None
    (refusal,) = found.refusals
    assert refusal.agreement == "AGR-1"
    assert refusal.why.startswith(why)
    assert refusal.at == ("agreements", 0, *at)
    finding = the(checked({"clients/somebody.yml": text}), "AGR001")
    assert finding.blocks is Blocks.PAGE
    assert finding.severity is Severity.ERROR
    assert why in finding.message


@pytest.mark.parametrize("changes", [one[0] for one in REFUSING.values()], ids=REFUSING)
def test_a_sound_agreement_beside_a_refused_one_suffices_and_is_named(changes: dict[str, Any]):
    found = asked(agreed(changed(AGREEMENT, **changes), changed(AGREEMENT, id="AGR-2")))
    assert found.monitoring == "full"
    assert found.monitoring_grant is not None
    assert found.monitoring_grant.agreement == "AGR-2"
    assert [refusal.agreement for refusal in found.refusals] == ["AGR-1"]


def test_automated_block_time_gives_alert_only_where_policy_counts_it():
    found = asked(agreed(BLOCK), rules=AUTOMATED)
    assert found.monitoring == found.offered == "alert_only"


def test_block_time_that_does_not_renew_itself_never_counts():
    for block in (None, {}, {"auto_topup": False}, {"hours_remaining": 50}):
        found = asked(agreed(changed(BLOCK, block=block)), rules=AUTOMATED)
        assert found.offered == "none"
        assert found.services == frozenset()


def test_counted_block_time_still_needs_days_an_invoice_and_monitoring():
    for changes in ({"last_day": YESTERDAY}, {"billing": {"every": "once"}}, {"covers": ["backup"]}, {"billing": None}):
        assert asked(agreed(changed(BLOCK, **changes)), rules=AUTOMATED).offered == "none"


LEVELS: tuple[Level, ...] = ("none", "alert_only", "full")


@pytest.mark.parametrize("promised", LEVELS)
@pytest.mark.parametrize("given", LEVELS)
def test_the_level_is_the_lower_of_the_types_and_the_records(given: Level, promised: Level):
    kind = {"none": "antivirus"}.get(given, given)
    found = asked(agreed(changed(AGREEMENT, type=kind), monitoring={"level": promised}))
    assert found.offered == given
    assert found.monitoring == lower(given, promised)
    assert LEVELS.index(found.monitoring) == min(LEVELS.index(given), LEVELS.index(promised))


def test_a_record_that_asks_for_more_than_the_type_gives_is_an_error_that_names_the_agreement():
    text = agreed(changed(AGREEMENT, type="alert_only"))
    assert asked(text).monitoring == "alert_only"
    finding = the(checked({"clients/somebody.yml": text}), "AGR002")
    assert finding.path == ("monitoring", "level")
    assert "alert_only at most" in finding.message
    assert [related.message for related in finding.related] == ["gives alert_only"]


def test_of_two_agreements_in_force_the_one_that_gives_more_is_named():
    full, told = changed(AGREEMENT, id="AGR-FULL"), changed(AGREEMENT, id="AGR-TOLD", type="alert_only")
    for both in ((full, told), (told, full)):
        found = asked(agreed(*both))
        assert found.monitoring == "full"
        assert found.monitoring_grant is not None
        assert found.monitoring_grant.agreement == "AGR-FULL"


def test_of_two_agreements_of_one_level_the_longer_one_is_named():
    short, endless = changed(AGREEMENT, id="A"), changed(AGREEMENT, id="B", last_day=None, open_ended=True)
    later = changed(AGREEMENT, id="C", last_day="2027-12-31")
    assert asked(agreed(short, later)).through == date(2027, 12, 31)
    assert asked(agreed(later, short)).through == date(2027, 12, 31)
    assert asked(agreed(later, endless, short)).through is None


def test_two_agreements_of_one_id_give_nothing():
    found = asked(agreed(AGREEMENT, AGREEMENT))
    assert found.services == frozenset()
    assert {refusal.why for refusal in found.refusals} == {"two agreements have the id AGR-1"}


def test_a_third_agreement_counts_beside_two_of_one_id():
    found = asked(agreed(AGREEMENT, changed(AGREEMENT, last_day=YESTERDAY), changed(AGREEMENT, id="AGR-3")))
    assert found.monitoring_grant is not None
    assert found.monitoring_grant.agreement == "AGR-3"


def test_without_any_agreement_there_is_nothing():
    for text in (agreed(), json.dumps(changed(RECORD, agreements=None))):
        found = asked(text)
        assert found.services == frozenset()
        assert found.refusals == ()
        message = the(checked({"clients/somebody.yml": text}), "AGR001").message
        assert "the record has no agreement" in message


def test_one_set_up_can_be_covered_and_another_not():
    covers = ["backup", "repair", "restore", {"service": "monitoring", "setups": ["main"]}]
    setups = [SETUP, changed(SETUP, id="cloud")]
    text = agreed(changed(AGREEMENT, covers=covers), setups=setups)
    assert asked(text, 0).monitoring == "full"
    other = asked(text, 1)
    assert other.monitoring == "none"
    assert other.services == {"backup", "repair", "restore"}
    client = record(text).client
    assert [licence.setup.id for licence in watches(client, FULL, TODAY)] == ["main"]
    finding = the(checked({"clients/somebody.yml": text}), "AGR001")
    assert "monitoring of cloud is promised" in finding.message


def test_each_set_up_can_have_its_own_agreement():
    covering = [{"service": "monitoring", "setups": ["main"]}], [{"service": "monitoring", "setups": ["cloud"]}]
    first, second = changed(AGREEMENT, covers=covering[0]), changed(AGREEMENT, id="AGR-2", covers=covering[1])
    second["type"] = "alert_only"
    client = record(agreed(first, second, setups=[SETUP, changed(SETUP, id="cloud")])).client
    licences = watches(client, FULL, TODAY)
    assert [(one.setup.id, one.level, one.agreement) for one in licences] == [
        ("main", "full", "AGR-1"),
        ("cloud", "alert_only", "AGR-2"),
    ]


def test_a_set_up_id_that_stands_twice_gives_nothing_to_either_and_leaves_the_others():
    text = agreed(AGREEMENT, setups=[SETUP, changed(SETUP, id="cloud"), changed(SETUP, product_name="Disk")])
    assert asked(text, 0).services == frozenset()
    assert asked(text, 2).services == frozenset()
    assert asked(text, 1).monitoring == "full"


def test_services_other_than_monitoring_need_no_promise():
    text = agreed(AGREEMENT, monitoring={"level": "none"})
    assert asked(text).services == {"backup", "repair", "restore"}
    assert asked(text).offered == "full"
    assert asked(agreed(AGREEMENT, monitoring=None)).services == {"backup", "repair", "restore"}


def test_services_are_those_that_agreements_in_force_cover_together():
    both = changed(AGREEMENT, covers=["backup"]), changed(AGREEMENT, id="AGR-2", covers=["antivirus", "restore"])
    ended = changed(AGREEMENT, id="AGR-3", covers=["repair"], last_day=YESTERDAY)
    assert asked(agreed(*both, ended)).services == {"backup", "antivirus", "restore"}


def test_a_type_without_monitoring_gives_the_other_services():
    assert asked(one(type="antivirus")).services == {"backup", "repair", "restore"}


def test_a_service_that_does_not_exist_is_not_given():
    assert asked(one(covers=["backup", "bakcup", "MONITORING"])).services == {"backup"}


@pytest.mark.parametrize("status", ["prospect", "former"])
def test_a_client_who_is_none_is_given_nothing(status: str):
    text = agreed(AGREEMENT, status=status)
    assert asked(text).services == frozenset()
    assert asked(text).refusals[0].at == ("status",)


@pytest.mark.parametrize("status", ["onboarding", "active", "offboarding"])
def test_a_client_on_the_way_in_or_out_is_entitled_while_the_agreement_holds(status: str):
    assert asked(agreed(AGREEMENT, status=status)).monitoring == "full"


@pytest.mark.parametrize(
    ("day", "last", "entitled"),
    [
        ("2028-02-28", "2028-02-29", True),
        ("2028-02-29", "2028-02-29", True),
        ("2028-03-01", "2028-02-29", False),
        ("2027-02-28", "2027-02-28", True),
        ("2027-03-01", "2027-02-28", False),
        ("2027-12-31", "2027-12-31", True),
        ("2028-01-01", "2027-12-31", False),
    ],
)
def test_the_last_day_counts_in_leap_years_and_at_the_turn_of_the_year(day: str, last: str, *, entitled: bool):
    found = asked(one(last_day=last), day=date.fromisoformat(day))
    assert (found.monitoring == "full") == entitled


def test_cancelled_on_the_first_of_march_holds_through_29_february():
    found = asked(one(last_day="2028-12-31", cancelled_on="2028-03-01"), day=date(2028, 2, 29))
    assert found.through == date(2028, 2, 29)


def test_over_its_life_an_agreement_is_in_force_without_a_gap_from_its_start_through_its_last_day():
    client = record(one(starts="2026-02-25", last_day="2026-03-05")).client
    days = [date(2026, 2, 20) + timedelta(days=number) for number in range(20)]
    given = [day for day in days if entitlement(client, client.setups[0], FULL, day).monitoring == "full"]
    assert given == [day for day in days if date(2026, 2, 25) <= day <= date(2026, 3, 5)]


YAML = """\
client: Somebody
status: active
agreements:
  - id: AGR-1
    type: full
    covers: [backup, monitoring, repair, restore]
    starts: 2026-01-01
    last_day: 2026-12-31
    billing: {every: month}
setups:
  - id: main
    product: other
    product_name: Tape
monitoring:
  level: full
"""


def test_the_record_that_is_spoilt_below_is_entitled_as_it_stands():
    assert asked(YAML).monitoring == "full"
    assert asked(b"\xef\xbb\xbf" + YAML.replace("\n", "\r\n").encode()).monitoring == "full"


SPOILT = {
    "an unknown key": ("    last_day: 2026-12-31\n", "    last_day: 2026-12-31\n    canceled_on: 2026-11-01\n"),
    "a misspelt key in billing": ("{every: month}", "{every: month, prepayed_through: 2026-01-01}"),
    "a wrong day": ("last_day: 2026-12-31", "last_day: 31.12.2026"),
    "a day without zeros": ("starts: 2026-01-01", "starts: 2026-1-1"),
    "a day that is not in the calendar": ("last_day: 2026-12-31", "last_day: 2026-11-31"),
    "a day with a time": ("starts: 2026-01-01", "starts: 2026-01-01T00:00:00"),
    "a number for a day": ("last_day: 2026-12-31", "last_day: 20261231"),
    "a list for a day": ("last_day: 2026-12-31", "last_day: [2026-12-31]"),
    "a key twice": ("    starts: 2026-01-01\n", "    starts: 2026-01-01\n    starts: 2026-12-01\n"),
    "the agreements twice": ("setups:\n", "agreements: []\nsetups:\n"),
    "monitoring twice": ("monitoring:\n", "monitoring: {level: none}\nmonitoring:\n"),
    "a value that programs read differently": ("last_day: 2026-12-31", "last_day: 2026-12-31\n    open_ended: no"),
    "an id that loses its zero": ("id: AGR-1", "id: 0042"),
    "an anchor": ("billing: {every: month}", "billing: &b {every: month}"),
    "a merge key": ("billing: {every: month}", "billing: {<<: {every: month}}"),
    "a tag": ("type: full", "type: !!str full"),
    "a word for a flag": ("last_day: 2026-12-31", 'last_day: 2026-12-31\n    open_ended: "false"'),
    "a billing that nobody knows": ("{every: month}", "{every: fortnight}"),
    "covers as a text": ("[backup, monitoring, repair, restore]", "monitoring"),
    "covers with a number": ("[backup, monitoring, repair, restore]", "[monitoring, 7]"),
    "a status that nobody knows": ("status: active", "status: actve"),
    "a level that nobody knows": ("level: full", "level: Full"),
    "a level in a list": ("level: full", "level: [full]"),
    "a misspelt key beside the level": ("level: full", "level: full\n  setup: [main]"),
    "an unknown key in the set-up": ("product_name: Tape", "product_name: Tape\n    managed-by: client"),
    "a set-up somebody unknown manages": ("product_name: Tape", "product_name: Tape\n    managed_by: them"),
    "a quotation that is never closed, below": ("level: full\n", 'level: full\nnotes: "never closed\n'),
    "a bracket that is never closed, above": ("client: Somebody\n", "client: Somebody\ngroups: [dental\n"),
    "a tab, below": ("level: full\n", "level: full\n\tchecked: daily\n"),
    "a second document, below": ("level: full\n", "level: full\n---\nclient: Somebody else\n"),
    "an invisible character": ("last_day: 2026-12-31", "last_day: 2026-12-\u200b31"),
}


@pytest.mark.parametrize(("old", "new"), SPOILT.values(), ids=SPOILT)
def test_what_cannot_be_read_gives_no_monitoring(old: str, new: str):
    assert YAML.count(old) == 1
    text = YAML.replace(old, new)
    read = record(text)
    assert watches(read.client, FULL, TODAY) == ()
    for setup in read.client.setups:
        found = entitlement(read.client, setup, FULL, TODAY)
        assert found.monitoring == "none"
        assert found.through is None
    report = checked({"clients/somebody.yml": text})
    assert "somebody" in report.blocked_clients
    assert not report.passed


def test_a_file_that_is_no_text_gives_nothing():
    for raw in (YAML.encode("utf-16"), b"\xff\xfe\x00", b"", b"\x00" * 100, YAML.encode()[:-3] + b"\xff\n"):
        assert watches(record(raw).client, FULL, TODAY) == ()


def test_an_unreadable_agreement_takes_nothing_from_the_one_beside_it():
    second = "  - {id: AGR-2, type: alert_only, covers: [monitoring], starts: 2026-01-01, open_ended: true, foo: 1}\n"
    found = asked(YAML.replace("setups:\n", second + "setups:\n"))
    assert found.monitoring == "full"
    assert [refusal.why for refusal in found.refusals] == ["it cannot be read: mend the errors in it first"]
    assert found.refusals[0].at == ("agreements", 1)


def test_an_agreement_after_one_that_was_left_out_keeps_its_place_in_the_file():
    text = YAML.replace("agreements:\n", "agreements:\n  - {id: AGR-0, covers: [monitoring]}\n")
    found = asked(text)
    assert found.monitoring_grant is not None
    assert found.monitoring_grant.at == ("agreements", 1)


def test_a_spoilt_set_up_takes_nothing_from_the_one_beside_it():
    text = YAML.replace("monitoring:\n", "  - {id: cloud, product: other, produkt_name: Disk}\nmonitoring:\n")
    assert asked(text, 0).monitoring == "full"
    spoilt = asked(text, 1)
    assert spoilt.services == frozenset()
    assert spoilt.refusals[0].why == "the set-up cloud cannot be read: mend the errors in it first"


def test_a_problem_elsewhere_in_the_record_leaves_the_decision_alone():
    text = YAML.replace("status: active\n", "status: active\ncontacts: [{name: Owner, fone: 1}]\n")
    assert asked(text).monitoring == "full"


def test_a_broken_part_of_a_record_leaves_nothing_decided():
    setups = "setups:\n  - {id: main, product: other, product_name: Tape}\n"
    agreements = YAML.split("setups:", maxsplit=1)[0].replace("client: Somebody\nstatus: active\n", "")
    files = {
        "clients/somebody/client.yml": "client: Somebody\nmonitoring: {level: full}\n",
        "clients/somebody/agreements.yml": agreements,
        "clients/somebody/setups.yml": setups,
    }
    (whole,) = fleet(files).records
    assert asked(whole).monitoring == "full"
    for name in files:
        for content in ('notes: "never closed', "", "- a list"):
            (broken,) = fleet(files | {name: content}).records
            assert watches(broken.client, FULL, TODAY) == ()


def test_two_records_of_one_name_are_both_in_doubt():
    for one_of in fleet({"clients/a/somebody.yml": YAML, "clients/b/somebody.yml": YAML}).records:
        assert watches(one_of.client, FULL, TODAY) == ()


def test_a_renewal_that_sales_is_at_work_on_entitles_to_nothing():
    pending = {"until": TOMORROW, "by": "Sales"}
    text = one(last_day=YESTERDAY, renewal_pending=pending)
    assert asked(text).services == frozenset()
    client = record(text).client
    assert renewal_pending(client, client.setups[0], FULL, TODAY) is not None
    report = checked({"clients/somebody.yml": text})
    finding = the(report, "AGR001")
    assert finding.severity is Severity.WARNING
    assert finding.blocks is Blocks.PAGE
    assert "Sales is renewing it" in finding.help


@pytest.mark.parametrize(("until", "severity"), [(YESTERDAY, 2), (str(TODAY), 1), (TOMORROW, 1)])
def test_a_pending_renewal_warns_through_its_last_day_and_is_an_error_after(until: str, severity: int):
    text = one(last_day=YESTERDAY, renewal_pending={"until": until, "by": "Sales"})
    assert the(checked({"clients/somebody.yml": text}), "AGR001").severity == severity


def test_a_pending_renewal_that_cannot_be_read_warns_of_nothing():
    text = one(last_day=YESTERDAY, renewal_pending={"until": TOMORROW, "by": "Sales", "sure": True})
    client = record(text).client
    assert renewal_pending(client, client.setups[0], FULL, TODAY) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "ad_hoc"},
        {"type": "shelved"},
        {"covers": ["backup"]},
        {"last_day": TOMORROW},
        {"last_day": "2026-08-23"},
        {"covers": [{"service": "monitoring", "setups": ["other"]}]},
    ],
    ids=str,
)
def test_only_the_late_signature_of_an_agreement_that_gave_it_softens_anything(changes: dict[str, object]):
    pending = {"until": "2099-12-31", "by": "Sales"}
    client = record(one(**{"last_day": YESTERDAY, "renewal_pending": pending, **changes})).client
    assert renewal_pending(client, client.setups[0], FULL, TODAY) is None


def test_a_renewal_softens_for_as_long_as_a_waiver_may_and_never_for_a_prospect():
    pending = {"until": "2099-12-31", "by": "Sales"}
    client = record(one(last_day="2026-08-24", renewal_pending=pending)).client
    assert renewal_pending(client, client.setups[0], FULL, TODAY) is not None
    assert renewal_pending(client, client.setups[0], FULL, date.fromisoformat(TOMORROW)) is None
    prospect = client.model_copy(update={"status": "prospect"})
    assert renewal_pending(prospect, client.setups[0], FULL, TODAY) is None


def test_a_waiver_entitles_nobody():
    waived = POLICY + (
        "waivers:\n"
        "  - {rule: AGR001, client: somebody, reason: A friend, approver: Boss, until: 2027-12-31}\n"
        "  - {rule: provider-mailbox, client: somebody, reason: A friend, approver: Boss, until: 2027-12-31}\n"
        'rules: {AGR001: "off"}\n'
    )
    text = one(last_day=YESTERDAY)
    assert asked(text, rules=policy(waived)).services == frozenset()
    report = checked({"policy.yml": waived, "clients/somebody.yml": text})
    assert the(report, "AGR001").severity is Severity.ERROR
    assert codes(report).count("POL005") == 3
    assert report.waived == ()


def test_the_promise_is_about_the_set_ups_it_names():
    setups = [SETUP, changed(SETUP, id="cloud")]
    text = agreed(AGREEMENT, setups=setups, monitoring={"level": "full", "setups": ["cloud"]})
    assert asked(text, 0).monitoring == "none"
    assert asked(text, 0).offered == "full"
    assert asked(text, 1).monitoring == "full"


def test_a_promise_for_no_set_up_watches_none():
    assert asked(agreed(AGREEMENT, monitoring={"level": "full", "setups": []})).monitoring == "none"


def test_without_names_the_promise_is_about_the_set_ups_we_look_after():
    managed = ["us", "client", "on_request", "third_party"]
    setups = [changed(SETUP, id=f"s{number}", managed_by=who) for number, who in enumerate(managed)]
    client = record(agreed(AGREEMENT, setups=setups)).client
    assert [setup.id for setup in promised_setups(client)] == ["s0", "s2"]
    assert [licence.setup.id for licence in watches(client, FULL, TODAY)] == ["s0", "s2"]


def test_a_set_up_of_another_client_is_never_watched():
    ours, theirs = record(agreed(AGREEMENT)).client, record(agreed(AGREEMENT)).client
    assert entitlement(ours, theirs.setups[0], FULL, TODAY).monitoring == "none"
    assert watch(ours, theirs.setups[0], FULL, TODAY) is None


def test_an_agreements_standing_says_through_when_and_from_where():
    client = record(one(billing={"every": "month", "prepaid_through": "2026-11-30"})).client
    found = standing(client, client.agreements[0], FULL, TODAY)
    assert (found.in_force, found.why, found.through) == (True, "in force through 2026-11-30", date(2026, 11, 30))
    assert found.at == ("agreements", 0, "billing", "prepaid_through")
    client = record(one(last_day=None, open_ended=True)).client
    found = standing(client, client.agreements[0], FULL, TODAY)
    assert (found.in_force, found.why, found.through) == (True, "in force, no end known", None)
    assert found.at == ("agreements", 0, "open_ended")


def test_a_watch_cannot_be_made_by_hand():
    client = record(agreed(AGREEMENT)).client
    grant = entitlement(client, client.setups[0], FULL, TODAY).monitoring_grant
    assert grant is not None
    assert client.monitoring is not None
    for key in (None, object(), True, Watch, client, watch(client, client.setups[0], FULL, TODAY)):
        with pytest.raises(TypeError, match="made by entitlement"):
            Watch(key, client.setups[0], "full", client.monitoring, grant)
    with pytest.raises(AttributeError):
        watches(client, FULL, TODAY)[0].more = 1  # type: ignore[attr-defined]


def _instant(text: str) -> dict[str, str]:
    return {"SOURCE_DATE_EPOCH": str(int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()))}


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("Australia/Sydney", "2026-12-31 12:59:59", "2026-12-31"),
        ("Australia/Sydney", "2026-12-31 13:00:00", "2027-01-01"),
        ("UTC", "2026-12-31 23:59:59", "2026-12-31"),
        ("UTC", "2027-01-01 00:00:00", "2027-01-01"),
        ("America/New_York", "2027-01-01 04:59:59", "2026-12-31"),
        ("America/New_York", "2027-01-01 05:00:00", "2027-01-01"),
        ("Asia/Kolkata", "2026-12-31 18:29:59", "2026-12-31"),
        ("Asia/Kolkata", "2026-12-31 18:30:00", "2027-01-01"),
        ("Pacific/Kiritimati", "2026-12-31 10:00:00", "2027-01-01"),
        ("Pacific/Pago_Pago", "2027-01-01 10:59:59", "2026-12-31"),
    ],
)
def test_the_day_is_that_of_the_providers_time_zone(zone: str, instant: str, day: str):
    rules = policy(POLICY.replace("Australia/Sydney", zone))
    today = site.as_of(rules, None, _instant(instant))
    assert today == date.fromisoformat(day)
    assert (asked(one(), rules=rules, day=today).monitoring == "full") == (day == "2026-12-31")


def test_the_day_asked_for_comes_before_the_policys_and_that_before_the_environments():
    held = policy(POLICY + "as_of: 2026-01-02\n")
    environment = _instant("2026-06-01 00:00:00")
    assert site.as_of(held, date(2026, 1, 3), environment) == date(2026, 1, 3)
    assert site.as_of(held, None, environment) == date(2026, 1, 2)
    assert site.as_of(FULL, None, environment) == date(2026, 6, 1)


def test_without_anything_else_the_day_is_today_in_the_providers_zone():
    before = datetime.now(FULL.zone).date()
    found = site.as_of(FULL, None, {})
    assert before <= found <= datetime.now(FULL.zone).date()


@pytest.mark.parametrize("epoch", ["soon", "1e9", "999999999999999999", "2026-01-01"])
def test_an_epoch_that_is_no_number_of_seconds_is_refused(epoch: str):
    with pytest.raises(UserError, match="SOURCE_DATE_EPOCH"):
        site.as_of(FULL, None, {"SOURCE_DATE_EPOCH": epoch})


def test_what_is_remembered_is_of_that_client_set_up_policy_and_day_alone():
    whole, bare, days = record(agreed(AGREEMENT)), record(agreed()), (TODAY, date(2020, 1, 1))
    cases = [(one.client, rules, day) for one in (whole, bare) for rules in (FULL, AUTOMATED) for day in days]
    plain = [entitlement(client, client.setups[0], rules, day) for client, rules, day in cases]
    assert len(set(plain)) > 2
    with remembered(), remembered():
        for _ in range(2):
            assert [entitlement(client, client.setups[0], rules, day) for client, rules, day in cases] == plain


def test_a_record_that_comes_into_doubt_is_asked_anew_while_answers_are_remembered():
    one = record(agreed(AGREEMENT))
    with remembered():
        assert watches(one.client, FULL, TODAY)
        one.client.doubt(frozenset({()}))
        assert not watches(one.client, FULL, TODAY)


def test_nothing_is_remembered_once_a_check_is_over():
    one = record(agreed(AGREEMENT))
    with remembered():
        assert entitlement(one.client, one.client.setups[0], FULL, TODAY).monitoring != "none"
    one.client.doubt(frozenset({()}))
    assert entitlement(one.client, one.client.setups[0], FULL, TODAY).monitoring == "none"
