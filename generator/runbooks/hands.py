"""Work for as many processes as the machine has cores: a part for each, and for who has done with it some of another's.

Numbers side by side are alike to whoever puts them so, and what a process remembers of one serves it for the next.

What the others made is taken between two turns here, not at the end while they rest. They write it to memory: a pipe
would hold them up until somebody reads, and threads that read would hold up this process.
"""

from __future__ import annotations

import mmap
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, MutableSequence, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, Final, Generic, TypeVar, cast

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess
    from multiprocessing.synchronize import Lock

T = TypeVar("T")

PATIENCE: Final = 1.0
"""Seconds that a process waits for others before it looks whether they are still there."""


@dataclass(frozen=True)
class Work(Generic[T]):
    """What there is to do for each number, and how a result comes from another process.

    `do` gives the result, `sent` what is sent of it, `taken` the result again. `ended` is called in every other process
    when nothing is left for it, and `told` here with how many numbers are done.
    """

    do: Callable[[int], T]
    sent: Callable[[T], bytes]
    taken: Callable[[int, bytes], T]
    step: int = 5
    """How many numbers a process takes at a time."""
    ended: Callable[[], None] = lambda: None
    told: Callable[[int], None] = lambda _: None


def done(count: int, work: Work[T], *, few: int) -> Iterator[T]:
    """The results in order. Fewer than `few` are made by this process alone: making another costs some time too.

    Raises:
        RuntimeError: when another process ended before its time.
    """
    hands = at_hand() if count >= few else 1
    if hands > 1:
        yield from _side_by_side(count, work, hands)
        return
    for number in range(count):
        yield work.do(number)
        work.told(number + 1)


def aside(do: Callable[[], bytes]) -> Callable[[], bytes]:
    """Work that another process does from now on, if one is at hand; what waits for its result, once.

    RuntimeError from there, when that process ended before its time.
    """
    if at_hand() < 2:
        return do
    import multiprocessing

    desk = os.memfd_create("runbooks")
    other = multiprocessing.get_context("fork").Process(target=_lay_down, args=(desk, do), daemon=True)
    other.start()

    def result() -> bytes:
        _join(other, [other])
        with os.fdopen(desk, "rb") as file:
            file.seek(0)
            return file.read()

    return result


def _lay_down(desk: int, do: Callable[[], bytes]) -> None:
    with os.fdopen(desk, "wb") as file:
        file.write(do())


def at_hand() -> int:
    """How many processes may work: one where a process cannot be forked, or where threads run beside this one."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0))


def _side_by_side(count: int, work: Work[T], hands: int) -> Iterator[T]:
    import multiprocessing

    context = multiprocessing.get_context("fork")
    parts, made = _Parts(_shared(_edges(count, hands)), context.Lock()), dict[int, T]()
    desks = [_Desk(os.memfd_create("runbooks")) for _ in range(hands - 1)]
    # Should this process end early, it waits for none of them.
    others = [
        context.Process(target=_at, args=(desk, work, parts, mine), daemon=True) for mine, desk in enumerate(desks, 1)
    ]
    for other in others:
        other.start()
    for number in _numbers(parts, 0, work.step, others):
        made[number] = work.do(number)
        if not number % work.step:
            made.update(_taken(desks, work))
            work.told(len(made))
    for other in others:
        _join(other, others)
    made.update(_taken(desks, work))
    work.told(len(made))
    for desk in desks:
        os.close(desk.file)
    yield from (made.pop(number) for number in range(count))


@dataclass(slots=True)
class _Desk:
    """Where another process lays down what it did: a file in memory, and how much of it has been taken."""

    file: int
    taken: int = 0


_HEAD = Struct("<QQ")
"""Before each result: its number, and its length in bytes."""


def _at(desk: _Desk, work: Work[T], parts: _Parts, mine: int) -> None:
    """What another process does."""
    with os.fdopen(desk.file, "wb", buffering=0) as file:
        for number in _numbers(parts, mine, work.step):
            packed = work.sent(work.do(number))
            file.write(_HEAD.pack(number, len(packed)) + packed)
        work.ended()


def _taken(desks: Iterable[_Desk], work: Work[T]) -> Iterator[tuple[int, T]]:
    """What lies on the desks, whole, and has not been taken, by its numbers."""
    for desk in desks:
        size = os.fstat(desk.file).st_size
        while desk.taken + _HEAD.size <= size:
            number, length = _HEAD.unpack(os.pread(desk.file, _HEAD.size, desk.taken))
            begun = desk.taken + _HEAD.size
            if begun + length > size:
                break
            desk.taken = begun + length
            yield number, work.taken(number, os.pread(desk.file, length, begun))


def _join(one: BaseProcess, others: Iterable[BaseProcess]) -> None:
    """Wait for a process; not for ever, as one that was killed may hold what this one waits for."""
    while one.is_alive():
        one.join(PATIENCE)
        _look_after(others)
    _look_after([one])


def _look_after(others: Iterable[BaseProcess]) -> None:
    for other in others:
        if other.exitcode:
            raise RuntimeError(f"a process that works beside this one ended with {other.exitcode}")


@dataclass(frozen=True, slots=True)
class _Parts:
    """Where the part of each process begins and ends, as all of them see it, and who may change that."""

    edges: MutableSequence[int]
    lock: Lock


def _edges(count: int, hands: int) -> list[int]:
    """Where the part of each process begins, and where it ends."""
    return [count * edge // hands for mine in range(hands) for edge in (mine, mine + 1)]


def _shared(numbers: Sequence[int]) -> MutableSequence[int]:
    """Numbers in memory that processes share which are forked later."""
    held = memoryview(mmap.mmap(-1, 8 * len(numbers))).cast("q")
    for at, number in enumerate(numbers):
        held[at] = number
    return cast("MutableSequence[int]", held)


def _numbers(parts: _Parts, mine: int, step: int, others: Sequence[BaseProcess] = ()) -> Iterator[int]:
    """The numbers that this process is to do: some more whenever it has done with those before.

    `others` are those that could be killed while they take theirs, and would never let go of the parts.
    """
    while True:
        while not parts.lock.acquire(timeout=PATIENCE):
            _look_after(others)
        try:
            some = _some(parts.edges, mine, step)
        finally:
            parts.lock.release()
        if not some:
            return
        yield from some


def _some(edges: MutableSequence[int], mine: int, step: int) -> range:
    """The next numbers of the own part; when it is done, the last ones of the part of which most is left."""
    begin, end = edges[2 * mine], edges[2 * mine + 1]
    if begin < end:
        edges[2 * mine] = min(begin + step, end)
        return range(begin, edges[2 * mine])
    most = max(range(0, len(edges), 2), key=lambda at: edges[at + 1] - edges[at])
    begin, end = edges[most], edges[most + 1]
    edges[most + 1] = max(begin, end - step)
    return range(edges[most + 1], end)
