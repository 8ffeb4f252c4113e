"""Whose a row is: through the client its feed fixes, the ids that records have in other systems, or the exact name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from runbooks.fleet import Record
from runbooks.inventory.feeds import Feed
from runbooks.matching.names import folded


@dataclass(frozen=True, slots=True)
class Owner:
    """The record a row belongs to; none, or several that it could be."""

    record: Record | None = None
    several: tuple[Record, ...] = ()


NOBODY = Owner()


class Clients:
    """All records by what exports call them."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._slugs: dict[str, Record] = {}
        self._ids: dict[tuple[str, str], list[Record]] = {}
        self._names: dict[str, list[Record]] = {}
        for record in records:
            client = record.client
            self._slugs[record.slug] = record
            for system, value in client.external_ids.items():
                self._ids.setdefault((system.casefold(), value), []).append(record)
            for name in {folded(one) for one in (client.client, *client.aliases)}:
                self._names.setdefault(name, []).append(record)
        self._known: dict[tuple[str, str, str], Owner] = {}

    def owner(self, feed: Feed, system: str, client: str, name: str) -> Owner:
        """Whose a row is that has this client, and beside its id this name. `system` is where the id comes from."""
        if feed.client is not None:
            return Owner(self._slugs.get(feed.client))
        key = (system, client, name)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._owner(system.casefold(), client, name)
        return found

    def _owner(self, system: str, client: str, name: str) -> Owner:
        """The surest way that leads anywhere: the id, the name, the short name."""
        by_id = self._ids.get((system, client), []) if client else []
        if by_id:
            return _one(by_id)
        names = [folded(word) for word in (client, name) if word]
        by_name = [record for word in dict.fromkeys(names) for record in self._names.get(word, ())]
        if by_name:
            return _one(by_name)
        return _one([self._slugs[word] for word in dict.fromkeys(names) if word in self._slugs])


def _one(found: list[Record]) -> Owner:
    different = {record.slug: record for record in found}
    if len(different) == 1:
        return Owner(next(iter(different.values())))
    return Owner(several=tuple(different[slug] for slug in sorted(different))) if different else NOBODY
