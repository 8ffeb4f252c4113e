"""The feeds themselves: that there is an export, that something is in it, and that it is of today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Final

from runbooks.corrections import of_word
from runbooks.days import later
from runbooks.findings import Place, Problem
from runbooks.fleet import Fleet
from runbooks.inventory.feeds import FILE, FOLDER, Feed
from runbooks.inventory.seen import Export
from runbooks.matching import matched
from runbooks.matching.feeds import is_psa
from runbooks.matching.series import DATED
from runbooks.rules.inventory.scope import feed_place, whose
from runbooks.rules.registry import rule
from runbooks.shape import closest

ALIKE: Final = 0.75
"""How much of a pattern and of a file's name has to be the same for one to be a misspelling of the other."""


@rule("INV004", "stale-export", subject="policy", of_clients=True)
def stale_export(fleet: Fleet) -> Iterator[Problem]:
    """No export is older than its feed allows.

    An old file must not read as "all fine": what was set up since then is in no record and in no export either. The age
    comes from a date in the name of the file, or from the newest date in it. The time of the file says nothing, because
    a checkout makes every file new. Of files whose names differ by the day alone, only the newest is asked.

    Mend: find out why no new export comes, and put one there. `max_age_days` of the feed says how old it may be.
    """
    for feed, export in _today(fleet):
        day, longest = export.made_on, feed.max_age_days
        if day is not None and later(day, longest) < fleet.as_of:
            words = f"this export of the feed {feed.id} is of {day}; it may be {longest} days old at most"
            help_words = "find out why no new one comes, and put it there"
            yield _about_file(export, words, help_words, fleet)


def _today(fleet: Fleet) -> Iterator[tuple[Feed, Export]]:
    for current in matched(fleet).feeds.values():
        yield from ((current.feed, export) for export in current.now)


def _about_file(export: Export, words: str, help_words: str, fleet: Fleet) -> Problem:
    feed = export.feed
    related = ((feed_place(fleet, feed), "the feed"),)
    about = f"{feed.id} {export.file}"
    return Problem(Place(export.file), words, help_words, related, client=whose(feed, fleet), about=about)


@rule("INV005", "empty-export", subject="policy", timeless=True, of_clients=True)
def empty_export(fleet: Fleet) -> Iterator[Problem]:
    """There is something in every export.

    An empty file is what a failed query, an expired login and a renamed group look like. It would read as "nothing is
    undocumented".

    Mend: look at what writes it, and put a whole one there. Take the feed out when there is nothing to protect any
    more.
    """
    for feed, export in _today(fleet):
        if not export.rows:
            words = f"this export of the feed {feed.id} has no row"
            yield _about_file(export, words, "look at what writes it, and put a whole one there", fleet)


@rule("INV027", "inventory-missing", subject="policy", timeless=True)
def inventory_missing(fleet: Fleet) -> Iterator[Problem]:
    """Where policy.yml says `inventory: required`, a feed shows what products protect.

    Who takes inventory/ away takes every check of it away, and the run would be green. The policy stands somewhere
    else, and often somebody else approves it.

    Mend: bring inventory/feeds.yml back; or take the key out of policy.yml, where nothing is exported any more.
    """
    told = any(trouble.place.file == FILE for trouble in fleet.inventory.troubles)
    if fleet.policy.inventory == "required" and not told and all(map(is_psa, fleet.inventory.feeds)):
        words = f"policy.yml asks for exports of what products protect, and {FILE} has no feed of any"
        yield Problem(("inventory",), words, f"bring {FILE} back; or take the key out, where nothing is exported")


@rule("INV006", "feed-without-files", subject="policy", timeless=True, of_clients=True)
def feed_without_files(fleet: Fleet) -> Iterator[Problem]:
    """Every feed has a file.

    A feed whose pattern finds nothing checks nothing, whatever the reason: an export that never came, a folder that was
    renamed.

    Mend: correct `files`, or put the export there.
    """
    near = _misspelt(fleet)
    for feed in _without_files(fleet):
        words = f"the feed {feed.id} finds no file {feed.files} below {FOLDER}/"
        files = near.get(feed.id, ())
        hint = f"did you mean {files[0].removeprefix(FOLDER + '/')}? " if files else ""
        related = tuple((Place(name), "no feed reads this file") for name in files[:3])
        help_words = f"{hint}correct the pattern, or put the export there"
        at = feed_place(fleet, feed, "files")
        yield Problem(at, words, help_words, related, client=whose(feed, fleet), about=feed.id)


def _without_files(fleet: Fleet) -> Iterator[Feed]:
    unread = {trouble.place for trouble in fleet.inventory.troubles if trouble.place.file == FILE}
    for current in matched(fleet).feeds.values():
        feed = current.feed
        if not current.now and not feed.doubtful and feed_place(fleet, feed) not in unread:
            yield feed


def _misspelt(fleet: Fleet) -> Mapping[str, tuple[str, ...]]:
    """The files that no feed reads and that a feed without files may mean, by the feed's id: named nearly alike."""
    return fleet.once("misspelt", lambda same: {one.id: _near(one, same) for one in _without_files(same)})


def _near(feed: Feed, fleet: Fleet) -> tuple[str, ...]:
    wanted = feed.files.replace("*", "")
    found = [
        (SequenceMatcher(None, wanted, DATED.sub("", name.removeprefix(f"{FOLDER}/"))).ratio(), name)
        for name in fleet.inventory.orphans
    ]
    return tuple(name for ratio, name in sorted(found, key=lambda one: (-one[0], one[1])) if ratio >= ALIKE)


@rule("INV026", "export-of-no-feed", subject="policy", timeless=True, of_clients=True)
def export_of_no_feed(fleet: Fleet) -> Iterator[Problem]:
    """Every file below inventory/ is read by a feed.

    An export that no feed reads checks nothing, and looks as if it did. So it is when a feed was taken out, when the
    name of a file has changed, and when feeds.yml itself is gone: then nothing at all is checked any more. Hidden files
    and Markdown are no exports. A file that a feed without any may mean is told there (INV006).

    Mend: add the feed that reads it, correct `files` of the one that should, or take the file away.
    """
    meant = {name for names in _misspelt(fleet).values() for name in names}
    for name in fleet.inventory.orphans:
        if name in meant:
            continue  # told where the pattern is
        words = "no feed reads this file" if fleet.inventory.feeds else "there is no feed that could read this file"
        help_words = f"add its feed to {FILE}, correct the pattern of the one that should read it, or take it away"
        yield Problem(Place(name), words, help_words, about=name)


@rule("INV017", "age-unknown", subject="policy", of_clients=True)
def age_unknown(fleet: Fleet) -> Iterator[Problem]:
    """Every export says of which day it is.

    In its name, or by the newest date in it. One that says neither could be of last year, and one that says a day to
    come never grows old.

    Mend: put the day into the name of the file, or say in the feed where it stands: `made_on`.
    """
    for feed, export in _today(fleet):
        if not export.rows or not (export.whole or export.items or export.contracts):
            continue  # told as an empty export, or as a file that cannot be read
        if export.made_on is None:
            words = f"nothing says of which day this export of the feed {feed.id} is"
            help_words = "put the day into its name (2026-11-28), or say under made_on where it stands"
            yield _about_file(export, words, help_words, fleet)
        elif export.made_on > later(fleet.as_of, 1):
            words = f"this export of the feed {feed.id} is said to be of {export.made_on}, which is yet to come"
            yield _about_file(export, words, "look at dates and made_on of the feed", fleet)


@rule("INV023", "feed-leads-nowhere", subject="policy", timeless=True, of_clients=True)
def feed_leads_nowhere(fleet: Fleet) -> Iterator[Problem]:
    """What feeds.yml names exists: the set-up, the product, and the feed of something that is let be.

    Mend: correct it; the message names the nearest one.
    """
    products = [*fleet.catalogue.products, "other"]
    for feed in fleet.inventory.feeds:
        record = fleet.by_slug.get(feed.client or "")
        setups = [setup.id for setup in record.client.setups] if record else []
        if feed.setup is not None and record is not None and feed.setup not in setups:
            yield _nowhere(fleet, feed, "setup", f"{record.client.client} has no set-up {feed.setup}", setups)
        if feed.product is not None and feed.product not in products:
            yield _nowhere(fleet, feed, "product", f"the catalogue has no product {feed.product}", products)
    known = [feed.id for feed in fleet.inventory.feeds]
    document = fleet.inventory.document
    for one in fleet.inventory.ignores:
        if document is not None and one.feed not in known:
            words = f"there is no feed {one.feed}"
            fix, about = of_word(document, one.at("feed"), one.feed, known), f"{one.feed} {one.item}"
            yield Problem(document.place(one.at("feed")), words, closest(one.feed, known), about=about, fix=fix)


def _nowhere(fleet: Fleet, feed: Feed, key: str, words: str, known: list[str]) -> Problem:
    given, document = str(getattr(feed, key)), fleet.inventory.document
    hint = closest(given, known) or f"known: {', '.join(known) or 'none'}"
    fix = of_word(document, feed.at(key), given, known) if document else None
    place, about = feed_place(fleet, feed, key), f"{feed.id} {key}"
    return Problem(place, words, hint, client=whose(feed, fleet), about=about, fix=fix)
