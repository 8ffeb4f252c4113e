"""What a format knows: its columns, its dates, and how a row of it becomes what is protected, or an agreement."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Literal, Protocol, TypeAlias, cast

from runbooks.inventory import formats
from runbooks.inventory.columns import CLIENT, Columns, Needed
from runbooks.inventory.feeds import Feed
from runbooks.inventory.seen import Contract, Seen
from runbooks.inventory.tables import Table

Writing: TypeAlias = Literal["csv", "json", "yaml"]


class Layout(Protocol):
    """A module of `formats`. Its docstring says how to export it, and where its layout was read."""

    NAME: str
    """Its name in feeds.yml."""
    PRODUCT: str
    """The folder of templates/products it speaks of, "" where that depends."""
    CLIENT_ID: str
    """The key of external_ids that holds the ids of its clients and of its things."""
    WRITINGS: tuple[Writing, ...]
    """What it can be written in; the ending of the file decides between several."""
    COLUMNS: Columns
    """The columns that are read. No other is."""
    NEEDED: Needed
    """Which of them there have to be."""
    LISTS: tuple[str, ...]
    """For JSON: the keys on the way to the list of entries, where they are not the usual ones."""
    DATES: str
    """How it writes dates, "" where that differs from one installation to the next."""
    ZONE: str
    """The zone of its dates where they never say it, "" where that differs."""

    def items(self, table: Table, feed: Feed) -> Iterator[Seen | Contract]:
        """What its rows say."""
        ...


@cache
def layout(name: str) -> Layout:
    """The format of that name."""
    return cast("Layout", import_module(f"{formats.__name__}.{name.replace('-', '_')}"))


def columns(feed: Feed) -> Columns:
    """The allow-list of a feed: that of its format, and what a generic feed says itself."""
    return {**layout(feed.format).COLUMNS, **{column: (header,) for column, header in feed.columns.items()}}


def has_clients(feed: Feed) -> bool:
    """Whether the rows of a feed say whose they are."""
    return any(column in columns(feed) for column in CLIENT)


def external_id(feed: Feed) -> str:
    """The key of external_ids that holds the ids of this feed."""
    return feed.external_id or layout(feed.format).CLIENT_ID


def product(feed: Feed) -> str:
    """The product a feed speaks of, "" where nothing says it."""
    return feed.product or layout(feed.format).PRODUCT
