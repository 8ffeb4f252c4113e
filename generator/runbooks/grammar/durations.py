"""Durations: `24h`, `1d 12h`, `PT24H`."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache

from runbooks.grammar import guesses
from runbooks.grammar.messages import GrammarError, quoted
from runbooks.grammar.patterns import DURATION_PATTERN, MINUTES


@lru_cache(maxsize=4096)
def duration(text: str) -> timedelta:
    """The length of time that `30m`, `24h`, `1d 12h`, `2w` or ISO 8601 `PT24H`, `P1D` states; else GrammarError."""
    if not re.search(DURATION_PATTERN, text):
        raise GrammarError(_refused(text))
    return timedelta(minutes=counted_minutes(text))


def duration_text(length: timedelta) -> str:
    """The canonical wording: below two days in hours (`24h`, `1h 30m`), from there in days (`14d`, `2d 12h`)."""
    rest = length // timedelta(minutes=1)
    parts = []
    for unit in "dhm" if rest >= 2 * MINUTES["d"] else "hm":
        count, rest = divmod(rest, MINUTES[unit])
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts)


def counted_minutes(text: str) -> int:
    """The minutes of a duration: both its wordings are numbers with a unit after each."""
    return sum(int(count) * MINUTES[unit.lower()] for count, unit in re.findall(r"([0-9]+)\s*([A-Za-z])", text))


def _refused(text: str) -> str:
    problem = f"{quoted(text)} is not a duration{guesses.odd_character(text)}"
    guess = guesses.duration(text)
    if re.search(DURATION_PATTERN, guess):
        return f'{problem}; did you mean "{duration_text(duration(guess))}"?'
    reason = guesses.duration_reason(text)
    units = "the units are m (minutes), h (hours), d (days) and w (weeks)"
    return f'{problem}{reason and f": {reason}"}; {units}, for example "24h" or "1d 12h"'
