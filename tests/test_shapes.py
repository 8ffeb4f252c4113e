"""Pages made by their shape: byte for byte those that are made by themselves, whatever the values are."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import markdown as plainly

from runbooks import escape, hands, lean
from runbooks.engine import quick, shapes, stamps
from runbooks.engine.blanks import BLANK, Outline, outline
from runbooks.engine.shapes import Filled, Shapes
from runbooks.pages.page import Page
from runbooks.templates import Loader, TemplateProblem, environment, marks, render_text
from tests import sample, small
from tests.test_quick import built, by_mkdocs

NAMES = (
    "Harbour Dental 2",
    "Harbour Dental 3",
    "O'Brien & Sons",
    "Steps",
    "1. Notary",
    "Straße & Söhne",
    "var(--x) Ltd",
    "A_b_c d*e",
    "zq1qz Ltd",
    "dir",
    "Lane + Lane (Vets)",
    "<b>Bold</b>",
    "North → South",
    "North – South… Ltd",
)
"""Names of clients: alike, and such as Markdown, HTML, headings or a blank could take for something else."""

PRODUCTS = (
    "Tape Robot 2",
    "Tape Robot 3",
    "Tape → Cloud",
    "Tape – Cloud… x",
    "Ropes & Sons' Tape",
    "O'Brien's Tape",
    "*@tape.example",
    "#1 (tape)",
    "Tape (100%)",
)
"""Products as a client calls them, which stand in headings that have others below them."""


@pytest.mark.built
def test_clients_that_differ_in_values_alone_have_the_pages_that_mkdocs_makes(
    small_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RUNBOOKS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(hands, "at_hand", lambda: 1)
    text = (small_site / "clients/harbour-dental.yml").read_text(encoding="utf-8")
    text = re.sub(r"^aliases: .*\n", "", text, count=1, flags=re.MULTILINE)
    known = re.search(r"^ +product: (.*)$", text, re.MULTILINE)
    assert known
    for number, (name, product) in enumerate(
        [*((one, "") for one in NAMES), *((f"Harbour {one}", one) for one in PRODUCTS)]
    ):
        own = text.replace("client: Harbour Dental\n", f"client: {name!r}\n", 1)
        if product:
            margin = known[0].partition("p")[0]
            other = f"{margin}product: other\n{margin}product_name: {product!r}"
            own = own.replace(known[0], other, 1)
        own = re.sub(r"\b(?!provider)([a-z0-9-]+)\.example", rf"\1-{number}.example", own)
        own = re.sub(r"AGR-(\d+)", rf"AGR-\g<1>{number}", own)
        (small_site / f"clients/alike-{number}.yml").write_text(own, "utf-8", newline="\n")
    filled = list[bool]()
    page = Shapes.page

    def counted(self: Shapes, of: Outline, slug: str) -> Filled | None:
        there = len(self.known)
        found = page(self, of, slug)
        filled.append(found is not None and len(self.known) == there)
        return found

    monkeypatch.setattr(Shapes, "page", counted)
    with small.few_rules("REC012"):
        assert built(small_site) == by_mkdocs(small_site, tmp_path / "plain")
    assert sum(filled) > len(filled) // 3, "most pages of these are alike"


VALUES = (
    *NAMES, "1", "12", "+44 20 7946 0001", "a@b.example", "NAS-01", "nas-02.example", "a_b", "x)", "h2", "22:00 (UTC)",
    "v. 2", "Lane; x", "100%", "C:/Backup/a", "a - b", "- a", "# a", "a | b", "`a`", "[a]: b", "a]", "{.a}", "&amp;",
    "\\", "note", "steps", "x" * 200, "a!", "why?", "*", "1)", "1.", "é", "=", "---", "x.y-z", "Notes_2", "2026-11-29",
    "*@harbour.example", "@home", "#1", "(not said)", "**x", "# x", "+x", "((x", "a → b", "→", "1 – 2", "a…", "*x*",
    "(x) *",
)  # fmt: skip
TEMPLATES = (
    "# {{ a }}: overview\n\n## {{ a }}\n\n## Steps\n",
    "{{ a }}\n===\n\n{{ a }}\n---\n",
    "**{{ a }}** has *{{ a }}*, ({{ a }}).\n",
    "_{{ a }}_ and x_{{ a }}_y and __{{ a }}__\n",
    "{{ a }}. first\n\n{{ a }}) second\n",
    "| {{ a }} | b |\n|---|---|\n| c | x {{ a }} |\n",
    '!!! note "{{ a }}"\n\n    {{ a }}\n',
    "Term {{ a }}\n:   {{ a }}\n",
    "- {{ a }}\n\n    *If not:* {{ a }}\n",
    '<p class="rb-x" title="{{ a }}">{{ a }} <code>{{ a }}</code></p>\n',
    '<p class="rb-{{ a }}">{{ a }}</p>\n',
    '<div markdown="1">\n\n## In {{ a }}\n\n{{ a }}\n\n</div>\n',
    "[{{ a }}](https://x.example/{{ a }})\n\n[x](https://x.example/?q={{ a }}) {{ a }}\n",
    "[x]({{ a }}) and {{ a }}\n",
    "[{{ a }}](other.md){: .rb-client } `{{ a }}`\n",
    '<figure><svg width="1"><title>{{ a }}</title><text x="1">{{ a }}</text></svg></figure>\n',
    "```sh\nrun '{{ a }}'\n```\n",
    "> {{ a }}\n\n1. {{ a }}\n2. {{ a }}, {{ a }}\n",
)


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_is_filled_in_is_what_markdown_makes_of_the_values(template: str):
    shared, first = 0, dict[str, shapes.Shape]()
    for value in VALUES:
        found = _outlined(template, value)
        if found is not None:
            bare, one = found
            shared += one.text in first
            shape = first.setdefault(one.text, _shape(one.text))
            filled = shape.filled(one.values)
            assert filled is None or filled.html == _html(bare), value
    assert (
        shared > 3
        or "```" in template
        or "===" in template
        or "_{" in template
        or "x]({" in template
        or "rb-{" in template
    )


@given(st.sampled_from(TEMPLATES), st.text(alphabet="aZ09 ,.-_:;/@+()!?*#%&<>\"'`[]{}|=~\\é", min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_so_it_is_for_any_value(template: str, value: str):
    like, found = _outlined(template, "Harbour Dental"), _outlined(template, value)
    if like is not None and found is not None and like[1].text == found[1].text:
        filled = _shape(like[1].text).filled(found[1].values)
        assert filled is None or filled.html == _html(found[0])


def _shape(text: str) -> shapes.Shape:
    html = _html(text)
    anchors = tuple(re.findall(r'\bid="([^"]*)"', html))
    return shapes.Shape(*shapes._cut(html), anchors, (), ((), (), (), (), ()), {})


def _outlined(template: str, value: str) -> tuple[str, Outline] | None:
    """The text as it is, and with blanks; None where the value is refused there."""
    env = environment(Loader([]))
    try:
        bare = render_text(env, template, "t.md", {"a": value})
        with env.marking():
            marked = render_text(env, template, "t.md", {"a": value})
    except TemplateProblem:
        return None
    assert marks.plain(marked) == bare
    page = Page("clients/x/index.md", "Overview", "overview", marked, client="x", client_name="Overview")
    found = outline(page, sample.policy(), directory_urls=True)
    return (bare, found) if found else None


def _html(text: str) -> str:
    body = text.partition("\n---\n\n")[2] if text.startswith("---\n") else text
    names = sorted(shapes.EXTENSIONS - {"fenced_code"})
    return lean.lean(plainly(body, extensions=names, extension_configs={"toc": {"permalink": True}}))


def test_a_template_that_looks_at_what_it_wrote_marks_nothing():
    env = environment(Loader([]))
    source = "{% macro m(x) %}{{ x }}{% endmacro %}{% if m(a) == 'Harbour' %}yes{% endif %}"
    with env.marking():
        render_text(env, source, "t.md", {"a": "Harbour"})
    assert not env.markable
    with env.marking():
        assert render_text(env, source, "t.md", {"a": "Harbour"}) == "yes"


def test_blanks_are_given_to_plain_values_alone():
    for value in (
        "Harbour Dental",
        "NAS-01",
        "12",
        "+44 20",
        "a@b.example",
        "22:00",
        "a & b",
        "O'Brien",
        "*@b.example",
    ):
        assert marks.marked(value, escape.text(value)) != escape.text(value), value
    for value in ("", " x", "a  b", "<b>", "a && b <", "var(x", "a--b", "class", "é", "a=b", "\ufdd0"):
        assert marks.marked(value, escape.text(value)) == escape.text(value), value
    assert not BLANK.search("".join(NAMES).replace("zq1qz", ""))


@pytest.mark.parametrize("said", ["site_name", "copyright", "nav"])
def test_a_site_that_writes_what_a_blank_looks_like_around_every_page_has_no_shapes(said: str):
    words = dict.fromkeys(("site_name", "site_url", "copyright"), "Runbooks")
    title = "zq1qz" if said == "nav" else "Manual"
    nav = [SimpleNamespace(title=title, url="manual/", children=None)]
    config = SimpleNamespace(**{**words, **({said: "zq1qz"} if said != "nav" else {})}, extra={}, theme={})
    shop: Any = SimpleNamespace(config=config, nav=nav)
    assert quick._has_blanks(shop, stamps.navigation(shop.nav, whole=False))
    config.site_name = config.copyright = nav[0].title = "Runbooks"
    assert not quick._has_blanks(shop, stamps.navigation(shop.nav, whole=False))
