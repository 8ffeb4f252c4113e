"""Where values stand in a Markdown template: decided once when it is loaded, refused where it cannot be decided.

The scanner sees a template as the pieces that will be written one after the other: literal text, values, and the
edges of the blocks (`if`, `for`) between them, each branch once. It is stricter than Markdown: a construct that holds a
value must begin and end in the same branch and must be written in the plainest way.
"""

from __future__ import annotations

from collections.abc import Sequence

from runbooks.places.fences import code_blocks
from runbooks.places.inline import attribute_lists, inline, references, refuse_unsafe
from runbooks.places.scan import Kind, Piece, Scan, Undecided, Where, begin

__all__ = ["Kind", "Piece", "Undecided", "Where", "decide"]


def decide(pieces: Sequence[Piece]) -> list[str]:
    """For each piece: the place (a `Where`) of a value, the text of a text piece, else nothing.

    Texts differ from what was given in two ways: code blocks that hold values get longer fences, and inline code that
    holds values becomes `<code>` with its literal text escaped. Raises `Undecided` for the first unsafe place.
    """
    scan = begin(pieces)
    for start, end in list(code_blocks(scan)):
        scan.blank(start, end, "\n")
    references(scan)
    inline(scan)
    attribute_lists(scan)
    refuse_unsafe(scan)
    return [_result(scan, at) for at in range(len(pieces))]


def _result(scan: Scan, at: int) -> str:
    start = scan.starts[at]
    end = scan.starts[at + 1] if at + 1 < len(scan.starts) else len(scan.out)
    if scan.pieces[at].kind is Kind.VALUE:
        return scan.where.get(start, Where.TEXT)
    return "".join(scan.out[start:end]) if scan.pieces[at].kind is Kind.TEXT else ""
