"""What is new against a git revision."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from runbooks import cli
from tests.sample import POLICY, STANDARD, agreed, planted

OLD = "client: Somebody\nsetups: [{id: main, product: nothing-known, items: [{name: SRV1, kind: server}]}]\n"


def git(root: Path, *arguments: str) -> None:
    own = ["-c", "user.name=Somebody", "-c", "user.email=somebody@provider.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *own, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A committed site with old findings, in a folder of a repository."""
    git(tmp_path, "init", "-q", "-b", "main")
    root = tmp_path / "runbooks"
    planted(root, {"policy.yml": POLICY, "mkdocs.yml": "site_name: Runbooks\n", "clients/somebody.yml": OLD})
    commit(root)
    monkeypatch.chdir(root)
    return root


def commit(root: Path) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "More")


def lint(capsys: pytest.CaptureFixture[str], since: str = "HEAD", day: str = "2026-11-22") -> tuple[int, str]:
    capsys.readouterr()
    code = cli.run(["lint", "--as-of", day, "--format", "concise", "--since", since])
    return code, capsys.readouterr().out


@pytest.mark.usefixtures("root")
def test_nothing_changed_passes_whatever_was_there(capsys: pytest.CaptureFixture[str]):
    assert cli.run(["lint", "--as-of", "2026-11-22"]) == 1
    code, out = lint(capsys)
    assert code == 0
    assert "DOC001" not in out
    assert "Checked 1 record" in out


def test_a_change_that_touches_no_record_passes(root: Path, capsys: pytest.CaptureFixture[str]):
    planted(root, {"docs/page.md": "# A page\n", "README.md": "Text\n"})
    assert lint(capsys)[0] == 0


def test_a_new_finding_is_told_and_fails(root: Path, capsys: pytest.CaptureFixture[str]):
    planted(root, {"clients/another.yml": OLD.replace("Somebody", "Another")})
    code, out = lint(capsys)
    assert code == 1
    assert "clients/another.yml" in out
    assert "clients/somebody.yml" not in out


def test_what_moves_is_not_new(root: Path, capsys: pytest.CaptureFixture[str]):
    (root / "clients/somebody.yml").unlink()
    planted(root, {"clients/dental/somebody.yml": "# moved\n" + OLD})
    assert lint(capsys)[0] == 0


def test_a_second_mistake_of_the_same_kind_is_new(root: Path, capsys: pytest.CaptureFixture[str]):
    planted(root, {"clients/somebody.yml": OLD + "notes: yes\n"})
    code, out = lint(capsys)
    assert code == 1
    assert "YML" in out
    assert "DOC001" not in out


def test_what_the_calendar_brings_is_not_new(root: Path, capsys: pytest.CaptureFixture[str]):
    planted(root, {"clients/watched.yml": agreed()})
    commit(root)
    assert lint(capsys, day="2027-06-01")[0] == 0
    assert cli.run(["lint", "--as-of", "2027-06-01", "watched"]) == 1


def test_a_waiver_taken_away_brings_its_finding_back(root: Path, capsys: pytest.CaptureFixture[str]):
    words = "waivers: [{rule: DOC001, client: somebody, reason: Later, approver: Boss, until: 2026-12-18}]\n"
    planted(root, {"policy.yml": POLICY + words})
    commit(root)
    planted(root, {"policy.yml": POLICY})
    code, out = lint(capsys)
    assert code == 1
    assert "DOC001" in out


def test_asking_more_in_the_policy_is_new(root: Path, capsys: pytest.CaptureFixture[str]):
    planted(root, {"policy.yml": STANDARD})
    assert "DOC006" in lint(capsys)[1]


def test_a_site_that_was_not_there_yet_has_only_new_findings(root: Path, capsys: pytest.CaptureFixture[str]):
    git(root, "checkout", "-q", "--orphan", "empty")
    git(root, "rm", "-rqf", "--cached", ".")
    git(root, "commit", "-q", "--allow-empty", "-m", "Nothing yet")
    code, out = lint(capsys)
    assert code == 1
    assert "DOC001" in out


def test_a_baseline_that_grows_is_an_error(root: Path, capsys: pytest.CaptureFixture[str]):
    cli.run(["baseline", "create", "--as-of", "2026-11-22"])
    commit(root)
    assert lint(capsys)[0] == 0
    more = '  - {rule: DOC004, client: another, fingerprint: "00"}\n'
    path = root / "baseline.yml"
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    code, out = lint(capsys)
    assert code == 1
    assert "WVR007" in out
    assert "has a new entry for DOC004" in out


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("revision", ["no-such-branch", "-x", "HEAD~99", ""])
def test_an_unknown_revision_is_wrong_use(revision: str, capsys: pytest.CaptureFixture[str]):
    capsys.readouterr()
    assert cli.run(["lint", "--since", revision]) == 2
    assert capsys.readouterr().err.startswith("runbooks: ")


def test_a_folder_without_git_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    planted(tmp_path, {"policy.yml": POLICY, "clients/somebody.yml": OLD})
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert cli.run(["lint", "--site", str(tmp_path), "--since", "HEAD"]) == 2
    assert "needs a git repository" in capsys.readouterr().err


@pytest.mark.usefixtures("root")
def test_a_machine_without_git_is_wrong_use(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    assert cli.run(["lint", "--since", "HEAD"]) == 2
    assert "there is none" in capsys.readouterr().err


def test_a_link_to_elsewhere_in_the_repository_stops_nothing(root: Path, capsys: pytest.CaptureFixture[str]):
    (root / "elsewhere").symlink_to("/etc/hostname")
    (root / "above").symlink_to("../../../..")
    commit(root)
    assert lint(capsys)[0] == 0


def test_a_line_put_by_hand_into_a_pruned_baseline_is_told(root: Path, capsys: pytest.CaptureFixture[str]):
    planted(root, {"baseline.yml": "schema: 1\nfindings: []\n"})
    commit(root)
    more = 'schema: 1\nfindings:\n  - {rule: DOC004, client: another, fingerprint: "00"}\n'
    planted(root, {"baseline.yml": more})
    code, out = lint(capsys)
    assert code == 1
    assert "WVR007" in out
