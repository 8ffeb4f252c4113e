"""The command `runbooks inventory check`, and what `lint`, `build`, the cache and git make of the exports."""

from __future__ import annotations

import json
import pickle
import subprocess
from pathlib import Path

import pytest

from runbooks import cli, driver
from runbooks.unchanged import Asked
from tests import small
from tests.calls import Done, Run, called
from tests.sample import planted

DAY = "2026-11-22"
SECRET = "hunter2-in-a-column-nobody-asked-for"
FEEDS = """\
schema: 1
feeds:
  - id: tape
    format: generic-csv
    files: tape-*.csv
    client: harbour-dental
    setup: servers
    columns: {name: Computer}
"""
EXPORT = f"inventory/tape-{DAY}.csv"


NAMES = ("HD-DC01", "HD-XRAY01")
"""What the record has in that set-up."""


def write(root: Path, *rows: str, feeds: str = FEEDS, file: str = EXPORT) -> None:
    lines = "".join(f"{row},{SECRET}\n" for row in rows)
    planted(root, {"inventory/feeds.yml": feeds, file: f"Computer,Password\n{lines}"})


@pytest.fixture
def run(small_site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in the small site, in this process, on a day of 2026."""
    monkeypatch.chdir(small_site)
    monkeypatch.setenv("RUNBOOKS_AS_OF", DAY)

    def start(*arguments: str) -> Done:
        return called(capsys, *arguments)

    return start


def check(run: Run, *more: str) -> Done:
    return run("inventory", "check", "--format", "json", *more)


# Codes


def test_without_feeds_yml_nothing_is_checked(run: Run):
    done = check(run)
    assert done.code == cli.NOTHING_CHECKED
    assert "inventory/feeds.yml" in done.err
    assert done.out == ""


def test_without_a_feed_nothing_is_checked_either(run: Run, small_site: Path):
    planted(small_site, {"inventory/feeds.yml": "schema: 1\nfeeds: []\n"})
    assert check(run).code == cli.NOTHING_CHECKED


def test_exports_that_agree_pass(run: Run, small_site: Path):
    write(small_site, *NAMES)
    done = check(run)
    assert done.code == cli.PASSED
    assert done.codes == []
    assert json.loads(done.out)["summary"]["feeds"] == 1
    assert "against 1 feed" in done.err


def test_what_is_in_no_record_fails(run: Run, small_site: Path):
    write(small_site, *NAMES, "NEW-SRV")
    done = check(run)
    assert done.code == cli.FOUND
    assert done.codes == ["INV001"]


def test_a_warning_fails_where_it_is_asked_to(run: Run, small_site: Path):
    write(small_site, *NAMES[1:])
    assert check(run).code == cli.PASSED
    assert check(run, "--fail-on", "warning").code == cli.FOUND


def test_it_tells_nothing_else(run: Run, small_site: Path):
    record = small_site / "clients" / "harbour-dental.yml"
    record.write_bytes(record.read_bytes() + b"nonsense: 1\n")
    write(small_site, *NAMES)
    assert run("lint").code == cli.FOUND
    assert check(run).codes == []


@pytest.mark.parametrize(
    ("old", "new", "code"), [(b"    items:", b"    items: &all", "YML008"), (b"    items:", b"    itms:", "REC001")]
)
def test_a_record_that_could_not_be_held_against_the_exports_fails(
    old: bytes, new: bytes, code: str, run: Run, small_site: Path
):
    record = small_site / "clients" / "harbour-dental.yml"
    record.write_bytes(record.read_bytes().replace(old, new, 1))
    write(small_site, *NAMES, "NEW-SRV")
    done = check(run)
    assert (done.code, done.codes) == (cli.FOUND, [code])


def test_it_tells_what_is_wrong_in_feeds_yml(run: Run, small_site: Path):
    write(small_site, *NAMES, feeds=FEEDS.replace("format:", "formta:"))
    done = check(run)
    assert done.code == cli.FOUND
    assert {one["file"] for one in json.loads(done.out)["findings"]} == {"inventory/feeds.yml"}


def test_clients_can_be_named(run: Run, small_site: Path):
    write(small_site, *NAMES, "NEW-SRV")
    assert check(run, "harbour-dental").codes == ["INV001"]
    assert check(run, "corner-florist").codes == []
    assert check(run, "nobody").code == cli.WRONG_USE


def test_a_policy_that_cannot_be_read_is_wrong_use(run: Run, small_site: Path):
    write(small_site, *NAMES)
    planted(small_site, {"policy.yml": "provider: [\n"})
    assert check(run).code == cli.WRONG_USE


def test_lint_and_build_tell_the_same(run: Run, small_site: Path):
    write(small_site, *NAMES, "NEW-SRV")
    assert "INV001" in run("lint", "--format", "json").codes
    made = small_site / "made"
    with small.few_rules("INV001", "INV012"):
        outcome = driver.build(Asked(small_site, None, made, all_or_nothing=False))
    assert outcome.published
    assert "INV001" in [one.code for one in outcome.report.findings]
    assert (made / "clients" / "harbour-dental" / "index.html").is_file()
    assert not [file for file, raw in small.files(made).items() if SECRET.encode() in raw or b"NEW-SRV" in raw]


# What is kept


def test_a_changed_export_is_noticed_and_nothing_of_it_is_kept(
    run: Run, small_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RUNBOOKS_CACHE", str(tmp_path / "cache"))
    write(small_site, *NAMES)
    assert check(run).codes == []
    write(small_site, *NAMES, "NEW-SRV")
    assert check(run).codes == ["INV001"]
    assert check(run).codes == ["INV001"]
    kept = b"".join(small.files(tmp_path / "cache").values())
    assert kept
    assert b"NEW-SRV" in kept + pickle.dumps(kept)  # a finding may be kept, which names what it found
    assert SECRET.encode() not in kept


def test_no_form_of_report_shows_the_line_of_an_export(run: Run, small_site: Path):
    write(small_site, *NAMES, "NEW-SRV")
    for form in ("full", "concise", "json", "sarif", "github", "gitlab", "junit"):
        done = run("inventory", "check", "--format", form)
        assert "NEW-SRV" in done.out
        assert SECRET not in done.out + done.err


# A group


@pytest.mark.usefixtures("run")
def test_the_site_of_a_group_says_nothing_of_what_others_have(small_site: Path):
    feeds = FEEDS.replace("    client: harbour-dental\n    setup: servers\n", "").replace(
        "Computer}", "Computer, client: Who}"
    )
    rows = ("NEW-A,harbour-dental", "NEW-B,corner-florist", "NEW-C,Somebody unknown")
    text = "Computer,Who\n" + "".join(f"{row}\n" for row in rows)
    planted(small_site, {"inventory/feeds.yml": feeds, EXPORT: text})
    with small.few_rules("INV001", "INV012"):
        outcome = driver.build(Asked(small_site, None, small_site / "made", all_or_nothing=False, only="group=dental"))
    assert outcome.published
    words = "\n".join(one.message + one.help for one in outcome.report.findings)
    assert "NEW-A" in words
    assert not [name for name in ("NEW-B", "NEW-C", "unknown", "orist") if name in words]


# Against a revision


def git(root: Path, *arguments: str) -> None:
    own = ["-c", "user.name=Somebody", "-c", "user.email=somebody@provider.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *own, *arguments], cwd=root, check=True, capture_output=True)


def commit(root: Path) -> None:
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "All")


def test_a_pull_request_is_red_for_the_item_it_takes_out_of_a_record(run: Run, small_site: Path):
    planted(small_site, {".gitignore": "inventory/*.csv\n"})
    write(small_site, *NAMES, "NEW-SRV")
    commit(small_site)
    assert check(run, "--since", "HEAD").codes == []

    record = next(small_site.glob("clients/**/harbour-dental.yml"))
    gone = NAMES[0]
    small.edit(record, f"name: {gone}", f"name: {gone}-RENAMED")
    done = check(run, "--since", "HEAD")
    assert "INV001" in done.codes
    assert all("NEW-SRV" not in one["message"] for one in json.loads(done.out)["findings"])


def test_an_export_that_is_committed_with_it_is_part_of_a_pull_request(run: Run, small_site: Path):
    write(small_site, *NAMES)
    commit(small_site)
    write(small_site, *NAMES, "NEW-SRV")
    assert check(run, "--since", "HEAD").codes == ["INV001"]
