"""What is watched for nothing: which items count, what they cost, and what documentation saves."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from runbooks import unpaid
from runbooks.findings import Problem, Severity
from runbooks.fleet import Fleet
from runbooks.policy import Cost
from runbooks.report import Report
from runbooks.rules.registry import RULES
from tests import sample
from tests.sample import AGREEMENT, POLICY, RECORD, SETUP, TODAY, TOMORROW, YESTERDAY, changed

OURS = "help@provider.example"
LAPSED = changed(AGREEMENT, last_day=YESTERDAY)


def fleet(*clients: dict[str, Any], policy: str = "", day: date = TODAY) -> Fleet:
    """Clients of these records, named by number."""
    files = {f"clients/client-{number}.yml": json.dumps(one) for number, one in enumerate(clients, 1)}
    return sample.fleet({"policy.yml": POLICY + policy, **files}, day)


def watched(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A record of a client without an agreement, whose set-up tells us by mail."""
    setup = {**SETUP, "items": list(items), "notifies": [OURS]}
    return changed({"client": "Somebody", "setups": [setup]}, **changes)


def counts(found: Fleet) -> list[int]:
    return [one.items for one in unpaid.watched_for_nothing(found)]


def problems(where: Fleet) -> list[Problem]:
    """What AGR023 finds."""
    check = RULES["AGR023"].check
    assert check is not None
    return list(check(where))


def found(where: Fleet) -> list[tuple[Severity | None, str]]:
    return [(one.severity, one.message) for one in problems(where)]


SERVER = {"name": "SRV01", "kind": "server"}
GROUP = {"id": "desks", "kind": "workstation", "match": "DESK*", "expected": 4}


# What counts.


def test_an_item_whose_notices_come_to_us_counts():
    assert counts(fleet(watched(SERVER))) == [1]


def test_a_group_counts_the_number_expected():
    assert counts(fleet(watched(SERVER, GROUP))) == [5]


@pytest.mark.parametrize(
    ("item", "number"),
    [
        ({"retired_on": YESTERDAY}, 0),
        ({"retired_on": str(TODAY)}, 0),
        ({"retired_on": TOMORROW}, 1),
        ({"added_on": TOMORROW}, 0),
        ({"added_on": str(TODAY)}, 1),
    ],
)
def test_an_item_counts_from_the_day_it_is_added_to_the_day_it_is_retired(item: dict[str, str], number: int):
    assert counts(fleet(watched(GROUP, {**SERVER, **item}))) == [4 + number]


def test_a_set_up_that_lists_nothing_counts_as_one_item():
    assert counts(fleet(watched())) == [1]


def test_a_set_up_whose_items_are_all_retired_counts_as_nothing():
    assert counts(fleet(watched({**SERVER, "retired_on": YESTERDAY}))) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"notifies": ["https://hooks.psa.provider.example/x1"]},
        {"notifies": ["help+shop@provider.example"]},
        {"notifies": [], "steps": [{"do": f"Send the report to {OURS}."}]},
        {"notifies": [], "procedures": {"restore-file": {"before": f"Write to {OURS}."}}},
    ],
)
def test_a_mailbox_of_ours_counts_wherever_it_hides(changes: dict[str, Any]):
    record = watched(SERVER)
    record["setups"][0].update(changes)

    assert counts(fleet(record)) == [1]


def test_a_promise_that_no_agreement_covers_counts():
    record = changed(RECORD, agreements=[LAPSED], setups=[{**SETUP, "items": [SERVER, GROUP]}])

    assert counts(fleet(record)) == [5]


def test_alerts_that_come_to_us_count_where_nothing_is_covered():
    record = watched(SERVER, monitoring={"level": "none", "alerts_to": [OURS]})
    record["setups"][0]["notifies"] = []

    assert counts(fleet(record)) == [1]


def test_what_an_agreement_covers_does_not_count():
    assert counts(fleet(changed(RECORD, setups=[{**SETUP, "items": [SERVER], "notifies": [OURS]}]))) == []


def test_of_two_set_ups_only_the_uncovered_one_counts():
    agreement = changed(AGREEMENT, covers=[{"service": "monitoring", "setups": ["main"]}])
    setups = [
        {**SETUP, "items": [SERVER], "notifies": [OURS]},
        {**SETUP, "id": "second", "items": [GROUP], "notifies": [OURS]},
    ]
    record = changed(RECORD, agreements=[agreement], setups=setups, monitoring={"level": "full", "setups": ["main"]})

    assert counts(fleet(record)) == [4]


def test_a_set_up_with_three_reasons_counts_once():
    record = changed(
        RECORD,
        agreements=[LAPSED],
        setups=[{**SETUP, "items": [SERVER], "notifies": [OURS, OURS]}],
        monitoring={"level": "full", "alerts_to": [OURS]},
    )

    assert counts(fleet(record)) == [1]


def test_the_client_s_own_mailbox_counts_for_nothing():
    record = watched(SERVER)
    record["setups"][0]["notifies"] = ["owner@client.example"]

    assert counts(fleet(record)) == []


def test_what_could_not_be_read_is_not_counted():
    doubtful = changed(RECORD, agreements=[{**AGREEMENT, "last_day": "someday"}])
    unreadable = "client: A\nsetups: [{id: main, product: other, product_name: Tape, notifies: [help@provider.example]}"

    assert counts(fleet(doubtful)) == []
    assert counts(sample.fleet({"clients/a.yml": unreadable})) == []


def test_the_place_is_the_line_that_shows_it():
    setup = "  - {id: main, product: other, product_name: Tape,\n     notifies: [help@provider.example]}\n"
    text = f"client: A\nsetups:\n{setup}"
    (one,) = unpaid.watched_for_nothing(sample.fleet({"clients/a.yml": text}))

    assert str(one.place) == sample.spot("clients/a.yml", text, "help@provider.example")


def test_the_count_turns_with_the_day_after_the_agreement():
    record = changed(RECORD, setups=[{**SETUP, "items": [SERVER]}])
    days = [date(2026, 12, 31) + timedelta(days=number) for number in range(2)]

    assert [counts(fleet(record, day=day)) for day in days] == [[], [1]]


# What it costs.


def test_fifty_items_make_the_work_of_the_advice():
    effort = unpaid.watching(50, Cost())

    assert (effort.minutes_a_day, round(effort.hours_a_year)) == (255, 1105)
    assert round(effort.hours_a_week, 2) == 21.25
    assert effort.money_a_year is None


def test_fewer_items_make_it_in_proportion():
    assert unpaid.watching(4, Cost()).words(fleet().policy) == "20 minutes a day, 88 hours a year"
    assert unpaid.watching(4, Cost(items=10)).minutes_a_day == 102


def test_money_is_told_only_with_an_hourly_cost():
    assert unpaid.watching(50, Cost(hourly_cost=70)).money_a_year == 77_350


def test_chasing_invoices_is_part_of_it():
    assert unpaid.watching(50, Cost(chase_minutes=45)).minutes_a_day == 300


def test_the_sentence_of_the_report():
    where = fleet(watched(SERVER), watched({**GROUP, "expected": 3}))

    assert unpaid.words(where) == "4 items of 2 clients are watched for nothing: 20 minutes a day, 88 hours a year."
    assert unpaid.words(fleet(watched(SERVER))).startswith("1 item of 1 client is watched for nothing: 5 minutes a day")
    assert unpaid.words(fleet(changed(RECORD))) == ""


def test_numbers_and_their_nouns():
    assert [unpaid.counted(number, "hour") for number in (0, 1, 2, 1105)] == [
        "0 hours",
        "1 hour",
        "2 hours",
        "1,105 hours",
    ]


# What documentation saves.


def test_items_of_set_ups_with_steps_are_documented():
    steps = [{"do": "Install it."}]
    record = changed(
        RECORD,
        setups=[
            {**SETUP, "items": [SERVER, GROUP], "steps": steps},
            {**SETUP, "id": "second", "items": [SERVER]},
            {**SETUP, "id": "third", "items": [SERVER], "managed_by": "client"},
        ],
    )
    (known,) = unpaid.documentation(fleet(record))

    assert (known.documented, known.undocumented) == (5, 1)
    assert unpaid.learning(50, Cost()).minutes_a_day == 75
    assert unpaid.learning(5, Cost()).minutes_a_day == 7.5


@pytest.mark.parametrize("status", ["prospect", "former"])
def test_nobody_learns_the_set_up_of_somebody_who_is_no_client(status: str):
    assert unpaid.documentation(fleet(changed(RECORD, status=status))) == ()


# The rule.


def test_nothing_is_found_where_nothing_is_watched_for_nothing():
    assert found(fleet(changed(RECORD))) == []


def test_more_than_the_policy_allows_is_an_error():
    ((severity, message),) = found(fleet(watched(SERVER)))

    assert severity is Severity.ERROR
    assert message.startswith("1 item of 1 client is watched for nothing: 5 minutes a day, 22 hours a year")
    assert message.endswith("policy.yml allows 0 items")


@pytest.mark.parametrize(("allowed", "severity"), [(4, Severity.ERROR), (5, None), (6, None)])
def test_as_many_as_the_policy_allows_are_a_warning(allowed: int, severity: Severity | None):
    where = fleet(watched(SERVER, GROUP), policy=f"max_unentitled: {allowed}\n")

    assert [one.severity for one in problems(where)] == [severity]


def test_a_pending_renewal_counts_for_the_warning_only():
    pending = changed(LAPSED, renewal_pending={"until": TOMORROW, "by": "Sales"})
    record = changed(RECORD, agreements=[pending], setups=[{**SETUP, "items": [GROUP]}])

    assert [severity for severity, _ in found(fleet(record))] == [None]
    assert [severity for severity, _ in found(fleet(record, watched(SERVER)))] == [Severity.ERROR]


def test_the_finding_names_our_own_cost_and_no_amount_of_a_client():
    ((_, message),) = found(fleet(watched(SERVER, GROUP), policy="currency: AUD\ncost: {hourly_cost: 70}\n"))

    assert "111 hours a year that cost us AUD 7,735" in message


def test_the_finding_points_at_the_records_and_not_at_a_hundred_of_them():
    (one,) = problems(fleet(*(watched(SERVER) for _ in range(12))))

    assert len(one.related) == 10
    assert str(one.related[0][0]).startswith("clients/client-1.yml:1:")


def test_the_gate_reports_it_at_the_line_of_the_policy():
    policy = POLICY + "max_unentitled: 0\n"
    record = json.dumps(watched(SERVER))
    report: Report = sample.checked({"policy.yml": policy, "clients/a.yml": record})

    assert sample.the(report, "AGR023").place.line == policy.count("\n")
    assert report.unpaid.startswith("1 item of 1 client")
