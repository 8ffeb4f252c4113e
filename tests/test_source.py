"""The strict reader: data, places, doubts, and every problem at its place in plain words."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError as OtherError

from runbooks.findings import KeyPath, Place, Problem
from runbooks.source import CODES, Json, merged, read, reader
from runbooks.source.builder import MAX_DEPTH, MAX_VALUES
from runbooks.source.document import Document
from runbooks.source.notes import MAX_PROBLEMS
from runbooks.source.text import FORBIDDEN

LIBYAML: Callable[[str], Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@pytest.fixture(autouse=True, params=[LIBYAML, yaml.SafeLoader], ids=["libyaml", "python"])
def _parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test runs with both parsers."""
    monkeypatch.setattr(reader, "PARSER", request.param)


def taken(text: str) -> Document:
    """The document of a text that has no problems."""
    document, problems = read("a.yml", text.encode())
    assert problems == ()
    assert not document.doubtful
    assert not document.unreadable
    return document


def found(text: str) -> list[tuple[str, str]]:
    """Code and place of every problem of a text."""
    _, problems = read("a.yml", text.encode())
    return [(problem.code, str(problem.at).removeprefix("a.yml:")) for problem in problems]


def the(text: str, code: str) -> Problem:
    """The only problem of a text."""
    _, (problem,) = read("a.yml", text.encode())
    assert problem.code == code
    assert problem.help
    return problem


RECORD = """\
# yaml-language-server: $schema=../schemas/client.json
schema: 1
client: North Bay Dental Group
reviewed: {on: 2026-10-04, by: Backup lead}
empty:
sites:
- {id: newford, name: Newford surgery, address: "12 Harbour Parade"}
contacts:                            # in the order they are called
  - name: Practice manager
    phone: "+61 2 5550 0100"
    approves_up_to: 500              # in the policy's currency
    note: |
      Ring the
      practice manager.

  - name: 'It''s the
      other one'
    share: 0.5
    known: true
    flow: [a, b: c,
      d]
"""


def test_a_record_is_read_whole() -> None:
    assert taken(RECORD).data == {
        "schema": 1,
        "client": "North Bay Dental Group",
        "reviewed": {"on": "2026-10-04", "by": "Backup lead"},
        "empty": None,
        "sites": [{"id": "newford", "name": "Newford surgery", "address": "12 Harbour Parade"}],
        "contacts": [
            {
                "name": "Practice manager",
                "phone": "+61 2 5550 0100",
                "approves_up_to": 500,
                "note": "Ring the\npractice manager.\n",
            },
            {"name": "It's the other one", "share": 0.5, "known": True, "flow": ["a", {"b": "c"}, "d"]},
        ],
    }


def span(place: Place) -> tuple[int, int, int, int]:
    return place.line, place.column, place.end_line, place.end_column


def test_every_value_and_key_has_its_place() -> None:
    spots = taken(RECORD).spots
    assert {path: span(spot.value) for path, spot in spots.items() if len(path) < 3} == {
        (): (2, 1, 21, 9),
        ("schema",): (2, 9, 2, 10),
        ("client",): (3, 9, 3, 31),
        ("reviewed",): (4, 11, 4, 44),
        ("reviewed", "on"): (4, 16, 4, 26),
        ("reviewed", "by"): (4, 32, 4, 43),
        ("empty",): (5, 7, 5, 7),
        ("sites",): (7, 1, 7, 69),
        ("sites", 0): (7, 3, 7, 69),
        ("contacts",): (9, 3, 21, 9),
        ("contacts", 0): (9, 5, 16, 1),
        ("contacts", 1): (16, 5, 21, 9),
    }
    key = spots["contacts", 1, "flow"].key
    assert key is not None
    assert span(key) == (20, 5, 20, 9)
    assert span(spots["contacts", 1, "flow"].value) == (20, 11, 21, 9)
    assert span(spots["contacts", 1, "flow", 1].value) == (20, 15, 20, 19)
    assert spots["contacts", 1].key is None
    assert spots[()].key is None


def test_columns_count_characters_whatever_their_width() -> None:
    document = taken("😀: é\r\nname: {é: 😀😀, b: 1}\r\n")
    assert span(document.place(("😀",))) == (1, 4, 1, 5)
    assert span(document.key_place(("name", "b"))) == (2, 15, 2, 16)


def test_a_missing_value_is_placed_at_the_key_of_what_it_is_missing_from() -> None:
    document = taken(RECORD)
    assert span(document.place(("reviewed", "until"))) == (4, 1, 4, 9)
    assert span(document.key_place(("reviewed", "until", "day"))) == (4, 1, 4, 9)
    assert span(document.place(("sites", 0, "kind"))) == (7, 3, 7, 69)
    assert span(document.place(("contacts", 1, "phone"))) == (16, 5, 16, 5)
    assert span(document.place(("sites", 4))) == (6, 1, 6, 6)
    assert span(document.place(("monitoring",))) == (2, 1, 2, 1)
    assert span(document.key_place(("sites", 0))) == (7, 3, 7, 69)
    assert document.place(()).file == "a.yml"


def test_doubt_reaches_what_is_around_and_what_is_within() -> None:
    document, _ = read("a.yml", b"a: {b: {c: no, d: x}}\ne: {f: 1}\na2: 1\n")
    assert document.doubtful == {("a", "b", "c")}
    assert [path for path in document.spots if document.is_doubtful(path)] == [
        ("a", "b", "c"), ("a", "b"), ("a",), (),
    ]  # fmt: skip
    assert document.is_doubtful(("a", "b", "c", "x"))
    assert not document.is_doubtful(("a", "b", "d"))
    assert not document.is_doubtful(("e",))


PROBLEMS = {
    # in the order of the codes
    "not utf-8": ("a: caf\udce9\n", [("YML001", "1:7")]),
    "control characters": ("a: x\x07\nb: \x00\n", [("YML002", "1:5"), ("YML002", "2:4")]),
    "a duplicate key": ("a: 1\nb: 2\na: 3\n", [("YML005", "3:1")]),
    "a duplicate key in quotes": ('a: 1\n"a": 3\n', [("YML005", "2:1")]),
    "a duplicate in a duplicate": (
        "a: {x: 1}\na: {y: 1, y: no}\n",
        [("YML005", "2:1"), ("YML005", "2:11"), ("YML006", "2:14")],
    ),
    "ambiguous values": ("- no\n- 22:30\n- 1.10\n", [("YML006", "1:3"), ("YML006", "2:3"), ("YML006", "3:3")]),
    "an ambiguous key": ("22:30: x\n", [("YML006", "1:1")]),
    "an impossible date": ("a: 2026-02-30\n", [("YML007", "1:4")]),
    "an anchor": ("a: &b\n  c: 1\n", [("YML008", "1:4")]),
    "an anchored key": ("&a a: 1\n", [("YML008", "1:1")]),
    "an alias": ("a: *b\n", [("YML009", "1:4")]),
    "an alias as a key": ("*b : {c: no}\nd: 1\n", [("YML009", "1:1"), ("YML006", "1:10")]),
    "a merge key": ("a:\n  <<: {b: 1}\n", [("YML010", "2:3")]),
    "a tag": ("a: !Ref x\nb: !!str\n", [("YML011", "1:4"), ("YML011", "2:4")]),
    "two documents": ("a: 1\n---\nb: no\n", [("YML012", "2:1")]),
    "a second document after an end": ("a: 1\n...\n---\n", [("YML012", "3:1")]),
    "a directive of a second document": ("a: 1\n%YAML 1.1\n---\n", [("YML012", "2:1")]),
    "number keys": ("1: a\n0x1: b\n1.5: c\n", [("YML013", "1:1"), ("YML013", "2:1"), ("YML013", "3:1")]),
    "constant keys": ("true: a\n~: b\n", [("YML013", "1:1"), ("YML013", "2:1")]),
    "an empty key": ("?\n: b\n", [("YML029", "1:1"), ("YML013", "1:2")]),
    "a list as a key": ("[a, no]: b\nc: 1\n", [("YML013", "1:1"), ("YML006", "1:5")]),
    "a mapping as a key": ("{a: b}: c\n", [("YML013", "1:1")]),
    "an odd space after a colon": ("a: {b:\u00a0c}\n", [("YML015", "1:5")]),
    "an odd space before a key": ("a: 1\n\u00a0b: 2\n", [("YML015", "2:1")]),
    "an odd space after a dash": ("a: [-\u202fb]\n", [("YML015", "1:5")]),
    "an odd space at the end": ("a: b\u00a0\n", [("YML015", "1:4")]),
    "an odd space before a comment": ("a: b\u2003# c\n", [("YML015", "1:4")]),
    "an empty file": ("", [("YML016", "1:1")]),
    "a file of comments": ("\n# a\n", [("YML016", "1:1")]),
    "a file with a mark only": ("---\n", [("YML016", "1:1")]),
    "a comment after a quote": ('a: "b"# c\n', [("YML019", "1:7")]),
    "a comment after a comma": ("a: [b,# c\n  d]\n", [("YML019", "1:7")]),
    "a bracket not indented": ("a: [b,\nc]\n", [("YML020", "2:1")]),
    "a closing bracket not indented": ("a: [\n  b\n]\n", [("YML020", "3:1")]),
    "a quote not indented": ('a:\n  b: "c\n\n  d"\n', [("YML020", "4:3")]),
    "infinite numbers": ("- .inf\n- .NaN\n- 12e4567\n", [("YML021", "1:3"), ("YML021", "2:3"), ("YML021", "3:3")]),
    "a number of 19 digits": ("a: 1234567890123456789\n", [("YML021", "1:4")]),
    "a Windows path": ('a: "D:\\backup"\n', [("YML022", "1:4")]),
    "a Windows path with a tab": ('a: "see C:\\temp"\n', [("YML022", "1:4")]),
    "a share": ('a: "\\\\nas\\new"\n', [("YML022", "1:4")]),
    "a paragraph separator": ('a: "C:\\Program"\n', [("YML022", "1:4")]),
    "an escape in a key": ('"a\\0": b\n', [("YML022", "1:1")]),
    "a directive": ("# c\n%YAML 1.1\n%FOO\n---\na: 1\n", [("YML023", "2:1")]),
    "typographic quotes": ("a: “b”\n", [("YML024", "1:4")]),
    "text lost after a hash": ("a: Room #5 left\n", [("YML025", "1:9")]),
    "a key in the long form": ("? a\n: b\n", [("YML029", "1:1")]),
    "a question mark in brackets": ("a: {?b: c}\n", [("YML029", "1:5")]),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_each_problem_has_its_code_and_place(name: str) -> None:
    text, expected = PROBLEMS[name]
    document, problems = read("a.yml", text.encode("utf-8", "surrogateescape"))
    assert [(problem.code, str(problem.at).removeprefix("a.yml:")) for problem in problems] == expected
    assert all(problem.help for problem in problems)
    assert document.doubtful


@pytest.mark.parametrize("text", ["a: b\tc\n", "a:\tb\n", "a: b\t# c\n", "a: [b,\tc]\n", "a: b\n\t\nc: d\n"])
def test_a_tab_between_values_is_a_problem_whatever_the_parser_thinks(text: str) -> None:
    (problem,) = read("a.yml", text.encode())[1]
    assert problem.code in {"YML014", "YML004"}
    assert "tab" in problem.message


@pytest.mark.parametrize(
    "text",
    [
        'a: "b\tc"\n', "a: |\n  b\tc\n", "# a\tb\na: 1\n",
        "a: b#c\n", "a: '#c'\n", "a: b # c\n", "a: b ## c\n", "a: [b] #\n", "a: |\n  b #5 # c#d\n", "#c#d\na: 1\n",
        "a: https://x.example/#f\n", 'a: "b" #c\n',
        "a: what?\n", "a: b ?c\n", "a: '?'\n", "# ?\na: ?b\n",
        "a: b\u00a0c\n", "a: '\u00a0b'\n", "a: 10\u202f000\n", "a: |\n  \u00a0b\n",
        "a: [\n  b,\n\n# c\n  d\n  ]\n", 'a: "b\n\n  c"\n', "[\na\n]\n", "- [a,\n b]\n", "a:\n- [b,\n c]\n",
        'a: "C:\\\\temp"\n', "a: 'C:\\temp'\n", "a: C:\\temp\n",
        'a: "one\\ntwo\\tthree"\n', 'a: "\\\\\\\\nas\\\\new"\n',
        "a: 1\n...\n", "---\na: 1\n...\n# c\n...\n", "--- # c\na: 1\n", "%a: 1\n"[1:], "a: 50% of it\n",
        "on: 1\noff: 2\nyes: 3\nno: 4\ny: 5\nn: 6\n", "'1': a\n'': b\n'<<': c\n'true': d\n", "2026-10-04: a\n",
        "a: “Offsite” copy\n", "a: {b, c: }\n", "a: >-\n\n  b\n", "a: |\n\nb: 1\n", "a:\n  - |\n\n  - b\n",
    ],
)  # fmt: skip
def test_what_is_written_well_has_no_problems(text: str) -> None:
    taken(text)


SYNTAX = {
    "a: *.txt\n": ("1:4", "cannot begin with *", "quotes"),
    "a: & b\n": ("1:4", "cannot begin with &", "quotes"),
    "a: @b\n": ("1:4", "cannot begin with @", "quotes"),
    "a: `b`\n": ("1:4", "cannot begin with `", "quotes"),
    "a: %b\n": ("1:4", "cannot begin with %", "quotes"),
    "a: !<b\n": ("1:4", "cannot begin with !", "quotes"),
    "a: |b\n": ("1:4", "After |", "quotes"),
    "a: > 5 days\n": ("1:4", "After >", "quotes"),
    "a:\n\tb: 1\n": ("2:1", "tab", "spaces"),
    'a: "b\nc: d\n': ("1:4", "no closing", "closing"),
    "a: 'b\nc: d\n": ("1:4", "no closing", "written twice"),
    "a: 'it's b'\n": ("1:8", "ended already", "written twice"),
    'a: "b" c\n': ("1:8", "ended already", "whole value in quotes"),
    "a: Bring the E: disk online.\n": ("1:15", "colon", "quotes"),
    "a: 1\n  b: 2\n": ("2:3", "indented further", "Indent"),
    "a: 1\nfoo\nb: 2\n": ("2:1", "neither a key", "colon"),
    "a:\n    b: 1\n  c: 2\n": ("3:3", "indentation", "Indent"),
    "a: - b\n": ("1:4", "list item", "new line"),
    "a: [b, c\n": ("1:4", "never closed", "]"),
    "a: {b: c\n": ("1:4", "never closed", "}"),
    "a: {b: c]\n": ("1:9", "missing", "}"),
    'a: "C:\\Users"\n': ("1:7", "`\\U` begins", "single quotes"),
    'a: "\\q"\n': ("1:5", "`\\q` begins", "single quotes"),
    "a:\n  b: 1\n \u00a0c: 2\n": ("3:2", "no-break space", "ordinary space"),
    'a: "b"\u00a0# c\n': ("1:7", "no-break space", "ordinary space"),
    "a: 1\nb:\u00a02\n": ("2:3", "no-break space", "ordinary space"),
}


@pytest.mark.parametrize("text", SYNTAX)
def test_what_is_no_yaml_is_said_in_plain_words(text: str) -> None:
    place, message, remedy = SYNTAX[text]
    problem = the(text, "YML004")
    assert message in problem.message
    assert remedy in problem.help
    at = problem.at
    assert isinstance(at, Place)
    assert (at.line, at.column) == tuple(map(int, place.split(":")))
    assert read("a.yml", text.encode())[0].unreadable


def test_an_open_bracket_is_named_beside_what_is_missing() -> None:
    problem = the("a: [b,\n  c\nd: e\n", "YML004")
    assert [(str(at), word) for at, word in problem.related] == [("a.yml:1:4", "opened here with [")]


def test_the_part_with_an_error_is_left_out_and_its_other_problems_are_told() -> None:
    document, problems = read("a.yml", b"a: {b: 1}\nc:\n  d: no\n  e: [1, 2\n")
    assert [problem.code for problem in problems] == ["YML006", "YML004"]
    assert document.data == {"a": {"b": 1}}
    assert document.unreadable
    assert document.doubtful == {()}
    assert set(document.spots) == set(paths(document.data))


TORN = """\
client: Somebody
warning: Attention: ring first
contacts:
- {name: A, version: 1.10}
copies: [a,
  b
setups:
  - id: x
   product: y
# about money
agreements: [{id: B}]
"""


def test_a_syntax_error_hides_nothing_but_the_part_it_stands_in() -> None:
    document, problems = read("a.yml", TORN.encode())
    assert document.data == {
        "client": "Somebody",
        "contacts": [{"name": "A", "version": 1.1}],
        "agreements": [{"id": "B"}],
    }
    assert document.unreadable
    assert () in document.doubtful
    assert document.place(("agreements", 0, "id")) == Place("a.yml", 11, 19, 11, 20)
    codes = [(problem.code, problem.at.line) for problem in problems if isinstance(problem.at, Place)]
    assert [code for code, _ in codes] == ["YML004", "YML006", "YML004", "YML004"]
    assert [line for _, line in codes][:2] == [2, 4]


def test_a_quote_that_is_never_closed_takes_only_its_own_part() -> None:
    document, problems = read("a.yml", b'a: "one\nb: 1\nc: "two"\nd: "three"\n')
    assert document.data == {"b": 1, "c": "two", "d": "three"}
    assert [problem.code for problem in problems] == ["YML004"]


def test_an_error_outside_of_any_part_leaves_what_stood_before_it() -> None:
    document, problems = read("a.yml", b"- a\n- [b\n")
    assert document.data == ["a", ["b"]]
    assert document.unreadable
    assert len(problems) == 1


def test_what_follows_the_end_of_a_document_is_never_taken_for_the_first() -> None:
    document, _ = read("a.yml", b"a: x: y\n---\nb: 1\n")
    assert document.data == {"a": "x"}


def test_a_file_is_read_again_only_so_often() -> None:
    text = "".join(f"k{number}: x: y\n" for number in range(100))
    assert [code for code, _ in found(text)] == ["YML004"] * (reader.MAX_ROUNDS + 1)
    assert len(found(text + "#" * reader.MAX_MENDED)) == 1


@pytest.mark.parametrize("text", ["a: [", "a: {b: [", "a:\n  - [\n", "a: [\n\n"])
def test_a_bracket_at_the_end_of_a_file_is_named(text: str) -> None:
    problem = the(text, "YML004")
    assert problem.message == "The [ here is never closed."
    before = text[: text.rindex("[")]
    assert isinstance(problem.at, Place)
    assert (problem.at.line, problem.at.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))


def test_a_duplicate_key_names_both_places_and_keeps_the_first() -> None:
    document, (problem,) = read("a.yml", b"status: active\nb: 1\nstatus: {x: 1}\n")
    assert document.data == {"status": "active", "b": 1}
    assert "line 1" in problem.message
    assert problem.related == ((Place("a.yml", 1, 1, 1, 7), "first here"),)
    assert document.doubtful == {("status",)}
    assert set(document.spots) == {(), ("status",), ("b",)}


def test_values_that_cannot_be_taken_leave_the_others_alone() -> None:
    document, _ = read("a.yml", b"a: *x\nb: &y 2\nc: !t 3\n? [k]\n: {l: 1}\nd: 4\n<<: {e: 1}\nf: 6\n")
    assert document.data == {"a": None, "b": 2, "c": 3, "d": 4, "f": 6}
    assert set(document.spots) == set(paths(document.data))


def test_all_problems_of_a_file_are_reported_in_order() -> None:
    text = "a: no\nb: &x 1\na: *x\nc: 2026-02-30\nd: 'e'#f\ng: \x07\nh: [1, 2\n"
    assert found(text) == [
        ("YML006", "1:4"), ("YML008", "2:4"), ("YML005", "3:1"), ("YML009", "3:4"), ("YML007", "4:4"),
        ("YML019", "5:7"), ("YML002", "6:4"), ("YML004", "7:4"),
    ]  # fmt: skip


def test_the_value_with_a_forbidden_character_is_in_doubt_and_the_others_are_not() -> None:
    document, _ = read("a.yml", "a: 1\nb: x\u200by\nc: 2\n".encode())
    assert document.doubtful == {("b",)}
    assert not document.unreadable


def test_a_flaw_of_the_first_key_leaves_the_second_alone() -> None:
    document, _ = read("a.yml", b"a: 'b'# c\nd: e\n")
    assert document.doubtful == {("a",)}


def test_a_comment_stuck_to_a_block_mark_is_a_problem() -> None:
    assert found("a: |# c\n  d\n") in ([("YML019", "1:5")], [("YML004", "1:4")])
    assert found("a: |#") in ([("YML019", "1:5")], [("YML004", "1:4")])


def test_a_tab_behind_a_block_mark_is_a_problem() -> None:
    assert found("a: |\t# c\n  d\n") in ([("YML014", "1:5")], [("YML004", "1:4")])
    assert found("a: |-\n  \tb\n") in ([], [("YML004", "2:3")])


def test_a_directive_puts_the_whole_file_in_doubt() -> None:
    document, _ = read("a.yml", b"%YAML 1.1\n---\na: 1\n")
    assert document.data == {"a": 1}
    assert document.doubtful == {()}


def test_a_file_that_is_refused_has_no_data_and_is_all_in_doubt() -> None:
    for raw in (b"a" * 1_000_001, "a: 1".encode("utf-16"), b""):
        document, problems = read("a.yml", raw)
        assert problems
        assert document.data is None
        assert document.unreadable
        assert document.is_doubtful(("a",))
        assert document.place(("a",)) == Place("a.yml")


def test_a_root_that_is_no_mapping_is_not_the_readers_business() -> None:
    assert [taken(text).data for text in ("- a\n", "a\n", "~\n", "1\n")] == [["a"], "a", None, 1]


def test_a_second_document_is_not_even_looked_at() -> None:
    document, (problem,) = read("a.yml", b"a: 1\n---\nb: [\n")
    assert problem.code == "YML012"
    assert document.data == {"a": 1}
    assert document.unreadable


def test_an_empty_record_is_not_an_empty_file() -> None:
    assert taken("{}\n").data == {}
    assert taken('""\n').data == ""


# Limits


def test_a_file_is_read_as_deep_as_the_limit_and_no_deeper() -> None:
    assert len(taken("[" * MAX_DEPTH + "]" * MAX_DEPTH).spots) == MAX_DEPTH
    assert found("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)) == [("YML017", f"1:{MAX_DEPTH + 1}")]
    assert [code for code, _ in found("- " * (MAX_DEPTH + 1) + "x\n")] == ["YML017"]


def test_too_many_values_are_refused() -> None:
    text = "[" + "a," * MAX_VALUES + "]"
    assert [code for code, _ in found(text)] == ["YML018"]


def test_too_many_problems_end_the_reading() -> None:
    document, problems = read("a.yml", b"- no\n" * 5000)
    assert [problem.code for problem in problems] == ["YML006"] * MAX_PROBLEMS + ["YML028"]
    assert document.unreadable


BOMB = "a: &a [x,x,x]\n" + "".join(
    f"{to}: &{to} [*{of},*{of},*{of}]\n" for of, to in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 100_000, "YML017"),
        ("[[]," * 200_000, "YML017"),
        ("- " * 400_000, "YML017"),
        ("{a: " * 200_000, "YML017"),
        ("? " * 400_000, "YML017"),
        ("a" * 50_000_000, "YML003"),
        (BOMB, "YML009"),
        ("a: 1\n...\n" + "".join(f"%TAG !{number}! x\n" for number in range(50_000)), "YML012"),
        ("%TAG !a! x\n" * 80_000, "YML023"),
        ("a: 1\n" * 100_000, "YML005"),
    ],
    ids=["brackets", "lists", "dashes", "braces", "questions", "long", "bomb", "tags", "directives", "keys"],
)
def test_a_hostile_file_is_refused_before_it_costs_anything(text: str, code: str) -> None:
    raw = text.encode()
    begun = time.process_time()
    document, problems = read("a.yml", raw)
    spent = time.process_time() - begun
    assert code in {problem.code for problem in problems}
    assert document.doubtful
    assert spent < 3, "100 ms in practice with libyaml; the bound is for a busy machine and the slow parser"


# Records in parts


def part(name: str, text: str) -> Document:
    return read(name, text.encode())[0]


def test_the_parts_of_a_record_are_joined_by_their_keys() -> None:
    document, problems = merged(
        [part("n/a.yml", "client: NB\nsites: [{id: x}]\n"), part("n/b.yml", "agreements: [1]\n")]
    )
    assert problems == ()
    assert document.data == {"client": "NB", "sites": [{"id": "x"}], "agreements": [1]}
    assert document.files == ("n/a.yml", "n/b.yml")
    assert document.place(("agreements", 0)) == Place("n/b.yml", 1, 14, 1, 15)
    assert document.place(("sites", 0, "name")).file == "n/a.yml"
    assert document.place(()).file == "n/a.yml"
    assert set(document.spots) == set(paths(document.data))
    assert len(document.spots) == len(set(document.spots))
    assert not document.doubtful
    assert not document.unreadable


def test_a_key_in_two_parts_names_both_places_and_is_in_doubt() -> None:
    document, (problem,) = merged([part("n/a.yml", "a: {x: 1}\n"), part("n/b.yml", "b: 1\na: {y: 2}\n")])
    assert problem.code == "YML026"
    assert problem.at == Place("n/b.yml", 2, 1, 2, 2)
    assert problem.related == ((Place("n/a.yml", 1, 1, 1, 2), "first here"),)
    assert "n/a.yml" in problem.message
    assert document.data == {"a": {"x": 1}, "b": 1}
    assert document.doubtful == {("a",)}
    assert set(document.spots) == set(paths(document.data))


def test_a_part_that_is_no_mapping_is_a_problem() -> None:
    document, (problem,) = merged([part("n/a.yml", "a: 1\n"), part("n/b.yml", "- b\n")])
    assert (problem.code, str(problem.at)) == ("YML027", "n/b.yml:1:1")
    assert document.data == {"a": 1}
    assert document.is_doubtful(("a",))


def test_an_unreadable_part_leaves_the_whole_record_in_doubt() -> None:
    document, problems = merged([part("n/a.yml", "a: 1\n"), part("n/b.yml", "b: [1\n"), part("n/c.yml", "")])
    assert problems == ()
    assert document.data == {"a": 1}
    assert document.unreadable
    assert document.is_doubtful(("a",))


def test_one_part_is_the_record() -> None:
    only = part("a.yml", "a: 1\n")
    assert merged([only]) == (only, ())


# Laws


def paths(data: Json, path: KeyPath = ()) -> Iterator[KeyPath]:
    yield path
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in children:
        yield from paths(value, (*path, key))


def at(data: Any, path: KeyPath) -> Any:
    for step in path:
        data = data[step]
    return data


def source_of(text: str, place: Place) -> str:
    lines = text.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))] + [len(text)]
    return text[starts[place.line - 1] + place.column - 1 : starts[place.end_line - 1] + place.end_column - 1]


PIECES = [
    "a", "b: ", "c", ": ", ":", "- ", "-", "\n", "\n  ", "\n    ", " ", "\t", "[", "]", "{", "}", ", ", ",", "# x", "#",
    '"', "'", "|", ">", "|\n  ", "&x ", "*x", "!t ", "? ", "<<", "---", "\n---\n", "\n...\n", "%YAML 1.2\n", "no",
    "22:30", "1.10", "2026-02-30", "0o7", "\\", "\\n", "\\x41", "\\U0001F600", "é", "\u00a0", "\u200b", "\x07", "\r",
    "\r\n", "\ufeff",
]  # fmt: skip
YAMLISH = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


@given(
    YAMLISH.map(str.encode)
    | st.binary(max_size=120)
    | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace"))
)
@example(b'a: "\\UFFFFFFFF"')
@example(b'a: "\\ud83d"')
@example(b"%YAML 99999999999999999999.1\n---\n")
def test_any_bytes_give_a_document_or_problems_and_never_an_error(raw: bytes) -> None:
    document, problems = read("a.yml", raw)
    json.dumps(document.data, allow_nan=False)
    assert set(document.spots) == set(paths(document.data)) or document.data is None
    assert bool(document.doubtful) == bool(problems)
    assert not document.unreadable or () in document.doubtful
    assert all(problem.code in CODES and problem.message for problem in problems)
    assert list(problems) == sorted(problems, key=lambda problem: problem.at)


SCALARS = st.sampled_from(
    [
        "a", "1", "-2.5", "true", "null", "~", "2026-10-04", "some words", "'it''s'", "''", '"x\\ny"', '"\\u00e9\\\\"',
        "é 😀", "C:\\temp", "https://x.example/q#f", "a-b_c", "0x1F", "3.3e+3", "'no'", '"22:30"', "50%", "x'y", "-x",
        "a:b", "12 b",
    ]
)  # fmt: skip
KEYS = st.sampled_from(["a", "b c", "'d'", '"e"', "on", "f-1", "é"])
FLOW = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(KEYS, inner, max_size=3).map(lambda items: f"{{{', '.join(map(': '.join, items.items()))}}}")
    ),
    max_leaves=5,
)
BLOCK = st.recursive(
    FLOW.map(lambda text: [text])
    | st.sampled_from([["|", "  x y", "", "    z"], [">-", "  x", "  y"], ["'x", "  y'"], ["x", "  y"]]),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(
            lambda items: ["", *(line for item in items for line in _item(item))]
        )
        | st.dictionaries(KEYS, inner, min_size=1, max_size=3).map(
            lambda items: ["", *(line for key, item in items.items() for line in _entry(key, item))]
        )
    ),
    max_leaves=8,
)


def _item(lines: list[str]) -> list[str]:
    return [f"- {lines[0]}".rstrip(), *(f"  {line}" for line in lines[1:])]


def _entry(key: str, lines: list[str]) -> list[str]:
    return [f"{key}: {lines[0]}".rstrip(), *(f"  {line}" for line in lines[1:]), "# a comment"]


WRITTEN = BLOCK.map("\n".join)


@given(WRITTEN)
def test_a_text_without_problems_means_what_another_reader_of_yaml_1_2_says(text: str) -> None:
    other = YAML(typ="safe", pure=True).load(text)
    assert json.loads(json.dumps(other, default=str)) == taken(text).data


@given(YAMLISH)
def test_a_text_that_happens_to_have_no_problems_means_the_same_elsewhere(text: str) -> None:
    document, problems = read("a.yml", text.encode())
    if problems:
        return
    try:
        other = YAML(typ="safe", pure=True).load(text)
    except (OtherError, ValueError, NotImplementedError):
        return  # that reader refuses some of what is allowed
    assert json.loads(json.dumps(other, default=str)) == document.data


@given(WRITTEN)
def test_what_a_place_holds_reads_as_the_value(text: str) -> None:
    document = taken(text)
    for path, spot in document.spots.items():
        value = at(document.data, path)
        held = source_of(text, spot.value)
        if not isinstance(value, (dict, list)) and held:
            assert taken(held if held[0] in "|>" else f"- {held}").data == (value if held[0] in "|>" else [value])
        if spot.key:
            assert taken(f"{source_of(text, spot.key)}: 1").data == {path[-1]: 1}


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).filter(
    lambda text: not FORBIDDEN.search(text) and "\\" not in text
)
NUMBER = st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda x: "e" not in repr(x)
)
JSON_DATA = st.recursive(
    st.none() | st.booleans() | NUMBER | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=15,
)


@given(JSON_DATA, st.sampled_from([None, 2]), st.booleans())
def test_json_is_read_as_it_was_written(data: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(data, indent=indent, ensure_ascii=ascii_only)
    assume("\\u" not in text and "\\r" not in text and not any(drive in text for drive in (":\\n", ":\\t")))
    document, problems = read("a.yml", text.encode())
    assert problems == ()
    assert document.data == data
    assert not isinstance(data, float) or math.copysign(1, data) == math.copysign(1, document.data)  # type: ignore[arg-type]


def test_every_code_has_a_name_and_a_sentence_of_its_own() -> None:
    assert list(CODES) == [f"YML{number:03}" for number in range(1, len(CODES) + 1)]
    assert len({name for name, _ in CODES.values()}) == len(CODES)
    assert all(summary.endswith(".") and name == name.lower() for name, summary in CODES.values())
