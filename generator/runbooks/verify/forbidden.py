"""What may not be said of whom: worked out from the records alone, before the built site is looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from runbooks.catalogue import Procedure
from runbooks.entitlement import Watch, watches
from runbooks.fleet import Fleet, Record
from runbooks.mailbox import ADDRESS, canonical, ours
from runbooks.records.setup import Setup

SHORTEST = 45
"""Characters that a sentence of a procedure must have to be told from everyday words."""
SHORTEST_NAME = 4
"""Characters that a name must have to be looked for in text that is not about its client."""


@dataclass(frozen=True)
class Forbidden:
    """What may not be said of the clients who are not monitored."""

    fleet: Fleet

    @cached_property
    def watched(self) -> Mapping[str, tuple[Watch, ...]]:
        """The licences to show monitoring, by the short name of the client; none for most."""
        policy, day = self.fleet.policy, self.fleet.as_of
        return {record.slug: watches(record.client, policy, day) for record in self.fleet.records}

    @cached_property
    def unwatched(self) -> Mapping[str, Record]:
        """The clients without monitoring, by short name."""
        return {record.slug: record for record in self.fleet.records if not self.watched[record.slug]}

    @cached_property
    def pages(self) -> Mapping[str, str]:
        """The addresses where no page may be, without their ending, and the client each would be about."""
        found = {f"clients/{slug}/monitoring": slug for slug in self.unwatched}
        for record in self.fleet.records:
            full = [watch.setup for watch in self.watched[record.slug] if watch.level == "full"]
            for setup in record.client.setups:
                if not any(setup.id == one.id for one in full):
                    guarded = (f"clients/{record.slug}/{setup.id}/{one.id}" for one in self._guarded(setup))
                    found.update(dict.fromkeys(guarded, record.slug))
        return found

    def through(self, slug: str) -> date | None:
        """The last day on which any monitoring of a watched client may be shown; None when no end is known."""
        days = [watch.through for watch in self.watched[slug]]
        return None if None in days else max(day for day in days if day)

    @cached_property
    def allowed(self) -> frozenset[str]:
        """Addresses that stand on every page for another reason."""
        policy = self.fleet.policy
        texts = (policy.report_problem, policy.decline_words, policy.edit_url)
        return frozenset(found.group() for text in texts if text for found in ADDRESS.finditer(canonical(text)))

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """Sentences that stand in monitoring procedures and in no other."""
        guarded, free = set[str](), set[str]()
        for entry in self.fleet.catalogue.products.values():
            for procedure in entry.procedures.values():
                into = guarded if procedure.guidance.needs == "monitoring" else free
                into.update(_sentences(procedure.body))
        others = " ".join(sorted(free))
        return tuple(sorted(one for one in guarded if one not in others))

    @cached_property
    def alerts(self) -> Mapping[str, frozenset[str]]:
        """The addresses that alerts would go to, and the clients without monitoring whose alerts those would be."""
        found: dict[str, set[str]] = {}
        for slug, record in self.unwatched.items():
            promise = record.client.monitoring
            for address in promise.alerts_to if promise else ():
                if canonical(address) not in self.allowed:
                    found.setdefault(canonical(address), set()).add(slug)
        return {address: frozenset(slugs) for address, slugs in found.items()}

    @cached_property
    def hints(self) -> tuple[str, ...]:
        """A part of every address of `alerts` that stands in each text that names it, for a quick look."""
        return tuple(sorted({address.rpartition("@")[2] for address in self.alerts}))

    def alerted(self, text: str) -> frozenset[str]:
        """The clients without monitoring whose alerts would go to an address that a canonical text names."""
        if not any(hint in text for hint in self.hints):
            return frozenset()
        plain = without(text, self.allowed)
        return frozenset(slug for address in ours(plain, self.alerts) for slug in self.alerts[address])

    def named(self, text: str, *, hosts: bool) -> frozenset[str]:
        """The clients without monitoring whom a canonical text names, also by their machines where that is asked."""
        names, pattern = self._hosts if hosts else self._names
        return frozenset(slug for found in pattern.finditer(text) for slug in names[found.group()])

    @cached_property
    def _names(self) -> tuple[Mapping[str, frozenset[str]], re.Pattern[str]]:
        return _lookup({slug: (slug, one.client.client, *one.client.aliases) for slug, one in self.unwatched.items()})

    @cached_property
    def _hosts(self) -> tuple[Mapping[str, frozenset[str]], re.Pattern[str]]:
        return _lookup({slug: tuple(_all_names(record)) for slug, record in self.unwatched.items()})

    def _guarded(self, setup: Setup) -> Iterator[Procedure]:
        entry = self.fleet.catalogue.products.get(setup.product)
        for procedure in entry.procedures.values() if entry else ():
            if procedure.guidance.needs == "monitoring":
                yield procedure


def without(text: str, allowed: frozenset[str]) -> str:
    """A text without the addresses that may stand in it."""
    for address in allowed:
        text = text.replace(address, " ")
    return text


def words(text: str) -> str:
    """The words of a text, one space between them: how sentences are compared."""
    return " ".join(re.findall(r"[^\W_]+", text))


def _all_names(record: Record) -> Iterator[str]:
    client = record.client
    yield from (record.slug, client.client, *client.aliases)
    for setup in client.setups:
        yield from (item.name for item in setup.items if item.name)
        if setup.server:
            yield setup.server


def _lookup(names: Mapping[str, tuple[str, ...]]) -> tuple[Mapping[str, frozenset[str]], re.Pattern[str]]:
    """Whose each name is, and a pattern that finds them all as whole words, the longest first."""
    found: dict[str, set[str]] = {}
    for slug, all_names in names.items():
        for name in all_names:
            folded = " ".join(canonical(name).split())
            if len(folded) >= SHORTEST_NAME:
                found.setdefault(folded, set()).add(slug)
    longest_first = sorted(found, key=lambda name: (-len(name), name))
    pattern = "|".join(re.escape(name) for name in longest_first) or r"(?!)"
    return {name: frozenset(slugs) for name, slugs in found.items()}, re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")


def _sentences(body: str) -> Iterator[str]:
    """The sentences of a procedure as plain words, without what a client's values would fill in."""
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "\n", body, flags=re.DOTALL)
    for part in re.split(r"[\n.:;]", text):
        found = words(canonical(part))
        if len(found) >= SHORTEST:
            yield found
