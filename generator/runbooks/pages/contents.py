"""Which pages a client has, without printing any of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from runbooks.catalogue import Need, Procedure
from runbooks.entitlement import Watch, entitlement, watches
from runbooks.fleet import Fleet, Record
from runbooks.pages.page import Kind
from runbooks.pages.procedures import applies, wanted
from runbooks.records.setup import Setup


def contents(record: Record, fleet: Fleet, *, blocked: bool) -> Iterator[tuple[str, Kind]]:
    """Every page of a client by its address in the client's folder, with what it is. Templates that fail are not known.

    `blocked` is whether the gate keeps the client's set-ups, procedures and monitoring back.
    """
    if record.client.has_left:
        yield "index.md", "former"
        return
    licences = () if blocked else watches(record.client, fleet.policy, fleet.as_of)
    yield "index.md", "overview"
    for setup in apart(record.client.setups):
        yield f"setup-{setup.id}.md", "withheld" if blocked else "setup"
        for each in () if blocked else offered(record, setup, fleet, licences):
            yield f"{setup.id}/{each.id}.md", "monitoring" if each.guidance.needs == "monitoring" else "procedure"
    yield "restore.md", "restore"
    yield ("monitoring.md", "monitoring") if licences else ("not-monitored.md", "not-monitored")
    yield "print.md", "withheld" if blocked else "print"


def apart(setups: Sequence[Setup]) -> tuple[Setup, ...]:
    """Set-ups, each id once: which of two is meant cannot be told, so the first has the page."""
    return tuple({setup.id: setup for setup in reversed(setups)}.values())[::-1]


def offered(record: Record, setup: Setup, fleet: Fleet, licences: Sequence[Watch]) -> tuple[Procedure, ...]:
    """The procedures of a set-up that a client is entitled to see, and that can be for anything it protects.

    Those for a restore are never kept back.
    """
    entry = fleet.catalogue.products.get(setup.product)
    if entry is None:
        return ()
    needs: list[Need] = ["none", "restore"]
    if "repair" in entitlement(record.client, setup, fleet.policy, fleet.as_of).services:
        needs.append("repair")
    if any(watch.setup is setup and watch.level == "full" for watch in licences):
        needs.append("monitoring")
    return tuple(each for each in wanted(entry, *needs) if applies(each, setup))
