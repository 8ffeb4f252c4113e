"""Documentation coverage: one figure with its parts, and what CI can hold of it."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks import cli, reports
from runbooks.coverage import SECTIONS
from runbooks.report import Coverage, Documented, Report
from tests.sample import STANDARD, agreed, checked, codes, planted, the
from tests.test_fleet_pages import WHOLE
from tests.test_since import commit, git

GOOD = json.dumps(WHOLE)
POOR = "client: Poor\nsetups: [{id: main, product: other, product_name: Tape}]\n"
OF = "clients/good.yml"


def covering(coverage: str = "", **records: str) -> Report:
    policy = STANDARD + (f"coverage: {coverage}\n" if coverage else "")
    return checked({"policy.yml": policy, **{f"clients/{slug}.yml": text for slug, text in records.items()}})


def test_a_whole_runbook_is_covered_in_full_and_a_poor_one_is_not():
    found = covering(good=GOOD, poor=POOR).coverage
    assert found.clients["good"].percent == 100
    assert found.clients["poor"].percent == 0
    assert found.percent == 50


def test_the_figure_has_its_parts():
    found = covering(good=GOOD, poor=POOR).coverage
    assert set(found.sections) == {section.key for section in SECTIONS}
    assert found.sections["contacts"] == 50
    assert found.clients["poor"].todo
    assert found.clients["good"].todo == ""


def test_only_clients_of_today_are_counted():
    gone = POOR.replace("client:", "status: former\nclient:")
    assert list(covering(good=GOOD, gone=gone).coverage.clients) == ["good"]


def test_without_any_client_nothing_can_be_told():
    found = covering().coverage
    assert found.percent is None
    assert found.sections == {}


def test_an_undocumented_item_leaves_the_items_incomplete():
    feed = {"id": "x", "format": "generic-csv", "files": "x-*.csv", "client": "good", "columns": {"name": "Name"}}
    files = {"inventory/feeds.yml": json.dumps({"feeds": [feed]}), "inventory/x-2026-11-22.csv": "Name\nSRV1\nNEW\n"}
    found = checked({"policy.yml": STANDARD, OF: GOOD, **files})
    assert "INV001" in codes(found)
    assert found.coverage.clients["good"].sections["items"] == "part"


@pytest.mark.parametrize(("least", "found"), [(0, []), (50, []), (51, ["DOC026"]), (100, ["DOC026"])])
def test_less_than_the_least_is_an_error_in_policy(least: int, found: list[str]):
    report = covering(f"{{min: {least}}}", good=GOOD, poor=POOR)
    assert [code for code in codes(report) if code == "DOC026"] == found
    if found:
        finding = the(report, "DOC026")
        assert finding.place.file == "policy.yml"
        assert "50%" in finding.message
        assert "Poor 0%" in finding.message


def test_each_runbook_can_be_asked_for_as_well():
    finding = the(covering("{each: 90}", good=GOOD, poor=POOR), "DOC026")
    assert finding.client == "poor"
    assert finding.place.file == "clients/poor.yml"
    assert finding.help.startswith("next: ")


def test_where_policy_asks_nothing_nothing_is_asked():
    assert "DOC026" not in codes(covering(poor=POOR))


@pytest.mark.parametrize("wrong", ["{min: 101}", "{min: -1}", "{min: 80%}", "{mni: 80}"])
def test_a_threshold_is_a_percentage(wrong: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    planted(tmp_path, {"policy.yml": STANDARD + f"coverage: {wrong}\n", OF: GOOD})
    assert cli.run(["lint", "--site", str(tmp_path), "--format", "concise"]) == cli.WRONG_USE
    assert "POL00" in capsys.readouterr().out


def test_the_report_as_json_has_the_figure_with_its_parts(tmp_path: Path):
    found = json.loads(reports.as_json(covering(good=GOOD, poor=POOR), tmp_path))["coverage"]
    assert found["percent"] == 50
    assert found["clients"]["good"] == {
        "percent": 100,
        "sections": dict.fromkeys((section.key for section in SECTIONS), "yes"),
        "next": None,
        "rule": None,
    }


# Against a revision


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    policy = STANDARD + "coverage: {never_lower: true}\n"
    planted(tmp_path, {"policy.yml": policy, OF: GOOD, "clients/other.yml": GOOD.replace("Somebody", "Other")})
    commit(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def since(capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    cli.run(["lint", "--since", "HEAD", "--as-of", "2026-11-22", "--format", "json"])
    found = json.loads(capsys.readouterr().out)["findings"]
    return [one["message"] for one in found if one["code"] == "DOC027"]


def test_as_much_as_before_is_enough(root: Path, capsys: pytest.CaptureFixture[str]):
    assert since(capsys) == []
    planted(root, {"clients/third.yml": GOOD.replace("Somebody", "Third")})
    assert since(capsys) == []


def test_less_than_before_names_whoever_has_less(root: Path, capsys: pytest.CaptureFixture[str]):
    planted(root, {"clients/poor.yml": POOR})
    [message] = since(capsys)
    assert "Poor 0%" in message
    assert "Somebody" not in message
    assert "100.0%" in message


def test_less_than_before_is_told_only_where_policy_wants_it(root: Path, capsys: pytest.CaptureFixture[str]):
    planted(root, {"policy.yml": STANDARD, "clients/poor.yml": POOR})
    assert since(capsys) == []


# Laws


@given(st.dictionaries(st.text(min_size=1), st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=8))
def test_the_figure_lies_between_that_of_the_least_and_of_the_best(figures: dict[str, tuple[int, int]]):
    clients = {slug: Documented({}, min(pair), max(pair)) for slug, pair in figures.items()}
    known = [one.percent for one in clients.values() if one.percent is not None]
    exact, percent = Coverage(clients).exact, Coverage(clients).percent
    if not known:
        assert exact is None
        assert percent is None
    else:
        assert exact is not None
        assert percent is not None
        assert min(known) <= percent <= max(known)
        assert 0 <= exact - Fraction(percent, 100) < Fraction(2, 100)


def test_what_is_agreed_with_the_client_is_part_of_it():
    assert covering(somebody=agreed()).coverage.clients["somebody"].sections["agreements"] != "yes"
