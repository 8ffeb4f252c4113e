"""JSON: the entries of its list, each with where it begins, in one pass; nothing of them but allowed keys."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from runbooks.inventory.columns import Columns, Needed, missing, plain
from runbooks.inventory.letters import DAMAGE, REMEDY, Letters
from runbooks.inventory.notes import Notes, Spot
from runbooks.inventory.seen import UNFIT, UNREADABLE

LISTS: Final = ("items", "data", "results", "value", "entries", "list")
"""Keys under which services put their list, beside those that a format names."""
DEPTH: Final = 8
"""How deep a list may lie in lists and mappings."""
RESTARTS: Final = 200
"""How often reading begins anew behind an entry that is broken."""
TWICE: Final = "\0twice"
"""Marks an entry with a key that stands there twice and says two things."""
MEMORY: Final = 5000
"""How many keys are remembered as read or passed over."""
SHAPE: Final = "Is it the export that the feed says? Look at the feed's format."
NOTHING: Final = (None, "")
"""Values that say no more than a key that is not there."""
NEAR: Final = 80
"""How far from the beginning of its line the first entry of a line may stand, behind spaces and brackets."""

Entry: TypeAlias = dict[str, Any]

Walked: TypeAlias = Generator[tuple[Spot, Entry], None, int]
"""Yields each entry with its place, and returns where in the text it ended."""

_SPACE = re.compile(r"[ \t\r\n]*")


class _Broken(Exception):
    """The text is no JSON from a position on."""

    def __init__(self, position: int) -> None:
        super().__init__()
        self.position = position


def rows(
    text: Letters, lists: Sequence[str], columns: Columns, needed: Needed, notes: Notes, *, alone: bool = False
) -> Iterator[tuple[Spot, dict[str, object]]]:
    """Each entry by where it begins, and of its values those that are on the allow-list.

    `lists` are the keys that lists of entries stand under; on the way to the first list those of LISTS are taken too,
    unless they are `alone`.
    """
    ways = {column: [tuple(map(plain, name.split("."))) for name in names] for column, names in columns.items()}
    exact = frozenset(key for names in columns.values() for name in names for key in name.split("."))
    lacking: list[tuple[Spot, tuple[str, ...]]] = []
    count = 0
    inner = frozenset(map(plain, lists))
    walk = _Walk(text.text, exact, inner, notes)
    for spot, entry in walk.entries(inner if alone else inner.union(LISTS)):
        row = picked(entry, ways)
        lacks = tuple(missing(columns, needed, {*row}))
        if lacks and any(entry.get(key) == [] for key in inner):
            continue  # it is no entry, but what would hold some: a client without a device
        count += 1
        if lacks:
            lacking.append((spot, lacks))
        elif entry.get(TWICE):
            notes.tell(spot, UNREADABLE, "a key of this entry stands there twice and says two things")
        elif text.damage and DAMAGE in repr(row):
            notes.tell(spot, UNREADABLE, text.flaw, REMEDY, each=1)
        else:
            yield spot, row
    if not text.text.strip():
        notes.tell(1, UNREADABLE, "the file is empty", "An export of nothing is an empty list: [].")
    tell_lacking(lacking, count, notes)


def tell_lacking(lacking: Sequence[tuple[Spot, Sequence[str]]], count: int, notes: Notes) -> None:
    """Tell which entries lack what is needed, each by its place with what it lacks; once where all of them lack it."""
    always = [words for words in lacking[0][1] if all(words in lacks for _, lacks in lacking)] if lacking else []
    if always and len(lacking) == count:
        words = f"every entry has no {', and no '.join(always)}"
        notes.tell(1, UNFIT, words, SHAPE)
        return
    for spot, lacks in lacking:
        words = f"the entry has no {', and no '.join(lacks)}"
        notes.tell(spot, UNREADABLE, words, "Is the entry whole? Look at it in the product, and export it anew.")


def picked(entry: Mapping[str, Any], ways: Mapping[str, Sequence[tuple[str, ...]]]) -> dict[str, object]:
    """The values of an entry on the allow-list, each by the first of its names that is there and says something."""
    row: dict[str, object] = {}
    for column, names in ways.items():
        for way in names:
            found: Any = entry
            for key in way:
                found = found.get(key, TWICE) if isinstance(found, dict) else TWICE
            if found is not TWICE:
                if found not in NOTHING:
                    row[column] = found
                    break
                row.setdefault(column, found)
    return row


class _Walk:
    """The way through one text. Lists that hold the entries are walked, what lies in them is decoded in one go."""

    def __init__(self, text: str, exact: frozenset[str], lists: frozenset[str], notes: Notes) -> None:
        self.text, self.exact, self.lists, self.notes = text, exact, lists, notes
        self.allowed, self.known = lists.union(map(plain, exact)), dict[str, str]()
        self.decoder = json.JSONDecoder(object_pairs_hook=self.kept, strict=False)
        self.line, self.begin, self.counted, self.restarts = 1, 0, 0, 0

    def kept(self, pairs: list[tuple[str, Any]]) -> Entry:
        """Of a mapping the allowed keys. The others are let go here, whatever they hold."""
        entry: Entry = {}
        known, twice = self.known, False
        for key, value in pairs:
            name = known.get(key)
            if name is None:
                name = self.name(key)
            if name:
                twice = twice or name in entry
                entry[name] = value
        return self.settled(pairs) if twice else entry

    def settled(self, pairs: list[tuple[str, Any]]) -> Entry:
        """The same where keys look alike, as id and _id: the one that is spelt as the allow-list has it."""
        entry: Entry = {}
        ranks: dict[str, tuple[bool, str]] = {}
        for key, value in pairs:
            if name := self.name(key):
                rank = (key in self.exact, key)
                if name in entry and rank == ranks[name] and entry[name] != value:
                    entry[TWICE] = True
                elif name not in entry or (rank[0] and not ranks[name][0]):
                    entry[name], ranks[name] = value, rank
        return entry

    def name(self, key: str) -> str:
        """A key as it is looked up, or nothing when it is passed over."""
        name = plain(key[:200])
        name = name if name in self.allowed else ""
        if len(self.known) < MEMORY:
            self.known[key] = name
        return name

    def entries(self, lists: frozenset[str]) -> Iterator[tuple[Spot, Entry]]:
        """Every entry with its place. A file may hold several values, one behind the other or one a line."""
        position = self.space(0)
        while position < len(self.text):
            begin = position
            try:
                position = self.space((yield from self.value(begin, 0, {}, lists)))
            except _Broken as broken:
                spot = self.spot(max(begin, broken.position))
                self.notes.tell(spot, UNREADABLE, "from here on this is not JSON", "The file is cut off or damaged.")
                position = self.sibling(begin) if self.text[begin] == "{" else len(self.text)

    def value(self, position: int, depth: int, above: Entry, lists: frozenset[str]) -> Walked:
        """A list or a mapping that holds the entries, or is one. `above` is what is said of all of them around it."""
        if depth > DEPTH:
            raise _Broken(position)
        match self.text[position : position + 1]:
            case "[":
                return (yield from self.list(position, depth, above))
            case "{":
                return (yield from self.mapping(position, depth, above, lists))
            case _:
                raise _Broken(position)

    def list(self, position: int, depth: int, above: Entry) -> Walked:
        """A list: its mappings are entries, unless such a mapping holds a list of entries itself."""
        position = self.space(position + 1)
        while (first := self.text[position : position + 1]) != "]":
            try:
                entry, end = self.decoded(position)
            except _Broken:
                end = self.sibling(position)
                if first != "{" or end == len(self.text):
                    raise
                self.notes.tell(
                    self.spot(position), UNREADABLE, "this entry is not JSON", "It is damaged: export it anew."
                )
                position = end
                continue
            if first == "[":
                end = yield from self.value(position, depth + 1, above, self.lists)
            elif first != "{":
                self.notes.tell(self.spot(position), UNREADABLE, "this entry has no keys", SHAPE)
            elif any(isinstance(entry.get(key), list) and entry[key] for key in self.lists):
                outer = {key: value for key, value in entry.items() if key not in self.lists}
                end = yield from self.value(position, depth + 1, {**above, **outer}, self.lists)
            else:
                yield self.spot(position), {**above, **entry} if above else entry
            position = self.behind_comma(end, "]")
        return position + 1

    def mapping(self, position: int, depth: int, above: Entry, lists: frozenset[str]) -> Walked:
        """A mapping: the way to the lists in it, or when there are none an entry itself."""
        start, walked, pairs = position, False, list[tuple[str, Any]]()
        position = self.space(position + 1)
        while self.text[position : position + 1] != "}":
            key, end = self.decoded(position)
            position = self.space(end)
            if not isinstance(key, str) or self.text[position : position + 1] != ":":
                raise _Broken(position)
            position = self.space(position + 1)
            if plain(key[:200]) in lists and self.text[position : position + 1] in ("[", "{"):
                walked = True
                end = yield from self.value(position, depth + 1, above, lists)
            else:
                value, end = self.decoded(position)
                pairs.append((key, value))
            position = self.behind_comma(end, "}")
        if not walked:
            yield self.spot(start), {**above, **self.kept(pairs)}
        return position + 1

    def decoded(self, position: int) -> tuple[Any, int]:
        """The value at a position, and where it ends."""
        wrong = position
        try:
            return self.decoder.raw_decode(self.text, position)
        except json.JSONDecodeError as error:
            wrong = error.pos
        except (ValueError, RecursionError):  # a number of thousands of digits, a nest of thousands of brackets
            pass
        raise _Broken(wrong)

    def sibling(self, position: int) -> int:
        """Where the next mapping begins that stands as far right as the one at a position; else the end of the text."""
        indent = self.text[self.text.rfind("\n", 0, position) + 1 : position]
        self.restarts += 1
        if indent.strip() or self.restarts > RESTARTS:
            return len(self.text)
        found = self.text.find(f"\n{indent}{{", position)
        return len(self.text) if found < 0 else found + 1 + len(indent)

    def behind_comma(self, position: int, closing: str) -> int:
        """Where the next value begins, or the bracket that closes."""
        position = self.space(position)
        if self.text[position : position + 1] == ",":
            return self.space(position + 1)
        if self.text[position : position + 1] != closing:
            raise _Broken(position)
        return position

    def space(self, position: int) -> int:
        """Where the next character stands that is no space."""
        found = _SPACE.match(self.text, position)
        assert found is not None
        return found.end()

    def spot(self, position: int) -> Spot:
        """Where a position is. The first thing of a line is told by the line alone."""
        line = self.line_at(position)
        column = position - self.begin + 1
        first = column <= NEAR and not self.text[self.begin : position].strip("[ \t")
        return line, 1 if first else column

    def line_at(self, position: int) -> int:
        """The number of the line of a position. Cheap for positions in their order."""
        if position >= self.counted:
            self.line += self.text.count("\n", self.counted, position)
            self.begin = self.text.rfind("\n", self.counted, position) + 1 or self.begin
        else:
            self.line -= self.text.count("\n", position, self.counted)
            self.begin = self.text.rfind("\n", 0, position) + 1
        self.counted = position
        return self.line
