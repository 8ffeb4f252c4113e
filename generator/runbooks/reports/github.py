"""The report for GitHub Actions: annotations, everything in the log, and a table in the summary of the step."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Final

from runbooks import escape
from runbooks.findings import Finding, Severity
from runbooks.report import Report
from runbooks.reports.full import blocks
from runbooks.reports.links import absolute, prefix
from runbooks.reports.totals import closing

MOST: Final = 10
"""Annotations of a severity that GitHub shows of a step; further ones it drops without a word."""

SUMMARY: Final = "GITHUB_STEP_SUMMARY"
LARGEST: Final = 1_000_000
"""Bytes of a step's summary; above 1 MiB GitHub shows nothing of it."""


def github(report: Report, root: Path, site_url: str = "") -> str:
    """Annotations, the worst first, then every finding in full, then the summary. Writes the summary of the step."""
    before = "" if report.drafts else prefix(root)
    log = "\n".join([*blocks(report, root, site_url), *closing(report)[:-1]])
    trouble = _write_summary(report, before, site_url)
    commands = [*_annotations(report, before, site_url), *trouble]
    return "\n".join([*commands, *_inert(log), closing(report)[-1]]) + "\n"


def _annotations(report: Report, before: str, site_url: str) -> Iterator[str]:
    shown = 0
    for severity in (Severity.ERROR, Severity.WARNING):
        for finding in [one for one in report.findings if one.severity is severity][:MOST]:
            yield _annotation(finding, before, site_url)
            shown += 1
    if more := len(report.findings) - shown:
        yield _notice(f"{more} more, see the log")


def _annotation(finding: Finding, before: str, site_url: str) -> str:
    place = finding.place
    where = {"file": before + place.file, "line": str(place.line), "endLine": str(max(place.line, place.end_line))}
    if place.line == place.end_line:  # GitHub takes columns only within one line
        where |= {"col": str(place.column), "endColumn": str(place.end_column)}
    where["title"] = f"{finding.code} {finding.name}"
    properties = ",".join(f"{key}={_property(value)}" for key, value in where.items())
    words = (finding.message, finding.help, absolute(finding.code, site_url))
    message = "\n".join(escape.visible(line) for line in words if line)
    return f"::{finding.severity} {properties}::{_data(message)}"


def _notice(text: str) -> str:
    return f"::notice title=runbooks::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(escape.visible(text)).replace(":", "%3A").replace(",", "%2C")


def _inert(log: str) -> list[str]:
    """The log between two marks: what a record says there is no command to GitHub. The mark cannot stand within."""
    if not log:
        return []
    mark = f"runbooks-{blake2b(log.encode('utf-8', 'replace'), digest_size=16).hexdigest()}"
    return [f"::stop-commands::{mark}", log, f"::{mark}::"]


def _write_summary(report: Report, before: str, site_url: str) -> list[str]:
    """Add the table to the summary of the step, where there is one; a notice when it cannot be written."""
    name = os.environ.get(SUMMARY)
    if not name:
        return []
    path = Path(name)
    try:
        there = path.stat().st_size if path.exists() else 0
        text = table(report, before, site_url, LARGEST - there)
        with path.open("a", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)
    except OSError as error:
        return [_notice(f"the summary of the step could not be written: {error.strerror}")]
    return [] if text else [_notice("the summary of the step is full")]


def table(report: Report, before: str, site_url: str, room: int) -> str:
    """The totals and a table of the findings in Markdown, the worst first; what has no room, in bytes, is counted.

    Empty when there is no room for anything.
    """
    head = "\n\n".join(["## Runbooks", *(escape.text(line) for line in reversed(closing(report)))]) + "\n"
    if report.findings:
        head += "\n| Severity | Rule | Place | Finding |\n|---|---|---|---|\n"
    room -= len(head.encode("utf-8")) + 100  # for the line that counts the rest
    if room < 0:
        return ""
    rows = list[str]()
    for finding in sorted(report.findings, key=lambda one: (-one.severity, one.order)):
        row = _row(finding, before, site_url)
        room -= len(row.encode("utf-8", "replace"))
        if room < 0:
            break
        rows.append(row)
    left = len(report.findings) - len(rows)
    return head + "".join(rows) + (f"\n{left} more, see the log.\n" if left else "") + "\n"


def _row(finding: Finding, before: str, site_url: str) -> str:
    title = escape.text(f"{finding.code} {finding.name}")
    page = absolute(finding.code, site_url)
    rule = f"[{title}]({escape.link(page)})" if page else title
    place = escape.text(f"{before}{finding.place}")
    return f"| {finding.severity} | {rule} | {place} | {escape.text(finding.message)} |\n"
