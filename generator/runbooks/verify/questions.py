"""What the reading of a file asks of the records, and what of that was asked: the rest may change without any harm.

Of a thousand clients one gets another name. What may stand on a page that names nobody's alerts does not depend on it,
and nobody needs to read the page again. So whoever reads a file asks here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, Literal, TypeAlias

from runbooks.mailbox import MARKS
from runbooks.shelf import digest
from runbooks.verify.facts import NOBODY, Facts, facts, name_in
from runbooks.verify.forbidden import KEYS, Forbidden

Subject: TypeAlias = Literal["addresses", "checkers", "names", "procedures", "repairs"]
"""What all clients have together: which addresses their alerts go to, who would look after them, what they are called,
and the sentences of procedures."""
WIDE: Final = ("\uff20", "\ufe6b")
"""The other signs that are read as an @."""
SOME: Final = 12
"""A file that asks for more short names or addresses than these is about all of them."""
EVERYBODY: Final = "*"
"""Stands for all of them; nothing is written like that."""
SUBJECTS: Final[tuple[Subject, ...]] = ("addresses", "checkers", "names", "procedures", "repairs")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reading of a file asked for, each in order.

    `names` are short names, `boxes` the addresses for alerts that it names, `subjects` what all clients have together.
    `until` is the last day on which its answers hold, written as in ISO 8601; empty where they hold on any day.
    """

    names: tuple[str, ...] = ()
    boxes: tuple[str, ...] = ()
    subjects: tuple[Subject, ...] = ()
    until: str = ""


@dataclass(frozen=True)
class Known:
    """Everything that can be asked. `declared` says whom hand-written pages are about, by address."""

    forbidden: Forbidden
    declared: Mapping[str, str]

    @cached_property
    def facts(self) -> Mapping[str, Facts]:
        """What holds of every short name."""
        return facts(self.forbidden)

    def always(self) -> str:
        """What every file depends on, in words."""
        one = self.forbidden
        return repr(("leaks", sorted(one.fleet.policy.mailboxes), one.links, sorted(one.declining),
                     sorted(self.declared.items()), one.hooks))  # fmt: skip

    def holds(self, asked: Asked) -> bool:
        """Whether the answers that were given on an earlier day are not too old."""
        return not asked.until or self.forbidden.fleet.as_of.isoformat() <= asked.until

    def answer(self, asked: Asked) -> bytes:
        """A digest of all answers to what was asked: where it is the same, the same may be said."""
        names = (self._everybody if name == EVERYBODY else self._of(name) for name in asked.names)
        boxes = self.forbidden.alerts if EVERYBODY in asked.boxes else asked.boxes
        told = (_bytes(repr((box, self.forbidden.told(box)))) for box in sorted(boxes))
        return digest(*names, b"", *told, b"", *(self._subjects[subject] for subject in asked.subjects))

    def prepare(self) -> None:
        """Work everything out, before several processes ask."""
        self.answer(Asked((EVERYBODY,), (EVERYBODY,), SUBJECTS))

    def _of(self, name: str) -> bytes:
        return self._said.get(name, self._nobody)

    @cached_property
    def _said(self) -> Mapping[str, bytes]:
        return {name: digest(_bytes(one.said())) for name, one in self.facts.items()}

    @cached_property
    def _nobody(self) -> bytes:
        return digest(_bytes(NOBODY.said()))

    @cached_property
    def _everybody(self) -> bytes:
        return digest(*(part for name, said in self._said.items() for part in (_bytes(name), said)))

    @cached_property
    def _subjects(self) -> Mapping[str, bytes]:
        return {subject: digest(_bytes(said)) for subject, said in self.forbidden.subjects().items()}


class Questions:
    """What one file asks. Every answer is noted down as one that what was found in the file depends on."""

    def __init__(self, known: Known) -> None:
        self._known, self._forbidden = known, known.forbidden
        self._names, self._boxes, self._subjects = set[str](), set[str](), set[Subject]()
        self._until = ""

    @property
    def asked(self) -> Asked:
        """What was asked so far."""
        return Asked(_some(self._names), _some(self._boxes), tuple(sorted(self._subjects)), self._until)

    def of(self, name: str) -> Facts:
        """What holds of a short name."""
        if not name:
            return NOBODY
        self._names.add(name)
        return self._known.facts.get(name, NOBODY)

    def at(self, address: str) -> Facts:
        """What holds of the short name under which an address lies."""
        return self.of(name_in(address))

    def declared(self, address: str) -> str:
        """Whom a hand-written page says that it is about; nobody where it does not say so."""
        return self._known.declared.get(address, "")

    def over(self, day: date) -> bool:
        """Whether a day has gone by."""
        gone = day < self._forbidden.fleet.as_of
        if not gone:
            self._until = min(filter(None, (self._until, day.isoformat())))
        return gone

    def ours_about(self, slug: str) -> frozenset[str]:
        """The addresses that may not stand on a page about a client without monitoring."""
        return self.of(slug).alerts | self._forbidden.own

    @property
    def declining(self) -> frozenset[str]:
        """Addresses in our words to a client who is not monitored."""
        return self._forbidden.declining

    def procedure(self, words: str) -> bool:
        """Whether the words of a text hold part of a monitoring procedure."""
        self._subjects.add("procedures")
        return self._forbidden.sentences.stand_in(words)

    def repair(self, words: str) -> bool:
        """Whether the words of a text hold part of a repair procedure."""
        self._subjects.add("repairs")
        return self._forbidden.repair_sentences.stand_in(words)

    def nowhere(self, text: str) -> Iterable[tuple[str, frozenset[str]]]:
        """The addresses in a canonical text that may stand nowhere, and whose alerts each would get."""
        self._note(text)
        found = self._forbidden.nowhere(text)
        self._boxes.update(found)
        return [(box, self._forbidden.forsaken[box]) for box in found]

    def alerted(self, text: str, *, everybody: bool) -> frozenset[str]:
        """The clients without monitoring whose alerts would go to an address that a canonical text names.

        An address that policy.yml lists counts where `everybody` is set, and where the text has the keys of a record.
        """
        self._note(text)
        keys = any(key in text for key in KEYS)
        found = self._forbidden.boxes(text, everybody=everybody or keys)
        self._boxes.update(found)
        slugs = (slug for box in found for slug in self._forbidden.alerts[box])
        if not keys:
            return frozenset(slugs)
        self._subjects.add("checkers")
        return self._forbidden.looked_after(text).union(slugs)

    def named(self, text: str, *, hosts: bool) -> frozenset[str]:
        """The clients without monitoring whom a canonical text names, also by their machines where that is asked."""
        self._subjects.add("names")
        return self._forbidden.named(text, hosts=hosts)

    def _note(self, text: str) -> None:
        """What a text without any of these signs names does not depend on which addresses with an @ there are."""
        if any(sign in text for sign in MARKS) or (not text.isascii() and any(sign in text for sign in WIDE)):
            self._subjects.add("addresses")


def _some(asked: Collection[str]) -> tuple[str, ...]:
    return (EVERYBODY,) if len(asked) > SOME else tuple(sorted(asked))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
