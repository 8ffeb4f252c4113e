"""Bytes to text: strict UTF-8, with every character that has no place in a record named at its line and column."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import islice

from runbooks.findings import Fix, Place, Problem
from runbooks.source.codes import FORBIDDEN_CHARACTER, NOT_UTF8, TOO_LARGE

MAX_BYTES = 1_000_000
"""The largest file that is read."""

MAX_REPORTED = 20

ODD_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
"""Spaces that look like an ordinary one and are not one to YAML."""

_SEPARATOR = re.compile("[\u0085\u2028\u2029]")
"""Line separators: YAML 1.1 breaks a line at them, YAML 1.2 and editors do not."""

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters; tab, line feed and carriage return may stand
    "\u00ad\u200b\u2060\ufeff"  # invisible: soft hyphen, zero-width space, word joiner, byte order mark
    "\u2028\u2029"
    "\u202a-\u202e\u2066-\u2069"  # turn the direction of what is seen (https://trojansource.codes)
    "\ud800-\udfff\ufffd-\uffff]"  # half characters, the mark of a damaged one, and no characters
)
_FORBIDDEN_UNLESS_REPLACED = re.compile(FORBIDDEN.pattern.replace("\ufffd", "\ufffe"))
LONE_RETURN = re.compile("\r(?!\n)")

_NAMES = {
    "\r": "a carriage return without a line feed",
    "\x00": "a NUL character",
    "\x1b": "an escape character",
    "\x7f": "a delete character",
    "\x85": "a next-line character",
    "\ufeff": "a byte order mark",
    "\ufffd": "a replacement character: a letter here was lost when the text was converted",
}


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a file, as long as what was decoded: a forbidden character is replaced, never removed.

    `damaged` are the places of forbidden characters, as line and column counted from 0.
    `whole` is false when bytes could not be decoded, or so many characters are forbidden that nothing can be relied on.
    """

    content: str
    problems: tuple[Problem, ...] = ()
    damaged: tuple[tuple[int, int], ...] = ()
    whole: bool = True


def decoded(file: str, raw: bytes) -> Text:
    """The text of a file without its byte order mark, and what is wrong with its bytes and characters."""
    if len(raw) > MAX_BYTES:
        message = f"The file has {len(raw):,} bytes; {MAX_BYTES:,} is the most that is read."
        return _refused(
            Problem(Place(file), message, "Take out what does not belong, or split the file.", code=TOO_LARGE)
        )
    if _is_utf16(raw):
        message = "The file is saved as UTF-16 or UTF-32, not as UTF-8."
        return _refused(Problem(Place(file), message, 'Save it again with the encoding "UTF-8".', code=NOT_UTF8))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        text, problem = _replaced(file, raw, error)
        clean = _clean(file, text.removeprefix("\ufeff"), _FORBIDDEN_UNLESS_REPLACED)
        return Text(clean.content, (problem, *clean.problems), clean.damaged, whole=False)
    return _clean(file, text.removeprefix("\ufeff"))


def _refused(problem: Problem) -> Text:
    return Text("", (problem,), whole=False)


def name_of(character: str) -> str:
    """A character in words, with its number, for a message."""
    name = _NAMES.get(character)
    if name is None:
        known = unicodedata.name(character, "").lower()
        name = f"the invisible character {known}" if known else "a control character"
    number = f"U+{ord(character):04X}"
    return name.replace(":", f" ({number}):", 1) if ":" in name else f"{name} ({number})"


def _is_utf16(raw: bytes) -> bool:
    """Whether the bytes are UTF-16 or UTF-32: by their mark, or because every second byte of the beginning is NUL."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        return True
    start = raw[:64]
    return len(start) > 1 and not (any(start[::2]) and any(start[1::2]))


def _replaced(file: str, raw: bytes, error: UnicodeDecodeError) -> tuple[str, Problem]:
    """The text with every undecodable byte replaced, and the problem at the first of them."""
    before = raw[: error.start].decode("utf-8").removeprefix("\ufeff")
    byte = raw[error.start]
    guess = bytes([byte]).decode("windows-1252", errors="ignore")
    message = f"The file is not UTF-8: the byte {byte:#04x} here is no part of a UTF-8 character."
    if guess:
        message += f" In Windows-1252 it would be {guess!r}."
    text = raw.decode("utf-8", errors="replace")
    more = text.count("\ufffd") - raw.count(b"\xef\xbf\xbd") - 1
    if more > 0:
        message += f" There are {more:,} more such places."
    place = _place(file, LONE_RETURN.sub("\n", before), len(before))
    return text, Problem(
        place, message, 'Open the file with the encoding it has and save it as "UTF-8".', code=NOT_UTF8
    )


def _clean(file: str, text: str, reported: re.Pattern[str] = FORBIDDEN) -> Text:
    """The text with forbidden characters replaced one for one, and a problem at each."""
    # Every forbidden character but the mark of a damaged one is unprintable, and to ask that is ten times faster.
    if text.replace("\r\n", " ").replace("\n", " ").replace("\t", " ").isprintable() and "\ufffd" not in text:
        return Text(text)
    content, returns = LONE_RETURN.subn("\n", text) if "\r" in text else (text, 0)
    found = sorted(
        match.start()
        for pattern, where in ((reported, content), (LONE_RETURN, text if returns else ""))
        for match in islice(pattern.finditer(where), MAX_REPORTED + 1)
    )
    if not found:
        return Text(content)
    content, separators = _SEPARATOR.subn(" ", content)
    content, others = reported.subn("\ufffd", content)
    places = _places(file, content, found[: MAX_REPORTED + 1])
    problems = [
        Problem(
            place,
            f"Here stands {name_of(text[offset])}.",
            _remedy(text[offset]),
            code=FORBIDDEN_CHARACTER,
            fix=_fix(text[offset]),
        )
        for place, offset in zip(places[:MAX_REPORTED], found, strict=False)
    ]
    more = returns + separators + others - MAX_REPORTED
    if more > 0:
        message = f"{more:,} more characters that have no place in a record follow from here on."
        problems.append(Problem(places[MAX_REPORTED], message, "Is this a text file at all?", code=FORBIDDEN_CHARACTER))
    damaged = tuple((place.line - 1, place.column - 1) for place in places)
    return Text(content, tuple(problems), damaged, whole=more <= 0)


def _remedy(character: str) -> str:
    if character == "\ufffd":
        return "Write the letter again."
    if _SEPARATOR.match(character):
        return "Replace it by an ordinary line break or a space; it often comes with text copied from a wiki."
    if character == "\r":
        return "Save the file with the line ends of Windows or of Linux."
    return "Delete it; it often comes with text copied from another program."


def _fix(character: str) -> Fix | None:
    """What can be done about a character that nobody typed; nothing where a letter was lost, or about line ends."""
    if character in ("\r", "\ufffd"):
        return None
    return Fix(" ") if _SEPARATOR.match(character) else Fix("", words="delete the character that cannot be seen")


def _places(file: str, text: str, offsets: list[int]) -> list[Place]:
    """The places of single characters, in one pass; the offsets are in order."""
    places = []
    line, start, seen = 1, 0, 0
    for offset in offsets:
        line += text.count("\n", seen, offset)
        start = text.rfind("\n", seen, offset) + 1 or start
        seen = offset
        column = offset - start + 1
        places.append(Place(file, line, column, line, column + 1))
    return places


def _place(file: str, text: str, offset: int) -> Place:
    return _places(file, text, [offset])[0]
