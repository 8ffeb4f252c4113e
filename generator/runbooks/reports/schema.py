"""The JSON Schema of the report as JSON."""

from __future__ import annotations

from typing import Any, Final

from runbooks.findings import Blocks, Severity
from runbooks.policy import PROFILES

SCHEMA_VERSION: Final = 1
"""Goes up when a key goes or changes its meaning. A new key changes nothing."""

_TEXT: Final = {"type": "string"}
_FLAG: Final = {"type": "boolean"}
_DAY: Final = {"type": "string", "format": "date"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_NUMBER: Final = {"type": "integer", "minimum": 1}


def schema() -> dict[str, Any]:
    """What the report as JSON looks like."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A report of findings",
        **_object(
            "What `runbooks lint --format json` prints.",
            schema_version={"const": SCHEMA_VERSION, "description": "Goes up when a key goes or changes its meaning."},
            as_of=_said(_DAY, "The day that counted."),
            summary={"$ref": "#/$defs/summary"},
            coverage={"$ref": "#/$defs/coverage"},
            findings={"type": "array", "items": {"$ref": "#/$defs/finding"}},
        ),
        "$defs": {
            "summary": _summary(),
            "coverage": _coverage(),
            "finding": _finding(),
            "related": _object("A second place that explains a finding.", **_span(), message=_TEXT),
            "fix": _fix(),
            "waiver": _waiver(),
        },
    }


def _summary() -> dict[str, Any]:
    return _object(
        "The totals. What is waived or baselined is not among the severities.",
        records=_said(_COUNT, "How many records were checked."),
        **{str(severity): _COUNT for severity in reversed(Severity)},
        waived=_said(_COUNT, "Findings that somebody has accepted for a time."),
        baselined=_said(_COUNT, "Findings that are older than the baseline."),
        fixable=_said(_COUNT, "Findings that stand and come with a fix."),
        as_of=_DAY,
        profiles_met={
            "type": "object",
            "additionalProperties": {"enum": [*PROFILES, None]},
            "description": "By client, the highest profile that it meets.",
        },
        feeds=_said(_COUNT, "How many feeds of inventory/feeds.yml the records were held against."),
        unpaid=_said(_TEXT, "What watching without an agreement costs, in a sentence; empty when nothing is."),
    )


def _coverage() -> dict[str, Any]:
    states = {"type": "object", "additionalProperties": {"enum": ["yes", "part", "no", "unread", "unasked"]}}
    percent = {"type": ["integer", "null"], "minimum": 0, "maximum": 100}
    client = _object(
        "How much of one runbook is documented.",
        percent=_said(percent, "Rounded down; null where nothing can be told."),
        sections=_said(states, "What each section has."),
        next={"type": ["string", "null"], "description": "The most useful thing to do; null where nothing lacks."},
        rule={"type": ["string", "null"], "description": "The rule that explains it."},
    )
    return _object(
        "How much of the runbooks is documented, of clients who are active or come on board.",
        percent=_said(percent, "The average of all of them, rounded down."),
        sections=_said({"type": "object", "additionalProperties": percent}, "The percentage of each section."),
        clients=_said({"type": "object", "additionalProperties": client}, "Each of them by its short name."),
    )


def _finding() -> dict[str, Any]:
    return _object(
        "One finding. Lines and columns count from 1, columns in code points; the end is exclusive.",
        code={"type": "string", "pattern": "^[A-Z]{3}[0-9]{3}$"},
        name=_said(_TEXT, "The readable name of the rule."),
        severity={"enum": [str(severity) for severity in Severity]},
        blocks={"enum": [str(blocks) for blocks in Blocks], "description": "What is not published while it stands."},
        client={"type": ["string", "null"], "description": "The short name of the client it is about."},
        **_span(),
        path=_said(_TEXT, "The way to the value: agreements[0].last_day."),
        message=_TEXT,
        help=_TEXT,
        url={"type": "string", "format": "uri-reference", "description": "The page of the rule."},
        related={"type": "array", "items": {"$ref": "#/$defs/related"}},
        fixes={"type": "array", "items": {"$ref": "#/$defs/fix"}},
        fingerprint=_said({"type": "string", "minLength": 1}, "The same on every day and wherever the lines move to."),
        waived=_FLAG,
        waiver={"anyOf": [{"$ref": "#/$defs/waiver"}, {"type": "null"}]},
        baselined=_FLAG,
    )


def _fix() -> dict[str, Any]:
    edits = {"type": "array", "items": _object("What to write in place of a span.", **_span(), text=_TEXT)}
    return _object(
        "What would mend a finding.",
        description=_TEXT,
        safe=_said(_FLAG, "Whether the file says the same afterwards."),
        edits=edits,
    )


def _waiver() -> dict[str, Any]:
    return _object(
        "Who accepted a finding, why, and the last day of it.",
        reason=_TEXT,
        approver=_TEXT,
        until=_DAY,
        file=_TEXT,
        line=_NUMBER,
    )


def _span() -> dict[str, Any]:
    file = _said(_TEXT, "Relative to the folder with policy.yml.")
    return {"file": file, "line": _NUMBER, "column": _NUMBER, "end_line": _NUMBER, "end_column": _NUMBER}


def _object(description: str, /, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(properties),
    }


def _said(kind: dict[str, Any], description: str) -> dict[str, Any]:
    return {**kind, "description": description}
