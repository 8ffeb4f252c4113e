"""Values as text, links and words of a command."""

from __future__ import annotations

import html
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks import escape


def test_words_stay_readable() -> None:
    assert (
        escape.text("NB-DC01, nb-bk01.north-bay.example 12.3 2026-10-04")
        == "NB-DC01, nb-bk01.north-bay.example 12.3 2026-10-04"
    )


def test_signs_become_entities() -> None:
    assert escape.text("*a_b* 1. -x x- .") == "&#42;a&#95;b&#42; 1&#46; &#45;x x&#45; &#46;"


def test_spaces_that_markdown_minds_become_entities() -> None:
    assert escape.text(" a b  c ") == "&#32;a b&#32;&#32;c&#32;"


def test_what_cannot_be_seen_is_shown() -> None:
    assert (
        escape.visible("a\u202eb\u200b\x00\u3164\ud800\U000e0041")
        == "a[U+202E]b[U+200B][U+0000][U+3164][U+D800][U+E0041]"
    )
    assert escape.visible("a\nb\r\nc\td\u00a0é日🙂") == "a b c d\u00a0é日🙂"


def test_a_joiner_stays_where_a_script_or_an_emoji_needs_it():
    for name in (
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0915\u094d\u200d\u0937",
        "\U0001f468\u200d\U0001f4bb",
        "\u2764\ufe0f\u200d\U0001f525",
    ):
        assert escape.visible(name) == name


def test_a_joiner_that_joins_nothing_is_shown():
    assert escape.visible("a\u200db \u200d\u0645 \u0645\u200c") == "a[U+200D]b [U+200D]\u0645 \u0645[U+200C]"


@given(st.text())
def test_text_is_letters_digits_and_entities_and_reads_as_typed(value: str) -> None:
    escaped = escape.text(value)
    assert not set("*_`~|<>{}[]()+=!:\"'\\\n\r\t") & set(escaped)
    assert html.unescape(escaped) == html.unescape(escape.text(escape.visible(value)))
    if escape.visible(value) == value:
        assert html.unescape(escaped) == value


def test_a_title_is_one_line() -> None:
    assert escape.title("  A|B\n<x> ") == "A&#124;B &#60;x&#62;"


@pytest.mark.parametrize(
    ("value", "target"),
    [
        ("https://x.example/a?b=1&c=2#d", "https://x.example/a?b=1&amp;c=2#d"),
        ("HTTP://x.example:8080/", "HTTP://x.example:8080/"),
        (
            "https://x.example/a b(c)'\"<>|`*_~\\{}^",
            "https://x.example/a%20b%28c%29%27%22%3C%3E%7C%60%2A%5F%7E%5C%7B%7D%5E",
        ),
        ("https://x.example/50%/%41", "https://x.example/50%25/%41"),
        ("https://bücher.example/ä", "https://b%C3%BCcher.example/%C3%A4"),
        ("mailto:a@x.example?subject=b", "mailto:a@x.example?subject=b"),
        ("tel:+61255500100", "tel:+61255500100"),
        ("../a/b.md#c", "../a/b.md#c"),
        ("/a/b", "/a/b"),
        ("a&colon;b", "a%26colon;b"),
    ],
)
def test_a_link_that_is_allowed_stays(value: str, target: str) -> None:
    assert escape.link(value) == target


@pytest.mark.parametrize(
    "value",
    [
        *(
            "",
            " ",
            "javascript:alert(1)",
            "JAVASCRIPT:x",
            " https://x.example",
            "https://x.example\n",
            "java\tscript:x",
        ),
        *("data:text/html,x", "vbscript:x", "file:///x", "ftp://x.example", "ssh://x.example", "x:y", "1:2", ":x"),
        *("//x.example", "\\\\x", "/\\x", "\\/x", "https:x.example", "https:/x.example", "https://", "https:///x"),
        *("https://a@x.example", "https://a:b@x.example", "https://[::1]/", "https://[x", "http://x.example:y/"),
        *(
            "https://x.example\\@y",
            "https://x y/",
            "\x01javascript:x",
            "\ufeffhttps://x.example",
            "https://x.example/\u202e",
        ),
        "https://x.example/\ud800",
    ],
)
def test_a_link_that_is_not_allowed_leads_nowhere(value: str) -> None:
    assert escape.link(value) == "#"


@given(st.text())
def test_a_link_holds_nothing_that_markdown_or_html_minds(value: str) -> None:
    assert not set(" *_`~|<>{}[]()!\"'\\^\n\t") & set(escape.link(value))


def test_a_part_of_a_link_holds_no_slash_and_no_second_meaning() -> None:
    assert escape.link_part("a/b?c#d&e%f_g..") == "a%2Fb%3Fc%23d%26e%25f%5Fg.."
    with pytest.raises(escape.Unquotable):
        escape.link_part("a\nb")


@given(st.text())
def test_an_anchor_is_one_plain_word(value: str) -> None:
    assert escape.anchor(value).isascii()
    assert escape.anchor(value).replace("-", "").replace(".", "").isalnum()


@pytest.mark.parametrize("quote", [escape.code, escape.sh, escape.powershell, escape.cmd])
@pytest.mark.parametrize("value", ["a\nb", "a\rb", "\x00", "a\x1b[0m", "a\u202eb", "a\u2028b", "a\tb", "\u200b"])
def test_what_cannot_be_seen_is_refused_in_commands(quote: object, value: str) -> None:
    assert callable(quote)
    with pytest.raises(escape.Unquotable, match="control or invisible"):
        quote(value)


@pytest.mark.parametrize("value", ["```", "````````````````", "~~~", " ``` ", "``` ~~~", "`"])
def test_a_value_that_could_end_a_code_block_is_refused(value: str) -> None:
    with pytest.raises(escape.Unquotable, match="end the code block"):
        escape.code(value)


PRINTABLE = st.text(alphabet=st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=20)


@settings(max_examples=60, deadline=None)
@given(PRINTABLE)
def test_a_value_reaches_a_posix_command_as_typed(value: str) -> None:
    try:
        word = escape.sh(value)
    except escape.Unquotable:
        return
    if shell := shutil.which("sh"):
        run = subprocess.run([shell, "-c", f"printf %s {word}"], capture_output=True, check=True)
        assert run.stdout == value.encode()


@given(PRINTABLE)
def test_a_value_is_one_powershell_string(value: str) -> None:
    try:
        word = escape.powershell(value)
    except escape.Unquotable:
        return
    inner = word[1:-1]
    assert word[0] == word[-1] == "'"
    read, at = "", 0
    while at < len(inner):  # as PowerShell reads it: two single quotes of any kind are one, one alone ends the string
        if inner[at] in "'\u2018\u2019\u201a\u201b":
            assert inner[at + 1] in "'\u2018\u2019\u201a\u201b"
            at += 1
        read += inner[at]
        at += 1
    assert read == value


def test_a_powershell_value_keeps_its_quotation_marks() -> None:
    assert escape.powershell("O'Neil \u2019s $x `n \"") == "'O''Neil \u2019\u2019s $x `n \"'"


@pytest.mark.parametrize("value", ['a"b', "%PATH%", "100%", "hey!", "-x", "/q"])
def test_what_the_command_prompt_cannot_quote_is_refused(value: str) -> None:
    with pytest.raises(escape.Unquotable):
        escape.cmd(value)


def test_a_word_of_the_command_prompt() -> None:
    assert escape.cmd("a & b | c ^ d") == '"a & b | c ^ d"'
    assert escape.cmd("E:\\") == '"E:\\\\"'


def test_a_leading_hyphen_is_no_word_of_a_posix_command() -> None:
    with pytest.raises(escape.Unquotable, match="option"):
        escape.sh("-rf")
