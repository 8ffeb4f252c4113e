"""Reads inventory/: feeds.yml, then each file it names, once, keeping of a row what its format allows and no more."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from runbooks import secrets
from runbooks.findings import Place, Problem
from runbooks.inventory import delimited, entries, nested
from runbooks.inventory.ages import made_on
from runbooks.inventory.columns import CLIENT, missing
from runbooks.inventory.feeds import FILE, FOLDER, Feed, Feeds
from runbooks.inventory.layouts import Layout, Writing, columns, has_clients, layout
from runbooks.inventory.letters import REMEDY, letters
from runbooks.inventory.notes import Notes, Spot, place
from runbooks.inventory.seen import UNFIT, UNREADABLE, Contract, Export, Inventory, Seen, Trouble
from runbooks.inventory.tables import Table
from runbooks.policy import Policy
from runbooks.remedies import settled
from runbooks.shape import shaped
from runbooks.source import Document

LARGEST: Final = 200_000_000
"""How large a file may be, in bytes."""
SHAPE: Final = "FEED"
"""The family that `shape` puts before its codes; they become one code here."""
CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""A line feed in a name would make two lines of one in every report."""


def read_inventory(root: Path, policy: Policy) -> Inventory:
    """Everything below inventory/ of a site. Whatever is wrong travels as troubles; the rest is read all the same."""
    document, feeds, troubles = _feeds(root)
    if document is None:
        return Inventory(troubles=tuple(troubles), orphans=() if troubles else tuple(_orphans(root, set())))
    exports = list[Export]()
    for feed in feeds.feeds:
        if feed.doubtful:
            continue
        if problem := _unfit(feed):
            troubles.append(Trouble(document.place(feed.at()), UNFIT, *problem))
            continue
        for export, told in _exports(root, feed, policy.zone):
            exports.append(export)
            troubles += told
    sure = not any(trouble.place.file == FILE for trouble in troubles)
    orphans = tuple(_orphans(root, {export.file for export in exports})) if sure else ()
    return Inventory(feeds.feeds, feeds.ignore, tuple(exports), tuple(troubles), document, orphans)


def _orphans(root: Path, read: set[str]) -> Iterator[str]:
    """The files below inventory/ that no feed reads. Hidden files and Markdown are no exports."""
    for path in sorted((root / FOLDER).rglob("*")):
        name = path.relative_to(root)
        shown = CONTROLS.sub("\ufffd", name.as_posix())
        if shown in read or shown == FILE or path.suffix.lower() == ".md" or not path.is_file():
            continue
        if not any(part.startswith(".") for part in name.parts):
            yield shown


def _feeds(root: Path) -> tuple[Document | None, Feeds, list[Trouble]]:
    """feeds.yml, and what is wrong in it."""
    nothing = Feeds.model_validate({})
    try:
        raw = (root / FILE).read_bytes()
    except FileNotFoundError:
        return None, nothing, []
    except OSError as error:
        return None, nothing, [_closed(FILE, error)]
    document, traps = secrets.read(FILE, raw, "SEC003")
    found = shaped(Feeds, document, SHAPE)
    told = (problem for problem in found.problems if not secrets.told_again(problem, document))
    troubles = [_trouble(document, problem) for problem in (*settled(Feeds, document, traps), *told)]
    feeds = found.model or nothing
    first = dict[str, Feed]()
    for feed in feeds.feeds:
        if first.setdefault(feed.id, feed) is not feed:
            where = document.place(feed.at("id"))
            troubles.append(Trouble(where, UNREADABLE, f"{feed.id} is the id of an earlier feed", "Give it another."))
    return document, feeds, troubles


def _trouble(document: Document, problem: Problem) -> Trouble:
    at = problem.at
    if not isinstance(at, Place):
        at = document.key_place(at) if problem.on_key else document.place(at)
    code = UNREADABLE if problem.code.startswith(SHAPE) else problem.code
    return Trouble(at, code, problem.message, problem.help, problem.fix)


def _unfit(feed: Feed) -> tuple[str, str] | None:
    """Why the files of a feed cannot be read, whatever is in them, and what to do about it."""
    if feed.client is None and not has_clients(feed):
        return f"nothing says whose the rows of {feed.id} are", "Give the feed a client, or a column for it."
    known = columns(feed)
    if any(missing(known, layout(feed.format).NEEDED, {*known})):
        return f"the columns of {feed.id} name nothing to know a row by", "Give columns a name, a key or a job."
    return None


def _exports(root: Path, feed: Feed, zone: ZoneInfo) -> Iterator[tuple[Export, list[Trouble]]]:
    """The files of a feed as they were read, in the order of their names."""
    folder = root / FOLDER
    try:
        found = {path for path in folder.glob(feed.files) if path.is_file()}
    except (OSError, ValueError, NotImplementedError):  # a pattern that this system does not take
        found = set()
    for path in sorted(found - {root / FILE}):
        notes = Notes(CONTROLS.sub("\ufffd", path.relative_to(root).as_posix()))
        yield _export(path, feed, notes, zone), notes.troubles()


def _export(path: Path, feed: Feed, notes: Notes, zone: ZoneInfo) -> Export:
    form = layout(feed.format)
    table = Table(
        notes.file,
        _rows(path, feed, form, notes),
        notes,
        {column: names[0] for column, names in columns(feed).items()},
        feed.dates or form.DATES,
        _zone(feed.timezone or form.ZONE),
    )
    items, contracts = dict[tuple[object, ...], Seen](), list[Contract]()
    for one in form.items(table, feed):
        if not _is_known(one):
            table.rows -= 1
            notes.tell((one.place.line, one.place.column), UNREADABLE, "the row has no name and no id")
        elif isinstance(one, Contract):
            contracts.append(one)
        else:
            items.setdefault(_said(one), one)
    below = notes.file.removeprefix(f"{FOLDER}/")
    day = made_on(feed, below, table.newest, zone)
    return Export(feed, notes.file, day, table.rows + notes.lost, tuple(items.values()), tuple(contracts), notes.whole)


def _is_known(one: Seen | Contract) -> bool:
    return bool(one.number if isinstance(one, Contract) else one.key or one.name or one.job)


def _said(one: Seen) -> tuple[object, ...]:
    """All that a row says, without where it stands: half of some exports are rows that stand there twice."""
    return (
        one.client, one.client_name, one.key, one.name, one.kind, one.job, one.repository, one.last_success, one.status,
        one.retired, one.facts,
    )  # fmt: skip


def _rows(path: Path, feed: Feed, form: Layout, notes: Notes) -> Iterator[tuple[Spot, dict[str, object]]]:
    """The rows of a file, in what it is written in."""
    raw = _raw(path, notes)
    if raw is None:
        return
    writing = _writing(path, form)
    known, needed = columns(feed), [*form.NEEDED]
    if feed.client is None:
        needed.append(tuple(column for column in CLIENT if column in known))
    if writing == "yaml":
        yield from nested.rows(raw, form.LISTS, known, needed, notes)
        return
    text = letters(raw, feed.encoding)
    del raw
    if text.wrong:
        notes.tell(1, UNREADABLE, text.wrong, "Save it as text, or say how its letters are stored: encoding: utf-16.")
        return
    if writing == "json":
        lists = feed.entries.split(".") if feed.entries else form.LISTS
        yield from entries.rows(text, lists, known, needed, notes, alone=bool(feed.entries))
    else:
        needed += [(column,) for column in feed.columns]
        delimiter = "\t" if feed.delimiter == "tab" else feed.delimiter
        yield from delimited.rows(text, delimiter, known, needed, notes)
    if text.damage and not notes.told(text.flaw):  # it stands in what is not read
        notes.tell(text.damage, UNREADABLE, text.flaw, REMEDY)


def _raw(path: Path, notes: Notes) -> bytes | None:
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            notes.tell(1, UNREADABLE, "this is no ordinary file")
        elif about.st_size > LARGEST:
            notes.tell(1, UNREADABLE, f"the file is larger than {LARGEST:,} bytes", "Export less, or in several files.")
        else:
            return path.read_bytes()
    except OSError as error:
        notes.tell(1, UNREADABLE, f"the file cannot be opened: {error.strerror}")
    return None


def _writing(path: Path, form: Layout) -> Writing:
    ending = path.suffix.lower().removeprefix(".").replace("yml", "yaml")
    return next((one for one in form.WRITINGS if one == ending), form.WRITINGS[0])


def _zone(name: str) -> ZoneInfo | None:
    return ZoneInfo(name) if name else None


def _closed(file: str, error: OSError) -> Trouble:
    return Trouble(place(file, 1), UNREADABLE, f"the file cannot be opened: {error.strerror}")
