"""References inside a record: every id that is named exists, and exists once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from runbooks.corrections import of_word
from runbooks.findings import KeyPath, Problem
from runbooks.fleet import Fleet, Record
from runbooks.grammar import schedule
from runbooks.parts import Part
from runbooks.policy import OwnField
from runbooks.records.client import Client
from runbooks.records.setup import Setup
from runbooks.rules.registry import rule
from runbooks.shape import closest
from runbooks.source import Document
from runbooks.values import DAY


@rule("REC004", "unknown-reference")
def unknown_reference(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """Every id that a record refers to exists in it, or in policy.yml.

    A job that protects an item nobody has described, or writes to a copy that is not there, misleads whoever mends it.

    Mend: correct the id; the message names the nearest one.

    Bad:

        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs: [{name: Nightly, items: [srv2]}]

    Good:

        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs: [{name: Nightly, items: [srv1]}]
    """
    client = record.client
    sites = _known(record, "site", ("sites",), [site.id for site in client.sites])
    copies = _known(record, "copy", ("copies",), [copy.id for copy in client.copies])
    setups = _known(record, "set-up", ("setups",), [setup.id for setup in client.setups])
    targets = Known(record.document, "target of policy.yml", tuple(one.id for one in fleet.policy.targets))
    offsite = replace(sites, ids=(*sites.ids, "offsite"))
    for contact in client.contacts:
        yield from _one(contact.site, contact, "site", sites)
    for copy in client.copies:
        yield from _one(copy.site, copy, "site", offsite)
        yield from _one(copy.target, copy, "target", targets)
    for agreement in client.agreements:
        for cover in agreement.covers:
            yield from _many(cover.setups or (), cover, "setups", setups)
    if client.monitoring is not None:
        yield from _many(client.monitoring.setups or (), client.monitoring, "setups", setups)
    for setup in client.setups:
        yield from _in_setup(record, setup, sites, copies)


@dataclass(frozen=True, slots=True)
class Known:
    """The ids of one kind of thing, and whether these are all: one that could not be read may be the one named."""

    document: Document
    what: str
    ids: tuple[str, ...]
    sure: bool = True


def _known(record: Record, what: str, at: KeyPath, ids: Sequence[str]) -> Known:
    """The ids in a list of a record. Of an id that stands twice one was meant to be another."""
    client = record.client
    sure = len({*ids}) == len(ids) and not (client.doubtful and undecided(client, at, "id", "name"))
    return Known(record.document, what, tuple(ids), sure)


def undecided(client: Client, at: KeyPath, *keys: str) -> bool:
    """Whether a list of a record could not be read, or an entry of it, or one of these values of an entry."""
    depth = len(at)
    return any(
        path[:depth] == at[: len(path)] and (len(path) <= depth + 1 or path[depth + 1] in keys)
        for path in client.doubts
    )


def _in_setup(record: Record, setup: Setup, sites: Known, copies: Known) -> Iterator[Problem]:
    items = _known(record, "item", setup.at("items"), [item.key for item in setup.items])
    jobs = _known(record, "job", setup.at("jobs"), [job.name for job in setup.jobs])
    yield from _one(setup.defaults.site, setup.defaults, "site", sites)
    for item in setup.items:
        yield from _one(item.site, item, "site", sites)
        yield from _many(item.depends_on, item, "depends_on", items)
    for job in setup.jobs:
        yield from _many(job.items, job, "items", items)
        yield from _one(job.to, job, "to", copies)
        yield from _one(job.from_copy, job, "from", copies)
        if job.schedule is not None:
            yield from _one(schedule(job.schedule).after_job, job, "schedule", jobs)
    for test in setup.restore_tests:
        yield from _many(test.items, test, "items", items)
        yield from _one(test.from_copy, test, "from", copies)


def _many(ids: Sequence[str], part: Part, key: str, known: Known) -> Iterable[Problem]:
    if not known.sure or not ids:
        return ()
    return [_unknown(one, part.at(key, index), known) for index, one in enumerate(ids) if one not in known.ids]


def _one(one: str | None, part: Part, key: str, known: Known) -> Iterable[Problem]:
    if one is None or not known.sure or one in known.ids:
        return ()
    return (_unknown(one, part.at(key), known),)


def _unknown(one: str, at: KeyPath, known: Known) -> Problem:
    there = f"known: {', '.join(known.ids)}" if known.ids else f"the record has no {known.what}"
    fix = of_word(known.document, at, one, known.ids)
    return Problem(at, f"there is no {known.what} {one}", closest(one, known.ids) or there, fix=fix)


@rule("REC005", "id-twice")
def id_twice(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """No id is used twice for the same kind of thing.

    Which of the two is meant cannot be told; an agreement or set-up whose id stands twice entitles to nothing.

    Mend: give one of them another id.

    Bad:

        sites:
          - {id: main, name: High Street}
          - {id: main, name: Low Street}

    Good:

        sites:
          - {id: high, name: High Street}
          - {id: low, name: Low Street}
    """
    for what, found in _ids(record.client):
        first: dict[str, KeyPath] = {}
        for one, at in found:
            if one in first:
                yield Problem(at, f"the {what} {one} is there twice", "rename one", ((first[one], "the first"),))
            first.setdefault(one, at)


def _ids(client: Client) -> Iterator[tuple[str, Iterable[tuple[str, KeyPath]]]]:
    yield "site id", [(one.id, one.at("id")) for one in client.sites]
    yield "copy id", [(one.id, one.at("id")) for one in client.copies]
    yield "agreement id", [(one.id, one.at("id")) for one in client.agreements]
    yield "set-up id", [(one.id, one.at("id")) for one in client.setups]
    for setup in client.setups:
        yield "item id", [(one.key, one.at("id" if one.id else "name")) for one in setup.items]
        yield "job name", [(one.name, one.at("name")) for one in setup.jobs]


@rule("REC008", "group-not-allowed")
def group_not_allowed(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A kind that policy.yml wants documented one by one is not hidden in a group.

    Mend: list each of them by its name.

    Bad:

        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{id: all, kind: server, match: "SRV*", expected: 3}]

    Good:

        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{id: desks, kind: workstation, match: "PC*", expected: 3}]
    """
    for setup in record.client.setups:
        for item in setup.items:
            kind = item.kind or setup.defaults.kind
            unread = item.doubtful and record.client.doubtful_at(*item.at("kind"))
            if item.match is not None and kind in fleet.policy.document_each and not unread:
                yield Problem(
                    item.at("match"), f"a {kind} is documented one by one, not as a group", "list each by its name"
                )


@rule("REC009", "own-field")
def own_field(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """The own fields of a record are those that policy.yml declares, each of its type.

    Mend: correct the field, or declare it under fields in policy.yml.
    """
    declared, given = fleet.policy.fields, record.client.fields
    for name, value in given.items():
        at = record.client.at("fields", name)
        if name not in declared:
            yield Problem(at, f"policy.yml declares no field {name}", closest(name, declared), on_key=True)
        elif not fits(value, declared[name]):
            yield Problem(at, f"{name} must be a {declared[name].type}", ", ".join(declared[name].values))
    for name, field in declared.items():
        if field.required and name not in given and not record.client.doubtful_at("fields", name):
            yield Problem(
                record.client.at("fields"), f"the record needs the field {name}", field.title or "", on_key=True
            )


def fits(value: object, field: OwnField) -> bool:
    """Whether a value is of the type that policy.yml gives an own field."""
    match field.type:
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "flag":
            return isinstance(value, bool)
        case "choice":
            return value in field.values
        case "date":
            return isinstance(value, str) and bool(DAY.fullmatch(value)) and _real(value)
        case "text":
            return isinstance(value, str)


def _real(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


@rule("REC010", "alias-twice", subject="policy", timeless=True)
def alias_twice(fleet: Fleet) -> Iterator[Problem]:
    """No two clients go by the same name.

    At night the wrong client's runbook is worse than none.

    Mend: take the name out of one of the records, or make it longer.
    """
    names = fleet.name_counts
    for record in fleet.records:
        client, own = record.client, record.client.client.casefold()
        if client.unreadable:
            continue
        given = [(client.client, client.at("client"))]
        given += [
            (alias, client.at("aliases", index))
            for index, alias in enumerate(client.aliases)
            if alias.casefold() != own
        ]
        for name, at in given:
            if names[name.casefold()] > 1:
                yield Problem(
                    record.document.place(at),
                    f"another client is called {name} too",
                    "make the names different",
                    client=record.slug,
                    about=name,
                )


@rule("REC012", "external-id-twice", subject="policy", timeless=True, profile="standard")
def external_id_twice(fleet: Fleet) -> Iterator[Problem]:
    """No two clients have the same id in another system.

    What comes from the PSA or the RMM by that id would land on the wrong client's page. Ids of clients, of items and of
    jobs are compared each among themselves. Two records say so at once, so a waiver would have to be for both.

    Mend: correct the one that is wrong.
    """
    owners: dict[tuple[str, str, str], list[tuple[Record, KeyPath]]] = {}
    for record in fleet.records:
        if not record.client.unreadable:
            for key, at in _external(record.client):
                owners.setdefault(key, []).append((record, at))
    # A place is looked up only for what is told: most records are never asked for theirs.
    for (what, system, value), found in owners.items():
        for record, at in found if len(found) > 1 else ():
            others = [(other, there) for other, there in found if other.slug != record.slug]
            if others:
                other, there = others[0]
                yield Problem(
                    record.document.place(at),
                    f"{other.client.client} has the same {what} id in {system}: {value}",
                    "correct the one that is wrong",
                    ((other.document.place(there), "the same id"),),
                    client=record.slug,
                    about=f"{what} {system} {value}",
                )


def _external(client: Client) -> Iterator[tuple[tuple[str, str, str], KeyPath]]:
    """Every id in another system: of what, in which system, its value; and where it stands."""
    parts = [("client", client.external_ids, client.at("external_ids"))]
    for setup in client.setups:
        parts += [("item", one.external_ids, one.at("external_ids")) for one in setup.items if one.external_ids]
        parts += [("job", one.external_ids, one.at("external_ids")) for one in setup.jobs if one.external_ids]
    for what, ids, at in parts:
        yield from (((what, system.casefold(), value), (*at, system)) for system, value in ids.items())
