"""How long backups are kept: `{daily: 30, monthly: 12}`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from runbooks.grammar.messages import GrammarError, joined, quoted

RETENTION_KEYS: Final = ("points", "versions", "hourly", "daily", "weekly", "monthly", "yearly", "days", "years")
"""What `keeps` may count, in the order of a text: restore points, versions of a file, one point an hour, a day …"""


def retention_text(keeps: Mapping[str, int]) -> str:
    """What is kept, in words: `30 daily, 12 monthly`, `1 point`, `7 years`; GrammarError for a wrong key or number."""
    _check(keeps)
    counts = ((key, keeps[key]) for key in RETENTION_KEYS if key in keeps)
    return ", ".join(f"{count} {key.removesuffix('s') if count == 1 else key}" for key, count in counts)


def retention_days(keeps: Mapping[str, int]) -> int | None:
    """For how many days the oldest point is kept, at least; None when only points or versions are counted."""
    _check(keeps)
    return max((DAYS_KEPT[key](count) for key, count in keeps.items() if key in DAYS_KEPT), default=None)


@lru_cache(maxsize=256)
def _days_in_months(count: int) -> int:
    """The days in so many months, whichever is the first, at least."""
    lengths = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31) * 2
    years, rest = divmod(count, 12)
    return years * 365 + min(sum(lengths[first : first + rest]) for first in range(12))


DAYS_KEPT: Final[dict[str, Callable[[int], int]]] = {
    "hourly": lambda count: count // 24,
    "daily": lambda count: count,
    "weekly": lambda count: count * 7,
    "monthly": _days_in_months,
    "yearly": lambda count: count * 365,
    "days": lambda count: count,
    "years": lambda count: count * 365,
}


def _check(keeps: Mapping[str, int]) -> None:
    """Keys known, numbers whole and above zero, something there at all."""
    if not keeps:
        raise GrammarError('it does not say what is kept; for example "daily: 30, monthly: 12"')
    for key, count in keeps.items():
        if key not in RETENTION_KEYS:
            near = get_close_matches(str(key).lower(), RETENTION_KEYS, n=1)
            hint = f'did you mean "{near[0]}"?' if near else f"it can be {joined(RETENTION_KEYS, 'or')}"
            raise GrammarError(f"{quoted(str(key))} is not a way to keep backups; {hint}")
        if type(count) is not int or count < 1:
            wrong = quoted(str(count))
            raise GrammarError(f'{key} is a whole number from 1, not {wrong}; for example "{key}: 30"')
