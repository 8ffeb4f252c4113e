"""What is said of a change: one note for one thing that it means, in words that hold no secret."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias, get_args

from runbooks import secrets
from runbooks.escape import visible

Topic: TypeAlias = Literal[
    "monitoring", "withheld", "new findings", "clients", "agreements", "contacts", "set-ups", "recoverability",
    "policy", "catalogue", "waivers", "findings gone", "pages", "coverage", "other",
]  # fmt: skip
"""What a note is about, the most important first."""
Kind: TypeAlias = Literal["lost", "removed", "less", "new", "gained", "added", "more", "moved", "changed"]
"""Which way it goes, what is taken away first."""

TITLES: Final[dict[Topic, str]] = {
    "monitoring": "Monitoring",
    "withheld": "Pages that go dark or come back",
    "new findings": "New findings",
    "clients": "Clients",
    "agreements": "Agreements",
    "contacts": "Contacts, and who approves money",
    "set-ups": "What is protected, and how",
    "recoverability": "Recoverability",
    "policy": "Policy",
    "catalogue": "Products, procedures and templates",
    "waivers": "Waivers",
    "findings gone": "Findings that are gone",
    "pages": "Pages that appear, go or change their address",
    "coverage": "Documentation coverage",
    "other": "What else changed in records",
}

TOPICS: Final[tuple[str, ...]] = get_args(Topic)
KINDS: Final[tuple[str, ...]] = get_args(Kind)
LONGEST: Final = 600
"""Characters of a note: more is cut, so that no name and no list fills a comment by itself."""


@dataclass(frozen=True, slots=True)
class Named:
    """A client by the short name it has now, and its name."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that a change means.

    `clients` are whom it is about: several where the same holds for all, none where it is about the site. `since` is
    the day from which it holds where that is not today. `before` and `after` are the two states in short, for
    programs; `file` is the file that it stands in.
    """

    topic: Topic
    kind: Kind
    words: str
    clients: tuple[Named, ...] = ()
    file: str = ""
    since: date | None = None
    before: str = ""
    after: str = ""

    @property
    def order(self) -> tuple[int, int, str, str]:
        """The most important first; then by client."""
        whom = self.clients[0].name.casefold() if self.clients else ""
        return TOPICS.index(self.topic), KINDS.index(self.kind), whom, self.words


def note(
    topic: Topic,
    kind: Kind,
    words: str,
    whom: Named | None = None,
    *,
    file: str = "",
    since: date | None = None,
    before: str = "",
    after: str = "",
) -> Note:
    """A note whose texts are on one line each, without secrets, and not longer than somebody reads."""
    clients = (Named(whom.slug, hushed(whom.name)),) if whom else ()
    return Note(topic, kind, hushed(words), clients, hushed(file), since, hushed(before), hushed(after))


def hushed(words: str) -> str:
    """Words on one line, their secrets as dots."""
    for one in reversed(secrets.secrets_in(words)):
        words = words[: one.start] + secrets.masked(words[one.start : one.end]) + words[one.end :]
    words = visible(words)
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def few(names: Iterable[str], most: int = 8, longest: int = 60) -> str:
    """The first of some names, each cut where it is long, and how many more there are."""
    found = [one if len(one) <= longest else one[: longest - 1] + "…" for one in names]
    rest = len(found) - most
    return ", ".join(found[:most]) + (f" and {rest:,} more" if rest > 0 else "")


def counted(number: int, what: str) -> str:
    """A number of things: 1 page, 2 pages."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
