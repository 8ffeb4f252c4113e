"""Which of the things that the exports show are meant: by their names, by their client, or all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from runbooks.errors import UserError
from runbooks.fleet import Fleet
from runbooks.matching import Thing, folded, matched
from runbooks.matching.names import host
from runbooks.rules.recoverability.scope import listed
from runbooks.shape import closest


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for. Without items: everything that is in no record, of a client or of all."""

    items: tuple[str, ...] = ()
    client: str | None = None


def chosen(fleet: Fleet, wanted: Wanted) -> tuple[Thing, ...]:
    """The things that are meant, documented or not, in the order of the feeds.

    Raises:
        UserError: when there is no such client, or no export shows such an item, or it is at several clients.
    """
    if wanted.client is not None and wanted.client not in fleet.by_slug:
        raise UserError(_with(f"there is no client {wanted.client}", closest(wanted.client, fleet.by_slug)))
    things = [one for one in matched(fleet).things if wanted.client in (None, _slug(one))]
    if not wanted.items:
        return tuple(things)
    meant = {id(one) for item in wanted.items for one in _called(item, things, wanted.client)}
    return tuple(one for one in things if id(one) in meant)


def _called(item: str, things: Sequence[Thing], client: str | None) -> Sequence[Thing]:
    """The things of that id or name; where there is none, those of that host part."""
    name = folded(item)
    found = [one for one in things if any(name in (row.key, folded(row.key), *_names(one)) for row in one.rows)]
    found = found or [one for one in things if any(name == host(each) or host(name) == each for each in _names(one))]
    if not found:
        where = f" of {client}" if client else ""
        words = f"no export{where} shows {item}"
        raise UserError(_with(words, closest(item, {word for one in things for word in _words(one)})))
    owners = sorted({_slug(one) or one.first.client_name or one.first.client for one in found})
    if len(owners) > 1:
        raise UserError(f"{item} is at {listed(owners)}; say which with --client")
    return found


def _names(thing: Thing) -> Iterable[str]:
    return [folded(word) for row in thing.rows for word in (row.name, row.job if thing.is_job else "") if word]


def _words(thing: Thing) -> Iterable[str]:
    return [word for row in thing.rows for word in (row.name or row.key, row.job if thing.is_job else "") if word]


def _slug(thing: Thing) -> str:
    return thing.owner.record.slug if thing.owner.record else ""


def _with(words: str, hint: str) -> str:
    return f"{words}; {hint}" if hint else words
