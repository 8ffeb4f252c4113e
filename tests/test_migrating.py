"""`runbooks migrate`: files of an older shape become files of today's, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given

from runbooks import cli, migrating
from runbooks.edits import Edit, Move, Put, Refused, Remove, Rename, Replace
from runbooks.migrating import STEPS, Step, migrated
from runbooks.migrating.files import Group
from runbooks.parts import VERSION
from runbooks.source import Json
from tests import ugliness
from tests.sample import POLICY, checked, codes, planted

Run = Callable[..., tuple[int, str, str]]
FILE = "clients/harbour-dental.yml"
NOT_READ = {
    "22-document-marks",
    "25-trailing-spaces",
    "40-invisible",
    "51-no-yaml-at-all",
    "52-two-of-one-key",
    "53-anchors",
}


def group(raw: bytes) -> Group:
    return Group("record", "f", (("f.yml", raw),))


def after(raw: bytes, steps: tuple[Step, ...] = tuple(STEPS["record"])) -> bytes:
    found = migrated(group(raw), steps)
    return found[0].after if found else raw


def tried(raw: bytes, steps: tuple[Step, ...] = tuple(STEPS["record"])) -> bytes | None:
    """A file after its steps; None where they are refused."""
    try:
        return after(raw, steps)
    except Refused:
        return None


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `migrate` in a site of some files; its code and what it printed."""

    def done(*arguments: str) -> tuple[int, str, str]:
        code = cli.run(["migrate", "--site", str(tmp_path), *arguments])
        return code, *capsys.readouterr()

    planted(tmp_path, {"policy.yml": f"schema: 1\n{POLICY}"})
    return done


# The line that says the version

LINES = {
    "alone": ("client: A\n", "schema: 1\nclient: A\n"),
    "below the editor's line": ("# yaml-language-server: x\nclient: A\n",
                                "# yaml-language-server: x\nschema: 1\nclient: A\n"),
    "above what is about the client": ("# yaml-language-server: x\n# ours\nclient: A\n",
                                       "# yaml-language-server: x\nschema: 1\n# ours\nclient: A\n"),
    "above a waiver": ("# all\n# runbooks: ignore[DOC001]\nclient: A\n",
                       "# all\nschema: 1\n# runbooks: ignore[DOC001]\nclient: A\n"),
    "behind the dashes": ("---\n\n# ours\nclient: A", "---\n\n# ours\nschema: 1\nclient: A"),
    "in quotes": ('"client": "A"\n', '"schema": 1\n"client": "A"\n'),
    "in json": ('{"client": "A"}', '{"schema": 1, "client": "A"}'),
    "in lines of json": ('{\n  "client": "A"\n}\n', '{\n  "schema": 1,\n  "client": "A"\n}\n'),
    "of windows": ("\ufeffclient: A\r\n", "\ufeffschema: 1\r\nclient: A\r\n"),
    "another number": ("client: A\nschema: 0  # old\n", "client: A\nschema: 1  # old\n"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "expected"), LINES.values(), ids=LINES)
def test_the_line_goes_where_it_belongs_and_every_other_byte_stays(before: str, expected: str):
    assert after(before.encode()).decode() == expected
    assert after(expected.encode()).decode() == expected


# Steps as a later version may have them


def _split(data: Json) -> Iterator[Edit]:
    """A name in one key becomes a name and a number in two; `owner` is called `keeper`, and the status goes below."""
    assert isinstance(data, dict)
    client = data.get("client")
    if isinstance(client, str) and " " in client:
        first, _, rest = client.partition(" ")
        yield Replace(("client",), first)
        yield Put((), "rest", rest, ("schema", "client", "rest"))


def _renamed(data: Json) -> Iterator[Edit]:
    if isinstance(data, dict) and "owner" in data:
        yield Rename(("owner",), "keeper")


def _moved(data: Json) -> Iterator[Edit]:
    if isinstance(data, dict) and "status" in data and len(data) > 2:
        yield Move(("status",), ("state", "now"))


LATER = (*STEPS["record"], Step(2, "splits", _split), Step(3, "renames", _renamed), Step(4, "moves", _moved))


def test_steps_are_taken_in_their_order_from_the_version_that_a_file_says():
    raw = b"# head\nschema: 1\nclient: Harbour Dental # name\n# who\nowner: A # o\nstatus: 'active' # s\naliases: [x]\n"
    (found,) = migrated(group(raw), LATER)
    assert found.after == (
        b"# head\nschema: 4\nclient: Harbour # name\nrest: Dental\n# who\nkeeper: A # o\naliases: [x]\n"
        b"state:\n  now: 'active' # s\n"
    )
    assert (found.old, found.new, found.words) == (1, 4, ("splits", "renames", "moves"))
    assert [one.rpartition(": ")[2] for one in found.leftover] == [
        "unknown key rest", "unknown key keeper", "unknown key state",
    ] or len(found.leftover) <= 3  # fmt: skip
    assert migrated(group(found.after), LATER) == []
    (late,) = migrated(group(raw.replace(b"schema: 1", b"schema: 3")), LATER)
    assert late.words == ("moves",)
    assert b"owner: A # o" in late.after


@pytest.mark.parametrize("name", [name for name in ugliness.FILES if name not in NOT_READ])
@pytest.mark.parametrize("steps", [tuple(STEPS["record"]), LATER], ids=["today", "later"])
def test_an_ugly_file_is_migrated_or_refused_and_loses_nothing(name: str, steps: tuple[Step, ...]):
    raw = ugliness.FILES[name]
    new = tried(raw, steps)
    if new is None:
        assert steps is LATER
        return
    assert ugliness.comments(new) == ugliness.comments(raw)
    assert sorted(ugliness.blocks(new)) == sorted(ugliness.blocks(raw))
    assert raw.startswith(ugliness.MARK) == new.startswith(ugliness.MARK)
    assert raw.endswith(b"\n") == new.endswith(b"\n")
    assert after(new, steps) == new
    if steps is not LATER:
        old, said = ugliness.data(raw), ugliness.data(new)
        assert isinstance(old, dict)
        assert ugliness.same(said, {**old, "schema": VERSION})
        line = next((one for one in new.splitlines(keepends=True) if b"schema: 1" in one or b'"schema": 1' in one), b"")
        assert new == raw or b'"schema": 1, ' in line or new.replace(line, b"", 1) == raw


@pytest.mark.parametrize("name", sorted(NOT_READ))
def test_what_cannot_be_relied_on_is_not_migrated(name: str):
    with pytest.raises(Refused):
        after(ugliness.FILES[name])


@given(ugliness.files())
def test_any_file_says_the_same_and_its_version(raw: bytes):
    new = tried(raw)
    if new is None:
        return
    old = ugliness.data(raw)
    assert isinstance(old, dict)
    assert ugliness.same(ugliness.data(new), {"schema": VERSION, **old})
    assert ugliness.comments(new) == ugliness.comments(raw)
    assert after(new) == new


@given(ugliness.files())
def test_any_file_goes_through_later_steps_or_stays_whole(raw: bytes):
    new = tried(raw, LATER)
    if new is None:
        return
    assert ugliness.comments(new) == ugliness.comments(raw)
    assert after(new, LATER) == new


def test_a_key_is_taken_out_with_what_is_about_it():
    step = Step(2, "takes out", lambda data: [Remove(("owner",))] if "owner" in str(data) else ())
    raw = b"schema: 1\n# who\nowner: A # o\n# names\naliases: [x]\n"
    assert after(raw, (*STEPS["record"], step)) == b"schema: 2\n# names\naliases: [x]\n"


# The command


def test_a_site_is_migrated_once(run: Run, tmp_path: Path):
    planted(tmp_path, {FILE: "client: A\nzebra: x\n", "policy.yml": POLICY, "inventory/feeds.yml": "feeds: []\n"})
    code, out, err = run("--dry-run")
    assert code == cli.FOUND
    assert out.splitlines() == [
        f"{file}: version 0 to 1: says which version its shape has"
        for file in ("policy.yml", "inventory/feeds.yml", FILE)
    ]
    assert f"left over: {FILE}:3:1: unknown key zebra" in err
    assert (tmp_path / FILE).read_text(encoding="utf-8") == "client: A\nzebra: x\n"
    code, out, _ = run("--diff")
    assert (code, out.count("+schema: 1\n")) == (cli.FOUND, 3)
    assert run()[0] == cli.PASSED
    assert (tmp_path / FILE).read_text(encoding="utf-8") == "schema: 1\nclient: A\nzebra: x\n"
    assert run() == (cli.PASSED, "", "Nothing to migrate.\n")


def test_a_record_in_parts_says_its_version_once_and_changes_whole(run: Run, tmp_path: Path):
    planted(tmp_path, {"clients/a/client.yml": "client: A\n", "clients/a/setups.yml": "setups: []\n"})
    run()
    assert (tmp_path / "clients/a/client.yml").read_text(encoding="utf-8") == "schema: 1\nclient: A\n"
    assert (tmp_path / "clients/a/setups.yml").read_text(encoding="utf-8") == "setups: []\n"
    planted(tmp_path, {"clients/b/client.yml": "client: B\n", "clients/b/setups.yml": "setups: [\n"})
    code, _, err = run()
    assert code == cli.FOUND
    assert "not migrated: clients/b/setups.yml:1:9: The [ here is never closed." in err
    assert (tmp_path / "clients/b/client.yml").read_text(encoding="utf-8") == "client: B\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "schema: 2\nclient: A\n",
            f"{FILE}:1:9: this file has the shape of version 2, and this program knows no later",
        ),
        ("schema: one\nclient: A\n", f"{FILE}:1:9: `schema` says no version"),
        ("schema: true\nclient: A\n", f"{FILE}:1:9: `schema` says no version"),
        ("- a\n", f"{FILE}:1:1: this file does not hold keys and values"),
    ],
)
def test_what_is_not_migrated_is_told_with_the_reason(run: Run, tmp_path: Path, text: str, words: str):
    planted(tmp_path, {FILE: text})
    code, _, err = run()
    assert code == cli.FOUND
    assert f"not migrated: {words}" in err
    assert (tmp_path / FILE).read_text(encoding="utf-8") == text


def test_an_interruption_leaves_each_file_old_or_new(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    planted(tmp_path, {FILE: "client: A\n", "clients/b.yml": "client: B\n"})
    replaced = Path.replace
    calls = list[Path]()

    def second(path: Path, target: Path) -> Path:
        calls.append(path)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return replaced(path, target)

    monkeypatch.setattr(Path, "replace", second)
    assert run()[0] == cli.INTERRUPTED
    monkeypatch.undo()
    texts = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "clients").iterdir()}
    assert texts == {"b.yml": "schema: 1\nclient: B\n", "harbour-dental.yml": "client: A\n"}
    assert run()[1].startswith(FILE)


# The reader


def test_a_file_of_another_version_is_one_error_that_says_what_to_do():
    for version, remedy in (("2", "update the program"), ("0", "run `runbooks migrate`")):
        report = checked({FILE: f"schema: {version}\nclient: A\nnew_key: x\nstatus: [1]\n"})
        found = [one for one in report.findings if one.place.file == FILE and one.code.startswith("REC")]
        assert [(one.code, one.place.line, one.help) for one in found] == [("REC002", 1, remedy)]


def test_a_record_that_says_no_version_is_found_where_that_is_asked():
    asking = f"{POLICY}rules: {{version-unsaid: warning}}\n"
    assert "REC017" in codes(checked({"policy.yml": asking, FILE: "client: A\n"}))
    assert "REC017" not in codes(checked({"policy.yml": asking, FILE: "schema: 1\nclient: A\n"}))
    assert "REC017" not in codes(checked({FILE: "client: A\n"}))


def test_every_kind_of_file_has_its_steps_to_the_version_that_the_program_reads():
    for kind, steps in STEPS.items():
        assert [step.to for step in steps] == list(range(1, VERSION + 1)), kind
    assert migrating.plan.__doc__
