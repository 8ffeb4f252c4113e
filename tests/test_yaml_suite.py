"""Cases of the public YAML test suite, by their names there and in texts of our own.

The suite (https://github.com/yaml/yaml-test-suite) says of each text whether it is YAML 1.2. Of those that must fail,
libyaml takes some; the reader refuses every one. Of the valid ones it refuses those with a feature that a record has
no use for, and the few that its parser cannot read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from runbooks.source import read, reader

LIBYAML: Callable[[str], Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@pytest.fixture(autouse=True, params=[LIBYAML, yaml.SafeLoader], ids=["libyaml", "python"])
def _parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test runs with both parsers."""
    monkeypatch.setattr(reader, "PARSER", request.param)


def codes(text: str) -> set[str]:
    return {problem.code for problem in read("a.yml", text.encode())[1]}


TAKEN_BY_A_PARSER = {
    "9C9N: a list in brackets goes on at the margin": ("---\nkey: [one,\ntwo]\n", "YML020"),
    "9HCY: a directive without the end of the document before it": (
        '!x "one"\n%TAG ! tag:x.example,2000:\n---\na\n',
        "YML012",
    ),
    "9JBA: a comment stuck to a closing bracket": ("---\n[ one, two ]#stuck\n", "YML019"),
    "CVW2: a comment stuck to a comma": ("---\n[ one,#stuck\n]\n", "YML019"),
    "DK95-01: a quoted text goes on behind a tab": ('key: "one\n\ttwo"\n', "YML020"),
    "EB22: a directive behind a scalar": ("---\none # comment\n%YAML 1.2\n---\ntwo\n", "YML012"),
    "G5U8: lone dashes in a list in brackets": ("---\n- [-, -]\n", "YML004"),
    "MUS6-00: a directive with a comment stuck to it": ("%YAML 1.1#stuck\n---\n", "YML023"),
    "MUS6-01: two directives for two documents": ("%YAML 1.2\n---\n%YAML 1.2\n---\n", "YML012"),
    "QB6E: a quoted text goes on at the margin": ('---\nkey: "one\ntwo"\n', "YML020"),
    "RHX7: a directive behind a mapping": ("---\none: two\n%YAML 1.2\n---\n", "YML012"),
    "S98Z: empty lines wider than the text they begin": ("key: >\n \n  \n   \n # one\n", "YML020"),
    "SU5Z: a comment stuck to a quoted text": ('key: "one"# stuck\n', "YML019"),
    "U99R: a comma in a tag": ("- !!str, one\n", None),
    "X4QW: a comment stuck to a block mark": ("key: ># stuck\n  one\n", None),
    "Y79Y-03: a list in brackets goes on behind a tab": ("- [\n\tone,\n two\n ]\n", None),
    "YJV2: a lone dash in brackets": ("[-]\n", "YML004"),
}


@pytest.mark.parametrize("case", TAKEN_BY_A_PARSER)
def test_what_libyaml_takes_and_yaml_does_not_is_refused(case: str) -> None:
    text, code = TAKEN_BY_A_PARSER[case]
    refused = codes(text)
    assert refused
    assert code is None or code in refused


READ_DIFFERENTLY = {
    "652Z: a question mark before a key in braces": "{ ?one: two }\n",
    "HM87-01: a question mark in brackets": "[?one]\n",
}


@pytest.mark.parametrize("case", READ_DIFFERENTLY)
def test_what_libyaml_reads_as_something_else_is_refused(case: str) -> None:
    assert "YML029" in codes(READ_DIFFERENTLY[case])


def test_a_last_line_of_spaces_reads_as_yaml_says() -> None:
    """L24T-01: libyaml leaves out the end of the line."""
    document, problems = read("a.yml", b"key: |\n  one\n   ")
    assert problems == ()
    assert document.data == {"key": "one\n \n"}


NOT_IN_RECORDS = {
    "2XXW: a tag": ("!!set {a: b}\n", "YML011"),
    "3GZX: an anchor and an alias": ("a: &x 1\nb: *x\n", "YML009"),
    "5TYM: a directive": ("%TAG !m! !my-\n---\na\n", "YML023"),
    "6ZKB: several documents": ("a\n---\nb\n", "YML012"),
    "6BFJ: a list as a key": ("[a, b]: c\n", "YML013"),
    "5WE3: a key in the long form": ("? a\n: b\n", "YML029"),
    "6CA3: tabs between values": ("[\t\n a ]\n", None),
    "AVM7: an empty file": ("", "YML016"),
    "G4RS: a control character by its escape": ('a: "\\b"\n', "YML022"),
}


@pytest.mark.parametrize("case", NOT_IN_RECORDS)
def test_what_yaml_has_and_records_do_not_is_refused_on_purpose(case: str) -> None:
    text, code = NOT_IN_RECORDS[case]
    refused = codes(text)
    assert refused
    assert code is None or code in refused


BEYOND_THE_PARSER = {
    "4MUZ-01: a colon in the line after a quoted key": '{"one"\n: two}\n',
    "58MP: a colon stuck to a key's value": "{one: :two}\n",
    "5T43: a colon stuck to a quoted value": '{"one":two}\n{"one"::two}\n',
    "FRK4: keys and values that are not there": "{? one :, : two}\n",
    "NHX8: a key that is not there": ": a\n",
    "UT92: the mark of a document's end in braces": "{ a\n% : 1 }\n",
}


@pytest.mark.parametrize("case", BEYOND_THE_PARSER)
def test_valid_yaml_that_the_parser_cannot_read_is_refused_and_never_misread(case: str) -> None:
    assert codes(BEYOND_THE_PARSER[case])
