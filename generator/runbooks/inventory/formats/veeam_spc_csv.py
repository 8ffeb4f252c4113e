"""Veeam Service Provider Console: all computers and virtual machines it protects, of all companies.

Export: **Protected Data**, tab **Computers** (view **Managed by Console**) or **Virtual Machines** (view **Virtual
Infrastructure**), then **Export to**, **CSV**. Show the column **Company** first; hidden columns are not exported.

Layout, from the manual (Viewing and Exporting Protected Computer Details, Virtual Machines; read in
comnam90/veeam-docs-vspc-dump, docs/export_protected_computers.md and export_protected_vms.md, version 9.2): `Name, Tag,
Backups, Backup Copies, Guest OS, Latest Restore Point, Cloud Copy, Company, Site, Location, Last Heartbeat, Last
Restore, Restore Status, Operation Mode`; for machines `VM, Platform, Backup Server, ..., Company, Location, ..., Backup
Target, ..., Resource ID`. `Latest Restore Point` and `Last Backup` are lengths of time and say nothing without the day
of the export, so they are not read: put the day into the name of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from runbooks.inventory.columns import Columns
from runbooks.inventory.feeds import Feed
from runbooks.inventory.seen import Seen
from runbooks.inventory.tables import Table
from runbooks.inventory.words import kinds, machine, whose
from runbooks.records.agreement import ItemKind

NAME: Final = "veeam-spc-csv"
PRODUCT: Final = ""
CLIENT_ID: Final = "vspc"
WRITINGS: Final = ("csv",)
COLUMNS: Final[Columns] = {
    "name": ("Name", "Computer", "VM", "VM Name"),
    "client": ("Company",),
    "mode": ("Operation Mode",),
    "platform": ("Platform",),
    "system": ("Guest OS",),
    "key": ("Resource ID",),
    "repository": ("Backup Target", "Destination"),
}
NEEDED: Final = (("name",),)
LISTS: Final = ()
DATES: Final = ""
ZONE: Final = ""
KINDS: Final[Mapping[str, ItemKind]] = {"server": "server", "workstation": "workstation"}


def items(table: Table, feed: Feed) -> Iterator[Seen]:
    """A computer or a virtual machine a row."""
    words = kinds(feed, KINDS)
    for row in table:
        client, client_name = whose(row, feed)
        mode = words.get(row.text("mode").casefold(), "")
        kind = mode or ("vm" if row.text("platform") else machine(row.text("system")))
        yield Seen(
            table.place(row),
            client,
            row.text("key"),
            row.text("name"),
            kind,
            repository=row.text("repository"),
            client_name=client_name,
        )
