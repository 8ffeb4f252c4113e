"""Makes edits, and reads the result: what says anything but what was meant is refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from runbooks import source
from runbooks.edits.changes import Edit, Move, Remove, applied
from runbooks.edits.placing import splices
from runbooks.edits.refusal import Refused
from runbooks.edits.remarks import remarks
from runbooks.edits.text import MARK, Splice, Text, spliced, text
from runbooks.findings import Patch
from runbooks.source import Document, Json
from runbooks.source.codes import TOO_LARGE, TOO_MANY_VALUES

LIMITS: Final = frozenset({TOO_LARGE, TOO_MANY_VALUES})
"""What is wrong with a file that holds too much."""


def edited(file: str, raw: bytes, edits: Sequence[Edit], tolerated: Collection[str] = ()) -> bytes:
    """The bytes of a file after some edits, one after the other: all of them, or none.

    `tolerated` are the codes of problems that the file may have before and after.

    Raises:
        Refused: when the file cannot be relied on, when there is no way to write one, or when the result says
            anything but the data before with the changes.
    """
    for edit in edits:
        before = text(file, raw, tolerated)
        made = splices(before, edit)
        raw = (MARK * before.marked + spliced(before.content, made)).encode()
        _prove(before, made, raw, edit)
    return raw


def patches(file: str, raw: bytes, edit: Edit) -> tuple[Patch, ...]:
    """What an edit writes into a file that may have problems of any kind, at its places; nothing of it is proved.

    Raises:
        Refused: when there is no way to write it.
    """
    there = text(file, raw, source.CODES)
    return tuple(Patch(there.span(one.start, one.end), one.text) for one in splices(there, edit))


def _prove(before: Text, made: Sequence[Splice], raw: bytes, edit: Edit) -> None:
    """Read the result of an edit, and compare it with what was meant."""
    document, problems = source.read(before.file, raw)
    for one in problems:
        if one.code in LIMITS:
            raise Refused(
                before.place(edit.path), f"with it, {one.message[0].lower()}{one.message[1:]}", one.help, one.code
            )
    wrong = Counter(one.code for one in problems) - Counter(one.code for one in before.problems)
    meant = _same(applied(before.document.data, edit))
    content = raw.decode().removeprefix(MARK)
    lost = Counter(_words(before.content, before.document)) != Counter(_words(content, document))
    if isinstance(edit, Remove):  # what was about the key goes with it
        lost = not Counter(_words(content, document)) <= Counter(_words(before.content, before.document))
        silent = True
    elif isinstance(edit, Move):
        silent = _about(before.content, before.document) == _about(content, document)
    else:
        kept = [(one.words, _moved(before, made, one.about)) for one in before.document.comments]
        silent = kept == [(one.words, one.about) for one in document.comments]
    if document.unreadable or wrong or _same(document.data) != meant or lost or not silent:
        raise Refused(
            before.place(edit.path),
            "no way was found to write this without changing something else",
            "write it by hand",
        )


def _words(content: str, document: Document) -> list[str]:
    """The words of all comments."""
    return [words for _, words in remarks(content, document)]


def _about(content: str, document: Document) -> Counter[tuple[str, str]]:
    """The comments that speak to this program, each with the value of the line it is about."""
    lines = content.split("\n")
    return Counter((one.words, lines[one.about - 1].partition(":")[2].strip()) for one in document.comments)


def _same(data: Json) -> str:
    """Data as it is compared: 1, 1.0 and true are three things; the order of keys is none."""
    return json.dumps(data, sort_keys=True)


def _moved(before: Text, made: Iterable[Splice], line: int) -> int:
    """The number that a line has after the edits."""
    start = sum(len(one) + 1 for one in before.content.split("\n")[: line - 1])
    return line + sum(
        one.text.count("\n") - before.content.count("\n", one.start, one.end) for one in made if one.end <= start
    )
