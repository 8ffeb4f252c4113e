"""Our own addresses, taken out of what is shown of a client who is not monitored: no page offers the free service."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from runbooks.entitlement import entitlement, watches
from runbooks.fleet import Record
from runbooks.mailbox import boxes, ours
from runbooks.parts import Part
from runbooks.policy import Policy

HIDDEN = "[an address of ours]"
WORD = re.compile(r"[^\s<>()\[\]\"',;|]+")
EDGES = re.compile(r"^([*_`~]*)(.*?)([*_`~.:!?]*)$", re.DOTALL)
"""A word without the marks and stops around it, which belong to the sentence."""

Hide = Callable[[str], str]
P = TypeVar("P", bound=Part)


def redacted(record: Record, policy: Policy, as_of: date) -> Record:
    """The record for its pages: set-ups without monitoring, and a client without any, no longer name our addresses.

    Where the record's own alerts would go is an address of ours too, whether policy.yml lists it or not.
    """
    client = record.client
    hidden = _hidden(record, policy)

    def hide(text: str) -> str:
        return _without(text, hidden)

    watched = bool(watches(client, policy, as_of))
    covered = {id(one) for one in client.setups if entitlement(client, one, policy, as_of).offered != "none"}
    setups = tuple(one if watched and id(one) in covered else _part(one, hide) for one in client.setups)
    shown = client if watched else _part(client, hide)
    if _same(setups, client.setups):
        return record if shown is client else replace(record, client=shown)
    return replace(record, client=shown.model_copy(update={"setups": setups}))


def shown_to(text: str, record: Record, policy: Policy, as_of: date) -> str:
    """Words about a client that stand outside the values of the record, such as a waiver's reason, in the same way."""
    return text if watches(record.client, policy, as_of) else _without(text, _hidden(record, policy))


def _hidden(record: Record, policy: Policy) -> frozenset[str]:
    promise = record.client.monitoring
    promised = promise.alerts_to if promise else ()
    return frozenset((*policy.mailboxes, *(box for address in promised for box in boxes(address))))


def _without(text: str, hidden: frozenset[str]) -> str:
    """A text without those addresses: word by word, and where one is written so that words do not show it, by line."""
    if not ours(text, hidden):
        return text
    shown = WORD.sub(lambda found: _word(found.group(), hidden), text)
    if ours(shown, hidden):
        shown = "\n".join(HIDDEN if ours(line, hidden) else line for line in shown.split("\n"))
    return HIDDEN if ours(shown, hidden) else shown


def _word(word: str, hidden: frozenset[str]) -> str:
    if not ours(word, hidden):
        return word
    edges = EDGES.match(word)
    before, after = (edges[1], edges[3]) if edges else ("", "")
    return f"{before}{HIDDEN}{after}"


def _part(part: P, hide: Hide) -> P:
    """A part with other texts; where there is nothing to hide, as of nearly all, the part itself."""
    values = part.__dict__
    changed = {name: new for name, old in values.items() if (new := _value(old, hide)) is not old}
    return part.model_copy(update=changed) if changed else part


def _value(value: object, hide: Hide) -> object:
    match value:
        case str():
            new = hide(value)
            return value if new == value else new
        case tuple():
            inner = tuple(_value(one, hide) for one in value)
            return value if _same(inner, value) else inner
        case dict():
            shown = {key: _value(one, hide) for key, one in value.items()}
            return value if _same(shown.values(), value.values()) else shown
        case Part():
            return _part(value, hide)
        case _:
            return value


def _same(values: Iterable[object], others: Iterable[object]) -> bool:
    """Whether both hold the very same things."""
    return all(one is other for one, other in zip(values, others, strict=True))
