"""What may not be said of whom: worked out from the records alone, before the built site is looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from runbooks.catalogue import Need, Procedure
from runbooks.entitlement import Watch, entitlement, watches
from runbooks.fleet import Fleet, Record
from runbooks.mailbox import ADDRESS, MARKS, Addresses, boxes, canonical, ours
from runbooks.records.setup import Setup
from runbooks.rules.mailboxes import forsaken
from runbooks.shelf import Shelf
from runbooks.verify.phrases import Phrases
from runbooks.verify.sentences import guarded

KEYS = ("alerts_to", "checked_by")
"""The keys of a record whose values say how somebody is monitored."""
LIKELY: Final = (*MARKS, *KEYS)
"""One of these stands in every ASCII text that says where alerts go, if none goes to a web address."""
SHORTEST_NAME = 4
"""Characters that a name must have to be looked for in text that is not about its client."""


@dataclass(frozen=True)
class Forbidden:
    """What may not be said of the clients who are not monitored. `shelf` remembers what does not depend on them."""

    fleet: Fleet
    shelf: Shelf | None = None

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
    def moved(self) -> Mapping[str, str]:
        """The earlier short names of clients, and whose each was."""
        return {
            name: record.slug
            for record in self.fleet.records
            for name in record.client.formerly
            if name not in self.fleet.by_slug
        }

    @cached_property
    def pages(self) -> Mapping[str, str]:
        """The addresses where no page may be, without their ending, and the client each would be about."""
        found = {f"clients/{slug}/monitoring": slug for slug in self.unwatched}
        for record in self.fleet.records:
            full = [watch.setup for watch in self.watched[record.slug] if watch.level == "full"]
            for setup in record.client.setups:
                if not any(setup.id == one.id for one in full):
                    guarded = (
                        f"clients/{name}/{setup.id}/{one.id}"
                        for one in self._guarded(setup, "monitoring")
                        for name in self._addresses(record)
                    )
                    found.update(dict.fromkeys(guarded, record.slug))
        return found

    @cached_property
    def repairs(self) -> Mapping[str, str]:
        """The addresses where a repair would be shown that no agreement covers, and the client it would be of."""
        policy, day = self.fleet.policy, self.fleet.as_of
        found = dict[str, str]()
        for record in self.fleet.records:
            for setup in record.client.setups:
                if "repair" not in entitlement(record.client, setup, policy, day).services:
                    guarded = (
                        f"clients/{name}/{setup.id}/{one.id}"
                        for one in self._guarded(setup, "repair")
                        for name in self._addresses(record)
                    )
                    found.update(dict.fromkeys(guarded, record.slug))
        return found

    @cached_property
    def every_repair(self) -> frozenset[str]:
        """The address of every procedure of every client that mends something."""
        return frozenset(
            f"clients/{name}/{setup.id}/{one.id}"
            for record in self.fleet.records
            for setup in record.client.setups
            for one in self._guarded(setup, "repair")
            for name in self._addresses(record)
        )

    @cached_property
    def told_only(self) -> frozenset[str]:
        """The clients who are told of alerts, and for whom nothing is mended."""
        policy, day = self.fleet.policy, self.fleet.as_of
        return frozenset(
            record.slug
            for record in self.fleet.records
            if (found := self.watched[record.slug])
            and all(watch.level == "alert_only" for watch in found)
            and not any(
                "repair" in entitlement(record.client, setup, policy, day).services for setup in record.client.setups
            )
        )

    def through(self, slug: str) -> date | None:
        """The last day on which any monitoring of a watched client may be shown; None when no end is known."""
        days = [watch.through for watch in self.watched[slug]]
        return None if None in days else max(day for day in days if day)

    @cached_property
    def links(self) -> tuple[str, ...]:
        """How the links of the frame begin that may hold an address of ours: they stand on every page."""
        policy = self.fleet.policy
        heads = (text.partition("{")[0] for text in (policy.report_problem, policy.edit_url) if text)
        return tuple(head for head in heads if "@" in head)

    @cached_property
    def declining(self) -> frozenset[str]:
        """Addresses in our words to a client who is not monitored: they may stand on the page that shows them."""
        text = self.fleet.policy.decline_words or ""
        return frozenset(found.group() for found in ADDRESS.finditer(canonical(text)))

    @cached_property
    def sentences(self) -> Phrases:
        """Sentences that stand in monitoring procedures and in no other."""
        return guarded(self.fleet.catalogue, "monitoring", self.shelf)

    @cached_property
    def repair_sentences(self) -> Phrases:
        """Sentences that stand in repair procedures and in no other."""
        return guarded(self.fleet.catalogue, "repair", self.shelf)

    @cached_property
    def alerts(self) -> Mapping[str, frozenset[str]]:
        """The addresses that alerts would go to, and the clients without monitoring whose alerts those would be."""
        found: dict[str, set[str]] = {}
        for slug, record in self.unwatched.items():
            promise = record.client.monitoring
            for address in promise.alerts_to if promise else ():
                for box in boxes(address) or (canonical(address),):
                    found.setdefault(box, set()).add(slug)
        return {box: frozenset(slugs) for box, slugs in found.items()}

    @cached_property
    def alerts_of(self) -> Mapping[str, frozenset[str]]:
        """The addresses that the alerts of a client without monitoring would go to, by its short name."""
        found: dict[str, set[str]] = {}
        for box, slugs in self.alerts.items():
            for slug in slugs:
                found.setdefault(slug, set()).add(box)
        return {slug: frozenset(boxes) for slug, boxes in found.items()}

    @cached_property
    def own_alerts(self) -> Mapping[str, frozenset[str]]:
        """Those of `alerts` that are not everybody's: policy.yml does not list them."""
        return {box: slugs for box, slugs in self.alerts.items() if not ours(box, self.fleet.policy.mailboxes)}

    @cached_property
    def forsaken(self) -> Mapping[str, frozenset[str]]:
        """The addresses that may stand nowhere, and the clients whose alerts alone would go there."""
        return forsaken(self.fleet)

    @cached_property
    def checkers(self) -> Mapping[str, frozenset[str]]:
        """Who would look after clients without monitoring, in canonical form, and which clients those are."""
        found: dict[str, set[str]] = {}
        for slug, record in self.unwatched.items():
            promise = record.client.monitoring
            if promise and promise.checked_by:
                found.setdefault(" ".join(canonical(promise.checked_by).split()), set()).add(slug)
        return {name: frozenset(slugs) for name, slugs in found.items()}

    @cached_property
    def _forsaken_ones(self) -> Addresses:
        return Addresses(self.forsaken)

    @cached_property
    def _every_box(self) -> Addresses:
        return Addresses(self.alerts)

    @cached_property
    def _own_boxes(self) -> Addresses:
        return Addresses(self.own_alerts)

    def nowhere(self, text: str) -> tuple[str, ...]:
        """The addresses in a canonical text that may stand nowhere."""
        return self._forsaken_ones.named(text)

    def boxes(self, text: str, *, everybody: bool) -> tuple[str, ...]:
        """The addresses in a canonical text that the alerts of clients without monitoring would go to.

        Addresses that policy.yml lists stand in many a text; they count where `everybody` is set.
        """
        if self._every_box.with_at_alone and text.isascii() and not any(sign in text for sign in LIKELY):
            return ()
        return (self._every_box if everybody else self._own_boxes).named(text)

    def looked_after(self, text: str) -> frozenset[str]:
        """The clients without monitoring whom somebody would look after whom a canonical text names."""
        plain = " ".join(text.split()) if self.checkers else ""
        return frozenset(slug for name, slugs in self.checkers.items() if name in plain for slug in slugs)

    def named(self, text: str, *, hosts: bool) -> frozenset[str]:
        """The clients without monitoring whom a canonical text names, also by their machines where that is asked."""
        names, pattern = self._hosts if hosts else self._names
        return frozenset(slug for found in pattern.finditer(text) for slug in names[found.group()])

    @cached_property
    def _names(self) -> tuple[Mapping[str, frozenset[str]], re.Pattern[str]]:
        return _lookup({slug: tuple(_own_names(one)) for slug, one in self.unwatched.items()})

    @cached_property
    def _hosts(self) -> tuple[Mapping[str, frozenset[str]], re.Pattern[str]]:
        return _lookup({slug: tuple(_all_names(record)) for slug, record in self.unwatched.items()})

    @cached_property
    def own(self) -> frozenset[str]:
        """The addresses of policy.yml, in canonical form."""
        return frozenset(canonical(box) for box in self.fleet.policy.mailboxes)

    @property
    def hooks(self) -> tuple[tuple[object, ...], ...]:
        """The addresses of alerts that any text may name, as they need no @, and whose alerts each would get."""
        boxes = {*self._forsaken_ones.anywhere, *self._every_box.anywhere}
        return tuple((box, *self.told(box)) for box in sorted(boxes))

    def told(self, box: str) -> tuple[object, ...]:
        """Of whom alerts would go to an address, in order, and of whom to one that may stand nowhere."""
        return tuple(tuple(sorted(one.get(box, ()))) for one in (self.alerts, self.forsaken))

    def subjects(self) -> Mapping[str, str]:
        """What all clients have together, in words, by what it is: where it is the same, the same may not be said."""
        return {
            "addresses": repr([sorted(one) for one in (self.alerts, self.own_alerts, self.forsaken)]),
            "checkers": repr(_listed(self.checkers)),
            "names": repr([(_listed(names), pattern.pattern) for names, pattern in (self._names, self._hosts)]),
            "procedures": repr(tuple(self.sentences)),
            "repairs": repr(tuple(self.repair_sentences)),
        }

    def _addresses(self, record: Record) -> tuple[str, ...]:
        """The short names under which pages of a client can lie: that of today, and those of before."""
        return (record.slug, *(name for name in record.client.formerly if self.moved.get(name) == record.slug))

    def _guarded(self, setup: Setup, need: Need) -> Iterator[Procedure]:
        entry = self.fleet.catalogue.products.get(setup.product)
        for procedure in entry.procedures.values() if entry else ():
            if procedure.guidance.needs == need:
                yield procedure


def _listed(found: Mapping[str, frozenset[str]]) -> list[tuple[str, list[str]]]:
    return sorted((key, sorted(slugs)) for key, slugs in found.items())


def without(text: str, allowed: frozenset[str]) -> str:
    """A text without the addresses that may stand in it."""
    for address in allowed:
        text = text.replace(address, " ")
    return text


def _own_names(record: Record) -> Iterator[str]:
    client = record.client
    yield from (record.slug, client.client, *client.aliases, *client.formerly)


def _all_names(record: Record) -> Iterator[str]:
    yield from _own_names(record)
    for setup in record.client.setups:
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
