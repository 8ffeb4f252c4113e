"""The structure of a client's record for another one: the shape of its set-ups, and nothing by which it can be known.

Taken over are products, kinds, schedules, retention, where copies lie. Names of sites, machines, jobs and people, ids,
addresses, dates, numbers, notes and steps are not: a number stands in the place of each name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from runbooks.fleet import Record
from runbooks.grammar import schedule
from runbooks.records.agreement import Agreement
from runbooks.records.client import Client, Copy
from runbooks.records.setup import Item, Job, Setup
from runbooks.source import Json

OFFSITE = "offsite"


@dataclass
class Names:
    """New ids in the place of old ones, by what they are of."""

    count: Counter[str] = field(default_factory=Counter)
    new: dict[tuple[str, str], str] = field(default_factory=dict)

    def give(self, of: str, old: str, base: str, *, numbered: bool = True) -> str:
        """A new id for an old one: the base, with a number behind it unless it is the only one of its kind."""
        self.count[base] += 1
        bare = not numbered and self.count[base] == 1
        self.new[of, old] = base if bare else f"{base}-{self.count[base]}"
        return self.new[of, old]

    def of(self, of: str, old: str | None) -> str | None:
        """The new id for an old one; None where it was not taken over."""
        return self.new.get((of, old)) if old else None

    def many(self, of: str, old: Iterable[str]) -> list[Json]:
        """The new ids for old ones, without those that were not taken over."""
        return [new for one in old if (new := self.of(of, one))]


def likeness(old: Record, products: Collection[str]) -> dict[str, Json]:
    """The keys of a record that is like another one, with its set-ups of some products; of all where none is named."""
    client, names = old.client, Names()
    setups = [one for one in client.setups if not products or one.product in products]
    if not setups:
        return {}
    for site in client.sites:
        names.give("site", site.id, "site")
    copies = _copies(client, setups, names)
    made: list[Json] = [_setup(one, names) for one in setups]
    return {
        "sites": [{"id": one, "name": "TODO its name"} for one in names.many("site", (s.id for s in client.sites))],
        "agreements": _agreements(client, names),
        "copies": copies,
        "setups": made,
        "monitoring": _promise(client, names),
    }


def _copies(client: Client, setups: Iterable[Setup], names: Names) -> list[Json]:
    """The copies that jobs of these set-ups write or read; all where they name none."""
    used = {name for setup in setups for job in setup.jobs for name in (job.to, job.from_copy) if name}
    made = list[Json]()
    for copy in client.copies:
        if copy.id in used or not used:
            made.append(_copy(copy, names))
    return made


def _copy(copy: Copy, names: Names) -> dict[str, Json]:
    base = copy.target or (copy.medium or "copy").replace("_", "-")
    return _filled(
        id=names.give("copy", copy.id, base, numbered=copy.target is None),
        site=OFFSITE if copy.site == OFFSITE else names.of("site", copy.site),
        target=copy.target,
        medium=copy.medium,
        immutable_days=copy.immutable_days,
        offline=copy.offline,
        separate_identity=copy.separate_identity,
        notes="TODO what it is called, and where its key is kept",
    )


def _setup(setup: Setup, names: Names) -> dict[str, Json]:
    new = names.give("setup", setup.id, setup.product, numbered=False)
    defaults = setup.defaults
    for item in setup.items:
        kind = (item.kind or defaults.kind or "item").replace("_", "-")
        names.give(f"item of {setup.id}", item.key, kind)
    jobs = {job.name: f"TODO job {number}" for number, job in enumerate(setup.jobs, 1)}
    return _filled(
        id=new,
        product=setup.product,
        product_name="TODO the product's name" if setup.product_name else None,
        managed_by=setup.managed_by,
        defaults=_filled(
            site=names.of("site", defaults.site), kind=defaults.kind, os=defaults.os, rpo=defaults.rpo, rto=defaults.rto
        ),
        items=[_item(item, setup, names) for item in setup.items],
        jobs=[_job(job, setup, names, jobs) for job in setup.jobs],
        steps=[{"do": "TODO how it was made", "expect": "TODO what is seen then"}]
        if setup.managed_by == "us"
        else None,
    )


def _item(item: Item, setup: Setup, names: Names) -> dict[str, Json]:
    of = f"item of {setup.id}"
    return _filled(
        id=names.of(of, item.key),
        name=None if item.match else "TODO its name",
        kind=item.kind,
        match="TODO the pattern of their names" if item.match else None,
        expected="TODO" if item.match else None,
        os=item.os,
        site=names.of("site", item.site),
        priority=item.priority,
        rpo=item.rpo,
        rto=item.rto,
        depends_on=names.many(of, item.depends_on),
    )


def _job(job: Job, setup: Setup, names: Names, jobs: Mapping[str, str]) -> dict[str, Json]:
    return _filled(
        name=jobs[job.name],
        items=names.many(f"item of {setup.id}", job.items),
        **{"from": names.of("copy", job.from_copy)},
        to=names.of("copy", job.to),
        schedule=_when(job.schedule, jobs),
        keeps=dict(job.keeps.counts) if job.keeps else None,
        reports_success=None if job.reports_success else False,
    )


def _when(text: str | None, jobs: Mapping[str, str]) -> str | None:
    """A schedule with the new name of the job that it names."""
    named = schedule(text).after_job if text else None
    if text is None or named is None:
        return text
    return f"after {jobs[named]}" if named in jobs else "TODO"


def _agreements(client: Client, names: Names) -> list[Json]:
    """The agreements, without those that were for set-ups which are not taken over."""
    made = [_agreement(one, number, names) for number, one in enumerate(client.agreements, 1)]
    return [new for new, old in zip(made, client.agreements, strict=True) if "covers" in new or not old.covers]


def _agreement(agreement: Agreement, number: int, names: Names) -> dict[str, Json]:
    covers = list[Json]()
    for cover in agreement.covers:
        setups = names.many("setup", cover.setups or ())
        if cover.setups is None:
            covers.append(cover.service)
        elif setups:
            covers.append({"service": cover.service, "setups": setups})
    return _filled(
        id=f"TODO number {number}",
        type=agreement.type,
        covers=covers,
        starts="TODO" if agreement.starts else None,
        last_day="TODO" if agreement.last_day else None,
        open_ended=agreement.open_ended or None,
        renews=agreement.renews,
        billing={"every": agreement.billing.every} if agreement.billing else None,
    )


def _promise(client: Client, names: Names) -> dict[str, Json]:
    """What stands under `monitoring`. That we watch is promised by a person, never by a program."""
    old = client.monitoring
    if old is None:
        return {}
    watched = old.level != "none"
    return _filled(
        level="TODO" if watched else old.level,
        setups=names.many("setup", old.setups or ()),
        alerts_to=["TODO which of our mailboxes"] if watched else None,
        checked=old.checked,
        declined={"on": "TODO"} if old.declined else None,
        quoted={"on": "TODO"} if old.quoted else None,
    )


def _filled(**values: Json) -> dict[str, Json]:
    """The keys that have a value."""
    return {key: value for key, value in values.items() if value not in (None, [], {})}
