"""What changes in a file, as it may be shown: the lines around a change can hold what nobody may see."""

from __future__ import annotations

from typing import Final

from runbooks import edits, secrets
from runbooks.findings import Place
from runbooks.patches.reading import PAGES, page

CODE: Final = "SEC001"
"""What a secret is told by here; nobody is told."""


def diff(file: str, before: bytes, after: bytes) -> str:
    """What an edit changes, as a unified diff without any secret of the file.

    `git apply` takes it, but for a piece from which a secret was taken: that fits nowhere, so nothing is lost by it.
    """
    return edits.diff(file, _shown(file, before), _shown(file, after))


def _shown(file: str, raw: bytes) -> bytes:
    """The bytes of a file without its secrets: those that its keys promise, and those that its text tells."""
    there = None if file.lower().endswith(PAGES) else page(file, raw)
    text = raw.decode("utf-8", errors="replace") if there is None else there.content
    if there is not None:
        found = (one.at for one in secrets.read(file, raw, CODE)[1] if one.code == CODE)
        for start, end in sorted((there.offsets(at) for at in found if isinstance(at, Place)), reverse=True):
            text = text[:start] + secrets.REMOVED + "\n" * text.count("\n", start, end) + text[end:]
    plain = secrets.without(file, text, 1, CODE)[0]
    untouched = plain == (raw.decode("utf-8", errors="replace") if there is None else there.content)
    return raw if untouched else plain.encode()
