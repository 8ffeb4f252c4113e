"""Axcient x360Recover: the protected systems of a client.

Export: `GET https://axapi.developer.axcient.com/x360recover/client/CLIENT/device` with the header x-api-key for each
client, or `/appliance` with the devices of each. `jq '[.[] + {client_id: 26}]'` puts the client into each entry where
one feed reads the files of several.

Layout: a list of `id_, name, type (SERVER, WORKSTATION), os {...}, jobs [{id_, name, latest_rp}], volumes,
excluded_volumes, latest_local_rp, latest_cloud_rp, latest_vault_rp, current_health_status {status, reason}, d2c, ...`,
in later versions of the interface `id` and `client_id`; read in the vendor's OpenAPI file as kept in
adamburley/AxcientAPI, x360Recover.yaml (0.2.1). Times are ISO 8601 with Z. As JSON, or the same as YAML in a file whose
name ends in .yaml or .yml.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from runbooks.inventory.columns import Columns
from runbooks.inventory.feeds import Feed
from runbooks.inventory.seen import Facts, Seen
from runbooks.inventory.tables import Row, Table, text
from runbooks.inventory.words import kinds, result, volumes, whose
from runbooks.records.agreement import ItemKind

NAME: Final = "axcient-devices"
PRODUCT: Final = "axcient-x360recover"
CLIENT_ID: Final = "axcient"
WRITINGS: Final = ("json", "yaml")
COLUMNS: Final[Columns] = {
    "key": ("id_",),
    "name": ("name",),
    "client": ("client_id", "client.id_"),
    "client_name": ("client_name", "client.name"),
    "kind": ("type",),
    "jobs": ("jobs",),
    "job_name": ("jobs.name",),
    "excluded": ("excluded_volumes",),
    "local": ("latest_local_rp",),
    "cloud": ("latest_cloud_rp",),
    "vault": ("latest_vault_rp",),
    "status": ("current_health_status.status",),
}
NEEDED: Final = (("key",), ("name",))
LISTS: Final = ("devices",)
DATES: Final = "iso"
ZONE: Final = "UTC"
KINDS: Final[Mapping[str, ItemKind]] = {"server": "server", "workstation": "workstation"}


def items(table: Table, feed: Feed) -> Iterator[Seen]:
    """A system an entry; once for each of its jobs where it has several."""
    words = kinds(feed, KINDS)
    for row in table:
        client, client_name = whose(row, feed)
        points = [point for way in ("local", "cloud", "vault") if (point := table.moment(row, way)) is not None]
        excluded = volumes(row.cells.get("excluded"))
        for job in _jobs(row):
            yield Seen(
                table.place(row),
                client,
                row.text("key"),
                row.text("name"),
                words.get(row.text("kind").casefold(), ""),
                job,
                "",
                max(points, default=None),
                result(row.text("status")),
                False,
                Facts(unprotected=excluded) if excluded else None,
                client_name,
            )


def _jobs(row: Row) -> list[str]:
    names = [text(job.get("name")) for job in row.many("jobs") if isinstance(job, dict)]
    return list(dict.fromkeys(name for name in names if name)) or [""]
