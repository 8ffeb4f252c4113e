"""The report for a person: every finding with its line of source, what it means, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from runbooks.escape import visible
from runbooks.findings import Finding
from runbooks.report import Report, path_words
from runbooks.reports.excerpts import Source, excerpt, source
from runbooks.reports.fixes import described
from runbooks.reports.links import absolute
from runbooks.reports.totals import closing


def full(report: Report, root: Path, site_url: str = "") -> str:
    """Every finding with its line of source and a caret, what it means and what to do."""
    return "\n".join([*blocks(report, root, site_url), *closing(report)]) + "\n"


def blocks(report: Report, root: Path, site_url: str) -> list[str]:
    """A block of lines for each finding, each with an empty line at its end."""
    lines = source(root, report.secrets, report.drafts)
    return ["\n".join(_block(finding, lines, site_url)) + "\n" for finding in report.findings]


def _block(finding: Finding, lines: Source, site_url: str) -> Iterator[str]:
    yield visible(f"{finding.severity}[{finding.code}] {finding.name}: {finding.message}")
    yield visible(f"  --> {finding.place}")
    yield from excerpt(finding, lines)
    if finding.path:
        yield visible(f"   = path: {path_words(finding.path)}")
    if finding.help:
        yield visible(f"   = help: {finding.help}")
    if finding.fix:
        yield visible(f"   = fix: {described(finding.fix)}")
    if page := absolute(finding.code, site_url):
        yield f"   = docs: {page}"
    yield f"   = more: runbooks explain {finding.code}"
