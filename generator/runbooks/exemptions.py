"""Waivers, wherever they stand: in policy.yml, or in a record beside the line they are about.

Beside the line: `# runbooks: ignore[BKP001] until 2026-12-31 by Backup lead: the reason`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from runbooks.policy import Policy
from runbooks.recordfiles import Record
from runbooks.report import Exemption
from runbooks.source import Comment, Document

FORM: Final = "# runbooks: ignore[CODE] until YYYY-MM-DD by NAME: reason"
_IGNORE = re.compile(
    r"ignore\s*\[(?P<rules>[^\]]*)\]"
    r"(?:\s+until\s+(?P<until>\S+?))?(?:\s+by\s+(?P<by>[^:]*?))?\s*(?::\s*(?P<reason>.*))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a comment that should be a waiver."""

    comment: Comment
    message: str


def of_policy(policy: Policy, document: Document) -> Iterator[Exemption]:
    """The waivers of policy.yml."""
    for waiver in policy.waivers:
        yield Exemption(
            rule=waiver.rule,
            client=waiver.client,
            reason=waiver.reason,
            approver=waiver.approver,
            until=waiver.until,
            place=document.place(waiver.at()),
            path=waiver.at(),
        )


def inline(record: Record) -> Iterator[Exemption | Flaw]:
    """The waivers that stand in a record. A comment that is none and should be is a flaw, and waives nothing."""
    for comment in record.document.comments:
        found = _IGNORE.fullmatch(comment.words)
        if found is None:
            yield Flaw(comment, f"this comment is no waiver: write {FORM}")
            continue
        until, missing = _day(found["until"] or ""), _missing(found)
        if missing:
            yield Flaw(comment, f"this waiver lacks {' and '.join(missing)}: write {FORM}")
        elif until is None:
            yield Flaw(comment, f"{found['until']} is not a day of the calendar: write YYYY-MM-DD")
        else:
            for rule in found["rules"].split(","):
                yield Exemption(
                    rule=rule.strip(),
                    client=record.slug,
                    reason=found["reason"].strip(),
                    approver=found["by"].strip(),
                    until=until,
                    place=comment.place,
                    line=comment.about,
                )


def _missing(found: re.Match[str]) -> list[str]:
    parts = (("rules", "the rule"), ("until", "its last day"), ("by", "who approved it"), ("reason", "the reason"))
    return [words for part, words in parts if not (found[part] or "").strip()]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None
