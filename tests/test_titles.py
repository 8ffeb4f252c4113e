"""A hostile title through the real theme: it adds no element and reads as typed wherever the theme prints it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from runbooks import escape

pytestmark = pytest.mark.built

HOSTILE = "A|B <script>alert(1)</script> </title><img src=x onerror=alert(1)> \"q\" 'r' *x* &lt;b&gt; {{ 7*7 }}"
READS = " ".join(HOSTILE.split())

CONFIG = """\
site_name: Runbooks
use_directory_urls: true
theme:
  name: material
  custom_dir: %s
  font: false
  features: [navigation.tabs, navigation.path, navigation.footer, navigation.indexes, navigation.sections]
plugins: [search]
markdown_extensions: [attr_list, md_in_html, tables, {toc: {permalink: true}}]
nav:
  - index.md
  - "%s":
      - clients/one/index.md
      - clients/one/two.md
"""


class Page(HTMLParser):
    """The elements of a page with the names of their attributes, its text and the values of its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.shape: list[tuple[str, ...]] = []
        self.values: list[str] = []
        self.texts: dict[str, str] = {}
        self.inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shape.append((tag, *sorted(name for name, _ in attrs)))
        self.values += [value or "" for name, value in attrs if name == "aria-label"]
        self.inside = f"{tag}.{dict(attrs).get('class') or ''}".rstrip(".")

    def handle_data(self, data: str) -> None:
        self.texts[self.inside] = self.texts.get(self.inside, "") + " ".join(data.split())


def built(folder: Path, name: str) -> Path:
    title, text = escape.title(name), escape.text(name)
    docs = folder / "docs" / "clients" / "one"
    docs.mkdir(parents=True)
    overrides = Path(__file__).parents[1] / "templates" / "theme"
    (folder / "mkdocs.yml").write_text(CONFIG % (json.dumps(str(overrides)), title), encoding="utf-8")
    (folder / "docs" / "index.md").write_text(f"---\ntitle: {json.dumps(title)}\n---\n\n# {text}\n", encoding="utf-8")
    front = f"---\ntitle: {json.dumps(title)}\ndescription: {json.dumps(title)}\n---\n\n"
    (docs / "index.md").write_text(f"{front}# {text}\n\n## {text}\n\n### Inner {text}\n\nText\n", encoding="utf-8")
    (docs / "two.md").write_text(f"{front}No heading of the first level.\n\n## Two\n\nText\n", encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "-f", str(folder / "mkdocs.yml")]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    return folder / "site"


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return built(tmp_path_factory.mktemp("plain"), "x"), built(tmp_path_factory.mktemp("hostile"), HOSTILE)


PAGES = ["index.html", "clients/one/index.html", "clients/one/two/index.html", "404.html"]


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_title_adds_no_element(sites: tuple[Path, Path], name: str) -> None:
    plain, hostile = (Page((site / name).read_text(encoding="utf-8")).shape for site in sites)
    assert hostile == plain


@pytest.mark.parametrize("name", ["clients/one/index.html", "clients/one/two/index.html"])
def test_a_hostile_title_reads_as_typed_everywhere(sites: tuple[Path, Path], name: str) -> None:
    page = Page((sites[1] / name).read_text(encoding="utf-8"))
    places = {place: text for place, text in page.texts.items() if "&#" in text or "onerror" in text}
    assert {"title", "span.md-ellipsis", "h1", "label.md-nav__title"} & set(places) >= {
        "title",
        "span.md-ellipsis",
        "h1",
    }
    for place, text in places.items():
        assert READS in text, place
        assert "&#" not in text, place
    # The theme escapes the labels of "previous" and "next" once more: inert, but read aloud as entities.
    labels = [label for label in page.values if "onerror" in label and not label.startswith(("Previous: ", "Next: "))]
    assert labels or name.endswith("two/index.html")
    for label in labels:
        assert READS in label


def test_a_hostile_title_reads_as_typed_in_the_search_index(sites: tuple[Path, Path]) -> None:
    index = json.loads((sites[1] / "search" / "search_index.json").read_text(encoding="utf-8"))
    titles = [Page(entry["title"]) for entry in index["docs"]]
    assert {title.texts[""] for title in titles if title.texts} >= {READS}
    assert not [title for title in titles if title.shape]
    assert not [entry for entry in index["docs"] if Page(entry["text"]).shape not in ([], [("p",)])]
