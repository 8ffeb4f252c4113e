"""Everything that was read for one run, on one day: policy, catalogue, all records and the hand-written pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

from runbooks import secrets
from runbooks.baseline import Baseline, read_baseline
from runbooks.catalogue import Catalogue, catalogue
from runbooks.errors import UserError
from runbooks.exemptions import inline, of_policy
from runbooks.findings import Problem
from runbooks.handwritten import Written, read_pages
from runbooks.inventory import Inventory, read_inventory
from runbooks.policy import Policy
from runbooks.recordfiles import Record, read_records
from runbooks.remedies import settled
from runbooks.report import Exemption
from runbooks.shape import shaped
from runbooks.source import Document, Spots

__all__ = ["Fleet", "PolicyUnreadable", "Record", "Written", "read_fleet", "read_policy", "read_records"]


T = TypeVar("T")

NOWHERE = Document(("baseline.yml",), {}, Spots(("baseline.yml", {})), frozenset(), unreadable=False)
"""The document of a baseline that is not there."""


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
    baseline: Baseline = field(default_factory=lambda: Baseline.model_validate({}))
    baseline_document: Document = NOWHERE
    baseline_problems: tuple[Problem, ...] = ()
    inventory: Inventory = field(default_factory=Inventory)
    lasting: dict[str, tuple[Any, ...]] = field(default_factory=dict, repr=False, compare=False)
    """What was computed of all records together for every day, with what it was computed from."""
    memory: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What was computed of all records together on this day, by a name of whoever did."""

    def once(self, name: str, compute: Callable[[Fleet], T]) -> T:
        """The result of a computation over the whole fleet, made the first time it is asked for."""
        if name not in self.memory:
            self.memory[name] = compute(self)
        return cast("T", self.memory[name])

    def always(self, name: str, compute: Callable[[Fleet], T]) -> T:
        """The same of a computation in which the day has no say: made once for the fleet of every day."""
        made_of = (self.records, self.inventory, self.policy, self.catalogue)
        known = self.lasting.get(name)
        if known is None or any(one is not other for one, other in zip(made_of, known[1:], strict=True)):
            known = self.lasting[name] = (compute(self), *made_of)
        return cast("T", known[0])

    @cached_property
    def exemptions(self) -> tuple[Exemption, ...]:
        """Every waiver, of policy.yml and beside the lines of records."""
        spoken = (one for record in self.records if record.document.comments for one in inline(record))
        beside = (one for one in spoken if isinstance(one, Exemption))
        return (*of_policy(self.policy, self.policy_document), *beside)

    @cached_property
    def alone(self) -> Fleet:
        """What a rule about one record may look at: not the other records, hand-written pages, or what products report.

        What the PSA has is there: hours left and payments.
        """
        if not (self.records or self.written or self.inventory.document):
            return self
        psa = Inventory(exports=tuple(one for one in self.inventory.exports if one.contracts))
        return replace(self, records=(), written=(), inventory=psa, lasting={})

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
    document, traps = secrets.read("policy.yml", raw, "SEC003")
    found = shaped(Policy, document, "POL")
    told = (problem for problem in found.problems if not secrets.told_again(problem, document))
    problems = (*settled(Policy, document, traps), *told)
    if problems or found.model is None:
        raise PolicyUnreadable(document, problems)
    return found.model, document


def read_fleet(
    root: Path, policy: Policy, policy_document: Document, products: Mapping[str, Sequence[Path]], as_of: date
) -> Fleet:
    """Read all records, products and hand-written pages of a site. Whatever is wrong in them travels as problems."""
    return replace(read_rest(root, policy, policy_document, products, as_of), records=read_records(root))


def read_rest(
    root: Path, policy: Policy, policy_document: Document, products: Mapping[str, Sequence[Path]], as_of: date
) -> Fleet:
    """Everything of a site but its records."""
    baseline, baseline_document, baseline_problems = read_baseline(root)
    return Fleet(
        root=root,
        as_of=as_of,
        policy=policy,
        policy_document=policy_document,
        catalogue=catalogue(products, root),
        records=(),
        written=tuple(read_pages(root)),
        baseline=baseline,
        baseline_document=baseline_document,
        baseline_problems=baseline_problems,
        inventory=read_inventory(root, policy),
    )
