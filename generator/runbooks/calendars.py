"""A forecast for people, for a calendar, and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from runbooks.escape import visible
from runbooks.findings import digest
from runbooks.forecast import Change
from runbooks.rules.registry import RULES

SCHEMA_VERSION: Final = 1
LINE_OCTETS: Final = 75
"""How long a line of an iCalendar file may be (RFC 5545, section 3.1)."""


def table(changes: Sequence[Change], as_of: date, days: int) -> str:
    """A paragraph for each day: what begins and what ends, for whom."""
    lines = list[str]()
    for day, found in groupby(changes, key=lambda change: change.day):
        lines.append(f"{day} {WEEKDAYS[day.weekday()]}")
        lines.extend(f"  {_row(change)}" for change in found)
    lines.append(_summary(changes, as_of, days))
    return "\n".join(lines) + "\n"


WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _row(change: Change) -> str:
    one = change.finding
    turn = f"{one.severity}" if change.turn == "begins" else f"no longer {one.severity}"
    return visible(f"{one.client or one.place.file}: {turn}: {one.message} [{one.code} {one.name}]")


def _summary(changes: Sequence[Change], as_of: date, days: int) -> str:
    begin = sum(change.turn == "begins" for change in changes)
    return f"In the {days} days after {as_of}: {begin} findings begin, {len(changes) - begin} end."


def calendar(changes: Sequence[Change], as_of: date, days: int) -> str:  # noqa: ARG001 - a form like the others
    """An iCalendar file (RFC 5545): an event of the whole day for every finding that begins.

    What ends by itself is nothing to do, so it has none.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//backup-runbooks//forecast//EN", "CALSCALE:GREGORIAN"]
    for change in changes:
        if change.turn == "begins":
            lines.extend(_event(change, as_of))
    lines.append("END:VCALENDAR")
    return "".join(part + "\r\n" for line in lines for part in _folded(line))


def _event(change: Change, as_of: date) -> Iterator[str]:
    one = change.finding
    yield "BEGIN:VEVENT"
    yield f"UID:{digest(one.fingerprint, str(one.severity), change.day.isoformat())}@backup-runbooks"
    yield f"DTSTAMP:{as_of.isoformat().replace('-', '')}T000000Z"
    yield f"DTSTART;VALUE=DATE:{change.day.isoformat().replace('-', '')}"
    yield "SUMMARY:" + _escaped(f"{one.client or one.place.file}: {one.message}")
    about = f"{RULES[one.code].title} ({one.severity}) at {one.place}. {one.help}".rstrip()
    yield "DESCRIPTION:" + _escaped(about)
    yield "CATEGORIES:" + _escaped(one.name)
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return "".join(character for character in text if character.isprintable())


def _folded(line: str) -> Iterator[str]:
    """A line in parts of at most 75 octets, no character cut; every part after the first begins with a space."""
    part = ""
    for character in line:
        if len((part + character).encode("utf-8")) > LINE_OCTETS:
            yield part
            part = " "
        part += character
    yield part


def as_json(changes: Sequence[Change], as_of: date, days: int) -> str:
    """The whole forecast as JSON, versioned."""
    rows = [
        {
            "day": change.day.isoformat(),
            "turn": change.turn,
            "client": change.finding.client or None,
            "code": change.finding.code,
            "name": change.finding.name,
            "severity": str(change.finding.severity),
            "blocks": str(change.finding.blocks),
            "message": change.finding.message,
            "file": change.finding.place.file,
            "line": change.finding.place.line,
            "fingerprint": change.finding.fingerprint,
        }
        for change in changes
    ]
    document = {"schema_version": SCHEMA_VERSION, "as_of": as_of.isoformat(), "days": days, "changes": rows}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


FORECASTS: Final[dict[str, Callable[[Sequence[Change], date, int], str]]] = {
    "table": table,
    "ics": calendar,
    "json": as_json,
}
"""Every form of a forecast by its name."""
