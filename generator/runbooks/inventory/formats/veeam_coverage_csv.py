"""Veeam Backup & Replication: which virtual machines are in a backup or a job, and which are not.

Export, on the backup server: the script Get-VeeamVMsNotInBackups of the public collection of VeeamHub writes
BackupCovered, BackupMissing, JobCovered and JobMissing. Keep those words in the names of the files: a machine of a
`Missing` file is not protected, and nothing in its row says so.

Layout: `Name, MoRefID, Uuid, Path, vCenter`, in the JobCovered file also `AddedBy`; read in VeeamHub/powershell,
BR-VMsNotInBackups/SampleOutput. The same machine may stand there once for each vCenter, with the same Uuid. The
healthcheck of VeeamHub (Tools/GoldenBaselines/VBRConfig) writes `_ViProtected` and `_ViUnprotected` without a Uuid.
There are no dates: put the day into the name of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runbooks.inventory.columns import Columns
from runbooks.inventory.feeds import Feed
from runbooks.inventory.seen import Facts, Seen, Status
from runbooks.inventory.tables import Table

NAME: Final = "veeam-coverage-csv"
PRODUCT: Final = "veeam-backup-replication"
CLIENT_ID: Final = ""
WRITINGS: Final = ("csv",)
COLUMNS: Final[Columns] = {"name": ("Name",), "key": ("Uuid",)}
NEEDED: Final = (("name",),)
LISTS: Final = ()
DATES: Final = ""
ZONE: Final = ""
MISSING: Final = ("missing", "unprotected", "notprotected")
"""Words in the name of a file whose machines are not protected."""
UNPROTECTED: Final[Status] = "never"


def items(table: Table, feed: Feed) -> Iterator[Seen]:
    """A virtual machine a row."""
    name = table.file.rsplit("/", 1)[-1].casefold()
    missing = any(word in name for word in MISSING)
    for row in table:
        machine = row.text("name")
        facts = Facts(unprotected=(machine,)) if missing else None
        key, status = row.text("key"), UNPROTECTED if missing else "unknown"
        yield Seen(table.place(row), "", key, machine, "vm", status=status, facts=facts)
