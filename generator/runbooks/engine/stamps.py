"""Digests of what makes a page beside its text: theme and options, navigation, which pages there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File
from mkdocs.structure.nav import Navigation

from runbooks import site
from runbooks.engine.fitness import own_themes
from runbooks.shelf import digest

SHOWN: Final = ("icon", "status", "subtitle")
"""What the theme shows of the front matter of a page in the navigation (partials/nav-item.html and tabs-item.html)."""


def makers(config: MkDocsConfig) -> bytes:
    """A digest of everything that makes a page but its text, what stands beside it, and the navigation.

    Versions of programs are not in it: what they made lies on a shelf of their own.
    """
    return digest(
        Path(config.config_file_path).read_bytes(),
        repr(config.use_directory_urls).encode(),
        repr(sorted(config.extra.items(), key=lambda one: one[0])).encode(),
        site.content(*own_themes(config, Path(config.config_file_path).parent)),
    )


def uris(files: Iterable[File]) -> Iterator[bytes]:
    """The pages and files by their names, for a digest."""
    return (file.src_uri.encode("utf-8", "surrogatepass") for file in files)


def navigation(nav: Navigation, *, whole: bool) -> bytes:
    """The navigation for a digest: its titles, and what the theme shows of the front matter of each page beside them.

    That is all of it where it is `whole`, as for templates of a site's own. The pages must have been read.
    """
    return repr(list(_named(nav, whole=whole))).encode("utf-8", "surrogatepass")


def _named(nav: Navigation | Iterable[Any], *, whole: bool) -> Iterator[tuple[object, ...]]:
    for item in nav:
        if item.children:
            yield (item.title, *_named(item.children, whole=whole))
        else:
            meta = getattr(item, "meta", None) or {}
            said = meta if whole else {key: meta[key] for key in SHOWN if key in meta}
            yield item.title, getattr(item, "url", ""), said
