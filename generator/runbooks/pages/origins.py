"""Where a value stands: the file and line of a part of a record, and a link there where policy.yml has one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from runbooks.fleet import Record
from runbooks.parts import Part
from runbooks.policy import Policy

View = dict[str, object]


def origin(part: Part, record: Record, policy: Policy) -> View:
    """The line on which a part of a record begins, in words and as a link."""
    place = record.document.place(part.at())
    link = line_url(policy, place.file, place.line)
    return {"words": f"{place.file}, line {place.line}", "line": str(place.line), "link": link}


def line_url(policy: Policy, file: str, line: int) -> str | None:
    """The address of a line of a file; None where policy.yml names none."""
    if policy.line_url is None:
        return None
    return policy.line_url.replace("{file}", quote(file)).replace("{line}", str(line))


def placed(views: Iterable[View], parts: Sequence[Part], record: Record, policy: Policy) -> list[View]:
    """Views of the parts of a record, each with where it stands."""
    return [{**view, "origin": origin(part, record, policy)} for view, part in zip(views, parts, strict=True)]
