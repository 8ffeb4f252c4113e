"""What the theme's frame has wrong for people who listen to a page, and for checkers: mended in each finished page.

It is what no template can reach, because the theme has it in no block or partial of its own, or what Markdown writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

MENDED: Final = (
    # A box that is ticked has nothing to complete.
    (' type="checkbox" id="__drawer" autocomplete="off">', ' type="checkbox" id="__drawer">'),
    (' type="checkbox" id="__search" autocomplete="off">', ' type="checkbox" id="__search">'),
    # A part of the navigation is a heading, and no stop of the keyboard.
    ('_label" tabindex="">', '_label">'),
    # A dialog has a name.
    (' data-md-component="search" role="dialog">', ' data-md-component="search" role="dialog" aria-label="Search">'),
    # The head of a column without a name is an empty cell.
    ("<th></th>", "<td></td>"),
)
"""What stands in a page, and what stands there afterwards."""
TOC: Final = '<label class="md-nav__title" for="__toc">'
TOC_BOX: Final = ' id="__toc"'
NO_SKIP: Final = re.compile(r'(<div data-md-component="skip">)\s*(?=</div>)')
"""The theme has a link to what a page says only where it knows the headings: not in the page for what is not there."""
SKIP: Final = r'\1<a href="#not-found" class="md-skip">Skip to content</a>'
ALIGNED: Final = re.compile(r"<(t[hd]) align=\"(left|center|right)\">")


UNSOUND: Final = frozenset({"content.tooltips"})
"""Features of the theme that read the titles of elements as HTML: whatever a record says would become elements."""


def sound(features: Iterable[str]) -> list[str]:
    """The features of the theme under which what a record says stays text."""
    return [name for name in features if name not in UNSOUND]


def mended(page: str) -> str:
    """A finished page without these mistakes."""
    for old, new in MENDED:
        page = page.replace(old, new)
    if TOC in page and TOC_BOX not in page:
        # Pages that stand in no navigation have no box that this label could be for.
        page = page.replace(TOC, TOC.replace(' for="__toc"', ""))
    if ' id="not-found"' in page:
        page = NO_SKIP.sub(SKIP, page, count=1)
    # What is not of today's HTML, and what a policy without inline styles would not allow otherwise.
    return ALIGNED.sub(r'<\1 class="rb-\2">', page)
