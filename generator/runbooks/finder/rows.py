"""The rows of the index about clients and products: names, and which pages each has. Nothing that no page shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from runbooks.catalogue import Entry
from runbooks.entitlement import watches
from runbooks.finder.tables import Table
from runbooks.fleet import Fleet, Record
from runbooks.pages import views
from runbooks.pages.page import UNSEARCHED, Page
from runbooks.pages.redaction import redacted
from runbooks.records.setup import Setup

Row: TypeAlias = list[Any]
"""A row of the index: texts, numbers, and lists of these."""


@dataclass(frozen=True)
class Rows:
    """What the index says of clients and products. `own` are the pages of clients, which it names by these rows."""

    zone: str
    covers: tuple[Row, ...]
    files: tuple[Row, ...]
    titles: dict[str, str]
    products: tuple[Row, ...]
    shapes: tuple[Row, ...]
    clients: tuple[Row, ...]
    own: frozenset[str]


@dataclass
class _Making:
    """The tables that rows point into while they are made."""

    fleet: Fleet
    pages: dict[str, dict[str, Page]]
    covers: Table = field(default_factory=Table)
    files: Table = field(default_factory=Table)
    shapes: Table = field(default_factory=Table)
    products: Table = field(default_factory=Table)
    titles: dict[str, str] = field(default_factory=dict)


def rows(fleet: Fleet, pages: Iterable[Page]) -> Rows:
    """The rows for the pages of a book. A page that is not in it is named nowhere."""
    known = {page.uri: page for page in pages}
    of_clients: dict[str, dict[str, Page]] = {}
    for page in known.values():
        if page.client and page.kind not in UNSEARCHED:
            file = page.uri.removeprefix(f"clients/{page.client}/")
            of_clients.setdefault(page.client, {})[file] = page
    making = _Making(fleet, of_clients)
    for entry in fleet.catalogue.products.values():
        making.products.number((entry.id, entry.product.name))
    there = [record for record in fleet.records if "index.md" in of_clients.get(record.slug, {})]
    clients = [_client(record, making) for record in sorted(there, key=lambda one: one.slug)]
    return Rows(
        zone=fleet.policy.timezone,
        covers=tuple(list(one) for one in making.covers),
        files=tuple(list(one) for one in making.files),
        titles=dict(sorted(making.titles.items())),
        products=tuple(_product(product, name, fleet, known) for product, name in making.products),
        shapes=tuple(list(one) for one in making.shapes),
        clients=tuple(clients),
        own=frozenset(page.uri for page in known.values() if page.client),
    )


def _client(record: Record, making: _Making) -> Row:
    """Names, numbers, cover, and the pages of one client, as its pages may show them."""
    fleet, pages = making.fleet, making.pages[record.slug]
    shown = redacted(record, fleet.policy, fleet.as_of).client
    setups = {setup.id: setup for setup in reversed(shown.setups) if f"setup-{setup.id}.md" in pages}
    inner = [file for file in pages if "/" not in file and not file.startswith("setup-")]
    for file in inner:
        making.titles.setdefault(file, pages[file].title.removeprefix(f"{shown.client}: "))
    making.titles["index.md"] = "Overview"
    cover = views.cover(record, fleet)
    numbers = [*shown.external_ids.values(), *(one.id for one in shown.agreements)]
    return [
        record.slug,
        shown.client,
        _each(shown.aliases),
        _each(numbers),
        making.covers.number((cover["level"], cover["words"])),
        _until(record, fleet),
        making.files.number(tuple(sorted(inner))),
        [_setup(setup, making, pages) for setup in reversed(setups.values())],
    ]


def _until(record: Record, fleet: Fleet) -> str:
    """The last day of a client's monitoring; nothing where there is none, or no end is known."""
    days = [watch.through for watch in watches(record.client, fleet.policy, fleet.as_of)]
    return max(day.isoformat() for day in days if day) if days and None not in days else ""


def _setup(setup: Setup, making: _Making, pages: dict[str, Page]) -> Row:
    """A set-up: its product, machines and jobs, and which procedures of the product have a page here."""
    entry = making.fleet.catalogue.products.get(setup.product)
    name = views.product_name(setup, entry)
    machines = [setup.server, *(text for item in setup.items for text in (item.name, item.match))]
    others = [number for item in setup.items for number in item.external_ids.values()]
    listed = list(entry.procedures) if entry else []
    shape = tuple(at for at, one in enumerate(listed) if f"{setup.id}/{one}.md" in pages)
    return [
        setup.id,
        making.products.number((entry.id if entry else "", name)),
        _each([*machines, *others]),
        _each(job.name for job in setup.jobs),
        making.shapes.number(shape),
    ]


def _product(product: str, name: str, fleet: Fleet, pages: dict[str, Page]) -> Row:
    """A product: its page, its procedures and its alerts; of one that is not in the catalogue only the name."""
    entry = fleet.catalogue.products.get(product)
    if entry is None:
        return ["", name, "", [], []]
    uri = f"products/{product}.md"
    procedures = [[one.id, one.guidance.title] for one in entry.procedures.values()]
    return [product, name, uri if uri in pages else "", procedures, list(_alerts(entry))]


def _alerts(entry: Entry) -> Iterator[Row]:
    """The alerts of a product: their texts, which procedure answers them, and how the list of alerts calls them."""
    listed = list(entry.procedures)
    for alert in entry.product.alerts:
        answer = listed.index(alert.procedure) if alert.procedure and alert.procedure in listed else -1
        yield [[alert.text, *alert.also], answer, f"{entry.id}-{alert.procedure}" if alert.procedure else entry.id]


def _each(texts: Iterable[str | None]) -> list[str]:
    """Texts in their order, each once."""
    return list(dict.fromkeys(text for text in texts if text))
