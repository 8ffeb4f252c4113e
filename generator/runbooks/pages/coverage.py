"""The page of what is documented of each client, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from runbooks.coverage import SECTIONS, Covered, Section, State, total
from runbooks.coverage import coverage as measured
from runbooks.pages.page import Page
from runbooks.pages.plots import Bar, Piece, bars, figure, shown
from runbooks.pages.press import Press
from runbooks.pages.rulebook import uri as rule_uri
from runbooks.pages.sheet import QUIET, sheet
from runbooks.pages.views import View
from runbooks.prose import Prose
from runbooks.rules.registry import RULES

URI: Final = "fleet/coverage.md"
MARKS: Final[Mapping[State, Prose]] = {
    "yes": Prose("✓"),
    "part": Prose("! part"),
    "no": Prose("✗ no"),
    "unread": Prose("? unread"),
    "unasked": Prose("–"),
}
"""How a table shows the state of a section: a mark, and a word that can be looked for."""


def coverage(press: Press) -> tuple[Covered, ...]:
    """What is documented of every client of whom a runbook is asked, the least documented first."""
    return measured(press.fleet, (*press.report.findings, *press.report.baselined))


def coverage_page(press: Press, found: tuple[Covered, ...]) -> Page:
    """Each client a line, each section a column."""
    context = {
        "sections": [_explained(one) for one in SECTIONS],
        "rows": [_row(one) for one in found],
        "left_out": str(len(press.fleet.records) - len(found)),
        "gaps": gaps(found, URI),
        **figures(found),
    }
    return sheet(press, URI, "fleet-coverage", "Documentation coverage", context, boost=QUIET, wide=True)


def figures(found: tuple[Covered, ...]) -> View:
    """The few numbers that say how well the fleet is documented."""
    known = [one.percent for one in found if one.percent is not None]
    average = total(found).percent
    return {
        "clients": str(len(found)),
        "average": str(average) if average is not None else None,
        "complete": str(sum(percent == 100 for percent in known)),
    }


def gaps(found: tuple[Covered, ...], page: str) -> View:
    """The sections as a plot: how many clients have nothing there, and how many not all."""
    rows = [Bar(one.title, tuple(_parts(one, found))) for one in SECTIONS]
    title = f"Of {len(found)} clients: how many have nothing in a section of the runbook, and how many not all"
    return figure(page, ("Section", "Clients"), rows, bars("gaps", title, rows, of=len(found)))


def _parts(section: Section, found: tuple[Covered, ...]) -> Iterator[Piece]:
    states = [one.states[section.key] for one in found]
    yield Piece(states.count("no"), "without", shown(URI, f"{section.key}:no"), "bad")
    yield Piece(states.count("part"), "in part", shown(URI, f"{section.key}:part"), "care")
    if "unread" in states:
        yield Piece(states.count("unread"), "unread", shown(URI, f"{section.key}:unread"))


def next_steps(found: tuple[Covered, ...], page: str) -> View:
    """What to do next as a plot: for how many clients each thing is the most useful one."""
    counts: dict[str, int] = {}
    for one in found:
        if one.todo:
            counts[one.todo] = counts.get(one.todo, 0) + 1
    order = sorted(counts, key=lambda todo: (-counts[todo], todo))
    rows = [Bar(todo, (_clients(counts[todo], todo),)) for todo in order]
    title = "What to do next: for how many clients it is the most useful thing"
    return figure(page, ("To do", "Clients"), rows, bars("next", title, rows, of=len(found)))


def _clients(count: int, todo: str) -> Piece:
    """The clients for whom something is next: each of its words stands under *Next*."""
    words = (f"next:{word}" for word in todo.split())
    return Piece(count, "client" if count == 1 else "clients", shown(URI, *words))


def _row(one: Covered) -> View:
    return {
        "name": one.record.client.client,
        "link": f"../clients/{one.record.slug}/index.md",
        "percent": str(one.percent) if one.percent is not None else None,
        "cells": [MARKS[one.states[section.key]] for section in SECTIONS],
        "todo": one.todo,
        "rule": "../" + rule_uri(RULES[one.rule]) if one.rule else None,
    }


def _explained(one: Section) -> View:
    return {
        "title": one.title,
        "weight": str(one.weight),
        "complete": one.complete,
        "todo": one.todo,
        "rule": RULES[one.rule].title,
        "link": "../" + rule_uri(RULES[one.rule]),
    }
