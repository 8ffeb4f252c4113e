"""What feeds.yml lets be: for as long as was decided, and only where there is something."""

from __future__ import annotations

from collections.abc import Iterator

from runbooks.findings import Problem, Severity
from runbooks.fleet import Fleet
from runbooks.inventory.feeds import Ignore
from runbooks.matching import Thing, matched
from runbooks.records.setup import Item
from runbooks.rules.inventory.scope import is_meant
from runbooks.rules.registry import rule


@rule("INV018", "ignore-unused", Severity.WARNING, subject="policy", of_clients=True, profile="standard")
def ignore_unused(fleet: Fleet) -> Iterator[Problem]:
    """What `ignore` of feeds.yml names is in the exports, and in no record.

    An entry that is left over hides the next thing of that name.

    Mend: take it out.
    """
    found = matched(fleet)
    things: dict[str, list[Thing]] = {}
    for thing in dict.fromkeys((*found.odd, *found.leaving)):
        if not thing.retired and not _is_documented(thing, fleet):
            things.setdefault(thing.feed.id, []).append(thing)
    for one in fleet.inventory.ignores:
        current = found.feeds.get(one.feed)
        if one.until < fleet.as_of or current is None or not current.whole:
            continue
        if not any(is_meant(one, thing) for thing in things.get(one.feed, ())):
            words = f"nothing that {one.feed} shows and no record has is called {one.item}"
            yield _problem(one, "item", words, "take the entry out, or correct the name", fleet)


def _is_documented(thing: Thing, fleet: Fleet) -> bool:
    if not thing.documented or thing.target is None or not isinstance(thing.target.entry, Item):
        return thing.documented
    retired = thing.target.entry.retired_on
    return retired is None or retired > fleet.as_of


@rule("INV019", "ignore-expired", subject="policy", of_clients=True)
def ignore_expired(fleet: Fleet) -> Iterator[Problem]:
    """No entry of `ignore` has passed its last day.

    It lets nothing be any more. Somebody decided for a time; the time is over.

    Mend: take it out and mend what it was about, or decide again and write the new day.
    """
    for one in fleet.inventory.ignores:
        if one.until < fleet.as_of:
            words = f"{one.item} of {one.feed} was to be let be until {one.until}, no longer"
            yield _problem(one, "until", words, "take it out, or decide again and write the new day", fleet)


def _problem(one: Ignore, key: str, words: str, help_words: str, fleet: Fleet) -> Problem:
    document = fleet.inventory.document
    assert document is not None
    client = one.client if one.client in fleet.by_slug else ""
    about = f"{one.feed} {one.item} {one.client or ''}"
    return Problem(document.place(one.at(key)), words, help_words, client=client or "", about=about)
