"""MkDocs with a site's configuration, theme and files loaded: its own pieces, in the order of its own build."""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mkdocs.commands.build import get_context
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel, get_files, set_exclusions
from mkdocs.structure.nav import Navigation, get_navigation
from mkdocs.structure.pages import Page

from runbooks.engine.whole import plugin_of
from runbooks.errors import UserError
from runbooks.plugin import RunbooksPlugin

TEMPLATE: Final = "main.html"


@dataclass
class Workshop:
    """What every page is made with. `env` holds the templates of the theme. Not for several threads at once."""

    config: MkDocsConfig
    plugin: RunbooksPlugin
    files: Files
    nav: Navigation
    env: Any

    def hold(self, inclusion: Any = InclusionLevel.is_included, beside: Container[str] = ()) -> list[File]:
        """The files of pages that MkDocs knows so far, each with its page; none of those `beside`, by `uri`."""
        found = [one for one in self.files.documentation_pages(inclusion=inclusion) if one.src_uri not in beside]
        for file in found:
            if file.page is None:
                Page(None, file, self.config)
        return found

    def dress(self) -> None:
        """Let the plugins look at the templates and at all files, when every page about no single client is read."""
        self.env = self.config.plugins.on_env(self.env, config=self.config, files=self.files) or self.env

    def read(self, page: Page, files: Files) -> None:
        """Make HTML of the text of a page."""
        page = self.opened(page, files)
        with self._at(page):
            page.render(self.config, files)
        self.told(page, files)

    def opened(self, page: Page, files: Files) -> Page:
        """A page with the text of its file."""
        config, plugins = self.config, self.config.plugins
        with self._at(page):
            page = plugins.on_pre_page(page, config=config, files=files)
            page.read_source(config)
            page.markdown = plugins.on_page_markdown(page.markdown or "", page=page, config=config, files=files)
        return page

    def told(self, page: Page, files: Files) -> None:
        """Tell the plugins what HTML the text of a page has become."""
        config, plugins = self.config, self.config.plugins
        with self._at(page):
            page.content = plugins.on_page_content(page.content or "", page=page, config=config, files=files)

    def finished(self, page: Page, files: Any) -> str:
        """The page as a browser gets it, with the frame of the theme. `files` are what templates see as all pages."""
        config, plugins = self.config, self.config.plugins
        with self._at(page):
            page.active = True
            try:
                context = get_context(self.nav, files, config, page)
                template = self.env.get_template(str(page.meta.get("template", TEMPLATE)))
                context = plugins.on_page_context(context, page=page, config=config, nav=self.nav)
                output = template.render(context)
                return str(plugins.on_post_page(output, page=page, config=config))
            finally:
                page.active = False

    @contextmanager
    def _at(self, page: Page) -> Iterator[None]:
        """MkDocs says in its messages which page it is at."""
        self.config._current_page = page
        try:
            yield
        finally:
            self.config._current_page = None


def loaded(config: MkDocsConfig) -> Workshop:
    """MkDocs ready to read pages, in the order of `mkdocs.commands.build.build` of MkDocs 1.6."""
    plugin = plugin_of(config)
    config = config.plugins.on_config(config)
    config.plugins.on_pre_build(config=config)
    files = get_files(config)
    env = config.theme.get_env()
    files.add_files_from_theme(env, config)
    files = config.plugins.on_files(files, config=config)
    set_exclusions(files, config)
    nav = config.plugins.on_nav(get_navigation(files, config), config=config, files=files)
    return Workshop(config, plugin, files, nav, env)


def page_of(file: File) -> Page:
    """The page of a file.

    Raises:
        UserError: when it has none.
    """
    if not isinstance(file.page, Page):
        raise UserError(f"{file.src_uri} is no page")
    return file.page


def write(page: str, place: Path) -> bytes:
    """Write a finished page as MkDocs does, into a file of its own; the bytes."""
    raw = page.encode("utf-8", errors="xmlcharrefreplace")
    place.parent.mkdir(parents=True, exist_ok=True)
    # What stands there may be shared with a site that is published.
    place.unlink(missing_ok=True)
    place.write_bytes(raw)
    return raw
