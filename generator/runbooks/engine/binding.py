"""The pages of one client, finished: those of before where nothing that makes them has changed, the others anew.

A page is made of its text and of the frame around it, so the same text in the same frame is the same page. Of each
client the last finished pages are kept, all in one piece, with a digest of all they were made of. What MkDocs warned
about is not kept.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, TypeAlias, TypeVar, cast

from mkdocs.structure.files import File, InclusionLevel
from mkdocs.structure.pages import Page
from pydantic import TypeAdapter

from runbooks.engine.blanks import outline
from runbooks.engine.listening import BuildFailed, listening
from runbooks.engine.rows import Asked
from runbooks.engine.shapes import Filled, Shapes, abroad, known_of
from runbooks.engine.workshop import Workshop, write
from runbooks.fleet import Record
from runbooks.folders import Sharing
from runbooks.pages import page as ours
from runbooks.pages.book import sheaf
from runbooks.pages.markdown import markdown
from runbooks.pages.press import Press
from runbooks.publish import Held, Sealed
from runbooks.shelf import Shelf, digest
from runbooks.styles import Seen, Seens
from runbooks.templates import marks

T = TypeVar("T", bound=Hashable)

Words: TypeAlias = tuple[str, ...]

KINDS: Final[tuple[Literal["pages", "leaves"], ...]] = ("pages", "leaves")
LEVEL: Final = 1
"""How hard pages are pressed that are kept: five times as small, at a tenth of the time that the most takes."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is known of a finished page without reading it.

    `place` is its file in the site, `made_of` a digest of the page before it was finished and of its frame, `seal` one
    of its bytes. `anchors` can be linked to, `links` are those to anchors of other pages: a page by its `uri`, and the
    anchor. `abroad` are files in the folders of other clients that it asked for, and whether they were there.
    """

    uri: str
    kind: ours.Kind
    title: str
    client_name: str
    target: str
    place: str
    made_of: str
    seal: str
    anchors: Words
    links: tuple[tuple[str, str], ...]
    abroad: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """The finished pages of one client. `key` is a digest of all that they are made of, `seen` what stands in them.

    `sound` is whether MkDocs and the templates had nothing to say; `made` counts the pages that were made in this run,
    `again` those that were there and had to be read.
    """

    slug: str
    key: str
    leaves: tuple[Leaf, ...]
    seen: Seens
    sound: bool = True
    made: int = 0


BOUND: Final = TypeAdapter(Bound)
_ONCE: Final[dict[Hashable, Hashable]] = {}
"""What very many pages have in common: their kinds, and the anchors of those that are alike."""


def taken(sent: bytes) -> Bound:
    """The pages of a client as they were kept, or come from another process. What many have in common is held once.

    Raises:
        ValidationError: when they are no such pages.
    """
    found = BOUND.validate_json(sent)
    names = {leaf.client_name: leaf.client_name for leaf in found.leaves}
    leaves = (
        replace(leaf, kind=_once(leaf.kind), anchors=_once(leaf.anchors), client_name=names[leaf.client_name])
        for leaf in found.leaves
    )
    return replace(found, leaves=tuple(leaves))


def _once(value: T) -> T:
    return cast("T", _ONCE.setdefault(value, value))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page before it is finished, with a digest of it and its frame; `marked` is whether its values are marked."""

    page: ours.Page
    made_of: str
    marked: bool


@dataclass(frozen=True, slots=True)
class _Printed:
    """A finished page, what stands in it, and whether it was made now."""

    leaf: Leaf
    html: str
    seen: Seens
    made: bool


@dataclass
class Binder:
    """Makes the pages of clients and writes them into the stage.

    `frame` is a digest of everything that makes a page but its text. `keys` are digests of all that the texts of a
    client are made of, by its short name; who has none is never kept. `published` is the tree of the published site,
    and `seals` its files with what they hold. `shapes` are there where pages may be made by their shape. `held` are
    the files that stand in the stage already.
    """

    shop: Workshop
    press: Press
    shelf: Shelf
    stage: Path
    frame: bytes
    keys: Mapping[str, bytes]
    names: Mapping[str, Words]
    published: Path | None = None
    seals: Mapping[str, Sealed] = field(default_factory=dict)
    shapes: Shapes | None = None
    before: Mapping[str, Bound] = field(default_factory=dict)
    held: Held = field(default_factory=dict)

    def stands(self, record: Record) -> Bound | None:
        """The pages of a client where there is nothing left to do: they would be the same, and are in the stage."""
        before = self.before.get(record.slug)
        key = self._key(record.slug)
        if not (before and key and before.key == key and all(leaf.place in self.held for leaf in before.leaves)):
            return None
        if not self._leads_to_the_same(before.leaves):
            return None
        for kind in KINDS:
            self.shelf.still(name_of(kind, record.slug))
        return before

    @cached_property
    def sharing(self) -> Sharing:
        """The files that the site and the published one have in common."""
        return Sharing(self.published or self.stage, self.stage)

    def bound(self, record: Record) -> Bound:
        """The pages of a client, which stand in the stage afterwards."""
        key, before = self._key(record.slug), self.before.get(record.slug)
        same = before and key and before.key == key and self._leads_to_the_same(before.leaves)
        if before and same and self._placed(before):
            self.shelf.still(name_of("leaves", record.slug))
            return before
        found, texts = self._made(record, key, before)
        if key and found.sound:
            if texts:
                self.shelf.put(name_of("pages", record.slug), zlib.compress(json.dumps(texts).encode(), LEVEL))
            self.shelf.put(name_of("leaves", record.slug), BOUND.dump_json(replace(found, made=0)))
        return found

    def _leads_to_the_same(self, leaves: Iterable[Leaf]) -> bool:
        """Whether what the links of pages asked for in the folders of other clients is there as it was, or not."""
        files = self.shop.files
        asked = (one for leaf in leaves for one in leaf.abroad)
        return all((files.get_file_from_path(uri) is not None) is there for uri, there in asked)

    def _key(self, slug: str) -> str:
        of_all = self.keys.get(slug)
        return digest(self.frame, of_all).hex() if of_all else ""

    def _placed(self, before: Bound) -> bool:
        """Put finished pages into the stage as they were; False where not all of them are there any more."""
        lacking = [at for at, leaf in enumerate(before.leaves) if not self._linked(leaf)]
        if not lacking:
            self.shelf.still(name_of("pages", before.slug))
            return True
        texts = self._texts(before)
        for at in lacking if texts else ():
            write(texts[at], self.stage / before.leaves[at].place)
        if not texts:
            # What is shared with the published site is never written to.
            for leaf in before.leaves:
                (self.stage / leaf.place).unlink(missing_ok=True)
        return bool(texts)

    def _linked(self, leaf: Leaf) -> bool:
        """Share a page with the published site, where that has the very same."""
        if leaf.place in self.held:
            return True
        there = self.seals.get(leaf.place)
        if self.published is None or there is None or there.seal != leaf.seal:
            return False
        try:
            if not there.stands(self.published, leaf.place):
                return False
            self.sharing.share(leaf.place)
        except (OSError, NotImplementedError):
            return False
        return True

    def _texts(self, before: Bound) -> list[str]:
        """The finished pages of before; none where they are not there, or not these."""
        kept = self.shelf.get(name_of("pages", before.slug))
        try:
            texts = json.loads(zlib.decompress(kept)) if kept else []
        except (zlib.error, ValueError):
            return []
        if not isinstance(texts, list) or len(texts) != len(before.leaves):
            return []
        seals = (_seal(text) for text in texts if isinstance(text, str))
        return texts if list(seals) == [leaf.seal for leaf in before.leaves] else []

    def _made(self, record: Record, key: str, before: Bound | None) -> tuple[Bound, list[str]]:
        """The pages of a client, and their bytes as text where any is another than before."""
        tools = replace(self.press, broken=[])
        sheets = list(self._sheets(record, tools))
        sound = Bound(record.slug, key, (), ((), (), (), (), ()), sound=not tools.broken)
        same = before and sound.sound and [one.made_of for one in sheets] == [leaf.made_of for leaf in before.leaves]
        if before and same and self._leads_to_the_same(before.leaves) and self._placed(before):
            return replace(before, key=key), []
        try:
            with listening() as heard:
                printed = list(self._printed(sheets, dict(self._known(before))))
        except BuildFailed:
            return replace(sound, sound=False), []
        seen = Seen()
        for each in printed:
            seen.add(each.seen)
        made = sum(each.made for each in printed)
        leaves = tuple(each.leaf for each in printed)
        found = replace(sound, leaves=leaves, seen=seen.listed(), sound=sound.sound and not heard, made=made)
        return found, [each.html for each in printed]

    def _sheets(self, record: Record, tools: Press) -> Iterator[_Sheet]:
        """The pages of a client, each with what it is made of. `edit_url` is all that policy.yml adds to a page."""
        pages, marked = self._pages(record, tools)
        edit = _bytes(repr(self.press.fleet.policy.edit_url))
        around = digest(self.frame, edit, *(_bytes(page.uri) for page in pages))
        return (_Sheet(page, digest(around, *_said(page)).hex(), marked) for page in pages)

    def _pages(self, record: Record, tools: Press) -> tuple[tuple[ours.Page, ...], bool]:
        """The pages of a client, and whether the values in them are marked."""
        names, env = self.names.get(record.slug, ()), tools.environment
        if self.shapes and _markable(tools):
            with env.marking(), tools.shipped.marking():
                pages = sheaf(record, tools, names)
            if _markable(tools):
                return pages, True
            # A template that was read just now looks at what it has written.
            tools.broken.clear()
        return sheaf(record, tools, names), False

    def _known(self, before: Bound | None) -> Iterator[tuple[str, tuple[Leaf, str]]]:
        for leaf, html in zip(before.leaves, self._texts(before), strict=False) if before else ():
            if self._leads_to_the_same((leaf,)):
                yield leaf.made_of, (leaf, html)

    def _printed(self, sheets: list[_Sheet], known: Mapping[str, tuple[Leaf, str]]) -> Iterator[_Printed]:
        """Each page, in the stage."""
        for sheet in sheets:
            if sheet.made_of in known:
                leaf, html = known[sheet.made_of]
                if not self._linked(leaf):
                    write(html, self.stage / leaf.place)
                yield _Printed(leaf, html, _seen(html), made=False)
            else:
                yield self._finished(sheet)
        for sheet in sheets:
            self._forget(sheet.page.uri)

    def _finished(self, sheet: _Sheet) -> _Printed:
        page, uri = sheet.page, sheet.page.uri
        place = self._file(uri).dest_uri
        policy, flat = self.press.fleet.policy, self.shop.config.use_directory_urls
        alike = outline(page, policy, directory_urls=flat) if self.shapes and sheet.marked else None
        filled = (self.shapes.page(alike, page.client) if self.shapes and alike else None) or self._by_itself(sheet)
        seal = hashlib.sha256(write(filled.html, self.stage / place)).hexdigest()
        leaf = Leaf(
            uri, page.kind, page.title, page.client_name, page.target, place, sheet.made_of, seal,
            filled.anchors, filled.links, filled.abroad,
        )  # fmt: skip
        return _Printed(leaf, filled.html, filled.seen, made=True)

    def _by_itself(self, sheet: _Sheet) -> Filled:
        """A page that is made without regard to others."""
        policy, flat = self.press.fleet.policy, self.shop.config.use_directory_urls
        page = replace(sheet.page, markdown=marks.plain(sheet.page.markdown)) if sheet.marked else sheet.page
        files = Asked(self.shop.files)
        new = self._read(page.uri, markdown(page, policy, directory_urls=flat), files)
        html = self.shop.finished(new, ())
        return Filled(html, *known_of(new), _seen(html), abroad(files.asked, page.client))

    def _read(self, uri: str, text: str, files: Asked) -> Page:
        file = self._file(uri)
        file.content_string = text
        self.shop.plugin.files[uri] = text, False
        self.shop.plugin.clients.add(uri)
        page = Page(None, file, self.shop.config)
        self.shop.read(page, files)
        return page

    def _file(self, uri: str) -> File:
        file = self.shop.files.get_file_from_path(uri)
        if file is None:
            file = File.generated(self.shop.config, uri, content="", inclusion=InclusionLevel.NOT_IN_NAV)
            self.shop.files.append(file)
        return file

    def _forget(self, uri: str) -> None:
        """Let go of what a page was made with: it is written, and there may be very many."""
        file = self.shop.files.get_file_from_path(uri)
        if file is not None:
            file.content_string, file.page = "", None
        self.shop.plugin.files.pop(uri, None)


def _said(page: ours.Page) -> tuple[bytes, bytes]:
    """All of a page: its text, which is long, and the rest."""
    return _bytes(page.markdown), _bytes(repr(replace(page, markdown="")))


def _markable(tools: Press) -> bool:
    return tools.environment.markable and tools.shipped.markable


def _seen(html: str) -> Seens:
    seen = Seen()
    seen.page(html)
    return seen.listed()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def name_of(kind: Literal["pages", "leaves"], slug: str) -> bytes:
    """What the last pages of a client are kept under, or what is known of them."""
    return digest(kind.encode(), slug.encode())


def _seal(html: str) -> str:
    return hashlib.sha256(html.encode("utf-8", errors="xmlcharrefreplace")).hexdigest()
