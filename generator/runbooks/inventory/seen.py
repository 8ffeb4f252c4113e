"""What the exports of products and of the PSA say: one type for each thing that is read, and for what could not be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from runbooks.findings import Fix, Place
from runbooks.inventory.feeds import Feed, Ignore, Status
from runbooks.source import Document

__all__ = [
    "UNDATED", "UNFIT", "UNREADABLE",
    "Contract", "Export", "Facts", "Inventory", "Seen", "Status", "Trouble",
]  # fmt: skip

UNREADABLE: Final = "INV014"
"""A file or a row cannot be read."""
UNFIT: Final = "INV015"
"""A file is not what its feed says: the header lacks columns that are needed."""
UNDATED: Final = "INV016"
"""A date has no time zone, or can be read in two ways."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a product says about how it protects one thing. None or empty: it does not say."""

    retention_days: int | None = None
    points: int | None = None
    weekly: int | None = None
    monthly: int | None = None
    yearly: int | None = None
    schedule: str = ""
    encrypted: bool | None = None
    unprotected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """One protected thing as a product reports it.

    `place` is the file below the site and the line where its row or entry begins. `client` is the id of the client in
    the product, or the name where the export has no id; "" when the feed fixes the client. `client_name` is the name
    beside an id, for messages and as the second way to find the client. `key` is the stable id of the thing, `name`
    what the console shows; one of them may be "". `kind` is an ItemKind of the records or "". Dates are aware.
    """

    place: Place
    client: str
    key: str
    name: str
    kind: str = ""
    job: str = ""
    repository: str = ""
    last_success: datetime | None = None
    status: Status = "unknown"
    retired: bool = False
    facts: Facts | None = None
    client_name: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """An agreement as the PSA has it. What the PSA does not say is "" or None.

    `ends` is the last day it is in force. `last_paid_on` and `hours_left` change with every invoice and ticket.
    """

    place: Place
    client: str
    number: str
    type: str = ""
    starts: date | None = None
    ends: date | None = None
    cancelled_on: date | None = None
    recurring: bool | None = None
    hours_left: Decimal | None = None
    last_paid_on: date | None = None
    active: bool | None = None
    client_name: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A file or a row that could not be read: UNREADABLE, UNFIT or UNDATED, or the code of the YAML or secrets reader.

    The message never holds a cell.
    """

    place: Place
    code: str
    message: str
    help: str = ""
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """One file of a feed. `made_on` is None when neither its name nor its content says how old it is.

    `rows` counts what stands below the header, or the entries, read or not. `whole` is false when a trouble hid the
    file or rows of it: nothing may be concluded then from what is not in it.
    """

    feed: Feed
    file: str
    made_on: date | None
    rows: int
    items: tuple[Seen, ...] = ()
    contracts: tuple[Contract, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything below inventory/ as it was read: each file that a feed names is one Export, in the order of the feeds.

    A feed that is `doubtful` (something in its entry could not be read) is in `feeds`, and its files were not read.
    Reading tells no finding that needs the day or the records: a feed without exports, an export without rows or
    without `made_on` are for the rules. `document` is that of feeds.yml; None when there is none.
    """

    feeds: tuple[Feed, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    exports: tuple[Export, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    document: Document | None = None
    orphans: tuple[str, ...] = ()
    """The files that no feed reads, by name; none where a mistake in feeds.yml leaves open which feeds there are."""
