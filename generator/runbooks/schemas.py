"""JSON Schemas: of all that people write, with this site's own words, and of the JSON report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from runbooks import reports, vocabulary
from runbooks.catalogue import Guidance, Product
from runbooks.fleet import Fleet
from runbooks.handwritten import Head
from runbooks.hovers import explained
from runbooks.inventory import formats
from runbooks.inventory.feeds import Feeds
from runbooks.mapping import Map
from runbooks.parts import Part
from runbooks.policy import Policy
from runbooks.records.client import Client

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas(fleet: Fleet) -> dict[str, dict[str, Any]]:
    """Every schema by its file's name, with the words of this site, and with what editors show over each key."""
    client = schema_of(Client, "A client record")
    vocabulary.of_records(client, fleet)
    part = {**client, "title": "A part of a client record"}
    part.pop("required", None)
    feeds = schema_of(Feeds, "inventory/feeds.yml")
    _only(feeds["$defs"]["Feed"]["properties"]["format"], list(formats.names()))
    vocabulary.of_feeds(feeds, fleet)
    policy = schema_of(Policy, "policy.yml")
    vocabulary.of_policy(policy, fleet)
    product = schema_of(Product, "product.yml")
    vocabulary.of_products(product, fleet)
    columns = schema_of(Map, "import.yml")
    vocabulary.of_maps(columns, fleet)
    page = schema_of(Head, "The front matter of a hand-written page")
    vocabulary.of_pages(page, fleet)
    return {
        "client.json": client,
        "feeds.json": feeds,
        "import.json": columns,
        "page.json": page,
        "part.json": part,
        "policy.json": policy,
        "procedure.json": schema_of(Guidance, "The front matter of a procedure"),
        "product.json": product,
        "report.json": reports.schema(),
    }


def write(fleet: Fleet, out: Path, *, check: bool) -> list[str]:
    """Write the schemas that are not there as they should be; the names of those.

    With `check` nothing is written, and what is only offered may be older: a new client makes no schema wrong.
    """
    stale = []
    for name, schema in schemas(fleet).items():
        path = out / name
        written = text(schema)
        if path.is_file() and path.read_bytes().replace(b"\r\n", b"\n") == written.encode("utf-8"):
            continue
        if check and _asked(path) == without_words(schema):
            continue
        stale.append(name)
        if not check:
            out.mkdir(parents=True, exist_ok=True)
            path.write_text(written, encoding="utf-8", newline="\n")
    return stale


def _asked(path: Path) -> object:
    """What a written schema asks for; nothing where there is none that can be read."""
    try:
        return without_words(json.loads(path.read_bytes()))
    except (OSError, ValueError):
        return None


def without_words(schema: Any) -> Any:
    """A schema without the words that it offers, and beside which every other is as good."""
    if isinstance(schema, list):
        return [without_words(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: without_words(one) for key, one in schema.items() if not (key == "examples" and isinstance(one, list))}


def text(schema: dict[str, Any]) -> str:
    """A schema as its file says it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def schema_of(model: type[Part], title: str) -> dict[str, Any]:
    """The schema of a kind of file, with what editors show over each key, and no site's own words."""
    schema = without_null(model.model_json_schema(by_alias=True, mode="validation"))
    return {"$schema": DIALECT, **explained(schema, model.__name__), "title": title}


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


def _only(schema: dict[str, Any], words: list[str]) -> None:
    for key in ("pattern", "minLength", "maxLength"):
        schema.pop(key, None)
    schema["enum"] = words
