"""Hostile texts in every field of a record, in a browser: no script runs, no element appears, each text is read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from runbooks import escape
from tests import hostile, small
from tests.browsing import Served, pages, search

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

READ = """() => {
  const shape = {}, wrong = [], said = [document.title], texts = [];
  for (const each of document.querySelectorAll("*")) {
    const names = Array.from(each.attributes, one => one.name).filter(name => name !== "title"
      && !(name === "style" && /^md-sidebar/.test(each.className))).sort();  // the theme's own, when it has measured
    const key = `${each.localName}[${names}]`;
    shape[key] = (shape[key] || 0) + 1;
    for (const one of each.attributes) {
      if (one.name.startsWith("on") || one.name === "srcdoc") { wrong.push(key); }
      if (["id", "name"].includes(one.name) && !/^[\\w.:-]+$/.test(one.value)) { wrong.push(`${key} ${one.value}`); }
      if (["title", "aria-label", "content", "alt"].includes(one.name)) { said.push(one.value); }
      if (["href", "src", "action", "data"].includes(one.name) && /^[a-z][a-z0-9+.-]*:/i.test(one.value.trim()) &&
          !/^(https?:|mailto:|tel:|data:image)/.test(one.value)) { wrong.push(`${key} ${one.value}`); }
    }
  }
  const walker = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentNode } = walker.currentNode;
    if (!/^(script|style|noscript)$/i.test(parentNode.nodeName)) { texts.push(data); }
  }
  return { shape, wrong, said: said.join("\\n"), text: texts.join("") };
}"""
FOUND = """() => Array.from(document.querySelectorAll(".md-search__output *"), each => each.localName)"""
IN_RESULTS = {"a", "article", "details", "div", "h1", "h2", "li", "mark", "nav", "ol", "p", "span", "summary"}
IN_PROSE = {"a", "p", "strong", "em", "code", "pre", "ul", "ol", "li", "hr", "br", "del", "blockquote"}
SOME = 15
"""A client of its own for each text would take too long: for every fifteenth, so that most ends come up."""
ACCEPTED = list(zip(*(hostile.texts()[start::SOME] for start in (0, 7, 11)), strict=False))
"""Texts as a client's name, as the reason of a waiver, and as who accepted it."""
FEEDS = """\
schema: 1
feeds:
  - id: hostile
    format: generic-csv
    files: hostile.csv
    client: hostile
    setup: main
    timezone: UTC
    columns: {name: Name, status: Status, repository: Repository, last_success: Last}
"""
WORD = re.compile(r"quill(\d+)q")


@pytest.fixture(scope="module")
def built(serve: Callable[[Path], Served], tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A site with hostile records, and with twins of them in which nothing is hostile."""
    root = small.green(tmp_path_factory.mktemp("hostile") / "site")
    small.edit(root / "mkdocs.yml", "font: false", "font: false, features: [content.tooltips, search.highlight]")
    small.edit(root / "mkdocs.yml", "- Notes: notes.md", "- Notes: notes.md\n      - Amp: amp.md")
    small.add(root / "docs/amp.md", '# Amp and quota\n\nFor R&D: "amp & quota" &lt;quota&gt;\n')
    for name, said in (("hostile", hostile.texts()), ("plain", hostile.words())):
        small.add(root / f"clients/{name}.yml", hostile.record(f"Firm {said[0]}", said))
        small.add(root / f"clients/{name}-prose.yml", hostile.prose(f"Writers of {name}", said))
    for number, (name, reason, approver) in enumerate(ACCEPTED):
        small.add(root / f"clients/name-{number}.yml", hostile.small(name))
        small.add(root / "policy.yml", hostile.waiver(f"name-{number}", reason, approver))
    small.add(root / "clients/name-plain.yml", hostile.small("Plain"))
    small.add(root / "policy.yml", hostile.waiver("name-plain", "Because", "Somebody"))
    small.add(root / "inventory/feeds.yml", FEEDS)
    small.add(root / "inventory/hostile.csv", hostile.export(hostile.texts()))
    return serve(root)


@pytest.fixture
def site(built: Served) -> Iterator[Served]:
    yield built
    built.leave()


@pytest.fixture
def tab(site: Served) -> Page:
    """A tab in which nothing but the pages themselves keeps a script from running."""
    return site.open("", bypass_csp=True)


def of(site: Served, client: str) -> dict[str, str]:
    """The pages of a client: what stands below its folder, and where."""
    folder = f"clients/{client}/"
    return {path.removeprefix(folder): path for path, (about, _) in pages(site).items() if about == client}


def read(site: Served, tab: Page, path: str) -> dict[str, Any]:
    tab.goto(site.address + path)
    found: dict[str, Any] = tab.evaluate(READ)
    assert found["wrong"] == [], path
    return found


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def missing(twin: str, page: str) -> list[str]:
    """The texts that are not in a page, whole and as they were typed, where its twin has their words."""
    texts = hostile.texts()
    here = bare(page)
    return [text for number in set(WORD.findall(twin)) if bare(escape.visible(text := texts[int(number)])) not in here]


def test_there_are_enough_of_them_and_each_is_another():
    texts = hostile.texts()
    assert len(texts) == len(set(texts)) > 150
    assert all(hostile.word(number) in text.lower() for number, text in enumerate(texts))


def test_every_page_has_the_elements_of_its_twin_and_says_every_text_as_it_was_typed(site: Served, tab: Page):
    mine, twins = of(site, "hostile"), of(site, "plain")
    assert mine.keys() == twins.keys()
    told = set[str]()
    for below, path in mine.items():
        page, twin = read(site, tab, path), read(site, tab, twins[below])
        assert page["shape"] == twin["shape"], path
        assert missing(twin["text"], page["text"]) == [], path
        assert missing(twin["said"], page["said"]) == [], path
        told.update(WORD.findall(twin["text"]))
    assert len(told) == len(hostile.texts())


def test_prose_makes_markdown_and_nothing_else(site: Served, tab: Page):
    mine, twins = of(site, "hostile-prose"), of(site, "plain-prose")
    for below, path in mine.items():
        page, twin = read(site, tab, path), read(site, tab, twins[below])
        more = Counter(page["shape"]) - Counter(twin["shape"])
        assert {key.partition("[")[0] for key in more} <= IN_PROSE, path
        assert {key.partition("[")[2] for key in more} <= {"]", "id]", "href,rel]"}, path
        assert set(WORD.findall(twin["text"])) <= set(WORD.findall(page["text"].lower())), path


def test_a_hostile_name_changes_nothing_but_the_name(site: Served, tab: Page):
    twin = read(site, tab, "clients/name-plain/")
    for number, (name, reason, approver) in enumerate(ACCEPTED):
        page = read(site, tab, f"clients/name-{number}/")
        assert page["shape"] == twin["shape"], name
        assert tab.title().startswith(" ".join(escape.visible(name).split())), name
        assert all(bare(escape.visible(text)) in bare(page["text"]) for text in (name, reason, approver)), name


@pytest.mark.parametrize(("path", "columns"), [("clients/", 1), ("waivers/", 3)])
def test_lists_of_all_clients_have_each_text_as_it_is_typed(site: Served, tab: Page, path: str, columns: int):
    page = read(site, tab, path)
    for text in (text for row in ACCEPTED for text in row[:columns]):
        assert bare(escape.visible(text)) in bare(page["text"])
    assert not tab.locator("td[data-rb-title][data-rb-tone]").count()


@pytest.mark.parametrize(
    "words", ["quill", "script alert", "<img src=x onerror=alert(1)> firm", "onerror", '"><svg> rest']
)
def test_what_the_search_finds_is_text(tab: Page, words: str):
    search(tab, words)
    assert set(tab.evaluate(FOUND)) <= IN_RESULTS


def test_words_that_are_marked_leave_the_text_as_it_is(tab: Page):
    search(tab, "amp quota")
    tab.locator(".md-search-result__link", has_text="Amp").first.click()
    expect(tab.locator("article mark", has_text="quota").first).to_be_visible()
    expect(tab.locator("article p").first).to_have_text('For R&D: "amp & quota" <quota>')


def test_no_tooltip_reads_a_title_as_markup(site: Served, tab: Page):
    tab.goto(f"{site.address}{of(site, 'hostile')['']}")
    for each in tab.locator("article [title]:visible").all()[:3]:
        each.hover()
    assert "content.tooltips" not in (tab.locator("#__config").text_content() or "")
    assert tab.locator(".md-tooltip2").count() == 0
