"""A page as the Markdown file that any engine reads: front matter and text. Nothing about a page is kept elsewhere."""

from __future__ import annotations

import posixpath
import re
from typing import Final
from urllib.parse import quote

from runbooks import escape
from runbooks.pages.descriptions import description
from runbooks.pages.page import INSIDE, LISTS, UNSEARCHED, Page, front_matter
from runbooks.policy import Policy

LINK: Final = re.compile(rf'href="{INSIDE}(?P<uri>[^"?]+)')


def markdown(page: Page, policy: Policy, *, directory_urls: bool) -> str:
    """The file of a page. Titles are escaped here, because themes print them as they are."""
    values: dict[str, object] = {
        "title": escape.title(page.title),
        "description": escape.title(description(page)),
        "runbooks": mark(page),
    }
    if page.file:
        values["record"] = escape.title(page.file)
        if policy.edit_url:
            values["edit"] = escape.link(policy.edit_url.replace("{file}", quote(page.file)))
    if page.kind in LISTS:
        values["lists"] = True
    if page.wide:
        values["hide"] = ["toc"]
    for name, text in (("changed", page.changed), ("reviewed", page.reviewed)):
        if text:
            values[name] = escape.title(text)
    if page.nav:
        values["client_name"] = escape.title(page.client_name)
        values["client_nav"] = [
            {"title": escape.title(title), "url": address(uri, directory_urls=directory_urls)}
            for title, uri in page.nav
        ]
    if page.kind in UNSEARCHED:
        values["search"] = {"exclude": True}
    elif page.boost != 1.0:
        values["search"] = {"boost": page.boost}
    values.update(_moved(page, directory_urls=directory_urls))
    return front_matter(values) + "\n" + _linked(page, directory_urls=directory_urls)


def _moved(page: Page, *, directory_urls: bool) -> dict[str, str]:
    """Where a redirect leads, and the theme's template for that; nothing of any other page."""
    if not page.target:
        return {}
    return {
        "template": "redirect.html",
        "moved": _from(page.uri, page.target, directory_urls=directory_urls),
        "moved_to": address(page.target, directory_urls=directory_urls),
    }


def _linked(page: Page, *, directory_urls: bool) -> str:
    """The text of a page, with addresses in the links that Markdown does not see."""

    def link(found: re.Match[str]) -> str:
        return f'href="{_from(page.uri, found["uri"], directory_urls=directory_urls)}'

    return LINK.sub(link, page.markdown)


def _from(source: str, target: str, *, directory_urls: bool) -> str:
    """The address of one page as another has it, both by their `uri`."""
    folder = posixpath.dirname(address(source, directory_urls=directory_urls))
    there = address(target, directory_urls=directory_urls)
    path = posixpath.relpath(there or ".", folder or ".")
    return f"{path}/" if there.endswith("/") or not there else path


def mark(page: Page) -> str:
    """Who a page is about, for whoever reads the built site: client, kind, and the last day it may be shown."""
    through = page.through.isoformat() if page.through else "open"
    parts = [f"kind={page.kind}"]
    if page.client:
        parts.insert(0, f"client={page.client}")
    if page.kind == "monitoring":
        parts.append(f"through={through}")
    return "; ".join(parts)


def address(uri: str, *, directory_urls: bool) -> str:
    """The address of a page below the site's root, as MkDocs makes it from the file's name."""
    if not directory_urls:
        return uri.removesuffix(".md") + ".html"
    return uri.removesuffix("index.md") if uri.endswith("index.md") else uri.removesuffix(".md") + "/"
