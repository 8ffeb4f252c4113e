"""Reading the files of a built site: whatever form a text takes there, it comes out as a reader would see it."""

from __future__ import annotations

import html
import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from runbooks.mailbox import words
from runbooks.verify import pieces
from runbooks.verify.escapes import (
    address,
    folded,
    inlaid,
    linked,
    mentioned_in,
    mentions,
    script,
    style,
    untagged,
)
from runbooks.verify.markup import PATH, UNSAID
from runbooks.verify.names import is_index, named
from runbooks.verify.pieces import Piece
from runbooks.verify.remembered import Remembered
from runbooks.verify.texts import Text

__all__ = ["UNSAID", "Block", "Reading", "address", "mentions", "readings"]

PAGES: Final = (".html", ".htm", ".xhtml", ".xht", ".shtml", ".php")
STYLES: Final = (".css", ".scss", ".less")
PLACES: Final = ("location", "url", "permalink", "href", "link", "uri", "loc")
"""The keys by which an entry of an index or a feed says where its page is."""
SCRIPTED: Final = re.compile(
    r"\s*(?:(?:var|let|const)\s+|(?:window|self)\.)?[\w$.]+\s*=\s*([\[{].*[\]}])\s*;?\s*", re.DOTALL
)
"""Data that a script holds, as a search index does which is loaded without a server."""
ITEM: Final = re.compile(r"<(item|entry)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
PLACE: Final = re.compile(r"<link\b[^>]*href=[\"']([^\"']+)|<(?:link|guid|id)\b[^>]*>\s*([^<\s]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of text that belongs together, canonical; where it stands, canonical too, and the headings above it."""

    text: str
    where: str = ""
    above: str = ""

    @property
    def under(self) -> str:
        """Where it stands, and the headings that it stands under, canonical."""
        return f"{self.where} | {folded(self.above)}" if self.where else ""


@dataclass(frozen=True)
class Reading:
    """One thing that a visitor can fetch or find: a page, an entry of the search index, or a file of another kind.

    `address` is its place in the site without any ending: clients/north-bay/restore. `marks` are what it says of
    itself, `links` the addresses in the site that it links to. `page` is false for a file of another kind, which is
    read line by line and belongs together as a whole. `watches` when it has the frame of a monitoring page.
    """

    address: str
    blocks: tuple[Block, ...]
    marks: tuple[Mapping[str, str], ...] = ()
    links: frozenset[str] = frozenset()
    page: bool = True
    watches: bool = False

    @cached_property
    def text(self) -> str:
        """The whole text, canonical, a block a line."""
        return "\n".join(block.text for block in self.blocks)

    @cached_property
    def words(self) -> str:
        """The words of the whole text, one space between them: how sentences are compared."""
        return words(self.text)


def readings(text: Text, frame: tuple[str, ...] = (), known: Remembered[Piece] | None = None) -> Iterator[Reading]:
    """What one text of a built site says, its name included.

    Links that begin like one of `frame` are the frame's: of these only the rest is read. `known` is what is known of
    stretches of it.

    Raises:
        NotUnderstood: when this is the index of the search, and not as the search reads it.
    """
    if is_index(text.name):
        yield from _index(text, known)
    elif _is_page(text):
        yield _page(text.name, text.text, frame, known)
    else:
        yield from _other(text)


def _is_page(text: Text) -> bool:
    head = text.text[:512].lstrip("\ufeff \t\r\n").lower()
    return text.name.lower().endswith(PAGES) or head.startswith(("<!doctype html", "<html"))


def _page(name: str, text: str, frame: tuple[str, ...] = (), known: Remembered[Piece] | None = None) -> Reading:
    page = pieces.read(text, posixpath.dirname(name) if not name.endswith("/") else name, frame, known)
    where = _where(name)
    said = tuple(Block(folded(said), where, under) for said, under in page.blocks if said.strip())
    led_to = page.led_to()
    within = (one for link in led_to if link.startswith("clients/") for one in mentioned_in(link))
    links = frozenset((*led_to, *within, *page.mentioned))
    return Reading(address(name), (Block(where), *said), tuple(page.marks), links, watches=page.watches)


def _index(text: Text, known: Remembered[Piece] | None) -> Iterator[Reading]:
    """The index of the search: what it says of each client and each page, where it leads, and its other texts."""
    entries, rest = named(text.text)
    for one in entries:
        page = _page(one.place, one.markup, known=known)
        yield replace(page, links=page.links | {linked(link, "") for link in one.links})
    yield from _other(replace(text, text=rest))


def _other(text: Text) -> Iterator[Reading]:
    """A file that is no page; what it holds of pages, as an index or a feed does, is read as pages."""
    rest, entries = _parted(text.text)
    for place, markup in entries:
        yield _page(place, markup)
    said = style(rest) if text.name.lower().endswith(STYLES) else script(rest)
    forms = dict.fromkeys((said, untagged(said), *inlaid(text.text), *map(untagged, inlaid(text.text))))
    blocks = tuple(Block(line) for form in forms for line in folded(form).split("\n") if line.strip())
    folder = posixpath.dirname(text.name)
    links = {linked(found[1], folder) for found in PATH.finditer(said)} if len(said) < 1 << 16 else set()
    where = Block(_where(text.name))
    yield Reading(
        address(text.name),
        (where, *blocks),
        links=frozenset((*links, *mentions(text.text))),
        page=False,
    )


def _where(name: str) -> str:
    """The name of a file as words: as it is, each part of it without its ending, and with blanks for its dashes."""
    parts = [part for part in name.split("/") if part]
    stems = [part.rsplit(".", 1)[0] for part in parts if "." in part]
    spaced = re.sub(r"[-_./]+", " ", name)
    return " | ".join(folded(one) for one in (name, *parts, *stems, spaced))


def _parted(text: str) -> tuple[str, list[tuple[str, str]]]:
    """What a file holds of pages, each by its place and as markup; and what else it holds."""
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start in ("{", "["):
        return _of_json(text, text)
    if "=" in text[:200] and (found := SCRIPTED.fullmatch(text)):
        return _of_json(found[1], text)
    if start == "<" and ITEM.search(text):
        return ITEM.sub(" ", text), [_item(found.group()) for found in ITEM.finditer(text)]
    return text, []


def _of_json(data: str, text: str) -> tuple[str, list[tuple[str, str]]]:
    try:
        document = json.loads(data.strip("\ufeff \t\r\n"))
    except (ValueError, RecursionError):
        return text, []
    entries: list[tuple[str, str]] = []
    strings: list[str] = []
    _walk(document, entries, strings)
    return "\n".join(strings), entries


def _walk(value: Any, entries: list[tuple[str, str]], strings: list[str]) -> None:
    match value:
        case str():
            strings.append(value)
        case list():
            for one in value:
                _walk(one, entries, strings)
        case dict():
            place = next((value[key] for key in PLACES if isinstance(value.get(key), str)), None)
            if place is None:
                for key, one in value.items():
                    strings.append(f"{key}:")
                    _walk(one, entries, strings)
                return
            inside: list[str] = []
            for key, one in value.items():
                if key not in ("title", "text") or not isinstance(one, str):
                    _walk(one, entries, inside)
            title, body = value.get("title", ""), value.get("text", "")
            others = "".join(f"<p>{one}</p>" for one in inside if one != place)
            heading = f"<h1>{html.escape(title, quote=False)}</h1>" if isinstance(title, str) else ""
            entries.append((place, f"{heading}{body if isinstance(body, str) else ''}{others}"))
        case _:
            return


def _item(text: str) -> tuple[str, str]:
    """An item of a feed as a page."""
    found = PLACE.search(text)
    place = (found[1] or found[2]) if found else ""
    title = re.search(r"<title\b[^>]*>(.*?)</title", text, re.DOTALL | re.IGNORECASE)
    plain = re.sub(r"<!\[CDATA\[|\]\]>", "", text)
    return place, f"<h1>{title[1] if title else ''}</h1>{html.unescape(plain)}{plain}"
