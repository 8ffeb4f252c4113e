"""Values as plain text in Markdown and HTML: whatever a record says, it reads as typed and never becomes markup."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, urlsplit

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
"""What a link made of a value may start with."""

NO_LINK = "#"
"""Stands in for a link target that is not allowed."""

_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0")
_JOINERS = frozenset("\u200c\u200d")
_JOINED = frozenset(("Lo", "Mn", "Mc", "So", "Sk"))
_LONG = 1000
"""Characters of a text that is not remembered."""
_SPECIAL = re.compile(r"[^0-9A-Za-z, .-]|(?<![0-9A-Za-z])[.-]|[.-](?![0-9A-Za-z])|(?<![^ ]) | (?![^ ])")
"""What does not stand in a text as it is: signs, full stops and hyphens not inside words, spaces not alone."""
_LINK_SAFE = "/:?#=&%+,;.-@"
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_NOT_IN_ANCHOR = re.compile(r"[^0-9A-Za-z.]+")
_HOST = re.compile(r"[^\s@\[\]<>\\\"'`{}|^]+")


class Unquotable(ValueError):
    """A value that cannot be made safe for the place where it stands; the message says why."""


def is_invisible(character: str) -> bool:
    """Whether a character would not be seen or would reorder what is seen: controls, bidi marks, zero-width signs."""
    if character < "\x7f":
        return character < " "
    category = unicodedata.category(character)
    if category in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}:
        return True
    return character in _BLANK_LETTERS or "\ufdd0" <= character <= "\ufdef" or ord(character) & 0xFFFE == 0xFFFE


def visible(value: str) -> str:
    """The value on one line, line breaks and tabs as spaces, with `[U+202E]` for each character that cannot be seen.

    A joiner between the letters that it joins or keeps apart, as Persian, Hindi and emoji need it, stays.
    """
    if value.isascii() and value.isprintable():
        return value
    one_line = value.replace("\r\n", " ").replace("\n", " ").replace("\r", " ").replace("\t", " ")
    return "".join(
        f"[U+{ord(char):04X}]" if is_invisible(char) and not _joins(one_line, at) else char
        for at, char in enumerate(one_line)
    )


def _joins(text: str, at: int) -> bool:
    """Whether a joiner stands where scripts and emoji need one: between letters without case, vowel signs, pictures."""
    if text[at] not in _JOINERS or not 0 < at < len(text) - 1:
        return False
    return all(side >= "\u0600" and unicodedata.category(side) in _JOINED for side in text[at - 1] + text[at + 1])


def text(value: str) -> str:
    """A value as it stands in Markdown text, table cells, headings, HTML text and quoted HTML attributes.

    Everything but letters, digits, commas, single spaces, and hyphens and full stops inside words is written as a
    decimal entity, which Python-Markdown passes on untouched.
    """
    return _text(value) if len(value) < _LONG else _text.__wrapped__(value)


@lru_cache(maxsize=32_768)  # pages of one client, and of clients alike, say much the same
def _text(value: str) -> str:
    return _SPECIAL.sub(_entity, visible(value))


def _entity(found: re.Match[str]) -> str:
    char = found[0]
    return char if char > "\x7f" and char.isalnum() else f"&#{ord(char)};"


def title(value: str) -> str:
    """A value as the title of a page in front matter, which the theme prints without escaping."""
    return text(" ".join(value.split()))


@lru_cache(maxsize=16_384)  # pages of one client have many links in common
def link(value: str) -> str:
    """A value as a whole link target, inert in `](…)`, `[x]: …` and `href="…"`.

    http, https, mailto, tel and links within the site stay; anything else, and whatever a browser might read
    differently from us (control characters, spaces around it, `//host`, backslashes, a user before the host), is `#`.
    """
    if not _is_allowed_link(value):
        return NO_LINK
    encoded = quote(_STRAY_PERCENT.sub("%25", value), safe=_LINK_SAFE)
    before, mark, query = encoded.replace("~", "%7E").replace("_", "%5F").partition("?")
    return before.replace("&", "%26") + mark + query.replace("&", "&amp;")


def link_part(value: str) -> str:
    """A value inside a longer literal link target, percent-encoded wholly, slashes too."""
    if any(is_invisible(char) for char in value):
        raise Unquotable("a control or invisible character cannot stand in a link")
    return quote(value, safe="").replace("~", "%7E").replace("_", "%5F")


def anchor(value: str) -> str:
    """A value as an id, or as the part of a link after `#`: letters, digits, full stops and single hyphens."""
    return _NOT_IN_ANCHOR.sub("-", value).strip("-.") or "value"


def _is_allowed_link(value: str) -> bool:
    if not value or value != value.strip():
        return False
    if not (value.isascii() and value.isprintable()) and any(is_invisible(char) for char in value):
        return False
    scheme = _SCHEME.match(value)
    if scheme is None:
        before_path = re.split(r"[/?#]", value, maxsplit=1)[0]
        return ":" not in before_path and not value.replace("\\", "/").startswith("//") and value[0] != "\\"
    if scheme[1].lower() not in SCHEMES:
        return False
    return scheme[1].lower() in {"mailto", "tel"} or _has_plain_host(value)


def _has_plain_host(value: str) -> bool:
    """Whether a web address names a host and nothing else before its path, so that `urlsplit` of others cannot fail."""
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - reading it checks it
    except ValueError:
        return False
    return value[len(parts.scheme) :].startswith("://") and _HOST.fullmatch(parts.netloc) is not None


def code(value: str) -> str:
    """A value in a code block, as it is; raises `Unquotable` for what cannot be copied from there as it was meant."""
    for char in value:
        if is_invisible(char):
            raise Unquotable(f"U+{ord(char):04X} is a control or invisible character and cannot stand in a code block")
    if value.strip(" `~") == "" and value.strip(" "):
        raise Unquotable("backticks or tildes alone could end the code block")
    return value


def sh(value: str) -> str:
    """A value as one word of a POSIX shell, always in single quotes; a leading hyphen (an option) is refused."""
    if value.startswith("-"):
        raise Unquotable(f"{value!r} starts with a hyphen and would be read as an option")
    return "'" + code(value).replace("'", "'\"'\"'") + "'"


def powershell(value: str) -> str:
    """A value as one PowerShell string.

    PowerShell reads U+2018 to U+201B as single quotes too, so they are doubled as well (its tokenizer's IsSingleQuote).
    """
    return "'" + re.sub("(['\u2018-\u201b])", r"\1\1", code(value)) + "'"


def cmd(value: str) -> str:
    """A value as one word of the Windows command prompt; `"`, `%` and `!`, which no quotes hold there, are refused."""
    for char in '"%!':
        if char in value:
            raise Unquotable(f"{char} cannot be quoted for the Windows command prompt")
    if value.startswith(("-", "/")):
        raise Unquotable(f"{value!r} starts with {value[0]} and would be read as an option")
    backslashes = len(value) - len(value.rstrip("\\"))
    return '"' + code(value) + "\\" * backslashes + '"'
