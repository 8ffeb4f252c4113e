"""Reading a built site against what may not be said in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TypeAlias

from runbooks.findings import Finding, Place, ordered
from runbooks.fleet import Fleet, Record
from runbooks.mailbox import canonical, ours
from runbooks.rules.registry import RULES
from runbooks.verify.forbidden import Forbidden, without, words
from runbooks.verify.reading import Reading, Unreadable, address, readings

Leak: TypeAlias = tuple[str, str]
"""What is wrong, and the short name of the client it is about."""


def leaks(site: Path, fleet: Fleet) -> tuple[Finding, ...]:
    """Everything in a built site that gives monitoring away, in the order of a report."""
    forbidden = Forbidden(fleet)
    declared = {address(page.file.removeprefix("docs/")): page.meta_text("client") for page in fleet.written}
    found: list[Finding] = []
    for path in sorted(path for path in site.rglob("*") if path.is_file()):
        name = path.relative_to(site).as_posix()
        try:
            read = readings(name, path, forbidden.links)
            said = [leak for reading in read for leak in _leaks(reading, declared, forbidden)]
        except Unreadable as error:
            said = [(str(error), "")]
        found.extend(_finding(name, words, slug) for words, slug in said)
    return ordered(found)


def _finding(name: str, message: str, slug: str) -> Finding:
    rule = RULES["PUB010"]
    place = Place(name, 1, 1, 1, 2)
    return Finding(place, rule.code, rule.name, rule.severity, rule.blocks, message, "take it out", slug)


def _leaks(reading: Reading, declared: Mapping[str, str], forbidden: Forbidden) -> Iterator[Leak]:
    parts = reading.address.split("/")
    lies_with = parts[1] if len(parts) > 1 and parts[0] == "clients" else ""
    yield from _wrong_places(reading, forbidden)
    for box in forbidden.nowhere(reading.text):
        for client in sorted(forbidden.forsaken[box]):
            yield f"only the alerts of {client}, who is not monitored, would go to {box}: it may stand nowhere", client
    yield from _wrong_marks(reading, lies_with, forbidden)
    slug = lies_with or declared.get(reading.address, "")
    record = forbidden.unwatched.get(slug)
    if record is not None:
        yield from _said(reading, record, forbidden)
    yield from _said_of_others(reading, slug, forbidden)


def _wrong_places(reading: Reading, forbidden: Forbidden) -> Iterator[Leak]:
    """A page that may not be there, and links to one: in pages, search index, sitemap and everything else."""
    about = forbidden.pages.get(reading.address)
    if about is not None:
        yield f"no agreement covers the monitoring of {about} that this page would be about", about
    for link in sorted(reading.links & forbidden.pages.keys() - {reading.address}):
        slug = forbidden.pages[link]
        yield f"there is a link to {link}, and no agreement of {slug} covers that monitoring", slug


def _wrong_marks(reading: Reading, lies_with: str, forbidden: Forbidden) -> Iterator[Leak]:
    """What a page says of itself against what the records say of it."""
    if len(reading.marks) > 1:
        yield "this page says twice whom it is about", lies_with
    for mark in reading.marks:
        slug = mark.get("client", "")
        if slug != lies_with and (slug or lies_with in forbidden.fleet.by_slug):
            yield f"this page says that it is about {slug or 'nobody'}, and lies where those of others are", slug
        if mark.get("kind") == "monitoring":
            yield from _wrong_monitoring(slug, mark.get("through", ""), forbidden)


def _wrong_monitoring(slug: str, through: str, forbidden: Forbidden) -> Iterator[Leak]:
    if slug not in forbidden.fleet.by_slug:
        yield "this is a monitoring page of no known client", slug
        return
    if slug in forbidden.unwatched:
        yield f"this is a monitoring page of {slug}, who is not monitored", slug
        return
    end = forbidden.through(slug)
    day = end if through == "open" else _day(through)
    if day is None and through != "open":
        yield f"this monitoring page of {slug} does not say through which day it is valid", slug
    elif day is not None and day < forbidden.fleet.as_of:
        yield f"this monitoring page of {slug} was valid through {through}", slug
    elif end is not None and (through == "open" or (day is not None and day > end)):
        yield f"this monitoring page of {slug} says {through}, but the agreements end on {end}", slug


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _said(reading: Reading, record: Record, forbidden: Forbidden) -> Iterator[Leak]:
    """What a page about a client without monitoring says that it may not say."""
    slug = record.slug
    declines = reading.address == f"clients/{slug}/not-monitored"
    plain = without(reading.text, forbidden.declining) if declines else reading.text
    own = {box for box, slugs in forbidden.alerts.items() if slug in slugs}
    for box in ours(plain, own | {canonical(box) for box in forbidden.fleet.policy.mailboxes}):
        yield f"a page about {slug}, who is not monitored, names our address {box}", slug
    if _has_sentence(reading, forbidden):
        yield f"a page about {slug}, who is not monitored, holds part of a monitoring procedure", slug


def _said_of_others(reading: Reading, about: str, forbidden: Forbidden) -> Iterator[Leak]:
    """What a page says in passing about clients without monitoring whom it is not about.

    A block that names such a client and where its own alerts go gives it away, and so does a monitoring procedure on
    a page that is about nobody in particular and names the client. A file that is no page is one block.
    """
    found = set[str]()
    for block in reading.blocks:
        alerted = forbidden.alerted(block.text, everybody=not reading.page)
        found |= alerted and alerted & forbidden.named(f"{block.under} | {block.text}", hosts=not about)
    if not reading.page:
        alerted = forbidden.alerted(reading.text, everybody=True)
        found |= alerted and alerted & forbidden.named(" ".join(reading.text.split()), hosts=False)
    for slug in sorted(found - {about}):
        yield f"the alerts of {slug}, who is not monitored, are named here", slug
    if not about and _has_sentence(reading, forbidden):
        for slug in sorted(forbidden.named(reading.text, hosts=True)):
            yield f"a page that names {slug}, who is not monitored, holds part of a monitoring procedure", slug


def _has_sentence(reading: Reading, forbidden: Forbidden) -> bool:
    said = words(reading.text)
    return any(sentence in said for sentence in forbidden.sentences)
