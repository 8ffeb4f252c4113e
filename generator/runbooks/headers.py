"""The Content-Security-Policy of a built site: what the frame of its pages needs, and nothing a page brings itself.

The frame is read from the page for what is not there, which holds no record and no text of anybody. An inline script
or style that stands in it is allowed by its hash. The shipped theme has none, so its policy is the same for every site
and every release. What other pages hold beyond the frame is not allowed, wherever it comes from; it is told.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from runbooks import folders, hands
from runbooks.hands import Work

FRAME: Final = "404.html"
SCRIPT: Final = re.compile(r"<script\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>(.*?)</script", re.DOTALL | re.IGNORECASE)
STYLE: Final = re.compile(r"<style\b[^>]*>(.*?)</style", re.DOTALL | re.IGNORECASE)
LOADED: Final = re.compile(r"\ssrc\s*=", re.IGNORECASE)
DATA: Final = re.compile(r"\stype\s*=\s*[\"']?(?:application/(?:ld\+)?json|text/template)\b", re.IGNORECASE)
"""Scripts that no browser runs."""
SUSPECT: Final = re.compile(
    r"[\s/\"'](?:style|on[a-z]+)\s*=|javascript:|<(?:iframe|frame|object|embed|base)\b"
    r"|<(?:img|script|link(?! rel=\"canonical\" href=\"[^\"]*\">)|audio|video|source|track)\b[^>]*?//",
    re.IGNORECASE,
)
"""Something that may be refused: such a page is looked at closely, which is slow. A page's own address is nothing."""
FETCHED: Final = {
    "img": ("src", "srcset"),
    "script": ("src",),
    "audio": ("src",),
    "video": ("src", "poster"),
    "source": ("src", "srcset"),
    "track": ("src",),
}
"""What a browser fetches by itself, by element and attribute."""
MANY: Final = 200
"""How many pages are worth a second process."""
FRAMES: Final = frozenset({"iframe", "frame", "object", "embed"})
ELSEWHERE: Final = re.compile(r"(?:\s|,)*(?:https?:)?//", re.IGNORECASE)


def policy(tree: Path) -> str:
    """The value of the header for a built site."""
    scripts, styles = inline(_text(tree / FRAME)) if (tree / FRAME).is_file() else (set(), set())
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *sorted(map(_hash, scripts)))),
            " ".join(("style-src 'self'", *sorted(map(_hash, styles)))),
            "img-src 'self' data:",
            "font-src 'self'",
            "media-src 'self'",
            "connect-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def frame(tree: Path) -> tuple[set[str], set[str]]:
    """The scripts and style sheets of the frame of a built site, which its policy allows."""
    return inline(_text(tree / FRAME)) if (tree / FRAME).is_file() else (set(), set())


def pages_of(tree: Path, files: Collection[str] = ()) -> list[str]:
    """The pages of a built site by their files; `files` are all that it has, where somebody has listed them."""
    return sorted(name for name in files or folders.files_below(tree) if name.endswith(".html"))


def refused(tree: Path, pages: Sequence[str] | None = None) -> Iterator[tuple[str, str]]:
    """What browsers refuse under the policy of a built site: the page that holds it, and what it is, once each.

    Only these `pages` are looked at, where some are given.
    """
    allowed, names = frame(tree), pages_of(tree) if pages is None else pages

    def do(number: int) -> list[str]:
        return _refused(_text(tree / names[number]), *allowed)

    def taken(_: int, sent: bytes) -> list[str]:
        return sent.decode().splitlines()

    work = Work(do, lambda kinds: "\n".join(kinds).encode(), taken)
    for name, kinds in zip(names, hands.done(len(names), work, few=MANY), strict=True):
        yield from ((name, kind) for kind in kinds)


def _refused(text: str, scripts: set[str], styles: set[str]) -> list[str]:
    """What browsers refuse of a page, once each."""
    found = inline(text)
    kinds = ["a script"] if found[0] - scripts else []
    kinds += ["a style sheet"] if found[1] - styles else []
    if any(map(_is_suspect, text.split(">\n"))):
        kinds += _Page(text).refused
    return list(dict.fromkeys(kinds))


@lru_cache(maxsize=32_768)  # most lines stand on very many pages
def _is_suspect(line: str) -> bool:
    """Whether something in a line may be refused. No such thing goes on behind the end of a tag."""
    return SUSPECT.search(f"\n{line}") is not None


def inline(text: str) -> tuple[set[str], set[str]]:
    """The scripts that a page would run, and the style sheets it would apply, without asking for a file."""
    scripts = {body for head, body in SCRIPT.findall(text) if not (LOADED.search(head) or DATA.search(head))}
    return scripts, set(STYLE.findall(text))


class _Page(HTMLParser):
    """A page as its elements: what of it the policy refuses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.refused: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in FRAMES:
            self.refused.append("a page within the page")
        if tag == "base":
            self.refused.append("a base for all links")
        given = {name: value or "" for name, value in attrs}
        for name, value in given.items():
            if name == "style":
                self.refused.append("a style attribute")
            elif name.startswith("on"):
                self.refused.append("a script in an attribute")
            elif name in ("href", "action", "formaction") and value.strip().lower().startswith("javascript:"):
                self.refused.append("a script in a link")
        fetched = [given.get(name, "") for name in FETCHED.get(tag, ())]
        if tag == "link" and set(given.get("rel", "").lower().split()) & {"stylesheet", "icon", "preload", "manifest"}:
            fetched.append(given.get("href", ""))
        if any(ELSEWHERE.match(value) for value in fetched):
            self.refused.append("a file of another server")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _text(path: Path) -> str:
    # Browsers take every kind of line end for one, and so does this.
    return path.read_text(encoding="utf-8", errors="replace")
