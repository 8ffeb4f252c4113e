"""The files below a folder by name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runbooks.folders import Sharing, beside, entries, files_below, files_reached, same, shared, state, swept, take_out


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("a.html", "b/c.html", "b/d/e f.txt", "é/g.html"):
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return tmp_path / "tree"


def test_names_have_forward_slashes_and_begin_behind_the_folder(tree: Path):
    assert sorted(files_below(tree)) == ["a.html", "b/c.html", "b/d/e f.txt", "é/g.html"]
    assert sorted(files_reached(tree)) == sorted(files_below(tree))


def test_a_folder_may_be_named_from_where_somebody_is(tree: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tree.parent)
    assert sorted(files_below(Path("tree"))) == sorted(files_below(tree))


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_links_are_followed_where_that_is_asked_each_folder_once(tree: Path):
    (tree / "b" / "up").symlink_to(tree, target_is_directory=True)
    (tree.parent / "beside").mkdir()
    (tree.parent / "beside" / "h.txt").touch()
    (tree / "z").symlink_to(tree.parent / "beside", target_is_directory=True)
    assert "z/h.txt" not in set(files_below(tree))
    assert sorted(files_reached(tree)) == ["a.html", "b/c.html", "b/d/e f.txt", "z/h.txt", "é/g.html"]


def test_a_shared_file_is_the_same_and_a_written_one_has_another_state(tree: Path, tmp_path: Path):
    other = tmp_path / "other"
    sharing = Sharing(tree, other)
    sharing.share("b/d/e f.txt")
    sharing.share("b/c.html")
    assert shared(tree, other, "b/c.html")
    before = state(other, "b/c.html")
    (tree / "b/c.html").unlink()
    (tree / "b/c.html").write_text("longer than before", encoding="utf-8")
    assert not shared(tree, other, "b/c.html")
    assert state(tree, "b/c.html") != before == state(other, "b/c.html")
    with pytest.raises(OSError, match=r"nothing\.html"):
        sharing.share("nothing.html")


def test_what_does_not_stay_is_swept_and_folders_with_nothing_in_them_too(tree: Path):
    if os.name != "nt":  # links need a privilege there
        (tree / "b/up").symlink_to(tree, target_is_directory=True)
    numbers = {name: entry.inode() for entry, name in entries(tree)}
    assert dict(swept(tree, lambda name, _: name.startswith("b/d/"))) == {"b/d/e f.txt": numbers["b/d/e f.txt"]}
    assert sorted(path.relative_to(tree).as_posix() for path in tree.rglob("*")) == ["b", "b/d", "b/d/e f.txt"]


def test_what_is_taken_out_takes_its_empty_folders_with_it(tree: Path):
    take_out(tree, "b/d/e f.txt")
    assert not (tree / "b/d").exists()
    take_out(tree, "b/c.html")
    take_out(tree, "é/g.html")
    take_out(tree, "a.html")
    assert list(tree.iterdir()) == []


def test_the_same_file_of_two_folders_is_told_with_its_state(tree: Path, tmp_path: Path):
    other = tmp_path / "other"
    Sharing(tree, other).share("a.html")
    (other / "b").mkdir()
    (other / "b/c.html").write_text("b/c.html", encoding="utf-8")
    numbers = {name: entry.inode() for entry, name in entries(tree)}
    assert beside(tree, other)
    assert same(tree, numbers["a.html"], other, "a.html") == state(tree, "a.html")
    assert same(tree, 0, other, "a.html") == state(tree, "a.html")
    assert same(tree, numbers["b/c.html"], other, "b/c.html") is None
    assert same(tree, numbers["é/g.html"], other, "é/g.html") is None
