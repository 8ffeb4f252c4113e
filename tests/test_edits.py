"""Edits that respect the file: every byte outside the edit stays, and the data is the old one with the change."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks import source
from runbooks.edits import Append, Edit, Put, Refused, Rename, Replace, diff, edited, save
from runbooks.edits.changes import applied
from runbooks.edits.text import text
from runbooks.edits.written import is_plain, scalar
from runbooks.findings import KeyPath
from runbooks.source import Json, value_at

NEW: Json = {"name": "NEW-1", "kind": "server", "external_ids": {"veeam": "123"}}
ITEMS: KeyPath = ("setups", 0, "items")
MARK = b"\xef\xbb\xbf"


def read(raw: bytes) -> Json:
    document, problems = source.read("f.yml", raw)
    assert not problems
    return document.data


def same(one: Json, other: Json) -> bool:
    """Whether two data are the same: 1, 1.0 and true are not."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def in_order(before: bytes, after: bytes) -> bool:
    """Whether every byte of a file is in another one, in its order."""
    rest = iter(after)
    return all(byte in rest for byte in before)


def in_one_piece(before: bytes, after: bytes) -> bool:
    """Whether a file is another one with something put in at one place."""
    start = next((at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), len(before))
    return any(after.endswith(before[at:]) and after.startswith(before[:at]) for at in range(start, -1, -1))


# Ugly files, made by a machine

COMMENTS = ("", "", "  # why", " #\ttab", '   # it\'s "odd": [', "  # é 😀")
BETWEEN = ("", "", "\n", "# margin\n", "\n\n# - name: old\n\n")
MORE = (
    "", "kind: server", "notes: |\n@  two\n\n@  lines\n", "notes: >-\n@  folded\n@  on\n", "notes: |+\n@  kept\n\n",
    "user: 'it''s'", "depends_on: [a,\n@  b]", "depends_on:\n@- a\n@- b",
)  # fmt: skip


@st.composite
def ugly(draw: st.DrawFn) -> bytes:
    """A record as people leave it: comments, any indentation, brackets or lines, any quotes and line ends."""

    def one(*choices: str) -> str:
        return draw(st.sampled_from(choices))

    names = draw(
        st.lists(st.sampled_from(["A1", "b.example", "C 3", "yes", "7", "Ö"]), min_size=1, max_size=4, unique=True)
    )
    quote, pad = one("", "'", '"'), one("", " ")
    words = [f"name: {scalar(name, quote)}" for name in names]
    dash, gap = one("", " ", "    "), one(" ", "    ")
    inner = f"{dash} {gap}"
    lines = [
        one("", "---\n", "# yaml-language-server: $schema=x\n"),
        "client: Somebody",
        one(*COMMENTS),
        "\n",
        one(*BETWEEN),
    ]
    lines += ["setups:\n", f"{dash}-{gap}id: main", one(*COMMENTS), "\n", f"{inner}items:"]
    style = one("lines", "lines", "line", "broken", "comma")
    if style == "line":
        lines += [f" [{', '.join(f'{{{pad}{word}{pad}}}' for word in words)}]", one(*COMMENTS), "\n"]
    elif style in ("broken", "comma"):
        lines += [" [", one(*COMMENTS), "\n"]
        for number, word in enumerate(words, 1):
            comma = "," if style == "comma" or number < len(words) else ""
            lines += [f"{inner}    {{{pad}{word}{pad}}}{comma}", one(*COMMENTS), "\n"]
        lines += [f"{inner}  ]", one(*COMMENTS), "\n"]
    else:
        before = f"{inner}{one('', '  ', '   ')}-{one(' ', '   ')}"
        deeper = " " * len(before)
        lines += [one(*COMMENTS), "\n"]
        for word in words:
            more = one(*MORE).replace("@", deeper)
            lines += [one(*BETWEEN), before, word, one(*COMMENTS), "\n"]
            lines += [f"{deeper}{more}", "" if more.endswith("\n") else one(*COMMENTS) + "\n"] if more else []
        lines.append(one("", f"{deeper}# about the last\n", f"{inner}# about what follows\n"))
    last = one("", f"{inner}jobs: []", f"{inner}server: X", "monitoring: {level: none}", "# the end", "...")
    lines += [one(*BETWEEN), last, one("", "\n", "\n\n")]
    content = "".join(lines)
    if one("", "mixed"):
        parts = content.split("\n")
        content = "".join(part + one("\n", "\r\n") for part in parts[:-1]) + parts[-1]
    else:
        content = content.replace("\n", one("\n", "\r\n"))
    return (one("", "\ufeff") + content).encode()


VALUES: tuple[Json, ...] = (NEW, {"name": "yes"}, {"name": "a: b", "notes": "# no, {not} a comment"}, {"name": "x\ny"})


@given(ugly(), st.sampled_from(VALUES))
def test_more_in_a_list_leaves_every_other_byte_of_an_ugly_file(raw: bytes, value: Json):
    edit = Append(ITEMS, (value,))
    after = edited("f.yml", raw, [edit])
    assert same(read(after), applied(read(raw), edit))
    assert in_order(raw, after)
    assert b"items: [" in raw or in_one_piece(raw, after)
    assert raw.startswith(MARK) == after.startswith(MARK)
    assert raw.endswith(b"\n") == after.endswith(b"\n")
    # What is added ends its lines as the lines beside it.
    assert b"\r\n" in raw or b"\r" not in after
    again = edited("f.yml", after, [edit])
    assert same(read(again), applied(read(after), edit))


@given(
    ugly(), st.sampled_from(["external_ids", "jobs", "server", "warning"]), st.sampled_from(["s", 7, True, ["a", "1"]])
)
def test_a_new_key_leaves_every_other_byte_of_an_ugly_file(raw: bytes, key: str, value: Json):
    for path in (("setups", 0), (*ITEMS, 0), ()):
        there = read(raw)
        edit = Put(path, key, value, ("id", "items", "server"))
        holder = value_at(there, path)[1]
        if isinstance(holder, dict) and key in holder:
            with pytest.raises(Refused, match="is there already"):
                edited("f.yml", raw, [edit])
            continue
        after = edited("f.yml", raw, [edit])
        assert same(read(after), applied(there, edit))
        assert in_order(raw, after)


@given(ugly(), st.sampled_from(["Other", "yes", "12", "it's", "a # b", "é: x"]))
def test_another_value_and_another_key_leave_every_other_byte_of_an_ugly_file(raw: bytes, value: str):
    path = (*ITEMS, 0, "name")
    edits: list[Edit] = [Replace(path, value), Rename(path, "label")]
    after = edited("f.yml", raw, edits)
    assert same(read(after), applied(applied(read(raw), edits[0]), edits[1]))
    there = text("f.yml", raw)
    before, behind = there.content[: there.key(path)[0]], there.content[there.end(path) :]
    assert after.removeprefix(MARK).startswith(f"{before}label: ".encode())
    assert after.endswith(behind.encode())


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12), st.sampled_from(["", "'", '"'])
)
def test_any_text_is_read_again_as_it_was_written(words: str, quote: str):
    raw = f"a: {scalar(words, quote)}\nb: [{scalar(words, quote, in_flow=True)}]\n"
    document, problems = source.read("f.yml", raw.encode())
    assert document.data == {"a": words, "b": [words]} or {one.code for one in problems} == {"YML002"}


@pytest.mark.parametrize("words", ["NB-DC01", "a.example", "C 3", "vault://a/b", "2019 R2", "Ö"])
def test_what_everybody_reads_as_text_needs_no_quotes(words: str):
    assert is_plain(words, in_flow=True)


@pytest.mark.parametrize(
    "words", ["yes", "7", "1.10", "22:30", "2026-11-28", "a: b", "a #b", "- a", "@a", "*", "null", "a:"]
)
def test_what_somebody_reads_otherwise_gets_quotes(words: str):
    assert not is_plain(words, in_flow=False)


# In the manner of what stands beside it

HOUSES = {
    "in lines": ("items:\n- name: A\n  kind: vm\n", "- name: M\n  kind: vm\n"),
    "in braces": ("items:\n  - {name: A, kind: vm}\n", "  - {name: M, kind: vm}\n"),
    "with space": ("items:\n  - { name: A, kind: vm }\n", "  - { name: M, kind: vm }\n"),
    "in quotes": ("items:\n  - name: 'A'\n    kind: \"vm\"\n", "  - name: 'M'\n    kind: \"vm\"\n"),
    "far right": ("items:\n    -   name: A\n        kind: vm\n", "    -   name: M\n        kind: vm\n"),
    "apart": ("items:\n  - name: A\n\n  - name: B\n", "\n  - name: M\n    kind: vm\n"),
    "below the dash": ("items:\n  -\n    name: A\n", "  - name: M\n    kind: vm\n"),
    "no last line end": ("items:\n  - {name: A}", "\n  - {name: M, kind: vm}"),
    "windows": ("items:\r\n  - name: A\r\n", "  - name: M\r\n    kind: vm\r\n"),
}


@pytest.mark.parametrize(("before", "new"), HOUSES.values(), ids=HOUSES)
def test_what_is_added_is_written_as_what_stands_beside_it(before: str, new: str):
    assert (
        edited("f.yml", before.encode(), [Append(("items",), ({"name": "M", "kind": "vm"},))])
        == (before + new).encode()
    )


def test_in_a_file_of_json_everything_new_is_json():
    raw = b'{\n  "items": [\n    {"name": "A"}\n  ]\n}\n'
    after = edited("f.yml", raw, [Append(("items",), (NEW,)), Put((), "x", {"y": "z"})])
    assert json.loads(after) == {"items": [{"name": "A"}, NEW], "x": {"y": "z"}}


def test_an_empty_list_is_filled_in_its_brackets_or_below_its_key_where_it_gets_too_long():
    raw = b"items: []  # none yet\nx: 1\n"
    assert edited("f.yml", raw, [Append(("items",), ("a", "b"))]) == b"items: [a, b]  # none yet\nx: 1\n"
    long = "n" * 60
    after = edited("f.yml", raw, [Append(("items",), (long, long.upper()))])
    assert after == f"items:  # none yet\n  - {long}\n  - {long.upper()}\nx: 1\n".encode()


def test_a_waiver_stays_with_the_line_that_it_is_about():
    raw = b"items:\n  - {name: A}\n  # runbooks: ignore[DOC005] reason\nx: 1\n"
    assert edited("f.yml", raw, [Append(("items",), (NEW,))]).endswith(b"  # runbooks: ignore[DOC005] reason\nx: 1\n")


# What is refused

REFUSED = {
    "an anchor": ("items:\n  - &a {name: A}\n", 2, "anchor"),
    "an alias": ("a: b\nitems: *a\n", 2, ""),
    "a merge": ("items:\n  - {name: A, <<: {x: y}}\n", 2, ""),
    "a key twice": ("items: []\nx: 1\nx: 2\n", 3, "twice"),
    "what others read otherwise": ("items: []\nx: yes\n", 2, "true to other"),
    "no yaml": ("items: [\n", 1, ""),
    "two documents": ("items: []\n---\nx: 1\n", 2, "second"),
    "no list": ("items: {a: b}\n", 1, "no list"),
    "no value": ("items:\nx: 1\n", 1, "no list"),
    "no line end": ("items:\n  - notes: |\n      text", 2, "line end"),
    "nothing": ("", 1, "empty"),
}


@pytest.mark.parametrize(("before", "line", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_edited_safely_is_refused_with_the_line_and_the_reason(before: str, line: int, words: str):
    with pytest.raises(Refused) as refused:
        edited("f.yml", before.encode(), [Append(("items",), (NEW,))])
    assert refused.value.place.line == line
    assert words in refused.value.reason


@pytest.mark.parametrize("raw", [b"items: [\xff]\n", "items: []\n".encode("utf-16"), b"items: [a\x00b]\n"])
def test_what_is_no_text_is_refused(raw: bytes):
    with pytest.raises(Refused):
        edited("f.yml", raw, [Append(("items",), (NEW,))])


def test_what_an_edit_mends_may_be_there_and_nothing_new_of_it():
    raw = b"on: yes\nitems: [no]\n"
    document, problems = source.read("f.yml", raw)
    codes = {one.code for one in problems}
    assert edited("f.yml", raw, [Replace(("items", 0), "text")], codes) == b"on: yes\nitems: [text]\n"
    assert document.data == {"on": "yes", "items": ["no"]}


def test_of_several_edits_all_are_made_or_none():
    raw = b"items: []\nx: {a: b}\n"
    with pytest.raises(Refused):
        edited("f.yml", raw, [Append(("items",), ("a",)), Append(("x",), ("a",))])


# Writing


def test_a_file_is_written_with_its_rights_and_a_link_stays_one(tmp_path: Path):
    path, link = tmp_path / "f.yml", tmp_path / "link.yml"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link.symlink_to(path.name)
    save(link, "f.yml", b"old", b"new")
    assert path.read_bytes() == b"new"
    assert link.is_symlink()
    assert sys.platform == "win32" or stat.S_IMODE(path.stat().st_mode) == 0o640
    assert {one.name for one in tmp_path.iterdir()} == {"f.yml", "link.yml"}


@pytest.mark.parametrize("step", ["os.fsync", "shutil.copymode", "pathlib.Path.replace"])
@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_an_interruption_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, stop: type[BaseException] | BaseException
):
    path = tmp_path / "f.yml"
    path.write_bytes(b"old")

    def interrupted(*_: object) -> None:
        raise stop

    monkeypatch.setattr(step, interrupted)
    with pytest.raises((KeyboardInterrupt, Refused)):
        save(path, "f.yml", b"old", b"new")
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["f.yml"]


def test_a_file_that_has_changed_since_it_was_read_is_left_alone(tmp_path: Path):
    path = tmp_path / "f.yml"
    path.write_bytes(b"somebody else's")
    with pytest.raises(Refused, match="has changed"):
        save(path, "f.yml", b"old", b"new")
    assert path.read_bytes() == b"somebody else's"
    path.unlink()
    with pytest.raises(Refused, match="cannot be written"):
        save(path, "f.yml", b"old", b"new")


def test_a_file_that_somebody_has_locked_is_left_alone(tmp_path: Path):
    path = tmp_path / "f.yml"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(Refused, match="marked read-only"):
        save(path, "f.yml", b"old", b"new")
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["f.yml"]
    path.chmod(0o644)  # so that Windows can take the folder away


def test_a_file_with_two_names_is_left_alone_so_that_they_stay_one(tmp_path: Path):
    path, other = tmp_path / "f.yml", tmp_path / "other.yml"
    path.write_bytes(b"old")
    os.link(path, other)
    with pytest.raises(Refused, match=r"has 2 names \(hard links\)"):
        save(path, "f.yml", b"old", b"new")
    assert path.read_bytes() == other.read_bytes() == b"old"
    other.unlink()
    save(path, "f.yml", b"old", b"new")
    assert path.read_bytes() == b"new"


def test_a_diff_says_what_changes_and_what_has_no_line_end():
    assert diff("f.yml", b"a\r\nb", b"a\r\nb\r\nc") == (
        "--- a/f.yml\n+++ b/f.yml\n@@ -1,2 +1,3 @@\n a\r\n-b\n\\ No newline at end of file\n+b\r\n+c\n"
        "\\ No newline at end of file\n"
    )
    assert diff("f.yml", b"a\n", b"a\n") == ""
