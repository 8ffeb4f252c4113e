"""Our own addresses, taken out of what is shown of a client who is not monitored: no page offers the free service."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from runbooks.entitlement import entitlement
from runbooks.fleet import Record
from runbooks.mailbox import ours
from runbooks.parts import Part
from runbooks.policy import Policy

HIDDEN = "[an address of ours]"
WORD = re.compile(r"[^\s<>()\[\]\"',;|]+")

Hide = Callable[[str], str]
P = TypeVar("P", bound=Part)


def redacted(record: Record, policy: Policy, as_of: date) -> Record:
    """The record for its pages: set-ups without monitoring, and a client without any, no longer name our addresses."""

    def hide(text: str) -> str:
        return WORD.sub(lambda found: HIDDEN if ours(found.group(), policy.mailboxes) else found.group(), text)

    client = record.client
    covered = {id(one) for one in client.setups if entitlement(client, one, policy, as_of).offered != "none"}
    setups = tuple(one if id(one) in covered else _part(one, hide) for one in client.setups)
    shown = client if covered else _part(client, hide)
    shown = shown.model_copy(update={"setups": setups})
    return replace(record, client=shown)


def _part(part: P, hide: Hide) -> P:
    changed = {name: _value(getattr(part, name), hide) for name in type(part).model_fields}
    return part.model_copy(update={name: value for name, value in changed.items() if value != getattr(part, name)})


def _value(value: object, hide: Hide) -> object:
    match value:
        case str():
            return hide(value)
        case tuple():
            return tuple(_value(one, hide) for one in value)
        case dict():
            return {key: _value(one, hide) for key, one in value.items()}
        case Part():
            return _part(value, hide)
        case _:
            return value
