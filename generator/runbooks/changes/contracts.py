"""Agreements in words: new, gone, ended earlier, extended, covering more or less."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from runbooks.changes.notes import Kind, Note, few, note
from runbooks.changes.pairs import Pair, differing
from runbooks.entitlement import ends
from runbooks.records.agreement import Agreement

TOLD = frozenset({"id", "type", "covers", "starts", "last_day", "open_ended", "renews", "cancelled_on"})
"""The keys of an agreement that have words of their own."""


def contracts(pair: Pair) -> Iterator[Note]:
    """What changes in the agreements of a client."""
    old = {one.id: one for one in pair.before.client.agreements} if pair.before else {}
    new = {one.id: one for one in pair.after.client.agreements} if pair.after else {}
    for number in {**old, **new}:
        was, will = old.get(number), new.get(number)
        if was is None and will is not None:
            yield _note(pair, "added", f"agreement {number} is new: {_summary(will)}", after=_summary(will))
        elif will is None and was is not None:
            yield _note(pair, "removed", f"agreement {number} is gone: {_summary(was)}", before=_summary(was))
        elif was and will and differing(was, will):
            yield from _changed(pair, was, will)


def _note(pair: Pair, kind: Kind, words: str, before: str = "", after: str = "") -> Note:
    return note("agreements", kind, words, pair.named, file=pair.record.file, before=before, after=after)


def _changed(pair: Pair, was: Agreement, will: Agreement) -> Iterator[Note]:
    name = f"agreement {will.id}"
    if was.type != will.type:
        yield _note(pair, "changed", f"{name} is of type {will.type}, not {was.type} any more", was.type, will.type)
    if was.starts != will.starts:
        old, new = _day(was.starts), _day(will.starts)
        yield _note(pair, "changed", f"{name} starts on {new} instead of {old}", old, new)
    old_end, new_end = ends(was)[0], ends(will)[0]
    if old_end != new_end:
        sooner = new_end is not None and (old_end is None or new_end < old_end)
        done = "ends earlier" if sooner else "is extended"
        old, new = _end(old_end), _end(new_end)
        why = f" (cancelled from {will.cancelled_on})" if will.cancelled_on and not was.cancelled_on else ""
        yield _note(pair, "less" if sooner else "more", f"{name} {done}: {new} instead of {old}{why}", old, new)
    elif (was.last_day, was.open_ended, was.renews) != (will.last_day, will.open_ended, will.renews):
        old, new = _term(was), _term(will)
        yield _note(pair, "changed", f"{name} runs on other terms: {new} instead of {old}", old, new)
    yield from _covers(pair, was, will)
    if keys := differing(was, will, TOLD):
        yield _note(pair, "changed", f"{name}: {few(keys)} changed")


def _covers(pair: Pair, was: Agreement, will: Agreement) -> Iterator[Note]:
    old, new = _covered(was), _covered(will)
    less, more = [one for one in old if one not in new], [one for one in new if one not in old]
    if less:
        yield _note(pair, "less", f"agreement {will.id} covers no longer: {few(less)}", few(old), few(new))
    if more:
        yield _note(pair, "more", f"agreement {will.id} covers as well: {few(more)}", few(old), few(new))


def _covered(agreement: Agreement) -> list[str]:
    """Each service for all set-ups, or once for each set-up that it is for."""
    found = []
    for cover in agreement.covers:
        if cover.setups is None:
            found.append(f"{cover.service} of every set-up")
        else:
            found += [f"{cover.service} of {setup}" for setup in cover.setups]
    return found


def _summary(agreement: Agreement) -> str:
    covers = ", ".join(dict.fromkeys(cover.service for cover in agreement.covers)) or "nothing"
    begins = f"from {agreement.starts}" if agreement.starts else "without a start"
    return f"{agreement.type}, covers {covers}, {begins}, {_term(agreement)}"


def _term(agreement: Agreement) -> str:
    end = ends(agreement)[0]
    if end is not None:
        return f"through {end}"
    if agreement.renews == "automatically":
        return f"renews automatically{f' after {agreement.last_day}' if agreement.last_day else ''}"
    return "open-ended" if agreement.open_ended else "no end known"


def _day(day: date | None) -> str:
    return str(day) if day else "no day"


def _end(day: date | None) -> str:
    return f"through {day}" if day else "no end"
