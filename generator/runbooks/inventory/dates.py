"""Dates as exports have them, with their zone. What has none, or can be read in two ways, is said and not guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from enum import Enum
from typing import Final, TypeAlias

from runbooks.inventory.feeds import ORDERS


class Flaw(Enum):
    """Why a date could not be read."""

    STRANGE = "it cannot be read"
    ORDER = "day and month could be either way round"
    ZONE = "it has no time zone"


Read: TypeAlias = datetime | Flaw | None
"""A moment, which is aware unless it was asked for as a day; why there is none; or nothing, where none is meant."""

NEVER: Final = frozenset({"", "-", "--", "0", "never", "n/a", "na", "none", "null", "no backup", "not yet"})
"""How exports write that there is no date."""
FIRST_YEAR: Final = 1971
"""Years before it are how programs write that there is none: 0001, 1899, 1900, 1970."""
LONGEST: Final = 80
"""No date has as many characters."""
MILLISECONDS: Final = 100_000_000_000
"""A count since 1970 from here on is in milliseconds: as seconds it would be the year 5138."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_TIME = r"(?:(?:,? +|T)(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?: *([AaPp])\.?[Mm]\.?)?)?"
_ZONE = r" *(Z|UTC|GMT|[+-]\d\d:?\d\d)?"
_SLASHED = re.compile(rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}){_TIME}{_ZONE}", re.ASCII)
_ISO = re.compile(
    rf"(\d{{4}})([-/.])(\d\d?)\2(\d\d?){_TIME}{_ZONE}|(\d{{4}})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?(Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_NAMED = re.compile(
    rf"(?:[A-Za-z]{{3,9}},? )?(\d{{1,2}})[ -]([A-Za-z]{{3,9}})\.?,?[ -](\d{{4}}){_TIME}{_ZONE}", re.ASCII
)
_NAME_FIRST = re.compile(
    rf"(?:[A-Za-z]{{3,9}},? )?([A-Za-z]{{3,9}})\.? (\d{{1,2}}),? (\d{{4}}){_TIME}{_ZONE}", re.ASCII
)
_POWERSHELL = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/", re.ASCII)
_COUNT = re.compile(r"-?\d{1,14}(?:\.\d{1,9})?", re.ASCII)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip


def moments(style: str, zone: tzinfo | None) -> Callable[[object], Read]:
    """What reads a cell as a moment. `style` is how dates are written, "" when nobody said; `zone` is whose clock."""

    def read(value: object) -> Read:
        found = written(value, style)
        if not isinstance(found, datetime):
            return found
        if found.tzinfo is None:
            if zone is None:
                return Flaw.ZONE
            found = found.replace(tzinfo=zone)
        try:
            # Of an hour that comes twice when the clocks go back, the first: never younger than it is.
            return found.astimezone(UTC)
        except OverflowError:
            return Flaw.STRANGE

    return read


def days(style: str) -> Callable[[object], date | Flaw | None]:
    """What reads a cell as a day of the calendar: the day that is written, whatever the zone."""

    def read(value: object) -> date | Flaw | None:
        found = written(value, style)
        return found.date() if isinstance(found, datetime) else found

    return read


def written(value: object, style: str) -> Read:
    """A cell as the date that is written there, with the zone that is written there."""
    if value is None or value is False:
        return None
    if value is True or not isinstance(value, str | int | float):
        return Flaw.STRANGE
    words = value.strip()[:LONGEST] if isinstance(value, str) else repr(value)
    if words.casefold() in NEVER:
        return None
    try:
        found = _patterned(words, style) if style and style not in ORDERS else _known(words, style)
    except (ValueError, OverflowError):
        return Flaw.STRANGE
    return None if isinstance(found, datetime) and found.year < FIRST_YEAR else found


def _patterned(words: str, pattern: str) -> datetime:
    return datetime.strptime(words, pattern)  # noqa: DTZ007 - the zone of the feed comes later


def _known(words: str, style: str) -> Read:
    if words[4:5] == "-" == words[7:8]:
        try:
            return datetime.fromisoformat(words)  # the most frequent form, at a third of the time
        except ValueError:
            pass
    if found := _ISO.fullmatch(words):
        return _iso(found)
    if found := _POWERSHELL.fullmatch(words):
        return _counted(int(found[1]) / 1000)
    if _COUNT.fullmatch(words):
        return _counted(float(words)) if style == "unix" else Flaw.STRANGE
    if found := _SLASHED.fullmatch(words):
        return _slashed(found, style)
    if found := _NAMED.fullmatch(words):
        return _named(found, found[1], found[2])
    if found := _NAME_FIRST.fullmatch(words):
        return _named(found, found[2], found[1])
    return Flaw.STRANGE


def _iso(found: re.Match[str]) -> datetime:
    if found[1]:
        year, month, day, rest = found[1], found[3], found[4], found.groups()[4:9]
    else:
        year, month, day, hour, minute, second, zone = found.groups()[9:16]
        rest = (hour, minute, second, None, zone)
    return _made(int(year), int(month), int(day), rest)


def _slashed(found: re.Match[str], style: str) -> Read:
    first, second = int(found[1]), int(found[3])
    if style == "day_first":
        day, month = first, second
    elif style == "month_first":
        day, month = second, first
    elif style:
        return Flaw.STRANGE
    elif first > 12 or first == second:
        day, month = first, second
    elif second > 12:
        day, month = second, first
    else:
        return Flaw.ORDER
    return _made(int(found[4]), month, day, found.groups()[4:9])


def _named(found: re.Match[str], day: str, name: str) -> Read:
    lower = name.lower()
    month = _MONTHS.index(lower[:3]) + 1 if lower[:3] in _MONTHS else 0
    if not month or lower not in (_MONTHS[month - 1], _FULL[month - 1], "sept"):
        return Flaw.STRANGE
    return _made(int(found[3]), month, int(day), found.groups()[3:8])


def _made(year: int, month: int, day: int, rest: tuple[str | None, ...]) -> datetime:
    hour, minute, second, half, zone = rest
    hours = int(hour or 0)
    if half:
        if not 1 <= hours <= 12:
            raise ValueError("no hour of half a day")
        hours = hours % 12 + (12 if half in "Pp" else 0)
    return datetime(year, month, day, hours, int(minute or 0), int(second or 0), tzinfo=_zone(zone))


def _zone(words: str | None) -> tzinfo | None:
    if words is None:
        return None
    if words in ("Z", "UTC", "GMT"):
        return UTC
    hours, minutes = int(words[1:3]), int(words[-2:])
    return timezone((1 if words[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def _counted(count: float) -> datetime | None:
    seconds = count / 1000 if abs(count) >= MILLISECONDS else count
    return EPOCH + timedelta(seconds=int(seconds)) if seconds > 0 else None
