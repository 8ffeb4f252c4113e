"""A YAML file as it was read: its data, where every value stands, and which values cannot be relied on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from runbooks.findings import KeyPath, Place, Problem
from runbooks.source.codes import KEY_IN_TWO_PARTS, PART_NOT_MAPPING

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
"""What a file can say. Dates are text; no number is infinite."""

Span: TypeAlias = tuple[int, ...]
"""Line, column, end line, end column of a value, then the same of its key where it has one; all counted from 0."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value stands: a scalar with its quotes or its header, a collection from first to last character."""

    value: Place
    key: Place | None


class Spots(Mapping[KeyPath, Spot]):
    """The spot of every value by its key path, made when asked for: making them all doubles the time of reading."""

    __slots__ = ("_held", "_read")

    def __init__(self, *parts: tuple[str, Mapping[KeyPath, Span]]) -> None:
        self._held: tuple[tuple[str, Mapping[KeyPath, Span]], ...] | None = parts
        """Each file with its spans; no path is in two files."""
        self._read: Callable[[], Spots] | None = None

    @classmethod
    def later(cls, read: Callable[[], Spots]) -> Spots:
        """The spots of a file that is read again when somebody asks for one: of most records nobody does."""
        found = cls()
        found.let_go(read)
        return found

    def let_go(self, read: Callable[[], Spots]) -> None:
        """Hold no spot any more: who asks for one now has the file read again."""
        self._held, self._read = None, read

    @property
    def _parts(self) -> tuple[tuple[str, Mapping[KeyPath, Span]], ...]:
        if self._held is None:
            self._held = self._read()._parts if self._read else ()
            self._read = None
        return self._held

    def __getstate__(self) -> tuple[tuple[str, Mapping[KeyPath, Span]], ...]:
        return self._parts

    def __setstate__(self, held: tuple[tuple[str, Mapping[KeyPath, Span]], ...]) -> None:
        self._held, self._read = held, None

    def __getitem__(self, path: KeyPath) -> Spot:
        for file, spans in self._parts:
            span = spans.get(path)
            if span is not None:
                return Spot(_place(file, span[:4]), _place(file, span[4:]) if len(span) > 4 else None)
        raise KeyError(path)

    def value(self, path: KeyPath) -> Place | None:
        """Where a value stands; None where there is none."""
        for file, spans in self._parts:
            span = spans.get(path)
            if span is not None:
                return _place(file, span[:4])
        return None

    def key(self, path: KeyPath) -> Place | None:
        """Where the key of a value stands, or the value where it has none; None where there is no value."""
        for file, spans in self._parts:
            span = spans.get(path)
            if span is not None:
                return _place(file, span[4:] or span)
        return None

    def __iter__(self) -> Iterator[KeyPath]:
        for _, spans in self._parts:
            yield from spans

    def __len__(self) -> int:
        return sum(len(spans) for _, spans in self._parts)

    def parts(self) -> tuple[tuple[str, Mapping[KeyPath, Span]], ...]:
        """Each file with the spans of what stands in it."""
        return self._parts


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment addressed to this program: its words, and the number of the line they are about."""

    place: Place
    words: str
    about: int


@dataclass(frozen=True, slots=True)
class Document:
    """What one file, or one record in parts, says and where.

    `files` are relative to the site, with forward slashes. The spot of () is the whole (first) file.
    `doubtful` are values that a problem leaves undecided; the other values are what any YAML 1.2 program reads.
    `unreadable` means that nothing, or not everything, could be read; () is doubtful then.
    """

    files: tuple[str, ...]
    data: Json
    spots: Spots
    doubtful: frozenset[KeyPath]
    unreadable: bool
    comments: tuple[Comment, ...] = ()

    def place(self, path: KeyPath) -> Place:
        """Where a value stands. For a value that is not there: the key of the nearest mapping or list around it."""
        return self.spots.value(path) or self._around(path)

    def key_place(self, path: KeyPath) -> Place:
        """Where the key of a value stands; in a list, and for the whole file, the value; else as `place`."""
        return self.spots.key(path) or self._around(path)

    def is_doubtful(self, path: KeyPath) -> bool:
        """Whether a problem touches the value, something in it or something it is in."""
        depth = len(path)
        return any(other[:depth] == path[: len(other)] for other in self.doubtful)

    def _around(self, path: KeyPath) -> Place:
        """The key of the nearest parent that exists; else the parent, or its beginning if it has many lines."""
        for length in range(len(path) - 1, -1, -1):
            spot = self.spots.get(path[:length])
            if spot is None:
                continue
            if spot.key:
                return spot.key
            value = spot.value
            if value.line == value.end_line:
                return value
            return Place(value.file, value.line, value.column, value.line, value.column)
        return Place(self.files[0])


def value_at(data: Json, path: KeyPath) -> tuple[bool, Json]:
    """Whether there is a value at a path, and the value."""
    for key in path:
        if isinstance(data, dict) and key in data:
            data = data[str(key)]
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            data = data[key]
        else:
            return False, None
    return True, data


def merged(parts: Sequence[Document]) -> tuple[Document, tuple[Problem, ...]]:
    """One record of its parts, at least one: their top-level keys side by side.

    Of a key in two parts the first stays, in doubt. A part that is no mapping adds nothing, and leaves all in doubt.
    """
    if len(parts) == 1:
        return parts[0], ()
    data: dict[str, Json] = {}
    origins: dict[str, Document] = {}
    problems: list[Problem] = []
    doubtful: set[KeyPath] = set()
    spans: list[tuple[str, Mapping[KeyPath, Span]]] = []
    for part in parts:
        doubtful |= part.doubtful
        if not isinstance(part.data, dict):
            doubtful.add(())
            if part.data is not None or not part.unreadable:
                problems.append(_not_mapping(part))
            continue
        twice = part.data.keys() & data.keys()
        problems += [_in_two_parts(key, origins[key], part) for key in part.data if key in twice]
        doubtful.update((key,) for key in twice)
        new = {key: value for key, value in part.data.items() if key not in twice}
        data |= new
        origins |= dict.fromkeys(new, part)
        spans += _own(part, new, keep_root=not spans)
    files = tuple(file for part in parts for file in part.files)
    unreadable = any(part.unreadable for part in parts)
    said = tuple(comment for part in parts for comment in part.comments)
    return Document(files, data, Spots(*spans), frozenset(doubtful), unreadable, said), tuple(problems)


def _own(part: Document, keys: Mapping[str, Json], *, keep_root: bool) -> list[tuple[str, Mapping[KeyPath, Span]]]:
    """The spans of a part under the keys that are taken from it."""
    return [
        (file, {path: span for path, span in spans.items() if (path[0] in keys if path else keep_root)})
        for file, spans in part.spots.parts()
    ]


def _in_two_parts(key: str, first: Document, second: Document) -> Problem:
    message = f"`{key}` stands in two parts of the record: here and in {first.place((key,)).file}."
    related = ((first.key_place((key,)), "first here"),)
    return Problem(second.key_place((key,)), message, "Keep it in one of the files.", related, KEY_IN_TWO_PARTS)


def _not_mapping(part: Document) -> Problem:
    message = "A part of a record has to be keys with values, as in `agreements: …`."
    return Problem(part.place(()), message, "Give the contents of this file a key.", code=PART_NOT_MAPPING)


def _place(file: str, span: Span) -> Place:
    line, column, end_line, end_column = span
    return Place(file, line + 1, column + 1, end_line + 1, end_column + 1)
