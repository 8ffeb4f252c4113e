"""Waivers, the baseline, and severities: that they name real rules, hold no longer than they say, and are used."""

from __future__ import annotations

from collections.abc import Iterator

from runbooks.corrections import of_word
from runbooks.days import later
from runbooks.exemptions import Flaw, inline
from runbooks.findings import Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.report import Exemption
from runbooks.rules.registry import find, rule, words
from runbooks.shape import closest


@rule("POL004", "unknown-rule", subject="policy", timeless=True, waivable=False)
def unknown_rule(fleet: Fleet) -> Iterator[Problem]:
    """Every rule that policy.yml names exists.

    Mend: correct the code or name; `runbooks explain` lists them.
    """
    policy, document = fleet.policy, fleet.policy_document
    for word in policy.rules:
        if find(word) is None:
            yield Problem(policy.at("rules", word), f"there is no rule {word}", closest(word, words()), on_key=True)
    for waiver in policy.waivers:
        if find(waiver.rule) is None:
            at, fix = waiver.at("rule"), of_word(document, waiver.at("rule"), waiver.rule, words())
            yield Problem(at, f"there is no rule {waiver.rule}", closest(waiver.rule, words()), fix=fix)
        if waiver.client not in fleet.by_slug:
            at, known = waiver.at("client"), fleet.by_slug
            fix = of_word(document, at, waiver.client, known)
            yield Problem(at, f"there is no client {waiver.client}", closest(waiver.client, known), fix=fix)


@rule("POL005", "gate-turned-down", subject="policy", timeless=True, waivable=False)
def gate_turned_down(fleet: Fleet) -> Iterator[Problem]:
    """The rules of the gate are neither waived nor turned down.

    A gate with a switch is no gate. What stands in policy.yml against it has no effect.

    Mend: take the line out of policy.yml.
    """
    policy = fleet.policy
    for word, asked in policy.rules.items():
        found = find(word)
        if found is not None and not found.waivable and asked != str(found.severity):
            yield Problem(
                policy.at("rules", word), f"{found.title} cannot be turned down", "take this line out", on_key=True
            )
    for waiver in policy.waivers:
        found = find(waiver.rule)
        if found is not None and not found.waivable:
            yield Problem(waiver.at("rule"), f"{found.title} cannot be waived", "take this waiver out")


@rule("WVR001", "waiver-expired", subject="policy", waivable=False)
def waiver_expired(fleet: Fleet) -> Iterator[Problem]:
    """No waiver has passed its last day.

    An expired waiver waives nothing: what it was for is found again, and this beside it.

    Mend: mend what it was for and take it out, or have it approved again.
    """
    for waiver in fleet.exemptions:
        if waiver.until < fleet.as_of:
            words = f"this waiver of {waiver.rule} for {waiver.client} ended on {waiver.until}"
            yield _at(waiver, words, "mend what it was for and take it out, or have it approved again")


@rule("WVR002", "waiver-unused", Severity.WARNING, subject="policy", timeless=True, waivable=False)
def waiver_unused(fleet: Fleet) -> Iterator[Problem]:
    """Every waiver waives something.

    The gate itself finds this: it knows what each waiver was used for. A waiver that stands beside a line is about that
    line alone.

    Mend: take the waiver out.
    """
    yield from ()


@rule("WVR003", "waiver-ends-soon", Severity.WARNING, subject="policy", profile="standard", reminder=True)
def waiver_ends_soon(fleet: Fleet) -> Iterator[Problem]:
    """A waiver that is about to end is seen coming.

    The day after its last day the finding is back, and the run may be red. `thresholds.warn_before_days` of policy.yml
    says how long before.

    Mend: mend what it was for, or have it approved again.
    """
    for waiver in filter(can_waive, fleet.exemptions):
        if waiver.until >= fleet.as_of >= later(waiver.until, -fleet.policy.thresholds.warn_before_days):
            words = f"this waiver of {waiver.rule} for {waiver.client} ends on {waiver.until}"
            yield _at(waiver, words, "mend what it was for, or have it approved again")


@rule("WVR004", "waiver-too-long", subject="policy", waivable=False)
def waiver_too_long(fleet: Fleet) -> Iterator[Problem]:
    """No waiver holds for longer than policy.yml allows.

    What is excepted without an end becomes a habit. `thresholds.waiver_days` says how far ahead a waiver may end.

    Mend: choose an earlier day; when it has come, decide again.
    """
    furthest = later(fleet.as_of, fleet.policy.thresholds.waiver_days)
    for waiver in fleet.exemptions:
        if waiver.until > furthest:
            words = f"this waiver of {waiver.rule} for {waiver.client} holds through {waiver.until}"
            days = fleet.policy.thresholds.waiver_days
            yield _at(waiver, words, f"a waiver may end {days} days ahead at most; choose an earlier day")


@rule("WVR005", "waiver-incomplete", waivable=False)
def waiver_incomplete(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A waiver beside a line names a rule that can be waived, its last day, who approved it, and the reason.

    It reads `# runbooks: ignore[CODE] until YYYY-MM-DD by NAME: reason`, and is about the line it stands in or, on a
    line of its own, the next one. One that lacks something waives nothing.

    Mend: add what the message names. A rule of the gate cannot be waived at all.

    Bad:

        reviewed: {on: 2026-01-04, by: Backup lead}  # runbooks: ignore[DOC020]: busy

    Good:

        # runbooks: ignore[DOC020] until 2026-12-18 by Backup lead: reviewed once they have moved.
        reviewed: {on: 2026-01-04, by: Backup lead}
    """
    if not record.document.comments:
        return
    for one in inline(record):
        if isinstance(one, Flaw):
            yield Problem(one.comment.place, one.message, "it waives nothing as it stands")
            continue
        found = find(one.rule)
        if found is None:
            yield Problem(one.place, f"there is no rule {one.rule}", closest(one.rule, words()))
        elif not found.waivable:
            yield Problem(one.place, f"{found.title} cannot be waived", "take this waiver out")


@rule("WVR006", "baseline-mended", Severity.WARNING, subject="policy", timeless=True, waivable=False)
def baseline_mended(fleet: Fleet) -> Iterator[Problem]:
    """The baseline holds nothing that has been mended.

    The baseline can only shrink: what is mended stays mended. The gate itself finds this.

    Mend: run `runbooks baseline prune`.
    """
    yield from ()


@rule("WVR007", "baseline-grown", subject="policy", timeless=True, waivable=False)
def baseline_grown(fleet: Fleet) -> Iterator[Problem]:
    """The baseline does not grow.

    It is for what was there when a team began; what is new is mended or waived. `runbooks lint --since REF` finds this:
    it compares baseline.yml with that of the revision.

    Mend: take the new lines out of baseline.yml, and mend or waive what they hide.
    """
    yield from ()


def can_waive(waiver: Exemption) -> bool:
    """Whether a waiver names a rule that can be waived at all; one that does not is told once, for that."""
    found = find(waiver.rule)
    return found is not None and found.waivable


def _at(waiver: Exemption, message: str, remedy: str) -> Problem:
    at = (*waiver.path, "until") if waiver.path else waiver.place
    about = f"{waiver.rule} {waiver.client} {waiver.until}"
    return Problem(at, message, remedy, client=waiver.client if waiver.line else "", about=about)
