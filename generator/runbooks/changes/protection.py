"""What is protected and how: set-ups, items, jobs; and 3-2-1-1-0 before and after."""

from __future__ import annotations

from collections.abc import Iterator

from runbooks.changes.notes import Kind, Note, counted, few, note
from runbooks.changes.pairs import Pair, Side, differing, plain
from runbooks.pages.glance import recoverable
from runbooks.pages.proofs import CLOUD, NUMBERS, Proof, proof
from runbooks.records.setup import Setup

STATES = {"yes": "met", "no": "not met", "unknown": "unsaid", "unasked": "not asked"}
PARTS = ("items", "jobs", "unprotected", "restore_tests")
"""What a set-up has many of, and is told one by one."""


def protection(pair: Pair) -> Iterator[Note]:
    """What changes in the set-ups of a client."""
    old = {one.id: one for one in pair.before.client.setups} if pair.before else {}
    new = {one.id: one for one in pair.after.client.setups} if pair.after else {}
    for name in {**old, **new}:
        was, will = old.get(name), new.get(name)
        if was is None and will is not None:
            yield _note(pair, "added", f"set-up {name} is new: {_summary(will)}")
        elif will is None and was is not None:
            yield _note(pair, "removed", f"set-up {name} is gone: {_summary(was)}")
        elif was and will and differing(was, will):
            yield from _changed(pair, was, will)
    yield from _copies(pair)


def _copies(pair: Pair) -> Iterator[Note]:
    """What changes in the places where backups lie. Those of a whole new client are told with it."""
    if pair.before is None or pair.after is None:
        return
    old, new = ({one.id: one for one in side.client.copies} for side in (pair.before, pair.after))
    if gone := [one for one in old if one not in new]:
        yield _note(pair, "removed", f"copies no longer there: {few(gone)}")
    if fresh := [one for one in new if one not in old]:
        yield _note(pair, "added", f"new copies: {few(fresh)}")
    for name in (one for one in new if one in old):
        if keys := differing(old[name], new[name]):
            yield _note(pair, "changed", f"copy {name}: {few(keys)} changed")


def _note(pair: Pair, kind: Kind, words: str, before: str = "", after: str = "") -> Note:
    return note("set-ups", kind, words, pair.named, file=pair.record.file, before=before, after=after)


def _summary(setup: Setup) -> str:
    return (
        f"{setup.product_name or setup.product}, {counted(len(setup.items), 'item')}, {counted(len(setup.jobs), 'job')}"
    )


def _changed(pair: Pair, was: Setup, will: Setup) -> Iterator[Note]:
    name = f"set-up {will.id}"
    for key in ("product", "product_name", "version", "managed_by", "server"):
        old, new = getattr(was, key) or "nothing", getattr(will, key) or "nothing"
        if old != new:
            yield _note(pair, "changed", f"{name}: {key} is {new} instead of {old}", str(old), str(new))
    for part in PARTS:
        old_parts, new_parts = _named(was, part), _named(will, part)
        gone = [one for one in old_parts if one not in new_parts]
        fresh = [one for one in new_parts if one not in old_parts]
        other = [one for one in new_parts if one in old_parts and plain(old_parts[one]) != plain(new_parts[one])]
        what = part.replace("_", " ")
        if gone:
            yield _note(pair, "removed", f"{name}: {what} no longer there: {few(gone)}")
        if fresh:
            yield _note(pair, "added", f"{name}: new {what}: {few(fresh)}")
        if other:
            yield _note(pair, "changed", f"{name}: {what} changed: {few(other)}")
    if was.notifies != will.notifies:
        old, new = few(was.notifies) or "nobody", few(will.notifies) or "nobody"
        yield _note(pair, "changed", f"{name} sends its notices to {new} instead of {old}", old, new)
    told = {"id", "product", "product_name", "version", "managed_by", "server", "notifies", *PARTS}
    if keys := differing(was, will, told):
        yield _note(pair, "changed", f"{name}: {few(keys)} changed")


def _named(setup: Setup, part: str) -> dict[str, object]:
    """The entries of a list by what people call them."""
    match part:
        case "items":
            return {one.name or one.key: one for one in setup.items}
        case "jobs":
            return {one.name: one for one in setup.jobs}
        case "unprotected":
            return {one.item: one for one in setup.unprotected}
        case _:
            return {f"{one.on} {one.kind} ({one.result})": one for one in setup.restore_tests}


def recoverability(pair: Pair, before: Side, after: Side) -> Iterator[Note]:
    """Which numbers of 3-2-1-1-0 a client meets that it did not meet before, and the other way round."""
    if pair.before is None or pair.after is None:
        return
    old = proof(pair.before, recoverable(pair.before, before.fleet))
    new = proof(pair.after, recoverable(pair.after, after.fleet))
    for at, (_, name, _) in enumerate((*NUMBERS, CLOUD)):
        was, will = _state(old, at), _state(new, at)
        if was != will:
            less = will == "no" or was == "yes"
            words = f"{name}: {STATES[will]}, before: {STATES[was]}"
            yield note(
                "recoverability",
                "less" if less else "more",
                words,
                pair.named,
                file=pair.after.file,
                before=f"{name}: {STATES[was]}",
                after=f"{name}: {STATES[will]}",
            )


def _state(found: Proof | None, at: int) -> str:
    return found.states[at] if found else "unasked"
