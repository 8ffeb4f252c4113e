"""The crew: with a shelf, without one and with many hands, everything is read and found as by one reader."""

from __future__ import annotations

import json
import multiprocessing
import threading
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from runbooks import crew, gate, hands, site
from runbooks.entitlement import remembered
from runbooks.findings import Problem
from runbooks.verify.forbidden import Forbidden
from tests.sample import AGREEMENT, POLICY, STRICT, TODAY, agreed, planted

BAD = "client: Somebody {0}\nownr: x\nsetups: [{{id: main, product: nothing-known}}]\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site of some clients, with good and bad records and one in parts."""
    monkeypatch.setenv("RUNBOOKS_CACHE", str(tmp_path / "cache"))
    records = {f"clients/client-{number}.yml": BAD.format(number) for number in range(6)}
    good = agreed(client="Good")
    parts = {"clients/parts/client.yml": "client: Parts\n", "clients/parts/notes.yml": "notes: Text\n"}
    return planted(tmp_path / "site", {"policy.yml": STRICT, "clients/good.yml": good, **records, **parts})


def same(root: Path) -> None:
    """A survey is what reading and checking without it is."""
    survey, plain = site.survey(root, TODAY), site.read(root, TODAY)
    assert [(one.slug, one.client, one.problems) for one in survey.fleet.records] == [
        (one.slug, one.client, one.problems) for one in plain.records
    ]
    assert gate.check(survey.fleet, survey.found) == gate.check(plain)
    assert all(one.client.at("x") == ("x",) for one in survey.fleet.records)


def test_a_survey_is_what_reading_is_cold_and_warm(root: Path):
    for _ in range(3):
        same(root)


def test_where_everything_stands_is_known_whenever_it_is_asked_for_and_not_held(root: Path):
    plain = {one.slug: dict(one.document.spots) for one in site.read(root, TODAY).records}
    for _ in range(2):
        records = site.survey(root, TODAY).fleet.records
        assert [one.slug for one in records if one.document.spots._held is None] == ["good", "parts"]
        assert {one.slug: dict(one.document.spots) for one in records} == plain


def test_parts_that_were_given_the_same_keys_have_one_set_of_these(root: Path):
    planted(root, {f"clients/same-{number}.yml": agreed(AGREEMENT, client=f"Same {number}") for number in range(3)})
    for _ in range(2):
        records = [one for one in site.survey(root, TODAY).fleet.records if one.slug.startswith("same-")]
        given = [one.client.agreements[0].model_fields_set for one in records]
        assert given[0] is given[1] is given[2]
        assert given[0] == set(records[0].document.data["agreements"][0])  # type: ignore[index,call-overload,arg-type]


def test_of_records_with_one_short_name_none_is_watched_though_each_was_checked_alone(root: Path):
    monitored = agreed(AGREEMENT, monitoring={"level": "full"})
    planted(root, {"policy.yml": POLICY, "clients/twin.yml": monitored, "clients/west/twin.yml": monitored})
    with remembered():
        fleet = site.survey(root, TODAY).fleet
        assert {"twin", "twin-2"} <= Forbidden(fleet).unwatched.keys()


def test_many_hands_find_the_same(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(crew, "MANY", 2)
    monkeypatch.setattr(hands, "at_hand", lambda: 2)
    same(root)
    same(root)


def test_a_changed_record_is_read_again(root: Path):
    same(root)
    planted(root, {"clients/client-3.yml": "client: New name\n", "clients/client-9.yml": BAD.format(9)})
    same(root)
    (root / "clients/client-1.yml").unlink()
    same(root)


def test_a_changed_policy_product_or_day_is_asked_again(root: Path):
    same(root)
    planted(root, {"policy.yml": POLICY.replace("full: {counts: true", "full: {counts: false")})
    same(root)
    planted(root, {"templates/products/nothing-known/product.yml": "name: Something\n"})
    same(root)
    later = site.survey(root, TODAY.replace(year=2030))
    assert gate.check(later.fleet, later.found) == gate.check(site.read(root, TODAY.replace(year=2030)))


def test_two_records_of_one_name_are_doubted_warm_as_cold(root: Path):
    planted(root, {"clients/other/good.yml": agreed(client="Another")})
    same(root)
    same(root)


def test_without_a_shelf_nothing_is_kept(root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("RUNBOOKS_CACHE", "off")
    same(root)
    assert not (tmp_path / "cache").exists()


def test_a_crash_of_a_rule_is_found_warm_as_cold(root: Path, monkeypatch: pytest.MonkeyPatch):
    from dataclasses import replace

    from runbooks.rules.registry import RULES

    def crash(*subject: object) -> list[Problem]:
        raise ZeroDivisionError(json.dumps(str(subject)[:1]))

    monkeypatch.setitem(RULES, "DOC003", replace(RULES["DOC003"], check=crash))
    for _ in range(2):
        survey = site.survey(root, TODAY)
        assert gate.check(survey.fleet, survey.found).crashes


def test_a_process_that_was_killed_while_it_held_the_parts_ends_the_run(monkeypatch: pytest.MonkeyPatch):
    class Killed(BaseProcess):
        exitcode = -9

    monkeypatch.setattr(hands, "PATIENCE", 0.01)
    parts = hands._Parts([0, 10], multiprocessing.get_context("spawn").Lock())
    keeper = threading.Thread(target=parts.lock.acquire)
    keeper.start()
    keeper.join()
    with pytest.raises(RuntimeError, match="ended with -9"):
        next(hands._numbers(parts, 0, 5, [Killed()]))


def test_a_report_without_figures_never_stands_for_one_with_them(root: Path):
    plain = gate.check(site.read(root, TODAY))
    assert plain.coverage.clients
    for _ in range(2):
        bare, whole = site.checked(root, TODAY, figures=False), site.checked(root, TODAY)
        assert (bare.findings, bare.coverage.clients) == (plain.findings, {})
        assert whole == plain
