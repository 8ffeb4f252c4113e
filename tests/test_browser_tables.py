"""The lists of the whole fleet in a browser: sorted, filtered, reached from the plots, and there without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browsing import PHONE, Served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGES = ("fleet/", "fleet/coverage/", "fleet/restore-tests/", "fleet/recoverability/", "fleet/reviews/")
LISTS = {
    "fleet/coverage/": "rb-coverage",
    "fleet/restore-tests/": "rb-trials",
    "fleet/recoverability/": "rb-proofs",
    "fleet/reviews/": "rb-reviews",
    "agreements/": "rb-agreements",
    "waivers/": "rb-waivers",
    "profiles/": "rb-profiles",
    "clients/": "rb-clients",
}


@pytest.fixture
def site(served: Served) -> Iterator[Served]:
    yield served
    served.leave()


def column(page: Page, name: str) -> list[str]:
    """The texts of a column of the list of a page, from above to below, of the lines that are shown."""
    heads = [text.strip() for text in page.locator(".rb-list thead th").all_text_contents()]
    rows = page.locator(".rb-list tbody tr:visible")
    texts: list[str] = rows.evaluate_all(
        "(rows, at) => rows.map(row => row.cells[at].textContent.trim())", heads.index(name)
    )
    return texts


def head(page: Page, name: str) -> Locator:
    return page.locator(".rb-list thead").get_by_role("button", name=name, exact=True)


def shown(page: Page) -> Locator:
    return page.locator(".rb-list tbody tr:visible")


def test_a_press_on_a_head_sorts_a_second_turns_it_round_and_a_third_brings_back_the_order(site: Served):
    page = site.open("fleet/reviews/")
    before, button = column(page, "Client"), head(page, "Client")
    cell = page.locator(".rb-list th").first

    button.click()
    expect(cell).to_have_attribute("aria-sort", "ascending")
    assert column(page, "Client") == sorted(before, key=str.casefold)
    button.click()
    expect(cell).to_have_attribute("aria-sort", "descending")
    assert column(page, "Client") == sorted(before, key=str.casefold, reverse=True)
    button.click()
    expect(cell).not_to_have_attribute("aria-sort", re.compile(".*"))
    assert column(page, "Client") == before


def test_numbers_days_and_lengths_of_time_sort_as_such_and_nothing_stands_last(site: Served):
    page = site.open("fleet/restore-tests/")
    head(page, "Minutes").press("Enter")
    minutes = column(page, "Minutes")
    assert [int(one) for one in minutes] == sorted(int(one) for one in minutes)
    assert minutes != sorted(minutes)
    head(page, "Next due").press("Space")
    assert column(page, "Next due") == sorted(column(page, "Next due"))
    head(page, "RTO").click()
    times = {"h": 60, "d": 1440}
    lengths = [int(one[:-1]) * times[one[-1]] for one in column(page, "RTO") if one != "–"]
    assert lengths == sorted(lengths)
    assert column(page, "RTO")[-1] == "–"
    head(page, "RTO").click()
    assert column(page, "RTO")[-1] == "–"


def test_marks_sort_with_what_lacks_first(site: Served):
    page = site.open("fleet/coverage/")
    head(page, "Keys").click()
    marks = [one[0] for one in column(page, "Keys")]

    assert marks == sorted(marks, key="✗!?✓–".index)
    assert len(set(marks)) >= 3


def test_only_one_head_is_sorted_by_at_a_time(site: Served):
    page = site.open("fleet/coverage/")
    head(page, "Keys").click()
    head(page, "Done").click()

    expect(page.locator(".rb-list th[aria-sort]")).to_have_count(1)


def test_the_box_shows_the_lines_with_all_its_words_and_the_address_keeps_them(site: Served):
    page = site.open("fleet/coverage/")
    page.get_by_label("Show clients whose line has").fill("surveyors  KEYS:✓")

    expect(shown(page)).to_have_count(2)
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^2 of \d+$"))
    page.reload()
    expect(page.get_by_label("Show clients whose line has")).to_have_value("surveyors  KEYS:✓")
    expect(shown(page)).to_have_count(2)


def test_a_word_under_a_name_is_looked_for_in_that_column_alone_and_after_a_dash_not_wanted(site: Served):
    page = site.open("fleet/coverage/")
    box = page.get_by_label("Show clients whose line has")
    everybody = shown(page).count()
    box.fill("keys:part")
    part = shown(page).count()
    assert set(column(page, "Keys")) == {"! part"}
    box.fill("-keys:part")
    assert shown(page).count() == everybody - part
    box.fill("http://keys")
    expect(shown(page)).to_have_count(0)


def test_enter_opens_the_first_line_as_it_is_sorted(site: Served):
    page = site.open("fleet/reviews/")
    page.get_by_label("Show records whose line has").fill("surveyors")
    head(page, "Client").click()
    first = column(page, "Client")[0]
    page.get_by_label("Show records whose line has").press("Enter")
    expect(page.locator("h1")).to_contain_text(first)


@pytest.mark.parametrize("path", PAGES)
def test_bars_lead_to_as_many_lines_as_they_say(site: Served, path: str):
    page = site.open(path)
    links = page.locator(".rb-plot a").evaluate_all(
        """links => links.map(
            link => [new URL(link.href.baseVal, document.baseURI).href, link.getAttribute("aria-label")]
        )"""
    )
    assert links
    for link, words in links[:: 1 + len(links) // 12]:
        count = int(re.findall(r": ([\d,]+) ", words)[-1].replace(",", ""))
        page.goto(link)
        if "later" not in words:
            assert shown(page).count() == count, (link, words)


def test_a_bar_can_be_reached_and_followed_with_the_keyboard(site: Served):
    page = site.open("fleet/coverage/")
    bar = page.locator(".rb-plot a").first
    bar.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\?show="))
    expect(page.get_by_label("Show clients whose line has")).not_to_have_value("")


@pytest.mark.parametrize(("path", "name"), LISTS.items())
def test_on_a_phone_nothing_is_wider_than_the_screen_and_the_order_can_be_chosen(site: Served, path: str, name: str):
    page = site.open(path, viewport=PHONE)
    expect(page.locator(f"#{name} table")).to_have_attribute("data-rb-stack", "")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    before = column(page, "Client")
    page.get_by_label("Order").first.select_option("by Client")
    assert column(page, "Client") == sorted(before, key=str.casefold)
    page.get_by_label("Order").first.select_option("as it is most useful")
    assert column(page, "Client") == before


@pytest.mark.parametrize("path", PAGES)
def test_without_scripts_plots_and_lists_are_there_and_nothing_that_needs_one(site: Served, path: str):
    page = site.open(path, java_script_enabled=False)

    expect(page.locator(".rb-plot").first).to_be_visible()
    expect(page.locator(".rb-plot a").first).to_be_visible()
    if path != "fleet/":
        expect(page.locator(".rb-list tbody tr").first).to_be_visible()
        expect(page.locator(".rb-filter")).to_be_hidden()
        expect(page.locator(".rb-sort")).to_have_count(0)


@pytest.mark.parametrize("path", PAGES)
def test_a_plot_has_the_same_numbers_as_the_table_beside_it(site: Served, path: str):
    page = site.open(path)
    figures, tables = page.locator(".rb-figure"), page.locator(".rb-figure + details table")
    assert figures.count() == tables.count() > 0
    for at in range(figures.count()):
        said = figures.nth(at).locator("a").evaluate_all("links => links.map(link => link.getAttribute('aria-label'))")
        rows = tables.nth(at).locator("tbody a").all_text_contents()
        assert [one.rpartition(": ")[2] for one in said] == rows


def test_the_heads_of_a_long_list_stay_in_sight_on_a_desk(site: Served):
    page = site.open("fleet/coverage/")
    page.locator(".rb-list tbody tr").nth(20).scroll_into_view_if_needed()
    page.mouse.wheel(0, 600)
    expect(head(page, "Client")).to_be_in_viewport()


def test_on_paper_the_lists_have_no_boxes_and_no_arrows(site: Served):
    page = site.open("fleet/coverage/")
    page.emulate_media(media="print")

    expect(page.locator(".rb-filter")).to_be_hidden()
    assert head(page, "Client").evaluate("head => getComputedStyle(head, '::after').content") == "none"
    expect(page.locator(".rb-plot").first).to_be_visible()
