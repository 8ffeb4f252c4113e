"""The baseline: old findings are counted and not told, and it can only shrink."""

from __future__ import annotations

from pathlib import Path

import pytest

from runbooks import cli
from runbooks.baseline import FILE
from tests.sample import POLICY, planted

OLD = "client: Somebody\nsetups: [{id: main, product: nothing-known, items: [{name: SRV1, kind: server}]}]\n"
FILES = {"policy.yml": POLICY, "mkdocs.yml": "site_name: Runbooks\n", "clients/somebody.yml": OLD}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site with old findings, and the working folder in it."""
    planted(tmp_path, FILES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lint(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    capsys.readouterr()
    code = cli.run(["lint", "--as-of", "2026-11-22", "--format", "concise", *options])
    return code, capsys.readouterr().out


def create() -> int:
    return cli.run(["baseline", "create", "--as-of", "2026-11-22"])


def prune() -> int:
    return cli.run(["baseline", "prune", "--as-of", "2026-11-22"])


@pytest.mark.usefixtures("root")
def test_what_was_there_when_it_was_made_is_counted_and_not_told(capsys: pytest.CaptureFixture[str]):
    assert lint(capsys)[0] == 1
    assert create() == 0
    code, out = lint(capsys)
    assert code == 0
    assert "DOC001" not in out
    assert "3 baselined" in out


def test_what_is_new_is_told(root: Path, capsys: pytest.CaptureFixture[str]):
    create()
    planted(root, {"clients/another.yml": OLD.replace("Somebody", "Another")})
    code, out = lint(capsys)
    assert code == 1
    assert "clients/another.yml" in out
    assert "clients/somebody.yml" not in out


def test_a_file_holds_no_line_numbers_and_lines_may_move(root: Path, capsys: pytest.CaptureFixture[str]):
    create()
    planted(root, {"clients/somebody.yml": "# new\n\n" + OLD})
    assert lint(capsys)[0] == 0


def test_the_gate_and_secrets_never_go_into_it(root: Path, capsys: pytest.CaptureFixture[str]):
    text = OLD.replace("setups:", "monitoring: {level: full}\nsetups:")
    planted(root, {"clients/somebody.yml": text})
    create()
    assert "AGR001" not in (root / FILE).read_text(encoding="utf-8")
    code, out = lint(capsys)
    assert code == 1
    assert "AGR001" in out


def test_a_line_for_the_gate_put_in_by_hand_hides_nothing(root: Path, capsys: pytest.CaptureFixture[str]):
    planted(root, {"clients/somebody.yml": OLD.replace("setups:", "monitoring: {level: full}\nsetups:")})
    capsys.readouterr()
    cli.run(["lint", "--as-of", "2026-11-22", "--format", "json"])
    import json

    found = json.loads(capsys.readouterr().out)["findings"]
    mark = next(one["fingerprint"] for one in found if one["code"] == "AGR001")
    planted(root, {FILE: f'schema: 1\nfindings:\n  - {{rule: AGR001, client: somebody, fingerprint: "{mark}"}}\n'})
    code, out = lint(capsys)
    assert code == 1
    assert "AGR001" in out


@pytest.mark.usefixtures("root")
def test_a_second_one_is_refused(capsys: pytest.CaptureFixture[str]):
    create()
    assert create() == 2
    assert "it can only shrink" in capsys.readouterr().err


def test_what_is_mended_is_told_and_prune_takes_it_out(root: Path, capsys: pytest.CaptureFixture[str]):
    create()
    planted(root, {"clients/somebody.yml": OLD.replace("nothing-known", "other, product_name: Tape")})
    code, out = lint(capsys)
    assert code == 0
    assert "WVR006" in out
    assert "1 of 3 findings of the baseline are mended" in out
    assert prune() == 0
    assert "1 of 3 findings taken out" in capsys.readouterr().out
    code, out = lint(capsys)
    assert "WVR006" not in out
    assert "2 baselined" in out


def test_prune_changes_nothing_when_nothing_is_mended(root: Path):
    create()
    before = (root / FILE).read_bytes()
    assert prune() == 0
    assert (root / FILE).read_bytes() == before


@pytest.mark.usefixtures("root")
def test_prune_without_a_baseline_is_wrong_use(capsys: pytest.CaptureFixture[str]):
    assert prune() == 2
    assert "there is no baseline.yml" in capsys.readouterr().err


def test_a_baseline_with_errors_is_told_and_stops_the_site(root: Path, capsys: pytest.CaptureFixture[str]):
    planted(root, {FILE: "schema: 1\nfindngs: []\n"})
    code, out = lint(capsys)
    assert code == 1
    assert f"{FILE}:2:1: error: unknown key findngs" in out
    assert prune() == 2


def test_a_site_without_findings_has_an_empty_one(root: Path, capsys: pytest.CaptureFixture[str]):
    planted(root, {"clients/somebody.yml": "client: Somebody\nno_backup: {told_on: 2026-05-06}\nstatus: former\n"})
    assert create() == 0
    assert (root / FILE).read_text(encoding="utf-8").endswith("findings: []\n")
    assert lint(capsys)[0] == 0
