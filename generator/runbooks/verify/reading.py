"""Reading the files of a built site: whatever form a text takes there, it comes out as a reader would see it."""

from __future__ import annotations

import gzip
import html
import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from runbooks.mailbox import MARKUP, canonical

MARK = "runbooks"
"""The name of the meta element in which a page says whom it is about."""
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
BREAKS = frozenset(
    ("p", "div", "li", "tr", "dl", "dt", "pre", "br", "hr", "section", "article", "title", "aside", "nav", *HEADINGS)
)
"""Elements that end a block of text. The cells of a row, and a term and its description, are one block."""
CELLS = frozenset(("td", "th", "dd", "option", "img"))
"""Elements that end a word and no block."""
UNSAID = frozenset(("class", "id", "for", "role", "rel", "type", "style", "d", "viewbox", "xmlns", "lang"))
"""Attributes that hold no text."""
PAGES = (".html", ".htm", ".xhtml")
UNSEEN_ASCII = dict.fromkeys((*range(9), *range(11, 32), 127))
ESCAPE = re.compile(r"\\u\{?([0-9a-fA-F]{2,6})\}?|\\x([0-9a-fA-F]{2})")


class Unreadable(Exception):
    """A file that should hold text and cannot be read; one line that says why."""


@dataclass(frozen=True)
class Block:
    """A piece of text that belongs together, and the headings it stands under; both canonical."""

    text: str
    under: str = ""


@dataclass(frozen=True)
class Reading:
    """One thing that a visitor can fetch or find: a page, an entry of the search index, or a file of another kind.

    `address` is its place in the site without any ending: clients/north-bay/restore. `marks` are what it says of
    itself, `links` the addresses in the site that it links to. `page` is false for a file of another kind, which is
    read line by line and belongs together as a whole.
    """

    address: str
    blocks: tuple[Block, ...]
    marks: tuple[Mapping[str, str], ...] = ()
    links: frozenset[str] = frozenset()
    page: bool = True

    @cached_property
    def text(self) -> str:
        """The whole text, canonical, a block a line."""
        return "\n".join(block.text for block in self.blocks)


def readings(name: str, path: Path, frame: tuple[str, ...] = ()) -> Iterator[Reading]:
    """What one file of a built site says; nothing for pictures and fonts.

    Links that begin like one of `frame` are the frame's: of these only the rest is read.

    Raises:
        Unreadable: when a compressed file is damaged.
    """
    text = _text(path)
    if text is None:
        return
    name = name.removesuffix(".gz")
    if name.lower().endswith(PAGES):
        yield _page(name, text, frame)
        return
    rest, entries = _index(text) if name.lower().endswith(".json") else (text, [])
    yield Reading(address(name), _lines(rest), links=frozenset(_mentions(text)), page=False)
    for entry in entries:
        title = html.escape(str(entry.get("title", "")), quote=False)
        yield _page(str(entry["location"]), f"<h1>{title}</h1>{entry.get('text', '')}")


def address(name: str) -> str:
    """A file, a link or a place in the search index as one address: no index.html, ending, anchor or slash at the end.

    Case is folded, because some web servers do so.
    """
    path = _path_of(name).lower().strip("/")
    path = re.sub(r"(^|/)(index|readme)\.[a-z]+$", "", path)
    return re.sub(r"\.(html?|xhtml|md)$", "", path).strip("/")


def _text(path: Path) -> str | None:
    raw = path.read_bytes()
    if path.suffix.lower() == ".gz":
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError) as error:
            raise Unreadable("this compressed file cannot be read") from error
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    if b"\0" in raw[:4096] and not path.name.lower().endswith(PAGES):
        return None
    return raw.decode("utf-8", errors="replace")


def _page(name: str, text: str, frame: tuple[str, ...] = ()) -> Reading:
    page = _Parser(posixpath.dirname(name) if not name.endswith("/") else name, frame)
    page.feed(text)
    page.close()
    blocks = tuple(Block(_folded(said), _folded(under)) for said, under in page.blocks if said.strip())
    links = frozenset((*page.links, *_mentions(text)))
    return Reading(address(name), blocks, tuple(page.marks), links)


def _lines(text: str) -> tuple[Block, ...]:
    return tuple(Block(line) for line in _folded(text).split("\n") if line.strip())


@lru_cache(maxsize=16_384)  # the frame around the text is the same on every page
def _folded(text: str) -> str:
    """A text as `canonical` has it; what is ASCII alone, as nearly everything is, by a shorter way."""
    # Written out by entities, a comment is text that is seen; `canonical` would leave it out.
    text = _undone(text).replace("<!--", " ").replace("-->", " ")
    return MARKUP.sub("", text).translate(UNSEEN_ASCII).lower() if text.isascii() else canonical(text)


def _undone(text: str) -> str:
    """A text with the escapes of HTML, addresses and scripts undone."""
    if "&" in text:
        text = html.unescape(text)
    if "%" in text:
        text = unquote(text)
    return ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    number = int(found[1] or found[2], 16)
    return chr(number) if number <= 0x10FFFF else " "


MENTION = re.compile(r"(clients/[a-z0-9-]+/[a-z0-9-]+)(/[a-z0-9-]+)?(\.)?", re.IGNORECASE)


def _mentions(text: str) -> Iterator[str]:
    """Addresses of clients' pages that stand somewhere in a text; of a file within a page's folder, the page."""
    for found in MENTION.finditer(_undone(text)):
        page, within, ending = found.groups()
        yield (page + (within or "")).lower()
        if within and ending:
            yield page.lower()


def _index(text: str) -> tuple[str, list[dict[str, Any]]]:
    """The entries of a search index, each of which is a page of its own, and what else the file holds."""
    try:
        document = json.loads(text)
    except ValueError:
        return text, []
    found = document.get("docs") if isinstance(document, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) and "location" in one for one in found):
        return text, []
    return json.dumps({**document, "docs": []}, ensure_ascii=False), found


class _Parser(HTMLParser):
    """One HTML file: its marks, its links, and its text in blocks, each with the headings above it."""

    def __init__(self, folder: str, frame: tuple[str, ...]) -> None:
        super().__init__(convert_charrefs=True)
        self.folder = folder
        self.frame = frame
        self.label = ""
        self.marks: list[Mapping[str, str]] = []
        self.links: set[str] = set()
        self.blocks: list[tuple[str, str]] = [("", "")]
        self.headings = {"h1": "", "": ""}
        self.heading: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value for name, value in attrs if value}
        if tag == "meta" and values.get("name", "").strip().lower() == MARK:
            pairs = (part.split("=", 1) for part in values.get("content", "").split(";") if "=" in part)
            self.marks.append({key.strip(): value.strip() for key, value in pairs})
            return
        if tag in HEADINGS:
            self.heading = "h1" if tag == "h1" else ""
            self.headings[self.heading] = ""
        if tag in BREAKS:
            self._break()
        elif tag in CELLS:
            self._say(" ")
        for name, value in values.items():
            if name in ("href", "src", "action", "data-href"):
                self.links.add(address(posixpath.normpath(posixpath.join("/", self.folder, _path_of(value)))))
            if name not in UNSAID:
                self._say(f" {_undone(self._unframed(value) if (tag, name) == ('a', 'href') else value)} ")

    def _unframed(self, link: str) -> str:
        """What a link of the frame says beside its beginning; its label may be the address that it leads to."""
        head = next((head for head in self.frame if link.startswith(head)), "")
        self.label = _folded(_path_of(head))
        return link.removeprefix(head)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.label = ""
        if tag in HEADINGS:
            self.heading = None
        if tag in BREAKS and tag != "dt":
            self._break()

    def handle_data(self, data: str) -> None:
        if self.heading is not None:
            self.headings[self.heading] += data
        if self.cdata_elem:
            self._aside(data)
        elif not self.label or _folded(data).strip() != self.label:
            self._say(data)

    def handle_comment(self, data: str) -> None:
        self._aside(data)

    def handle_pi(self, data: str) -> None:
        self._aside(data)

    def unknown_decl(self, data: str) -> None:
        self._aside(data)

    def _aside(self, data: str) -> None:
        """What is not seen, but fetched: scripts, styles, comments. The block around it goes on."""
        self.blocks.insert(-1, (_undone(data), ""))

    def _say(self, data: str) -> None:
        text, under = self.blocks[-1]
        self.blocks[-1] = (text + data.replace("\n", " "), under)

    def _break(self) -> None:
        self.blocks.append(("", f"{self.headings['h1']} | {self.headings['']}"))


def _path_of(link: str) -> str:
    """The path of a link; nothing when it is no address at all."""
    try:
        return unquote(urlsplit(link).path)
    except ValueError:
        return ""
