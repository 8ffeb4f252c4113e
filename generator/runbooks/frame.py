"""What the theme's frame has wrong for people who listen to a page, and for checkers: mended in each finished page.

It is what no template can reach, because the theme has it in no block or partial of its own, or what Markdown writes.
"""

from __future__ import annotations

import re
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
ALIGNED: Final = re.compile(r"<(t[hd]) align=\"(left|center|right)\">")


def mended(page: str) -> str:
    """A finished page without these mistakes."""
    for old, new in MENDED:
        page = page.replace(old, new)
    if TOC in page and TOC_BOX not in page:
        # Pages that stand in no navigation have no box that this label could be for.
        page = page.replace(TOC, TOC.replace(' for="__toc"', ""))
    # What is not of today's HTML, and what a policy without inline styles would not allow otherwise.
    return ALIGNED.sub(r'<\1 class="rb-\2">', page)
