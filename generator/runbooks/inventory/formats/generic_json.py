"""Any list of protected things with a header, as JSON. The feed says what its keys are called.

Export: the answer of the product's own interface as it comes, or of a script: `... | ConvertTo-Json -Depth 5`.
A list of mappings, one mapping a line, or a mapping with the list under a key: items, data, results, value, entries or
list; any other way to it is said with `entries: answer.devices`.

Layout: the feed's own. Under `columns` stand the keys, by what they hold, with dots between those that lie in each
other; no other key is read:

    columns: {name: device.hostname, key: id, client: tenant.name, last_success: lastBackup.time}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runbooks.inventory.columns import Columns
from runbooks.inventory.feeds import Feed
from runbooks.inventory.generic import things
from runbooks.inventory.seen import Seen
from runbooks.inventory.tables import Table

NAME: Final = "generic-json"
PRODUCT: Final = ""
CLIENT_ID: Final = ""
WRITINGS: Final = ("json",)
COLUMNS: Final[Columns] = {}
NEEDED: Final = (("name", "key", "job"),)
LISTS: Final = ()
DATES: Final = ""
ZONE: Final = ""


def items(table: Table, feed: Feed) -> Iterator[Seen]:
    """A thing an entry."""
    return things(table, feed)
