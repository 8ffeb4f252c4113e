"""Boxes and arrows as SVG, drawn while the site is built. What they mean is not known here.

The drawing has no style of its own, so that the page's stylesheet colours it in light, in dark and on paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from runbooks import escape

WIDTH, GAP_X, GAP_Y, LINE, PAD = 196, 46, 14, 17, 9
"""Pixels: of a box, between columns, between boxes, of a line of text, and around it."""
LETTERS: Final = 25
"""Letters of a line that surely fit into a box."""
FIRST: Final[Mapping[str, int]] = {"items": 0, "job": 1}
"""The column in which a kind of box stands at the earliest; all others stand further right."""

Spot: TypeAlias = tuple[int, int, int]
"""Left, top and height of a box."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its lines of text, the first of them its name, and everything it stands for in words."""

    id: str
    kind: str
    lines: tuple[str, ...]
    words: str


@dataclass(slots=True)
class Flow:
    """Boxes by their id in the order of the record, and which leads to which."""

    boxes: dict[str, Box] = field(default_factory=dict)
    edges: list[tuple[str, str]] = field(default_factory=list)

    def add(self, box: Box) -> str:
        """Take a box in; its id."""
        self.boxes.setdefault(box.id, box)
        return box.id

    def join(self, source: str, target: str) -> None:
        """Let one box lead to another."""
        if (source, target) not in self.edges:
            self.edges.append((source, target))


def drawn(found: Flow, title: str) -> str:
    """The drawing. `title` says in one sentence what it shows."""
    places = _places(found)
    width = max(left for left, _, _ in places.values()) + WIDTH + 4
    height = max(top + tall for _, top, tall in places.values()) + 4
    parts = [
        f'<svg class="rb-flow-drawing" viewBox="-2 -2 {width} {height}" width="{width}" height="{height}" role="img"',
        f' aria-labelledby="rb-flow-title"><title id="rb-flow-title">{escape.text(title)}</title>',
        '<defs><marker id="rb-flow-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"',
        ' orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>',
        *(_arrow(places[source], places[target]) for source, target in found.edges),
        *(_box(box, places[box.id]) for box in found.boxes.values()),
        "</svg>",
    ]
    return "".join(parts)


def _columns(found: Flow) -> dict[str, int]:
    """The column of each box: behind everything that leads to it. A circle, which no record should have, is cut."""
    before: dict[str, list[str]] = {}
    for source, target in found.edges:
        before.setdefault(target, []).append(source)
    columns: dict[str, int] = {}

    def column(at: str, seen: frozenset[str]) -> int:
        if at not in columns:
            sources = [one for one in before.get(at, []) if one not in seen]
            first = FIRST.get(found.boxes[at].kind, len(FIRST))
            columns[at] = max([first, *(column(one, seen | {at}) + 1 for one in sources)])
        return columns[at]

    for box in found.boxes:
        column(box, frozenset())
    return columns


def _places(found: Flow) -> dict[str, Spot]:
    """Left, top and height of each box; the boxes of a column below each other, each column in the middle."""
    columns = _columns(found)
    stacks: dict[int, list[Box]] = {}
    for box in found.boxes.values():
        stacks.setdefault(columns[box.id], []).append(box)
    heights = {number: sum(_height(box) + GAP_Y for box in stack) - GAP_Y for number, stack in stacks.items()}
    tallest = max(heights.values())
    places = {}
    for number, stack in stacks.items():
        top = (tallest - heights[number]) // 2
        for box in stack:
            places[box.id] = (number * (WIDTH + GAP_X), top, _height(box))
            top += _height(box) + GAP_Y
    return places


def _height(box: Box) -> int:
    return len(box.lines) * LINE + 2 * PAD


def _arrow(source: Spot, target: Spot) -> str:
    x1, y1 = source[0] + WIDTH, source[1] + source[2] // 2
    x2, y2 = target[0] - 2, target[1] + target[2] // 2
    bend = max((x2 - x1) // 2, GAP_X // 2)
    way = f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    return f'<path class="rb-flow-way" d="{way}" marker-end="url(#rb-flow-tip)"/>'


def _box(box: Box, place: Spot) -> str:
    left, top, tall = place
    texts = "".join(_line(box, number, left + PAD, top + PAD - 4) for number in range(1, len(box.lines) + 1))
    shape = f'<rect x="{left}" y="{top}" width="{WIDTH}" height="{tall}" rx="5"/>'
    return f'<g class="rb-flow-box rb-flow-{box.kind}"><title>{escape.text(box.words)}</title>{shape}{texts}</g>'


def _line(box: Box, number: int, left: int, top: int) -> str:
    text = box.lines[number - 1]
    short = text if len(text) <= LETTERS else text[: LETTERS - 1].rstrip() + "…"
    name = ' class="rb-flow-name"' if number == 1 and box.kind != "items" else ""
    return f'<text x="{left}" y="{top + LINE * number}"{name}>{escape.text(short)}</text>'
