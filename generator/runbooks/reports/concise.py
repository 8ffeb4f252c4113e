"""The report for grep and editors: a line for each finding."""

from __future__ import annotations

from pathlib import Path

from runbooks.escape import visible
from runbooks.report import Report
from runbooks.reports.totals import closing


def concise(report: Report, root: Path, site_url: str = "") -> str:
    """A line for each finding: its place, how bad it is, what it says, and its rule."""
    return "\n".join([*(visible(str(finding)) for finding in report.findings), *closing(report)]) + "\n"
