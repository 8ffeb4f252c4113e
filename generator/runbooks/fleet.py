"""Everything that was read for one run, on one day: policy, catalogue, all records and the hand-written pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from runbooks.catalogue import Catalogue, catalogue
from runbooks.errors import UserError
from runbooks.findings import Problem
from runbooks.handwritten import Written, read_pages
from runbooks.policy import Policy
from runbooks.recordfiles import Record, read_records
from runbooks.shape import shaped
from runbooks.source import Document, read

__all__ = ["Fleet", "PolicyUnreadable", "Record", "Written", "read_fleet", "read_policy", "read_records"]


class PolicyUnreadable(Exception):
    """policy.yml has errors, so nothing can be decided."""

    def __init__(self, document: Document, problems: tuple[Problem, ...]) -> None:
        super().__init__("policy.yml cannot be read")
        self.document = document
        self.problems = problems


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
        UserError: when the file cannot be opened.
    """
    try:
        raw = (root / "policy.yml").read_bytes()
    except OSError as error:
        raise UserError(f"policy.yml cannot be read: {error.strerror}") from error
    document, traps = read("policy.yml", raw)
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
        written=tuple(read_pages(root)),
    )
