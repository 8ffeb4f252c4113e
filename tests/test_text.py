"""Bytes to text: what is refused, what is replaced, and where it stands."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.findings import Place
from runbooks.source.codes import FORBIDDEN_CHARACTER, NOT_UTF8, TOO_LARGE
from runbooks.source.text import FORBIDDEN, LONE_RETURN, MAX_BYTES, MAX_REPORTED, decoded


def test_text_is_passed_on_as_it_is() -> None:
    text = decoded("a.yml", "name: é 😀\r\n\tx: 1\n".encode())
    assert (text.content, text.problems, text.damaged, text.whole) == ("name: é 😀\r\n\tx: 1\n", (), (), True)


def test_one_byte_order_mark_is_dropped_and_a_second_is_reported() -> None:
    assert decoded("a.yml", codecs.BOM_UTF8 + b"a: 1").content == "a: 1"
    twice = decoded("a.yml", codecs.BOM_UTF8 * 2 + b"a: 1")
    assert twice.content == "\ufffda: 1"
    assert [(problem.code, str(problem.at)) for problem in twice.problems] == [(FORBIDDEN_CHARACTER, "a.yml:1:1")]


def test_a_bad_byte_is_reported_at_its_line_and_the_rest_is_still_read() -> None:
    text = decoded("a.yml", "\ufeffa: é\r\nb: caf".encode() + b"\xe9\nc: \xff\n")
    (problem,) = text.problems
    assert problem.code == NOT_UTF8
    assert problem.at == Place("a.yml", 2, 7, 2, 8)
    assert "0xe9" in problem.message
    assert "'é'" in problem.message
    assert "1 more such place" in problem.message
    assert text.content == "a: é\r\nb: caf\ufffd\nc: \ufffd\n"
    assert not text.whole


def test_a_character_cut_off_at_the_end_is_a_bad_byte() -> None:
    (problem,) = decoded("a.yml", "a: é".encode()[:-1]).problems
    assert (problem.code, str(problem.at)) == (NOT_UTF8, "a.yml:1:4")


def test_half_a_character_written_in_bytes_is_a_bad_byte() -> None:
    (problem,) = decoded("a.yml", b"a: \xed\xa0\xbd").problems
    assert problem.code == NOT_UTF8


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_another_unicode_encoding_is_refused_in_plain_words(encoding: str) -> None:
    text = decoded("a.yml", "client: North Bay\n".encode(encoding))
    (problem,) = text.problems
    assert problem.code == NOT_UTF8
    assert "UTF-16" in problem.message
    assert (text.content, text.whole) == ("", False)


def test_a_file_at_the_limit_is_read_and_one_byte_more_is_refused() -> None:
    assert decoded("a.yml", b"a" * MAX_BYTES).problems == ()
    text = decoded("a.yml", b"\xff" * (MAX_BYTES + 1))
    assert [problem.code for problem in text.problems] == [TOO_LARGE]
    assert (text.content, text.whole) == ("", False)


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\x00", "a NUL character"),
        ("\x07", "a control character"),
        ("\x1b", "an escape character"),
        ("\x7f", "a delete character"),
        ("\x85", "a next-line character"),
        ("\x9f", "a control character"),
        ("\u00ad", "soft hyphen"),
        ("\u200b", "zero width space"),
        ("\u2028", "line separator"),
        ("\u2029", "paragraph separator"),
        ("\u202e", "right-to-left override"),
        ("\u2066", "left-to-right isolate"),
        ("\ufeff", "a byte order mark"),
        ("\ufffd", "a letter here was lost"),
        ("\uffff", "U+FFFF"),
        ("\r", "a carriage return without a line feed"),
    ],
)
def test_every_forbidden_character_is_named_at_its_place(character: str, name: str) -> None:
    text = decoded("a.yml", f"a: b\nc: d{character}e\n".encode())
    (problem,) = text.problems
    assert (problem.code, problem.at) == (FORBIDDEN_CHARACTER, Place("a.yml", 2, 5, 2, 6))
    assert name in problem.message
    assert f"U+{ord(character):04X}" in problem.message
    assert problem.help
    assert text.damaged == ((1, 4),)
    assert text.whole
    assert len(text.content) == len("a: b\nc: d?e\n")


def test_several_characters_are_reported_in_their_order() -> None:
    text = decoded("a.yml", "\x01\r\x02\n\x03\u2028".encode())
    assert [str(problem.at) for problem in text.problems] == [
        "a.yml:1:1", "a.yml:1:2", "a.yml:2:1", "a.yml:3:1", "a.yml:3:2",
    ]  # fmt: skip
    assert text.content == "\ufffd\n\ufffd\n\ufffd "


def test_a_file_full_of_them_is_reported_once_and_not_relied_on() -> None:
    text = decoded("a.yml", b"a: \x01\n" * 100)
    assert len(text.problems) == MAX_REPORTED + 1
    assert "80 more" in text.problems[-1].message
    assert not text.whole
    assert "\x01" not in text.content


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_give_a_text_without_forbidden_characters(raw: bytes) -> None:
    text = decoded("a.yml", raw)
    replaced = text.content.replace("\ufffd", "")
    assert FORBIDDEN.search(replaced) is None
    assert LONE_RETURN.search(replaced) is None
    assert bool(text.problems) or text.content.encode() == raw.removeprefix(codecs.BOM_UTF8)
