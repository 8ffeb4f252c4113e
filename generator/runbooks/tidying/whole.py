"""A file put in order, step by step; each step is read again, and one that changes what the file says is left."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from runbooks import source
from runbooks.edits import Refused, remarks
from runbooks.edits.text import CLEAR, MARK, Splice, Text, spliced, text
from runbooks.findings import Blocks, Finding, KeyPath, Place, Severity
from runbooks.parts import Part
from runbooks.patches import mended
from runbooks.remedies import settled
from runbooks.tidying import lines, lists, order

ROUNDS: Final = 5
"""How often single values are mended at most: one flaw can hide another."""
UNSAFE: Final = "no way was found to put this in order without changing something else"


@dataclass(frozen=True, slots=True)
class Tidied:
    """The bytes of a file in order, and what was left as it is: where, and why."""

    after: bytes
    left: tuple[Refused, ...] = ()


def tidied(file: str, raw: bytes, model: type[Part] | None = None, *, sort: bool = False) -> Tidied:
    """A file with values in quotes that programs read in different ways, lists in line, and lines in order.

    With `sort` its keys stand in the order of its model.

    Raises:
        Refused: when the file cannot be read as a whole, or says something in two ways.
    """
    raw = _values(file, raw, model)
    left = list[Refused]()
    raw = _lists(file, raw)
    raw = _lines(file, raw, left)
    if sort and model is not None:
        # What stood below a text of several lines, and belonged to it, may stand elsewhere now.
        raw = _lines(file, _sorted(file, raw, model, left), left)
    return Tidied(raw, tuple(left))


def _values(file: str, raw: bytes, model: type[Part] | None) -> bytes:
    """The safe fixes of what its reader finds."""
    for _ in range(ROUNDS):
        there = text(file, raw, CLEAR)
        problems = settled(model, there.document, there.problems) if model else there.problems
        found = [
            Finding(one.at, one.code, "", Severity.ERROR, Blocks.NOTHING, one.message, fix=one.fix)
            for one in problems
            if isinstance(one.at, Place) and one.fix is not None and one.fix.safe
        ]
        result = mended(file, raw, found)
        if result.after == raw:
            break
        raw = result.after
    return raw


def _lists(file: str, raw: bytes) -> bytes:
    done = set[KeyPath]()
    while found := lists.to_move(there := text(file, raw, CLEAR), done):
        raw = _together(there, found) or raw
    return raw


def _together(
    there: Text, found: Mapping[KeyPath, Sequence[Splice]], left: list[Refused] | None = None
) -> bytes | None:
    """The bytes after all these splices, or else after those that by themselves change nothing of what a file says."""
    whole = _proved(there, [one for made in found.values() for one in made])
    if whole is not None:
        return whole
    good = list[Splice]()
    for path, made in found.items():
        if _proved(there, made) is not None:
            good += made
        elif left is not None:
            left.append(Refused(there.place(path), UNSAFE))
    return _proved(there, good) if good else None


def _lines(file: str, raw: bytes, left: list[Refused]) -> bytes:
    there = text(file, raw, CLEAR)
    made = lines.splices(there)
    after = _proved(there, made) if made else raw
    if after is None:
        left.append(Refused(Place(file), UNSAFE))
    return after or raw


def _sorted(file: str, raw: bytes, model: type[Part], left: list[Refused]) -> bytes:
    done = set[KeyPath]()
    while wanted := order.to_sort(there := text(file, raw, CLEAR), model, done):
        made = dict[KeyPath, list[Splice]]()
        for path, keys in wanted.items():
            done.add(path)
            try:
                made[path] = order.splices(there, path, keys)
            except Refused as error:
                left.append(error)
        raw = (_together(there, made, left) if made else None) or raw
    return raw


def _proved(before: Text, made: Iterable[Splice]) -> bytes | None:
    """The bytes after some splices; None where they say anything else, or a comment is lost."""
    made = list(made)
    content = spliced(before.content, made)
    raw = (MARK * before.marked + content).encode()
    document, problems = source.read(before.file, raw)
    wrong = Counter(one.code for one in problems) - Counter(one.code for one in before.problems)
    comments = [
        Counter(words for _, words in remarks(text, read))
        for text, read in ((before.content, before.document), (content, document))
    ]
    spoken = [
        Counter((one.words, _words(text, one.about)) for one in read.comments)
        for text, read in ((before.content, before.document), (content, document))
    ]
    same = _data(document.data) == _data(before.document.data)
    alike = comments[0] == comments[1] and spoken[0] == spoken[1]
    return raw if same and alike and not wrong and not document.unreadable else None


def _words(content: str, line: int) -> str:
    """A line without its indentation, and without the dash that it may begin with."""
    return content.split("\n")[line - 1].strip().removeprefix("-").strip()


def _data(data: source.Json) -> str:
    return json.dumps(data, sort_keys=True)
