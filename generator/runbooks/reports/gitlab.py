"""The report as GitLab's code quality."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from runbooks.escape import visible
from runbooks.findings import Blocks, Finding, Severity
from runbooks.report import Report
from runbooks.reports.links import prefix
from runbooks.reports.written import written


def gitlab(report: Report, root: Path, site_url: str = "") -> str:
    """A list of what stands. What is waived or older than the baseline has no way to be told there."""
    before = "" if report.drafts else prefix(root)
    return written([_plain(finding, before) for finding in sorted(report.findings, key=lambda one: one.order)])


def _plain(finding: Finding, before: str) -> dict[str, Any]:
    return {
        "description": visible(f"{finding.code} {finding.name}: {finding.message}"),
        "check_name": finding.code,
        "fingerprint": finding.fingerprint,
        "severity": _severity(finding),
        "location": {
            "path": before + finding.place.file,
            "lines": {"begin": finding.place.line, "end": max(finding.place.line, finding.place.end_line)},
        },
    }


def _severity(finding: Finding) -> str:
    """GitLab's word: an error that keeps pages back is critical, one that keeps everything back a blocker."""
    match finding.severity, finding.blocks:
        case Severity.INFO, _:
            return "info"
        case Severity.WARNING, _:
            return "minor"
        case _, Blocks.NOTHING:
            return "major"
        case _, Blocks.SITE:
            return "blocker"
        case _:
            return "critical"
