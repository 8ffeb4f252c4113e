"""Text as a reader would see it: every escape undone that a browser, a script or a feed reader undoes."""

from __future__ import annotations

import base64
import binascii
import html
import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, urlsplit

from runbooks.mailbox import MARKUP, canonical

UNSEEN_ASCII: Final = dict.fromkeys((*range(9), *range(11, 32), 127))
ESCAPE: Final = re.compile(r"\\+(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
OCTAL: Final = re.compile(r"\\([01]?[0-7]{2})(?![0-9a-fA-F])")
STYLE: Final = re.compile(r"\\([0-9a-fA-F]{1,6})[ \t\n]?")
"""An escape of a style sheet."""
JOINED: Final = re.compile(r"""["'`]\s*\+\s*["'`]|\\\r?\n""")
"""Where a script puts two pieces of a text together."""
DATA: Final = re.compile(r"data:([\w/+.-]*)[^,\s\"']*;base64,([A-Za-z0-9+/=_-]+)")
TAGS: Final = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>]*>|<!\[CDATA\[|\]\]>", re.DOTALL)
TURNS: Final = 5
"""How often an escape may be escaped again."""


@lru_cache(maxsize=16_384)  # the frame around the text is the same on every page
def folded(text: str) -> str:
    """A text as `canonical` has it; what is ASCII alone, as nearly everything is, by a shorter way."""
    # Written out by entities, a comment is text that is seen; `canonical` would leave it out.
    text = undone(text).replace("<!--", " ").replace("-->", " ")
    return MARKUP.sub("", text).translate(UNSEEN_ASCII).lower() if text.isascii() else canonical(text)


def undone(text: str) -> str:
    """A text with the escapes of HTML, addresses and scripts undone, also those that were escaped again."""
    for _ in range(TURNS):
        before = text
        if "&" in text:
            text = html.unescape(text)
        if "%" in text:
            text = unquote(text)
        if "\\" in text:
            text = OCTAL.sub(_octal, ESCAPE.sub(_character, text))
        if text == before:
            break
    return text


def script(text: str) -> str:
    """The text of a script, with the pieces put together that it puts together."""
    return JOINED.sub("", text) if "+" in text or "\\" in text else text


def style(text: str) -> str:
    """The text of a style sheet with its escapes undone."""
    return STYLE.sub(_character, text) if "\\" in text else text


def inlaid(text: str) -> Iterator[str]:
    """The texts that are laid into another one as data: addresses."""
    if ";base64," not in text:
        return
    for found in DATA.finditer(text):
        kind, packed = found.groups()
        if kind.startswith(("image/", "font/", "audio/", "video/")) and "svg" not in kind:
            continue
        try:
            raw = base64.b64decode(packed.replace("-", "+").replace("_", "/") + "===")
        except (binascii.Error, ValueError):
            continue
        if b"\0" not in raw:
            yield raw.decode("utf-8", errors="replace")


def untagged(text: str) -> str:
    """A text without the tags in it: what a reader sees of it."""
    return TAGS.sub("", text) if "<" in text else text


MENTION: Final = re.compile(r"clients[/\\][^\s\"'`<>()?#|,;&*]*", re.IGNORECASE)
WORD: Final = re.compile(r"[^a-z0-9-].*")
"""Where the name of a page ends."""


def mentions(text: str) -> Iterator[str]:
    """Addresses of clients' pages that stand somewhere in a text; of a file within a page's folder, the page."""
    for inner in inlaid(text):
        yield from mentions(inner)
    for found in MENTION.finditer(undone(text)):
        parts = posixpath.normpath(found.group().replace("\\", "/").lower()).split("/")
        if len(parts) < 3 or parts[0] != "clients":
            continue
        words = [WORD.sub("", part) for part in parts[1:4]]
        page = f"clients/{words[0]}/{words[1]}"
        within = len(words) > 2 and words[2]
        yield f"{page}/{within}" if within else page
        if within and "." in parts[3]:
            yield page


@lru_cache(maxsize=16_384)  # pages of one client lead to the same ones
def mentioned_in(link: str) -> tuple[str, ...]:
    """What `mentions` finds in the address that a link leads to."""
    return tuple(mentions(link))


def address(name: str) -> str:
    """A file, a link or a place in the search index as one address: no index.html, ending, anchor or slash at the end.

    Case is folded, because some web servers do so.
    """
    path = path_of(name).lower().strip("/")
    path = re.sub(r"(^|/)(index|readme)\.[a-z]+$", "", path)
    return re.sub(r"\.(html?|xhtml|md)$", "", path).strip("/")


@lru_cache(maxsize=16_384)  # most pages lead to the same ones, seen from where they are
def path_of(link: str) -> str:
    """The path of a link; nothing when it is no address at all."""
    try:
        return unquote(urlsplit(link).path)
    except ValueError:
        return ""


PLAIN_PATH: Final = re.compile(
    r"(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*/)*[a-z0-9_-]+(?:\.[a-z0-9_-]+)*/?", re.IGNORECASE | re.ASCII
)
"""A path without steps that lead nowhere or up again."""


def linked(link: str, folder: str) -> str:
    """The address in the site that a link in a folder leads to."""
    up, rest = _steps(link)
    if rest and "." not in folder and "//" not in folder:
        around = folder.lower().strip("/").split("/")
        return "/".join((*around[: max(0, len(around) - up)], rest)).lstrip("/")
    return address(posixpath.normpath(posixpath.join("/", folder, path_of(link.replace("\\", "/")))))


@lru_cache(maxsize=16_384)  # most pages lead to the same ones, seen from where they are
def _steps(link: str) -> tuple[int, str]:
    """How many folders a link goes up, and the address it leads to from there; none where there is more to it."""
    path = path_of(link.replace("\\", "/"))
    up = 0
    while path.startswith("../"):
        up, path = up + 1, path[3:]
    return (up, address(path)) if PLAIN_PATH.fullmatch(path) else (0, "")


def _character(found: re.Match[str]) -> str:
    number = int(next(one for one in found.groups() if one), 16)
    return chr(number) if number <= 0x10FFFF else " "


def _octal(found: re.Match[str]) -> str:
    return chr(int(found[1], 8))
