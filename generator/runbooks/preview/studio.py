"""The state of a preview: what was read last, how often it has changed, and what has to be said in the terminal."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from runbooks import gate
from runbooks.engine import BuildFailed
from runbooks.errors import UserError
from runbooks.findings import Finding, Severity
from runbooks.fleet import PolicyUnreadable
from runbooks.preview import reading
from runbooks.preview.desk import CLIENT, HOME, Desk
from runbooks.preview.panel import page_of_troubles, with_panel
from runbooks.preview.reading import Reading
from runbooks.report import Report
from runbooks.templates import TemplateProblem
from runbooks.unpaid import counted

PAGE: Final = "page.html"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent for an address: bytes, the name that says of what kind they are, and whether it is there at all."""

    body: bytes
    name: str = PAGE
    found: bool = True


class Studio:
    """One preview. Its methods may be called from several threads."""

    def __init__(self, root: Path, asked: date | None, only: str, tell: Callable[[str], None]) -> None:
        self._root, self._asked, self._only, self._tell = root, asked, only, tell
        self._news = threading.Condition(threading.RLock())
        self._desk: Desk | None = None
        self._reading: Reading | None = None
        self._troubles: tuple[str, ...] = ()
        self._policy: tuple[Finding, ...] = ()
        self._at, self._of_all, self._of_client = 1, 1, dict[str, int]()
        self._settled = True

    # What has changed

    def load(self) -> None:
        """Read everything. What cannot be read is told, and the site of before stays."""
        desk, read = None, None
        troubles, policy = tuple[str, ...](), tuple[Finding, ...]()
        try:
            read = reading.read(self._root, self._asked, self._only)
            desk = Desk(read)
        except PolicyUnreadable as error:
            policy = gate.policy_findings(error)
        except (UserError, BuildFailed) as error:
            troubles = self._words(error)
        with self._news:
            if desk is not None:
                if self._desk is not None:
                    self._desk.close()
                self._desk, self._reading = desk, read
            self._troubles, self._policy, self._settled = troubles, policy, True
            self._changed(None)
        self._say([*policy, *(read.report.findings if read else ())], troubles, read.report if read else None)

    def save(self) -> None:
        """Read what has changed in clients/, and check the clients whose records these are."""
        before = self._reading
        if before is None or self._desk is None or self._troubles or self._policy:
            self.load()
            return
        after, touched = reading.saved(before)
        if not touched:
            return
        with self._news:
            self._reading, self._settled = after, False
            self._desk.lay(after, touched)
            self._changed(touched)
        self._say(one for one in after.report.findings if one.client in touched)

    def settle(self) -> None:
        """After a save, ask the whole gate, and show where it says something else about a client than was shown."""
        before = self._reading
        if before is None or self._settled:
            return
        after = reading.settled(before)
        with self._news:
            if self._reading is not before or self._desk is None:
                return
            self._reading, self._settled = after, True
            touched = _differing(before.report, after.report)
            self._desk.lay(after, touched)
            if touched:
                self._changed(touched)
        self._say((), (), after.report)

    def close(self) -> None:
        """Let go of what is open."""
        with self._news:
            if self._desk is not None:
                self._desk.close()

    def _changed(self, touched: frozenset[str] | None) -> None:
        self._at += 1
        if touched is None:
            self._of_all = self._at
        self._of_client |= dict.fromkeys(touched or (), self._at)
        self._news.notify_all()

    # What is shown

    def answer(self, url: str) -> Answer | None:
        """What is at an address; None when nothing is."""
        with self._news:
            if self._desk is None:
                title = "" if self._policy or self._troubles else "The site is being read"
                return Answer(self._nothing(self._policy, self._troubles, title))
            url = HOME if url in ("", "index.html") else url.removesuffix("index.html")
            try:
                sheet = self._desk.sheet(url)
            except (BuildFailed, UserError, TemplateProblem) as error:
                return Answer(self._nothing(self._policy, [*self._troubles, *self._words(error)]))
            if sheet is None:
                body = self._desk.file(url)
                return None if body is None else Answer(body, url)
            found = CLIENT.match(url)
            client = found[1] if found else ""
            findings = [*self._policy, *self._about(client), *sheet.findings]
            troubles = (*self._troubles, *self._desk.printer.warnings, *sheet.printed.warnings)
            return Answer(with_panel(sheet.printed.html, self._at, client, findings, troubles).encode())

    def missing(self, url: str = "") -> Answer:
        """The page for what is not at an address; where it is about another client than the one that is shown, why."""
        found = CLIENT.match(url)
        with self._news:
            if self._only and found and found[1] != self._only:
                words = f"this preview shows {self._only} alone: `runbooks serve` without --client shows everybody"
                return Answer(self._nothing((), [words], "This client is not shown"), found=False)
            html = self._desk.missing() if self._desk else ""
            return Answer(with_panel(html, self._at, "", self._policy, self._troubles).encode(), found=False)

    def news(self, at: int, client: str, seconds: float) -> bool:
        """Wait for a change that touches a page of this client, or any page where none is named; whether one came."""
        with self._news:
            return self._news.wait_for(lambda: self._latest(client) > at or at > self._at, timeout=seconds)

    def first_page(self) -> str:
        """The address to begin with."""
        return f"clients/{self._only}/" if self._only else ""

    def _latest(self, client: str) -> int:
        if not client:
            return self._at
        return max(self._of_all, self._of_client.get(client, 0))

    def _about(self, client: str) -> list[Finding]:
        report = self._reading.report if self._reading else None
        if report is None:
            return []
        return [one for one in report.findings if one.client == client] if client else list(report.findings)

    def _nothing(self, findings: tuple[Finding, ...], troubles: Iterable[str], title: str = "") -> bytes:
        return page_of_troubles(self._at, title or "This page cannot be shown yet", findings, troubles).encode()

    # What is told

    def _words(self, error: Exception) -> tuple[str, ...]:
        """What is wrong, each in a line, and files by their names in the site: MkDocs says where that lies."""
        said = error.messages if isinstance(error, BuildFailed | UserError) else (str(error),)
        folders = {f"{folder}{os.sep}" for folder in (self._root, self._root.absolute(), self._root.resolve())}
        for folder in sorted(folders - {f".{os.sep}"}, key=len, reverse=True):
            said = tuple(one.replace(folder, "") for one in said)
        return tuple(" ".join(one.split()) for one in said)

    def _say(self, findings: Iterable[Finding], troubles: Iterable[str] = (), report: Report | None = None) -> None:
        for trouble in troubles:
            self._tell(f"error: {trouble}")
        for one in findings:
            if one.severity >= Severity.WARNING:
                self._tell(str(one))
        if report is not None:
            errors, warnings = (report.count(one) for one in (Severity.ERROR, Severity.WARNING))
            counts = ((report.records, "record"), (errors, "error"), (warnings, "warning"))
            self._tell(f"{', '.join(counted(*one) for one in counts)}. As of {report.as_of}.")


def _differing(before: Report, after: Report) -> frozenset[str]:
    """The clients about whom two reports say different things."""
    said = [{(one.client, one.fingerprint, one.place) for one in report.findings} for report in (before, after)]
    return frozenset(client for client, _, _ in said[0] ^ said[1] if client)
