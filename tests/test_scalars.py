"""The meaning of unquoted values, and the values that other YAML programs read differently."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from runbooks.source.codes import AMBIGUOUS, CURLY_QUOTES, IMPOSSIBLE_DATE, NUMBER_OUT_OF_RANGE
from runbooks.source.scalars import MAX_DIGITS, STARTS, meaning, reading, trap

NUMBERS = st.text("0123456789+-._:eExobBaAfTZ ", min_size=1, max_size=12).filter(lambda text: text == text.strip())

SAME_EVERYWHERE = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "0": 0, "-0": 0, "7": 7, "-19": -19, "1042": 1042, "0x1F": 31, "0xa": 10,
    "0.5": 0.5, "-2.25": -2.25, "3.": 3.0, ".5": 0.5, "3.3e+3": 3300.0, "0.00001": 0.00001, "2.0": 2.0,
    "2026-10-04": "2026-10-04", "2024-02-29": "2024-02-29",
    "nUll": "nUll", "tRUE": "tRUE", "nO": "nO", "0o8": "0o8", "0xg": "0xg", "nan": "nan", "inf": "inf",
    "02:30": "02:30", "08:15": "08:15", "24h": "24h", "12.3.1": "12.3.1", "10.0.0.1": "10.0.0.1", "-": "-", "+": "+",
    "2026-1-4": "2026-1-4", "12 Harbour Parade": "12 Harbour Parade", "daily at 22:00": "daily at 22:00",
    "1:99": "1:99", "e5": "e5", "+61 2 5550 0100": "+61 2 5550 0100", "NB-DC01": "NB-DC01", "_._": "_._",
}  # fmt: skip

DIFFERENT = {
    # YAML 1.1 takes for true or false
    **{text: text for word in ("yes", "no", "on", "off", "y", "n") for text in (word, word.title(), word.upper())},
    # a clock: base 60
    "22:30": "22:30", "2:30": "2:30", "190:20:30": "190:20:30", "-1:30": "-1:30", "190:20:30.15": "190:20:30.15",
    # octal, binary, and what only one version takes for a number
    "0755": 755, "07": 7, "010": 10, "0189": 189, "08": 8, "-012": -12, "0o7": 7, "0o10": 8, "0b1": "0b1",
    "+0b100": "+0b100", "-0x30": "-0x30", "0x2_0": "0x2_0", "1_000": "1_000", "02_0": "02_0", "+0100_200": "+0100_200",
    "85_230.15": "85_230.15", "85.230_15e+03": "85.230_15e+03", "1e3": 1000.0, "1.5e3": 1500.0, "+0.3e3": 300.0,
    "-.5": -0.5, ".": ".", "._": "._", "._14": "._14",
    # a point in time
    "2026-10-04 22:30:00": "2026-10-04 22:30:00", "2026-10-04T22:30:00Z": "2026-10-04T22:30:00Z",
    "2001-1-1t1:00:00 -5": "2001-1-1t1:00:00 -5",
    # a meaning of their own
    "=": "=", "<<": "<<",
    # read alike, but something of what was written is lost
    "1.10": 1.1, "7.00": 7.0, "+1.5": 1.5, "001.23": 1.23, "00": 0, "007": 7, "+15550100": 15550100, "+0": 0,
    "0.12345678901234567890": 0.12345678901234568,
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SAME_EVERYWHERE.items())
def test_what_all_programs_read_alike_is_no_trap(text: str, value: object) -> None:
    assert meaning(text) == value
    assert type(meaning(text)) is type(value)
    assert trap(text) is None


@pytest.mark.parametrize(("text", "value"), DIFFERENT.items())
def test_what_programs_read_differently_is_ambiguous_and_keeps_its_newer_meaning(text: str, value: object) -> None:
    found = trap(text)
    assert found is not None
    assert found.code == AMBIGUOUS
    assert f"`{text}`" in found.message
    assert text in found.help
    assert (meaning(text), type(meaning(text))) == (value, type(value))


@pytest.mark.parametrize("text", ["2026-02-30", "2025-02-29", "2026-13-01", "2026-00-10", "0000-01-01", "2026-04-31"])
def test_a_date_that_is_not_in_the_calendar_is_a_trap_of_its_own(text: str) -> None:
    found = trap(text)
    assert found is not None
    assert found.code == IMPOSSIBLE_DATE
    assert meaning(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "9" * 19, "-" + "1" * 19, "9" * 5000, "12e4567", "1e400", "-1e999", "1e-999", ".inf", "-.INF", "+.Inf", ".nan",
        ".NaN", "0x" + "f" * 16, "0o" + "7" * 20,
    ],
)  # fmt: skip
def test_a_number_that_json_cannot_hold_stays_text(text: str) -> None:
    found = trap(text)
    assert found is not None
    assert found.code == NUMBER_OUT_OF_RANGE
    assert meaning(text) == text
    assert len(found.message) < 200


def test_the_longest_whole_number_is_kept() -> None:
    assert meaning("9" * MAX_DIGITS) == 10**MAX_DIGITS - 1
    assert trap("9" * MAX_DIGITS) is None


def test_typographic_quotes_around_a_value_are_a_trap_and_within_it_are_not() -> None:
    found = trap("“2026-10-04”")
    assert found is not None
    assert found.code == CURLY_QUOTES
    assert trap("“Offsite” copy") is None
    assert trap("”") is None


def test_messages_say_what_other_programs_make_of_it() -> None:
    said = {text: found.message for text in ("22:30", "no", "0755", "1.10", "08", "+61") if (found := trap(text))}
    assert said == {
        "22:30": "`22:30` is text here, but the number 1350 to other YAML programs, which count it in base 60.",
        "no": "`no` is text here, but false to other YAML programs.",
        "0755": "`0755` is the number 755 here, but 493 to other YAML programs.",
        "1.10": "`1.10` is a number, and reads as 1.1.",
        "08": "`08` is the number 8: its leading zero is lost.",
        "+61": "`+61` is the number 61: its + is lost.",
    }


def test_the_quick_way_out_skips_no_value_that_is_more_than_text() -> None:
    special = [text for text in (*SAME_EVERYWHERE, *DIFFERENT, ".inf", "“x”") if text]
    assert all(text[0] in STARTS for text in special if meaning(text) != text or trap(text))


@given(NUMBERS | st.sampled_from([*DIFFERENT, *SAME_EVERYWHERE]) | st.text(min_size=1))
@example("0x_")
@example("1_:1")
def test_a_value_that_pyyaml_reads_as_something_else_is_always_a_trap(text: str) -> None:
    resolve: Callable[..., str] = yaml.SafeLoader("").resolve
    kind = resolve(yaml.ScalarNode, text, (True, False)).rpartition(":")[2]
    value, found = reading(text)
    if kind == "yaml":
        return  # no unquoted value begins with !, & or *
    same = {"str": str, "int": int, "float": float, "bool": bool, "null": type(None), "timestamp": str}
    if found is None:
        assert same.get(kind) is type(value)
    if found is None and kind in {"int", "float"}:
        assert yaml.load(text, yaml.SafeLoader) == value


@given(NUMBERS)
def test_a_value_is_always_what_json_can_say(text: str) -> None:
    value = meaning(text)
    assert not isinstance(value, float) or math.isfinite(value)
    assert json.loads(json.dumps(value, allow_nan=False)) == value
