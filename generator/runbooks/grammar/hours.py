"""Business hours: `weekdays 08:00-18:00, Saturday 09:00-12:00`, and how many of them lie in a stretch of time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from runbooks.grammar.patterns import SPACE, WEEKDAYS
from runbooks.grammar.schedules import DAY, WEEK, named_days

CLOCK: Final = "(?:[01]?[0-9]|2[0-4]):[0-5][0-9]"
ALWAYS: Final = r"(?i)\s*(?:always|24/7|around the clock)\s*"
# Made into a pattern when a text is read for the first time: most runs of the program read none.
PART: Final = (
    rf"{SPACE}(?P<days>{WEEKDAYS}|(?i:daily|every{SPACE}day)){SPACE}:?{SPACE}"
    rf"(?P<times>{CLOCK}{SPACE}[-–]{SPACE}{CLOCK}(?:{SPACE}(?:,|(?i:and)){SPACE}{CLOCK}{SPACE}[-–]{SPACE}{CLOCK})*)"
    rf"{SPACE}(?:[,;]|$|(?i:and)\b)"
)


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a week in which somebody works: minutes from Monday 00:00, ascending, none touching the next."""

    spans: tuple[tuple[int, int], ...]

    def within(self, start: int, length: int) -> int:
        """How many working minutes lie in so many minutes from a minute after some Monday 00:00."""
        return self._until(start + length) - self._until(start)

    def _until(self, minute: int) -> int:
        weeks, rest = divmod(minute, WEEK)
        whole = sum(end - start for start, end in self.spans)
        return weeks * whole + sum(min(max(rest - start, 0), end - start) for start, end in self.spans)


WEEKDAY_HOURS: Final = Hours(((0, 5 * DAY),))
"""Monday to Friday, the whole day: what counts where the text of business hours cannot be read."""


@lru_cache(maxsize=1024)
def business_hours(text: str) -> Hours | None:
    """The hours that a text states: days and times, several with a comma between; None for any other wording."""
    if re.fullmatch(ALWAYS, text):
        return Hours(((0, WEEK),))
    spans, position, one = list[tuple[int, int]](), 0, re.compile(PART)
    while position < len(text):
        part = one.match(text, position)
        if part is None:
            return None
        spans.extend(_spans(part["days"], part["times"]))
        position = part.end()
    return Hours(tuple(_joined(spans))) if spans else None


def _spans(days: str, times: str) -> Iterator[tuple[int, int]]:
    """The spans of one part, none over the end of the week. An end not after its start lies on the next day."""
    clocks = [int(hour) * 60 + int(minute) for hour, minute in re.findall("([0-9]+):([0-9]+)", times)]
    whole_week = days.lower().startswith(("daily", "every"))
    for day in range(7) if whole_week else named_days(days, name_all=True):
        for start, end in zip(clocks[::2], clocks[1::2], strict=True):
            begins, ends = day * DAY + start, day * DAY + (end if end > start else end + DAY)
            yield begins, min(ends, WEEK)
            if ends > WEEK:
                yield 0, ends - WEEK


def _joined(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans in order, those that overlap or touch as one."""
    points = sorted({point for span in spans for point in span})
    begins = None
    for start, end in pairwise(points):
        inside = any(first <= start and end <= last for first, last in spans)
        if inside and begins is None:
            begins = start
        if begins is not None and not any(first <= end < last for first, last in spans):
            yield begins, end
            begins = None
