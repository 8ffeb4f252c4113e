"""Each client before and after: the same one, one under another short name, a new one, one that is gone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from runbooks.changes.notes import Named
from runbooks.fleet import Fleet, Record
from runbooks.parts import Part
from runbooks.report import Report


@dataclass(frozen=True)
class Side:
    """A site at one time, with the gate's report about it."""

    fleet: Fleet
    report: Report


@dataclass(frozen=True)
class Pair:
    """A client before and after; one of the two is None where it was not there yet, or is not any more."""

    before: Record | None
    after: Record | None

    @property
    def record(self) -> Record:
        """The record as it is, or else as it was."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def named(self) -> Named:
        """Whom it is about."""
        return Named(self.record.slug, self.record.client.client)

    @cached_property
    def same(self) -> bool:
        """Whether the record says the same as before."""
        old, new = self.before, self.after
        if old is None or new is None:
            return False
        said = old.slug == new.slug and old.document.data == new.document.data
        return said and old.client.doubts == new.client.doubts


def pairs(before: Fleet, after: Fleet) -> tuple[Pair, ...]:
    """Every client of the two, by name. One whose file has another name now is known by its names or numbers."""
    gone = {slug: one for slug, one in before.by_slug.items() if slug not in after.by_slug}
    fresh = [one for slug, one in after.by_slug.items() if slug not in before.by_slug]
    found = [Pair(before.by_slug[slug], one) for slug, one in after.by_slug.items() if slug in before.by_slug]
    for record in fresh:
        old = next((slug for slug, one in gone.items() if _is_same(one, record)), None)
        found.append(Pair(gone.pop(old) if old else None, record))
    found += [Pair(one, None) for one in gone.values()]
    return tuple(sorted(found, key=lambda pair: (pair.record.client.client.casefold(), pair.record.slug)))


def plain(value: object) -> object:
    """A value without where it stands: two parts that say the same at different places are equal then."""
    if isinstance(value, Part):
        return {key: plain(one) for key, one in value.__dict__.items()}
    if isinstance(value, tuple):
        return tuple(plain(one) for one in value)
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return value


def differing(one: Part, other: Part, told: Collection[str] = ()) -> list[str]:
    """The keys, but for those that are told elsewhere, under which two parts of a kind say different things."""
    fields = type(other).model_fields.items()
    pairs = ((field.alias or name, getattr(one, name), getattr(other, name)) for name, field in fields)
    return [key for key, was, will in pairs if key not in told and plain(was) != plain(will)]


def _is_same(old: Record, new: Record) -> bool:
    numbers = set(old.client.external_ids.items()) & set(new.client.external_ids.items())
    return old.slug in new.client.formerly or bool(numbers) or not set(_names(old)).isdisjoint(_names(new))


def _names(record: Record) -> Iterator[str]:
    yield record.client.client.casefold()
    yield from (one.casefold() for one in record.client.aliases)
