"""The rows of an export put together: one thing for each id or name, however many rows speak of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from runbooks.inventory.feeds import Feed
from runbooks.inventory.seen import Seen
from runbooks.matching.clients import Owner
from runbooks.matching.entries import Target
from runbooks.matching.names import folded
from runbooks.records.setup import Setup

Way: TypeAlias = Literal["id", "name", "host", "group", ""]
"""By what a thing was found in a record."""
Identity: TypeAlias = tuple[str, str]
"""What makes rows one thing: their id, or else their name, or for jobs the job's; and which of the three."""


@dataclass(slots=True, eq=False)
class Thing:
    """One protected thing, or one job, as the exports of a feed show it.

    `setups` are those of the record that it could be in. `target` is what it is there, found by `way`; `several` are
    those it could be, and `rivals` other things of the same feed that could be the same. For a thing that no record has
    all three are empty.
    """

    feed: Feed
    owner: Owner
    rows: tuple[Seen, ...]
    setups: tuple[Setup, ...] = ()
    target: Target | None = None
    way: Way = ""
    several: tuple[Target, ...] = ()
    rivals: tuple[Seen, ...] = ()

    @property
    def first(self) -> Seen:
        """The row to point at."""
        return self.rows[0]

    @property
    def identity(self) -> Identity:
        """What makes its rows one thing."""
        return identity(self.rows[0])

    @property
    def about(self) -> str:
        """What it is known by, wherever its row moves to."""
        return f"{self.feed.id} {' '.join(self.identity)}"

    @property
    def words(self) -> str:
        """What a person calls it."""
        row = self.first
        return row.name or row.job or row.key

    @property
    def is_job(self) -> bool:
        """Whether it is a job, and no protected thing."""
        return not (self.rows[0].key or self.rows[0].name)

    @property
    def retired(self) -> bool:
        """Whether the product itself says that it no longer protects it."""
        return all(row.retired for row in self.rows)

    @property
    def unprotected(self) -> bool:
        """Whether the product shows it to say that nothing protects it."""
        return all(row.status == "never" and row.facts and row.name in row.facts.unprotected for row in self.rows)

    @property
    def ambiguous(self) -> bool:
        """Whether it could be more than one thing."""
        return bool(self.several or self.rivals)

    @property
    def documented(self) -> bool:
        """Whether the record has it, without doubt."""
        return self.target is not None and not self.ambiguous


def identity(row: Seen) -> Identity:
    """What makes rows one thing."""
    if row.key:
        return "id", row.key
    return ("name", folded(row.name)) if row.name else ("job", folded(row.job))


def gathered(rows: Iterable[Seen]) -> Iterable[tuple[Seen, ...]]:
    """The rows of each thing, in the order of the file.

    Of one export the rows may have ids and of the next none. Rows without belong to the only thing of that name.
    """
    found: dict[Identity, list[Seen]] = {}
    for row in rows:
        found.setdefault(identity(row), []).append(row)
    if len({way for way, _ in found} - {"job"}) > 1:
        _join(found)
    return map(tuple, found.values())


def _join(found: dict[Identity, list[Seen]]) -> None:
    named: dict[str, set[Identity]] = {}
    for which, rows in found.items():
        for row in rows if which[0] == "id" else ():
            named.setdefault(folded(row.name), set()).add(which)
    for which in [one for one in found if one[0] == "name" and len(named.get(one[1], ())) == 1]:
        (only,) = named[which[1]]
        found[only] += found.pop(which)
