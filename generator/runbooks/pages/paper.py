"""The whole runbook of a client on one page, in the order of a restore: for paper, and for where no network is.

Nothing on it needs monitoring, whoever is entitled to that: paper does not cover itself after an agreement's last day.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from runbooks.catalogue import Entry, Procedure
from runbooks.days import later
from runbooks.entitlement import entitlement
from runbooks.pages import flow, glance, views
from runbooks.pages.folder import Folder
from runbooks.pages.hours import hours_left
from runbooks.pages.page import Page
from runbooks.pages.press import Broken, reasons
from runbooks.pages.procedures import Scene, applies, procedure_view, unanswered
from runbooks.pages.terms import suspended
from runbooks.pages.views import View
from runbooks.prose import Prose
from runbooks.records.setup import Setup
from runbooks.templates import TemplateProblem, marks

FILE: Final = "print.md"
DEEPER: Final = 2
"""Levels by which the headings of a procedure stand lower than on a page of its own."""
LOWEST: Final = 6
ROOMS: Final = (1500, 4000, 8000)
"""Signs that a procedure has at most to be a short, a middle or a long one.

A browser leaves that much room for what is out of sight."""
FENCE: Final = re.compile(r"[ \t>]*(`{3,}|~{3,})")
HEADING: Final = re.compile(r"(#{1,6})(?=[ \t])")
NAMED: Final = re.compile(r"""(?<=[ ])(?:id|aria-labelledby)="(?=rb-picture-)""")


def paper(folder: Folder, *, online: str = "", packed: bool = False) -> Page:
    """The page. `online` is the address of the client's pages, where that is known; `packed` is without any site."""
    fleet, shown = folder.press.fleet, folder.shown
    client, as_of = shown.client, fleet.as_of
    due = later(client.reviewed.on, fleet.policy.thresholds.review_days) if client.reviewed else None
    context = {
        "as_of": as_of.isoformat(),
        "online": online,
        "packed": packed,
        "troubles": reasons(folder.findings),
        "watched": bool(folder.watches),
        "work": glance.may_work(shown, fleet),
        "left": hours_left(folder.record, fleet),
        "recoverable": glance.recoverable(shown, fleet),
        "suspended": suspended(folder.record.slug, folder.press.report),
        "stale": due is not None and due < as_of,
        "changed": folder.changed,
        "order": _order(folder),
        "flow": flow.flow(client, fleet.policy, as_of),
        "parts": [_part(folder, setup, number) for number, setup in enumerate(folder.setups, 1)],
    }
    return folder.page(FILE, "print", "The whole runbook, for paper", context)


def _order(folder: Folder) -> list[View]:
    """Everything that is protected, in the order in which it is restored."""
    client = folder.shown.client
    found = [(item, setup) for setup in client.setups for item in setup.items if item.retired_on is None]
    found.sort(key=lambda each: views.restore_order(*each))
    return [{**views.item(item, setup, client), "setup": setup.id} for item, setup in found]


def _part(folder: Folder, setup: Setup, number: int) -> View:
    """One set-up with its procedures: first those for a restore, then the others that the client is entitled to."""
    anchor = f"part-{number}"
    entry = folder.entry(setup)
    mine = [each for each in folder.procedures(setup) if each.guidance.needs != "monitoring"]
    mine.sort(key=lambda each: each.guidance.needs != "restore")
    shown = frozenset(each.id for each in mine)
    procedures = []
    if entry is not None:
        scene = Scene(
            folder.view, folder.setup_view(setup), entry, folder.shown_setup(setup), shown, anchor=f"{anchor}-"
        )
        procedures = [_procedure(folder, each, scene, f"{number}.{at}") for at, each in enumerate(mine, 1)]
    return {
        "setup": folder.setup_view(setup),
        "number": str(number),
        "anchor": anchor,
        "under": _under(folder, setup),
        "procedures": procedures,
        "without": unanswered(entry, setup) if entry and not folder.blocked else [],
        "kept_back": _kept_back(entry, setup, shown),
    }


def _under(folder: Folder, setup: Setup) -> list[str]:
    """The agreements that cover a restore of a set-up."""
    found = entitlement(folder.record.client, setup, folder.press.fleet.policy, folder.press.fleet.as_of)
    return sorted({grant.agreement for grant in found.grants if grant.service == "restore"})


def _kept_back(entry: Entry | None, setup: Setup, shown: frozenset[str]) -> list[str]:
    """The repairs of a product that are not on the paper, because no agreement covers them."""
    every = entry.procedures.values() if entry else ()
    repairs = (each for each in every if each.guidance.needs == "repair" and each.id not in shown)
    return [each.guidance.title for each in repairs if applies(each, setup)]


def _procedure(folder: Folder, procedure: Procedure, scene: Scene, number: str) -> View:
    """One procedure. Where its template fails, the paper says so in its place, and is printed all the same."""
    found: View = {
        "number": number,
        "anchor": f"{scene.anchor}{procedure.id}",
        "title": procedure.guidance.title,
        "restores": procedure.guidance.needs == "restore",
        "room": "1",
        "view": None,
    }
    try:
        view = procedure_view(replace(procedure, body=deeper(procedure.body)), scene, folder.press)
        found["view"] = {**view, "body": Prose(_own_names(str(view["body"]), found["anchor"]))}
        found["room"] = str(1 + sum(len(marks.plain(str(view["body"]))) > most for most in ROOMS))
    except TemplateProblem as problem:
        uri = f"{folder.path}{scene.record.id}/{procedure.id}.md"
        folder.press.broken.append(Broken(problem, uri, folder.record.slug, withheld=True))
    return found


def _own_names(body: str, anchor: str) -> str:
    """A procedure's body in which its pictures have names of their own: another procedure may show the same ones."""
    return NAMED.sub(rf"\g<0>{anchor}-", body)


def deeper(body: str) -> str:
    """A procedure's body with its headings lower. The number of lines stays, for messages that name one."""
    fence, lines = "", []
    for line in body.split("\n"):
        mark = FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not line[mark.end() :].strip():
            fence = ""
        elif not fence:
            line = HEADING.sub(_lower, line, count=1) if line.startswith("#") else line  # noqa: PLW2901
        lines.append(line)
    return "\n".join(lines)


def _lower(found: re.Match[str]) -> str:
    return "#" * min(len(found[1]) + DEEPER, LOWEST)
