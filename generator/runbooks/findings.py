"""What every check yields: a problem at its place, and the finding and report that are made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from hashlib import blake2b
from typing import TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""The way to a value in a record: keys and list positions, outermost first."""


class Severity(IntEnum):
    """How bad a finding is; the larger, the worse."""

    INFO = 0
    WARNING = 1
    ERROR = 2

    def __str__(self) -> str:
        return self.name.lower()


class Blocks(IntEnum):
    """What may not be published while a finding stands. A property of the rule, not of its severity."""

    NOTHING = 0
    PAGE = 1
    CLIENT = 2
    SITE = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A span of a file. Lines and columns count from 1, columns in code points; the end is exclusive.

    `file` is relative to the site, with forward slashes on every system.
    """

    file: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


At: TypeAlias = KeyPath | Place
"""Where a problem is: a key path that the engine looks up in the record, or a place already known."""


@dataclass(frozen=True, slots=True)
class Patch:
    """Other text at a place of a file; put in where the place has no length."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """What mends a finding. `safe` when it changes nothing of what the file means.

    `text` stands in the place of the finding; where more or something else is to be done, `patches` say all of it, and
    `words` what that comes to.
    """

    text: str
    safe: bool = False
    patches: tuple[Patch, ...] = ()
    words: str = ""

    def at(self, place: Place) -> tuple[Patch, ...]:
        """All that is to be written to mend a finding at a place."""
        return self.patches or (Patch(place, self.text),)


@dataclass(frozen=True, slots=True)
class Problem:
    """What a check found, before the engine adds the rule, the client and the line.

    `code` is given only by readers (`source`) whose problems belong to more than one rule.
    `label` is a word for the place itself, `related` are further places with a word each: "promised here",
    "ended here".
    `on_key` points at the key instead of its value. `severity` is given only where it differs from the rule's.
    `about` tells problems of one rule at one place apart, `client` says whose it is where the subject does not.
    """

    at: At
    message: str
    help: str = ""
    related: tuple[tuple[At, str], ...] = ()
    code: str = ""
    on_key: bool = False
    severity: Severity | None = None
    label: str = ""
    fix: Fix | None = None
    about: str = ""
    client: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that explains a finding."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a check, complete: what, where, how bad, and what to do.

    `fingerprint` is the same on every day and wherever the lines move to, for as long as rule, client, key path and
    value are the same.
    """

    place: Place
    code: str
    name: str
    severity: Severity
    blocks: Blocks
    message: str
    help: str = ""
    client: str = ""
    path: KeyPath = ()
    related: tuple[Related, ...] = ()
    label: str = ""
    fix: Fix | None = None
    fingerprint: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.severity}: {self.message} [{self.code} {self.name}]"

    @property
    def order(self) -> tuple[str, int, int, int, int, str, str]:
        """The order of a report: by file, line and column, then by rule."""
        place = self.place  # which could be compared itself, at many times the cost
        return place.file, place.line, place.column, place.end_line, place.end_column, self.code, self.message


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in the order of a report, each once."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding.order))


def fingerprinted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in the order of a report, each once and each with a fingerprint that no other has."""
    found, seen = list[Finding](), Counter[str]()
    for finding in ordered(findings):
        own = finding.fingerprint or digest(finding.code, finding.client or finding.place.file, finding.message)
        seen[own] += 1
        only = own if seen[own] == 1 else digest(own, str(seen[own]))
        found.append(finding if finding.fingerprint == only else replace(finding, fingerprint=only))
    return tuple(found)


def digest(*words: str) -> str:
    """A short name for some words: 32 hexadecimal digits."""
    return blake2b("\0".join(words).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def path_words(path: KeyPath) -> str:
    """A key path as a report prints it: agreements[0].last_day."""
    words = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return words.removeprefix(".")
