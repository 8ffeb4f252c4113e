"""The site of one group: no trace of anybody else, in what is made, in what is counted, and in what is reported."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from runbooks import driver, engine, gate, groups, site, verify
from runbooks.errors import UserError
from runbooks.fleet import Fleet
from runbooks.groups import Group
from runbooks.plugin import titles, without
from runbooks.publish import MARKER
from tests import small

STRANGER = """\
schema: 1
client: Corner Florist
aliases: [The Corner]
external_ids: {psa: "200817", short: "17"}
sites:
  - {id: shop, name: Corner shop, address: "4 Market Lane"}
contacts:
  - {name: Owner, roles: [decision_maker], phone: "+61 2 5550 0106", email: owner@corner-florist.example}
  - {name: Maria Keller, phone: "+61 2 5550 0100"}
  - {name: Practice manager, phone: "+61 2 5550 0107"}
agreements:
  - {id: AGR-1310, type: ad_hoc, billing: {every: once, last_paid_on: 2026-07-28, as_of: 2026-11-20}}
copies:
  - {id: counter-nas, medium: nas, notes: Under the counter.}
setups:
  - id: main
    product: harbour-box
    managed_by: client
    server: FLOWER-NAS
    console_url: "https://flower-nas.corner-florist.example:5001"
    items:
      - {name: Reception, kind: workstation}
      - {name: TILL01, kind: workstation, user: Anna Petrova}
    jobs:
      - {name: FL-Nightly, items: [till01], schedule: daily at 21:00, keeps: {daily: 7}, to: counter-nas}
    notifies: [owner@corner-florist.example, alerts@provider.example]
monitoring: {level: none}
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The small site, in which one client of another group has everything by which a client can be known."""
    root = small.green(tmp_path / "small")
    (root / "clients/corner-florist.yml").write_text(STRANGER, encoding="utf-8")
    return root


def the_group(root: Path, only: str = "group=dental") -> Group:
    return groups.group(site.read(root), only, engine.nav_titles(root))


@pytest.fixture
def dental(source: Path) -> Group:
    return the_group(source)


# Who is of it.


def test_a_group_has_its_clients_alone(dental: Group):
    assert [record.slug for record in dental.fleet.records] == ["harbour-dental"]
    assert len(dental.whole.records) == 4
    assert dental.only == "group=dental"
    assert dental.fleet.policy.waivers == ()
    assert dental.whole.policy.waivers != ()


@pytest.mark.parametrize(
    ("only", "words"),
    [
        ("group=dentel", "there is no group dentel; did you mean dental?"),
        ("group=vets", "there is no group vets; there is dental"),
        ("group=", "write --only group=NAME"),
        ("dental", "write --only group=NAME"),
        ("client=harbour-dental", "write --only group=NAME"),
    ],
)
def test_a_group_that_is_not_there_is_one_line_with_a_suggestion(source: Path, only: str, words: str):
    with pytest.raises(UserError, match=re.escape(words)):
        the_group(source, only)


def test_where_there_is_no_record_there_is_no_group_and_no_error(source: Path):
    for path in (source / "clients").rglob("*.yml"):
        path.unlink()

    assert the_group(source).fleet.records == ()


# What gives somebody away.

TRACES = {
    "the name": ["Corner Florist", "CORNER  florist", "corner-florist", "the corner", "clients/corner-florist/restore"],
    "a machine or job": ["FLOWER-NAS", "flower-nas", "TILL01", "till01.", "FL-Nightly"],
    "an address": ["owner@corner-florist.example", "mailto:Owner@corner-florist.example", "x@corner-florist.example"],
    "a telephone number": ["+61 2 5550 0106", "(02) 5550 0106", "tel:+61255500106", "0061-2-5550-0106"],
    "a place": ["4 Market Lane", "4, Market Lane", "Corner shop"],
    "a person": ["Maria Keller", "maria keller", "Anna Petrova"],
    "a number": ["AGR-1310", "PSA 200817"],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in TRACES.items() for text in texts])
def test_everything_by_which_a_client_can_be_known_is_a_trace(dental: Group, kind: str, text: str):
    assert kind in dental.strangers.traces(f"<p>About {text} and so on.</p>")


@pytest.mark.parametrize(
    "text",
    [
        "The main server of the practice",
        "Ask the owner, the practice manager or reception",
        "A corner; the florist's; corners; cornering",
        "Ring +61 2 5550 0100 or the duty manager on +61 2 5550 0199",
        "In 17 days, on page 1310, at 200818 metres",
        "Harbour Dental, HD-BOX01, alerts@provider.example",
        "Veeam Backup & Replication, Synology NAS",
        "till 01 o'clock",
    ],
)
def test_what_many_have_and_what_a_client_of_the_group_has_too_is_none(dental: Group, text: str):
    assert dental.strangers.traces(text) == ()


def test_a_name_within_the_name_of_a_client_of_the_group_is_no_trace(source: Path):
    small.edit(source / "clients/corner-florist.yml", "aliases: [The Corner]", "aliases: [Harbour]")
    strangers = the_group(source).strangers

    assert strangers.traces("Harbour Dental, near the harbour") == ()
    assert strangers.traces("Corner Florist") == ("the name",)


def test_a_sample_of_a_rule_may_happen_to_have_the_name_of_a_client(source: Path):
    small.edit(source / "clients/corner-florist.yml", "aliases: [The Corner]", "aliases: [no person has approved]")
    strangers = the_group(source).strangers
    sample = "agr-1042"
    small.edit(source / "clients/corner-florist.yml", "AGR-1310", "AGR-1042X")

    assert strangers.traces_in(sample, "rules/agr001") == ()


# Hand-written pages.


def written(root: Path, **pages: str) -> frozenset[str]:
    for name, text in pages.items():
        small.add(root / "docs" / f"{name.replace('__', '/')}.md", text)
    return the_group(root).left_out


def test_pages_about_others_and_pages_that_name_others_are_left_out(source: Path):
    found = written(
        source,
        about="---\nclient: corner-florist\n---\n# Visits\n",
        ours="---\nclient: harbour-dental\n---\n# Visits\n",
        unknown="---\nclient: nobody\n---\n# Visits\n",
        named="# Notes\n\nAs at the Corner Florist.\n",
        host="# Notes\n\n```\nping flower-nas\n```\n",
        titled='---\ntitle: "Maria Keller"\n---\n# Notes\n',
        plain="# Notes\n\nNothing.\n",
        pine_road_vets="# Notes\n",
    )

    assert found == {"about.md", "unknown.md", "named.md", "host.md", "titled.md", "pine_road_vets.md"}


def test_pages_that_lead_to_a_page_that_is_left_out_are_left_out_in_turn(source: Path):
    found = written(
        source,
        first="[second](sub/second.md#part)",
        sub__second='<a href="../third/">third</a>',
        third="[fourth]: sub/fourth.md 'x'\n\n[fourth]",
        sub__fourth="Corner Florist",
        fifth="[first](first.md) `sub/fourth.md`",
        sixth="`sub/fourth.md` is a file",
        picture="![plan](img/flower-nas.png)",
    )
    small.add(source / "docs/img/flower-nas.png", "x")

    assert found == {"first.md", "sub/second.md", "third.md", "sub/fourth.md", "fifth.md", "picture.md"}
    assert the_group(source).left_out == found | {"img/flower-nas.png"}


def test_files_that_name_others_are_left_out(source: Path):
    small.add(source / "docs/list.csv", "Corner Florist,1\n")
    small.add(source / "docs/other.csv", "Nobody,1\n")
    small.add(source / "docs/the-corner/map.txt", "x\n")

    assert the_group(source).left_out == {"list.csv", "the-corner/map.txt"}


def test_a_page_whose_title_in_the_navigation_names_another_is_left_out(source: Path):
    small.edit(source / "mkdocs.yml", "Notes: notes.md", "Corner Florist: notes.md")

    assert the_group(source).left_out == {"notes.md"}


def test_the_navigation_loses_what_is_left_out_and_parts_that_become_empty():
    nav = ["index.md", {"A": [{"B": "b.md"}, {"C": ["./c.md", {"D": "d.md"}]}]}, {"E": [{"F": "f.md"}]}, {"G": []}]
    kept = without(nav, frozenset({"c.md", "d.md", "f.md"}))

    assert kept == ["index.md", {"A": [{"B": "b.md"}]}, {"G": []}]
    assert titles(nav)["d.md"] == ("A", "C", "D")
    assert titles(nav)["c.md"] == ("A", "C")


# What is reported.


def test_the_report_is_of_the_group_and_of_what_is_nobody_s(source: Path):
    small.edit(source / "clients/corner-florist.yml", "level: none", "level: full")
    small.edit(source / "clients/harbour-dental.yml", "keeps: {daily: 14}, to: hd-cloud", "to: nowhere")
    small.add(source / "docs/florist.md", "# Corner Florist\n\n---\nKind: monitoring\n")
    of = the_group(source)
    whole = gate.check(of.whole)
    report = groups.reported(whole, gate.check(of.fleet), of)

    assert {one.client for one in whole.findings} > {"corner-florist", "harbour-dental"}
    assert {one.client for one in report.findings} <= {"harbour-dental", ""}
    assert "harbour-dental" in {one.client for one in report.findings}
    assert report.records == 1
    assert set(report.clients) <= {"harbour-dental"}
    assert set(report.files) <= {"harbour-dental"}
    assert set(report.met) <= {"harbour-dental"}
    for finding in report.findings:
        assert of.strangers.traces(str(finding)) == (), finding
        assert of.strangers.traces(finding.help) == (), finding


def test_totals_of_policy_rules_are_those_of_the_group(source: Path):
    small.edit(source / "clients/corner-florist.yml", "level: none", "level: full")
    of = the_group(source)
    report = groups.reported(gate.check(of.whole), gate.check(of.fleet), of)

    assert report.unpaid == gate.check(of.fleet).unpaid
    assert [one for one in report.findings if one.code == "AGR023"] == []


def test_what_a_client_of_the_group_must_mend_is_said_without_the_name_of_the_other(source: Path):
    small.edit(source / "policy.yml", "profile: start", "profile: standard")
    small.edit(source / "clients/harbour-dental.yml", 'external_ids: {psa: "1042"}', 'external_ids: {psa: "200817"}')
    of = the_group(source)
    report = groups.reported(gate.check(of.whole), gate.check(of.fleet), of)
    twice = [one for one in report.findings if one.code == "REC012"]

    assert len(twice) == 1
    assert "florist" not in str(twice[0]).lower()
    assert all("florist" not in one.place.file for one in twice[0].related)


def test_a_record_that_cannot_be_read_is_nobody_s_and_not_passed_over(source: Path):
    (source / "clients/secret-client.yml").write_text("client: Secret Client\ngroups: [\n", encoding="utf-8")
    of = the_group(source)
    report = groups.reported(gate.check(of.whole), gate.check(of.fleet), of)
    found = [one for one in report.findings if one.place.file == "clients"]

    assert len(found) == 1
    assert "a record cannot be read" in found[0].message
    assert not report.passed
    assert "secret" not in "".join(map(str, report.findings)).lower()


# The third wall.


def test_the_wall_finds_every_trace_and_says_no_name(tmp_path: Path, dental: Group):
    for number, text in enumerate(text for texts in TRACES.values() for text in texts):
        small.add(tmp_path / f"site/{number}/index.html", f"<html><p>It is {text}.</p></html>")
    small.add(tmp_path / "site/clean/index.html", "<html><p>Harbour Dental and its practice manager.</p></html>")
    found = verify.leaks(tmp_path / "site", dental.whole, dental.strangers)
    mine = [one for one in found if one.code == "PUB011"]

    assert len({one.place.file for one in mine}) == sum(map(len, TRACES.values()))
    assert all(dental.strangers.traces(one.message) == () for one in found)
    assert str(mine[0].blocks) == "site"


def test_the_wall_says_no_name_where_monitoring_of_another_is_given_away(tmp_path: Path, dental: Group):
    small.add(tmp_path / "site/clients/corner-florist/monitoring/index.html", "<html><p>Hello.</p></html>")
    found = verify.leaks(tmp_path / "site", dental.whole, dental.strangers)

    assert any(one.code == "PUB010" for one in found)
    assert all("florist" not in one.message and one.client == "" for one in found)


def test_a_site_on_its_own_is_read_as_what_its_marker_says(tmp_path: Path, source: Path):
    fleet: Fleet = site.read(source)
    small.add(tmp_path / "site/index.html", "<html><p>Corner Florist</p></html>")
    small.add(tmp_path / "site" / MARKER, json.dumps({"as_of": "2026-11-22"}))
    assert driver.leaks(tmp_path / "site", fleet) == ()

    (tmp_path / "site" / MARKER).write_text(json.dumps({"only": "group=dental"}), encoding="utf-8")
    assert [one.code for one in driver.leaks(tmp_path / "site", fleet)] == ["PUB011"]
