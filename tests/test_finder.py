"""What the search knows: the names of what there is, no page that is not there, and nothing that a page may not say."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks import engine, finder, gate, groups, site
from runbooks.finder import Sheet
from runbooks.fleet import Fleet
from runbooks.pages.book import book
from runbooks.pages.page import UNSEARCHED
from runbooks.pages.redaction import HIDDEN
from runbooks.site import Site
from runbooks.verify import forbidden, leaks, names, reading, texts
from tests import small

BOX = "harbour-box"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small site with its broken records."""
    return small.copied(tmp_path_factory.mktemp("source") / "small")


@pytest.fixture(scope="module")
def made(small_made: Site) -> Site:
    return small_made


def script(made: Site, *sheets: Sheet, directory_urls: bool = True) -> str:
    return finder.script(finder.rows(made.fleet, made.book.pages), sheets, directory_urls=directory_urls)


def index(made: Site, *sheets: Sheet) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(names.data(script(made, *sheets)))
    return found


def row(found: dict[str, Any], slug: str) -> Any:
    return next(one for one in found["clients"] if one[0] == slug)


def a_sheet(uri: str, title: str = "Title", *headings: str, html: str = "") -> Sheet:
    pairs = [(f"h{at}", heading) for at, heading in enumerate(headings)]
    return finder.sheet(uri, uri.removesuffix(".md") + "/", title, pairs, html)


def strings(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case list():
            return [text for one in value for text in strings(one)]
        case dict():
            return [text for key, one in value.items() for text in (key, *strings(one))]
        case _:
            return []


# Which pages.


@pytest.mark.parametrize("which", ["made", "sample_made"])
def test_the_index_leads_to_every_page_of_a_client_that_is_searched_and_to_no_other(
    request: pytest.FixtureRequest, which: str
):
    made: Site = request.getfixturevalue(which)
    entries, _ = names.named(script(made))
    led_to = {link for one in entries for link in one.links}

    assert led_to == {names.stem(page.uri) for page in made.book.pages if page.client and page.kind not in UNSEARCHED}


def test_a_client_without_monitoring_has_no_monitoring_page_in_it(made: Site):
    found = index(made)
    files = {one[0]: found["files"][one[6]] for one in found["clients"]}

    assert "monitoring.md" in files["harbour-dental"]
    assert "monitoring.md" not in files["corner-florist"]
    assert {"index.md", "not-monitored.md", "restore.md"} <= set(files["corner-florist"])


def test_a_set_up_has_the_procedures_that_its_client_is_entitled_to(made: Site):
    found = index(made)
    procedures = next(product[3] for product in found["products"] if product[0] == BOX)

    def shown(slug: str, setup: str) -> set[str]:
        shape = next(one[4] for one in row(found, slug)[7] if one[0] == setup)
        return {procedures[at][0] for at in found["shapes"][shape]}

    assert {"daily-check", "answer-alerts", "rerun-job", "restore-file"} <= shown("harbour-dental", "servers")
    assert shown("pine-road-vets", "clinic") == {"add-server", "restore-file"}
    assert shown("corner-florist", "shop") == {"add-server", "restore-file"}


def test_set_ups_and_procedures_that_are_withheld_are_not_named(made: Site):
    assert "torn-record" in made.report.blocked_clients
    found = index(made)

    assert [found["shapes"][setup[4]] for setup in row(found, "torn-record")[7]] == [[]] * len(
        row(found, "torn-record")[7]
    )


def test_a_page_of_a_product_or_of_the_alerts_is_named_only_when_it_was_built(made: Site):
    anchors = f'<span id="{BOX}"></span>'
    none = index(made)
    some = index(made, a_sheet("alerts.md", html=anchors), a_sheet(f"products/{BOX}.md"))

    assert none["alerts"] == ""
    assert {product[2] for product in none["products"]} == {""}
    assert some["alerts"] == "alerts/"
    assert {product[2] for product in some["products"]} == {"", f"products/{BOX}/"}
    box = next(product for product in some["products"] if product[0] == BOX)
    assert {alert[2] for alert in box[4]} == {BOX}


# Which names.


def test_a_client_is_known_by_its_names_and_numbers(made: Site):
    slug, name, aliases, numbers, *_ = row(index(made), "harbour-dental")

    assert (slug, name, aliases) == ("harbour-dental", "Harbour Dental", ["HD Surgery"])
    assert numbers == ["1042", "AGR-1042"]


def test_a_set_up_is_known_by_its_machines_its_patterns_and_its_jobs(made: Site):
    setups = {one[0]: one for one in row(index(made), "harbour-dental")[7]}

    assert setups["servers"][2:4] == [["HD-BOX01", "HD-DC01", "HD-XRAY01"], ["HD-Daily", "HD-Copy"]]
    assert setups["laptops"][2] == ["HD-LT*"]


def test_nothing_of_a_promise_is_in_it(made: Site):
    texts = "\n".join(strings(index(made)))

    assert "Early shift" not in texts
    assert "alerts@provider.example" not in texts


def test_our_address_in_the_name_of_a_job_is_shown_as_the_pages_show_it(root: Path, tmp_path: Path):
    copy = small.copied(tmp_path / "copy", root)
    small.edit(copy / "clients/corner-florist.yml", "server: FLOWER-NAS", "server: alerts@provider.example")
    found = index(site.make(site.read(copy)))

    assert row(found, "corner-florist")[7][0][2] == [HIDDEN, "FLOWER-*"]


def test_the_index_says_how_a_client_is_covered_and_until_when(made: Site):
    found = index(made)
    covers = {one[0]: (found["covers"][one[4]], one[5]) for one in found["clients"]}

    assert covers["harbour-dental"] == (["full", "Full monitoring"], "2027-02-28")
    assert covers["pine-road-vets"] == (["alert_only", "Alerts only"], "")
    assert covers["corner-florist"] == (["none", "No agreement, not monitored"], "")


def test_the_index_of_a_group_has_no_trace_of_others(root: Path):
    of = groups.group(site.read(root), "group=dental", engine.nav_titles(root))
    pages = book(of.fleet, gate.check(of.fleet), site.loader(root))
    text = script(Site(of.fleet, gate.check(of.fleet), pages))

    assert "Harbour Dental" in text
    assert [slug for slug in ("florist", "lapsed", "pine-road", "odd-name", "torn") if slug in text.lower()] == []


# Pages about no single client.


def test_a_page_is_known_by_its_title_its_headings_and_how_it_begins():
    page = a_sheet(
        "a.md",
        "R&amp;D <b>notes</b>",
        "One &lt;two&gt;",
        html="<h1>x</h1>\n<p> Begins <i>so</i>\n here.</p><p>More</p>",
    )

    assert (page.title, page.headings, page.extract) == ("R&D notes", (("h0", "One <two>"),), "Begins so here.")


def test_a_long_beginning_is_cut_between_words():
    page = a_sheet("a.md", html=f"<p>{'word ' * 100}</p>")

    assert len(page.extract) <= 202
    assert page.extract.endswith("word …")


def test_a_heading_that_repeats_the_title_or_stands_on_many_pages_is_left_out(made: Site):
    sheets = [a_sheet(f"{at}.md", f"T{at}", f"T{at}", "Why", f"Only {at}") for at in range(8)]
    pages = index(made, *sheets)["pages"]

    assert [[heading for _, heading in page[2]] for page in pages] == [[f"Only {at}"] for at in range(8)]


def test_pages_of_clients_are_not_listed_a_second_time(made: Site):
    pages = index(made, a_sheet("clients/harbour-dental/index.md"), a_sheet("notes.md"))["pages"]

    assert [page[0] for page in pages] == ["notes/"]


@pytest.mark.parametrize(
    ("said", "weights"), [(None, [1.0]), ({"boost": 0.3}, [0.3]), ({"boost": "x"}, [1.0]), ({"exclude": True}, [])]
)
def test_front_matter_says_how_much_a_page_weighs_and_whether_it_is_found(
    made: Site, said: object, weights: list[float]
):
    desk = finder.Desk(finder.rows(made.fleet, made.book.pages), directory_urls=True)
    desk.add(a_sheet("notes.md"), said)

    assert [one.weight for one in desk.sheets] == weights


# The script.


def test_the_script_is_one_assignment_of_data_and_the_same_every_time(root: Path, made: Site):
    text = script(made)

    assert text.startswith("self.runbooksIndex = {")
    assert text.endswith("};\n")
    assert text.count("\n") == 1
    assert script(site.make(site.read(root))) == text


def test_a_client_costs_a_few_hundred_bytes_and_packed_much_less(sample_made: Site):
    found = index(sample_made)
    packed = gzip.compress(json.dumps(found["clients"], separators=(",", ":")).encode())

    assert len(json.dumps(found["clients"], separators=(",", ":"))) < 500 * len(found["clients"])
    assert len(packed) < 150 * len(found["clients"])


@given(st.lists(st.text(), min_size=6, max_size=6))
def test_whatever_texts_there_are_the_wall_reads_them_as_the_browser_does(texts: list[str]):
    name, alias, machine, job, title, heading = texts
    rows = replace(
        EMPTY,
        covers=(["full", "Full monitoring"],),
        files=(["index.md"],),
        shapes=([],),
        products=([BOX, "Box", "", [], []],),
        clients=(["a-client", name, [alias], [], 0, "", 0, [["main", 0, [machine], [job], 0]]],),
    )
    page = Sheet("n.md", "n/", title, (("h", heading),), "")
    text = finder.script(rows, [page], directory_urls=True)
    entries, _ = names.named(text)

    assert [one.place for one in entries] == ["clients/a-client/", "n/"]
    assert entries[0].links == ("clients/a-client/index", "clients/a-client/setup-main")
    seen = [small.Seen(one.markup) for one in entries]
    for wanted, where in ((alias, 0), (machine, 0), (job, 0), (heading, 1)):
        plain = "".join(text for _, text in seen[where].texts)
        assert (
            wanted.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "") in plain.replace("\0", "")
            or "\r" in wanted
        )


EMPTY = finder.Rows("UTC", (), (), {}, (), (), (), frozenset())


# The third wall.


Found = Callable[[str], list[str]]


@pytest.fixture
def found(tmp_path: Path, made: Site) -> Found:
    """What the wall finds in a site that consists of this index."""

    def plant(text: str) -> list[str]:
        small.add(tmp_path / "site" / finder.INDEX, text)
        return [finding.message for finding in leaks(tmp_path / "site", made.fleet)]

    return plant


def forged(made: Site, change: Callable[[dict[str, Any]], None], *sheets: Sheet) -> str:
    data = index(made, *sheets)
    change(data)
    return f"{finder.SCRIPT}{json.dumps(data)};\n"


def test_the_wall_has_nothing_against_the_index(found: Found, made: Site):
    assert found(script(made, a_sheet("alerts.md"), a_sheet("notes.md", "Notes", "Lapsed Legal has left"))) == []


def test_what_alerts_are_called_is_no_part_of_a_monitoring_procedure(sample_made: Site):
    # It stands in the index beside the names of products, and a product may be called as somebody's machine is.
    told = list(reading.readings(texts.Text(finder.INDEX, script(sample_made))))
    rest = [one for one in told if not one.address.startswith("clients/")]
    sentences = forbidden.Forbidden(sample_made.fleet).sentences
    assert rest
    assert [(one.address, words) for one in rest for words in sentences if words in one.words] == []


def test_the_wall_has_nothing_against_the_index_of_the_sample(tmp_path: Path, sample_made: Site):
    small.add(tmp_path / "site" / finder.INDEX, script(sample_made))

    assert leaks(tmp_path / "site", sample_made.fleet) == ()


def give_monitoring(data: dict[str, Any]) -> None:
    data["files"].append(["index.md", "monitoring.md"])
    row(data, "corner-florist")[6] = len(data["files"]) - 1


def give_daily_check(data: dict[str, Any]) -> None:
    product = row(data, "corner-florist")[7][0][1]
    at = [one[0] for one in data["products"][product][3]].index("daily-check")
    data["shapes"].append([at])
    row(data, "corner-florist")[7][0][4] = len(data["shapes"]) - 1


def give_repair(data: dict[str, Any]) -> None:
    product = row(data, "pine-road-vets")[7][0][1]
    at = [one[0] for one in data["products"][product][3]].index("rerun-job")
    data["shapes"].append([at])
    row(data, "pine-road-vets")[7][0][4] = len(data["shapes"]) - 1


def give_another_name(data: dict[str, Any]) -> None:
    product = data["products"][row(data, "corner-florist")[7][0][1]]
    next(one for one in product[3] if one[0] == "restore-file")[0] = "daily-check"


def give_by_another(data: dict[str, Any]) -> None:
    row(data, "harbour-dental")[0] = "harbour-dental/../%63orner-florist"


def give_by_a_page(data: dict[str, Any]) -> None:
    data["pages"].append(["clients/corner-florist/monitoring/#x", "Notes", [], "", 1.0])


def give_by_the_alerts(data: dict[str, Any]) -> None:
    data["alerts"] = "clients/corner-florist/monitoring/"


def give_by_a_product(data: dict[str, Any]) -> None:
    data["products"][0][2] = "clients/corner-florist/shop/daily-check/"


def give_an_unknown_client(data: dict[str, Any]) -> None:
    watched = next(at for at, files in enumerate(data["files"]) if "monitoring.md" in files)
    data["clients"].append(["Corner-Florist", "Somebody", [], [], 0, "", watched, []])


GIVEN = (
    *(give_monitoring, give_daily_check, give_repair, give_another_name, give_by_another, give_by_a_page),
    *(give_by_the_alerts, give_by_a_product, give_an_unknown_client),
)


@pytest.mark.parametrize("change", GIVEN, ids=lambda one: one.__name__)
def test_an_entry_for_a_page_that_is_withheld_is_a_leak(
    found: Found, made: Site, change: Callable[[dict[str, Any]], None]
):
    assert [
        one for one in found(forged(made, change)) if "there is a link to" in one or "agreement covers" in one
    ] != []


def test_an_address_of_ours_in_what_the_index_says_of_a_client_who_is_not_watched_is_a_leak(found: Found, made: Site):
    def change(data: dict[str, Any]) -> None:
        row(data, "corner-florist")[7][0][3].append("alerts@provider.example")

    assert any("names our address alerts@provider.example" in one for one in found(forged(made, change)))


def test_a_secret_in_the_index_is_found(found: Found, made: Site):
    def change(data: dict[str, Any]) -> None:
        row(data, "corner-florist")[2].append("Password: " + "Hunter2-is-old!")

    assert any("a secret stands here" in one for one in found(forged(made, change)))


def test_two_pages_of_the_index_are_not_read_as_one(found: Found, made: Site):
    pages = (
        a_sheet("a.md", "Lapsed Legal"),
        a_sheet("b.md", "Addresses", html="<p>Alerts come to alerts@provider.example.</p>"),
    )

    assert found(script(made, *pages)) == []


WRONG: dict[str, Callable[[str], str]] = {
    "cut off": lambda text: text[:-200],
    "nothing": lambda text: text[:0],
    "a page": lambda text: f"<!doctype html><p>Please sign in.</p>{text}",
    "another script": lambda text: text + "self.more = 1;\n",
    "another name": lambda text: text.replace("self.runbooksIndex", "self.runbooksindex", 1),
    "a key more": lambda text: text.replace('{"zone"', '{"more":{"clients":1},"zone"', 1),
    "a key less": lambda text: text.replace('"alerts":"",', "", 1),
    "a value more": lambda text: text.replace('["harbour-dental",', '["x","harbour-dental",', 1),
    "a number that counts from the end": lambda text: text.replace(",0]]]", ",-1]]]", 1),
    "a number that is none": lambda text: text.replace(",0]]]", ',"0"]]]', 1),
    "a text that is none": lambda text: text.replace('"Harbour Dental"', '{"a":1}', 1),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_an_index_that_is_not_understood_to_its_last_value_is_found_as_such(found: Found, made: Site, wrong: str):
    right = script(made)
    changed = WRONG[wrong](right)
    assert changed != right

    assert any("nobody knows what it leads to" in one for one in found(changed))


def test_a_script_of_another_name_is_read_as_any_other(tmp_path: Path, made: Site):
    small.add(tmp_path / "site/assets/own/search-index.js", "const answer = 42;\n")

    assert leaks(tmp_path / "site", made.fleet) == ()


def test_the_shipped_scripts_of_the_search_give_nothing_away(made: Site, tmp_path: Path):
    scripts: Sequence[Path] = sorted((site.shipped() / "theme/assets/runbooks").glob("search-*.js"))
    for path in scripts:
        small.add(tmp_path / "site/assets/runbooks" / path.name, path.read_text(encoding="utf-8"))
    fleet: Fleet = made.fleet

    assert len(scripts) >= 6
    assert leaks(tmp_path / "site", fleet) == ()
