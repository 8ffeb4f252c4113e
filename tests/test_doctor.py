"""The doctor: nothing is said of a site that lacks nothing, and each thing that is missing has its line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from runbooks import __version__, checkups, cli, schemas, site
from runbooks.checkups import machine, pipelines
from runbooks.starting import kit
from tests import sample, small

WHEEL = f"wheels/backup_runbooks-{__version__}-py3-none-any.whl"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new site that lacks nothing: in a repository, with the program's wheel."""
    root = tmp_path_factory.mktemp("doctor") / "site"
    assert cli.run(["init", str(root)]) == cli.PASSED
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    schemas.write(sample.read(root), root / "schemas", check=False)
    small.add(root / WHEEL, "a wheel\n")
    return root


@pytest.fixture
def healthy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "site"))


def told(root: Path) -> list[str]:
    return [str(one) for one in checkups.advice(sample.read(root))]


def test_a_site_that_lacks_nothing_gets_no_advice(
    healthy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(healthy)
    monkeypatch.setattr(site, "read", sample.read)
    assert cli.run(["doctor"]) == cli.PASSED
    assert capsys.readouterr() == ("", "Nothing to do.\n")


def test_a_new_site_lacks_a_repository_and_the_wheel(healthy: Path):
    shutil.rmtree(healthy / ".git")
    (healthy / WHEEL).unlink()
    assert [one.partition(": ")[0] for one in told(healthy)] == ["wheels/", "."]


def test_of_the_sample_only_what_is_true_is_said():
    said = [str(one) for one in checkups.advice(site.read(small.REPOSITORY))]
    said = [one for one in said if not one.startswith("schemas/")]
    places = [one.partition(": ")[0].partition(":")[0] for one in said]
    assert places == ["policy.yml", ".vscode/settings.json", ".pre-commit-config.yaml"]


@pytest.mark.parametrize(
    ("file", "change", "where", "words"),
    [
        ("policy.yml", ("profile: start", "as_of: 2026-01-01"), "policy.yml:10", "holds the calendar at 2026-01-01"),
        ("policy.yml", ("duty_manager:", "insurance: {broker: X}\n# "), "policy.yml", "duty_manager is missing"),
        ("mkdocs.yml", ("- runbooks", "- tags"), "mkdocs.yml", "not among the plugins"),
        ("schemas/client.json", ("{", "{ "), "schemas/client.json", "it is out of date"),
        ("clients/harbour-dental.yml", ("# yaml-language", "# yml-language"), "clients/harbour-dental.yml",
         "write at the top: # yaml-language-server: $schema=../schemas/client.json"),
        ("clients/harbour-dental.yml", ("=../schemas", "=../../schemas"), "clients/harbour-dental.yml", "is not there"),
        ("clients/harbour-dental.yml", ("client.json", "policy.json"), "clients/harbour-dental.yml",
         "its schema is client.json, and not policy.json"),
        (".gitlab-ci.yml", (f"=={__version__}", "==0.0.1"), ".gitlab-ci.yml", "it installs version 0.0.1"),
        (".github/workflows/publish.yml", ("schedule:", "never:"), ".github/workflows/publish.yml",
         "not built at night"),
        (".pre-commit-config.yaml", ("runbooks", "other"), ".pre-commit-config.yaml", "no hook checks the records"),
    ],
)  # fmt: skip
def test_what_is_wrong_has_a_line(healthy: Path, file: str, change: tuple[str, str], where: str, words: str):
    (old, new), path = change, healthy / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")
    (only,) = {one for one in checkups.advice(sample.read(healthy)) if one.where == where}
    assert words in str(only)
    assert only.do


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        (["schemas"], "schemas/: there are no schemas"),
        (["schemas/part.json"], "schemas/part.json: it is missing"),
        ([".vscode"], ".vscode/settings.json: it is missing"),
        ([".github", ".gitlab-ci.yml"], "no pipeline checks pull requests"),
        ([".pre-commit-config.yaml"], "no hook checks the records before a commit; runbooks init writes it"),
        (["requirements.txt"], "requirements.txt: it is missing"),
        (["mkdocs.yml"], "mkdocs.yml: it is missing"),
    ],
)  # fmt: skip
def test_what_is_missing_has_a_line(healthy: Path, gone: list[str], words: str):
    for name in gone:
        path = healthy / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    (only,) = told(healthy)
    assert words in only


def test_one_pipeline_is_enough(healthy: Path):
    (healthy / ".gitlab-ci.yml").unlink()
    assert told(healthy) == []


def test_a_file_of_an_older_version_is_told_and_ones_own_changes_are_not(healthy: Path):
    path = healthy / ".gitlab-ci.yml"
    small.add(path, "\n# Ours: a mail to the team\n")
    assert told(healthy) == []
    text = path.read_text(encoding="utf-8")
    path.write_text(kit.STAMP.sub("runbooks init wrote this (00000000)", text), encoding="utf-8", newline="\n")
    (only,) = told(healthy)
    assert only.startswith(".gitlab-ci.yml: it was written by another version")
    path.write_text(text.partition("\n")[2], encoding="utf-8", newline="\n")
    assert told(healthy) == []
    assert pipelines.stale(healthy, "CODEOWNERS") is None


def test_a_part_of_a_record_names_the_schema_of_parts(healthy: Path):
    head = "# yaml-language-server: $schema=../../schemas/client.json\n"
    small.add(healthy / "clients/hotel/client.yml", f"{head}client: Harbour Hotel\n")
    small.add(healthy / "clients/hotel/agreements.yml", f"{head}agreements: []\n")
    (only,) = told(healthy)
    assert only.startswith("clients/hotel/agreements.yml: its schema is part.json, and not client.json")


def test_packages_that_do_not_fit_are_told():
    said = list(machine.packages(["mkdocs<1", "click>=8", "no-such-thing-here>=1", 'x; extra == "pdf"', "???"]))
    assert [one.what.split(" is ")[0] for one in said] == ["mkdocs", "no-such-thing-here"]
    assert list(machine.packages()) == []


def test_a_machine_without_git_is_told(healthy: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    (only,) = told(healthy)
    assert only.startswith("git: it is not installed")


def test_a_folder_without_links_is_told(healthy: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object, **__: object) -> None:
        raise OSError("no privilege")

    monkeypatch.setattr(Path, "symlink_to", refused)
    (only,) = told(healthy)
    assert "no links can be made here" in only


def test_a_cache_that_cannot_be_used_is_told(healthy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RUNBOOKS_CACHE", str(small.add(tmp_path / "file", "")))
    assert [one.partition(":")[0] for one in told(healthy)] == ["cache"]
    monkeypatch.setenv("RUNBOOKS_CACHE", str(tmp_path / "cache"))
    assert told(healthy) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps profiles apart itself")
def test_a_cache_that_others_can_write_to_is_told(healthy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "cache").mkdir()
    os.chmod(tmp_path / "cache", 0o777)  # noqa: PTH101
    monkeypatch.setenv("RUNBOOKS_CACHE", str(tmp_path / "cache"))
    (only,) = told(healthy)
    assert "others can write to the cache" in only


def test_a_site_that_was_not_built_last_night_is_told(tmp_path: Path):
    said = {"release": 1, "as_of": "2026-11-27", "only": "", "digest": "x"}
    small.add(tmp_path / "site/assets/runbooks/build.json", json.dumps(said))
    assert list(machine.age(tmp_path, date(2026, 11, 28))) == []
    (only,) = machine.age(tmp_path, date(2026, 11, 29))
    assert only.what == "it is of 2026-11-27, and pages go dark by a build alone"


def test_programs_get_the_same_as_json(
    healthy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (healthy / WHEEL).unlink()
    monkeypatch.chdir(healthy)
    monkeypatch.setattr(site, "read", sample.read)
    assert cli.run(["doctor", "--format", "json"]) == cli.FOUND
    out, err = capsys.readouterr()
    data = json.loads(out)
    assert data["schema_version"] == 1
    assert [sorted(one) for one in data["advice"]] == [["do", "what", "where"]]
    assert err == "1 thing to do.\n"
