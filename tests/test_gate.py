"""The gate at work: severities, waivers, crashes, and what is withheld for which finding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runbooks import gate
from runbooks.findings import Blocks, Finding, Place, Problem, Severity, ordered
from runbooks.fleet import PolicyUnreadable, read_policy
from runbooks.gate import Report
from runbooks.rules.registry import RULES
from tests.sample import AGREEMENT, POLICY, TODAY, TOMORROW, YESTERDAY, agreed, checked, codes, fleet, planted, the

BARE = "client: Somebody\n"
"""A record that finds DOC003 (an error) and DOC004 (a warning)."""

GOOD = """\
client: Somebody
no_backup: {told_on: 2026-05-06}
contacts: [{name: Owner, phone: "+61 2 5550 0100"}]
"""


def found(text: str = BARE, policy: str = "", **files: str) -> Report:
    return checked({"policy.yml": POLICY + policy, "clients/somebody.yml": text, **files})


def waiver(rule: str = "DOC003", client: str = "somebody", until: str = TOMORROW) -> str:
    return f"  - {{rule: {rule}, client: {client}, reason: Later, approver: Boss, until: {until}}}\n"


def waived(*waivers: str) -> str:
    return "waivers:\n" + "".join(waivers or (waiver(),))


def test_a_site_without_mistakes_passes():
    report = found(GOOD)
    assert report.findings == ()
    assert report.passed
    assert (report.records, report.as_of) == (1, TODAY)
    assert not report.site_blocked


def test_a_site_without_records_has_checked_none():
    assert checked({}).records == 0


def test_a_warning_passes_and_an_error_does_not():
    warned = found(GOOD.replace("contacts", "# contacts"), policy="rules: {DOC004: warning}\n")
    assert (codes(warned), warned.count(Severity.WARNING), warned.passed) == (["DOC004"], 1, True)
    failed = found(policy="rules: {DOC004: warning}\n")
    assert (failed.count(Severity.ERROR), failed.count(Severity.WARNING), failed.count(Severity.INFO)) == (1, 1, 0)
    assert not failed.passed


# Severities


@pytest.mark.parametrize("severity", ["error", "warning", "info"])
@pytest.mark.parametrize("word", ["DOC003", "doc003", "client-undocumented", "Client-Undocumented"])
def test_policy_gives_a_rule_its_severity_by_code_or_name(word: str, severity: str):
    assert str(the(found(policy=f"rules: {{{word}: {severity}}}\n"), "DOC003").severity) == severity


def test_a_rule_that_is_off_finds_nothing():
    assert codes(found(policy='rules: {DOC003: "off", no-one-to-call: "off"}\n')) == []


def test_a_rule_that_is_off_is_not_even_run(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(RULES, "DOC003", replace(RULES["DOC003"], check=_crash))
    assert "PUB001" not in codes(found(policy='rules: {DOC003: "off"}\n'))


@pytest.mark.parametrize("word", ["AGR001", "monitoring-without-agreement"])
@pytest.mark.parametrize("asked", ['"off"', "info", "warning"])
def test_a_rule_of_the_gate_keeps_its_severity(word: str, asked: str):
    report = found(agreed(), policy=f"rules: {{{word}: {asked}}}\n")
    assert the(report, "AGR001").severity is Severity.ERROR
    assert the(report, "POL005").severity is Severity.ERROR


def test_what_a_reader_finds_keeps_its_severity():
    assert the(found("client: A\nownr: B\n", policy='rules: {REC001: "off"}\n'), "REC001").severity is Severity.ERROR


def test_what_a_rule_blocks_does_not_depend_on_its_severity():
    page = {"docs/page.md": "---\nclient: nobody\n---\nText\n"}
    for severity in ("error", "warning", "info"):
        report = found(GOOD, policy=f"rules: {{DOC010: {severity}}}\n", **page)
        assert the(report, "DOC010").blocks is Blocks.PAGE
        assert report.blocked_pages == {"docs/page.md"}
        assert not report.clean


# Waivers


def test_a_waiver_takes_one_finding_of_one_client_out_and_keeps_it_in_sight():
    report = found(policy=waived())
    assert codes(report) == []
    ((finding, accepted),) = report.waived
    assert (finding.code, accepted.approver, accepted.reason) == ("DOC003", "Boss", "Later")
    assert report.passed


def test_a_waiver_by_name_works_as_well():
    assert "DOC003" not in codes(found(policy=waived(waiver("client-undocumented"))))


def test_a_waiver_for_another_client_waives_nothing_here():
    report = checked(
        {
            "policy.yml": POLICY + waived(waiver(client="other")),
            "clients/somebody.yml": BARE,
            "clients/other.yml": BARE.replace("Somebody", "Another"),
        }
    )
    assert [finding.client for finding in report.findings if finding.code == "DOC003"] == ["somebody"]
    assert [finding.client for finding, _ in report.waived] == ["other"]


@pytest.mark.parametrize(("until", "holds"), [(YESTERDAY, False), (str(TODAY), True), (TOMORROW, True)])
def test_a_waiver_holds_through_its_last_day(until: str, *, holds: bool):
    report = found(policy=waived(waiver(until=until)))
    assert ("DOC003" not in codes(report)) == holds
    assert ("WVR001" in codes(report)) != holds
    assert "WVR002" not in codes(report)


def test_a_waiver_that_waives_nothing_is_a_warning_at_its_line():
    report = found(GOOD, policy=waived())
    finding = the(report, "WVR002")
    assert finding.severity is Severity.WARNING
    assert (finding.place.file, finding.path) == ("policy.yml", ("waivers", 0))
    assert report.passed


@pytest.mark.parametrize("rule", ["NOPE", "AGR001", "DOC004x"])
def test_a_waiver_that_cannot_waive_is_told_once_and_for_that(rule: str):
    report = found(agreed(), policy=waived(waiver(rule)))
    assert "WVR002" not in codes(report)
    assert {"POL004", "POL005"} & set(codes(report))
    assert "AGR001" in codes(report)


def test_of_two_waivers_for_one_finding_the_second_is_unused():
    report = found(policy=waived(waiver(), waiver("client-undocumented")))
    assert the(report, "WVR002").path == ("waivers", 1)


def test_what_blocks_cannot_be_waived_away():
    for rule in ("REC001", "YML005", "PUB001", "AGR001", "AGR010", "AGR020"):
        report = found(agreed(extra=1), policy=waived(waiver(rule)))
        assert report.waived == ()
        assert "somebody" in report.blocked_clients


# Crashes


def _crash(*subject: Any) -> Iterator[Problem]:
    yield Problem((), "found before the crash")
    raise ZeroDivisionError(subject)


@pytest.mark.parametrize("code", ["DOC003", "AGR001", "POL004", "AGR020"])
def test_a_rule_that_crashes_is_a_finding_that_names_it_and_blocks_the_site(monkeypatch: pytest.MonkeyPatch, code: str):
    monkeypatch.setitem(RULES, code, replace(RULES[code], check=_crash))
    page = {"docs/page.md": "# Page\n"}
    report = checked({"clients/a.yml": GOOD, "clients/b.yml": GOOD.replace("Somebody", "B"), **page})
    crashed = [finding for finding in report.findings if finding.code == "PUB001"]
    assert len(crashed) == len(report.crashes) == (2 if RULES[code].subject == "record" else 1)
    for finding in crashed:
        assert finding.message == f"the rule {RULES[code].title} crashed: ZeroDivisionError"
        assert finding.severity is Severity.ERROR
        assert finding.help
    assert "ZeroDivisionError" in report.crashes[0]
    assert report.site_blocked
    assert not report.passed
    assert code not in codes(report)


def test_a_crash_cannot_be_waived_or_turned_down(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(RULES, "DOC003", replace(RULES["DOC003"], check=_crash))
    policy = "rules: {PUB001: info}\n" + waived(waiver("PUB001"), waiver("DOC003"))
    report = found(policy=policy)
    assert the(report, "PUB001").severity is Severity.ERROR
    assert report.site_blocked


def test_the_other_rules_run_on_after_a_crash(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(RULES, "DOC003", replace(RULES["DOC003"], check=_crash))
    report = found(agreed(), policy="rules: {DOC004: warning}\n")
    assert set(codes(report)) >= {"PUB001", "AGR001", "DOC004"}


# What is withheld


def test_monitoring_without_an_agreement_withholds_a_page_and_leaves_the_client():
    report = found(agreed())
    assert [finding.code for finding in report.blocking("somebody")] == ["AGR001"]
    assert report.blocked_clients == frozenset()
    assert report.blocking("another") == ()
    assert not report.site_blocked


def test_a_record_that_cannot_be_read_withholds_its_client_and_no_other():
    report = checked({"clients/a.yml": "client: [\n", "clients/b.yml": GOOD})
    assert report.blocked_clients == {"a"}
    assert report.blocking("b") == ()
    assert not report.site_blocked


def test_a_broken_hand_written_page_withholds_no_client():
    report = checked({"clients/somebody.yml": GOOD, "docs/page.md": "---\na: [\n---\nText\n"})
    assert report.blocked_clients == frozenset()
    assert report.blocked_pages == {"docs/page.md"}


def test_a_mistake_in_a_product_is_a_finding_that_withholds_nothing():
    report = checked({"clients/somebody.yml": GOOD, "templates/products/tape/product.yml": "name: Tape\n"})
    assert {finding.place.file for finding in report.findings} == {"templates/products/tape/product.yml"}
    assert {finding.blocks for finding in report.findings} == {Blocks.NOTHING}
    assert not report.passed


def test_the_findings_of_an_unreadable_policy_block_the_site(tmp_path: Path):
    planted(tmp_path, {"policy.yml": POLICY + "mailbox: []\n"})
    with pytest.raises(PolicyUnreadable) as caught:
        read_policy(tmp_path)
    (finding,) = gate.policy_findings(caught.value)
    assert (finding.code, finding.blocks, finding.client) == ("POL001", Blocks.SITE, "")
    assert finding.place.line == POLICY.count("\n") + 1


# Findings


def test_findings_come_in_the_order_of_the_files_and_each_once():
    report = checked({f"clients/{name}.yml": BARE.replace("Somebody", name) for name in "cab"})
    assert [finding.place for finding in report.findings] == sorted(finding.place for finding in report.findings)
    assert len(set(report.findings)) == len(report.findings)
    assert ordered([*report.findings, *report.findings]) == report.findings


def test_the_same_site_gives_the_same_report():
    files = {"clients/a.yml": agreed(), "clients/b.yml": BARE, "policy.yml": POLICY + waived()}
    assert checked(files) == checked(files)


def test_a_finding_reads_as_a_line_for_a_terminal():
    finding = the(found(), "DOC003")
    assert str(finding) == ("clients/somebody.yml:1:1: error: the record has no set-up [DOC003 client-undocumented]")


def test_severities_and_what_they_block_are_ordered_and_named():
    assert [str(one) for one in sorted(Severity)] == ["info", "warning", "error"]
    assert [str(one) for one in sorted(Blocks)] == ["nothing", "page", "client", "site"]
    assert str(Place("a.yml", 3, 5)) == "a.yml:3:5"


@pytest.mark.parametrize(
    ("path", "words"),
    [((), ""), (("agreements", 0, "last_day"), "agreements[0].last_day"), ((0, "a"), "[0].a"), (("a",), "a")],
)
def test_a_key_path_is_printed_as_people_write_it(path: tuple[str | int, ...], words: str):
    assert gate.path_words(path) == words


def test_whoever_is_entitled_passes_the_gate():
    report = gate.check(fleet({"clients/somebody.yml": agreed(AGREEMENT)}))
    assert not {code for code in codes(report) if code.startswith("AGR")}
    assert all(isinstance(finding, Finding) for finding in report.findings)
