"""All advice about a site and its machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from runbooks.checkups import editors, machine, pipelines, policies
from runbooks.checkups.advice import Advice
from runbooks.fleet import Fleet


def advice(fleet: Fleet) -> tuple[Advice, ...]:
    """Every piece of advice, each once: the site's first, then the machine's."""
    return tuple(dict.fromkeys(_advice(fleet)))


def _advice(fleet: Fleet) -> Iterator[Advice]:
    yield from policies.advice(fleet)
    yield from editors.advice(fleet)
    yield from pipelines.advice(fleet.root)
    yield from machine.advice(fleet.root)
    if fleet.policy.as_of is None:
        yield from machine.age(fleet.root, datetime.now(fleet.policy.zone).date())
