"""Who gains or loses monitoring, how much of it, for which set-ups, and from which day on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import TypeAlias

from runbooks.changes.notes import Kind, Note, few, note
from runbooks.changes.pairs import Pair, Side
from runbooks.days import later
from runbooks.entitlement import entitlement, turns
from runbooks.fleet import Record
from runbooks.pages.contents import apart
from runbooks.records.client import LEVELS, Level

Times: TypeAlias = tuple[tuple[date, Level], ...]
"""From which day on a set-up is watched how closely; the first is today."""

WORDS: dict[Level, str] = {"none": "none", "alert_only": "alert-only", "full": "full"}


def watching(pair: Pair, before: Side, after: Side) -> Iterator[Note]:
    """How the monitoring of a client changes, set-ups of which the same holds together."""
    old, new = times(pair.before, before), times(pair.after, after)
    today = after.fleet.as_of
    never: Times = ((today, "none"),)
    alike: dict[tuple[Times, Times], list[str]] = {}
    for setup in {**old, **new}:
        was, will = old.get(setup, never), new.get(setup, never)
        if was != will:
            alike.setdefault((was, will), []).append(setup)
    every = {setup for side in (old, new) for setup, steps in side.items() if any(one != "none" for _, one in steps)}
    for (was, will), setups in alike.items():
        # Of clients whose records did not change, those of whom the same holds are told together.
        whole = pair.same and every <= set(setups)
        yield _note(pair, "everything watched" if whole else few(setups), was, will, today)


def _note(pair: Pair, setups: str, was: Times, will: Times, today: date) -> Note:
    day = min(one for one, _ in (*was, *will) if on(was, one) != on(will, one))
    old, new = on(was, day), on(will, day)
    less = LEVELS.index(new) < LEVELS.index(old)
    begins = "at once" if day == today else f"from {day}"
    level = WORDS[old] if new == "none" else WORDS[new]
    if old != "none" and new != "none":
        done = f"{'falls' if less else 'rises'} from {WORDS[old]} to {WORDS[new]} monitoring"
    else:
        done = f"{'loses' if less else 'gains'} {level} monitoring"
    words = f"{done} of {setups} {begins} (before: {_said(was)}; now: {_said(will)})"
    kind: Kind = "lost" if less else "gained"
    since = None if day == today else day
    before, after = _said(was), _said(will)
    return note("monitoring", kind, words, pair.named, file=pair.record.file, since=since, before=before, after=after)


def times(record: Record | None, side: Side) -> dict[str, Times]:
    """How each set-up is watched on every day from today on. What the gate keeps back is not watched."""
    if record is None:
        return {}
    client, policy, today = record.client, side.fleet.policy, side.fleet.as_of
    blocked = record.slug in side.report.blocked_clients
    days = sorted({today, *(day for day in turns(client) if day > today)})
    found: dict[str, Times] = {}
    for setup in apart(client.setups):
        levels = [(day, "none" if blocked else entitlement(client, setup, policy, day).monitoring) for day in days]
        steps = [two for one, two in pairwise(levels) if one[1] != two[1]]
        found[setup.id] = (levels[0], *steps)
    return found


def on(times: Times, day: date) -> Level:
    """How closely is watched on a day."""
    return next((level for first, level in reversed(times) if first <= day), "none")


def _said(times: Times) -> str:
    """`full through 2026-12-31, then none`."""
    words = [f"{WORDS[level]} through {later(ends, -1)}" for (_, level), (ends, _) in pairwise(times)]
    return ", then ".join([*words, WORDS[times[-1][1]]])
