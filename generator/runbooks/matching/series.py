"""Which exports say how things are today: of files that are the same export of different days, the newest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from runbooks.inventory.ages import expression
from runbooks.inventory.feeds import Feed
from runbooks.inventory.seen import Export

DATED: Final = re.compile(r"(?<!\d)\d{4}([-_.]?)\d{2}\1\d{2}(?:[-_ T]?\d{2}[-_.:]?\d{2}(?:[-_.:]?\d{2})?)?(?!\d)")
"""A day in the name of a file, also with a time."""


@dataclass(frozen=True, slots=True)
class Current:
    """The exports of one feed: those that hold today, and those before them, the newest first."""

    feed: Feed
    now: tuple[Export, ...]
    before: tuple[Export, ...]

    @property
    def whole(self) -> bool:
        """Whether something may be concluded from what is not in it: all was read, and there is something in it."""
        return bool(self.now) and all(one.whole and one.rows for one in self.now)

    @property
    def newest(self) -> Export:
        """The newest of those that hold today."""
        return max(self.now, key=lambda one: (_day(one), one.file))


def current(feed: Feed, exports: Iterable[Export]) -> Current:
    """Sort out the exports of a feed. Files whose names differ by a day alone are one export, taken again and again."""
    series: dict[str, list[Export]] = {}
    for one in exports:
        series.setdefault(_series(one), []).append(one)
    newest = {name: max(map(_day, found)) for name, found in series.items()}
    now = [one for name, found in series.items() for one in found if _day(one) == newest[name]]
    before = [one for name, found in series.items() for one in found if _day(one) != newest[name]]
    before.sort(key=lambda one: (_day(one), one.file), reverse=True)
    return Current(feed, tuple(sorted(now, key=lambda one: one.file)), tuple(before))


def by_feed(feeds: Iterable[Feed], exports: Iterable[Export]) -> Mapping[str, Current]:
    """The exports of every feed, by the feed's id."""
    found: dict[str, list[Export]] = {}
    for one in exports:
        found.setdefault(one.feed.id, []).append(one)
    return {feed.id: current(feed, found.get(feed.id, ())) for feed in feeds}


def _day(one: Export) -> date:
    return one.made_on or date.min


def _series(one: Export) -> str:
    """The file without the day in its name."""
    named = one.feed.made_on
    if named is not None and named.pattern and one.made_on is not None:
        return re.sub(expression(named.pattern), "*", one.file)
    return DATED.sub("*", one.file)
