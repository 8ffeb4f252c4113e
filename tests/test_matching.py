"""Matching: by id, by the exact name, by the host part of a full name, by the pattern of a group; never by likeness."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.fleet import Fleet
from runbooks.inventory import read_inventory
from runbooks.matching import Thing, folded, matched
from runbooks.matching.names import host, pattern
from runbooks.matching.reach import expected, last_shown
from runbooks.matching.series import current
from tests.sample import POLICY, TODAY, fleet

COLUMNS = {"name": "Name", "key": "Id", "client": "Client", "client_name": "Company", "kind": "Kind", "job": "Job"}
FEED: Mapping[str, Any] = {
    "id": "console",
    "format": "generic-csv",
    "files": "console*.csv",
    "external_id": "console",
    "columns": COLUMNS,
    "kinds": {"server": "server", "workstation": "workstation", "vm": "vm"},
}


def feeds(*each: Mapping[str, Any], ignore: Sequence[Mapping[str, Any]] = ()) -> str:
    return json.dumps({"schema": 1, "feeds": list(each) or [FEED], "ignore": list(ignore)})


def export(rows: Iterable[Mapping[str, str]]) -> str:
    """An export of the console: rows by what they hold; what a row does not name is empty."""
    lines = [",".join(COLUMNS.values())]
    lines += [",".join(f'"{row.get(column, "")}"' for column in COLUMNS) for row in rows]
    return "\n".join(lines) + "\n"


def record(*items: Mapping[str, Any], **changes: Any) -> str:
    setup = {"id": "main", "product": "other", "product_name": "Tape", "items": list(items)}
    return json.dumps({"client": "Harbour Dental", "setups": [setup], **changes})


def site(rows: Iterable[Mapping[str, str]], **records: str) -> Fleet:
    files = {f"clients/{slug.replace('_', '-')}.yml": text for slug, text in records.items()}
    day = TODAY.isoformat()
    return fleet({"inventory/feeds.yml": feeds(), f"inventory/console-{day}.csv": export(rows), **files})


def found(rows: Sequence[Mapping[str, str]], *items: Mapping[str, Any], **changes: Any) -> list[tuple[str, str, str]]:
    """What each thing is called, what it is in the record of Harbour Dental, and by what it was found."""
    theirs = [{"client_name": "Harbour Dental", **row} for row in rows]
    every = matched(site(theirs, harbour_dental=record(*items, **changes))).things
    return [(one.words, _key(one), "ambiguous" if one.ambiguous else one.way) for one in every]


def _key(thing: Thing) -> str:
    return getattr(thing.target.entry, "key", "") if thing.target else ""


# Names


def test_a_name_is_compared_without_case_and_without_spaces_around_it():
    assert folded("  NB-DC01\t") == folded("nb-dc01")
    assert folded("Straße  9") == folded("STRASSE 9")
    assert folded("Cafe\u0301") == folded("CAFÉ")
    assert folded("NB DC01") != folded("NB-DC01")


@pytest.mark.parametrize(
    ("name", "part"),
    [("nb-dc01.north.example", "nb-dc01"), ("nb-dc01", ""), ("10.0.0.5", ""), ("anna@x.example", ""), ("a b.c", "")],
)
def test_only_a_full_name_of_the_network_has_a_host_part(name: str, part: str):
    assert host(name) == part


def test_a_pattern_is_about_the_whole_name():
    assert pattern("NB-FD*")("nb-fd07")
    assert not pattern("NB-FD*")("x-nb-fd07")
    assert pattern("pc??")("pc01")
    assert not pattern("pc??")("pc001")
    assert not pattern("pc.01")("pcx01")


# Clients


@pytest.mark.parametrize(
    "row",
    [
        {"client": "77"},
        {"client": "77", "client_name": "Somebody else altogether"},
        {"client_name": "HARBOUR dental"},
        {"client": "Harbour Dental"},
        {"client": "hd"},
        {"client": "unknown-id", "client_name": "HD"},
        {"client": "harbour-dental"},
    ],
)
def test_a_client_is_found_by_id_by_name_by_alias_and_by_short_name(row: dict[str, str]):
    text = record({"name": "SRV1"}, aliases=["HD"], external_ids={"console": "77"})
    [thing] = matched(site([{"name": "SRV1", **row}], harbour_dental=text)).things

    assert thing.owner.record is not None
    assert thing.documented


@pytest.mark.parametrize(
    "row", [{"client": "7"}, {"client_name": "Harbour Dent"}, {"client_name": "Harbour Dental Ltd"}]
)
def test_a_client_is_never_found_by_a_name_that_is_only_alike(row: dict[str, str]):
    text = record({"name": "SRV1"}, external_ids={"console": "77"})
    [thing] = matched(site([{"name": "SRV1", **row}], harbour_dental=text)).things

    assert thing.owner.record is None
    assert not thing.owner.several


def test_the_id_of_a_client_counts_under_the_key_of_the_feed_alone():
    text = record({"name": "SRV1"}, external_ids={"psa": "77"})
    [thing] = matched(site([{"name": "SRV1", "client": "77"}], harbour_dental=text)).things
    assert thing.owner.record is None


def test_two_clients_of_one_name_are_none():
    one, other = record(aliases=["Harbour"]), record(client="Harbour Hotel", aliases=["harbour"])
    [thing] = matched(site([{"name": "SRV1", "client_name": "Harbour"}], one=one, other=other)).things

    assert thing.owner.record is None
    assert [each.slug for each in thing.owner.several] == ["one", "other"]


def test_a_feed_that_fixes_the_client_asks_no_row():
    fixed = {**FEED, "client": "harbour-dental", "columns": {"name": "Name"}}
    files = {"inventory/feeds.yml": feeds(fixed), "inventory/console.csv": "Name\nSRV1\n"}
    [thing] = matched(fleet({**files, "clients/harbour-dental.yml": record({"name": "SRV1"})})).things
    assert thing.documented


# Items


def test_an_item_is_found_by_its_id_whatever_it_is_called():
    item = {"name": "Old name", "external_ids": {"console": "4711"}}
    assert found([{"name": "New name", "key": "4711"}], item) == [("New name", "old name", "id")]


def test_an_item_is_found_by_exactly_its_name_in_any_case():
    rows = [{"name": "nb-dc01"}, {"name": "NB-DC011"}, {"name": "NB-DC"}, {"name": "NB_DC01"}]
    assert [key for _, key, _ in found(rows, {"name": "NB-DC01"})] == ["nb-dc01", "", "", ""]


def test_an_item_is_found_by_its_name_where_its_id_is_another_one():
    item = {"name": "SRV1", "external_ids": {"console": "1"}}
    assert found([{"name": "SRV1", "key": "2"}], item) == [("SRV1", "srv1", "name")]


@pytest.mark.parametrize(("there", "here"), [("srv1.nb.example", "SRV1"), ("SRV1", "srv1.nb.example")])
def test_an_item_is_found_by_the_host_part_of_a_full_name_on_either_side(there: str, here: str):
    assert found([{"name": there}], {"name": here}) == [(there, here.lower(), "host")]


def test_two_full_names_with_one_host_part_are_two_machines():
    assert [key for _, key, _ in found([{"name": "srv1.a.example"}], {"name": "srv1.b.example"})] == [""]


def test_a_host_part_that_two_rows_have_is_nobodys():
    rows = [{"name": "srv1.a.example"}, {"name": "srv1.b.example"}]
    assert [way for _, _, way in found(rows, {"name": "SRV1"})] == ["ambiguous", "ambiguous"]


def test_a_host_part_that_two_items_have_is_nobodys():
    items = {"name": "srv1.a.example"}, {"name": "srv1.b.example"}
    assert [way for _, _, way in found([{"name": "srv1"}], *items)] == ["ambiguous"]


def test_the_exact_name_goes_before_the_host_part():
    items = {"name": "srv1"}, {"name": "srv1.a.example", "id": "full"}
    rows = [{"name": "srv1"}, {"name": "srv1.a.example"}]
    assert found(rows, *items) == [("srv1", "srv1", "name"), ("srv1.a.example", "full", "name")]


def test_whoever_only_shares_the_host_part_of_a_known_machine_is_doubtful():
    rows = [{"name": "srv1"}, {"name": "srv1.b.example"}]
    assert [way for _, _, way in found(rows, {"name": "SRV1"})] == ["name", "ambiguous"]


def test_two_items_of_one_name_are_an_error_and_not_the_first_of_them():
    setups = [
        {"id": one, "product": "other", "product_name": "Tape", "items": [{"name": "SRV1"}]} for one in ("a", "b")
    ]
    assert [way for _, _, way in found([{"name": "SRV1"}], setups=setups)] == ["ambiguous"]


def test_a_feed_that_names_the_set_up_tells_two_items_of_one_name_apart():
    setups = [
        {"id": one, "product": "other", "product_name": "Tape", "items": [{"name": "SRV1", "id": one}]}
        for one in ("a", "b")
    ]
    fixed = {**FEED, "client": "harbour-dental", "setup": "b", "columns": {"name": "Name"}}
    files = {"inventory/feeds.yml": feeds(fixed), "inventory/console.csv": "Name\nSRV1\n"}
    text = json.dumps({"client": "Harbour Dental", "setups": setups})
    [thing] = matched(fleet({**files, "clients/harbour-dental.yml": text})).things
    assert _key(thing) == "b"


def test_two_ids_of_one_name_are_two_things_and_nobody_knows_which_is_meant():
    rows = [{"name": "PC1", "key": "1"}, {"name": "PC1", "key": "2"}]
    assert [way for _, _, way in found(rows, {"name": "PC1"})] == ["ambiguous", "ambiguous"]


def test_of_two_ids_of_one_name_the_one_in_the_record_is_certain():
    rows = [{"name": "PC1", "key": "1"}, {"name": "PC1", "key": "2"}]
    ways = [way for _, _, way in found(rows, {"name": "PC1", "external_ids": {"console": "2"}})]
    assert ways == ["ambiguous", "id"]


def test_several_backups_of_one_machine_are_one_thing():
    rows = [{"name": "PC1", "key": "1", "job": "Files"}, {"name": "PC1", "key": "2", "job": "Image"}]
    assert [way for _, _, way in found(rows, {"name": "PC1"})] == ["name", "name"]


def test_rows_of_one_id_or_one_name_are_one_thing():
    rows = [
        {"name": "SRV1", "job": "A"},
        {"name": "srv1", "job": "B"},
        {"name": "X", "key": "9"},
        {"name": "Y", "key": "9"},
    ]
    assert [words for words, _, _ in found(rows, {"name": "SRV1"})] == ["SRV1", "X"]


def test_a_row_without_an_id_belongs_to_the_only_id_of_its_name():
    both = [{"name": "srv1"}, {"name": "SRV1", "key": "a"}]
    assert found(both, {"name": "SRV1"}) == [("SRV1", "srv1", "name")]
    assert found(both) == [("SRV1", "", "")]
    assert [words for words, *_ in found([*both, {"name": "SRV1", "key": "b"}])] == ["srv1", "SRV1", "SRV1"]


def test_an_item_that_has_gone_stands_back_behind_the_one_that_took_its_name():
    items = {"name": "SRV1", "id": "old", "retired_on": "2025-01-01"}, {"name": "SRV1", "id": "new"}
    assert found([{"name": "SRV1"}], *items) == [("SRV1", "new", "name")]


def test_a_feed_with_a_product_looks_into_the_set_ups_of_that_product_alone():
    fixed = {**FEED, "product": "other"}
    setups = [
        {"id": "tape", "product": "other", "product_name": "Tape", "items": [{"name": "SRV1"}]},
        {"id": "cloud", "product": "n-able-cove", "items": [{"name": "SRV2"}]},
    ]
    rows = [{"name": "SRV1", "client": "Harbour Dental"}, {"name": "SRV2", "client": "Harbour Dental"}]
    files = {"inventory/feeds.yml": feeds(fixed), "inventory/console.csv": export(rows)}
    text = json.dumps({"client": "Harbour Dental", "setups": setups})
    things = matched(fleet({**files, "clients/harbour-dental.yml": text})).things
    assert [thing.documented for thing in things] == [True, False]


# Groups

DESKS: Mapping[str, Any] = {"id": "desks", "kind": "workstation", "match": "PC*", "expected": 2}


def test_a_group_holds_whatever_its_pattern_fits():
    rows = [{"name": "pc01"}, {"name": "PC02.nb.example"}, {"name": "LAPTOP"}]
    assert [key for _, key, _ in found(rows, DESKS)] == ["desks", "desks", ""]


def test_an_item_of_its_own_goes_before_a_group():
    assert found([{"name": "PC01"}], DESKS, {"name": "PC01"}) == [("PC01", "pc01", "name")]


def test_what_policy_wants_one_by_one_belongs_to_no_group():
    servers = {"id": "all", "kind": "server", "match": "*", "expected": 9}
    assert [key for _, key, _ in found([{"name": "SRV1"}], servers)] == [""]
    assert [key for _, key, _ in found([{"name": "PC1", "kind": "server"}], DESKS)] == [""]
    assert [key for _, key, _ in found([{"name": "PC1", "kind": "workstation"}], DESKS)] == ["desks"]


def test_two_groups_that_fit_are_one_too_many():
    more = {"id": "all", "kind": "workstation", "match": "P*", "expected": 2}
    assert [way for _, _, way in found([{"name": "PC1"}], DESKS, more)] == ["ambiguous"]


# Which exports hold today


def exports(*names: str, **feed: Any) -> Fleet:
    rows = {f"inventory/{name}": export([{"name": name, "client": "Harbour Dental"}]) for name in names}
    files = {"inventory/feeds.yml": feeds({**FEED, "files": "*.csv", **feed}), **rows}
    return fleet({**files, "clients/harbour-dental.yml": record({"name": "SRV1"})})


def test_of_files_that_differ_by_the_day_alone_the_newest_holds():
    [feed] = exports("a-2026-11-20.csv", "a-2026-11-21.csv", "b-2026-11-19.csv").inventory.feeds[:1]
    inventory = exports("a-2026-11-20.csv", "a-2026-11-21.csv", "b-2026-11-19.csv").inventory
    sorted_out = current(feed, inventory.exports)

    assert [one.file for one in sorted_out.now] == ["inventory/a-2026-11-21.csv", "inventory/b-2026-11-19.csv"]
    assert [one.file for one in sorted_out.before] == ["inventory/a-2026-11-20.csv"]


def test_the_day_in_a_name_is_found_as_the_feed_writes_it():
    inventory = exports(
        "a 3.11.2026.csv", "a 21.11.2026.csv", made_on={"from": "name", "pattern": "%d.%m.%Y"}
    ).inventory
    sorted_out = current(inventory.feeds[0], inventory.exports)
    assert [one.made_on.isoformat() for one in sorted_out.now if one.made_on] == ["2026-11-21"]


def test_files_without_a_day_all_hold():
    inventory = exports("a.csv", "b.csv").inventory
    assert len(current(inventory.feeds[0], inventory.exports).now) == 2


# What has to be there, and when it last was


def shown(*days: tuple[str, Sequence[str]]) -> Fleet:
    """An export for each of these days, with these names; the record has SRV1 and SRV2."""
    rows = {
        f"inventory/console-{day}.csv": export([{"name": name, "client": "Harbour Dental"} for name in names])
        for day, names in days
    }
    item = [{"name": "SRV1", "kind": "server"}, {"name": "SRV2", "kind": "server"}]
    text = record(*item)
    files = {"inventory/feeds.yml": feeds({**FEED, "product": "other"}), "clients/harbour-dental.yml": text}
    return fleet({**files, **rows})


def test_what_no_export_of_today_shows_was_last_shown_by_an_older_one():
    both = ["SRV1", "SRV2"]
    site = shown(("2026-11-19", both), ("2026-11-20", both), ("2026-11-21", ["SRV1"]), ("2026-11-22", ["SRV1"]))
    [missing] = expected(site)

    assert missing.target.words == "SRV2"
    assert [day.isoformat() for day in last_shown(site).values()] == ["2026-11-20"]


def test_an_export_that_could_not_be_read_in_full_says_nothing_of_what_is_missing():
    site = shown(("2026-11-22", ["SRV1"]))
    assert [one.target.words for one in expected(site)] == ["SRV2"]
    torn = export([{"name": "SRV1", "client": "Harbour Dental"}]) + '"SRV2"\n'
    files = {"inventory/feeds.yml": feeds({**FEED, "product": "other"}), "inventory/console-2026-11-22.csv": torn}
    item = [{"name": "SRV1", "kind": "server"}, {"name": "SRV2", "kind": "server"}]
    assert expected(fleet({**files, "clients/harbour-dental.yml": record(*item)})) == ()


# Laws

NAMES = [f"C{number:02}-SRV{item}" for number in range(3) for item in range(4)]


@given(st.permutations(NAMES), st.sets(st.sampled_from(NAMES)), st.sets(st.sampled_from(NAMES)))
def test_exactly_what_differs_is_found_whatever_the_order_of_the_rows(
    rows: list[str], undocumented: set[str], absent: set[str]
):
    records = {
        f"c{number:02}": json.dumps(
            {
                "client": f"Client {number}",
                "external_ids": {"console": f"C{number:02}"},
                "setups": [
                    {
                        "id": "main",
                        "product": "other",
                        "product_name": "Tape",
                        "items": [
                            {"name": name, "kind": "server"} for name in NAMES if _is_in(name, number, undocumented)
                        ],
                    }
                ],
            }
        )
        for number in range(3)
    }
    shows = [{"name": name, "client": name[:3]} for name in rows if name not in absent]
    files = {f"clients/{slug}.yml": text for slug, text in records.items()}
    inventory = {"inventory/feeds.yml": feeds({**FEED, "product": "other"}), "inventory/console.csv": export(shows)}
    site = fleet({"policy.yml": POLICY, **files, **inventory})
    things = matched(site).things

    assert {thing.words for thing in things if not thing.documented} == undocumented - absent
    if shows:
        assert {one.target.words for one in expected(site)} == absent - undocumented


def _is_in(name: str, client: int, undocumented: set[str]) -> bool:
    return name.startswith(f"C{client:02}") and name not in undocumented


@given(st.permutations(range(6)))
def test_what_is_ambiguous_does_not_depend_on_the_order_of_the_rows(order: list[int]):
    rows = [
        {"name": "srv1", "key": "1"},
        {"name": "SRV1", "key": "2"},
        {"name": "srv2.a.example"},
        {"name": "srv2.b.example"},
        {"name": "srv3", "key": "7"},
        {"name": "srv3.c.example"},
    ]
    items = {"name": "SRV1"}, {"name": "srv2"}, {"name": "SRV3", "external_ids": {"console": "7"}}
    ways = {name: way for name, _, way in found([rows[number] for number in order], *items)}
    assert ways == {
        "srv1": "ambiguous",
        "SRV1": "ambiguous",
        "srv2.a.example": "ambiguous",
        "srv2.b.example": "ambiguous",
        "srv3": "id",
        "srv3.c.example": "ambiguous",
    }


def test_a_site_without_feeds_has_nothing_to_match():
    site = fleet({"clients/harbour-dental.yml": record({"name": "SRV1"})})
    assert matched(site).things == ()
    assert expected(site) == ()
    assert read_inventory(site.root, site.policy).feeds == ()


def test_matching_is_done_once_for_every_day_and_anew_for_other_records():
    site = fleet({"clients/harbour-dental.yml": record({"name": "SRV1"}), "inventory/feeds.yml": feeds()})
    assert matched(replace(site, as_of=date(2030, 1, 1))) is matched(site)
    assert matched(replace(site, records=())) is not matched(site)
