"""The allow-list of a format: which columns are read at all, under which of their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

Columns: TypeAlias = Mapping[str, tuple[str, ...]]
"""What a column holds, and the names it has in the versions of the product, the best first.

In JSON a name may be a way through several keys, with dots: current_health_status.status.
"""

Needed: TypeAlias = Sequence[tuple[str, ...]]
"""Which columns there have to be: of each tuple at least one."""

CLIENT: Final = ("client", "client_name")


def plain(header: str) -> str:
    """A name of a column without case, spaces and signs: `Job Name`, `jobName` and `job_name` are the same."""
    # Not cached: what stands where a header is looked for may be anything.
    return "".join(filter(str.isalnum, header.casefold()))


def missing(columns: Columns, needed: Needed, there: frozenset[str] | set[str]) -> Iterator[str]:
    """The needed columns that are not there, in the words of the exports."""
    for choice in needed:
        if not there.intersection(choice):
            yield " or ".join(dict.fromkeys(name for column in choice for name in columns.get(column, ())))
