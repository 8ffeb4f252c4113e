"""The reader of simple texts: where it reads one at all, it reads what the strict reader does, places included."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runbooks.findings import KeyPath
from runbooks.source import reader
from runbooks.source.builder import MAX_DEPTH, MAX_VALUES
from runbooks.source.document import Json, Span
from runbooks.source.simple import simply
from runbooks.source.text import decoded

RECORDS = sorted((Path(__file__).resolve().parents[1] / "clients").rglob("*.yml"))


def strictly(text: str) -> tuple[Json, list[tuple[KeyPath, Span]]] | None:
    """What the strict reader makes of a text; None where it finds anything wrong with it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "simply", lambda _: None)
        document, problems = reader.read("a.yml", text.encode())
    if problems or document.doubtful or document.unreadable:
        return None
    ((_, spans),) = document.spots.parts()
    return document.data, list(spans.items())


def alike(text: str) -> bool:
    """Whether a text is read here; the strict reader then says the same, in the same order."""
    read = simply(text)
    if read is None or decoded("a.yml", text.encode()).problems:
        return False
    data, spans = read
    strict = strictly(text)
    assert strict is not None, text
    # 1, 1.0 and True are equal, and not the same.
    assert repr((data, list(spans.items()))) == repr(strict), text
    return True


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: str(path.stem))
def test_every_sample_record_is_simple_and_reads_the_same(path: Path):
    assert alike(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\n",
        "---\na: b\n",
        "a: plain text, with 'quotes' in it\nb: it's\nc: http://x.example:80/a\n",
        "a: 'it''s'   # why\nb: \"x # none\"\n",
        "a:\n- 1\n- b: 2\n  c: 3\n-   d: 4\n    e: 5\nf:\n    - g\n",
        'a: {b: c, d: [e, {f: g}], h: "i"}   # j\n',
        "a: [one, two,\n    three]\nb: {c: d,\n  e: [f, g]}\n",
        "a:\n  {b: c}\n",
        "a: |\n  one\n\n   two\n\n\nb: >-\n  three\n  four\n\n\n  five\nc: |-\n  six\n# end\n",
        "- a\n- b: |\n    c\n",
        "  a: 1\n  b: 2\n",
        "size: 😀 größer\n",
        "a: yes text\non: 2026-10-04\nb: null\n",
    ],
)
def test_what_records_are_made_of_is_simple(text: str):
    assert alike(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: 1",
        "a:\n",
        "a: b: c\n",
        "a: b\n  c\n",
        "a: 1\n b: 2\n",
        "a: 1\n- b\n",
        "a:\n  b: 1\n c: 2\n",
        "a: 1\na: 2\n",
        "a: 1.10\n",
        "a: 2026-02-30\n",
        "a: &b c\n",
        "a: *b\n",
        "a: !b c\n",
        "<<: {a: b}\n",
        "true: a\n",
        "a: {b: c, b: d}\n",
        "a: [b, c\n]\n",
        "a: [b,\nc]\n",
        "a: [b}\n",
        "a: [b]]\n",
        "a: [b] c\n",
        "a: [b, , c]\n",
        "a: {b}\n",
        "a: [b: c]\n",
        'a: "b\\n"\n',
        'a: "b\n  c"\n',
        'a: "b" c\n',
        "a: |2\n   b\n",
        "a: |\nb: c\n",
        "a: >\n  b\n   c\n",
        "a: |\n\n  b\n",
        "a:\tb\n",
        "a: b\r\n",
        "a: b#c\n",
        "a: b #c\n",
        "? a\n",
        "a: b\u00a0\n",
        "--- a\n",
        "a: b\n---\nc: d\n",
        "a: b\n...\n",
        "%YAML 1.2\n",
        "a\n",
        "größe: 1\n",
        "[" * (MAX_DEPTH + 1) + "a" + "]" * (MAX_DEPTH + 1) + "\n",
        "".join(f"k{number}: {{a: b}}\n" for number in range(MAX_VALUES // 4 + 1)),
    ],
)
def test_whatever_else_there_is_goes_to_the_strict_reader(text: str):
    assert simply(text) is None


BEGINNINGS = (
    "\n",
    "\n  ",
    "a: ",
    "b: ",
    "c:\n",
    "  d: ",
    "    e: ",
    "- ",
    "  - ",
    "-   ",
    "<<: ",
    "!t ",
    "---\n",
    "...\n",
)
VALUES = (
    "one",
    "two words",
    "'x'",
    "'it''s'",
    '"y"',
    "http://x.example",
    "1",
    "0.5",
    "010",
    "true",
    "null",
    "2026-10-04",
)
ENDS = (
    "  # why\n",
    "|\n",
    ">-\n",
    "|+\n",
    ",\n",
    ", ",
    "[a, b]",
    "{a: 1}",
    "{a: 1, b: [c, d]}",
    "[]",
    "\r\n",
    "\u2028",
)
PIECES = st.sampled_from((*BEGINNINGS, *VALUES, *ENDS, *" []{},:#?*&-%@`=\\\t~'\"|>é😀\u00a0"))


@given(st.lists(PIECES, max_size=30).map("".join))
@example("a: [one,\n  two]\n")
@example("a: >\n  one\n\n\n  two\n\nb: 1\n")
@example("a:\n- b:\n  - c\n  d: 1\n- e\n")
def test_of_pieces_put_together_by_chance_what_is_read_is_read_the_same(text: str):
    alike(f"{text}\n")


@given(st.sampled_from(RECORDS), st.data())
def test_of_a_record_with_a_slip_in_it_what_is_read_is_read_the_same(path: Path, data: st.DataObject):
    text = path.read_text(encoding="utf-8")
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, min(begin + 8, len(text))))
    alike(text[:begin] + data.draw(PIECES) + text[end:])


def test_a_line_that_is_said_again_makes_values_of_its_own():
    text = "a: [b, {c: d}]\n" + "long: " + "x" * 200 + "\n"
    first = simply(text)
    assert first is not None
    said = {"a": ["b", {"c": "d"}], "long": "x" * 200}
    assert first[0] == said
    assert isinstance(first[0], dict)
    first[0].clear()
    again = simply(text)
    assert again is not None
    assert again[0] == said
