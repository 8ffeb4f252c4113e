"""3-2-1-1-0, for each site: how many copies there are, where they lie, on what, and who can destroy them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from runbooks import copies
from runbooks.copies import Protected
from runbooks.findings import At, Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.rules.recoverability.scope import is_client, listed, retirements, things
from runbooks.rules.registry import rule


@rule("BKP004", "no-offsite-copy", Severity.WARNING, profile="standard", days=retirements)
def no_offsite_copy(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """What stands at a site has a copy somewhere else.

    Fire, water and thieves take the backup together with the machine. Off site is another site than the item's,
    `site: offsite`, a shared target of policy.yml, or the vendor's cloud; copy jobs are followed as far as they lead.
    For an item that names no site, copies at two sites are enough: one of them is elsewhere. Each site is asked for
    itself, and one finding names the items there that lack a copy. A set-up in the cloud is asked for other things
    (BKP020).

    Mend: add a copy job to a copy off site; or say at the copy where it stands.

    Bad:

        sites: [{id: high, name: High Street}]
        copies: [{id: shelf, site: high, medium: nas, immutable_days: 14}]
        setups:
          - id: main
            product: other
            product_name: Tape
            defaults: {site: high}
            items: [{name: SRV1, kind: server}]
            jobs: [{name: Nightly, items: [srv1], to: shelf, schedule: daily at 22:00, keeps: {daily: 30}}]

    Good:

        sites: [{id: high, name: High Street}]
        copies: [{id: shelf, site: high, medium: nas, immutable_days: 14}, {id: away, site: offsite, medium: object}]
        setups:
          - id: main
            product: other
            product_name: Tape
            defaults: {site: high}
            items: [{name: SRV1, kind: server}]
            jobs:
              - {name: Nightly, items: [srv1], to: shelf, schedule: daily at 22:00, keeps: {daily: 30}}
              - {name: Away, from: shelf, to: away, schedule: after Nightly, keeps: {daily: 30}}
    """

    def wrong(thing: Protected) -> bool:
        return not thing.worth.off_site

    yield from _by_site(record, fleet, wrong, "no copy off site", "add a copy job to a copy off site")


@rule("BKP005", "no-immutable-copy", Severity.WARNING, profile="standard", days=retirements)
def no_immutable_copy(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """What stands at a site has a copy that nobody can change or reach.

    Whoever encrypts the machines deletes the backups first. A copy counts when it is immutable for some days, by its
    own word or that of its shared target, or when it is offline: not reachable by network. CIS Control 11.4 asks for
    one isolated instance.

    Mend: turn immutability on and write immutable_days, or add a copy that is taken off the network (offline: true).

    Bad:

        copies: [{id: shelf, site: offsite, medium: nas}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs: [{name: Nightly, items: [srv1], to: shelf, schedule: daily at 22:00, keeps: {daily: 30}}]

    Good:

        copies: [{id: shelf, site: offsite, medium: object, immutable_days: 30}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs: [{name: Nightly, items: [srv1], to: shelf, schedule: daily at 22:00, keeps: {daily: 30}}]
    """

    def wrong(thing: Protected) -> bool:
        return not thing.worth.isolated

    help_words = "make a copy immutable (immutable_days), or keep one off the network (offline: true)"
    yield from _by_site(record, fleet, wrong, "no copy that is immutable or offline", help_words)


@rule("BKP006", "fewer-than-three-copies", Severity.WARNING, profile="strict", days=retirements)
def fewer_than_three_copies(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """What stands at a site exists three times: where it is used, and in two copies.

    With one copy, the day it turns out to be damaged is the day it is needed.

    Mend: add a copy job to a second copy.

    Bad:

        copies: [{id: cloud, site: offsite, medium: object, immutable_days: 30}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs: [{name: Nightly, items: [srv1], to: cloud, schedule: daily at 22:00, keeps: {daily: 30}}]

    Good:

        sites: [{id: high, name: High Street}]
        copies: [{id: shelf, site: high, medium: nas}, {id: cloud, site: offsite, medium: object, immutable_days: 30}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server, site: high}]
            jobs:
              - {name: Nightly, items: [srv1], to: shelf, schedule: daily at 22:00, keeps: {daily: 30}}
              - {name: Away, from: shelf, to: cloud, schedule: after Nightly, keeps: {daily: 30}}
    """

    def wrong(thing: Protected) -> bool:
        return not thing.worth.three

    help_words = "add a copy job to a second copy; the original counts as the first of three"
    yield from _by_site(record, fleet, wrong, "fewer than three copies, the original included", help_words)


@rule("BKP007", "one-medium", Severity.WARNING, profile="strict", days=retirements)
def one_medium(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """The copies of what stands at a site lie on two different media.

    One fault of a kind of storage (a firmware, a controller, a vendor's account) takes all copies on it. A copy whose
    medium the record does not name does not count as a second one.

    Mend: add a copy on another medium, or write down what the copies lie on.

    Bad:

        sites: [{id: high, name: High Street}]
        copies: [{id: shelf, site: high, medium: nas}, {id: away, site: offsite, medium: nas, immutable_days: 30}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server, site: high}]
            jobs:
              - {name: Nightly, items: [srv1], to: shelf, schedule: daily at 22:00, keeps: {daily: 30}}
              - {name: Away, from: shelf, to: away, schedule: after Nightly, keeps: {daily: 30}}

    Good:

        sites: [{id: high, name: High Street}]
        copies: [{id: shelf, site: high, medium: nas}, {id: away, site: offsite, medium: object, immutable_days: 30}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server, site: high}]
            jobs:
              - {name: Nightly, items: [srv1], to: shelf, schedule: daily at 22:00, keeps: {daily: 30}}
              - {name: Away, from: shelf, to: away, schedule: after Nightly, keeps: {daily: 30}}
    """

    def wrong(thing: Protected) -> bool:
        return not thing.worth.two

    help_words = "add a copy on another medium, or write down the medium of each copy"
    yield from _by_site(record, fleet, wrong, "no copies on two different media", help_words)


def _by_site(
    record: Record, fleet: Fleet, wrong: Callable[[Protected], bool], lack: str, help_words: str
) -> Iterator[Problem]:
    """One problem for each site where something lacks what is asked, at the jobs of the first set-up concerned."""
    found: dict[str | None, list[Protected]] = {}
    for thing in things(record, fleet).machines:
        if thing.decided and thing.copies and wrong(thing):
            found.setdefault(thing.site, []).append(thing)
    names = {site.id: site.name for site in record.client.sites}
    for site, lacking in found.items():
        setups = list({id(setup): setup for thing in lacking for setup, _ in thing.jobs or thing.copy_jobs}.values())
        reached = {copy.id: copies.copy_name(copy, fleet.policy) for thing in lacking for copy in thing.copies}
        related: list[tuple[At, str]] = [(setup.at("jobs"), "and these jobs") for setup in setups[1:]]
        where = f"at {names.get(site, site)} ({site})" if site else "at no site the record names"
        yield Problem(
            setups[0].at("jobs"),
            f"{listed(thing.name for thing in lacking)}, {where}: {lack}; only {listed(reached.values())}",
            help_words,
            tuple(related),
            on_key=True,
            about=site or "",
        )


@rule("BKP018", "copy-unreached", Severity.INFO, profile="strict")
def copy_unreached(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """Some job writes to every copy of the record.

    A copy that no job reaches looks like a safety net on the page and is none: it is left over, or a job is missing.
    Asked only where every set-up of the client lists its jobs; the copies of somebody else's set-up need none.

    Mend: add the job that writes there, or take the copy out.

    Bad:

        copies: [{id: shelf, medium: tape}, {id: attic, medium: disk}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs: [{name: Nightly, items: [srv1], to: shelf, schedule: daily at 22:00, keeps: {daily: 30}}]

    Good:

        copies: [{id: shelf, medium: tape}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs: [{name: Nightly, items: [srv1], to: shelf, schedule: daily at 22:00, keeps: {daily: 30}}]
    """
    client = record.client
    if not client.setups or not is_client(client) or (client.doubtful and client.doubtful_at("setups")):
        return
    if not all(setup.jobs and setup.managed_by in ("us", "on_request") for setup in client.setups):
        return
    written = {job.to for setup in client.setups for job in setup.jobs}
    if not written <= {copy.id for copy in client.copies}:
        return
    for copy in client.copies:
        if copy.id not in written and not copy.doubtful:
            yield Problem(
                copy.at("id"),
                f"no job writes to the copy {copies.copy_name(copy, fleet.policy)}",
                "add the job that writes there, or take the copy out",
            )
