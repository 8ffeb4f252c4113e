"""The gate's report: what was found, what is accepted for now, and what may be published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from runbooks.findings import Blocks, Finding, KeyPath, Place, Severity, path_words
from runbooks.policy import Profile

__all__ = ["Coverage", "Documented", "Exemption", "Met", "Report", "path_words"]

Met: TypeAlias = Profile | None
"""The highest profile that a client meets, or none."""


@dataclass(frozen=True, slots=True)
class Exemption:
    """A finding that somebody has accepted for a time: a waiver of policy.yml, or one beside the line it is about.

    `line` is the line of its own file that it is about; 0 is all of the client's record. `path` is its key path where
    it stands in policy.yml.
    """

    rule: str
    client: str
    reason: str
    approver: str
    until: date
    place: Place
    line: int = 0
    path: KeyPath = ()


@dataclass(frozen=True, slots=True)
class Documented:
    """How much of one client's runbook is documented: the state of each section, and what to do next.

    `earned` of `whole` are halves of the weights of the sections; `whole` is 0 where nothing can be told.
    """

    sections: Mapping[str, str]
    earned: int
    whole: int
    todo: str = ""
    rule: str = ""

    @property
    def percent(self) -> int | None:
        """How much is there, rounded down."""
        return self.earned * 100 // self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of all runbooks is documented, by client."""

    clients: Mapping[str, Documented] = field(default_factory=dict)

    @property
    def exact(self) -> Fraction | None:
        """The average of all clients of whom something can be told, not rounded; None where there is none."""
        known = [Fraction(one.earned, one.whole) for one in self.clients.values() if one.whole]
        return sum(known, Fraction(0)) / len(known) if known else None

    @property
    def percent(self) -> int | None:
        """The average of the percentages as they are shown, rounded down."""
        known = [one.percent for one in self.clients.values() if one.percent is not None]
        return sum(known) // len(known) if known else None

    @property
    def sections(self) -> Mapping[str, int]:
        """How much of each section is there, in percent, over all clients of whom it is asked."""
        worth = {"yes": 2, "part": 1, "no": 0}
        found: dict[str, list[int]] = {key: [] for one in self.clients.values() for key in one.sections}
        for one in self.clients.values():
            for key, state in one.sections.items():
                if state != "unasked":
                    found[key].append(worth.get(state, 0))
        return {key: sum(halves) * 50 // len(halves) for key, halves in found.items() if halves}


@dataclass(frozen=True)
class Report:
    """What the gate found on one day.

    `findings` stand; `waived` ones are accepted for a time, `baselined` ones are older than the baseline. `clients`
    gives the name of every record's client by its short name, `met` the highest profile each of them meets.
    `secrets` are the places whose text no report may show. `crashes` are tracebacks of rules that did not run to their
    end. `files` are the files of each record.
    """

    as_of: date
    records: int
    findings: tuple[Finding, ...]
    waived: tuple[tuple[Finding, Exemption], ...] = ()
    crashes: tuple[str, ...] = ()
    baselined: tuple[Finding, ...] = ()
    clients: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    met: Mapping[str, Met] = field(default_factory=dict)
    missing: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The codes of the rules that keep each client from the next higher profile."""
    secrets: tuple[Place, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    drafts: Mapping[str, bytes] = field(default_factory=dict)
    """The text of files that is not the one in the site, as an editor has it, by the name they have here."""
    feeds: int = 0
    """How many feeds of inventory/feeds.yml the records were held against."""
    unpaid: str = ""
    """What watching without an agreement costs a year, in words; empty when nothing is watched so."""

    def count(self, severity: Severity) -> int:
        """How many findings there are of that severity."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def fixable(self) -> int:
        """How many findings come with a fix: what `lint --fix --unsafe` mends."""
        return sum(finding.fix is not None for finding in self.findings)

    @property
    def unsafely_fixable(self) -> int:
        """How many of these need `--unsafe`."""
        return sum(finding.fix is not None and not finding.fix.safe for finding in self.findings)

    @property
    def passed(self) -> bool:
        """True when there is no error."""
        return self.count(Severity.ERROR) == 0

    @cached_property
    def clean(self) -> bool:
        """True when there is no error, and no page is kept back either."""
        return self.passed and all(finding.blocks is Blocks.NOTHING for finding in self.findings)

    def blocking(self, client: str) -> tuple[Finding, ...]:
        """The findings that keep a page, or all pages, of this client back."""
        return tuple(
            one for one in self.findings if one.client == client and one.blocks in (Blocks.PAGE, Blocks.CLIENT)
        )

    @cached_property
    def blocked_clients(self) -> frozenset[str]:
        """The clients whose pages are withheld but for those that are never withheld."""
        return frozenset(one.client for one in self.findings if one.blocks is Blocks.CLIENT and one.client)

    @cached_property
    def blocked_pages(self) -> frozenset[str]:
        """The hand-written files that are withheld, also those whose head cannot be read."""
        blocking = (Blocks.PAGE, Blocks.CLIENT)
        return frozenset(
            one.place.file for one in self.findings if one.blocks in blocking and one.place.file.startswith("docs/")
        )

    @property
    def site_blocked(self) -> bool:
        """True when nothing at all may be published."""
        return any(one.blocks is Blocks.SITE for one in self.findings)
