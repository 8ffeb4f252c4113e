"""One HTML file: its marks, its links, and its text in blocks, each with the headings above it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Final

from runbooks.verify.escapes import folded, inlaid, linked, path_of, script, style, undone, untagged

MARK: Final = "runbooks"
"""The name of the meta element in which a page says whom it is about."""
WATCH: Final = "data-runbooks-through"
"""The attribute by which a monitoring page covers itself after its last day."""
HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
BREAKS: Final = frozenset(
    ("p", "div", "li", "tr", "dl", "dt", "pre", "br", "hr", "section", "article", "title", "aside", "nav", *HEADINGS)
)
"""Elements that end a block of text. The cells of a row, and a term and its description, are one block."""
CELLS: Final = frozenset(("td", "th", "dd", "option", "img"))
"""Elements that end a word and no block."""
UNSAID: Final = frozenset(
    ("class", "id", "for", "role", "rel", "type", "style", "d", "viewbox", "xmlns", "lang", "points", "transform")
)
"""Attributes that should hold no text: only what no name of theirs has is read."""
PATH: Final = re.compile(r"""["'`](\.{0,2}/[^"'`\s<>]*|[\w.-]+/[^"'`\s<>]*)["'`]""")
"""A path in a script."""
LONG: Final = 45
"""Characters of an attribute that could be a sentence."""


class Markup(HTMLParser):
    """A page as it is fed in. `folder` is where its relative links start; `frame` is how links of every page begin.

    `leads` are links as they are written, since the folder was last named. `mentioned` are addresses of clients' pages
    that stand anywhere in it, which whoever feeds it in has looked for. `first` is where the block stands that was
    the last one at the beginning, as soon as another has begun.
    """

    def __init__(self, folder: str, frame: tuple[str, ...]) -> None:
        super().__init__(convert_charrefs=True)
        self.folder = folder
        self.frame = frame
        self.label = ""
        self.marks: list[Mapping[str, str]] = []
        self.watches = False
        self.links: set[str] = set()
        self.leads: set[str] = set()
        self.mentioned: set[str] = set()
        self.blocks: list[tuple[str, str]] = [("", "")]
        self.first = -1
        self.headings = {"h1": "", "": ""}
        self.heading: str | None = None

    @property
    def between(self) -> bool:
        """Whether nothing is open that what comes next could belong to."""
        return not self.rawdata and self.cdata_elem is None and self.heading is None and not self.label

    def led_to(self) -> set[str]:
        """The addresses that the page leads to: `links` so far, and `leads`, which nobody has looked up."""
        return self.links | {linked(link, self.folder) for link in self.leads}

    def updatepos(self, i: int, j: int) -> int:  # noqa: ARG002 - the parser names them
        """Nobody asks for lines and columns, and to count them takes a tenth of the time."""
        return j

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins: what its attributes say, and where they lead."""
        values = {name: value for name, value in attrs if value}
        if "@" in (self.get_starttag_text() or ""):
            self._odd_names(tag, attrs)
        if tag == "meta" and values.get("name", "").strip().lower() == MARK:
            pairs = (part.split("=", 1) for part in values.get("content", "").split(";") if "=" in part)
            self.marks.append({key.strip(): value.strip() for key, value in pairs})
            return
        if tag == "base" and "href" in values:
            self.links = self.led_to()
            self.leads = set()
            self.folder = path_of(values["href"]).strip("/") if values["href"].startswith("/") else self.folder
        self.watches = self.watches or WATCH in values
        if tag in HEADINGS:
            self.heading = "h1" if tag == "h1" else ""
            self.headings[self.heading] = ""
        if tag in BREAKS:
            self._break()
        elif tag in CELLS:
            self._say(" ")
        for name, value in values.items():
            self._attribute(tag, name, value)

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name in UNSAID:
            if (
                name == "style"
                or "@" in value
                or "%" in value
                or "\\" in value
                or (name == "id" and len(value) >= LONG)
            ):
                self._aside(style(value))
            return
        if name in ("href", "src", "action", "data-href"):
            self.leads.add(value)
        elif "/" in value or value.lower().endswith((".html", ".htm")):
            tokens = re.split(r"[\s,;'\"]+|url=", value, flags=re.IGNORECASE)
            self.leads.update(token for token in tokens if token)
        self._say(f" {undone(self._unframed(value) if (tag, name) == ('a', 'href') else value)} ")

    def _odd_names(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Elements and attributes that are called like an address: a browser shows nothing of them."""
        for name in (tag, *(name for name, _ in attrs)):
            if "@" in name:
                self._say(f" {name} ")

    def _unframed(self, link: str) -> str:
        """What a link of the frame says beside its beginning; its label may be the address that it leads to."""
        head = next((head for head in self.frame if link.startswith(head)), "")
        self.label = folded(path_of(head))
        return link.removeprefix(head)

    def handle_endtag(self, tag: str) -> None:
        """An element ends, and with some its block."""
        if tag == "a":
            self.label = ""
        if tag in HEADINGS:
            self.heading = None
        if tag in BREAKS and tag != "dt":
            self._break()

    def handle_data(self, data: str) -> None:
        """A text, a script or a style."""
        if self.heading is not None:
            self.headings[self.heading] += data
        if self.cdata_elem:
            self._aside(style(data) if self.cdata_elem == "style" else script(data))
            self.leads.update(found[1] for found in PATH.finditer(undone(data)))
        elif not self.label or folded(data).strip() != self.label:
            self._say(data)

    def handle_comment(self, data: str) -> None:
        """A comment, as it is and as the page that it takes out."""
        self._aside(data)
        self._aside(untagged(data))

    def handle_decl(self, decl: str) -> None:
        """A declaration."""
        self._aside(decl)

    def handle_pi(self, data: str) -> None:
        """An instruction."""
        self._aside(data)

    def unknown_decl(self, data: str) -> None:
        """A section."""
        self._aside(data)

    def _aside(self, data: str) -> None:
        """What is not seen, but fetched: scripts, styles, comments. The block around it goes on."""
        self.blocks.insert(-1, (undone(data), ""))
        for text in inlaid(data):
            self.blocks.insert(-1, (untagged(undone(text)), ""))

    def _say(self, data: str) -> None:
        text, under = self.blocks[-1]
        self.blocks[-1] = (text + data.replace("\n", " "), under)
        if ";base64," in data:
            for inner in inlaid(data):
                self.blocks.insert(-1, (untagged(undone(inner)), ""))

    def _break(self) -> None:
        if self.first < 0:
            self.first = len(self.blocks) - 1
        self.blocks.append(("", f"{self.headings['h1']} | {self.headings['']}"))
