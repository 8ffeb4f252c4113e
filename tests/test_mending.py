"""`runbooks lint --fix`: what can be mended is, every other byte stays, and what cannot be is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks import cli, mending, source
from runbooks.corrections import of_word
from runbooks.days import meant
from runbooks.edits import diff
from runbooks.findings import Blocks, Finding, Fix, Patch, Place, Problem, Severity
from runbooks.patches import mended
from runbooks.recordfiles import Original, Record, record_of
from runbooks.records.client import Client
from runbooks.remedies import settled
from runbooks.source.scalars import meaning
from tests import ugliness
from tests.sample import POLICY, TODAY, checked, fleet, planted, record

Run = Callable[..., tuple[int, str, str]]
FILE = "clients/harbour-dental.yml"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `lint` in a site of some files; its code and what it printed."""

    def done(*arguments: str) -> tuple[int, str, str]:
        code = cli.run(["lint", "--site", str(tmp_path), "--as-of", TODAY.isoformat(), *arguments])
        return code, *capsys.readouterr()

    planted(tmp_path, {"policy.yml": POLICY})
    return done


def mend(text: str, *, unsafe: bool = False) -> str:
    """A record after its fixes, over and over, as `lint --fix` makes them."""
    for _ in range(8):
        findings = [
            one
            for one in checked({FILE: text}).findings
            if one.place.file == FILE and one.fix is not None and (unsafe or one.fix.safe)
        ]
        result = mended(FILE, text.encode(), findings)
        if not result.done:
            break
        text = result.after.decode()
    return text


SAFE = {
    "a word": ("owner: no  # one\n", 'owner: "no"  # one\n'),
    "a clock": ("aliases: [22:30, 1_000]\n", 'aliases: ["22:30", "1_000"]\n'),
    "a number under a text": ("external_ids: {psa: 0755}\n", 'external_ids: {psa: "0755"}\n'),
    "a plain number under a text": ("external_ids: {psa: 755}\n", 'external_ids: {psa: "755"}\n'),
    "a version": (
        "setups:\n  - {id: m, product: other, product_name: T, version: 12.10}\n",
        'setups:\n  - {id: m, product: other, product_name: T, version: "12.10"}\n',
    ),
    "a telephone": ("contacts:\n- name: A\n  phone: +6125550150\n", 'contacts:\n- name: A\n  phone: "+6125550150"\n'),
    "a number under a number": ("copies: [{id: a, immutable_days: 030}]\n", "copies: [{id: a, immutable_days: 30}]\n"),
    "a number too long": ("external_ids: {a: 12345678901234567890}\n", 'external_ids: {a: "12345678901234567890"}\n'),
    "a key": ("external_ids: {12: x}\n", 'external_ids: {"12": x}\n'),
    "a stuck comment": ("owner: \"A\"#why\naliases: [B]#c\n", "owner: \"A\" #why\naliases: [B] #c\n"),
    "a comment stuck to a mark": ("notes: |#why\n  x\n", "notes: | #why\n  x\n"),
    "tabs": ("owner:\tA\t\t#\tb\t\n", "owner: A  #\tb\t\n"),
    "a tab behind a mark": ("notes: |\t# why\n  x\n", "notes: | # why\n  x\n"),
    "a line of a tab": ("owner: A\n\t\naliases: [B]\n", "owner: A\n\naliases: [B]\n"),
    "odd spaces": ("owner: \u00a0A\u00a0\n", "owner:  A \n"),
    "capitals of a word": ("status: Active  # c\n", "status: active  # c\n"),
    "capitals of a product": (
        "setups: [{id: m, product: Veeam-Backup-Replication}]\n",
        "setups: [{id: m, product: veeam-backup-replication}]\n",
    ),
    "capitals of an id": (
        "sites: [{id: pier, name: A}]\ncopies: [{id: nas, site: Pier}]\n",
        "sites: [{id: pier, name: A}]\ncopies: [{id: nas, site: pier}]\n",
    ),
    "brackets at the margin": ("aliases: [A,\nB\n]\n", "aliases: [A,\n  B\n  ]\n"),
    "quotes at the margin": ('owner: "A\nB"\n', 'owner: "A\n  B"\n'),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), SAFE.values(), ids=SAFE)
def test_what_is_sure_is_mended_safely_and_nothing_else_changes(before: str, after: str):
    head = "# yaml-language-server: $schema=x\nclient: Harbour Dental\n"
    assert mend(head + before) == head + after
    assert mend(head + after) == head + after
    windows, mark = (head + before).replace("\n", "\r\n"), "\ufeff"
    assert mend(mark + windows) == mark + (head + after).replace("\n", "\r\n")


UNSAFE = {
    "a key": ("ownr: A\n", "owner: A\n"),
    "a key in quotes": ("'ownr': A\n", "'owner': A\n"),
    "a word": ("status: 'actve'\n", "status: 'active'\n"),
    "a key and its word": ("statsu: actve  # c\n", "status: active  # c\n"),
    "true": ("copies: [{id: a, offline: yes}]\n", "copies: [{id: a, offline: true}]\n"),
    "true in quotes": ('copies: [{id: a, offline: "true"}]\n', "copies: [{id: a, offline: true}]\n"),
    "a number in quotes": ('copies: [{id: a, immutable_days: "30"}]\n', "copies: [{id: a, immutable_days: 30}]\n"),
    "a list": ("aliases: A B  # c\n", "aliases: [A B]  # c\n"),
    "a day": ("left_on: 13/02/2026\n", "left_on: 2026-02-13\n"),
    "a day in words": ("left_on: '3 March 2026'\n", "left_on: '2026-03-03'\n"),
    "typographic quotes": ("owner: “A”\n", 'owner: "A"\n'),
    "a lost number": ("owner: Team #2   # why\n", 'owner: "Team #2"   # why\n'),
    "a path": ('notes: "D:\\backup"\n', "notes: 'D:\\backup'\n"),
    "what cannot be seen": ("owner: A\u200bB\n", "owner: AB\n"),
    "what decides about monitoring": ("agreements: [{id: A, type: 'Full'}]\n", "agreements: [{id: A, type: 'full'}]\n"),
    "a type and a service": (
        "agreements: [{id: A, type: ful, covers: [bakcup]}]\n",
        "agreements: [{id: A, type: full, covers: [backup]}]\n",
    ),
    "a name in two places": (
        "sites: [{id: Pier, name: A}]\ncopies: [{id: nas, site: Pier}]\n",
        "sites: [{id: pier, name: A}]\ncopies: [{id: nas, site: pier}]\n",
    ),
    "what belongs below": (
        "# ours\nalerts_to: [a@b.example]  # both\nmonitoring:\n  level: none\n",
        "monitoring:\n  level: none\n  # ours\n  alerts_to: [a@b.example]  # both\n",
    ),
    "what belongs above": (
        "monitoring:\n  level: none\n  owner: A\naliases: [B]\n",
        "monitoring:\n  level: none\naliases: [B]\nowner: A\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), UNSAFE.values(), ids=UNSAFE)
def test_a_guess_is_made_only_when_asked_for(before: str, after: str):
    head = "client: Harbour Dental\n"
    assert mend(head + before) == head + before
    assert mend(head + before, unsafe=True) == head + after
    assert mend(head + after, unsafe=True) == head + after


NEVER = (
    "left_on: 1/2/2026\n", "left_on: 2026-02-30\n", "ownr: A\nowner: B\n", "notes: [never closed\n", "aliases: a, b\n",
    "copies: [{id: nas1}]\nsetups: [{id: m, product: other, product_name: T, jobs: [{name: J, to: nas2}]}]\n",
    "sites: [{id: east, name: A}, {id: west, name: B}]\ncopies: [{id: a, site: est}]\n",
    "serial: AB\n", "alerts_to: x\n",
    "status: 'completely different'\n", "a: &x b\n",
)  # fmt: skip


@pytest.mark.parametrize("text", NEVER)
def test_nothing_is_mended_that_could_mean_two_things(text: str):
    assert mend(f"client: A\n{text}", unsafe=True) == f"client: A\n{text}"


def test_a_misspelt_product_is_mended_where_no_other_could_be_meant():
    document, _ = source.read("f.yml", b"a: 'veem-backup'\nb: cove\n")
    products = ["veeam-backup", "veeam-agents", "cove-x", "cove-y"]
    fix = of_word(document, ("a",), "veem-backup", products)
    assert fix is not None
    assert (fix.patches, fix.safe) == ((Patch(Place("f.yml", 1, 5, 1, 16), "veeam-backup"),), False)
    assert of_word(document, ("b",), "cove", products) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("13/02/2026", "2026-02-13"), ("02/13/2026", "2026-02-13"), ("05/05/2026", "2026-05-05"), ("1.2.2026", ""),
        ("2026/2/3", "2026-02-03"), ("2026.02.03", "2026-02-03"), ("3rd March 2026", "2026-03-03"),
        ("Mar 3, 2026", "2026-03-03"), ("3-Sept-2026", "2026-09-03"), ("31/02/2026", ""), ("13/13/2026", ""),
        ("soon", ""), ("3 Mayor 2026", ""), ("2026-13-01", ""), ("0/0/2026", ""),
    ],
)  # fmt: skip
def test_a_day_is_understood_only_when_it_can_be_no_other(text: str, day: str):
    assert meant(text) == (date.fromisoformat(day) if day else None)


def test_what_an_ambiguous_value_was_is_sure_where_the_model_takes_only_one_reading():
    found = record("client: A\nfields: {mine: 010}\nexternal_ids: {psa: 010}\ncopies: [{id: a, immutable_days: yes}]\n")
    fixes = {one.at.line: one.fix for one in found.problems if isinstance(one.at, Place)}
    assert fixes == {2: Fix('"010"', safe=False), 3: Fix('"010"', safe=True), 4: None}
    document, problems = source.read("f.yml", b"a: b\n")
    assert settled(Client, document, problems) == ()


# The proof


def finding(place: Place, fix: Fix) -> Finding:
    return Finding(place, "REC001", "", Severity.ERROR, Blocks.NOTHING, "wrong", fix=fix)


RAW = b"a: b # c\nd: {e: f}\n"
WRONG = {
    "a comment": Fix("", patches=(Patch(Place("f.yml", 1, 6, 1, 9), ""), Patch(Place("f.yml", 1, 1, 1, 2), "x"))),
    "another value": Fix("x: y\n", patches=(Patch(Place("f.yml", 1, 1, 1, 1), "x: y\n"),)),
    "a value it says is the same": Fix("x", safe=True, patches=(Patch(Place("f.yml", 1, 4, 1, 5), "x"),)),
    "the brackets": Fix("", patches=(Patch(Place("f.yml", 2, 4, 2, 5), ""),)),
    "a place that is not there": Fix("", patches=(Patch(Place("f.yml", 9, 1, 9, 5), ""),)),
}


def test_a_fix_that_changes_anything_else_is_refused_and_those_beside_it_are_made():
    right = finding(Place("f.yml", 2, 8, 2, 9), Fix("g"))
    for name, fix in WRONG.items():
        result = mended("f.yml", RAW, [finding(Place("f.yml", 1, 1, 1, 2), fix)])
        assert result.after == RAW, name
    bad = finding(Place("f.yml", 2, 4, 2, 5), WRONG["the brackets"])
    both = mended("f.yml", RAW, [finding(Place("f.yml", 1, 4, 1, 5), Fix("z")), bad, right])
    assert both.after == b"a: z # c\nd: {e: g}\n"
    assert [one for one, _ in both.refused] == [bad]


def test_of_two_fixes_at_one_place_one_waits_and_a_safe_one_comes_first():
    first = finding(Place("f.yml", 1, 4, 1, 5), Fix("x"))
    assert mended("f.yml", RAW, [first, first]).done == (first,)
    safe = finding(Place("f.yml", 2, 8, 2, 9), Fix('"f"', safe=True))
    assert mended("f.yml", RAW, [first, safe]).done == (safe,)


def test_into_what_is_no_text_nothing_is_written():
    result = mended("f.yml", b"a: \xff\n", [finding(Place("f.yml", 1, 1, 1, 2), Fix("x"))])
    assert (result.after, len(result.refused)) == (b"a: \xff\n", 1)


@given(st.data())
def test_whatever_a_fix_writes_where_nothing_untouched_changes(data: st.DataObject):
    raw = b"a: b # c\nd: {e: f, g: [h, 1]}\nn: |\n  t\n# end\n"
    column = data.draw(st.integers(1, 22))
    text = data.draw(st.text("ab:#,{}[]\"' \n|-", max_size=4))
    end = data.draw(st.integers(column, 22))
    result = mended("f.yml", raw, [finding(Place("f.yml", 2, column, 2, end), Fix(text))])
    assert result.after.startswith(b"a: b # c\n")
    assert result.after.endswith(b"n: |\n  t\n# end\n")
    if result.done:
        document, problems = source.read("f.yml", result.after)
        assert not document.unreadable
        assert not problems


# Every ugly file


def _of_ugly(folder: Path, *, unsafe: bool) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The ugly files as records of one site, before and after all fixes; a second run mends nothing."""
    before = {f"clients/{name}.yml": raw for name, raw in ugliness.FILES.items()}
    planted(folder, {"policy.yml": POLICY, **before})
    found = mending.mend(folder, TODAY, lambda report: report, unsafe=unsafe)
    assert not mending.write(found, folder)
    again = mending.mend(folder, TODAY, lambda report: report, unsafe=unsafe)
    assert not again.after
    assert not {one.place.file for one, _ in again.refused.values()} - {
        one.place.file for one, _ in found.refused.values()
    }
    return before, {name: (folder / name).read_bytes() for name in before}


def test_in_ugly_files_only_what_is_sure_is_mended(tmp_path: Path):
    before, after = _of_ugly(tmp_path, unsafe=False)
    for name, raw in before.items():
        new = after[name]
        assert ugliness.comments(new) == ugliness.comments(raw), name
        assert sorted(ugliness.blocks(new)) == sorted(ugliness.blocks(raw)), name
        assert not ugliness.is_whole(raw) or _plain(ugliness.data(new)) == _plain(ugliness.data(raw)), name
        assert raw.startswith(ugliness.MARK) == new.startswith(ugliness.MARK), name
        assert raw.endswith(b"\n") == new.endswith(b"\n"), name
        assert raw.count(b"\r\n") == new.count(b"\r\n"), name
        assert raw.count(b"\n") == new.count(b"\n"), name
    assert sum(raw != after[name] for name, raw in before.items()) >= 10


def test_in_ugly_files_guesses_lose_no_comment_and_no_text(tmp_path: Path):
    before, after = _of_ugly(tmp_path, unsafe=True)
    for name, raw in before.items():
        lost = ugliness.comments(raw) - ugliness.comments(after[name])
        assert not lost or "lost-after-hash" in name, name
        words = [word for word in raw.decode().replace("\u200b", "").split() if len(word) > 12 and word.isalpha()]
        assert all(word in after[name].decode() for word in words), name
        assert raw.count(b"\r\n") == after[name].count(b"\r\n"), name


def _found(raw: bytes) -> list[Finding]:
    """What the reader of records finds in a file, with its fix."""
    one = record_of(Original("a", (("f.yml", raw, ""),)))
    at = [(p.at if isinstance(p.at, Place) else _at(one, p), p) for p in one.problems]
    return [finding(place, problem.fix) for place, problem in at if problem.fix is not None]


def _at(one: Record, problem: Problem) -> Place:
    assert isinstance(problem.at, tuple)
    return one.document.key_place(problem.at) if problem.on_key else one.document.place(problem.at)


def check_mended(raw: bytes, *, unsafe: bool) -> None:
    """What holds of any file after one round of fixes."""
    findings = [one for one in _found(raw) if one.fix and (unsafe or one.fix.safe)]
    result = mended("f.yml", raw, findings)
    assert not result.refused
    assert bool(result.done) == bool(findings) == (result.after != raw)
    assert raw.startswith(ugliness.MARK) == result.after.startswith(ugliness.MARK)
    assert raw.count(b"\r\n") == result.after.count(b"\r\n")
    assert ugliness.comments(raw) == ugliness.comments(result.after)
    safe = all(one.fix and one.fix.safe for one in result.done)
    assert not safe or _plain(ugliness.data(raw)) == _plain(ugliness.data(result.after))


@given(ugliness.files(), st.booleans())
def test_any_file_is_mended_and_loses_nothing(raw: bytes, unsafe: bool):
    check_mended(raw, unsafe=unsafe)


def _plain(data: object) -> str:
    """What a file says, without the difference between a number and its text, and without spaces at the edges."""
    if isinstance(data, dict):
        return "{" + ", ".join(f"{key.strip()}: {_plain(value)}" for key, value in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(map(_plain, data)) + "]"
    return str(meaning(data.strip()) if isinstance(data, str) and data.strip()[:1] in "+0123456789" else data).strip()


# The command

BROKEN = (
    "client: Harbour Dental\nowner: no  # one\nstatsu: active\nsetups: [{id: m, product: other, product_name: T}]\n"
)


def test_a_diff_shows_what_would_change_and_writes_nothing(run: Run, tmp_path: Path):
    planted(tmp_path, {FILE: BROKEN})
    code, out, err = run("--fix", "--diff")
    assert code == cli.FOUND
    assert out == diff(FILE, BROKEN.encode(), BROKEN.replace("no ", '"no" ').encode())
    assert err == "Would mend 1 finding in 1 file. Nothing was written.\n"
    assert (tmp_path / FILE).read_text(encoding="utf-8") == BROKEN
    assert run("--diff", "--unsafe")[2].startswith("Would mend 2 findings in 1 file.")


def test_what_is_mended_is_counted_in_the_last_line_and_what_is_left_is_told(run: Run, tmp_path: Path):
    planted(tmp_path, {FILE: BROKEN})
    code, out, err = run("--fix", "--format", "concise")
    assert code == cli.FOUND
    assert f"{FILE}:3:1: error: unknown key statsu" in out
    assert "1 fixable (1 with --unsafe)" in out
    assert out.endswith("\nMended 1 finding in 1 file.\n")
    assert err == ""
    code, out, _ = run("--fix", "--unsafe", "--format", "json")
    assert json.loads(out)["summary"]["fixable"] == 0
    assert "status: active" in (tmp_path / FILE).read_text(encoding="utf-8")
    code, out, err = run("--fix", "--unsafe", "--format", "concise")
    assert out.endswith("\nNothing to mend.\n")


def test_as_many_are_fixable_as_are_mended(run: Run, tmp_path: Path):
    planted(tmp_path, {FILE: "".join(before for before, _ in list(SAFE.values())[:3]) + "client: A\nstatsu: active\n"})
    _, out, _ = run("--format", "json")
    fixes = [fix for one in json.loads(out)["findings"] for fix in one["fixes"]]
    safe = sum(fix["safe"] for fix in fixes)
    assert (safe, len(fixes)) == (4, 5)
    assert run("--diff")[2].startswith(f"Would mend {safe} findings")
    assert run("--diff", "--unsafe")[2].startswith(f"Would mend {len(fixes)} findings")


def test_the_reports_for_programs_write_the_same_as_the_command(run: Run, tmp_path: Path):
    planted(tmp_path, {FILE: "client: A\nroles: x\ngroups: dental\n"})
    _, out, _ = run("--format", "json")
    edits = next(one["fixes"][0]["edits"] for one in json.loads(out)["findings"] if one["fixes"])
    assert [(one["file"], one["line"], one["column"], one["text"]) for one in edits] == [
        (FILE, 3, 9, "["), (FILE, 3, 15, "]"),
    ]  # fmt: skip
    _, out, _ = run("--format", "sarif")
    found = json.loads(out)["runs"][0]["results"]
    changes = next(one["fixes"][0]["artifactChanges"] for one in found if "fixes" in one)
    assert [one["insertedContent"]["text"] for one in changes[0]["replacements"]] == ["[", "]"]


def test_policy_feeds_products_and_the_files_of_one_record_are_mended_too(run: Run, tmp_path: Path):
    feeds = "feeds:\n  - {id: a, format: generic-csv, files: no.csv, client: somebody, columns: {name: yes}}\n"
    product = "name: P\nvendor: V\nwritten_for: 12.10\n"
    planted(
        tmp_path,
        {
            "policy.yml": POLICY.replace("counts: true, monitoring: full", "counts: yes, monitoring: full"),
            "inventory/feeds.yml": feeds,
            "templates/products/paper/product.yml": product,
            "clients/somebody/client.yml": "client: no\n",
            "clients/somebody/setups.yml": "setups:\n  - {id: m, product: other, product_name: off}\n",
        },
    )
    assert run()[0] == cli.WRONG_USE
    assert run("--fix", "--unsafe")[0] == cli.FOUND
    texts = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.yml")}
    assert "counts: true, monitoring: full" in texts["policy.yml"]
    assert 'columns: {name: "yes"}' in texts["feeds.yml"]
    assert 'written_for: "12.10"' in texts["product.yml"]
    assert texts["client.yml"] == 'client: "no"\n'
    assert 'product_name: "off"' in texts["setups.yml"]


def test_the_head_of_a_page_is_mended_and_its_text_stays(run: Run, tmp_path: Path):
    planted(tmp_path, {FILE: "client: A\n", "docs/a.md": "---\ntitle: no\n---\n# A\towner: no\n"})
    run("--fix")
    assert (tmp_path / "docs" / "a.md").read_text(encoding="utf-8") == '---\ntitle: "no"\n---\n# A\towner: no\n'


def test_a_policy_that_stays_unreadable_ends_with_2(run: Run, tmp_path: Path):
    planted(tmp_path, {"policy.yml": POLICY + "what: no\n", FILE: BROKEN})
    code, out, err = run("--fix", "--format", "concise")
    assert code == cli.WRONG_USE
    assert "unknown key what" in out
    assert "Mended 1 finding in 1 file." in out
    assert "policy.yml cannot be read" in err
    assert (tmp_path / FILE).read_text(encoding="utf-8") == BROKEN


def test_only_the_clients_that_are_named_are_mended(run: Run, tmp_path: Path):
    planted(tmp_path, {FILE: BROKEN, "clients/other.yml": BROKEN})
    run("--fix", "harbour-dental")
    assert (tmp_path / "clients/other.yml").read_text(encoding="utf-8") == BROKEN
    assert (tmp_path / FILE).read_text(encoding="utf-8") != BROKEN


def test_a_file_that_changes_meanwhile_is_left_alone_and_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    planted(tmp_path, {FILE: BROKEN})

    def late(found: mending.Mending, root: Path) -> list[str]:
        (tmp_path / FILE).write_text("client: Somebody else\n", encoding="utf-8")
        return write(found, root)

    write = mending.write
    monkeypatch.setattr(mending, "write", late)
    code, out, err = run("--fix", "--format", "concise")
    assert code == cli.FOUND
    assert "this file has changed since it was read" in err
    assert out.endswith("Nothing to mend.\n")
    assert (tmp_path / FILE).read_text(encoding="utf-8") == "client: Somebody else\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--unsafe"], "how far --fix goes"),
        (["--fix", "--since", "HEAD"], "leave out --since"),
        (["--fix", "-"], "leave out --since and -"),
        (["--fix", "nobody"], "there is no client nobody"),
    ],
)
def test_wrong_use_is_told_in_a_line(run: Run, tmp_path: Path, arguments: list[str], words: str):
    planted(tmp_path, {FILE: BROKEN})
    code, _, err = run(*arguments)
    assert code == cli.WRONG_USE
    assert words in err


def test_no_fix_writes_a_secret_into_a_report():
    text = "client: A\nalerts_to: [a@b.example]  # password: Winter2024!x\nmonitoring: {level: none}\n"
    report = checked({FILE: text})
    assert not any(
        "Winter2024" in one.text for found in report.findings if found.fix for one in found.fix.at(found.place)
    )


def test_no_diff_shows_a_secret_that_stands_beside_a_change(run: Run, tmp_path: Path):
    text = "client: A\nowner: {0}\n# password: Winter2024!x\nadminPassword: {{current: hunter}}\n"
    planted(tmp_path, {FILE: text.format("no")})
    _, out, err = run("--diff")
    assert '+owner: "no"\n' in out
    assert "Winter2024" not in out + err
    assert "hunter" not in out + err
    run("--fix")
    assert (tmp_path / FILE).read_text(encoding="utf-8") == text.format('"no"')


def test_a_fix_in_a_fleet_of_parts_is_about_the_part_it_stands_in():
    found = fleet({"clients/a/client.yml": "client: A\n", "clients/a/more.yml": "aliases: x\n"}).records[0].problems
    fix = next(one.fix for one in found if one.fix is not None)
    assert {one.place.file for one in fix.patches} == {"clients/a/more.yml"}
    assert replace(fix, safe=True).at(Place("x")) == fix.patches


def test_as_many_files_are_mended_at_once_as_there_are(run: Run, tmp_path: Path):
    planted(tmp_path, {f"clients/c{number}.yml": "client: A\nowner: no\n" for number in range(45)})
    assert run("--fix", "--format", "concise")[1].endswith("\nMended 45 findings in 45 files.\n")
    assert {path.read_bytes() for path in (tmp_path / "clients").iterdir()} == {b'client: A\nowner: "no"\n'}
