"""A whole site, side by side and from what was kept: the same bytes as MkDocs' own loop makes, page by page.

Of the two loops of MkDocs this one runs over the pages about no single client as MkDocs does; those of each client are
made, or found finished, by as many processes as there are cores. It is for sites of which all that makes a page is
known: any other plugin, hook or extension could look at all pages at once. And it is for sites without a warning: what
MkDocs or a template has to say is said by MkDocs' own loop (`whole`), which is the measure of this one.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import urljoin, urlsplit

from mkdocs.commands.build import _build_theme_template
from mkdocs.config import load_config
from mkdocs.structure.files import File, InclusionLevel
from mkdocs.utils import get_build_date

from runbooks import finder, folders, hands
from runbooks.engine import binding, stamps, texts
from runbooks.engine.binding import BOUND, LEVEL, Binder, Bound
from runbooks.engine.blanks import BLANK
from runbooks.engine.fitness import settings
from runbooks.engine.listening import BuildFailed, listening
from runbooks.engine.shapes import Shapes
from runbooks.engine.standing import Standing
from runbooks.engine.whole import config_file, docs_of, plugin_of
from runbooks.engine.workshop import Workshop, loaded, page_of, write
from runbooks.fleet import Record
from runbooks.hands import Work
from runbooks.pages import page as ours
from runbooks.pages.contents import contents
from runbooks.pages.press import Press
from runbooks.pages.redirects import former_addresses
from runbooks.plugin import Handed
from runbooks.publish import Held, Sealed, Staging
from runbooks.shelf import Shelf, digest
from runbooks.site import Site
from runbooks.styles import Seen

Place: TypeAlias = tuple[str, bool]
"""The `uri` of a page of a client, and whether it leads on to another."""

FEW: Final = 1
"""How many clients are worth a second process."""


@dataclass(frozen=True)
class Around:
    """What a quick build is given beside the site: digests of what makes the pages of each client, and what is known.

    `shelf` holds the pages of clients, `texts` what is the same for every site of this machine. `keys` are digests of
    what makes the texts of each client, by short name, `names` its earlier short names, `places` where all pages of
    clients will be. `staged` is where the site is
    built, `standing` what it begins with, and `seals` what the files of the published one hold, as far as that is
    known. `alike` is whether pages can be made by their shape.
    """

    shelf: Shelf
    texts: Shelf
    keys: Mapping[str, bytes]
    names: Mapping[str, tuple[str, ...]]
    places: tuple[Place, ...]
    staged: Staging
    standing: Callable[[], Standing]
    seals: Mapping[str, Sealed] = field(default_factory=dict)
    alike: bool = False


@dataclass(frozen=True)
class Made:
    """What a quick build made: all pages without their text, and how many of those of clients are new.

    `held` are the files of the stage that are those of the published site.
    """

    pages: tuple[ours.Page, ...]
    made: int
    reused: int
    held: Held


@dataclass
class _Listed:
    """A page of a client as the list of all addresses needs it."""

    canonical_url: str | None
    abs_url: str | None
    meta: Mapping[str, Any]
    update_date: str
    is_link: bool = False


def build(
    site: Site,
    press: Press,
    around: Around,
    *,
    offline: bool,
    told: Callable[[int, int], None] = lambda *_: None,
) -> Made | None:
    """Build a site whose book has the pages about no single client alone; None where MkDocs' own loop has to say why.

    Raises:
        BuildFailed: when MkDocs cannot work with the site at all.
    """
    path = config_file(site.fleet.root)
    with listening() as heard, docs_of(path) as docs:
        config = load_config(
            str(path), site_dir=str(around.staged.stage), strict=False, **docs, **settings(offline=offline)
        )
        plugin_of(config).handed = Handed(site)
        config.plugins.on_startup(command="build", dirty=False)
        try:
            made = _build(site, press, loaded(config), around, told)
        finally:
            plugin_of(config).handed = None
            config.plugins.on_shutdown()
    return None if heard else made


def _build(site: Site, press: Press, shop: Workshop, around: Around, told: Callable[[int, int], None]) -> Made | None:
    expected, elsewhere = _expected(shop, around)
    own = shop.hold(beside=expected)
    makers = stamps.makers(shop.config)
    keys = texts.read(shop, map(page_of, own), around.texts, makers)
    if keys is None:
        return None
    shop.dress()
    navigation = stamps.navigation(shop.nav, whole=not around.alike)
    frame = digest(makers, navigation, *stamps.uris(file for file in shop.files if file.src_uri not in expected))
    standing = around.standing()
    held = _left(standing.held, around.staged.stage, expected.values())
    shapes = Shapes(shop) if around.alike and not _has_blanks(shop, navigation) else None
    binder = Binder(
        shop, press, around.shelf, Path(shop.config.site_dir), frame, around.keys, around.names,
        around.staged.published, around.seals, shapes,
        standing.bound, held,
    )  # fmt: skip
    known = {one.slug: before for one in site.fleet.records if (before := binder.stands(one))}
    _lists(shop, expected, elsewhere)
    framed = _Framed(shop, around.texts, digest(makers, navigation), dict(zip(own, keys, strict=True)))
    done = _side_by_side(_Ahead(site.fleet.records, known, len(expected)), binder, framed, told)
    bound = [one for one in done if one.slug]
    leaves = {leaf.uri: leaf for one in bound for leaf in one.leaves}
    if not all(one.sound for one in done) or leaves.keys() != expected.keys():
        return None
    if shop.config.validation.links.anchors >= logging.WARNING and _dangling(own, bound):
        return None
    seen = shop.plugin.wardrobe.seen
    for one in done:
        seen.add(one.seen)
    pages = (*site.book.pages, *(_page(leaf, one.slug) for one in bound for leaf in one.leaves))
    if shop.plugin.desk:
        shop.plugin.desk.rows = finder.rows(site.fleet, pages)
    shop.config.plugins.on_post_build(config=shop.config)
    made = sum(one.made for one in done)
    return Made(pages, made, len(own) + len(leaves) - made, held)


def _left(held: Held, stage: Path, expected: Iterable[File]) -> Held:
    """The files that stand in the stage and are to be there; any other is taken out, before somebody writes to it."""
    places = {file.dest_uri for file in expected}
    for name in held.keys() - places:
        folders.take_out(stage, name)
    return {name: number for name, number in held.items() if name in places}


def _has_blanks(shop: Workshop, navigation: bytes) -> bool:
    """Whether what stands around every page has what a blank looks like."""
    config = shop.config
    said = (config.site_name, config.site_url, config.copyright, dict(config.extra), dict(config.theme))
    return BLANK.search(repr((*said, navigation))) is not None


def _expected(shop: Workshop, around: Around) -> tuple[dict[str, File], frozenset[str]]:
    """The pages of all clients as MkDocs sees them, by their `uri`, added to the files that it knows.

    Beside them those that lead elsewhere.
    """
    found: dict[str, File] = {}
    elsewhere = set[str]()
    standing = {file.dest_uri.lower(): file for file in shop.files}
    for uri, leads_on in around.places:
        file = File.generated(shop.config, uri, content="", inclusion=InclusionLevel.NOT_IN_NAV)
        old = standing.pop(file.dest_uri.lower(), None)
        if old is not None:
            shop.files.remove(old)
        found[uri] = file
        shop.files.append(file)
        if leads_on:
            elsewhere.add(uri)
    return found, frozenset(elsewhere)


def places(site: Site, names: Mapping[str, tuple[str, ...]]) -> Iterator[Place]:
    """Where every page of a client will be, known before any is made. `names` are earlier short names of clients."""
    blocked = site.report.blocked_clients
    for record in site.fleet.records:
        files = [name for name, _ in contents(record, site.fleet, blocked=record.slug in blocked)]
        yield from ((f"clients/{record.slug}/{name}", False) for name in files)
        yield from ((uri, True) for uri in former_addresses(record, files, names.get(record.slug, ())))


def _lists(shop: Workshop, expected: Mapping[str, File], elsewhere: frozenset[str]) -> None:
    """Copy the files that are no pages, and make those of the theme, such as the list of all addresses."""
    base, today = shop.config.site_url or "", get_build_date()
    base = base if not base or base.endswith("/") else f"{base}/"
    for uri, file in expected.items():
        place = urljoin(base, "" if file.url in (".", "./") else file.url) if base else None
        moved = {"moved": True} if uri in elsewhere else {}
        file.page = _Listed(place, urlsplit(place).path if place else None, moved, today)  # type: ignore[assignment]
    shop.files.copy_static_files(inclusion=InclusionLevel.is_included)
    for name in shop.config.theme.static_templates:
        _build_theme_template(name, shop.env, shop.files, shop.config, shop.nav)
    for file in expected.values():
        file.page = None


@dataclass(frozen=True)
class _Framed:
    """The pages about no single client, each with a digest of what its text has become; `frame` is one of the rest."""

    shop: Workshop
    shelf: Shelf
    frame: bytes
    keys: Mapping[File, bytes]

    def page(self, file: File) -> Bound:
        """Write a page with the frame around it."""
        key, seen = digest(self.frame, self.keys[file]), Seen()
        kept = self.shelf.get(key)
        try:
            with listening() as heard:
                html = zlib.decompress(kept).decode() if kept else self.shop.finished(page_of(file), ())
        except BuildFailed:
            return Bound("", "", (), seen.listed(), sound=False)
        if html.strip():
            raw = write(html, Path(file.abs_dest_path))
            if not kept and not heard:
                self.shelf.put(key, zlib.compress(raw, LEVEL))
        seen.page(html)
        return Bound("", "", (), seen.listed(), sound=not heard, made=not kept)


@dataclass(frozen=True)
class _Ahead:
    """Whose pages there are, those that are `known` and stand where they belong, and how many `pages` it is in all."""

    records: Sequence[Record]
    known: Mapping[str, Bound]
    pages: int

    @cached_property
    def new(self) -> list[Record]:
        """Whose pages are to be looked at. Who is likely to have pages of one shape stands side by side."""
        found = [one for one in self.records if one.slug not in self.known]
        return [found[at] for at in sorted(range(len(found)), key=lambda at: (_kind(found[at]), at))]


def _side_by_side(ahead: _Ahead, binder: Binder, framed: _Framed, told: Callable[[int, int], None]) -> list[Bound]:
    """The pages about no single client with the frame around them, then those of all clients in order."""
    own, new = list(framed.keys), ahead.new

    def do(number: int) -> Bound:
        return framed.page(own[number]) if number < len(own) else binder.bound(new[number - len(own)])

    def taken(_: int, sent: bytes) -> Bound:
        return binding.taken(sent)

    def at(units: int) -> None:
        clients = len(ahead.known) + max(0, units - len(own))
        told(min(units, len(own)) + clients * ahead.pages // max(1, len(ahead.records)), len(own) + ahead.pages)

    def ended() -> None:
        binder.shelf.flush()
        framed.shelf.flush()

    work = Work(do, BOUND.dump_json, taken, step=2, ended=ended, told=at)
    done = list(hands.done(len(own) + len(new), work, few=len(own) + FEW))
    bound = {**ahead.known, **{record.slug: one for record, one in zip(new, done[len(own) :], strict=True)}}
    return [*done[: len(own)], *(bound[record.slug] for record in ahead.records)]


def _kind(record: Record) -> tuple[Sequence[str], ...]:
    """What decides most about the pages of a client: its products, and what it pays for."""
    client = record.client
    return [setup.product for setup in client.setups], [agreement.type for agreement in client.agreements]


def _dangling(own: Iterable[File], bound: Iterable[Bound]) -> bool:
    """Whether a link leads to an anchor that its page does not have."""
    anchors = {leaf.uri: frozenset(leaf.anchors) for one in bound for leaf in one.leaves}
    links = [link for one in bound for leaf in one.leaves for link in leaf.links]
    for file in own:
        page = page_of(file)
        anchors[file.src_uri] = frozenset(page.present_anchor_ids or ())
        links += [(to.src_uri, anchor) for to, each in (page.links_to_anchors or {}).items() for anchor in each]
    return any(anchor not in anchors[uri] for uri, anchor in links if uri in anchors)


def _page(leaf: Any, slug: str) -> ours.Page:
    return ours.Page(
        uri=leaf.uri, title=leaf.title, kind=leaf.kind, markdown="", client=slug, client_name=leaf.client_name,
        target=leaf.target,
    )  # fmt: skip
