"""Pictures in procedures: shapes and words alone, whatever somebody puts into the folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.pictures import LARGEST, pictures
from tests import sample

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>A box</title>{}</svg>'
SHIPPED = Path(__file__).resolve().parents[1] / "templates"


def picture(tmp_path: Path, text: str | bytes):
    sample.planted(tmp_path, {"pictures/one.svg": text})
    return pictures((tmp_path,))["one"]


def test_every_shipped_picture_fits_and_is_asked_for():
    found = pictures((SHIPPED,))
    assert {name: one.unfit for name, one in found.items() if one.unfit} == {}
    bodies = "".join(path.read_text(encoding="utf-8") for path in (SHIPPED / "products").rglob("*.md"))
    assert [name for name in found if f'picture("{name}")' not in bodies] == []


def test_a_picture_is_one_line_read_aloud_by_its_title(tmp_path: Path):
    found = picture(tmp_path, SVG.format('\n  <rect x="1" y="1" width="5" height="5"/>\n  <text x="1">a &lt; b</text>'))
    assert found.drawing.startswith('<svg viewBox="0 0 9 9" role="img" aria-labelledby="rb-picture-one">')
    assert '<text x="1">a &#60; b</text>' in found.drawing
    assert "\n" not in found.drawing


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<rect onload="alert(1)"/>',
        '<a href="https://elsewhere.example"><text>x</text></a>',
        '<image href="x.png"/>',
        '<rect style="fill:red"/>',
        "<style>rect {}</style>",
        "<foreignObject><p>x</p></foreignObject>",
        '<use href="#x"/>',
        "<text>{{ client.name }}</text>",
        "<!-- a comment -->",
    ],
)
def test_what_is_more_than_shapes_and_words_is_left_out(tmp_path: Path, inside: str):
    found = picture(tmp_path, SVG.format(inside))
    assert found.unfit
    assert found.drawing == ""


@pytest.mark.parametrize(
    "text",
    [
        "no svg",
        b"\xff\xfe",
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format(""),
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"><title>x</title></svg>',
        SVG.format("<desc>" + "x" * LARGEST + "</desc>"),
    ],
)
def test_what_is_no_picture_is_left_out_with_a_reason(tmp_path: Path, text: str | bytes):
    assert picture(tmp_path, text).unfit


def test_a_sites_own_picture_takes_the_place_of_the_shipped_one(tmp_path: Path):
    sample.planted(tmp_path, {"pictures/full-disk-access.svg": SVG.format("<text>ours</text>")})
    assert "ours" in pictures((tmp_path, SHIPPED))["full-disk-access"].drawing


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_words_of_a_picture_stay_words(text: str):
    from html import escape
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        found = picture(Path(folder), SVG.format(f"<text>{escape(text)}</text>"))
    assert found.unfit or found.drawing.count("<") == 6
