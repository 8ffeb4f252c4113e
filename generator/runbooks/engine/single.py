"""One page of a site, with MkDocs' own pieces and all that its plugins and the theme do to it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import unquote

from mkdocs.commands.build import get_context
from mkdocs.config import load_config
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

from runbooks import escape, finder
from runbooks.engine.listening import listening
from runbooks.engine.whole import config_file, docs_of, plugin_of
from runbooks.engine.workshop import loaded, page_of
from runbooks.fleet import Fleet
from runbooks.pages import page as ours
from runbooks.pages.markdown import markdown
from runbooks.plugin import DAY, Handed, day_script
from runbooks.site import Site

NOT_FOUND: Final = "404.html"
LINK: Final = re.compile(r"\]\(<?([^)>\s#]+\.md)|^\[[^\]]+\]:\s*<?([^>\s#]+\.md)", re.MULTILINE)
"""The target of a link in Markdown that leads to another page."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished page, and what MkDocs warned of while it was made."""

    html: str
    warnings: tuple[str, ...] = ()


class Printer:
    """MkDocs, ready to make one page after the other.

    The pages about no single client are there from the beginning, with the navigation; those of a client are handed
    over when one of them is asked for. Not for several threads at once.
    """

    def __init__(self, made: Site) -> None:
        """Load mkdocs.yml, the theme and the hand-written pages.

        Raises:
            BuildFailed: when MkDocs cannot work with them.
            UserError: when there is no mkdocs.yml, or it does not name the plugin.
        """
        self._open = ExitStack()
        self.policy = made.fleet.policy
        try:
            with listening() as heard:
                self._load(made)
        except BaseException:
            self.close()
            raise
        self.warnings = tuple(heard)

    def _load(self, made: Site) -> None:
        path = config_file(made.fleet.root)
        docs = self._open.enter_context(docs_of(path))
        site_dir = self._open.enter_context(TemporaryDirectory(prefix="runbooks-preview-"))
        config = load_config(str(path), site_dir=site_dir, strict=False, **docs)
        plugin_of(config).handed = Handed(made)
        config.plugins.on_startup(command="serve", dirty=False)
        self._open.callback(config.plugins.on_shutdown)
        self.shop = shop = loaded(config)
        self.config, self.plugin, self.nav, self.files = shop.config, shop.plugin, shop.nav, shop.files
        self.generated = frozenset(self.plugin.files)
        for file in shop.hold(InclusionLevel.is_in_serve):
            if file.src_uri not in self.generated:
                shop.read(page_of(file), self.files)  # the navigation may take its title from the text
        shop.dress()
        # MkDocs writes an address with percent signs, and the preview is asked by plain names.
        self.standing = {unquote(file.url): file for file in self.files}

    def close(self) -> None:
        """Let MkDocs and its plugins end, and take away what they have put aside."""
        self._open.close()

    def file(self, url: str) -> File | None:
        """A page about no single client, or any other file, by its address in the site."""
        return self.standing.get(url) or self.standing.get("./" if url in ("", "./") else url)

    def url(self, page: ours.Page) -> str:
        """The address of a generated page in the site."""
        return self._own(page, "").url

    def page(self, page: ours.Page, beside: Iterable[ours.Page] = ()) -> Printed:
        """A generated page as it is now; `beside` are the others of the same client, to which it may lead."""
        text = markdown(page, self.policy, directory_urls=self.config.use_directory_urls)
        known = [self._own(one, "") for one in beside if one.uri != page.uri]
        file = self._own(page, text)
        if page.client:
            self.plugin.files[page.uri] = text, False
            self.plugin.clients.add(page.uri)
        if page.uri in self.generated:
            file = self._again(page, text)
        there = {one.src_uri for one in known} | {file.src_uri}
        known += [self._stub(uri) for uri in _led_to(page.uri, page.markdown) - there]
        return self._printed(file, [*known, file])

    def written(self, file: File) -> Printed:
        """A hand-written page."""
        stubs = [self._stub(uri) for uri in _led_to(file.src_uri, file.content_string) if uri.startswith("clients/")]
        return self._printed(file, stubs)

    def missing(self) -> str:
        """The page for what is not there."""
        context = get_context(self.nav, self.files, self.config, base_url="/")
        template = self.shop.env.get_template(NOT_FOUND)
        context = self.config.plugins.on_template_context(context, template_name=NOT_FOUND, config=self.config)
        return str(
            self.config.plugins.on_post_template(template.render(context), template_name=NOT_FOUND, config=self.config)
        )

    def scripts(self, known: Iterable[ours.Page], fleet: Fleet) -> Mapping[str, str]:
        """The files that a build writes at its end: the day, and the index of the search over pages that are known."""
        found = {DAY: day_script(fleet.as_of.isoformat())}
        if self.plugin.desk is None:
            return found
        desk = finder.Desk(finder.rows(fleet, known), self.config.use_directory_urls)
        sheets = {one.uri: one for one in self.plugin.desk.sheets}
        for page in known:
            file = self.files.get_file_from_path(page.uri)
            if file is not None and page.uri not in sheets:
                sheets[page.uri] = finder.sheet(page.uri, file.url, escape.title(page.title), [], "")
        desk.sheets += sheets.values()
        return {**found, **desk.files()}

    def _own(self, page: ours.Page, text: str) -> File:
        return File.generated(self.config, page.uri, content=text, inclusion=InclusionLevel.NOT_IN_NAV)

    def _again(self, page: ours.Page, text: str) -> File:
        """A page about no single client with the text of now: it keeps its place in the navigation."""
        file = self.files.get_file_from_path(page.uri)
        assert file is not None
        file.content_string = text
        return file

    def _stub(self, uri: str) -> File:
        return File.generated(self.config, uri, content="", inclusion=InclusionLevel.NOT_IN_NAV)

    def _printed(self, file: File, more: Iterable[File]) -> Printed:
        own = {one.src_uri: one for one in more}
        files = Files([*(one for one in self.files if one.src_uri not in own), *own.values()])
        with listening() as heard:
            page = page_of(file) if file.page is not None else Page(None, file, self.config)
            self.shop.read(page, files)
            html = self.shop.finished(page, files)
        return Printed(html, tuple(heard))


def _led_to(uri: str, text: str) -> set[str]:
    """The pages that a page leads to."""
    folder = posixpath.dirname(uri)
    found = (unquote(one[1] or one[2]) for one in LINK.finditer(text))
    return {posixpath.normpath(posixpath.join(folder, target)) for target in found if "://" not in target}
