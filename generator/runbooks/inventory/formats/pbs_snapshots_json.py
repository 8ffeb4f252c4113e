"""Proxmox Backup Server: the snapshots of a datastore.

Export: `GET /api2/json/admin/datastore/STORE/snapshots` with an API token that may audit the datastore, or
`proxmox-backup-client snapshot list --output-format json > snapshots.json`.

Layout: `{data: [...]}` or a list of `backup-type (vm, ct, host), backup-id, backup-time, comment, owner, protected,
size, verification {state, upid}, files [{filename, size, crypt-mode}]`; read in natrontech/pbs-exporter and other
public clients. Times are seconds since 1970, in some versions as text. The id is `vm/100`; Proxmox VE puts the name of
the guest into the comment, whose first line is taken for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from runbooks.inventory.columns import Columns
from runbooks.inventory.feeds import Feed
from runbooks.inventory.latest import latest
from runbooks.inventory.seen import Facts, Seen
from runbooks.inventory.tables import Row, Table, text

NAME: Final = "pbs-snapshots-json"
PRODUCT: Final = ""
CLIENT_ID: Final = ""
WRITINGS: Final = ("json",)
COLUMNS: Final[Columns] = {
    "type": ("backup-type",),
    "id": ("backup-id",),
    "last_success": ("backup-time",),
    "comment": ("comment",),
    "state": ("verification.state",),
    "files": ("files",),
    "mode": ("files.crypt-mode",),
}
NEEDED: Final = (("type",), ("id",), ("last_success",))
LISTS: Final = ()
DATES: Final = "unix"
ZONE: Final = "UTC"


def items(table: Table, feed: Feed) -> Iterator[Seen]:
    """A guest or host, once, with its newest snapshot."""
    return latest(_snapshots(table))


def _snapshots(table: Table) -> Iterator[tuple[Seen, datetime | None]]:
    for row in table:
        when = table.moment(row, "last_success")
        kind, number = row.text("type"), row.text("id")
        guest = kind in ("vm", "ct")
        bad = row.text("state").casefold() == "failed"
        seen = Seen(
            table.place(row),
            "",
            f"{kind}/{number}" if number else "",
            _first_line(row.cells.get("comment")) if guest else number,
            "vm" if guest else "",
            last_success=None if bad else when,
            status="failed" if bad else "success",
            facts=_facts(row),
        )
        yield seen, when


def _first_line(comment: object) -> str:
    return text(comment.strip().split("\n", 1)[0]) if isinstance(comment, str) else ""


def _facts(row: Row) -> Facts | None:
    """Whether it is encrypted: the index of a snapshot is signed alone, so it is the other files that say it."""
    files = [one for one in row.many("files") if isinstance(one, dict)]
    modes = {text(one.get("cryptmode")) for one in files} - {"", "sign-only"}
    return Facts(encrypted="encrypt" in modes) if modes else None
