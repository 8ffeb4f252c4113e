"""What monitoring without an agreement comes to over all clients."""

from __future__ import annotations

from collections.abc import Iterator

from runbooks.findings import At, Problem, Severity
from runbooks.fleet import Fleet
from runbooks.rules.registry import rule
from runbooks.unpaid import counted, sentence, watched_for_nothing

SHOWN = 10
"""How many clients the finding points at; the page of costs has them all."""


@rule("AGR023", "unpaid-monitoring", Severity.WARNING, subject="policy", waivable=False)
def unpaid_monitoring(fleet: Fleet) -> Iterator[Problem]:
    """Nothing is watched that nobody pays for.

    Each such item has a finding of its own, at its line: a promise that no agreement covers, or a mailbox of ours among
    the notices. This one adds them up, because a favour is small and fifty of them are a person. It counts the items of
    the set-ups concerned, a group as many as are expected, with the minutes that `cost` in policy.yml gives.

    More items than `max_unentitled` are an error; those of clients whose renewal is pending count for the warning only.

    Mend: take our addresses out and withdraw the promises, or sign the agreements. The page of costs lists the clients.
    """
    found = watched_for_nothing(fleet)
    if not found:
        return
    policy = fleet.policy
    owed = sum(one.items for one in found if not one.pending)
    above = owed > policy.max_unentitled
    message = sentence(found, policy).rstrip(".")
    if above:
        message += f"; policy.yml allows {counted(policy.max_unentitled, 'item')}"
    places: tuple[tuple[At, str], ...] = tuple((one.place, counted(one.items, "item")) for one in found[:SHOWN])
    yield Problem(
        policy.at("max_unentitled"),
        message,
        "take our addresses out and withdraw the promises, or sign the agreements",
        places,
        severity=Severity.ERROR if above else None,
    )
