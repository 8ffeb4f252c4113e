"""Dropsuite (NinjaOne SaaS Backup): the mailboxes of a tenant.

Export: `GET /api/accounts` of the reseller's interface, with the tenant's token. The list of users holds
`authentication_token` and is no export for this folder.

Layout: `{accounts: [...]}` or a list of `id, email, msg_count, storage, last_backup, current_backup_status, status,
errors, deactivated_since, flg_deleted, added_on, user {organization_id, ...}`; read in public clients of the interface.
`status` is active, excluded or available; the last two are known and not backed up. Times are ISO 8601; where they have
no zone the feed says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from runbooks.inventory.columns import Columns
from runbooks.inventory.feeds import Feed, Status
from runbooks.inventory.seen import Facts, Seen
from runbooks.inventory.tables import Row, Table
from runbooks.inventory.words import result, whose

NAME: Final = "dropsuite-accounts-json"
PRODUCT: Final = ""
CLIENT_ID: Final = "dropsuite"
WRITINGS: Final = ("json",)
COLUMNS: Final[Columns] = {
    "key": ("id",),
    "name": ("email",),
    "client": ("organization_id", "user.organization_id"),
    "client_name": ("organization_name", "organization.name"),
    "last_success": ("last_backup",),
    "run": ("current_backup_status",),
    "status": ("status",),
    "errors": ("errors",),
    "deactivated": ("deactivated_since",),
    "deleted": ("flg_deleted",),
}
NEEDED: Final = (("name",),)
LISTS: Final = ("accounts",)
DATES: Final = "iso"
ZONE: Final = ""


def items(table: Table, feed: Feed) -> Iterator[Seen]:
    """A mailbox an entry."""
    for row in table:
        client, client_name = whose(row, feed)
        success = table.moment(row, "last_success")
        left_out = row.text("status").casefold() in ("excluded", "available")
        yield Seen(
            table.place(row),
            client,
            row.text("key"),
            row.text("name"),
            "mailbox",
            "",
            "",
            success,
            "never" if left_out else _status(row, success),
            bool(row.flag("deleted") or row.cells.get("deactivated")),
            Facts(unprotected=(row.text("name"),)) if left_out else None,
            client_name,
        )


def _status(row: Row, success: datetime | None) -> Status:
    if success is None and "last_success" in row.cells and not row.cells["last_success"]:
        return "never"
    said = result(row.text("run"))
    return "warning" if row.cells.get("errors") and said in ("success", "unknown") else said
