"""What counts as the provider's own address: mailboxes, aliases, +tags, whole domains, and hooks of PSA and RMM."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from html import unescape
from urllib.parse import unquote

ADDRESS = re.compile(r"[^\s<>\"'`,;:|()\[\]{}\\/=]+@[^\s<>\"'`,;:|()\[\]{}\\/?&=]+")

HINT = re.compile(r"[@&%]|://")
"""What an address has, in whatever spelling: most texts have none of it, and need not be looked at any closer."""

MARKUP = re.compile(r"<!--.*?-->|[*`\\]", re.DOTALL)
"""What Markdown leaves out of the text that is read."""

PLAIN = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f&%]*")
"""Of ASCII texts those that are in one form already: nearly all there are."""


def ours(text: str, mailboxes: Collection[str]) -> tuple[str, ...]:
    """The provider's addresses that occur in a text, as policy.yml names them, each once and sorted.

    `help+dental@provider.example` is `help@provider.example`; `@provider.example` is every address of that domain and
    of the domains below it; a web address is found wherever it occurs.
    """
    if text.isascii() and not HINT.search(text) and all(HINT.search(box) for box in mailboxes):
        return ()
    plain = canonical(text)
    addresses = [_untagged(found.group().strip(".")) for found in ADDRESS.finditer(plain.replace('"@', "@"))]
    return tuple(sorted(box for box in set(mailboxes) if _names(canonical(box), plain, addresses)))


def boxes(text: str) -> tuple[str, ...]:
    """The addresses that a value such as `alerts_to` names, in canonical form; none when it names no address."""
    plain = canonical(text).strip()
    if "://" in plain or plain.startswith("@"):
        return (plain,)
    return tuple(dict.fromkeys(_untagged(found.group().strip(".")) for found in ADDRESS.finditer(plain)))


def canonical(text: str) -> str:
    """A text as two readers would compare it: one form for look-alike widths, no invisible characters, one case."""
    if text.isascii() and PLAIN.fullmatch(text):
        return MARKUP.sub("", text).casefold()
    plain = unquote(unescape(text)) if "&" in text or "%" in text else text
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain).replace("\u3002", ".")
    return "".join(map(_visible, MARKUP.sub("", plain).splitlines(keepends=True))).casefold()


def _visible(line: str) -> str:
    """A line without characters that nobody sees."""
    if line.rstrip("\n").isprintable():
        return line
    return "".join(
        character
        for character in line
        if character.isprintable() or character in "\n\t" or unicodedata.category(character) not in ("Cf", "Cc")
    )


def _names(box: str, plain: str, addresses: list[str]) -> bool:
    if box.startswith("@"):
        domain = box[1:]
        return any(_domain(address) == domain or _domain(address).endswith("." + domain) for address in addresses)
    if "@" in box and "://" not in box:
        return _untagged(box) in addresses
    return box in plain


def _untagged(address: str) -> str:
    name, _, domain = address.rpartition("@")
    return f"{name.split('+', 1)[0]}@{domain.rstrip('.')}"


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
