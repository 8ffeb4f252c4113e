"""Values as text, in the manner of what stands beside them: quotes, brackets, spaces, indentation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from runbooks.edits.text import Text
from runbooks.findings import KeyPath
from runbooks.source import Json
from runbooks.source.scalars import reading

STEP: Final = 2
"""Spaces of an indentation that nothing beside it shows."""

_PLAIN: Final = re.compile(r"[^\W_][^\x00-\x1f\x7f-\x9f\ufeff]*|[/(._][^\W_][^\x00-\x1f\x7f-\x9f\ufeff]*")
"""What may stand without quotes, as far as its first letters go."""
_BREAKS: Final = re.compile(r":(?=\s|$)|\s#|\s$|[^\S ]")
_BREAKS_FLOW: Final = re.compile(r"[\[\]{},]|:[\"']")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_SINGLE: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]*")


@dataclass(frozen=True, slots=True)
class Like:
    """The values whose manner is followed, the nearest first; none where nothing of the kind is in the file."""

    text: Text
    paths: tuple[KeyPath, ...] = ()
    around: tuple[str, str] = ("", "")
    """The quotes and the space inside braces of what is around, for what has nothing beside it."""

    def below(self, key: str) -> Like:
        """The values under a key of these."""
        found = tuple((*path, key) for path in self.paths if self.text.has((*path, key)))
        return Like(self.text, found, (self.quotes_texts, self.pad))

    @property
    def entries(self) -> Like:
        """The entries of these lists, the last first."""
        values = ((path, self.text.value(path)) for path in self.paths)
        lists = [(path, len(value)) for path, value in values if isinstance(value, list)]
        found = tuple((*path, number) for path, many in lists for number in reversed(range(many)))
        return Like(self.text, found, self.around)

    @property
    def is_flow(self) -> bool | None:
        """Whether the nearest list or mapping stands in brackets; None where there is none."""
        for path in self.paths:
            if isinstance(self.text.value(path), dict | list):
                return self.text.is_flow(path)
        return None

    @property
    def quote(self) -> str:
        """The quotes of the nearest text on one line; nothing where it has none."""
        for path in self.paths:
            first = self.text.content[self.text.start(path)] if isinstance(self.text.value(path), str) else ""
            if first and first not in "|>":
                return first if first in "\"'" else ""
        return "" if self.paths else self.around[0]

    @property
    def quotes_texts(self) -> str:
        """The quotes that all texts of the nearest mapping have, where two are there or its keys have them too."""
        path, value = next(((one, self.text.value(one)) for one in self.paths if self.text.value(one)), ((), None))
        if not isinstance(value, dict):
            return self.around[0]
        texts = [(*path, key) for key, one in value.items() if isinstance(one, str)]
        if not texts:
            return self.key_quote
        quotes = {self.text.content[self.text.start(one)] for one in texts}
        sure = len(texts) > 1 or quotes == {self.key_quote}
        return quotes.pop() if sure and len(quotes) == 1 and quotes <= {'"', "'"} else ""

    @property
    def key_quote(self) -> str:
        """The quotes around the first key of the nearest mapping."""
        for path in self.paths:
            value = self.text.value(path)
            if isinstance(value, dict) and value:
                first = self.text.content[self.text.key((*path, next(iter(value))))[0]]
                return first if first in "\"'" else ""
        return self.around[0]

    @property
    def pad(self) -> str:
        """What stands between a brace and what is in it."""
        for path in self.paths:
            if self.text.value(path) and self.text.is_flow(path):
                return " " if self.text.content[self.text.start(path) + 1] == " " else ""
        return self.around[1]


def flow(value: Json, like: Like) -> str:
    """A value on one line, its lists and mappings in brackets."""
    if isinstance(value, dict):
        pad = like.pad
        inside = ", ".join(pair(key, one, like) for key, one in value.items())
        return f"{{{pad}{inside}{pad}}}" if value else "{}"
    if isinstance(value, list):
        pad = like.pad
        return f"[{pad}{', '.join(flow(one, like.entries) for one in value)}{pad}]" if value else "[]"
    return scalar(value, like.quote, in_flow=True)


def pair(key: str, value: Json, like: Like) -> str:
    """A key with its value, in brackets; `like` are mappings."""
    below = like.below(key)
    quote = below.quote if below.paths else like.quotes_texts
    written = scalar(value, quote, in_flow=True) if not isinstance(value, dict | list) else flow(value, below)
    return f"{scalar(key, like.key_quote, in_flow=True)}: {written}"


def lines(value: dict[str, Json], like: Like, indent: int) -> Iterator[str]:
    """A mapping in block style; its keys stand at a column."""
    for key, one in value.items():
        below, name = like.below(key), f"{' ' * indent}{scalar(key, like.key_quote)}:"
        if isinstance(one, dict | list) and one and not _fits(one, below, len(name)):
            yield name
            if isinstance(one, dict):
                yield from lines(one, below, indent + STEP)
            else:
                dash = indent + offset(below)
                for entry in one:
                    yield from entry_lines(entry, below.entries, dash)
        elif isinstance(one, dict | list):
            yield f"{name} {flow(one, below)}"
        else:
            quote = below.quote if below.paths else like.quotes_texts
            yield f"{name} {scalar(one, quote)}"


def entry_lines(value: Json, like: Like, dash: int, gap: str = " ") -> Iterator[str]:
    """An entry of a list in block style, its dash at a column, `gap` behind the dash."""
    before = f"{' ' * dash}-{gap}"
    if isinstance(value, dict) and value and like.is_flow is not True:
        short = f"{before}{flow(value, like)}"
        if like.is_flow is False or len(short) > like.text.width:
            first, *rest = lines(value, like, len(before))
            yield before + first.lstrip(" ")
            yield from rest
            return
        yield short
    elif isinstance(value, dict) and value and len(before + flow(value, like)) > like.text.width:
        first, *rest = lines(value, like, len(before))
        yield before + first.lstrip(" ")
        yield from rest
    elif isinstance(value, dict | list):
        yield before + flow(value, like)
    else:
        yield before + scalar(value, like.quote)


def _fits(value: dict[str, Json] | list[Json], below: Like, before: int) -> bool:
    """Whether a list or mapping goes in brackets behind its key: as beside it; else where it is short and simple."""
    if below.is_flow is False:
        return False
    simple = isinstance(value, dict) or not any(isinstance(one, dict) for one in value)
    return (below.is_flow is True or simple) and before + 1 + len(flow(value, below)) <= below.text.width


def offset(below: Like) -> int:
    """How much further right than their key dashes stand: as in the nearest such list, or else in any of the file."""
    text = below.text
    for path in (*below.paths, *text.document.spots):
        value = text.value(path)
        if isinstance(value, list) and value and path and isinstance(path[-1], str) and not text.is_flow(path):
            return text.column(text.start(path)) - text.column(text.key(path)[0])
    return STEP


def scalar(value: Json, quote: str = "", *, in_flow: bool = False) -> str:
    """A value that holds no others. `quote` are the quotes it gets even where it needs none."""
    if not isinstance(value, str):
        return json.dumps(value)
    if quote == "'" and _SINGLE.fullmatch(value):
        return "'" + value.replace("'", "''") + "'"
    if not quote and is_plain(value, in_flow=in_flow):
        return value
    return json.dumps(value, ensure_ascii=False)


def is_plain(value: str, *, in_flow: bool) -> bool:
    """Whether every reader takes a text without quotes for that text. A day needs quotes: others read a date."""
    if not _PLAIN.fullmatch(value) or _BREAKS.search(value) or (in_flow and _BREAKS_FLOW.search(value)):
        return False
    return not _DAY.fullmatch(value) and reading(value) == (value, None)
