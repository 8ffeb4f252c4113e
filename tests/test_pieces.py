"""Reading a page in pieces says what reading it whole says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.verify import pieces, secrets
from runbooks.verify.markup import Markup

PARTS = (
    "<h1>Harbour Dental</h1>",
    "<h2 id=\"jobs\">Jobs",
    "and more</h2>",
    "<p>Telephone: 555 0100",
    "<p>Password:</p>",
    "<p>kX9!vQ2#zLp7</p>",
    "<td>Password</td>",
    "<td>kX9!vQ2#zLp7</td>",
    "<tr><td>admin password</td>",
    "<tr><td>Password",
    "<td>kX9!vQ2#zLp7",
    "<tr>",
    "</tbody>",
    "<pre>a &lt; b",
    "</pre>",
    "<script>",
    "var to = 'alerts@' + 'provider.example';",
    "</script>",
    "<script>let key = \"<b>\";</script>",
    "<style>.a::after { content: \"x\" }</style>",
    "<!-- left out",
    "-->",
    "<!-- alerts@provider.example -->",
    "<a href=\"../north-bay/monitoring/\">clients</a>",
    "<a href=\"https://edit.example/clients/a.yml\">clients/a.yml</a>",
    "<a title=\"x>",
    "<a title=",
    "\"x>",
    "y\" href='z/'>",
    "<base href=\"/clients/other/\">",
    "<meta name=\"runbooks\" content=\"client=a; kind=overview\">",
    "<div data-runbooks-through=\"2026-01-01\">",
    "<img src=\"data:text/html;base64,PGI+aGk8L2I+\" alt=\"a drawing\">",
    "<i alerts@provider.example>",
    "text that ends with a sign >",
    "&amp",
    "token: ghp_0123456789abcdefghijklmnopqrstuvwxyz",
    "<p>Token:",
    "\ufdd2",
    "",
)  # fmt: skip
"""Lines of pages: what a template writes, and what somebody could write by hand to be read wrongly."""

pages = st.lists(st.sampled_from(PARTS), max_size=14).map("\n".join)


def _told(page: Markup) -> tuple[object, ...]:
    return page.blocks, page.marks, page.watches, page.led_to()


def _whole(text: str, frame: tuple[str, ...] = ("https://edit.example/",)) -> Markup:
    page = Markup("clients/a", frame)
    page.feed(text)
    page.close()
    return page


@given(pages)
@settings(max_examples=400, deadline=None)
def test_a_page_in_pieces_says_what_it_says_whole(text: str) -> None:
    assert _told(pieces.read(text, "clients/a", ("https://edit.example/",))) == _told(_whole(text))


def test_a_tag_that_a_later_line_ends_is_read_with_that_line():
    for text in ('<a title=\n"x>\n<div>\n<p>alerts@provider.example">', '<a x" y=\n"z>\n<b c="d">'):
        assert _told(pieces.read(text, "clients/a", ("https://edit.example/",))) == _told(_whole(text))


@given(pages)
@settings(max_examples=400, deadline=None)
def test_the_secrets_of_a_page_in_pieces_are_those_of_the_whole(text: str) -> None:
    assert set(secrets._in_page(text)) == set(secrets._in_whole(text))


@pytest.mark.built
def test_so_it_is_for_every_page_of_a_site(small_built: Path) -> None:
    read = 0
    for text in _texts(small_built):
        assert _told(pieces.read(text, "clients/a", ())) == _told(_whole(text, ()))
        assert set(secrets._in_page(text)) == set(secrets._in_whole(text))
        read += 1
    assert read > 50


def _texts(site: Path) -> Iterator[str]:
    for path in sorted(site.rglob("*.html")):
        yield path.read_text(encoding="utf-8")


@given(pages)
def test_stretches_put_together_are_the_page(text: str) -> None:
    assert "".join(pieces.cut(text)) == text
    assert "".join(pieces.lines_of(text)) == text
