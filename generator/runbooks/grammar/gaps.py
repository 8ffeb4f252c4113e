"""How much working time passes between two runs of a schedule, where only business hours count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from runbooks.grammar.hours import Hours
from runbooks.grammar.schedules import DAY, WEEK, Schedule, monthly_runs


@lru_cache(maxsize=4096)
def longest_working_gap(stated: Schedule, hours: Hours) -> timedelta | None:
    """The most working time from one run to the next; None where the schedule does not say when it runs.

    Without a window the phase of an interval is not known, so the worst is taken, as `Schedule.longest_gap` does.
    """
    if stated.kind == "continuous":
        return timedelta(0)
    return timedelta(minutes=max(found)) if (found := list(_gaps(stated, hours))) else None


def _gaps(stated: Schedule, hours: Hours) -> Iterator[int]:
    if stated.kind == "monthly":
        monday = datetime(2001, 1, 1)  # noqa: DTZ001 - the wall clock, like every schedule
        runs = [(run - monday) // timedelta(minutes=1) for run in monthly_runs(stated.month_days, stated.times)]
        yield from (hours.within(before, after - before) for before, after in pairwise(runs))
    elif around := stated.week_runs:
        steps = pairwise([*around, around[0] + WEEK])
        yield from (hours.within(before, after - before) for before, after in steps)
    elif stated.interval:
        yield from _any_phase(stated.days or tuple(range(7)), stated.interval // timedelta(minutes=1), hours)


def _any_phase(days: tuple[int, ...], interval: int, hours: Hours) -> Iterator[int]:
    """For runs in a rhythm that goes on over the chosen days as if no others lay between.

    Minutes of the chosen days alone are counted here, and turned into minutes of real weeks. The most is found where a
    run falls on the beginning or end of a day or of business hours, so only these are tried; at midnight just before
    it too, where the days left out come after the run.
    """
    edges = {edge - day * DAY for span in hours.spans for edge in span for day in days if 0 <= edge - day * DAY <= DAY}
    marks = {index * DAY + edge for index in range(len(days)) for edge in {0, *edges}}
    for start in {*marks, *(mark - interval for mark in marks)}:
        for shift in (0, 1):
            before, after = (_real(run - shift, days) + shift for run in (start, start + interval))
            yield hours.within(before, after - before)


def _real(minute: int, days: tuple[int, ...]) -> int:
    """The minute of the real weeks that a minute of the chosen days falls on."""
    weeks, rest = divmod(minute, len(days) * DAY)
    index, clock = divmod(rest, DAY)
    return weeks * WEEK + days[index] * DAY + clock
