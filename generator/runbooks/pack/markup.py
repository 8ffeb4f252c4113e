"""The Markdown of a print page as HTML that stands alone: with the site's own extensions, and without its engine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final, TypeAlias

import markdown

from runbooks import engine
from runbooks.errors import UserError
from runbooks.plugin import EXTENSIONS, plain_config

Configs: TypeAlias = dict[str, dict[str, Any]]

BUILT_IN: Final = ("toc", "tables", "fenced_code")
"""What MkDocs adds by itself."""
LEADS: Final = ("#", "http://", "https://", "mailto:", "tel:")
"""How the links begin that mean something on a page without a site around it."""
ANCHOR: Final = re.compile(r"<a\b[^<>]*>")
PICTURE: Final = re.compile(r"<img\b[^<>]*>")
WORDS: Final = re.compile(r"\salt\s*=\s*\"([^\"]*)\"", re.IGNORECASE)
TARGET: Final = re.compile(r"\shref\s*=\s*\"([^\"]*)\"|\shref\s*=\s*'([^']*)'", re.IGNORECASE)
FETCHING: Final = frozenset(
    ("src", "srcset", "poster", "background", "data", "action", "formaction", "ping", "manifest", "style", "xlink:href")
)
"""Attributes that fetch something, send something, or could."""
ACTIVE: Final = frozenset(
    (
        *("script", "style", "link", "base", "meta", "iframe", "frame", "object", "embed", "applet", "form"),
        *("audio", "video"),
    )
)
"""Elements that a page without scripts, styles of its own and a network has no use for."""
ELSEWHERE: Final = re.compile(r"url\(\s*[\"']?(?!#)", re.IGNORECASE)


def html(text: str, root: Path) -> str:
    """The body of a page. Links into a site, which is not there, are text, and so are its pictures.

    Raises:
        UserError: when an extension of the site's mkdocs.yml cannot be loaded.
    """
    configs = _extensions(root)
    try:
        reader = markdown.Markdown(extensions=list(configs), extension_configs=configs)
    except Exception as error:
        raise UserError(f"a Markdown extension of {engine.CONFIG} cannot be loaded: {error}") from error
    return PICTURE.sub(_told, ANCHOR.sub(_grounded, reader.convert(text)))


def _extensions(root: Path) -> Configs:
    """The names and settings of the extensions that the site has, and of those that our pages are written for."""
    path = root / engine.CONFIG
    said = plain_config(path).get("markdown_extensions") if path.is_file() else None
    configs: Configs = {name: {} for name in BUILT_IN}
    for one in said or ():
        # Each is a name, or a name with its settings; all of them may stand in one mapping.
        if isinstance(said, dict) or isinstance(one, str):
            configs[str(one)] = dict((said[one] if isinstance(said, dict) else None) or {})
        else:
            configs.update({str(name): dict(settings or {}) for name, settings in one.items()})
    configs.update({name: {} for name in EXTENSIONS if name not in configs})
    # Marks beside the headings are for pointing at: nobody points at paper. And no element has a style of its own.
    configs["toc"] = {**configs["toc"], "permalink": False}
    configs["tables"] = {**configs["tables"], "use_align_attribute": True}
    return configs


def _grounded(found: re.Match[str]) -> str:
    target = TARGET.search(found.group())
    return found.group() if target and unescape(target[1] or target[2] or "").startswith(LEADS) else "<a>"


def _told(found: re.Match[str]) -> str:
    words = WORDS.search(found.group())
    return f"<em>[picture: {words[1] if words else 'online'}]</em>"


def outward(body: str) -> Iterator[str]:
    """What in a page would run, fetch or look different without its site: each in words. A pack has none of it."""
    page = _Elements()
    page.feed(body)
    page.close()
    yield from page.found


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ACTIVE:
            self.found.append(f"it holds <{tag}>, which has no place in a file that stands alone")
        for name, value in attrs:
            fetches = name in FETCHING or (name == "href" and tag != "a") or ELSEWHERE.search(value or "")
            if name.startswith("on") or fetches:
                self.found.append(f"its <{tag}> has {name}, and a file that stands alone asks for nothing")
