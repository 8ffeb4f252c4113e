"""The profile for cloud services: 3-2-1 cannot be won there, so other things are asked."""

from __future__ import annotations

from collections.abc import Iterator

from runbooks import copies
from runbooks.findings import At, Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.rules.recoverability.scope import is_cloud, listed, live_items, retirements, things, touched, unread
from runbooks.rules.registry import rule


@rule("BKP020", "saas-in-the-same-hands", Severity.WARNING, profile="standard", days=retirements)
def saas_in_the_same_hands(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """The backup of a cloud service is guarded by other accounts than the service, or cannot be changed.

    Whoever takes over the tenant's administrator must not reach the backup with the same login. A set-up in the cloud
    is one whose product is, or whose items are all tenants, mailboxes and sites. It is not asked for 3-2-1: nobody has
    a second site for a tenant.

    Mend: use accounts of its own for the backup and write separate_identity: true at the copy, or immutable_days.

    Bad:

        copies: [{id: cloud, medium: vendor_cloud}]
        setups:
          - id: m365
            product: other
            product_name: Mailbox saver
            items: [{name: somebody.example, kind: saas_tenant, expected: 12}]
            jobs: [{name: Mailboxes, items: [somebody.example], to: cloud, schedule: by vendor, keeps: {years: 1}}]

    Good:

        copies: [{id: cloud, medium: vendor_cloud, separate_identity: true}]
        setups:
          - id: m365
            product: other
            product_name: Mailbox saver
            items: [{name: somebody.example, kind: saas_tenant, expected: 12}]
            jobs: [{name: Mailboxes, items: [somebody.example], to: cloud, schedule: by vendor, keeps: {years: 1}}]
    """
    found: dict[int, list[copies.Protected]] = {}
    for thing in things(record, fleet).cloud:
        safe = any(copy.separate_identity or copies.isolated(copy, fleet.policy) for copy in thing.copies)
        if thing.decided and thing.copies and not safe:
            owner = (thing.jobs or thing.copy_jobs)[0][0]
            found.setdefault(id(owner), []).append(thing)
    for lacking in found.values():
        setup = (lacking[0].jobs or lacking[0].copy_jobs)[0][0]
        reached = {copy.id: copy for thing in lacking for copy in thing.copies}
        related: tuple[tuple[At, str], ...] = tuple((copy.at("id"), "this copy") for copy in reached.values())
        yield Problem(
            setup.at("jobs"),
            f"{listed(thing.name for thing in lacking)}: no copy is guarded by other accounts, or immutable; only "
            f"{listed(copies.copy_name(copy, fleet.policy) for copy in reached.values())}",
            "guard the copy with accounts of its own and write separate_identity: true, or immutable_days",
            related,
            on_key=True,
        )


@rule("BKP022", "saas-scope-unsaid", Severity.WARNING, profile="standard", days=retirements)
def saas_scope_unsaid(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A protected tenant says how many mailboxes or sites are in it.

    A tenant grows by itself: a mailbox that was made last week and is not in the backup is noticed when it is gone.
    With a number in the record somebody can count. Either the tenant has `expected`, or mailboxes and sites are items
    of the set-up, one by one or as a group; a group has its number anyway.

    Mend: add expected to the tenant, or a group of mailboxes with match and expected.

    Bad:

        copies: [{id: cloud, medium: vendor_cloud, separate_identity: true}]
        setups:
          - id: m365
            product: other
            product_name: Mailbox saver
            items: [{name: somebody.example, kind: saas_tenant}]
            jobs: [{name: Mailboxes, items: [somebody.example], to: cloud, schedule: by vendor, keeps: {years: 1}}]

    Good:

        copies: [{id: cloud, medium: vendor_cloud, separate_identity: true}]
        setups:
          - id: m365
            product: other
            product_name: Mailbox saver
            items:
              - {name: somebody.example, kind: saas_tenant}
              - {id: mailboxes, match: "*@somebody.example", expected: 12, kind: mailbox}
            jobs:
              - name: Mailboxes
                items: [somebody.example, mailboxes]
                to: cloud
                schedule: by vendor
                keeps: {years: 1}
    """
    for setup in touched(record.client):
        if unread(record.client, setup, "product", "items", "defaults") or not is_cloud(setup, fleet):
            continue
        items = [(item, item.kind or setup.defaults.kind) for item in live_items(setup, fleet)]
        if any(kind in ("mailbox", "site") for _, kind in items):
            continue
        for item, kind in items:
            if kind == "saas_tenant" and item.expected is None:
                yield Problem(
                    item.at(),
                    f"the record does not say how many mailboxes or sites {item.name or item.key} has",
                    "add expected, or a group of mailboxes with match and expected",
                )
