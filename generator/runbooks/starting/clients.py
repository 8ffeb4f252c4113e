"""The first record of a client: everything that can be known of it, and a placeholder where only a person knows more.

Placeholders are texts that begin with TODO; where a key takes no text, the word alone. The linter lists each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from runbooks.errors import UserError
from runbooks.fleet import Fleet, Record
from runbooks.policy import AdHoc, BlockTime, Recurring
from runbooks.records.agreement import Agreement
from runbooks.records.client import Client
from runbooks.records.setup import Setup
from runbooks.rules.documentation import OTHER
from runbooks.shape import closest
from runbooks.source import Json
from runbooks.starting import block
from runbooks.starting.likeness import likeness

TODO: Final = "TODO"
HEAD: Final = "# yaml-language-server: $schema=../schemas/client.json\n"
SERVICES: Final = ("backup", "monitoring", "repair", "restore")

NOTES: Final[block.Notes] = {
    ("reviewed",): "when somebody last read it against reality",
    ("contacts",): "in the order they are called",
    ("contacts", "roles"): "site, technical, billing, after_hours, ...",
    ("agreements", "id"): "its number in the PSA",
    ("agreements", "covers"): "a name alone is for all set-ups",
    ("agreements", "starts"): "the first day it is in force",
    ("agreements", "open_ended"): "or last_day: the last day it is in force",
    ("copies",): "where backups lie; also site, medium, encryption",
    ("setups", "managed_by"): "us | on_request | client | third_party",
    ("setups", "items"): "names exactly as the console shows them",
    ("monitoring",): "a promise: only while an agreement covers it",
    ("monitoring", "level"): "none | alert_only | full",
    ("monitoring", "declined"): "or quoted, while no answer has come",
}


def record(fleet: Fleet, name: str, *, agreement: str | None, products: Sequence[str], like: str | None) -> str:
    """The text of the record.

    Raises:
        UserError: when there is no such agreement type, product or client, or that client's record has errors.
    """
    types = fleet.policy.agreements.by_name
    _known(agreement, types, "agreement type")
    for product in products:
        _known(product, (*fleet.catalogue.products, OTHER), "product")
    _known(like, fleet.by_slug, "client")
    old = likeness(_whole(fleet.by_slug[like]), frozenset(products)) if like else {}
    new: dict[str, Json] = {
        "schema": 1,
        "client": name,
        "reviewed": {"on": TODO, "by": "TODO who"} if fleet.policy.profile != "start" else None,
        "sites": old.get("sites"),
        "contacts": [
            {"name": "TODO who decides, by function", "roles": ["decision_maker"], "phone": "TODO the number"}
        ],
        "agreements": [_agreement(fleet, agreement)] if agreement else old.get("agreements"),
        "copies": old.get("copies")
        or [{"id": "backups", "notes": "TODO where they lie, on what, and who has the key"}],
        "setups": [*_listed(old.get("setups")), *_more(fleet, products, old, agreement)],
        "monitoring": _promise(fleet, agreement) if agreement or not old.get("monitoring") else old["monitoring"],
    }
    order = [field.alias or key for key, field in Client.model_fields.items()]
    return HEAD + block.text({key: new[key] for key in order if new.get(key)}, NOTES)


def _known(word: str | None, known: Iterable[str], what: str) -> None:
    words = tuple(known)
    if word is not None and word not in words:
        raise UserError(f"there is no {what} {word}; " + (closest(word, words) or f"known: {', '.join(words)}"))


def _whole(old: Record) -> Record:
    if old.client.unreadable or old.problems:
        raise UserError(f"the record of {old.slug} has errors, so it is no model: runbooks lint {old.slug}")
    return old


def _agreement(fleet: Fleet, name: str) -> Json:
    kind = fleet.policy.agreement_type(name)
    counts = isinstance(kind, Recurring) and kind.counts
    new: dict[str, Json] = {"id": "TODO its number", "type": name}
    if counts:
        new |= {"covers": _covers(fleet, name), "starts": TODO, "open_ended": True, "billing": {"every": "month"}}
    elif isinstance(kind, BlockTime):
        new |= {"billing": {"every": "once"}, "block": {"hours_purchased": TODO}}
    elif isinstance(kind, AdHoc):
        new |= {"billing": {"every": "once"}}
    return {key: new[key] for key in Agreement.model_fields if key in new}


def _covers(fleet: Fleet, name: str) -> list[Json]:
    level = _level(fleet, name)
    if level == "full":
        return list(SERVICES)
    if level == "alert_only":
        return ["monitoring"]
    return [name if name in fleet.policy.service_names else "backup"]


def _level(fleet: Fleet, name: str | None) -> str:
    """The most monitoring that an agreement of that type gives."""
    kind = fleet.policy.agreement_type(name) if name else None
    return kind.monitoring if isinstance(kind, Recurring) and kind.counts else "none"


def _promise(fleet: Fleet, agreement: str | None) -> Json:
    """What stands under `monitoring`. That we watch is promised by a person, never by a program."""
    if _level(fleet, agreement) == "none":
        return {"level": "none", "declined": {"on": TODO}}
    return {"level": TODO, "alerts_to": ["TODO which of our mailboxes"], "checked": "business_days"}


def _more(fleet: Fleet, products: Sequence[str], old: dict[str, Json], agreement: str | None) -> Iterator[Json]:
    """A set-up of each product that the model has none of; of one nobody has named, where there is none at all."""
    there = {str(one.get("product")) for one in _listed(old.get("setups")) if isinstance(one, dict)}
    named = tuple(dict.fromkeys(products)) or ((OTHER,) if not there else ())
    for product in named:
        if product not in there:
            yield _setup(fleet, product, ours=_level(fleet, agreement) == "full")


def _setup(fleet: Fleet, product: str, *, ours: bool) -> Json:
    entry = fleet.catalogue.products.get(product)
    kinds = entry.product.protects if entry else ()
    item: dict[str, Json] = {"name": "TODO its name", "kind": kinds[0] if len(kinds) == 1 else TODO}
    new: dict[str, Json] = {
        "id": "backups" if product == OTHER else product,
        "product": product,
        "product_name": "TODO the product's name" if product == OTHER else None,
        "managed_by": "us" if ours else "client",
        "items": [item],
        "jobs": None,
        "steps": None,
    }
    if ours and fleet.policy.profile != "start":
        new["items"] = [{"id": "item-1", **item}]
        new["jobs"] = [{"name": "TODO its name", "items": ["item-1"], "to": "backups"}]
        new["steps"] = [{"do": "TODO how it was made", "expect": "TODO what is seen then"}]
    return {key: new[key] for key in Setup.model_fields if new.get(key)}


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
