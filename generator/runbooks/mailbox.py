"""What counts as the provider's own address: mailboxes, aliases, +tags, whole domains, and hooks of PSA and RMM."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from urllib.parse import unquote

ADDRESS = re.compile(r"\w[\w.%+'-]*@\w[\w-]*(?:\.\w[\w-]*)*")
"""An address in a text in canonical form; what may stand around it in a sentence is no part of it."""

MARKUP = re.compile(r"<!--.*?-->|[*`\\]", re.DOTALL)
"""What Markdown leaves out of the text that is read."""

UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]")
"""What takes no room on the page and is no control character: variation selectors, fillers, the braille blank."""

PORT, SCHEME = re.compile(r"(?<=[a-z]):(?:443|80)(?=[/?#\s]|$)"), re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)

PLAIN = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f&%]*")
"""Of ASCII texts those that are in one form already: nearly all there are."""


MARKS = ("@", "&", "%")
"""One of these stands in every ASCII text that names an address with an @, however it is written."""


def ours(text: str, mailboxes: Collection[str]) -> tuple[str, ...]:
    """The provider's addresses that occur in a text, as policy.yml names them, each once and sorted.

    `help+dental@provider.example` is `help@provider.example`; `@provider.example` is every address of that domain and
    of the domains below it; a web address is found wherever it occurs.
    """
    forms = _forms(tuple(mailboxes))
    if text.isascii() and not forms.hint.search(text):
        return ()
    plain = _compared(text)
    return tuple(sorted({box for box, form in forms.each if form.search(plain)}))


class Addresses:
    """Very many addresses, of which a text is asked which ones it names: the time does not grow with their number.

    Each is one that `ours` finds in it, and whose parts all stand in the text as they are.
    """

    def __init__(self, mailboxes: Collection[str]) -> None:
        self._by_domain: dict[str, list[str]] = {}
        self._others: list[str] = []
        for box in mailboxes:
            name, _, domain = _untagged(PORT.sub("", canonical(box)).strip()).rpartition("@")
            if name and "://" not in box:
                self._by_domain.setdefault(domain, []).append(box)
            else:
                self._others.append(box)
        self._lengths = sorted({len(domain) for domain in self._by_domain})

    @property
    def with_at_alone(self) -> bool:
        """Whether each of them has an @ and stands at one domain."""
        return not self._others

    @property
    def anywhere(self) -> tuple[str, ...]:
        """Those of them that a text may name without an @, such as hooks, and whole domains."""
        return tuple(sorted(self._others))

    def __iter__(self) -> Iterator[str]:
        return iter(sorted((*self._others, *(box for boxes in self._by_domain.values() for box in boxes))))

    def named(self, text: str) -> tuple[str, ...]:
        """The addresses that occur in a canonical text, each once and sorted."""
        likely = [box for box in (*self._others, *self._there(text)) if all(part in text for part in box.split("@"))]
        return ours(text, likely) if likely else ()

    def _there(self, text: str) -> Iterator[str]:
        """The addresses at a domain that stands behind an @, and behind the underscores of an emphasis."""
        if not self._by_domain or (text.isascii() and not any(mark in text for mark in MARKS)):
            return
        plain, domains = _compared(text), set[str]()
        at = plain.find("@") + 1
        while at:
            starts = (at + before for before in range(4) if plain.startswith("_" * before, at))
            domains.update(plain[start : start + length] for start in starts for length in self._lengths)
            at = plain.find("@", at) + 1
        for domain in sorted(domains & self._by_domain.keys()):
            yield from self._by_domain[domain]


def _compared(text: str) -> str:
    """A text as addresses are looked for in it."""
    return PORT.sub("", canonical(text)).replace('"@', "@")


def hint(mailboxes: Collection[str]) -> Callable[[str], bool]:
    """A quick question to a text: whether it may name any of these addresses at all."""
    search = _forms(tuple(mailboxes)).hint.search
    return lambda text: not text.isascii() or search(text) is not None


@dataclass(frozen=True, slots=True)
class _Forms:
    """Mailboxes ready to be looked for: a hint that any may be in an ASCII text, and the form of each."""

    hint: re.Pattern[str]
    each: tuple[tuple[str, re.Pattern[str]], ...]


BEFORE, AFTER = r"(?<![a-z0-9])(?<![a-z0-9][._+%-])", r"(?![a-z0-9])(?!-[a-z0-9])(?!\.[a-z0-9])"
"""Where an address begins and ends: any sign may stand beside it that would not make it another address."""


@lru_cache(maxsize=256)
def _forms(mailboxes: tuple[str, ...]) -> _Forms:
    each = tuple((box, _form(PORT.sub("", canonical(box)).strip())) for box in mailboxes)
    hooks = (re.escape(_bare(box)[:12]) for box in mailboxes if "@" not in box)
    return _Forms(re.compile("|".join([*MARKS, *hooks]), re.IGNORECASE), each)


def _form(box: str) -> re.Pattern[str]:
    if box.startswith("@"):
        return re.compile(rf"[^\s@]@(?:[a-z0-9-]+\.)*{re.escape(box[1:])}{AFTER}")
    if "@" in box and "://" not in box:
        name, _, domain = _untagged(box).rpartition("@")
        # In emphasis made of underscores, which Markdown takes away: __alerts__@provider.example.
        local = rf"{BEFORE}(?P<local>_{{0,3}}){re.escape(name)}(?P=local)(?:\+[^\s@]*)?"
        return re.compile(rf"{local}@(?P<domain>_{{0,3}}){re.escape(domain)}(?P=domain){AFTER}")
    return re.compile(rf"(?<![a-z0-9.-]){re.escape(_bare(box))}{AFTER}")


def _bare(box: str) -> str:
    """A web address without its scheme and last stroke, as somebody may write it."""
    return SCHEME.sub("", box.strip()).rstrip("/").lower() or box


def boxes(text: str) -> tuple[str, ...]:
    """The addresses that a value such as `alerts_to` names, in canonical form; none when it names no address."""
    plain = canonical(text).strip()
    if "://" in plain or plain.startswith("@"):
        return (plain,)
    return tuple(dict.fromkeys(_untagged(found.group().strip("._")) for found in ADDRESS.finditer(plain)))


def canonical(text: str) -> str:
    """A text as two readers would compare it: one form for look-alike widths, no invisible characters, one case."""
    if text.isascii() and PLAIN.fullmatch(text):
        return MARKUP.sub("", text).casefold()
    plain = _written_out(text)
    if not plain.isascii():
        plain = UNSEEN.sub("", unicodedata.normalize("NFKC", plain)).replace("\u3002", ".")
    return "".join(map(_visible, MARKUP.sub("", plain).splitlines(keepends=True))).casefold()


def _written_out(text: str) -> str:
    """A text with its entities and percent signs written out, also those that were written as such twice or thrice."""
    for _ in range(3):
        plain = unquote(unescape(text)) if "&" in text or "%" in text else text
        if plain == text:
            break
        text = plain
    return text


def _visible(line: str) -> str:
    """A line without characters that nobody sees."""
    if line.rstrip("\n").isprintable():
        return line
    return "".join(
        character
        for character in line
        if character.isprintable() or character in "\n\t" or unicodedata.category(character) not in ("Cf", "Cc")
    )


def _untagged(address: str) -> str:
    name, _, domain = address.rpartition("@")
    return f"{name.split('+', 1)[0]}@{domain.rstrip('.')}"


def words(text: str) -> str:
    """The words of a text, one space between them: how sentences are compared."""
    return " ".join(re.findall(r"[^\W_]+", text))
