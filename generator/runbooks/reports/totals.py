"""The totals of a report in words: what was checked, what was found, which profiles are met, as of which day."""

from __future__ import annotations

from runbooks.escape import visible
from runbooks.findings import Severity
from runbooks.policy import PROFILES
from runbooks.report import Report


def closing(report: Report) -> list[str]:
    """The lines that close a report for people; the last is always the summary."""
    return [visible(line) for line in (report.unpaid, profiles(report), summary(report)) if line]


def summary(report: Report) -> str:
    """What was checked, what was found, what was accepted, what has a fix, and as of which day."""
    found = ", ".join(number(report.count(severity), str(severity)) for severity in reversed(Severity))
    accepted = f"{len(report.waived)} waived, {len(report.baselined)} baselined, {fixable(report)}"
    against = f" against {number(report.feeds, 'feed')}" if report.feeds else ""
    return f"Checked {number(report.records, 'record')}{against}: {found}; {accepted}. As of {report.as_of}."


def fixable(report: Report) -> str:
    """How many findings `lint --fix` mends, and how many of them only with `--unsafe`."""
    guessed = f" ({report.unsafely_fixable} with --unsafe)" if report.unsafely_fixable else ""
    return f"{report.fixable} fixable{guessed}"


def profiles(report: Report) -> str:
    """How many clients meet which profile as their highest; empty where there is no client."""
    if not report.met:
        return ""
    met = list(report.met.values())
    counts = [f"{profile} {met.count(profile)}" for profile in reversed(PROFILES)]
    return f"Profiles met: {', '.join(counts)}, none {met.count(None)}."


def number(count: int, word: str) -> str:
    """A count with its word: 1 record, 2 records, 3 info."""
    return f"{count} {word}" if count == 1 or word == "info" else f"{count} {word}s"
