"""The shelf: what was computed before comes back, and whatever is wrong with it is as if it were not there."""

from __future__ import annotations

import pickle
import random
import sqlite3
import threading
from pathlib import Path

import pytest

from runbooks import shelf
from runbooks.shelf import KEPT, Shelf, digest, folder, program

THINGS = {f"key {number}".encode(): bytes([number]) * 3000 for number in range(40)}


def kept(path: Path, **things: bytes) -> Path:
    """A shelf with these things on it."""
    one = Shelf(path)
    for key, value in things.items():
        one.put(key.encode(), value)
    one.save()
    return path


def test_what_was_put_comes_back_in_the_next_run(tmp_path: Path):
    first = Shelf(tmp_path / "own" / "shelf")
    assert first.get(b"key") is None
    first.put(b"key", b"value")
    assert first.get(b"key") == b"value"
    first.save()
    assert Shelf(tmp_path / "own" / "shelf").get(b"key") == b"value"


def test_what_is_not_asked_for_in_some_runs_is_not_kept(tmp_path: Path):
    path = kept(tmp_path / "shelf", old=b"1", needed=b"2")
    for number in range(KEPT):
        one = Shelf(path)
        assert one.get(b"needed") == b"2"
        one.put(b"new %d" % number, b"3")
        one.save()
    assert Shelf(path).get(b"needed") == b"2"
    assert Shelf(path).get(b"old") is None


def test_nothing_is_written_when_nothing_is_new(tmp_path: Path):
    path = kept(tmp_path / "shelf", key=b"1")
    before = path.read_bytes(), path.stat().st_mtime_ns
    two = Shelf(path)
    two.get(b"key")
    two.save()
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_what_another_program_kept_is_not_there(tmp_path: Path):
    one = Shelf(tmp_path / "shelf", b"one")
    one.put(b"key", b"1")
    one.save()
    assert Shelf(tmp_path / "shelf", b"other").get(b"key") is None


def test_what_is_not_there_is_looked_for_on_the_first_one(tmp_path: Path):
    first = kept(tmp_path / "first", key=b"1")
    assert Shelf(tmp_path / "second", first=first).get(b"key") == b"1"


@pytest.mark.parametrize("content", [b"", b"nonsense", b"SQLite format 3\0" + bytes(4000), pickle.dumps({b"key": 1})])
def test_a_file_that_is_no_shelf_is_an_empty_one_and_becomes_one(tmp_path: Path, content: bytes):
    path = tmp_path / "shelf"
    path.write_bytes(content)
    path.chmod(0o600)
    assert Shelf(path).get(b"key") is None
    assert Shelf(kept(path, key=b"1")).get(b"key") == b"1"


def test_no_damage_gives_anything_but_what_was_put_or_nothing(tmp_path: Path):
    path = tmp_path / "shelf"
    whole = Shelf(path)
    for key, value in THINGS.items():
        whole.put(key, value)
    whole.save()
    raw, dice = path.read_bytes(), random.Random(7)
    for number in range(120):
        harmed = bytearray(raw[: dice.randrange(len(raw))] if number % 4 == 0 else raw)
        for _ in range(dice.choice((1, 20, 400))):
            if harmed and number % 4:
                harmed[dice.randrange(len(harmed))] = dice.randrange(256)
        path.write_bytes(harmed)
        one = Shelf(path)
        assert all(one.get(key) in (value, None) for key, value in THINGS.items())
        one.close()
        if number % 10 == 0:
            again = Shelf(path)
            again.put(b"key", b"1")
            again.save()
            assert Shelf(path).get(b"key") == b"1"


def test_nothing_on_a_shelf_is_run(tmp_path: Path):
    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (tmp_path / "ran",)

    path = kept(tmp_path / "shelf", key=b"1")
    with sqlite3.connect(path) as file:
        file.execute("UPDATE things SET value = ?", (pickle.dumps(Evil()),))
    assert Shelf(path).get(b"key") is None
    assert not (tmp_path / "ran").exists()


def test_what_is_unsure_is_no_other_run_s_until_it_is_confirmed(tmp_path: Path):
    path = kept(tmp_path / "shelf", key=b"old")
    one = Shelf(path, unsure=True)
    one.put(b"key", b"new")
    one.flush()
    assert one.get(b"key") == b"new"
    assert Shelf(path).get(b"key") is None
    one.confirm()
    assert Shelf(path).get(b"key") == b"new"


def test_two_runs_may_write_at_once(tmp_path: Path):
    def run(number: int) -> None:
        kept(tmp_path / "shelf", **{f"{number}-{each}": b"value" for each in range(50)})

    kept(tmp_path / "shelf", first=b"1")
    runs = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    found = Shelf(tmp_path / "shelf")
    assert all(found.get(f"{number}-{each}".encode()) == b"value" for number in range(4) for each in range(50))


def test_a_shelf_that_others_can_write_to_is_not_read(tmp_path: Path):
    path = kept(tmp_path / "shelf", key=b"1")
    path.chmod(0o666)
    assert Shelf(path).get(b"key") is None


def test_a_shelf_that_cannot_be_written_stops_nobody(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    kept(tmp_path / "file" / "shelf", key=b"1")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_waits_to_be_written_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shelf, "ROOM", 10_000)
    one = Shelf(tmp_path / "shelf")
    for key, value in THINGS.items():
        one.put(key, value)
        assert one.get(key) == value
    one.save()
    two = Shelf(tmp_path / "shelf")
    assert all(two.get(key) == value for key, value in THINGS.items())


def test_the_folder_can_be_named_or_turned_off(tmp_path: Path):
    assert folder({"RUNBOOKS_CACHE": str(tmp_path)}) == tmp_path
    assert folder({"RUNBOOKS_CACHE": "off"}) is None
    usual = folder({})
    assert usual is not None
    assert usual.name == "backup-runbooks"
    assert usual.is_absolute()


def test_parts_stay_apart_in_a_digest():
    assert digest(b"ab", b"c") != digest(b"a", b"bc") != digest(b"abc")
    assert program() == program()
