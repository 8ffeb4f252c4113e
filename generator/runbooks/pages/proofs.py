"""The page of recoverability: 3-2-1-1-0 of each client, and what lacks it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from runbooks.fleet import Fleet, Record
from runbooks.pages.glance import recoverable
from runbooks.pages.page import Page
from runbooks.pages.plots import Bar, Piece, bars, figure, shown
from runbooks.pages.press import Press
from runbooks.pages.sheet import QUIET, sheet
from runbooks.pages.views import View
from runbooks.prose import Prose

URI: Final = "fleet/recoverability.md"
NUMBERS: Final = (
    ("3", "3 copies", "3-copies"),
    ("2", "2 media", "2-media"),
    ("1 off site", "1 off site", "1-off-site"),
    ("1 immutable", "1 immutable", "1-immutable"),
    ("0", "0 errors", "0-errors"),
)
"""What is asked: in short, as the name of a column, and as that is written in a search."""
CLOUD: Final = ("cloud", "Cloud", "cloud")
MARKS: Final[Mapping[str, Prose]] = {
    "yes": Prose("✓"),
    "no": Prose("✗ no"),
    "unknown": Prose("? unsaid"),
    "unasked": Prose("–"),
}
WORST: Final = ("no", "unknown", "yes")


@dataclass(frozen=True, slots=True)
class Proof:
    """One client: the state of each number and of the cloud services, and in words what lacks which."""

    record: Record
    states: tuple[str, ...]
    lacks: tuple[str, ...]

    @property
    def lacking(self) -> int:
        """How many of the numbers are not met."""
        return self.states.count("no")


def recoveries(fleet: Fleet) -> Mapping[str, View]:
    """What the first screen of each client says of its recoverability, by short name."""
    return fleet.once("recoverable", lambda whole: {one.slug: recoverable(one, whole) for one in whole.records})


def proofs(press: Press) -> tuple[Proof, ...]:
    """Every client whose backups we answer for, those that lack most first."""
    found = (proof(record, recoveries(press.fleet)[record.slug]) for record in press.fleet.records)
    return tuple(sorted((one for one in found if one), key=_most_first))


def proof(record: Record, seen: View) -> Proof | None:
    """What 3-2-1-1-0 says of a client, from what its first screen says; None where nothing is asked."""
    sites, cloud = seen["sites"], seen["cloud"]
    if not sites and not cloud:
        return None
    each = [[site["marks"][at] for site in sites] for at in range(len(NUMBERS))]
    marks = [*each, [cloud["copied"], cloud["proven"]] if cloud else []]
    states = tuple(_worst([mark["state"] for mark in found]) for found in marks)
    return Proof(record, states, tuple(_lacks(marks)))


def _worst(states: Sequence[str]) -> str:
    return min(states, key=WORST.index, default="unasked")


def _lacks(marks: Sequence[Sequence[View]]) -> Iterator[str]:
    """What lacks a number, those together that the same things lack."""
    told: dict[str, list[str]] = {}
    for (short, _, _), found in zip((*NUMBERS, CLOUD), marks, strict=True):
        for words in dict.fromkeys(mark["words"] for mark in found if mark["state"] == "no"):
            told.setdefault(words, []).append(short)
    yield from (f"{', '.join(shorts)}: {words}" for words, shorts in told.items())


def _most_first(one: Proof) -> tuple[int, str, str]:
    return -one.lacking, one.record.client.client.casefold(), one.record.slug


def proofs_page(press: Press, found: tuple[Proof, ...]) -> Page:
    """Each client a line, each number a column."""
    context = {
        "columns": [name for _, name, _ in (*NUMBERS, CLOUD)],
        "rows": [_row(one) for one in found],
        "left_out": str(len(press.fleet.records) - len(found)),
        "days": str(press.fleet.policy.thresholds.restore_test_days),
        "met": met(found, URI),
        "found": figures(found),
    }
    return sheet(press, URI, "fleet-recoverability", "Recoverability", context, boost=QUIET, wide=True)


def figures(found: tuple[Proof, ...]) -> View:
    """The few numbers that say how much could be restored."""
    return {
        "clients": str(len(found)),
        "whole": str(sum(set(one.states) <= {"yes", "unasked"} for one in found)),
        "lacking": str(sum(bool(one.lacking) for one in found)),
    }


def met(found: tuple[Proof, ...], page: str) -> View:
    """The numbers as a plot: how many clients lack each, and of how many the record does not say."""
    rows = [Bar(name, tuple(_parts(at, key, found))) for at, (_, name, key) in enumerate((*NUMBERS, CLOUD))]
    title = f"Of {len(found)} clients: how many lack a number of 3-2-1-1-0, and of how many it is not known"
    return figure(page, ("Asked", "Clients"), rows, bars("proofs", title, rows, of=len(found)))


def _parts(at: int, key: str, found: tuple[Proof, ...]) -> Iterator[Piece]:
    states = [one.states[at] for one in found]
    yield Piece(states.count("no"), "lack it", shown(URI, f"{key}:no"), "bad")
    yield Piece(states.count("unknown"), "unsaid", shown(URI, f"{key}:unsaid"), "care")


def _row(one: Proof) -> View:
    return {
        "name": one.record.client.client,
        "link": f"../clients/{one.record.slug}/index.md",
        "cells": [MARKS[state] for state in one.states],
        "lacks": list(one.lacks),
    }
