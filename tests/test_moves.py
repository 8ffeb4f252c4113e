"""Clients who have another short name now, and clients who have left: what is found in their records."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from runbooks import cli
from tests import small
from tests.sample import AGREEMENT, POLICY, agreed, changed, checked, codes, planted, the

RECORD = (
    "client: {name}\nno_backup: {{told_on: 2026-05-06}}\nmonitoring: {{level: none, declined: {{on: 2026-05-06}}}}\n"
)


def site(**records: str) -> dict[str, str]:
    """A site of records that are in order but for some more lines each."""
    return {
        f"clients/{slug.replace('_', '-')}.yml": RECORD.format(name=slug.title()) + more
        for slug, more in records.items()
    }


def test_an_earlier_short_name_of_its_own_is_no_finding():
    assert checked(site(harbour="formerly: [old-harbour, older]\n", pier="")).findings == ()


@pytest.mark.parametrize(
    ("harbour", "pier", "said"),
    [
        ("formerly: [pier]\n", "", "pier is the short name of Pier"),
        ("formerly: [harbour]\n", "", "harbour is the client's short name of today"),
        ("formerly: [old, old]\n", "", "old stands here twice"),
        ("", "formerly: [harbour]\n", "harbour is the short name of Harbour"),
    ],
)
def test_a_name_that_somebody_has_is_no_earlier_name(harbour: str, pier: str, said: str):
    report = checked(site(harbour=harbour, pier=pier))

    assert said in the(report, "REC014").message
    assert codes(report) == ["REC014"]


def test_two_clients_cannot_have_had_one_name_and_the_second_is_told():
    found = the(checked(site(harbour="formerly: [old]\n", pier="formerly: [old]\n")), "REC014")

    assert (found.place.file, found.place.line, found.client) == ("clients/pier.yml", 4, "pier")
    assert found.message == "old stands under `formerly` of Harbour"


@pytest.mark.parametrize("name", ["Old Harbour", "old_harbour", "-old", "old--harbour", "a" * 81])
def test_what_is_no_short_name_is_a_mistake_at_its_place(name: str):
    found = checked(site(harbour=f'formerly: ["{name}"]\n')).findings

    assert [(one.code, one.place.line) for one in found] == [("REC002", 4)]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("left_on: 2026-11-21\n", "the client left on 2026-11-21, and the status says active"),
        ("left_on: 2026-11-22\n", None),
        ("left_on: 2026-11-23\nstatus: offboarding\n", None),
        ("left_on: 2026-11-23\nstatus: former\n", "the status says that the client has left"),
        ("left_on: 2026-11-22\nstatus: former\n", None),
        ("status: former\n", None),
        ("left_on: 9999-12-31\nstatus: offboarding\n", None),
    ],
)
def test_the_day_a_client_left_and_the_status_say_the_same(more: str, said: str | None):
    found = [one.message for one in checked(site(harbour=more)).findings if one.code == "REC015"]

    assert [said in one for one in found] == [True] if said else found == []


@pytest.mark.parametrize("profile", ["start", "standard", "strict"])
def test_of_a_client_who_has_left_only_the_promise_is_asked_to_go(profile: str):
    policy = f"{POLICY}rules: {{POL006: 'off', POL008: 'off', POL009: 'off'}}\n".replace("start", profile)
    agreement = changed(AGREEMENT, last_day="2026-10-31")
    files = {"policy.yml": policy, "clients/harbour.yml": agreed(agreement, status="former", left_on="2026-10-31")}

    promised = checked(files)
    none = files["clients/harbour.yml"].replace('{"level": "full"}', '{"level": "none"}')
    report = checked({**files, "clients/harbour.yml": none})

    assert codes(report) == []
    assert report.met == {}
    assert the(promised, "AGR001").client == "harbour"


PAGE = """\
# Moves

The [first]({link}) word.
"""


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("clients/old-harbour/index.md", "clients/old-harbour is an old address"),
        ("clients/old-harbour/restore.md#top", "clients/old-harbour is an old address"),
        ("https://runbooks.provider.example/clients/old-harbour/", "clients/old-harbour is an old address"),
        ("clients/pier/restore.md", "Pier has left, and has no page restore.md"),
        ("clients/pier/index.md", None),
        ("clients/pier/", None),
        ("clients/harbour/restore.md", None),
        ("clients/nobody/restore.md", None),
        ("other.md", None),
    ],
)
def test_a_hand_written_link_to_an_old_address_is_told_at_its_line(link: str, said: str | None):
    files = site(harbour="formerly: [old-harbour]\n", pier="status: former\n")

    found = checked({**files, "docs/moves.md": PAGE.format(link=link)}).findings

    assert [(one.code, str(one.place), one.message) for one in found] == (
        [("DOC028", "docs/moves.md:3:1", said)] if said else []
    )


def test_a_page_about_a_client_by_its_old_name_is_told_the_new_one():
    page = "---\nclient: old-harbour\n---\n# Page\n"

    found = the(checked({**site(harbour="formerly: [old-harbour]\n"), "docs/moves.md": page}), "DOC010")

    assert found.help == "it is called harbour now"


Lint = Callable[[], str]


@pytest.fixture
def since(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Lint:
    """A committed site of two clients in the current folder; what lint says is new against that."""
    planted(tmp_path, {"policy.yml": POLICY, **site(harbour="external_ids: {psa: '7'}\n", pier="")})
    monkeypatch.chdir(tmp_path)
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        subprocess.run([*git, *words], check=True, capture_output=True)

    def lint() -> str:
        capsys.readouterr()
        cli.run(["lint", "--since", "HEAD", "--format", "concise"])
        return capsys.readouterr().out.partition("Profiles")[0]

    return lint


def test_a_renamed_file_is_told_to_keep_its_old_address(since: Lint, tmp_path: Path):
    (tmp_path / "clients/harbour.yml").rename(tmp_path / "clients/new-harbour.yml")
    said = "clients/new-harbour.yml:1:9: warning: Harbour was harbour before, and the address of then leads nowhere now"
    assert since() == f"{said} [REC016 record-gone]\n"

    small.edit(tmp_path / "clients/new-harbour.yml", "client: Harbour", "client: Harbour and Sons")
    assert "REC016" in since()

    small.add(tmp_path / "clients/new-harbour.yml", "formerly: [harbour]\n")
    assert since() == ""


def test_a_record_that_is_gone_is_told(since: Lint, tmp_path: Path):
    (tmp_path / "clients/pier.yml").unlink()

    assert since() == (
        "clients/pier.yml:1:1: warning: the record of Pier is gone, and what was agreed with it [REC016 record-gone]\n"
    )


def test_no_record_is_hidden_from_the_comparison_by_an_attribute_of_git(since: Lint, tmp_path: Path):
    small.add(tmp_path / ".gitattributes", "clients/pier.yml export-ignore\n")
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false"]
    for words in (["add", "."], ["commit", "-qm", "two"]):
        subprocess.run([*git, *words], check=True, capture_output=True)
    assert since() == ""

    (tmp_path / "clients/pier.yml").unlink()
    assert "the record of Pier is gone" in since()


def test_the_day_that_a_client_left_is_one_on_which_something_changes(tmp_path: Path):
    from runbooks import site as sites
    from runbooks.forecast import forecast

    planted(tmp_path, {"policy.yml": POLICY, **site(harbour="left_on: 2026-11-25\nstatus: offboarding\n")})
    fleet = sites.read(tmp_path, date(2026, 11, 22))

    changes = list(forecast(fleet, 30, []))
    assert any("REC015" in str(one) for one in changes)
