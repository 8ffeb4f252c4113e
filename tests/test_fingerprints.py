"""Fingerprints: the same while rule, client, path and value are, whatever day it is and wherever the lines are."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from runbooks.findings import Finding
from runbooks.report import Report
from tests.sample import AGREEMENT, POLICY, STRICT, TODAY, agreed, changed, checked, the

FILE = "clients/somebody.yml"
TWO = """\
client: Somebody
copies: [{id: shelf, medium: tape}]
setups:
  - id: first
    product: nothing-known
    items: [{name: SRV1, kind: server}]
  - id: second
    product: nothing-such
    items: [{name: SRV2, kind: server}]
"""


def found(text: str, day: date = TODAY, policy: str = POLICY) -> Report:
    return checked({"policy.yml": policy, FILE: text}, day)


def prints(report: Report, code: str) -> list[str]:
    return [one.fingerprint for one in report.findings if one.code == code]


def test_no_two_findings_have_one_fingerprint():
    report = found(TWO + "extra: 1\nmore: 2\n", policy=STRICT)
    every = [one.fingerprint for one in report.findings]
    assert len(every) == len(set(every)) > 3
    assert all(len(one) == 32 for one in every)


def test_lines_and_neighbours_may_move():
    before = prints(found(TWO), "DOC001")
    new = "  - {id: new, product: other, product_name: Tape, items: [{name: B, kind: server}]}\n"
    after = found("# a comment\n\n" + TWO.replace("  - id: second", new + "  - id: second"))
    assert prints(after, "DOC001") == before


def test_another_value_is_another_finding():
    before = prints(found(TWO), "DOC001")
    after = prints(found(TWO.replace("nothing-such", "nothing-other")), "DOC001")
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_the_file_of_a_record_does_not_matter():
    moved = checked({"policy.yml": POLICY, "clients/dental/somebody.yml": TWO})
    assert prints(moved, "DOC001") == prints(found(TWO), "DOC001")


@given(st.integers(min_value=1, max_value=700))
def test_the_day_does_not_matter(days: int):
    text = agreed(changed(AGREEMENT, last_day="2026-11-01"))
    first, later = found(text), found(text, TODAY + timedelta(days=days))
    assert the(first, "AGR001").fingerprint == the(later, "AGR001").fingerprint


def test_each_set_up_that_is_promised_in_vain_has_its_own():
    setups = [{"id": one, "product": "other", "product_name": "Tape"} for one in ("a", "b")]
    both = found(agreed(setups=setups))
    one = found(agreed(setups=setups[1:]))
    assert len(set(prints(both, "AGR001"))) == 2
    assert prints(one, "AGR001")[0] in prints(both, "AGR001")


def test_a_problem_at_a_place_goes_by_its_message():
    def one(text: str) -> Finding:
        return next(each for each in found(text).findings if each.code.startswith("YML"))

    assert one("client: A\nnotes: yes\n").fingerprint == one("# more\nclient: A\nnotes: yes\n").fingerprint
