"""How a secret is spoken of: a mask of it, its place in its file, and messages of others without it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from runbooks.findings import Place, Problem, digest
from runbooks.secrets.scan import Secret

DOTS: Final = "····"
_LONG: Final = 12
"""Characters from which on the first and last two of a secret are shown, to tell which one is meant."""
_PIECE: Final = 4
"""Characters of a secret that no message holds in a row."""
HELP: Final = (
    "take it out, put it into the vault, write where it is (vault://client/item), and change it where it is used"
)


def masked(secret: str) -> str:
    """What may be shown of a secret: its ends where it is long, else nothing."""
    plain = " ".join(secret.split())
    return f"{plain[:2]}{DOTS}{plain[-2:]}" if len(plain) >= _LONG else DOTS


class Lines:
    """The lines of a text, to say where an offset is."""

    def __init__(self, file: str, text: str, first: int = 1) -> None:
        self.file, self.text, self.first = file, text, first
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def offset(self, line: int, column: int) -> int:
        """The offset of a place, both counted from 0."""
        return min(self.starts[min(line, len(self.starts) - 1)] + column, len(self.text))

    def place(self, secret: Secret) -> Place:
        """The span of a secret."""
        return Place(self.file, *self._spot(secret.start), *self._spot(secret.end))

    def _spot(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.starts, offset) - 1
        return line + self.first, offset - self.starts[line] + 1

    def problem(self, secret: Secret, code: str, about: str = "") -> Problem:
        """What a report says of a secret."""
        shown = masked(self.text[secret.start : secret.end])
        message = f"{'an' if secret.name[0] in 'AEIOaeio' else 'a'} {secret.name} stands here: {shown}"
        # Twelve bits tell another secret in the same place apart, and help nobody to guess it.
        sign = digest(self.text[secret.start : secret.end])[:3]
        return Problem(self.place(secret), message, HELP, code=code, about=f"{about}{secret.name} {sign}")


def silenced(problem: Problem, spans: Sequence[Place], texts: Iterable[str]) -> Problem:
    """A problem whose words hold nothing of these secrets; of those in its own lines not even a piece."""
    near = any(_meet(problem.at, span) for span in spans)
    change = _Change(tuple(texts), pieces=near)
    written = [problem.fix.text, *(one.text for one in problem.fix.patches)] if problem.fix else []
    fix = None if any(change(one) != one for one in written) else problem.fix
    related = tuple((at, change(words)) for at, words in problem.related)
    return replace(
        problem,
        message=change(problem.message),
        help=change(problem.help),
        label=change(problem.label),
        related=related,
        about=change(problem.about),
        fix=fix,
    )


def _meet(at: object, span: Place) -> bool:
    return isinstance(at, Place) and at.line <= span.end_line and span.line <= at.end_line


class _Change:
    """Takes secrets out of words."""

    def __init__(self, texts: tuple[str, ...], *, pieces: bool) -> None:
        self.texts, self.pieces = texts, pieces

    def __call__(self, words: str) -> str:
        for text in self.texts:
            if len(text) < _PIECE:
                words = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", DOTS, words)
            else:
                words = without_pieces(words, text) if self.pieces else words.replace(text, DOTS)
        return words


def without_pieces(words: str, secret: str) -> str:
    """Words without any part of a secret that is long enough to help guessing it."""
    kept, at = [], 0
    while at < len(words):
        length = _PIECE
        if words[at : at + length] not in secret or len(words) - at < length:
            kept.append(words[at])
            at += 1
            continue
        while at + length < len(words) and words[at : at + length + 1] in secret:
            length += 1
        kept.append(DOTS)
        at += length
    return "".join(kept)
