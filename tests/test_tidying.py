"""`runbooks fmt`: files in order, and nothing of what they say changed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks import cli
from runbooks.edits import Refused
from runbooks.records.client import Client
from runbooks.tidying import Tidied, tidied
from tests import ugliness
from tests.sample import POLICY, planted

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
"""What is refused: a directive, a tab for an indentation, what cannot be seen, no YAML, a key twice, an anchor."""


def tidy(raw: bytes, *, sort: bool = False) -> Tidied:
    return tidied("f.yml", raw, Client, sort=sort)


def text(words: str, *, sort: bool = False) -> str:
    return tidy(words.encode(), sort=sort).after.decode()


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `fmt` in a site of some files; its code and what it printed."""

    def done(*arguments: str) -> tuple[int, str, str]:
        code = cli.run(["fmt", "--site", str(tmp_path), *arguments])
        return code, *capsys.readouterr()

    planted(tmp_path, {"policy.yml": POLICY})
    return done


# Every ugly file, with and without the order


def check(raw: bytes, *, sort: bool) -> None:
    """What holds of any file that is put in order."""
    after = tidy(raw, sort=sort).after
    assert tidy(after, sort=sort).after == after
    assert ugliness.comments(after) == ugliness.comments(raw)
    assert sorted(ugliness.blocks(after)) == sorted(ugliness.blocks(raw))
    assert raw.startswith(ugliness.MARK) == after.startswith(ugliness.MARK)
    assert ugliness.line_ends(after) <= (ugliness.line_ends(raw) or {"\n"})
    again = tidy(raw).after  # numbers that are texts are in quotes now
    assert ugliness.same(ugliness.data(after), ugliness.data(again))


@pytest.mark.parametrize("sort", [False, True], ids=["as it is", "in order"])
@pytest.mark.parametrize("name", [name for name in ugliness.FILES if name not in NOT_READ])
def test_an_ugly_file_says_the_same_in_order_and_a_second_run_changes_nothing(name: str, sort: bool):
    check(ugliness.FILES[name], sort=sort)


@pytest.mark.parametrize("name", sorted(NOT_READ))
def test_what_cannot_be_relied_on_is_refused_with_the_line_and_the_reason(name: str):
    with pytest.raises(Refused) as refused:
        tidy(ugliness.FILES[name])
    assert refused.value.place.line >= 1
    assert refused.value.reason


@given(ugliness.files(), st.booleans())
def test_any_file_says_the_same_in_order(raw: bytes, sort: bool):
    with contextlib.suppress(Refused):
        check(raw, sort=sort)


# What is put in order

SMALL = {
    "spaces at line ends": ("client: A  \n  \nowner: B # c  \n", "client: A\n\nowner: B # c\n"),
    "tabs in comments stay": ("client: A #\tx\t\n", "client: A #\tx\t\n"),
    "empty lines": ("client: A\n\n\n\nowner: B\n\n\n", "client: A\n\nowner: B\n"),
    "the last line end": ("client: A", "client: A\n"),
    "the last line end of windows": ("client: A\r\nowner: B", "client: A\r\nowner: B\r\n"),
    "a text keeps its lines": ("notes: |  \n  a  \n\n\n  b\n\n\nowner: B\n",
                               "notes: |\n  a  \n\n\n  b\n\n\nowner: B\n"),
    "a text keeps its end": ("notes: |+\n  a\n\n\n", "notes: |+\n  a\n\n\n"),
    "a text without a line end": ("notes: |\n  a", "notes: |\n  a"),
    "quotes keep their lines": ("notes: 'a  \n\n\n  b'  \n", "notes: 'a  \n\n\n  b'\n"),
    "lists": ("aliases:\n- a\ngroups:\n  - b\nsites:\n  - {id: c, name: C}\n",
              "aliases:\n  - a\ngroups:\n  - b\nsites:\n  - {id: c, name: C}\n"),
    "a list with a text stays": ("contacts:\n- name: A\n  notes: |\n    x\ngroups:\n  - b\naliases:\n  - c\n",) * 2,
    "a list with a comment at its left stays": ("a:\n  - x:\n    - 1\n  # c\n    - 2\n  - y:\n      - 3\n",) * 2,
    "ambiguous values": ("owner: no\naliases: [on]\n", 'owner: "no"\naliases: ["on"]\n'),
    "a version is a text": ("setups: [{version: 1.10}]\n", 'setups: [{version: "1.10"}]\n'),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), SMALL.values(), ids=SMALL)
def test_small_things_are_put_in_order(before: str, after: str):
    assert text(before) == after
    assert text(after) == after


ORDER = {
    "with their comments": (
        "status: active  # now\n# names\naliases: [a]\nclient: A\n",
        "client: A\n# names\naliases: [a]\nstatus: active  # now\n",
    ),
    "below the head": (
        "# yaml-language-server: $schema=x\nowner: B\nclient: A\n",
        "# yaml-language-server: $schema=x\nclient: A\nowner: B\n",
    ),
    "with the empty line before them": (
        "owner: B\n\nstatus: active\n\nclient: A\n",
        "client: A\n\nstatus: active\n\nowner: B\n",
    ),
    "behind a dash": (
        "contacts:\n  - roles: [site]  # r\n    name: A\n", "contacts:\n  - name: A\n    roles: [site]  # r\n",
    ),
    "each with its whole value": (
        "contacts:\n  - name: A\n    # why\n    roles:\n      - site\n      # more\nclient: A\n",
        "client: A\ncontacts:\n  - name: A\n    # why\n    roles:\n      - site\n      # more\n",
    ),
    "names of one's own stay": ("external_ids:\n  z: a\n  b: c\n",) * 2,
    "what nobody knows stays": ("zebra: a\nclient: A\n",) * 2,
    "what stands in brackets stays": ("contacts: [{roles: [site], name: A}]\n",) * 2,
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), ORDER.values(), ids=ORDER)
def test_keys_are_put_in_order_with_all_that_is_about_them(before: str, after: str):
    assert text(before, sort=True) == after
    assert text(after, sort=True) == after
    assert text(before) == before


UNSURE = {
    "apart from its key": ("owner: B\n\n# whose\n\nclient: A\n", 3),
    "above the first": ("# whose\nowner: B\nclient: A\n", 1),
    "below the last": ("owner: B\nclient: A\n# whose\n", 3),
    "below a list at the margin": ("aliases:\n- a\n# - b\nclient: A\n", 3),
    "above what would begin an entry": ("contacts:\n  - roles: [site]\n    # who\n    name: A\n", 4),
    "left of its key": ("contacts:\n  - roles: [site]\n  # who\n    name: A\n", 3),
}


@pytest.mark.parametrize(("before", "line"), UNSURE.values(), ids=UNSURE)
def test_nothing_moves_where_nobody_can_tell_what_a_comment_is_about(before: str, line: int):
    result = tidy(before.encode(), sort=True)
    assert result.after == before.encode()
    (left,) = result.left
    assert left.place.line == line
    assert left.reason


# The command

UNTIDY = "client: Harbour Dental  \nowner: no\n"
TIDY = 'client: Harbour Dental\nowner: "no"\n'


def test_without_a_name_all_files_are_put_in_order(run: Run, tmp_path: Path):
    feeds, product = "feeds: []   \n", "name: P\nvendor: no\n"
    planted(tmp_path, {FILE: UNTIDY, "inventory/feeds.yml": feeds, "templates/products/p/product.yml": product})
    code, out, err = run()
    assert code == cli.PASSED
    assert out.split() == ["inventory/feeds.yml", "templates/products/p/product.yml", FILE]
    assert err == "Changed 3 files of 4.\n"
    assert (tmp_path / FILE).read_text(encoding="utf-8") == TIDY
    assert run() == (cli.PASSED, "", "Nothing to put in order.\n")


def test_a_check_and_a_diff_write_nothing_and_end_with_1(run: Run, tmp_path: Path):
    planted(tmp_path, {FILE: UNTIDY})
    assert run("--check") == (cli.FOUND, f"{FILE}\n", "Would change 1 file of 2.\n")
    code, out, _ = run("--diff")
    assert code == cli.FOUND
    assert '-owner: no\n+client: Harbour Dental\n+owner: "no"\n' in out
    assert (tmp_path / FILE).read_text(encoding="utf-8") == UNTIDY
    run()
    assert run("--check")[0] == run("--diff")[0] == cli.PASSED


def test_no_diff_shows_a_secret_that_stands_beside_a_change(run: Run, tmp_path: Path):
    planted(tmp_path, {FILE: "client: A   \n# password: Winter2024!x\n"})
    code, out, err = run("--diff")
    assert (code, "+client: A\n" in out) == (cli.FOUND, True)
    assert "Winter2024" not in out + err


@pytest.mark.parametrize("name", ["harbour-dental", FILE, "clients"])
def test_a_client_a_file_or_a_folder_can_be_named(run: Run, tmp_path: Path, name: str):
    planted(tmp_path, {FILE: UNTIDY, "policy.yml": POLICY + "\n\n"})
    assert run(name)[1] == f"{FILE}\n"


def test_a_name_that_is_none_is_wrong_use(run: Run, tmp_path: Path):
    planted(tmp_path, {FILE: UNTIDY})
    code, _, err = run("harbor-dental")
    assert code == cli.WRONG_USE
    assert "did you mean harbour-dental?" in err


def test_what_cannot_be_put_in_order_is_told_and_the_rest_is(run: Run, tmp_path: Path):
    planted(tmp_path, {FILE: UNTIDY, "clients/b.yml": "client: [\n", "clients/c.yml": "owner: B\n\n# x\n\nclient: A\n"})
    code, out, err = run("--order")
    assert (code, out) == (cli.FOUND, f"{FILE}\n")
    assert "not put in order: clients/b.yml:1:9: The [ here is never closed." in err
    assert "left as it is: clients/c.yml:3:1: nobody can tell which key this comment is about" in err
    (tmp_path / "clients/b.yml").unlink()
    assert run("--order")[0] == cli.PASSED
