"""Who changed a record last, and when: as git has it, or nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from runbooks import gate, site
from runbooks.history import Change, last_changes
from runbooks.pages.book import book
from tests import small


def git(root: Path, *arguments: str, day: str = "2026-03-04") -> None:
    when = {"GIT_AUTHOR_DATE": f"{day}T12:00:00Z", "GIT_COMMITTER_DATE": f"{day}T12:00:00Z"}
    who = ("-c", "user.name=J. Rivera", "-c", "user.email=j@provider.example", "-c", "init.defaultBranch=main")
    subprocess.run(
        ["git", *who, *arguments], cwd=root, check=True, capture_output=True, env={**small.environment(), **when}
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two records, one of them changed later."""
    small.add(tmp_path / "clients" / "a.yml", "client: A\n")
    small.add(tmp_path / "clients" / "deep er" / "ü.yml", "client: U\n")
    git(tmp_path, "init")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    small.add(tmp_path / "clients" / "a.yml", "status: active\n")
    git(tmp_path, "commit", "-am", "second", day="2026-05-06")
    return tmp_path


def test_each_record_has_its_own_last_change(repository: Path):
    assert last_changes(repository) == {
        "clients/a.yml": Change("2026-05-06", "J. Rivera"),
        "clients/deep er/ü.yml": Change("2026-03-04", "J. Rivera"),
    }


def test_names_count_from_the_folder_of_the_site_wherever_the_repository_begins(tmp_path: Path):
    small.add(tmp_path / "site" / "clients" / "a.yml", "client: A\n")
    git(tmp_path, "init")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    assert list(last_changes(tmp_path / "site")) == ["clients/a.yml"]


def test_without_a_repository_nothing_is_claimed(tmp_path: Path):
    assert last_changes(tmp_path) == {}


def test_of_a_part_of_the_history_nothing_is_claimed(repository: Path, tmp_path: Path):
    git(tmp_path, "clone", "--depth=1", repository.as_uri(), "shallow")
    assert last_changes(tmp_path / "shallow") == {}


def test_without_git_nothing_is_claimed(repository: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    assert last_changes(repository) == {}


def test_the_last_change_stands_on_the_pages_of_the_client(tmp_path: Path):
    root = small.green(tmp_path / "site")
    git(root, "init")
    git(root, "add", ".")
    git(root, "commit", "-m", "first")
    page = next(one for one in site.make(site.read(root)).book.pages if one.uri == "clients/harbour-dental/index.md")
    assert page.changed == "2026-03-04 by J. Rivera"
    assert "last changed on 2026-03-04 by J&#46; Rivera" in page.markdown


def test_an_address_of_ours_that_signs_a_change_stands_on_no_page_of_an_unwatched_client(small_site: Path):
    made = site.read(small_site)
    changes = {record.file: Change("2026-03-04", "help@provider.example") for record in made.records}
    pages = book(made, gate.check(made), site.loader(small_site), changes).pages
    changed = {page.client: page.changed for page in pages if page.kind == "overview"}
    assert changed["harbour-dental"] == "2026-03-04 by help@provider.example"
    assert changed["corner-florist"] == "2026-03-04 by [an address of ours]"
