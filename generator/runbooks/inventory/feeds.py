"""inventory/feeds.yml: which exports there are, how each is to be read, and what in them is known and let be."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, Strict, model_validator

from runbooks.inventory import formats
from runbooks.parts import Part
from runbooks.records.agreement import ItemKind
from runbooks.values import Day, Line, Many, Number, Slug, Version

FOLDER: Final = "inventory"
FILE: Final = "inventory/feeds.yml"

ORDERS: Final = ("day_first", "month_first", "iso", "unix")
"""How dates may be written, by name. Anything else is a pattern as Python's strptime has them."""

Status: TypeAlias = Literal["success", "warning", "failed", "missed", "running", "never", "unknown"]
"""How the last backup of a thing went, in one set of words for all products."""

Encoding: TypeAlias = Literal["utf-8", "utf-16", "windows-1252", "latin-1"]
Column: TypeAlias = Literal[
    "name", "key", "client", "client_name", "kind", "job", "repository", "last_success", "status", "retired", "seen_at",
    "retention_days", "points", "weekly", "monthly", "yearly", "schedule", "encrypted", "unprotected",
    "number", "type", "starts", "ends", "cancelled_on", "recurring", "hours_left", "last_paid_on", "active",
]  # fmt: skip
"""What a column of a generic export may hold: of a protected thing, and in the last line of an agreement."""
OF_AGREEMENTS: Final = frozenset({
    "client", "client_name", "number", "type", "starts", "ends", "cancelled_on", "recurring", "hours_left",
    "last_paid_on", "active",
})  # fmt: skip
OF_BOTH: Final = frozenset({"client", "client_name"})

_DRIVE = re.compile(r"[A-Za-z]:")


def _format(name: str) -> str:
    if name not in formats.names():
        raise ValueError(f"{name} is not a format; known are {', '.join(formats.names())}")
    return name


def _below(glob: str) -> str:
    if "\\" in glob:
        raise ValueError("write forward slashes, on every system")
    if _DRIVE.match(glob) or glob.startswith("~") or not {"", ".", ".."}.isdisjoint(glob.split("/")):
        raise ValueError("this must lie below inventory/, as in veeam/newford-*.csv")
    if any("**" in part and part != "**" for part in glob.split("/")):
        raise ValueError("** stands alone between slashes")
    return glob


def _dates(words: str) -> str:
    if words not in ORDERS and not is_pattern(words):
        raise ValueError(f"write {', '.join(ORDERS)}, or a pattern such as %d/%m/%Y %H:%M")
    return words


def is_pattern(words: str) -> bool:
    """Whether a day can be written with a pattern, and read again."""
    day = datetime(2026, 11, 28, tzinfo=UTC)
    try:
        return datetime.strptime(day.strftime(words), words).date() == day.date()  # noqa: DTZ007 - a day alone
    except (ValueError, re.error):
        return False


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (OSError, ValueError, KeyError):
        pass
    raise ValueError(f"{name} is not a time zone; write one such as Australia/Sydney or Europe/London")


class MadeOn(Part):
    """Where it stands how old an export is."""

    origin: Literal["name", "content"] = Field(
        "name", alias="from", description="name: a date in the name of the file. content: the newest date in it."
    )
    pattern: Line | None = Field(None, description='How the date in the name is written: "%Y-%m-%d".')

    @model_validator(mode="after")
    def _is_a_day(self) -> MadeOn:
        if self.pattern is not None and self.origin == "content":
            raise ValueError("a pattern is for a date in the name of the file")
        if self.pattern is not None and not is_pattern(self.pattern):
            raise ValueError("the pattern needs the year, the month and the day: %Y-%m-%d")
        return self


class Feed(Part):
    """One export, or several of the same kind: what wrote it, whose it is, and how it is read."""

    id: Slug = Field(description="Its id in this file.")
    format: Annotated[str, Strict(), AfterValidator(_format)] = Field(description="What wrote it: veeam-coverage-csv.")
    files: Annotated[Line, AfterValidator(_below)] = Field(
        description="The files, below inventory/; * stands for any letters: veeam/newford-*.csv."
    )
    client: Slug | None = Field(
        None, description="The client's short name, where all of the export is about one. Without it: by its column."
    )
    external_id: Line | None = Field(
        None, description="The key of a record's external_ids that holds the client's id in the export."
    )
    product: Slug | None = Field(None, description="The product whose set-ups it speaks of.")
    setup: Slug | None = Field(None, description="The id of the one set-up it speaks of; needs a client.")
    encoding: Encoding = Field("utf-8", description="How its letters are stored. A byte order mark decides by itself.")
    delimiter: Literal[",", ";", "|", "tab"] | None = Field(
        None, description="What stands between two cells. Without it: what the header has."
    )
    dates: Annotated[Line, AfterValidator(_dates)] | None = Field(
        None, description="How dates are written: day_first, month_first, iso, unix, or a pattern: %d/%m/%Y %H:%M."
    )
    timezone: Annotated[Line, AfterValidator(_zone)] | None = Field(
        None, description="Whose clock its dates show, where they do not say: Australia/Sydney, UTC."
    )
    max_age_days: Number = Field(2, description="How old it may be. A nightly export: 2.")
    made_on: MadeOn | None = Field(
        None, description="Where its age stands. Without it: in the file's name, else the newest date in it."
    )
    columns: dict[Column, Line] = Field(
        default_factory=dict, description="For the generic formats: the header of each column, by what it holds."
    )
    entries: Line | None = Field(
        None, description="For generic-json: the key of the list, with dots between keys: data.devices."
    )
    kinds: dict[Line, ItemKind] = Field(
        default_factory=dict, description="What the export's words for a kind mean: {SERVER: server}."
    )
    statuses: dict[Line, Status] = Field(
        default_factory=dict, description="What the export's words for a result mean: {OK: success}."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Feed:
        if self.setup is not None and self.client is None:
            raise ValueError("a set-up is one client's: say which with client")
        if self.columns and not self.format.startswith(("generic-", "psa-")):
            raise ValueError(f"the columns of {self.format} are known; only the generic formats need them")
        for column in self.columns:
            if (column in OF_AGREEMENTS) is not self.format.startswith("psa-") and column not in OF_BOTH:
                raise ValueError(f"{self.format} has no use for a column {column}")
        if self.entries is not None and self.format != "generic-json":
            raise ValueError("entries is for generic-json")
        return self


class Ignore(Part):
    """Something an export shows that is let be, for a reason and a time."""

    feed: Slug = Field(description="The id of the feed that shows it.")
    item: Line = Field(description="Its name or its id, as the export has it.")
    client: Slug | None = Field(None, description="The client's short name.")
    reason: Line = Field(description="Why it needs no record.")
    approver: Line = Field(description="Who decided that.")
    until: Day = Field(description="The last day it holds.")


class Feeds(Part):
    """feeds.yml."""

    version: Version = Field(1, alias="schema", description="The version of the file's shape: 1.")
    feeds: Many[Feed] = Field((), description="The exports.")
    ignore: Many[Ignore] = Field((), description="What is let be.")
