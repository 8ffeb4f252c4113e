"""Schedules: `daily at 22:00`, `every 1h 07:00-19:00 on weekdays`, and the longest time between two runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final

from runbooks.grammar import guesses
from runbooks.grammar.durations import counted_minutes, duration_text
from runbooks.grammar.messages import GrammarError, joined, quoted
from runbooks.grammar.patterns import MINUTES, SCHEDULE_FORMS, SCHEDULE_PATTERN, Kind

EXAMPLES: Final[dict[Kind, str]] = {
    "every": "every 1h 07:00-19:00 on weekdays",
    "daily": "daily at 22:00",
    "weekly": "weekly on Saturday at 06:00",
    "monthly": "monthly on last Sunday at 03:00",
    "after": "after NB-Servers-Daily",
    "when_connected": "when connected",
    "by_vendor": "by vendor",
    "continuous": "continuous",
}
"""A schedule of each kind."""

WEEKDAY_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
GROUPS: Final = {"weekdays": (0, 1, 2, 3, 4), "weekends": (5, 6)}
ORDINALS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
DAY: Final = MINUTES["d"]
WEEK: Final = MINUTES["w"]


@dataclass(frozen=True, slots=True)
class MonthDay:
    """The 1st to 31st of a month or -1 for its last day; with `weekday` (0 is Monday) the 1st to 4th or last such."""

    number: int
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a job runs, on the wall clock of its site. Only what the kind uses is set.

    `window` holds the first and last time at which a run may start, both included; an end not after the start lies on
    the next day, and the window belongs to the day it starts on. `days` (0 is Monday) is empty for every day.
    """

    kind: Kind
    interval: timedelta | None = None
    window: tuple[time, time] | None = None
    times: tuple[time, ...] = ()
    days: tuple[int, ...] = ()
    month_days: tuple[MonthDay, ...] = ()
    after_job: str | None = None

    def longest_gap(self) -> timedelta | None:
        """The largest time from one run to the next; None where the text does not say.

        A run on a day that a month lacks is skipped. Without a window the phase of an interval is not known, so on
        chosen days the worst is taken.
        """
        match self.kind:
            case "continuous":
                return timedelta(0)
            case "monthly":
                runs = monthly_runs(self.month_days, self.times)
                return max(after - before for before, after in pairwise(runs))
            case "daily" | "weekly":
                return timedelta(minutes=_largest_step(self.week_runs))
            case "every" if self.window:
                return timedelta(minutes=_largest_step(self.week_runs))
            case "every" if self.interval:
                off = _largest_step(day * DAY for day in self.days) - DAY if self.days else 0
                return self.interval + timedelta(minutes=off)
            case _:
                return None

    @property
    def week_runs(self) -> tuple[int, ...]:
        """The minutes of the week, from Monday 00:00 and ascending, at which runs start.

        Nothing where the text names no times: an interval without a window, and kinds that do not go by the week.
        """
        starts: Iterable[int] = (_minutes(at) for at in self.times) if self.kind in ("daily", "weekly") else ()
        if self.interval and self.window:
            start, end = (_minutes(at) for at in self.window)
            until = end if end > start else end + DAY
            starts = range(start, until + 1, _whole_minutes(self.interval))
        minutes = list(starts)
        return tuple(sorted({(day * DAY + start) % WEEK for day in self.days or range(7) for start in minutes}))


@lru_cache(maxsize=4096)
def schedule(text: str) -> Schedule:
    """The schedule that a text states, in any case and with extra spaces; GrammarError for anything else."""
    for kind, form in SCHEDULE_FORMS:
        if found := re.search(form, text):
            return _read(kind, found.groupdict())
    raise GrammarError(_refused(text))


def schedule_text(stated: Schedule) -> str:
    """The canonical wording; reading it gives an equal schedule."""
    times, on = joined(_clock(at) for at in stated.times), _days_text(stated.days)
    match stated.kind:
        case "every":
            window = "-".join(_clock(at) for at in stated.window or ())
            interval = duration_text(stated.interval or timedelta(0))
            return " ".join(filter(None, ("every", interval, window, on and f"on {on}")))
        case "daily":
            return f"daily at {times} on {on}" if on else f"daily at {times}"
        case "weekly":
            return f"weekly on {on} at {times}"
        case "monthly":
            return f"monthly on {joined(_month_day_text(day) for day in stated.month_days)} at {times}"
        case "after":
            return f"after {stated.after_job}"
        case "when_connected" | "by_vendor" | "continuous":
            return EXAMPLES[stated.kind]


# Reading.


def _read(kind: Kind, part: dict[str, str | None]) -> Schedule:
    """The schedule of a text that has the form of its kind."""
    interval, window, days = part.get("interval"), part.get("window"), part.get("days")
    start_and_end = tuple(_times(window or ""))
    return Schedule(
        kind,
        interval=timedelta(minutes=counted_minutes(interval)) if interval else None,
        window=(start_and_end[0], start_and_end[1]) if start_and_end else None,
        times=tuple(sorted(set(_times(part.get("times") or "")))),
        days=named_days(days or "", name_all=kind == "weekly"),
        month_days=_month_days(part.get("month_days") or ""),
        after_job=part.get("job"),
    )


def _times(text: str) -> Iterator[time]:
    for hour, minute in re.findall("([0-9]+):([0-9]+)", text):
        yield time(int(hour), int(minute))


def named_days(text: str, *, name_all: bool) -> tuple[int, ...]:
    """The days named, Monday first. All seven are left out where no days means every day."""
    days: set[int] = set()
    for name, until in re.findall(r"\b(?!and\b)([a-z]+)(?:\s*-\s*([a-z]+))?", text.lower()):
        if name in GROUPS:
            days.update(GROUPS[name])
        else:
            steps = (_weekday(until or name) - _weekday(name)) % 7
            days.update((_weekday(name) + step) % 7 for step in range(steps + 1))
    return tuple(sorted(days)) if name_all or len(days) < 7 else ()


def _month_days(text: str) -> tuple[MonthDay, ...]:
    """The days of the month named: dates first, then weekdays, the last after the others."""
    days = set()
    for number, ordinal, name in re.findall(r"([0-9]+)|(first|second|third|fourth|last)\s+([a-z]+)", text.lower()):
        if number:
            days.add(MonthDay(int(number)))
        else:
            days.add(MonthDay(ORDINALS[ordinal], None if name == "day" else _weekday(name)))
    return tuple(sorted(days, key=lambda day: (day.weekday is not None, day.number % 100, day.weekday or 0)))


def _weekday(name: str) -> int:
    return next(number for number, day in enumerate(WEEKDAY_NAMES) if day.lower().startswith(name[:3]))


# Computing.


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _whole_minutes(length: timedelta) -> int:
    return length // timedelta(minutes=1)


def _largest_step(minutes: Iterable[int]) -> int:
    """The largest distance from one minute of the week to the next."""
    around = sorted({minute % WEEK for minute in minutes})
    return max(after - before for before, after in pairwise([*around, around[0] + WEEK]))


@cache
def monthly_runs(days: tuple[MonthDay, ...], times: tuple[time, ...]) -> tuple[datetime, ...]:
    """The runs of 28 years from 1 January 2001, a Monday; then weekdays and leap years come round."""
    months = ((year, month) for year in range(2001, 2029) for month in range(1, 13))
    return tuple(
        sorted({datetime.combine(day, at) for month in months for day in _dates(*month, days) for at in times})
    )


def _dates(year: int, month: int, days: tuple[MonthDay, ...]) -> Iterator[date]:
    """The dates that the days of a month fall on; what the month lacks is left out."""
    first = date(year, month, 1)
    whole = [first + timedelta(days=step) for step in range(31)]
    for day in days:
        fitting = [one for one in whole if one.month == month and day.weekday in (None, one.weekday())]
        if day.number <= len(fitting):
            yield fitting[day.number - 1 if day.number > 0 else -1]


# Writing.


def _clock(at: time) -> str:
    return at.strftime("%H:%M")


def _days_text(days: tuple[int, ...]) -> str:
    named = next((name for name, group in GROUPS.items() if group == days), "")
    return named or joined(WEEKDAY_NAMES[day] for day in days)


def _month_day_text(day: MonthDay) -> str:
    ordinal = next((word for word, number in ORDINALS.items() if number == day.number), "")
    if day.weekday is not None:
        return f"{ordinal} {WEEKDAY_NAMES[day.weekday]}"
    return "last day" if day.number == -1 else str(day.number)


def _refused(text: str) -> str:
    reason = guesses.schedule_reason(text)
    problem = f"{quoted(text)} is not a schedule{guesses.odd_character(text)}{reason and f': {reason}'}"
    guess = guesses.schedule(text)
    if re.search(SCHEDULE_PATTERN, guess):
        return f"{problem}; did you mean {quoted(schedule_text(schedule(guess)))}?"
    kind = guesses.kind(text)
    examples = [EXAMPLES[kind]] if kind else EXAMPLES.values()
    return f"{problem}; for example {joined((quoted(example) for example in examples), 'or')}"
