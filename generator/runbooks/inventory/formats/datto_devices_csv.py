"""Datto SIRIS and ALTO: the devices themselves, of all clients.

Export: `Get-DattoBCDRDevice -AllResults | Export-Csv devices.csv -NoTypeInformation` of the public module
Celerium.DattoBCDR, or the report of its examples.

Layout: the keys of `GET https://api.datto.com/v1/bcdr/device`: `serialNumber, name, model, lastSeenDate, hidden,
activeTickets, clientCompanyName, resellerCompanyName, localStorageUsed, ..., servicePeriod, warrantyExpire, agentCount,
shareCount, alertCount, internalIP, uptime, remoteWebUrl, servicePlan, registrationDate`; newer ones with
`organizationId, organizationName`. `lastSeenDate` has its zone.

A row is an appliance, not something protected: its name is the `server` of a set-up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runbooks.inventory.columns import Columns
from runbooks.inventory.feeds import Feed
from runbooks.inventory.seen import Seen
from runbooks.inventory.tables import Table
from runbooks.inventory.words import whose

NAME: Final = "datto-devices-csv"
PRODUCT: Final = "datto-siris"
CLIENT_ID: Final = "datto"
WRITINGS: Final = ("csv",)
COLUMNS: Final[Columns] = {
    "key": ("serialNumber",),
    "name": ("name",),
    "client": ("organizationId",),
    "client_name": ("clientCompanyName", "organizationName"),
    "seen_at": ("lastSeenDate",),
    "hidden": ("hidden", "isHidden"),
}
NEEDED: Final = (("key",), ("name",))
LISTS: Final = ()
DATES: Final = ""
ZONE: Final = ""


def items(table: Table, feed: Feed) -> Iterator[Seen]:
    """An appliance a row."""
    for row in table:
        client, client_name = whose(row, feed)
        table.moment(row, "seen_at")
        hidden = bool(row.flag("hidden"))
        key, name = row.text("key"), row.text("name")
        yield Seen(table.place(row), client, key, name, retired=hidden, client_name=client_name)
