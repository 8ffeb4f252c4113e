"""Waivers beside the line they are about, and those of policy.yml."""

from __future__ import annotations

import pytest

from runbooks.findings import Severity
from runbooks.report import Report
from tests.sample import POLICY, STANDARD, TODAY, TOMORROW, YESTERDAY, agreed, checked, codes, spot, the

FILE = "clients/somebody.yml"
SET_UP = "setups: [{id: main, product: nothing-known, items: [{name: SRV1, kind: server}]}]"


def found(text: str, policy: str = POLICY) -> Report:
    return checked({"policy.yml": policy, FILE: text})


def with_comment(comment: str) -> Report:
    return found(f"client: Somebody\n{comment}\n{SET_UP}\ncopies: [{{id: shelf, medium: tape}}]\n")


def waiver(
    rule: str = "DOC001", until: str = "2026-12-18", by: str = "Backup lead", reason: str = "ordered next week"
) -> str:
    return f"# runbooks: ignore[{rule}] until {until} by {by}: {reason}"


def test_a_comment_above_a_line_waives_what_is_found_in_that_line():
    report = with_comment(waiver())
    assert "DOC001" not in codes(report)
    ((finding, exemption),) = report.waived
    assert finding.code == "DOC001"
    assert (exemption.approver, exemption.reason, str(exemption.until)) == (
        "Backup lead",
        "ordered next week",
        "2026-12-18",
    )
    assert "WVR002" not in codes(report)


def test_a_comment_at_the_end_of_a_line_waives_what_is_found_in_it():
    report = found(f"client: Somebody\n{SET_UP}  {waiver()}\ncopies: [{{id: shelf, medium: tape}}]\n")
    assert "DOC001" not in codes(report)


def test_comments_and_blank_lines_may_stand_between():
    assert "DOC001" not in codes(with_comment(f"{waiver()}\n\n# the old one\n"))


def test_a_waiver_is_for_its_line_alone():
    text = f"client: Somebody\n{waiver()}\nowner: nobody\n{SET_UP}\ncopies: [{{id: shelf, medium: tape}}]\n"
    report = found(text)
    assert "DOC001" in codes(report)
    assert str(the(report, "WVR002").place) == spot(FILE, text, waiver())


@pytest.mark.parametrize("word", ["DOC001", "doc001", "unknown-product", "DOC004, DOC001", "DOC004,unknown-product"])
def test_rules_go_by_code_or_name_and_several_stand_in_one_comment(word: str):
    assert "DOC001" not in codes(with_comment(waiver(word)))


@pytest.mark.parametrize(("until", "holds"), [(YESTERDAY, False), (str(TODAY), True), (TOMORROW, True)])
def test_a_waiver_beside_a_line_holds_through_its_last_day(until: str, *, holds: bool):
    report = with_comment(waiver(until=until))
    assert ("DOC001" not in codes(report)) == holds
    assert ("WVR001" in codes(report)) != holds


@pytest.mark.parametrize(
    ("comment", "lacks"),
    [
        ("# runbooks: ignore[DOC001]", "its last day and who approved it and the reason"),
        ("# runbooks: ignore[DOC001]: later", "its last day and who approved it"),
        ("# runbooks: ignore[DOC001] until 2026-12-18: later", "who approved it"),
        ("# runbooks: ignore[DOC001] until 2026-12-18 by Backup lead", "the reason"),
        ("# runbooks: ignore[DOC001] until 2026-12-18 by Backup lead:", "the reason"),
        ("# runbooks: ignore[] until 2026-12-18 by Backup lead: later", "the rule"),
        ("# runbooks: ignore[DOC001] by Backup lead: later", "its last day"),
    ],
)
def test_a_waiver_that_lacks_something_waives_nothing_and_says_what(comment: str, lacks: str):
    report = with_comment(comment)
    assert "DOC001" in codes(report)
    assert f"lacks {lacks}:" in the(report, "WVR005").message


@pytest.mark.parametrize("comment", ["# runbooks: off", "# runbooks: ignore DOC001", "# Runbooks : please be nice"])
def test_a_comment_that_should_be_a_waiver_and_is_none_is_told(comment: str):
    assert "is no waiver" in the(with_comment(comment), "WVR005").message


def test_a_day_that_the_calendar_lacks_is_told():
    assert "2026-02-30 is not a day" in the(with_comment(waiver(until="2026-02-30")), "WVR005").message


def test_an_unknown_rule_gets_a_suggestion():
    finding = the(with_comment(waiver("DOC0001")), "WVR005")
    assert (finding.message, finding.help) == ("there is no rule DOC0001", "did you mean DOC001?")


@pytest.mark.parametrize("rule", ["*", "AGR", "AGR001", "AGR010", "YML005", "WVR005"])
def test_what_cannot_be_waived_is_not_waived(rule: str):
    report = found(agreed(), POLICY)
    line = f"\n{waiver(rule)}\n"
    text = agreed().replace('"monitoring":', f'{line}"monitoring":')
    report = found(text)
    assert "AGR001" in codes(report)
    assert "WVR005" in codes(report)


def test_the_same_words_inside_a_value_are_no_waiver():
    inside = f"notes: |\n  Text\n  {waiver()}\n"
    quoted = f'notes: "x {waiver()}"\n'
    for text in (inside, quoted):
        report = found(f"client: Somebody\n{text}{SET_UP}\ncopies: [{{id: shelf, medium: tape}}]\n")
        assert "DOC001" in codes(report)
        assert not {"WVR002", "WVR005"} & set(codes(report))


def test_a_waiver_in_a_part_of_a_record_is_for_that_file():
    report = checked(
        {
            "policy.yml": POLICY,
            "clients/somebody/client.yml": "client: Somebody\ncopies: [{id: shelf, medium: tape}]\n",
            "clients/somebody/setups.yml": f"{waiver()}\n{SET_UP}\n",
        }
    )
    assert "DOC001" not in codes(report)


def test_a_waiver_ahead_of_its_end_is_a_reminder_and_one_too_far_ahead_an_error():
    def with_end(until: str) -> Report:
        text = f"client: Somebody\n{waiver(until=until)}\n{SET_UP}\ncopies: [{{id: shelf, medium: tape}}]\n"
        return found(text, STANDARD)

    assert "WVR003" not in codes(with_end("2026-12-23"))
    assert the(with_end("2026-12-22"), "WVR003").severity is Severity.WARNING
    assert "WVR004" not in codes(with_end("2027-02-20"))
    assert the(with_end("2027-02-21"), "WVR004").client == "somebody"


def test_a_crlf_file_with_a_byte_order_mark_has_the_same_waivers():
    text = f"client: Somebody\n{waiver()}\n{SET_UP}\ncopies: [{{id: shelf, medium: tape}}]\n"
    report = found("\ufeff" + text.replace("\n", "\r\n"))
    assert "DOC001" not in codes(report)
