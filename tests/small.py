"""A small site of its own for the tests that build: six clients, a product, and nothing of the sample fleet."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

import pytest

from runbooks import site
from runbooks.pages import rulebook
from runbooks.rules.registry import RULES
from runbooks.site import Site

REPOSITORY = Path(__file__).resolve().parents[1]
SOURCE = Path(__file__).resolve().parent / "goldens" / "site"
CACHE = "RUNBOOKS_TEST_CACHE"
"""The variable that names the folder in which the commands of one run of the tests keep what they made."""
FOLDERS = ("clients", "docs", "templates", "inventory")
LED_TO = (
    *("AGR001", "AGR005", "AGR010", "AGR014", "AGR023", "AGR024", "BKP001", "DOC002", "DOC004", "DOC006", "DOC020"),
    *("DOC023", "REC001", "SEC010"),
)
"""The rules to whose pages other pages of the small site lead."""
FEW_RULES = f"""
from runbooks.pages import rulebook
rulebook.RULES = {{code: rule for code, rule in rulebook.RULES.items() if code in {LED_TO}}}
"""
"""What makes a command leave out the pages of all other rules: most of a small site, and each like the next."""


def copied(target: Path, source: Path = SOURCE) -> Path:
    """The sources of a site, copied into a new folder: the small one with its broken records, or another."""
    target.mkdir(parents=True)
    for name in ("policy.yml", "mkdocs.yml"):
        shutil.copyfile(source / name, target / name)
    for name in FOLDERS:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name)
    return target


def green(target: Path) -> Path:
    """The small site without the two records that have errors."""
    copied(target)
    shutil.rmtree(target / "clients" / "broken")
    return target


def edit(path: Path, old: str, new: str) -> None:
    """Change words of a file which stand in it."""
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def add(path: Path, text: str) -> Path:
    """A new file, or more lines at the end of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    path.write_text(before + text, encoding="utf-8", newline="\n")
    return path


@contextmanager
def few_rules(*more: str) -> Iterator[None]:
    """While this lasts, a site that is made in this process has pages of few rules (see `FEW_RULES`), and of these."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rulebook, "RULES", {code: RULES[code] for code in (*LED_TO, *more)})
        yield


def made(root: Path) -> Site:
    """The site of a folder, made in this process: its pages, one of each rule among them, and not built."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rulebook, "RULES", RULES)
        return site.make(site.read(root))


def run(module: str, *arguments: str | Path, cwd: Path, first: str = "") -> subprocess.CompletedProcess[str]:
    """Run a module of this environment as a command, without colours and without a terminal."""
    return subprocess.run(
        command(module, *arguments, first=first),
        cwd=cwd,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )


def command(module: str, *arguments: str | Path, first: str = "") -> list[str]:
    """What runs a module as a command. `first` is what Python does before that."""
    code = f"{first}\nimport runpy\nrunpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
    return [sys.executable, *(("-c", code) if first else ("-m", module)), *map(str, arguments)]


def environment() -> dict[str, str]:
    """The environment of a command: this one, and the same whoever runs the tests."""
    left_out = ("SOURCE_DATE_EPOCH", "RUNBOOKS_AS_OF", "FORCE_COLOR", "CLICOLOR_FORCE", "COVERAGE_PROCESS_START")
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return {
        **kept,
        "PYTHONUTF8": "1",
        "RUNBOOKS_CACHE": os.environ.get(CACHE, "off"),
        "PYTHONPATH": os.pathsep.join(filter(None, _source_path())),
    }


def _source_path() -> list[str]:
    # A relative PYTHONPATH would mean another folder in the command, which runs in the site.
    return [os.path.abspath(part) for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]  # noqa: PTH100


def files(folder: Path, ending: str = "") -> dict[str, bytes]:
    """Every file below a folder by its path with forward slashes."""
    found = (path for path in folder.rglob("*" + ending) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


class Seen(HTMLParser):
    """A page as a browser reads it: its elements, its links, and the text of each kind of element."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, Mapping[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.texts.append((tag, ""))

    def handle_data(self, data: str) -> None:
        if self.texts:
            self.texts[-1] = (self.texts[-1][0], self.texts[-1][1] + data)

    @property
    def text(self) -> str:
        """All text, single-spaced, without scripts and styles."""
        return " ".join("".join(text for tag, text in self.texts if tag not in ("script", "style")).split())

    def first(self, tag: str) -> str:
        """The text of the first element of that name, up to the first one inside it."""
        return next(text for name, text in self.texts if name == tag)

    def all(self, tag: str) -> list[Mapping[str, str]]:
        """The attributes of all elements of that name."""
        return [attributes for name, attributes in self.elements if name == tag]


def seen(path: Path) -> Seen:
    """A built page, read."""
    return Seen(path.read_text(encoding="utf-8"))
