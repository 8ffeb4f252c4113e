"""What is kept on a shelf between runs, as JSON: records as they were read, what was found in them, whole reports."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json, to_json

from runbooks.gate import Found
from runbooks.recordfiles import Original, Record, recognised, record_of
from runbooks.report import Report
from runbooks.source import Document, Spots

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Checked:
    """A record, what was found in it, and a digest of all else that this depends on."""

    record: Record
    around: bytes
    found: Found


def packed(checked: Checked) -> bytes:
    """A record as it was read, and what was found in it; nothing where its names are no text.

    One with problems is read again: what was wrong with it is more than it says.
    """
    document = checked.record.document
    kept = [document.data, document.files] if is_whole(checked.record) else None
    try:
        head = to_json([checked.around.hex(), kept])
        return head + b"\n" + _adapter(Found).dump_json(checked.found)
    except ValueError:
        return b""


def unpacked(kept: bytes, original: Original) -> Checked | None:
    """What was kept of a record; None where that is nothing that this program has written."""
    head, _, found = kept.partition(b"\n")
    try:
        around, known = from_json(head)
        record = record_of(original) if known is None else _record(original, *known)
        return Checked(record, bytes.fromhex(around), _adapter(Found).validate_json(found))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def packed_report(report: Report) -> bytes:
    """A report; nothing where the names of its files are no text."""
    try:
        return _adapter(Report).dump_json(report)
    except ValueError:
        return b""


def unpacked_report(kept: bytes) -> Report | None:
    """A report that was kept; None where it is none."""
    try:
        found: Report = _adapter(Report).validate_json(kept)
    except ValueError:
        return None
    return found


def is_whole(record: Record) -> bool:
    """Whether all of a record is kept, so that it need not be read again."""
    document = record.document
    return not (record.problems or document.doubtful or document.unreadable or document.comments)


def let_go(record: Record, original: Original) -> None:
    """Forget where everything stands in a record that was checked: half of what it takes, and hardly asked for."""
    record.document.spots.let_go(lambda: record_of(original).document.spots)


def _record(original: Original, data: Any, files: list[str]) -> Record:
    spots = Spots.later(lambda: record_of(original).document.spots)
    document = Document(tuple(files), data, spots, frozenset(), unreadable=False)
    return recognised(original.name, document)


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)
