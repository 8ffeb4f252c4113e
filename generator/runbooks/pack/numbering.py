"""The numbers of pages in the contents of a PDF that a browser printed. No browser can count them into its own page.

So it prints twice: the first PDF tells on which sheet each part begins, and the second one says so in its contents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from typing import Final, TypeAlias

Printer: TypeAlias = Callable[[str], bytes]
Sheets: TypeAlias = Mapping[str, int]

CONTENTS: Final = re.compile(r'<nav class="rb-contents".*?</nav>', re.DOTALL)
ENTRY: Final = re.compile(r'<a href="#([^"]+)">(.*?)</a>', re.DOTALL)
PLACE: Final = 88
"""What stands in the place of each number at first: about as wide as it."""
ROUNDS: Final = 3
"""How often a page is printed again before its contents go without numbers."""

START: Final = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
SECTION: Final = re.compile(rb"xref\s+0 (\d+)\s*?\n")
LINE: Final = 20
"""Bytes of a line of the table that says where each object is."""
REFERENCE: Final = re.compile(rb"(\d+) 0 R")
DESTINATION: Final = re.compile(rb"/([^\s/<>\[\]()]+) \[(\d+) 0 R")
HEXED: Final = re.compile(r"#([0-9A-Fa-f]{2})")


def numbered(html: str, printed: Printer) -> bytes:
    """The PDF of a page with numbers in its contents; without them where it has none, or where they cannot be known."""
    if not CONTENTS.search(html):
        return printed(html)
    said: Sheets = dict.fromkeys(names(html), PLACE)
    for _ in range(ROUNDS):
        pdf = printed(with_numbers(html, said))
        found = sheets(pdf)
        if not found.keys() >= said.keys():
            break
        true = {name: found[name] for name in said}
        if true == said:
            return pdf
        said = true
    return printed(html)


def names(html: str) -> Iterator[str]:
    """The anchors that the contents of a page lead to."""
    contents = CONTENTS.search(html)
    return (unescape(found[1]) for found in ENTRY.finditer(contents[0] if contents else ""))


def with_numbers(html: str, said: Sheets) -> str:
    """The page with these numbers behind the lines of its contents."""

    def line(found: re.Match[str]) -> str:
        number = f'<span class="rb-sheet">{said[unescape(found[1])]}</span>'
        return f'<a href="#{found[1]}"><span>{found[2]}</span>{number}</a>'

    return CONTENTS.sub(lambda contents: ENTRY.sub(line, contents[0]), html)


def sheets(pdf: bytes) -> Sheets:
    """On which sheet of a PDF each anchor stands, from 1; nothing where it does not say so as a browser writes it."""
    objects = _objects(pdf)
    catalogue = next((text for text in objects.values() if b"/Type /Catalog" in text), b"")
    tree, named = (re.search(rb"/%s (\d+) 0 R" % key, catalogue) for key in (b"Pages", b"Dests"))
    if not tree or not named:
        return {}
    number = {page: at for at, page in enumerate(_pages(objects, int(tree[1])), 1)}
    found = DESTINATION.finditer(objects.get(int(named[1]), b""))
    return {_name(one[1]): number[int(one[2])] for one in found if int(one[2]) in number}


def _objects(pdf: bytes) -> dict[int, bytes]:
    """The objects of a PDF as its own table places them, each up to where it ends or its stream begins."""
    start = START.search(pdf[-64:])
    section = SECTION.match(pdf, int(start[1])) if start else None
    if not section:
        return {}
    table = pdf[section.end() : section.end() + LINE * int(section[1])]
    places = {at: table[LINE * at : LINE * at + LINE] for at in range(int(section[1]))}
    ends = re.compile(rb"endobj|stream")
    found = {}
    for at, line in places.items():
        if line[17:18] == b"n":
            begin = int(line[:10])
            end = ends.search(pdf, begin)
            found[at] = pdf[begin : end.start() if end else None]
    return found


def _pages(objects: Mapping[int, bytes], root: int) -> Iterator[int]:
    """The pages below a node of the tree of pages, in their order."""
    text = objects.get(root, b"")
    kids = re.search(rb"/Kids \[([^\]]*)\]", text)
    if not kids:
        yield root
        return
    for one in REFERENCE.finditer(kids[1]):
        yield from _pages(objects, int(one[1]))


def _name(raw: bytes) -> str:
    return HEXED.sub(lambda found: chr(int(found[1], 16)), raw.decode("latin-1"))
