"""What migration makes of the files of a site: all that can be, and of every other file why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from runbooks import source
from runbooks.edits import Edit, Put, Refused, Replace, edited
from runbooks.edits.text import CLEAR
from runbooks.findings import Place
from runbooks.migrating.files import MODELS, Group, groups
from runbooks.migrating.steps import STEPS, Kind, Step
from runbooks.shape import UNKNOWN_KEY, VERSION_KEY, shaped
from runbooks.source import Document, Json, merged

FAMILY: Final = "REC"


@dataclass(frozen=True, slots=True)
class Migration:
    """A file that changes: its bytes before and after, from which version to which, and what the steps do.

    `leftover` are the keys that the new shape does not know, each with its place, in words.
    """

    file: str
    before: bytes
    after: bytes
    old: int
    new: int
    words: tuple[str, ...]
    leftover: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """A file that is not migrated: where the reason stands, the reason, and what to do."""

    place: Place
    reason: str
    remedy: str


@dataclass
class Plan:
    """What migration would do to a site."""

    changes: list[Migration] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


def plan(root: Path, steps: Mapping[Kind, Sequence[Step]] = STEPS) -> Plan:
    """What is to be done to every file of a site. Nothing is written."""
    found = Plan()
    for group in groups(root):
        if group.why:
            file, reason = group.why[0]
            found.left.append(Left(Place(file), f"this file cannot be read: {reason}", "rename or mend it"))
            continue
        try:
            found.changes += migrated(group, steps[group.kind])
        except Refused as error:
            found.left.append(Left(error.place, error.reason, error.remedy))
    return found


def migrated(group: Group, steps: Sequence[Step]) -> list[Migration]:
    """The files of a group after all steps that they have not had; none where nothing changes.

    Raises:
        Refused: when one of the files cannot be migrated; then none of them is.
    """
    documents = {file: _document(file, raw) for file, raw in group.files}
    head, old = _version(documents)
    new = max((step.to for step in steps), default=0)
    if old > new:
        reason = f"this file has the shape of version {old}, and this program knows no later one than {new}"
        raise Refused(documents[head].place((VERSION_KEY,)), reason, "update the program")
    if old == new:
        return []
    found = list[Migration]()
    for file, raw in group.files:
        after, words = raw, list[str]()
        for step in steps:
            if step.to > old:
                edits = list(step.edits(_data(file, after)))
                after = edited(file, after, edits, CLEAR)
                words += [step.words] if edits or file == head else []
        if file == head:
            after = edited(file, after, [_says(_data(file, after), new)], CLEAR)
        if after != raw:
            found.append(Migration(file, raw, after, old, new, tuple(words)))
    return _with_leftovers(group, found)


def _document(file: str, raw: bytes) -> Document:
    """A file that can be relied on.

    Raises:
        Refused: when it cannot.
    """
    document, problems = source.read(file, raw)
    for problem in problems:
        if problem.code not in CLEAR:
            at = problem.at if isinstance(problem.at, Place) else document.place(problem.at)
            raise Refused(at, problem.message, problem.help)
    if not isinstance(document.data, dict):
        raise Refused(Place(file), "this file does not hold keys and values", "mend it first")
    return document


def _version(documents: Mapping[str, Document]) -> tuple[str, int]:
    """The file that says the version, or ought to, and the version; 0 where none is said.

    Raises:
        Refused: when what it says is no version.
    """
    names = [file for file, one in documents.items() if VERSION_KEY in _mapping(one)]
    heads = [file for file, one in documents.items() if "client" in _mapping(one)]
    head = next(iter((*names, *heads, *documents)))
    given = _mapping(documents[head]).get(VERSION_KEY, 0)
    whole = isinstance(given, int | float) and not isinstance(given, bool) and given == int(given) and given >= 0
    if not whole or len(names) > 1:
        place = documents[head].place((VERSION_KEY,))
        raise Refused(place, f"`{VERSION_KEY}` says no version, or two", "write the version as a number: 1")
    return head, int(str(given).partition(".")[0])


def _says(data: Json, version: int) -> Edit:
    """The line that says the version: another number, or a new first line."""
    if isinstance(data, dict) and VERSION_KEY in data:
        return Replace((VERSION_KEY,), version)
    return Put((), VERSION_KEY, version, first=True)


def _with_leftovers(group: Group, found: list[Migration]) -> list[Migration]:
    """The changes of a group, the first with what the new shape does not know."""
    if not found:
        return found
    raws = {**dict(group.files), **{one.file: one.after for one in found}}
    document, _ = merged([source.read(file, raw)[0] for file, raw in raws.items()])
    problems = shaped(MODELS[group.kind], document, FAMILY).problems
    words = tuple(
        f"{document.key_place(one.at)}: {one.message}"
        for one in problems
        if one.code == FAMILY + UNKNOWN_KEY and isinstance(one.at, tuple)
    )
    first = found[0]
    return [Migration(first.file, first.before, first.after, first.old, first.new, first.words, words), *found[1:]]


def _data(file: str, raw: bytes) -> Json:
    return source.read(file, raw)[0].data


def _mapping(document: Document) -> dict[str, Any]:
    return document.data if isinstance(document.data, dict) else {}
