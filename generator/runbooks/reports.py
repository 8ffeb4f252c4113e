"""Reports: the same findings for a person, for grep, and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

from runbooks.findings import Finding, Place, Severity
from runbooks.gate import Report, path_words

SCHEMA_VERSION = 1

WIDTH = 160
"""Characters of a line that are shown at most."""


def full(report: Report, root: Path) -> str:
    """Every finding with its line of source and a caret, what it means and what to do."""
    blocks = [_block(finding, root) for finding in report.findings]
    return "\n".join([*blocks, summary(report)]) + "\n"


def concise(report: Report, root: Path) -> str:
    """A line for each finding."""
    return "\n".join([*(str(finding) for finding in report.findings), summary(report)]) + "\n"


def as_json(report: Report, root: Path) -> str:
    """The whole report as JSON, versioned."""
    counts = {str(severity): report.count(severity) for severity in Severity}
    document = {
        "schema_version": SCHEMA_VERSION,
        "as_of": report.as_of.isoformat(),
        "summary": {"records": report.records, **counts, "waived": len(report.waived)},
        "findings": [
            *(_plain(finding, waived=False) for finding in report.findings),
            *(_plain(finding, waived=True) for finding, _ in report.waived),
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


REPORTS: Final[dict[str, Callable[[Report, Path], str]]] = {"full": full, "concise": concise, "json": as_json}
"""Every report by its name."""


def summary(report: Report) -> str:
    """The last line of every report: what was checked, what was found, as of which day."""
    found = ", ".join(_number(report.count(severity), str(severity)) for severity in reversed(Severity))
    return f"Checked {_number(report.records, 'record')}: {found}; {len(report.waived)} waived. As of {report.as_of}."


def _number(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 or word == "info" else f"{count} {word}s"


def _block(finding: Finding, root: Path) -> str:
    lines = [f"{finding.severity}[{finding.code}] {finding.name}: {finding.message}", f"  --> {finding.place}"]
    lines.extend(_excerpt(finding, root))
    if finding.path:
        lines.append(f"   = path: {path_words(finding.path)}")
    if finding.help:
        lines.append(f"   = help: {finding.help}")
    lines.append(f"   = more: runbooks explain {finding.code}")
    return "\n".join(lines) + "\n"


def _excerpt(finding: Finding, root: Path) -> Iterator[str]:
    marks = [(finding.place, "^", finding.label)]
    marks.extend((related.place, "-", related.message) for related in finding.related)
    file = finding.place.file
    shown = sorted({(place, mark, words) for place, mark, words in marks if place.file == file})
    width = max(len(str(place.line)) for place, _, _ in shown)
    source = _lines(root / file)
    previous, start = None, 0
    for place, mark, words in shown:
        if place.line > len(source):
            continue
        if previous is not None and place.line > previous + 1:
            yield "..."
        text = source[place.line - 1].replace("\t", " ")
        if previous != place.line:
            start = max(0, place.column - WIDTH // 2) if place.column > WIDTH - 20 else 0
            yield f"{place.line:>{width}} | {_window(text, start)}".rstrip()
        yield f"{'':>{width}} | {_caret(place, text, mark, start)} {words}".rstrip()
        previous = place.line
    for related in finding.related:
        if related.place.file != file:
            yield f"   = {related.place}: {related.message}"


def _window(text: str, start: int) -> str:
    """The part of a long line that is shown, with a mark at the ends where it goes on."""
    head, tail = "\u2026" if start else "", "\u2026" if len(text) > start + WIDTH else ""
    return head + text[start + len(head) : start + WIDTH - len(tail)] + tail


def _caret(place: Place, text: str, mark: str, start: int) -> str:
    """The marks below a value, in the part of its line that begins at `start`."""
    first = min(place.column - 1 - start, WIDTH)
    end = place.end_column - 1 if place.end_line == place.line else len(text)
    return " " * first + mark * max(1, min(end - start, WIDTH) - first)


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_bytes()[:2_000_000].decode("utf-8", errors="replace")
    except OSError:
        return []
    return [
        _visible(line) for line in text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ]


def _visible(line: str) -> str:
    """A line without characters that a terminal would obey."""
    return "".join(character if character.isprintable() or character == "\t" else "\ufffd" for character in line)


def _plain(finding: Finding, *, waived: bool) -> dict[str, object]:
    place = {key: value for key, value in asdict(finding.place).items() if key != "file"}
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": str(finding.severity),
        "blocks": str(finding.blocks),
        "client": finding.client or None,
        "file": finding.place.file,
        **place,
        "path": path_words(finding.path),
        "message": finding.message,
        "help": finding.help,
        "related": [{**asdict(related.place), "message": related.message} for related in finding.related],
        "waived": waived,
    }
