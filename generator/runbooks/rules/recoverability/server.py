"""The backup server itself: whether it can be made again."""

from __future__ import annotations

from collections.abc import Iterator

from runbooks.findings import Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.rules.recoverability.scope import is_cloud, live_items, ours, retirements, unread
from runbooks.rules.registry import rule


@rule("BKP016", "configuration-not-saved", Severity.WARNING, profile="strict", days=retirements)
def configuration_not_saved(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """Where a product runs on a server, its configuration is saved somewhere else.

    Without jobs, schedules and keys the backups are files that nobody can open in a hurry. Veeam's security check list
    asks for a configuration backup that does not lie on the backup server. Asked where a set-up that we look after
    names its server and is not in the cloud; a product outside the catalogue counts like one in it.

    Mend: turn the configuration backup on and write where it goes under backup_server.config_backup_to.

    Bad:

        setups:
          - {id: main, product: other, product_name: Tape, server: SRV9, items: [{name: SRV1, kind: server}]}

    Good:

        setups:
          - id: main
            product: other
            product_name: Tape
            server: SRV9
            backup_server: {config_backup_to: the NAS on the first floor, config_encrypted: true}
            items: [{name: SRV1, kind: server}]
    """
    for setup in ours(record.client):
        if setup.server is None or not live_items(setup, fleet) or is_cloud(setup, fleet) is not False:
            continue
        there = setup.backup_server
        if (there is None or there.config_backup_to is None) and not unread(
            record.client, setup, "product", "backup_server", "items", "defaults"
        ):
            yield Problem(
                there.at() if there else setup.at("server"),
                f"nobody says where the configuration of {setup.server} is saved",
                "save it to another machine and write that under backup_server.config_backup_to",
            )
