"""`runbooks diff`: what a change means, in words."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runbooks import cli, site
from runbooks.changes import Changes, Note, Side, watching
from runbooks.changes.notes import Named, hushed, note
from runbooks.changes.texts import LIMIT, as_markdown, plain
from runbooks.days import later
from runbooks.entitlement import entitlement
from runbooks.pages.contents import apart, contents
from runbooks.pages.markdown import address
from runbooks.site import Site
from tests import small
from tests.sample import AGREEMENT, POLICY, TODAY, agreed, changed, planted
from tests.test_since import commit, git

Diff = Callable[..., str]
DAY = "2026-11-22"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A committed site with a client who is watched until the end of the year."""
    git(tmp_path, "init", "-q", "-b", "main")
    root = planted(tmp_path / "runbooks", {"policy.yml": POLICY, "clients/somebody.yml": agreed(AGREEMENT)})
    commit(root)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def diff(root: Path, capsys: pytest.CaptureFixture[str]) -> Diff:
    """Plants files, or takes them away, and tells what they mean against the last commit."""

    def tell(files: dict[str, str | None], *options: str, revision: str = "HEAD") -> str:
        planted(root, {name: text for name, text in files.items() if text is not None})
        for name in (name for name, text in files.items() if text is None):
            (root / name).unlink()
        capsys.readouterr()
        assert cli.run(["diff", "--as-of", DAY, *options, revision]) == cli.PASSED
        return capsys.readouterr().out

    return tell


def told(out: str) -> list[dict[str, Any]]:
    notes: list[dict[str, Any]] = json.loads(out)["changes"]
    return notes


def somebody(*agreements: object, **changes: object) -> dict[str, str | None]:
    return {"clients/somebody.yml": agreed(*agreements, **changes)}  # type: ignore[arg-type]


def test_nothing_changed_says_so_in_one_line(diff: Diff):
    assert re.fullmatch(rf"Nothing changes against HEAD \([0-9a-f]{{10}}\), as of {DAY}\.\n", diff({}))
    assert diff({}, "--format", "markdown").count("\n") == 1
    assert json.loads(diff({}, "--format", "json"))["changes"] == []


def test_an_agreement_that_is_gone_takes_the_monitoring_at_once(diff: Diff):
    out = diff(somebody())
    assert "Somebody (somebody): loses full monitoring of main at once" in out
    assert "the monitoring page goes dark" in out
    assert "agreement AGR-1 is gone" in out
    assert out.index("Monitoring (1)") < out.index("Pages that go dark") < out.index("New findings")


def test_an_agreement_of_next_year_gives_monitoring_from_then(diff: Diff):
    later = changed(AGREEMENT, id="AGR-2", starts="2027-02-01", last_day="2027-06-30")
    [one] = [one for one in told(diff(somebody(AGREEMENT, later), "--format", "json")) if one["topic"] == "monitoring"]
    assert one["kind"] == "gained"
    assert one["from"] == "2027-02-01"
    assert one["before"] == "full through 2026-12-31, then none"
    assert one["after"].endswith("then full through 2027-06-30, then none")


def test_an_agreement_that_ends_earlier_says_from_when_monitoring_is_lost(diff: Diff):
    out = diff(somebody(changed(AGREEMENT, last_day="2026-12-10")))
    assert "loses full monitoring of main from 2026-12-11" in out
    assert "agreement AGR-1 ends earlier: through 2026-12-10 instead of through 2026-12-31" in out


def test_a_lower_level_falls_and_less_is_covered(diff: Diff):
    out = diff(somebody(changed(AGREEMENT, type="alert_only", covers=["backup", "monitoring"])))
    assert "falls from full to alert-only monitoring of main at once" in out
    assert "agreement AGR-1 is of type alert_only, not full any more" in out
    assert "covers no longer: repair of every set-up, restore of every set-up" in out


def test_a_policy_that_moves_many_says_how_many_and_which(root: Path, diff: Diff):
    other = agreed(changed(AGREEMENT, id="AGR-9"), client="Another")
    planted(root, {"clients/another.yml": other})
    commit(root)
    policy = POLICY.replace("full: {counts: true, monitoring: full}", "full: {counts: true, monitoring: alert_only}")
    out = diff({"policy.yml": policy})
    assert "falls from full to alert-only monitoring of everything watched at once" in out
    assert "2 clients: Another, Somebody" in out
    assert "agreements.full.monitoring is alert_only instead of full" in out


def test_clients_come_go_and_are_renamed(root: Path, diff: Diff):
    planted(root, {"clients/leaving.yml": agreed(changed(AGREEMENT, id="AGR-7"), client="Leaving")})
    commit(root)
    new = agreed(changed(AGREEMENT, id="AGR-8"), client="Newcomer")
    moved = {"clients/somebody.yml": None, "clients/some-body.yml": agreed(AGREEMENT)}
    out = diff({"clients/leaving.yml": None, "clients/newcomer.yml": new, **moved})
    assert "Leaving (leaving): the client is gone (active)" in out
    assert "Newcomer (newcomer): the client is new (active)" in out
    assert "renamed from Somebody (somebody) to Somebody (some-body)" in out
    assert "move from clients/somebody/ to clients/some-body/" in out
    assert "Somebody (some-body): loses" not in out


def test_contacts_and_who_approves_money_are_told(root: Path, diff: Diff):
    boss = {"name": "Boss", "roles": ["decision_maker"], "phone": "+61 2 5550 0150", "approves_up_to": 500}
    planted(root, {"clients/somebody.yml": agreed(AGREEMENT, contacts=[boss])})
    commit(root)
    more = {**boss, "approves_up_to": 900, "phone": "+61 2 5550 0151"}
    out = diff(somebody(AGREEMENT, contacts=[{"name": "Deputy"}, more]))
    assert "Boss approves up to 900 instead of up to 500" in out
    assert "Boss has the phone +61 2 5550 0151 instead of +61 2 5550 0150" in out
    assert "contact Deputy is new" in out


def test_an_entry_that_only_moved_changes_nothing(root: Path, diff: Diff):
    one, two = AGREEMENT, changed(AGREEMENT, id="AGR-2", covers=["antivirus"])
    planted(root, {"clients/somebody.yml": agreed(one, two)})
    commit(root)
    assert "greement" not in diff(somebody(two, one))


def test_what_is_protected_and_recoverability_are_told(root: Path, diff: Diff):
    def record(copies: list[dict[str, object]]) -> dict[str, str | None]:
        job = {"name": "Nightly", "items": ["srv1"], "to": "nas", "schedule": "daily at 22:00"}
        setup = {"id": "main", "product": "other", "product_name": "Tape", "jobs": [job],
                 "items": [{"name": "SRV1", "kind": "server"}]}  # fmt: skip
        jobs = [{"name": "Copy", "from": "nas", "to": "cloud"}] if len(copies) > 1 else []
        return somebody(AGREEMENT, copies=copies, setups=[{**setup, "jobs": [job, *jobs]}])

    nas: dict[str, object] = {"id": "nas", "medium": "nas", "site": "offsite"}
    planted(root, {name: text for name, text in record([nas]).items() if text})
    commit(root)
    out = diff(record([nas, {"id": "cloud", "medium": "object", "immutable_days": 30}]))
    assert "3 copies: met, before: not met" in out
    assert "1 immutable: met, before: not met" in out
    assert "set-up main: new jobs: Copy" in out
    assert "new copies: cloud" in out


def test_waivers_findings_and_pages_are_told(root: Path, diff: Diff):
    waiver = "waivers: [{rule: BKP001, client: somebody, reason: Later, approver: Boss, until: %s}]\n"
    planted(root, {"policy.yml": POLICY + waiver % "2026-12-18", "docs/page.md": "# A page\n\nText.\n"})
    commit(root)
    out = diff(
        {"policy.yml": POLICY + waiver % "2027-01-18", "docs/page.md": "# A page\n\nOther.\n", "docs/b.md": "# B\n"}
    )
    assert "the waiver of BKP001 of somebody is extended: until 2027-01-18, before 2026-12-18" in out
    assert "the hand-written page docs/page.md says something else" in out
    assert "the hand-written page docs/b.md is new" in out


def test_a_record_that_cannot_be_read_withholds_its_pages(diff: Diff):
    out = diff({"clients/somebody.yml": agreed(AGREEMENT, colour="green")})
    assert "set-ups, procedures and monitoring are withheld: REC001 record-unknown-key" in out
    assert "loses full monitoring of main at once" in out
    assert "[REC001 record-unknown-key]" in out


def test_a_changed_procedure_says_whose_pages_it_touches(root: Path, diff: Diff):
    product = "nakivo-backup-replication"
    files = sorted((small.REPOSITORY / "templates" / "products").glob("*/restore-file.md"))
    source = files[0]
    product = source.parent.name
    folder = f"templates/products/{product}"
    setup = {"id": "main", "product": product}
    text = source.read_text(encoding="utf-8")
    planted(root, {"clients/somebody.yml": agreed(AGREEMENT, setups=[setup]), f"{folder}/restore-file.md": text})
    commit(root)
    out = diff({f"{folder}/restore-file.md": text + "\n1. Look at it.\n", "templates/partials/own.md": "x\n"})
    assert f"procedure restore-file of {product} changed; it touches 1 client: Somebody" in out
    assert "template templates/partials/own.md is new" in out


def test_no_secret_is_ever_shown(diff: Diff):
    secret = "Quokka!Jump42"
    files = somebody(AGREEMENT, contacts=[{"name": f"The admin password is {secret}", "notes": f"password: {secret}"}])
    for form in ("text", "markdown", "json"):
        assert secret not in diff(files, "--format", form)
    assert secret not in hushed(f"the admin password is {secret}")


def test_no_name_breaks_a_comment_or_mentions_anybody(diff: Diff):
    name = "|<script>@everyone #1 !2 `x` [a](b) **b**"
    out = diff({"clients/other.yml": agreed(changed(AGREEMENT, id="AGR-3"), client=name)}, "--format", "markdown")
    shown = html.unescape(out)
    assert "@\u200beveryone #\u200b1 !\u200b2" in shown
    assert not re.search(r"(?<!\w)[@#!](?=\w)", shown)
    assert not set("<>|`[]") & set(re.sub(r"^#+ .*$", "", out, flags=re.MULTILINE))
    assert plain("@a") == "&#64;&#8203;a"


def test_a_comment_fits_and_says_how_much_is_left_out():
    notes = tuple(
        note("clients", "new", f"{number} " + "@|" * 250, Named(f"c{number}", "*" * 90)) for number in range(500)
    )
    text = as_markdown(Changes("origin/main", "0" * 40, TODAY, notes))
    assert len(text) <= LIMIT
    [left] = re.findall(r"Shortened: (\d+) lines left out", text)
    assert text.count("\n- **") == len(notes) - int(left) > 0


def test_it_compares_with_where_the_branches_parted(root: Path, diff: Diff):
    git(root, "checkout", "-q", "-b", "topic")
    git(root, "checkout", "-q", "main")
    planted(root, {"clients/elsewhere.yml": agreed(changed(AGREEMENT, id="AGR-5"), client="Elsewhere")})
    commit(root)
    git(root, "checkout", "-q", "topic")
    out = diff({"docs/page.md": "# A page\n"}, revision="main")
    assert "Elsewhere" not in out
    assert "docs/page.md is new" in out


def test_the_same_change_is_told_the_same_way_twice(diff: Diff):
    files = somebody(changed(AGREEMENT, last_day="2026-12-10"))
    assert diff(files, "--format", "json") == diff(files, "--format", "json")


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("revision", ["nowhere", "--all"])
def test_what_git_does_not_know_is_wrong_use(revision: str, capsys: pytest.CaptureFixture[str]):
    assert cli.run(["diff", "--", revision]) == cli.WRONG_USE
    assert capsys.readouterr().err.count("\n") == 1


def test_a_site_that_was_not_there_is_wrong_use(root: Path, capsys: pytest.CaptureFixture[str]):
    (root / "policy.yml").rename(root / "other.yml")
    commit(root)
    (root / "other.yml").rename(root / "policy.yml")
    assert cli.run(["diff", "HEAD"]) == cli.WRONG_USE
    assert "nothing was compared" in capsys.readouterr().err


def test_the_pages_that_are_told_are_those_that_are_made(small_made: Site):
    made = small_made
    told = {
        (address(f"clients/{record.slug}/{uri}", directory_urls=True), kind)
        for record in made.fleet.records
        for uri, kind in contents(record, made.fleet, blocked=record.slug in made.report.blocked_clients)
    }
    pages = {
        (address(page.uri, directory_urls=True), page.kind)
        for page in made.book.pages
        if page.client and page.kind != "redirect"
    }
    assert told == pages


def test_a_note_is_one_line_and_not_endless():
    found: Note = note("other", "changed", "a\nb" + "c" * 5000)
    assert "\n" not in found.words
    assert len(found.words) <= 600


def test_the_sample_of_the_manual_is_what_is_printed(diff: Diff):
    text = (small.REPOSITORY / "docs" / "reviewing.md").read_text(encoding="utf-8")
    [sample] = re.findall(r"```text\n(What changes.*?)```", text, re.DOTALL)
    out = diff(somebody(changed(AGREEMENT, last_day="2026-12-10")))
    assert re.sub(r"\([0-9a-f]{10}\)", "(0123456789)", out) == sample


def test_what_is_told_of_monitoring_is_what_the_gate_says_on_every_day():
    fleet = site.read(small.SOURCE)
    side = Side(fleet, site.check(fleet))
    seen = set[str]()
    for record in fleet.records:
        times = watching.times(record, side)
        for setup in apart(record.client.setups):
            for day in (later(fleet.as_of, number) for number in range(0, 900, 3)):
                blocked = record.slug in side.report.blocked_clients
                level = "none" if blocked else entitlement(record.client, setup, fleet.policy, day).monitoring
                assert watching.on(times[setup.id], day) == level, (record.slug, setup.id, day)
                seen.add(level)
    assert len(seen) == 3
