"""What somebody may have meant by a duration or a schedule outside the grammar, and what is wrong with it.

Everything here is a guess: `grammar` offers one only when it can read it, and never acts on it.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from typing import Final

from runbooks.grammar.messages import LONGEST
from runbooks.grammar.patterns import MINUTES, PART_OF_DAY, Kind

DAY_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
KINDS: Final[dict[str, Kind]] = {
    "every": "every",
    "hourly": "every",
    "daily": "daily",
    "nightly": "daily",
    "weekly": "weekly",
    "monthly": "monthly",
    "after": "after",
    "when": "when_connected",
    "connected": "when_connected",
    "vendor": "by_vendor",
    "continuous": "continuous",
}
EVERY: Final[dict[str, Kind]] = {
    "day": "daily",
    "night": "daily",
    "weekday": "daily",
    "week": "weekly",
    "month": "monthly",
    **dict.fromkeys(DAY_NAMES, "weekly"),
}
"""What `every` means with the word after it."""
WHOLE: Final = {"when_connected": "when connected", "by_vendor": "by vendor", "continuous": "continuous"}
"""The kinds which are said in full by their name."""

ORDINALS: Final = ("first", "second", "third", "fourth", "last")
DAY_WORDS: Final = ("weekdays", "weekends", *DAY_NAMES)
UNIT: Final = r"(?:w|d|h|m|weeks?|days?|hours?|hrs?|minutes?|mins?)\b"
AMOUNT: Final = rf"([0-9]{{1,5}}(?:[.,][0-9]{{1,2}})?)\s*({UNIT})"
CLOCK: Final = r"\b([0-9]{1,2})(?:[:.h]([0-9]{2}))?\s*([ap]\.?m\b)?"


def odd_character(text: str) -> str:
    """A bracket that names the first character which cannot be seen or looks like another; else nothing."""
    odd = next((letter for letter in text if not letter.isascii() and _plain(letter) != letter), "")
    return f" (it holds {unicodedata.name(odd, 'an unnamed character')}, U+{ord(odd):04X})" if odd else ""


def kind(text: str) -> Kind | None:
    """The kind of schedule somebody began to write."""
    words = re.findall(r"[a-z]+", _plain(text).lower())
    for position, word in enumerate(words):
        if near := get_close_matches(word, KINDS, n=1, cutoff=0.75):
            found, following = KINDS[near[0]], "".join(words[position + 1 : position + 2])
            return EVERY.get(following, found) if found == "every" else found
    if _times(text):
        return "weekly" if _days(text) else "daily"
    return None


def duration(text: str) -> str:
    """The duration in minutes, or nothing."""
    plain = _plain(text).lower()
    rest = re.sub(AMOUNT, "", plain)
    total = _total(plain)
    return f"{total}m" if total and not re.sub(r"and|[\s,]", "", rest) else ""


def schedule(text: str) -> str:
    """The schedule put together again from the parts that were found, or nothing."""
    times, days = " and ".join(_times(text)), ", ".join(_days(text))
    guess = ""
    match kind(text):
        case "after":
            guess = f"after {_plain(text).partition(' ')[2]}"
        case "every":
            guess = _every(text, days)
        case "daily":
            guess = f"daily at {times}" + (f" on {days}" if days else "")
        case "weekly":
            guess = f"weekly on {days} at {times}"
        case "monthly":
            guess = f"monthly on {', '.join(_month_days(text))} at {times}"
        case "when_connected" | "by_vendor" | "continuous" as found:
            guess = WHOLE[found]
        case None:
            pass
    return guess


def duration_reason(text: str) -> str:
    """Why a text is no duration, where a person would stumble; else nothing."""
    plain = _plain(text).lower()
    if re.search(r"month|year|\bp[0-9]+[ym]|[0-9]\s*(mo|y)\b", plain):
        return "months and years have no fixed length"
    if re.search(r"[0-9]\s*s(ec(onds?)?)?\b", plain):
        return "seconds are too fine"
    if re.fullmatch(r"[0-9.,]+", plain):
        return "the unit is missing"
    if re.search(rf"\b0+\s*{UNIT}|pt?0", plain):
        return "it must be at least 1m" if not re.search("[1-9]", plain) else "leave out what is 0"
    return ""


def schedule_reason(text: str) -> str:
    """What is missing or wrong in a schedule, in a few words; else nothing."""
    found, times = kind(text), _times(text)
    if wrong := [at for at in times if not re.fullmatch("(?:[01]?[0-9]|2[0-3]):[0-5][0-9]", at)]:
        return f"{wrong[0]} is not a time from 00:00 to 23:59"
    if found == "every":
        return _interval_reason(text)
    if found in ("daily", "weekly", "monthly") and not times:
        return "the time is missing"
    if found == "weekly" and not _days(text):
        return "the day is missing"
    if found == "monthly" and not _month_days(text):
        return "the day of the month is missing"
    return "the name of the job is missing" if found == "after" and " " not in _plain(text) else ""


def _plain(text: str) -> str:
    """The text with ordinary spaces and dashes; nothing for one too long to guess at."""
    seen = (letter for letter in text if unicodedata.category(letter) != "Cf")
    line = " ".join(unicodedata.normalize("NFKC", "".join(seen)).split())
    return re.sub("[\u2010-\u2015\u2212]", "-", line) if len(text) <= LONGEST else ""


def _total(plain: str) -> int:
    """The minutes of all amounts in a text."""
    amounts = re.findall(AMOUNT, plain)
    return round(sum(float(count.replace(",", ".")) * MINUTES[unit[0]] for count, unit in amounts))


def _times(text: str) -> list[str]:
    """The times of day in a text, wrong ones as they are."""
    plain = _plain(text).lower()
    times = []
    for hour, minute, half in re.findall(CLOCK, re.sub(AMOUNT, " ", plain)):
        if half and int(hour) <= 12:
            times.append(f"{int(hour) % 12 + 12 * (half[0] == 'p'):02}:{minute or '00'}")
        elif minute:
            times.append(f"{hour}:{minute}")
    return times or [f"{hour}:00" for hour in re.findall(r"\bat ([0-9]{1,2})$", plain)]


def _days(text: str) -> list[str]:
    """The days of the week in a text, spans as spans."""
    days: list[str] = []
    for word in re.findall(r"[a-z]+", re.sub(AMOUNT, " ", _plain(text).lower()).replace("daily", "")):
        short = [day for day in DAY_NAMES if len(word) >= 3 and day.startswith(word[:3])]
        if near := get_close_matches(word, DAY_WORDS, n=1, cutoff=0.75) or short:
            days.append(near[0])
    spans = re.search(r"[a-z]{3,}\s*(?:-|to|through)\s*[a-z]{3,}", _plain(text).lower())
    return ["-".join(days)] if spans and len(days) == 2 else days


def _month_days(text: str) -> list[str]:
    plain = re.sub(CLOCK.replace(")?", ")", 1), " ", _plain(text).lower())
    numbers = re.findall(r"\b([0-9]{1,2})(?:st|nd|rd|th)?\b(?! [a-z]*day)", plain)
    named = re.findall(rf"\b({'|'.join(ORDINALS)}|[1-4](?=st|nd|rd|th))\w* ([a-z]*day)\b", plain)
    return numbers + [f"{ORDINALS[int(nth) - 1] if nth.isdigit() else nth} {day}" for nth, day in named]


def _every(text: str, days: str) -> str:
    """An interval with its window and days; where it does not divide the day, the times it comes to."""
    plain = _plain(text).lower()
    total = _total(plain) or (60 if re.search(r"hourly|every hour|each hour", plain) else 0)
    window = _times(text)
    on = f" on {days}" if days else ""
    if len(window) == 2 and total and not re.fullmatch(PART_OF_DAY, f"{total}m"):
        start, end = (int(hour) * 60 + int(minute) for hour, minute in (at.split(":") for at in window))
        runs = range(start, (end if end > start else end + MINUTES["d"]) + 1, total)
        if len(runs) <= 6:
            return f"daily at {' and '.join(f'{run // 60 % 24:02}:{run % 60:02}' for run in runs)}{on}"
    return f"every {total}m{' ' if window else ''}{'-'.join(window)}{on}"


def _interval_reason(text: str) -> str:
    plain = _plain(text).lower()
    total = _total(plain)
    if not total:
        return duration_reason(plain.partition(" ")[2]) or "the interval is missing"
    if (_times(text) or _days(text)) and MINUTES["d"] % total:
        return "with hours or days the interval must divide a day evenly (15m, 1h, 2h, 3h, 4h, 6h, 8h, 12h …)"
    return ""
