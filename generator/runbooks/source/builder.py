"""Builds the data of a YAML file, and the places of its values, from the events of a parser; no recursion."""

from __future__ import annotations

from typing import Any, NamedTuple

from runbooks.findings import KeyPath
from runbooks.source.checks import Checks
from runbooks.source.codes import ALIAS, DUPLICATE_KEY, KEY_NOT_TEXT, TOO_DEEP, TOO_MANY_VALUES
from runbooks.source.document import Json, Span
from runbooks.source.scalars import STARTS, shortened

MAX_DEPTH = 64
MAX_VALUES = 20_000

KEPT, DROPPED, KEY = range(3)
"""What becomes of a collection: part of the data; left out, as its key is a problem; left out, as it is a key."""


class Frame(NamedTuple):
    """What to come back to when a collection ends, and where it began."""

    container: dict[str, Json] | list[Json] | None
    path: KeyPath
    spans: dict[KeyPath, Span]
    indent: int
    flow: int
    key_span: Span
    line: int
    column: int
    fate: int


class Builder(Checks):
    """The state between two events. Events are those of PyYAML; marks count lines and columns from 0."""

    def __init__(self, file: str, text: str) -> None:
        super().__init__(file, text)
        self.root: Json = None
        self.spans: dict[KeyPath, Span] = {}
        self.scalars: list[Any] = []
        self.values = 0
        self.end: Span = (0, 0, 0, 0)
        """The span of the last thing that ended: block collections have no end of their own."""
        self.container: dict[str, Json] | list[Json] | None = None
        self.path: KeyPath = ()
        self.key: str | None = None
        self.key_span: Span = ()
        self.drop = False
        """Whether the value of the key just read is left out."""
        self.frames: list[Frame] = []

    # Events

    def scalar(self, event: Any) -> None:
        """A scalar: a key or a value. This and what it calls in the plainest case is what reading costs."""
        start, end = event.start_mark, event.end_mark
        self.end = span = (start.line, start.column, end.line, end.column)
        self.values += 1
        if self.values > MAX_VALUES:
            self.refuse_more(span)
        self.scalars.append(event)
        container, key, style, text = self.container, self.key, event.style, event.value
        value: Json
        if type(container) is dict:
            if key is None:
                self.read_key(event, text, span, container)
                return
            path = (*self.path, key)
        else:
            path = (*self.path, len(container)) if container is not None else ()
        if style:
            value = text
            if span[0] != span[2] or self.escapes or style in "|>":
                self.check_quoted(event, span, path)
        elif text and text[0] not in STARTS and not self.odd:
            value = text
        else:
            value = self.plain(text, span, path)
        if self.marked and (event.tag is not None or event.anchor is not None):
            self.refuse_properties(event, span, path)
        if type(container) is dict and not self.drop:
            container[key] = value  # type: ignore[index]  # a value follows its key
            self.spans[path] = span + self.key_span
            self.key = None
        else:
            self.put(value, span, path)

    def alias(self, event: Any) -> None:
        """An alias: the value stays open. As a key it takes its value with it."""
        start, end = event.start_mark, event.end_mark
        self.end = span = (start.line, start.column, end.line, end.column)
        self.count(span)
        remedy = f'Write the value out; or if the text is "*{event.anchor}", put it in quotes.'
        self.note(
            ALIAS,
            span,
            f"`*{event.anchor}` is a YAML alias: a record says everything where it is.",
            remedy,
            self.here(),
        )
        if type(self.container) is dict and self.key is None:
            self.key, self.key_span, self.drop = "", span, True
        else:
            self.put(None, span, self.here())

    def mapping(self, event: Any) -> None:
        """A mapping begins."""
        self.open(event, {})

    def sequence(self, event: Any) -> None:
        """A list begins."""
        self.open(event, [])

    def close(self, event: Any) -> None:
        """A mapping or list ends."""
        frame, path = self.frames.pop(), self.path
        start, mark = event.start_mark, event.end_mark
        if self.flow > frame.flow and start.index != mark.index:
            self.end = (start.line, start.column, mark.line, mark.column)
            if not frame.flow and frame.line != mark.line:
                self.check_indent(frame.line, mark.line, path, quoted=False)
        if frame.fate == KEPT:
            frame.spans[path] = (frame.line, frame.column, *self.end[2:], *frame.key_span)
        self.container, self.path, self.spans, self.indent, self.flow = frame[:5]
        self.key = None
        if frame.fate == KEY:
            self.key, self.key_span, self.drop = "", (frame.line, frame.column, *self.end[2:]), True

    # What events have in common

    def open(self, event: Any, container: dict[str, Json] | list[Json]) -> None:
        """A collection begins, and hangs in the one around it from its beginning on, so that a prefix is data too."""
        start, parent, path, fate = event.start_mark, self.container, self.here(), KEPT
        span = (start.line, start.column, start.line, start.column + 1)
        self.count(span)
        if len(self.frames) == MAX_DEPTH:
            message = f"Here lists and mappings are nested more than {MAX_DEPTH} deep."
            self.refuse(
                TOO_DEEP, span, message, "A record needs a handful of levels; is a bracket or an indentation wrong?"
            )
        key_span: Span = ()
        if type(parent) is dict:
            if self.key is None:
                fate = KEY
                self.note(
                    KEY_NOT_TEXT, span, "A key has to be text, not a list or a mapping.", "Put the key in quotes.", path
                )
            elif self.drop:
                fate = DROPPED
            else:
                key_span = self.key_span
                parent[self.key] = container
        elif type(parent) is list:
            parent.append(container)
        else:
            self.root = container
        frame = Frame(parent, self.path, self.spans, self.indent, self.flow, key_span, span[0], span[1], fate)
        if fate != KEPT:
            self.spans, self.drop = {}, False
        self.frames.append(frame)
        self.container, self.path, self.key, self.end = container, path, None, span
        if event.flow_style:
            self.flow += 1
        else:
            self.indent = span[1]
        if event.tag is not None or event.anchor is not None:
            self.refuse_properties(event, span, path)

    def put(self, value: Json, span: Span, path: KeyPath) -> None:
        """Store a value in the collection that is open."""
        container = self.container
        if type(container) is dict:
            if self.drop:
                self.drop = False
            else:
                container[self.key] = value  # type: ignore[index]  # a value follows its key
                self.spans[path] = span + self.key_span
            self.key = None
        else:
            if type(container) is list:
                container.append(value)
            else:
                self.root = value
            self.spans[path] = span

    def here(self) -> KeyPath:
        """The path of the value that comes next, or of the mapping while it is a key that comes."""
        if type(self.container) is dict:
            return self.path if self.key is None else (*self.path, self.key)
        return () if self.container is None else (*self.path, len(self.container))

    def count(self, span: Span) -> None:
        """One more key or value."""
        self.values += 1
        if self.values > MAX_VALUES:
            self.refuse_more(span)

    def refuse_more(self, span: Span) -> None:
        """One key or value too many."""
        message = f"The file holds more than {MAX_VALUES:,} keys and values."
        self.refuse(TOO_MANY_VALUES, span, message, "Take out what does not belong, or split the file.")

    # Keys and values that are not plain text

    def read_key(self, event: Any, key: str, span: Span, container: dict[str, Json]) -> None:
        """A key, and whether its value belongs to the data."""
        if event.style:
            if self.escapes:
                self.check_escapes(event, span, (*self.path, key))
        elif not key or key[0] in STARTS or self.odd:
            self.check_plain_key(key, span, (*self.path, key))
            self.drop = key == "<<"
        if self.marked and (event.tag is not None or event.anchor is not None):
            self.refuse_properties(event, span, (*self.path, key))
        if key in container:
            path = (*self.path, key)
            first = self.place(self.spans[path][4:]) if path in self.spans else self.place(span)
            message = (
                f"The key `{shortened(key)}` stands twice in this mapping; it was given in line {first.line} already."
            )
            self.note(DUPLICATE_KEY, span, message, "Keep one of the two.", path, related=((first, "first here"),))
            self.drop = True
        self.key, self.key_span = key, span

    def give_up(self) -> None:
        """Close what is open when reading ends early: all of it is in doubt."""
        self.doubtful.add(())
        while self.frames:
            frame = self.frames.pop()
            self.doubtful.add(self.path)
            if frame.fate == KEPT:
                frame.spans[self.path] = (frame.line, frame.column, *self.end[2:], *frame.key_span)
            self.path, self.spans = frame.path, frame.spans
