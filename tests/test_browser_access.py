"""One page of each kind as axe-core, the Nu checker, a keyboard and somebody who listens find it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import small
from tests.browsing import DESK, PHONE, Served, html, longest_of_each_kind, pages

# A group of its own: it takes long, and runs beside the other tests in a browser.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("access")]

NOT_MENDED: frozenset[str] = frozenset()
"""What axe-core finds in the theme that no override can mend, by the name of its rule. There is nothing."""
COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe-core that look at colours."""
NU_NOT_MENDED: frozenset[str] = frozenset()
"""What the Nu checker says of the theme that no override can mend. There is nothing."""

VAGUE = re.compile(r"(click )?here|(read )?more|link|this( page)?|see( here)?|", re.IGNORECASE)

# The theme looks anew at what scrolls when a window has changed its size.
SETTLED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))))"

FOCUSED = r"""() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const shown = element.matches(".md-option") ? element.nextElementSibling : element;
  const style = getComputedStyle(shown);
  const box = shown.getBoundingClientRect();
  const label = element.labels && element.labels.length ? element.labels[0].innerText.trim() : "";
  const name = label || element.getAttribute("aria-label") || element.innerText || element.title || "";
  return {
    name: name.trim().slice(0, 40),
    what: `${element.tagName} ${element.className} ${element.getAttribute("href") || ""}`,
    seen: shown.checkVisibility({ visibilityProperty: true }) && box.width > 0 && box.height > 0
      && box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight,
    ringed: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
    at: element.closest("[data-md-component=header]") ? "header"
      : element.closest(".md-sidebar") ? "navigation" : element.closest("article") ? "article" : "frame",
  };
}"""


@pytest.fixture
def site(served: Served) -> Iterator[Served]:
    yield served
    served.leave()


def one_of_each_kind(site: Served) -> dict[str, str]:
    """A page of each generated kind, one that is written by hand, and the one for what is not there."""
    generated = pages(site)
    files = (path.relative_to(site.folder).as_posix().removesuffix("index.html") for path in written(site.folder))
    hand = next(path for path in files if path not in generated)
    return {**longest_of_each_kind(site), "written by hand": hand, "not there": "404.html"}


def written(folder: Path) -> list[Path]:
    """The pages that stand where a hand-written page does."""
    names = sorted(path.stem for path in (small.REPOSITORY / "docs").glob("*.md"))
    return [folder / name / "index.html" for name in names if (folder / name / "index.html").is_file()]


@pytest.mark.axe
def test_axe_finds_nothing_on_a_page_of_any_kind_light_or_dark_on_a_desk_or_a_phone(site: Served):
    axe = (Path(os.environ["RUNBOOKS_CHECKERS"]) / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    wrong = []
    # What is dark is the same colours on a desk.
    for scheme, palette, screens in (("light", "default", (DESK, PHONE)), ("dark", "slate", (PHONE,))):
        page = site.open("", color_scheme=scheme)
        for kind, path in one_of_each_kind(site).items():
            page.goto(site.address + path)
            expect(page.locator("html")).to_have_class(re.compile(r"\bjs\b"))
            expect(page.locator("body")).to_have_attribute("data-md-color-scheme", palette)
            page.evaluate(axe)
            for screen in screens:
                page.set_viewport_size(screen)
                page.evaluate(SETTLED)
                where = f"{kind} {path} {scheme} {screen['width']}"
                # What is dark differs in its colours, and in the switch in the header, which all pages have.
                rules = () if scheme == "light" or kind == "home" else COLOURS
                wrong += [f"{where}: {found}" for found in violations(page, *rules)]
    assert wrong == []


def violations(page: Page, *rules: str) -> list[str]:
    """What axe-core finds on a page by these rules, or by all; beside what nobody can mend."""
    only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    # Style sheets are loaded again for a rule alone that is off.
    how = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}, **only}
    found: Any = page.evaluate("how => axe.run(document, how)", how)
    return [
        f"{one['id']} at {[node['target'] for node in one['nodes']][:3]}"
        for one in found["violations"]
        if one["id"] not in NOT_MENDED
    ]


@pytest.mark.nu
def test_the_nu_checker_finds_no_error_on_a_page_of_any_kind(site: Served):
    jar = Path(os.environ["RUNBOOKS_CHECKERS"]) / "vnu-jar" / "build" / "dist" / "vnu.jar"
    paths = [site.folder / path for path in one_of_each_kind(site).values()]
    files = [path if path.is_file() else path / "index.html" for path in paths]
    done = subprocess.run(
        [os.environ["RUNBOOKS_JAVA"], "-jar", str(jar), "--format", "json", "--exit-zero-always", *map(str, files)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=True,
    )
    said = json.loads(done.stderr)["messages"]
    errors = {
        f"{one['url'].partition('/site/')[2]}:{one.get('lastLine')}: {one['message']}"
        for one in said
        if one["type"] != "info" and one["message"] not in NU_NOT_MENDED
    }
    assert sorted(errors) == []


def stops(page: Page) -> list[dict[str, Any]]:
    """Where the tabulator stops on a page, from its beginning to its end."""
    found: list[dict[str, Any]] = []
    for _ in range(1000):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        for _ in range(20):
            if stop is None or stop["seen"]:
                break
            page.wait_for_timeout(50)  # the browser scrolls when it has laid out what comes into sight
            stop = page.evaluate(FOCUSED)
        if stop is None:
            return found
        found.append(stop)
    raise AssertionError("the keyboard never comes to the end of the page")


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_the_keyboard_stops_only_at_what_is_seen_and_shows_where_it_is(site: Served, screen: Any):
    kinds = longest_of_each_kind(site)
    for kind in ("overview", "clients", "procedure"):
        page = site.open(kinds[kind], viewport=screen, reduced_motion="reduce")
        found = stops(page)
        assert {"header", "article"} <= {stop["at"] for stop in found}
        assert [stop for stop in found if not (stop["seen"] and stop["ringed"] and stop["name"])] == []
        links = page.locator("article a:visible").count()
        assert sum(stop["at"] == "article" for stop in found) >= links


def test_the_navigation_of_a_phone_opens_and_closes_with_the_keyboard(site: Served):
    page = site.open("clients/north-bay-dental/", viewport=PHONE)
    button = page.get_by_role("button", name="Navigation")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".md-nav--primary :focus")).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(page.locator(".md-nav--primary :focus")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(button).to_be_focused()


def test_every_part_of_the_navigation_can_be_opened_with_the_keyboard_of_a_phone(site: Served):
    page = site.open("", viewport=PHONE)
    page.get_by_role("button", name="Navigation").press("Enter")
    parts = page.locator(".md-nav--primary .md-nav__item--nested > label.md-nav__link")
    for at in range(parts.count()):
        part = parts.nth(at)
        inside = part.locator("xpath=following-sibling::nav").locator("a").first
        expect(inside).to_be_hidden()
        part.press("Enter")
        expect(inside).to_be_visible()
        back = part.locator("xpath=following-sibling::nav").locator("label").first
        back.press("Enter")
        expect(inside).to_be_hidden()


def test_the_search_of_a_phone_opens_and_closes_with_the_keyboard(site: Served):
    page = site.open("", viewport=PHONE)
    page.get_by_role("button", name="Search").press("Enter")
    field = page.locator(".md-search__input")
    expect(field).to_be_focused()
    page.keyboard.type("north")
    expect(page.locator(".md-search-result__link").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(field).not_to_be_focused()


def test_titles_and_descriptions_tell_pages_apart(site: Served):
    titles, descriptions = Counter[str](), Counter[str]()
    for file in site.folder.rglob("*.html"):
        path, text = file.relative_to(site.folder).as_posix(), file.read_text(encoding="utf-8")
        title = re.search(r"<title>(.+?)</title>", text)
        described = re.search(r'<meta name="description" content="([^"]+)"', text)
        assert title, path
        assert described, path
        titles[title[1]] += 1
        descriptions[described[1]] += 1
        assert len(unescape(described[1]).split()) >= 5, f"{path}: {described[1]}"
    assert len(titles) > len(pages(site)) > 0
    assert [title for title, count in titles.items() if count > 1] == []
    assert [one for one, count in descriptions.items() if count > 1] == []


def test_headings_go_down_step_by_step_and_links_say_where_they_lead(site: Served):
    wrong = []
    for kind, path in longest_of_each_kind(site).items():
        article = html(site, path).partition("<article")[2].partition("</article>")[0]
        levels = [int(level) for level in re.findall(r"<h([1-6])\b", article)]
        if levels.count(1) != 1 or any(after > before + 1 for before, after in pairwise(levels)):
            wrong.append(f"{kind} {path}: headings {levels}")
        for head, inside in re.findall(r"<a\b([^>]*)>(.*?)</a>", article, re.DOTALL):
            text = " ".join(unescape(re.sub(r"<[^>]*>", " ", inside)).split())
            if VAGUE.fullmatch(text) and "aria-label" not in head:
                wrong.append(f"{kind} {path}: a link {text!r} {head}")
    assert wrong == []
