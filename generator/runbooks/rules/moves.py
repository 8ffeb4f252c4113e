"""Clients who have another short name now, and clients who have left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from runbooks.findings import Problem, Severity
from runbooks.fleet import Fleet, Record, Written
from runbooks.policy import Policy
from runbooks.rules.links import LINK
from runbooks.rules.registry import rule

OF_A_CLIENT: Final = re.compile(r"(?:^|/)clients/(?P<slug>[a-z0-9-]+)(?:/(?P<page>[^?#]*))?(?:[?#]|$)")
"""A link to a page of a client, however it begins."""
HOME: Final = re.compile(r"(?:index(?:\.md|\.html)?)?")


@rule("REC014", "former-name-taken", subject="policy", timeless=True, of_clients=True)
def former_name_taken(fleet: Fleet) -> Iterator[Problem]:
    """A short name under `formerly` is nobody's now, and was one client's alone.

    The old address leads to the pages of today. Where two clients claim it, it would lead to the wrong one at night: so
    it leads nowhere, and this is found.

    Mend: take the name out of all records but that of the client who had it last.
    """
    first: dict[str, Record] = {}
    for record in fleet.records:
        seen = set[str]()
        for index, name in enumerate(record.client.formerly):
            place = record.document.place(record.client.at("formerly", index))
            other = fleet.by_slug.get(name) or first.setdefault(name, record)
            if name == record.slug:
                words = f"{name} is the client's short name of today"
            elif name in seen:
                words = f"{name} stands here twice"
            elif other is not record:
                held = "is the short name of" if name in fleet.by_slug else "stands under `formerly` of"
                words = f"{name} {held} {other.client.client}"
            else:
                seen.add(name)
                continue
            yield Problem(place, words, "take it out", client=record.slug, about=name)


def _left(record: Record, policy: Policy) -> Iterable[date]:
    """The days on which it begins, or ceases, to be true that a client has left."""
    day = record.client.left_on
    return (day, day + timedelta(days=1)) if day and day < date.max else ()


@rule("REC015", "left-on-contradicted", Severity.WARNING, days=_left)
def left_on_contradicted(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A client who has left has the status `former`, and the other way round.

    With `former` the client's runbook goes, and with it the telephone numbers of people who are none of ours. A day
    that has passed and a status that does not say so is a runbook that should be gone.

    Mend: write `status: former` on that day, or correct the day.

    Bad:

        left_on: 2026-10-31

    Good:

        status: former
        left_on: 2026-10-31
    """
    client = record.client
    if client.left_on is None or client.doubtful_at("status") or client.doubtful_at("left_on"):
        return
    gone, past = client.status == "former", client.left_on < fleet.as_of
    if past and not gone:
        words = f"the client left on {client.left_on}, and the status says {client.status}"
        yield Problem(client.at("left_on"), words, "write status: former, or correct the day")
    elif gone and client.left_on > fleet.as_of:
        words = f"the status says that the client has left, and the day is {client.left_on}"
        yield Problem(client.at("left_on"), words, "write status: offboarding until then, or correct the day")


@rule("REC016", "record-gone", Severity.WARNING, subject="policy", timeless=True, of_clients=True)
def record_gone(fleet: Fleet) -> Iterator[Problem]:
    """A record that is renamed keeps its old address, and one of a client who left is kept.

    Bookmarks, tickets and printed pages hold the old address. `runbooks lint --since REF` finds this: it compares the
    records with those of the revision.

    Mend: write the old short name under `formerly`. For a client who left, bring the record back with `status: former`.
    """
    yield from ()


@rule("DOC028", "link-to-an-old-address", Severity.WARNING, subject="written", timeless=True)
def link_to_an_old_address(page: Written, fleet: Fleet) -> Iterator[Problem]:
    """A hand-written page leads to a client's pages where they are now.

    The old address of a renamed client leads on for as long as `formerly` says so. Of a client who left there is one
    page, and the others are gone.

    Mend: write the address of today; of a client who left, that of the one page.
    """
    known = fleet.once("moved", moved)
    for found in LINK.finditer(page.text):
        kind = found.lastgroup or 0
        link = OF_A_CLIENT.search(found[kind])
        if link is None:
            continue
        slug, inner = link["slug"], link["page"] or ""
        record = fleet.by_slug.get(slug)
        if record is None and slug in known:
            words, remedy = f"clients/{slug} is an old address", f"write clients/{known[slug]}"
        elif record is not None and record.client.has_left and not HOME.fullmatch(inner):
            words, remedy = f"{record.client.client} has left, and has no page {inner}", "take the link out"
        else:
            continue
        start = page.text.rfind("\n", 0, found.start(kind)) + 1
        number, line = page.text.count("\n", 0, start), page.text[start:].partition("\n")[0]
        yield Problem(page.line(page.first_line + number, len(line)), words, remedy, about=found[kind])


def moved(fleet: Fleet) -> Mapping[str, str]:
    """The earlier short names of clients, each with the one of today."""
    return {name: record.slug for record in fleet.records for name in record.client.formerly}


def missing(now: Fleet, then: Fleet) -> Iterator[tuple[Record, Record | None]]:
    """The records of another time that are there no more, each with the new one that is the same client's, if any."""
    kept = {*now.by_slug, *moved(now)}
    fresh = [record for record in now.records if record.slug not in then.by_slug]
    for old in then.records:
        if old.slug not in kept:
            yield old, next((record for record in fresh if _same(record, old)), None)


def _same(one: Record, other: Record) -> bool:
    """Whether two records are of one client: by its name, by a name it had, or by its number elsewhere."""
    mine, theirs = one.client, other.client
    names = {name.casefold() for name in (mine.client, *mine.aliases)}
    return theirs.client.casefold() in names or bool(mine.external_ids.items() & theirs.external_ids.items())
