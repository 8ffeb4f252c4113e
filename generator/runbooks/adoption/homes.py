"""The set-up that a thing belongs into: the only one that it can be, or a new one; else why that is not known."""

from __future__ import annotations

from dataclasses import dataclass

from runbooks.fleet import Fleet
from runbooks.matching import Thing, folded
from runbooks.matching.feeds import product
from runbooks.records.setup import Setup
from runbooks.rules.recoverability.scope import listed


@dataclass(frozen=True, slots=True)
class NewSetup:
    """A set-up that the record does not have yet: its id, and its product in the catalogue."""

    id: str
    product: str


def home(thing: Thing, fleet: Fleet) -> Setup | NewSetup | str:
    """Where a thing belongs that no record has; or in words why nobody can tell."""
    record, feed, setups = thing.owner.record, thing.feed, thing.setups
    assert record is not None
    named = product(feed)
    if len(setups) == 1 and (named or feed.setup is not None):
        return setups[0]
    if not setups:
        return _new(thing, fleet)
    fitting = [one for one in setups if _runs(thing, one)]
    if len(fitting) == 1:
        return fitting[0]
    names = listed(one.id for one in setups)
    if not named:
        return f"the feed {feed.id} does not say which product it is about: give it a product, or a client and a setup"
    return f"it could belong to {names}: give the feed {feed.id} a client and a setup, or write it by hand"


def _runs(thing: Thing, setup: Setup) -> bool:
    """Whether a set-up has every job that protects a thing, by exactly the name."""
    wanted = {folded(row.job) for row in thing.rows if row.job and not thing.is_job}
    return bool(wanted) and wanted <= {folded(job.name) for job in setup.jobs}


def _new(thing: Thing, fleet: Fleet) -> NewSetup | str:
    record, feed = thing.owner.record, thing.feed
    assert record is not None
    named = product(feed)
    if named not in fleet.catalogue.products:
        return f"{record.slug} has no set-up that the feed {feed.id} speaks of: describe the set-up, with its product"
    name = feed.setup or named
    other = next((one for one in record.client.setups if one.id == name), None)
    if other is not None:
        return f"{record.slug} has a set-up {name} of another product: describe the new one under another id"
    return NewSetup(name, named)
