"""Copies: where they lie, what they are worth, and which of them a backup reaches."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks import copies
from runbooks.copies import Protected, protected, reached
from runbooks.records.client import Client, Copy
from tests.sample import POLICY, TODAY, policy, record

TARGETS = (
    "targets: [{id: bucket, name: Bucket, medium: object, immutable_days: 30}, {id: plain, medium: vendor_cloud}]\n"
)
RULES = policy(POLICY + TARGETS)


def copy(**values: Any) -> Copy:
    return Copy.model_validate({"id": "one", **values})


def client(text: str) -> Client:
    return record(text).client


def things(text: str, day: date = TODAY) -> dict[str, Protected]:
    return {thing.name: thing for thing in protected(client(text), RULES, day)}


def names(thing: Protected) -> list[str]:
    return [copy.id for copy in thing.copies]


# What a copy is worth


@pytest.mark.parametrize(
    ("values", "sites", "expected"),
    [
        ({"site": "high"}, ["high"], "on site"),
        ({"site": "high"}, [], "on site"),
        ({"site": "high"}, ["high", "low"], "on site for some"),
        ({"site": "high"}, ["low"], "off site"),
        ({"site": "offsite"}, ["high"], "off site"),
        ({"target": "bucket"}, ["high"], "off site"),
        ({"target": "lost"}, ["high"], None),
        ({"medium": "vendor_cloud"}, ["high"], "off site"),
        ({"medium": "object"}, ["high"], "off site"),
        ({"medium": "object", "site": "high"}, ["high"], "on site"),
        ({"medium": "removable"}, ["high"], None),
    ],
)
def test_a_copy_lies_on_or_off_site_as_seen_from_the_items(values: dict[str, Any], sites: list[str], expected: str):
    assert copies.location(copy(**values), sites, RULES) == expected


@pytest.mark.parametrize(
    ("values", "days", "isolated"),
    [
        ({}, 0, False),
        ({"immutable_days": 7}, 7, True),
        ({"target": "bucket"}, 30, True),
        ({"target": "bucket", "immutable_days": 0}, 0, False),
        ({"target": "bucket", "immutable_days": 60}, 60, True),
        ({"target": "plain"}, 0, False),
        ({"offline": True}, 0, True),
        ({"offline": False, "immutable_days": 0}, 0, False),
    ],
)
def test_a_copy_is_isolated_when_it_is_immutable_or_offline(values: dict[str, Any], days: int, isolated: bool):
    one = copy(**values)
    assert (copies.immutable_days(one, RULES), copies.isolated(one, RULES)) == (days, isolated)


def test_what_the_record_does_not_say_comes_from_the_shared_target():
    assert copies.medium(copy(target="bucket"), RULES) == "object"
    assert copies.medium(copy(target="bucket", medium="tape"), RULES) == "tape"
    assert copies.copy_name(copy(target="bucket"), RULES) == "Bucket"
    assert copies.copy_name(copy(target="plain"), RULES) == "one"
    assert copies.copy_name(copy(target="bucket", name="Ours"), RULES) == "Ours"


# What a backup reaches

nodes = st.sampled_from("abcdef")
edges = st.lists(st.tuples(nodes, nodes), max_size=20)


def by_steps(start: Iterable[str], passed_on: list[tuple[str, str]]) -> set[str]:
    """The same, the slow way: one step at a time for as long as there is anything new."""
    found = set(start)
    while new := {to for source, to in passed_on if source in found} - found:
        found |= new
    return found


@given(st.sets(nodes), edges)
def test_every_copy_that_can_be_reached_is_and_no_other_in_any_graph(start: set[str], passed_on: list[tuple[str, str]]):
    assert reached(start, passed_on) == by_steps(start, passed_on)


def test_a_long_chain_is_followed_to_its_end():
    chain = [(str(number), str(number + 1)) for number in range(20_000)]
    assert len(reached(["0"], chain)) == 20_001


@given(edges, st.sampled_from([*"abcdef", None]))
def test_a_record_with_any_copy_jobs_is_read_to_an_end(passed_on: list[tuple[str, str]], to: str | None):
    jobs = [{"name": f"Copy {number}", "from": source, "to": end} for number, (source, end) in enumerate(passed_on)]
    first = {"name": "First", "items": ["srv1"], **({"to": to} if to else {})}
    setup = {
        "id": "main",
        "product": "other",
        "product_name": "Tape",
        "items": [{"name": "SRV1", "kind": "server"}],
        "jobs": [first, *jobs],
    }
    text = json.dumps({"client": "Somebody", "copies": [{"id": name} for name in "abcdef"], "setups": [setup]})
    thing = things(text)["SRV1"]
    assert set(names(thing)) == by_steps([to] if to else [], passed_on)
    assert names(thing) == sorted(names(thing))
    assert thing.decided == (to is not None)


TWO = """\
client: Somebody
sites: [{id: high, name: High Street}, {id: low, name: Low Street}]
copies: [{id: shelf, site: high}, {id: cloud, target: bucket}, {id: attic, site: low}]
setups:
  - id: images
    product: other
    product_name: Images
    defaults: {site: high, kind: server}
    items: [{name: SRV1}, {name: SRV2}, {id: desks, match: "PC*", expected: 3, kind: workstation}]
    jobs:
      - {name: Nightly, items: [srv1, desks], to: shelf}
      - {name: One by one, items: [srv1], from: shelf, to: attic}
  - id: files
    product: other
    product_name: Files
    defaults: {kind: server}
    items:
      - {name: srv1, site: high, id: files-of-srv1}
      - {name: SRV2, site: low}
      - {id: desks, match: "PC*", expected: 3, kind: workstation, site: high}
    jobs: [{name: Hourly, items: [files-of-srv1, desks], to: cloud}]
"""


def test_a_machine_with_two_products_is_one_and_a_group_is_only_ever_itself():
    found = protected(client(TWO), RULES, TODAY)
    assert [(thing.name, thing.site, names(thing)) for thing in found] == [
        ("SRV1", "high", ["shelf", "cloud", "attic"]),
        ("SRV2", "high", []),
        ("desks", "high", ["shelf"]),
        ("SRV2", "low", []),
        ("desks", "high", ["cloud"]),
    ]
    assert [job.name for _, job in found[0].jobs] == ["Nightly", "Hourly"]
    assert [job.name for _, job in found[0].copy_jobs] == ["One by one"]
    assert all(thing.decided for thing in found)


def test_a_copy_job_for_some_items_passes_only_these_on():
    assert "attic" not in names(things(TWO)["desks"])


def test_what_is_retired_is_not_protected_from_that_day_on():
    text = TWO.replace("{name: SRV1}", "{name: SRV1, retired_on: 2026-11-22}")
    assert names(things(text)["srv1"]) == ["cloud"]
    assert names(things(text, date(2026, 11, 21))["SRV1"]) == ["shelf", "cloud", "attic"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{id: shelf, site: high}", "{id: shelf, site: hihg}"),
        ("{id: shelf, site: high}", "{id: shelf, target: lost}"),
        ("{id: shelf, site: high}", "{id: shelf, site: high, immutable_days: many}"),
        ("{id: shelf, site: high}", "{id: shelves, site: high}"),
        ("{id: attic, site: low}", "{id: attic, site: low}, {id: shelf}"),
        ("defaults: {site: high", "defaults: {site: hihg"),
        ("items: [srv1, desks], to: shelf", "items: [srv1, desks]"),
        ("from: shelf, to: attic", "from: shelf"),
        ("from: shelf, to: attic", "from: shelve, to: attic"),
        ("jobs: [{name: Hourly,", "jobs: [{nam: Hourly,"),
        ("jobs: [{name: Hourly", "jobs: [{name: Later, schedule: sometimes}, {name: Hourly"),
        ("  - id: files\n", "  - id: FILES!\n"),
        ("  - id: images\n", "  - id: IMAGES!\n"),
    ],
)
def test_what_could_not_be_read_or_leads_nowhere_leaves_the_reach_undecided(old: str, new: str):
    assert TWO.count(old) == 1
    found = protected(client(TWO.replace(old, new)), RULES, TODAY)
    assert not any(thing.decided for thing in found if thing.name in ("SRV1", "desks") and "shelf" in names(thing))
