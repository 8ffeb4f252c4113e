"""Any list of protected things with a header, as CSV. The feed says what its columns are called.

Export: whatever the product offers as CSV, or a table of a script:
`Get-Something | Select-Object Name, Id, LastBackup | Export-Csv devices.csv -NoTypeInformation -Encoding utf8`.

Layout: the feed's own. Under `columns` stand the headers, by what they hold; no other column is read:

    columns: {name: Computer, key: Id, client: Company, job: Plan, kind: Type, last_success: Last backup}
    kinds: {SERVER: server}
    statuses: {OK: success}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runbooks.inventory.columns import Columns
from runbooks.inventory.feeds import Feed
from runbooks.inventory.generic import things
from runbooks.inventory.seen import Seen
from runbooks.inventory.tables import Table

NAME: Final = "generic-csv"
PRODUCT: Final = ""
CLIENT_ID: Final = ""
WRITINGS: Final = ("csv",)
COLUMNS: Final[Columns] = {}
NEEDED: Final = (("name", "key", "job"),)
LISTS: Final = ()
DATES: Final = ""
ZONE: Final = ""


def items(table: Table, feed: Feed) -> Iterator[Seen]:
    """A thing a row."""
    return things(table, feed)
