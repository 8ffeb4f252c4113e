"""How much of the runbooks has to be documented."""

from __future__ import annotations

from collections.abc import Iterator

from runbooks.findings import Problem
from runbooks.fleet import Fleet
from runbooks.rules.registry import rule


@rule("DOC026", "coverage-too-low", subject="policy", waivable=False)
def coverage_too_low(fleet: Fleet) -> Iterator[Problem]:
    """The runbooks are documented as far as `coverage` of policy.yml asks.

    `min` is the least percentage of all runbooks together, `each` the least of every single one. The page of coverage
    and the report as JSON have the figures with their parts, and what to do next for each client. Where policy.yml asks
    nothing, nothing is asked. The gate itself finds this: it counts what all other rules have found.

    Mend: do what stands first in the list of coverage, or ask less for a while.
    """
    yield from ()


@rule("DOC027", "coverage-fallen", subject="policy", waivable=False)
def coverage_fallen(fleet: Fleet) -> Iterator[Problem]:
    """The runbooks are documented no less than at the revision they are compared with.

    Asked where policy.yml says `coverage: {never_lower: true}`, and only by `runbooks lint --since REF`: a pull request
    may bring a new client, and brings what belongs to a runbook with it.

    Mend: complete what the request brings; the message names the clients who have less than before.
    """
    yield from ()
