"""The command: what each one prints, where, and the code it ends with."""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from runbooks import __main__, cli, site
from runbooks.findings import Problem
from runbooks.rules.registry import RULES
from tests import small
from tests.calls import Done, Run, called

COMMANDS = ("lint", "build", "serve", "render", "verify", "explain", "schema")


@pytest.fixture
def run(small_site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in the small site, in this process."""
    monkeypatch.chdir(small_site)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)

    def start(*arguments: str | Path) -> Done:
        return called(capsys, *arguments)

    return start


def make_red(root: Path) -> None:
    shutil.copy(small.SOURCE / "clients/broken/lapsed-legal.yml", root / "clients")


def crash(*_: object, **__: object) -> list[Problem]:
    raise ZeroDivisionError("the rule divides by nothing")


def test_no_message_moves_the_terminal(run: Run):
    done = run("lint", "--site", "gone\x1b[31m")
    assert done.code == 2
    assert "\x1b" not in done.out + done.err


# Codes.


def test_a_clean_site_passes(run: Run):
    done = run("lint")

    assert (done.code, done.err) == (0, "")
    last = "Checked 4 records: 0 errors, 0 warnings, 0 info; 1 waived, 0 baselined, 0 fixable. As of 2026-11-22.\n"
    assert done.out == "Profiles met: strict 2, standard 0, start 2, none 0.\n" + last


def test_findings_end_with_1(run: Run, small_site: Path):
    make_red(small_site)
    done = run("lint", "--format", "concise")

    assert (done.code, done.err) == (1, "")
    assert done.out.count(": error: ") == done.out.count("\n") - 3 == 4
    assert done.out.splitlines()[-1].startswith("Checked 5 records: 4 errors, 0 warnings, 0 info; 1 waived")


def test_a_warning_passes_unless_warnings_are_asked_for(run: Run, small_site: Path):
    policy = small_site / "policy.yml"
    policy.write_text(policy.read_text(encoding="utf-8").partition("waivers:")[0], encoding="utf-8")

    assert "0 errors, 1 warning" in run("lint").out
    assert run("lint").code == 0
    assert run("lint", "--fail-on", "warning").code == 1


def test_an_unreadable_policy_ends_with_2_and_shows_all_its_findings(run: Run, small_site: Path):
    small.add(small_site / "policy.yml", "surprise: true\nanother: true\n")
    for command in (["lint"], ["build"], ["render", "--out", "x"], ["verify", "docs"], ["schema"]):
        done = run(*command)

        assert done.code == 2, command
        assert done.out.count("unknown key") == 2
        assert done.err == "policy.yml cannot be read, so nothing was checked\n"


def test_a_crash_of_a_rule_ends_with_3_and_keeps_the_other_findings(
    run: Run, small_site: Path, monkeypatch: pytest.MonkeyPatch
):
    make_red(small_site)
    monkeypatch.setitem(RULES, "DOC003", replace(RULES["DOC003"], check=crash))
    done = run("lint", "--format", "concise")

    assert done.code == 3
    assert "the rule DOC003 client-undocumented crashed: ZeroDivisionError" in done.out
    assert "AGR001" in done.out
    assert "Traceback" in done.err
    assert "the rule divides by nothing" in done.err
    assert "Traceback" not in done.out


def test_a_mistake_in_the_program_ends_with_3(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(site, "checked", crash)
    done = run("lint")

    assert (done.code, done.out) == (3, "")
    assert "ZeroDivisionError" in done.err


@pytest.mark.parametrize("command", [["lint"], ["build"], ["render", "--out", "x"]])
def test_nothing_checked_ends_with_4(run: Run, small_site: Path, command: list[str]):
    shutil.rmtree(small_site / "clients")
    done = run(*command)

    assert done.code == 4
    assert "nothing was checked" in done.err


def test_a_folder_without_pages_was_not_checked_either(run: Run):
    done = run("verify", "clients")

    assert done.code == 4
    assert "there is no page in clients" in done.err


def test_an_interrupt_ends_with_130(run: Run, monkeypatch: pytest.MonkeyPatch):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(site, "checked", interrupted)
    done = run("lint")

    assert (done.code, done.out, done.err.strip()) == (130, "", "runbooks: interrupted")


# Wrong use: one line on stderr, nothing on stdout.


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lnt"], "No such command 'lnt'. Did you mean 'lint'?"),
        (["qqqq"], "No such command 'qqqq': `runbooks --help` says how it goes"),
        (["diff"], "Missing argument 'REVISION': `runbooks diff --help` says how it goes"),
        (["new", "client", "Pier", "Street"], "argument (Street): `runbooks new client --help` says how it goes"),
        (["lint", "--nope"], "--nope"),
        (["lint", "--format", "xml"], "'xml' is not one of"),
        (["lint", "--fail-on", "info"], "'info' is not one of"),
        (["lint", "--as-of", "tomorrow"], "tomorrow is not a day; write YYYY-MM-DD"),
        (["lint", "--as-of", "2026-02-30"], "2026-02-30 is not a day"),
        (["lint", "--site", "nowhere"], "there is no policy.yml in nowhere"),
        (["lint", "harbour-dentl"], "there is no client harbour-dentl; did you mean harbour-dental?"),
        (["lint", "x"], "there is no client x"),
        (["build", "--site-dir", "."], "holds the records themselves"),
        (["build", "--site-dir", "docs/site"], "lies among the sources"),
        (["render"], "--out"),
        (["render", "--out", "docs"], "lies among the sources"),
        (["verify"], "BUILT"),
        (["verify", "nowhere"], "there is no folder nowhere"),
        (["explain", "AGR00"], "did you mean AGR0"),
        (["explain", "agr01"], "did you mean AGR0"),
        (["explain", "setup-undocumentd"], "did you mean setup-undocumented?"),
        (["explain", "qqqq"], "`runbooks explain` lists them"),
    ],
)
def test_wrong_use_is_one_line_that_says_what_to_do(run: Run, arguments: list[str], words: str):
    done = run(*arguments)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("runbooks: ")
    assert words in done.err
    assert done.err.count("\n") == 1


def test_a_folder_without_a_policy_is_wrong_use(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    done = run("lint")

    assert done.code == 2
    assert "name the site's folder with --site, or begin one: runbooks init" in done.err


def test_a_source_date_epoch_that_is_none_is_wrong_use(run: Run, small_site: Path, monkeypatch: pytest.MonkeyPatch):
    small.edit(small_site / "policy.yml", "as_of: 2026-11-22\n", "")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "tomorrow")

    assert run("lint").code == 2


def test_without_a_command_the_help_is_shown_and_nothing_has_passed(run: Run):
    done = run()

    assert (done.code, done.out) == (2, "")
    assert set(COMMANDS) <= set(done.err.split())
    assert done.err.count("\n") > len(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(run: Run, command: str):
    done = run(command, "--help")

    assert (done.code, done.err) == (0, "")
    assert f"  runbooks {command}" in done.out


def test_the_version_is_said(run: Run):
    assert run("--version").out.startswith("runbooks, version ")


# lint.


def test_a_client_s_name_filters_what_is_shown_and_what_counts(run: Run, small_site: Path):
    make_red(small_site)

    assert run("lint", "harbour-dental").code == 0
    assert run("lint", "lapsed-legal").code == 1
    shown = json.loads(run("lint", "--format", "json", "lapsed-legal", "harbour-dental").out)
    assert {finding["client"] for finding in shown["findings"]} == {"lapsed-legal"}


def test_the_waived_of_a_client_are_shown_with_that_client(run: Run):
    shown = json.loads(run("lint", "--format", "json", "odd-name").out)

    assert [(finding["code"], finding["waived"]) for finding in shown["findings"]] == [("DOC004", True)]
    assert json.loads(run("lint", "--format", "json", "harbour-dental").out)["findings"] == []


def test_the_json_report_is_versioned_and_complete(run: Run, small_site: Path):
    make_red(small_site)
    document = json.loads(run("lint", "--format", "json").out)

    assert document["schema_version"] == 1
    assert document["as_of"] == "2026-11-22"
    counts = ("records", "info", "warning", "error", "waived", "baselined", "fixable")
    assert [document["summary"][name] for name in counts] == [5, 0, 0, 4, 1, 0, 0]
    finding = next(one for one in document["findings"] if one["code"] == "AGR001")
    assert finding["blocks"] == "page"
    assert finding["severity"] == "error"
    assert finding["path"] == "monitoring.level"
    assert (finding["file"], finding["line"], finding["column"]) == ("clients/lapsed-legal.yml", 26, 21)


def test_another_day_can_be_asked_for(run: Run):
    done = run("lint", "--as-of", "2027-03-01", "--format", "concise")

    assert done.code == 1
    assert "AGR001" in done.out
    assert done.out.endswith("As of 2027-03-01.\n")


def test_the_site_can_be_named_from_anywhere(
    run: Run, small_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)

    assert run("lint", "--site", small_site).code == 0


def test_the_site_is_found_from_a_folder_within(run: Run, small_site: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(small_site / "clients")

    assert run("lint").code == 0


def test_checking_never_loads_mkdocs(small_site: Path):
    code = "import sys; from runbooks import cli; cli.run(['lint']); sys.exit('mkdocs' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=small_site, env=small.environment(), check=False)

    assert done.returncode == 0


# The other commands.


def test_explain_lists_every_rule(run: Run):
    done = run("explain")

    assert done.code == 0
    assert [line.split()[0] for line in done.out.splitlines()] == sorted(RULES)


@pytest.mark.parametrize("word", ["AGR001", "agr001", "monitoring-without-agreement"])
def test_a_rule_is_explained_by_code_or_name(run: Run, word: str):
    done = run("explain", word)

    assert done.code == 0
    for words in ("AGR001 monitoring-without-agreement", "To mend it:", "Bad:", "Good:", "cannot be waived"):
        assert words in done.out


def test_every_rule_can_be_explained_and_the_words_end_in_a_line(run: Run):
    for code, rule in RULES.items():
        done = run("explain", code)

        assert done.out.startswith(f"{rule.title}: {rule.summary}")
        assert done.out.endswith("\n")


def test_a_built_site_is_verified_by_itself(run: Run, small_built: Path):
    clean = run("verify", "--site", small_built, small_built / "site")
    assert (clean.code, clean.err) == (0, "")
    assert clean.out.endswith("0 leaks. As of 2026-11-22.\n")

    ended = run("verify", "--site", small_built, "--as-of", "2027-03-01", small_built / "site")
    assert ended.code == 1
    assert "clients/harbour-dental/monitoring/index.html:1:1: error:" in ended.out


def test_schemas_are_written_into_the_site_and_checked_there(
    run: Run, small_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    at = ("schema", "--site", small_site)

    assert run(*at, "--check").code == 1
    assert not (small_site / "schemas").exists()
    assert run(*at).code == 0
    assert {path.name for path in (small_site / "schemas").iterdir()} == {
        "client.json", "feeds.json", "import.json", "page.json", "part.json", "policy.json", "procedure.json",
        "product.json", "report.json",
    }  # fmt: skip
    again = run(*at, "--check")
    assert (again.code, again.out) == (0, "")
    small.edit(small_site / "policy.yml", "  ad_hoc:", "  gold: {counts: true}\n  ad_hoc:")
    stale = run(*at, "--check")
    assert stale.code == 1
    assert stale.out.splitlines()[0].endswith("client.json is out of date")


def test_rendering_tells_the_findings_too(run: Run, small_site: Path, tmp_path: Path):
    make_red(small_site)
    done = run("render", "--out", tmp_path / "out", "--format", "concise")

    assert done.code == 1
    assert "AGR001" in done.out
    assert (tmp_path / "out/mkdocs.yml").is_file()


def test_a_preview_needs_a_mkdocs_yml(run: Run, small_site: Path):
    (small_site / "mkdocs.yml").unlink()
    done = run("serve")

    assert done.code == 2
    assert "there is no mkdocs.yml" in done.err


# As a process.


def test_nothing_is_coloured_where_there_is_no_terminal(small_site: Path):
    make_red(small_site)
    for command in (["lint"], ["build"]):
        done = small.run("runbooks", *command, cwd=small_site)

        assert done.returncode == 1
        assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize("arguments", [["lint", "--format", "json"], ["explain"], ["lint", "--help"]])
def test_a_reader_who_leaves_early_is_no_error(small_site: Path, arguments: list[str]):
    make_red(small_site)
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen(
        [sys.executable, "-m", "runbooks", *arguments],
        cwd=small_site, env=small.environment(), stdout=writer, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    os.close(writer)
    _, said = process.communicate(timeout=60)

    assert said == ""
    assert process.returncode in (0, 1)


def test_words_of_any_language_are_printed_on_a_terminal_that_has_only_ascii(small_site: Path):
    small.add(small_site / "clients/cafe.yml", "client: Café Größe 北\nsurprise: ärger\n")
    done = subprocess.run(
        [sys.executable, "-m", "runbooks", "lint"],
        cwd=small_site, env={**small.environment(), "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
        capture_output=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert b"REC001" in done.stdout
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("group", ["inventory", "baseline"])
def test_a_group_without_a_command_says_what_there_is_line_by_line(group: str, capsys: pytest.CaptureFixture[str]):
    assert cli.run([group]) == cli.WRONG_USE
    assert "Commands:\n" in capsys.readouterr().err


def test_the_examples_of_a_help_stand_on_lines_of_their_own(run: Run):
    assert "\n  Examples:\n    runbooks diff origin/main\n" in run("diff", "-h").out
    assert "\\b" not in run("inventory", "check", "-h").out


def test_the_command_runs_with_the_collector_of_cycles_on_and_looks_through_nothing_that_was_loaded(
    monkeypatch: pytest.MonkeyPatch,
):
    seen = list[tuple[bool, bool]]()
    monkeypatch.setattr(cli, "main", lambda: seen.append((gc.isenabled(), gc.get_freeze_count() > 0)))
    try:
        __main__.main()
    finally:
        gc.unfreeze()
    assert seen == [(True, True)]
