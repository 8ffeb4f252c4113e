"""Other generators on the same pages, as plain Markdown: MkDocs in two ways, Zensical, Hugo."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

HERE: Final = Path(sys.executable).parent
BESIDE: Final = Path(__file__).resolve().parents[1] / ".venv-peers" / "bin"
BARE: Final = "<!doctype html><html><head><title>{{ .Title }}</title></head><body>{{ .Content }}</body></html>\n"
"""A Hugo template that has nothing around a page but what makes it HTML."""


def found(name: str) -> str | None:
    """Where a program is: beside this Python, among the peers, or on the path."""
    return next((one for place in (HERE, BESIDE) if (one := shutil.which(name, path=str(place)))), shutil.which(name))


def rendered(root: Path, out: Path) -> Path:
    """The pages of a site as Markdown, with an mkdocs.yml that needs nothing of ours."""
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "runbooks", "render", "--site", str(root), "--out", str(out)]
    subprocess.run(command, check=False, capture_output=True)  # its findings are no part of the table
    return out


def commands(tree: Path) -> Iterator[tuple[str, list[str], Path]]:
    """What each of them is called, its command, and where it is run."""
    mkdocs = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--clean"]
    yield "MkDocs, every page in a pruned navigation", [*mkdocs, "-f", str(_with_all(tree))], tree
    yield "MkDocs, a navigation per client", mkdocs, tree
    if zensical := found("zensical"):
        yield "Zensical, a navigation per client", [zensical, "build", "--clean"], tree
    if hugo := found("hugo"):
        yield "Hugo, a bare template", [hugo, "--quiet", "--gc"], _as_hugo(tree, tree.with_name("hugo"))


def _with_all(tree: Path) -> Path:
    """The same settings with all pages in the navigation, as sites have it that were written by hand."""
    settings = json.loads((tree / "mkdocs.yml").read_text(encoding="utf-8"))
    for key in ("nav", "not_in_nav"):
        settings.pop(key, None)
    path = tree / "mkdocs-all.yml"
    path.write_text(json.dumps({**settings, "site_dir": "site-all"}), encoding="utf-8")
    return path


def _as_hugo(tree: Path, out: Path) -> Path:
    """The same pages as Hugo wants them: an index of a folder has another name there."""
    shutil.rmtree(out, ignore_errors=True)
    for page in sorted((tree / "docs").rglob("*.md")):
        name = page.relative_to(tree / "docs")
        target = out / "content" / (name.with_name("_index.md") if name.name == "index.md" else name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(page, target)
    layouts = out / "layouts" / "_default"
    layouts.mkdir(parents=True)
    for layout in ("single.html", "list.html"):
        (layouts / layout).write_text(BARE, encoding="utf-8")
    settings = 'baseURL = "https://runbooks.example/"\ndisableKinds = ["taxonomy", "term", "RSS"]\n'
    (out / "hugo.toml").write_text(f"{settings}[markup.goldmark.renderer]\nunsafe = true\n", encoding="utf-8")
    return out
