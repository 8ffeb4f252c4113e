"""policy.yml: what may be decided there, and what may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from runbooks.fleet import PolicyUnreadable
from runbooks.policy import SERVICES, AdHoc, BlockTime, Cost, Recurring
from tests.sample import POLICY, policy

HERE = Path(__file__).parents[1]
LEAST = "provider: Example IT\ntimezone: UTC\nagreements: {}\n"


def refused(text: str) -> list[str]:
    with pytest.raises(PolicyUnreadable) as caught:
        policy(text)
    return [problem.code for problem in caught.value.problems]


def test_three_lines_are_a_policy():
    found = policy(LEAST)
    assert (found.profile, found.mailboxes, found.waivers, found.as_of) == ("standard", (), (), None)
    assert list(found.agreements.by_name) == ["block_time", "ad_hoc"]


def test_the_policy_of_this_repository_is_one():
    assert policy((HERE / "policy.yml").read_text(encoding="utf-8")).provider


def test_every_name_beside_block_time_and_ad_hoc_is_an_agreement_on_a_schedule():
    found = policy(POLICY)
    kinds = {name: type(kind) for name, kind in found.agreements.by_name.items()}
    assert kinds["full"] is kinds["alert_only"] is kinds["antivirus"] is Recurring
    assert (kinds["block_time"], kinds["ad_hoc"]) == (BlockTime, AdHoc)
    assert list(kinds)[-2:] == ["block_time", "ad_hoc"]
    assert found.agreement_type("nothing") is None


@pytest.mark.parametrize(
    "types",
    [
        "block_time: {counts: true}",
        "ad_hoc: {counts: true}",
        "block_time: {counts: 0}",
        "block_time: {monitoring: full}",
        "ad_hoc: {monitoring: alert_only}",
        "full: {counts: true, monitoring: everything}",
        "full: {monitoring: full}",
        'full: {counts: "true"}',
        "full: true",
        "full: {counts: true, monitorng: full}",
        "7: {counts: true}",
    ],
)
def test_an_agreement_type_that_would_soften_the_gate_is_refused(types: str):
    assert refused(f"provider: Example IT\ntimezone: UTC\nagreements:\n  {types}\n")


def test_a_type_gives_no_monitoring_unless_it_says_so():
    kind = policy(LEAST.replace("{}", "{full: {counts: true}}")).agreement_type("full")
    assert isinstance(kind, Recurring)
    assert kind.monitoring == "none"


def test_automated_block_time_does_not_count_unless_policy_says_so():
    assert policy(LEAST).agreements.block_time.automated_counts is False


def test_services_are_the_four_and_the_policys_own():
    found = policy(LEAST + "services: {mail: {}, antivirus: {name: AV}, backup: {name: Backup}}\n")
    assert found.service_names == (*SERVICES, "antivirus", "mail")


@pytest.mark.parametrize("zone", ["Sydney", "australia/sydney ", '"+10:00"', "''", "10", "../etc/passwd", "[UTC]"])
def test_a_time_zone_that_does_not_exist_is_refused(zone: str):
    assert refused(LEAST.replace("UTC", zone)) == ["POL002"]


@pytest.mark.parametrize("zone", ["Australia/Sydney", "Europe/London", "UTC", "Asia/Kolkata"])
def test_a_time_zone_is_known(zone: str):
    assert policy(LEAST.replace("UTC", zone)).zone.key == zone


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("schema: 2", "POL002"),
        ("schema: true", "POL002"),
        ("profile: lenient", "POL002"),
        ("mailboxes: help@provider.example", "POL002"),
        ("mailboxes: [5]", "POL002"),
        ("rules: {DOC001: ignore}", "POL002"),
        ("rules: {DOC001: true}", "POL002"),
        ("waivers: [{rule: DOC001, client: a, reason: x, approver: Boss}]", "POL003"),
        ("waivers: [{rule: DOC001, client: a, approver: Boss, until: 2026-01-01}]", "POL003"),
        ("waivers: [{rule: DOC001, client: a, reason: x, until: 2026-01-01}]", "POL003"),
        ("waivers: [{rule: DOC001, client: A B, reason: x, approver: Boss, until: 2026-01-01}]", "POL002"),
        ("report_problem: 'javascript:alert(1)'", "POL002"),
        ("links: {vault: 'file:///etc/passwd'}", "POL002"),
        ("links: {vault: 'https://vault.example/\"onclick='}", "POL002"),
        ("document_each: [servers]", "POL002"),
        ("targets: [{id: bucket, site: main}]", "POL002"),
        ("cost: {reach: -1}", "POL002"),
        ("cost: {hourly_cost: '70'}", "POL002"),
        ("thresholds: {review: 3}", "POL001"),
        ("as_of: 22.11.2026", "POL002"),
        ("monitoring: full", "POL001"),
    ],
)
def test_what_cannot_be_decided_is_refused(line: str, code: str):
    assert refused(LEAST + line + "\n") == [code]


def test_every_mistake_of_a_policy_is_told_at_once():
    assert sorted(refused(LEAST + "profile: x\nmailbox: []\ncost: {reach: soon}\n")) == ["POL001", "POL002", "POL002"]


def test_the_default_costs_are_the_published_ones():
    cost = Cost()
    assert cost.minutes_a_day == 30 + 5 * (10 + 15 + 20) == 255
    assert cost.minutes_a_day * cost.working_days / 60 == 1105
    assert cost.hourly_cost is None


def test_a_shared_target_is_found_by_its_id():
    found = policy(LEAST + "targets: [{id: bucket, medium: object}]\n")
    bucket = found.target("bucket")
    assert bucket is not None
    assert bucket.site == "offsite"
    assert found.target("other") is found.target(None) is None
