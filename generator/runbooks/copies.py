"""Which copies a protected thing reaches, and what a copy is worth: where it lies, on what, and who can change it.

Pages and rules both ask here. There is no clock here: the day is an argument.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, TypeAlias

from runbooks.policy import Policy
from runbooks.records.client import Client, Copy
from runbooks.records.setup import Item, Job, Setup

Location: TypeAlias = Literal["on site", "on site for some", "off site"]
Owned: TypeAlias = tuple[Setup, Job]
"""A job and the set-up it is in: job names and item ids mean something there alone."""


@dataclass(frozen=True, slots=True)
class Protected:
    """One thing that is backed up, seen over all set-ups: a machine with two products is one.

    `entries` are its items, `jobs` those that read the thing itself, `copy_jobs` those that pass its backup on, and
    `copies` what they write, in the order of the record. `decided` is False where a job or copy could not be read,
    or leads nowhere, so that more copies may be meant than are found. `worth` is that of the copies together.
    """

    name: str
    site: str | None
    entries: tuple[tuple[Setup, Item], ...]
    jobs: tuple[Owned, ...]
    copy_jobs: tuple[Owned, ...]
    copies: tuple[Copy, ...]
    decided: bool
    worth: Worth


# What a copy is worth. The record's own word goes before that of a shared target.


def location(copy: Copy, sites: Collection[str], policy: Policy) -> Location | None:
    """Where a copy lies as seen from these sites; without any, from wherever it stands. None: the record is silent."""
    if copy.site == "offsite" or copy.medium == "vendor_cloud" or policy.target(copy.target) is not None:
        return "off site"
    if copy.site is None:
        return "off site" if copy.medium == "object" else None
    if copy.site in sites or not sites:
        return "on site" if len(sites) < 2 else "on site for some"
    return "off site"


def medium(copy: Copy, policy: Policy) -> str | None:
    """What a copy lies on."""
    target = policy.target(copy.target)
    return copy.medium or (target.medium if target else None)


def immutable_days(copy: Copy, policy: Policy) -> int:
    """For how many days nobody can change or delete a copy; 0 where nobody says so."""
    target = policy.target(copy.target)
    given = copy.immutable_days if copy.immutable_days is not None or target is None else target.immutable_days
    return given or 0


def isolated(copy: Copy, policy: Policy) -> bool:
    """Whether somebody who has taken over the network cannot destroy a copy: it is immutable or offline."""
    return copy.offline is True or immutable_days(copy, policy) > 0


@dataclass(frozen=True, slots=True)
class Worth:
    """3-2-1-1 of one thing: three copies with the original, two media, one off site, one that nobody can destroy."""

    three: bool
    two: bool
    off_site: bool
    isolated: bool


def worth(copies: Collection[Copy], site: str | None, policy: Policy) -> Worth:
    """What the copies of a thing at a site are worth together. A medium that no record names counts as none."""
    here = [site] if site else []
    places = [(location(copy, here, policy), copy.site) for copy in copies]
    # Of a thing that names no site, copies at two sites are enough: one of them is elsewhere.
    apart = site is None and len({where for _, where in places if where}) > 1
    return Worth(
        three=len(copies) >= 2,
        two=len({medium(copy, policy) for copy in copies} - {None}) >= 2,
        off_site=apart or any(where == "off site" for where, _ in places),
        isolated=any(isolated(copy, policy) for copy in copies),
    )


def copy_name(copy: Copy, policy: Policy) -> str:
    """A copy's name as a person says it."""
    target = policy.target(copy.target)
    return copy.name or (target.name if target else None) or copy.id


def sites(setups: Iterable[Setup]) -> frozenset[str]:
    """The ids of the sites at which the items of these set-ups stand."""
    found = {item.site or setup.defaults.site for setup in setups for item in setup.items}
    return frozenset(site for site in found if site is not None)


# What reaches it.


def live(item: Item, as_of: date) -> bool:
    """Whether an item is still protected on that day."""
    return item.retired_on is None or item.retired_on > as_of


def reached(start: Iterable[str], passed_on: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The ids of all copies that a backup comes to, from where it is first written, through copy jobs in any order."""
    onward: dict[str, set[str]] = {}
    for source, to in passed_on:
        onward.setdefault(source, set()).add(to)
    found, waiting = set[str](), list(start)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(onward.get(one, ()))
    return frozenset(found)


def protected(client: Client, policy: Policy, as_of: date) -> tuple[Protected, ...]:
    """Everything that is protected on that day, in the order of the record."""
    things: dict[tuple[str, ...], list[tuple[Setup, Item]]] = {}
    for setup in client.setups:
        for item in setup.items:
            if live(item, as_of):
                things.setdefault(_identity(setup, item), []).append((setup, item))
    routes = _Routes(client, policy)
    return tuple(routes.thing(entries) for entries in things.values())


def _identity(setup: Setup, item: Item) -> tuple[str, ...]:
    """What makes two items of different set-ups one thing: name and site. A group is only ever itself."""
    if item.match is not None or item.name is None:
        return (setup.id, item.key)
    return ("", item.site or setup.defaults.site or "", item.name.casefold())


class _Way(NamedTuple):
    """What becomes of the backups of some jobs, as `Protected` says it."""

    jobs: tuple[Owned, ...]
    copy_jobs: tuple[Owned, ...]
    copies: tuple[Copy, ...]
    decided: bool


class _Routes:
    """How the jobs of a client pass backups on."""

    def __init__(self, client: Client, policy: Policy) -> None:
        times = Counter(copy.id for copy in client.copies)
        self.sites = {site.id for site in client.sites}
        self.copies = {copy.id: copy for copy in client.copies if times[copy.id] == 1}
        self.lost = {name for name, copy in self.copies.items() if _leads_nowhere(copy, self.sites, policy)}
        if client.doubtful:
            self.lost |= {name for name, copy in self.copies.items() if copy.doubtful}
        by_item: dict[tuple[int, str], list[Owned]] = {}
        copy_jobs = list[Owned]()
        for setup in client.setups:
            for job in setup.jobs:
                for key in job.items:
                    by_item.setdefault((id(setup), key), []).append((setup, job))
                if job.from_copy is not None:
                    copy_jobs.append((setup, job))
        self.by_item = by_item
        # A copy job without items passes on whatever lies in the copy it reads.
        self.whole = [owned for owned in copy_jobs if not owned[1].items]
        self.edges = [(job.from_copy, job.to) for _, job in self.whole if job.from_copy and job.to]
        self.sure = not _unread(client) and all(
            job.from_copy in self.copies and job.to in self.copies for _, job in copy_jobs
        )
        self.policy = policy
        self.known: dict[tuple[int, ...], _Way] = {}
        self.worths: dict[tuple[tuple[int, ...], str | None], Worth] = {}

    def thing(self, entries: list[tuple[Setup, Item]]) -> Protected:
        setup, item = entries[0]
        site = item.site or setup.defaults.site
        named = [owned for owner, entry in entries for owned in self.by_item.get((id(owner), entry.key), ())]
        way = tuple(id(job) for _, job in named)
        if way not in self.known:
            self.known[way] = self._way(named)
        known = self.known[way]
        if (way, site) not in self.worths:
            self.worths[way, site] = worth(known.copies, site, self.policy)
        return Protected(
            name=item.name or item.key,
            site=site,
            entries=tuple(entries),
            jobs=known.jobs,
            copy_jobs=known.copy_jobs,
            copies=known.copies,
            decided=known.decided and (site is None or site in self.sites),
            worth=self.worths[way, site],
        )

    def _way(self, named: list[Owned]) -> _Way:
        """What becomes of the backups of some jobs: who passes them on, where they come to, and whether it is sure."""
        ends = reached((job.to for _, job in named if job.to), self.edges)
        jobs = tuple(owned for owned in named if owned[1].from_copy is None)
        copy_jobs = tuple(owned for owned in named if owned[1].from_copy is not None)
        onward = tuple(owned for owned in self.whole if owned[1].from_copy in ends)
        copies = tuple(copy for copy in self.copies.values() if copy.id in ends)
        decided = self.sure and all(job.to in self.copies for _, job in named) and self.lost.isdisjoint(ends)
        return _Way(jobs, (*copy_jobs, *onward), copies, decided)


def _leads_nowhere(copy: Copy, sites: Collection[str], policy: Policy) -> bool:
    """Whether a copy names a shared target or a site that is not there."""
    lost_target = copy.target is not None and policy.target(copy.target) is None
    return lost_target or (copy.site is not None and copy.site != "offsite" and copy.site not in sites)


def _unread(client: Client) -> bool:
    """Whether a set-up or a job could not be read: it may hold the copy job that makes the difference."""
    if not client.doubtful:
        return False
    places = [setup.at() for setup in client.setups]
    cut = places != [("setups", number) for number in range(len(places))] or client.doubtful_at("setups", len(places))
    return client.unreadable or cut or any(client.doubtful_at(*setup.at("jobs")) for setup in client.setups)
