"""The whole of inventory/: every file of every feed, every trouble at once, and no secret ever."""

from __future__ import annotations

import json
import pickle
import runpy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.inventory import Inventory, formats, read_inventory
from runbooks.inventory.layouts import layout
from tests import small
from tests.inventory.exports import SECRET, feed, lines, policy, read, table

COVERED = table(["Name", "Uuid"], ["NB-DC01", "1"])


def test_without_an_inventory_there_is_nothing(tmp_path: Path):
    assert read_inventory(tmp_path, policy()) == Inventory()
    (tmp_path / "inventory").mkdir()
    assert read_inventory(tmp_path, policy()).document is None


def test_the_files_of_a_feed_are_read_in_the_order_of_their_names():
    names = ["veeam/newford-2026-11-28.csv", "veeam/newford-2026-11-27.csv", "veeam/other.csv", "newford.csv"]
    inventory = read(feed("veeam-coverage-csv", "veeam/newford-*.csv"), dict.fromkeys(names, COVERED))

    assert [(export.file, export.made_on and export.made_on.day) for export in inventory.exports] == [
        ("inventory/veeam/newford-2026-11-27.csv", 27),
        ("inventory/veeam/newford-2026-11-28.csv", 28),
    ]
    assert all(export.feed is inventory.feeds[0] for export in inventory.exports)


def test_two_stars_look_into_every_folder_and_feeds_yml_is_no_export():
    inventory = read(feed("generic-csv", "**/*", columns="{name: Name}"), {"a.csv": COVERED, "b/c/d.csv": COVERED})

    assert [export.file for export in inventory.exports] == ["inventory/a.csv", "inventory/b/c/d.csv"]


def test_a_feed_without_files_has_no_export_and_is_left_to_the_rules():
    inventory = read(feed("veeam-coverage-csv", "nothing-*.csv"), {})

    assert (len(inventory.feeds), inventory.exports, inventory.troubles) == (1, (), ())


def test_every_trouble_is_told_at_once_and_the_rest_is_read():
    feeds = (
        feed("veeam-coverage-csv", "good.csv", id="good")
        + feed("generic-csv", "rows.csv", id="rows", columns="{name: Name, last_success: Last}")
        + feed("veeam-sessions-csv", "good.csv", id="other")
        + feed("restic-snapshots-json", "cut.json", id="cut")
        + feed("veeam-coverage", "good.csv", id="unknown")
    )
    rows = table(["Name", "Last"], ["NB-DC01", "2026-11-28 22:00"], ["NB-DC02"], ["", ""], ["NB-DC03", "soon"])
    inventory = read(feeds, {"good.csv": COVERED, "rows.csv": rows, "cut.json": '[{"hostname": "a", "time": "2026'})

    assert {
        (trouble.place.file.removeprefix("inventory/"), trouble.place.line, trouble.code)
        for trouble in inventory.troubles
    } == {
        ("feeds.yml", 7, "INV014"),
        ("rows.csv", 2, "INV016"),
        ("rows.csv", 3, "INV014"),
        ("rows.csv", 4, "INV014"),
        ("rows.csv", 5, "INV014"),
        ("good.csv", 1, "INV015"),
        ("cut.json", 1, "INV014"),
    }
    found = {export.feed.id: export for export in inventory.exports}
    assert {name: (len(export.items), export.whole) for name, export in found.items()} == {
        "good": (1, True), "rows": (2, False), "other": (0, False), "cut": (0, False),
    }  # fmt: skip


def test_a_place_is_the_whole_beginning_of_a_line():
    (export,) = read(feed("veeam-coverage-csv", "a.csv"), {"a.csv": COVERED}).exports
    place = export.items[0].place

    assert str(place) == "inventory/a.csv:2:1"
    assert (place.end_line, place.end_column) == (2, 1)


def test_rows_that_say_the_same_are_one_and_rows_that_disagree_are_two():
    rows = [["NB-DC01", "1"], ["NB-DC01", "1"], ["NB-DC01", "2"]]
    (export,) = read(feed("veeam-coverage-csv", "a.csv"), {"a.csv": table(["Name", "Uuid"], *rows)}).exports

    assert [(item.key, item.place.line) for item in export.items] == [("1", 2), ("2", 4)]
    assert export.rows == 3


def test_a_file_that_cannot_be_opened_is_told(monkeypatch: pytest.MonkeyPatch):
    real = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if path.name == "closed.csv":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    inventory = read(feed("veeam-coverage-csv", "*.csv"), {"closed.csv": COVERED, "open.csv": COVERED})

    assert lines(inventory) == [("INV014", 1, "the file cannot be opened: Permission denied")]
    assert [len(export.items) for export in inventory.exports] == [0, 1]


def test_a_folder_that_is_called_like_an_export_is_passed_over(tmp_path: Path):
    (tmp_path / "inventory/a.csv").mkdir(parents=True)
    (tmp_path / "inventory/feeds.yml").write_text("feeds:\n" + feed("veeam-coverage-csv", "a.csv"), encoding="utf-8")

    assert read_inventory(tmp_path, policy()).exports == ()


def test_a_folder_in_the_place_of_feeds_yml_is_told(tmp_path: Path):
    (tmp_path / "inventory/feeds.yml").mkdir(parents=True)

    (trouble,) = read_inventory(tmp_path, policy()).troubles
    assert (trouble.place.file, trouble.code) == ("inventory/feeds.yml", "INV014")


def test_an_inventory_is_the_same_each_time_and_can_be_kept():
    feeds = feed("veeam-coverage-csv", "*.csv")
    files = {f"{name}.csv": COVERED for name in "cab"}

    first, second = read(feeds, files), read(feeds, files)
    assert first.exports == second.exports
    assert pickle.loads(pickle.dumps(first.exports)) == first.exports


# secrets


def planted(name: str) -> tuple[str, str]:
    """A file of a format with every needed column, and a secret in each of many others."""
    form = layout(name)
    names = {column: headers[0] for column, headers in form.COLUMNS.items()} or {"name": "Name", "key": "Id"}
    others = ["Password", "login_password", "agent_token", "Notes", "ErrorMessage", "GUIDPassword", "pwdkeyid2", "x"]
    if form.WRITINGS[0] == "csv":
        header = [*others[:4], *names.values(), *others[4:]]
        row = [*([SECRET] * 4), *("1" for _ in names), *([SECRET] * 4)]
        return "a.csv", table(header, row, row)
    entry: dict[str, Any] = dict.fromkeys(others, SECRET)
    for way in sorted((name.split(".") for name in names.values()), key=len, reverse=True):
        where = entry
        for key in way[:-1]:
            where = where.setdefault(key, {"secret": SECRET, "list": [SECRET, {"token": SECRET}]})
        where.setdefault(way[-1], "1")
    entry["nested"] = {"name": SECRET, "deep": [{"password": SECRET}]}
    return "a.json", json.dumps({"token": SECRET, "items": [entry, entry], "after": [SECRET]}, indent=1)


def generic(name: str) -> str:
    return "{name: Name, key: Id}" if name.startswith("generic") else ""


@pytest.mark.parametrize("name", formats.names())
def test_what_stands_in_other_columns_is_nowhere_afterwards(name: str):
    file, content = planted(name)
    for text in (
        content,
        content.replace("\n", "\r\n"),
        content[: len(content) * 2 // 3],
        content + content,
        "x" + content,
    ):
        inventory = read(feed(name, file, columns=generic(name)), {file: text})

        assert SECRET not in repr(inventory)
        assert SECRET.encode() not in pickle.dumps(inventory.exports)
        assert not any(SECRET in message for _, _, message in lines(inventory))


@given(st.data())
@settings(deadline=None, max_examples=60)
def test_whatever_happens_to_a_file_its_secrets_stay_in_it(data: st.DataObject):
    name = data.draw(st.sampled_from(formats.names()))
    file, content = planted(name)
    cut = data.draw(st.integers(0, len(content)))
    put = data.draw(st.sampled_from(['"', "\n", "{", "\x00", "]", "\r\n\r\n", '","', "\ufffd"]))
    # Nothing is taken away between a secret and the commas around it: then nobody could tell whose cell it was.
    mangled = data.draw(st.sampled_from([content[:cut], content + content[:cut], content[:cut] + put]))
    inventory = read(feed(name, file, columns=generic(name)), {file: mangled})

    assert SECRET not in repr(inventory)


# the sample


@pytest.fixture(scope="module")
def sample() -> Inventory:
    return read_inventory(small.REPOSITORY, policy())


def test_the_sample_exports_are_read_without_trouble(sample: Inventory):
    assert sample.troubles == ()
    assert len(sample.exports) >= 8
    assert all(export.whole and export.rows and export.made_on for export in sample.exports)
    assert {feed.id for feed in sample.feeds} == {export.feed.id for export in sample.exports}


def test_the_sample_exports_are_those_of_the_script():
    made = runpy.run_path(str(small.REPOSITORY / "tools/exports.py"))["FILES"]
    written = {path: (small.REPOSITORY / "inventory" / path).read_bytes() for path in made}

    assert written == made, "run `python -m bench.exports`"
    there = {path for path in (small.REPOSITORY / "inventory").rglob("*") if path.is_file()}
    assert {path.relative_to(small.REPOSITORY / "inventory").as_posix() for path in there} == {*made, "feeds.yml"}


def test_the_sample_shows_many_formats(sample: Inventory):
    shown = {export.feed.format for export in sample.exports}

    assert len(shown) >= 8
    assert any(export.contracts for export in sample.exports)


@pytest.mark.parametrize("raw", [b"PK\x03\x04rest", b"\x1f\x8brest", b"\xd0\xcf\x11\xe0rest"])
def test_a_spreadsheet_is_told_for_what_it_is(raw: bytes):
    inventory = read(feed("veeam-coverage-csv", "a.csv"), {"a.csv": raw})

    assert lines(inventory) == [("INV014", 1, "this is no text but a packed file, as spreadsheets are")]
