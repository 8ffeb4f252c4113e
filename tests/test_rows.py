"""Long tables by their rows: what MkDocs makes of the whole page, or nothing; each row is made into HTML once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple, TypeAlias

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink
from mkdocs.utils import meta

from runbooks import site
from runbooks.engine import rows
from runbooks.engine.listening import listening
from runbooks.pages.markdown import markdown
from runbooks.rules.registry import RULES
from runbooks.shelf import Shelf
from tests import hostile, small

URI = "clients/index.md"
OTHERS = ("clients/a/index.md", "clients/b/index.md", "rules/r.md", "clients/later.md")
LISTS = (
    *("clients/index.md", "agreements.md", "profiles.md", "cost.md", "fleet/coverage.md", "fleet/recoverability.md"),
    *("fleet/restore-tests.md", "fleet/reviews.md", "products/harbour-box.md"),
)
"""The pages that have a line for each client, or one for more than one."""

State: TypeAlias = dict[str, Any]


class Kept(Shelf):
    """A shelf in memory whose values can be looked at, and damaged."""

    def __init__(self) -> None:
        super().__init__(None)
        self.values: dict[bytes, bytes] = {}

    def get(self, key: bytes) -> bytes | None:
        return self.values.get(key)

    def put(self, key: bytes, value: bytes) -> None:
        self.values[key] = value


class Shop(NamedTuple):
    """MkDocs with a configuration, and which pages there are."""

    config: MkDocsConfig
    uris: tuple[str, ...] = (URI, *OTHERS)

    def files(self, but: str = "") -> Files:
        return Files([self.file(uri) for uri in self.uris if uri != but])

    def file(self, uri: str) -> File:
        return File(uri, self.config.docs_dir, str(self.config.site_dir), self.config.use_directory_urls)

    def page(self, text: str, files: Files, uri: str = URI) -> Page:
        page = Page(None, files.src_uris[uri], self.config)
        page.markdown, page.meta = text, {}
        return page

    def by_mkdocs(self, text: str, files: Files, uri: str = URI) -> State:
        page, asked = self.page(text, files, uri), rows.Asked(files)
        with listening() as heard:
            page.render(self.config, asked)
        return state(page, asked, heard)

    def by_row(self, text: str, files: Files, shelf: Shelf, uri: str = URI) -> State | None:
        """What has become of a page; None where nothing has, which is looked after here."""
        page, asked = self.page(text, files, uri), rows.Asked(files)
        before = dict(vars(page))
        shop: Any = SimpleNamespace(config=self.config)
        with listening() as heard:
            done = rows.rendered(shop, page, asked, shelf, b"around")
        assert done or (vars(page) == before and not asked.asked and not heard)
        return state(page, asked, heard) if done else None


def state(page: Page, asked: rows.Asked, heard: Sequence[str]) -> State:
    return {
        "content": page.content,
        "toc": [listed(one) for one in page.toc],
        "title": page._title_from_render,
        "anchors": page.present_anchor_ids,
        "links": {to.src_uri: each for to, each in (page.links_to_anchors or {}).items()},
        "asked": asked.asked,
        "heard": list(heard),
    }


def listed(one: AnchorLink) -> list[Any]:
    return [one.title, one.id, one.level, [listed(each) for each in one.children]]


def shop_of(folder: Path, extensions: Iterable[Any] = ()) -> Shop:
    (folder / "docs").mkdir(parents=True)
    path = small.add(folder / "mkdocs.yml", "site_name: Runbooks\n")
    names = ("admonition", "attr_list", "def_list", "md_in_html", "pymdownx.details", "pymdownx.superfences")
    links = {"not_found": "warn", "anchors": "warn", "absolute_links": "warn", "unrecognized_links": "warn"}
    own = [*names, {"tables": {"use_align_attribute": True}}, {"toc": {"permalink": True}}, *extensions]
    return Shop(load_config(str(path), markdown_extensions=own, validation={"links": links}))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return shop_of(tmp_path_factory.mktemp("rows"))


def clients(count: int = rows.MANY, more: Iterable[str] = ()) -> str:
    """A table as the list of all clients has it."""
    made = (
        f"| [Firm &#38; Son {at}](a/index.md) (F {at}) "
        f'| <span class="rb-badge rb-full">Full</span> | [R](../rules/r.md#r-{at % 3}), **(soon)** |'
        for at in range(count)
    )
    return "\n".join(("| Client | Cover | Groups |", "|---|:-:|---|", *made, *more))


def page_of(table: str) -> str:
    part = f'<div id="all" class="rb-list" markdown="1">\n\n{table}\n\n</div>'
    return f"# Clients\n\nAll of **them**.\n\n{part}\n\n## After\n"


Counted: TypeAlias = Callable[[], list[list[str]]]


@pytest.fixture
def converted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Tells for each text that MkDocs has read since which rows of a table it had, below the header."""
    read, render = list[list[str]](), Page.render

    def counted(self: Page, config: MkDocsConfig, files: Files) -> None:
        lines = [line for line in (self.markdown or "").split("\n") if line.startswith("|")]
        read.append([line for line in lines[2:] if "zr0rz" not in line])
        render(self, config, files)

    def told() -> list[list[str]]:
        found = list(read)
        read.clear()
        return found

    monkeypatch.setattr(Page, "render", counted)
    return told


@pytest.mark.parametrize(
    "text",
    [
        page_of(clients()),
        f"\n\n{clients()}",
        f"# Two\n\n{clients()}\n\n{clients(50)}\n\nAnd\n\n{clients(41).replace(':-:', '--:')}\n",
        f"# One of two\n\n{clients()}\n\n| A | B |\n|---|---|\n| `a|b` | {{: .x }} |\n\n[R](../rules/r.md#r-1)\n",
        page_of(clients(more=["| a | b | c |"] * 2)),
    ],
    ids=["in a part", "alone", "three of them", "beside another", "with two rows alike"],
)
def test_a_long_table_of_plain_rows_becomes_what_mkdocs_makes_of_it(shop: Shop, text: str):
    files, shelf = shop.files(), Kept()
    whole = shop.by_mkdocs(text, files)
    assert shop.by_row(text, files, shelf) == whole
    assert shop.by_row(text, files, shelf) == whole


def test_a_row_that_is_known_is_not_made_again(shop: Shop, converted: Counted):
    files, shelf = shop.files(), Kept()
    shop.by_row(page_of(clients()), files, shelf)
    assert sorted(map(len, converted())) == [0, rows.MANY]
    shop.by_row(page_of(clients()), files, shelf)
    assert converted() == [[]], "nothing but the page around the table"
    changed = page_of(clients(more=["| New | b | c |"]).replace("Firm &#38; Son 7]", "Another]"))
    found = shop.by_row(changed, files, shelf)
    around, fresh = converted()
    assert not around
    assert [row[:11] for row in fresh] == ["| [Another]", "| New | b |"]
    assert found == shop.by_mkdocs(changed, files)


def test_rows_that_are_gone_are_forgotten(shop: Shop):
    shelf = Kept()
    for row in ("| One | b | c |", "| Two | b | c |"):
        shop.by_row(page_of(clients(more=[row])), shop.files(), shelf)
    (value,) = shelf.values.values()
    assert b"| Two |" in value
    assert b"| One |" not in value


def test_below_another_header_a_row_is_another(shop: Shop):
    files, shelf = shop.files(), Kept()
    for line in ("|---|---|--:|", "|---|:-:|---|"):
        text = page_of(clients().replace("|---|:-:|---|", line))
        assert shop.by_row(text, files, shelf) == shop.by_mkdocs(text, files)


def test_what_a_row_leads_to_has_to_be_there(shop: Shop):
    text, shelf = page_of(clients(more=["| [x](later.md) | b | c |"])), Kept()
    assert shop.by_row(text, shop.files(), shelf)
    gone = shop.files(but="clients/later.md")
    assert shop.by_row(text, gone, shelf) is None
    assert shop.by_mkdocs(text, gone)["heard"], "so MkDocs is the one to say it"
    assert shop.by_row(text, shop.files(), shelf) == shop.by_mkdocs(text, shop.files())


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"x",
        b"\xff",
        b"[]",
        b"1",
        b'{"a": 1}',
        b'{"a": []}',
        b'{"a": {"b": 1}}',
        b'{"a": {"b": "<b>"}}',
        b"[" * 9999,
    ],
)
def test_a_value_that_is_damaged_is_none(shop: Shop, value: bytes):
    text, files, shelf = page_of(clients()), shop.files(), Kept()
    shop.by_row(text, files, shelf)
    ((key, whole),) = shelf.values.items()
    for damaged in (value, whole[: len(whole) // 2], whole[1:]):
        shelf.values[key] = damaged
        assert shop.by_row(text, files, shelf) == shop.by_mkdocs(text, files)
        assert shelf.values[key] == whole


def test_where_a_value_lacks_rows_or_has_too_many_it_is_put_right(shop: Shop):
    text, files, shelf = page_of(clients()), shop.files(), Kept()
    shop.by_row(text, files, shelf)
    ((key, whole),) = shelf.values.items()
    ((head, known),) = json.loads(whole).items()
    for other in ({}, {head: dict([*known.items()][5:])}, {head: {**known, "| x |": "<tr></tr>"}, "| y |": {}}):
        shelf.values[key] = json.dumps(other).encode()
        assert shop.by_row(text, files, shelf) == shop.by_mkdocs(text, files)
        assert json.loads(shelf.values[key]) == {head: known}


REFUSED: Mapping[str, str] = {
    "of few rows": page_of(clients(rows.MANY - 1)),
    "in a fence": f"# A\n\n```\n\n{clients()}\n\n```\n",
    "in an element": f"# A\n\n<div>\n\n{clients()}\n\n</div>\n",
    "in a list": f"# A\n\n- a\n\n    {clients()}\n",
    "right below a line": f"# A\n\nA line\n{clients()}\n",
    "right above one": f"# A\n\n{clients()}\nA line\n",
    "with a row that is indented": page_of(clients(more=["  | a | b | c |"])),
    "with a row without a pipe before it": page_of(clients(more=["a | b | c |"])),
    "with a row of fewer cells": page_of(clients(more=["| a | b |"])),
    "with a row of more cells": page_of(clients(more=["| a | b | c | [d](a/index.md) |"])),
    "with a space behind a row": page_of(clients(more=["| a | b | c | "])),
    "with code": page_of(clients(more=["| `a` | b | c |"])),
    "with code over two cells": page_of(clients(more=["| `a | b` | c | d |"])),
    "with a pipe that is none": page_of(clients(more=[r"| a \| b | c | d |"])),
    "with emphasis over two cells": page_of(clients(more=["| **a | b** | c |"])),
    "with a settings list": page_of(clients(more=["| a {: .x } | b | c |"])),
    "with an id": page_of(clients(more=['| <b id="x">a</b> | b | c |'])),
    "with the end of a row": page_of(clients(more=["| </tr> | b | c |"])),
    "with a comment": page_of(clients(more=["| <!-- a --> | b | c |"])),
    "with a tag that is open": page_of(clients(more=["| <b | b | c |"])),
    "with a picture": page_of(clients(more=["| ![a](a/index.md) | b | c |"])),
    "with a reference": page_of(clients(more=["| [a][b] | b | c |"])),
    "with the place of the contents": page_of(clients(more=["| [TOC] | b | c |"])),
    "with a link to its own page": page_of(clients(more=["| [a](#all) | b | c |"])),
    "with a tab": page_of(clients(more=["| a\tb | b | c |"])),
    "with ends of lines of another system": page_of(clients()).replace("\n", "\r\n"),
    "with a sign of Markdown's own": page_of(clients(more=["| a\x02 | b | c |"])),
    "with a sign that is none": page_of(clients(more=["| a\0 | b | c |"])),
    "on a page with a reference": page_of(clients()) + "\n[r]: ../rules/r.md\n",
    "on a page with a tag that is open": "# A\n\nSee <b title=\n" + page_of(clients()),
    "on a page with half an entity": "# A\n\nSee &#x\n\n" + page_of(clients()),
    "on a page with a fence that is open": "# A\n\n```\n\n" + page_of(clients()),
    "on a page with emphasis that is open": "# A\n\n*a* x_y *b*\n\n" + page_of(clients()),
    "on a page with an entity in an id": page_of(clients()) + "\n## A {: #a&#46;b }\n",
    "on a page with an entity in a setting": page_of(clients()) + "\n## A {: a&#46;b=c }\n",
    "on a page with another link to an anchor": page_of(clients()) + "\n[R](../clients/../rules/r.md#r-1)\n",
    "on a page with a link to nothing": page_of(clients()) + "\n[R](nothing.md)\n",
}


@pytest.mark.parametrize("which", REFUSED)
def test_any_other_is_left_to_mkdocs(shop: Shop, which: str):
    assert shop.by_row(REFUSED[which], shop.files(), Kept()) is None


def test_so_is_a_page_whose_extensions_look_at_words(tmp_path: Path):
    for name in ("smarty", "footnotes", {"toc": {"marker": "F 1"}}):
        other = shop_of(tmp_path / str(name).strip("{'"), [name])
        assert other.by_row(page_of(clients()), other.files(), Kept()) is None


def test_where_it_is_told_what_goes_on_in_detail_mkdocs_tells(shop: Shop, caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG", "mkdocs.structure.pages")
    any_shop: Any = SimpleNamespace(config=shop.config)
    files = shop.files()
    page = shop.page(page_of(clients()), files)
    assert not rows.rendered(any_shop, page, files, Kept(), b"around")
    assert not caplog.records


def test_the_lists_of_this_program_are_plain_whatever_a_record_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rows, "MANY", 2)
    root = small.green(tmp_path / "small")
    for number in range(2):
        name = f"Firm {number} | `x` <b> *a* _b_ [c](d)"
        small.add(root / f"clients/hostile-{number}.yml", hostile.record(name, hostile.texts()))
    with small.few_rules():
        made = site.make(site.read(root))
    pages = (*(page.uri for page in made.book.pages), *(f"rules/{code.lower()}.md" for code in RULES))
    lists = shop_of(tmp_path / "lists")._replace(uris=pages)
    for page in made.book.pages:
        if page.uri in LISTS:
            text, _ = meta.get_data(markdown(page, made.fleet.policy, directory_urls=True))
            _, tables = rows._parted(text)
            assert len(tables) == len(rows._TABLE.findall(text)) > 0, page.uri
            found = lists.by_row(text, lists.files(), Kept(), page.uri)
            assert found == lists.by_mkdocs(text, lists.files(), page.uri), page.uri
    assert {page.uri for page in made.book.pages} >= {*LISTS}


WORDS = (
    "a",
    "Lane",
    "x y",
    "22:00 (b)",
    "! part",
    "no!",
    "# h",
    "1. x",
    ": d",
    "é✓",
    "–",
    "~~a~~",
    "zr",
    "TOC",
    "a@b.c",
)
SIGNS = ("&#46;", "&amp;", "&#42;&#42;", "&#124;", "&#91;a&#93;", "&#96;", "<br>", "</b>", "<i>", "\u2028", "\xa0")
TAGS = ('<b class="x">k</b>', '<span title="t * u _v_">q</span>', '<a href="tel:+1">t</a>', "<code>x</code>")
LINKS = (
    *("[l](a/index.md)", "[l &#38; <b>m</b>](b/index.md?show=a%3Ab)", "[r](../rules/r.md#q)", "[later](later.md)"),
    *("[r](../clients/../rules/r.md#q)", "[o](index.md#p)", "[e](https://x.example/a_b)", "[m](mailto:a@b.c)"),
)
STRONG = ("**a**", "*a b*", "**[l](a/index.md)**", "**a &#46;<br>b**", "*a***b**", "**a**b**c**")
NASTY = (
    *(
        "*",
        "_",
        "**",
        "`",
        "``",
        "\\",
        "\\|",
        "|",
        "<",
        "[",
        "](",
        ")",
        "{: .c }",
        " {: #i }",
        "![a](a/index.md)",
        "\t",
        "\r",
    ),
    *(
        '<b id="z">',
        '<a name="z">',
        "<!-- x -->",
        "<div>",
        "</tr>",
        "`</tr>`",
        "`a|b`",
        "[a]",
        "[TOC]",
        "\x02",
        "\x03",
        "\x00",
    ),
    *(
        "<b",
        '<b x="',
        "[a](gone.md)",
        '[a](a/index.md "t")',
        "[a](/a)",
        "[a](#x)",
        "<http://x.y>",
        "&#",
        "&#x",
        "_a_",
        "***a***",
    ),
    *("*a* x_y *b*", "zr0rz0", "  ", "-->", "a\\", "~~~", "\x0b", "\x85"),
)
CALM = (
    *(
        "# Title",
        "## Head",
        "## Head {: #own }",
        "a *b* c",
        "**a** `b_c` [r](../rules/r.md)",
        "[r](../rules/r.md#q)",
        "- item",
    ),
    *(
        "1. one\n2. two",
        "    code",
        "> quote",
        "Term\n:   def",
        "!!! note\n    in",
        '??? note "t"\n    in',
        "[TOC]",
        "a | b",
    ),
    *(
        '<p class="x">a</p>',
        '<svg><title id="t">a</title></svg>',
        "<hr>",
        "[o](#title)",
        "&#38; &amp; &",
        "| a | b |\n|---|---|",
    ),
    *(
        "</div>",
        '<div markdown="1">',
        '<details markdown="1"><summary>s</summary>',
        "</details>",
        "<b>",
        "~~~",
        "zr0rz",
    ),
)
WILD = (
    *(
        "<div>",
        "<pre>",
        "```",
        "~~~\nx",
        "`",
        "*a* x_y *b*",
        "*a **b** c_d* *e*",
        "<!--",
        "-->",
        '<i x="',
        "<",
        "&#x",
        "[x]: a.md",
    ),
    *("\\", "\x02", "a\rb", "<textarea>", "</textarea>", "<script>", "</script>", "[l](gone.md)", " ", "===", "---"),
    *(f"a\n\n{each}\n" for each in ("<p>", "</p>", "<table>", "<td>", "<li markdown>", "- a\n", ":   a", "> a")),
)
CELL = st.lists(st.sampled_from((*WORDS, *SIGNS, *TAGS, *LINKS, *STRONG)), max_size=3).map("".join)
ROWS = st.lists(st.tuples(CELL, CELL), min_size=4, max_size=7)
ODD = st.tuples(st.integers(0, 9), st.sampled_from(NASTY), st.sampled_from((*NASTY, "", "", "")))


@st.composite
def versions(draw: st.DrawFn, *, calm: bool) -> list[tuple[str, str]]:
    """A page in some versions, each with the file that is not there: rows come, go, change and change places."""
    parts = st.lists(st.sampled_from(CALM if calm else (*CALM, *WILD)), max_size=2)
    before, between, after, pool = draw(parts), draw(parts), draw(parts), draw(ROWS)
    lines = [f"| {first} | {second} |" for first, second in pool]
    if not calm and draw(st.booleans()):
        at, sign, end = draw(ODD)
        lines[at % len(lines)] = f"| {sign}a{sign} | {pool[0][1]} |{end}"
    head = f"| {draw(CELL)} | b |\n|{draw(st.sampled_from(('---|---', ':-:|--:', '-|--|-')))}|"
    apart, found = draw(st.sampled_from(("\n\n", "\n\n", "\n\n\n", "\n"))), list[tuple[str, str]]()
    for _ in range(draw(st.integers(1, 3))):
        tables = ["\n".join((head, *draw(st.lists(st.sampled_from(lines), min_size=2, max_size=6)))) for _ in range(2)]
        text = apart.join((*before, tables[0], *between, tables[1], *after))
        found.append((f"\n\n{text}\n", draw(st.sampled_from(("", "", "", "clients/later.md")))))
    return found


@pytest.mark.parametrize("calm", [True, False], ids=["plain", "anything"])
@given(data=st.data())
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_on_a_page_it_becomes_what_mkdocs_makes_of_it_or_is_left_to_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, data: st.DataObject, *, calm: bool
):
    shelf = Kept()
    monkeypatch.setattr(rows, "MANY", 2)
    for text, gone in data.draw(versions(calm=calm)):
        files = shop.files(but=gone)
        found = shop.by_row(text, files, shelf)
        event("by row" if found else "left to MkDocs")
        assert found is None or found == shop.by_mkdocs(text, files)


@given(
    st.binary()
    | st.dictionaries(st.text(), st.dictionaries(st.text(), st.text())).map(lambda it: json.dumps(it).encode())
)
@settings(max_examples=60)
def test_whatever_lies_on_the_shelf_it_is_rows_or_nothing(value: bytes):
    found = rows._understood(value)
    assert all(html.startswith("<tr>") for each in found.values() for html in each.values())
