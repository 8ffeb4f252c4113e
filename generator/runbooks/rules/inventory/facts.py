"""What a product says about itself against what the record says: retention, schedule, encryption, volumes left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, TypeAlias

from runbooks.findings import Place, Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.grammar import GrammarError, retention_days, schedule, schedule_text
from runbooks.inventory.seen import Facts, Seen
from runbooks.matching import Target, Thing, folded
from runbooks.matching.feeds import systems
from runbooks.records.setup import Item, Job, Keeps, Setup
from runbooks.rules.inventory.scope import place, standing
from runbooks.rules.registry import rule

Contradiction: TypeAlias = tuple[tuple[str, ...], str]
"""The key of the record, and what the two say."""

LONG: Final = ("weekly", "monthly", "yearly")
"""The long-term points that both name alike."""
POINTS: Final = ("points", "versions", "hourly", "daily", "days")
"""What a record may call the restore points that a product only counts."""
SMALL: Final = re.compile(r"[\\/,;:()]+(?=\s|$)|(?<=\s)(?:drive|volume|disk|of|on)(?=\s)|^(?:drive|volume|disk)(?=\s)")
"""What is left out of the name of a volume before two are compared."""
DAYS: Final = ("days", "daily", "points")
"""The same for a product that counts days."""


@rule("INV010", "facts-contradict-record", Severity.WARNING, subject="policy", of_clients=True, profile="standard")
def facts_contradict_record(fleet: Fleet) -> Iterator[Problem]:
    """Retention, schedule and encryption are as the record has them.

    The insurer asks for what the record says; the restore gets what the product kept. Compared is what both say: the
    restore points and days of the job, the schedule where the product writes it in words of ours, and whether the copy
    it writes is encrypted. So is the id that the record has for an item.

    Mend: correct the record when the product is right, or the product when the record is.
    """
    told = set[tuple[str, str]]()
    for problem in standing(fleet, "facts", _facts):
        if (problem.client, problem.about) not in told:
            told.add((problem.client, problem.about))
            yield problem


def _facts(thing: Thing, fleet: Fleet) -> Iterator[Problem]:
    record = thing.owner.record
    if record is None or not thing.documented:
        return
    yield from _other_id(thing, record)
    for row in thing.rows:
        job = _job(thing, row) if row.facts else None
        if job is not None and row.facts:
            for keys, words in _contradictions(record, job, row.facts):
                yield _told(record, job, row, keys, words)


def _told(record: Record, job: Job, row: Seen, keys: tuple[str, ...], words: str) -> Problem:
    return Problem(
        record.document.place(job.at(*keys)),
        f"{job.name}: {words}",
        "correct the record when the product is right, or the product when the record is",
        ((row.place, "as the product has it"),),
        client=record.slug,
        about=f"{'.'.join(map(str, job.at(*keys)))} {job.name}",
    )


def _other_id(thing: Thing, record: Record) -> Iterator[Problem]:
    """An item that was found by its name, and has another id in the record than in the product."""
    target, key = thing.target, thing.first.key
    if target is None or not key or thing.way not in ("name", "host") or not isinstance(target.entry, Item):
        return
    for system, value in target.entry.external_ids.items():
        if system.casefold() in systems(thing.feed) and value != key:
            yield Problem(
                place(target, "external_ids", system),
                f"the id of {target.words} is {value} in the record, and {key} in {thing.feed.id}",
                "write the new id when it is the same machine; else it is another one of the same name",
                ((thing.first.place, "as the product has it"),),
                client=record.slug,
                about=f"{target.setup.id} {target.entry.key} {system}",
            )


def _job(thing: Thing, row: Seen) -> Job | None:
    """The job of the record that a row is about: the one it names, or the only one that protects the item."""
    target = thing.target
    assert target is not None
    if not isinstance(target.entry, Item):
        return target.entry if isinstance(target.entry, Job) else None
    named = [job for job in target.setup.jobs if row.job and folded(job.name) == folded(row.job)]
    if named or row.job:
        return named[0] if len(named) == 1 else None
    own = [job for job in target.setup.jobs if target.entry.key in job.items]
    return own[0] if len(own) == 1 else None


def _contradictions(record: Record, job: Job, facts: Facts) -> Iterator[Contradiction]:
    if job.doubtful:
        return
    if job.keeps is not None:
        yield from _retention(job.keeps, facts)
    yield from _schedule(job, facts.schedule)
    yield from _encryption(record, job, facts.encrypted)


def _retention(keeps: Keeps, facts: Facts) -> Iterator[Contradiction]:
    counts = keeps.counts
    for unit in LONG:
        there = getattr(facts, unit)
        if there is not None and there != counts.get(unit, 0):
            said = f"{counts[unit]} {unit}" if unit in counts else f"no {unit}"
            yield ("keeps",), f"the record keeps {said} points, the product {there}"
    if facts.points is not None:
        said_points = {counts[unit] for unit in POINTS if unit in counts}
        if said_points and facts.points not in said_points:
            yield ("keeps",), f"the record keeps {_numbers(said_points)} restore points, the product {facts.points}"
    if facts.retention_days is not None:
        said_days = {counts[unit] for unit in DAYS if unit in counts}
        said_days |= {days for days in (retention_days(counts) if counts else None,) if days is not None}
        if said_days and facts.retention_days not in said_days:
            yield ("keeps",), f"the record keeps {_numbers(said_days)} days, the product {facts.retention_days}"


def _numbers(found: set[int]) -> str:
    return " or ".join(str(one) for one in sorted(found))


def _schedule(job: Job, there: str) -> Iterator[Contradiction]:
    """Only where the product's words are a schedule of ours: everything else would be guessed."""
    if job.schedule is None or not there:
        return
    try:
        mine, theirs = schedule(job.schedule), schedule(there)
    except GrammarError:
        return
    if mine != theirs:
        yield ("schedule",), f"the record runs it {schedule_text(mine)}, the product {schedule_text(theirs)}"


def _encryption(record: Record, job: Job, there: bool | None) -> Iterator[Contradiction]:
    copy = next((one for one in record.client.copies if one.id == job.to), None)
    if there is None or copy is None or copy.doubtful:
        return
    if there and copy.encryption is None:
        yield ("to",), f"the product encrypts it, and the copy {copy.id} says nothing of a key"
    elif not there and copy.encryption is not None:
        yield ("to",), f"the copy {copy.id} is said to be encrypted, and the product does not encrypt it"


@rule("INV011", "unprotected-volume", Severity.WARNING, subject="policy", of_clients=True, profile="standard")
def unprotected_volume(fleet: Fleet) -> Iterator[Problem]:
    """A volume that a product leaves out is named under `unprotected`, with who agreed to that.

    Drive D was left out on a busy afternoon two years ago, and everybody believes that the whole server is in the
    backup. An entry names the item and the volume: `NB-XRAY01 D:`; or the volume alone, for all items of the set-up.

    Mend: protect it, or write it under unprotected with the reason and who of the client agreed.
    """
    yield from standing(fleet, "volumes", _left_out)


def _left_out(thing: Thing, fleet: Fleet) -> Iterator[Problem]:
    record, target = thing.owner.record, thing.target
    if record is None or target is None or thing.ambiguous or not isinstance(target.entry, Item):
        return
    for row in thing.rows if target.is_group or not thing.unprotected else ():
        yield from _volumes(record, target, row)


def _volumes(record: Record, target: Target, row: Seen) -> Iterator[Problem]:
    for volume in dict.fromkeys(row.facts.unprotected if row.facts else ()):
        if not any(_names(one.item, volume, target, row) for one in target.setup.unprotected):
            name = row.name or target.words
            what, entry = (name, name) if volume == name else (f"{volume} of {name}", f"{name} {volume}")
            yield Problem(
                row.place,
                f"the product leaves out {what}, and the record does not",
                f"protect it, or write it under unprotected of {target.setup.id}: {entry}",
                ((_unprotected(record, target.setup), "what is known not to be protected"),),
                client=record.slug,
                about=f"{target.setup.id} {target.words} {name} {volume}",
            )


def _unprotected(record: Record, setup: Setup) -> Place:
    return record.document.place(setup.at("unprotected") if setup.unprotected else setup.at("id"))


def _names(words: str, volume: str, target: Target, row: Seen) -> bool:
    """Whether an entry names a volume: alone, or beside a name of the item."""
    said, wanted = _plain(words), _plain(volume)
    if said == wanted:
        return True
    assert isinstance(target.entry, Item)
    known = {_plain(name) for name in (row.name, target.entry.name, target.entry.key) if name}
    known |= {name.partition(".")[0] for name in known}
    return any(said in (f"{name} {wanted}".strip(), f"{wanted} {name}".strip()) for name in known if name)


def _plain(words: str) -> str:
    """Words as they are compared: without what stands between a drive and its letter, and without small words."""
    return " ".join(SMALL.sub(" ", folded(words)).split())
