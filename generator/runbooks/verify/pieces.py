"""A page read in pieces: most lines of a site stand in very many pages, and say the same in each.

A parser that has come to the end of a line with nothing open goes on as if it had begun there. So what such a line does
is found out once, and told to every page that has it; all other lines go through the parser each time. Both ways give
the same, which a test holds for pages of every sort.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from runbooks.verify.markup import Markup

EDGE: Final = re.compile(r"(?<=>\n)(?=<)")
"""Where a page is cut: between two lines of markup."""
_VALUE: Final = r"""(?:"[^"]*"|'[^']*'|[^\s"'<>=`]+)"""
_TAG: Final = rf"""</?[a-zA-Z][^\s"'<>/=]*(?:\s+[^\s"'<>/=]+(?:\s*=\s*{_VALUE})?)*\s*/?>"""
_RAW: Final = "|".join(rf"(?=<{name}\b){_TAG}.*?</{name}\s*>" for name in ("script", "style"))
SOUND: Final = re.compile(rf"(?:[^<]++|{_RAW}|{_TAG}|<!--.*?-->|<![a-zA-Z][^<>\"']*>)*+", re.DOTALL | re.IGNORECASE)
"""Markup that every reader takes for the same."""
LONGEST: Final = 4000
"""Characters of a piece that is remembered: a longer one, as a drawing, stands on few pages."""
H1: Final = "\ufdd2"
UNDER: Final = "\ufdd3"
"""Stand for the headings above a piece, which it does not know."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What a piece of markup does to a page.

    `said` goes on in the block before, `asides` stand before that block, and `blocks` come after it. `h1` and `under`
    are the headings from here on. `leads` are links as they are written.
    """

    asides: tuple[tuple[str, str], ...]
    said: str
    blocks: tuple[tuple[str, str], ...]
    h1: str
    under: str
    marks: tuple[Mapping[str, str], ...]
    watches: bool
    leads: frozenset[str]


def read(text: str, folder: str, frame: tuple[str, ...]) -> Markup:
    """A page, fed in whole. `folder` is where its relative links start; `frame` is how links of every page begin."""
    page = Markup(folder, frame)
    parts = EDGE.split(text)
    for at, part in enumerate(parts):
        whole = _whole(part) if len(part) < LONGEST else _whole.__wrapped__(part)
        if not whole or H1 in text or UNDER in text:
            # What is left open may be read otherwise when more of it is there: the rest is read at once.
            page.feed("".join(parts[at:]))
            break
        known = _piece(part, frame) if page.between and len(part) < LONGEST else None
        if known is not None:
            _add(known, page)
        else:
            page.feed(part)
    page.close()
    return page


@lru_cache(maxsize=32_768)
def _whole(part: str) -> bool:
    """Whether a piece is to be read as it is whatever follows: each tag in it is written as it should be, and ends."""
    page = Markup("", ())
    page.feed(part)
    return not page.rawdata and page.cdata_elem is None and SOUND.fullmatch(part) is not None


@lru_cache(maxsize=32_768)
def _piece(part: str, frame: tuple[str, ...]) -> Piece | None:
    """What a piece does; None where it leaves something open, or changes where links start."""
    page = Markup("", frame)
    page.headings = {"h1": H1, "": UNDER}
    page.feed(part)
    if not page.between or "<base" in part.lower():
        return None
    first = page.first if page.first >= 0 else len(page.blocks) - 1
    return Piece(
        tuple(page.blocks[:first]), page.blocks[first][0], tuple(page.blocks[first + 1 :]),
        page.headings["h1"], page.headings[""], tuple(page.marks), page.watches, frozenset(page.leads),
    )  # fmt: skip


def _add(piece: Piece, page: Markup) -> None:
    """Tell a page what a piece of it does."""
    blocks, headings = page.blocks, page.headings
    if piece.asides:
        blocks[-1:-1] = piece.asides
    if piece.said:
        text, under = blocks[-1]
        blocks[-1] = (text + piece.said, under)
    for said, under in piece.blocks:
        blocks.append((said, under.replace(H1, headings["h1"]).replace(UNDER, headings[""])))
    if piece.h1 != H1:
        headings["h1"] = piece.h1
    if piece.under != UNDER:
        headings[""] = piece.under
    page.marks += piece.marks
    page.watches = page.watches or piece.watches
    page.leads |= piece.leads
