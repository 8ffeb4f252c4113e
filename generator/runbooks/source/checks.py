"""Checks single keys and values of a YAML file, as they are read."""

from __future__ import annotations

from typing import Any

from runbooks.findings import Fix, KeyPath, Patch
from runbooks.source import layout, repairs
from runbooks.source.codes import (
    AMBIGUOUS,
    ANCHOR,
    ESCAPE,
    KEY_NOT_TEXT,
    MERGE_KEY,
    NOT_INDENTED,
    NOT_YAML,
    NUMBER_OUT_OF_RANGE,
    ODD_SPACE,
    TAB,
    TAG,
)
from runbooks.source.document import Json, Span
from runbooks.source.notes import Notes
from runbooks.source.scalars import WORDS_1_1, meaning, reading, shortened, trap
from runbooks.source.text import ODD_SPACE as ODD

MAX_REMEMBERED = 40
"""The longest unquoted value whose reading is remembered."""

QUOTABLE = (AMBIGUOUS, NUMBER_OUT_OF_RANGE)
"""What is no trap any more in quotes."""

_QUOTE_IT = "If it is text, put the value in quotes."
_INDENT_IT = "Indent every line of it further than the key or the list item it belongs to."


class Checks(Notes):
    """What is wrong with single keys and values. Events are those of PyYAML."""

    def __init__(self, file: str, text: str) -> None:
        super().__init__(file, text)
        self.indent = -1
        """The column of the block collection around, -1 outside of all."""
        self.flow = 0
        """How many lists and mappings in brackets are open."""
        self.escapes = "\\" in text
        self.marked = "!" in text or "&" in text
        """Whether there may be tags or anchors."""
        self.odd = not text.isascii() and ODD.search(text) is not None

    def check_plain_key(self, key: str, span: Span, path: KeyPath) -> None:
        """An unquoted key that is no text, or text only to some programs.

        Not `on` and its like: it is a key of records (`reviewed: {on: …}`), and models say which keys there are.
        """
        if key == "<<":
            message = "`<<` is a YAML merge key: a record says everything where it is."
            self.note(MERGE_KEY, span, message, "Write out the keys that it would bring.", path[:-1])
            return
        if self.odd and (found := layout.odd_space(key, is_key=True)):
            fix = repairs.spaced(key, self.place(span), is_key=True)
            self.note(ODD_SPACE, span, *layout.odd_space_message(found), path, fix=fix)
        value, found_trap = reading(key) if len(key) <= MAX_REMEMBERED else (meaning(key), trap(key))
        if not isinstance(value, str):
            what = f"`{shortened(key)}` is not" if key else "An empty key is not"
            self.note(
                KEY_NOT_TEXT,
                span,
                f"{what} text, and a key has to be text.",
                f'Put the key in quotes: "{shortened(key)}".',
                path,
                fix=repairs.quoted(key, safe=True),  # as a key it was its text all along
            )
        elif found_trap and key not in WORDS_1_1:
            fix = repairs.quoted(key, safe=True) if found_trap.code in QUOTABLE else None
            self.note(found_trap.code, span, found_trap.message, found_trap.help, path, fix=fix)

    def plain(self, text: str, span: Span, path: KeyPath) -> Json:
        """The meaning of an unquoted value that may be more than text."""
        if text == "-":
            self.note(NOT_YAML, span, "A lone - in brackets is not YAML.", 'Put it in quotes: "-".', path)
        if self.odd and (odd := layout.odd_space(text, is_key=False)):
            fix = repairs.spaced(text, self.place(span), is_key=False)
            self.note(ODD_SPACE, span, *layout.odd_space_message(odd), path, fix=fix)
        value, found = reading(text) if len(text) <= MAX_REMEMBERED else (meaning(text), trap(text))
        if found:
            self.note(found.code, span, found.message, found.help, path, fix=repairs.of_value(text, found.code))
        return value

    def refuse_properties(self, event: Any, span: Span, path: KeyPath) -> None:
        """An anchor or a tag before a value; the value is taken as if they were not there."""
        if event.anchor is not None:
            message = f"`&{shortened(event.anchor)}` is a YAML anchor: a record says everything where it is."
            self.note(ANCHOR, span, message, f"Take it out. {_QUOTE_IT}", path)
        if event.tag is not None:
            message = "A value that begins with ! has a YAML tag: a record has none."
            self.note(TAG, span, message, f"Take the tag out. {_QUOTE_IT}", path)

    def check_quoted(self, event: Any, span: Span, path: KeyPath) -> None:
        """A quoted or block scalar: its escapes, and the indentation of its lines."""
        if event.style in "|>":
            self.check_block(event, span, path)
            return
        self.check_escapes(event, span, path)
        if span[0] != span[2] and not self.flow:
            self.check_indent(span[0], span[2], path, quoted=True)

    def check_block(self, event: Any, span: Span, path: KeyPath) -> None:
        """A block scalar: what stands behind its mark, and whether it takes in all its lines."""
        line, column = span[:2]
        flaw = layout.header_flaw(self.lines[line], column)
        if flaw:
            code, column = flaw
            message, remedy = layout.WORDS[code]
            there = (line, column, line, column + (code == TAB))
            space = Fix(" ", safe=True, patches=(Patch(self.place(there), " "),), words=layout.MENDED[code])
            self.note(code, (line, column, line, column + 1), message, remedy, path, fix=space)
        elif not event.value.strip("\n"):
            left_out = layout.line_left_out(self.lines, line, self.indent)
            if left_out is not None:
                message = "This line is indented less than the empty lines above it."
                remedy = "Take the spaces out of the empty lines."
                self.note(NOT_INDENTED, (left_out, 0, left_out, 1), message, remedy, path)

    def check_escapes(self, event: Any, span: Span, path: KeyPath) -> None:
        r"""A double-quoted text whose backslashes make what nobody meant: `\b` in "D:\backup" is one character."""
        if event.style != '"':
            return
        raw = self.text[event.start_mark.index : event.end_mark.index]
        if "\\" in raw and (found := layout.escape_message(raw, event.value)):
            self.note(ESCAPE, span, *found, path, fix=repairs.straightened(raw))

    def check_indent(self, first: int, last: int, path: KeyPath, *, quoted: bool) -> None:
        """The lines of a quoted text, or of a list or mapping in brackets, after its first."""
        line = layout.unindented_line(self.lines, first, last, self.indent, quoted=quoted)
        if line is not None:
            what = "quoted text" if quoted else "list or mapping in brackets"
            message = f"This line belongs to the {what} that begins in line {first + 1}, but is not indented."
            column = len(self.lines[line]) - len(self.lines[line].lstrip())
            fix = repairs.indented(self.file, self.lines, first, last, self.indent)
            self.note(NOT_INDENTED, (line, column, line, column + 1), message, _INDENT_IT, path, fix=fix)
