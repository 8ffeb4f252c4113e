"""Where the values of a client stand in a text that templates wrote: marked, so that the text can be told from them.

Pages of many clients are the same but for these. Only values that read the same wherever they stand are marked: of
letters, digits and a few signs, which are written so that neither Markdown nor HTML takes them for anything else.
"""

from __future__ import annotations

import html
import re
from typing import Final

BEGIN: Final = "\ufdd0"
END: Final = "\ufdd1"
"""Around a value. Unicode gives these two to nobody, and no value has them: they would be written as their numbers."""

MARKED: Final = re.compile(rf"{BEGIN}([^{BEGIN}{END}]*){END}")
TAME: Final = re.compile(
    r"(?!.*(?:var\(|annotate|  |--|(?:class|dir)$))[+*@#(]{0,2}[^\W_](?:[\w ,.:;/@+()!?*#%&'→–…-]*[\w.)!?*%…])?",
    re.ASCII,
)
"""A value that is marked. What is left out could be taken for a style or a class by who reads whole pages."""
ADDRESS: Final = re.compile(r"(https?://|mailto:|tel:)([A-Za-z0-9/.:@+#-]+)")
"""A link that is marked behind its beginning, which says that it leads out of the site."""
DRAWN: Final = re.compile(rf"(<(?:text|title)\b[^<>]*>)([^<>{BEGIN}]+)(?=</(?:text|title)>)")
"""Words in a drawing."""


def marked(value: str, written: str) -> str:
    """A value as a template writes it, with marks around it where it is one of the plain sort."""
    return f"{BEGIN}{written}{END}" if TAME.fullmatch(value) else written


def marked_link(written: str) -> str:
    """A link as a template writes it, the same way."""
    found = ADDRESS.fullmatch(written)
    return f"{found[1]}{BEGIN}{found[2]}{END}" if found else written


def everywhere(text: str, value: str, written: str) -> str:
    """A text in which a value is marked wherever it stands, where it is one of the plain sort."""
    if not TAME.fullmatch(value):
        return text
    return re.sub(rf"(?<![\w&#{BEGIN}]){re.escape(written)}(?![\w;{END}])", f"{BEGIN}{written}{END}", text)


def drawn(text: str) -> str:
    """A text in which the words of drawings are marked, as far as they are of the plain sort."""
    return DRAWN.sub(_in_drawing, text) if "<svg" in text else text


def _in_drawing(found: re.Match[str]) -> str:
    return f"{found[1]}{marked(html.unescape(found[2]), found[2])}"


def plain(text: str) -> str:
    """A text without marks."""
    return text.replace(BEGIN, "").replace(END, "") if BEGIN in text else text
