"""Fenced code blocks of a template: where they are, and how values in them are quoted.

The rules are those of pymdownx.superfences; what it might read differently is refused.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from runbooks.places import shells
from runbooks.places.scan import VALUE, Kind, Scan, Where, lines

FENCE_LENGTH = 12
"""Length of the fence of a code block with values; no value on a line of its own may consist of backticks only."""

_FENCE = re.compile(r"(?P<lead>[> \t]*)(?P<run>`{3,}|~{3,})(?P<info>.*)")
_FENCE_IN_ITEM = re.compile(r"[> \t]*(?:(?:[-*+]|\d+[.)])[ \t]+)+(?:`{3,}|~{3,})[^`]*$")
_INFO = re.compile(r"[ \t]*\.?(?P<language>[\w#.+-]*)(?:[ \t]+title=\"[^\"\ue000\ue001]*\")?[ \t]*")
_STATIC_INFO = re.compile(
    r"[ \t]*\.?[\w#.+-]*(?:[ \t]+(?:linenums|hl_lines|title)=(?:\"[^\"]*\"|'[^']*'))*[ \t]*"
    r"|[ \t]*\.?[\w#.+-]*[ \t]*\{[^\n]*\}[ \t]*"
)
_PLAIN_CODE = frozenset(
    {"", "cfg", "conf", "csv", "email", "http", "ini", "json", "log", "none", "output"}
    | {"plain", "plaintext", "text", "toml", "txt", "xml", "yaml", "yml"}
)
"""Languages of blocks that are read, not run: values stand in them as they are."""


def code_blocks(scan: Scan) -> Iterator[tuple[int, int]]:
    """The spans of fenced code blocks; the places in them are decided on the way."""
    _refuse_uncertain_fences(scan)
    opened: tuple[int, re.Match[str]] | None = None
    for offset, line in lines(scan.text):
        fence = _FENCE.fullmatch(line)
        if opened is None:
            if _FENCE_IN_ITEM.match(line):
                raise scan.refuse(offset, "a code block in a list starts on a line of its own")
            if fence and not (fence["run"][0] == "`" and "`" in fence["info"]):
                opened = offset, fence
        elif fence and fence["run"] == opened[1]["run"] and not fence["info"].strip(" \t"):
            if len(fence["lead"].expandtabs(4)) < len(opened[1]["lead"].expandtabs(4)):
                raise scan.refuse(offset, "the end of a code block must be indented like its start")
            if fence["lead"].expandtabs(4) == opened[1]["lead"].expandtabs(4):
                _code_block(scan, opened[0], opened[1], offset, offset + len(line))
                yield opened[0], offset + len(line)
                opened = None
    if opened is not None:
        raise scan.refuse(opened[0], "this code block is never closed")


def _refuse_uncertain_fences(scan: Scan) -> None:
    """A branch that ends in mid-line where it began at a line's start makes the next line's start uncertain."""
    opened: list[int] = []
    for at, piece in enumerate(scan.pieces):
        offset = scan.starts[at]
        if piece.kind is Kind.OPEN:
            opened.append(offset)
        elif piece.kind in {Kind.NEXT, Kind.CLOSE}:
            start = opened[-1] if piece.kind is Kind.NEXT else opened.pop()
            line_end = scan.text.find("\n", offset)
            region = scan.text[start : line_end if line_end >= 0 else None]
            if _column(scan.text, start) != _column(scan.text, offset) and ("```" in region or "~~~" in region):
                raise scan.refuse(start, "next to a code block, blocks of the template stand on lines of their own")


def _column(text: str, offset: int) -> str:
    """Where on its line an offset is: at the start, in the indentation (which one) or further on."""
    before = text[text.rfind("\n", 0, offset) + 1 : offset]
    return before if not before.strip(" \t>") else "inside"


def _code_block(scan: Scan, start: int, fence: re.Match[str], last: int, end: int) -> None:
    """Decides the values of one code block, and makes its fence longer."""
    if scan.path(start + len(fence["lead"])) != scan.path(end - 1):
        raise scan.refuse(start, "a code block must begin and end in the same block of the template")
    body = start + len(fence[0]) + 1
    _check_codelines(scan, body, last, fence["lead"])
    if not _STATIC_INFO.fullmatch(fence["info"]):
        raise scan.refuse(start, 'a code block names its language, and a title="…" at most, as in ```powershell')
    if not scan.holes(start, end):
        return
    info = _INFO.fullmatch(fence["info"])
    if info is None:
        raise scan.refuse(start, 'a code block with values names its language, and a title="…" at most')
    if fence["lead"].strip(" "):
        raise scan.refuse(start, "a code block with values is indented with spaces only, and not quoted")
    where = _language(info["language"])
    if where is None:
        message = "use powershell, sh, cmd, or text for what is not run"
        raise scan.refuse(start, f"values cannot be quoted for `{info['language']}`; {message}")
    scan.decide(body, last, where)
    if where is not Where.CODE:
        for offset, message in shells.problems(scan.text[body:last], where, VALUE):
            raise scan.refuse(body + offset, message)
    _lengthen(scan, start + len(fence["lead"]), last, fence["run"])


def _language(name: str) -> Where | None:
    shell = shells.NAMES.get(name.lower())
    if shell is not None:
        return Where(shell)
    return Where.CODE if name.lower() in _PLAIN_CODE else None


def _check_codelines(scan: Scan, body: int, last: int, lead: str) -> None:
    """No line may end the block by being indented less, whichever branch is taken."""
    start = lead.expandtabs(4).rstrip() if ">" in lead else lead.expandtabs(4)
    for offset, line in lines(scan.text[body : max(last - 1, body)]):
        if (line.strip() or ">" in lead) and not line.expandtabs(4).startswith(start):
            raise scan.refuse(body + offset, "a line of this code block is indented less than its start")
    opened: list[str] = []
    for at in range(bisect_left(scan.starts, body), bisect_right(scan.starts, last)):
        kind, offset = scan.pieces[at].kind, scan.starts[at]
        if kind not in {Kind.OPEN, Kind.NEXT, Kind.CLOSE}:
            continue
        column = _column(scan.text, offset)
        if kind is Kind.OPEN:
            opened.append(column)
        elif opened and column != (opened[-1] if kind is Kind.NEXT else opened.pop()):
            raise scan.refuse(offset, "inside a code block, blocks stand on lines of their own or within one line")


def _lengthen(scan: Scan, start: int, last: int, run: str) -> None:
    longer = run[0] * max(FENCE_LENGTH, len(run))
    while longer in scan.text[start + len(run) : last]:
        longer += run[0]
    close = last + len(scan.text[last:]) - len(scan.text[last:].lstrip(" \t>"))
    for at in (start, close):
        scan.out[at] = longer
        scan.out[at + 1 : at + len(run)] = [""] * (len(run) - 1)
