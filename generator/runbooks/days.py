"""Arithmetic with days of the calendar, never past its end."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


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
