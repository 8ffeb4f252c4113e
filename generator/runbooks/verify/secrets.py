"""Secrets in a built site: its files are read as a browser shows them, text, attributes and search index alike."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import Final

from runbooks.findings import Finding, Place
from runbooks.rules.registry import RULES
from runbooks.secrets import masked, secrets_in
from runbooks.secrets.names import kind
from runbooks.secrets.shapes import shaped_like
from runbooks.verify.names import NotUnderstood, data, is_index
from runbooks.verify.pieces import LONGEST, cut, lines_of
from runbooks.verify.reading import UNSAID
from runbooks.verify.remembered import Remembered

PAGES: Final = (".html", ".htm", ".xhtml")
CODE: Final = (".css", ".js", ".map", ".mjs", ".svg", ".wasm")
"""Files in which the words for secrets are everyday names: only what has the shape of one is a secret there."""

_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<[a-zA-Z/!?](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
_NAMED = re.compile(r"<(/?)([a-zA-Z]+[1-6]?)\b")
_BREAKS = frozenset(
    ("p", "div", "li", "ul", "ol", "dl", "dt", "dd", "pre", "br", "hr", "section", "article", "nav", "title", "aside",
     "h1", "h2", "h3", "h4", "h5", "h6", "label", "option", "button")
)  # fmt: skip
_ROWS = frozenset(("table", "thead", "tbody", "tfoot", "tr"))
_CELL, _ROW = "\ufdd4", "\ufdd5"
"""Stand for the begin of a cell, and for the begin or the end of a row: no text has these signs."""
_OPEN = re.compile(r"<[a-zA-Z/!?]")
_UNENDED = re.compile(r"<(?:script|style)\b|<!--(?!.*-->)", re.IGNORECASE | re.DOTALL)
_SCRIPT = re.compile(r"<(script|style)\b[^<>]*>(.*?)</\1\s*>", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(?:^|\s)(?P<name>[\w:-]+)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')""")
_INLINE_PICTURE = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=%]*")


def found(text: str, file: str, known: Remembered[Held] | None = None) -> Iterator[Finding]:
    """Every secret in the text of a built file, at its line where that can be told; each text is told once.

    `known` is what is known of stretches of it.
    """
    rule, seen = RULES["SEC004"], set[str]()
    for secret in _texts(text, file, known):
        if secret in seen:
            continue
        seen.add(secret)
        yield Finding(
            _place(text, file, secret),
            rule.code,
            rule.name,
            rule.severity,
            rule.blocks,
            f"a secret stands here: {masked(secret)}",
            "take it out of what this file was made from, and change it where it is used",
        )


def _texts(text: str, file: str, known: Remembered[Held] | None) -> Iterator[str]:
    name = file.lower().removesuffix(".gz")
    if name.endswith(PAGES):
        yield from _in_page(text, known)
    elif is_index(name):
        yield from _in_index(text, known)
    elif name.endswith(CODE):
        plain = _INLINE_PICTURE.sub(" ", text)
        yield from (plain[start:end] for start, end, _ in shaped_like(plain))
    elif name.endswith(".json"):
        yield from _in_json(text, known)
    else:
        yield from _in_plain(text)


def _in_page(text: str, known: Remembered[Held] | None = None) -> Iterator[str]:
    """The secrets of a page: what is seen, what its attributes and comments say, and the shapes in its scripts."""
    held = (known.of(one, _in_stretch) if known else _in_stretch(one) for one in cut(text))
    whole = _joined(held) if "-----BEGIN" not in text else None
    yield from _in_whole(text) if whole is None else whole.secrets


@dataclass(frozen=True, slots=True)
class Held:
    """The secrets of some lines of a page, and the first and the last line of what is seen of them."""

    secrets: tuple[str, ...]
    first: str
    last: str


def _joined(pieces: Iterable[Held | None]) -> Held | None:
    """What pieces hold one after the other; None where one of them is none. A value may stand behind its name."""
    secrets, first, before = list[str](), "", ""
    for piece in pieces:
        if piece is None:
            return None
        if piece.first:
            secrets += _named_before(before, piece.first)
            first, before = first or piece.first, piece.last
        secrets += piece.secrets
    return Held(tuple(secrets), first, before)


def _in_stretch(text: str) -> Held | None:
    return _of_lines(text) if len(text) < LONGEST else _of_lines.__wrapped__(text)


@lru_cache(maxsize=32_768)  # most lines stand on very many pages, with the same around them
def _of_lines(text: str) -> Held | None:
    return _joined(map(_of_piece, lines_of(text)))


def _of_piece(text: str) -> Held | None:
    return _in_piece(text) if len(text) < LONGEST else _in_piece.__wrapped__(text)


@lru_cache(maxsize=32_768)  # most lines stand on very many pages
def _in_piece(text: str) -> Held | None:
    """What some lines of a page hold by themselves; None where they go on from others, or these from them."""
    rest = _SCRIPT.sub("\n", _INLINE_PICTURE.sub(" ", text))
    if _OPEN.search(_TAG.sub("", rest)) or _UNENDED.search(rest) or _signed(rest).lstrip().startswith(_CELL):
        return None
    lines = _lines(_seen(rest))
    return Held(tuple(_in_whole(text)), lines[0] if lines else "", lines[-1] if lines else "")


def _in_whole(text: str) -> Iterator[str]:
    text = _INLINE_PICTURE.sub(" ", text)
    for script in _SCRIPT.finditer(text):
        yield from (script[2][start:end] for start, end, _ in shaped_like(script[2]))
    rest = _SCRIPT.sub("\n", text)
    tags = "\n".join(tag for tag in _TAG.findall(rest) if "=" in tag or tag.startswith("<!--"))
    yield from _in_lines(_seen(rest))
    for one in _ATTRIBUTE.finditer(tags):
        if one["name"].lower() not in UNSAID:
            yield from _in_line(unescape(one["double"] or one["single"] or ""))
    for comment in re.findall(r"<!--(.*?)-->", tags, re.DOTALL):
        yield from _in_lines(unescape(comment))


def _seen(markup: str) -> str:
    """What a reader sees of some markup, a block a line, the cells of a row in one, with a sign before each."""
    rows = (_CELL.join(cell.rstrip() for cell in row.split(_CELL)) for row in _signed(markup).split(_ROW))
    return unescape("\n".join(rows))


def _signed(markup: str) -> str:
    """Some markup without its tags, and signs for those that part what is seen."""
    return _TAG.sub(_sign, markup)


def _sign(tag: re.Match[str]) -> str:
    named = _NAMED.match(tag[0])
    ends, name = (named[1], named[2].lower()) if named else ("", "")
    if name in ("td", "th"):
        return " " if ends else _CELL
    if name in _ROWS:
        return _ROW
    return "\n" if name in _BREAKS else ""


def _in_index(text: str, known: Remembered[Held] | None) -> Iterator[str]:
    """The secrets of the index of the search, which is a script around data."""
    try:
        yield from _in_json(data(text), known)
    except NotUnderstood:
        yield from _in_plain(text)


def _in_json(text: str, known: Remembered[Held] | None) -> Iterator[str]:
    """The secrets of the texts of a JSON file, which may be parts of pages."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        yield from _in_plain(text)
        return
    queue = [data]
    while queue:
        value = queue.pop()
        if isinstance(value, dict):
            queue.extend(value.values())
            named = ((key, one) for key, one in value.items() if isinstance(one, str) and kind(key) and "<" not in one)
            yield from (secret for key, one in named for secret in _in_line(f"{key}: {one}"))
        elif isinstance(value, list):
            queue.extend(value)
        elif isinstance(value, str):
            yield from _in_page(value, known) if "<" in value else _in_lines(unescape(value))


def _in_plain(text: str) -> Iterator[str]:
    yield from (text[one.start : one.end] for one in secrets_in(text))


def _in_lines(text: str) -> Iterator[str]:
    """The secrets of a text whose blocks are lines; a value may stand in the block after its name."""
    before = ""
    for line in _lines(text):
        yield from _named_before(before, line)
        yield from _in_line(line)
        before = line
    if "-----BEGIN" in text:
        yield from (text[start:end] for start, end, name in shaped_like(text) if name == "private key")


def _lines(text: str) -> list[str]:
    """The lines of what is seen; a row with strokes around its cells, as a table is written in Markdown."""
    rows = (f"{line.replace(_CELL, ' | ')} |" if _CELL in line else line for line in text.split("\n"))
    return [" ".join(line.split()) for line in rows if line.strip().strip("| ")]


def _named_before(before: str, line: str) -> Iterator[str]:
    """The secrets of a line whose name stands in the one before."""
    before, line = before.removesuffix(" |"), line.removeprefix("| ")
    if before.endswith((":", "=")) and len(before) < 100 and len(line) < 200:
        yield from _in_line(f"{before}\n{line}")


@lru_cache(maxsize=65_536)  # the frame around the text is the same on every page
def _in_line(line: str) -> tuple[str, ...]:
    return tuple(line[one.start : one.end] for one in secrets_in(line))


def _place(text: str, file: str, secret: str) -> Place:
    shown = secret.split("\n", 1)[0]
    at = text.find(shown)
    if at < 0:
        return Place(file, 1, 1, 1, 2)
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return Place(file, line, column, line, column + len(shown))
