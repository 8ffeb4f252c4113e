"""Secrets: none stands in a record, a page, a template or the built site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from runbooks import secrets
from runbooks.findings import Blocks, Problem
from runbooks.fleet import Fleet
from runbooks.handwritten import files_below
from runbooks.rules.registry import read_by, rule

read_by(
    "SEC001",
    "secret-in-a-record",
    """No record holds a password, key or token; it says where one is kept.

    A record is read by everybody who can open the site or the repository, and stays in its history for good. What is
    found: the value of a key whose name promises a secret, a password that a text or a command tells, and whatever has
    the shape of a provider's token or key. The finding stands at the secret and shows at most its first and last two
    characters. It blocks nothing, because the text was taken out while the record was read: no page, report or cache
    has it.

    Mend: change it where it is used, as it has been seen; put the new one into the vault; and write a reference:
    vault://client/item.
    """,
    blocks=Blocks.NOTHING,
)
read_by(
    "SEC002",
    "secret-on-a-page",
    """No hand-written page holds a password, key or token.

    The page is not published while one stands in it.

    Mend: change it where it is used, put the new one into the vault, and write on the page where it is kept.
    """,
    blocks=Blocks.PAGE,
)


@rule("SEC003", "secret-in-policy-or-templates", blocks=Blocks.SITE, waivable=False, subject="policy", timeless=True)
def secret_in_policy_or_templates(fleet: Fleet) -> Iterator[Problem]:
    """Neither policy.yml nor a product, a procedure or a template holds a password, key or token.

    What stands in them stands on every page, so nothing is published while there is one. The names of all files of
    docs and templates are read as well: they become addresses.

    Mend: change it where it is used, put the new one into the vault, and write a reference or the words that say where
    it is kept.
    """
    for folder in ("docs", "templates"):
        for path in files_below(fleet.root / folder):
            yield from secrets.named(path.relative_to(fleet.root).as_posix(), "SEC003")[1]
    templates = fleet.root / "templates"
    for path in sorted(path for path in templates.rglob("*") if path.suffix.lower() in TEXTS and path.is_file()):
        file = path.relative_to(fleet.root)
        if file.parts[1] != "products" or len(file.parts) != 4:  # the others were read with the catalogue
            yield from secrets.problems_of(file.as_posix(), _bytes(path), "SEC003")


read_by(
    "SEC004",
    "secret-in-the-built-site",
    """No file of the built site holds a password, key or token.

    The site is read before it is published, as a browser would show it. This catches what a theme, a changed template
    or a file beside the pages brought in. Nothing is published while it stands; the old site stays.

    Mend: take it out of the file that is named, and change it where it is used.
    """,
    blocks=Blocks.SITE,
)

TEXTS = (
    ".css",
    ".csv",
    ".htm",
    ".html",
    ".j2",
    ".jinja",
    ".jinja2",
    ".js",
    ".json",
    ".md",
    ".txt",
    ".xml",
    ".yaml",
    ".yml",
)
"""What a text in the folder of templates is called."""


def _bytes(path: Path) -> bytes:
    """What a file holds; nothing when it cannot be opened, which its own reader tells."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
