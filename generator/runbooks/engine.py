"""MkDocs, driven: a whole site into an empty folder, with every warning of MkDocs counted as a failure."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mkdocs.commands.build import build as mkdocs_build
from mkdocs.commands.serve import serve as mkdocs_serve
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, MkDocsException

from runbooks.errors import UserError
from runbooks.plugin import Handed, RunbooksPlugin, plain_config, titles
from runbooks.site import Site
from runbooks.templates import BrokenTemplate

NAME = "runbooks"
CONFIG = "mkdocs.yml"
DOCS = "docs"


class BuildFailed(Exception):
    """MkDocs could not build the site, or warned about it."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages


class _Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


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
    heard = _Warnings()
    log = logging.getLogger("mkdocs")
    before = (log.level, log.propagate)
    log.addHandler(heard)
    # MkDocs counts warnings only where its logger lets them through, so its level is set here and nowhere else.
    log.setLevel(logging.WARNING)
    log.propagate = False
    try:
        with _docs(config_file(site.fleet.root)) as docs:
            more = {**docs, **({"use_directory_urls": False} if offline else {})}
            config = load_config(str(config_file(site.fleet.root)), site_dir=str(stage), strict=False, **more)
            _build(Handed(site, only, left_out), config)
    except (MkDocsException, Abort) as error:
        raise BuildFailed([*heard.messages, str(error)]) from error
    except BrokenTemplate as error:
        raise BuildFailed([*heard.messages, _where(error) + (error.message or type(error).__name__)]) from error
    finally:
        log.removeHandler(heard)
        log.setLevel(before[0])
        log.propagate = before[1]
    messages = [one for one in heard.messages if not _leads_into_a_stand_in(one, site)]
    if messages:
        raise BuildFailed(messages)


def _build(handed: Handed, config: MkDocsConfig) -> None:
    plugin = config.plugins.get(NAME)
    if not isinstance(plugin, RunbooksPlugin):
        raise UserError(f"{CONFIG} does not name the plugin {NAME}: add it under plugins")
    plugin.handed = handed
    config.plugins.on_startup(command="build", dirty=False)
    try:
        mkdocs_build(config)
    finally:
        plugin.handed = None
        config.plugins.on_shutdown()


def _leads_into_a_stand_in(message: str, site: Site) -> bool:
    """Whether a warning is about an anchor of a page that is withheld: the link is in order, and comes back with it."""
    uris = (page.uri for page in site.book.pages if page.kind == "withheld")
    return any(f", but the doc '{uri}' does not contain an anchor '#" in message for uri in uris)


@contextmanager
def _docs(path: Path) -> Iterator[dict[str, Any]]:
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


def serve(root: Path, host: str) -> None:
    """Show the site while it is edited, until it is interrupted.

    Raises:
        UserError: when the site cannot be built at all.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s - %(message)s")
    try:
        with _docs(config_file(root)) as docs:
            mkdocs_serve(str(config_file(root)), livereload=True, dev_addr=host, **docs)
    except (MkDocsException, Abort) as error:
        raise UserError(str(error) or "MkDocs stopped") from error


def _where(error: BrokenTemplate) -> str:
    """The file and line of a template of the theme, where the error knows them."""
    file, line = getattr(error, "filename", None), getattr(error, "lineno", None)
    return f"{file}, line {line}: " if file else "a template of the theme: "


def config_file(root: Path) -> Path:
    """The mkdocs.yml of a site.

    Raises:
        UserError: when there is none.
    """
    path = root / CONFIG
    if not path.is_file():
        raise UserError(f"there is no {CONFIG} beside policy.yml: it holds the theme and `plugins: [search, {NAME}]`")
    return path
