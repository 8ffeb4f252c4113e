"""The gate at work: every rule over everything that was read, and the report that says what may be published."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from runbooks import rules
from runbooks.findings import At, Blocks, Finding, KeyPath, Place, Problem, Related, Severity, ordered
from runbooks.fleet import Fleet, PolicyUnreadable
from runbooks.policy import Policy, Waiver
from runbooks.rules.registry import RULES, Rule, find
from runbooks.source import Document

assert rules.TOPICS  # importing the topics files their rules

CRASHED = "PUB001"


@dataclass(frozen=True)
class Report:
    """What the gate found. `crashes` are tracebacks of rules that did not run to their end."""

    as_of: date
    records: int
    findings: tuple[Finding, ...]
    waived: tuple[tuple[Finding, Waiver], ...] = ()
    crashes: tuple[str, ...] = ()

    def count(self, severity: Severity) -> int:
        """How many findings there are of that severity."""
        return sum(finding.severity is severity for finding in self.findings)

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


def check(fleet: Fleet) -> Report:
    """Run every rule over everything that was read."""
    crashes: list[str] = []
    found = ordered(_all(fleet, crashes))
    kept, waived = _sorted_out(found, fleet)
    return Report(fleet.as_of, len(fleet.records), ordered(kept), tuple(waived), tuple(crashes))


def policy_findings(error: PolicyUnreadable) -> tuple[Finding, ...]:
    """The findings of a policy that cannot be read."""
    return ordered(_finding(problem, RULES[problem.code], error.document, "", None) for problem in error.problems)


def _all(fleet: Fleet, crashes: list[str]) -> Iterator[Finding]:
    for record in fleet.records:
        for problem in record.problems:
            yield _finding(problem, RULES[problem.code], record.document, record.slug, fleet.policy)
    for page in fleet.written:
        for problem in page.problems:
            # Whose page it is cannot be told, so the page is kept back.
            found = _finding(problem, RULES[problem.code], page.document, "", fleet.policy)
            yield replace(found, blocks=Blocks.PAGE)
    for document, problem in fleet.catalogue.problems:
        yield _finding(problem, RULES[problem.code], document, "", fleet.policy)
    for one in RULES.values():
        if one.check is not None and _severity(one, fleet.policy) is not None:
            yield from _run(one, fleet, crashes)


def _run(one: Rule, fleet: Fleet, crashes: list[str]) -> Iterator[Finding]:
    for subject, document, client in _subjects(one, fleet):
        try:
            problems = list(one.check(*subject)) if one.check else []
        except Exception as error:  # noqa: BLE001 - a rule's crash is a finding that names the rule; the traceback is kept
            crashes.append("".join(traceback.format_exception(error)))
            where = document.files[0] if document.files else "policy.yml"
            problem = Problem(
                Place(where), f"the rule {one.title} crashed: {type(error).__name__}", RULES[CRASHED].mend
            )
            yield _finding(problem, RULES[CRASHED], document, client, None)
            continue
        for problem in problems:
            yield _finding(problem, one, document, client, fleet.policy)


def _subjects(one: Rule, fleet: Fleet) -> Iterator[tuple[tuple[object, ...], Document, str]]:
    match one.subject:
        case "record":
            for record in fleet.records:
                yield (record, fleet), record.document, record.slug
        case "written":
            for page in fleet.written:
                yield (page, fleet), page.document, page.meta_text("client")
        case "policy":
            yield (fleet,), fleet.policy_document, ""
        case "reader":
            return


def _finding(problem: Problem, one: Rule, document: Document, client: str, policy: Policy | None) -> Finding:
    asked = _severity(one, policy) if problem.severity is None and policy else problem.severity
    return Finding(
        place=_place(problem.at, document, problem.on_key),
        code=one.code,
        name=one.name,
        severity=one.severity if asked is None else asked,
        blocks=one.blocks,
        message=problem.message,
        label=problem.label,
        help=problem.help,
        client=client,
        path=problem.at if isinstance(problem.at, tuple) else (),
        related=tuple(Related(_place(at, document, False), words) for at, words in problem.related),
    )


def _place(at: At, document: Document, on_key: bool) -> Place:
    if isinstance(at, Place):
        return at
    return document.key_place(at) if on_key else document.place(at)


def _severity(one: Rule, policy: Policy) -> Severity | None:
    """The severity that policy.yml gives a rule; None when it is off. The gate's rules keep their own."""
    if not one.waivable:
        return one.severity
    for word, asked in policy.rules.items():
        if find(word) is one:
            return None if asked == "off" else Severity[asked.upper()]
    return one.severity


def _sorted_out(found: Iterable[Finding], fleet: Fleet) -> tuple[list[Finding], list[tuple[Finding, Waiver]]]:
    kept, waived = list[Finding](), list[tuple[Finding, Waiver]]()
    for finding in found:
        waiver = next((one for one in fleet.policy.waivers if _waives(one, finding, fleet)), None)
        if waiver is None:
            kept.append(finding)
        else:
            waived.append((finding, waiver))
    used = [id(waiver) for _, waiver in waived]
    unused = RULES["WVR002"]
    for waiver in fleet.policy.waivers:
        if id(waiver) not in used and waiver.until >= fleet.as_of:
            problem = Problem(waiver.at(), f"this waiver for {waiver.client} waives nothing", "take it out")
            kept.append(_finding(problem, unused, fleet.policy_document, "", fleet.policy))
    return kept, waived


def _waives(waiver: Waiver, finding: Finding, fleet: Fleet) -> bool:
    rule = RULES[finding.code]
    about = waiver.client == finding.client and finding.client in fleet.by_slug
    return rule.waivable and about and find(waiver.rule) is rule and fleet.as_of <= waiver.until


def path_words(path: KeyPath) -> str:
    """A key path as a report prints it: agreements[0].last_day."""
    words = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return words.removeprefix(".")
