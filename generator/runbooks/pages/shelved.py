"""Pages in which no record has a say: made once, and taken as they were while what makes them is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter, ValidationError

from runbooks.pages.page import Page
from runbooks.shelf import Shelf, digest

if TYPE_CHECKING:
    from runbooks.pages.press import Press

PAGES: Final = TypeAdapter(tuple[Page, ...])


@dataclass(frozen=True, slots=True)
class Shelved:
    """Where such pages lie, and a digest of all that makes them: templates, policy.yml and the day."""

    shelf: Shelf
    made_of: bytes


def shelved(press: Press, name: str, make: Callable[[Press], Iterable[Page]]) -> Iterator[Page]:
    """The pages that `make` makes, by a name that no others have. Those of a template that failed are not kept."""
    if press.shelved is None:
        yield from make(press)
        return
    key = digest(b"pages", name.encode(), press.shelved.made_of)
    known = _known(press.shelved.shelf.get(key))
    if known is None:
        before = len(press.broken)
        known = tuple(make(press))
        if len(press.broken) == before:
            press.shelved.shelf.put(key, PAGES.dump_json(known))
    yield from known


def _known(kept: bytes | None) -> tuple[Page, ...] | None:
    try:
        return PAGES.validate_json(kept) if kept else None
    except ValidationError:
        return None
