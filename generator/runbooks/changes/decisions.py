"""What was decided for all: policy.yml, the catalogue, templates, waivers and the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from runbooks.catalogue import Entry
from runbooks.changes.notes import Kind, Note, counted, few, note
from runbooks.changes.pairs import Side, differing, plain
from runbooks.fleet import Fleet
from runbooks.source import Json

MONEY: Final = ("hourly_cost", "hourly_rate")
"""Keys whose value is never shown: an amount of money."""
MOST: Final = 40
"""Values of policy.yml that are told one by one."""


def policy(before: Side, after: Side) -> Iterator[Note]:
    """What policy.yml says differently. Waivers are told on their own."""
    found = list(_differences(before.fleet.policy_document.data, after.fleet.policy_document.data, ()))
    for path, old, new in found[:MOST]:
        where = ".".join(path)
        if path[-1] in MONEY:
            yield note("policy", "changed", f"{where} changed", file="policy.yml")
            continue
        was, will = _short(old), _short(new)
        kind: Kind = "added" if old is None else "removed" if new is None else "changed"
        words = {
            "added": f"{where} is new: {will}",
            "removed": f"{where} is gone: {was}",
            "changed": f"{where} is {will} instead of {was}",
        }[kind]
        yield note("policy", kind, words, file="policy.yml", before=was, after=will)
    if len(found) > MOST:
        yield note("policy", "changed", f"{len(found) - MOST} more values changed", file="policy.yml")


def _differences(old: Json, new: Json, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Json, Json]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            if (*path, key) != ("waivers",):
                yield from _differences(old.get(key), new.get(key), (*path, key))
    elif old != new:
        yield path, old, new


def _short(value: Json) -> str:
    if isinstance(value, dict):
        return few([f"{key}: {_short(one)}" for key, one in value.items() if key not in MONEY], 5) or "nothing"
    if isinstance(value, list):
        return few([_short(one) for one in value], 5) or "nothing"
    return str(value).lower() if isinstance(value, bool) else str(value)


def waivers(before: Side, after: Side) -> Iterator[Note]:
    """Waivers that are new, gone, or end on another day; and a baseline that grew or shrank."""
    old, new = _waived(before.fleet), _waived(after.fleet)
    for key in sorted({**old, **new}):
        rule, client, file = key
        name = f"{rule} of {client}"
        was, will = old.get(key), new.get(key)
        if was is None and will is not None:
            words = f"{name} is waived until {will[0]} by {will[1]}: {will[2]}"
            yield note("waivers", "new", words, file=file, after=str(will[0]))
        elif will is None and was is not None:
            yield note("waivers", "removed", f"{name} is waived no longer", file=file, before=str(was[0]))
        elif was and will and was[0] != will[0]:
            more = will[0] > was[0]
            words = f"the waiver of {name} is {'extended' if more else 'shortened'}: until {will[0]}, before {was[0]}"
            yield note("waivers", "more" if more else "less", words, file=file, before=str(was[0]), after=str(will[0]))
        elif was and will and was != will:
            yield note("waivers", "changed", f"the waiver of {name} has another reason or approver", file=file)
    known, listed = before.fleet.baseline.fingerprints, after.fleet.baseline.fingerprints
    if grown := len(listed - known):
        yield note("waivers", "more", f"baseline.yml has {_entries(grown)} more", file="baseline.yml")
    if shrunk := len(known - listed):
        yield note("waivers", "less", f"baseline.yml has {_entries(shrunk)} less", file="baseline.yml")


def _waived(fleet: Fleet) -> dict[tuple[str, str, str], tuple[date, str, str]]:
    """Each waiver by its rule, client and file; of several the one that holds longest."""
    found: dict[tuple[str, str, str], tuple[date, str, str]] = {}
    for one in sorted(fleet.exemptions, key=lambda one: one.until):
        found[one.rule, one.client, one.place.file] = one.until, one.approver, one.reason
    return found


def catalogue(before: Side, after: Side) -> Iterator[Note]:
    """Products and procedures that are new, gone or changed, and whose pages that touches."""
    old, new = before.fleet.catalogue.products, after.fleet.catalogue.products
    for name in sorted({**old, **new}):
        was, will = old.get(name), new.get(name)
        users = [one.client.client for one in after.fleet.records if any(s.product == name for s in one.client.setups)]
        touches = f"; it touches {counted(len(users), 'client')}: {few(users)}" if users else "; no client has it"
        file = (will or was).file if (will or was) else ""  # type: ignore[union-attr]
        if was is None or will is None:
            kind: Kind = "added" if will else "removed"
            yield note("catalogue", kind, f"product {name} is {'new' if will else 'gone'}{touches}", file=file)
            continue
        if keys := differing(was.product, will.product):
            yield note("catalogue", "changed", f"product {name}: {few(keys)} changed{touches}", file=file)
        yield from _procedures(was, will, touches)


def _procedures(was: Entry, will: Entry, touches: str) -> Iterator[Note]:
    for one in sorted({**was.procedures, **will.procedures}):
        old, new = was.procedures.get(one), will.procedures.get(one)
        name = f"procedure {one} of {will.id}"
        if new is None and old is not None:
            yield note("catalogue", "removed", f"{name} is gone{touches}", file=old.file)
        elif old is None and new is not None:
            yield note("catalogue", "added", f"{name} is new{touches}", file=new.file)
        elif old and new and (old.body, plain(old.guidance)) != (new.body, plain(new.guidance)):
            needs = old.guidance.needs, new.guidance.needs
            more = f" and needs {needs[1]} instead of {needs[0]}" if needs[0] != needs[1] else ""
            yield note("catalogue", "changed", f"{name} changed{more}{touches}", file=new.file)


def templates(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Note]:
    """Templates of the site's own that are new, gone or changed: all pages that are printed with them."""
    for file in sorted({**before, **after}):
        if before.get(file) != after.get(file):
            kind: Kind = "added" if file not in before else "removed" if file not in after else "changed"
            words = {"added": "is new", "removed": "is gone", "changed": "changed"}[kind]
            yield note("catalogue", kind, f"template {file} {words}; it touches every page printed with it", file=file)


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number:,} entries"
