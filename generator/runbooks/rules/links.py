"""Links to a repair from where nobody pays for one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import unquote

from runbooks.entitlement import entitlement, watches
from runbooks.findings import Blocks, Problem
from runbooks.fleet import Fleet, Record, Written
from runbooks.parts import parts_below
from runbooks.records.setup import Setup
from runbooks.rules.agreements import by_agreements
from runbooks.rules.registry import rule
from runbooks.rules.reviews import all_text, inside

LINK: Final = re.compile(
    r"\]\(\s*<?(?P<inline>[^)\s>]+)|^[ \t]*\[[^\]]+\]:\s*<?(?P<definition>[^\s>]+)|"
    r"\bhref\s*=\s*[\"']?(?P<tag>[^\"'\s>]+)|(?P<bare>https?://[^\s<>()\"']+)",
    re.MULTILINE | re.IGNORECASE,
)
"""Every way in which Markdown or HTML leads somewhere."""
REPAIRS: Final = ("rerun-job",)
"""Procedures that are a repair whatever the product: the names that the manual gives them."""
ENDING: Final = re.compile(r"(?:/index)?\.(?:md|html?)$|/$")
PROSE: Final = ("notes", "warning", "do", "expect", "if_not", "before", "after", "instead", "follow_up")


@rule("AGR029", "repair-procedure-linked", profile="standard", days=by_agreements)
def repair_procedure_linked(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """The record of a client with an alert-only agreement leads to no repair.

    Such an agreement pays for telling, not for mending. The pages of repair are not made for the client; a link from a
    note or a step to one of another client or set-up would bring them back.

    Mend: take the link out. Where repair is agreed, have the agreement cover it.

    Bad:

        agreements:
          - id: AGR-1
            type: alert_only
            covers: [monitoring]
            starts: 2026-01-01
            open_ended: true
            billing: {every: month}
        setups:
          - id: main
            product: other
            product_name: Tape
            notes: When it has failed, see [run it again](../main/rerun-job.md).
        monitoring: {level: alert_only}

    Good:

        agreements:
          - id: AGR-1
            type: alert_only
            covers: [monitoring]
            starts: 2026-01-01
            open_ended: true
            billing: {every: month}
        setups:
          - id: main
            product: other
            product_name: Tape
            notes: When it has failed, ring the owner and stop.
        monitoring: {level: alert_only}
    """
    client = record.client
    if client.monitoring is None or client.monitoring.level == "none":
        return
    if not _tells_only(record, fleet) or not _may_lead(all_text(record.document.data), fleet):
        return
    for setup in (None, *client.setups):
        parts = parts_below(setup) if setup else (part for part in parts_below(client) if "setups" not in part.at()[:1])
        for part in parts:
            for name in PROSE:
                text = part.__dict__.get(name)
                for found in LINK.finditer(text) if isinstance(text, str) else ():
                    procedure = _repair(_target(found), record, fleet, setup)
                    if procedure:
                        yield Problem(
                            inside(record.document, part.at(name), text or "", found.span(found.lastgroup or 0)),
                            f"{client.client} has an alert-only agreement, and this leads to a repair: {procedure}",
                            "take the link out, or have the agreement cover repair",
                            about=f"{'/'.join(map(str, part.at(name)))} {_target(found)}",
                        )


@rule("AGR030", "repair-linked-from-a-page", blocks=Blocks.PAGE, waivable=False, subject="written")
def repair_linked_from_a_page(page: Written, fleet: Fleet) -> Iterator[Problem]:
    """A hand-written page about a client with an alert-only agreement leads to no repair.

    Mend: take the link out. Where repair is agreed, have the agreement cover it.
    """
    record = fleet.by_slug.get(page.meta_text("client"))
    if record is None or not _tells_only(record, fleet):
        return
    for found in LINK.finditer(page.text):
        procedure = _repair(_target(found), record, fleet, None)
        if procedure:
            start = page.text.rfind("\n", 0, found.start(found.lastgroup or 0)) + 1
            number, line = page.text.count("\n", 0, start), page.text[start:].partition("\n")[0]
            yield Problem(
                page.line(page.first_line + number, len(line)),
                f"{record.client.client} has an alert-only agreement, and this leads to a repair: {procedure}",
                "take the link out, or have the agreement cover repair",
                about=_target(found),
            )


def _may_lead(text: str, fleet: Fleet) -> bool:
    """Whether a text names a repair at all; one with percent signs may, in disguise."""
    plain = text.casefold()
    return "%" in plain or any(name in plain for name in _repairs(fleet))


def _repairs(fleet: Fleet) -> set[str]:
    entries = fleet.catalogue.products.values()
    found = {one.id for entry in entries for one in entry.procedures.values() if one.guidance.needs == "repair"}
    return {*REPAIRS, *found}


def _target(found: re.Match[str]) -> str:
    return found[found.lastgroup or 0]


def _tells_only(record: Record, fleet: Fleet) -> bool:
    """Whether there is a set-up that is watched, and not mended."""
    return any(watch.level == "alert_only" for watch in watches(record.client, fleet.policy, fleet.as_of))


def _repair(target: str, record: Record, fleet: Fleet, home: Setup | None) -> str:
    """The repair procedure that a link leads to, where this client's agreement does not cover it; else nothing.

    The set-up is the one the link names; else the one whose text it stands in; else any of the client's.
    """
    address = ENDING.sub("", unquote(re.split(r"[?#]", target, maxsplit=1)[0]).casefold())
    *folders, procedure = address.replace("\\", "/").split("/")
    if procedure not in _repairs(fleet):
        return ""
    needs = {
        product: entry.procedures[procedure].guidance.needs
        for product, entry in fleet.catalogue.products.items()
        if procedure in entry.procedures
    }
    whose = folders[folders.index("clients") + 1] if "clients" in folders[:-1] else record.slug
    if whose != record.slug:
        return procedure
    named = [setup for setup in record.client.setups if setup.id in folders]
    meant = named or ([home] if home else list(record.client.setups))
    return "" if any(_is_free(setup, needs, record, fleet) for setup in meant) else procedure


def _is_free(setup: Setup, needs: Mapping[str, str], record: Record, fleet: Fleet) -> bool:
    """Whether the procedure may be shown for that set-up: it is no repair there, or repair is covered."""
    if needs.get(setup.product, "repair") != "repair":
        return True
    return "repair" in entitlement(record.client, setup, fleet.policy, fleet.as_of).services
