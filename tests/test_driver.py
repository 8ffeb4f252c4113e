"""`runbooks build`: what is published, what is not, and what happens to the old site."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from runbooks import driver, site, verify
from runbooks.errors import UserError
from runbooks.findings import Finding, Place, Problem
from runbooks.outcome import Outcome
from runbooks.publish import MARKER
from runbooks.publish.marker import is_whole
from runbooks.publish.tree import digests
from runbooks.rules.registry import RULES
from runbooks.unchanged import Asked
from tests import small
from tests.calls import Done, Run, called

pytestmark = pytest.mark.built


@pytest.fixture(autouse=True, scope="module")
def _few_rules() -> Iterator[None]:
    """What is built in this process has pages of few rules."""
    with small.few_rules():
        yield


@pytest.fixture(autouse=True)
def _kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the commands of this run have kept is there in this process too."""
    monkeypatch.setenv("RUNBOOKS_CACHE", os.environ[small.CACHE])
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Builds the site of a folder with the command, in this process."""

    def build(root: Path, *options: str | Path) -> Done:
        monkeypatch.chdir(root)
        return called(capsys, "build", "--format", "concise", *options)

    return build


def make_red(root: Path) -> None:
    shutil.copy(small.SOURCE / "clients/broken/lapsed-legal.yml", root / "clients")


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small site that is published and in order; nobody may change it."""
    root = small.green(tmp_path_factory.mktemp("once") / "small")
    done = small.run("runbooks", "build", cwd=root, first=small.FEW_RULES)
    assert done.returncode == 0, done.stdout + done.stderr
    return root


@pytest.fixture
def published(once: Path, tmp_path: Path) -> Path:
    """A copy of it with its published site, to be changed."""
    return Path(shutil.copytree(once, tmp_path / "small", symlinks=True))


# What is published.


def test_what_is_not_blocked_is_published_and_the_run_is_red(small_built: Path):
    built = small_built / "site"

    assert (built / "clients/harbour-dental/monitoring/index.html").is_file()
    assert (built / "clients/lapsed-legal/restore/index.html").is_file()
    assert not (built / "clients/lapsed-legal/monitoring").exists()
    assert "The monitoring page is withheld" in small.seen(built / "clients/lapsed-legal/not-monitored/index.html").text
    assert "This page is withheld" in small.seen(built / "clients/torn-record/setup-office/index.html").text


def test_the_site_says_of_which_day_it_is(once: Path):
    assert json.loads((once / "site" / MARKER).read_text(encoding="utf-8"))["as_of"] == "2026-11-22"
    assert "As of 2026-11-22" in small.seen(once / "site/index.html").text


def test_another_day_is_another_site(build: Run, published: Path):
    done = build(published, "--as-of", "2027-03-01")

    assert done.code == 1
    assert "AGR001" in done.out
    assert not (published / "site/clients/harbour-dental/monitoring").exists()
    assert not (published / "site/clients/harbour-dental/servers/daily-check").exists()
    assert (published / "site/clients/harbour-dental/servers/restore-file").is_dir()


def test_findings_go_to_one_stream_and_what_happened_to_the_other(build: Run, small_built: Path, tmp_path: Path):
    done = build(small_built, "--site-dir", str(tmp_path / "elsewhere"))

    assert done.out.splitlines()[-1].startswith("Checked 6 records: ")
    assert "Published" not in done.out
    assert done.err.splitlines()[-1].startswith("Published ")
    assert "policy.yml holds the calendar at 2026-11-22" in done.err
    assert "Traceback" not in done.err


def test_a_second_build_changes_no_file(build: Run, published: Path):
    before = {path: path.stat().st_mtime_ns for path in (published / "site").rglob("*") if path.is_file()}
    done = build(published)
    after = {path: path.stat().st_mtime_ns for path in (published / "site").rglob("*") if path.is_file()}

    assert done.code == 0
    assert "0 files added, 0 changed, 0 removed" in done.err
    assert before == after


def test_a_change_of_one_record_changes_the_pages_of_that_client_alone(build: Run, published: Path):
    before = small.files(published / "site", ".html")
    small.edit(published / "clients/harbour-dental.yml", "Ring before any", "Whistle before any")
    build(published)
    after = small.files(published / "site", ".html")

    changed = {name for name in after if after[name] != before.get(name)}
    assert changed
    assert all(name.startswith("clients/harbour-dental/") for name in changed)


def test_a_client_who_is_gone_is_gone_from_the_site(build: Run, published: Path):
    (published / "clients/corner-florist.yml").unlink()
    build(published)

    assert not (published / "site/clients/corner-florist").exists()
    assert b"corner-florist" not in b"".join(small.files(published / "site").values()).lower()


# What keeps the old site.


def unchanged(root: Path, old: dict[str, bytes]) -> bool:
    return small.files(root / "site") == old


def test_all_or_nothing_keeps_the_old_site(build: Run, published: Path):
    old = small.files(published / "site")
    make_red(published)
    done = build(published, "--all-or-nothing")

    assert done.code == 1
    assert "the old site stays" in done.err
    assert unchanged(published, old)


def test_all_or_nothing_publishes_what_is_in_order(build: Run, small_site: Path):
    assert build(small_site, "--all-or-nothing").code == 0
    assert (small_site / "site/index.html").is_file()


def test_leaks_of_a_file_and_of_a_template_are_stopped_by_the_third_wall_and_keep_the_old_site(
    build: Run, published: Path
):
    old = small.files(published / "site")
    make_red(published)
    small.add(published / "docs/secret.txt", "Lapsed Legal\nThe alerts go to alerts@provider.example\n")
    small.add(
        published / "templates/theme/partials/copyright.html",
        "<p>Corner Florist: look at the coloured square of every job before the first coffee of the day.</p>",
    )
    done = build(published)

    assert done.code == 1
    leaks = [one for one in done.out.splitlines() if "PUB010" in one]
    assert [one for one in leaks if one.startswith("secret.txt:1:1: error:")]
    assert [one for one in leaks if one.startswith("notes/index.html:1:1: error:") and "corner-florist" in one]
    assert "Nothing was published" in done.err
    assert unchanged(published, old)


def test_a_broken_link_is_a_finding_at_its_line_and_withholds_its_page_and_none_that_leads_into_it(
    build: Run, published: Path
):
    old = small.files(published / "site", ".html")
    links = {"docs/notes.md": "nowhere.md", "docs/more.md": "alert-only.md#no-such-heading"}
    small.add(published / "docs/more.md", "# More\n\nMuch.\n")
    small.add(published / "mkdocs.yml", "not_in_nav: more.md\n")
    small.add(published / "docs/alert-only.md", "\nA page that leads into one: [the notes](notes.md#a-heading).\n")
    for page, link in links.items():
        small.add(published / page, f"\n## A heading\n\nSee [there]({link}).\n")
    done = build(published)

    assert done.code == 1
    found = sorted(one for one in done.out.splitlines() if "PUB004" in one)
    for finding, (page, link) in zip(found, sorted(links.items()), strict=True):
        line = len((published / page).read_text(encoding="utf-8").splitlines())
        assert finding.startswith(f"{page}:{line}:13: error: ")
        assert link in finding
    assert "Published " in done.err
    new = small.files(published / "site", ".html")
    withheld = {name for name, raw in new.items() if b"This page is withheld" in raw}
    assert withheld == {"notes/index.html", "more/index.html"}
    assert all("PUB004 build-failed" in small.seen(published / "site" / name).text for name in withheld)
    assert set(new) == {*old, "more/index.html"}
    assert {name for name in new if name.startswith("clients/") and new[name] != old[name]} == set()


def test_a_broken_link_publishes_nothing_where_it_is_all_or_nothing(build: Run, published: Path):
    old = small.files(published / "site")
    small.add(published / "docs/notes.md", "\nSee [there](nowhere.md).\n")
    done = build(published, "--all-or-nothing")

    assert done.code == 1
    assert "docs/notes.md" in done.out
    assert unchanged(published, old)


def test_a_warning_about_the_navigation_publishes_nothing(build: Run, published: Path):
    old = small.files(published / "site")
    small.add(published / "docs/notes.md", "\nSee [there](nowhere.md).\n")
    small.edit(published / "mkdocs.yml", "notes.md", "gone.md")
    done = build(published)

    assert done.code == 1
    assert "mkdocs.yml:1:1: error:" in done.out
    assert unchanged(published, old)


def test_a_site_without_hand_written_pages_needs_no_folder_for_them(build: Run, small_site: Path):
    # Git keeps no empty folder, so a clone has none.
    shutil.rmtree(small_site / "docs")
    small.edit(small_site / "policy.yml", "rules: {", 'rules: {price-list-missing: "off", ')
    text = "site_name: Runbooks\ntheme: {name: material, font: false}\nplugins: [search, runbooks]\n"
    (small_site / "mkdocs.yml").write_text(text, encoding="utf-8")
    done = build(small_site)

    assert done.code == 0, done.out + done.err
    assert (small_site / "site/clients/harbour-dental/monitoring/index.html").is_file()
    assert not (small_site / "docs").exists()


def test_another_folder_for_pages_is_refused_where_there_is_no_docs_too(build: Run, small_site: Path):
    (small_site / "docs").rename(small_site / "pages")
    small.edit(small_site / "mkdocs.yml", "extra:", "docs_dir: pages\nextra:")
    done = build(small_site)

    assert done.code == 1
    assert "docs_dir must be docs" in done.out


def test_an_old_site_is_spoken_of_only_where_there_is_one(build: Run, small_site: Path):
    make_red(small_site)
    done = build(small_site, "--all-or-nothing")

    assert "Nothing was published (--all-or-nothing)." in done.err
    assert "old site" not in done.err


def test_a_broken_theme_template_is_a_finding_that_names_it(build: Run, published: Path):
    old = small.files(published / "site")
    small.add(published / "templates/theme/partials/copyright.html", "{% if %}\n")
    done = build(published)

    assert done.code == 1, done.err
    assert "PUB004 build-failed" in done.out
    assert "copyright.html" in done.out
    assert "Traceback" not in done.err
    assert unchanged(published, old)


def test_an_error_in_an_own_template_publishes_the_shipped_page_and_is_red(build: Run, published: Path):
    small.add(published / "templates/partials/parts.md", "{% if %}\n")
    done = build(published)

    assert done.code == 1
    assert [one.split(" ")[0] for one in done.out.splitlines() if "PUB003" in one] == [
        "templates/partials/parts.md:1:1:"
    ]
    assert "Published " in done.err
    assert "Whom to call" in small.seen(published / "site/clients/harbour-dental/index.html").text


def test_without_records_nothing_is_published_and_nothing_passed(build: Run, published: Path):
    old = small.files(published / "site")
    shutil.rmtree(published / "clients")
    done = build(published)

    assert done.code == 4
    assert unchanged(published, old)


def test_an_unreadable_policy_publishes_nothing(build: Run, published: Path):
    old = small.files(published / "site")
    small.add(published / "policy.yml", "surprise: true\n")
    done = build(published)

    assert done.code == 2
    assert "POL001" in done.out
    assert unchanged(published, old)


def test_a_folder_that_is_not_a_built_site_is_left_alone(build: Run, small_site: Path):
    small.add(small_site / "site/thesis.txt", "years of work")
    done = build(small_site)

    assert done.code == 2
    assert done.err.startswith("runbooks: ")
    assert small.files(small_site / "site") == {"thesis.txt": b"years of work"}


def test_mkdocs_must_know_the_plugin(build: Run, small_site: Path):
    small.edit(small_site / "mkdocs.yml", "plugins: [search, runbooks]", "plugins: [search]")
    done = build(small_site)

    assert done.code == 2
    assert "mkdocs.yml does not name the plugin runbooks" in done.err


def test_without_mkdocs_yml_nothing_is_built(build: Run, small_site: Path):
    (small_site / "mkdocs.yml").unlink()
    done = build(small_site)

    assert done.code == 2
    assert "there is no mkdocs.yml" in done.err


def test_a_setting_that_mkdocs_does_not_know_is_a_finding(build: Run, small_site: Path):
    small.add(small_site / "mkdocs.yml", "surprise: true\n")
    done = build(small_site)

    assert done.code == 1
    assert "surprise" in done.out
    assert not (small_site / "site").exists()


def test_a_crash_of_a_rule_publishes_nothing(small_site: Path, monkeypatch: pytest.MonkeyPatch):
    def crash(*_: object) -> list[Problem]:
        raise ZeroDivisionError

    monkeypatch.setitem(RULES, "DOC003", replace(RULES["DOC003"], check=crash))
    outcome = driver.build(Asked(small_site, None, small_site / "site", all_or_nothing=False))

    assert not outcome.published
    assert outcome.report.crashes
    assert not (small_site / "site").exists()


def test_the_outcome_holds_the_leaks(small_site: Path, monkeypatch: pytest.MonkeyPatch):
    rule = RULES["PUB010"]
    leak = Finding(Place("x.txt"), rule.code, rule.name, rule.severity, rule.blocks, "said")
    monkeypatch.setattr(verify, "leaks", lambda *_: (leak,))
    outcome = driver.build(Asked(small_site, None, small_site / "site", all_or_nothing=False))

    assert not outcome.published
    assert "said" in [one.message for one in outcome.report.findings]


# A site for one group.

OTHERS = re.compile(
    rb"lapsed.legal|florist|flower-|pine.?road|pr-srv01|odd.01|tape &|5550 ?0106|5550 ?0120", re.IGNORECASE
)


def for_dental(root: Path, *, all_or_nothing: bool = False) -> Outcome:
    return driver.build(Asked(root, None, root / "dental", all_or_nothing=all_or_nothing, only="group=dental"))


def test_the_site_of_a_group_has_no_trace_of_anybody_else_and_is_not_red_for_what_is_red_elsewhere(small_site: Path):
    make_red(small_site)
    small.add(small_site / "docs/visits.md", "---\nclient: corner-florist\n---\n# Visits\n\nOn Mondays.\n")
    small.add(small_site / "docs/leads.md", "# Leads\n\nSee [visits](visits.md).\n")
    small.add(small_site / "docs/leads-in-turn.md", "# Leads\n\nSee [leads](leads.md).\n")
    small.add(small_site / "docs/flower-nas.csv", "a,b\n")
    entries = "      - Visits: visits.md\n      - Leads: leads.md\n  - More:\n      - More leads: leads-in-turn.md\n"
    small.edit(small_site / "mkdocs.yml", "      - Notes: notes.md\n", f"      - Notes: notes.md\n{entries}")
    outcome = for_dental(small_site, all_or_nothing=True)
    built = small.files(small_site / "dental")

    assert outcome.published, outcome.report.findings
    assert outcome.report.passed
    assert outcome.report.records == 1
    assert "clients/harbour-dental/monitoring/index.html" in built
    assert "alert-only/index.html" in built
    assert [name for name in built if OTHERS.search(name.encode()) or name.startswith(("visits", "leads"))] == []
    assert [name for name, raw in built.items() if OTHERS.search(raw)] == []
    assert [name for name, raw in built.items() if b"More leads" in raw or b"visits.md" in raw] == []
    assert "1 clients." in small.seen(small_site / "dental/index.html").text
    assert json.loads(built[MARKER])["only"] == "group=dental"
    assert driver.leaks(small_site / "dental", site.read(small_site)) == ()


def test_a_name_in_the_record_of_the_group_keeps_the_site_back_and_is_not_repeated(small_site: Path):
    small.edit(small_site / "clients/harbour-dental.yml", "server: HD-BOX01", "server: Box of Corner Florist")
    outcome = for_dental(small_site)
    found = [one for one in outcome.report.findings if one.code == "PUB011"]

    assert not outcome.published
    files = {"clients/harbour-dental/setup-servers/index.html", "assets/runbooks/search-index.js"}
    assert {one.place.file for one in found} >= files
    assert "florist" not in "".join(map(str, outcome.report.findings)).lower()
    assert not (small_site / "dental").exists()


def test_the_site_of_a_group_and_the_whole_site_are_not_put_over_each_other(published: Path):
    old = small.files(published / "site")
    with pytest.raises(UserError, match=r"is the whole site, and this is the site of group=dental"):
        driver.build(Asked(published, None, published / "site", all_or_nothing=False, only="group=dental"))

    assert unchanged(published, old)


# Going back.


def test_one_can_go_back_to_the_release_before_and_forward_again(build: Run, published: Path):
    old = small.files(published / "site")
    small.edit(published / "clients/harbour-dental.yml", "Ring before any", "Whistle before any")
    assert build(published).code == 0
    new = small.files(published / "site")
    found = driver.releases(published, published / "site")

    assert [(one.name, one.as_of, one.current) for one in found] == [
        ("2", "2026-11-22", True),
        ("1", "2026-11-22", False),
    ]
    assert driver.go_back(published, None, published / "site", "1").published
    assert unchanged(published, old)
    assert driver.go_back(published, None, published / "site", "2").published
    assert unchanged(published, new)
    with pytest.raises(UserError, match=r"there is no release 7 of .*; there is 2, 1"):
        driver.go_back(published, None, published / "site", "7")


def test_a_release_that_holds_what_is_not_covered_any_more_is_not_gone_back_to(build: Run, published: Path):
    assert build(published, "--as-of", "2027-03-01").code == 1
    dark = small.files(published / "site")
    outcome = driver.go_back(published, date(2027, 3, 1), published / "site", "1")

    assert not outcome.published
    assert "release 1 holds what may not be shown on 2027-03-01" in outcome.words
    assert {one.code for one in outcome.report.findings} == {"PUB010"}
    assert any("clients/harbour-dental/monitoring" in one.place.file for one in outcome.report.findings)
    assert unchanged(published, dark)


def test_a_build_that_is_killed_at_any_moment_leaves_a_whole_site(published: Path):
    command, moments = small.command("runbooks", "build", first=small.FEW_RULES), random.Random(5)
    begun = time.monotonic()
    assert small.run("runbooks", "build", cwd=published, first=small.FEW_RULES).returncode == 0
    whole = time.monotonic() - begun
    for turn in range(5):
        small.edit(published / "clients/harbour-dental.yml", "Ring before", f"{turn} Ring before")
        process = subprocess.Popen(
            command, cwd=published, env=small.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        with suppress(subprocess.TimeoutExpired):
            process.wait(whole * moments.uniform(0.1, 0.8))
        process.kill()
        process.wait()
        tree = (published / "site").resolve()

        assert is_whole(tree, digests(tree).items())
        assert (tree / "clients/harbour-dental/restore/index.html").is_file()


# What is there for everybody, whatever is blocked.


def test_overview_contacts_and_restore_are_there_for_every_client(small_built: Path):
    fleet = site.read(small_built)
    assert {record.slug for record in fleet.records} >= {"lapsed-legal", "torn-record", "harbour-dental"}
    for record in fleet.records:
        folder = small_built / "site/clients" / record.slug
        overview, restore = small.seen(folder / "index.html"), small.seen(folder / "restore/index.html")

        for words in ("Whom to call", "What is protected", "Copies"):
            assert words in overview.text, record.slug
        for contact in record.client.contacts:
            assert contact.name in overview.text
            assert not contact.phone or contact.phone in overview.text
        for words in ("Before you restore", "In this order", "From these copies"):
            assert words in restore.text, record.slug
        for setup in record.client.setups:
            for item in setup.items:
                assert (item.name or item.key) in restore.text


# Growth.


def many(root: Path, count: int) -> Path:
    for number in range(count):
        contact = '{name: Owner, roles: [decision_maker], phone: "+61 2 5550 0106"}'
        text = f"client: Client {number:03}\ncontacts: [{contact}]\nno_backup: {{told_on: 2026-06-30}}\n"
        small.add(root / f"clients/many/client-{number:03}.yml", text)
    return root


def test_a_client_s_page_has_the_same_size_whatever_the_number_of_clients(build: Run, tmp_path: Path):
    few = many(small.green(tmp_path / "few"), 10)
    lots = many(small.green(tmp_path / "lots"), 50)
    for root in (few, lots):
        done = build(root)
        assert done.code == 0, done.out + done.err

    pages = "clients/client-003", "clients/harbour-dental"
    for name in pages:
        assert small.files(few / "site" / name) == small.files(lots / "site" / name)
    sizes = [sum(len(raw) for raw in small.files(root / "site/clients").values()) for root in (few, lots)]
    added = (sizes[1] - sizes[0]) / 40
    one = sum(len(raw) for raw in small.files(few / "site/clients/client-003").values())
    assert added < 1.02 * one + 1000


def test_a_hundred_clients_are_read_as_one_site(tmp_path: Path):
    made = site.make(site.read(many(small.green(tmp_path / "lots"), 100)))

    assert made.report.passed
    assert len({page.client for page in made.book.pages if page.client}) == 104
