"""What counts as the provider's own address: mailboxes, aliases, +tags, whole domains, and hooks of PSA and RMM."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from html import unescape
from urllib.parse import unquote

ADDRESS = re.compile(r"[^\s<>\"'`,;:|()\[\]{}\\/=]+@[^\s<>\"'`,;:|()\[\]{}\\/?&=]+")

MARKUP = re.compile(r"<!--.*?-->|[*`\\]", re.DOTALL)
"""What Markdown leaves out of the text that is read."""


def ours(text: str, mailboxes: Iterable[str]) -> tuple[str, ...]:
    """The provider's addresses that occur in a text, as policy.yml names them, each once and sorted.

    `help+dental@provider.example` is `help@provider.example`; `@provider.example` is every address of that domain and
    of the domains below it; a web address is found wherever it occurs.
    """
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
    folded = unicodedata.normalize("NFKC", unquote(unescape(text))).replace("\u3002", ".")
    folded = MARKUP.sub("", folded)
    visible = "".join(
        character for character in folded if unicodedata.category(character) not in ("Cf", "Cc") or character in "\n\t"
    )
    return visible.casefold()


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
