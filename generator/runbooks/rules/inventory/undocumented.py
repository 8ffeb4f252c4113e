"""What the products show and no record has: things, jobs, clients, and what could be more than one."""

from __future__ import annotations

from collections.abc import Iterator

from runbooks.corrections import of_word
from runbooks.findings import At, Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.inventory.seen import Seen
from runbooks.matching import Thing, folded
from runbooks.matching.feeds import external_id, has_appliances, product, systems
from runbooks.records.setup import Job, Setup
from runbooks.rules.inventory.scope import feed_place, is_asked, is_sure, odd, place, product_name, standing
from runbooks.rules.recoverability.scope import listed
from runbooks.rules.registry import rule
from runbooks.shape import closest
from runbooks.unpaid import counted


@rule("INV001", "undocumented-item", subject="policy", of_clients=True)
def undocumented_item(fleet: Fleet) -> Iterator[Problem]:
    """Everything that a product protects, and every job it runs, stands in the record of its client.

    A backup that exists in the console and in no record is the one that nobody can repair at night. What an export
    shows is looked for in the set-ups of its product: by the id under `external_ids` of an item, then by exactly the
    name, whatever the case, then by the host part of a full name where only one has it, then by the patterns of groups.
    Nothing is guessed from names that are only alike. What `unprotected` names is documented too.

    Mend: let `runbooks inventory adopt` add it to the items of the set-up, and fill in what only you know; or say until
    when and why it needs no record: under `ignore` in inventory/feeds.yml.
    """
    for thing in filter(is_asked, odd(fleet)):
        record = thing.owner.record
        if record is None or thing.target is not None or thing.several:
            continue
        if is_sure(record) and not is_left_out(thing, record):
            yield _undocumented(thing, record, fleet)


def _undocumented(thing: Thing, record: Record, fleet: Fleet) -> Problem:
    client, setups = record.client, thing.setups
    named = product_name(thing.feed, fleet)
    what = f"the job {thing.words}" if thing.is_job else thing.words
    where: tuple[tuple[At, str], ...] = ()
    if thing.unprotected:
        words = f"{named} does not protect {what}, and no set-up of {client.client} says that this is agreed"
        help_words = "protect it and add it to the items, or write it under unprotected, with the reason and who agreed"
    elif not setups:
        words = f"{named} shows {what}, and {client.client} has no set-up of it"
        help_words = "describe the set-up in the record, with everything it protects"
    else:
        key = "jobs" if thing.is_job else "server" if has_appliances(thing.feed) else "items"
        words = f"{named} shows {what}, which is in no set-up of {client.client}"
        where = tuple((record.document.place(one.at(key)), f"the {key} of {one.id}") for one in setups[:3])
        names = listed(one.id for one in setups)
        help_words = f"add it to the {key} of {names} (runbooks inventory adopt)"
        if has_appliances(thing.feed):
            help_words = f"write it as the server of {names}, or describe the set-up that runs on it"
    return Problem(thing.first.place, words, help_words, where, client=record.slug, about=thing.about)


def is_left_out(thing: Thing, record: Record) -> bool:
    """Whether a set-up says that it is not protected, and that this is agreed."""
    names = {folded(row.name) for row in thing.rows if row.name}
    return any(folded(one.item) in names for setup in record.client.setups for one in setup.unprotected)


@rule("INV022", "undocumented-job", Severity.WARNING, subject="policy", of_clients=True, profile="standard")
def undocumented_job(fleet: Fleet) -> Iterator[Problem]:
    """The job that protects an item is in the record under the name that the console shows.

    A technician looks for the name of the job that failed. Asked of set-ups that we look after or work on, and that
    list their jobs.

    Mend: correct the name under jobs, or add the job.
    """
    told = set[tuple[str, str]]()
    for problem in standing(fleet, "undocumented jobs", _jobs):
        if (problem.client, problem.about) not in told:
            told.add((problem.client, problem.about))
            yield problem


def _jobs(thing: Thing, fleet: Fleet) -> Iterator[Problem]:
    record, target = thing.owner.record, thing.target
    if record is None or target is None or thing.is_job or not target.setup.jobs or not is_sure(record):
        return
    for row in thing.rows if target.setup.managed_by in ("us", "on_request") else ():
        if row.job and not _has_job(thing.setups, folded(row.job)):
            yield Problem(
                row.place,
                f"{thing.words} is protected by the job {row.job}, which is not among those of {target.setup.id}",
                "correct the name under jobs, or add the job",
                ((record.document.place(target.setup.at("jobs")), "the jobs"),),
                client=record.slug,
                about=f"{target.setup.id} {folded(row.job)}",
            )


def _has_job(setups: tuple[Setup, ...], name: str) -> bool:
    return any(folded(job.name) == name for setup in setups for job in setup.jobs)


@rule("INV002", "unknown-client", subject="policy")
def unknown_client(fleet: Fleet) -> Iterator[Problem]:
    """Every client that an export or a feed names has a record.

    A client in the console whom no record knows is a whole runbook that is missing. Clients are found by the feed's own
    `client`, by the id under `external_ids` of the record, or by exactly the name, one of the aliases or the short
    name, whatever the case.

    Mend: write the record; or write the client's id or name of the export under external_ids or aliases of the one that
    is meant.
    """
    for feed in fleet.inventory.feeds:
        if feed.client is not None and feed.client not in fleet.by_slug:
            words = f"the feed {feed.id} is about {feed.client}, and there is no such client"
            hint = closest(feed.client, fleet.by_slug) or "write the record, or correct the short name"
            document, place = fleet.inventory.document, feed_place(fleet, feed, "client")
            fix = of_word(document, feed.at("client"), feed.client, fleet.by_slug) if document else None
            yield Problem(place, words, hint, about=f"{feed.id} {feed.client}", fix=fix)
    found: dict[tuple[str, str, str], list[Thing]] = {}
    for thing in odd(fleet):
        if thing.owner.record is None and not thing.owner.several and thing.feed.client is None and not thing.retired:
            found.setdefault((thing.feed.id, thing.first.client, thing.first.client_name), []).append(thing)
    for (feed_id, client, name), theirs in found.items():
        yield _unknown(theirs, feed_id, client, name)


def _unknown(theirs: list[Thing], feed_id: str, client: str, name: str) -> Problem:
    count, first = counted(len(theirs), "thing"), theirs[0]
    about = f"{feed_id} {client} {name}"
    if not client and not name:
        words = f"{count} of the feed {feed_id} {'has' if len(theirs) == 1 else 'have'} no client"
        return Problem(first.first.place, words, "name the client in the feed, or mend the export", about=about)
    called = f"{name} (id {client})" if name and client and name != client else name or client
    key = external_id(first.feed)
    by_id = f'its id under external_ids: {{{key}: "{client}"}}; or ' if key and client else ""
    words = f"no record has the client {called}, of whom the feed {feed_id} shows {count}"
    return Problem(first.first.place, words, f"write the record; or {by_id}the name under aliases", about=about)


@rule("INV013", "ambiguous-match", subject="policy", of_clients=True)
def ambiguous_match(fleet: Fleet) -> Iterator[Problem]:
    """Everything an export shows is one thing of one record.

    Where a name could mean two items, or two rows one item, the first that comes is the wrong one half of the time. So
    none is taken. Several backups of one machine under one name, each with a job of its own, are one thing.

    Mend: write the id that the product has for it under external_ids, or give the feed a client or a set-up of its own.
    """
    told = set[tuple[str, str, str]]()
    for thing in odd(fleet):
        if thing.retired:
            continue
        client = (thing.feed.id, thing.first.client, thing.first.client_name)
        if thing.owner.several and client not in told:
            told.add(client)
            yield _whose(thing)
        elif thing.owner.record is not None and thing.ambiguous:
            yield _which(thing, thing.owner.record)


def _whose(thing: Thing) -> Problem:
    row, several = thing.first, thing.owner.several
    names = listed((f"{one.client.client} ({one.slug})" for one in several), 4)
    at: tuple[tuple[At, str], ...] = tuple((one.document.place(("client",)), "this one") for one in several[:4])
    words = f"the client {row.client_name or row.client} of the feed {thing.feed.id} could be {names}"
    help_words = "write its id under external_ids of the one that is meant, and take the name out of the others"
    return Problem(row.place, words, help_words, at, about=f"{thing.feed.id} {row.client} {row.client_name}")


def _which(thing: Thing, record: Record) -> Problem:
    where: tuple[tuple[At, str], ...]
    key = next(iter(systems(thing.feed)), product(thing.feed) or thing.feed.id)
    if thing.several:
        names = listed((f"{one.words} of {one.setup.id}" for one in thing.several), 4)
        words = f"{thing.words} could be {names}"
        where = tuple((place(one), "this one") for one in thing.several[:4])
        help_words = f"write its id under external_ids of the right one ({key}), or name the set-up in the feed"
        if any(isinstance(one.entry, Job) for one in thing.several):
            help_words = "give the jobs different names, or name the set-up in the feed"
    else:
        assert thing.target is not None
        others = listed(_called(one) for one in thing.rivals)
        words = f"{_called(thing.first)} and {others} could all be {thing.target.words} of {record.client.client}"
        where = ((place(thing.target), "the item"), *((one.place, "this row") for one in thing.rivals[:3]))
        help_words = f"write the id of the right one under external_ids ({key}), and the others as items of their own"
    about = thing.about
    return Problem(thing.first.place, words, help_words, where, client=record.slug, about=about)


def _called(row: Seen) -> str:
    return f"{row.name} (id {row.key})" if row.name and row.key else row.name or row.key
