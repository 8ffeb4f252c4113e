"""restic: the snapshots of a repository.

Export: `restic snapshots --json > snapshots.json`; `--latest 1` and `--group-by host` are understood too.

Layout: a list of `time, tree, paths, hostname, username, tags, excludes, program_version, summary {...}, id, short_id`,
or of groups `{group_key {hostname, paths, tags}, snapshots: [...]}`; read in the manual of restic, Scripting, as kept
in its repository (doc/075_scripting.rst). `time` has its zone, with nine digits behind the second. That a snapshot is
there says that the run ended; all snapshots of a host are one thing, whatever paths they hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from runbooks.inventory.columns import Columns
from runbooks.inventory.feeds import Feed
from runbooks.inventory.latest import latest
from runbooks.inventory.seen import Seen
from runbooks.inventory.tables import Table

NAME: Final = "restic-snapshots-json"
PRODUCT: Final = ""
CLIENT_ID: Final = ""
WRITINGS: Final = ("json",)
COLUMNS: Final[Columns] = {"name": ("hostname",), "last_success": ("time",)}
NEEDED: Final = (("name",), ("last_success",))
LISTS: Final = ("snapshots",)
DATES: Final = "iso"
ZONE: Final = ""


def items(table: Table, feed: Feed) -> Iterator[Seen]:
    """A host, once, with its newest snapshot."""
    return latest(_snapshots(table))


def _snapshots(table: Table) -> Iterator[tuple[Seen, datetime | None]]:
    for row in table:
        when = table.moment(row, "last_success")
        yield Seen(table.place(row), "", "", row.text("name"), last_success=when, status="success"), when
