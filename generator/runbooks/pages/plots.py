"""Plots as SVG, drawn while the site is built: bars, and columns by month. What they count is not known here.

A plot has no style of its own, so that the page's stylesheet colours it in light, in dark and on paper. Lengths across
are shares of the page, so its letters are as large on a telephone as on a desk. Every bar is a link, and says in words
what it stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias
from urllib.parse import quote

from runbooks import escape
from runbooks.pages.page import INSIDE, relative
from runbooks.pages.views import View
from runbooks.prose import Prose

Tone: TypeAlias = Literal["bad", "care", "good", "plain"]
"""How a bar looks; which is which stands in words beside it."""
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
AHEAD: Final = 12
"""Months that a plot looks ahead."""
LINE, BAR, GAP = 16, 10, 8
"""Pixels: of a line of letters, of a bar, between two of them."""
LETTERS: Final = 30
"""Letters of a label that have room beside its number on a telephone."""
TOP, TALL, FOOT = 18, 96, 34
"""Pixels of a plot of columns: above them, the highest of them, below them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a bar: how many, as what, and the page of the site that shows which."""

    count: int
    words: str
    link: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, made of pieces. `more` is a second line below a column, `said` the label in full where it is short."""

    label: str
    pieces: tuple[Piece, ...]
    more: str = ""
    said: str = ""

    @property
    def count(self) -> int:
        """All that it counts."""
        return sum(piece.count for piece in self.pieces)

    @property
    def name(self) -> str:
        """What it is called in words."""
        return self.said or self.label


def shown(uri: str, *terms: str) -> str:
    """The address of a table of the site in which the browser shows the lines with these words alone."""
    return f"{uri}?show={quote(' '.join(terms), safe='')}" if terms else uri


def bars(name: str, title: str, rows: Sequence[Bar], *, of: int = 0) -> Prose:
    """Bars below each other, each under its label. A whole line is `of`, or the longest where that is not given."""
    whole = max((of, *(row.count for row in rows), 1))
    height = len(rows) * (LINE + BAR + GAP)
    lines = (_line(row, at * (LINE + BAR + GAP), whole) for at, row in enumerate(rows))
    return Prose("".join((*_head(name, title, height), *lines, "</svg>")))


def columns(name: str, title: str, rows: Sequence[Bar]) -> Prose:
    """Columns beside each other, each over its label."""
    whole, each = max((*(row.count for row in rows), 1)), 100 / max(len(rows), 1)
    ground = f'<line class="rb-plot-ground" x1="0" y1="{TOP + TALL}" x2="100%" y2="{TOP + TALL}"/>'
    stand = (_column(row, at * each, each, whole) for at, row in enumerate(rows))
    return Prose("".join((*_head(name, title, TOP + TALL + FOOT), ground, *stand, "</svg>")))


def by_month(
    as_of: date, days: Iterable[date], words: str, link: Callable[[str], str], late: Piece | None = None
) -> list[Bar]:
    """A column for each of the coming months; one before them for what is late, one behind for what comes later.

    `link` gives the page that shows what falls into a month, written as 2026-12; for no month the page of all.
    """
    counts: dict[tuple[int, int], int] = {}
    for day in days:
        counts[day.year, day.month] = counts.get((day.year, day.month), 0) + 1
    coming = [((as_of.month - 1 + at) // 12 + as_of.year, (as_of.month - 1 + at) % 12 + 1) for at in range(AHEAD)]
    rows = [Bar("late", (late,))] if late else []
    for year, month in coming:
        piece = Piece(counts.get((year, month), 0), words, link(f"{year:04}-{month:02}"))
        name, first = MONTHS[month - 1], month == 1 or (year, month) == coming[0]
        rows.append(Bar(name, (piece,), str(year) if first else "", f"{name} {year}"))
    rest = sum(number for month, number in counts.items() if month > coming[-1])
    return [*rows, Bar("later", (Piece(rest, words, link("")),))] if rest else rows


def figure(page: str, head: tuple[str, str], rows: Sequence[Bar], svg: Prose) -> View:
    """A plot as a template sees it: the drawing, and the same as the lines of a table. `page` is where it stands."""
    lines = [
        {
            "label": row.name,
            "parts": [
                {"count": f"{piece.count:,}", "words": piece.words, "link": relative(page, piece.link)}
                for piece in row.pieces
                if piece.count
            ],
        }
        for row in rows
    ]
    return {"svg": svg, "head": list(head), "lines": lines}


def _head(name: str, title: str, height: int) -> tuple[str, ...]:
    # A drawing with links in it is a group: what is called an image has no links for whoever hears it.
    said = f'<title id="plot-{escape.anchor(name)}">{escape.text(title)}</title>'
    named = f'role="group" aria-labelledby="plot-{escape.anchor(name)}"'
    return (f'<svg class="rb-plot" width="100%" height="{height}" {named}>', said)


def _line(row: Bar, top: int, whole: int) -> str:
    words = ", ".join(_counted(piece) for piece in row.pieces if piece.count) or "none"
    label = f'<text x="0" y="{top + LINE - 4}">{escape.text(_short(row.label))}</text>'
    value = f'<text class="rb-plot-value" x="100%" y="{top + LINE - 4}">{escape.text(words)}</text>'
    track = f'<rect class="rb-plot-track" x="0" y="{top + LINE}" width="100%" height="{BAR}"/>'
    return "".join((label, value, track, *_pieces(row, top, whole)))


def _pieces(row: Bar, top: int, whole: int) -> Iterator[str]:
    start = 0
    for piece in row.pieces:
        if piece.count:
            spot = f'x="{_share(start / whole)}" y="{top + LINE}" width="{_share(piece.count / whole)}" height="{BAR}"'
            yield _linked(piece, row, f'<rect class="rb-plot-{piece.tone}" {spot}/>')
        start += piece.count


def _column(row: Bar, left: float, each: float, whole: int) -> str:
    middle, foot = _percent(left + each / 2), TOP + TALL
    label = f'<text class="rb-plot-tick" x="{middle}" y="{foot + 14}">{escape.text(row.label)}</text>'
    if row.more:
        label += f'<text class="rb-plot-tick" x="{middle}" y="{foot + 28}">{escape.text(row.more)}</text>'
    return label + "".join(_stack(row, left, each, whole))


def _stack(row: Bar, left: float, each: float, whole: int) -> Iterator[str]:
    foot, middle = TOP + TALL, _percent(left + each / 2)
    for piece in row.pieces:
        if piece.count:
            tall = max(round(piece.count / whole * TALL), 2)
            wide = f'x="{_percent(left + each * 0.14)}" width="{_percent(each * 0.72)}"'
            touch = f'<rect class="rb-plot-touch" x="{_percent(left)}" y="0" width="{_percent(each)}" height="{foot}"/>'
            drawn = f'<rect class="rb-plot-{piece.tone}" {wide} y="{foot - tall}" height="{tall}"/>'
            yield _linked(piece, row, touch + drawn)
            yield f'<text class="rb-plot-tick" x="{middle}" y="{foot - tall - 5}">{piece.count}</text>'


def _linked(piece: Piece, row: Bar, drawn: str) -> str:
    words = escape.text(f"{row.name}: {_counted(piece)}")
    link = INSIDE + quote(piece.link, safe="/?=%.-")
    return f'<a href="{link}" aria-label="{words}"><title>{words}</title>{drawn}</a>'


def _short(label: str) -> str:
    return label if len(label) <= LETTERS else label[: LETTERS - 1].rstrip() + "…"


def _counted(piece: Piece) -> str:
    return f"{piece.count:,} {piece.words}"


def _share(share: float) -> str:
    return _percent(share * 100)


def _percent(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".") + "%"
