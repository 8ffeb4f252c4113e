"""The words that are a site's own, for the schemas: clients, products, agreement types, services, targets, procedures.

A word that is not known is wrong where a rule calls it an error; where none does, what is known is offered, and any
other word is as good.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from runbooks.catalogue import USUAL, is_watching
from runbooks.fleet import Fleet
from runbooks.inventory.feeds import ORDERS
from runbooks.mapping import FIELDS
from runbooks.policy import OwnField, Policy
from runbooks.rules.documentation import OTHER
from runbooks.rules.registry import RULES, find

Schema = dict[str, Any]

TYPES: Final[Mapping[str, Schema]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "flag": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "choice": {"type": "string"},
}
"""What the own fields of a record hold, by the type that policy.yml gives them."""


def of_records(schema: Schema, fleet: Fleet) -> None:
    """Put the words of a site into the schema of a record."""
    shapes, policy = schema["$defs"], fleet.policy
    _choose(shapes["Setup"]["properties"]["product"], [*fleet.catalogue.products, OTHER], policy, "DOC001")
    _choose(shapes["Agreement"]["properties"]["type"], policy.agreements.by_name, policy, "AGR003")
    _choose(shapes["Copy"]["properties"]["target"], (one.id for one in policy.targets), policy, "REC004")
    cover = shapes["Cover"]
    for shape in cover.get("anyOf", [cover]):
        service = shape["properties"]["service"] if "properties" in shape else shape
        _choose(service, policy.service_names, policy, "AGR004")
    _offer(schema["properties"]["groups"]["items"], _groups(fleet))
    _offer(shapes["Monitoring"]["properties"]["alerts_to"]["items"], (one for one in policy.mailboxes if one[0] != "@"))
    _offer(shapes["Keeps"]["properties"]["legal_basis"], policy.legal_retention)
    shapes["Setup"]["properties"]["procedures"]["properties"] = dict(_procedures(fleet))
    _declare(schema["properties"]["fields"], policy)


def of_policy(schema: Schema, fleet: Fleet) -> None:
    """Put the words of a site into the schema of policy.yml: products, clients, and the rules that there are."""
    _offer(schema["properties"]["standard_products"]["items"], fleet.catalogue.products)
    waiver = schema["$defs"]["Waiver"]["properties"]
    _offer(waiver["rule"], (one.code for one in RULES.values() if one.can_be_waived))
    _offer(waiver["client"], fleet.by_slug)
    rules = schema["properties"]["rules"]
    (severity,) = rules["patternProperties"].values()
    rules["properties"] = {
        one.code: {**severity, "title": one.name, "description": f"{one.title}: {one.summary}"}
        for one in sorted(RULES.values(), key=lambda one: one.code)
        if one.waivable
    }


def of_products(schema: Schema, fleet: Fleet) -> None:
    """Put the procedures into the schema of product.yml: the usual ones, and those that answer an alert."""
    without = schema["properties"]["without"]
    (line,) = without["patternProperties"].values()
    without["properties"] = {name: {**line, "description": f"Why there is no {name}.md."} for name in USUAL}
    answers = (name for name, _ in _procedures(fleet) if is_watching(name))
    _offer(schema["$defs"]["Alert"]["properties"]["procedure"], answers)


def of_feeds(schema: Schema, fleet: Fleet) -> None:
    """Put the words of a site into the schema of feeds.yml: products, clients, their set-ups and numbers, feeds."""
    feed, ignore = (schema["$defs"][name]["properties"] for name in ("Feed", "Ignore"))
    clients = [record.client for record in fleet.records]
    _offer(feed["product"], fleet.catalogue.products)
    _offer(feed["setup"], sorted({setup.id for one in clients for setup in one.setups}))
    _offer(feed["external_id"], sorted({system for one in clients for system in one.external_ids}))
    _offer(ignore["feed"], (one.id for one in fleet.inventory.feeds))
    for each in (feed, ignore):
        _offer(each["client"], fleet.by_slug)


def of_maps(schema: Schema, fleet: Fleet) -> None:
    """Put the products of a site, and the fields of a record, into the schema of a column map."""
    table = schema["$defs"]["Table"]["properties"]
    _offer(table["product"], fleet.catalogue.products)
    _offer(schema["properties"]["dates"], ORDERS)
    (column,) = table["columns"]["patternProperties"].values()
    own = [f"fields.{name}" for name in fleet.policy.fields]
    kinds = {rows: (*fields, *own) if rows == "clients" else fields for rows, fields in FIELDS.items()}
    table["columns"]["properties"] = {
        name: {**column, "description": f"In rows of {', '.join(one for one in kinds if name in kinds[one])}."}
        for name in dict.fromkeys(name for names in kinds.values() for name in names)
    }


def of_pages(schema: Schema, fleet: Fleet) -> None:
    """Put the clients of a site into the schema of a page's front matter."""
    _offer(schema["properties"]["client"], fleet.by_slug)


def _choose(schema: Schema, words: Iterable[str], policy: Policy, code: str) -> None:
    """Allow these words alone, if the rule of that code is in force as an error; else offer them."""
    known = list(words)
    if not known or not _is_error(code, policy):
        _offer(schema, known)
        return
    for key in ("pattern", "minLength", "maxLength"):
        schema.pop(key, None)
    schema["enum"] = known


def _is_error(code: str, policy: Policy) -> bool:
    """Whether a rule stands as an error: policy.yml may have turned it down."""
    asked = (severity for word, severity in policy.rules.items() if find(word) is RULES[code])
    return not RULES[code].waivable or next(asked, "error") == "error"


def _offer(schema: Schema, words: Iterable[str]) -> None:
    """Let editors complete these words. Examples allow every other."""
    known = list(words)
    if known:
        schema["examples"] = known


def _groups(fleet: Fleet) -> list[str]:
    return sorted({name for record in fleet.records for name in record.client.groups})


def _procedures(fleet: Fleet) -> Iterator[tuple[str, Schema]]:
    """The procedures of the catalogue by id, each with what its first product calls it."""
    titles: dict[str, str] = {}
    for entry in fleet.catalogue.products.values():
        for procedure in entry.procedures.values():
            titles.setdefault(procedure.id, procedure.guidance.title)
    for name in sorted(titles):
        yield name, {"$ref": "#/$defs/Difference", "title": titles[name]}


def _declare(fields: Schema, policy: Policy) -> None:
    """Offer the own fields that policy.yml declares."""
    if policy.fields:
        fields["properties"] = {name: _field(name, one, fields, policy) for name, one in policy.fields.items()}


def _field(name: str, field: OwnField, fields: Schema, policy: Policy) -> Schema:
    (allowed,) = fields["patternProperties"].values()
    title = field.title or name
    shown: Schema = {**allowed, "title": title, "description": f"{title}, a field of our own: {field.type}."}
    if _is_error("REC009", policy):
        shown.update(TYPES[field.type])
        if field.type == "choice" and field.values:
            return {**shown, "enum": list(field.values)}
    _offer(shown, field.values)
    return shown
