"""A page about no single client as the search shows it: title, headings, and how it begins."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import Final

LONGEST: Final = 200
"""Characters of the beginning of a page that are kept."""
OFTEN: Final = 6
"""How many pages may have the same heading before it tells nothing any more."""

_PARAGRAPH: Final = re.compile(r"<p\b[^>]*>(.*?)</p>", re.DOTALL | re.IGNORECASE)
_TAG: Final = re.compile(r"<[^<>]*>")
_ID: Final = re.compile(r"""\sid=["']([^"'<>\s]+)["']""")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it was built. `url` is its address below the root, `headings` are anchors and texts.

    `weight` is how much it counts beside the others, as its front matter says it. `anchors` are all it has.
    """

    uri: str
    url: str
    title: str
    headings: tuple[tuple[str, str], ...]
    extract: str
    weight: float = 1.0
    anchors: frozenset[str] = frozenset()


def sheet(uri: str, url: str, title: str, headings: Iterable[tuple[str, str]], html: str) -> Sheet:
    """A page from what an engine knows of it. Titles and headings may hold markup: their text is kept."""
    name = _text(title)
    named = ((anchor, _text(heading)) for anchor, heading in headings)
    below = tuple((anchor, heading) for anchor, heading in named if heading and heading != name)
    first = next((text for found in _PARAGRAPH.finditer(html) if (text := _text(found[1]))), "")
    return Sheet(uri, url, name, below, _short(first), anchors=frozenset(_ID.findall(html)))


def telling(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The same pages without the headings that many of them have."""
    often = Counter(heading for one in sheets for heading in {heading for _, heading in one.headings})
    return [
        replace(one, headings=tuple(each for each in one.headings if often[each[1]] < OFTEN))
        for one in sorted(sheets, key=lambda one: one.uri)
    ]


def _text(markup: str) -> str:
    return " ".join(unescape(_TAG.sub("", markup)).split())


def _short(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST + 1].rpartition(" ")[0].rstrip(" ,;:.") + " …"
