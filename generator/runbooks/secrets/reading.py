"""Reading YAML and text without the secrets in it: they become problems at their lines, and leave the data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from runbooks import source
from runbooks.findings import KeyPath, Place, Problem
from runbooks.secrets.names import Kind, kind
from runbooks.secrets.scan import Secret, looked_at, merged, secrets_in
from runbooks.secrets.values import is_literal, is_mixed
from runbooks.secrets.words import DOTS, Lines, silenced
from runbooks.source import CODES, Document, Json, Spots, value_at

REMOVED: Final = "[removed: a secret stood here]"
"""What stands in the data instead of a text that held a secret."""

MOST: Final = 200
"""Secrets of one file that are told."""

_ESCAPED = re.compile(r'"[^"\n]*\\|\\\n')
_ABOUT_VALUES: Final = frozenset(
    code
    for code, (name, _) in CODES.items()
    if name in ("ambiguous-scalar", "impossible-date", "number-out-of-range", "lost-after-hash", "escape")
)
"""Problems about a value alone: with the value gone, they are nobody's."""
_LOST: Final = frozenset(
    code for code, (name, _) in CODES.items() if name in ("lost-after-hash", "comment-without-space")
)
_NAME_GAPS = re.compile(r"[-_/]")
_NAME_END = re.compile(r"\.(?=[A-Za-z]{2,8}$)")
_LONE_RETURN = re.compile("\r(?!\n)")


def read(file: str, raw: bytes, code: str = "SEC001") -> tuple[Document, tuple[Problem, ...]]:
    """What a YAML file says without its secrets, and all that is wrong with it; each secret is one problem of `code`.

    Under a key whose name promises a secret, key and value are left out; any other text that holds one is `REMOVED`.
    """
    document, problems = source.read(file, raw)
    text = decoded(raw)
    found, likely = looked_at(text)
    if len(found) > MOST:
        return _given_up(file, found, Lines(file, text), code)
    escaped = "\\" in text and _ESCAPED.search(text) is not None
    if not (found or likely or escaped):
        return document, problems
    lines = Lines(file, text)
    # A value without escapes holds a secret only where its text does, so most values need no closer look.
    near = None if found else frozenset(_near(text, likely, escaped=escaped))
    leaves = list(_leaves(document, lines, near))
    hidden = [leaf for leaf in leaves if leaf.holds]
    secrets = merged((*found, *(leaf.secret for leaf in hidden), *_unseen(leaves, found, text)))
    if not secrets:
        return document, problems
    if len(secrets) > MOST:
        return _given_up(file, secrets, lines, code)
    secrets = _with_comments(secrets, hidden, problems, lines)
    return _cleaned(document, problems, secrets, leaves, lines=lines, code=code)


def _given_up(file: str, secrets: Sequence[Secret], lines: Lines, code: str) -> tuple[Document, tuple[Problem, ...]]:
    """A file of nothing but secrets: nothing of it is read, and the first of them are told."""
    told = [lines.problem(one, code) for one in secrets[:MOST]]
    more = f"{len(secrets) - MOST:,} more secrets follow from here on, so nothing of this file is read"
    last = Problem(lines.place(secrets[MOST]), more, "is this a record at all?", code=code)
    return Document((file,), None, Spots((file, {})), frozenset({()}), unreadable=True), (*told, last)


def without(file: str, text: str, first_line: int, code: str) -> tuple[str, tuple[Problem, ...]]:
    """A text that begins on a line of a file without its secrets, and each of them as a problem; no line moves."""
    lines = Lines(file, text, first_line)
    secrets = secrets_in(text)
    problems = tuple(lines.problem(one, code) for one in secrets[:MOST])
    for one in reversed(secrets):
        text = text[: one.start] + REMOVED + "\n" * text.count("\n", one.start, one.end) + text[one.end :]
    return text, problems


def problems_of(file: str, raw: bytes, code: str) -> tuple[Problem, ...]:
    """The secrets of a file that is not read otherwise."""
    return without(file, decoded(raw), 1, code)[1]


@lru_cache(maxsize=16384)
def named(file: str, code: str) -> tuple[str, tuple[Problem, ...]]:
    """The name of a file as it may be shown, and the secrets in it, each a problem of `code`.

    A name has no spaces where a sentence has them: dashes, underscores and strokes stand for them. Read so, only what
    can be nothing else counts.
    """
    name = _NAME_END.sub("\n", file)
    spaced = _NAME_GAPS.sub(" ", name)
    sure = (one for one in secrets_in(spaced) if one.name == Kind.PIN.value or is_mixed(spaced[one.start : one.end]))
    found = merged((*secrets_in(name), *sure))
    shown = file
    for one in reversed(found):
        shown = shown[: one.start] + DOTS + shown[one.end :]
    words = "rename the file, change the secret where it is used, and clean the repository's history"
    return shown, tuple(
        Problem(Place(shown), f"the name of this file holds a {one.name}", words, code=code) for one in found
    )


def told_again(problem: Problem, document: Document) -> bool:
    """Whether a problem is only about the words that stand in the place of a secret."""
    return isinstance(problem.at, tuple) and value_at(document.data, problem.at)[1] == REMOVED


def decoded(raw: bytes) -> str:
    """The text of a file with the lines and columns that the reader of YAML counts, however damaged."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace").replace("\r\n", "\n")
    text = raw.decode("utf-8", errors="replace").removeprefix("\ufeff")
    return _LONE_RETURN.sub("\n", text) if "\r" in text else text


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A value that holds no others: its path, where it and its key stand, what it says and what its key promises."""

    path: KeyPath
    start: int
    end: int
    key: tuple[int, int]
    value: Json
    kind: Kind | None

    @property
    def holds(self) -> bool:
        """Whether its key makes a secret of it."""
        return self.kind is not None and is_literal(self.value, self.kind)

    @property
    def secret(self) -> Secret:
        """The whole of it as a secret."""
        return Secret(self.start, self.end, self.kind.value if self.kind else "secret")

    def meets(self, secret: Secret) -> bool:
        """Whether a part of a secret lies in it."""
        return secret.start < self.end and self.start < secret.end

    def is_named_by(self, secret: Secret) -> bool:
        """Whether a part of a secret lies in its key."""
        return secret.start < self.key[1] and self.key[0] < secret.end

    @property
    def owner(self) -> KeyPath:
        """The path up to the key that it stands under."""
        length = max((number for number, key in enumerate(self.path, 1) if isinstance(key, str)), default=0)
        return self.path[:length]


def _leaves(document: Document, lines: Lines, near: frozenset[int] | None) -> Iterator[_Leaf]:
    """The values that hold no others; where lines are given, only those near them and those under a telling key."""
    for _, spans in document.spots.parts():
        for path, span in spans.items():
            far = (
                near is not None
                and span[0] not in near
                and (span[0] == span[2] or near.isdisjoint(range(span[0], span[2] + 1)))
            )
            promise = _promise(path)
            if far and promise is None:
                continue
            found, value = value_at(document.data, path)
            if not found or isinstance(value, dict | list):
                continue
            start, end = _inside(lines, lines.offset(*span[:2]), lines.offset(*span[2:4]))
            key = (lines.offset(*span[4:6]), lines.offset(*span[6:8])) if len(span) > 4 else (0, 0)
            yield _Leaf(path, start, end, key, value, promise)


_HOLDERS: Final = frozenset(("current", "data", "new", "old", "plain", "string", "text", "val", "value"))
"""Keys that say nothing of their own: the one above says what they hold."""


def _promise(path: KeyPath) -> Kind | None:
    """What the key that a value stands under promises to hold."""
    last = path[-1] if path else ""
    if isinstance(last, str) and last not in _HOLDERS:
        return kind(last) if last else None
    for key in reversed(path):
        if isinstance(key, str) and key not in _HOLDERS:
            return kind(key) if key else None
    return None


def _near(text: str, likely: Sequence[tuple[int, int]], *, escaped: bool) -> Iterator[int]:
    """The numbers, counted from 0, of the lines that likely parts of a text lie in, or an escape."""
    for start, stop in likely:
        first = text.count("\n", 0, start)
        yield from range(first, first + text.count("\n", start, stop) + 1)
    if escaped:
        yield from (number for number, line in enumerate(text.split("\n")) if "\\" in line)


def _inside(lines: Lines, start: int, end: int) -> tuple[int, int]:
    """A value without its quotes, the header of its block, and the empty lines after it."""
    text = lines.text
    end = start + len(text[start:end].rstrip())
    if text[start : start + 1] in ("|", ">") and "\n" in text[start:end]:
        start = text.index("\n", start) + 1
        start += len(text[start:end]) - len(text[start:end].lstrip())
    elif end - start > 1 and text[start] == text[end - 1] and text[start] in "\"'":
        start, end = start + 1, end - 1
    return start, end


def _unseen(leaves: Sequence[_Leaf], found: Sequence[Secret], text: str) -> Iterator[Secret]:
    """Values that hold a secret which nobody can read in the file as it stands there, for example for its escapes."""
    for leaf in leaves:
        if isinstance(leaf.value, str) and leaf.value not in text[leaf.start : leaf.end]:
            seen = [_flat(text[one.start : one.end]) for one in found if leaf.meets(one)]
            secrets = [leaf.value[one.start : one.end] for one in secrets_in(leaf.value)]
            if any(not any(_flat(one) in other or other in _flat(one) for other in seen) for one in secrets):
                yield leaf.secret


def _flat(text: str) -> str:
    return " ".join(text.split())


def _with_comments(
    secrets: Sequence[Secret], hidden: Sequence[_Leaf], problems: Sequence[Problem], lines: Lines
) -> tuple[Secret, ...]:
    """The secrets with what was lost of them: in `pass: ab #cd` the value ends before the #, the password does not."""
    places = [one.at for one in problems if one.code in _LOST and isinstance(one.at, Place)]
    lost = [lines.offset(place.line - 1, place.end_column - 1) for place in places]
    longer = []
    for leaf in hidden:
        line_end = lines.text.find("\n", leaf.end)
        line_end = len(lines.text) if line_end < 0 else line_end
        if any(leaf.end <= end <= line_end for end in lost):
            longer.append(
                Secret(leaf.start, leaf.end + len(lines.text[leaf.end : line_end].rstrip()), leaf.secret.name)
            )
    return merged((*secrets, *longer))


def _cleaned(
    document: Document,
    problems: Sequence[Problem],
    secrets: Sequence[Secret],
    leaves: Sequence[_Leaf],
    *,
    lines: Lines,
    code: str,
) -> tuple[Document, tuple[Problem, ...]]:
    """A document without these secrets, and its problems without a word of them."""
    text = lines.text
    spans = [lines.place(one) for one in secrets]
    touched = [leaf for leaf in leaves if any(leaf.meets(one) or leaf.is_named_by(one) for one in secrets)]
    gone = {leaf.owner for leaf in touched if leaf.kind or any(leaf.is_named_by(one) for one in secrets)}
    changed = {leaf.path for leaf in touched} - gone
    texts = [text[one.start : one.end] for one in secrets]
    texts += [str(leaf.value) for leaf in touched if leaf.holds]
    texts = sorted({one for words in texts for one in (words, _flat(words)) if one}, key=lambda one: (-len(one), one))
    kept = [
        silenced(one, spans, texts) for one in problems if not (one.code in _ABOUT_VALUES and _lies_in(one.at, spans))
    ]
    about = {one: _silent(next((_words(leaf) for leaf in touched if leaf.meets(one)), ""), texts) for one in secrets}
    kept += [lines.problem(one, code, about[one]) for one in secrets]
    paths = gone | {path for path in changed if any(_lies_in(one.at, spans) for one in problems)}
    return (
        replace(
            document,
            data=_copied(document.data, (), gone, changed),
            spots=_spots(document.spots, gone),
            doubtful=frozenset(path for path in document.doubtful if not path or not _below(path, paths)),
            comments=tuple(replace(one, words=_silent(one.words, texts)) for one in document.comments),
        ),
        tuple(sorted(kept, key=lambda one: one.at)),
    )


def _words(leaf: _Leaf) -> str:
    return ".".join(str(key) for key in leaf.owner if not isinstance(key, int))


def _silent(words: str, texts: Sequence[str]) -> str:
    for one in texts:
        words = words.replace(one, DOTS)
    return words


def _lies_in(at: object, spans: Sequence[Place]) -> bool:
    """Whether a place begins in one of the spans, or in the quotes around it."""
    return isinstance(at, Place) and any(
        (one.line, one.column - 1) <= (at.line, at.column) < (one.end_line, one.end_column + 1) for one in spans
    )


def _below(path: KeyPath, owners: set[KeyPath]) -> bool:
    return any(path[:length] in owners for length in range(1, len(path) + 1))


def _copied(data: Json, at: KeyPath, gone: set[KeyPath], changed: set[KeyPath]) -> Json:
    if at in changed:
        return REMOVED
    if isinstance(data, dict):
        kept = ((key, value) for key, value in data.items() if (*at, key) not in gone)
        return {key: _copied(value, (*at, key), gone, changed) for key, value in kept}
    if isinstance(data, list):
        return [_copied(value, (*at, number), gone, changed) for number, value in enumerate(data)]
    return data


def _spots(spots: Spots, gone: set[KeyPath]) -> Spots:
    parts: list[tuple[str, Mapping[KeyPath, tuple[int, ...]]]] = []
    for file, spans in spots.parts():
        parts.append((file, {path: span for path, span in spans.items() if not _below(path, gone)}))
    return Spots(*parts)
