"""Reads and checks all records of a site, with what was found before and with as many hands as the machine has."""

from __future__ import annotations

import gc
import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from struct import Struct
from typing import Final

from runbooks import gate, hands, shelf
from runbooks.archive import Checked, is_whole, let_go, packed, unpacked
from runbooks.fleet import Fleet
from runbooks.gate import Found
from runbooks.hands import Work
from runbooks.recordfiles import Original, Record, in_order, record_of
from runbooks.shelf import Shelf
from runbooks.source import READER

MANY: Final = 150
"""How many records are worth a second process: making one costs as much as reading some 30."""


MADE_BY: Final = ("mkdocs", "mkdocs-material", "Markdown", "pymdown-extensions", "Jinja2", "Pygments")
"""What makes pages beside this program: of another version of any, no page is what it was."""


@dataclass(frozen=True)
class Survey:
    """A site that was read, and by short name what was found in each record, and a digest of its files.

    A record that had to be told from another of its short name has neither.
    """

    fleet: Fleet
    found: dict[str, Found]
    keys: dict[str, bytes] = field(default_factory=dict)


@dataclass
class _Work:
    """One run: what is known from before, what circumstances hold, and what was found."""

    rest: Fleet
    circumstances: bytes
    shelf: Shelf
    found: dict[int, tuple[Found, bytes]] = field(default_factory=dict)
    """With the digest of its files, by the identity of the record."""

    def read(self, originals: Sequence[Original]) -> list[Record]:
        """Every record, read anew only where it, the policy, the catalogue, the day or the program has changed."""
        around = shelf.digest(self.circumstances, self.rest.as_of.isoformat().encode())
        keys = [key(original) for original in originals]
        known = [self._known(*one) for one in zip(keys, originals, strict=True)]
        fresh = [number for number, one in enumerate(known) if one is None or one.around != around]
        jobs = [(originals[number], _record(known[number]), around) for number in fresh]
        for number, (done, kept) in zip(fresh, _done(jobs, self.rest), strict=True):
            if kept:
                self.shelf.put(keys[number], kept)
            known[number] = done
        self.found = {id(one.record): (one.found, key) for one, key in zip(known, keys, strict=True) if one}
        return [one.record for one in known if one]

    def _known(self, key: bytes, original: Original) -> Checked | None:
        kept = self.shelf.get(key)
        return unpacked(kept, original) if kept else None


def shelf_of(root: Path, name: str = "") -> Shelf:
    """The shelf of a site for records; one with a name has what is on the other too."""
    place, about = shelf.folder(), _about(root)
    if place is None or not name:
        return Shelf(place / f"{about}.sqlite" if place else None, _program())
    return Shelf(place / f"{about}-{name}.sqlite", _program(), place / f"{about}.sqlite")


def shelf_of_pages(root: Path | None = None) -> Shelf:
    """The shelf of a site for finished pages; without a site, that of what is the same for every one here."""
    place = shelf.folder()
    name = f"{_about(root)}-pages.sqlite" if root else "texts.sqlite"
    return Shelf(place / name if place else None, shelf.digest(_program(), shelf.makers(MADE_BY)), unsure=True)


def _about(root: Path) -> str:
    return shelf.digest(str(root.resolve()).encode("utf-8", "surrogateescape")).hex()


def _program() -> bytes:
    return shelf.digest(shelf.program(), READER.encode())


def survey(rest: Fleet, originals: Sequence[Original], circumstances: bytes, known: Shelf) -> Survey:
    """Read and check the records of a site whose other parts have been read.

    `circumstances` are the bytes of everything but the records and the day that a rule about one record looks at: the
    policy and the catalogue.
    """
    with without_collector():
        work = _Work(rest, circumstances, known)
        records = in_order(work.read(originals))
        by_slug = {record.slug: work.found[id(record)] for record in records if id(record) in work.found}
    found = {slug: one for slug, (one, _) in by_slug.items()}
    return Survey(replace(rest, records=records), found, {slug: key for slug, (_, key) in by_slug.items()})


def key(original: Original) -> bytes:
    """What a record before it is read is known by."""
    parts = [part for file, raw, why in original.files for part in (_bytes(file), raw, _bytes(why))]
    return shelf.digest(_bytes(original.name), *parts, *(_bytes(one.message) for one in original.problems))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _record(known: Checked | None) -> Record | None:
    return known.record if known else None


_Job = tuple[Original, Record | None, bytes]
_Done = tuple[Checked, bytes]
_SIZE = Struct("<Q")


def _done(jobs: Sequence[_Job], rest: Fleet) -> Iterator[_Done]:
    """Each job's result, and the same as it is kept."""

    def do(number: int) -> _Done:
        original, known, around = jobs[number]
        record = known or record_of(original)
        done = Checked(record, around, gate.record_findings(record, rest))
        kept = packed(done)
        if kept and is_whole(record):
            let_go(record, original)
        return done, kept

    def taken(number: int, sent: bytes) -> _Done:
        (length,) = _SIZE.unpack_from(sent)
        kept, whole = sent[_SIZE.size : _SIZE.size + length], sent[_SIZE.size + length :]
        done: Checked | None = pickle.loads(whole) if whole else unpacked(kept, jobs[number][0])  # noqa: S301 - own
        if done is None:
            raise RuntimeError(f"what another process found in {jobs[number][0].name} cannot be read")
        return done, kept

    return hands.done(len(jobs), Work(do, _sent, taken), few=MANY)


def _sent(result: _Done) -> bytes:
    done, kept = result
    # A record that is not kept as a whole is not read twice either. Nothing of this reaches a disk.
    whole = b"" if kept and is_whole(done.record) else pickle.dumps(done, protocol=5)
    return _SIZE.pack(len(kept)) + kept + whole


@contextmanager
def without_collector() -> Iterator[None]:
    """Without the collector of reference cycles: it would look through half a million new objects again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was:
            gc.enable()
