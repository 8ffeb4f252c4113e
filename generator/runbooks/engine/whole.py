"""MkDocs, driven: a whole site into an empty folder, with every warning of MkDocs counted as a failure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig

from runbooks.engine.listening import BuildFailed, listening
from runbooks.errors import UserError
from runbooks.plugin import Handed, RunbooksPlugin, plain_config, titles
from runbooks.site import Site

NAME = "runbooks"
CONFIG = "mkdocs.yml"
DOCS = "docs"


def build(
    site: Site, stage: Path, only: str = "", left_out: frozenset[str] = frozenset(), *, offline: bool = False
) -> None:
    """Build the pages of a site into the folder `stage`, for a group alone where `only` says so.

    `left_out` are files of docs, by their names there, that are taken for missing: from the navigation too. A site that
    is `offline` has an address for each file, as it is needed where there is no server.

    Raises:
        BuildFailed: when MkDocs fails or warns.
        UserError: when there is no mkdocs.yml, or it does not name the plugin.
    """
    path = config_file(site.fleet.root)
    with listening() as heard, docs_of(path) as docs:
        more = {**docs, **({"use_directory_urls": False} if offline else {})}
        config = load_config(str(path), site_dir=str(stage), strict=False, **more)
        _build(Handed(site, only, left_out), config)
    messages = [one for one in heard if not _leads_into_a_stand_in(one, site)]
    if messages:
        raise BuildFailed(messages)


def _build(handed: Handed, config: MkDocsConfig) -> None:
    plugin = plugin_of(config)
    plugin.handed = handed
    config.plugins.on_startup(command="build", dirty=False)
    try:
        mkdocs_build(config)
    finally:
        plugin.handed = None
        config.plugins.on_shutdown()


def plugin_of(config: MkDocsConfig) -> RunbooksPlugin:
    """The plugin of a site.

    Raises:
        UserError: when mkdocs.yml does not name it.
    """
    plugin = config.plugins.get(NAME)
    if not isinstance(plugin, RunbooksPlugin):
        raise UserError(f"{CONFIG} does not name the plugin {NAME}: add it under plugins")
    return plugin


def _leads_into_a_stand_in(message: str, site: Site) -> bool:
    """Whether a warning is about an anchor of a page that is withheld: the link is in order, and comes back with it."""
    uris = (page.uri for page in site.book.pages if page.kind == "withheld")
    return any(f", but the doc '{uri}' does not contain an anchor '#" in message for uri in uris)


@contextmanager
def docs_of(path: Path) -> Iterator[dict[str, Any]]:
    """The setting for a site without docs/, which git does not keep while it is empty: an empty folder instead."""
    if (path.parent / DOCS).exists() or not _says_docs(path):
        yield {}
        return
    with TemporaryDirectory(prefix="runbooks-docs-") as empty:
        yield {"docs_dir": empty}


def nav_titles(root: Path) -> dict[str, tuple[str, ...]]:
    """The titles that the navigation of mkdocs.yml gives to each file of docs, from the outermost part inwards."""
    try:
        return titles(plain_config(config_file(root)).get("nav"))
    except UserError:
        raise
    except Exception:  # noqa: BLE001 - what is wrong with the file MkDocs says itself
        return {}


def _says_docs(path: Path) -> bool:
    try:
        return Path(str(plain_config(path).get("docs_dir", DOCS))) == Path(DOCS)
    except Exception:  # noqa: BLE001 - what is wrong with the file MkDocs says itself
        return False


def config_file(root: Path) -> Path:
    """The mkdocs.yml of a site.

    Raises:
        UserError: when there is none.
    """
    path = root / CONFIG
    if not path.is_file():
        raise UserError(f"there is no {CONFIG} beside policy.yml: it holds the theme and `plugins: [search, {NAME}]`")
    return path
