"""What is written of a thing: what the export says, and a placeholder for what only a person knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from runbooks.adoption.homes import NewSetup
from runbooks.edits import Append
from runbooks.grammar import GrammarError, schedule, schedule_text
from runbooks.inventory.seen import Facts
from runbooks.matching import Thing, folded
from runbooks.matching.feeds import has_ids_of_backups, systems
from runbooks.records.setup import Item, Job, Setup
from runbooks.source import Json

PLACEHOLDER: Final = "TODO what it is for"
"""Stands where only a person knows more; DOC015 asks for it."""
SETUP_PLACEHOLDER: Final = "TODO who looks after it and how it was made"
JOB_PLACEHOLDER: Final = "TODO what it protects and where it writes"

ITEM_KEYS: Final = tuple(Item.model_fields)
JOB_KEYS: Final = tuple(field.alias or name for name, field in Job.model_fields.items())
SETUP_KEYS: Final = tuple(Setup.model_fields)


def item(things: Sequence[Thing], setup: Setup | NewSetup) -> dict[str, Json]:
    """An item that one or several feeds show. Its kind is left out where nothing says it; DOC002 asks for it then."""
    rows = [row for thing in things for row in thing.rows]
    default = setup.defaults.kind if isinstance(setup, Setup) else None
    kind = next((row.kind for row in rows if row.kind), "")
    value: dict[str, Json] = {"name": name(things[0])}
    if kind and kind != default:
        value["kind"] = kind
    ids = dict(_ids(things))
    if ids:
        value["external_ids"] = ids
    unsure = default is not None and not kind
    notes = f"TODO whether it is a {str(default).replace('_', ' ')} and what it is for" if unsure else PLACEHOLDER
    return {**value, "notes": notes}


def name(thing: Thing) -> str:
    """What an item is called: its name in the product, or its id where it has none."""
    row = next((row for row in thing.rows if row.name), thing.first)
    return " ".join((row.name or row.key).split())


def _ids(things: Iterable[Thing]) -> Iterator[tuple[str, Json]]:
    for thing in things:
        key, words = thing.first.key, systems(thing.feed)
        if key and words and not has_ids_of_backups(thing.feed):
            yield words[0], key


def job(thing: Thing) -> dict[str, Json]:
    """A job, with its schedule and what it keeps where the product says so in words of ours."""
    facts = next((row.facts for row in thing.rows if row.facts), None) or Facts()
    value: dict[str, Json] = {"name": " ".join(thing.first.job.split())}
    try:
        value["schedule"] = schedule_text(schedule(facts.schedule)) if facts.schedule else None
    except GrammarError:
        value["schedule"] = None
    counts = {
        "points": facts.points,
        "days": facts.retention_days,
        "weekly": facts.weekly,
        "monthly": facts.monthly,
        "yearly": facts.yearly,
    }
    keeps: dict[str, Json] = {unit: number for unit, number in counts.items() if number}
    value["keeps"] = keeps or None
    return {key: one for key, one in {**value, "notes": JOB_PLACEHOLDER}.items() if one is not None}


def setup(new: NewSetup, items: Sequence[Json], jobs: Sequence[Json], server: str | None) -> dict[str, Json]:
    """A set-up that the record does not have yet."""
    value: dict[str, Json] = {"id": new.id, "product": new.product, "server": server}
    value |= {"items": list(items), "jobs": list(jobs), "notes": SETUP_PLACEHOLDER}
    return {key: one for key, one in value.items() if one}


def protected(things: Sequence[Thing], owner: Setup, key: str) -> Iterator[Append]:
    """The item's id among those of each job that protects it, by exactly the job's name."""
    wanted = {folded(row.job) for thing in things for row in thing.rows if row.job}
    for one in owner.jobs:
        same = [other for other in owner.jobs if folded(other.name) == folded(one.name)]
        if folded(one.name) in wanted and len(same) == 1 and one.from_copy is None and key not in one.items:
            yield Append(one.at("items"), (key,), JOB_KEYS)
