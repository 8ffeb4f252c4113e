"""A page that is about no single client."""

from __future__ import annotations

from collections.abc import Mapping

from runbooks.pages.page import Kind, Page
from runbooks.pages.press import Press

QUIET = 0.3
"""How much a page weighs in the search beside the pages of clients, which are what people look for at night."""


def sheet(
    press: Press,
    uri: str,
    kind: Kind,
    title: str,
    context: Mapping[str, object],
    *,
    boost: float = 1.0,
    wide: bool = False,
) -> Page:
    """The page from the template of its kind."""
    base = {"provider": press.provider, "as_of": press.fleet.as_of.isoformat()}
    return Page(
        uri=uri,
        title=title,
        kind=kind,
        markdown=press.printed(f"pages/{kind}.md", {**base, **context}, uri),
        description=f"{title}: {press.fleet.policy.provider}",
        boost=boost,
        wide=wide,
    )
