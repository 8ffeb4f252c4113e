"""Finished pages by their shape: each is made once with blanks, and filled in for every client whose page is alike.

What Markdown and the theme do with a page takes most of a build, and most pages of a client differ from those of others
in a few values alone. A shape that cannot be filled in without doubt is none: such a page is made by itself.
"""

from __future__ import annotations

import html as markup
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from markdown.extensions.toc import slugify
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

from runbooks import lean
from runbooks.engine.blanks import AND, BLANK, CLIENT, Outline
from runbooks.engine.workshop import Workshop
from runbooks.shelf import digest
from runbooks.styles import Seen, Seens

EXTENSIONS: Final = frozenset(
    {"admonition", "attr_list", "def_list", "fenced_code", "md_in_html", "sane_lists", "tables", "toc",
     "pymdownx.details", "pymdownx.highlight", "pymdownx.superfences"}
)  # fmt: skip
"""The Markdown extensions that do with a word the same, whichever it is."""
MANY: Final = 4000
"""How many shapes are remembered."""
NAMES: Final = re.compile(r'\bid="[^"]*zq[^"]*"|(?<=\bhref=")[^"#]*#[^"]*zq[^"]*"')
"""Where the anchor of a heading stands with a blank in it."""
DAMAGED: Final = re.compile(rf"zq\d+(?!\d*(?:{AND}|&amp;)?qz)", re.IGNORECASE)


Place: TypeAlias = Literal["text", "kept", "anchor", "attribute"]
"""Where a blank stands: among words, where entities stay as they are, in the anchor of a heading, or in an attribute
for which the theme has read a text, and written it again."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A finished page, and what is known of it.

    `abroad` are files in the folders of other clients that its links asked for, and whether they were there.
    """

    html: str
    anchors: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    seen: Seens
    abroad: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A finished page with blanks: what stands between them, and the number of each with the kind of its place.

    `asked` are the files that its links asked for, by `uri`, and whether they were there.
    """

    between: tuple[str, ...]
    blanks: tuple[tuple[int, Place], ...]
    anchors: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    seen: Seens
    asked: Mapping[str, bool]

    def filled(self, values: tuple[str, ...]) -> Filled | None:
        """The page with values; None where one of them would make another page."""
        plain = [lean.bare(value) for value in values]
        parts = [self.between[0]]
        for (number, place), text in zip(self.blanks, self.between[1:], strict=True):
            if place == "kept" and "&" in values[number]:
                return None
            parts += (_written(values[number], plain[number], place), text)
        anchors = tuple(sorted({_in_anchor(one, values) for one in self.anchors}))
        if len(anchors) < len(self.anchors):
            # Headings that are called alike get numbers.
            return None
        links = tuple((uri.replace(CLIENT, values[0]), _in_anchor(anchor, values)) for uri, anchor in self.links)
        return Filled("".join(parts), anchors, links, self.seen, abroad(self.asked, CLIENT))


@dataclass
class Shapes:
    """The shapes of one run, the last that were asked for, each by a digest of its outline."""

    shop: Workshop
    known: OrderedDict[bytes, Shape | None] = field(default_factory=OrderedDict)

    def page(self, outline: Outline, slug: str) -> Filled | None:
        """A finished page; None where it has to be made by itself.

        Raises:
            BuildFailed: when MkDocs fails.
        """
        key = digest(_bytes(outline.uri), _bytes(outline.text))
        if key in self.known:
            self.known.move_to_end(key)
        else:
            self.known[key] = self._made(outline, slug)
            if len(self.known) > MANY:
                self.known.popitem(last=False)
        shape = self.known[key]
        return shape.filled(outline.values) if shape and self._leads_to_the_same(shape, slug) else None

    def _leads_to_the_same(self, shape: Shape, slug: str) -> bool:
        files = self.shop.files
        return all(
            (files.get_file_from_path(uri.replace(CLIENT, slug)) is not None) is there
            for uri, there in shape.asked.items()
        )

    def _made(self, outline: Outline, slug: str) -> Shape | None:
        files, plugin = _Files(self.shop, slug), self.shop.plugin
        file = files.own(outline.uri)
        file.content_string = outline.text
        plugin.files[outline.uri] = outline.text, False
        plugin.clients.add(outline.uri)
        try:
            page = Page(None, file, self.shop.config)
            self.shop.read(page, files)
            html = self.shop.finished(page, ())
        finally:
            del plugin.files[outline.uri]
            plugin.clients.discard(outline.uri)
        return _shape(html, page, files.asked)


class _Files(Files):
    """The files of a site, and those of a client by the blank for its short name. Remembers which were asked for."""

    def __init__(self, shop: Workshop, slug: str) -> None:
        super().__init__([])
        self._src_uris = shop.files._src_uris  # no copy: there may be very many
        self._shop, self._slug = shop, slug
        self._own: dict[str, File] = {}
        self.asked: dict[str, bool] = {}

    def get_file_from_path(self, path: str) -> File | None:
        """A file by its name, if there is one."""
        found = super().get_file_from_path(path.replace(CLIENT, self._slug))
        self.asked[path] = found is not None
        return self.own(path) if found is not None and CLIENT in path else found

    def own(self, uri: str) -> File:
        """A file of the client."""
        if uri not in self._own:
            inclusion = InclusionLevel.NOT_IN_NAV
            self._own[uri] = File.generated(self._shop.config, uri, content="", inclusion=inclusion)
        return self._own[uri]


def _shape(html: str, page: Page, asked: Mapping[str, bool]) -> Shape | None:
    """A finished page cut at its blanks; None where something was done to them, or to what is told of it by them."""
    seen = Seen()
    seen.page(html)
    names = seen.listed()
    if DAMAGED.search(html) or any(BLANK.search(str(each)) for each in names):
        return None
    between, numbers = _cut(html)
    return Shape(between, numbers, *known_of(page), names, asked)


def known_of(page: Page) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The anchors of a page that was read, and its links to those of others: a page by its `uri`, and the anchor."""
    links = tuple((to.src_uri, anchor) for to, each in (page.links_to_anchors or {}).items() for anchor in each)
    return tuple(sorted(page.present_anchor_ids or ())), links


def abroad(asked: Mapping[str, bool], slug: str) -> tuple[tuple[str, bool], ...]:
    """Of the files that the links of a page about a client asked for those in the folders of other clients."""
    home = f"clients/{slug}/"
    return tuple(sorted(one for one in asked.items() if one[0].startswith("clients/") and not one[0].startswith(home)))


def _cut(html: str) -> tuple[tuple[str, ...], tuple[tuple[int, Place], ...]]:
    kept = [found.span() for found in lean.KEPT.finditer(html) if BLANK.search(found[0])]
    named = [found.span() for found in NAMES.finditer(html)]
    between, numbers, end = list[str](), list[tuple[int, Place]](), 0
    for found in BLANK.finditer(html):
        between.append(html[end : found.start()])
        numbers.append((int(found[1]), _place(found, named, kept)))
        end = found.end()
    return (*between, html[end:]), tuple(numbers)


def _place(found: re.Match[str], named: Iterable[tuple[int, int]], kept: Iterable[tuple[int, int]]) -> Place:
    if _within(found, named):
        return "anchor"
    if _within(found, kept):
        return "kept"
    return "attribute" if found[2] == "&amp;" else "text"


def _within(found: re.Match[str], spans: Iterable[tuple[int, int]]) -> bool:
    return any(begin <= found.start() < end for begin, end in spans)


def _in_anchor(anchor: str, values: Sequence[str]) -> str:
    return BLANK.sub(lambda found: _anchor(values[int(found[1])]), anchor) if "zq" in anchor else anchor


def _written(value: str, plain: str, place: Place) -> str:
    """A value as it stands in some place."""
    match place:
        case "anchor":
            return _anchor(value)
        case "attribute":
            return markup.escape(markup.unescape(value)).replace("&#x27;", "&#39;")
        case _:
            return plain


def _anchor(value: str) -> str:
    """A value as it stands in the anchor of a heading."""
    return str(slugify(markup.unescape(value), "-"))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
