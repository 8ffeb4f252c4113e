"""The report as SARIF 2.1.0, for code scanning and the viewers of editors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from runbooks import __version__
from runbooks.findings import Finding, Place, Severity
from runbooks.report import Exemption, Report, path_words
from runbooks.reports.as_json import totals
from runbooks.reports.fixes import described
from runbooks.reports.links import absolute, prefix, uri
from runbooks.reports.written import written
from runbooks.rules.registry import FAMILIES, RULES, Rule

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
BASE: Final = "%SRCROOT%"
FINGERPRINT: Final = "runbooks/v1"
"""Not `primaryLocationLineHash`: GitHub's upload works that out itself, and warns of each that differs."""

LEVELS: Final[Mapping[Severity, str]] = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
LONGEST: Final = 1000
"""Characters of a rule's description; GitHub takes 1024."""

_LINK = re.compile(r"\[(?=[^\[\]]*\]\()")


def sarif(report: Report, root: Path, site_url: str = "") -> str:
    """The whole report as one run. What is waived or older than the baseline is there too, as suppressed."""
    every = [*report.findings, *(one for one, _ in report.waived), *report.baselined]
    rules = sorted({finding.code for finding in every})
    before = "" if report.drafts else prefix(root)
    results = [
        *(_result(one, rules, before) | _news(report) for one in report.findings),
        *(_result(one, rules, before) | _news(report) | _waived(by, before) for one, by in report.waived),
        *(_result(one, rules, before) | _old() for one in report.baselined),
    ]
    run = {
        "tool": {"driver": {**_driver(), "rules": [_rule(RULES[code], site_url) for code in rules]}},
        "invocations": [_invocation(report)],
        "originalUriBaseIds": {BASE: {"description": {"text": "The top of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {"summary": totals(report)},
    }
    return written({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _driver() -> dict[str, Any]:
    return {"name": "runbooks", "version": __version__}


def _rule(rule: Rule, site_url: str) -> dict[str, Any]:
    page = absolute(rule.code, site_url)
    about = " ".join(f"{rule.summary} {rule.why}".split())
    text = "\n\n".join(part for part in (rule.why, rule.mend, f"More: runbooks explain {rule.code}") if part)
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": about if len(about) <= LONGEST else about[:LONGEST] + "\u2026"},
        "help": {"text": text, "markdown": text},
        **({"helpUri": page} if page else {}),
        "defaultConfiguration": {"level": LEVELS[rule.severity], "enabled": rule.profile is not None},
        "properties": {
            "tags": [FAMILIES.get(rule.code[:3], "findings")],
            "precision": "very-high",
            "problem.severity": str(rule.severity) if rule.severity else "recommendation",
            "blocks": str(rule.blocks),
            "waivable": rule.waivable,
        },
    }


def _artifact(file: str, before: str) -> dict[str, Any]:
    return {"uri": uri(before + file), "uriBaseId": BASE}


def _physical(place: Place, before: str) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _artifact(place.file, before), "region": _region(place)}}


def _result(finding: Finding, rules: list[str], before: str) -> dict[str, Any]:
    location = _physical(finding.place, before)
    if finding.path:
        location["logicalLocations"] = [{"fullyQualifiedName": path_words(finding.path)}]
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rules.index(finding.code),
        "level": LEVELS[finding.severity],
        "message": _message("\n".join(words for words in (finding.message, finding.help) if words)),
        "locations": [location],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "suppressions": [],
        "properties": {"blocks": str(finding.blocks), "client": finding.client or None},
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_physical(one.place, before), "message": _message(one.message)}
            for number, one in enumerate(finding.related, start=1)
        ]
    if finding.fix:
        edits = [
            {"deletedRegion": _region(one.place), "insertedContent": {"text": one.text}}
            for one in finding.fix.at(finding.place)
        ]
        change = {"artifactLocation": _artifact(finding.place.file, before), "replacements": edits}
        result["fixes"] = [{"description": _message(described(finding.fix)), "artifactChanges": [change]}]
    return result


def _news(report: Report) -> dict[str, Any]:
    """What stands beside a baseline is new to it; where there is none, nothing is said."""
    return {"baselineState": "new"} if report.baselined else {}


def _old() -> dict[str, Any]:
    why = {"kind": "external", "status": "accepted", "justification": "It is older than the baseline."}
    return {"baselineState": "unchanged", "suppressions": [why]}


def _waived(exemption: Exemption, before: str) -> dict[str, Any]:
    words = f"{exemption.reason} (accepted by {exemption.approver} until {exemption.until})"
    suppression = {
        "kind": "external" if exemption.place.file == "policy.yml" else "inSource",
        "status": "accepted",
        "justification": words,
        "location": _physical(exemption.place, before),
    }
    return {"suppressions": [suppression]}


def _invocation(report: Report) -> dict[str, Any]:
    """How the run went. Tracebacks name folders of this machine, so they are on the standard error only."""
    crash = {"level": "error", "message": {"text": "A rule did not run to its end; its traceback is in the log."}}
    return {"executionSuccessful": not report.crashes, "toolExecutionNotifications": [crash for _ in report.crashes]}


def _region(place: Place) -> dict[str, int]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _message(words: str) -> dict[str, str]:
    """A message in which nothing that a record says becomes a link."""
    return {"text": _LINK.sub(r"\\[", words)}
