"""From bytes to text: the byte order mark, else what the feed says, and which lines are damaged."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Final

MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
PACKED: Final = (b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")
"""How zip, gzip and the older files of Excel begin."""
DAMAGE: Final = "\ufffd"
"""What stands in the text for bytes that are no letters of its encoding."""
REMEDY: Final = "Say in the feed how its letters are stored: encoding: windows-1252."
"""The way out where there is damage: one word in the feed, however many rows have it."""


@dataclass(frozen=True, slots=True)
class Letters:
    """A file as text. `damage` is the first line with bytes that could not be read, 0 when there is none.

    `wrong` says why there is no text at all.
    """

    text: str
    damage: int = 0
    encoding: str = ""
    wrong: str = ""

    @property
    def flaw(self) -> str:
        """What is wrong where there is damage."""
        return f"here stand letters that are not {self.encoding}"


def letters(raw: bytes, encoding: str) -> Letters:
    """The text of a file. Never guessed: a mark at its beginning decides, else the encoding that the feed names."""
    for mark, name in MARKS:
        if raw.startswith(mark):
            return _read(raw[len(mark) :], name)
    if encoding == "utf-16":
        return _read(raw, "utf-16-be" if raw[:1] == b"\0" else "utf-16-le")
    if raw.startswith(PACKED):
        return Letters("", wrong="this is no text but a packed file, as spreadsheets are")
    if b"\0" in raw[:1000]:
        return Letters("", wrong="this is not a text in " + encoding)
    return _read(raw, encoding)


def _read(raw: bytes, encoding: str) -> Letters:
    try:
        return Letters(raw.decode(encoding), encoding=encoding)
    except UnicodeDecodeError as error:
        start = error.start
    before = raw[:start].decode(encoding, "replace")
    return Letters(raw.decode(encoding, "replace"), before.count("\n") + 1, encoding)
