"""Reports: the line, the caret below the right characters, and the same findings for every kind of reader."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
import xmlschema

from runbooks import gate, reports
from runbooks.findings import Blocks, Finding, Fix, Place, Related, Severity
from runbooks.report import Exemption, Report
from runbooks.reports.github import table
from tests import small
from tests.sample import POLICY, TODAY, planted, read

SCHEMAS = small.REPOSITORY / "tests" / "schemas"
ADDRESS = "https://runbooks.provider.example/manual/"
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
    fingerprint="f0",
)
EXEMPTION = Exemption("DOC003", "a", "Later", "Boss", date(2027, 1, 1), Place("policy.yml", 9, 3, 9, 8))
NASTY = (
    "a,b:c%d\r\n::error::x ##[add-mask]y | <b>&amp; `z` [l](https://x.example) ]]> "
    "\x00\x1b[2J\u202e\ufffe\ud800\U0001f600"
)


@pytest.fixture(autouse=True)
def _no_step_summary(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


def several(*severities: Severity) -> tuple[Finding, ...]:
    """Findings of these severities, each on a line of its own."""
    return tuple(
        replace(FINDING, severity=severity, place=Place(FILE, number, 1, number, 2), fingerprint=f"f{number}")
        for number, severity in enumerate(severities, start=1)
    )


def everything() -> Report:
    """A report with something of each kind."""
    odd = replace(
        FINDING,
        place=Place("clients/Zoë & co: 100%.yml", 3, 1, 5, 9),
        severity=Severity.WARNING,
        blocks=Blocks.NOTHING,
        message=NASTY,
        help=NASTY,
        client="zoe",
        path=("setups", 1, NASTY),
        related=(Related(Place("policy.yml", 1, 2, 3, 4), NASTY),),
        fix=Fix("daily\n", safe=True),
        fingerprint="f1",
    )
    bare = replace(FINDING, code="POL001", severity=Severity.INFO, client="", path=(), help="", fingerprint="f2")
    return Report(
        as_of=TODAY,
        records=3,
        findings=(replace(FINDING, fix=Fix("full")), odd, bare),
        waived=((replace(FINDING, fingerprint="f3"), EXEMPTION), (replace(odd, fingerprint="f4"), EXEMPTION)),
        baselined=(replace(FINDING, fingerprint="f5"),),
        crashes=("Traceback: /somewhere/rule.py",),
        clients={"a": "Alpha", "b": "Beta", "zoe": "Zoë"},
        files={"a": (FILE,), "b": ("clients/b.yml",), "zoe": ("clients/Zoë & co: 100%.yml",)},
        met={"zoe": "strict", "a": None, "b": "standard"},
        unpaid="Watching 3 items without an agreement costs 1,105 hours a year.",
    )


def loaded(name: str) -> dict[str, Any]:
    text = (SCHEMAS / name).read_text(encoding="utf-8")
    # SARIF's pattern of a language ends in a slip of the pen, which ECMAScript's strict reading refuses.
    found: dict[str, Any] = json.loads(text.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$"))
    return found


def errors(schema: dict[str, Any], data: object) -> list[str]:
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    return [f"{'/'.join(map(str, one.instance_path))}: {one.message}" for one in validator.iter_errors(data)]


def valid(report: Report, root: Path) -> None:
    """Every report can be written as UTF-8, and those for programs fit their public schemas."""
    for site_url in ("", ADDRESS):
        text = {form: make(report, root, site_url) for form, make in reports.REPORTS.items()}
        for form, words in text.items():
            assert words.encode("utf-8"), form
            assert words.endswith("\n"), form
            assert str(root) not in words, form
        assert not errors(reports.schema(), json.loads(text["json"]))
        assert not errors(loaded("sarif-2.1.0-rtm.5.json"), json.loads(text["sarif"]))
        assert not errors(loaded("gitlab-code-quality.json"), json.loads(text["gitlab"]))
        xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd").validate(ET.fromstring(text["junit"].encode("utf-8")))


def run_of(report: Report, root: Path, site_url: str = "") -> dict[str, Any]:
    """The only run of a report as SARIF."""
    (run,) = json.loads(reports.sarif(report, root, site_url))["runs"]
    assert isinstance(run, dict)
    return run


def cases(report: Report, root: Path) -> dict[str, ET.Element]:
    """The test cases of a report as JUnit by their names."""
    return {case.get("name", ""): case for case in ET.fromstring(reports.junit(report, root)).iter("testcase")}


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
        "Checked 1 record: 1 error, 0 warnings, 0 info; 0 waived, 0 baselined, 0 fixable. As of 2026-11-22.\n"
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
        "Checked 2 records: 1 error, 1 warning, 0 info; 0 waived, 0 baselined, 0 fixable. As of 2026-02-28.\n"
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
    assert [one["code"] for one in found["findings"] if one["waived"]] == ["DOC003"]
    assert [one["waiver"]["reason"] for one in found["findings"] if one["waiver"]] == ["Later"]
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
        text = make(report, root, ADDRESS)
        assert text.endswith("\n")
        assert all(finding.code in text for finding in report.findings), form
    carets = [line for line in reports.full(report, root).splitlines() if line.strip().startswith("| ") and "^" in line]
    assert len(carets) == len(report.findings)
    valid(report, root)


# All of them


def test_a_report_of_everything_is_valid_in_every_form(tmp_path: Path):
    valid(everything(), planted(tmp_path, {FILE: "agreements:\n  type: fulll\n"}))


def test_a_report_of_nothing_is_valid_in_every_form(tmp_path: Path):
    nothing = Report(TODAY, 0, ())
    valid(nothing, tmp_path)
    assert json.loads(reports.gitlab(nothing, tmp_path)) == []
    assert run_of(nothing, tmp_path)["results"] == []
    last = "Checked 0 records: 0 errors, 0 warnings, 0 info; 0 waived, 0 baselined, 0 fixable. As of 2026-11-22.\n"
    assert reports.full(nothing, tmp_path) == reports.concise(nothing, tmp_path) == reports.github(nothing, tmp_path)
    assert reports.full(nothing, tmp_path) == last


def test_a_report_of_ten_thousand_findings_is_valid_in_every_form(tmp_path: Path):
    many = several(*[Severity.ERROR, Severity.WARNING] * 5000)
    valid(Report(TODAY, 1, many, clients={"a": "Alpha"}), planted(tmp_path, {FILE: "key: value\n" * 10_000}))


def test_the_same_report_is_the_same_text_every_time(tmp_path: Path):
    for make in reports.REPORTS.values():
        assert make(everything(), tmp_path, ADDRESS) == make(everything(), tmp_path, ADDRESS)


def test_every_form_for_programs_knows_a_finding_by_the_same_fingerprint(tmp_path: Path):
    report = everything()
    assert [one["fingerprint"] for one in json.loads(reports.as_json(report, tmp_path))["findings"]] == [
        "f0", "f1", "f2", "f3", "f4", "f5",
    ]  # fmt: skip
    for one, expected in zip(run_of(report, tmp_path)["results"], ["f0", "f1", "f2", "f3", "f4", "f5"], strict=True):
        assert one["partialFingerprints"] == {"runbooks/v1": expected}
    assert {one["fingerprint"] for one in json.loads(reports.gitlab(report, tmp_path))} == {"f0", "f1", "f2"}
    assert set(re.findall("fingerprint: (f[0-9])", reports.junit(report, tmp_path))) == {"f0", "f1", "f2"}


def test_the_forms_for_programs_are_named():
    assert set(reports.REPORTS) > reports.MACHINE
    assert set(reports.REPORTS) - reports.MACHINE == {"full", "concise", "github"}


# Full and concise


def test_the_summary_says_what_was_checked_found_and_accepted():
    assert reports.summary(everything()) == (
        "Checked 3 records: 1 error, 1 warning, 1 info; 2 waived, 1 baselined, 2 fixable (1 with --unsafe). "
        "As of 2026-11-22."
    )


@pytest.mark.parametrize("form", ["full", "concise", "github"])
def test_a_report_for_people_ends_with_what_is_unpaid_the_profiles_met_and_the_summary(tmp_path: Path, form: str):
    report = everything()
    closing = [line for line in reports.REPORTS[form](report, tmp_path, "").splitlines() if not line.startswith("::")]
    assert closing[-3:] == [
        report.unpaid,
        "Profiles met: strict 1, standard 1, start 0, none 1.",
        reports.summary(report),
    ]


def test_the_full_report_names_the_page_of_the_rule_and_the_fix(tmp_path: Path):
    lines = reports.full(Report(TODAY, 1, (replace(FINDING, fix=Fix("full", safe=True)),)), tmp_path, ADDRESS)
    assert f"   = fix: write full\n   = docs: {ADDRESS}rules/doc003/\n   = more: runbooks explain DOC003\n" in lines


@pytest.mark.parametrize(
    ("fix", "words"),
    [
        (Fix("full"), "write full (changes what the record says)"),
        (Fix("", safe=True), "take it out"),
        (Fix("\n", safe=True), "write an empty line"),
        (Fix("a: 1\nb: 2\n", safe=True), "write a: 1\u2026"),
        (Fix("x" * 100, safe=True), "write " + "x" * 60 + "\u2026"),
    ],
)
def test_a_fix_is_told_on_one_line(tmp_path: Path, fix: Fix, words: str):
    assert f"   = fix: {words}\n" in reports.full(Report(TODAY, 1, (replace(FINDING, fix=fix),)), tmp_path)


@pytest.mark.parametrize("form", ["full", "concise"])
def test_nothing_that_a_message_holds_breaks_its_line_or_the_terminal(tmp_path: Path, form: str):
    text = reports.REPORTS[form](Report(TODAY, 1, (replace(FINDING, message=NASTY, help=NASTY),)), tmp_path, "")
    assert not [line for line in text.split("\n") if not line.isprintable()]
    assert sum(NASTY[:7] in line for line in text.split("\n")) == (2 if form == "full" else 1)


def secret(tmp_path: Path, text: str, *places: tuple[int, int, int, int], finding: Finding | None = None) -> str:
    """What the full report and GitHub's show where these places are secret."""
    planted(tmp_path, {FILE: text})
    hidden = tuple(Place(FILE, *place) for place in places)
    report = Report(TODAY, 1, (finding or at(*places[0]),), secrets=hidden)
    return reports.full(report, tmp_path) + reports.github(report, tmp_path)


def test_a_secret_is_blanked_in_the_excerpt_and_the_caret_stands_where_it_was(tmp_path: Path):
    text = secret(tmp_path, "note: the key is hunter2, ask Bo\n", (1, 18, 1, 25))
    assert "hunter2" not in text
    assert (
        "1 | note: the key is \u2022\u2022\u2022\u2022\u2022\u2022\u2022, ask Bo\n  |                  ^^^^^^^\n"
        in text
    )


def test_a_secret_of_another_finding_is_blanked_as_well(tmp_path: Path):
    text = secret(tmp_path, "a: {key: hunter2, type: fulll}\n", (1, 10, 1, 17), finding=at(1, 25, 1, 30))
    assert "hunter2" not in text
    assert "fulll" in text


def test_a_secret_of_several_lines_is_blanked_on_each(tmp_path: Path):
    source = "key: |\n  hunter2 and\n\n  swordfish\nnext: here\n"
    places = (Place(FILE, number, 1, number, 2) for number in (2, 4, 5))
    finding = at(2, 3, 4, 12, *((place, "") for place in places))
    text = secret(tmp_path, source, (2, 3, 4, 12), finding=finding)
    assert not re.search("hunter|sword|fish", text)
    assert "4 |   " + "\u2022" * 9 in text
    assert "5 | next: here" in text


@pytest.mark.parametrize("place", [(1, 4, 9, 9), (1, 4, 1, 99), (7, 1, 8, 1), (1, 3, 1, 3)])
def test_a_secret_whose_place_is_not_in_the_file_breaks_nothing(tmp_path: Path, place: tuple[int, int, int, int]):
    text = secret(tmp_path, "a: hunter2", place, finding=at(1, 1, 1, 2))
    assert ("hunter2" in text) is (place[0] == 7 or place[1] == 3)


# JSON


def test_json_holds_every_key_of_the_schema_and_no_other(tmp_path: Path):
    schema, found = reports.schema(), json.loads(reports.as_json(everything(), tmp_path, ADDRESS))
    jsonschema_rs.meta.validate(schema)
    kinds = schema["$defs"]
    assert set(found) == set(schema["properties"])
    assert set(found["summary"]) == set(kinds["summary"]["properties"])
    for one in found["findings"]:
        assert set(one) == set(kinds["finding"]["properties"])
        assert all(set(related) == set(kinds["related"]["properties"]) for related in one["related"])
        assert all(set(fix) == set(kinds["fix"]["properties"]) for fix in one["fixes"])
        assert one["waiver"] is None or set(one["waiver"]) == set(kinds["waiver"]["properties"])


def test_json_sums_up(tmp_path: Path):
    report = everything()
    assert json.loads(reports.as_json(report, tmp_path))["summary"] == {
        "records": 3,
        "error": 1,
        "warning": 1,
        "info": 1,
        "waived": 2,
        "baselined": 1,
        "fixable": 2,
        "as_of": "2026-11-22",
        "profiles_met": {"a": None, "b": "standard", "zoe": "strict"},
        "unpaid": report.unpaid,
        "feeds": 0,
    }


def test_json_says_who_waived_a_finding_and_which_are_of_the_baseline(tmp_path: Path):
    found = json.loads(reports.as_json(everything(), tmp_path))["findings"]
    assert [(one["waived"], one["baselined"]) for one in found[2:]] == [
        (False, False), (True, False), (True, False), (False, True),
    ]  # fmt: skip
    expected = {"reason": "Later", "approver": "Boss", "until": "2027-01-01", "file": "policy.yml", "line": 9}
    assert [one["waiver"] for one in found[2:]] == [None, expected, expected, None]


def test_json_holds_the_fix_as_an_edit(tmp_path: Path):
    found = json.loads(reports.as_json(everything(), tmp_path))["findings"]
    edit = {"file": FILE, "line": 2, "column": 8, "end_line": 2, "end_column": 12, "text": "full"}
    description = "write full (changes what the record says)"
    assert found[0]["fixes"] == [{"description": description, "safe": False, "edits": [edit]}]
    assert found[2]["fixes"] == []


@pytest.mark.parametrize(("address", "url"), [("", "rules/doc003/"), (ADDRESS, f"{ADDRESS}rules/doc003/")])
def test_json_names_the_page_of_the_rule(tmp_path: Path, address: str, url: str):
    assert json.loads(reports.as_json(Report(TODAY, 1, (FINDING,)), tmp_path, address))["findings"][0]["url"] == url


# SARIF


def test_sarif_places_are_relative_and_their_files_encoded(tmp_path: Path):
    run = run_of(everything(), tmp_path)
    assert run["columnKind"] == "unicodeCodePoints"
    places = [one["locations"][0]["physicalLocation"] for one in run["results"]]
    assert {place["artifactLocation"]["uriBaseId"] for place in places} <= set(run["originalUriBaseIds"])
    uris = [place["artifactLocation"]["uri"] for place in places]
    assert uris[1] == "clients/Zo%C3%AB%20%26%20co%3A%20100%25.yml"
    assert unquote(uris[1]) == "clients/Zoë & co: 100%.yml"
    assert places[1]["region"] == {"startLine": 3, "startColumn": 1, "endLine": 5, "endColumn": 9}


def test_sarif_tells_what_stands_from_what_was_accepted(tmp_path: Path):
    results = run_of(everything(), tmp_path)["results"]
    assert [one["level"] for one in results[:3]] == ["error", "warning", "note"]
    assert [one["suppressions"] for one in results[:3]] == [[], [], []]
    assert [one["baselineState"] for one in results] == ["new"] * 5 + ["unchanged"]
    [waived], [old] = results[3]["suppressions"], results[5]["suppressions"]
    assert (waived["kind"], waived["status"]) == (old["kind"], old["status"]) == ("external", "accepted")
    assert waived["justification"] == "Later (accepted by Boss until 2027-01-01)"
    assert waived["location"]["physicalLocation"]["region"]["startLine"] == 9


def test_sarif_says_that_a_waiver_beside_the_line_is_in_the_source(tmp_path: Path):
    beside = replace(EXEMPTION, place=Place(FILE, 3, 1, 3, 9))
    [result] = run_of(Report(TODAY, 1, (), waived=((FINDING, beside),)), tmp_path)["results"]
    assert result["suppressions"][0]["kind"] == "inSource"
    assert "baselineState" not in result


def test_sarif_describes_the_rules_that_found_something(tmp_path: Path):
    run = run_of(everything(), tmp_path, ADDRESS)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["DOC003", "POL001"]
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in run["results"])
    assert rules[0]["helpUri"] == f"{ADDRESS}rules/doc003/"
    assert rules[0]["help"]["text"].endswith("More: runbooks explain DOC003")
    assert "helpUri" not in run_of(everything(), tmp_path)["tool"]["driver"]["rules"][0]


def test_sarif_of_a_crash_is_of_a_run_that_failed_and_shows_no_folder_of_this_machine(tmp_path: Path):
    [invocation] = run_of(everything(), tmp_path)["invocations"]
    assert invocation["executionSuccessful"] is False
    assert len(invocation["toolExecutionNotifications"]) == 1
    assert "/somewhere" not in reports.sarif(everything(), tmp_path)
    assert run_of(Report(TODAY, 1, ()), tmp_path)["invocations"][0]["executionSuccessful"] is True


def test_sarif_makes_no_link_of_what_a_record_says(tmp_path: Path):
    message = run_of(everything(), tmp_path)["results"][1]["message"]["text"]
    assert r"\[l](https://x.example)" in message


def test_sarif_holds_second_places_and_fixes(tmp_path: Path):
    result = run_of(everything(), tmp_path)["results"][1]
    [related], [fix] = result["relatedLocations"], result["fixes"]
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "policy.yml"
    [replacement] = fix["artifactChanges"][0]["replacements"]
    assert replacement["insertedContent"] == {"text": "daily\n"}


@pytest.mark.parametrize("form", ["sarif", "gitlab", "github"])
def test_a_site_within_a_repository_names_its_files_from_the_top_of_that(tmp_path: Path, form: str):
    (tmp_path / ".git").mkdir()
    root = tmp_path / "it" / "runbooks"
    root.mkdir(parents=True)
    text = reports.REPORTS[form](Report(TODAY, 1, (FINDING,)), root, "")
    assert "it/runbooks/clients/a.yml" in text


# GitHub


def commands(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """What GitHub takes as a command: its name, its properties and its message, read as its runner does."""
    stopped = ""
    for line in text.split("\n"):
        found = re.match(r"\s*::([\w-]+)(?: (.*?))?::(.*)$", line)
        if stopped:
            stopped = "" if line.strip() == f"::{stopped}::" else stopped
        elif found and found[1] == "stop-commands":
            stopped = found[3]
        elif found:
            pairs = (pair.split("=", 1) for pair in (found[2] or "").split(",") if pair)
            yield found[1], {key: decoded(value) for key, value in pairs}, decoded(found[3])
        else:
            assert "##[" not in line
    assert not stopped


def decoded(text: str) -> str:
    for written, plain in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(written, plain)
    return text


def test_github_annotates_the_place(tmp_path: Path):
    [(name, where, message)] = commands(reports.github(Report(TODAY, 1, (FINDING,)), tmp_path, ADDRESS))
    assert name == "error"
    assert where == {
        "file": FILE, "line": "2", "endLine": "2", "col": "8", "endColumn": "12", "title": "DOC003 client-undocumented",
    }  # fmt: skip
    assert message == f"something is wrong\nmend it\n{ADDRESS}rules/doc003/"


def test_github_gets_no_columns_of_several_lines_and_no_command_from_a_record(tmp_path: Path):
    planted(tmp_path, {FILE: "::error::x\n  ##[add-mask]y\n"})
    report = replace(everything(), findings=(*everything().findings, *several(Severity.ERROR, Severity.ERROR)))
    found = list(commands(reports.github(report, tmp_path)))
    assert [name for name, _, _ in found] == ["error", "error", "error", "warning", "notice"]
    where = found[3][1]
    assert where["file"] == "clients/Zoë & co: 100%.yml"
    assert (where["line"], where["endLine"]) == ("3", "5")
    assert not {"col", "endColumn"} & set(where)


def test_github_gets_ten_errors_and_ten_warnings_and_the_rest_is_in_the_log(tmp_path: Path):
    mixed = [Severity.WARNING, Severity.ERROR, Severity.INFO] * 12
    text = reports.github(Report(TODAY, 1, several(*mixed)), tmp_path)
    found = list(commands(text))
    assert [name for name, _, _ in found] == ["error"] * 10 + ["warning"] * 10 + ["notice"]
    assert found[-1][2] == "16 more, see the log"
    assert text.count("more: runbooks explain DOC003") == 36
    assert text.splitlines()[-1].startswith("Checked 1 record: 12 errors, 12 warnings, 12 info;")


def test_github_gets_a_table_in_the_summary_of_the_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    step = tmp_path / "summary.md"
    step.write_text("Before.\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    reports.github(everything(), tmp_path, ADDRESS)
    text = step.read_text(encoding="utf-8")
    assert text.startswith("Before.\n## Runbooks\n")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 5
    assert [row.split("|")[1].strip() for row in rows[2:]] == ["error", "warning", "info"]
    assert all(row.count("|") == 5 for row in rows)
    assert f"]({ADDRESS}rules/doc003/)" in rows[2]
    assert not re.search("<b>|`z`|\\[l\\]", text)


def test_the_summary_of_a_step_stays_below_what_github_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    many = Report(TODAY, 1, several(*[Severity.ERROR] * 20_000))
    step = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    reports.github(many, tmp_path)
    assert 900_000 < step.stat().st_size <= 1_000_000
    left = re.search(r"\n(\d+) more, see the log\.\n\n$", step.read_text(encoding="utf-8"))
    assert left
    assert int(left[1]) + step.read_text(encoding="utf-8").count("| error |") == 20_000
    assert "the summary of the step is full" in reports.github(many, tmp_path)
    assert step.stat().st_size <= 1_000_000


def test_a_summary_that_cannot_be_written_is_a_notice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    text = reports.github(Report(TODAY, 1, ()), tmp_path)
    assert text.startswith("::notice title=runbooks::the summary of the step could not be written: ")


def test_the_table_of_no_findings_is_the_summary():
    assert "|---|" not in table(Report(TODAY, 3, ()), "", "", 10_000)
    assert "Checked 3 records" in table(Report(TODAY, 3, ()), "", "", 10_000)


# GitLab


def test_gitlab_gets_what_stands_in_its_own_severities(tmp_path: Path):
    found = json.loads(reports.gitlab(everything(), tmp_path))
    assert [(one["check_name"], one["severity"]) for one in found] == [
        ("DOC003", "minor"), ("DOC003", "critical"), ("POL001", "info"),
    ]  # fmt: skip
    assert found[0]["location"] == {"path": "clients/Zoë & co: 100%.yml", "lines": {"begin": 3, "end": 5}}
    assert found[1]["description"] == "DOC003 client-undocumented: something is wrong"


@pytest.mark.parametrize(
    ("blocks", "word"), [("NOTHING", "major"), ("PAGE", "critical"), ("CLIENT", "critical"), ("SITE", "blocker")]
)
def test_gitlab_is_told_how_much_an_error_blocks(tmp_path: Path, blocks: str, word: str):
    finding = replace(FINDING, blocks=Blocks[blocks])
    [one] = json.loads(reports.gitlab(Report(TODAY, 1, (finding,)), tmp_path))
    assert one["severity"] == word


# JUnit


def test_junit_has_a_case_for_every_record_and_one_for_the_site(tmp_path: Path):
    found = cases(everything(), tmp_path)
    assert list(found) == ["policy, catalogue and pages", "a", "b", "zoe"]
    assert [case.find("failure") is not None for case in found.values()] == [False, True, False, False]
    assert len(found["b"]) == 0
    [suite] = ET.fromstring(reports.junit(everything(), tmp_path))
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "1", "0")
    assert reports.summary(everything()) in (suite.findtext("system-out") or "")


def test_junit_tells_what_is_no_error_without_failing(tmp_path: Path):
    found = cases(everything(), tmp_path)
    assert "warning: a,b:c%d" in (found["zoe"].findtext("system-out") or "")
    assert "(waived until 2027-01-01)" in (found["a"].findtext("system-out") or "")
    assert "(in the baseline)" in (found["a"].findtext("system-out") or "")
    assert "POL001" in (found["policy, catalogue and pages"].findtext("system-out") or "")


def test_junit_tells_every_error_of_a_record_in_one_failure(tmp_path: Path):
    report = Report(TODAY, 1, several(Severity.ERROR, Severity.ERROR), clients={"a": "Alpha"})
    [failure] = cases(report, tmp_path)["a"].findall("failure")
    assert failure.get("message") == "2 errors: something is wrong, \u2026"
    assert (failure.text or "").count("[DOC003 client-undocumented]") == 2


def test_junit_tells_an_error_of_an_unknown_client_with_the_site(tmp_path: Path):
    found = cases(Report(TODAY, 0, (FINDING,)), tmp_path)
    assert found["policy, catalogue and pages"].find("failure") is not None
