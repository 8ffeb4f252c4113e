"""The clients of whom the site of a group may hold no trace: what they go by, and where a text has it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from runbooks.fleet import Fleet, Record
from runbooks.mailbox import canonical, ours
from runbooks.rules.registry import RULES

Phrase: TypeAlias = tuple[str, ...]
"""Words in a row, in canonical form: how names and texts are compared, whatever stands between the words."""

NAME, MACHINE, ADDRESS, PHONE, PLACE, PERSON, NUMBER = (
    *("the name", "a machine or job", "an address", "a telephone number"),
    *("a place", "a person", "a number"),
)
SHORTEST: Final = 4
"""Letters and digits that anything must have to be looked for."""
WORDS: Final = re.compile(r"[^\W_]+")
DIALLED: Final = re.compile(r"\+?\d(?:[\s().\-/\u2010-\u2015]{0,3}\d){6,14}")
DIGITS: Final = 8
"""The last digits of a telephone number, which are the same however it is dialled."""
ROLES: Final = frozenset(
    (
        *("accountant", "accounts", "admin", "administrator", "after", "bookkeeper", "chair", "clerk", "contact"),
        *("controller", "coordinator", "desk", "director", "duty", "front", "head", "help", "hours", "lead", "main"),
        *("manager", "night", "nurse", "office", "officer", "on", "operations", "owner", "partner", "practice"),
        *("president", "principal", "reception", "receptionist", "secretary", "shift", "site", "staff", "support"),
        *("team", "technician", "the", "treasurer", "vendor", "warehouse"),
    )
)
"""Words of functions: a contact that is called by one is no person."""
ROOMS: Final = frozenset(
    (
        *("and", "annexe", "bakery", "branch", "building", "campus", "centre", "center", "chambers", "clinic", "depot"),
        *(
            "east",
            "factory",
            "floor",
            "ground",
            "hotel",
            "house",
            "level",
            "loft",
            "medical",
            "new",
            "north",
            "northern",
        ),
        *("of", "old", "park", "room", "rooms", "school", "server", "shed", "shop", "south", "southern", "store"),
        *("street", "studio", "suite", "surgery", "top", "upper", "west", "western", "eastern", "lower", "works"),
        *("workshop", "yard", "conference"),
    )
)
"""Words of rooms and houses: a place that is called by nothing else could be anybody's."""
MAIL: Final = frozenset(("gmail.com", "outlook.com", "hotmail.com", "icloud.com", "yahoo.com", "live.com", "me.com"))
"""Domains where everybody has a mailbox."""


@dataclass(frozen=True)
class Strangers:
    """All clients of a fleet but those that are kept, by their short names."""

    fleet: Fleet
    kept: frozenset[str]

    def traces(self, text: str) -> tuple[str, ...]:
        """What a text gives away of them, in words that name nobody."""
        return self.traces_in(canonical(text))

    def traces_in(self, plain: str, address: str = "") -> tuple[str, ...]:
        """The same of a text in canonical form, which stands on the page at `address`."""
        found = {self._phrases[phrase] for phrase in self._found(plain) if not self._sampled(phrase, address)}
        if self._phones and any(_dialled(one.group()) in self._phones for one in DIALLED.finditer(plain)):
            found.add(PHONE)
        return tuple(sorted(found))

    def _found(self, plain: str) -> Iterator[Phrase]:
        yield from _found(plain, self._by_first)

    def _sampled(self, phrase: Phrase, address: str) -> bool:
        """Whether a name stands on a page of the rules because a sample there happens to have it."""
        return address.partition("/")[0] == "rules" and phrase in self._in_rules

    @cached_property
    def _phrases(self) -> Mapping[Phrase, str]:
        """What is looked for, and what it is. What a client who is kept has as well is nobody's."""
        everyday = {word for text in _own_words(self.fleet) for word in WORDS.findall(canonical(text))}
        wanted = dict[Phrase, str]()
        for record in self.fleet.records:
            if record.slug not in self.kept:
                for kind, text in identity(record, self.fleet):
                    phrase = _phrase(text)
                    if sum(map(len, phrase)) >= SHORTEST and not (len(phrase) == 1 and phrase[0] in everyday):
                        wanted.setdefault(phrase, kind)
        by_first = _by_first(wanted)
        mine = [(kind, text) for record in self._mine for kind, text in identity(record, self.fleet)]
        names = [text for kind, text in mine if kind == NAME]
        others = [*(text for _, text in mine), *_strings(self.fleet)]
        shared = {one for text in (*names, self.fleet.policy.provider) for one in _found(canonical(text), by_first)}
        catalogue = "\n".join(_of_catalogue(self.fleet))
        for text in (*others, catalogue):
            shared.update(one for one in _found(canonical(text), by_first) if wanted[one] != NAME)
        return {phrase: kind for phrase, kind in wanted.items() if phrase not in shared}

    @cached_property
    def _by_first(self) -> Mapping[str, tuple[Phrase, ...]]:
        return _by_first(self._phrases)

    @cached_property
    def _in_rules(self) -> frozenset[Phrase]:
        return frozenset(one for text in _of_rules() for one in _found(canonical(text), self._by_first))

    @cached_property
    def _phones(self) -> frozenset[str]:
        policy = self.fleet.policy
        mine = [contact.phone for record in self._mine for contact in record.client.contacts]
        own = [one.phone for one in (policy.duty_manager, policy.referral) if one]
        theirs = (
            contact.phone
            for record in self.fleet.records
            if record.slug not in self.kept
            for contact in record.client.contacts
        )
        known = {_dialled(phone) for phone in (*mine, *own) if phone}
        return frozenset(found for phone in theirs if phone and len(found := _dialled(phone)) == DIGITS) - known

    @property
    def _mine(self) -> Iterator[Record]:
        return (record for record in self.fleet.records if record.slug in self.kept)


def identity(record: Record, fleet: Fleet) -> Iterator[tuple[str, str]]:
    """By what a client can be known, each with what it is: nothing that many have, such as a function or a word."""
    client = record.client
    yield from ((NAME, text) for text in (record.slug, client.client, *client.aliases, *client.formerly))
    for contact in client.contacts:
        yield from _addresses(contact.email or "", fleet)
        if _is_person(contact.name):
            yield PERSON, contact.name
    for place in client.sites:
        if len(phrase := _phrase(place.name)) > 1 and not set(phrase) <= ROOMS | ROLES:
            yield PLACE, place.name
        if place.address and len(place.address) >= 8:
            yield PLACE, place.address
    yield from (
        (NUMBER, one)
        for one in (*client.external_ids.values(), *(one.id for one in client.agreements))
        if _is_number(one)
    )
    for setup in client.setups:
        for text in (*setup.notifies, setup.console_url or ""):
            yield from _addresses(text, fleet)
        names = (
            setup.server,
            *(text for item in setup.items for text in (item.name, item.match)),
            *(job.name for job in setup.jobs),
        )
        yield from ((MACHINE, name) for name in names if name and _is_machine(name))
        yield from ((PERSON, item.user) for item in setup.items if item.user and _is_person(item.user))


def _addresses(text: str, fleet: Fleet) -> Iterator[tuple[str, str]]:
    """An address, and the domain that it is in: where that is neither ours nor everybody's."""
    if not text or ours(text, fleet.policy.mailboxes):
        return
    host = text.rpartition("@")[2] if "@" in text else urlsplit(text).hostname or ""
    yield ADDRESS, text if "@" in text else host
    domain = ".".join(host.split(".")[-2:])
    if "." in domain and len(domain) >= 8 and domain.lower() not in MAIL:
        yield ADDRESS, domain


def _is_person(name: str) -> bool:
    words = re.findall(r"[^\W\d_]+", name)
    return len(words) > 1 and all(word[0].isupper() for word in words) and not ROLES & {word.lower() for word in words}


def _is_machine(name: str) -> bool:
    """Whether a name is one that machines and jobs have: letters and digits, or several words put together."""
    if any(character.isdigit() for character in name):
        return len(_phrase(name)) > 1 or any(character.isalpha() for character in name)
    return len(_phrase(name)) > 1 and any(mark in name for mark in "-._")


def _is_number(text: str) -> bool:
    return len(text) >= (6 if text.isdecimal() else 5) and any(character.isdigit() for character in text)


def _phrase(text: str) -> Phrase:
    return tuple(WORDS.findall(canonical(text)))


def _dialled(phone: str) -> str:
    return re.sub(r"\D", "", phone)[-DIGITS:]


def _by_first(phrases: Iterable[Phrase]) -> Mapping[str, tuple[Phrase, ...]]:
    found: dict[str, tuple[Phrase, ...]] = {}
    for phrase in phrases:
        found[phrase[0]] = (*found.get(phrase[0], ()), phrase)
    return found


def _found(plain: str, by_first: Mapping[str, tuple[Phrase, ...]]) -> Iterator[Phrase]:
    """The phrases that stand in a canonical text."""
    words = WORDS.findall(plain)
    if by_first.keys().isdisjoint(words):
        return
    for at, word in enumerate(words):
        for phrase in by_first.get(word, ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                yield phrase


def _strings(fleet: Fleet) -> Iterator[str]:
    """What policy.yml says of the provider, without what it says of clients."""
    policy = fleet.policy
    yield from (policy.provider, *policy.mailboxes, policy.report_problem or "", policy.edit_url or "")
    yield from policy.links.values()
    yield from (one.name for one in (policy.duty_manager, policy.referral) if one)
    for target in policy.targets:
        yield from (target.id, target.name or "")


def _of_catalogue(fleet: Fleet) -> Iterator[str]:
    for entry in fleet.catalogue.products.values():
        yield from (entry.product.name, entry.product.vendor, entry.product.summary)
        yield from (procedure.body for procedure in entry.procedures.values())


def _of_rules() -> Iterator[str]:
    for rule in RULES.values():
        yield "\n".join((rule.summary, rule.why, rule.mend, *rule.bad, *rule.good))


def _own_words(fleet: Fleet) -> Iterator[str]:
    yield from _of_catalogue(fleet)
    yield from _of_rules()
