"""The search in a browser: from what stands on a screen to the right page, and nothing fetched before somebody asks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from runbooks.verify import names
from tests import small
from tests.browsing import DESK, PHONE, Served, search

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

NORTH_BAY = "clients/north-bay-dental/"
FIELD = ".md-search__input"
LINK = ".md-search-result__link"
SCRIPTS = ("words", "names", "topics", "results", "show", "index")
HOSTILE = "A|B <script>alert(1)</script> *x*"

Results = list[list[dict[str, Any]]]


@pytest.fixture
def site(served: Served) -> Iterator[Served]:
    yield served
    served.leave()


@pytest.fixture(scope="module")
def answers(served: Served) -> Callable[[str], Results]:
    """What the search finds in the sample site, asked without its field; each question once."""
    context = served.browser.new_context()
    page = context.new_page()
    page.goto(served.address)
    for name in SCRIPTS:
        page.add_script_tag(url=f"{served.address}assets/runbooks/search-{name}.js")
    page.evaluate("self.ready = self.runbooksSearch.finder(self.runbooksIndex)")
    known = page.evaluate("asked => asked.map(text => [text, self.ready.find(text).items])", QUESTIONS)
    known += page.evaluate(IN_A_CROWD, [CROWD, list(HALF)])
    context.close()
    return dict(known).__getitem__


def head(group: list[dict[str, Any]]) -> dict[str, Any]:
    """The page that a result is about: the one that the key Enter opens."""
    return max(group, key=lambda one: float(one["score"]))


def plain(markup: str) -> str:
    return small.Seen(f"<p>{markup}</p>").text


# From the words to the page.

VSS = "VSSControl: Failed to prepare guest for freeze, wait timeout 900 sec"

RIGHT = {
    # whole names
    "North Bay Dental Group": NORTH_BAY,
    "NBDG": NORTH_BAY,
    "north bay": NORTH_BAY,
    "1042": NORTH_BAY,
    "AGR-1177": NORTH_BAY,
    "psa 1042": NORTH_BAY,
    "Pixel & Plume": "clients/pixel-and-plume/",
    "NB-XRAY01": f"{NORTH_BAY}setup-newford/",
    "nb-xray01.north-bay.example": f"{NORTH_BAY}setup-newford/",
    "NB_XRAY01": f"{NORTH_BAY}setup-newford/",
    "NBXRAY01": f"{NORTH_BAY}setup-newford/",
    "NB-Servers-Daily": f"{NORTH_BAY}setup-newford/",
    "wcs-bdr01.wattle-creek.example": "clients/wattle-creek-surveyors/setup-office/",
    # parts of names
    "xray01": f"{NORTH_BAY}setup-newford/",
    "xray": f"{NORTH_BAY}setup-newford/",
    "nb-xr": f"{NORTH_BAY}setup-newford/",
    "wcs-bdr01": "clients/wattle-creek-surveyors/setup-office/",
    "bdr": "clients/wattle-creek-surveyors/setup-office/",
    "kestr": "clients/kestrel-surveying/",
    # machines that only a pattern stands for
    "NB-FD07": f"{NORTH_BAY}setup-newford/",
    "anna@north-bay.example": f"{NORTH_BAY}setup-m365/",
    # capitals, accents, a slip of the finger
    "kEsTrEl SURVEYING": "clients/kestrel-surveying/",
    "Këstrel Súrveying": "clients/kestrel-surveying/",
    "kestrle": "clients/kestrel-surveying/",
    # somebody and something
    "add mac north bay": f"{NORTH_BAY}newford/add-workstation-mac/",
    "restore file NB-DC01": f"{NORTH_BAY}newford/restore-file/",
    "restoring files on nb-dc01": f"{NORTH_BAY}newford/restore-file/",
    "restore north bay": f"{NORTH_BAY}restore/",
    "new laptop? add laptop kestrel": "clients/kestrel-surveying/office/add-workstation-windows/",
    "who do I call at North Bay": NORTH_BAY,
    "monitoring summit": "clients/summit-logistics/monitoring/",
    "cove north bay lakeside": f"{NORTH_BAY}setup-lakeside/",
    # an alert at somebody
    "VSS timeout at Harbour View: what now?": "clients/harbour-view-hotel/hotel/alert-vss/",
    f"Job 'NB-Servers-Daily' finished. 3/11/2026 2:14:11 :: Error: {VSS} (NB-DC01.north-bay.example)": (
        f"{NORTH_BAY}newford/alert-vss-prepare/"
    ),
    "Backup on KF-SRV01 at 02:14: VSS Error: Couldn't take snapshot (0x8004230f)": (
        "clients/kingfisher-boatyard/yard/alert-vss-snapshot/"
    ),
    # an alert at somebody who has no page for it
    "VSS timeout kestrel": "clients/kestrel-surveying/not-monitored/",
    "sw-server: No successful backup in 52.3 hours": "clients/saltwater-physio/monitoring/",
    # a pasted message that no alert of the product fits is not taken for a task
    "Harbour View Hotel: job 'HV-SRV01', error: cannot create snapshot, VSS_E_WRITER timed out": (
        "clients/harbour-view-hotel/monitoring/"
    ),
    # what is asked at night
    "may I spend 800 dollars at Ironbark?": "clients/ironbark-joinery/",
    "total loss of the backup server ironbark": "clients/ironbark-joinery/workshop/backup-server-lost/",
    "ransomware north bay": f"{NORTH_BAY}restore/",
    "ransomware": "reading/",
    "saltwater alert": "clients/saltwater-physio/monitoring/",
    "kestrel alert": "clients/kestrel-surveying/not-monitored/",
    "who is on duty": "",
    "price list": "alert-only/",
    "block time": "alert-only/",
    "what do I say to a client without agreement": "alert-only/",
    # an alert at nobody
    "102 Task Failed": "alerts/#n-able-cove-",
    f"{VSS} something that nobody named at 03:12 in the night of the third": "alerts/#veeam-backup-replication-",
    # anything else
    "veeam backup replication": "products/veeam-backup-replication/",
    "AGR001": "rules/agr001/",
    "how to read a runbook": "reading/",
}
# Clients who share words, and whose jobs and machines are called like others: short name, name, other names, number, of
# their set-up the machine and the jobs. They are asked for beside those of the sample.
CROWD: list[list[Any]] = [
    ["harbour-dental-group", "Harbour Dental Group", ["HDG"], "2001", "HD-SRV01", ["Daily", "HD-Daily"]],
    ["harbour-legal", "Harbour Legal", ["Harbour"], "2002", "HL-SRV01", ["Dental", "Servers"]],
    ["harbourside-dental", "Harbourside Dental Care", [], "2003", "HS-SRV01", ["Harbour", "Summit"]],
    ["northern-dental", "Northern Dental Group", ["NDG"], "2004", "ND-SRV01", ["Kestrel", "NBDG", "Restore"]],
    ["dental-on-harbour", "Dental on Harbour Street", ["DHS"], "2005", "DH-SRV01", ["Harbour Dental"]],
    ["bay", "Bay", ["B"], "2006", "BAY-SRV01", ["North Bay"]],
    ["the-group", "The Group", ["Group"], "10", "harbour", ["Group", "HDG"]],
]
IN_A_CROWD = """([crowd, asked]) => {
    const index = structuredClone(self.runbooksIndex);
    const like = index.clients.find(row => row[7].length);
    crowd.forEach(([slug, name, aliases, number, host, jobs]) => {
        const setup = ["office", like[7][0][1], [host], jobs, like[7][0][4]];
        index.clients.push([slug, name, aliases, [number], like[4], "", like[6], [setup]]);
    });
    const finder = self.runbooksSearch.finder(index);
    return asked.map(text => ["in a crowd: " + text, finder.find(text).items]);
}"""
HDG = "clients/harbour-dental-group/"
# What is typed, in full or in half, and whose page it opens. Nobody's where several fit alike.
HALF = {
    "Harbour Dental": HDG,
    "harbour dent": HDG,
    "harbour dental g": HDG,
    "harb dental": "",
    "harbor dental": HDG,
    "harbour dentl": HDG,
    "Harbour Dental Gruop": HDG,
    "harbourdental": HDG,
    "restore harbour dental": f"{HDG}restore/",
    "who do I call at Harbour Dental?": HDG,
    "harbour dental vss timeout": f"{HDG}monitoring/",
    "Anna from Harbour Dental says the backup of last night failed again on her server": f"{HDG}office/rerun-job/",
    "HDG": HDG,
    "2001": HDG,
    "HD-SRV01": f"{HDG}setup-office/",
    "hd-srv": f"{HDG}setup-office/",
    "harbour": "clients/harbour-legal/",
    "harbour l": "clients/harbour-legal/",
    "harbour view": "clients/harbour-view-hotel/",
    "harbourside": "clients/harbourside-dental/",
    "dental harbour": "clients/dental-on-harbour/",
    "kestrel": "clients/kestrel-surveying/",
    "nbdg": NORTH_BAY,
    "summit": "clients/summit-logistics/",
    "north bay": NORTH_BAY,
    "north ba": NORTH_BAY,
    "north bay d": NORTH_BAY,
    "bay": "clients/bay/",
    "group": "clients/the-group/",
    "10": "clients/the-group/",
    "wattle c": "clients/wattle-creek-surveyors/",
    "lane law": "clients/hartwell-lane-lawyers/",
    "Dental Group": "",
    "lane": "",
    "srv01": "",
}
NOTHING = ("", "   ", "zzzzqqqq", "🙂", "…—…")
MORE = ("harbour", "wattle", "restore", "servers", "VSS", "n", "nb", "error", HOSTILE, "constructor __proto__ toString")
QUESTIONS = (*RIGHT, *NOTHING, *MORE)


@pytest.mark.parametrize("text", RIGHT)
def test_the_right_page_comes_first(answers: Callable[[str], Results], text: str):
    found = head(answers(text)[0])["location"]

    assert found == RIGHT[text] or ("#" in RIGHT[text] and found.startswith(RIGHT[text]))


def test_half_a_name_opens_its_own_client_and_none_where_several_fit_alike(answers: Callable[[str], Results]):
    first = {text: head(answers(f"in a crowd: {text}")[0]) for text in HALF}
    opened = {text: "" if "data-rb-several" in one["title"] else one["location"] for text, one in first.items()}

    assert opened == HALF


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_is_found_where_there_is_nothing(answers: Callable[[str], Results], text: str):
    assert answers(text) == []


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_list_of_results_is_short_and_its_first_one_is_what_enter_opens(answers: Callable[[str], Results], text: str):
    found = answers(text)
    scores = [float(f"{head(group)['score']:.2f}") for group in found]

    assert len(found) <= 10
    assert scores == sorted(set(scores), reverse=True)
    for group in found:
        assert len({one["location"].rstrip("#") for one in group}) == len(group)


def test_a_name_in_full_is_not_followed_by_everybody_who_has_a_word_of_it(answers: Callable[[str], Results]):
    found = [one["location"] for group in answers("NB-Servers-Daily") for one in group]

    assert [path for path in found if path.startswith("clients/") and not path.startswith(NORTH_BAY)] == []


def test_a_name_that_two_clients_begin_with_finds_both(answers: Callable[[str], Results]):
    first = {head(group)["location"] for group in answers("wattle")}

    assert {"clients/wattle-accounting/", "clients/wattle-creek-surveyors/"} <= first


def test_a_client_comes_with_its_cover_and_the_pages_that_are_wanted_next(answers: Callable[[str], Results]):
    (north_bay,) = answers("NBDG")
    (kestrel,) = answers("VSS timeout kestrel")[:1]

    assert head(north_bay)["tags"] == ["● Full monitoring"]
    assert {f"{NORTH_BAY}restore/", f"{NORTH_BAY}monitoring/"} <= {one["location"] for one in north_bay}
    assert head(kestrel)["tags"] == ["✕ No agreement, not monitored"]
    assert "no page about it here" in plain(head(kestrel)["text"])


def test_an_alert_without_a_client_leads_to_those_who_have_the_product(answers: Callable[[str], Results]):
    group = answers("102 Task Failed")[0]
    below = [one["location"] for one in group if one is not head(group)]

    assert below != []
    assert all(re.match(r"clients/[a-z-]+/[a-z0-9-]+/|products/.*#clients-with-it", one) for one in below)


@cache
def built(folder: Path) -> tuple[frozenset[str], frozenset[str]]:
    """The pages of a built site, by their addresses; and what the third wall reads out of its index."""
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
    text = (folder / names.INDEX).read_text(encoding="utf-8")
    entries, _ = names.named(text)
    return frozenset(found), frozenset(link for one in entries for link in one.links)


def test_the_browser_leads_to_the_pages_that_the_wall_has_read_and_each_is_there(served: Served):
    context = served.browser.new_context()
    page = context.new_page()
    page.goto(served.address)
    for name in SCRIPTS:
        page.add_script_tag(url=f"{served.address}assets/runbooks/search-{name}.js")
    mine = page.evaluate("self.runbooksSearch.finder(self.runbooksIndex).pages()")
    context.close()
    files, read = built(served.folder)

    assert {f"{path}index.html" for path in mine} - files == set()
    of_clients = {path for path in mine if path.startswith("clients/")}
    assert {re.sub(r"/$", "", re.sub(r"/index$", "", path)) for path in read if path.startswith("clients/")} == {
        path.removesuffix("/") for path in of_clients
    }


# In the field of the theme.


def test_what_is_pasted_with_the_mouse_is_searched_for(site: Served):
    page = site.open("")
    page.locator(FIELD).click()
    # As a browser does it when no key is pressed: the text is there, and an event says so.
    page.keyboard.insert_text("NB-Servers-Daily")
    expect(page.locator(LINK).first).to_have_attribute("href", re.compile(f"/{NORTH_BAY}setup-newford/"))
    expect(page.locator(FIELD)).to_have_value("NB-Servers-Daily")


def test_a_search_needs_no_mouse(site: Served):
    page = site.open("")
    page.keyboard.press("/")
    expect(page.locator(FIELD)).to_be_focused()
    page.keyboard.type("NB-XRAY01")
    expect(page.locator(LINK).first).to_contain_text("Set-up newford – NB-XRAY01")
    page.wait_for_timeout(500)  # each letter brings a new list, and the last one may still be on its way
    page.keyboard.press("ArrowDown")
    expect(page.locator(LINK).first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(LINK).nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/{NORTH_BAY}"))


def test_enter_opens_the_first_result_and_the_page_shows_what_was_looked_for(site: Served):
    page = site.open("")
    search(page, "NB-XRAY01")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/{NORTH_BAY}setup-newford/"))
    expect(page.locator("article mark").first).to_have_text(re.compile("xray01", re.IGNORECASE))


def test_enter_on_an_alert_opens_the_list_of_alerts_at_its_line(site: Served):
    page = site.open("")
    search(page, "102 Task Failed")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/alerts/.*#n-able-cove-"))
    expect(page.locator("article").get_by_text("102 Task Failed").first).to_be_in_viewport()


def test_enter_waits_for_the_answer_to_what_was_pasted(site: Served):
    page = site.open("")
    page.keyboard.press("/")
    page.keyboard.insert_text("NB-XRAY01")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/{NORTH_BAY}setup-newford/"))


def test_enter_opens_none_of_two_clients_that_fit_alike_before_one_is_chosen(site: Served):
    page = site.open("")
    search(page, "lane")
    page.keyboard.press("Enter")
    expect(page.locator(LINK).first).to_be_focused()
    expect(page.locator(LINK).first).to_contain_text("2 clients fit alike: choose")
    page.keyboard.press("Enter")
    page.wait_for_url("**/clients/hartwell-lane-lawyers/**")


def test_enter_does_not_open_what_was_found_for_half_of_the_words(site: Served):
    page = site.open("")
    page.keyboard.press("/")
    page.keyboard.type("102 Task Failed")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/alerts/.*#n-able-cove-"))


def test_the_words_that_were_found_are_marked_in_the_list(site: Served):
    page = site.open("")
    search(page, "xray01 north bay")
    expect(page.locator(f"{LINK} mark").first).to_have_text("North Bay")
    expect(page.locator(".md-search-result__item").first).to_contain_text("● Full monitoring")


def test_the_word_that_is_being_typed_is_completed(site: Served):
    page = site.open("")
    page.locator(FIELD).press_sequentially("NB-XR")
    expect(page.locator(".md-search__suggest")).to_have_text("NB-XRAY01")


def test_a_question_in_the_address_is_answered(site: Served):
    page = site.open("?q=NBDG")
    expect(page.locator(LINK).first).to_have_attribute("href", re.compile(f"/{NORTH_BAY}"))


def test_the_results_fit_on_a_phone(site: Served):
    page = site.open("", viewport=PHONE)
    page.get_by_role("button", name="Search").click()
    page.keyboard.insert_text("VSS timeout at Harbour View: what now?")
    expect(page.locator(LINK).first).to_be_in_viewport()
    # The theme moves its field into place first.
    page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=PHONE["width"])


@pytest.mark.parametrize("path", ["", NORTH_BAY, f"{NORTH_BAY}setup-newford/"])
def test_nothing_of_the_index_is_fetched_before_somebody_searches(site: Served, path: str):
    page = site.open("404.html")
    fetched: list[str] = []
    page.on("response", lambda response: fetched.append(response.url.removeprefix(site.address)))
    page.goto(site.address + path, wait_until="networkidle")
    before = set(fetched)
    search(page, "NBDG")

    assert names.INDEX not in before
    assert "search/search_index.json" in before
    assert (site.folder / "search/search_index.json").stat().st_size < 300
    assert set(fetched) - before == {f"assets/runbooks/search-{name}.js" for name in SCRIPTS}


def test_a_search_that_cannot_fetch_its_index_says_so_and_tries_again(site: Served):
    page = site.open("")
    page.route("**/search-index.js", lambda route: route.fulfill(status=200, body="<!doctype html>Sign in"))
    page.locator(FIELD).click()
    page.keyboard.insert_text("NBDG")
    expect(page.locator(LINK).first).to_contain_text("The search does not work at the moment")
    page.unroute("**/search-index.js")
    page.keyboard.insert_text(" ")
    expect(page.locator(LINK).first).to_contain_text("North Bay Dental Group")
    site.complaints.clear()


# What a record says is no markup.


def test_a_name_full_of_markup_is_text_in_the_results_and_runs_nothing(serve: Callable[[Path], Served], tmp_path: Path):
    root = small.green(tmp_path / "small")
    record = root / "clients/odd-name.yml"
    small.edit(record, 'name: "ODD_01 | <i>"', 'name: "<img src=x onerror=alert(1)>&lt;b&gt;ODD_01"')
    site = serve(root)
    page = site.open("")
    search(page, "odd_01")
    found = page.locator(".md-search-result__item").first
    expect(found).to_contain_text(HOSTILE)
    expect(found).to_contain_text("<img src=x onerror=alert(1)>&lt;b&gt;ODD_01")
    assert found.locator("img, script, em, i").count() == 0
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**/clients/odd-name/**")
    site.leave()


# Without a server.


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small site, built to be read from a folder."""
    root = small.green(tmp_path_factory.mktemp("offline") / "small")
    done = small.run("runbooks", "build", "--offline", "--site-dir", root / "stick", cwd=root)
    assert done.returncode == 0, done.stdout + done.stderr
    return root / "stick"


@pytest.fixture
def stick(folder: Path, browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Opens a page of that folder in a tab; what was complained of, or asked for elsewhere, is an error."""
    context = browser.new_context(viewport=DESK)
    heard: list[str] = []
    root = folder.resolve().as_uri()

    def opened(path: str) -> Page:
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda said: heard.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("request", lambda one: None if one.url.startswith((root, "data:")) else heard.append(one.url))
        page.goto(f"{root}/{path}")
        return page

    yield opened
    context.close()
    assert heard == []


@pytest.mark.parametrize("start", ["index.html", "clients/harbour-dental/servers/restore-file.html"])
def test_the_search_works_from_a_folder(stick: Callable[[str], Page], start: str):
    page = stick(start)
    page.keyboard.press("/")
    page.keyboard.type("hd-xray01")
    expect(page.locator(LINK).first).to_contain_text("Harbour Dental: Set-up servers")
    page.keyboard.press("Enter")
    page.wait_for_url("**/clients/harbour-dental/setup-servers.html**")
    expect(page.locator("article")).to_contain_text("HD-XRAY01")


def test_an_alert_at_a_client_is_found_from_a_folder(stick: Callable[[str], Page]):
    page = stick("index.html")
    page.keyboard.press("/")
    page.keyboard.insert_text("Job failed: HD-Daily")
    page.locator(LINK).first.click()
    page.wait_for_url("**/clients/harbour-dental/servers/answer-alerts.html**")


def test_every_link_of_a_folder_leads_to_a_file(folder: Path):
    root = folder.resolve()
    wrong = []
    for path in sorted(root.rglob("*.html")):
        for link in small.seen(path).all("a"):
            href = link.get("href", "").partition("#")[0].partition("?")[0]
            if href and ":" not in href and path.name != "404.html" and not (path.parent / href).resolve().is_file():
                wrong.append(f"{path.relative_to(root)}: {href}")

    assert wrong == []


def test_the_index_of_a_folder_leads_to_its_files(folder: Path):
    data = json.loads(names.data((folder / names.INDEX).read_text(encoding="utf-8")))

    assert data["flat"] is True
    assert all((folder / page[0]).is_file() for page in data["pages"])
