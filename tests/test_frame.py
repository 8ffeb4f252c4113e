"""The theme's mistakes are mended in finished pages, and every kind of page says what it is for."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks import frame
from runbooks.pages.descriptions import PURPOSE
from runbooks.pages.page import Kind

TEMPLATES = Path((find_spec("material") or pytest.fail("there is no theme")).origin or "").parent / "templates"


def test_the_theme_still_has_every_mistake_that_is_mended():
    names = ("base.html", "partials/search.html", "partials/nav-item.html", "partials/toc.html")
    theme = "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names)
    theme = theme.replace('tabindex="{{ tabindex }}"', 'tabindex=""')
    for old, _ in frame.MENDED:
        assert old in theme or old == "<th></th>", old
    assert frame.TOC in theme
    assert frame.TOC_BOX in theme


def test_what_was_mended_stays_as_it_is():
    page = "".join(old for old, _ in frame.MENDED) + frame.TOC + '<td align="right">1</td>'
    assert frame.mended(frame.mended(page)) == frame.mended(page)
    for old, new in frame.MENDED:
        assert old not in frame.mended(page)
        assert new in frame.mended(page)


def test_a_column_is_aligned_by_a_class():
    assert frame.mended('<th align="left">a</th><td align="right">1</td>') == (
        '<th class="rb-left">a</th><td class="rb-right">1</td>'
    )


def test_a_label_for_a_box_that_is_not_there_is_for_nothing():
    assert frame.mended(frame.TOC) == '<label class="md-nav__title">'
    beside = f'<input type="checkbox" id="__toc">{frame.TOC}'
    assert frame.mended(beside) == beside


def test_the_page_for_what_is_not_there_can_be_skipped_to_as_every_other():
    base = (TEMPLATES / "base.html").read_text(encoding="utf-8")
    assert '<div data-md-component="skip">' in base
    skip, heading = '<div data-md-component="skip">\n  {}</div>', '<h1 id="not-found">x</h1>'
    made = frame.mended(skip.format("") + heading)
    assert made == skip.format(frame.SKIP.removeprefix(r"\1")).replace("\n  ", "") + heading
    for other in (made, skip.format(""), skip.format('<a href="#a">b</a>') + heading):
        assert frame.mended(other) == other


@given(st.text(alphabet=st.characters(exclude_characters="<>")))
def test_no_text_is_changed(text: str):
    assert frame.mended(f"<p>{text}</p>") == f"<p>{text}</p>"


def test_a_feature_that_reads_titles_as_markup_is_left_out():
    assert frame.sound(["content.code.copy", "content.tooltips", "search.suggest"]) == [
        "content.code.copy",
        "search.suggest",
    ]


def test_the_theme_still_reads_titles_as_markup_under_that_feature():
    (bundle,) = (TEMPLATES / "assets/javascripts").glob("bundle.*.min.js")
    script = bundle.read_text(encoding="utf-8")
    assert all(f'"{name}"' in script for name in frame.UNSOUND)
    assert re.search(r"=\w+\.title;.{0,200}\.innerHTML=", script)


def test_every_kind_of_page_says_what_it_is_for():
    assert set(PURPOSE) == set(get_args(Kind))
    assert len(set(PURPOSE.values())) == len(PURPOSE)
    assert all(len(words) < 110 and words.endswith(".") for words in PURPOSE.values())
