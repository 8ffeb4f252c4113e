"""Arithmetic with days of the calendar, never past its end."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Final

_YEAR_FIRST: Final = re.compile(r"(?P<y>[0-9]{4})(?P<gap>[-/. ])(?P<m>[0-9]{1,2})(?P=gap)(?P<d>[0-9]{1,2})\.?")
_YEAR_LAST: Final = re.compile(r"(?P<a>[0-9]{1,2})(?P<gap>[-/.])(?P<b>[0-9]{1,2})(?P=gap)(?P<y>[0-9]{4})")
_IN_WORDS: Final = re.compile(
    r"(?P<d>[0-9]{1,2})(?:st|nd|rd|th|\.)?[ -](?P<m>[A-Za-z]{3,9})\.?,?[ -](?P<y>[0-9]{4})"
    r"|(?P<mm>[A-Za-z]{3,9})\.?[ ](?P<dd>[0-9]{1,2})(?:st|nd|rd|th)?,?[ ](?P<yy>[0-9]{4})"
)
_NAMES: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip


class NotADay(ValueError):
    """A text that is no day as records write it."""


def meant(text: str) -> date | None:
    """The day that a text written some other way can only mean; None where it could be two days, or none.

    The day comes before the month in one country and after it in another: 13/02/2026 is one day, 01/02/2026 is not.
    """
    words = text.strip()
    if found := _YEAR_FIRST.fullmatch(words):
        return _day(found["y"], int(found["m"]), found["d"])
    if found := _YEAR_LAST.fullmatch(words):
        sure = _readings(found)
        return sure[0] if len(sure) == 1 else None
    if found := _IN_WORDS.fullmatch(words):
        name = (found["m"] or found["mm"]).lower()
        month = next((number for number, one in enumerate(_NAMES, 1) if name in (one, one[:3])), 0)
        month = month or (9 if name == "sept" else 0)
        return _day(found["y"] or found["yy"], month, found["d"] or found["dd"])
    return None


def either(text: str) -> tuple[date, ...]:
    """The two days that a text could mean, the one that writes the day first before the other; else none."""
    found = _YEAR_LAST.fullmatch(text.strip())
    both = _readings(found) if found else ()
    return both if len(both) == 2 else ()


def _readings(found: re.Match[str]) -> tuple[date, ...]:
    """The days that a text with the year at its end can mean."""
    day_first, month_first = (_day(found["y"], int(found[m]), found[d]) for d, m in ("ab", "ba"))
    return tuple(day for day in dict.fromkeys((day_first, month_first)) if day is not None)


def _day(year: str, month: int, day: str) -> date | None:
    try:
        return date(int(year), month, int(day))
    except ValueError:
        return None


def later(day: date, count: int) -> date:
    """The day so many days later, or earlier for a negative count; the calendar's first or last where there is none."""
    try:
        return day + timedelta(days=count)
    except OverflowError:
        return date.max if count > 0 else date.min


def through(day: date, window: str) -> date:
    """The last day of a length of the calendar that begins on a day: `12 months` from 3 May is through 3 May."""
    count, unit = window.split()
    if unit.startswith("day"):
        return later(day, int(count))
    months = day.month - 1 + int(count) * (12 if unit.startswith("year") else 1)
    year, month = day.year + months // 12, months % 12 + 1
    if year > date.max.year:
        return date.max
    return date(year, month, min(day.day, monthrange(year, month)[1]))
