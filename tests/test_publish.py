from __future__ import annotations

import errno
import json
import os
import random
import re
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from runbooks.publish import (
    MARKER,
    Published,
    PublishError,
    Staging,
    VerificationError,
    go_back,
    publish,
    releases,
    staging,
)
from runbooks.publish.marker import is_whole
from runbooks.publish.tree import digests

Link: TypeAlias = Callable[[str, Path], None]
SOURCE = Path(__file__).parents[1] / "generator"
PAGES = {"index.html": "home", "clients/north-bay/index.html": "North Bay", "assets/app.js": "1"}


def no_links(_target: str, _path: Path) -> None:
    raise OSError(errno.EPERM, "links may not be made here")


def write(folder: Path, pages: dict[str, str]) -> None:
    for name, text in {MARKER: "{}", **pages}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def read(folder: Path) -> dict[str, str]:
    """The files of a folder; of the marker only that it is there, for it is another one in each release."""
    files = (path for path in folder.rglob("*") if path.is_file())
    found = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}
    return {name: "{}" if name == MARKER else text for name, text in found.items()}


def built(pages: dict[str, str]) -> dict[str, str]:
    return {MARKER: "{}", **pages}


def put(
    site: Path, pages: dict[str, str], link: Link | None = None, verify: Callable[[Path], bool] = lambda _: True
) -> Published:
    with staging(site, link=link) if link else staging(site) as staged:
        write(staged.stage, pages)
        return publish(staged, verify)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


@pytest.fixture(params=["by link", "by renaming"])
def link(request: pytest.FixtureRequest) -> Link | None:
    return no_links if request.param == "by renaming" else None


# What is published.


def test_a_site_is_a_relative_link_to_a_tree_in_a_hidden_folder(site: Path):
    put(site, PAGES)

    assert str(site.readlink()) == ".site-trees/1"
    assert read(site) == built(PAGES)


def trees(site: Path) -> list[str]:
    return sorted(path.name for path in (site.parent / ".site-trees").iterdir())


def test_each_publication_is_a_tree_of_its_own_and_three_of_old_are_kept(site: Path):
    there = []
    for generation in range(6):
        put(site, {"index.html": str(generation)})
        there.append((site.resolve().name, trees(site)))

    assert there[0] == ("1", ["1", "lock"])
    assert there[3] == ("4", ["1", "2", "3", "4", "lock"])
    assert there[5] == ("6", ["3", "4", "5", "6", "lock", "spare"])


def test_what_equals_the_published_site_is_no_new_release(site: Path, link: Link | None):
    first = put(site, PAGES, link)
    before = trees(site)
    again = put(site, PAGES, link)

    assert (first.release, again.release, again.kept) == (1, 1, 3)
    assert trees(site) == before


def test_the_trees_of_an_earlier_version_are_taken_over(site: Path):
    for name in "ab":
        write(site.parent / ".site-trees" / name, {"index.html": name})
    site.symlink_to(".site-trees/b")
    done = put(site, {"index.html": "new"})

    assert (done.release, done.changed) == (1, 1)
    assert trees(site) == ["1", "lock"]


def test_without_links_the_site_is_a_folder(site: Path):
    for generation in range(6):
        put(site, {"index.html": str(generation)}, no_links)

        assert not site.is_symlink()
        assert read(site) == built({"index.html": str(generation)})
    assert trees(site) == ["3", "4", "5", "lock", "spare"]


def test_a_python_without_links_publishes_a_folder(site: Path):
    def unknown(_target: str, _path: Path) -> None:
        raise NotImplementedError

    put(site, PAGES, unknown)

    assert not site.is_symlink()
    assert read(site) == built(PAGES)


def test_a_site_may_change_between_link_and_folder(site: Path):
    for generation, link in enumerate([None, no_links, None, None, no_links, no_links, None]):
        put(site, {"index.html": str(generation)}, link)

        assert site.is_symlink() == (link is None)
        assert read(site) == built({"index.html": str(generation)})


def test_what_is_counted_is_the_difference_from_the_site_before(site: Path, link: Link | None):
    counts = []
    for pages in [
        {"one": "1", "two": "2"},
        {"one": "1", "two": "2"},
        {"one": "1", "two": "changed", "three": "3"},
        {"one": "1", "two": "2"},
    ]:
        done = put(site, pages, link)
        counts.append((done.added, done.changed, done.removed, done.kept))

    assert counts == [(2, 0, 0, 0), (0, 0, 0, 2), (1, 1, 0, 1), (0, 1, 1, 1)]


def test_unchanged_files_are_shared_with_the_release_before_and_changed_ones_are_not(site: Path):
    put(site, PAGES)
    before = {name: (site / name).stat() for name in PAGES}
    put(site, {**PAGES, "assets/app.js": "2"})
    after = {name: (site / name).stat() for name in PAGES}

    assert {name for name in PAGES if before[name].st_ino != after[name].st_ino} == {"assets/app.js"}
    assert {name for name in PAGES if before[name].st_mtime_ns != after[name].st_mtime_ns} == {"assets/app.js"}
    assert (site.parent / ".site-trees/1/assets/app.js").read_text(encoding="utf-8") == "1"


@pytest.mark.parametrize("refusal", [OSError(errno.EMLINK, "Too many links"), NotImplementedError()])
def test_where_files_cannot_be_shared_each_release_has_its_own(
    site: Path, monkeypatch: pytest.MonkeyPatch, refusal: Exception
):
    def refuse(*_: object) -> None:
        raise refusal

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    put(site, PAGES)
    before = {name: (site / name).stat() for name in PAGES}
    put(site, {**PAGES, "more.html": "2"})
    after = {name: (site / name).stat() for name in PAGES}

    assert all(before[name].st_ino != after[name].st_ino for name in PAGES)
    assert all(before[name].st_mtime_ns == after[name].st_mtime_ns for name in PAGES)


def test_a_release_that_somebody_writes_into_is_not_taken_over_into_the_next(site: Path):
    put(site, PAGES)
    (site / "index.html").write_text("scribbled", encoding="utf-8")
    done = put(site, PAGES)

    assert done.changed == 1
    assert read(site) == built(PAGES)


def test_a_file_keeps_its_time_from_tree_to_tree_until_it_changes(site: Path, link: Link | None):
    times = []
    for text in ["old", "old", "old", "new", "new", "back", "new", "back"]:
        put(site, {"page.html": text}, link)
        times.append((site / "page.html").stat().st_mtime_ns)
        time.sleep(0.02)

    assert times[0] == times[1] == times[2] < times[3] == times[4] < times[5] < times[6] < times[7]


def test_files_and_folders_which_are_gone_go(site: Path):
    put(site, {"old/deep/page.html": "x", "kept/page.html": "x", "swap": "a file", "other/page.html": "a folder"})
    put(site, {"kept/page.html": "x", "swap/page.html": "a folder", "other": "a file"})

    everything = sorted(path.relative_to(site).as_posix() for path in site.rglob("*"))
    wanted = ["kept", "kept/page.html", "other", "swap", "swap/page.html", "assets", "assets/runbooks", MARKER]
    assert everything == sorted(wanted)


def test_a_site_dir_whose_parents_are_missing_gets_them(tmp_path: Path):
    put(tmp_path / "srv" / "www" / "site", PAGES)

    assert read(tmp_path / "srv" / "www" / "site") == built(PAGES)


def test_several_sites_stand_beside_each_other(tmp_path: Path):
    put(tmp_path / "site", {"index.html": "one"})
    put(tmp_path / "dental", {"index.html": "two"})

    assert read(tmp_path / "site") == built({"index.html": "one"})
    assert read(tmp_path / "dental") == built({"index.html": "two"})


def test_links_in_a_tree_are_never_followed(site: Path, tmp_path: Path):
    put(site, {"pages/index.html": "1"})
    outside = tmp_path / "outside"
    write(outside, {"index.html": "precious"})
    (site / "pages" / "index.html").unlink()
    (site / "pages").rmdir()
    (site / "pages").symlink_to(outside)
    (site / "lost").symlink_to(outside / "index.html")
    put(site, {"pages/index.html": "2", "lost": "3"})
    for generation in range(5):
        put(site, {"pages/index.html": str(generation)})

    assert read(outside) == built({"index.html": "precious"})
    assert not (site / "pages").is_symlink()
    assert read(site) == built({"pages/index.html": "4"})


def test_a_link_in_the_new_site_is_refused(site: Path):
    put(site, PAGES)
    with staging(site) as staged:
        write(staged.stage, {})
        (staged.stage / "secrets").symlink_to("/etc")
        with pytest.raises(PublishError, match="the new site holds secrets, which is neither a file nor a folder"):
            publish(staged, lambda _: True)

    assert read(site) == built(PAGES)


def test_a_tree_that_somebody_made_a_link_is_removed_and_not_followed(site: Path, tmp_path: Path):
    put(site, PAGES)
    write(tmp_path / "outside", {"index.html": "precious"})
    (tmp_path / ".site-trees" / "2").symlink_to(tmp_path / "outside")
    put(site, {"index.html": "new"})

    assert read(tmp_path / "outside") == built({"index.html": "precious"})
    assert read(site) == built({"index.html": "new"})
    assert trees(site) == ["1", "3", "lock"]


# What fails leaves the old site.


def state(site: Path) -> dict[str, tuple[str, int]]:
    return {name: (text, (site / name).stat().st_mtime_ns) for name, text in read(site).items()}


@pytest.mark.parametrize("result", [False, ["index.html: leaks a monitoring page"], None, 0, 1])
def test_a_site_that_does_not_pass_is_not_published(site: Path, link: Link | None, result: object):
    put(site, PAGES, link)
    before = state(site)
    seen = []

    def verify(tree: Path) -> bool:
        seen.append(read(tree))
        return result  # type: ignore[return-value]

    with pytest.raises(VerificationError) as failed:
        put(site, {"index.html": "leak"}, link, verify)

    assert failed.value.result == result
    assert seen == [built({"index.html": "leak"})]
    assert state(site) == before


def test_a_verification_that_finds_nothing_wrong_may_say_so_with_an_empty_list(site: Path):
    with staging(site) as staged:
        write(staged.stage, PAGES)
        publish(staged, lambda _: [])

    assert read(site) == built(PAGES)


def test_what_the_verification_raises_comes_through(site: Path):
    put(site, PAGES)
    with pytest.raises(ZeroDivisionError):
        put(site, {}, verify=lambda _: bool(1 / 0))

    assert read(site) == built(PAGES)


def test_a_build_that_fails_leaves_no_stage(site: Path):
    def interrupted(_: Path) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        put(site, PAGES, verify=interrupted)

    assert not os.path.lexists(site)
    assert not (site.parent / ".site-trees" / "stage").exists()


def test_a_stage_without_the_marker_is_refused(site: Path):
    put(site, PAGES)
    with pytest.raises(PublishError, match="not complete"), staging(site) as staged:
        publish(staged, lambda _: True)

    assert read(site) == built(PAGES)


def test_a_staging_that_is_over_publishes_nothing(site: Path):
    with staging(site) as staged:
        write(staged.stage, PAGES)

    with pytest.raises(PublishError, match="not complete"):
        publish(staged, lambda _: True)


WRITES = ("replace", "rename", "hardlink_to", "symlink_to", "write_text", "mkdir", "touch")


@pytest.mark.parametrize("step", range(9))
def test_a_full_disk_leaves_the_old_site(site: Path, link: Link | None, monkeypatch: pytest.MonkeyPatch, step: int):
    put(site, PAGES, link)
    before = state(site)
    steps = iter(range(100))

    def full(call: Callable[..., object]) -> Callable[..., object]:
        def write(*arguments: object, **options: object) -> object:
            if next(steps) >= step:
                raise OSError(errno.ENOSPC, "No space left on device")
            return call(*arguments, **options)

        return write

    with staging(site, link=link) if link else staging(site) as staged:
        write(staged.stage, {**PAGES, "index.html": "new"})
        with monkeypatch.context() as patch:
            for name in WRITES:
                patch.setattr(Path, name, full(getattr(Path, name)))
            try:
                publish(staged, lambda _: True)
            except PublishError as error:
                assert "what was there stays" in str(error)  # noqa: PT017  only some of the steps are needed
                assert "No space left" in str(error)  # noqa: PT017
                done = False
            else:
                done = True

    assert done == (step >= (7 if link else 8))
    assert (state(site) == before) != done
    put(site, {"index.html": "later"}, link)
    assert read(site) == built({"index.html": "later"})


def test_a_full_disk_is_not_taken_for_a_system_without_links(site: Path):
    def full(_target: str, _path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    put(site, PAGES)
    with pytest.raises(PublishError, match="No space left"):
        put(site, {"index.html": "new"}, full)

    assert site.is_symlink()
    assert read(site) == built(PAGES)


@pytest.mark.parametrize("refused", [1, 2])
def test_a_rename_that_is_refused_leaves_the_old_site(site: Path, monkeypatch: pytest.MonkeyPatch, refused: int):
    put(site, PAGES, no_links)
    before = state(site)
    calls = iter(range(1, 100))
    rename = Path.rename

    def busy(path: Path, target: Path) -> Path:
        if next(calls) == refused:
            raise PermissionError(errno.EACCES, "used by another process")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", busy)
    with pytest.raises(PublishError, match="used by another process"):
        put(site, {"index.html": "new"}, no_links)

    assert state(site) == before


def test_a_site_that_cannot_be_put_back_is_named_and_put_back_at_the_next_start(
    site: Path, monkeypatch: pytest.MonkeyPatch
):
    put(site, PAGES, no_links)
    calls = iter(range(1, 100))
    rename = Path.rename

    def busy(path: Path, target: Path) -> Path:
        if next(calls) > 1:
            raise PermissionError(errno.EACCES, "used by another process")
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", busy)
        with pytest.raises(PublishError, match=r"could not be put back: rename .*replaced to .*site"):
            put(site, {"index.html": "new"}, no_links)

    with staging(site):
        assert read(site) == built(PAGES)


def test_where_a_link_cannot_be_replaced_two_renames_do_it(site: Path, monkeypatch: pytest.MonkeyPatch):
    put(site, PAGES)
    replace = Path.replace

    def as_windows(path: Path, target: Path) -> Path:
        if path.is_symlink():
            raise PermissionError(errno.EACCES, "Access is denied")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", as_windows)
    put(site, {"index.html": "new"})

    assert str(site.readlink()) == ".site-trees/2"
    assert read(site) == built({"index.html": "new"})


# Going back, and forward again.


def put_days(site: Path, link: Link | None, count: int = 5) -> None:
    for day in range(1, count + 1):
        put(site, {MARKER: f'{{"as_of": "2026-11-0{day}"}}', "index.html": str(day), "same.html": "same"}, link)


def back(site: Path, name: str, link: Link | None = None, verify: Callable[[Path], object] = lambda _: True) -> None:
    options = {"link": link} if link else {}
    done = go_back(site, name, verify, **options)  # type: ignore[arg-type]
    assert (done.name, done.current) == (name, True)


def listed(site: Path) -> list[tuple[str, str, bool]]:
    return [(one.name, one.as_of, one.current) for one in releases(site)]


def test_the_last_three_releases_are_listed_beside_the_current_one(site: Path, link: Link | None):
    assert releases(site) == ()
    put_days(site, link)

    assert listed(site) == [
        ("5", "2026-11-05", True),
        ("4", "2026-11-04", False),
        ("3", "2026-11-03", False),
        ("2", "2026-11-02", False),
    ]
    assert len({one.digest for one in releases(site)}) == 4


def test_one_can_go_back_to_each_of_them_and_forward_again(site: Path, link: Link | None):
    put_days(site, link)
    for name in ("2", "5", "3", "4", "2"):
        back(site, name, link)

        assert site.is_symlink() == (link is None)
        assert (site / "index.html").read_text(encoding="utf-8") == name
        assert sorted(one.name for one in releases(site)) == ["2", "3", "4", "5"]


def test_a_build_after_going_back_keeps_the_release_that_was_gone_back_to(site: Path, link: Link | None):
    put_days(site, link)
    back(site, "2", link)
    done = put(site, {"index.html": "6"}, link)

    assert done.release == 6
    assert [one.name for one in releases(site)] == ["6", "5", "4", "2"]


def test_a_release_that_does_not_pass_today_is_not_gone_back_to(site: Path, link: Link | None):
    put_days(site, link)
    before, read_in = state(site), []

    def verify(tree: Path) -> list[str]:
        read_in.append((tree / "index.html").read_text(encoding="utf-8"))
        return ["this monitoring page was valid through 2026-11-03"]

    with pytest.raises(VerificationError) as failed:
        back(site, "3", link, verify)

    assert failed.value.result == ["this monitoring page was valid through 2026-11-03"]
    assert read_in == ["3"]
    assert state(site) == before


def test_an_unknown_release_is_refused_with_those_there_are(site: Path):
    put_days(site, None, 2)
    for name in ("7", "0", "", "../site", "lock", "stage"):
        with pytest.raises(PublishError, match=f"there is no release {re.escape(name)} of .*; there is 2, 1$"):
            back(site, name)


@pytest.mark.parametrize("change", ["index.html", MARKER, "more.html", "same.html"])
def test_a_release_whose_files_have_changed_is_refused(site: Path, change: str):
    put_days(site, None, 2)
    tree = site.parent / ".site-trees" / "1"
    if change == "same.html":
        (tree / change).unlink()
    else:
        text = (tree / MARKER).read_text(encoding="utf-8").replace("2026-11-01", "2026-11-09")
        (tree / change).write_text(text, encoding="utf-8")

    with pytest.raises(PublishError, match="is not what was published"):
        back(site, "1")


def test_going_to_the_current_release_changes_nothing(site: Path):
    put_days(site, None, 2)
    before = state(site)
    back(site, "2")

    assert state(site) == before


def test_going_back_waits_in_line_with_builds(site: Path):
    put_days(site, None, 2)
    with staging(site), pytest.raises(PublishError, match="another build"):
        back(site, "1")


def test_a_kill_while_going_back_and_forth_leaves_a_whole_site(site: Path):
    moments = random.Random(3)
    for generation in (1, 2):
        assert program(f"put(Path(sys.argv[1]), {generation})", site).communicate()[1] == ""
    for _ in range(8):
        process = program(
            """
            from runbooks.publish import go_back
            for turn in range(10_000):
                go_back(Path(sys.argv[1]), str(1 + turn % 2), lambda tree: True)
                print(turn, flush=True)
            """,
            site,
        )
        killed(process, lines=moments.randint(1, 5), pause=moments.uniform(0, 0.01))
        whole(site)
        with staging(site):
            assert len(releases(site)) == 2


def test_a_tree_that_was_never_published_is_no_release(site: Path):
    put_days(site, None, 2)
    folder = site.parent / ".site-trees"
    shutil.copytree(folder / "2", folder / "3")
    (folder / "next").symlink_to(".site-trees/3")
    with staging(site):
        assert [one.name for one in releases(site)] == ["2", "1"]


# The site of a group.


def only(group: str) -> dict[str, str]:
    return {MARKER: json.dumps({"as_of": "2026-11-22", "only": group} if group else {"as_of": "2026-11-22"})}


@pytest.mark.parametrize(("first", "second"), [("", "group=a"), ("group=a", ""), ("group=a", "group=b")])
def test_the_site_of_a_group_is_not_put_over_another_one(site: Path, link: Link | None, first: str, second: str):
    put(site, {**PAGES, **only(first)}, link)
    before = state(site)
    with pytest.raises(PublishError, match=r"choose another --site-dir$"):
        put(site, {**PAGES, **only(second)}, link)
    with pytest.raises(PublishError, match=r"is the .*site.*, and this is the .*site"), staging(site, only=second):
        pass

    assert state(site) == before


def test_trees_of_the_whole_site_do_not_stay_beside_the_site_of_a_group(site: Path):
    put(site, PAGES)
    put(site, {"index.html": "new"})
    site.unlink()
    put(site, {**PAGES, **only("group=a")})

    assert [(one.name, one.only) for one in releases(site)] == [("3", "group=a")]
    assert trees(site) == ["3", "lock"]


# Whose folder it is.


def refused(site_dir: Path, root: Path | None = None) -> str:
    with pytest.raises(PublishError) as error, staging(site_dir, root=root):
        pass
    assert "\n" not in str(error.value)
    return str(error.value)


def test_an_empty_folder_is_replaced(site: Path):
    site.mkdir()
    put(site, PAGES)

    assert site.is_symlink()
    assert read(site) == built(PAGES)


def test_a_site_which_was_built_here_is_adopted(site: Path, link: Link | None):
    write(site, {"index.html": "old", "gone.html": "old"})
    done = put(site, {"index.html": "new"}, link)

    assert (done.added, done.changed, done.removed, done.kept) == (0, 1, 1, 0)
    assert site.is_symlink() == (link is None)
    assert read(site) == built({"index.html": "new"})


def test_the_folder_of_somebody_else_is_left_alone(site: Path):
    site.mkdir()
    (site / "thesis.odt").write_text("years", encoding="utf-8")

    assert "was not built by runbooks" in refused(site)
    assert read(site) == {"thesis.odt": "years"}
    assert [path.name for path in site.parent.iterdir()] == ["site"]


def test_a_folder_that_becomes_somebody_elses_during_the_build_is_left_alone(site: Path):
    def meanwhile(_: Path) -> bool:
        site.mkdir()
        (site / "thesis.odt").write_text("years", encoding="utf-8")
        return True

    with pytest.raises(PublishError, match="was not built by runbooks"):
        put(site, PAGES, verify=meanwhile)

    assert read(site) == {"thesis.odt": "years"}


def test_a_link_to_somewhere_else_is_left_alone(site: Path, tmp_path: Path):
    write(tmp_path / "www", {"index.html": "theirs"})
    site.symlink_to("www")

    assert f"is a link to {tmp_path / 'www'}, which is not ours" in refused(site)
    assert read(tmp_path / "www") == built({"index.html": "theirs"})


def test_a_file_is_left_alone(site: Path):
    site.write_text("a file", encoding="utf-8")

    assert "is not a folder" in refused(site)


def test_a_hidden_folder_of_somebody_else_is_left_alone(site: Path, tmp_path: Path):
    hidden = tmp_path / ".site-trees"
    write(hidden, {"notes.txt": "theirs"})
    assert "is somebody else's" in refused(site)
    hidden.rename(tmp_path / "elsewhere")
    hidden.symlink_to("elsewhere")
    assert "is somebody else's" in refused(site)

    assert read(tmp_path / "elsewhere") == built({"notes.txt": "theirs"})


def test_a_link_whose_tree_is_gone_is_ours(site: Path):
    put(site, PAGES)
    for path in sorted((site.parent / ".site-trees").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    put(site, {"index.html": "new"})

    assert read(site) == built({"index.html": "new"})


def test_a_site_may_not_stand_where_its_records_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    root = tmp_path / "repository"
    (root / "clients").mkdir(parents=True)
    (root / "docs").mkdir()
    (root / "policy.yml").write_text("", encoding="utf-8")
    monkeypatch.chdir(root)

    assert "holds the records" in refused(Path())
    assert "holds the records" in refused(Path(".."), root)
    assert "holds the records" in refused(Path(".."))
    assert "holds the records" in refused(Path(root.anchor), root)
    for inside in ["clients", "clients/site", "docs/site", "Docs/site", "templates", ".git/site"]:
        assert "among the sources" in refused(Path(inside))
    other = tmp_path / "other"
    (other / "clients").mkdir(parents=True)
    assert "holds records" in refused(other, root)
    put(Path("site"), PAGES)
    assert "inside another built site" in refused(Path("site/sub"))
    assert sorted(path.name for path in root.iterdir()) == [".site-trees", "clients", "docs", "policy.yml", "site"]


def test_the_pages_of_clients_in_a_built_site_are_no_records(site: Path, link: Link | None):
    for generation in range(3):
        put(site, {"clients/north-bay.html": str(generation)}, link)

        assert read(site) == built({"clients/north-bay.html": str(generation)})


def test_a_folder_that_may_not_be_made_is_one_line_for_the_user(tmp_path: Path):
    (tmp_path / "file").write_text("", encoding="utf-8")

    assert "could not be published" in refused(tmp_path / "file" / "site")


# Two at once, and kills.

BUILD = """
    import errno, os, sys, time
    from pathlib import Path
    from runbooks.publish import MARKER, publish, staging

    def no_links(target, path):
        raise OSError(errno.EPERM, "")

    def write(stage, generation):
        clients = (f"clients/{number}/index.html" for number in range(40) if (number + generation) % 3)
        for name in [MARKER, "index.html", *clients]:
            (stage / name).parent.mkdir(parents=True, exist_ok=True)
            (stage / name).write_text(str(generation), encoding="utf-8")
        (stage / MARKER).write_text("{}", encoding="utf-8")
        (stage / "same.html").write_text("same", encoding="utf-8")
        listed = sorted(str(path.relative_to(stage)) for path in stage.rglob("*") if path.is_file())
        (stage / "list").write_text("\\n".join([str(generation), *listed]), encoding="utf-8")

    def put(site, generation, **options):
        with staging(site, **options) as staged:
            write(staged.stage, generation)
            return publish(staged, lambda tree: True)
"""


def program(text: str, *arguments: object) -> subprocess.Popen[str]:
    code = textwrap.dedent(BUILD) + textwrap.dedent(text)
    command = [sys.executable, "-c", code, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def whole(site: Path) -> int:
    """The generation of a complete site."""
    generation, *names = (site / "list").read_text(encoding="utf-8").splitlines()
    files = read(site)
    assert sorted([*names, "list"]) == sorted(files)
    assert {files[name] for name in names} - {"{}", "same"} == {generation}
    assert is_whole(site.resolve(), digests(site.resolve()).items())
    return int(generation)


def killed(process: subprocess.Popen[str], *, lines: int, pause: float) -> int:
    """Kill a process so many seconds after so many lines of its output; the number on the last of them."""
    with process:
        assert process.stdout
        last = [process.stdout.readline() for _ in range(lines)][-1]
        time.sleep(pause)
        assert process.poll() is None
        process.kill()
    return int(last)


LOOP = """
    site, start = Path(sys.argv[1]), int(sys.argv[2])
    for generation in range(start, start + 10_000):
        put(site, generation, **({"link": no_links} if sys.argv[3] == "folder" else {}))
        print(generation, flush=True)
"""


def test_a_kill_at_any_moment_leaves_the_old_site_or_the_new_one(site: Path):
    moments, last = random.Random(1), 0
    for _ in range(20):
        process = program(LOOP, site, last + 1, "link")
        published = killed(process, lines=moments.randint(1, 4), pause=moments.uniform(0, 0.02))
        assert site.is_symlink()
        last = whole(site)
        assert last >= published


def test_without_links_a_kill_leaves_a_whole_site_or_one_that_the_next_start_puts_back(site: Path):
    moments, last = random.Random(2), 0
    for _ in range(20):
        process = program(LOOP, site, last + 1, "folder")
        published = killed(process, lines=moments.randint(1, 4), pause=moments.uniform(0, 0.02))
        if os.path.lexists(site):
            assert whole(site) >= published
        with staging(site, link=no_links):
            last = whole(site)
        assert last >= published


STOP = """
    site, stop = Path(sys.argv[1]), int(sys.argv[2])
    calls = 0

    def watched(call):
        def counted(*arguments, **options):
            global calls
            calls += 1
            if calls == stop:
                os._exit(9)
            return call(*arguments, **options)
        return counted

    with staging(site, **({"link": no_links} if sys.argv[3] == "folder" else {})) as staged:
        write(staged.stage, 2)
        def verify(tree):
            for name in ["rename", "replace", "unlink", "rmdir"]:
                setattr(Path, name, watched(getattr(Path, name)))
            return True
        publish(staged, verify)
    print(calls)
"""


def stopped(site: Path, stop: int, before: str, after: str) -> bool:
    """Publish a second site and stop at a step after its verification; whether it had finished by then."""
    if before != "nothing":
        options = 'link=no_links if sys.argv[2] == "folder" else os.symlink'
        assert program(f"put(Path(sys.argv[1]), 1, {options})", site, before).communicate()[1] == ""
    process = program(STOP, site, stop, after)
    assert process.communicate()[1] == ""
    return process.returncode == 0


@pytest.mark.parametrize("before", ["nothing", "folder", "link"])
@pytest.mark.parametrize("after", ["folder", "link"])
def test_a_kill_at_each_step_of_a_swap_leaves_what_the_next_start_puts_right(tmp_path: Path, before: str, after: str):
    seen = []
    for stop in range(1, 20):
        site = tmp_path / str(stop) / "site"
        finished = stopped(site, stop, before, after)
        there = os.path.lexists(site)
        with staging(site):
            assert os.path.lexists(site) == (there or before != "nothing")
            assert not os.path.lexists(site.parent / ".site-trees" / "replaced")
            seen.append(whole(site) if os.path.lexists(site) else 0)
        assert there or (before, after) != ("link", "link")
        if finished:
            break

    assert seen == sorted(seen)
    assert seen[0] == (0 if before == "nothing" else 1)
    assert seen[-1] == 2


def test_a_second_build_at_once_is_refused_and_told_what_to_do(site: Path):
    with staging(site) as staged:
        write(staged.stage, PAGES)
        message = refused(site)
        publish(staged, lambda _: True)

    assert message.endswith(f"wait until it has finished, or end process {os.getpid()}")
    assert read(site) == built(PAGES)


def test_a_second_build_may_wait_for_the_first(site: Path):
    first = program(
        """
        with staging(Path(sys.argv[1])) as staged:
            print("locked", flush=True)
            time.sleep(0.3)
            write(staged.stage, 1)
            publish(staged, lambda tree: True)
        """,
        site,
    )
    assert first.stdout
    assert first.stdout.readline() == "locked\n"
    with staging(site, wait=30):
        assert whole(site) == 1
    assert first.communicate()[1] == ""


def test_the_lock_of_a_dead_process_is_no_lock(site: Path):
    process = program(
        """
        with staging(Path(sys.argv[1])) as staged:
            write(staged.stage, 1)
            print(1, flush=True)
            time.sleep(60)
        """,
        site,
    )
    killed(process, lines=1, pause=0)
    assert (site.parent / ".site-trees" / "stage").exists()
    put(site, PAGES)

    assert read(site) == built(PAGES)


def test_a_worker_that_leaves_by_an_exception_takes_nothing_from_its_parent(site: Path):
    parent = program(
        """
        try:
            with staging(Path(sys.argv[1])) as staged:
                write(staged.stage, 1)
                worker = os.fork() if hasattr(os, "fork") else 1
                if worker == 0:
                    raise ValueError
                os.waitpid(worker, 0) if hasattr(os, "fork") else None
                try:
                    with staging(Path(sys.argv[1])):
                        print("unlocked")
                except Exception as error:
                    print(type(error).__name__)
                publish(staged, lambda tree: True)
        except ValueError:
            os._exit(0)
        """,
        site,
    )

    assert parent.communicate() == ("PublishError\n", "")
    assert whole(site) == 1


def test_a_staging_knows_its_site(site: Path):
    with staging(site) as staged:
        assert isinstance(staged, Staging)
        assert staged.site == site
        assert list(staged.stage.iterdir()) == []
