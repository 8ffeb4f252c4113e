"""What a new site begins with: what is known of the last pages of clients, and those that stand in the stage already.

Both are found by another process, while this one makes the pages that are about no single client.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

from pydantic import ValidationError

from runbooks import hands
from runbooks.engine.binding import Bound, name_of, taken
from runbooks.publish import Held, PublishError, Sealed, Staging, begun
from runbooks.shelf import Shelf


@dataclass(frozen=True)
class Standing:
    """The last pages of clients, by short name, and the files of the stage that are those of the published site."""

    bound: Mapping[str, Bound] = field(default_factory=dict)
    held: Held = field(default_factory=dict)


@contextmanager
def sought(
    slugs: Iterable[str], shelf: Shelf, staged: Staging, seals: Mapping[str, Sealed]
) -> Iterator[Callable[[], Standing]]:
    """Begin to look, and to make the stage of a release of old; what waits for the end of it, once.

    Nobody may write to the stage before. `seals` are the files of the published site, as far as they are known.
    """
    names = list(slugs)
    waited = cache(hands.aside(lambda: pickle.dumps(_found(names, shelf, staged, seals), protocol=5)))
    try:
        yield lambda: _taken(waited())
    finally:
        waited()


def _taken(sent: bytes) -> Standing:
    found: Standing = pickle.loads(sent)  # noqa: S301 - from a process of this run
    return found


def _found(slugs: Iterable[str], shelf: Shelf, staged: Staging, seals: Mapping[str, Sealed]) -> Standing:
    bound = {slug: before for slug in slugs if (before := _before(shelf, slug))}
    places = {leaf.place: leaf.seal for one in bound.values() for leaf in one.leaves}
    there = ((name, seals.get(name)) for name in places)
    try:
        held = begun(staged, {name: one for name, one in there if one and one.seal == places[name]})
    except PublishError:
        held = {}  # who writes there next says why that cannot be
    return Standing(bound, held)


def _before(shelf: Shelf, slug: str) -> Bound | None:
    kept = shelf.get(name_of("leaves", slug))
    try:
        return taken(kept) if kept else None
    except ValidationError:
        return None
