"""The print page: the whole runbook of a client in the order of a restore, and nothing on it that paper cannot keep."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks import gate, groups, site
from runbooks.history import last_changes
from runbooks.mailbox import canonical, words
from runbooks.pages.book import book
from runbooks.pages.markdown import markdown
from runbooks.pages.page import Page
from runbooks.pages.paper import DEEPER, LOWEST, deeper
from runbooks.pages.procedures import applies
from runbooks.site import Site
from runbooks.verify.forbidden import Forbidden
from tests import small
from tests.browsing import PHONE, Served

OTHERWISE = re.compile(r"#|Get an approval|<p class|<figure|!!! note|This client runs version")
"""How lines begin that stand otherwise on paper: headings are lower, pictures have names of their own, and what holds
for a set-up is said of it once."""

HEADING = re.compile(r"^(#+) ", re.MULTILINE)


@pytest.fixture(scope="module")
def made(small_made: Site) -> Site:
    return small_made


@pytest.fixture(scope="module")
def fleet(sample_made: Site) -> Site:
    """The sample fleet of this repository."""
    return sample_made


def paper(made: Site, client: str) -> Page:
    return next(page for page in made.book.pages if page.uri == f"clients/{client}/print.md")


def papers(made: Site) -> list[Page]:
    found = [page for page in made.book.pages if page.kind == "print"]
    assert found
    return found


def plain(page: Page) -> str:
    """The words of a page, as sentences are compared."""
    return words(canonical(page.markdown))


# Who has one, and where it is found.


def test_every_client_has_a_print_page_and_a_blocked_one_a_short_page_in_its_place(made: Site):
    kinds = {record.slug: paper(made, record.slug).kind for record in made.fleet.records}

    assert kinds.pop("torn-record") == "withheld"
    assert set(kinds.values()) == {"print"}


def test_every_page_of_a_client_leads_to_the_print_page_and_so_does_the_restore_page(made: Site):
    pages = [page for page in made.book.pages if page.client == "harbour-dental"]

    assert all(("Print", "clients/harbour-dental/print.md") in page.nav for page in pages)
    (restore,) = (page for page in pages if page.kind == "restore")
    assert "[print the whole runbook](print.md)" in restore.markdown


def test_the_search_leaves_the_print_page_out(made: Site):
    text = markdown(paper(made, "harbour-dental"), made.fleet.policy, directory_urls=True)

    assert 'search: {"exclude": true}' in text.partition("\n---\n")[0]


@pytest.mark.built
def test_the_search_index_of_a_built_site_knows_no_print_page(small_built: Path):
    assert (small_built / "site/clients/harbour-dental/print/index.html").is_file()
    for name, content in small.files(small_built / "site/search").items():
        assert b"harbour-dental/print/" not in content, name


# What stands on it, in which order.


def test_everything_stands_in_the_order_of_a_restore(made: Site):
    text = paper(made, "harbour-dental").markdown
    parts = (
        *("# Harbour Dental\n", "rb-badge rb-full", 'class="rb-warning"', "As of **", "Contents"),
        *("## May I work on this?", "## Whom to call", "## Restore, in this order", "## From these copies"),
        *("## Can it be restored?", "## The way of the backups", "## 1. servers: Harbour Box", "### Facts", "### Jobs"),
        *("### Items", "### How it was made", "### 1.1 Restore a file", "### 1.2 Add a server", "### 1.3 Run a job"),
        *("## 2. laptops: Harbour Box", "## Accepted gaps", "## History", "## What is not on this paper"),
    )
    places = [text.index(part) for part in parts]

    assert places == sorted(places)


def test_the_first_page_says_the_day_and_when_each_agreement_ends(fleet: Site):
    for page in papers(fleet):
        front = page.markdown.partition("## May I work on this?")[0]
        assert 'As of **<span class="rb-as-of">' in front
        for agreement in fleet.fleet.by_slug[page.client].client.agreements:
            (line,) = (one for one in front.splitlines() if one.startswith(f"- Agreement **{agreement.id}**"))
            said = re.findall(r"ends on \*\*([0-9-]+)\*\*", line)
            assert said or "is not in force: " in line or "is in force: " in line
            if agreement.last_day and "not in force" not in line:
                assert all(date.fromisoformat(day) <= agreement.last_day for day in said)


def test_a_print_page_does_not_change_with_the_day_alone(small_site: Path):
    days = [site.make(site.read(small_site, date(2026, 11, day))).book.pages for day in (20, 21)]
    first, second = ({page.uri: page.markdown for page in pages if page.kind == "print"} for pages in days)
    assert first == second


def test_the_drawing_and_the_keys_are_on_it(made: Site):
    text = paper(made, "harbour-dental").markdown

    assert text.count("<svg") == 1
    assert "HD-DC01, HD-XRAY01" in unescape(text)
    assert 'href="https://vault.provider.example/harbour/key"' in text


def test_items_are_listed_by_their_restore_order_with_a_box_to_tick(made: Site):
    table = paper(made, "harbour-dental").markdown.partition("## Restore, in this order")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if "rb-tick" in line]

    assert [re.findall(r"\*\*(.+?)\*\*", unescape(row))[0] for row in rows] == ["HD-DC01", "HD-XRAY01", "laptops"]


def test_every_restore_procedure_is_on_it_before_the_others(fleet: Site):
    for page in papers(fleet):
        for number, setup in enumerate(fleet.fleet.by_slug[page.client].client.setups, 1):
            entry = fleet.fleet.catalogue.products.get(setup.product)
            every = entry.procedures.values() if entry else ()
            restores = {each.id for each in every if each.guidance.needs == "restore" and applies(each, setup)}
            titles = re.findall(rf"^### {number}\.\d+ .*\{{: #part-{number}-([\w-]+) \}}$", page.markdown, re.MULTILINE)
            assert set(titles[: len(restores)]) == restores


def test_mailboxes_get_no_procedure_for_machines_and_machines_none_for_mailboxes(fleet: Site):
    pages = {page.uri.removeprefix("clients/"): page for page in fleet.book.pages if page.client}

    assert {"north-bay-dental/lakeside/restore-machine.md", "north-bay-dental/m365/restore-mailbox.md"} <= pages.keys()
    assert (
        not {"north-bay-dental/lakeside/restore-mailbox.md", "north-bay-dental/m365/restore-machine.md"} & pages.keys()
    )
    for name in ("restore", "print", "setup-m365", "index"):
        page = pages[f"lantern-street-housing/{name}.md"].markdown
        assert "Restore a whole machine" not in page
        assert "Restore a Microsoft 365 mailbox" in page
    assert (
        "no restore procedure of this product for: **SharePoint site**"
        in pages["lantern-street-housing/print.md"].markdown
    )


def test_a_procedure_says_on_paper_every_line_that_its_own_page_says(fleet: Site):
    compared = 0
    for page in papers(fleet):
        lines = set(page.markdown.splitlines())
        for own in fleet.book.pages:
            if own.client == page.client and own.kind == "procedure":
                _, _, body = own.markdown.partition("**You need:**")
                said = [line for line in body.splitlines()[1:] if line.strip() and not OTHERWISE.match(line.strip())]
                kept = [line for line in said if "](" not in line and "no page for this client" not in line]
                assert [line for line in kept if line not in lines and "rb-warning" not in line] == [], own.uri
                compared += len(kept)
    assert compared > 1000


def test_what_is_different_at_a_client_stands_around_its_procedure(made: Site):
    text = paper(made, "harbour-dental").markdown

    assert "Ring the practice manager first" in text.partition("### 1.1 ")[2].partition("### 1.2 ")[0]


def test_a_client_without_set_ups_still_gets_its_paper(small_site: Path):
    small.add(small_site / "clients/bare.yml", "client: Bare\nno_backup: {told_on: 2026-06-30}\n")
    text = paper(site.make(site.read(small_site)), "bare").markdown

    assert "There is no backup" in text
    assert "There is **no agreement**" in text
    assert "Do not assume that anything is protected" in text


def test_a_procedure_whose_template_fails_is_told_in_its_place_and_the_rest_is_printed(small_site: Path):
    small.add(small_site / "templates/products/harbour-box/rerun-job.md", "\n{{ setup.nothing }}\n")
    page = paper(site.make(site.read(small_site)), "harbour-dental")

    assert page.kind == "print"
    assert page.markdown.count("This procedure is missing here: its template has an error.") == 2
    assert "### 1.1 Restore a file" in page.markdown


def test_the_shipped_template_stands_in_for_an_own_one_with_an_error(small_site: Path):
    before = paper(site.make(site.read(small_site)), "odd-name")
    small.add(small_site / "templates/pages/print.md", "{{ nothing }}\n")

    assert paper(site.make(site.read(small_site)), "odd-name") == before


# What does not stand on it.


@pytest.mark.parametrize("which", ["made", "fleet"])
def test_nothing_of_monitoring_is_on_any_paper_not_even_for_those_who_are_entitled_to_it(
    request: pytest.FixtureRequest, which: str
):
    every: Site = request.getfixturevalue(which)
    forbidden = Forbidden(every.fleet)
    assert forbidden.sentences
    for page in papers(every):
        said = plain(page)
        assert not [one for one in forbidden.sentences if one in said]
        assert "data-runbooks-through" not in page.markdown
        assert "daily-check" not in page.markdown
        assert "answer-alerts" not in page.markdown
        assert page.through is None


def test_of_a_client_who_is_not_monitored_no_address_of_ours_is_on_paper(made: Site):
    for slug in Forbidden(made.fleet).unwatched:
        assert not [box for box in made.fleet.policy.mailboxes if box in unescape(paper(made, slug).markdown)]


def test_the_paper_says_where_alerts_are(made: Site):
    assert "see the page *Monitoring* online" in paper(made, "harbour-dental").markdown
    assert "on the page *Not monitored*" in paper(made, "corner-florist").markdown


def test_a_repair_that_no_agreement_covers_is_on_paper_as_a_title_alone(made: Site):
    page = paper(made, "pine-road-vets")
    repairs = Forbidden(made.fleet).repair_sentences

    assert "there is nothing here about: Run a job again" in page.markdown
    assert not [one for one in repairs if one in plain(page)]


def test_the_paper_leads_nowhere_but_to_itself_and_to_full_addresses(fleet: Site):
    for page in papers(fleet):
        for link in re.findall(r"\]\(([^)\s]+)\)|href=\"([^\"]+)\"", page.markdown):
            assert re.match(r"#|https?://|tel:|mailto:", "".join(link)), (page.uri, link)


# Headings and anchors.


def test_anchors_are_there_once_and_every_link_within_the_page_has_one(fleet: Site):
    for page in papers(fleet):
        anchors = Counter(re.findall(r"\{: #([\w.-]+)", page.markdown))
        assert not [anchor for anchor, times in anchors.items() if times > 1]
        assert set(re.findall(r"(?:\]\(|href=\")#([\w.-]+)", page.markdown)) <= set(anchors)


@pytest.mark.built
def test_ids_of_a_built_print_page_are_there_once(sample_built: Path):
    found = 0
    for path in sorted((sample_built / "site/clients").glob("*/print/index.html")):
        page = small.seen(path)
        ids = Counter(attributes["id"] for _, attributes in page.elements if "id" in attributes)
        assert not [one for one, times in ids.items() if times > 1], path
        found += 1
    assert found > 10


def test_a_procedure_that_names_another_leads_to_it_on_the_same_page(small_site: Path):
    body = '\nThen {{ see("restore-file") }}, not {{ see("daily-check") }}.\n'
    small.add(small_site / "templates/products/harbour-box/add-server.md", body)
    text = paper(site.make(site.read(small_site)), "harbour-dental").markdown

    assert "Then [Restore a file](#part-1-restore-file), not Daily check (not on this paper)." in text
    assert "Then [Restore a file](#part-2-restore-file), not Daily check (not on this paper)." in text


def test_a_picture_that_several_procedures_show_has_a_name_of_its_own_in_each(small_site: Path):
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>A box</title></svg>\n'
    small.add(small_site / "templates/pictures/box.svg", drawing)
    small.add(small_site / "templates/products/harbour-box/add-server.md", '\n{{ picture("box") }}\n')
    text = paper(site.make(site.read(small_site)), "harbour-dental").markdown

    names = [f"part-{number}-add-server-rb-picture-box" for number in (1, 2)]
    assert re.findall(r'<title id="([^"]*)">A box', text) == names
    assert re.findall(r'role="img" aria-labelledby="([^"]*box)"', text) == names


def test_headings_go_down_and_comments_in_code_do_not():
    code = "    ```sh\n# no heading\n    ```\n\n~~~~\n## none\n~~~\n~~~~\n"

    assert deeper(f"## Steps\n\n1. Do it.\n\n{code}### Way A\n\n###### Deep\n") == (
        f"#### Steps\n\n1. Do it.\n\n{code}##### Way A\n\n###### Deep\n"
    )


LINES = st.lists(st.sampled_from(["## a", "### b", "##### c", "# in code", "```", "````", "~~~ sh", "text", ""]))


@given(LINES)
def test_no_line_is_won_or_lost_and_only_headings_change(lines: list[str]):
    body = "\n".join(lines)
    lower = deeper(body).split("\n")

    assert len(lower) == len(body.split("\n"))
    for before, after in zip(body.split("\n"), lower, strict=True):
        assert after == before or (
            before.startswith("#") and after == "#" * min(len(after) - len(before), DEEPER) + before
        )
        assert not HEADING.match(after) or len(after.split(" ")[0]) <= max(LOWEST, len(before.split(" ")[0]))


def test_no_heading_of_a_procedure_stands_above_its_title(fleet: Site):
    for page in papers(fleet):
        outside = re.sub(r"^[ >]*(```+|~~~+).*?^[ >]*\1[ ]*$", "", page.markdown, flags=re.MULTILINE | re.DOTALL)
        below = outside.partition("\n### 1.1 ")[2].partition("\n## ")[0]
        assert not [one for one in HEADING.findall(below) if len(one) < 3]


# One group alone.


def test_the_paper_in_the_site_of_a_group_is_the_same_and_names_nobody_else(fleet: Site):
    of = groups.group(fleet.fleet, "group=dental")
    report = gate.check(of.fleet)
    changes = last_changes(fleet.fleet.root)
    alone = Site(of.fleet, report, book(of.fleet, report, site.loader(fleet.fleet.root), changes))

    assert {page.client for page in papers(alone)} < {page.client for page in papers(fleet)}
    for page in papers(alone):
        assert page.markdown == paper(fleet, page.client).markdown
        assert not of.strangers.traces(page.markdown)


# In a browser.

PRINT = "clients/north-bay-dental/print/"
A4, LETTER = 680, 702
"""Pixels between the margins of the paper."""

# Whatever is seen and reaches beyond the edge of the paper; what the theme keeps for its navigation and is seen.
OUTSIDE = """() => Array.from(document.querySelectorAll("article *"))
  .filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > innerWidth + 1)
  .map((each) => each.tagName + "." + each.className + ": " + each.textContent.trim().slice(0, 60))"""
NAVIGATION = """() => Array.from(document.querySelectorAll("header, footer, nav, form, button, .headerlink"))
  .filter((each) => each.checkVisibility() && !each.closest(".rb-contents")).map((each) => each.className)"""


@pytest.fixture
def printed(served: Served) -> Iterator[Served]:
    yield served
    served.leave()


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("width", [A4, LETTER])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_paper_nothing_is_cut_off_nothing_navigates_and_all_is_dark_on_white(
    printed: Served, width: int, scheme: str
):
    page = printed.open(PRINT, color_scheme=scheme)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": width, "height": 1000})

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(NAVIGATION) == []
    colours = "[document.body, document.querySelector('article h2')].map((each) => getComputedStyle(each)[NAME])"
    assert page.evaluate(colours.replace("NAME", "each === document.body ? 'backgroundColor' : 'color'")) == [
        "rgb(255, 255, 255)",
        "rgb(17, 17, 17)",
    ]


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_the_page_prints_with_the_client_and_the_day_on_each_sheet(printed: Served):
    page = printed.open(PRINT)
    assert not page.locator(".rb-running").is_visible()
    raw = page.pdf(format="A4")

    assert raw.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", raw)) > 20
    page.emulate_media(media="print")
    words_of_it = page.locator(".rb-running").inner_text().split("\n")
    assert words_of_it == ["North Bay Dental Group: backup runbook", "valid as of 2026-11-29"]
    assert page.locator(".rb-running").evaluate("each => getComputedStyle(each).position") == "fixed"


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_on_paper_an_address_is_shown_once_and_each_step_has_a_box(printed: Served):
    page = printed.open(PRINT)
    page.emulate_media(media="print")
    behind = "links => links.map((link) => [link.className, getComputedStyle(link, '::after').content])"
    for name, content in page.locator("article a[href^=http]").evaluate_all(behind):
        assert (content == "none") is (name == "rb-bare")
    boxes = "steps => steps.map((step) => parseFloat(getComputedStyle(step, '::before').width))"
    widths = page.locator("article ol > li").evaluate_all(boxes)
    assert len(widths) > 50
    assert all(10 < width < 16 for width in widths)


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_on_a_phone_the_print_page_is_no_wider_than_the_screen(printed: Served):
    page = printed.open(PRINT, viewport=PHONE)

    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
