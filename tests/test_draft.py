"""What an editor asks `runbooks lint`: the text it has, saved or not, in the place of a file of the site."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from runbooks import cli, draft, reports
from tests import small
from tests.sample import STANDARD, planted

FLORIST = "clients/corner-florist.yml"

Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(small_site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Runs lint of a text in the place of a file, in the small site: the code, and what it printed."""
    monkeypatch.chdir(small_site)

    def start(name: str, text: str | bytes, *more: str) -> tuple[int, str, str]:
        raw = text if isinstance(text, bytes) else text.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        capsys.readouterr()
        form = () if "--format" in more else ("--format", "concise")
        code = cli.run(["lint", *form, *more, "--stdin-filename", name, "-"])
        return code, *capsys.readouterr()

    return start


def lines(out: str) -> list[str]:
    """The lines of findings in a concise report."""
    return [line for line in out.splitlines() if "]" in line]


def text_of(root: Path, file: str = FLORIST) -> str:
    return (root / file).read_text(encoding="utf-8")


def test_a_good_text_passes_whatever_is_saved(ask: Ask, small_site: Path):
    good = text_of(small_site)
    (small_site / FLORIST).write_text("broken: [", encoding="utf-8")

    code, out, err = ask(FLORIST, good)

    assert (code, lines(out), err) == (0, [], "")
    assert "Checked 4 records: 0 errors" in out
    assert text_of(small_site) == "broken: ["


def test_a_mistake_in_the_text_is_found_at_its_line_and_nothing_of_other_files(ask: Ask, small_site: Path):
    shutil.copy(small.SOURCE / "clients/broken/lapsed-legal.yml", small_site / "clients")

    code, out, _ = ask(FLORIST, "surprise: 1\n" + text_of(small_site))

    assert code == 1
    assert [line.partition(" error: ")[0] for line in lines(out)] == [f"{FLORIST}:1:1:"]


def test_a_file_that_is_not_there_yet_is_a_new_record(ask: Ask, small_site: Path):
    code, out, _ = ask("clients/by-the-sea/new-one.yml", "client: Corner Florist\n")

    assert code == 1
    assert "Checked 5 records" in out
    assert all(line.startswith("clients/by-the-sea/new-one.yml:") for line in lines(out))
    assert not (small_site / "clients/by-the-sea").exists()


@pytest.mark.parametrize("form", sorted(reports.REPORTS))
def test_every_form_of_report_calls_the_file_as_it_was_asked_for(
    ask: Ask, small_site: Path, monkeypatch: pytest.MonkeyPatch, form: str
):
    text = text_of(small_site)
    monkeypatch.chdir(small_site / "clients")
    whole = str(small_site / FLORIST)

    for name in ("corner-florist.yml", "./corner-florist.yml", whole):
        _, out, _ = ask(name, "surprise: 1\n" + text, "--format", form)

        shown = name if form != "sarif" else name.replace(os.sep, "/")
        assert shown in out
        assert FLORIST not in out.replace(whole, "")


def test_the_lines_that_are_shown_are_those_of_the_text(ask: Ask, small_site: Path):
    _, out, _ = ask(FLORIST, "surprise: 1\n" + text_of(small_site), "--format", "full")

    assert "1 | surprise: 1\n  | ^^^^^^^^" in out


def test_no_secret_of_the_text_is_shown(ask: Ask, small_site: Path):
    _, out, _ = ask(FLORIST, text_of(small_site) + "password: Tr0ub4dor&3x\n", "--format", "full")

    assert "SEC001" in out
    assert "Tr0ub4dor" not in out


def test_a_text_reads_like_a_file_with_line_ends_of_windows_and_a_mark(ask: Ask, small_site: Path):
    text = "surprise: 1\n" + text_of(small_site)

    plain = lines(ask(FLORIST, text)[1])

    assert lines(ask(FLORIST, text.replace("\n", "\r\n"))[1]) == plain
    assert lines(ask(FLORIST, b"\xef\xbb\xbf" + text.encode())[1]) == plain
    assert "YML001" in ask(FLORIST, text.encode("utf-16"))[1]


def test_a_part_of_a_record_is_read_with_the_others(ask: Ask, small_site: Path):
    (small_site / "clients/florist").mkdir()
    (small_site / FLORIST).rename(small_site / "clients/florist/client.yml")

    code, out, _ = ask("clients/florist/sites.yml", "sites:\n  - {id: a, name: A}\n  - {id: a, name: B}\n")

    assert code == 1
    assert "Checked 4 records" in out
    assert [line.split(":")[:2] for line in lines(out)] == [["clients/florist/sites.yml", "3"]]
    assert "REC005" in out


def test_the_policy_is_judged_and_judges_as_it_is_typed(ask: Ask, small_site: Path):
    policy = text_of(small_site, "policy.yml")

    assert ask("policy.yml", policy)[0] == 0
    code, out, err = ask("policy.yml", policy.replace("timezone:", "timezon:"))

    assert code == 2
    assert "policy.yml:" in out
    assert "nothing was checked" in err
    code, out, err = ask(FLORIST, text_of(small_site))
    assert code == 0


def test_a_record_cannot_be_judged_while_the_saved_policy_is_broken(ask: Ask, small_site: Path):
    small.add(small_site / "policy.yml", "surprise: 1\n")

    code, out, err = ask(FLORIST, text_of(small_site))

    assert code == 2
    assert lines(out) == []
    assert "policy.yml cannot be read" in err


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("inventory/feeds.yml", "feeds:\n  - {id: a, format: paper, files: a.csv}\n", "INV"),
        ("docs/new.md", "---\nclient: nobody\n---\n# New\n", "DOC010"),
        ("templates/products/harbour-box/product.yml", "schema: 1\n", "CAT003"),
        ("templates/products/harbour-box/restore-file.md", "# No front matter\n", "CAT"),
        ("templates/pages/overview.md", "{{ nothing_of_that_name }}\n", "PUB003"),
        ("baseline.yml", "findings: 1\n", "POL"),
    ],
)
def test_every_other_file_of_a_site_can_be_asked_about(ask: Ask, file: str, text: str, code: str):
    found = lines(ask(file, text)[1])

    assert found
    assert all(line.startswith(f"{file}:") for line in found)
    assert f"[{code}" in found[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-"], "say with --stdin-filename which file it is"),
        (["--stdin-filename", FLORIST], "goes with - alone"),
        (["--stdin-filename", FLORIST, "-", "corner-florist"], "goes with - alone"),
        (["--stdin-filename", FLORIST, "--since", "HEAD", "-"], "goes with - alone"),
        (["--stdin-filename", "../elsewhere.yml", "-"], "does not lie in the site"),
        (["--stdin-filename", "clients", "-"], "is a folder"),
        (["--stdin-filename", "mkdocs.yml", "-"], "none of the files that lint reads"),
        (["--stdin-filename", "clients/notes.txt", "-"], "none of the files that lint reads"),
        (["--stdin-filename", "docs/notes.txt", "-"], "none of the files that lint reads"),
        (["--stdin-filename", "docs/a.png", "-"], "none of the files that lint reads"),
        (["--stdin-filename", "templates/logo.svg", "-"], "none of the files that lint reads"),
        (["--stdin-filename", "templates/products/harbour-box/notes.txt", "-"], "none of the files that lint reads"),
    ],
)
def test_wrong_use_is_one_line(
    small_site: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
):
    monkeypatch.chdir(small_site)

    assert cli.run(["lint", *arguments]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert said in err


def test_another_site_can_be_named_and_the_site_around_the_file_is_found(
    ask: Ask, small_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    text = "surprise: 1\n" + text_of(small_site)
    monkeypatch.chdir(tmp_path)

    assert "Checked 4 records" in ask(FLORIST, text, "--site", str(small_site))[1]
    assert "Checked 4 records" in ask(str(small_site / FLORIST), text)[1]


def test_a_program_reads_which_file_and_which_line(ask: Ask, small_site: Path):
    found = json.loads(ask(FLORIST, "surprise: 1\n" + text_of(small_site), "--format", "json")[1])

    assert [(one["file"], one["line"], one["code"]) for one in found["findings"]] == [(FLORIST, 1, "REC001")]


def test_no_file_of_the_site_is_written_to_where_no_links_can_be_had(small_site: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object, **__: object) -> None:
        raise OSError("a required privilege is not held by the client")

    monkeypatch.setattr(os, "symlink", refused)
    before = {path: path.read_bytes() for path in small_site.rglob("*") if path.is_file()}

    with draft.standing(small_site, draft.Draft(FLORIST, FLORIST, b"client: Other\n")) as folder:
        assert (folder / FLORIST).read_bytes() == b"client: Other\n"
        assert {path.relative_to(folder) for path in folder.rglob("*")} == {
            path.relative_to(small_site) for path in small_site.rglob("*")
        }
    assert {path: path.read_bytes() for path in small_site.rglob("*") if path.is_file()} == before


def test_what_was_found_before_is_used_and_nothing_of_lint_is_lost(
    ask: Ask, small_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RUNBOOKS_CACHE", str(tmp_path / "cache"))
    for number in range(draft.FEW):
        small.add(
            small_site / f"clients/more-{number}.yml", f"client: More {number}\nno_backup: {{told_on: 2026-05-06}}\n"
        )
    cli.run(["lint"])
    (lint,) = (tmp_path / "cache").iterdir()
    before = lint.read_bytes()

    ask("policy.yml", text_of(small_site, "policy.yml"))
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [lint.name]
    lint.unlink()
    ask("policy.yml", text_of(small_site, "policy.yml"))
    (own,) = (tmp_path / "cache").iterdir()
    assert own.name == lint.name.replace(".sqlite", "-editor.sqlite")
    lint.write_bytes(before)
    assert ask("policy.yml", text_of(small_site, "policy.yml"))[0] == 0
    assert lint.read_bytes() == before


OTHERS = {
    "the same name": "client: Corner Florist\n",
    "an alias in other letters": "client: A\naliases: [CORNER  FLORIST, Corner Florist]\n",
    "a name with an escape": 'client: "C\\x6frner Florist"\n',
    "a name over two lines": 'client: "Corner\n  Florist"\n',
    "the id of a job": "client: A\nexternal_ids: {psa: '7'}\nsetups: [{id: m, product: other, product_name: T, "
    "jobs: [{name: J, external_ids: {cove: '4711'}}]}]\n",
    "a short name of before": "client: A\nformerly: [petals]\n",
    "nothing": "client: Quite another\n",
}


@pytest.mark.parametrize("other", OTHERS)
def test_what_other_records_have_to_do_with_a_text_is_found_without_reading_them_all(
    two: Path, monkeypatch: pytest.MonkeyPatch, other: str
):
    text = (
        "client: Corner Florist\nformerly: [petals]\nexternal_ids: {psa: '8'}\nsetups: [{id: m, product: other, "
        "product_name: T, jobs: [{name: J, external_ids: {cove: '4711'}}]}]\n"
    )
    small.add(two / "clients/another.yml", OTHERS[other])
    given = draft.Draft(FLORIST, FLORIST, text.encode())

    with monkeypatch.context() as patched:
        patched.delattr(draft, "standing")
        quick = draft.check(two, given, None)
    monkeypatch.setattr(draft, "SHARING", -1)

    assert quick == draft.check(two, given, None)
    told = {one.code for one in quick.findings} & {"REC010", "REC012", "REC014"}
    assert bool(told) is (other != "nothing")


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A site to which a second client is added."""
    return planted(tmp_path, {"policy.yml": STANDARD, FLORIST: "client: Corner Florist\n"})


@pytest.mark.parametrize("other", ["clients/corner-florist/client.yml", "clients/Cörner Florist.yml"])
def test_a_short_name_that_another_file_gives_too_is_told(two: Path, other: str):
    small.add(two / other, "client: B\n")

    found = draft.check(two, draft.Draft(FLORIST, FLORIST, b"client: A\n"), None).findings

    assert "REC007" in {one.code for one in found}
