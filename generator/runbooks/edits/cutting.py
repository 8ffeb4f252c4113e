"""Where a key with its value and its comments begins and ends, and how it goes to another place."""

from __future__ import annotations

import re
from typing import Final

from runbooks.edits.changes import Move, Put, Remove
from runbooks.edits.refusal import Refused
from runbooks.edits.text import Splice, Text
from runbooks.edits.written import STEP, scalar
from runbooks.findings import KeyPath

_COMMENT_LINE: Final = re.compile(r"( *)#[^\n]*\n")
_BY_HAND: Final = "write it by hand"


def removed(text: Text, edit: Remove) -> list[Splice]:
    """The splices that take a key out of its mapping.

    Raises:
        Refused: where nothing would be left, or a comment would hang in the air.
    """
    return [_cut(text, edit.path)]


def moved(text: Text, edit: Move) -> tuple[list[Splice], Put | None]:
    """The splices that take a key to another mapping, and what is left to be put there where brackets are involved.

    Raises:
        Refused: where its lines cannot be moved as they are.
    """
    path, to = edit.path, edit.to
    if to[: len(path)] == path or text.has(to):
        raise Refused(text.place(to), f"`{to[-1]}` is there already", "")
    holder, made = to[:-1], not text.has(to[:-1])
    if made and (not holder or not isinstance(text.value(holder[:-1]), dict)):
        raise Refused(text.place(path), f"there is no mapping that `{to[-1]}` could go into", _BY_HAND)
    around = holder[:-1] if made else holder
    if not isinstance(text.value(around), dict):
        raise Refused(text.place(path), f"there is no mapping that `{to[-1]}` could go into", _BY_HAND)
    if text.in_flow(path) or text.is_flow(around) or text.in_flow(around):
        cut = _cut(text, path)
        if "#" in text.content[cut.start : cut.end]:
            raise Refused(text.place(path), "a comment stands beside this in brackets", _BY_HAND)
        value = text.value(path)
        put = Put(around, str(holder[-1]), {str(to[-1]): value}) if made else Put(holder, str(to[-1]), value)
        return [cut], put
    return _lines_moved(text, edit, around, made=made), None


def _lines_moved(text: Text, edit: Move, around: KeyPath, *, made: bool) -> list[Splice]:
    """A key in block style goes below the last key of another mapping, with its comments, as far right as these."""
    path, to = edit.path, edit.to
    siblings = [key for key in _keys(text, around) if (*around, key) != path]
    if not siblings:
        raise Refused(text.place(path), "nothing else stands where this goes", _BY_HAND)
    column = text.column(text.key((*around, siblings[-1]))[0])
    at = text.below((*around, siblings[-1]), column + 1)
    cut = _cut(text, path)
    start, end = text.key(path)
    lines = text.content[cut.start : cut.end]
    if start - cut.start < 0 or (text.content[cut.start : start].strip(" \n\r") and not lines.lstrip().startswith("#")):
        raise Refused(text.place(path), "this does not begin its line", _BY_HAND)
    quote = text.content[start] if text.content[start] in "\"'" else ""
    named = text.content[cut.start : start] + scalar(str(to[-1]), quote) + text.content[end : cut.end]
    was = text.column(start)
    shifted = _shifted(text, path, named, (column + STEP if made else column) - was)
    ending = text.line_end(at)
    if not shifted.endswith("\n"):
        shifted += ending
    if made:
        shifted = f"{' ' * column}{scalar(str(to[-2]))}:{ending}{shifted}"
    if at and text.content[at - 1] != "\n":
        shifted = ending + shifted.rstrip("\r\n")
    return [cut, Splice(at, at, shifted)] if cut.start <= at else [Splice(at, at, shifted), cut]


def _shifted(text: Text, path: KeyPath, lines: str, by: int) -> str:
    """Lines further right or left; each keeps its end."""
    moved = list[str]()
    for line in lines.split("\n"):
        bare = line.lstrip(" ")
        if not bare.strip():
            moved.append(line)
        elif len(line) - len(bare) + by < 0:
            raise Refused(text.place(path), "a line of this stands too far left to be moved", _BY_HAND)
        else:
            moved.append(" " * (len(line) - len(bare) + by) + bare)
    return "\n".join(moved)


def _keys(text: Text, path: KeyPath) -> list[str]:
    there = text.value(path)
    return list(there) if isinstance(there, dict) else []


def _cut(text: Text, path: KeyPath) -> Splice:
    """The piece of a file that is one key, its value and the comments that are about it."""
    if not path or not isinstance(path[-1], str) or not text.has(path):
        raise Refused(text.place(path), "there is no such key", "")
    keys, key = _keys(text, path[:-1]), path[-1]
    if len(keys) == 1:
        raise Refused(text.place(path), f"without `{key}` nothing would be left here", _BY_HAND)
    following = keys[keys.index(key) + 1 :]
    start = text.key(path)[0]
    if text.in_flow(path):
        if following:
            end = text.key((*path[:-1], following[0]))[0]
        else:
            start, end = text.end((*path[:-1], keys[-2])), text.end(path)
        if "#" in text.content[start : text.key(path)[0]] + text.content[text.end(path) : end]:
            raise Refused(text.place(path), "a comment stands beside this in brackets", _BY_HAND)
        return Splice(start, end, "")
    column = text.column(start)
    if text.content[start - column : start].strip(" "):  # behind the dash of a list
        following_start = text.key((*path[:-1], following[0]))[0] if following else start
        if "#" in text.content[text.end(path) : following_start]:
            raise Refused(text.place(path), "the comment behind this cannot be told from one about what follows", "")
        return Splice(start, following_start, "")
    first = _led(text, start - column, column) if path[:-1] or keys[0] != key else start - column
    end = text.below(path, column + 1)
    if end == len(text.content) and not text.content.endswith("\n") and first:
        first -= 2 if text.content[first - 2 : first] == "\r\n" else 1
    return Splice(first, end, "")


def _led(text: Text, line: int, column: int) -> int:
    """Where the comments begin that stand directly above a line, as far right as its key."""
    while line:
        above = text.content.rfind("\n", 0, line - 1) + 1
        found = _COMMENT_LINE.fullmatch(text.content[above:line])
        if found is None or len(found[1]) != column:
            break
        line = above
    return line
