"""What a rule is, and the book of all rules."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal, TypeAlias

from runbooks.findings import Blocks, Problem, Severity
from runbooks.fleet import Fleet, Record, Written
from runbooks.policy import PROFILES, Policy, Profile

RecordCheck: TypeAlias = Callable[[Record, Fleet], Iterable[Problem]]
WrittenCheck: TypeAlias = Callable[[Written, Fleet], Iterable[Problem]]
FleetCheck: TypeAlias = Callable[[Fleet], Iterable[Problem]]
Subject: TypeAlias = Literal["record", "written", "policy", "reader"]
Days: TypeAlias = Callable[[Record, Policy], Iterable[date]]
"""The days on which a rule may begin or cease to find something in a record, though nobody touches it."""

SAMPLE = re.compile(r"^(?P<kind>Bad|Good):\n\n?(?P<yaml>(?:(?: {4}.*)?\n)+)", re.MULTILINE)
FAMILIES: Final = {
    "YML": "the text of a file",
    "REC": "the shape of a record",
    "POL": "the policy",
    "CAT": "the catalogue of products",
    "INV": "what the products report",
    "AGR": "agreements and monitoring",
    "DOC": "documentation",
    "BKP": "recoverability",
    "SEC": "secrets, keys and access",
    "WVR": "waivers",
    "PUB": "publishing",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with everything a person asks about it. `blocks` does not depend on the severity.

    `profile` is the first profile that asks it; None when only a line under `rules` of policy.yml turns it on. A
    `reminder` says what the calendar will bring, and keeps no client from meeting a profile. A `timeless` one finds the
    same on every day; of rules about records, those without `days` do. What one `of_clients` finds is about one client
    each time, though it looks at all of them.
    """

    code: str
    name: str
    severity: Severity
    blocks: Blocks
    waivable: bool
    subject: Subject
    summary: str
    why: str
    mend: str
    bad: tuple[str, ...] = ()
    good: tuple[str, ...] = ()
    profile: Profile | None = "start"
    reminder: bool = False
    timeless: bool = False
    of_clients: bool = False
    days: Days | None = field(default=None, compare=False)
    check: Callable[..., Iterable[Problem]] | None = field(default=None, compare=False)

    @property
    def leeway(self) -> str:
        """What policy.yml may do about it. A waiver is for one client, so it is no use where a finding has none."""
        if not self.waivable:
            return "cannot be waived or turned down"
        return "can be waived or turned down" if self.can_be_waived else "can be turned down"

    @property
    def can_be_waived(self) -> bool:
        """Whether a waiver is of any use: it is for one client."""
        return self.waivable and (self.subject == "record" or self.of_clients)

    @property
    def title(self) -> str:
        """Code and name, as every report prints them."""
        return f"{self.code} {self.name}"

    @property
    def address(self) -> str:
        """Where its page is in the site."""
        return f"rules/{self.code.lower()}/"

    def asked_by(self, profile: Profile) -> bool:
        """Whether a profile asks it."""
        return self.profile is not None and PROFILES.index(self.profile) <= PROFILES.index(profile)


RULES: Final[dict[str, Rule]] = {}
"""Every rule under its code."""


def rule(
    code: str,
    name: str,
    severity: Severity = Severity.ERROR,
    *,
    blocks: Blocks = Blocks.NOTHING,
    waivable: bool = True,
    subject: Subject = "record",
    profile: Profile | None = "start",
    reminder: bool = False,
    timeless: bool = False,
    of_clients: bool = False,
    days: Days | None = None,
) -> Callable[[RecordCheck | WrittenCheck | FleetCheck], RecordCheck | WrittenCheck | FleetCheck]:
    """File a function as a rule. Its docstring holds summary, reason, `Mend:`, and samples under `Bad:` and `Good:`."""

    def file(check: RecordCheck | WrittenCheck | FleetCheck) -> RecordCheck | WrittenCheck | FleetCheck:
        documented = _documented(
            code,
            name,
            severity=severity,
            blocks=blocks,
            waivable=waivable,
            subject=subject,
            text=check.__doc__ or "",
            check=check,
        )
        asked = replace(documented, profile=profile, reminder=reminder, timeless=timeless, days=days)
        add(replace(asked, of_clients=of_clients))
        return check

    return file


def read_by(code: str, name: str, text: str, *, blocks: Blocks = Blocks.CLIENT, waivable: bool = False) -> None:
    """File a rule that a reader checks by itself; `text` is written like the docstring of a rule."""
    documented = _documented(
        code,
        name,
        severity=Severity.ERROR,
        blocks=blocks,
        waivable=waivable,
        subject="reader",
        text=text,
        check=None,
    )
    add(documented)


def add(new: Rule) -> None:
    """File a rule. Two of one code or name are a mistake in the program."""
    if any(new.code == old.code or new.name == old.name for old in RULES.values()):
        raise ValueError(f"two rules are called {new.title}")
    RULES[new.code] = new


def find(word: str) -> Rule | None:
    """The rule of that code or name, whatever the case."""
    return next((one for one in RULES.values() if word.lower() in (one.code.lower(), one.name)), None)


def words() -> tuple[str, ...]:
    """Every code and name, for a "did you mean"."""
    return tuple(word for one in RULES.values() for word in (one.code, one.name))


def _documented(
    code: str,
    name: str,
    *,
    severity: Severity,
    blocks: Blocks,
    waivable: bool,
    subject: Subject,
    text: str,
    check: Callable[..., Iterable[Problem]] | None,
) -> Rule:
    head, _, tail = text.partition("\n")
    body = textwrap.dedent(tail).strip() + "\n"
    samples = [(found["kind"], textwrap.dedent(found["yaml"]).strip() + "\n") for found in SAMPLE.finditer(body)]
    prose = SAMPLE.sub("", body).strip()
    why, _, mend = prose.partition("Mend:")
    return Rule(
        code=code,
        name=name,
        severity=severity,
        blocks=blocks,
        waivable=waivable,
        subject=subject,
        summary=head.strip(),
        why=why.strip(),
        mend=mend.strip(),
        bad=tuple(sample for kind, sample in samples if kind == "Bad"),
        good=tuple(sample for kind, sample in samples if kind == "Good"),
        check=check,
    )
