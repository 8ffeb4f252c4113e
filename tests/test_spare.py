"""A stage that begins as a release of old: the same site, no file of another release written to, and less to do."""

from __future__ import annotations

import re
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from runbooks import driver, folders, hands
from runbooks.engine import standing
from runbooks.engine.workshop import write
from runbooks.publish import MARKER, Held, Sealed, begun, publish, releases, sealed_files, seals, staging
from runbooks.unchanged import Asked
from tests import small

PAGES = {
    "index.html": "home",
    "clients/a/index.html": "A",
    "clients/b/index.html": "B",
    "clients/b/more/index.html": "b",
}
RELEASES = import_module("runbooks.publish.releases")


def put(site: Path, pages: dict[str, str], only: str = "") -> dict[str, Sealed]:
    """Publish pages, and give what is known of the files."""
    with staging(site, only=only) as staged:
        mark = f'{{"only": "{only}"}}'
        for name, text in {MARKER: mark, **pages}.items():
            (staged.stage / name).parent.mkdir(parents=True, exist_ok=True)
            (staged.stage / name).write_text(text, encoding="utf-8")
        done = publish(staged, lambda _: True)
    return seals(sealed_files(done.site, done.files))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for a site of which no release of old is kept, so that the second leaves a spare tree already."""
    monkeypatch.setattr(RELEASES, "KEPT", 0)
    return tmp_path / "site"


def spare(site: Path) -> Path:
    return site.parent / ".site-trees" / "spare"


def test_it_holds_what_both_releases_have_in_common_and_nothing_else(site: Path):
    put(site, {**PAGES, "clients/c/index.html": "C"})
    known = put(site, {**PAGES, "clients/b/index.html": "another B"})
    assert spare(site).is_dir()

    with staging(site) as staged:
        wanted = {name: one for name, one in known.items() if name.startswith("clients/")}
        held = begun(staged, wanted)
        assert sorted(held) == ["clients/a/index.html", "clients/b/more/index.html"]
        assert sorted(folders.files_below(staged.stage)) == sorted(held)
        assert not (staged.stage / "clients/c").exists()
        assert not spare(site).exists()


def test_a_file_to_which_somebody_has_written_is_not_taken(site: Path):
    put(site, PAGES)
    known = put(site, {**PAGES, "index.html": "new"})
    (site / "clients/a/index.html").write_text("tampered", encoding="utf-8")
    (site / "clients/b/more/index.html").unlink()

    with staging(site) as staged:
        assert sorted(begun(staged, known)) == ["clients/b/index.html"]


def test_without_a_spare_tree_or_anything_wanted_the_stage_is_empty(site: Path):
    known = put(site, PAGES)
    with staging(site) as staged:
        assert not begun(staged, known)
        assert not list(staged.stage.iterdir())
    known = put(site, {**PAGES, "index.html": "new"})
    with staging(site) as staged:
        assert not begun(staged, {})
        assert spare(site).is_dir()


def test_what_cannot_be_taken_away_leaves_an_empty_stage(site: Path, monkeypatch: pytest.MonkeyPatch):
    put(site, PAGES)
    known = put(site, {**PAGES, "index.html": "new"})

    def refuse(*_: object) -> None:
        raise PermissionError

    with staging(site) as staged:
        monkeypatch.setattr(folders, "_swept", refuse)
        assert not begun(staged, known)
        assert not list(staged.stage.iterdir())


def test_a_stage_that_came_to_nothing_costs_no_release(tmp_path: Path):
    site = tmp_path / "site"
    for number in range(5):
        put(site, {**PAGES, "index.html": str(number)})
    known = put(site, PAGES)
    before = releases(site)
    with staging(site) as staged:
        assert begun(staged, known)
    assert releases(site) == before
    assert len(before) == 4
    assert not spare(site).exists()


def test_a_tree_that_was_made_for_others_is_not_left(site: Path):
    put(site, PAGES)
    put(site, {**PAGES, "index.html": "new"})
    assert spare(site).is_dir()
    site.unlink()
    put(site, PAGES, only="group=a")
    assert not spare(site).exists()


def test_a_finished_page_is_written_into_a_file_of_its_own(tmp_path: Path):
    shared, page = tmp_path / "shared.html", tmp_path / "page.html"
    shared.write_text("as it was", encoding="utf-8")
    page.hardlink_to(shared)
    write("as it is", page)
    assert (shared.read_text(encoding="utf-8"), page.read_text(encoding="utf-8")) == ("as it was", "as it is")


@pytest.mark.built
def test_a_build_that_begins_as_a_release_of_old_leaves_that_of_today_alone(
    small_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RUNBOOKS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(RELEASES, "KEPT", 1)
    asked = Asked(small_site, date(2026, 11, 29), small_site / "site")
    began = list[int]()

    def counted(*arguments: Any) -> Held:
        held = begun(*arguments)
        began.append(len(held))
        return held

    monkeypatch.setattr(standing, "begun", counted)
    monkeypatch.setattr(hands, "at_hand", lambda: 1)
    with small.few_rules():
        for times in range(5):
            record = small_site / "clients" / f"{['harbour-dental', 'corner-florist'][times % 2]}.yml"
            text = record.read_text(encoding="utf-8")
            record.write_text(re.sub(r"(?m)^client: (.*)$", r"client: \1 again", text, count=1), "utf-8", newline="\n")
            release = (small_site / "site").resolve()
            there = {path: path.read_bytes() for path in release.rglob("*") if path.is_file()}
            assert driver.build(asked).published
            assert {path: path.read_bytes() for path in there} == there
    assert began[:3] == [0, 0, 0]
    assert min(began[3:]) > 10
