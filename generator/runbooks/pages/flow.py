"""The way of a client's backups: what is protected, the jobs that read it, and the copies they write.

It is told twice, as a drawing and as sentences for whoever cannot see one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from runbooks import copies
from runbooks.copies import live
from runbooks.pages.drawing import Box, Flow, drawn
from runbooks.pages.views import View
from runbooks.policy import Policy
from runbooks.prose import Prose
from runbooks.records.client import Client, Copy
from runbooks.records.setup import Item, Job, Setup

NAMES: Final = 4
"""Names of items that a box shows; its tooltip has them all."""


def flow(client: Client, policy: Policy, as_of: date) -> View | None:
    """The drawing and its sentences; None where the record has no job to draw."""
    found = _flow(client, policy, as_of)
    if not any(box.kind == "job" for box in found.boxes.values()):
        return None
    title = f"How the backups of {client.client} run: from what is protected through the jobs to the copies."
    return {"svg": Prose(drawn(found, f"{title} The same stands below in words.")), "words": list(_sentences(found))}


def _flow(client: Client, policy: Policy, as_of: date) -> Flow:
    found = Flow()
    known = {copy.id: copy for copy in client.copies}
    for setup in client.setups:
        for jobs, items in _grouped(setup, as_of):
            box = found.add(_items(setup, items))
            for job in jobs:
                found.join(box, found.add(_job(setup, job)))
        for job in setup.jobs:
            box = found.add(_job(setup, job))
            if job.from_copy in known:
                found.join(found.add(_copy(known[job.from_copy], client, policy)), box)
            if job.to in known:
                found.join(box, found.add(_copy(known[job.to], client, policy)))
    return found


def _grouped(setup: Setup, as_of: date) -> Iterator[tuple[list[Job], list[Item]]]:
    """The items of a set-up, those that the same jobs read in one group."""
    groups: dict[tuple[int, ...], tuple[list[Job], list[Item]]] = {}
    for item in setup.items:
        if live(item, as_of):
            jobs = [job for job in setup.jobs if item.key in job.items]
            groups.setdefault(tuple(id(job) for job in jobs), (jobs, []))[1].append(item)
    yield from groups.values()


def _items(setup: Setup, items: Sequence[Item]) -> Box:
    names = [_named(item) for item in items]
    shown = names[:NAMES]
    lines = (*shown, f"and {len(names) - len(shown)} more") if len(names) > len(shown) else tuple(shown)
    return Box(f"items {setup.id} {items[0].key}", "items", lines, ", ".join(names))


def _named(item: Item) -> str:
    name = item.name or item.key
    return f"{name} ({item.expected})" if item.match and item.expected else name


def _job(setup: Setup, job: Job) -> Box:
    when = job.schedule or "schedule not recorded"
    return Box(f"job {setup.id} {job.name}", "job", (job.name, when), f"{job.name} ({when})")


def _copy(copy: Copy, client: Client, policy: Policy) -> Box:
    where = copies.location(copy, copies.sites(client.setups), policy)
    site = next((site.name for site in client.sites if site.id == copy.site), None)
    place = {None: "place not recorded", "on site for some": "on site for some"}.get(where, str(where))
    days = copies.immutable_days(copy, policy)
    safe = ["offline"] if copy.offline else []
    safe += [f"locked {days} days"] if days else []
    kind = "away" if where == "off site" else "here"
    name = copies.copy_name(copy, policy)
    marks = [f"{place}: {site}" if site else place, *safe]
    return Box(
        f"copy {copy.id}",
        f"copy-{kind}{' rb-flow-safe' if safe else ''}",
        (name, *marks),
        f"{name} ({', '.join(marks)})",
    )


def _sentences(found: Flow) -> Iterator[str]:
    """Each way from an item to its last copy, in words."""
    onward: dict[str, list[str]] = {}
    for source, target in found.edges:
        onward.setdefault(source, []).append(target)
    for box in found.boxes.values():
        if box.kind == "items" and box.id not in onward:
            yield f"{box.words}: no job"
        elif box.kind == "items":
            yield from (f"{box.words} → {way}" for way in _ways(box.id, onward, found.boxes, (box.id,)))


def _ways(at: str, onward: Mapping[str, list[str]], boxes: Mapping[str, Box], seen: tuple[str, ...]) -> Iterator[str]:
    for target in onward.get(at, []):
        rest = [] if target in seen else list(_ways(target, onward, boxes, (*seen, target)))
        yield from (f"{boxes[target].words} → {way}" for way in rest)
        if not rest:
            yield boxes[target].words
