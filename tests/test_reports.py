"""Reports: the line, the caret below the right characters, and the same findings for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from runbooks import gate, reports
from runbooks.findings import Blocks, Finding, Place, Related, Severity
from runbooks.gate import Report
from tests.sample import POLICY, TODAY, planted, read

FILE = "clients/a.yml"
FINDING = Finding(
    place=Place(FILE, 2, 8, 2, 12),
    code="DOC003",
    name="client-undocumented",
    severity=Severity.ERROR,
    blocks=Blocks.PAGE,
    message="something is wrong",
    help="mend it",
    client="a",
    path=("agreements", 0, "type"),
)


def at(line: int, column: int, end_line: int, end_column: int, *related: tuple[Place, str]) -> Finding:
    places = tuple(Related(place, words) for place, words in related)
    return replace(FINDING, place=Place(FILE, line, column, end_line, end_column), related=places)


def shown(tmp_path: Path, text: str | bytes, finding: Finding) -> list[str]:
    """The lines of source and carets that a report shows of one finding."""
    planted(tmp_path, {FILE: text})
    lines = reports.full(Report(TODAY, 1, (finding,)), tmp_path).split("\n")
    return lines[2 : next(number for number, line in enumerate(lines) if line.startswith("   = path"))]


def marked(line: str, carets: str) -> str:
    """The characters of a shown line that stand above the marks of the next."""
    return "".join(character for character, mark in zip(line, carets.ljust(len(line)), strict=False) if mark in "^-")


def test_a_report_shows_the_line_the_caret_and_what_to_do(tmp_path: Path):
    planted(tmp_path, {FILE: "agreements:\n  type: fulll\n"})
    assert reports.full(Report(TODAY, 1, (FINDING,)), tmp_path) == (
        "error[DOC003] client-undocumented: something is wrong\n"
        "  --> clients/a.yml:2:8\n"
        "2 |   type: fulll\n"
        "  |        ^^^^\n"
        "   = path: agreements[0].type\n"
        "   = help: mend it\n"
        "   = more: runbooks explain DOC003\n"
        "\n"
        "Checked 1 record: 1 error, 0 warnings, 0 info; 0 waived. As of 2026-11-22.\n"
    )


@pytest.mark.parametrize(
    ("text", "place", "value"),
    [
        ("type: fulll\n", (1, 7, 1, 12), "fulll"),
        ("café: été né\n", (1, 7, 1, 10), "été"),
        ("a: 北湾 x\n", (1, 4, 1, 6), "北湾"),
        ("a: \U0001f600 x\n", (1, 4, 1, 5), "\U0001f600"),
        ("\ta: b\n", (1, 5, 1, 6), "b"),
        ("a:\tb\n", (1, 4, 1, 5), "b"),
        ("\ufefftype: full\n", (1, 7, 1, 11), "full"),
        ("x: y\r\ntype: full\r\n", (2, 7, 2, 11), "full"),
        ("x: y\rtype: full\r", (2, 7, 2, 11), "full"),
        ("a: b", (1, 4, 1, 5), "b"),
        ("a: [b,\n  c]\n", (1, 4, 2, 5), "[b,"),
    ],
)
def test_the_caret_stands_below_the_value(tmp_path: Path, text: str, place: tuple[int, int, int, int], value: str):
    line, carets = shown(tmp_path, text, at(*place))
    assert marked(line, carets) == value


def test_a_place_without_length_gets_one_caret(tmp_path: Path):
    assert shown(tmp_path, "a: b\n", at(1, 1, 1, 1)) == ["1 | a: b", "  | ^"]
    assert shown(tmp_path, "a:\n", at(1, 3, 1, 3)) == ["1 | a:", "  |   ^"]
    assert shown(tmp_path, "\n", at(1, 1, 1, 1)) == ["1 |", "  | ^"]


def test_two_spans_of_one_line_stand_below_it_in_their_order(tmp_path: Path):
    text = "a: {starts: 2026-01-02, last: 2026-01-01}\n"
    first = Place(FILE, 1, 13, 1, 23)
    lines = shown(tmp_path, text, at(1, 31, 1, 41, (first, "the start")))
    assert lines == [
        "1 | a: {starts: 2026-01-02, last: 2026-01-01}",
        "  |             ---------- the start",
        "  |                               ^^^^^^^^^^",
    ]


def test_two_spans_of_different_lines_are_shown_with_what_is_between_left_out(tmp_path: Path):
    text = "".join(f"key{number}: value\n" for number in range(1, 13))
    lines = shown(
        tmp_path, text, at(12, 8, 12, 13, (Place(FILE, 2, 1, 2, 5), "first here"), (Place(FILE, 3, 1, 3, 5), ""))
    )
    assert lines == [
        " 2 | key2: value",
        "   | ---- first here",
        " 3 | key3: value",
        "   | ----",
        "...",
        "12 | key12: value",
        "   |        ^^^^^",
    ]


def test_a_place_in_another_file_is_named(tmp_path: Path):
    other = Place("policy.yml", 7, 3, 7, 9)
    assert shown(tmp_path, "a: b\n", at(1, 1, 1, 2, (other, "declared here"))) == [
        "1 | a: b",
        "  | ^",
        "   = policy.yml:7:3: declared here",
    ]


@pytest.mark.parametrize("before", [0, 100, 150, 200, 500, 5000])
@pytest.mark.parametrize("after", [0, 500])
def test_of_a_long_line_the_part_around_the_value_is_shown(tmp_path: Path, before: int, after: int):
    text = "x" * before + "VALUE" + "x" * after + "\n"
    line, carets = shown(tmp_path, text, at(1, before + 1, 1, before + 6))
    assert marked(line, carets) == "VALUE"
    assert len(line) <= 4 + reports.WIDTH
    assert line.endswith("\u2026") == (before + after > 150 and after > 0)


def test_a_value_longer_than_the_line_shown_is_marked_to_its_end(tmp_path: Path):
    line, carets = shown(tmp_path, "a: " + "x" * 1000 + "\n", at(1, 4, 1, 1004))
    assert len(line) == len(carets) == 4 + reports.WIDTH


def test_a_second_span_far_out_on_a_long_line_stays_within_it(tmp_path: Path):
    lines = shown(tmp_path, "x" * 1000 + "\n", at(1, 1, 1, 5, (Place(FILE, 1, 900, 1, 950), "there")))
    assert max(map(len, lines)) <= 4 + reports.WIDTH + len("- there")


def test_what_a_terminal_would_obey_is_not_shown(tmp_path: Path):
    lines = shown(tmp_path, "a: \x1b[2J\x07\u202eb\n", at(1, 1, 1, 2))
    assert lines[0] == "1 | a: \ufffd[2J\ufffd\ufffdb"


@pytest.mark.parametrize("content", [None, b"", b"one line only\n", b"\xff\xfe\x00\x00"])
def test_a_file_that_is_gone_or_too_short_shows_no_line(tmp_path: Path, content: bytes | None):
    planted(tmp_path, {FILE: content} if content is not None else {})
    text = reports.full(Report(TODAY, 1, (at(40, 1, 40, 5),)), tmp_path)
    assert "40 |" not in text
    assert "--> clients/a.yml:40:1" in text


def test_a_finding_in_a_folder_is_no_crash(tmp_path: Path):
    (tmp_path / FILE).mkdir(parents=True)
    assert "DOC003" in reports.full(Report(TODAY, 1, (FINDING,)), tmp_path)


def test_the_concise_report_is_a_line_for_each_finding_and_the_summary(tmp_path: Path):
    two = Report(date(2026, 2, 28), 2, (FINDING, replace(FINDING, severity=Severity.WARNING)))
    assert reports.concise(two, tmp_path) == (
        "clients/a.yml:2:8: error: something is wrong [DOC003 client-undocumented]\n"
        "clients/a.yml:2:8: warning: something is wrong [DOC003 client-undocumented]\n"
        "Checked 2 records: 1 error, 1 warning, 0 info; 0 waived. As of 2026-02-28.\n"
    )


def test_json_holds_every_finding_with_its_place_in_numbers(tmp_path: Path):
    finding = replace(FINDING, related=(Related(Place("policy.yml", 1, 2, 3, 4), "there"),))
    found = json.loads(reports.as_json(Report(TODAY, 1, (finding,)), tmp_path))
    assert found["schema_version"] == 1
    assert found["as_of"] == "2026-11-22"
    assert found["summary"].items() >= {"records": 1, "error": 1, "warning": 0, "info": 0, "waived": 0}.items()
    (plain,) = found["findings"]
    expected = {
        "code": "DOC003",
        "name": "client-undocumented",
        "severity": "error",
        "blocks": "page",
        "client": "a",
        "file": "clients/a.yml",
        "line": 2,
        "column": 8,
        "end_line": 2,
        "end_column": 12,
        "path": "agreements[0].type",
        "message": "something is wrong",
        "help": "mend it",
        "waived": False,
    }
    assert plain.items() >= expected.items()
    (related,) = plain["related"]
    assert related == {"file": "policy.yml", "line": 1, "column": 2, "end_line": 3, "end_column": 4, "message": "there"}


def test_json_of_a_finding_about_no_client_says_null(tmp_path: Path):
    found = json.loads(reports.as_json(Report(TODAY, 1, (replace(FINDING, client=""),)), tmp_path))
    assert found["findings"][0]["client"] is None


def test_json_holds_what_was_waived_and_marks_it(site: Callable[[str], Path]):
    root = site("""
        clients/a.yml:
            client: Somebody
        """)
    waiver = "waivers: [{rule: DOC003, client: a, reason: Later, approver: Boss, until: 2027-01-01}]\n"
    planted(root, {"policy.yml": POLICY + waiver})
    found = json.loads(reports.as_json(gate.check(read(root)), root))
    assert {one["code"]: one["waived"] for one in found["findings"]} == {"DOC003": True, "DOC004": False}
    assert (found["summary"]["waived"], found["summary"]["error"]) == (1, 0)


def test_every_report_can_tell_every_finding_of_a_broken_site(site: Callable[[str], Path]):
    root = site("""
        clients/a.yml:
            client: [
        clients/b.yml:
            ownr: x
            agreements: [{id: A, type: fulll, last_day: 2026-01-01, starts: 2026-02-01}]
            monitoring: {level: full}
        docs/page.md:
            ---
            client: c
            ---
            Text
        """)
    report = gate.check(read(root))
    for form, make in reports.REPORTS.items():
        text = make(report, root)
        assert text.endswith("\n")
        assert all(finding.code in text for finding in report.findings), form
    carets = [line for line in reports.full(report, root).splitlines() if line.strip().startswith("| ") and "^" in line]
    assert len(carets) == len(report.findings)
