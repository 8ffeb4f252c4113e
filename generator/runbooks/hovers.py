"""What an editor shows over a key: what it is for, in a sentence, and how it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from runbooks.typical import TYPICAL

PLAIN: Final = re.compile(r"[A-Za-z][\w ./@-]*[\w/]|\d{4}-\d\d-\d\d|\d+[mhdw]")
"""A text that needs no quotes, also in a list in brackets."""
WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""Texts that some programs take for something else where they have no quotes."""


def explained(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """A schema whose keys say to an editor what they are for, with an example. `name` is the model's."""
    shapes = schema.get("$defs", {})
    for owner, shape in ((name, schema), *shapes.items()):
        for key, value in keys(shape):
            words = value.get("description") or target(value, shapes).get("description", "")
            example = written(f"{owner}.{key}", key, value, shapes)
            value["markdownDescription"] = f"{words}\n\n```yaml\n{key}: {example}\n```"
    return schema


def keys(shape: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key of a shape with its schema, also where the shape is one of two things that a value can be."""
    whole = (one for one in shape.get("anyOf", ()) if "additionalProperties" in one)
    for one in (shape, *whole):
        yield from one.get("properties", {}).items()


def target(value: dict[str, Any], shapes: Mapping[str, Any]) -> dict[str, Any]:
    """The shape that a value refers to; the value itself where it refers to none."""
    found: dict[str, Any] = shapes[value["$ref"].rpartition("/")[2]] if "$ref" in value else value
    return found


def written(place: str, key: str, value: dict[str, Any], shapes: Mapping[str, Any]) -> str:
    """An example of a value as it stands behind its key, in one line of YAML."""
    shape = target(value, shapes)
    given = TYPICAL.get(place) or TYPICAL.get(key)
    if shape.get("type") == "array":
        inner = shape["items"]
        return f"[{given if given and given[:1] in '{[' else _one(place, key, inner, shapes, given)}]"
    return _one(place, key, value, shapes, given)


def _one(place: str, key: str, value: dict[str, Any], shapes: Mapping[str, Any], given: str | None) -> str:
    shape = target(value, shapes)
    if given is not None:
        return given if given.startswith("{") or shape.get("type") in ("integer", "number") else _text(given)
    if "$ref" in value:
        return _mapping(value["$ref"].rpartition("/")[2], shape, shapes)
    if "const" in shape or "enum" in shape:
        word = shape["const"] if "const" in shape else shape["enum"][0]
        return _text(word) if isinstance(word, str) else json.dumps(word)
    if "anyOf" in shape:
        return _one(place, key, shape["anyOf"][0], shapes, None)
    match shape.get("type"):
        case "boolean":
            return "true"
        case "integer" | "number":
            return str(shape.get("default") or 30)
        case "string":
            return _string(place, shape)
        case _:
            raise ValueError(f"there is no example of {place}")


def _string(place: str, shape: dict[str, Any]) -> str:
    if shape.get("format") == "date":
        return "2026-10-04"
    if "://" in shape.get("pattern", ""):
        return "vault://harbour-dental/" + place.rpartition(".")[2].removesuffix("_ref").replace("_", "-")
    if "default" in shape:
        return _text(shape["default"])
    for text in ("24h", "daily at 22:00"):
        if re.search(shape.get("pattern", r"(?!)"), text) and not re.search(shape["pattern"], "Any words"):
            return text
    raise ValueError(f"there is no example of {place}")


def _mapping(name: str, shape: dict[str, Any], shapes: Mapping[str, Any]) -> str:
    """A mapping with all that it must have; the first two keys where it must have nothing."""
    if "anyOf" in shape and "properties" not in shape:
        return _one(f"{name}.", "", shape["anyOf"][0], shapes, TYPICAL.get(f"{name}.service"))
    keys = shape["properties"]
    wanted = shape.get("required") or _least(shape) or list(keys)[:2]
    return "{" + ", ".join(f"{key}: {written(f'{name}.{key}', key, keys[key], shapes)}" for key in wanted) + "}"


def _least(shape: dict[str, Any]) -> list[str]:
    """What a shape must have that can be one thing or another: what the first of them asks for."""
    return next((one["required"] for one in shape.get("anyOf", ()) if "required" in one), [])


def _text(text: str) -> str:
    """A text as YAML has it, in quotes where it needs them."""
    if PLAIN.fullmatch(text) and text.lower() not in WORDS and ": " not in text:
        return text
    return json.dumps(text, ensure_ascii=False) if "'" in text or "\\" in text else f'"{text}"'
