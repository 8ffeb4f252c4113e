"""The MkDocs plugin: gives the pages to MkDocs in memory, and refuses to build what the gate does not let through."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink
from mkdocs.utils import clean_directory
from mkdocs.utils.yaml import yaml_load

from runbooks import __version__, escape, finder, frame, gate, reports, site, verify
from runbooks.errors import UserError
from runbooks.fleet import PolicyUnreadable
from runbooks.lean import lean
from runbooks.pages.lists import shortened
from runbooks.pages.markdown import markdown
from runbooks.pages.page import AHEAD, FRONT, IN_NO_NAV, SECTIONS
from runbooks.publish import MARKER, is_published
from runbooks.site import Site
from runbooks.styles import Wardrobe

log = get_plugin_logger(__name__)

EXTENSIONS = ("attr_list", "md_in_html", "tables", "admonition", "pymdownx.superfences")
"""The Markdown extensions that the pages are written for."""

DAY = "assets/runbooks/day.js"
"""The one file that says to a browser for which day the site was built."""

WATCHED = ("clients", "templates", "policy.yml", "inventory")


@dataclass(frozen=True)
class Handed:
    """A site that `runbooks build` has already made. `only` names the group it is for, if it is for one.

    `left_out` are files of docs that this site does not have.
    """

    site: Site
    only: str = ""
    left_out: frozenset[str] = frozenset()


class RunbooksConfig(Config):  # type: ignore[no-untyped-call]  # MkDocs has no types there
    """The plugin has no options: what there is to decide stands in policy.yml."""


class RunbooksPlugin(BasePlugin[RunbooksConfig]):  # type: ignore[no-untyped-call]  # nor there
    """A thin adapter. `handed` is the site when `runbooks build` has already made it.

    Theme templates can reach this object, and are in no sandbox: so it keeps the pages, and none of the records.
    """

    def __init__(self) -> None:
        super().__init__()
        self.handed: Handed | None = None
        self.left_out: frozenset[str] = frozenset()
        self.driven = False
        self.files: dict[str, tuple[str, bool]] = {}
        self.clients: set[str] = set()
        self.mark = ""
        self.desk: finder.Desk | None = None
        self.wardrobe = Wardrobe()
        self.command = "build"

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Keep this instance between the builds of a preview, and remember what MkDocs was asked for."""
        if dirty:
            raise PluginError("runbooks: --dirty leaves old pages in place; build without it")
        self.command = command

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Read and check everything before MkDocs touches the old site."""
        root = Path(config.config_file_path).parent
        if not _is_docs(Path(config.docs_dir), root / "docs"):
            raise PluginError("runbooks: docs_dir must be docs, the folder whose pages the gate reads")
        if self.handed is None and self.command != "serve" and is_published(Path(config.site_dir)):
            remedy = "build elsewhere with -d, or use runbooks build"
            raise PluginError(f"runbooks: {config.site_dir} is published by `runbooks build`; {remedy}")
        handed, self.driven, self.handed = self.handed or Handed(self._read(root)), self.handed is not None, None
        made, self.left_out = handed.site, handed.left_out
        policy, directory_urls = made.fleet.policy, config.use_directory_urls
        self.files = {
            page.uri: (
                markdown(page, policy, directory_urls=directory_urls),
                not page.client and page.kind not in IN_NO_NAV,
            )
            for page in made.book.pages
        }
        self.clients = {page.uri for page in made.book.pages if page.client}
        mark = {"as_of": made.fleet.as_of.isoformat(), "version": __version__}
        self.mark = json.dumps({**mark, "only": handed.only} if handed.only else mark) + "\n"
        theme = str(site.shipped() / "theme")
        own = str(root / "templates" / "theme")
        for folder in dict.fromkeys((theme, own)):
            if Path(folder).is_dir() and folder not in config.theme.dirs:
                config.theme.dirs.insert(1 if config.theme.custom_dir else 0, folder)
        config.theme["features"] = frame.sound(config.theme.get("features") or [])
        config.markdown_extensions += [name for name in EXTENSIONS if name not in config.markdown_extensions]
        config.extra["report_problem"] = policy.report_problem
        self.desk = finder.Desk(finder.rows(made.fleet, made.book.pages), directory_urls) if _searched(config) else None
        config.extra["runbooks_search"] = self.desk is not None
        config.nav = nav(made, without(config.nav, self.left_out))
        config.watch.extend(str(root / name) for name in WATCHED if (root / name).exists())
        return config

    def _read(self, root: Path) -> Site:
        try:
            made = site.make(site.read(root))
        except PolicyUnreadable as error:
            found = "\n".join(str(finding) for finding in gate.policy_findings(error))
            raise PluginError(f"runbooks: policy.yml cannot be read\n{found}") from error
        except (UserError, FileNotFoundError) as error:
            raise PluginError(f"runbooks: {error}") from error
        if not made.fleet.records:
            raise PluginError("runbooks: there is no record in clients/, so nothing was checked")
        if self.command != "serve" and not made.report.passed:
            # Plain MkDocs cannot say "published, but red": so it is all or nothing here.
            raise PluginError(f"runbooks: the gate is closed\n{reports.concise(made.report, root)}")
        if made.report.site_blocked:
            raise PluginError(f"runbooks: nothing may be published\n{reports.concise(made.report, root)}")
        for finding in made.report.findings:
            log.warning("%s", finding)
        return made

    @event_priority(50)
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the generated pages. Those of clients stand in no global nav, so no page grows with their number."""
        for file in [file for file in files if file.src_uri in self.left_out]:
            files.remove(file)
        standing = {file.dest_uri.lower(): file for file in files}
        for uri, (content, in_nav) in self.files.items():
            inclusion = InclusionLevel.INCLUDED if in_nav else InclusionLevel.NOT_IN_NAV
            new = File.generated(config, uri, content=content, inclusion=inclusion)
            old = standing.pop(new.dest_uri.lower(), None)
            if old is not None:
                files.remove(old)
            files.append(new)
        return files

    def on_env(self, env: Any, *, config: MkDocsConfig, files: Files) -> None:  # noqa: ARG002 - MkDocs names them
        """Look at the style sheets and scripts that pages may ask for, before any page is finished."""
        self.wardrobe = Wardrobe()
        for file in files:
            self.wardrobe.file(file.dest_uri, lambda file=file: file.content_bytes.decode("utf-8", "replace"))  # type: ignore[misc]

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:  # noqa: ARG002
        """Remember a page about no single client as the search shows it; and say what it is about, if it does not."""
        uri = page.file.src_uri
        if uri in self.clients or (self.desk is None and uri in self.files):
            return
        headings = [(item.id, item.title) for item in _items(page.toc)]
        title, said = str(page.title or page.file.src_uri), page.meta.get("search")
        found = finder.sheet(page.file.src_uri, page.url, title, headings, html)
        if found.extract:
            page.meta.setdefault("description", escape.title(found.extract))
        if self.desk:
            self.desk.add(found, said)

    @event_priority(100)
    def on_page_context(self, context: Any, *, page: Page, config: MkDocsConfig, nav: Any) -> None:  # noqa: ARG002
        """Keep a page out of the theme's own index: ours takes its place, and reading every page takes long."""
        if self.desk:
            page.meta["search"] = {"exclude": True}

    def on_post_template(self, output: str, *, template_name: str, config: MkDocsConfig) -> str:  # noqa: ARG002
        """Mend the theme's mistakes in the page for what is not there too."""
        return self.wardrobe.page(frame.mended(output)) if template_name.endswith(".html") else output

    @event_priority(-50)
    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:  # noqa: ARG002 - MkDocs names them
        """Mend the theme's mistakes, and take out what no reader sees: a fifth of a page, of long lists even more."""
        output = frame.mended(output)
        output = lean(shortened(output) if page.file.src_uri in self.files else output)
        return output if self.command == "serve" else self.wardrobe.page(output)

    @event_priority(float("-inf"))
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Leave the mark of a site that is ours; and read the built site, where nobody else will.

        The last of all, so that no other plugin or hook writes a file that nobody reads.
        """
        if self.desk:
            self.desk.write(Path(config.site_dir))
        made = {MARKER: self.mark, DAY: day_script(json.loads(self.mark)["as_of"]), **self.wardrobe.made()}
        for name, text in made.items():
            target = Path(config.site_dir) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        if not self.driven and self.command != "serve":
            self._read_built(Path(config.site_dir), Path(config.config_file_path).parent)

    def _read_built(self, built: Path, root: Path) -> None:
        try:
            found = verify.leaks(built, site.read(root))
        except Exception:
            clean_directory(str(built))
            raise
        if found:
            # MkDocs had emptied the folder before it built, so all that is there is what must not stay.
            clean_directory(str(built))
            for leak in found:
                (built / leak.place.file).unlink(missing_ok=True)
            leaks = "\n".join(str(leak) for leak in found)
            raise PluginError(f"runbooks: the built site gives away what it must not, so it is removed\n{leaks}")


def day_script(day: str) -> str:
    """The script that holds the day."""
    return f"window.runbooksDay = {json.dumps(day)};\n"


def _is_docs(given: Path, docs: Path) -> bool:
    """Whether MkDocs reads the pages that the gate has read. Where there are none, an empty folder is as good."""
    return given.resolve() == docs.resolve() or not (docs.exists() or any(given.iterdir()))


def _searched(config: MkDocsConfig) -> bool:
    """Whether the site has the search of the theme that ours stands behind."""
    theirs = config.plugins.get("material/search")
    return theirs is not None and bool(theirs.config.get("enabled", True))


def _items(toc: Iterable[AnchorLink]) -> Iterator[AnchorLink]:
    for item in toc:
        yield item
        yield from _items(item.children)


def nav(made: Site, written: Any) -> Any:
    """The navigation: the generated pages that are about no single client, around the site's own. None stays None."""
    if written is None:
        return None
    pages = {page.kind: page for page in made.book.pages if not page.client}
    named = set(_uris(written))

    def listed(kinds: Iterable[str]) -> list[dict[str, str]]:
        found = [pages[kind] for kind in kinds if kind in pages and pages[kind].uri not in named]
        return [{escape.title(page.title): page.uri} for page in found]

    sections = {title: part for title, kinds in SECTIONS.items() if (part := listed(kinds))}
    ahead = [{title: part} for title, part in sections.items() if title in AHEAD]
    behind = [{title: part} for title, part in sections.items() if title not in AHEAD]
    return [*listed(FRONT), *ahead, *written, *behind]


def without(written: Any, left_out: frozenset[str]) -> Any:
    """A navigation without the files that are left out, and without parts that have nothing in them any more."""
    match written:
        case list():
            found = [(one, without(one, left_out)) for one in written]
            return [now for before, now in found if now or not before]
        case dict():
            kept = {title: (value, without(value, left_out)) for title, value in written.items()}
            return {title: now for title, (before, now) in kept.items() if now or not before}
        case str():
            return None if posixpath.normpath(written) in left_out else written
        case _:
            return written


def titles(written: Any, above: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """The titles of each file in a navigation, those of the parts that it stands in included."""
    found: dict[str, tuple[str, ...]] = {}
    match written:
        case list():
            for one in written:
                found.update(titles(one, above))
        case dict():
            for title, value in written.items():
                found.update(titles(value, (*above, str(title))))
        case str():
            found[posixpath.normpath(written)] = above
        case _:
            pass
    return found


def plain_config(path: Path) -> dict[str, Any]:
    """mkdocs.yml as plain data."""
    with path.open("rb") as file:
        found: dict[str, Any] = yaml_load(file)
    return found


def _uris(entry: Any) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, dict):
        for value in entry.values():
            yield from _uris(value)
    elif isinstance(entry, list):
        for value in entry:
            yield from _uris(value)
