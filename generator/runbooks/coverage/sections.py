"""What a runbook needs, in nine sections: what is asked of each, what it weighs, and what to do where it lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from runbooks.coverage import answers
from runbooks.findings import Finding, Severity
from runbooks.fleet import Fleet, Record
from runbooks.rules.registry import RULES

State: TypeAlias = Literal["yes", "part", "no", "unread", "unasked"]
"""What a section has: all of it, some, nothing; or it cannot be read, or is not asked of this client."""
Asked: TypeAlias = Callable[[Record, Fleet], Iterable[bool]]
"""One answer for each thing that is asked of a client: whether it is there."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section: what it weighs of a hundred, what makes it complete, and what to do where it is not.

    `reads` are the keys of a record that must be readable for it. `rule` is the one that explains it where no finding
    does, `codes` the rules whose findings leave it incomplete wherever they stand, `keys` the parts of a record in
    which a finding about documentation belongs to it.
    """

    key: str
    title: str
    weight: int
    complete: str
    todo: str
    rule: str
    reads: tuple[str, ...]
    asked: Asked
    codes: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()

    def state(self, record: Record, fleet: Fleet, found: Iterable[Finding]) -> State:
        """What a record has of it. `found` are the findings of this section."""
        client = record.client
        if client.doubts and any(client.doubtful_at(key) for key in self.reads):
            return "unread"
        there, wrong = list(self.asked(record, fleet)), any(True for _ in found)
        if not any(there):
            return "no" if there or wrong else "unasked"
        return "part" if wrong or not all(there) else "yes"


SECTIONS: Final = (
    Section(
        "contacts",
        "Contacts",
        15,
        "Somebody can be called, and somebody may decide or approve spending.",
        "name who decides",
        "DOC004",
        ("contacts",),
        answers.contacts,
        frozenset({"DOC004", "AGR022"}),
        frozenset({"contacts"}),
    ),
    Section(
        "agreements",
        "Agreements",
        10,
        "The agreement is on file and says when it starts, when it ends and what it covers; without one, the client's "
        "answer to our offer is.",
        "file the agreement",
        "AGR005",
        ("agreements",),
        answers.agreements,
        frozenset(
            (
                *("AGR003", "AGR004", "AGR005", "AGR006", "AGR009", "AGR014", "AGR016", "AGR018", "AGR025"),
                *("INV008", "INV009"),
            )
        ),
        frozenset({"agreements"}),
    ),
    Section(
        "items",
        "Items",
        15,
        "Every set-up lists what it protects, and what is left out is agreed.",
        "list what is protected",
        "DOC002",
        ("setups",),
        answers.items,
        frozenset(("DOC003", "BKP011", "BKP013", "BKP014", "BKP022", "INV001", "INV003", "INV011", "INV020")),
        frozenset({"items", "unprotected", "defaults"}),
    ),
    Section(
        "jobs",
        "Jobs",
        10,
        "Every set-up that we work on has its jobs, with schedule, retention and copy, and each item is in one.",
        "describe the jobs",
        "DOC006",
        ("setups",),
        answers.jobs,
        frozenset({"DOC005", "INV010", "INV022"}),
        frozenset({"jobs"}),
    ),
    Section(
        "copies",
        "Copies",
        10,
        "Every copy says where it lies and on what.",
        "say where copies lie",
        "DOC002",
        ("copies",),
        answers.copies,
        keys=frozenset({"copies"}),
    ),
    Section(
        "keys",
        "Keys",
        10,
        "For each encrypted copy it is written where the key is kept, and for each set-up that we work on where the "
        "logins are. Never the keys themselves.",
        "say where keys are",
        "SEC010",
        ("copies", "setups"),
        answers.keys,
        frozenset({"SEC012", "SEC013"}),
        keys=frozenset({"encryption", "credentials", "backup_server"}),
    ),
    Section(
        "steps",
        "Steps",
        10,
        "Every set-up that we look after says how it was made, step by step.",
        "write down the steps",
        "DOC006",
        ("setups",),
        answers.steps,
        keys=frozenset({"steps", "procedures"}),
    ),
    Section(
        "tests",
        "Tests",
        15,
        "A restore from every set-up that we look after worked lately, none has failed since, and the RTO was kept.",
        "try a restore",
        "BKP001",
        ("setups",),
        answers.tests,
        frozenset({"BKP001", "BKP002", "BKP015"}),
        frozenset({"restore_tests"}),
    ),
    Section(
        "review",
        "Review",
        5,
        "Somebody compared the record with reality lately.",
        "review the record",
        "DOC020",
        ("reviewed",),
        answers.review,
        frozenset({"DOC020"}),
        frozenset({"reviewed"}),
    ),
)
"""In the order in which a runbook is read. The weights come to a hundred."""

ABOUT: Final = ("DOC", "REC", "SEC01", "YML")
"""How the codes begin of rules whose findings belong to the section in which they stand."""


def section_of(finding: Finding) -> Section | None:
    """The section that a finding leaves incomplete: that of its rule, or the innermost one in which it stands."""
    if finding.severity is Severity.INFO or RULES[finding.code].reminder:
        return None
    named = next((one for one in SECTIONS if finding.code in one.codes), None)
    if named is not None or not finding.code.startswith(ABOUT):
        return named
    for key in reversed(finding.path):
        inside = next((one for one in SECTIONS if key in one.keys), None)
        if inside is not None:
            return inside
    return None
