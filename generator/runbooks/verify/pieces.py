"""A page read in pieces: most lines of a site stand in very many pages, and say the same in each.

A parser that has come to the end of a line with nothing open goes on as if it had begun there. So what such a line does
is found out once, and told to every page that has it; all other lines go through the parser each time. Both ways give
the same, which a test holds for pages of every sort.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final
from zlib import crc32

from runbooks.verify.escapes import mentions
from runbooks.verify.markup import Markup
from runbooks.verify.remembered import Remembered

EDGE: Final = ">\n<"
"""Where a page is cut: between two lines of markup."""
CELL: Final = re.compile(r"/?t[dh]\b", re.IGNORECASE)
"""Not between two cells of a row."""
ROW_HEAD: Final = "\n<tr"
ROW: Final = re.compile(r"(?<=\n)(?=<tr[ >])")
"""Between two rows, of which the first needs no tag at its end."""
_VALUE: Final = r"""(?:"[^"]*"|'[^']*'|[^\s"'<>=`]+)"""
_TAG: Final = rf"""</?[a-zA-Z][^\s"'<>/=]*(?:\s+[^\s"'<>/=]+(?:\s*=\s*{_VALUE})?)*\s*/?>"""
_RAW: Final = "|".join(rf"(?=<{name}\b){_TAG}.*?</{name}\s*>" for name in ("script", "style"))
SOUND: Final = re.compile(rf"(?:[^<]++|{_RAW}|{_TAG}|<!--.*?-->|<![a-zA-Z][^<>\"']*>)*+", re.DOTALL | re.IGNORECASE)
"""Markup that every reader takes for the same."""
LONGEST: Final = 4000
"""Characters of what is remembered: a longer line, as a drawing, stands on few pages."""
STEP: Final = 4
"""How many lines a stretch has on the average."""
MOST: Final = 12
"""How many lines it has at most, about."""
H1: Final = "\ufdd2"
UNDER: Final = "\ufdd3"
"""Stand for the headings above a piece, which it does not know."""
ABOVE: Final = f"{H1} | {UNDER}"
"""What most blocks of a piece stand under."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What a piece of markup does to a page.

    `said` goes on in the block before, `asides` stand before that block, and `blocks` come after it. `h1` and `under`
    are the headings from here on. `leads` are links as they are written, `mentioned` the addresses of clients' pages
    that stand anywhere in it.
    """

    asides: tuple[tuple[str, str], ...]
    said: str
    blocks: tuple[tuple[str, str], ...]
    h1: str
    under: str
    marks: tuple[Mapping[str, str], ...]
    watches: bool
    leads: frozenset[str]
    mentioned: frozenset[str]


def lines_of(text: str) -> list[str]:
    """A page in lines that can be read one by one."""
    head, *others = text.split(EDGE)
    found = [head]
    for part in others:
        if part[:1] in ("t", "T", "/") and CELL.match(part):
            found[-1] += EDGE + part
        else:
            found[-1] += EDGE[:-1]
            found.append(EDGE[-1] + part)
    return [row for line in found for row in (ROW.split(line) if ROW_HEAD in line else (line,))]


@lru_cache(maxsize=2)  # a page is read for several things
def cut(text: str) -> tuple[str, ...]:
    """A page in stretches of some lines. Where most end depends on the last line alone, so pages have many alike."""
    found, begun, lines = list[str](), 0, lines_of(text)
    for at, line in enumerate(lines):
        if len(line) >= LONGEST:
            found += ["".join(lines[begun:at])] * (begun < at) + [line]
        elif at - begun < MOST and not _is_last(line):
            continue
        else:
            found.append("".join(lines[begun : at + 1]))
        begun = at + 1
    return (*found, "".join(lines[begun:]))


def _is_last(line: str) -> bool:
    """Whether a stretch ends with a line. Rows of a table may be of lengths that are all alike."""
    return not len(line) % STEP or (line.startswith("<tr") and not crc32(line.encode("utf-8", "replace")) % STEP)


def read(text: str, folder: str, frame: tuple[str, ...], known: Remembered[Piece] | None = None) -> Markup:
    """A page, fed in whole. `folder` is where its relative links start; `frame` is how links of every page begin.

    `known` is what is known of stretches of it.
    """
    page, find_out = Markup(folder, frame), partial(_stretch, frame=frame)
    stretches = () if H1 in text or UNDER in text else cut(text)
    rest = "" if stretches else text
    for at, stretch in enumerate(stretches):
        apart = page.between and len(stretch) < LONGEST
        piece = (known.of(stretch, find_out) if known else find_out(stretch)) if apart else None
        if piece is not None:
            _add(piece, page)
        elif rest := _line_by_line(stretch, frame, page):
            rest = "".join((rest, *stretches[at + 1 :]))
            break
    if rest:
        _feed(rest, page)
    page.close()
    return page


def _line_by_line(stretch: str, frame: tuple[str, ...], page: Markup) -> str:
    """Tell a page what each line of a stretch does; give back what has to be read together with all that follows.

    What a line leaves open may be read otherwise when more of it is there.
    """
    lines = lines_of(stretch)
    for at, line in enumerate(lines):
        whole, known = _line(line, frame)
        if not whole:
            return "".join(lines[at:])
        if known is not None and page.between:
            _add(known, page)
        else:
            _feed(line, page)
    return ""


def _feed(text: str, page: Markup) -> None:
    page.feed(text)
    page.mentioned.update(mentions(text))


@lru_cache(maxsize=32_768)
def _stretch(text: str, frame: tuple[str, ...]) -> Piece | None:
    """What some lines do together; None where one of them has to go through the parser."""
    page = Markup("", frame)
    page.headings = {"h1": H1, "": UNDER}
    for line in lines_of(text):
        whole, known = _line(line, frame)
        if not whole or known is None:
            return None
        _add(known, page)
    return _piece(page)


def _line(line: str, frame: tuple[str, ...]) -> tuple[bool, Piece | None]:
    return _parsed(line, frame) if len(line) < LONGEST else _parsed.__wrapped__(line, frame)


@lru_cache(maxsize=32_768)
def _parsed(line: str, frame: tuple[str, ...]) -> tuple[bool, Piece | None]:
    """Whether a line is to be read as it is whatever follows, as each tag in it is written as it should be, and ends.

    And what it does; None where it leaves something open, or changes where links start.
    """
    page = Markup("", frame)
    page.headings = {"h1": H1, "": UNDER}
    _feed(line, page)
    whole = not page.rawdata and page.cdata_elem is None and SOUND.fullmatch(line) is not None
    return whole, _piece(page) if page.between and "<base" not in line.lower() else None


def _piece(page: Markup) -> Piece:
    """What a page that began in the middle does."""
    first = page.first if page.first >= 0 else len(page.blocks) - 1
    return Piece(
        tuple(page.blocks[:first]), page.blocks[first][0], tuple(page.blocks[first + 1 :]),
        page.headings["h1"], page.headings[""], tuple(page.marks), page.watches, frozenset(page.leads),
        frozenset(page.mentioned),
    )  # fmt: skip


def _add(piece: Piece, page: Markup) -> None:
    """Tell a page what a piece of it does."""
    blocks, headings = page.blocks, page.headings
    if piece.asides:
        blocks[-1:-1] = piece.asides
    if piece.said:
        text, under = blocks[-1]
        blocks[-1] = (text + piece.said, under)
    if piece.blocks and page.first < 0:
        page.first = len(blocks) - 1
    h1, h2 = headings["h1"], headings[""]
    above = f"{h1} | {h2}"
    for said, under in piece.blocks:
        blocks.append((said, above if under == ABOVE else under.replace(H1, h1).replace(UNDER, h2)))
    if piece.h1 != H1:
        headings["h1"] = piece.h1
    if piece.under != UNDER:
        headings[""] = piece.under
    page.marks += piece.marks
    page.watches = page.watches or piece.watches
    page.leads |= piece.leads
    page.mentioned |= piece.mentioned
