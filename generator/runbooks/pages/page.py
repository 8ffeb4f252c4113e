"""A page as plain data, before any engine sees it."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal[
    "home", "clients", "alerts", "agreements", "products", "product", "rules", "rule",
    "cost", "waivers", "profiles", "referral", "insurer",
    "fleet", "fleet-coverage", "fleet-restore-tests", "fleet-recoverability", "fleet-reviews",
    "overview", "setup", "procedure", "restore", "print", "monitoring", "not-monitored", "withheld",
    "former", "redirect",
]  # fmt: skip
"""What a page is. `monitoring` is the one that the gate guards."""

FRONT: Final[tuple[Kind, ...]] = ("home", "clients", "alerts", "agreements", "products")
"""The pages that the navigation begins with."""
AHEAD: Final = ("Fleet",)
"""The parts of the navigation that stand before the hand-written pages."""
SECTIONS: Final[Mapping[str, tuple[Kind, ...]]] = {
    "Fleet": ("fleet", "fleet-coverage", "fleet-restore-tests", "fleet-recoverability", "fleet-reviews"),
    "Policy": ("rules", "cost", "waivers", "profiles", "referral", "insurer"),
}
"""The parts of the navigation beside the hand-written pages, each with its pages in order."""
LISTS: Final[frozenset[Kind]] = frozenset({"clients", "agreements", "profiles", "cost", "waivers", *SECTIONS["Fleet"]})
"""Pages that have a line for every client."""
UNSEARCHED: Final[frozenset[Kind]] = frozenset({"print", "redirect"})
"""Pages that the search leaves out: all they say stands on other pages, each where it is looked for."""
IN_NO_NAV: Final[frozenset[Kind]] = frozenset({"withheld", "rule", "product"})
"""Pages about no single client that the navigation leaves out: what they would fill is on every page of the site."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the site.

    `uri` is its place in the site as a Markdown file, with forward slashes. `title` is plain text. `file` is the
    record it is edited in. `through` is the last day a monitoring page may be shown. `wide` pages have no table of
    contents beside them. `changed` and `reviewed` say when the record was last changed and by whom it was last
    compared with reality. `target` is the page that a redirect leads to, by its `uri`.
    """

    uri: str
    title: str
    kind: Kind
    markdown: str
    client: str = ""
    client_name: str = ""
    description: str = ""
    file: str = ""
    through: date | None = None
    boost: float = 1.0
    nav: tuple[tuple[str, str], ...] = ()
    wide: bool = False
    changed: str = ""
    reviewed: str = ""
    target: str = ""


INSIDE: Final = "page:"
"""How a link to a page begins where Markdown does not see it, as in a drawing. What follows is the page's `uri`."""


def relative(source: str, target: str) -> str:
    """The link from one page to another, both given by their uri."""
    return posixpath.relpath(target, posixpath.dirname(source) or ".")


def front_matter(values: Mapping[str, object]) -> str:
    """A front matter block. JSON is YAML, so nothing in a value can end the block or become another key."""
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join(["---", *lines, "---", ""])
