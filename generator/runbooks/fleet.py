"""Everything that was read for one run, on one day: policy, catalogue, all records and the hand-written pages."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from runbooks.catalogue import Catalogue, catalogue
from runbooks.findings import KeyPath, Place, Problem
from runbooks.frontmatter import front_matter
from runbooks.policy import Policy
from runbooks.records.client import Client
from runbooks.shape import shaped
from runbooks.source import Document, merged, read

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CLIENT_KEY = re.compile(rb"""^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?(["']?)client\1[ \t]*:""", re.MULTILINE)
TOP_KEY = re.compile(rb"^[\"']?([A-Za-z_]+)[\"']?[ \t]*:", re.MULTILINE)
KEYS = frozenset(field.alias or name for name, field in Client.model_fields.items())
ENDINGS = (".yml", ".yaml")
PAGES = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
"""What MkDocs takes for a page."""


class PolicyUnreadable(Exception):
    """policy.yml has errors, so nothing can be decided."""

    def __init__(self, document: Document, problems: tuple[Problem, ...]) -> None:
        super().__init__("policy.yml cannot be read")
        self.document = document
        self.problems = problems


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


@dataclass(frozen=True)
class Written:
    """A hand-written page: its front matter and its text, which starts on line `first_line`."""

    file: str
    document: Document
    text: str
    first_line: int
    problems: tuple[Problem, ...]

    @property
    def meta(self) -> Mapping[str, object]:
        """The front matter as plain data."""
        return self.document.data if isinstance(self.document.data, dict) else {}

    def line(self, number: int, length: int) -> Place:
        """The place of a whole line of the page."""
        return Place(self.file, number, 1, number, length + 1)

    def meta_text(self, key: str) -> str:
        """One value of the front matter as text, or nothing."""
        value = self.meta.get(key)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True)
class Fleet:
    """What one run looks at."""

    root: Path
    as_of: date
    policy: Policy
    policy_document: Document
    catalogue: Catalogue
    records: tuple[Record, ...]
    written: tuple[Written, ...]

    @cached_property
    def by_slug(self) -> Mapping[str, Record]:
        """The records under their short names."""
        return {record.slug: record for record in self.records}

    @cached_property
    def name_counts(self) -> Mapping[str, int]:
        """How many clients go by each name, in lower case; their aliases are names too."""
        clients = [record.client for record in self.records]
        return Counter(name for one in clients for name in {each.casefold() for each in (one.client, *one.aliases)})


def read_policy(root: Path) -> tuple[Policy, Document]:
    """Read policy.yml of a site.

    Raises:
        PolicyUnreadable: with all its problems.
    """
    document, traps = read("policy.yml", (root / "policy.yml").read_bytes())
    found = shaped(Policy, document, "POL")
    problems = (*traps, *found.problems)
    if problems or found.model is None:
        raise PolicyUnreadable(document, problems)
    return found.model, document


def read_fleet(
    root: Path, policy: Policy, policy_document: Document, products: Mapping[str, Sequence[Path]], as_of: date
) -> Fleet:
    """Read all records, products and hand-written pages of a site. Whatever is wrong in them travels as problems."""
    return Fleet(
        root=root,
        as_of=as_of,
        policy=policy,
        policy_document=policy_document,
        catalogue=catalogue(products),
        records=read_records(root),
        written=tuple(_written(root)),
    )


def read_records(root: Path) -> tuple[Record, ...]:
    """Read every record below clients/, sorted by short name."""
    found = sorted(_records(root, root / "clients"), key=lambda record: (record.slug, record.document.files))
    times = Counter(record.slug for record in found)
    return tuple(found) if max(times.values(), default=0) < 2 else tuple(_once(found, times))


def _once(records: list[Record], times: Counter[str]) -> Iterator[Record]:
    """One record for each short name. Which of two is meant cannot be told, so its every value is doubtful."""
    for slug in sorted(times):
        same = [record for record in records if record.slug == slug]
        first = same[0]
        if len(same) == 1:
            yield first
            continue
        files = " and ".join(str(record.file) for record in same)
        problem = Problem(
            (),
            f"two records have the short name {slug}: {files}",
            "rename one of the files",
            code="REC007",
            on_key=True,
        )
        others = tuple(problem for record in same[1:] for problem in record.problems if isinstance(problem.at, Place))
        yield _record(slug, first.document, (*first.problems, problem, *others), extra_doubts=frozenset({()}))


def _records(root: Path, folder: Path) -> Iterator[Record]:
    if not folder.is_dir():
        return
    inside = sorted(folder.iterdir(), key=lambda path: path.name)
    files = [path for path in inside if path.is_file() and _is_record(path)]
    if folder != root / "clients" and _in_parts(files):
        parts = [_read(root, path) for path in files]
        document, twice = merged([part[0] for part in parts])
        yield _named(folder.name, document, (*(trap for part in parts for trap in part[1]), *twice))
    else:
        for path in files:
            document, traps = _read(root, path)
            yield _named(path.stem, document, traps)
    for path in inside:
        if path.is_dir() and not path.name.startswith("."):
            yield from _records(root, path)


def _is_record(path: Path) -> bool:
    return path.suffix.lower() in ENDINGS and not path.name.startswith((".", "~"))


def _in_parts(files: list[Path]) -> bool:
    """Whether the files of a folder are one record in parts: one of them names the client, the others only add keys.

    A file that adds no key of a record, or that has a misspelt one, could as well be a client of its own: then every
    file is, unless one of them is called client.yml or like the folder.
    """
    texts = {path: path.read_bytes().replace(b"\0", b"") for path in files}
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
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"
    problem = Problem(
        (),
        f"{name} cannot be a client's short name",
        f"rename the file: lower case, digits and single dashes, for example {slug}.yml",
        code="REC006",
        on_key=True,
    )
    return _record(slug, document, (*traps, problem))


def _read(root: Path, path: Path) -> tuple[Document, tuple[Problem, ...]]:
    return read(path.relative_to(root).as_posix(), path.read_bytes())


def _record(
    slug: str, document: Document, traps: tuple[Problem, ...], extra_doubts: frozenset[KeyPath] = frozenset()
) -> Record:
    found = shaped(Client, document, "REC", fallback={"client": slug})
    client = found.model or Client.model_validate({"client": slug})
    doubts = (
        found.doubts | extra_doubts | (frozenset({()}) if document.unreadable or found.model is None else frozenset())
    )
    client._doubts = doubts
    return Record(slug, document, client, (*traps, *found.problems))


def _written(root: Path) -> Iterator[Written]:
    for path in sorted(_pages_below(root / "docs")):
        document, text, first_line, problems = front_matter(path.relative_to(root).as_posix(), path.read_bytes())
        yield Written(path.relative_to(root).as_posix(), document, text, first_line, problems)


def _pages_below(docs: Path) -> Iterator[Path]:
    """Every page that MkDocs would find: it follows links to folders, so this does, each folder once."""
    seen: set[str] = set()
    for folder, folders, files in os.walk(docs, followlinks=True):
        seen.add(os.path.realpath(folder))
        folders[:] = [name for name in sorted(folders) if os.path.realpath(Path(folder) / name) not in seen]
        yield from (Path(folder) / name for name in files if name.lower().endswith(PAGES))
