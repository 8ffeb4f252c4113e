"""Writes fixes into a file, reads the result, and leaves out every fix that does anything but what it says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from runbooks.edits.text import MARK
from runbooks.findings import Finding, Fix, Patch
from runbooks.patches.reading import NOT_YAML, Leaf, Page, meets, page, spans
from runbooks.source.scalars import meaning

REFUSED: Final = "it cannot be written without changing something else: write it by hand"
NO_TEXT: Final = "this file is not UTF-8, so nothing is written into it"


@dataclass(frozen=True, slots=True)
class Mended:
    """The bytes of a file after its fixes, the findings that these mend, and those left with the reason why.

    What meets another fix is neither: it has its turn when the file is read again. So have guesses beside a safe fix.
    """

    after: bytes
    done: tuple[Finding, ...] = ()
    refused: tuple[tuple[Finding, str], ...] = ()


def mended(file: str, raw: bytes, findings: Sequence[Finding]) -> Mended:
    """A file with the fixes of findings about it, all that can be made at once."""
    before = page(file, raw)
    if before is None:
        return Mended(raw, refused=tuple((one, NO_TEXT) for one in findings))
    safe = [one for one in findings if one.fix is not None and one.fix.safe]
    chosen = _apart(before, safe or findings)
    if not chosen:
        return Mended(raw)
    after = _written(before, chosen)
    if after is not None:
        return Mended(after, tuple(chosen))
    # Something in it is wrong: each by itself, on top of those that were right.
    done, refused = list[Finding](), list[tuple[Finding, str]]()
    after = raw
    for one in chosen:
        tried = _written(before, [*done, one])
        if tried is None:
            refused.append((one, REFUSED))
        else:
            after = tried
            done.append(one)
    return Mended(after, tuple(done), tuple(refused))


def _apart(before: Page, findings: Sequence[Finding]) -> list[Finding]:
    """The findings whose fixes do not meet one before them."""
    chosen, taken = list[Finding](), list[tuple[int, int]]()
    for one in findings:
        places = spans(before, _patches([one]))
        inside = all(start <= end <= len(before.content) for start, end in places)
        if inside and not any(meets(place, taken) for place in places):
            chosen.append(one)
            taken += places
    return chosen


def _patches(findings: Sequence[Finding]) -> list[Patch]:
    return [patch for one in findings if one.fix for patch in one.fix.at(one.place)]


def _written(before: Page, findings: Sequence[Finding]) -> bytes | None:
    """The bytes after some fixes; None where they say anything that was not meant."""
    patches = sorted(_patches(findings), key=lambda one: before.offsets(one.place))
    parts, new, done, length = list[str](), list[tuple[int, int]](), 0, 0
    for one in patches:
        start, end = before.offsets(one.place)
        parts += (before.content[done:start], _ended(before, start, one.text))
        length += start - done
        new.append((length, length + len(parts[-1])))
        length, done = new[-1][1], end
    content = "".join((*parts, before.content[done:]))
    raw = (MARK * before.marked + content).encode()
    after = page(before.file, raw)
    fixes = [one.fix for one in findings if one.fix]
    if after is None or raw == before.raw or not _is_meant(before, after, spans(before, patches), new, fixes):
        return None
    return raw


def _ended(before: Page, start: int, text: str) -> str:
    """A text with the line ends that the file has there."""
    if "\n" not in text:
        return text
    found = before.content.find("\n", start)
    found = found if found >= 0 else before.content.find("\n")
    return text.replace("\n", "\r\n") if before.content[found - 1 : found] == "\r" else text


def _is_meant(
    before: Page, after: Page, old: Sequence[tuple[int, int]], new: Sequence[tuple[int, int]], fixes: Sequence[Fix]
) -> bool:
    """Whether all that was not touched says the same, nothing is wrong that was not, and no comment is lost.

    A safe fix leaves what is touched as it was too, but for quotes, spaces at the edges and capitals.
    """
    if not before.whole:
        # What could not be read may come to light, with flaws of its own; nothing that could be may go.
        known = Counter(leaf for leaf, touched in before.leaves(old) if not touched)
        there = Counter(leaf for leaf, touched in after.leaves(new) if not touched)
        return known <= there and after.codes[NOT_YAML] <= before.codes[NOT_YAML]
    was, now = list(before.leaves(old)), list(after.leaves(new))
    written = [leaf[1] for leaf, touched in now if touched]
    if not after.whole or after.codes - before.codes or not _keeps_comments(before, after, written):
        return False
    if [leaf for leaf, touched in was if not touched] != [leaf for leaf, touched in now if not touched]:
        return False
    if not all(one.safe for one in fixes):
        return True
    changed = [[leaf for leaf, touched in every if touched] for every in (was, now)]
    return len(changed[0]) == len(changed[1]) and all(_same(one, other) for one, other in zip(*changed, strict=True))


def _keeps_comments(before: Page, after: Page, written: Sequence[str]) -> bool:
    """Whether every comment is there again, but for what now belongs to a value that was written: `Team #2`."""
    lost, new = before.comments - after.comments, after.comments - before.comments
    taken = all(any(_first(comment) in value for value in written) for comment in lost)
    return taken and all(any(comment.endswith(rest) for comment in lost) for rest in new)


def _first(comment: str) -> str:
    return comment.partition(" #")[0].rstrip()


def _same(one: Leaf, other: Leaf) -> bool:
    """Whether two values are the same, or one is a number and the other its text."""
    first, second = json.loads(one[1]), json.loads(other[1])
    if len(one[0]) != len(other[0]):
        return False
    if first == second and type(first) is type(second):
        return True
    if isinstance(first, str) and isinstance(second, str):
        return first.strip().casefold() == second.strip().casefold()
    return _is_number(first) and isinstance(second, str) and meaning(second) == first


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
