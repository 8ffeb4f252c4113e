"""The pages that somebody looks at while records are written, each made when it is asked for and kept until a save."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from runbooks.engine import BuildFailed, Printed, Printer
from runbooks.findings import Finding
from runbooks.fleet import Record
from runbooks.history import last_changes
from runbooks.pages.book import Book, of_templates, stand_ins, told
from runbooks.pages.clients import client_pages
from runbooks.pages.contents import contents
from runbooks.pages.folder import NAMES
from runbooks.pages.page import Page
from runbooks.pages.press import Press, press
from runbooks.pages.redirects import redirects
from runbooks.pages.sitewide import sitewide_pages
from runbooks.preview.reading import Reading
from runbooks.rules.moves import moved
from runbooks.site import Site, loader
from runbooks.templates import TemplateProblem
from runbooks.unpaid import watched_for_nothing

CLIENT: Final = re.compile(r"clients/([^/]+)/")
"""How the address of a page of a client begins."""
HOME: Final = "./"
"""The address of the first page, as MkDocs writes it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A finished page, and what is wrong with the templates it was made with."""

    printed: Printed
    findings: tuple[Finding, ...] = ()


@dataclass
class Pages:
    """Pages that belong together: those that were made, by their address, and how the others are made."""

    tools: Press
    rest: Iterator[Page]
    made: dict[str, Page] = field(default_factory=dict)


class Desk:
    """Makes pages of what was read. Not for several threads at once."""

    def __init__(self, reading: Reading) -> None:
        """Load everything that pages are made with.

        Raises:
            BuildFailed, UserError: when MkDocs cannot work with mkdocs.yml, or a page about no client cannot be made.
        """
        fleet = reading.fleet
        self.reading = reading
        self.tools = press(fleet, reading.report, loader(fleet.root), last_changes(fleet.root))
        self.clients: dict[str, Pages] = {}
        self.finished: dict[str, Sheet] = {}
        self.scripts: Mapping[str, str] = {}
        self.wide: Pages | None = self._wide()
        try:
            pages = tuple(self.wide.rest)
        except TemplateProblem as problem:
            raise BuildFailed([str(problem)]) from problem
        self.printer = Printer(Site(fleet, reading.report, Book(pages, ())))
        self.wide.made = {self.printer.url(page): page for page in pages}
        self.lists = frozenset(self.wide.made)

    def close(self) -> None:
        """Let go of what MkDocs holds."""
        self.printer.close()

    def lay(self, reading: Reading, touched: frozenset[str]) -> None:
        """Take what was read anew. Pages of clients that nobody touched stay, and so do hand-written ones."""
        self.reading = reading
        self.tools = replace(self.tools, fleet=reading.fleet, report=reading.report, broken=[])
        touched |= {slug for slug in self.clients if slug not in reading.fleet.by_slug}  # old addresses
        self.clients = {slug: pages for slug, pages in self.clients.items() if slug not in touched}
        own = {url: CLIENT.match(url) for url in self.finished}
        stale = {url for url, found in own.items() if (found[1] in touched if found else url in self.lists)}
        self.finished = {url: sheet for url, sheet in self.finished.items() if url not in stale}
        self.wide, self.scripts = None, {}

    def sheet(self, url: str) -> Sheet | None:
        """The page at an address; None where there is none, or where a file is no page.

        Raises:
            BuildFailed, UserError, TemplateProblem: when it cannot be made.
        """
        if url not in self.finished:
            found = CLIENT.match(url)
            of_client = self._client(found[1]) if found else None
            made = self._generated(url, of_client) if of_client else None
            made = made or (self._generated(url, self._lists()) if url in self.lists else self._written(url))
            if made is None:
                return None
            self.finished[url] = made
        return self.finished[url]

    def file(self, url: str) -> bytes | None:
        """The bytes of a file that is no page."""
        found = self.printer.file(url)
        if found is not None:
            return None if found.is_documentation_page() else found.content_bytes
        if not url.endswith((".js", ".json")):
            return None
        if not self.scripts:
            self.scripts = self.printer.scripts([*self._sitewide(), *self._contents()], self.reading.fleet)
        return self.scripts[url].encode() if url in self.scripts else None

    def missing(self) -> str:
        """The page for what is not there."""
        return self.printer.missing()

    def _client(self, slug: str) -> Pages | None:
        fleet = self.reading.fleet
        record = fleet.by_slug.get(slug) or fleet.by_slug.get(moved(fleet).get(slug, ""))
        if record is not None and slug not in self.clients:
            tools = replace(self.tools, broken=[])
            self.clients[slug] = Pages(tools, _pages(record, tools))
        return self.clients.get(slug)

    def _wide(self) -> Pages:
        tools = told(replace(self.tools, broken=[], unpaid=watched_for_nothing(self.reading.fleet)))
        return Pages(tools, (page for make in (sitewide_pages, stand_ins) for page in make(tools)))

    def _lists(self) -> Pages:
        """The pages about no single client; made of all records, so only when one of them is asked for."""
        if self.wide is None:
            self.wide = self._wide()
        return self.wide

    def _generated(self, url: str, pages: Pages) -> Sheet | None:
        """A page of these, made if need be with those before it."""
        while url not in pages.made:
            page = next(pages.rest, None)
            if page is None:
                return None
            pages.made.setdefault(self.printer.url(page), page)
        page = pages.made[url]
        beside = (one for one in self._contents(page.client) if one.uri != page.uri)
        return Sheet(self.printer.page(page, beside), of_templates(pages.tools.broken))

    def _written(self, url: str) -> Sheet | None:
        file = self.printer.file(url)
        return Sheet(self.printer.written(file)) if file is not None and file.is_documentation_page() else None

    def _sitewide(self) -> list[Page]:
        pages = self._lists()
        self._generated("", pages)
        return list(pages.made.values())

    def _contents(self, slug: str | None = None) -> Iterator[Page]:
        """Every page of a client, or of all, by its title and address alone."""
        fleet, blocked = self.reading.fleet, self.reading.report.blocked_clients
        for record in fleet.records:
            if slug is None or record.slug == slug:
                name = record.client.client
                for file, kind in contents(record, fleet, blocked=record.slug in blocked):
                    title = f"{name}: {NAMES.get(file, file)}"
                    yield Page(f"clients/{record.slug}/{file}", title, kind, "", client=record.slug, client_name=name)


def _pages(record: Record, tools: Press) -> Iterator[Page]:
    """The pages of a client, and behind them those that lead on from addresses of before."""
    made = list[Page]()
    for page in client_pages(record, tools):
        made.append(page)
        yield page
    yield from redirects(tools.fleet, made)
