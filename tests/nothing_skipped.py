"""A pytest plugin that fails a run in which a test or a file of tests was skipped: `-p tests.nothing_skipped`."""

from __future__ import annotations

import pytest

skipped: set[str] = set()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped:
        skipped.add(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        skipped.add(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for nodeid in sorted(skipped):
        terminalreporter.write_line(f"SKIPPED, and nothing may be: {nodeid}", red=True)
