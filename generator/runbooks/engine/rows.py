"""Long tables by their rows: a row becomes HTML once, and again only when its text or what it leads to has changed.

A list of all clients has a row for each, and a change to one record changes one row. So MkDocs makes HTML of the page
with one row in the place of all, and of the rows that are not known in tables of their own. That is for plain rows, of
which it is certain that nothing around them decides what they become.
"""

from __future__ import annotations

import json
import logging
import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from itertools import count
from typing import Final, NamedTuple, TypeAlias

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

from runbooks.engine import shapes
from runbooks.engine.workshop import Workshop
from runbooks.shelf import Shelf, digest

MANY: Final = 40
"""How many rows a table has that is worth it."""

_WORDS: Final = r"(?:[^\x00-\x1f\x7f-\x9f\\`<>\[\]{}!|&*_]|!(?!\[))++"
_SIGN: Final = r"&(?:#[0-9]{1,7}|[a-z]+);"
_NAME: Final = r"(?:abbr|a|br|b|code|em|i|kbd|small|span|strong|sub|sup)"
_SAID: Final = r' (?:class|title|lang|href|rel|(?:data|aria)-[a-z-]+)="[^"\x00-\x1f\x7f-\x9f\\`<>\[\]|]*"'
_TAG: Final = rf"<(?:/{_NAME}|{_NAME}(?:{_SAID})*+ ?/?)>"
_OUT: Final = r"(?:https?://|mailto:|tel:)(?:[A-Za-z0-9_.~/?=%+:,@#-]|&amp;)++"
_IN: Final = r"[A-Za-z0-9_.~-][A-Za-z0-9_.~/-]*+(?:\?(?:[A-Za-z0-9_.~=%+,-]|&amp;)*+)?(?:#[A-Za-z0-9_.~%-]*+)?"
_LINK: Final = rf"\[(?:{_WORDS}|{_SIGN}|{_TAG})++\]\((?:{_OUT}|{_IN})\)"
_STRONG: Final = rf"(\*\*?+)(?![ *])(?:{_WORDS}|{_SIGN}|{_TAG}|{_LINK})++(?<! )\1(?!\*)"
_ROW: Final = re.compile(rf"\|(?:(?:{_WORDS}|{_SIGN}|{_TAG}|{_LINK}|{_STRONG})*+\|)++")
"""A plain row. What stands in a cell begins and ends there, gives nothing an id, and is no code."""
_LEAD: Final = re.compile(r"\]\((([^():?#]+)(?:\?[^#)]*)?(?:#([^)]*))?)\)")
"""A link of a plain row within the site: all of it, its path, and its anchor."""
_TABLE: Final = re.compile(r"\n\n(\|[^\n]*\|\n\|(?: *:?-+:? *\|)+)\n(\|[^\n]*\|(?:\n\|[^\n]*\|)*+)(?=\n\n|\n*\Z)")
"""What is a table, if it is one at all: its header with the line below, and its rows."""
_ODD: Final = re.compile(r"[\x00-\x09\x0b-\x1f]|&#(?![0-9]+;|[xX][0-9A-Fa-f]+;)|\] *:|``")
"""What may decide something far from its own line: signs that Markdown uses itself, half an entity, what a reference
leads to, a fence, and code that holds backticks."""
_ANY_TAG: Final = r'<(?:/[A-Za-z][A-Za-z0-9-]*|[A-Za-z][A-Za-z0-9-]*(?: [A-Za-z][\w.:-]*(?:="[^"<>`\n]*")?)*+ ?/?)>'
_SIMPLE: Final = (
    (re.compile(r"`[^`\n\"'<>]+`"), "."),
    (re.compile(_ANY_TAG), ""),
    (re.compile(r"\[[^\[\]*_\n]*\]\([^()\s]*\)"), ""),
    (re.compile(r"(\*\*?+)(?![\s*])[^*_|\n]+(?<!\s)\1(?!\*)"), ""),
)
"""Code, tags, links and emphasis that end in the line in which they begin, and what is left in their place."""
_OPEN: Final = re.compile(r"[<`\\*_]")
_ASIDE: Final = re.compile(r"[\x02\x03]|klzzwxh|wzxhzdk")
"""What Markdown writes for a while in place of what it has put aside, with a number."""
_BODY: Final = re.compile(r"<tbody>\n(.*?)\n</tbody>", re.DOTALL)
_MADE: Final = re.compile(r"<tr>\n.*?\n</tr>", re.DOTALL)

_Made: TypeAlias = dict[str, dict[str, str]]
"""The HTML of rows, by the head of their table and by their text."""


class _Table(NamedTuple):
    """A long table. The head is its header with the line below; one row stands in for all."""

    head: str
    rows: Sequence[str]
    stand_in: str


class _Lead(NamedTuple):
    """A link within the site: to a file by its `uri`, and perhaps to an anchor; and how it is written."""

    uri: str
    anchor: str
    link: str


class _Read(NamedTuple):
    """A page with some text, as MkDocs reads it, and the files that it asked for."""

    page: Page
    asked: Mapping[str, bool]


class Asked(Files):
    """Files that remember which of them were asked for, and whether they were there."""

    def __init__(self, files: Files) -> None:
        super().__init__([])
        self._src_uris = files._src_uris  # no copy: there may be very many
        self.asked: dict[str, bool] = {}

    def get_file_from_path(self, path: str) -> File | None:
        """A file by its name, if there is one."""
        found = super().get_file_from_path(path)
        self.asked[path] = found is not None
        return found


def rendered(shop: Workshop, page: Page, files: Files, shelf: Shelf, around: bytes) -> bool:
    """Do to a page what `page.render(shop.config, files)` does, with what is known of its rows; whether it was done.

    Where it was not, nothing was done to the page, no file was asked for, and nothing was logged. `around` is a digest
    of all else that decides what HTML a text becomes.
    """
    text, tables = _parted(page.markdown or "") if _fits(shop.config) else ("", ())
    leads = _leads(page, (row for table in tables for row in table.rows))
    if not tables or not all(_is_there(files, lead.uri) for lead in leads):
        return False
    key = digest(around, page.file.src_uri.encode("utf-8", "surrogatepass"))
    known = _understood(shelf.get(key))
    whole = _read(shop, page, files, text)
    made = _all_made(shop, page, files, tables, known) if whole else None
    if not whole or not made or not _filled(whole.page, tables, made) or not _linked(whole.page, _links(leads, files)):
        return False
    if made != known:
        shelf.put(key, json.dumps(made, separators=(",", ":")).encode())
    for uri in dict.fromkeys((*whole.asked, *(lead.uri for lead in leads))):
        files.get_file_from_path(uri)
    _take(page, whole.page)
    return True


def _take(page: Page, other: Page) -> None:
    """Give a page what has become of another's text."""
    page.content, page.toc, page._title_from_render = other.content, other.toc, other._title_from_render
    page.present_anchor_ids, page.links_to_anchors = other.present_anchor_ids, other.links_to_anchors


def _fits(config: MkDocsConfig) -> bool:
    """Whether no extension looks from one cell at another."""
    return {*config.markdown_extensions} <= shapes.EXTENSIONS and "marker" not in config.mdx_configs.get("toc", {})


def _parted(text: str) -> tuple[str, Sequence[_Table]]:
    """A text with one row in each long table, and those tables: none where it is not certain what rows become."""
    if _ODD.search(text):
        return "", ()
    word = next(word for word in map("zr{}rz".format, count()) if word not in text)
    parts, tables, end = list[str](), list[_Table](), 0
    for found in _TABLE.finditer(text):
        head, rows = found[1], found[2].split("\n")
        header, below = head.split("\n")
        if len(rows) >= MANY and all(_is_plain(row, below.count("|")) for row in (header, *rows)):
            tables.append(_Table(head, rows, _stand_in(f"{word}{len(tables)}", below.count("|") - 1)))
            parts += (text[end : found.start(2)], tables[-1].stand_in)
            end = found.end()
    outside = "".join((*parts, text[end:]))
    return (outside, tables) if _is_simple(outside) else ("", ())


def _is_plain(row: str, pipes: int) -> bool:
    return row.count("|") == pipes and _ROW.fullmatch(row) is not None


def _is_simple(text: str) -> bool:
    """Whether nothing in a text is open at the end of its line that may close in another."""
    for one, instead in _SIMPLE:
        text = one.sub(instead, text)
    return not _OPEN.search(text)


def _stand_in(word: str, cells: int) -> str:
    """A row with some of all that plain ones hold: where something is done to those, it is done to this one too."""
    return f'| [{word}](https://{word}.example) **{word}** <b class="{word}">{word}</b> &#38; |' + " |" * (cells - 1)


def _leads(page: Page, rows: Iterable[str]) -> list[_Lead]:
    """Where plain rows of a page lead within the site."""
    folder = posixpath.dirname(page.file.src_uri)
    found = (one for row in rows for one in _LEAD.findall(row))
    return [_Lead(posixpath.normpath(posixpath.join(folder, path)), anchor, link) for link, path, anchor in found]


def _is_there(files: Files, uri: str) -> bool:
    """Whether MkDocs has nothing to say of a link to a file."""
    file = files.src_uris.get(uri)
    return file is not None and file.inclusion not in (InclusionLevel.EXCLUDED, InclusionLevel.DRAFT)


def _understood(value: bytes | None) -> _Made:
    """The rows that were kept; none where that is damaged."""
    try:
        found = json.loads(value) if value else {}
        sound = all(html[:4] + html[-5:] == "<tr></tr>" for rows in found.values() for html in rows.values())
    except (ValueError, AttributeError, TypeError, RecursionError):
        return {}
    return found if sound else {}


def _read(shop: Workshop, page: Page, files: Files, text: str) -> _Read | None:
    """The same page with another text as MkDocs reads it; None where it says anything of that."""
    other, asked, log = copy(page), Asked(files), logging.getLogger(Page.__module__)
    vars(other).update(markdown=text, links_to_anchors=None)
    said = list[str]()

    def hear(record: logging.LogRecord) -> bool:
        said.append(record.getMessage())
        return False

    log.addFilter(hear)
    try:
        other.render(shop.config, asked)
    finally:
        log.removeFilter(hear)
    unsure = said or other.links_to_anchors is None or _spills(other)
    return None if unsure else _Read(other, asked.asked)


def _spills(page: Page) -> bool:
    """Whether Markdown shows, by a mistake of its own, by which number it has put something aside."""
    links = [link for each in (page.links_to_anchors or {}).values() for link in each.values()]
    shown = (page.content, page.toc, page._title_from_render, *(page.present_anchor_ids or ()), *links)
    return any(_ASIDE.search(str(one)) for one in shown)


def _all_made(shop: Workshop, page: Page, files: Files, tables: Iterable[_Table], known: _Made) -> _Made | None:
    """The HTML of all rows, made where it is not known; None where that is not as foreseen."""
    rows: dict[str, dict[str, None]] = {}
    for table in tables:
        rows.setdefault(table.head, {}).update(dict.fromkeys((table.stand_in, *table.rows)))
    fresh = {head: [row for row in each if row not in known.get(head, {})] for head, each in rows.items()}
    made = _made(shop, page, files, {head: each for head, each in fresh.items() if each})
    if made is None:
        return None
    both = {head: known.get(head, {}) | made.get(head, {}) for head in rows}
    return {head: {row: both[head][row] for row in each} for head, each in rows.items()}


def _made(shop: Workshop, page: Page, files: Files, tables: Mapping[str, Sequence[str]]) -> _Made | None:
    """The HTML of the rows of some tables; None where it is not, or does not lead, as foreseen."""
    if not tables:
        return {}
    read = _read(shop, page, files, "\n\n".join("\n".join((head, *rows)) for head, rows in tables.items()))
    leads = _leads(page, (line for head, rows in tables.items() for line in (head, *rows)))
    if not read or read.asked != {lead.uri: True for lead in leads}:
        return None
    bodies = _BODY.findall(read.page.content or "")
    cut = [_MADE.findall(body) for body in bodies]
    as_foreseen = bodies == ["\n".join(each) for each in cut] and read.page.links_to_anchors == _links(leads, files)
    if not as_foreseen or [len(each) for each in cut] != [len(each) for each in tables.values()]:
        return None
    return {head: dict(zip(rows, each, strict=True)) for (head, rows), each in zip(tables.items(), cut, strict=True)}


def _links(leads: Iterable[_Lead], files: Files) -> dict[File, dict[str, str]]:
    """The first link to each anchor, as MkDocs notes it."""
    found: dict[File, dict[str, str]] = {}
    for lead in leads:
        if lead.anchor:
            found.setdefault(files.src_uris[lead.uri], {}).setdefault(lead.anchor, lead.link)
    return found


def _filled(page: Page, tables: Iterable[_Table], made: _Made) -> bool:
    """Put the rows in place of those that stand in for them; whether each of these was found, and once."""
    content = page.content or ""
    for table in tables:
        html = made[table.head]
        before, *after = content.split(f"<tbody>\n{html[table.stand_in]}\n</tbody>")
        if len(after) != 1:
            return False
        content = "\n".join((f"{before}<tbody>", *(html[row] for row in table.rows), f"</tbody>{after[0]}"))
    page.content = content
    return True


def _linked(page: Page, links: Mapping[File, Mapping[str, str]]) -> bool:
    """Note the links of rows too; whether it is certain which one to an anchor is the first."""
    there = {**(page.links_to_anchors or {})}
    for file, each in links.items():
        there[file] = {**each, **there.get(file, {})}
        if not each.items() <= there[file].items():
            return False
    page.links_to_anchors = there
    return True
