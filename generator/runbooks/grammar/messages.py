"""The error of the grammar, and how texts stand in its message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

LONGEST: Final = 80
"""How much of a text is shown, in characters."""


class GrammarError(ValueError):
    """A text outside the grammar; the message says why in plain words and gives an example."""


def quoted(text: str) -> str:
    """A text as it may stand in a message: on one line, without controls, not too long."""
    line = "".join(letter if letter.isprintable() else " " for letter in text[: LONGEST + 1])
    return f'"{line[:LONGEST]}…"' if len(line) > LONGEST else f'"{line}"'


def joined(words: Iterable[str], last_word: str = "and") -> str:
    """`a, b and c`; nothing for no words."""
    *head, last = [*words] or [""]
    return f"{', '.join(head)} {last_word} {last}" if head else last
