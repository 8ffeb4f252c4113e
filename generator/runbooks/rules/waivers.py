"""Waivers and severities in policy.yml: that they name real rules, hold no longer than they say, and are used."""

from __future__ import annotations

from collections.abc import Iterator

from runbooks.findings import Problem, Severity
from runbooks.fleet import Fleet
from runbooks.rules.registry import find, rule, words
from runbooks.shape import closest


@rule("POL004", "unknown-rule", subject="policy", waivable=False)
def unknown_rule(fleet: Fleet) -> Iterator[Problem]:
    """Every rule that policy.yml names exists.

    Mend: correct the code or name; `runbooks explain` lists them.
    """
    policy = fleet.policy
    for word in policy.rules:
        if find(word) is None:
            yield Problem(policy.at("rules", word), f"there is no rule {word}", closest(word, words()), on_key=True)
    for waiver in policy.waivers:
        if find(waiver.rule) is None:
            yield Problem(waiver.at("rule"), f"there is no rule {waiver.rule}", closest(waiver.rule, words()))
        if waiver.client not in fleet.by_slug:
            yield Problem(
                waiver.at("client"), f"there is no client {waiver.client}", closest(waiver.client, fleet.by_slug)
            )


@rule("POL005", "gate-turned-down", subject="policy", waivable=False)
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

    An expired waiver waives nothing.

    Mend: mend what it was for and take it out, or have it approved again.
    """
    for waiver in fleet.policy.waivers:
        if waiver.until < fleet.as_of:
            yield Problem(
                waiver.at("until"),
                f"this waiver for {waiver.client} ended on {waiver.until}",
                "mend it, or have it approved again",
            )


@rule("WVR002", "waiver-unused", Severity.WARNING, subject="policy", waivable=False)
def waiver_unused(fleet: Fleet) -> Iterator[Problem]:
    """Every waiver waives something.

    The gate itself finds this: it knows what each waiver was used for.

    Mend: take the waiver out.
    """
    yield from ()
