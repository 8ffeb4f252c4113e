"""What stands between the values of a YAML file and how its lines are indented: rules that parsers are lax about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from runbooks.source.codes import COMMENT_WITHOUT_SPACE, EXPLICIT_KEY, LOST_AFTER_HASH, TAB
from runbooks.source.text import FORBIDDEN, name_of
from runbooks.source.text import ODD_SPACE as ODD

_QUESTION = re.compile(r"(?:^|[\s\[{,])\?")
_IN_GAP = re.compile(r"#[^\n]*|\t[\t ]*|\?")
_SAID = re.compile(r"[ \t]+#(?=[ \t])")
"""Where behind a value that goes on after a # a comment begins that is one."""
_BEFORE_COMMENT = ("", " ", "\t", "\r", "\n")
_ODD_PLAIN = re.compile(rf"^{ODD.pattern}|{ODD.pattern}$|[:?-]{ODD.pattern}|{ODD.pattern}#", re.MULTILINE)
_EXPLICIT = re.compile(r"[|>][-+]?[1-9]")
_ESCAPE = re.compile(r"\\(?:\r?\n|x..|u.{4}|U.{8}|.)", re.DOTALL)
_PATH = re.compile(r"(?:^|[\s\"'=(])(?:[A-Za-z]:\\[ntr]|\\\\[\w.$-]+\\[ntr])")
"""In double quotes: a drive, or a server with two backslashes, followed by a single backslash."""


WORDS = {
    TAB: (
        "Here stands a tab, which not every YAML program takes for a space.",
        "Write spaces instead; editors can do that for you.",
    ),
    COMMENT_WITHOUT_SPACE: (
        "A comment begins without a space before its #.",
        "Put a space before the #, or quotes around the value if the # belongs to it.",
    ),
}
"""Message and remedy of flaws that are found in more than one way."""


MENDED = {TAB: "write spaces instead of tabs", COMMENT_WITHOUT_SPACE: "put a space before the #"}
"""What mending them comes to."""


class Mend(NamedTuple):
    """Other text in the place of the characters from one offset up to another."""

    start: int
    end: int
    text: str
    safe: bool
    words: str


class Flaw(NamedTuple):
    """A problem at an offset of the text, and what would mend it."""

    code: str
    offset: int
    length: int
    message: str
    help: str
    mend: Mend | None = None


class Extent(NamedTuple):
    """A scalar in the text."""

    start: int
    end: int
    plain: bool


def is_suspect(text: str) -> bool:
    """Whether the gaps between the values are worth a look. Counting is ten times faster than a search."""
    if "\t" in text or ("?" in text and _QUESTION.search(text)):
        return True
    return text.count("#") != text.count(" # ") + text.count("\n# ") + text.startswith("# ")


def gap_flaws(text: str, scalars: Sequence[Extent], stop: int) -> Iterator[Flaw]:
    """Comments that stick to or swallow something, tabs and question marks: between the scalars, up to `stop`."""
    start, plain, before = 0, False, Extent(0, 0, False)
    for scalar in (*scalars, Extent(stop, stop, False)):
        for match in _IN_GAP.finditer(text, start, scalar.start):
            yield from _flaw(text, match, before if plain else None)
            plain = False
        before, start, plain = scalar, max(start, scalar.end), scalar.plain
        if plain and (tab := text.find("\t", scalar.start, scalar.end)) >= 0:
            message = "Here stands a tab in an unquoted value, which not every YAML program takes."
            mend = Mend(tab, tab + 1, " ", False, MENDED[TAB])
            yield Flaw(TAB, tab, 1, message, "Write spaces instead, or put the value in quotes.", mend)


def _flaw(text: str, match: re.Match[str], value: Extent | None) -> Iterator[Flaw]:
    """What is wrong with a comment, a tab or a question mark. `value`: the plain value right before it."""
    offset, found = match.start(), match[0]
    if found[0] == "\t":
        alone = text[match.end() : match.end() + 2].strip("\r")[:1] in ("", "\n")
        margin = not text[text.rfind("\n", 0, offset) + 1 : offset].strip(" ")
        spaces = "" if alone else found.replace("\t", "  " if margin else " ")
        yield Flaw(TAB, offset, 1, *WORDS[TAB], Mend(offset, match.end(), spaces, True, MENDED[TAB]))
    elif found == "?":
        remedy = "Write the key and a colon; put a text that begins with a question mark in quotes."
        yield Flaw(EXPLICIT_KEY, offset, 1, "A question mark here makes a key of what follows.", remedy)
    elif text[offset - 1 : offset] not in _BEFORE_COMMENT:
        mend = Mend(offset, offset, " ", True, MENDED[COMMENT_WITHOUT_SPACE])
        yield Flaw(COMMENT_WITHOUT_SPACE, offset, 1, *WORDS[COMMENT_WITHOUT_SPACE], mend)
    elif value is not None and found[1:2].isalnum() and not text[value.end : offset].strip(" "):
        remedy = "Put the whole value in quotes if this belongs to it, or a space after the # if it is a comment."
        message = f"`{found.strip()[:40]}` is read as a comment and is lost."
        lost, end = _SAID.split(found, maxsplit=1)[0].rstrip(), offset + len(found.rstrip())
        whole = text[value.start : offset + len(lost)]
        words = f'"{whole}"{text[offset + len(lost) : end]}'
        mend = Mend(value.start, end, words, False, "put the whole value in quotes")
        in_one = not set(whole) & {'"', "\\", "\n"}
        yield Flaw(LOST_AFTER_HASH, offset, len(found.rstrip()), message, remedy, mend if in_one else None)


def unindented_line(lines: Sequence[str], first: int, last: int, indent: int, *, quoted: bool) -> int | None:
    """The first line after `first` that is not indented further than `indent`; comments and empty lines need not be."""
    for number in range(first + 1, last + 1):
        rest = lines[number].lstrip(" ")
        if len(lines[number]) - len(rest) > indent or not rest.strip():
            continue
        if quoted or not rest.startswith("#"):
            return number
    return None


def header_flaw(line: str, column: int) -> tuple[str, int] | None:
    """What is wrong behind the | or > of a block scalar, as a code and its column: a comment stuck to it, or a tab."""
    comment = line.find("#", column)
    header = line[column:] if comment < 0 else line[column:comment]
    if "\t" in header:
        return TAB, column + header.index("\t")
    return (COMMENT_WITHOUT_SPACE, comment) if comment >= 0 and not header.endswith(" ") else None


def line_left_out(lines: Sequence[str], first: int, indent: int) -> int | None:
    """The line that an empty block scalar ought to take in and does not, as the empty lines before it are wider."""
    if _EXPLICIT.search(lines[first]):
        return None
    widest = 0
    for number in range(first + 1, len(lines)):
        line = lines[number].rstrip("\r")
        spaces = len(line) - len(line.lstrip(" "))
        if spaces < len(line):
            return number if indent < spaces < widest else None
        widest = max(widest, spaces)
    return None


def odd_space(text: str, *, is_key: bool) -> str | None:
    """The odd space in an unquoted text that stands where an ordinary one would make a difference."""
    found = ODD.search(text) if is_key else _ODD_PLAIN.search(text)
    character = ODD.search(found[0]) if found else None
    return character[0] if character else None


def odd_space_message(character: str) -> tuple[str, str]:
    """Message and remedy for an odd space."""
    name = name_of(character).removeprefix("the invisible character ")
    return (
        f"Here stands a {name}, which YAML does not take for a space.",
        "Replace it by an ordinary space, or put the value in quotes.",
    )


def escape_message(raw: str, value: str) -> tuple[str, str] | None:
    """Message and remedy for a double-quoted text in which backslashes make what nobody meant; `raw` has its quotes."""
    remedy = "For a Windows path use single quotes: 'D:\\backup'."
    unwanted = FORBIDDEN.search(value)
    if unwanted:
        written = next((each[0] for each in _ESCAPE.finditer(raw) if _may_make(each[0], unwanted[0])), "\\")
        return f"In double quotes `{written}` makes {name_of(unwanted[0])}.", remedy
    path = _PATH.search(raw[1:])
    if path:
        written = path[0][-2:]
        return f"In double quotes `{written}` is not a backslash and a letter, but one character.", remedy
    return None


_MADE = {"0": "\0", "a": "\a", "b": "\b", "v": "\v", "f": "\f", "e": "\x1b", "N": "\x85", "L": "\u2028", "P": "\u2029"}


def _may_make(written: str, character: str) -> bool:
    """Whether an escape makes the character."""
    kind, digits = written[1], written[2:]
    return int(digits, base=16) == ord(character) if kind in "xuU" else _MADE.get(kind) == character


_KEY_AT_MARGIN = re.compile(r"""["']?[^\W\d][\w -]{0,60}["']?[ \t]*:(?:\s|\Z)""")
_DOCUMENT_MARKS = ("---", "...")


def block(lines: Sequence[str], number: int) -> range | None:
    """The lines of the top-level block that a line stands in, counted from 0.

    None where no key at the margin stands above, or where a document ends in the block or after it: what follows would
    be taken for a part of the first.
    """
    first = min(number, len(lines) - 1)
    while first >= 0 and not _KEY_AT_MARGIN.match(lines[first]):
        first -= 1
    if first < 0 or any(line.startswith(_DOCUMENT_MARKS) for line in lines[first:]):
        return None
    last = first + 1
    while last < len(lines) and not _KEY_AT_MARGIN.match(lines[last]):
        last += 1
    return range(first, last)


def without(lines: Sequence[str], gone: range) -> str:
    """The text with some lines empty: every other line keeps its number."""
    return "\n".join("" if number in gone else line for number, line in enumerate(lines))
