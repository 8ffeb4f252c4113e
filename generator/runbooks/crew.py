"""Reads and checks all records of a site, with what was found before and with as many hands as the machine has."""

from __future__ import annotations

import gc
import os
import pickle
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from struct import Struct
from typing import TYPE_CHECKING, Final

from runbooks import gate, shelf
from runbooks.archive import Checked, is_whole, packed, unpacked
from runbooks.fleet import Fleet
from runbooks.gate import Found
from runbooks.recordfiles import Original, Record, in_order, record_of
from runbooks.shelf import Shelf
from runbooks.source import READER

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess
    from multiprocessing.sharedctypes import Synchronized

MANY: Final = 150
"""How many records are worth a second process: making one costs as much as reading some 30."""

STEP: Final = 5
"""How many records a process takes at a time."""

PATIENCE: Final = 1.0
"""Seconds that a process waits for others before it looks whether they are still there."""


@dataclass(frozen=True)
class Survey:
    """A site that was read, and what was found in each record, by short name."""

    fleet: Fleet
    found: dict[str, Found]


@dataclass
class _Work:
    """One run: what is known from before, what circumstances hold, and what was found."""

    rest: Fleet
    circumstances: bytes
    shelf: Shelf
    found: dict[int, Found] = field(default_factory=dict)
    """By the identity of the record."""

    def read(self, originals: Sequence[Original]) -> list[Record]:
        """Every record, read anew only where it, the policy, the catalogue, the day or the program has changed."""
        around = shelf.digest(self.circumstances, self.rest.as_of.isoformat().encode())
        keys = [key(original) for original in originals]
        known = [self._known(*one) for one in zip(keys, originals, strict=True)]
        fresh = [number for number, one in enumerate(known) if one is None or one.around != around]
        jobs = [(originals[number], _record(known[number]), around) for number in fresh]
        for number, (done, kept) in zip(fresh, _done(jobs, self.rest), strict=True):
            if kept:
                self.shelf.put(keys[number], kept)
            known[number] = done
        self.found = {id(one.record): one.found for one in known if one}
        return [one.record for one in known if one]

    def _known(self, key: bytes, original: Original) -> Checked | None:
        kept = self.shelf.get(key)
        return unpacked(kept, original) if kept else None


def shelf_of(root: Path, name: str = "") -> Shelf:
    """The shelf of a site; one with a name begins with what is on the other."""
    place, own = shelf.folder(), shelf.digest(str(root.resolve()).encode("utf-8", "surrogateescape")).hex()
    program = shelf.digest(shelf.program(), READER.encode())
    if place is None or not name:
        return Shelf(place / f"{own}.sqlite" if place else None, program)
    return Shelf(place / f"{own}-{name}.sqlite", program, place / f"{own}.sqlite")


def survey(rest: Fleet, originals: Sequence[Original], circumstances: bytes, known: Shelf) -> Survey:
    """Read and check the records of a site whose other parts have been read.

    `circumstances` are the bytes of everything but the records and the day that a rule about one record looks at: the
    policy and the catalogue.
    """
    with without_collector():
        work = _Work(rest, circumstances, known)
        records = in_order(work.read(originals))
        found = {record.slug: work.found[id(record)] for record in records if id(record) in work.found}
    return Survey(replace(rest, records=records), found)


def key(original: Original) -> bytes:
    """What a record before it is read is known by."""
    parts = [part for file, raw, why in original.files for part in (_bytes(file), raw, _bytes(why))]
    return shelf.digest(_bytes(original.name), *parts, *(_bytes(one.message) for one in original.problems))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _record(known: Checked | None) -> Record | None:
    return known.record if known else None


_Job = tuple[Original, Record | None, bytes]
_Done = tuple[Checked, bytes]


def _done(jobs: Sequence[_Job], rest: Fleet) -> Iterator[_Done]:
    """Each job's result, and the same as it is kept."""
    hands = _hands()
    if len(jobs) < MANY or hands < 2:
        yield from (_packed(_one(job, rest)) for job in jobs)
        return
    yield from _side_by_side(jobs, rest, hands)


def _side_by_side(jobs: Sequence[_Job], rest: Fleet, hands: int) -> Iterator[_Done]:
    """Each job's result, from this process and others; each takes some more jobs when it has done with those before.

    What the others did is unpacked between two turns here, not at the end while they rest. They write it to memory: a
    pipe would hold them up until somebody reads, and threads that read would hold up this process.
    """
    import multiprocessing

    context = multiprocessing.get_context("fork")
    begun, done = context.Value("q", 0), dict[int, _Done]()
    desks = [_Desk(os.memfd_create("runbooks")) for _ in range(hands - 1)]
    # Should this process end early, it waits for none of them.
    others = [context.Process(target=_work, args=(jobs, rest, begun, desk), daemon=True) for desk in desks]
    for other in others:
        other.start()
    for number in _numbers(begun, len(jobs), others):
        done[number] = _packed(_one(jobs[number], rest))
        if not number % STEP:
            done.update(_taken(desks, jobs))
    for other in others:
        _join(other, others)
    done.update(_taken(desks, jobs))
    for desk in desks:
        os.close(desk.file)
    yield from (done[number] for number in range(len(jobs)))


@dataclass(slots=True)
class _Desk:
    """Where another process lays down what it did: a file in memory, and how much of it has been taken."""

    file: int
    taken: int = 0


_HEAD = Struct("<QQQ")
"""Before each result: the number of its job, its length in bytes, and that of what is not kept of it."""


def _work(jobs: Sequence[_Job], rest: Fleet, begun: Synchronized[int], desk: _Desk) -> None:
    """What another process does."""
    with os.fdopen(desk.file, "wb", buffering=0) as file:
        for number in _numbers(begun, len(jobs)):
            done, kept = _packed(_one(jobs[number], rest))
            # A record that is not kept is not read twice either. Nothing of this reaches the disk.
            whole = b"" if kept and is_whole(done.record) else pickle.dumps(done, protocol=5)
            file.write(_HEAD.pack(number, len(kept), len(whole)) + kept + whole)


def _taken(desks: Iterable[_Desk], jobs: Sequence[_Job]) -> Iterator[tuple[int, _Done]]:
    """What lies on the desks, whole, and has not been taken: the numbers of the jobs with their results."""
    for desk in desks:
        size = os.fstat(desk.file).st_size
        while desk.taken + _HEAD.size <= size:
            number, short, more = _HEAD.unpack(os.pread(desk.file, _HEAD.size, desk.taken))
            begun, length = desk.taken + _HEAD.size, short + more
            if begun + length > size:
                break
            there = os.pread(desk.file, length, begun)
            desk.taken = begun + length
            kept, whole = there[:short], there[short:]
            done: Checked | None = pickle.loads(whole) if whole else unpacked(kept, jobs[number][0])  # noqa: S301 - own
            if done is None:
                raise RuntimeError(f"what another process found in {jobs[number][0].name} cannot be read")
            yield number, (done, kept)


def _join(one: BaseProcess, others: Iterable[BaseProcess]) -> None:
    """Wait for a process; not for ever, as one that was killed may hold what this one waits for."""
    while one.is_alive():
        one.join(PATIENCE)
        _look_after(others)
    _look_after([one])


def _look_after(others: Iterable[BaseProcess]) -> None:
    for other in others:
        if other.exitcode:
            raise RuntimeError(f"a process that reads records ended with {other.exitcode}")


def _numbers(begun: Synchronized[int], stop: int, others: Sequence[BaseProcess] = ()) -> Iterator[int]:
    """The numbers of the jobs that this process is to do: some more whenever it has done with those before.

    `others` are those that could be killed while they take theirs, and would never let go of the count.
    """
    lock = begun.get_lock()
    while True:
        while not lock.acquire(timeout=PATIENCE):
            _look_after(others)
        try:
            first = begun.value
            begun.value = first + STEP
        finally:
            lock.release()
        if first >= stop:
            return
        yield from range(first, min(first + STEP, stop))


def _packed(done: Checked) -> _Done:
    return done, packed(done)


def _one(job: _Job, rest: Fleet) -> Checked:
    original, known, around = job
    record = known or record_of(original)
    return Checked(record, around, gate.record_findings(record, rest))


def _hands() -> int:
    """How many processes may work: one where a process cannot be forked, or where threads run beside this one."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0))


@contextmanager
def without_collector() -> Iterator[None]:
    """Without the collector of reference cycles: it would look through half a million new objects again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was:
            gc.enable()
