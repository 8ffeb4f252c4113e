"""The files of clients/: which of them are records, which are parts of one, and which only look like it.

Nothing that looks like a record is passed over in silence: a client that vanished without a finding is the worst kind
of green.
"""

from __future__ import annotations

import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from runbooks import secrets
from runbooks.findings import KeyPath, Place, Problem
from runbooks.records.client import Client
from runbooks.remedies import settled
from runbooks.shape import shaped
from runbooks.slugs import slug_of
from runbooks.source import Document, merged
from runbooks.values import CONTROL

CONTROLS = re.compile(rf"[{CONTROL}]")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CLIENT_KEY = re.compile(rb"""^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?(["']?)client\1[ \t]*:""", re.MULTILINE)
TOP_KEY = re.compile(rb"^[\"']?([A-Za-z_]+)[\"']?[ \t]*:", re.MULTILINE)
KEYS = frozenset(field.alias or name for name, field in Client.model_fields.items())
NAME = re.compile(r"(?!~|\.#|\._)\.?(?P<slug>.+?)\.ya?ml(\.txt)?", re.IGNORECASE | re.DOTALL)
"""What a record's file is called. A leading dot or a trailing .txt is an accident, and a finding.

Lock files and shadows of editors and of macOS are neither.
"""


@dataclass(frozen=True)
class Record:
    """One client's record as it was read. `client` holds what could be read, even when there are problems."""

    slug: str
    document: Document
    client: Client
    problems: tuple[Problem, ...]

    @property
    def file(self) -> str:
        """The file a person edits first: the one that holds the client's name."""
        return self.document.key_place(("client",)).file


@dataclass(frozen=True, slots=True)
class Original:
    """A record before it is read: its name, its files with their bytes, and why one of them cannot be read.

    The record depends on nothing else, so equal originals give equal records. Names are as they may be shown.
    """

    name: str
    files: tuple[tuple[str, bytes, str], ...]
    problems: tuple[Problem, ...] = ()
    """Secrets in the names."""


def read_records(root: Path) -> tuple[Record, ...]:
    """Read every record below clients/, sorted by short name, each short name once."""
    return in_order(map(record_of, originals(root)))


def originals(root: Path) -> tuple[Original, ...]:
    """Every record below clients/ before it is read."""
    return tuple(map(_shown, _originals(root, root / "clients", ())))


def _shown(original: Original) -> Original:
    """A record whose names hold no secret, and what was found in them."""
    names = [secrets.named(file, "SEC001") for file, _, _ in original.files]
    problems = tuple(problem for _, found in names for problem in found)
    if not problems:
        return original
    files = tuple((shown, raw, why) for (shown, _), (_, raw, why) in zip(names, original.files, strict=True))
    return Original(secrets.named(original.name, "SEC001")[0], files, problems)


def in_order(records: Iterable[Record]) -> tuple[Record, ...]:
    """Records sorted by short name, each short name once."""
    found = sorted(records, key=lambda record: (record.slug, record.document.files))
    times = Counter(record.slug for record in found)
    return tuple(_apart(found, times)) if max(times.values(), default=0) > 1 else tuple(found)


def record_of(original: Original) -> Record:
    """Read one record."""
    parts = [_read(*file) for file in original.files]
    document, twice = merged([document for document, _ in parts])
    traps = (*original.problems, *(trap for _, traps in parts for trap in traps), *twice)
    record = _named(original.name, document, traps)
    if not record.problems:
        return record
    # Of most records nothing has to be mended, and what mends needs as long to load as fifty records to read.
    from runbooks.homes import sent_home

    texts = {file: raw for file, raw, why in original.files if not why}
    return replace(record, problems=sent_home(Client, document, record.problems, texts))


def recognised(name: str, document: Document) -> Record:
    """The record that a sound document is, by the name of its file or folder."""
    return _named(name, document, ())


def _apart(records: list[Record], times: Counter[str]) -> Iterator[Record]:
    """Records of one short name get one each. Which of them is meant cannot be told, so every value is doubtful."""
    taken = set(times)
    for slug in sorted(times):
        same = [record for record in records if record.slug == slug]
        if len(same) == 1:
            yield same[0]
            continue
        files = " and ".join(record.file for record in same)
        for number, record in enumerate(same, 1):
            problem = Problem(
                (),
                f"several records have the short name {slug}: {files}",
                "rename all but one of the files",
                code="REC007",
                on_key=True,
            )
            own = slug if number == 1 else next(_free(slug, taken))
            taken.add(own)
            record.client.doubt(frozenset({()}))
            yield replace(record, slug=own, problems=(*record.problems, problem))


def _free(slug: str, taken: set[str]) -> Iterator[str]:
    return (name for number in range(2, len(taken) + 3) if (name := f"{slug}-{number}") not in taken)


def _originals(root: Path, folder: Path, above: tuple[str, ...]) -> Iterator[Original]:
    real = os.path.realpath(folder)
    if not folder.is_dir() or real in above:
        return
    try:
        inside = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as error:
        yield Original(folder.name, (_named_so(root, folder, b"", error.strerror or "it cannot be opened"),))
        return
    folders = {path for path in inside if path.is_dir()}
    names = {path: found["slug"] for path in inside if path not in folders and (found := NAME.fullmatch(path.name))}
    files = {path: _opened(root, path) for path in names}
    if folder != root / "clients" and _in_parts(files):
        yield Original(folder.name, tuple(files.values()))
    else:
        for path, file in files.items():
            yield Original(names[path], (file,))
    for path in inside:
        if path in folders and not path.name.startswith("."):
            yield from _originals(root, path, (*above, real))


def _in_parts(files: Mapping[Path, tuple[str, bytes, str]]) -> bool:
    """Whether the files of a folder are one record in parts: one of them names the client, the others only add keys.

    A file that adds no key of a record, or that has a misspelt one, could as well be a client of its own: then every
    file is, unless one of them is called client.yml or like the folder.
    """
    texts = {path: raw.replace(b"\0", b"") for path, (_, raw, _) in files.items()}
    heads = [path for path, text in texts.items() if CLIENT_KEY.search(text)]
    if not files or len(heads) > 1:
        return False
    if any(path.stem in ("client", path.parent.name) for path in files):
        return True
    return len(heads) < len(files) and all(_adds_keys(text) for path, text in texts.items() if path not in heads)


def _adds_keys(text: bytes) -> bool:
    keys = {found[1].decode() for found in TOP_KEY.finditer(text)}
    return bool(keys) and keys <= KEYS


def _named(name: str, document: Document, traps: tuple[Problem, ...]) -> Record:
    """A record under the short name that its file or folder gives it, or the nearest one that can be an address."""
    if SLUG.fullmatch(name):
        return _record(name, document, traps)
    slug = slug_of(name) or re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"
    problem = Problem(
        (),
        f"{name} cannot be a client's short name",
        f"rename the file: lower case, digits and single dashes, for example {slug}.yml",
        code="REC006",
        on_key=True,
    )
    return _record(slug, document, (*traps, problem))


def _opened(root: Path, path: Path) -> tuple[str, bytes, str]:
    """A file by its name with its bytes, and why it cannot be read as a record."""
    try:
        ordinary = stat.S_ISREG(path.stat().st_mode)
        raw = path.read_bytes() if ordinary else b""
    except OSError as error:
        return _named_so(root, path, b"", error.strerror or "it cannot be opened")
    if not ordinary:
        return _named_so(root, path, b"", "it is no ordinary file")
    odd = path.name.startswith(".") or path.suffix.lower() == ".txt"
    why = "its name is not that of a record: it must end in .yml and not begin with a dot" if odd else ""
    return _named_so(root, path, raw, why)


def _named_so(root: Path, path: Path, raw: bytes, why: str) -> tuple[str, bytes, str]:
    # A line feed in a name would make two lines of one in every report.
    return CONTROLS.sub("\ufffd", path.relative_to(root).as_posix()), raw, why


def _read(file: str, raw: bytes, why: str) -> tuple[Document, tuple[Problem, ...]]:
    """A record's file as a document. What is no ordinary file, or has an odd name, is a record that cannot be read."""
    if not why:
        return secrets.read(file, raw)
    document, _ = secrets.read(file, b"")
    problem = Problem(
        Place(file), f"this looks like a record and is not read: {why}", "rename or mend it", code="REC011"
    )
    unread = replace(document, unreadable=True, doubtful=frozenset({()}))
    return unread, (problem, *secrets.problems_of(file, raw, "SEC001"))


def _record(slug: str, document: Document, traps: tuple[Problem, ...]) -> Record:
    found = shaped(Client, document, "REC", fallback={"client": slug})
    client = found.model or Client.model_validate({"client": slug})
    lost: frozenset[KeyPath] = frozenset({()}) if document.unreadable or found.model is None else frozenset()
    client.doubt(found.doubts | lost)
    problems = (problem for problem in found.problems if not secrets.told_again(problem, document))
    return Record(slug, document, client, (*settled(Client, document, traps), *problems))
