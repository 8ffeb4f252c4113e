"""`runbooks inventory adopt`: what the exports show and no record has, written where it belongs, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks import adoption, cli
from runbooks.adoption import Plan, Wanted
from runbooks.catalogue import shipped
from runbooks.source import read
from tests.calls import Done, Run, called
from tests.sample import STANDARD, TODAY, changed, checked, codes, fleet, planted

FILE = "clients/harbour-dental.yml"
DATTO = shipped() / "products" / "datto-siris"
SECRET = "hunter2-in-a-column-nobody-asked-for"
COLUMNS = {"name": "Name", "key": "Id", "client": "Client", "kind": "Kind", "job": "Job"}
FEED: Mapping[str, Any] = {
    "id": "console",
    "format": "generic-csv",
    "files": "console-*.csv",
    "external_id": "console",
    "product": "other",
    "timezone": "UTC",
    "columns": COLUMNS,
    "kinds": {"server": "server", "workstation": "workstation"},
}
RECORD = """\
client: Harbour Dental
external_ids: {console: "77"}
copies: [{id: shelf, medium: tape}]
setups:
  - id: main
    product: other
    product_name: Tape
    items:
      - {name: SRV1, kind: server}
    jobs:
      - {name: Nightly, items: [srv1], to: shelf}
"""
NEW = "NEW1,,77,server,"
NOTES = "notes: TODO what it is for"


def feeds(*each: Mapping[str, Any], **more: Any) -> str:
    return json.dumps({"schema": 1, "feeds": list(each), **more})


def export(*rows: str) -> str:
    return "Name,Id,Client,Kind,Job,Password\n" + "".join(f"{row},{SECRET}\n" for row in rows)


def site(*rows: str, record: str | bytes = RECORD, **more: Any) -> dict[str, str | bytes]:
    return {
        "policy.yml": STANDARD,
        FILE: record,
        "inventory/feeds.yml": feeds(changed(FEED, **more)),
        f"inventory/console-{TODAY}.csv": export(*rows),
    }


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in a site of these files, in this process; without files in the one that is there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RUNBOOKS_AS_OF", TODAY.isoformat())
    # One product of the catalogue is enough, and all of them take half a second each time.
    monkeypatch.setattr("runbooks.site.products", lambda _: {DATTO.name: [DATTO]})

    def start(*arguments: str, files: Mapping[str, str | bytes] | None = None) -> Done:
        planted(tmp_path, files or {})
        done = called(capsys, "inventory", "adopt", *arguments)
        assert SECRET not in done.out + done.err
        return done

    return start


# Ugly records, byte for byte: what is new goes in the place of ⇩

UGLY = {
    "windows with a mark, tabs in comments and no last line end": (
        "\ufeffclient: Harbour Dental\t# a\ttab\r\nexternal_ids: {console: '77'}\r\ncopies: [{id: t, medium: tape}]\r\n"
        "setups:\r\n  - id: main\r\n    product: other\r\n    product_name: Tape\r\n    items:\r\n"
        "      - name: SRV1  # the old one\r\n        kind: server⇩".replace("\t#", " #"),
        f"\r\n      - name: NEW1\r\n        kind: server\r\n        {NOTES}",
    ),
    "line ends of both kinds": (
        (
            'client: Harbour Dental\r\nexternal_ids: {console: "77"}\ncopies: [{id: t, medium: tape}]\r\nsetups:\n'
            "  - {id: main, product: other, product_name: Tape, items: [{name: SRV1, kind: server}⇩]}\r\n\n\r\n# end\n"
        ),
        f", {{name: NEW1, kind: server, {NOTES}}}",
    ),
    "brackets on lines of their own, a comma at the end": (
        (
            'client: "Harbour Dental"\nexternal_ids: { console: "77" }\ncopies: [ { id: t, medium: tape } ]\nsetups:\n'
            '- id: "main"\n  product: "other"\n  product_name: "Tape"\n  items: [\n'
            '      { name: "SRV1", kind: "server" },   # keep, it\'s ours⇩\n      # - nothing\n    ]\n  version: "1"\n'
        ),
        '\n      { name: "NEW1", kind: "server", notes: "TODO what it is for" },',
    ),
    "json": (
        (
            '{\n  "client": "Harbour Dental", "external_ids": {"console": "77"},\n'
            '  "copies": [{"id": "t", "medium": "tape"}],\n  "setups": [\n    {\n      "id": "main",\n'
            '      "product": "other", "product_name": "Tape",\n      "items": [\n'
            '        {"name": "SRV1", "kind": "server"}⇩\n      ]\n    }\n  ]\n}\n'
        ),
        ',\n        {"name": "NEW1", "kind": "server", "notes": "TODO what it is for"}',
    ),
    "dashes below the key, and comments that belong to the last, to the list and to what follows": (
        (
            'client: Harbour Dental\nexternal_ids:\n  console: "77"\n\n\ncopies:\n- id: t\n  medium: tape\nsetups:\n'
            "- id: main\n  product: other\n  product_name: Tape\n  items:\n  - name: SRV1\n    kind: server\n"
            "    # it hums\n⇩"
            "  # what comes next:\n\n  # jobs\n  jobs: []\n"
        ),
        f"  - name: NEW1\n    kind: server\n    {NOTES}\n",
    ),
    "far to the right, in single quotes, with a line between": (
        (
            "---\nclient: 'Harbour Dental'\nexternal_ids: {'console': '77'}\ncopies: [{id: t, medium: tape}]\nsetups:\n"
            "    -   id: main\n        product: other\n        product_name: 'Tape'\n        items:\n\n"
            "            -   name: 'SRV0'\n                kind: server\n\n            -   name: 'SRV1'\n"
            "                kind: server\n⇩        defaults: {os: windows}\n"
        ),
        "\n            -   name: 'NEW1'\n                kind: server\n                notes: TODO what it is for\n",
    ),
    "an empty list with a comment": (
        (
            'client: Harbour Dental\nexternal_ids: {console: "77"}\ncopies: [{id: t, medium: tape}]\nsetups:\n'
            "  - id: main\n    product: other\n    product_name: Tape\n    items: [⇩]   # none yet\n    notifies: []\n"
        ),
        f"{{name: NEW1, kind: server, {NOTES}}}",
    ),
    "no list at all": (
        (
            'client: Harbour Dental\nexternal_ids: {console: "77"}\ncopies:\n- {id: t, medium: tape}\nsetups:\n'
            "- id: main\n  product: other\n  product_name: Tape   # in the cellar\n  defaults: {os: linux}\n"
            "⇩  # jobs: look them up\n"
            "  notes: |\n    Two lines\n\n    of notes.\n"
        ),
        f"  items:\n  - {{name: NEW1, kind: server, {NOTES}}}\n",
    ),
    "a text that keeps its empty lines, and the end of the document": (
        (
            'client: Harbour Dental\nexternal_ids: {console: "77"}\ncopies: [{id: t, medium: tape}]\nsetups:\n'
            "  - id: main\n    product: other\n    product_name: Tape\n    items:\n      - name: SRV1\n"
            "        kind: server\n        notes: |+\n          # no comment\n\n\n⇩...\n"
        ),
        f"      - name: NEW1\n        kind: server\n        {NOTES}\n",
    ),
    "a text before empty lines, and a default": (
        (
            'client: Harbour Dental\nexternal_ids: {console: "77"}\ncopies: [{id: t, medium: tape}]\nsetups:\n'
            "  - id: main\n    product: other\n    product_name: Tape\n"
            "    defaults: {kind: server}\n    items:\n"
            "      - name: SRV1\n        notes: >\n          one\n          two\n⇩"
            "\n\n# The promise\nmonitoring: {level: none}\n"
        ),
        f"      - name: NEW1\n        {NOTES}\n",
    ),
    "a waiver below the last": (
        (
            'client: Harbour Dental\nexternal_ids: {console: "77"}\ncopies: [{id: t, medium: tape}]\nsetups:\n'
            "  - id: main\n    product: other\n    product_name: Tape\n    items:\n"
            "      - {name: SRV1, kind: server}\n⇩      # runbooks: ignore\n    managed_by: us\n"
        ),
        f"      - {{name: NEW1, kind: server, {NOTES}}}\n",
    ),
}


@pytest.mark.parametrize(("text", "new"), UGLY.values(), ids=UGLY)
def test_an_ugly_record_keeps_every_byte(text: str, new: str, run: Run, tmp_path: Path):
    before = text.replace("⇩", "").encode()
    assert run("NEW1", files=site("SRV1,,77,server,", NEW, record=before)).code == cli.PASSED
    assert (tmp_path / FILE).read_bytes() == text.replace("⇩", new).encode()
    again = run("NEW1")
    assert (tmp_path / FILE).read_bytes() == text.replace("⇩", new).encode()
    assert (again.code, again.out) == (cli.PASSED, "")
    assert "it is in the record already: clients/harbour-dental.yml:" in again.err
    assert "nothing was written" in again.err


def test_of_a_record_in_parts_only_the_file_with_the_setups_changes(run: Run, tmp_path: Path):
    head, setups = RECORD.split("setups:\n")
    parts = {"clients/hd/client.yml": head, "clients/hd/setups.yml": f"# theirs\nsetups:\n{setups}"}
    files = {name: text for name, text in site(NEW).items() if name != FILE}
    assert run("--all", files={**files, **parts}).code == cli.PASSED
    assert (tmp_path / "clients/hd/client.yml").read_text() == head
    after = (tmp_path / "clients/hd/setups.yml").read_text()
    line = f"      - {{name: NEW1, kind: server, {NOTES}}}\n"
    assert after == parts["clients/hd/setups.yml"].replace("    jobs:\n", f"{line}    jobs:\n")


def test_a_record_in_parts_without_setups_is_refused_because_nobody_knows_the_file(run: Run):
    parts = {"clients/hd/client.yml": RECORD.partition("copies:")[0], "clients/hd/copies.yml": "copies: []\n"}
    files = {name: text for name, text in site(NEW, product="datto-siris").items() if name != FILE}
    done = run("--all", files={**files, **parts})
    assert done.code == cli.FOUND
    assert "nobody can tell where they belong" in done.err


# What is written


def planned(files: Mapping[str, str | bytes]) -> Plan:
    """What is to be written of everything that the exports of a site show."""
    found = fleet(files)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("runbooks.adoption.planning._bytes", lambda _root, name: _raw(files[name]))
        return adoption.plan(found, adoption.chosen(found, Wanted()))


def setups(*rows: str, **more: Any) -> list[dict[str, Any]]:
    """The set-ups of the record after everything was adopted; the linter finds nothing undocumented then."""
    files = site(*rows, **more)
    (change,) = planned(files).changes
    document, problems = read(FILE, change.after)
    assert not problems
    assert "INV001" not in codes(checked({**files, FILE: change.after}))
    data: Any = document.data
    return list(data["setups"])


def left(*rows: str, **more: Any) -> list[str]:
    """Why what somebody has to do something about is not adopted."""
    return [one.verdict.reason for one in planned(site(*rows, **more)).left if not one.verdict.known]


def _raw(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode()


def test_an_item_has_what_the_export_says_and_a_placeholder_for_what_only_a_person_knows():
    (setup,) = setups("NEW1,42,77,server,Nightly")
    item = {"name": "NEW1", "kind": "server", "external_ids": {"console": "42"}, "notes": "TODO what it is for"}
    assert setup["items"][1:] == [item]
    # The job that protects it by the export has it as well.
    assert setup["jobs"][0]["items"] == ["srv1", "new1"]


def test_the_linter_asks_for_what_is_missing():
    record = RECORD.replace(
        "{name: SRV1, kind: server}", "{name: SRV1, kind: server}\n      - {name: NEW1, notes: TODO x}"
    )
    assert {"DOC002", "DOC015"} <= set(codes(checked(site(NEW, record=record))))


def test_a_kind_that_nobody_says_is_left_out_and_a_default_is_no_knowledge():
    assert "kind" not in setups("NEW1,,77,,")[0]["items"][1]
    record = RECORD.replace("    items:", "    defaults: {kind: server}\n    items:")
    (setup,) = setups("NEW1,,77,,", record=record)
    assert setup["items"][1]["notes"] == "TODO whether it is a server and what it is for"
    assert "kind" not in setups(NEW, record=record)[0]["items"][1]


def test_a_job_goes_among_the_jobs():
    (setup,) = setups(",,77,,Weekly")
    assert setup["jobs"][1] == {"name": "Weekly", "notes": "TODO what it protects and where it writes"}


def test_the_same_machine_in_two_feeds_is_written_once_with_both_ids():
    files = site("NEW1,42,77,server,")
    files["inventory/feeds.yml"] = feeds(
        FEED, {**FEED, "id": "second", "files": "second-*.csv", "external_id": "second"}
    )
    files[f"inventory/second-{TODAY}.csv"] = export("new1.harbour.example,43,Harbour Dental,,")
    (change,) = planned(files).changes
    assert change.after.count(b"NEW1") == 1
    assert b'external_ids: {console: "42", second: "43"}' in change.after


def test_a_new_setup_is_made_where_the_product_is_known(run: Run, tmp_path: Path):
    done = run("--all", files=site(NEW, product="datto-siris"))
    assert done.code == cli.PASSED
    data: Any = read(FILE, (tmp_path / FILE).read_bytes())[0].data
    assert data["setups"][1]["id"] == data["setups"][1]["product"] == "datto-siris"
    assert [one["name"] for one in data["setups"][1]["items"]] == ["NEW1"]
    assert data["setups"][1]["notes"].startswith("TODO ")


def test_what_setups_run_on_is_their_server(run: Run, tmp_path: Path):
    record = RECORD.replace("product: other\n    product_name: Tape", "product: datto-siris")
    header = "serialNumber,name,model,lastSeenDate,organizationName\n"
    files = site(record=record)
    files["inventory/feeds.yml"] = feeds(
        {
            "id": "datto",
            "format": "datto-devices-csv",
            "files": "datto-*.csv",
            "client": "harbour-dental",
            "timezone": "UTC",
        }
    )
    files[f"inventory/datto-{TODAY}.csv"] = f"{header}D1,HD-SIRIS,S4,,Harbour Dental\n"
    assert run("--all", files=files).code == cli.PASSED
    assert "    product: datto-siris\n    server: HD-SIRIS\n" in (tmp_path / FILE).read_text()


# Which set-up

SECOND = RECORD + "  - {id: second, product: other, product_name: Disk, jobs: [{name: Hourly}]}\n"


def test_of_several_setups_none_is_guessed():
    words = "it could belong to main, second: give the feed console a client and a setup, or write it by hand"
    assert left(NEW, record=SECOND) == [words]
    assert planned(site(NEW, record=SECOND)).changes == ()


def test_of_several_setups_the_one_with_the_job_is_known():
    found = setups("NEW1,,77,server,Hourly", record=SECOND)
    assert [len(one.get("items", ())) for one in found] == [1, 1]
    assert found[1]["jobs"] == [{"name": "Hourly", "items": ["new1"]}]


def test_a_feed_that_names_no_product_does_not_say_where_a_thing_belongs():
    assert "does not say which product" in left(NEW, product=None)[0]
    assert len(setups(NEW, product=None, client="harbour-dental", setup="main")[0]["items"]) == 2


def test_a_product_that_nobody_knows_makes_no_setup():
    record = RECORD.replace("product: other\n    product_name: Tape", "product: datto-siris")
    assert "describe the set-up" in left(NEW, record=record)[0]


# What is not adopted, and why

GROUP = RECORD.replace(
    "    jobs:\n", '      - {id: desks, kind: workstation, match: "HD-FD*", expected: 1}\n    jobs:\n'
)
WHY = {
    "a client without a record": (site("X1,,99,server,"), "X1", "no record has the client 99", cli.FOUND),
    "no client at all": (site("X1,,,server,"), "X1", "does not say whose it is", cli.FOUND),
    "a member of a group": (site("HD-FD1,,77,workstation,", record=GROUP), "HD-FD1", "to the group HD-FD*", cli.PASSED),
    "one more in a group than expected": (
        site("HD-FD1,,77,workstation,", "HD-FD2,,77,workstation,", record=GROUP),
        "HD-FD2", "which has 2 members and 1 expected: write the new number", cli.FOUND,
    ),
    "retired by the record": (
        site(NEW, record=RECORD.replace("{name: SRV1", "{name: NEW1, retired_on: 2026-01-01, id: srv1")),
        "NEW1", "retired since 2026-01-01", cli.FOUND,
    ),
    "a client who has left": (site(NEW, record=RECORD + "status: former\n"), "NEW1", "is former", cli.FOUND),
    "known not to be protected": (
        site(NEW, record=RECORD + "    unprotected: [{item: NEW1, reason: Old, agreed_by: Pat}]\n"),
        "NEW1", "not protected", cli.PASSED,
    ),
    "an id that another item has": (
        site(NEW, record=RECORD.replace("{name: SRV1, ", "{name: SRV1, id: new1, ").replace("[srv1]", "[new1]")),
        "NEW1", "its id would be new1, which an item of the record has", cli.FOUND,
    ),
    "two of one name": (site("NEW1,1,77,server,", "NEW1,2,77,server,"), "NEW1", "another thing would have", cli.FOUND),
    "an anchor": (site(NEW, record=RECORD.replace("setups:", "setups: &a")), "NEW1", "anchor", cli.FOUND),
    "a merge": (site(NEW, record=RECORD.replace("{name: SRV1,", "{<<: {x: y}, name: S,")), "NEW1", "mended", cli.FOUND),
    "a secret in the record": (
        site(NEW, record=RECORD + f"notes: 'Password: {SECRET}'\n"), "NEW1", "mended first", cli.FOUND,
    ),
    "a mistake in the record": (site(NEW, record=RECORD + "contcats: []\n"), "NEW1", f"{FILE}:12:1", cli.FOUND),
}  # fmt: skip


@pytest.mark.parametrize(("files", "item", "words", "code"), WHY.values(), ids=WHY)
def test_what_is_not_adopted_is_told_with_the_reason(
    files: dict[str, str | bytes], item: str, words: str, *, code: int, run: Run, tmp_path: Path
):
    done = run(item, files=files)
    assert words in done.err
    assert done.code == code
    assert done.out == ""
    assert (tmp_path / FILE).read_bytes() == _raw(files[FILE])
    # Of everything, only what somebody has to do something about is told.
    assert (words in run("--all").err) is (code == cli.FOUND)


def test_what_would_make_a_record_too_large_is_refused_with_the_limit_and_the_way_out(
    run: Run, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("runbooks.source.builder.MAX_VALUES", 60)
    done = run("--all", files=site(*(f"NEW{number},,77,server," for number in range(9))))
    assert "with it, the file holds more than 60 keys and values" in done.err
    assert "as groups, with match and expected" in done.err


def test_what_feeds_yml_lets_be_is_not_adopted(run: Run):
    files = site(NEW)
    entry = {"feed": "console", "item": "NEW1", "reason": "Our own.", "approver": "Lead", "until": "2026-12-31"}
    files["inventory/feeds.yml"] = feeds(FEED, ignore=[entry])
    assert "lets it be until 2026-12-31: Our own." in run("NEW1", files=files).err
    assert run("--all").err == "Nothing to adopt: nothing was written.\n"


def test_what_can_be_adopted_is_written_beside_what_can_not(run: Run, tmp_path: Path):
    done = run("--all", files=site(NEW, "X1,,99,server,"))
    assert done.code == cli.FOUND
    assert "NEW1" in (tmp_path / FILE).read_text()
    assert "not adopted: X1: no record has the client 99" in done.err


# The command


def test_a_look_first_writes_nothing_and_shows_the_same(run: Run, tmp_path: Path):
    looked = run("--all", "--diff", files=site(NEW))
    assert (tmp_path / FILE).read_text() == RECORD
    assert looked.code == cli.PASSED
    assert "nothing was written" in looked.err
    assert f"+      - {{name: NEW1, kind: server, {NOTES}}}\n" in looked.out
    assert looked.out.startswith(f"--- a/{FILE}\n+++ b/{FILE}\n@@ ")
    done = run("--all")
    assert done.out == looked.out
    assert "Adopted 1 thing in 1 file." in done.err
    assert run("--all").err == "Nothing to adopt: nothing was written.\n"


@pytest.mark.parametrize("item", ["new1", " NEW1 ", "new1.harbour.example", "42"])
def test_an_item_is_named_as_matching_finds_it(item: str, run: Run):
    assert "Would adopt 1 thing" in run(item, "--diff", files=site("NEW1,42,77,server,")).err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["NEW2"], "no export shows NEW2; did you mean NEW1?"),
        (["--client", "harbor-dental"], "there is no client harbor-dental; did you mean harbour-dental?"),
        (["NEW1"], "NEW1 is at harbour-dental, other; say which with --client"),
        (["SRV1", "--client", "other"], "no export of other shows SRV1"),
        ([], "say what to adopt"),
        (["--all", "NEW1"], "say what to adopt"),
        (["--all", "--client", "other"], "say what to adopt"),
    ],
)
def test_wrong_use_is_one_line(arguments: list[str], words: str, run: Run):
    other = {"clients/other.yml": RECORD.replace("Harbour Dental", "Other").replace('"77"', '"78"')}
    done = run(*arguments, files={**site("SRV1,,77,server,", NEW, "NEW1,,78,server,"), **other})
    assert done.code == cli.WRONG_USE
    assert done.err.count("\n") == 1
    assert words in done.err


def test_of_one_client_only_what_is_theirs_is_adopted(run: Run, tmp_path: Path):
    text = RECORD.replace("Harbour Dental", "Other").replace('"77"', '"78"')
    run("--client", "other", files={**site(NEW, "NEW1,,78,server,"), "clients/other.yml": text})
    assert (tmp_path / FILE).read_text() == RECORD
    assert "NEW1" in (tmp_path / "clients/other.yml").read_text()


def test_without_a_feed_nothing_is_adopted(run: Run):
    done = run("--all", files={"policy.yml": STANDARD, FILE: RECORD})
    assert done.code == cli.NOTHING_CHECKED
    assert "nothing was adopted" in done.err


def test_a_record_that_changes_meanwhile_is_left_alone(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    plan = adoption.plan

    def slow(*arguments: Any) -> Any:
        found = plan(*arguments)
        (tmp_path / FILE).write_text(RECORD + "# somebody else\n")
        return found

    monkeypatch.setattr("runbooks.adoption.plan", slow)
    done = run("--all", files=site(NEW))
    assert done.code == cli.FOUND
    assert "has changed since it was read" in done.err
    assert (tmp_path / FILE).read_text() == RECORD + "# somebody else\n"


NAMES = st.from_regex(r"[A-Za-z0-9ÄÖé][A-Za-z0-9ÄÖé ._@:#&'{}\[\]!*-]{0,20}", fullmatch=True).map(str.strip)


@settings(max_examples=50)
@given(st.lists(NAMES.filter(bool), min_size=1, max_size=5, unique_by=lambda name: name.casefold().partition(".")[0]))
def test_whatever_things_are_called_they_are_found_in_the_record_afterwards(names: list[str]):
    rows = ['"' + name + '",,77,server,' for name in names]
    plan = planned(site(*rows))
    done = {thing.words for change in plan.changes for thing, _ in change.adopted}
    told = {one.thing.words for one in plan.left}
    assert done | told == set(names)
    for change in plan.changes:
        data: Any = read(FILE, change.after)[0].data
        assert {one["name"] for one in data["setups"][0]["items"]} >= {" ".join(name.split()) for name in done}
