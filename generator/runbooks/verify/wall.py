"""Reading a built site against what may not be said in it."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal, TypeAlias

from runbooks import folders, hands
from runbooks.findings import Finding, Place, ordered
from runbooks.fleet import Fleet
from runbooks.mailbox import ours
from runbooks.publish import MARKER
from runbooks.rules.registry import RULES
from runbooks.shelf import Shelf
from runbooks.strangers import Strangers
from runbooks.verify import secrets
from runbooks.verify.answers import Answers
from runbooks.verify.facts import name_in
from runbooks.verify.forbidden import Forbidden, without
from runbooks.verify.memory import Memory, keep, recalled
from runbooks.verify.names import NotUnderstood
from runbooks.verify.questions import Asked, Known, Questions
from runbooks.verify.reading import Reading, address, mentions, readings
from runbooks.verify.texts import Text, Unreadable, texts

MANY: Final = 60
"""How many files are worth a second process."""

LARGE: Final = 1 << 16
"""Bytes of a file of which some lines change and most do not."""
OF_ALL: Final = re.compile(r"(?!clients/[^/]+/)")
"""The names of files that are not about one client: of whose pages hardly a line lasts when they change."""

Leak: TypeAlias = tuple[str, str]
"""What is wrong, and the short name of the client it is about."""


@dataclass(frozen=True)
class Read:
    """What was read before: the files that gave nothing away, under the same records, and what each file holds now.

    `seals` are digests of all files but the marker, by name, where somebody has just listed them; else there is none,
    and every file is read.
    """

    shelf: Shelf
    seals: Mapping[str, str]


def leaks(
    site: Path, fleet: Fleet, strangers: Strangers | None = None, read: Read | None = None
) -> tuple[Finding, ...]:
    """Everything in a built site that gives monitoring away, in the order of a report.

    `strangers` are the clients of whom there may be no trace at all, where the site is for a group.
    """
    shelf = read.shelf if read else None
    known = Known(Forbidden(fleet, shelf), _declared(fleet))
    known.prepare()
    wall = _Wall(site, known, strangers, shelf)
    sound = Answers(read.shelf, known, read.seals) if read and strangers is None else None
    every = sorted({*read.seals, MARKER} if read and read.seals else folders.files_reached(site))
    files = [name for name in every if not (sound and sound.has(name))]

    def do(number: int) -> _Seen:
        return wall.of_file(files[number], site / files[number])

    def taken(_: int, sent: bytes) -> _Seen:
        known: _Seen = pickle.loads(sent)  # noqa: S301 - from a process of this run
        return known

    ended = shelf.flush if shelf else lambda: None
    work = hands.Work(do, lambda found: pickle.dumps(found, protocol=5), taken, ended=ended)
    seen = list(hands.done(len(files), work, few=MANY))
    found = [one for each in seen for one in each.findings]
    if sound and not found:
        sound.keep((name, each.asked) for name, each in zip(files, seen, strict=True) if each.legible)
    return ordered(found)


def _declared(fleet: Fleet) -> dict[str, str]:
    """Whom each hand-written page says that it is about, by its address."""
    return {address(page.file.removeprefix("docs/")): page.meta_text("client") for page in fleet.written}


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is wrong with a file, whether all of it could be read, and what had to be asked for that."""

    findings: tuple[Finding, ...]
    legible: bool
    asked: Asked = field(default_factory=Asked)


@dataclass(frozen=True)
class _Wall:
    """What a site is read against."""

    site: Path
    known: Known
    strangers: Strangers | None
    shelf: Shelf | None = None

    def of_file(self, name: str, path: Path) -> _Seen:
        """What is wrong with one file. What nobody can read is looked at each time, beside its source."""
        try:
            raw = path.read_bytes()
            if _of_the_theme(name, raw):
                return _Seen((), legible=False)
            read = list(texts(name, raw))
        except Unreadable as error:
            return _Seen((_finding(name, str(error), ""),), legible=False)
        except OSError as error:
            return _Seen((_finding(name, f"this file cannot be read: {error.strerror}", ""),), legible=False)
        found, asks, forbidden = list[Finding](), Questions(self.known), self.known.forbidden
        sealed = any(text.sealed for text in read)
        if sealed and not _given(name, raw, forbidden.fleet.root):
            found.append(_finding(name, "this file cannot be read, and docs does not hold it", ""))
        shelf, links = self.shelf, forbidden.links
        memory = recalled(shelf, name, links) if shelf and len(raw) > LARGE and OF_ALL.match(name) else Memory()
        for text in read:
            found += _in_text(name, text, self, asks, memory)
        if shelf and not found:  # a secret is written down nowhere
            keep(memory, shelf, name, links)
        return _Seen(tuple(found), legible=not sealed, asked=asks.asked)


def _in_text(name: str, text: Text, wall: _Wall, asks: Questions, memory: Memory) -> Iterator[Finding]:
    """What is wrong with one text of a file: monitoring, secrets, and traces of those of whom there may be none."""
    strangers = wall.strangers
    if not text.scattered:
        for secret in secrets.found(text.text, text.name, memory.secrets):
            yield secret if text.name == name else replace(secret, place=Place(name, 1, 1, 1, 2))
    try:
        read = list(readings(text, wall.known.forbidden.links, memory.pieces))
    except NotUnderstood:
        yield _finding(name, "this is no index that the search could read, so nobody knows what it leads to", "")
        return
    for reading in read:
        for said, slug in _leaks(reading, asks):
            if strangers is None or slug in strangers.kept or not (slug or strangers.traces(said)):
                yield _finding(name, said, slug)
            else:
                yield _finding(name, "this gives away monitoring of a client of others", "")
        for kind in strangers.traces_in(reading.text, reading.address) if strangers else ():
            yield _finding(name, f"this gives away {kind} of a client of others", "", "PUB011")


def _given(name: str, raw: bytes, root: Path) -> bool:
    """Whether somebody put this very file into the sources: what nobody can read is theirs to answer for."""
    for folder in (root / "docs", root / "templates" / "theme"):
        path = folder / name
        if path.is_file() and path.stat().st_size == len(raw) and path.read_bytes() == raw:
            return True
    return False


@cache
def _theme() -> Path | None:
    """Where the files of the theme lie that this program is installed with."""
    spec = find_spec("material")
    return Path(spec.submodule_search_locations[0]) / "templates" if spec and spec.submodule_search_locations else None


def _of_the_theme(name: str, raw: bytes) -> bool:
    """Whether a file is, byte for byte, one that the theme came with: nobody's records were there when it was made."""
    path = (theme := _theme()) and theme / name
    return bool(path and path.is_file() and path.stat().st_size == len(raw) and path.read_bytes() == raw)


def _finding(name: str, message: str, slug: str, code: str = "PUB010") -> Finding:
    rule = RULES[code]
    place = Place(name, 1, 1, 1, 2)
    return Finding(place, rule.code, rule.name, rule.severity, rule.blocks, message, "take it out", slug)


def _leaks(reading: Reading, asks: Questions) -> Iterator[Leak]:
    lies_with = name_in(reading.address)
    # What lies at an earlier address of a client is about that client.
    slug = asks.of(lies_with).moved_to or lies_with or asks.declared(reading.address)
    about = asks.of(slug)
    yield from _wrong_places(reading, slug, asks)
    for box, clients in asks.nowhere(reading.text):
        for client in sorted(clients):
            yield f"only the alerts of {client}, who is not monitored, would go to {box}: it may stand nowhere", client
    yield from _wrong_marks(reading, lies_with, asks)
    if about.known and not about.watched:
        yield from _said(reading, slug, asks)
    if reading.watches and not about.watched:
        yield f"this has the frame of a monitoring page, and {slug or 'nobody'} is not monitored", slug
    if about.told_only and asks.repair(reading.words):
        yield f"a page about {slug}, for whom nothing is mended, holds part of a repair procedure", slug
    yield from _said_of_others(reading, slug, asks)


def _wrong_places(reading: Reading, about: str, asks: Questions) -> Iterator[Leak]:
    """A page that may not be there, and links to one: in pages, search index, sitemap and everything else."""
    here = {reading.address, re.sub(r"(\.[a-z0-9]+)+$", "", reading.address)}
    if not reading.page:
        here.update(mentions(reading.address))
    lies, links = sorted(here), sorted(link for link in reading.links if name_in(link))
    leads = [link for link in links if link not in here]
    for _, slug in _of_whom(lies, asks, "pages"):
        yield f"no agreement covers the monitoring of {slug} that this page would be about", slug
    for _, slug in _of_whom(lies, asks, "repairs"):
        yield f"no agreement covers the repair of {slug} that this page would show", slug
    for link, slug in _of_whom(leads, asks, "pages"):
        yield f"there is a link to {link}, and no agreement of {slug} covers that monitoring", slug
    for link, slug in _of_whom(leads, asks, "repairs"):
        yield f"there is a link to {link}, and no agreement of {slug} covers that repair", slug
    if asks.of(about).told_only:
        for link in links:
            facts = asks.at(link)
            if link in facts.mending and link not in facts.repairs:
                yield f"a page about {about}, for whom nothing is mended, links to {link}", about


def _of_whom(addresses: Iterable[str], asks: Questions, kind: Literal["pages", "repairs"]) -> Iterator[Leak]:
    """Of some addresses those where no page may be, or no repair, and the client each would be of."""
    for one in addresses:
        slug = getattr(asks.at(one), kind).get(one)
        if slug is not None:
            yield one, slug


def _wrong_marks(reading: Reading, lies_with: str, asks: Questions) -> Iterator[Leak]:
    """What a page says of itself against what the records say of it."""
    if len(reading.marks) > 1:
        yield "this page says twice whom it is about", lies_with
    for mark in reading.marks:
        slug, here = mark.get("client", ""), asks.of(lies_with)
        leads_on = mark.get("kind") == "redirect" and here.moved_to and here.moved_to == slug
        if slug != lies_with and not leads_on and (slug or here.known):
            yield f"this page says that it is about {slug or 'nobody'}, and lies where those of others are", slug
        if mark.get("kind") == "monitoring":
            yield from _wrong_monitoring(slug, mark.get("through", ""), asks)


def _wrong_monitoring(slug: str, through: str, asks: Questions) -> Iterator[Leak]:
    about = asks.of(slug)
    if not about.known:
        yield "this is a monitoring page of no known client", slug
        return
    if not about.watched:
        yield f"this is a monitoring page of {slug}, who is not monitored", slug
        return
    end = about.through
    day = end if through == "open" else _day(through)
    if day is None and through != "open":
        yield f"this monitoring page of {slug} does not say through which day it is valid", slug
    elif day is not None and asks.over(day):
        yield f"this monitoring page of {slug} was valid through {through}", slug
    elif end is not None and (through == "open" or (day is not None and day > end)):
        yield f"this monitoring page of {slug} says {through}, but the agreements end on {end}", slug


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _said(reading: Reading, slug: str, asks: Questions) -> Iterator[Leak]:
    """What a page about a client without monitoring says that it may not say."""
    declines = reading.address == f"clients/{slug}/not-monitored"
    plain = without(reading.text, asks.declining) if declines else reading.text
    for box in ours(plain, asks.ours_about(slug)):
        yield f"a page about {slug}, who is not monitored, names our address {box}", slug
    if asks.procedure(reading.words):
        yield f"a page about {slug}, who is not monitored, holds part of a monitoring procedure", slug


def _said_of_others(reading: Reading, about: str, asks: Questions) -> Iterator[Leak]:
    """What a page says in passing about clients without monitoring whom it is not about.

    A block that names such a client and where its own alerts go gives it away, and so does a monitoring procedure on
    a page that is about nobody in particular and names the client. A file that is no page is one block.
    """
    found = set[str]()
    for block in reading.blocks:
        alerted = asks.alerted(block.text, everybody=not reading.page)
        found |= alerted and alerted & asks.named(f"{block.under} | {block.text}", hosts=not about)
    if not reading.page:
        alerted = asks.alerted(reading.text, everybody=True)
        found |= alerted and alerted & asks.named(" ".join(reading.text.split()), hosts=False)
    for slug in sorted(found - {about}):
        yield f"the alerts of {slug}, who is not monitored, are named here", slug
    if not about and asks.procedure(reading.words):
        for slug in sorted(asks.named(reading.text, hosts=True)):
            yield f"a page that names {slug}, who is not monitored, holds part of a monitoring procedure", slug
