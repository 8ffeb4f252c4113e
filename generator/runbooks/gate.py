"""The gate at work: every rule over everything that was read, and the report that says what may be published."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final

from runbooks import coverage, fingerprints, rules, secrets, unpaid
from runbooks.entitlement import remembered
from runbooks.findings import At, Blocks, Finding, Place, Problem, Related, Severity, fingerprinted
from runbooks.fleet import Fleet, PolicyUnreadable, Record, Written
from runbooks.policy import PROFILES, Policy, Profile
from runbooks.report import Coverage, Exemption, Met, Report, path_words
from runbooks.rules.registry import RULES, Rule, find
from runbooks.rules.waivers import can_waive
from runbooks.source import Document

__all__ = ["Found", "Report", "check", "path_words", "policy_findings", "record_findings"]

assert rules.TOPICS  # importing the topics files their rules

CRASHED, UNUSED, MENDED, UNCOVERED = "PUB001", "WVR002", "WVR006", "DOC026"
OF_RUNBOOKS: Final = ("DOC", "BKP", "SEC")
"""The families of rules that ask something of a runbook: not of a client who has left, and has none."""
SECRETS: Final = frozenset({"SEC001", "SEC002", "SEC003", "SEC004"})
"""The rules whose findings stand at a text that no report may show."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the rules found in one subject before anything was accepted, and the tracebacks of those that crashed."""

    findings: tuple[Finding, ...] = ()
    crashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _About:
    """What a problem is about: its document, whose it is, and the policy, where there is one that can be read."""

    document: Document
    client: str
    policy: Policy | None


def check(
    fleet: Fleet, known: Mapping[str, Found] | None = None, timeless: Found | None = None, *, figures: bool = True
) -> Report:
    """Run every rule over everything that was read.

    `known` holds, by short name, what was found before in records that have not changed since, on a day on which their
    findings are the same; `timeless` what `timeless_findings` found, whatever the day. Without `figures` coverage is
    not worked out where no finding depends on it.
    """
    with remembered():
        in_records = [(known or {}).get(one.slug) or record_findings(one, fleet) for one in fleet.records]
        every = [timeless or timeless_findings(fleet), daily_findings(fleet), *in_records]
        found = fingerprinted(finding for one in every for finding in one.findings)
        measured = figures or fleet.policy.coverage is not None
        return _report(found, fleet, tuple(crash for one in every for crash in one.crashes), measured=measured)


def record_findings(record: Record, fleet: Fleet) -> Found:
    """What is wrong with one record: what its readers found, and what every rule about records finds.

    Nothing but the record, the policy, the catalogue and the day decides, so a finding can be kept until one of these
    changes, and found in another process.
    """
    about, policy = _About(record.document, record.slug, fleet.policy), fleet.policy
    found = [_finding(one, RULES[one.code], about) for one in record.problems]
    crashes, subject = list[str](), (record, fleet.alone)
    with remembered():
        for code in _of_records(tuple(policy.rules.items()), policy.profile, of_runbooks=not record.client.has_left):
            found += _run(RULES[code], subject, about, crashes)
    return Found(tuple(found), tuple(crashes))


def timeless_findings(fleet: Fleet) -> Found:
    """What is wrong beside the single records on every day alike: what readers found, and the timeless rules."""
    crashes = list[str]()
    with remembered():
        found = [*_read(fleet), *_beside_records(fleet, crashes, timeless=True)]
    return Found(tuple(found), tuple(crashes))


def daily_findings(fleet: Fleet) -> Found:
    """What is wrong with the policy, the hand-written pages and all records together on this day."""
    crashes = list[str]()
    with remembered():
        return Found(tuple(_beside_records(fleet, crashes, timeless=False)), tuple(crashes))


def unjudged(fleet: Fleet) -> frozenset[str]:
    """The clients whose records have errors that hide others: nothing of theirs can be called mended."""
    return frozenset(record.slug for record in fleet.records if record.problems)


def standing(fleet: Fleet) -> frozenset[str]:
    """The fingerprints of everything that is found, also of what is waived, older than the baseline, or not asked."""
    beside = (timeless_findings(fleet), daily_findings(fleet))
    every = [*beside, *(record_findings(record, fleet) for record in fleet.records)]
    return frozenset(one.fingerprint for one in fingerprinted(finding for each in every for finding in each.findings))


def policy_findings(error: PolicyUnreadable) -> tuple[Finding, ...]:
    """The findings of a policy that cannot be read."""
    return fingerprinted(
        _finding(problem, RULES[problem.code], _About(error.document, "", None)) for problem in error.problems
    )


def policy_report(error: PolicyUnreadable, as_of: date) -> Report:
    """The report of a site whose policy cannot be read: its findings, and nothing that was checked."""
    found = policy_findings(error)
    return Report(as_of, 0, found, secrets=tuple(one.place for one in found if one.code in SECRETS))


def _read(fleet: Fleet) -> Iterator[Finding]:
    policy = fleet.policy
    for page in fleet.written:
        for problem in page.problems:
            # Whose page it is cannot be told, so the page is kept back.
            found = _finding(problem, RULES[problem.code], _About(page.document, "", policy))
            yield replace(found, blocks=Blocks.PAGE)
    for document, problem in fleet.catalogue.problems:
        yield _finding(problem, RULES[problem.code], _About(document, "", policy))
    for problem in fleet.baseline_problems:
        yield _finding(problem, RULES[problem.code], _About(fleet.baseline_document, "", policy))
    yield from _read_of_inventory(fleet)


def _read_of_inventory(fleet: Fleet) -> Iterator[Finding]:
    """What its readers found in inventory/. A broken export makes the run red, and keeps no page back."""
    inventory = fleet.inventory
    whose = {export.file: export.feed.client or "" for export in inventory.exports}
    for trouble in inventory.troubles:
        slug = whose.get(trouble.place.file, "")
        client = slug if slug in fleet.by_slug else ""
        problem = Problem(trouble.place, trouble.message, trouble.help, fix=trouble.fix, about=trouble.message)
        found = _finding(problem, RULES[trouble.code], _About(fleet.policy_document, client, fleet.policy))
        yield replace(found, blocks=Blocks.NOTHING)


def _beside_records(fleet: Fleet, crashes: list[str], *, timeless: bool) -> Iterator[Finding]:
    policy = fleet.policy
    for rule in RULES.values():
        if rule.timeless is not timeless or not _settings(policy)[rule.code].runs:
            continue
        if rule.subject == "policy":
            yield from _run(rule, (fleet,), _About(fleet.policy_document, "", policy), crashes)
        elif rule.subject == "written":
            for page in fleet.written:
                about = _About(page.document, page.meta_text("client"), policy)
                yield from _run(rule, (page, fleet), about, crashes)


def _run(
    rule: Rule, subject: tuple[Record | Written, Fleet] | tuple[Fleet], about: _About, crashes: list[str]
) -> list[Finding]:
    if rule.check is None:
        return []
    try:
        found = list(rule.check(*subject))
    except Exception as error:  # noqa: BLE001 - a rule's crash is a finding that names the rule; the traceback is kept
        crashes.append("".join(traceback.format_exception(error)))
        crashed, files = RULES[CRASHED], about.document.files
        message = f"the rule {rule.title} crashed: {type(error).__name__}"
        problem = Problem(Place(files[0] if files else "policy.yml"), message, crashed.mend, about=rule.code)
        return [_finding(problem, crashed, about)]
    if not found:
        return []
    return [_finding(one, rule, about) for one in found if not secrets.told_again(one, about.document)]


def _finding(problem: Problem, rule: Rule, about: _About) -> Finding:
    given = _settings(about.policy)[rule.code].severity if about.policy else rule.severity
    whose, document = problem.client or about.client, about.document
    return Finding(
        place=_place(problem.at, document, problem.on_key),
        code=rule.code,
        name=rule.name,
        severity=given if problem.severity is None else problem.severity,
        blocks=rule.blocks,
        message=problem.message,
        label=problem.label,
        help=problem.help,
        client=whose,
        path=problem.at if isinstance(problem.at, tuple) else (),
        related=tuple(Related(_place(at, document, False), words) for at, words in problem.related),
        fix=problem.fix,
        fingerprint=fingerprints.fingerprint(problem, rule.code, document, whose, hidden=rule.code in SECRETS),
    )


def _place(at: At, document: Document, on_key: bool) -> Place:
    if isinstance(at, Place):
        return at
    return document.key_place(at) if on_key else document.place(at)


@dataclass(frozen=True, slots=True)
class _Setting:
    """What policy.yml makes of a rule: how bad it is, whether it runs at all, and whether what it finds is told.

    A rule that only a higher profile asks runs all the same, to tell which profile a client meets.
    """

    severity: Severity
    runs: bool
    told: bool


def _settings(policy: Policy) -> Mapping[str, _Setting]:
    return _settled(tuple(policy.rules.items()), policy.profile)


@lru_cache(maxsize=16)
def _settled(lines: tuple[tuple[str, str], ...], profile: Profile) -> Mapping[str, _Setting]:
    asked = {found.code: words for word, words in reversed(lines) if (found := find(word)) and found.waivable}
    return {rule.code: _setting(rule, asked.get(rule.code), profile) for rule in RULES.values()}


@lru_cache(maxsize=16)
def _of_records(lines: tuple[tuple[str, str], ...], profile: Profile, *, of_runbooks: bool) -> tuple[str, ...]:
    """The codes of the rules about records that run; of a client without a runbook nothing is asked about one."""
    settings = _settled(lines, profile)
    every = (code for code, rule in RULES.items() if rule.subject == "record" and settings[code].runs)
    return tuple(code for code in every if of_runbooks or not code.startswith(OF_RUNBOOKS))


def _setting(rule: Rule, asked: str | None, profile: Profile) -> _Setting:
    match asked:
        case None:
            return _Setting(rule.severity, runs=rule.profile is not None, told=rule.asked_by(profile))
        case "off":
            return _Setting(rule.severity, runs=False, told=False)
        case _:
            return _Setting(Severity[asked.upper()], runs=True, told=True)


def _report(found: tuple[Finding, ...], fleet: Fleet, crashes: tuple[str, ...], *, measured: bool) -> Report:
    settings = _settings(fleet.policy)
    told = [finding for finding in found if settings[finding.code].told]
    kept, waived = _waived(told, fleet)
    old = fleet.baseline.fingerprints
    baselined = [one for one in kept if one.fingerprint in old and can_be_old(one)]
    standing = [one for one in kept if not (one.fingerprint in old and can_be_old(one))]
    every = fingerprinted((*standing, *_unused(waived, fleet), *_mended(found, fleet)))
    covered = coverage.total(coverage.coverage(fleet, (*every, *baselined)) if measured else ())
    every = fingerprinted((*every, *_too_little(covered, fleet)))
    excepted = {finding.fingerprint for finding, _ in waived}
    gaps = _gaps(found, excepted, fleet)
    return Report(
        as_of=fleet.as_of,
        records=len(fleet.records),
        findings=every,
        waived=tuple(waived),
        crashes=crashes,
        baselined=tuple(baselined),
        clients={record.slug: record.client.client for record in fleet.records},
        files={record.slug: record.document.files for record in fleet.records},
        met={slug: _met(gap) for slug, gap in gaps.items()},
        missing={slug: frozenset(gap[min(gap)]) for slug, gap in gaps.items() if gap},
        secrets=tuple(finding.place for finding in found if finding.code in SECRETS),
        unpaid=unpaid.words(fleet),
        coverage=covered,
        feeds=len(fleet.inventory.feeds),
    )


def can_be_old(finding: Finding) -> bool:
    """Whether a baseline may hold a finding: not what blocks, not what cannot be waived, not what is a reminder."""
    rule = RULES[finding.code]
    return rule.waivable and not rule.reminder and finding.blocks is Blocks.NOTHING


def _waived(found: Iterable[Finding], fleet: Fleet) -> tuple[list[Finding], list[tuple[Finding, Exemption]]]:
    kept, waived = list[Finding](), list[tuple[Finding, Exemption]]()
    in_force: dict[str, list[Exemption]] = {}
    for exemption in fleet.exemptions:
        if fleet.as_of <= exemption.until and exemption.client in fleet.by_slug:
            in_force.setdefault(exemption.client, []).append(exemption)
    for finding in found:
        waiver = next((one for one in in_force.get(finding.client, ()) if _waives(one, finding)), None)
        if waiver is None:
            kept.append(finding)
        else:
            waived.append((finding, waiver))
    return kept, waived


def _waives(waiver: Exemption, finding: Finding) -> bool:
    rule = RULES[finding.code]
    here = not waiver.line or (finding.place.file, finding.place.line) == (waiver.place.file, waiver.line)
    return rule.waivable and here and find(waiver.rule) is rule


def _unused(waived: Iterable[tuple[Finding, Exemption]], fleet: Fleet) -> Iterator[Finding]:
    used = {exemption for _, exemption in waived}
    for waiver in fleet.exemptions:
        told_already = not can_waive(waiver) or waiver.client not in fleet.by_slug
        if waiver not in used and waiver.until >= fleet.as_of and not told_already:
            words = f"this waiver of {waiver.rule} for {waiver.client} waives nothing"
            problem = Problem(waiver.path or waiver.place, words, "take it out")
            client = waiver.client if waiver.line else ""
            yield _finding(problem, RULES[UNUSED], _About(fleet.policy_document, client, fleet.policy))


def _mended(found: Iterable[Finding], fleet: Fleet) -> Iterator[Finding]:
    standing = {finding.fingerprint for finding in found}
    unread = unjudged(fleet)
    mended = [
        old for old in fleet.baseline.findings if old.fingerprint not in standing and (old.client or "") not in unread
    ]
    if mended:
        words = f"{len(mended)} of {len(fleet.baseline.findings)} findings of the baseline are mended"
        problem = Problem(mended[0].at(), words, "run `runbooks baseline prune`, which takes them out")
        yield _finding(problem, RULES[MENDED], _About(fleet.baseline_document, "", fleet.policy))


def _too_little(covered: Coverage, fleet: Fleet) -> Iterator[Finding]:
    """Where less is documented than policy.yml asks for."""
    aim, names = fleet.policy.coverage, {slug: record.client.client for slug, record in fleet.by_slug.items()}
    if aim is None or not _settings(fleet.policy)[UNCOVERED].told:
        return
    below = sorted((one.percent or 0, slug) for slug, one in covered.clients.items())
    if aim.min is not None and covered.percent is not None and covered.percent < aim.min:
        least = ", ".join(f"{names[slug]} {percent}%" for percent, slug in below[:3])
        words = f"{covered.percent}% of the runbooks is documented, and policy.yml asks for {aim.min}%; least: {least}"
        problem = Problem(aim.at("min"), words, "the page of coverage says what to do next", about="all")
        yield _finding(problem, RULES[UNCOVERED], _About(fleet.policy_document, "", fleet.policy))
    for percent, slug in below if aim.each is not None else ():
        if percent < (aim.each or 0):
            words = f"{percent}% of the runbook of {names[slug]} is documented, and policy.yml asks for {aim.each}%"
            todo = covered.clients[slug].todo
            record = fleet.by_slug[slug]
            problem = Problem(("client",), words, f"next: {todo}" if todo else "", about="each")
            yield _finding(problem, RULES[UNCOVERED], _About(record.document, slug, fleet.policy))


def _gaps(found: Iterable[Finding], excepted: set[str], fleet: Fleet) -> dict[str, dict[int, set[str]]]:
    """The rules that find an error or warning in each client, by the place of their profile on the ladder."""
    gaps: dict[str, dict[int, set[str]]] = {
        slug: {} for slug, record in fleet.by_slug.items() if not record.client.has_left
    }
    for finding in found:
        rule = RULES[finding.code]
        counts = finding.severity >= Severity.WARNING and not rule.reminder and finding.fingerprint not in excepted
        if counts and rule.profile is not None and finding.client in gaps:
            gaps[finding.client].setdefault(PROFILES.index(rule.profile), set()).add(rule.code)
    return gaps


def _met(gaps: Mapping[int, set[str]]) -> Met:
    """The highest profile that a client with these gaps meets: it has none there, and none below."""
    level = min(gaps, default=len(PROFILES))
    return PROFILES[level - 1] if level else None
