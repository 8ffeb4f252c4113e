"""Plans what to write into which file, and proves of the result that every thing is found in its record then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from runbooks.adoption.homes import home
from runbooks.adoption.reasons import Verdict, miscounted, verdict
from runbooks.adoption.rooms import Room
from runbooks.edits import LIMITS, Refused, edited
from runbooks.findings import Place
from runbooks.fleet import Fleet, Record
from runbooks.matching import Thing, matched
from runbooks.recordfiles import Original, record_of

GROUPS = "document what comes in such numbers as groups, with match and expected; or adopt a part, by name"
UNFOUND = "written into the record, it would not be found there without doubt: write it by hand, with its id"


@dataclass(frozen=True, slots=True)
class Left:
    """Something that is not written, and why."""

    thing: Thing
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """A file with its bytes before and after, and what of it is new: each thing with the id of its set-up."""

    record: Record
    file: str
    before: bytes
    after: bytes
    adopted: tuple[tuple[Thing, str], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written, and what is not."""

    changes: tuple[Change, ...]
    left: tuple[Left, ...]


def plan(fleet: Fleet, things: Iterable[Thing]) -> Plan:
    """What to write of some things; nothing is written yet."""
    asked = tuple(things)
    left = [Left(*one) for one in miscounted(fleet, asked)]
    rooms = _rooms(fleet, asked, left)
    changes = list[Change]()
    for slug, theirs in rooms.items():
        try:
            changes += _changed(fleet, fleet.by_slug[slug], theirs)
        except Refused as error:
            remedy = GROUPS if error.code in LIMITS else error.remedy
            words = f"{error.place}: {error.reason.rstrip('.')}" + (f"; {remedy}" if remedy else "")
            left += [Left(thing, Verdict(words)) for room in theirs.values() for thing in room.things]
    return Plan(tuple(_proven(fleet, changes, left)), tuple(left))


def _rooms(fleet: Fleet, asked: Iterable[Thing], left: list[Left]) -> dict[str, dict[str, Room]]:
    """What goes into each set-up of each record; what does not is `left`."""
    rooms: dict[str, dict[str, Room]] = {}
    for thing in asked:
        found, record = verdict(thing, fleet), thing.owner.record
        if found is not None or record is None:
            left.append(Left(thing, found or Verdict("")))
            continue
        where = home(thing, fleet)
        if isinstance(where, str):
            left.append(Left(thing, Verdict(where)))
        else:
            rooms.setdefault(record.slug, {}).setdefault(where.id, Room(where)).take(thing)
    for theirs in rooms.values():
        for room in theirs.values():
            left += [Left(thing, Verdict(words)) for thing, words in room.turn_away()]
    return rooms


def _changed(fleet: Fleet, record: Record, rooms: Mapping[str, Room]) -> Iterator[Change]:
    """The change of a record's file; none where there is nothing to write."""
    edits = [edit for room in rooms.values() for edit in room.edits()]
    if not edits:
        return
    file, raw = _file(record), {name: _bytes(fleet.root, name) for name in record.document.files}
    if _read(record, raw).document.data != record.document.data:
        raise Refused(Place(file), "this record has changed since it was read", "run the command again")
    after = edited(file, raw[file], edits)
    again = _read(record, {**raw, file: after})
    for problem in again.problems:
        raise Refused(Place(file), f"with it the record would have a problem: {problem.message}", "write it by hand")
    adopted = tuple((thing, name) for name, room in rooms.items() for thing in room.things)
    yield Change(again, file, raw[file], after, adopted)


def _file(record: Record) -> str:
    """The file of a record that its set-ups stand in, or would."""
    document = record.document
    if isinstance(document.data, dict) and "setups" in document.data:
        return document.place(("setups",)).file
    if len(document.files) > 1:
        words = "the record is in several files, and none has set-ups: nobody can tell where they belong"
        raise Refused(document.place(()), words, "begin them in one of the files: setups: []")
    return document.files[0]


def _bytes(root: Path, name: str) -> bytes:
    try:
        return (root / name).read_bytes()
    except OSError as error:
        raise Refused(Place(name), f"this file cannot be read: {error.strerror}") from error


def _read(record: Record, raw: Mapping[str, bytes]) -> Record:
    return record_of(Original(record.slug, tuple((name, one, "") for name, one in raw.items())))


def _proven(fleet: Fleet, changes: list[Change], left: list[Left]) -> Iterator[Change]:
    """The changes after which every thing is found that was before, and everything that is new; others are `left`."""
    if not changes:
        return
    slugs = {one.record.slug for one in changes}
    # Of the others nothing has changed, so they are not matched again.
    after = replace(fleet, records=tuple(one.record for one in changes), lasting={})
    found = {_key(thing) for thing in matched(after).things if thing.documented}
    before = (_key(thing) for thing in matched(fleet).things if thing.documented)
    lost = {key[-1] for key in before if key[-1] in slugs and key not in found}
    for one in changes:
        if one.record.slug in lost or any(_key(thing) not in found for thing, _ in one.adopted):
            left += [Left(thing, Verdict(UNFOUND)) for thing, _ in one.adopted]
        else:
            yield one


def _key(thing: Thing) -> tuple[str, str, str, str]:
    kind, word = thing.identity
    return thing.feed.id, kind, word, thing.owner.record.slug if thing.owner.record else ""
