"""The pages: who gets which, what they are called, where they lead, and what stands in for those that may not be."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from runbooks import escape, gate, site
from runbooks.entitlement import watches
from runbooks.exemptions import inline
from runbooks.findings import Blocks, Finding, Place, Severity
from runbooks.pages.book import book
from runbooks.pages.markdown import address
from runbooks.pages.page import Page, front_matter, relative
from runbooks.pages.sheet import QUIET
from runbooks.plugin import nav
from runbooks.report import Exemption
from runbooks.rules.registry import RULES
from runbooks.site import Site
from runbooks.templates import Loader
from runbooks.verify import names
from tests import sample, small

ODD = "A|B <script>alert(1)</script> *x*"


@pytest.fixture(scope="module")
def made(small_made: Site) -> Site:
    return small_made


@pytest.fixture(scope="module")
def fleet(sample_made: Site) -> Site:
    """The sample fleet of this repository."""
    return sample_made


@pytest.fixture(autouse=True, scope="module")
def _few_rules() -> Iterator[None]:
    """What a test makes for itself has pages of few rules; `made` and `fleet` have all."""
    with small.few_rules():
        yield


@pytest.fixture(scope="module")
def in_order(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The small site without its broken records, as it is before a test changes it."""
    return site.make(site.read(small.green(tmp_path_factory.mktemp("in-order") / "small")))


def of(made: Site, client: str) -> dict[str, Page]:
    return {page.uri.removeprefix(f"clients/{client}/"): page for page in made.book.pages if page.client == client}


# Who gets which page.


def test_a_monitored_client_gets_every_page_and_the_uncovered_set_up_no_monitoring(made: Site):
    assert {file: page.kind for file, page in of(made, "harbour-dental").items()} == {
        "index.md": "overview",
        "setup-servers.md": "setup",
        "servers/add-server.md": "procedure",
        "servers/rerun-job.md": "procedure",
        "servers/daily-check.md": "monitoring",
        "servers/answer-alerts.md": "monitoring",
        "servers/restore-file.md": "procedure",
        "setup-laptops.md": "setup",
        "laptops/add-server.md": "procedure",
        "laptops/rerun-job.md": "procedure",
        "laptops/restore-file.md": "procedure",
        "restore.md": "restore",
        "monitoring.md": "monitoring",
        "print.md": "print",
    }


def test_an_alert_only_client_gets_no_procedure_for_monitoring_or_repair(made: Site):
    pages = of(made, "pine-road-vets")

    assert {file for file in pages if file.startswith("clinic/")} == {"clinic/add-server.md", "clinic/restore-file.md"}
    assert "Nothing is repaired before" in pages["monitoring.md"].markdown
    assert "not-monitored.md" not in pages


def test_a_client_without_an_agreement_gets_the_page_that_says_so_and_keeps_the_others(made: Site):
    pages = of(made, "corner-florist")

    assert {"index.md", "restore.md", "setup-shop.md", "not-monitored.md", "shop/restore-file.md"} <= set(pages)
    assert not [file for file, page in pages.items() if page.kind == "monitoring"]
    assert not [file for file in pages if file.endswith(("rerun-job.md", "daily-check.md", "answer-alerts.md"))]


def test_a_client_whose_agreement_has_ended_is_told_apart_by_the_reason(made: Site):
    page = of(made, "lapsed-legal")["not-monitored.md"].markdown

    assert "The monitoring page is withheld" in page
    assert "AGR001" in page
    assert "clients/broken/lapsed-legal.yml" in page.replace("&#47;", "/")
    assert "alerts" not in page.replace("alerts of theirs", "").split("What to say")[0].replace("&#45;", "-")


def test_a_client_without_a_set_up_still_gets_overview_and_restore(small_site: Path):
    text = "client: Bare\nno_backup: {told_on: 2026-06-30}\n"
    small.add(small_site / "clients/bare.yml", text)
    pages = of(site.make(site.read(small_site)), "bare")

    assert set(pages) == {"index.md", "restore.md", "not-monitored.md", "print.md"}
    assert "There is no backup" in pages["index.md"].markdown


def test_overview_and_restore_are_never_withheld_from_anybody(fleet: Site, made: Site):
    for one in (fleet, made):
        for record in one.fleet.records:
            assert {"index.md", "restore.md"} <= set(of(one, record.slug))


def test_of_the_sample_fleet_exactly_the_monitored_have_monitoring_pages(fleet: Site):
    monitored = {page.client for page in fleet.book.pages if page.kind == "monitoring"}
    entitled = {
        record.slug for record in fleet.fleet.records if watches(record.client, fleet.fleet.policy, fleet.fleet.as_of)
    }

    assert monitored == entitled
    assert entitled < {record.slug for record in fleet.fleet.records}
    unmonitored = {page.client for page in fleet.book.pages if page.kind == "not-monitored"}
    assert unmonitored == {record.slug for record in fleet.fleet.records} - entitled


def test_the_sample_fleet_has_no_withheld_page(fleet: Site):
    assert [page.uri for page in fleet.book.pages if page.kind == "withheld"] == []


def test_no_two_pages_have_one_address(fleet: Site, made: Site):
    for one in (fleet, made):
        assert [uri for uri, times in Counter(page.uri.lower() for page in one.book.pages).items() if times > 1] == []


def test_two_set_ups_of_one_id_have_one_page(small_site: Path):
    small.edit(small_site / "clients/harbour-dental.yml", "id: laptops\n    product", "id: servers\n    product")
    pages = [page.uri for page in site.make(site.read(small_site)).book.pages if page.client == "harbour-dental"]

    assert pages.count("clients/harbour-dental/setup-servers.md") == 1


def test_a_monitoring_page_carries_its_last_day(made: Site):
    days = {page.uri: str(page.through) for page in made.book.pages if page.kind == "monitoring"}

    assert days == {
        "clients/harbour-dental/servers/daily-check.md": "2027-02-28",
        "clients/harbour-dental/servers/answer-alerts.md": "2027-02-28",
        "clients/harbour-dental/monitoring.md": "2027-02-28",
        "clients/pine-road-vets/monitoring.md": "None",
    }


# Titles and navigation.


def test_titles_name_the_client_first(made: Site):
    titles = {file: page.title for file, page in of(made, "harbour-dental").items()}

    assert titles["index.md"] == "Harbour Dental"
    assert titles["restore.md"] == "Harbour Dental: Restore"
    assert titles["servers/daily-check.md"] == "Harbour Dental: Daily check (servers)"


def test_no_two_pages_have_one_title(fleet: Site, made: Site):
    for one in (fleet, made):
        assert [title for title, times in Counter(page.title for page in one.book.pages).items() if times > 1] == []


def test_each_page_has_the_navigation_of_its_own_client_alone(fleet: Site):
    uris = {page.uri for page in fleet.book.pages}
    for page in fleet.book.pages:
        assert bool(page.nav) is bool(page.client)
        for _, uri in page.nav:
            assert uri in uris
            assert uri.startswith(f"clients/{page.client}/")


def test_a_page_within_a_set_up_shows_the_procedures_of_that_set_up(made: Site):
    pages = of(made, "harbour-dental")

    assert [title for title, _ in pages["index.md"].nav] == [
        "Overview", "Set-up servers", "Set-up laptops", "Restore", "Monitoring", "Print",
    ]  # fmt: skip
    assert [title for title, _ in pages["servers/daily-check.md"].nav] == [
        "Overview", "Set-up servers", "– Add a server", "– Run a job again", "– Daily check", "– Answer alerts",
        "– Restore a file", "Set-up laptops", "Restore", "Monitoring", "Print",
    ]  # fmt: skip


def test_every_page_is_in_the_navigation_of_some_page_of_its_client(made: Site):
    for record in made.fleet.records:
        pages = of(made, record.slug)
        listed = {uri for page in pages.values() for _, uri in page.nav}

        assert {page.uri for page in pages.values()} <= listed


# What is withheld.


def test_a_record_that_cannot_be_read_keeps_its_emergency_pages_and_no_other(made: Site):
    pages = of(made, "torn-record")

    assert {file: page.kind for file, page in pages.items()} == {
        "index.md": "overview",
        "setup-office.md": "withheld",
        "restore.md": "restore",
        "not-monitored.md": "not-monitored",
        "print.md": "withheld",
    }
    assert "The record has errors" in pages["index.md"].markdown
    assert "REC001" in pages["setup-office.md"].markdown


def test_the_home_page_lists_who_is_withheld_and_why(made: Site):
    home = next(page.markdown for page in made.book.pages if page.kind == "home")

    assert "clients/lapsed-legal/index.md" in home
    assert "AGR001" in home
    assert "clients/harbour-dental" not in home


@pytest.mark.parametrize("meta", ["client: lapsed-legal\nkind: monitoring", "kind: monitoring", "client: nobody"])
def test_a_short_page_stands_in_for_a_hand_written_one_that_is_withheld(small_site: Path, meta: str):
    shutil.copy(small.SOURCE / "clients/broken/lapsed-legal.yml", small_site / "clients")
    small.add(small_site / "docs/checks.md", f"---\n{meta}\n---\n\n# Checks\n\nSecret words.\n")
    (page,) = (page for page in site.make(site.read(small_site)).book.pages if page.uri == "checks.md")

    assert page.kind == "withheld"
    assert "This page is withheld" in page.markdown
    assert "Secret words" not in page.markdown


def test_a_hand_written_page_in_the_way_of_a_generated_one_does_not_replace_it(small_site: Path):
    small.add(small_site / "docs/clients/harbour-dental/restore.md", "# Nothing to restore\n")
    made = site.make(site.read(small_site))
    (page,) = (page for page in made.book.pages if page.uri == "clients/harbour-dental/restore.md")

    assert page.kind == "restore"
    assert [finding.code for finding in made.report.findings if finding.place.file.endswith("/restore.md")] == [
        "DOC011"
    ]


def test_the_home_page_gives_way_to_a_hand_written_one(small_site: Path):
    small.add(small_site / "docs/index.md", "# Welcome\n")
    uris = {page.kind: page.uri for page in site.make(site.read(small_site)).book.pages if not page.client}

    assert uris["home"] == "today.md"


# Templates with errors.


def about_templates(made: Site) -> list[Finding]:
    """The findings about templates that cannot be filled."""
    return [finding for finding in made.report.findings if finding.code == "PUB003"]


def shipped_with(tmp_path: Path, name: str, text: str) -> Loader:
    """The shipped templates, one of them changed."""
    shutil.copytree(site.shipped(), tmp_path / "shipped")
    (tmp_path / "shipped" / name).write_text(text, encoding="utf-8")
    return Loader([("templates", tmp_path / "none"), ("templates", tmp_path / "shipped")])


def test_the_shipped_template_stands_in_for_an_own_one_with_an_error_which_is_named_once(
    small_site: Path, in_order: Site
):
    before = of(in_order, "odd-name")["setup-main.md"]
    small.add(small_site / "templates/pages/setup.md", "# Set-up\n\n{{ setup.colour }}\n")
    made = site.make(site.read(small_site))

    assert of(made, "odd-name")["setup-main.md"] == before
    assert not [page.uri for page in made.book.pages if page.kind == "withheld"]
    (finding,) = about_templates(made)
    assert str(finding.place) == "templates/pages/setup.md:3:1"
    assert finding.message.endswith("; 5 pages are made with the shipped template instead")
    assert (finding.client, finding.blocks, finding.severity) == ("", Blocks.NOTHING, Severity.ERROR)


@pytest.mark.parametrize("text", ["{{ nothing }}\n", "{% if %}\n"])
@pytest.mark.parametrize(
    "name", ["pages/overview.md", "pages/restore.md", "pages/home.md", "pages/monitoring.md", "partials/parts.md"]
)
def test_no_own_template_takes_a_page_from_anybody(small_site: Path, in_order: Site, name: str, text: str):
    small.add(small_site / "templates" / name, text)
    made = site.make(site.read(small_site))

    assert [page for page in made.book.pages if page.kind != "home"] == [
        page for page in in_order.book.pages if page.kind != "home"
    ]
    assert {one.place.file for one in about_templates(made)} == {f"templates/{name}"}
    assert not made.report.site_blocked
    assert not made.report.passed


def test_the_home_page_counts_the_error_of_its_own_template(small_site: Path, in_order: Site):
    before = in_order.report.count(Severity.ERROR)
    small.add(small_site / "templates/pages/home.md", "{{ nothing }}\n")
    made = site.make(site.read(small_site))
    (home,) = (page.markdown for page in made.book.pages if page.kind == "home")

    assert made.report.count(Severity.ERROR) == before + 1
    assert f"Errors the gate found: {before + 1}." in home


@pytest.mark.parametrize("name", ["overview", "restore"])
def test_an_emergency_page_without_any_template_still_says_whom_to_call(small_site: Path, tmp_path: Path, name: str):
    fleet = site.read(small_site)
    made = book(fleet, gate.check(fleet), shipped_with(tmp_path, f"pages/{name}.md", "{{ nothing }}\n"))
    file = "index.md" if name == "overview" else "restore.md"
    (page,) = (page for page in made.pages if page.uri == f"clients/odd-name/{file}")
    record = fleet.by_slug["odd-name"].client
    text = page.markdown

    assert escape.text(record.client) in text
    for contact in record.contacts:
        assert escape.text(contact.name) in text
        assert escape.text(contact.phone or "no telephone") in text
    assert fleet.policy.duty_manager is not None
    assert escape.text(fleet.policy.duty_manager.phone) in text
    assert "<script" not in text
    (finding,) = made.findings
    assert finding.blocks is Blocks.PAGE
    assert finding.message.endswith("; 4 pages are withheld")


def test_the_home_page_names_the_clients_whose_pages_an_error_withholds(small_site: Path, tmp_path: Path):
    fleet = site.read(small_site)
    made = book(fleet, gate.check(fleet), shipped_with(tmp_path, "pages/setup.md", "{{ nothing }}\n"))
    (home,) = (page.markdown for page in made.pages if page.kind == "home")

    assert "clients/odd-name/index.md" in home
    assert "clients/corner-florist/index.md" in home


def test_an_error_in_a_shipped_template_for_the_whole_site_stops_it(small_site: Path, tmp_path: Path):
    fleet = site.read(small_site)
    made = book(fleet, gate.check(fleet), shipped_with(tmp_path, "pages/rules.md", "{{ nothing }}\n"))

    assert [(str(one.place), one.blocks) for one in made.findings] == [("templates/pages/rules.md:1:1", Blocks.SITE)]


def test_a_template_error_in_a_procedure_withholds_that_procedure_alone(small_site: Path):
    path = small_site / "templates/products/harbour-box/rerun-job.md"
    small.add(path, "\n{{ setup.nothing }}\n")
    made = site.make(site.read(small_site))
    pages = of(made, "harbour-dental")

    assert {file for file, page in pages.items() if page.kind == "withheld"} == {
        "servers/rerun-job.md", "laptops/rerun-job.md",
    }  # fmt: skip
    line = path.read_text(encoding="utf-8").splitlines().index("{{ setup.nothing }}") + 1
    assert {f"templates/products/harbour-box/rerun-job.md:{line}:1"} == {
        str(one.place) for one in about_templates(made)
    }


def test_a_template_error_in_a_monitoring_procedure_shows_nothing_of_it(small_site: Path):
    small.add(small_site / "templates/products/harbour-box/daily-check.md", "\n{{ setup.nothing }}\n")
    page = of(site.make(site.read(small_site)), "harbour-dental")["servers/daily-check.md"]

    assert page.kind == "withheld"
    assert "coloured square" not in page.markdown


def test_a_page_whose_template_fails_says_where_the_error_is(small_site: Path, tmp_path: Path):
    fleet = site.read(small_site)
    made = book(fleet, gate.check(fleet), shipped_with(tmp_path, "pages/setup.md", "\n\n{{ nothing }}\n"))
    (page,) = (page for page in made.pages if page.uri == "clients/odd-name/setup-main.md")

    assert page.kind == "withheld"
    assert page.markdown.startswith("# Set-up main")
    assert "its template has an error" in page.markdown
    assert "PUB003 template-error" in page.markdown.replace("&#45;", "-")
    assert "line 3" in page.markdown


def test_a_template_error_that_meets_one_client_leaves_the_others_alone(small_site: Path):
    shipped = (site.shipped() / "pages/restore.md").read_text(encoding="utf-8")
    broken = "{% if client.slug == 'corner-florist' %}{{ client.colour }}{% endif %}\n"
    small.add(small_site / "templates/pages/restore.md", broken + shipped)
    made = site.make(site.read(small_site))

    (found,) = about_templates(made)
    assert (found.client, found.place.line) == ("corner-florist", 1)
    assert "1 page is made with the shipped template" in found.message
    assert of(made, "corner-florist")["restore.md"].kind == "restore"


def test_a_page_s_template_cannot_take_in_a_procedure(small_site: Path):
    small.add(
        small_site / "templates/pages/overview.md",
        "# {{ client.name }}\n{% include 'products/harbour-box/daily-check.md' %}\n",
    )
    made = site.make(site.read(small_site))

    assert about_templates(made)
    assert not [page for page in made.book.pages if page.kind != "monitoring" and "coloured square" in page.markdown]


# Links.


@pytest.mark.parametrize("which", ["small_built", "sample_built"])
@pytest.mark.built
def test_every_link_of_a_built_site_leads_somewhere(request: pytest.FixtureRequest, which: str):
    built = request.getfixturevalue(which) / "site"
    pages = {path: small.seen(path) for path in built.rglob("*.html")}
    anchors = {
        path: {each["id"] for _, each in page.elements if "id" in each}
        | {each.get("name", "") for each in page.all("a")}
        for path, page in pages.items()
    }
    broken = []
    for path, page in pages.items():
        if path.name == "404.html":  # its links start at the root of the server
            continue
        for name, attribute in (("a", "href"), ("img", "src"), ("link", "href"), ("script", "src")):
            for link in filter(None, (each.get(attribute) for each in page.all(name))):
                parts = urlsplit(link)
                if parts.scheme or link == "#":
                    continue
                target = Path(os.path.normpath(path.parent / unquote(parts.path))) if parts.path else path
                target = target / "index.html" if target.is_dir() else target
                if not target.is_file() or (parts.fragment and unquote(parts.fragment) not in anchors.get(target, ())):
                    broken.append(f"{path.relative_to(built).as_posix()}: {link}")
    assert broken == []


def test_the_link_from_one_page_to_another_is_relative():
    assert relative("clients/a/index.md", "products/b.md") == "../../products/b.md"
    assert relative("clients/a/index.md", "clients/a/restore.md") == "restore.md"
    assert relative("index.md", "clients/index.md") == "clients/index.md"


# Text is text.


@pytest.fixture(scope="module")
def odd(small_built: Path) -> dict[str, small.Seen]:
    folder = small_built / "site/clients/odd-name"
    return {path.relative_to(folder).as_posix(): small.seen(path) for path in folder.rglob("*.html")}


def test_a_client_s_name_reads_as_typed_in_title_heading_and_navigation(odd: dict[str, small.Seen]):
    for name, page in odd.items():
        assert page.first("title").startswith(ODD), name
        assert page.first("h1").strip().endswith(ODD), name
        assert ODD in page.text


def test_a_client_s_name_adds_no_element_to_any_page(small_built: Path, odd: dict[str, small.Seen]):
    for name, page in odd.items():
        alike = "print/index.html" if name.startswith("print") else "index.html"
        usual = small.seen(small_built / "site/clients/corner-florist" / alike)
        assert len(page.all("script")) == len(usual.all("script")), name
        assert not [text for tag, text in page.texts if tag == "script" and "alert(" in text]
        assert not [attributes for _, attributes in page.elements if "http://x.example" in attributes.values()]


def test_values_read_as_typed_in_tables(odd: dict[str, small.Seen]):
    overview = odd["index.html"]

    for value in (
        "ODD_01 | <i>",
        "Tapes | in `the` <b>safe</b>",
        "Tape & <b>notebook</b>",
        "`Help` | [desk](http://x.example)",
    ):
        assert value in overview.text
    assert not overview.all("i")


def test_the_list_of_clients_has_one_line_for_each_and_the_odd_name_in_its_cell(small_built: Path, made: Site):
    page = small.seen(small_built / "site/clients/index.html")

    assert ODD in page.text
    assert len(page.all("tr")) == len(made.fleet.records) + 1


def test_notes_are_markdown_without_scripts(odd: dict[str, small.Seen]):
    assert [text for tag, text in odd["index.html"].texts if tag == "em" and text.startswith("emphasis")]
    assert not [text for tag, text in odd["index.html"].texts if tag == "script" and "alert(2)" in text]


def test_a_client_s_name_reads_as_typed_in_the_search_index(small_built: Path):
    index = json.loads(names.data((small_built / "site" / names.INDEX).read_text(encoding="utf-8")))

    assert [row[1] for row in index["clients"] if row[0] == "odd-name"] == [ODD]


def test_a_value_in_front_matter_cannot_end_it():
    text = front_matter({"title": "a\n---\nrunbooks: client=other", "n": ["x", {"y": "z: |"}]})

    assert text.splitlines()[0] == text.splitlines()[-1] == "---"
    assert len(text.splitlines()) == 4


# Pages for the whole site.


def test_every_rule_has_a_page_at_its_address_and_a_line_in_the_table(made: Site):
    pages = {page.uri: page for page in made.book.pages}
    table = pages["rules/index.md"].markdown

    for code, rule in RULES.items():
        assert address(f"rules/{code.lower()}.md", directory_urls=True) == rule.address
        assert table.count(f"({code.lower()}.md)") == 1
        assert rule.title in pages[f"rules/{code.lower()}.md"].markdown.replace("&#45;", "-")


def rule_page(made: Site, code: str) -> str:
    return next(page.markdown for page in made.book.pages if page.uri == f"rules/{code.lower()}.md")


def test_a_rule_page_says_how_to_waive_it_or_that_it_cannot_be(made: Site):
    for code, rule in RULES.items():
        text = rule_page(made, code)
        waivable = rule.can_be_waived

        assert (f"# runbooks: ignore[{code}] until 2026-12-31 by NAME: reason" in text) is waivable
        assert (f"  - rule: {rule.name}\n" in text) is waivable
        assert ("It cannot be waived, and it cannot be turned down." in text) is not rule.waivable
        assert (f"rules:\n  {rule.name}: " in text) is rule.waivable


def test_the_comment_on_a_rule_page_is_a_waiver_as_the_program_reads_it(made: Site):
    (line,) = (line for line in rule_page(made, "DOC004").splitlines() if line.startswith("# runbooks:"))
    (found,) = inline(sample.record(f"client: Somebody\n{line}\nstatus: active\n"))

    assert isinstance(found, Exemption)
    assert (found.rule, found.approver, found.until.isoformat()) == ("DOC004", "NAME", "2026-12-31")


def test_a_rule_page_shows_severity_blocks_profile_and_samples(made: Site):
    text = rule_page(made, "AGR001")

    assert "<span>error</span> <span>blocks: page</span>" in text
    assert "(../profiles.md) start on" in text
    assert text.index("## Bad") < text.index("type: ad_hoc") < text.index("## Good") < text.index("## How to mend it")


def test_a_reminder_says_that_it_is_one(made: Site):
    for code, rule in RULES.items():
        assert ("<span>a reminder</span>" in rule_page(made, code)) is rule.reminder


def test_a_rule_that_no_profile_asks_says_how_it_is_turned_on(made: Site):
    off = [code for code, rule in RULES.items() if rule.profile is None]

    for code in off:
        assert "it is off until policy.yml names it" in rule_page(made, code)


def test_rule_pages_weigh_less_in_the_search_than_those_of_clients(made: Site):
    assert {page.boost for page in made.book.pages if page.kind in ("rules", "rule")} == {QUIET}
    assert min(page.boost for page in made.book.pages if page.client) > QUIET


def test_no_rule_page_stands_in_the_navigation(made: Site):
    shown = json.dumps(nav(made, []))

    assert "rules/index.md" in shown
    assert "rules/agr001.md" not in shown
    for uri in ("cost.md", "waivers.md", "profiles.md", "referral.md", "insurer.md"):
        assert uri in shown


def about(made: Site, uri: str) -> str:
    """The text of a page, with its plain signs as they are read."""
    return html.unescape(next(page.markdown for page in made.book.pages if page.uri == uri))


def of_record(small_site: Path, text: str, policy: str = "") -> Site:
    """The small site with one more client, new-client, and more lines in its policy."""
    small.add(small_site / "policy.yml", policy)
    small.add(small_site / "clients/new-client.yml", text)
    return site.make(site.read(small_site))


UNCOVERED = """\
client: New Client
agreements:
  - id: AGR-9
    type: ad_hoc
    billing: {every: once, last_invoice_on: 2026-06-01}
"""
APPROVED = """\
    preapproval: {hours: 1, approver: Jo Bloggs, on: 2026-06-30, reference: "vault://new/approval"}
"""
SETUPS = """\
setups:
  - id: shop
    product: harbour-box
    items:
      - {name: NEW-SRV01, kind: server}
      - {id: desks, kind: workstation, match: "NEW-*", expected: 3}
"""


def test_hours_approved_ahead_stand_on_the_overview_with_who_when_and_where(small_site: Path):
    text = about(of_record(small_site, UNCOVERED + APPROVED + SETUPS), NEW)

    assert "**1 hour**, approved in writing by Jo Bloggs on 2026-06-30" in text
    assert "vault.provider.example/new/approval" in text
    assert "No hours are approved ahead" not in text


@pytest.mark.parametrize(
    "lines",
    ["", APPROVED.replace("2026-06-30", "2026-11-23"), f"{APPROVED}    last_day: 2026-11-21\n",
     f"{APPROVED}    cancelled_on: 2026-11-22\n", f"{APPROVED}    starts: 2026-11-23\n"],
)  # fmt: skip
def test_without_a_written_approval_that_holds_the_overview_says_stop_and_ask(small_site: Path, lines: str):
    text = about(of_record(small_site, UNCOVERED + lines + SETUPS), NEW)

    assert "No written approval: stop and ask." in text
    assert "Jo Bloggs" not in text


def test_a_client_whose_agreement_covers_everything_is_not_told_to_ask(made: Site):
    assert "stop and ask" not in about(made, "clients/harbour-dental/index.md")


def test_an_unpaid_invoice_suspends_work_by_the_hour(small_site: Path):
    fleet = site.read(small_site)
    report = gate.check(fleet)
    place = Place("clients/corner-florist.yml")
    found = Finding(place, "AGR017", "invoice-unpaid", Severity.WARNING, Blocks.NOTHING, "", client="corner-florist")
    pages = book(fleet, replace(report, findings=(found,)), site.loader(fleet.root)).pages
    texts = {page.uri: page.markdown for page in pages}

    assert "Hours work is suspended" in texts["clients/corner-florist/index.md"]
    assert "Hours work is suspended" not in texts["clients/pine-road-vets/index.md"]


def test_automated_block_time_that_counts_is_named_on_the_badge(small_site: Path):
    agreement = """\
client: New Client
agreements:
  - id: AGR-9
    type: block_time
    covers: [monitoring]
    starts: 2026-01-01
    open_ended: true
    billing: {every: month}
    block: {auto_topup: true}
monitoring: {level: alert_only}
"""
    policy = small_site / "policy.yml"
    small.edit(policy, "  ad_hoc: {", "  block_time: {counts: false, automated_counts: true}\n  ad_hoc: {")
    text = about(of_record(small_site, agreement + SETUPS), NEW)

    assert "Alerts only, block time (auto)" in text
    small.edit(policy, "automated_counts: true", "automated_counts: false")
    assert "block time (auto)" not in about(site.make(site.read(small_site)), NEW)


NEW = "clients/new-client/index.md"


def test_the_page_of_what_we_do_not_watch_is_dated_and_lists_it(made: Site):
    text = about(made, "clients/corner-florist/not-monitored.md")

    assert "The client said no to monitoring, on **2026-05-06**" in text
    assert "vault.provider.example/corner/declined" in text
    assert "shop-pcs (3)" in text
    assert "Too dear" not in text
    assert "alert-only.md" in text


def test_an_offer_without_an_answer_is_dated_too(small_site: Path):
    offer = 'monitoring: {level: none, quoted: {on: 2026-10-05, ref: "vault://new/offer"}}\n'
    text = about(of_record(small_site, UNCOVERED + SETUPS + offer), "clients/new-client/not-monitored.md")

    assert "The client was sent a price for monitoring, on **2026-10-05**" in text


def test_a_client_whose_agreement_starts_soon_is_told_the_day_and_sent_no_price_list(fleet: Site):
    text = about(fleet, "clients/ironbark-joinery/not-monitored.md")

    assert "Your agreement with us starts on **2026-12-01**" in text
    assert "Say that AGR-1388 starts on **2026-12-01**" in text
    assert "alert-only" not in text.lower()
    assert "Send no price list" in text


def test_an_agreement_that_renews_is_nowhere_said_to_have_no_known_end(fleet: Site):
    text = about(fleet, "clients/redgum-surveyors/index.md")

    assert "renews by itself after 2027-05-31<br>AGR-1308" in text
    assert "no end known" not in text


def test_copies_are_counted_for_a_client_who_leaves_and_where_they_are_not_the_page_says_why(fleet: Site):
    assert "| Clinic | " in about(fleet, "clients/quarry-road-vets/index.md")
    overviews = [page for page in fleet.book.pages if page.kind == "overview"]
    for page in overviews:
        told = "| 3 copies |" in page.markdown or "Cloud services: copied" in page.markdown
        assert told or "Copies are not counted" in page.markdown or not fleet.fleet.by_slug[page.client].client.setups


def test_nothing_in_writing_is_said_to_be_nothing(small_site: Path):
    text = about(of_record(small_site, UNCOVERED + SETUPS), "clients/new-client/not-monitored.md")

    assert "Nothing in writing is on file" in text
    assert "monitoring.declined" in text


def test_a_monitored_client_is_told_apart_from_its_set_ups_that_are_not(made: Site):
    assert "What we do not watch: laptops." in about(made, "clients/harbour-dental/monitoring.md")


WAIVED = (
    "client: New Client\n# runbooks: ignore[no-one-to-call] until 2026-12-01 by Jo: moves to help@provider.example\n"
)


def test_every_exception_in_force_is_listed_with_rule_client_reason_approver_and_end(made: Site):
    text = about(made, "waivers.md")

    for words in ("clients/odd-name/index.md", "rules/doc004.md", "the new number comes in December", "2026-12-18"):
        assert words in text
    assert "Backup lead" in text


def test_an_exception_beside_a_line_is_listed_too_and_names_no_address_of_ours(small_site: Path):
    made = of_record(small_site, WAIVED)

    for uri in ("waivers.md", NEW):
        assert "moves to [an address of ours]" in about(made, uri)
        assert "2026-12-01" in about(made, uri)
    assert "clients/new-client.yml, line 2" in about(made, "waivers.md")


def test_an_exception_that_has_ended_is_listed_nowhere(small_site: Path):
    made = of_record(small_site, WAIVED.replace("2026-12-01", "2026-11-21"))

    assert "moves to" not in about(made, "waivers.md")
    assert "moves to" not in about(made, NEW)


def test_the_cost_page_counts_what_is_really_watched_for_nothing(made: Site):
    text = about(made, "cost.md")

    assert "1 item of 1 client: **5.1 minutes a day" in text
    assert "clients/lapsed-legal/index.md" in text
    assert "| Yes: **saved** | 6 | 9 | 39 |" in text


def test_money_stands_on_the_cost_page_only_when_policy_gives_an_hourly_cost(small_site: Path, in_order: Site):
    before = about(in_order, "cost.md")
    after = about(of_record(small_site, UNCOVERED + SETUPS, "currency: NZD\ncost: {hourly_cost: 70}\n"), "cost.md")

    assert "Money" not in before
    assert "NZD 77,350 a year, at the NZD 70 that an hour costs us" in after
    assert "| Money a year, NZD |" in after
    assert "Nothing. No client without an agreement" in after


def test_the_profile_of_each_client_is_told_with_what_is_missing(small_site: Path):
    made = of_record(small_site, "client: New Client\nstatus: active\n", "profile: start\n".replace("profile", "#"))
    row = next(line for line in about(made, "profiles.md").splitlines() if NEW in line)

    assert made.report.met["new-client"] is None
    assert "| none | start | [DOC003](rules/doc003.md)" in row


def test_the_profiles_of_all_clients_add_up(fleet: Site):
    met, text = fleet.report.met, about(fleet, "profiles.md")

    assert set(met) == {record.slug for record in fleet.fleet.records}
    assert f"| strict | {sum(one == 'strict' for one in met.values())} |" in text
    assert f"| start | {sum(one is not None for one in met.values())} |" in text
    for slug, one in met.items():
        assert bool(fleet.report.missing.get(slug)) is (one != "strict")


def test_whom_we_recommend_stands_on_a_page_with_the_day_it_was_checked(fleet: Site):
    text = about(fleet, "referral.md")

    assert "Southern Hourly Computing" in text
    assert "made sure on 2026-09-01" in text
    assert "to be asked again by 2027-09-01" in text


def test_the_insurer_s_page_says_when_we_asked_and_where_the_answer_lies(small_site: Path):
    asked = 'insurance: {broker: Bay Brokers, asked_on: 2026-03-02, answer_ref: "vault://us/insurer"}\n'
    text = about(of_record(small_site, UNCOVERED, asked), "insurer.md")

    for words in ("Bay Brokers", "2026-03-02", "2027-03-02", "vault.provider.example/us/insurer"):
        assert words in text


def test_without_an_insurer_and_a_referral_the_pages_say_so(small_site: Path):
    path = small_site / "policy.yml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("referral:")), encoding="utf-8")
    made = site.make(site.read(small_site))

    assert "nobody has been asked" in about(made, "insurer.md")
    assert "policy.yml names nobody" in about(made, "referral.md")


LEGAL = re.compile(r"\b(?:lawyers?|court|liable|liability|legal|insured)\b", re.IGNORECASE)
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def test_whatever_touches_the_law_says_that_it_is_not_legal_advice(fleet: Site):
    kinds = ("insurer", "referral", "not-monitored")
    generated = {page.uri: page.markdown for page in fleet.book.pages if page.kind in kinds}
    written = {page.file: page.text for page in fleet.fleet.written}
    about_law = {name: text for name, text in written.items() if LEGAL.search(CODE.sub("", text))}

    assert {"docs/why.md", "docs/alert-only.md", "docs/claims.md"} <= set(about_law)
    for name, text in (*generated.items(), *about_law.items()):
        assert "legal advice" in " ".join(text.split()), name
        assert re.search(r"\b(?:not|Nothing here is) legal advice", " ".join(text.split())), name


def test_products_are_counted_with_their_clients_in_and_out_of_the_catalogue(made: Site):
    text = about(made, "products/index.md")

    assert "Clients use 2 different products." in text
    assert "| [Harbour Box](harbour-box.md) |" in text
    assert "| 4.0 | 5 |" in text
    assert "Tape & <b>notebook</b> | not in the catalogue" in text


def test_a_standard_list_shows_which_products_are_on_it(small_site: Path, made: Site):
    listed = of_record(small_site, UNCOVERED, "standard_products: [harbour-box]\n")
    rows = about(listed, "products/index.md").splitlines()

    assert next(row for row in rows if "Harbour Box" in row).endswith("| yes |")
    assert next(row for row in rows if "Tape" in row).endswith("| no |")
    assert "Standard" not in about(made, "products/index.md")


def test_every_product_has_a_page_and_names_its_clients(made: Site):
    products = {page.uri for page in made.book.pages if page.kind == "product"}

    assert products == {f"products/{name}.md" for name in made.fleet.catalogue.products}
    page = next(page.markdown for page in made.book.pages if page.uri == "products/harbour-box.md")
    assert "../clients/corner-florist/index.md" in page
    assert "../clients/odd-name/index.md" not in page


def test_how_much_somebody_may_approve_is_shown_nowhere(made: Site):
    contacts = made.fleet.by_slug["harbour-dental"].client.contacts

    assert [contact.approves_up_to for contact in contacts] == [8765, None]
    assert not [page.uri for page in made.book.pages if "8765" in page.markdown]


def test_a_waiver_stands_on_the_page_of_its_client(made: Site):
    overview = of(made, "odd-name")["index.md"].markdown

    assert "the new number comes in December" in overview
    assert "Backup lead" in overview
    assert "2026-12-18" in overview
