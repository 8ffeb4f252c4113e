"""The catalogue: a product is a folder; what cannot be read is left out and said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runbooks.catalogue import Catalogue, catalogue
from runbooks.findings import Place, Problem
from runbooks.source import Document
from tests.sample import RECORD, STRICT, checked, planted

HERE = Path(__file__).parents[1]
PRODUCT = """\
schema: 1
name: Tape drive
vendor: Example Tapes
written_for: "1.0"
summary: Writes files on tape.
protects: [server]
recoverability: file
console: The drive's own screen.
mac: {possible: false, why: It has no driver.}
"""
PROCEDURE = """\
---
title: Restore a file
level: L1
trigger: A file is gone.
minutes: 10
permission: None.
needs: restore
escalate_after_minutes: 30
undo: Delete the restored file.
---
1. Load the tape.
"""


def read(root: Path, files: dict[str, str | bytes]) -> Catalogue:
    planted(root, {f"tape/{name}": content for name, content in files.items()})
    return catalogue({"tape": [root / "tape"]})


def told(found: Catalogue) -> list[tuple[str, str]]:
    return [(problem.code, where(document, problem)) for document, problem in found.problems]


def where(document: Document, problem: Problem) -> str:
    place = problem.at if isinstance(problem.at, Place) else document.place(problem.at)
    return str(place).removeprefix("templates/products/tape/")


def test_a_product_is_its_facts_and_a_file_for_each_procedure(tmp_path: Path):
    found = read(tmp_path, {"product.yml": PRODUCT, "restore-file.md": PROCEDURE, "picture.png": b"\x89PNG"})
    assert found.problems == ()
    entry = found.products["tape"]
    assert (entry.product.name, entry.file) == ("Tape drive", "templates/products/tape/product.yml")
    procedure = entry.procedures["restore-file"]
    assert (procedure.product, procedure.guidance.needs) == ("tape", "restore")
    assert (procedure.body, procedure.first_line) == ("1. Load the tape.\n", 11)


def test_the_products_of_this_repository_have_no_problems():
    folders = {path.name: [path] for path in (HERE / "templates" / "products").iterdir() if path.is_dir()}
    found = catalogue(folders)
    assert found.problems == ()
    assert set(found.products) == set(folders)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("needs: restore", "needs: everything", ("CAT002", "restore-file.md:7:8")),
        ("needs: restore\n", "", ("CAT003", "restore-file.md:2:1")),
        ("needs: restore", "need: restore", ("CAT001", "restore-file.md:7:7")),
        ("minutes: 10", "minutes: ten", ("CAT002", "restore-file.md:5:10")),
        ("level: L1", "level: L9", ("CAT002", "restore-file.md:3:8")),
        ("title: Restore a file", "title: [", ("YML004", "restore-file.md")),
        ("needs: restore\n", "needs: none\nneeds: monitoring\n", ("YML005", "restore-file.md:8:1")),
    ],
)
def test_a_procedure_whose_head_has_a_mistake_is_left_out(
    tmp_path: Path, old: str, new: str, expected: tuple[str, str]
):
    found = read(tmp_path, {"product.yml": PRODUCT, "restore-file.md": PROCEDURE.replace(old, new)})
    assert found.products["tape"].procedures == {}
    code, place = expected
    assert any(one == code and at.startswith(place) for one, at in told(found))


def test_a_file_without_a_head_is_no_procedure(tmp_path: Path):
    found = read(tmp_path, {"product.yml": PRODUCT, "readme.md": "# Just text\n"})
    assert found.products["tape"].procedures == {}
    assert {code for code, _ in told(found)} == {"CAT003"}


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        ("", {"YML016"}),
        ("vendor: Example Tapes\nname: [\n", {"YML004"}),
        ("- a\n", {"CAT002"}),
        (PRODUCT.replace("vendor: Example Tapes\n", ""), {"CAT003"}),
        (PRODUCT.replace("recoverability: file", "recoverability: perhaps"), {"CAT002"}),
        (PRODUCT.replace("possible: false", "possibly: false"), {"CAT001", "CAT003"}),
    ],
)
def test_a_product_whose_facts_cannot_be_read_is_left_out(tmp_path: Path, content: str, codes: set[str]):
    found = read(tmp_path, {"product.yml": content, "restore-file.md": PROCEDURE})
    assert found.products == {}
    assert {code for code, _ in told(found)} == codes


def test_a_mistake_that_can_be_left_out_leaves_the_product(tmp_path: Path):
    found = read(tmp_path, {"product.yml": PRODUCT + "colour: blue\n"})
    assert told(found) == [("CAT001", "product.yml:10:9")]
    assert "tape" in found.products


def test_a_folder_without_facts_is_said(tmp_path: Path):
    found = read(tmp_path, {"restore-file.md": PROCEDURE})
    assert found.products == {}
    assert told(found) == [("CAT003", "product.yml:1:1")]


def test_a_broken_product_leaves_the_others(tmp_path: Path):
    planted(tmp_path, {"good/product.yml": PRODUCT, "bad/product.yml": "name: [\n"})
    found = catalogue({name: [tmp_path / name] for name in ("bad", "good")})
    assert set(found.products) == {"good"}
    assert {document.files[0] for document, _ in found.problems} == {"templates/products/bad/product.yml"}


def test_the_first_folder_that_has_a_file_gives_it(tmp_path: Path):
    shipped = {"shipped/product.yml": PRODUCT, "shipped/restore-file.md": PROCEDURE, "shipped/add.md": PROCEDURE}
    own = {"own/restore-file.md": PROCEDURE.replace("Restore a file", "Restore our way")}
    planted(tmp_path, {**shipped, **own})
    found = catalogue({"tape": [tmp_path / "own", tmp_path / "shipped"]})
    procedures = found.products["tape"].procedures
    assert {name: one.guidance.title for name, one in procedures.items()} == {
        "add": "Restore a file",
        "restore-file": "Restore our way",
    }


@pytest.mark.parametrize(
    ("mac", "page", "codes"),
    [
        ("{possible: true, how: An agent.}", True, []),
        ("{possible: true, how: An agent.}", False, ["CAT004"]),
        ("{possible: false}", False, ["CAT004"]),
        ("{possible: false, why: No agent.}", False, []),
    ],
)
def test_a_product_says_whether_it_can_protect_a_mac(tmp_path: Path, mac: str, *, page: bool, codes: list[str]):
    facts = PRODUCT.replace("{possible: false, why: It has no driver.}", mac)
    files: dict[str, str | bytes] = {"product.yml": facts}
    if page:
        files["add-workstation-mac.md"] = PROCEDURE
    assert [code for code, _ in told(read(tmp_path, files))] == codes


def test_the_same_folders_in_another_order_give_the_same_catalogue(tmp_path: Path):
    planted(tmp_path, {f"{name}/product.yml": PRODUCT for name in "cab"})
    folders = {name: [tmp_path / name] for name in "cab"}
    assert list(catalogue(folders).products) == list("abc")
    assert catalogue(folders).products == catalogue(dict(sorted(folders.items()))).products


# Rules about products


def told_by(code: str, facts: str = PRODUCT, **procedures: str) -> list[str]:
    """Where a rule finds something in a product with these procedures."""
    files = {"templates/products/tape/product.yml": facts}
    files |= {f"templates/products/tape/{name.replace('_', '-')}.md": text for name, text in procedures.items()}
    report = checked({"policy.yml": STRICT, "clients/somebody.yml": json.dumps(RECORD), **files})
    found = [finding.place for finding in report.findings if finding.code == code]
    return [f"{place.file.removeprefix('templates/products/tape/')}:{place.line}" for place in found]


def steps(text: str, permission: str = "None.") -> str:
    return PROCEDURE.replace("1. Load the tape.", text).replace("permission: None.", f"permission: {permission}")


BEYOND = [
    "1. Install the agent again.",
    "1. Uninstall the old agent.",
    "1. Remove the backup agent from the PC.",
    "1. Open port 443 in the firewall of the client.",
    "1. Switch off the Windows Firewall.",
]


@pytest.mark.parametrize("text", BEYOND)
def test_a_first_line_step_that_changes_an_agent_or_a_firewall_needs_a_permission(text: str):
    for permission in ("None.", "nobody", "not needed", '"no"', "n/a", "No permission needed."):
        assert told_by("CAT013", restore_file=steps(text, permission)) == ["restore-file.md:11"]
    for permission in ("The client agrees.", "None for looking; the client for the agent."):
        assert not told_by("CAT013", restore_file=steps(text, permission))
    assert not told_by("CAT013", restore_file=steps(text).replace("level: L1", "level: L2"))


@pytest.mark.parametrize(
    "text",
    [
        "1. Do not install the agent again.",
        "1. Read whether the firewall blocks it.",
        "1. Load the tape.\n\n    *Expect:* the agent is installed.\n\n    *If not:* install the agent.",
        "1. Note the agent's version. Remove the tape.",
    ],
)
def test_a_step_that_only_looks_needs_no_permission(text: str):
    assert not told_by("CAT013", restore_file=steps(text))


MAC = PRODUCT.replace("{possible: false, why: It has no driver.}", "{possible: true, how: An agent.}")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1. Plug it in.", True),
        ("1. Give it Full Disk Access.", True),
        ("1. Give it full disk access. Restore a file to prove it.", False),
        ("1. Approve it. Full Disk Access, improved.", True),
    ],
)
def test_adding_a_mac_proves_full_disk_access(text: str, *, told: bool):
    assert told_by("CAT014", MAC, add_workstation_mac=steps(text)) == (["add-workstation-mac.md:11"] if told else [])
    assert not told_by("CAT014", PRODUCT, add_workstation_mac=steps(text))


ALERT = "alerts:\n  - {text: 'Tape %s torn: <n> metres', means: x, urgency: high, tell_client: y}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("## Tape %s torn: 5 metres", True),
        ('The text "Tape %s torn: ... metres".', False),
        ("*tape %s torn*", False),
        ("Tape %s torn: <n> metres", True),
        ("**torn**", True),
        ("`Tape %S torn: <n> metres, call now`", False),
    ],
)
def test_an_alert_is_named_by_a_procedure(text: str, *, told: bool):
    assert bool(told_by("CAT015", PRODUCT + ALERT, answer_alerts=steps(text))) is told


def test_an_alert_is_named_by_the_procedure_that_is_said_to_answer_it():
    product = PRODUCT + ALERT.replace("means: x", "means: x, procedure: alert-torn")
    quoted = steps("## Tape %s torn: … metres")
    assert not told_by("CAT015", product, alert_torn=quoted)
    assert told_by("CAT015", product, alert_torn=steps("## Torn"), answer_alerts=quoted) == ["product.yml:11"]


USUAL_ONES = [
    "add-server", "add-workstation-windows", "answer-alerts", "backup-server-lost", "daily-check", "remove-device",
    "rerun-job", "restore-file", "restore-machine", "restore-mailbox", "site-lost",
]  # fmt: skip


def test_what_every_technician_looks_for_is_there_or_has_a_reason():
    # A Mac has its reason in the facts of the product.
    assert len(told_by("CAT020")) == len(USUAL_ONES)
    assert len(told_by("CAT020", restore_file=PROCEDURE)) == len(USUAL_ONES) - 1
    reasons = "without:\n" + "".join(f"  {name}: It is a tape drive.\n" for name in USUAL_ONES)
    assert not told_by("CAT020", PRODUCT + reasons)


@pytest.mark.parametrize(
    ("product", "body", "told"),
    [
        ("", '1. Load it. {{ see("restore-file") }}', []),
        ("", '1. Load it. {{ see("restore-fiel") }}', ["restore-file.md:11"]),
        ("without: {restore-file: Because.}\n", "1. Load it.", ["product.yml:10"]),
        ("without: {restore-machine: Because.}\n", "1. Load it.", []),
        (ALERT.replace("means: x", "means: x, procedure: alert-none"), "1. Load it.", ["product.yml:11"]),
    ],
)
def test_a_procedure_that_is_named_exists_and_one_that_is_missing_does_not(product: str, body: str, told: list[str]):
    assert told_by("CAT021", PRODUCT + product, restore_file=steps(body)) == told


def test_a_picture_that_is_asked_for_is_there():
    assert told_by("CAT022", restore_file=steps('{{ picture("cat") }}')) == ["restore-file.md:11"]
    assert not told_by("CAT022", restore_file=steps('{{ picture("restore-beside") }}'))


def test_a_product_that_is_not_finished_is_found():
    assert told_by("CAT016", PRODUCT.replace("Writes files on tape.", "TODO")) == ["product.yml:5"]
    assert told_by("CAT016", restore_file=steps("1. Load the tape.\n2. TBD")) == ["restore-file.md:12"]
    assert not told_by("CAT016", restore_file=steps("1. Write `TODO` on it."))


def test_a_procedure_says_how_to_see_that_it_worked():
    assert told_by("CAT017", restore_file=PROCEDURE) == ["restore-file.md:11"]
    assert not told_by("CAT017", restore_file=steps("1. Load the tape.\n\n## Verify\n1. Read it."))
    assert not told_by("CAT017", answer_alerts=PROCEDURE)


def test_the_shipped_products_keep_the_rules_of_products():
    products = HERE / "templates" / "products"
    files = {
        f"templates/products/{path.parent.name}/{path.name}": path.read_text(encoding="utf-8")
        for path in products.glob("*/*")
        if path.suffix in (".yml", ".md")
    }
    report = checked({"policy.yml": STRICT, "clients/somebody.yml": json.dumps(RECORD), **files})
    assert [str(finding) for finding in report.findings if finding.code.startswith("CAT")] == []


DAILY = steps(
    "1. Open the console of the tape robot and look at the list of last night.\n"
    "2. Compare every line of the list with the record of the client, from the first to the last.\n"
    "3. Ring the client about each line that is red, before ten in the morning at the latest.\n"
    "4. Write into the ticket what was seen, when it was seen, and who was told about it."
)


def test_the_daily_check_needs_monitoring_whatever_its_file_says(tmp_path: Path):
    for name in ("daily-check", "answer-alerts", "alert-tape-torn"):
        found = read(tmp_path / name, {"product.yml": PRODUCT, f"{name}.md": PROCEDURE})
        assert found.products["tape"].procedures[name].guidance.needs == "monitoring"
        assert told(found) == [("CAT018", f"{name}.md:7:8")]


def test_a_copy_of_a_monitoring_procedure_under_another_name_stops_the_site():
    assert told_by("CAT019", daily_check=DAILY, morning=DAILY)
    assert not told_by("CAT019", daily_check=DAILY, morning=steps("1. Load the tape."))
