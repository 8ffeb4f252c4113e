"""What a change means, in words for whoever reviews it. The site at a revision and now, on the same day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from runbooks.changes.as_json import as_json
from runbooks.changes.notes import Named, Note
from runbooks.changes.pairs import Side
from runbooks.changes.texts import as_markdown, as_text
from runbooks.changes.whole import Changes, compare

FORMATS: Final[dict[str, Callable[[Changes], str]]] = {"text": as_text, "json": as_json, "markdown": as_markdown}
"""How changes are printed, by name."""

__all__ = ["FORMATS", "Changes", "Named", "Note", "Side", "compare"]
