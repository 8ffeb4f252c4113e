"""What MkDocs makes of the text of a page: made side by side, and kept, for pages that are about no single client."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, TableOfContents

from runbooks import hands
from runbooks.engine.listening import BuildFailed, listening
from runbooks.engine.rows import Asked, rendered
from runbooks.engine.workshop import Workshop
from runbooks.hands import Work
from runbooks.shelf import Shelf, digest

FEW: Final = 20
"""How many pages are worth a second process."""


def read(shop: Workshop, pages: Iterable[Page], shelf: Shelf, around: bytes) -> list[bytes] | None:
    """Make HTML of the texts of pages, or take what was made of the same; None where MkDocs has something to say.

    `around` is a digest of everything that decides what HTML a text becomes, but for which of the files are there that
    it leads to. Each page has a digest of that, its front matter and its text then.
    """
    opened = [shop.opened(page, shop.files) for page in pages]
    keys = [digest(around, *map(_bytes, _all_of(page))) for page in opened]
    known = [_still(shop, shelf.get(key)) for key in keys]
    fresh = [at for at, one in enumerate(known) if one is None]

    def do(number: int) -> bytes:
        return _made(shop, opened[fresh[number]], shelf, around)

    work = Work(do, bytes, lambda _, sent: sent, ended=shelf.flush)
    for at, made in zip(fresh, hands.done(len(fresh), work, few=FEW), strict=True):
        if not made:
            return None
        known[at] = made
        shelf.put(keys[at], made)
    for page, html in zip(opened, known, strict=True):
        if not _taken(shop, page, html or b""):
            return None
        shop.told(page, shop.files)
    return keys


def _all_of(page: Page) -> tuple[str, str, str]:
    """Where a page lies, its front matter, of which the theme and the plugins make much, and its text."""
    return page.file.src_uri, repr(page.meta), page.markdown or ""


def _still(shop: Workshop, kept: bytes | None) -> bytes | None:
    """What was kept, if all it leads to is still there, and nothing else is."""
    try:
        asked = json.loads(kept)["asked"] if kept else {}
        same = all((shop.files.get_file_from_path(path) is not None) is there for path, there in asked.items())
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return kept if same else None


def _made(shop: Workshop, page: Page, shelf: Shelf, around: bytes) -> bytes:
    """What a text has become; nothing where MkDocs warns."""
    files = Asked(shop.files)
    try:
        with listening() as heard:
            if not rendered(shop, page, files, shelf, around):
                page.render(shop.config, files)
    except BuildFailed:
        return b""
    links = [
        (to.src_uri, anchor, link)
        for to, each in (page.links_to_anchors or {}).items()
        for anchor, link in each.items()
    ]
    found = {
        "content": page.content,
        "toc": [_item(one) for one in page.toc],
        "title": page._title_from_render,
        "anchors": sorted(page.present_anchor_ids or ()),
        "links": links,
        "asked": files.asked,
    }
    return b"" if heard else json.dumps(found, separators=(",", ":")).encode()


def _taken(shop: Workshop, page: Page, made: bytes) -> bool:
    """Give a page what its text has become; whether that could be understood."""
    try:
        found = json.loads(made)
        page.content = str(found["content"])
        page.toc = TableOfContents([_link(one) for one in found["toc"]])
        page._title_from_render = found["title"]
        page.present_anchor_ids = set(found["anchors"])
        page.links_to_anchors = _links(shop, found["links"])
    except (ValueError, KeyError, TypeError):
        return False
    return True


def _links(shop: Workshop, links: Sequence[Sequence[str]]) -> dict[Any, dict[str, str]]:
    found: dict[Any, dict[str, str]] = {}
    for uri, anchor, link in links:
        file = shop.files.get_file_from_path(uri)
        if file is not None:
            found.setdefault(file, {})[anchor] = link
    return found


def _item(one: AnchorLink) -> list[Any]:
    return [one.title, one.id, one.level, [_item(each) for each in one.children]]


def _link(one: Sequence[Any]) -> AnchorLink:
    title, anchor, level, children = one
    link = AnchorLink(title=title, id=anchor, level=level)
    link.children = [_link(each) for each in children]
    return link


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
