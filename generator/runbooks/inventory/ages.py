"""How old an export is: from a date in its name, or from the newest date in it. The time of the file says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from runbooks.inventory.feeds import Feed

_DAY = re.compile(r"(?<!\d)(20\d\d)([-_.]?)(\d\d)\2(\d\d)(?!\d)", re.ASCII)
_STAMP = re.compile(r"(?<!\d)(20\d\d)()(\d\d)(\d\d)(?=[T_-]?\d{4}(?:\d\d)?(?!\d))", re.ASCII)
_PARTS: Final = {
    "Y": r"\d{4}", "y": r"\d\d", "m": r"\d\d?", "d": r"\d\d?", "H": r"\d\d?", "I": r"\d\d?", "M": r"\d\d", "S": r"\d\d",
    "j": r"\d{1,3}", "b": r"[A-Za-z]{3}", "B": r"[A-Za-z]{3,9}", "p": r"[AaPp][Mm]", "a": r"[A-Za-z]{3}",
    "A": r"[A-Za-z]{6,9}", "f": r"\d{1,6}", "%": "%",
}  # fmt: skip


def made_on(feed: Feed, file: str, newest: datetime | None, zone: ZoneInfo) -> date | None:
    """The day an export was made, None when nothing says it. `file` is its path below inventory/."""
    told = feed.made_on
    if told is None or told.origin == "name":
        found = patterned(file, told.pattern) if told is not None and told.pattern else named(file)
        if found is not None or told is not None:
            return found
    return newest.astimezone(zone).date() if newest is not None else None


def named(file: str) -> date | None:
    """The only day in the name of a file, or in the names of its folders from the nearest up."""
    for part in reversed(file.split("/")):
        found = set(_days(part))
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def patterned(file: str, pattern: str) -> date | None:
    """The only day in a path that is written as the pattern says."""
    found = set()
    for one in re.finditer(expression(pattern), file):
        try:
            found.add(datetime.strptime(one[0], pattern).date())  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
    return found.pop() if len(found) == 1 else None


def expression(pattern: str) -> str:
    """A pattern of dates as a regular expression, for what is written so."""
    return re.sub(r"%(.)|(.)", lambda one: _PARTS.get(one[1], "") if one[1] else re.escape(one[2]), pattern)


def _days(name: str) -> Iterator[date]:
    for one in (*_DAY.finditer(name), *_STAMP.finditer(name)):
        try:
            yield date(int(one[1]), int(one[3]), int(one[4]))
        except ValueError:
            continue
