"""The shelf: what was computed before comes back, and whatever is wrong with it is as if it were not there."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from runbooks.shelf import Shelf, digest, folder, program


def test_what_was_put_comes_back_in_the_next_run(tmp_path: Path):
    first = Shelf(tmp_path / "own" / "shelf")
    assert first.get(b"key") is None
    first.put(b"key", pickle.dumps(["value"]))
    first.save()
    assert Shelf(tmp_path / "own" / "shelf").get(b"key") == ["value"]


def test_what_is_not_asked_for_is_not_kept(tmp_path: Path):
    one = Shelf(tmp_path / "shelf")
    one.put(b"old", pickle.dumps(1))
    one.put(b"kept", pickle.dumps(2))
    one.save()
    two = Shelf(tmp_path / "shelf")
    assert two.get(b"kept") == 2
    two.save()
    three = Shelf(tmp_path / "shelf")
    assert (three.get(b"old"), three.get(b"kept")) == (None, 2)


def test_nothing_is_written_when_nothing_is_new(tmp_path: Path):
    one = Shelf(tmp_path / "shelf")
    one.put(b"key", pickle.dumps(1))
    one.save()
    before = (tmp_path / "shelf").stat().st_mtime_ns
    two = Shelf(tmp_path / "shelf")
    two.get(b"key")
    two.save()
    assert (tmp_path / "shelf").stat().st_mtime_ns == before


@pytest.mark.parametrize("content", [b"", b"nonsense", pickle.dumps([1, 2]), pickle.dumps({b"key": b"nonsense"})])
def test_a_damaged_shelf_is_an_empty_one(tmp_path: Path, content: bytes):
    path = tmp_path / "shelf"
    path.write_bytes(content)
    assert Shelf(path).get(b"key") is None


def test_a_shelf_that_others_can_write_to_is_not_read(tmp_path: Path):
    one = Shelf(tmp_path / "shelf")
    one.put(b"key", pickle.dumps(1))
    one.save()
    (tmp_path / "shelf").chmod(0o666)
    assert Shelf(tmp_path / "shelf").get(b"key") is None


def test_a_shelf_that_cannot_be_written_stops_nobody(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    one = Shelf(tmp_path / "file" / "shelf")
    one.put(b"key", pickle.dumps(1))
    one.save()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


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
