"""A new hand-written page."""

from __future__ import annotations

from typing import Final

from runbooks.edits.written import scalar
from runbooks.errors import UserError
from runbooks.rules.written import RESERVED, TAKEN

BODY: Final = "TODO what a technician has to know, in the order in which it is needed.\n"


def page(slug: str, title: str, client: str | None) -> tuple[str, str]:
    """Its path below the site, and its text.

    Raises:
        UserError: when a generated page goes there.
    """
    if slug in (*RESERVED, *TAKEN, "index", "readme", "today"):
        raise UserError(f"docs/{slug}.md stands where another page goes: give another short name with --slug")
    head = f"---\nclient: {client}\n---\n" if client else ""
    return f"docs/{slug}.md", f"{head}# {title}\n\n{BODY}"


def nav_line(slug: str, title: str) -> str:
    """The line for `nav` in mkdocs.yml."""
    return f"- {scalar(title)}: {slug}.md"
