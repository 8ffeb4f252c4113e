"""The built sample site in a browser: found, read, printed, covered in time; and a hostile name that stays a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import small
from tests.browsing import DESK, PHONE, Served, html, longest_of_each_kind, pages, search

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CLIENT = "clients/north-bay-dental/"
"""A client with three set-ups: two under an agreement that renews itself, one under another that ends."""

ENDING = ("clients/quarry-road-vets/", "2026-12-31")
"""A client whose only agreement ends, and its last day."""

HOSTILE = "A|B <script>alert(1)</script> *x*"

# The ratio of WCAG 2.2 (1.4.3) between the colour of each text and what is painted behind it.
PALE_TEXTS = r"""() => {
  const parts = (color) => color.match(/[\d.]+/g).map(Number);
  const over = (top, below) => {
    const alpha = top[3] ?? 1;
    return [0, 1, 2].map((at) => top[at] * alpha + below[at] * (1 - alpha));
  };
  const known = new Map();
  const behind = (element) => {
    if (!element) return [255, 255, 255];
    if (!known.has(element)) {
      known.set(element, over(parts(getComputedStyle(element).backgroundColor), behind(element.parentElement)));
    }
    return known.get(element);
  };
  const light = (color) => {
    const [red, green, blue] = color.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const pale = [];
  for (const element of document.querySelectorAll("article *")) {
    const text = Array.from(element.childNodes).filter((node) => node.nodeType === 3 && node.textContent.trim());
    if (!text.length || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest(".headerlink")) continue;
    const background = behind(element);
    for (const pseudo of ["", "::before"]) {
      const style = getComputedStyle(element, pseudo);
      if (pseudo && style.content === "none") continue;
      const levels = [light(over(parts(style.color), background)), light(background)].sort((a, b) => b - a);
      const ratio = (levels[0] + 0.05) / (levels[1] + 0.05);
      if (ratio < 4.5) pale.push(`${ratio.toFixed(2)} ${pseudo} ${element.className}: ${text[0].textContent.trim()}`);
    }
  }
  return pale;
}"""


@pytest.fixture
def site(served: Served) -> Iterator[Served]:
    yield served
    served.leave()


@pytest.mark.parametrize(
    ("words", "on_page"),
    [
        ("North Bay Dental Group", "North Bay Dental Group"),
        ("NBDG", "NBDG"),
        ("NB-XRAY01", "NB-XRAY01"),
        ("xray01", "NB-XRAY01"),
    ],
    ids=["name", "alias", "host", "part of a host"],
)
def test_the_search_finds_a_client_and_its_first_result_opens_it(site: Served, words: str, on_page: str):
    page = site.open("")
    search(page, words)
    page.locator(".md-search-result__link").first.click()
    page.wait_for_url(f"**/{CLIENT}**")
    expect(page.locator("article")).to_contain_text(on_page)


def settled_width(page: Page, screen: int) -> int:
    """How wide a page is. The theme moves its search field while a window changes its size, so that has a second."""
    for _ in range(20):
        if page.evaluate("document.documentElement.scrollWidth") <= screen:
            break
        page.wait_for_timeout(50)
    return int(page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.parametrize(("scheme", "palette"), [("light", "default"), ("dark", "slate")])
def test_every_kind_of_page_is_readable_on_a_phone_and_on_a_desk(site: Served, scheme: str, palette: str):
    kinds = longest_of_each_kind(site)
    assert {"home", "clients", "overview", "setup", "procedure", "restore", "monitoring", "not-monitored"} <= set(kinds)
    wrong = []
    page = site.open("", color_scheme=scheme)
    for kind, path in kinds.items():
        page.goto(site.address + path)
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", palette)
        for screen in (PHONE, DESK):
            page.set_viewport_size(screen)
            wide = settled_width(page, screen["width"])
            if wide > screen["width"]:
                wrong.append(f"{kind} {path}: {wide} wide on {screen['width']}")
            wrong += [f"{kind} {path}: {pale}" for pale in page.evaluate(PALE_TEXTS)]
    assert wrong == []


def test_a_page_has_the_colours_of_the_system_until_others_are_chosen_and_keeps_those(site: Served):
    page = site.open("", color_scheme="dark")
    body, scheme = page.locator("body"), page.locator("meta[name=color-scheme]")
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    page.emulate_media(color_scheme="light")
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    expect(scheme).to_have_attribute("content", "light")

    page.get_by_title("Switch to dark").click()
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    expect(scheme).to_have_attribute("content", "dark")
    expect(page.get_by_title("Switch to light")).to_be_visible()
    expect(page.get_by_title("Switch to dark")).to_be_hidden()
    dark = page.locator("meta[name=theme-color]").get_attribute("content")

    page.goto(site.address + CLIENT)
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    expect(page.locator("meta[name=theme-color]")).to_have_attribute("content", dark or "")
    page.locator("#__palette_1").focus()
    page.keyboard.press("Enter")
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    expect(page.locator("#__palette_0")).to_be_focused()


def test_colours_that_the_theme_has_kept_are_kept(site: Served):
    page = site.open("")
    page.evaluate("""__md_set("__palette", {index: 1, color: {media: "", scheme: "slate", primary: "blue-grey"}})""")
    page.reload()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")


def test_on_a_phone_a_table_is_a_list_of_cards_with_the_names_of_its_columns(site: Served):
    page = site.open(CLIENT, viewport=PHONE)
    cells = page.locator("#contacts ~ * table").first.locator("tbody tr").first.locator("td")
    labels = cells.evaluate_all("cells => cells.map(cell => getComputedStyle(cell, '::before').content)")
    assert labels[2:] == ['"Telephone"', '"May approve"', '"When"']
    cells.first.scroll_into_view_if_needed()  # out of sight it is not laid out
    for box in cells.evaluate_all("cells => cells.slice(1).map(cell => cell.getBoundingClientRect().width)"):
        assert box > 300


def test_the_first_screen_of_an_overview_says_whom_to_call_and_whether_to_work(site: Served):
    page = site.open(CLIENT, viewport=PHONE)
    expect(page.locator(".rb-call a").first).to_have_attribute("href", "tel:+61255500100")
    for answer in (page.locator(".rb-call a").last, page.locator("#may-i-work-on-this ~ * .rb-yes").first):
        expect(answer).to_be_in_viewport(ratio=1)


def test_every_page_of_a_client_names_the_client_and_says_where_to_complain(site: Served):
    found = pages(site)
    names = {
        client: small.Seen(html(site, path)).first("h1") for path, (client, kind) in found.items() if kind == "overview"
    }
    assert len(names) > 10
    without = []
    for path, (client, _) in found.items():
        article = html(site, path).partition("<article")[2].partition("</article>")[0]
        if client and not {names[client], "This step is wrong"} <= {
            text.strip() for _, text in small.Seen(article).texts
        }:
            without.append(path)
    assert without == []


def test_the_header_keeps_the_name_of_the_client_while_the_page_scrolls(site: Served):
    kinds = {kind: path for path, (client, kind) in pages(site).items() if client == "north-bay-dental"}
    assert {"overview", "setup", "procedure", "restore", "monitoring"} <= set(kinds)
    page = site.open("", viewport={"width": 390, "height": 300})
    for path in kinds.values():
        page.goto(site.address + path)
        page.locator(".rb-report").scroll_into_view_if_needed()
        expect(page.locator(".md-header__title--active .md-header__topic").last).to_contain_text("North Bay Dental")
        expect(page.locator(".rb-report")).to_have_attribute("href", re.compile(r"^mailto:docs@provider\.example\?"))


def test_the_list_of_clients_can_be_filtered_and_the_first_line_opened(site: Served):
    page = site.open("clients/")
    rows = page.locator("#rb-clients tbody tr:visible")
    everybody = rows.count()
    page.get_by_label("Show clients whose line has").fill("nbdg  veeam")
    expect(rows).to_have_count(1)
    expect(page.get_by_role("status")).to_have_text(f"1 of {everybody}")
    page.set_viewport_size(PHONE)
    expect(rows).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{CLIENT}")


def test_the_edit_link_of_a_page_leads_to_its_record(site: Served):
    page = site.open(CLIENT + "restore/")
    address = page.get_by_role("link", name="Edit the record").get_attribute("href") or ""
    start = "https://git.provider.example/runbooks/edit/main/"
    assert address.startswith(start)
    record = small.REPOSITORY / address.removeprefix(start)
    assert "client: North Bay Dental Group" in record.read_text(encoding="utf-8")


def test_a_monitoring_page_in_an_open_tab_covers_itself_after_its_last_day(site: Served):
    path, last_day = ENDING
    page = site.open(f"{path}monitoring/", f"{last_day}T23:58:00+11:00", timezone_id="America/New_York")
    watch, notice = page.locator(".rb-watch"), page.locator(".rb-cover")
    expect(watch.get_by_text("Full monitoring under")).to_be_visible()
    expect(notice).to_be_hidden()
    page.clock.fast_forward("01:00")
    expect(notice).to_be_hidden()
    page.clock.fast_forward("02:00")
    expect(notice).to_be_visible()
    expect(notice.locator("a[href^='tel:']")).to_be_visible()
    expect(watch.get_by_text("Full monitoring under")).to_be_hidden()
    expect(page.locator(".rb-badge.rb-full")).to_be_hidden()


def guarded(site: Served) -> tuple[str, str]:
    """The monitoring page of a client whose agreement ends, and one of its procedures that need monitoring."""
    path, _ = ENDING
    daily = next(one for one, (_, kind) in pages(site).items() if one.startswith(path) and one.endswith("daily-check/"))
    return f"{path}monitoring/", daily


def test_a_page_that_is_opened_after_its_last_day_says_why_since_when_and_whom_to_call(site: Served):
    _, last_day = ENDING
    for page in site.each(guarded(site), "2027-01-01T00:00:10+11:00"):
        notice = page.locator(".rb-cover")
        expect(notice).to_be_visible()
        expect(notice).to_contain_text(f"The agreement behind this page ended on {last_day}")
        expect(notice).to_contain_text("Do not act on alerts of Quarry Road Vets")
        expect(notice.locator("a[href^='tel:']")).to_have_text(re.compile(r"\+61 2 5550 0199"))
        shown = page.locator("article").inner_text()
        assert "Expect:" not in shown
        assert "Full monitoring under" not in shown


def test_a_page_is_valid_until_midnight_where_the_provider_is(site: Served):
    path, _ = guarded(site)
    for zone in ("Pacific/Kiritimati", "Pacific/Honolulu"):
        page = site.open("404.html", "2026-12-31T08:00:00+11:00", timezone_id=zone)
        for moment, over in (
            ("2026-12-31T23:59:50+11:00", False),
            ("2027-01-01T00:00:01+11:00", True),
            ("2026-12-31T13:00:01+00:00", True),
            ("2026-12-31T12:59:50+00:00", False),
        ):
            page.clock.set_system_time(moment)
            page.goto(site.address + path)
            expect(page.locator(".rb-cover")).to_be_visible(visible=over)
            expect(page.get_by_text("Full monitoring under")).to_be_visible(visible=not over)


@pytest.mark.parametrize(
    ("target", "event"), [("document", "visibilitychange"), ("window", "pageshow"), ("window", "beforeprint")]
)
def test_a_tab_that_slept_covers_itself_when_it_is_looked_at_or_printed(site: Served, target: str, event: str):
    for page in site.each(guarded(site), "2026-12-31T20:00:00+11:00"):
        expect(page.locator(".rb-cover")).to_be_hidden()
        # The computer sleeps: its clock goes on, and nothing that waits is called.
        page.clock.set_system_time("2027-01-04T08:00:00+11:00")
        expect(page.locator(".rb-cover")).to_be_hidden()
        page.evaluate(f"{target}.dispatchEvent(new Event('{event}'))")
        expect(page.locator(".rb-cover")).to_be_visible()


def test_an_open_tab_is_covered_on_paper_after_its_last_day(site: Served):
    for page in site.each(guarded(site), "2026-12-31T23:58:00+11:00"):
        page.emulate_media(media="print")
        expect(page.locator(".rb-cover")).to_be_hidden()
        page.clock.fast_forward("03:00")
        expect(page.locator(".rb-cover")).to_be_visible()
        assert "Expect:" not in page.locator("article").inner_text()


def test_a_covered_page_is_covered_on_paper_too(site: Served):
    for page in site.each(guarded(site), "2027-01-01T00:00:10+11:00"):
        page.emulate_media(media="print")
        expect(page.locator(".rb-cover")).to_be_visible()
        shown = page.locator("article").inner_text()
        assert "Do not act on alerts of Quarry Road Vets" in shown
        assert "Expect:" not in shown
        assert "we mend" not in shown


def test_a_set_up_whose_agreement_goes_on_stays_readable(site: Served):
    page = site.open(f"{CLIENT}monitoring/", "2027-07-01T09:00:00+10:00")
    parts = page.locator(".rb-watch")
    covered = [parts.nth(at).locator(".rb-cover").is_visible() for at in range(parts.count())]
    assert sorted(covered) == [False, False, True]
    for at, over in enumerate(covered):
        expect(parts.nth(at).locator("li").first).to_be_visible(visible=not over)
    expect(page.locator(".rb-badge.rb-full")).to_be_visible()


def test_without_scripts_the_last_day_stands_before_what_it_is_for(site: Served):
    _, last_day = ENDING
    tab = site.each(guarded(site), java_script_enabled=False, viewport=PHONE)
    for page, words in zip(tab, ("Full monitoring under", "You need:"), strict=True):
        for media in ("screen", "print"):
            page.emulate_media(media=media)
            notice, content = page.locator(".rb-through"), page.get_by_text(words)
            expect(notice).to_contain_text(f"Valid through {last_day}")
            expect(notice.locator("a[href^='tel:']")).to_be_visible()
            above, below = notice.bounding_box(), content.bounding_box()
            assert above is not None
            assert below is not None
            assert above["y"] + above["height"] <= below["y"]


def test_on_paper_there_is_no_navigation_and_addresses_can_be_read(site: Served):
    page = site.open(CLIENT, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    for part in (".md-header", ".md-sidebar--primary", ".md-footer", ".rb-report"):
        expect(page.locator(part)).to_be_hidden()
    expect(page.locator("#whom-to-call")).to_be_visible()
    link = page.locator("article a[href^='https://vault']").first
    assert "vault.provider.example" in link.evaluate("link => getComputedStyle(link, '::after').content")
    assert page.evaluate(PALE_TEXTS) == []


def test_a_command_can_be_copied(site: Served):
    path = next(path for path in pages(site) if 'class="highlight"' in html(site, path))
    page = site.open(path, permissions=["clipboard-read", "clipboard-write"])
    block = page.locator("article pre").first
    block.hover()
    block.locator("button").click()
    expect(page.locator(".md-dialog")).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == (block.locator("code").text_content() or "").strip()


def test_the_first_stop_of_the_keyboard_skips_to_the_content(site: Served):
    page = site.open(CLIENT)
    page.keyboard.press("Tab")
    expect(page.locator(".md-skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_be_in_viewport()
    assert page.evaluate("location.hash") == f"#{page.locator('h1').get_attribute('id')}"


def test_a_name_full_of_markup_is_shown_as_text_everywhere_and_runs_nothing(
    serving: Callable[[Path], Served], small_built: Path
):
    site = serving(small_built / "site")
    page = site.open("clients/")
    expect(page.locator("#rb-clients a", has_text=HOSTILE).first).to_be_visible()
    mine = [path for path, (client, _) in pages(site).items() if client == "odd-name"]
    assert len(mine) >= 4
    for path in mine:
        page.goto(site.address + path)
        expect(page).to_have_title(re.compile(re.escape(HOSTILE)))
        for place in ("h1, .rb-client", ".rb-nav-client", ".md-header__topic >> nth=1"):
            expect(page.locator(place).filter(has_text=HOSTILE).first).to_be_attached()
        assert page.locator("article script, article em:text-is('x')").count() == 0
    search(page, "odd_01")
    expect(page.locator(".md-search-result__item").filter(has_text=HOSTILE).first).to_be_visible()
    site.leave()
