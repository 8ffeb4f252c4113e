"""JSON Schemas: of records, policy, products and feeds with this site's own words, and of the JSON report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from runbooks import reports
from runbooks.catalogue import Product
from runbooks.fleet import Fleet
from runbooks.inventory import formats
from runbooks.inventory.feeds import Feeds
from runbooks.policy import Policy
from runbooks.records.client import Client
from runbooks.rules.documentation import OTHER

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas(fleet: Fleet) -> dict[str, dict[str, Any]]:
    """Every schema by its file's name. Products, agreement types and services are those of this site."""
    client = _schema(Client, "A client record")
    part = {**client, "title": "A part of a client record"}
    part.pop("required", None)
    for one in (client,):
        definitions = one["$defs"]
        _choose(definitions["Setup"]["properties"]["product"], [*fleet.catalogue.products, OTHER])
        _choose(definitions["Agreement"]["properties"]["type"], list(fleet.policy.agreements.by_name))
        names = list(fleet.policy.service_names)
        cover = definitions["Cover"]
        for shape in cover.get("anyOf", [cover]):
            _choose(shape["properties"]["service"] if "properties" in shape else shape, names)
    feeds = _schema(Feeds, "inventory/feeds.yml")
    _choose(feeds["$defs"]["Feed"]["properties"]["format"], list(formats.names()))
    return {
        "client.json": client,
        "feeds.json": feeds,
        "part.json": part,
        "policy.json": _schema(Policy, "policy.yml"),
        "product.json": _schema(Product, "product.yml"),
        "report.json": reports.schema(),
    }


def write(fleet: Fleet, out: Path, *, check: bool) -> list[str]:
    """Write the schemas that are not there as they should be; the names of those."""
    stale = []
    for name, schema in schemas(fleet).items():
        path = out / name
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        if path.is_file() and path.read_bytes().replace(b"\r\n", b"\n") == text.encode("utf-8"):
            continue
        stale.append(name)
        if not check:
            out.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    return stale


def _schema(model: type[Client | Feeds | Policy | Product], title: str) -> dict[str, Any]:
    schema = without_null(model.model_json_schema(by_alias=True, mode="validation"))
    return {"$schema": DIALECT, **schema, "title": title}


def without_null(schema: Any) -> Any:
    """A schema in which no value may be null: to `shape`, a key without a value is a mistake."""
    if isinstance(schema, list):
        return [without_null(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: without_null(value) for key, value in schema.items() if not (key == "default" and value is None)}
    choices = kept.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        del kept["anyOf"]
        others = [one for one in choices if one != {"type": "null"}]
        return {**others[0], **kept} if len(others) == 1 else {**kept, "anyOf": others}
    return kept


def _choose(schema: dict[str, Any], words: list[str]) -> None:
    for key in ("pattern", "minLength", "maxLength"):
        schema.pop(key, None)
    schema["enum"] = words
