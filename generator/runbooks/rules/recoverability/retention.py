"""Retention: long enough to notice a loss, and as long as a law or contract asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runbooks.copies import Protected
from runbooks.findings import KeyPath, Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.grammar import retention_days, retention_text
from runbooks.records.setup import Job
from runbooks.rules.recoverability.scope import is_client, listed, retirements, things
from runbooks.rules.registry import rule
from runbooks.shape import closest


@rule("BKP008", "retention-too-short", Severity.WARNING, profile="strict", days=retirements)
def retention_too_short(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """Every item is kept for retention_days somewhere.

    A file that was overwritten before the holidays is missed after them. The longest retention of all jobs that write
    a copy of the item counts, copy jobs too. A job that counts restore points or versions says nothing about days: an
    item with such a job is not judged.

    Mend: keep the backups longer in one of the copies.

    Bad:

        copies: [{id: shelf, medium: tape}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs: [{name: Nightly, items: [srv1], to: shelf, schedule: daily at 22:00, keeps: {daily: 7}}]

    Good:

        copies: [{id: shelf, medium: tape}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs: [{name: Nightly, items: [srv1], to: shelf, schedule: daily at 22:00, keeps: {daily: 7, weekly: 4}}]
    """
    yield from _too_short(things(record, fleet).machines, fleet.policy.thresholds.retention_days)


@rule("BKP021", "saas-retention-too-short", Severity.WARNING, profile="standard", days=retirements)
def saas_retention_too_short(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A cloud service is kept for longer than its own recycle bin: for saas_retention_days.

    A backup that ends with the service's own bin brings back nothing that the service would not. The default is what
    SharePoint keeps deleted things for, 93 days. Counted as for BKP008.

    Mend: keep the backups longer.

    Bad:

        copies: [{id: cloud, medium: vendor_cloud, separate_identity: true}]
        setups:
          - id: m365
            product: other
            product_name: Mailbox saver
            items: [{name: somebody.example, kind: saas_tenant, expected: 12}]
            jobs: [{name: Mailboxes, items: [somebody.example], to: cloud, schedule: by vendor, keeps: {days: 30}}]

    Good:

        copies: [{id: cloud, medium: vendor_cloud, separate_identity: true}]
        setups:
          - id: m365
            product: other
            product_name: Mailbox saver
            items: [{name: somebody.example, kind: saas_tenant, expected: 12}]
            jobs: [{name: Mailboxes, items: [somebody.example], to: cloud, schedule: by vendor, keeps: {years: 1}}]
    """
    yield from _too_short(things(record, fleet).cloud, fleet.policy.thresholds.saas_retention_days)


def _too_short(every: Iterable[Protected], asked: int) -> Iterator[Problem]:
    found: dict[KeyPath, tuple[Job, int, list[str]]] = {}
    kept: dict[int, int | None] = {}
    for thing in every:
        jobs = [job for _, job in (*thing.jobs, *thing.copy_jobs)]
        for job in jobs:
            if id(job) not in kept:
                kept[id(job)] = _days(job)
        known = [(days, job) for job in jobs if (days := kept[id(job)]) is not None]
        if thing.decided and known and len(known) == len(jobs):
            longest, job = max(known, key=lambda one: one[0])
            if longest < asked:
                found.setdefault(job.at("keeps"), (job, longest, []))[2].append(thing.name)
    for at, (job, days, names) in found.items():
        yield Problem(
            at,
            f"nothing of {listed(names)} is kept for more than {days} days ({job.name}); policy.yml asks for {asked}",
            "keep the backups longer in one of the copies",
        )


def _days(job: Job) -> int | None:
    """For how many days a job keeps its backups; None where it does not say, or counts no days."""
    counts = job.keeps.counts if job.keeps else None
    return retention_days(counts) if counts else None


@rule("BKP009", "retention-below-legal-basis", profile="standard")
def retention_below_legal_basis(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A job that names a law or contract keeps its backups as long as that asks for.

    How long that is stands once in policy.yml, under legal_retention; a job names it with legal_basis. Whoever looks
    after the set-up, and whether its items are retired or not, the law is the same. A basis that policy.yml does not
    name is a warning. Nothing here is legal advice.

    Mend: keep the backups longer, or correct the name of the basis.

    Bad:

        copies: [{id: shelf, medium: tape}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs:
              - name: Nightly
                items: [srv1]
                to: shelf
                schedule: daily at 22:00
                keeps: {daily: 30, legal_basis: patient records}

    Good:

        copies: [{id: shelf, medium: tape}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs:
              - name: Nightly
                items: [srv1]
                to: shelf
                schedule: daily at 22:00
                keeps: {daily: 30, yearly: 7, legal_basis: patient records}
    """
    known = fleet.policy.legal_retention
    if not known or not is_client(record.client):
        return
    for setup in record.client.setups:
        for job in setup.jobs:
            basis = job.keeps.legal_basis if job.keeps else None
            if job.keeps is None or basis is None or job.keeps.doubtful:
                continue
            days = _days(job)
            if basis not in known:
                yield Problem(
                    job.keeps.at("legal_basis"),
                    f"legal_retention of policy.yml does not say how long {basis} asks for",
                    closest(basis, known) or f"known: {', '.join(known)}",
                    severity=Severity.WARNING,
                )
            elif days is not None and days < known[basis]:
                yield Problem(
                    job.keeps.at(),
                    f"{job.name} keeps {retention_text(job.keeps.counts)}, that is {days} days; "
                    f"{basis} asks for {known[basis]}",
                    "keep the backups longer; it can be a few yearly points",
                )
