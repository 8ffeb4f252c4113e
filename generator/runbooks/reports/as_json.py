"""The report for programs: everything there is to say, versioned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from runbooks.findings import Finding, Place, Severity
from runbooks.report import Coverage, Exemption, Report, path_words
from runbooks.reports.fixes import described
from runbooks.reports.links import url
from runbooks.reports.schema import SCHEMA_VERSION
from runbooks.reports.written import written


def as_json(report: Report, root: Path, site_url: str = "") -> str:
    """The whole report as JSON: what stands, then what is waived, then what is older than the baseline."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "as_of": report.as_of.isoformat(),
        "summary": totals(report),
        "coverage": _coverage(report.coverage),
        "findings": [
            *(_plain(one, site_url) for one in report.findings),
            *(_plain(one, site_url, waiver=exemption) for one, exemption in report.waived),
            *(_plain(one, site_url, baselined=True) for one in report.baselined),
        ],
    }
    return written(document)


def totals(report: Report) -> dict[str, Any]:
    """The totals of a report as plain data."""
    return {
        "records": report.records,
        **{str(severity): report.count(severity) for severity in reversed(Severity)},
        "waived": len(report.waived),
        "baselined": len(report.baselined),
        "fixable": report.fixable,
        "as_of": report.as_of.isoformat(),
        "profiles_met": {slug: report.met[slug] for slug in sorted(report.met)},
        "unpaid": report.unpaid,
        "feeds": report.feeds,
    }


def _coverage(found: Coverage) -> dict[str, Any]:
    return {
        "percent": found.percent,
        "sections": dict(found.sections),
        "clients": {
            slug: {
                "percent": one.percent,
                "sections": dict(one.sections),
                "next": one.todo or None,
                "rule": one.rule or None,
            }
            for slug, one in found.clients.items()
        },
    }


def _plain(
    finding: Finding, site_url: str, *, waiver: Exemption | None = None, baselined: bool = False
) -> dict[str, Any]:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": str(finding.severity),
        "blocks": str(finding.blocks),
        "client": finding.client or None,
        **_span(finding.place),
        "path": path_words(finding.path),
        "message": finding.message,
        "help": finding.help,
        "url": url(finding.code, site_url),
        "related": [{**_span(related.place), "message": related.message} for related in finding.related],
        "fixes": _fixes(finding),
        "fingerprint": finding.fingerprint,
        "waived": waiver is not None,
        "waiver": _waiver(waiver) if waiver else None,
        "baselined": baselined,
    }


def _span(place: Place) -> dict[str, Any]:
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }


def _fixes(finding: Finding) -> list[dict[str, Any]]:
    if finding.fix is None:
        return []
    edits = [{**_span(one.place), "text": one.text} for one in finding.fix.at(finding.place)]
    return [{"description": described(finding.fix), "safe": finding.fix.safe, "edits": edits}]


def _waiver(exemption: Exemption) -> dict[str, Any]:
    return {
        "reason": exemption.reason,
        "approver": exemption.approver,
        "until": exemption.until.isoformat(),
        "file": exemption.place.file,
        "line": exemption.place.line,
    }
