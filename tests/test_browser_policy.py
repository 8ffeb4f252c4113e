"""The built site in a browser under the policy that the build wrote for it: everything works, and nothing else runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from runbooks import headers, servers
from tests.browsing import PHONE, Served, html, longest_of_each_kind, pages, search

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LISTEN = "document.addEventListener('securitypolicyviolation', (event) => console.error(event.violatedDirective))"


@pytest.fixture
def site(served: Served) -> Iterator[Served]:
    yield served
    served.leave()


def under_watch(site: Served, path: str = "") -> Page:
    """A tab that complains of whatever the policy refuses."""
    page = site.open(path)
    page.add_init_script(LISTEN)
    page.reload()
    return page


def test_every_page_comes_with_a_policy_without_anything_unsafe(site: Served):
    page = site.open("")
    for path in ("clients/", "404.html", "assets/runbooks/runbooks.js"):
        answer = page.request.get(site.address + path)
        policy = answer.headers["content-security-policy"]
        assert policy == servers.policy(site.folder)
        assert policy.startswith("default-src 'none'; script-src 'self'")
        assert "unsafe" not in policy


def test_no_page_of_any_kind_wants_what_the_policy_refuses(site: Served):
    page = under_watch(site)
    for path in (*longest_of_each_kind(site).values(), "404.html"):
        page.goto(site.address + path)
        expect(page.locator("html")).to_have_class(re.compile(r"\bjs\b"))
        assert site.complaints == [], path


def test_what_is_not_a_file_of_the_site_does_not_run(site: Served):
    page = site.open("")
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          document.body.insertAdjacentHTML("beforeend", "<img src='/none' onerror='window.ran = true'>");
          document.body.insertAdjacentHTML("beforeend", "<a href='javascript:window.ran = true'>x</a>");
          document.body.lastElementChild.click();
        }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") is None
    refused = [said for said in site.complaints if "Content Security Policy" in said]
    assert len(refused) >= 3
    site.complaints.clear()


def test_the_colours_can_be_switched_and_stay_on_the_next_page(site: Served):
    page = under_watch(site)
    body = page.locator("body")
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    page.locator("label[title='Switch to dark']").click()
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    for path in ("clients/", "clients/north-bay-dental/restore/", ""):
        page.goto(site.address + path)
        expect(body).to_have_attribute("data-md-color-scheme", "slate")


def test_the_search_opens_and_finds(site: Served):
    page = under_watch(site, "clients/")
    search(page, "North Bay")
    expect(page.locator(".md-search-result__link").first).to_be_visible()
    page.locator(".md-search-result__link").first.click()
    page.wait_for_url("**/clients/north-bay-dental/**")


def test_a_command_can_be_copied(site: Served):
    path = next(path for path in pages(site) if 'class="highlight"' in html(site, path))
    page = under_watch(site, path)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    block = page.locator("article pre").first
    block.hover()
    block.locator("button").click()
    expect(page.locator(".md-dialog")).to_contain_text("Copied")
    assert (
        page.evaluate("navigator.clipboard.readText()").strip() == (block.locator("code").text_content() or "").strip()
    )


def test_a_table_becomes_cards_on_a_phone_and_the_list_of_clients_is_filtered(site: Served):
    page = under_watch(site, "clients/")
    rows = page.locator("#rb-clients tbody tr:visible")
    everybody = rows.count()
    page.get_by_label("Show clients whose line has").fill("veeam")
    expect(rows).not_to_have_count(everybody)
    page.set_viewport_size(PHONE)
    page.goto(site.address + "clients/north-bay-dental/")
    expect(page.locator("article table[data-rb-stack]").first).to_be_visible()


def test_a_page_is_covered_after_its_last_day(site: Served):
    page = site.open("clients/quarry-road-vets/monitoring/", "2027-01-01T00:00:10+11:00")
    expect(page.locator(".rb-cover").first).to_be_visible()


def test_no_page_of_the_sample_needs_more_than_files_of_the_site(served: Served):
    assert list(headers.refused(served.folder)) == []
    assert "sha256" not in headers.policy(served.folder)
