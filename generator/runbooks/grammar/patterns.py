"""The grammar of durations and schedules as regular expressions: `grammar` reads with them, JSON Schemas publish them.

No look-around, no flags, no back-references: they mean the same in ECMAScript, Python and Rust, so an editor and the
build accept the same texts.
"""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["every", "daily", "weekly", "monthly", "after", "when_connected", "by_vendor", "continuous"]

MINUTES: Final = {"w": 7 * 24 * 60, "d": 24 * 60, "h": 60, "m": 1}
"""The units of a duration, in minutes, largest first."""

# The line feed is here because Python lets `$` match before one at the end; ECMAScript does not.
SPACE: Final = "[ \\t\\n]*"
GAP: Final = "[ \\t\\n]+"


def _any_case(words: str) -> str:
    """Words in either case. They may hold groups; a space stands for a gap."""
    return re.sub(r"[a-z]", lambda letter: f"[{letter[0].upper()}{letter[0]}]", words).replace(" ", GAP)


def _either(*patterns: str) -> str:
    return f"(?:{'|'.join(patterns)})"


def _listed(item: str) -> str:
    """One or more, with commas, `and` or both between."""
    between = _either(f"{SPACE},{SPACE}(?:{_any_case('and ')})?", _any_case(" and "))
    return f"{item}(?:{between}{item})*"


# Counts by unit: alone or leading, and following a larger unit, which they stay below.
# Five digits at most keep every sum far inside what a timedelta holds.
LEADING: Final = {"w": "[1-9][0-9]{0,2}", "d": "[1-9][0-9]{0,4}", "h": "[1-9][0-9]{0,4}", "m": "[1-9][0-9]{0,4}"}
FOLLOWING: Final = {"d": "[1-6]", "h": _either("1[0-9]?", "2[0-3]?", "[3-9]"), "m": _either("[1-5][0-9]?", "[6-9]")}


def _counts() -> str:
    """A count of one unit, or of several with the largest first: `1d 12h`."""
    units = list(MINUTES)
    chains = []
    for position, unit in enumerate(units):
        smaller = (f"(?:{SPACE}{FOLLOWING[below]}{SPACE}{_any_case(below)})?" for below in units[position + 1 :])
        chains.append(f"{LEADING[unit]}{SPACE}{_any_case(unit)}{''.join(smaller)}")
    return _either(*chains)


def _iso_counts() -> str:
    """The same in ISO 8601: `P1DT12H`, where weeks stand alone."""
    minutes = f"(?:{FOLLOWING['m']}[Mm])?"
    clock = _either(f"{LEADING['h']}[Hh]{minutes}", f"{LEADING['m']}[Mm]")
    rest_of_day = _either(f"{FOLLOWING['h']}[Hh]{minutes}", f"{FOLLOWING['m']}[Mm]")
    return "[Pp]" + _either(f"{LEADING['w']}[Ww]", f"{LEADING['d']}[Dd](?:[Tt]{rest_of_day})?", f"[Tt]{clock}")


def _parts_of_day() -> str:
    """The durations which divide a day evenly: with these the runs within hours come at the same times every day."""
    parts = [minutes for minutes in range(1, MINUTES["d"] + 1) if MINUTES["d"] % minutes == 0]
    hours = _either(*(str(part // 60) for part in parts if part % 60 == 0))
    mixed = (divmod(part, 60) for part in parts if part > 60 and part % 60)
    return _either(
        f"1{SPACE}[Dd]",
        f"{hours}{SPACE}[Hh]",
        f"{_either(*map(str, parts))}{SPACE}[Mm]",
        *(f"{hour}{SPACE}[Hh]{SPACE}{minute}{SPACE}[Mm]" for hour, minute in mixed),
    )


INTERVAL: Final = _counts()
PART_OF_DAY: Final = _parts_of_day()
TIME: Final = f"{_either('[01]?[0-9]', '2[0-3]')}:[0-5][0-9]"
WINDOW: Final = f"{TIME}{SPACE}-{SPACE}{TIME}"
WEEKDAY: Final = _any_case("(?:(?:mon|fri|sun)(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|sat(?:urday)?)")
WEEKDAYS: Final = _listed(_either(_any_case("week(?:day|end)s"), f"{WEEKDAY}(?:{SPACE}-{SPACE}{WEEKDAY})?"))
NTH_WEEKDAY: Final = _any_case("(?:first|second|third|fourth|last) ") + WEEKDAY
MONTH_DAYS: Final = _listed(_either("[12][0-9]?", "3[01]?", "[4-9]", NTH_WEEKDAY, _any_case("last day")))
# The name in the product's console: any characters but controls, no space at either end.
JOB: Final = r"[^\x00-\x20\x7f-\x9f](?:[^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\x9f])?"

ON_WEEKDAYS: Final = f"{_any_case(' on ')}(?P<days>{WEEKDAYS})"
AT_TIMES: Final = f"{_any_case(' at ')}(?P<times>{_listed(TIME)})"

FORMS: Final[tuple[tuple[Kind, str], ...]] = (
    ("every", f"{_any_case('every ')}(?P<interval>{INTERVAL})"),
    ("every", f"{_any_case('every ')}(?P<interval>{PART_OF_DAY})(?:{GAP}(?P<window>{WINDOW}))?(?:{ON_WEEKDAYS})?"),
    ("daily", f"{_any_case('daily')}{AT_TIMES}(?:{ON_WEEKDAYS})?"),
    ("weekly", f"{_any_case('weekly')}{ON_WEEKDAYS}{AT_TIMES}"),
    ("monthly", f"{_any_case('monthly on ')}(?P<month_days>{MONTH_DAYS}){AT_TIMES}"),
    ("after", f"{_any_case('after ')}(?P<job>{JOB})"),
    ("when_connected", _any_case("when connected")),
    ("by_vendor", _any_case("by vendor")),
    ("continuous", _any_case("continuous")),
)
"""The forms of a schedule. The named groups are Python's; the published pattern goes without."""


def _whole(*patterns: str) -> str:
    return f"^{SPACE}{_either(*patterns)}{SPACE}$"


DURATION_PATTERN: Final = _whole(INTERVAL, _iso_counts())
SCHEDULE_PATTERN: Final = _whole(*(re.sub(r"\(\?P<\w+>", "(?:", form) for _, form in FORMS))
SCHEDULE_FORMS: Final = tuple((kind, _whole(form)) for kind, form in FORMS)
