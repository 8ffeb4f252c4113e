"""Whom to call, and who approves money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runbooks.changes.notes import Kind, Note, few, note
from runbooks.changes.pairs import Pair, differing
from runbooks.fleet import Record
from runbooks.policy import Policy
from runbooks.records.client import Contact

TOLD = frozenset({"name", "roles", "phone", "email", "approves_up_to"})
"""The keys of a contact that have words of their own."""


def people(pair: Pair, policy: Policy) -> Iterator[Note]:
    """What changes in the contacts of a client."""
    old, new = _by_name(pair.before), _by_name(pair.after)
    for name in {**old, **new}:
        was, will = old.get(name), new.get(name)
        if was is None and will is not None:
            yield _note(pair, "added", f"contact {name} is new{_may(will, policy)}")
        elif will is None and was is not None:
            yield _note(pair, "removed", f"contact {name} is gone{_may(was, policy)}")
        elif was and will and differing(was, will):
            yield from _changed(pair, was, will, policy)
    both = [name for name in old if name in new]
    order = [name for name in new if name in old]
    if both != order:
        yield _note(pair, "changed", f"contacts are called in another order: {few(order)}", few(both), few(order))


def _note(pair: Pair, kind: Kind, words: str, before: str = "", after: str = "") -> Note:
    return note("contacts", kind, words, pair.named, file=pair.record.file, before=before, after=after)


def _by_name(record: Record | None) -> Mapping[str, Contact]:
    return {one.name: one for one in record.client.contacts} if record else {}


def _changed(pair: Pair, was: Contact, will: Contact, policy: Policy) -> Iterator[Note]:
    if was.approves_up_to != will.approves_up_to:
        old, new = _amount(was, policy), _amount(will, policy)
        less = (will.approves_up_to or 0) < (was.approves_up_to or 0)
        yield _note(pair, "less" if less else "more", f"{will.name} approves {new} instead of {old}", old, new)
    if was.roles != will.roles:
        old, new = ", ".join(was.roles) or "none", ", ".join(will.roles) or "none"
        yield _note(pair, "changed", f"{will.name} is asked as {new} instead of {old}", old, new)
    for key in ("phone", "email"):
        old, new = getattr(was, key) or "none", getattr(will, key) or "none"
        if old != new:
            yield _note(pair, "changed", f"{will.name} has the {key} {new} instead of {old}", old, new)
    if keys := differing(was, will, TOLD):
        yield _note(pair, "changed", f"{will.name}: {few(keys)} changed")


def _may(contact: Contact, policy: Policy) -> str:
    """What a contact may do, where it is anything."""
    parts = [", ".join(contact.roles)] if contact.roles else []
    if contact.approves_up_to is not None:
        parts.append(f"approves {_amount(contact, policy)}")
    return f" ({'; '.join(parts)})" if parts else ""


def _amount(contact: Contact, policy: Policy) -> str:
    if contact.approves_up_to is None:
        return "nothing"
    return f"up to {contact.approves_up_to:,g}{f' {policy.currency}' if policy.currency else ''}"
