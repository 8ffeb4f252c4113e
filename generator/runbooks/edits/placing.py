"""Where the text of an edit goes, in block style and in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from runbooks.edits.changes import Append, Edit, Move, Put, Remove, Rename, Replace
from runbooks.edits.cutting import moved, removed
from runbooks.edits.refusal import Refused
from runbooks.edits.text import ADDRESSED, Splice, Text
from runbooks.edits.written import Like, entry_lines, flow, lines, offset, pair, scalar
from runbooks.findings import KeyPath
from runbooks.source import Json

_GAP: Final = re.compile(r"(?:[ \t\r\n]+|(?<=[ \t\r\n])#[^\n]*)*")
"""What may stand between a value in brackets and the comma behind it."""
_EMPTY: Final = re.compile(r"\n[ \t]*\r?\n")
_REST: Final = re.compile(r"[ \t]*(?:(?<=[ \t])#[^\n\r]*)?")
"""What may stand behind a value on its line, in brackets, where the next begins on another."""


def splices(text: Text, edit: Edit) -> list[Splice]:
    """The changes of the text that an edit comes to.

    Raises:
        Refused: where nothing of the kind can be written there.
    """
    match edit:
        case Append(path, values, order):
            if not text.has(path):
                return _put(text, Put(path[:-1], str(path[-1]), list(values), order))
            return _append(text, path, values)
        case Put():
            return _put(text, edit)
        case Replace(path, value):
            return [_replaced(text, path, value)]
        case Rename(path, key):
            start, end = text.key(path)
            quote = text.content[start] if text.content[start] in "\"'" else ""
            return [Splice(start, end, scalar(key, quote, in_flow=text.in_flow(path)))]
        case Remove():
            return removed(text, edit)
        case Move():
            made, put = moved(text, edit)
            return [*made, *(_put(text, put) if put else ())]


def _append(text: Text, path: KeyPath, values: Sequence[Json]) -> list[Splice]:
    there, like = text.value(path), Like(text, (path,)).entries
    if not isinstance(there, list):
        raise Refused(text.place(path), "this is no list, so nothing can be added to it", "write it as a list")
    if there and not text.is_flow(path):
        dash, last = text.column(text.start(path)), len(there) - 1
        written = [line for one in values for line in _entry(text, path, one, dash)]
        return [text.lines_at(text.below((*path, last), _comments(text, path, dash)), written)]
    if not there and not text.in_flow(path) and path and isinstance(path[-1], str):
        return _opened(text, path, values)
    return _in_brackets(text, path, [flow(one, like) for one in values], _last(text, path))


def _entry(text: Text, path: KeyPath, value: Json, dash: int) -> Iterator[str]:
    """The lines of an entry behind the last of a list, with an empty one before it where the last has one too."""
    there = text.value(path)
    last = len(there) - 1 if isinstance(there, list) else 0
    keeps = "+" in text.header((*path, last))  # which would take in the empty line
    if last and not keeps and _EMPTY.search(text.content, text.end((*path, last - 1)), text.start((*path, last))):
        yield ""
    yield from entry_lines(value, Like(text, (path,)).entries, dash, _gap(text, path, last))


def _put(text: Text, edit: Put) -> list[Splice]:
    path, there = edit.path, text.value(edit.path)
    if not isinstance(there, dict):
        raise Refused(text.place(path), f"there is no mapping that `{edit.key}` could go into", "write it by hand")
    if edit.key in there:
        raise Refused(text.place((*path, edit.key)), f"`{edit.key}` is there already", "")
    if edit.first and there:
        return [_before_all(text, edit, next(iter(there)))]
    behind = _sibling(there, edit)
    # The same key of the mappings beside this one shows how it is written.
    beside = Like(text, (path[:-1],)).entries.paths if path and isinstance(path[-1], int) else ()
    like = Like(text, (path, *(one for one in beside if one != path)))
    if text.is_flow(path):
        written = pair(edit.key, edit.value, like)
        return _in_brackets(text, path, [written], (*path, behind) if behind is not None else None)
    assert behind is not None
    column = text.column(text.key((*path, behind))[0])
    return [text.lines_at(text.below((*path, behind), column + 1), lines({edit.key: edit.value}, like, column))]


def _before_all(text: Text, edit: Put, key: str) -> Splice:
    """A new first key: directly above the one that was, but below the line that speaks to the editor."""
    start, like = text.key((*edit.path, key))[0], Like(text, (edit.path,))
    written, column = pair(edit.key, edit.value, like), text.column(start)
    margin = text.content[start - column : start]
    if text.is_flow(edit.path):
        apart = bool(column) and not margin.strip(" ")
        return Splice(start, start, f"{written},{text.line_end(start) + margin if apart else ' '}")
    if margin.strip(" "):
        raise Refused(text.place((*edit.path, key)), "this does not begin its line", "write it by hand")
    return text.lines_at(_below_head(text, start - column), [f"{margin}{written}"])


def _below_head(text: Text, line: int) -> int:
    """Where a line goes that comes before the first key: not between that and a comment about the line below it."""
    at, speaks = line, True
    while line:
        above = text.content.rfind("\n", 0, line - 1) + 1
        words = text.content[above:line].lstrip(" ")
        if not words.startswith("#"):
            break
        if "yaml-language-server" in words:
            return line
        speaks = speaks and ADDRESSED.match(words) is not None
        line, at = above, above if speaks else at
    return at


def _sibling(there: dict[str, Json], edit: Put) -> str | None:
    """The key of a mapping that a new one comes behind; None where it has none."""
    before = edit.order[: edit.order.index(edit.key)] if edit.key in edit.order else ()
    return next((key for key in reversed(before) if key in there), next(reversed(there), None))


def _last(text: Text, path: KeyPath) -> KeyPath | None:
    there = text.value(path)
    return (*path, len(there) - 1) if isinstance(there, list) and there else None


def _gap(text: Text, path: KeyPath, last: int) -> str:
    """What stands between the dash and the last entry, where both are on one line and it is no list itself."""
    start = text.start((*path, last))
    _, dash, gap = text.content[text.content.rfind("\n", 0, start) + 1 : start].rpartition("-")
    return gap if dash and gap and not gap.strip(" ") else " "


def _comments(text: Text, path: KeyPath, dash: int) -> int:
    """From which column on a comment below a list is about the list and not about what follows."""
    key = text.column(text.key(path)[0]) if path and isinstance(path[-1], str) else dash - 1
    return dash if dash > key else dash + 1


def _opened(text: Text, path: KeyPath, values: Sequence[Json]) -> list[Splice]:
    """Entries of a list that is empty, `[]`: in its brackets where they fit, else on lines below its key."""
    start, end, beside = text.start(path), text.end(path), Like(text, _peers(text, path))
    line = flow(list(values), beside)
    too_long = text.column(start) + len(line) > text.width
    if text.content[start:end] != "[]" or not (too_long or beside.is_flow is False):
        return [Splice(start + 1, start + 1, line[1:-1].strip())]
    key = text.column(text.key(path)[0])
    written = (line for one in values for line in entry_lines(one, beside.entries, key + offset(beside)))
    before = len(text.content[:start].rstrip(" "))
    return [Splice(before, end, ""), text.lines_at(text.below(path, key + 1), written)]


def _peers(text: Text, path: KeyPath) -> tuple[KeyPath, ...]:
    """The lists under the same key of the mappings beside this one, with something in them."""
    if len(path) < 2 or not isinstance(path[-2], int):
        return ()
    beside = Like(text, (path[:-2],)).entries.below(str(path[-1]))
    return tuple(one for one in beside.paths if one != path and text.value(one))


def _in_brackets(text: Text, path: KeyPath, written: Sequence[str], behind: KeyPath | None) -> list[Splice]:
    """More in a list or mapping in brackets, behind one of its values or, where it is empty, at its beginning."""
    content = text.content
    if behind is None:
        start = text.start(path) + 1
        return [Splice(start, start, ", ".join(written))]
    end, first = text.end(behind), text.key(behind)[0] or text.start(behind)
    gap = _GAP.match(content, end)
    comma = gap.end() if gap and content[gap.end()] == "," else None
    margin = content[content.rfind("\n", 0, first) + 1 : first]
    alone = not margin.strip(" ")
    if not alone:
        margin = " " * (text.column(text.start(path)) + 1)
        room = text.width - text.column(content.find("\n", end) if "\n" in content[end:] else len(content))
        alone = sum(map(len, written)) + 2 * len(written) > room and "\n" not in content[text.start(path) : end]
        alone = alone and text.column(end) > 60 and not text.in_flow(path)
    if not alone:
        at = end if comma is None else comma + 1
        joined = "".join(f", {one}" for one in written) if comma is None else "".join(f" {one}," for one in written)
        return [Splice(at, at, joined)]
    return list(_on_lines(text, written, margin, end, comma))


def _on_lines(text: Text, written: Sequence[str], margin: str, end: int, comma: int | None) -> Iterator[Splice]:
    """Entries in brackets, each on a line of its own."""
    content, last = text.content, comma is None
    at = end if comma is None else comma + 1
    rest = _REST.match(content, at)
    below = rest.end() if rest and content.startswith(("\n", "\r\n"), rest.end()) else at
    if last:
        yield Splice(end, end, ",")
    ending = text.line_end(below)
    inside = f",{ending}{margin}".join(written)
    yield Splice(below, below, f"{ending}{margin}{inside}" + ("" if last else ","))


def _replaced(text: Text, path: KeyPath, value: Json) -> Splice:
    there, start = text.value(path), text.start(path)
    if isinstance(there, dict | list) and there and not text.is_flow(path):
        raise Refused(text.place(path), "this stands on several lines, so it is not replaced", "change it by hand")
    end = max(len(text.content[: text.end(path)].rstrip()), start)
    like, before = Like(text, (path,)), text.content[start - 1 : start]
    if isinstance(value, dict | list):
        written = flow(value, like)
    else:
        written = scalar(value, like.quote, in_flow=text.in_flow(path))
    return Splice(start, end, written if before in ("", " ", "\n", "[", "{") else f" {written}")
