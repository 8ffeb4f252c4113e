"""What is paid for: terms of agreements, hours, figures, invoices, and devices."""

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
from tests.sample import AGREEMENT, SETUP, STRICT, TODAY, agreed, changed, checked, codes, spot, the

BLOCK: Mapping[str, Any] = {"id": "AGR-1", "type": "block_time", "starts": "2026-01-01"}
AD_HOC: Mapping[str, Any] = {"id": "AGR-1", "type": "ad_hoc", "starts": "2026-01-01", "billing": {"every": "once"}}
OPEN: Mapping[str, Any] = changed(AGREEMENT, last_day=None, open_ended=True)


def found(text: str, day: date = TODAY, policy: str = STRICT) -> Report:
    return checked({"policy.yml": policy, SOMEBODY: text}, day)


def here(code: str, text: str, day: date = TODAY, policy: str = STRICT) -> list[str]:
    """The key paths at which a rule finds something."""
    paths = [finding.path for finding in found(text, day, policy).findings if finding.code == code]
    return [".".join(map(str, path)) for path in paths]


def plain(*agreements: Mapping[str, Any], **changes: Any) -> str:
    """A record with these agreements and nothing promised."""
    return agreed(*agreements, monitoring=None, **changes)


# Terms


@pytest.mark.parametrize("kind", ["full", "alert_only", "antivirus"])
def test_a_type_that_counts_is_not_invoiced_once(kind: str):
    text = plain(changed(OPEN, type=kind, billing={"every": "once"}))
    finding = the(found(text), "AGR006")
    assert finding.path == ("agreements", 0, "billing", "every")
    assert str(finding.place) == spot(SOMEBODY, text, '"once"')
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize("kind", ["ad_hoc", "block_time", "shelved", "nonsense"])
def test_a_type_that_does_not_count_may_be_invoiced_once(kind: str):
    assert not here("AGR006", plain(changed(OPEN, type=kind, billing={"every": "once"})))


def test_a_full_agreement_covers_the_backup():
    assert here("AGR007", plain(changed(OPEN, covers=["monitoring", "antivirus"]))) == ["agreements.0.covers"]
    assert not here("AGR007", plain(changed(OPEN, covers=["monitoring", "backup"])))


def test_an_alert_only_agreement_or_one_that_is_over_need_not_cover_the_backup():
    assert not here("AGR007", plain(changed(OPEN, type="alert_only", covers=["monitoring"])))
    assert not here("AGR007", plain(changed(OPEN, type="antivirus", covers=["antivirus"])))
    assert not here("AGR007", plain(changed(AGREEMENT, covers=["monitoring"], last_day="2026-05-01")))
    assert not missed("AGR007", plain(changed(AGREEMENT, covers=["monitoring"], last_day="2026-05-01")))


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"last_day": "2026-12-22"}, "agreements.0.last_day"),
        ({"last_day": "2026-11-22"}, "agreements.0.last_day"),
        ({"last_day": "2026-12-23"}, ""),
        ({"last_day": "2026-11-21"}, ""),
        ({"last_day": "2026-12-22", "renews": "automatically"}, ""),
        ({"last_day": "2026-12-22", "renews": "by_signature"}, "agreements.0.last_day"),
        ({"last_day": None, "open_ended": True}, ""),
        ({"cancelled_on": "2026-12-01"}, "agreements.0.cancelled_on"),
        ({"billing": {"every": "year", "prepaid_through": "2026-12-05"}}, "agreements.0.billing.prepaid_through"),
    ],
)
def test_it_is_said_thirty_days_before_an_agreement_ends(changes: dict[str, Any], path: str):
    assert here("AGR008", plain(changed(AGREEMENT, **changes))) == ([path] if path else [])


def test_the_window_before_an_end_is_the_policys():
    policy = STRICT + "thresholds: {warn_before_days: 60}\n"
    assert here("AGR008", plain(AGREEMENT), policy=policy) == ["agreements.0.last_day"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, False),
        ({"starts": "2027-01-02"}, True),
        ({"covers": ["backup"]}, True),
        ({"covers": ["backup", "repair", "restore", {"service": "monitoring", "setups": ["main"]}]}, True),
        ({"type": "ad_hoc"}, True),
        ({"last_day": "2026-12-31"}, True),
    ],
)
def test_an_agreement_that_is_followed_by_another_does_not_end(changes: dict[str, Any], *, told: bool):
    last = {"last_day": "2027-12-31", **changes}
    text = plain(AGREEMENT, changed(AGREEMENT, **{"id": "AGR-2", "starts": "2026-12-31", **last}))
    assert ("agreements.0.last_day" in here("AGR008", text, date(2026, 12, 20))) is told


def test_hours_that_lapse_soon_are_said_while_there_are_any():
    block = {"hours_purchased": 50, "hours_remaining": 20, "as_of": "2026-11-20", "expires_on": "2026-12-01"}
    assert here("AGR008", plain(changed(BLOCK, block=block))) == ["agreements.0.block.expires_on"]
    assert not here("AGR008", plain(changed(BLOCK, block={**block, "hours_remaining": 0})))
    assert not here("AGR008", plain(changed(BLOCK, block=block), status="former"))


def test_a_reminder_is_marked_as_one():
    assert RULES["AGR008"].reminder


def test_an_active_client_whose_agreement_has_ended_is_told_of():
    ended = changed(AGREEMENT, last_day="2026-10-31")
    assert here("AGR009", plain(ended)) == ["agreements.0.last_day"]
    assert not here("AGR009", plain(ended, status="former"))
    assert not here("AGR009", agreed(ended)), "AGR001 says it"
    assert not here("AGR009", plain(ended, changed(OPEN, id="AGR-2")))


def test_of_two_ended_agreements_the_later_one_is_named():
    text = plain(changed(AGREEMENT, last_day="2026-03-31"), changed(AGREEMENT, id="AGR-2", last_day="2026-10-31"))
    assert here("AGR009", text) == ["agreements.1.last_day"]


@pytest.mark.parametrize(("starts", "told"), [("2026-11-01", False), ("2025-01-01", True), ("2027-01-01", True)])
def test_a_client_who_went_over_to_ad_hoc_work_has_said_so(starts: str, *, told: bool):
    text = plain(changed(AGREEMENT, last_day="2026-10-31"), changed(AD_HOC, id="AGR-2", starts=starts))
    assert bool(here("AGR009", text)) is told


def test_an_agreement_that_cannot_be_read_has_not_ended():
    assert not here("AGR009", plain(changed(AGREEMENT, last_day="2026-10-31", typo=1)))


# Hours and figures


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ({"hours_purchased": 50, "hours_remaining": 5}, True),
        ({"hours_purchased": 50, "hours_remaining": 0}, True),
        ({"hours_purchased": 50, "hours_remaining": 6}, False),
        ({"hours_purchased": 0, "hours_remaining": 0}, False),
        ({"hours_remaining": 1}, False),
        ({"hours_purchased": 50}, False),
        ({"hours_purchased": 50, "hours_remaining": 1, "auto_topup": True}, False),
        ({"hours_purchased": 50, "hours_remaining": 1, "expires_on": "2026-11-21"}, False),
    ],
)
def test_a_block_is_low_at_a_tenth(block: dict[str, Any], *, told: bool):
    assert here("AGR013", plain(changed(BLOCK, block=block))) == (
        ["agreements.0.block.hours_remaining"] if told else []
    )


@pytest.mark.parametrize(
    ("day", "path"),
    [("2026-10-18", []), ("2026-10-17", ["agreements.0.block.as_of"]), (None, ["agreements.0.block.hours_remaining"])],
)
def test_hours_left_hold_for_thirty_five_days(day: str | None, path: list[str]):
    block = changed({"hours_purchased": 50, "hours_remaining": 30}, as_of=day)
    assert here("AGR014", plain(changed(BLOCK, block=block))) == path


def test_payments_say_of_which_day_they_are():
    billing = {"every": "month", "last_invoice_on": "2026-11-01"}
    assert here("AGR014", plain(changed(OPEN, billing=billing))) == ["agreements.0.billing.last_invoice_on"]
    assert not here("AGR014", plain(changed(OPEN, billing={**billing, "as_of": "2026-11-20"})))
    assert not here("AGR014", plain(changed(OPEN, billing={"every": "month", "as_of": "2020-01-01"})))
    assert not here("AGR014", plain(changed(OPEN, billing=billing), status="former"))


# Ad-hoc work


def test_ad_hoc_work_has_no_schedule():
    text = plain(changed(AD_HOC, billing={"every": "month"}))
    finding = the(found(text), "AGR015")
    assert finding.path == ("agreements", 0, "billing", "every")
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("billing", "path"),
    [
        ({"last_paid_on": "2025-11-22"}, ""),
        ({"last_paid_on": "2025-11-21"}, "agreements.0.billing.last_paid_on"),
        ({"last_invoice_on": "2026-11-01"}, "agreements.0.starts"),
        ({}, "agreements.0.starts"),
    ],
)
def test_ad_hoc_lapses_twelve_months_after_the_last_payment(billing: dict[str, str], path: str):
    text = plain(changed(AD_HOC, starts="2024-01-01", billing={"every": "once", **billing}))
    assert here("AGR016", text) == ([path] if path else [])


def test_ad_hoc_lapses_by_the_window_of_the_policy():
    policy = STRICT.replace("agreements:\n", "agreements:\n  ad_hoc: {window: 6 months}\n")
    text = plain(changed(AD_HOC, billing={"every": "once", "last_paid_on": "2026-05-21"}))
    assert here("AGR016", text, policy=policy)
    assert not here("AGR016", text)


def test_a_client_with_anything_but_ad_hoc_work_does_not_lapse():
    old = changed(AD_HOC, starts="2020-01-01")
    assert here("AGR016", plain(old))
    assert not here("AGR016", plain(old, changed(OPEN, id="AGR-2")))
    assert not here("AGR016", plain(old, status="former"))
    assert not here("AGR016", plain(changed(AD_HOC, starts=None)))


@pytest.mark.parametrize(
    ("sent", "paid", "told"),
    [
        ("2026-10-22", "2026-05-01", True),
        ("2026-10-22", None, True),
        ("2026-10-23", None, False),
        ("2026-10-01", "2026-10-01", False),
        (None, "2026-01-01", False),
    ],
)
def test_an_invoice_is_unpaid_after_thirty_days(sent: str | None, paid: str | None, *, told: bool):
    billing = changed({"every": "once"}, last_invoice_on=sent, last_paid_on=paid)
    assert here("AGR017", plain(changed(AD_HOC, billing=billing))) == (
        ["agreements.0.billing.last_invoice_on"] if told else []
    )


BLOCKS = STRICT.replace(
    "agreements:\n", "agreements:\n  block_time: {minimum_hours: 50}\n  ad_hoc: {blocks_since: 2026-03-01}\n"
)
ON = BLOCKS + "rules: {AGR026: warning}\n"


@pytest.mark.parametrize(
    ("starts", "hours", "path"),
    [
        ("2026-03-01", None, ["agreements.0.starts"]),
        ("2026-02-28", None, []),
        ("2026-03-01", 49, ["agreements.0.starts"]),
        ("2026-03-01", 50, []),
    ],
)
def test_new_ad_hoc_clients_buy_a_block_first(starts: str, hours: int | None, path: list[str]):
    blocks = [] if hours is None else [changed(BLOCK, id="AGR-2", block={"hours_purchased": hours})]
    text = plain(changed(AD_HOC, starts=starts), *blocks)
    assert here("AGR026", text, policy=ON) == path
    assert not here("AGR026", text, policy=BLOCKS), "it is off until policy.yml turns it on"


# Devices


def watched(includes: dict[str, int] | None, *setups: Mapping[str, Any], **changes: Any) -> str:
    return agreed(changed(OPEN, includes=includes, **changes), setups=list(setups))


def setup(*items: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    return changed(SETUP, items=list(items), **changes)


def servers(count: int, **changes: Any) -> list[dict[str, Any]]:
    return [{"name": f"SRV{number}", "kind": "server", **changes} for number in range(1, count + 1)]


def test_more_servers_than_the_agreement_includes_are_an_error_at_the_number():
    text = watched({"server": 2}, setup(*servers(3)))
    finding = the(found(text), "AGR028")
    assert finding.path == ("agreements", 0, "includes", "server")
    assert finding.severity is Severity.ERROR
    assert "3 are watched" in finding.message
    assert str(finding.related[0].place).startswith(spot(SOMEBODY, text, '{"name": "SRV3"'))
    assert not here("AGR028", watched({"server": 3}, setup(*servers(3))))


def test_an_agreement_without_numbers_sets_no_limit():
    assert not here("AGR028", watched(None, setup(*servers(30))))


def test_a_kind_that_the_agreement_does_not_name_is_a_warning():
    finding = the(found(watched({"workstation": 9}, setup(*servers(1)))), "AGR028")
    assert finding.severity is Severity.WARNING
    assert finding.path == ("agreements", 0, "includes")


def test_a_group_counts_as_many_as_are_expected():
    group = {"id": "desks", "kind": "workstation", "match": "PC*", "expected": 5}
    assert here("AGR028", watched({"workstation": 4}, setup(group)))
    assert not here("AGR028", watched({"workstation": 5}, setup(group)))


def test_kinds_may_come_from_the_defaults():
    text = watched({"server": 1}, setup({"name": "A"}, {"name": "B"}, defaults={"kind": "server"}))
    assert here("AGR028", text) == ["agreements.0.includes.server"]


def test_a_device_in_two_set_ups_counts_once():
    text = watched({"server": 1}, setup(*servers(1)), setup({"name": "srv1", "kind": "server"}, id="cloud"))
    assert not here("AGR028", text)


def test_retired_and_coming_devices_do_not_count():
    assert not here("AGR028", watched({"server": 1}, setup(*servers(1), {**servers(2)[1], "retired_on": "2026-11-22"})))
    assert here("AGR028", watched({"server": 1}, setup(*servers(1), {**servers(2)[1], "retired_on": "2026-11-23"})))
    assert not here("AGR028", watched({"server": 1}, setup(*servers(1), {**servers(2)[1], "added_on": "2026-11-23"})))


def test_what_is_not_watched_does_not_count():
    text = agreed(changed(OPEN, includes={"server": 1}), setups=[setup(*servers(3))], monitoring=None)
    assert not here("AGR028", text)
    only = {"service": "monitoring", "setups": ["main"]}
    two = [setup(*servers(1)), setup({"name": "B", "kind": "server"}, id="other")]
    text = agreed(changed(OPEN, includes={"server": 1}, covers=[only]), setups=two)
    assert not here("AGR028", text)


def test_two_agreements_for_one_set_up_pay_together():
    second = changed(OPEN, id="AGR-2", includes={"server": 1})
    first = changed(OPEN, includes={"server": 1})
    assert not here("AGR028", agreed(first, second, setups=[setup(*servers(2))]))
    assert here("AGR028", agreed(first, second, setups=[setup(*servers(3))])) == ["agreements.0.includes.server"]


def test_what_one_set_up_leaves_over_does_not_pay_for_another():
    first = changed(OPEN, includes={"server": 1}, covers=[{"service": "monitoring", "setups": ["main"]}])
    second = changed(OPEN, id="AGR-2", includes={"server": 9}, covers=[{"service": "monitoring", "setups": ["other"]}])
    setups = [setup(*servers(2)), setup({"name": "B", "kind": "server"}, id="other")]
    assert here("AGR028", agreed(first, second, setups=setups)) == ["agreements.0.includes.server"]


def test_an_agreement_that_gives_less_than_the_promise_does_not_pay():
    less = changed(OPEN, id="AGR-2", type="alert_only", covers=["monitoring"])
    text = agreed(changed(OPEN, includes={"server": 1}), less, setups=[setup(*servers(2))])
    assert here("AGR028", text) == ["agreements.0.includes.server"]


# The calendar

BY_DAY: list[tuple[str, str]] = [
    ("AGR008", plain(changed(AGREEMENT, last_day="2026-03-31"), changed(OPEN, id="AGR-2", starts="2026-05-01"))),
    ("AGR008", plain(changed(AGREEMENT, cancelled_on="2026-03-31", renews="automatically"))),
    ("AGR008", plain(changed(AGREEMENT, billing={"every": "year", "prepaid_through": "2026-04-01"}))),
    ("AGR008", plain(changed(BLOCK, last_day="2026-03-20", block={"hours_remaining": 2, "expires_on": "2026-04-02"}))),
    ("AGR009", plain(changed(AGREEMENT, last_day="2026-03-31"), changed(AD_HOC, id="AGR-2", starts="2026-06-01"))),
    ("AGR009", plain(changed(AGREEMENT, billing={"every": "year", "prepaid_through": "2026-02-01"}))),
    ("AGR013", plain(changed(BLOCK, block={"hours_purchased": 50, "hours_remaining": 1, "expires_on": "2026-04-02"}))),
    ("AGR014", plain(changed(BLOCK, block={"hours_remaining": 9, "as_of": "2026-02-01"}, last_day="2026-09-01"))),
    ("AGR014", plain(changed(OPEN, billing={"every": "month", "last_paid_on": "2026-02-01", "as_of": "2026-02-03"}))),
    ("AGR016", plain(changed(AD_HOC, billing={"every": "once", "last_paid_on": "2025-02-28"}))),
    ("AGR016", plain(changed(AD_HOC, starts="2025-02-28"))),
    ("AGR017", plain(changed(AD_HOC, billing={"every": "once", "last_invoice_on": "2026-02-28"}))),
    (
        "AGR028",
        watched(
            {"server": 1},
            setup({**servers(1)[0], "added_on": "2026-03-01"}, {**servers(2)[1], "retired_on": "2026-07-01"}),
        ),
    ),
    ("AGR028", agreed(changed(AGREEMENT, includes={"server": 1}), setups=[setup(*servers(2))])),
    ("AGR001", agreed(changed(AGREEMENT, renewal_pending={"until": "2027-02-01", "by": "Sales"}))),
    ("AGR002", agreed(changed(AGREEMENT, type="alert_only"), changed(AGREEMENT, id="B", starts="2026-05-01"))),
    ("AGR010", agreed(AGREEMENT, setups=[changed(SETUP, notifies=["help@provider.example"])])),
    ("AGR011", agreed(AGREEMENT, notes="Alerts go to help@provider.example.")),
]


@pytest.mark.parametrize(("code", "text"), BY_DAY, ids=[f"{code}-{number}" for number, (code, _) in enumerate(BY_DAY)])
def test_every_day_on_which_a_finding_turns_is_known_ahead(code: str, text: str):
    assert not missed(code, text)


def test_the_ends_of_the_calendar_are_no_crash():
    far = changed(AGREEMENT, starts="0001-01-01", last_day="9999-12-31", billing={"every": "year"})
    billing = {"every": "once", "last_paid_on": "0001-01-01", "last_invoice_on": "9999-12-31", "as_of": "9999-12-31"}
    block = {"hours_remaining": 1, "as_of": "0001-01-01", "expires_on": "9999-12-31"}
    text = plain(far, changed(AD_HOC, id="B", billing=billing), changed(BLOCK, id="C", block=block))
    for day in (date.min, TODAY, date.max):
        report = found(text, day)
        assert not report.crashes
    record = json.loads(text)
    assert len(record["agreements"]) == 3


def test_a_prospect_is_not_watched_in_the_hope_that_they_sign():
    text = agreed(OPEN, status="prospect", setups=[changed(SETUP, notifies=["help@provider.example"])])
    finding = the(found(text), "AGR001")
    assert "marked as prospect" in finding.message
    assert "AGR010" in codes(found(text))
