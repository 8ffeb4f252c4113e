"""`runbooks render`: the same pages as plain Markdown, which stock MkDocs builds without the plugin."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runbooks.finder import SEPARATOR
from runbooks.site import Site
from tests import small
from tests.calls import Done, Run, called

pytestmark = pytest.mark.built

WITHOUT_US = """
import importlib.abc, runpy, sys

class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "runbooks":
            raise ImportError("the plain tree needs nothing of ours")
sys.meta_path.insert(0, Refuse())
sys.argv[0] = "mkdocs"
runpy.run_module("mkdocs", run_name="__main__", alter_sys=True)
"""
"""A Python in which our package cannot be imported."""


@pytest.fixture
def render(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Renders the site of a folder with the command, in this process."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)

    def render(root: Path, out: Path) -> Done:
        monkeypatch.chdir(root)
        return called(capsys, "render", "--out", out, "--format", "concise")

    return render


def rendered(root: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """The same, by a process of its own."""
    return small.run("runbooks", "render", "--out", out, "--format", "concise", cwd=root)


def build_plain(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_US, "build", "--strict"],
        cwd=tree, env=small.environment(), capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def tree(small_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plain tree of the small site with its broken records, built by MkDocs alone."""
    out = tmp_path_factory.mktemp("plain") / "tree"
    done = rendered(small_built, out)
    assert done.returncode == 1, done.stdout + done.stderr
    built = build_plain(out)
    assert built.returncode == 0, built.stderr
    return out


def test_stock_mkdocs_builds_the_same_set_of_pages(tree: Path, small_built: Path):
    assert set(small.files(tree / "site", ".html")) == set(small.files(small_built / "site", ".html"))


def test_each_page_reads_the_same(tree: Path, small_built: Path):
    # The page for what is not there is the theme's own in a tree that any theme may build.
    for path in (one for one in (tree / "site").rglob("*.html") if one.name != "404.html"):
        plain, ours = small.seen(path), small.seen(small_built / "site" / path.relative_to(tree / "site"))

        assert plain.first("title").split() == ours.first("title").split()
        assert plain.text == ours.text
        assert plain.all("a") == ours.all("a")


def test_each_page_says_whom_it_is_about(tree: Path, small_built: Path):
    name = "site/clients/harbour-dental/monitoring/index.html"

    def marks(root: Path) -> list[str]:
        return [each["content"] for each in small.seen(root / name).all("meta") if each.get("name") == "runbooks"]

    assert marks(tree) == marks(small_built) == ["client=harbour-dental; kind=monitoring; through=2027-02-28"]


def test_the_plain_site_passes_the_third_wall(tree: Path, small_built: Path):
    done = small.run("runbooks", "verify", tree / "site", cwd=small_built)

    assert done.returncode == 0, done.stdout


def test_the_tree_holds_everything_and_nothing_of_the_records(tree: Path):
    names = set(small.files(tree)) - {f"site/{name}" for name in small.files(tree / "site")}

    assert {"mkdocs.yml", "docs/index.md", "docs/notes.md", "docs/clients/harbour-dental/monitoring.md"} <= names
    assert {"overrides/main.html", "overrides/partials/nav.html", "overrides/assets/runbooks/runbooks.css"} <= names
    assert {name.split("/")[0] for name in names} == {"mkdocs.yml", "docs", "overrides"}
    assert "docs/clients/lapsed-legal/monitoring.md" not in names


def test_the_settings_are_plain(tree: Path):
    config = json.loads((tree / "mkdocs.yml").read_text(encoding="utf-8"))

    assert config["plugins"] == [{"search": {"separator": SEPARATOR}}]
    assert config["theme"]["custom_dir"] == "overrides"
    assert config["site_name"] == "Small runbooks"


def test_the_number_of_files_is_said_where_it_disturbs_nobody(render: Run, small_site: Path, tmp_path: Path):
    done = render(small_site, tmp_path / "out")

    assert done.code == 0
    assert f"{len(small.files(tmp_path / 'out'))} files in" in done.err
    assert "files in" not in done.out


def test_two_runs_write_the_same_bytes(small_site: Path, tmp_path: Path):
    for name in ("one", "two"):
        assert rendered(small_site, tmp_path / name).returncode == 0

    assert small.files(tmp_path / "one") == small.files(tmp_path / "two")


def test_a_folder_that_holds_something_is_left_alone(render: Run, small_site: Path, tmp_path: Path):
    small.add(tmp_path / "out/thesis.txt", "years of work")
    done = render(small_site, tmp_path / "out")

    assert done.code == 2
    assert "is not empty" in done.err
    assert small.files(tmp_path / "out") == {"thesis.txt": b"years of work"}


@pytest.mark.parametrize("out", ["docs/empty", "templates/new", "clients/../docs/new", "linked"])
def test_nothing_is_written_among_the_sources(render: Run, small_site: Path, out: str):
    (small_site / "docs/empty").mkdir()
    (small_site / "linked").symlink_to("docs/empty", target_is_directory=True)
    before = small.files(small_site)
    done = render(small_site, small_site / out)

    assert done.code == 2
    assert "lies among the sources" in done.err
    assert small.files(small_site) == before


def test_nothing_is_written_into_a_built_site(render: Run, small_built: Path, tmp_path: Path):
    root = Path(shutil.copytree(small_built, tmp_path / "small", symlinks=True))
    done = render(root, root / "site/plain")

    assert done.code == 2
    assert "lies inside another built site" in done.err


def test_a_site_without_hand_written_pages_renders(render: Run, small_site: Path, tmp_path: Path):
    shutil.rmtree(small_site / "docs")
    done = render(small_site, tmp_path / "out")

    assert done.code == 0, done.err
    assert (tmp_path / "out/docs/clients/harbour-dental/index.md").is_file()


def test_an_own_template_is_used(render: Run, small_site: Path, tmp_path: Path):
    small.add(small_site / "templates/pages/restore.md", "# Our own way to restore\n")
    render(small_site, tmp_path / "out")

    assert (
        (tmp_path / "out/docs/clients/odd-name/restore.md")
        .read_text(encoding="utf-8")
        .endswith("# Our own way to restore\n")
    )


def test_own_files_of_the_theme_win_over_the_shipped_ones(render: Run, small_site: Path, tmp_path: Path):
    small.add(small_site / "templates/theme/partials/copyright.html", "<p>ours</p>")
    small.add(small_site / "overrides/partials/copyright.html", "<p>ours more</p>")
    small.add(small_site / "overrides/partials/source.html", "<p>ours too</p>")
    small.edit(small_site / "mkdocs.yml", "font: false}", "font: false, custom_dir: overrides}")
    render(small_site, tmp_path / "out")
    found = small.files(tmp_path / "out/overrides/partials")

    assert found["copyright.html"] == b"<p>ours more</p>"
    assert found["source.html"] == b"<p>ours too</p>"
    assert "nav.html" in found


def test_functions_in_the_settings_stay_functions(render: Run, small_site: Path, tmp_path: Path):
    name = "!!python/name:material.extensions.emoji.twemoji"
    small.edit(small_site / "mkdocs.yml", "pymdownx.superfences]", f"{{pymdownx.emoji: {{emoji_index: {name} }}}}]")
    done = render(small_site, tmp_path / "out")

    assert done.code == 0, done.err
    assert f"\"emoji_index\": {name} ''" in (tmp_path / "out/mkdocs.yml").read_text(encoding="utf-8")
    built = build_plain(tmp_path / "out")
    assert built.returncode == 0, built.stderr


def test_a_withheld_hand_written_page_is_not_copied(render: Run, small_site: Path, tmp_path: Path):
    shutil.copy(small.SOURCE / "clients/broken/lapsed-legal.yml", small_site / "clients")
    small.add(small_site / "docs/checks.md", "---\nclient: lapsed-legal\nkind: monitoring\n---\n\n# Secret words\n")
    render(small_site, tmp_path / "out")

    assert "Secret words" not in (tmp_path / "out/docs/checks.md").read_text(encoding="utf-8")


def test_hidden_files_are_left_out(render: Run, small_site: Path, tmp_path: Path):
    small.add(small_site / "docs/.draft/notes.md", "# Draft\n")
    render(small_site, tmp_path / "out")

    assert not [name for name in small.files(tmp_path / "out") if "draft" in name]


def test_without_records_nothing_is_written(render: Run, small_site: Path, tmp_path: Path):
    shutil.rmtree(small_site / "clients")
    done = render(small_site, tmp_path / "out")

    assert done.code == 4
    assert not (tmp_path / "out").exists()


def test_another_engine_reads_no_title_as_markup_either(render: Run, small_site: Path, tmp_path: Path):
    small.edit(small_site / "mkdocs.yml", "font: false", "font: false, features: [content.tooltips, search.suggest]")
    render(small_site, tmp_path / "out")

    written = (tmp_path / "out/mkdocs.yml").read_text(encoding="utf-8")
    assert "search.suggest" in written
    assert "content.tooltips" not in written


def test_the_sample_fleet_renders(render: Run, tmp_path: Path, sample_made: Site):
    done = render(small.REPOSITORY, tmp_path / "out")

    assert done.code == 0, done.out + done.err
    assert {f"docs/{page.uri}" for page in sample_made.book.pages} <= set(small.files(tmp_path / "out"))
