"""The sentences by which a procedure is known: they stand in those of one need, and nowhere else in the catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain

from runbooks.catalogue import Catalogue, Need, sentences
from runbooks.mailbox import canonical, words
from runbooks.shelf import Shelf, digest
from runbooks.verify.escapes import untagged
from runbooks.verify.phrases import Phrases


def guarded(catalogue: Catalogue, need: Need, shelf: Shelf | None = None) -> Phrases:
    """The sentences of procedures with this need. `shelf` remembers them, as it takes long to find them."""
    plain, texts, bodies = list(_plain_texts(catalogue)), list(_texts(catalogue, need)), list(_bodies(catalogue, need))
    asked = json.dumps(["sentences", plain, texts, bodies])
    key = digest(asked.encode("utf-8", "surrogatepass"))
    known = _known(shelf.get(key)) if shelf else None
    if known is None:
        known = sorted(_apart(set(chain.from_iterable(map(sentences, bodies))), _said(plain, texts)))
        if shelf:
            shelf.put(key, json.dumps(known).encode())
    return Phrases(known)


def _known(kept: bytes | None) -> list[str] | None:
    try:
        found = json.loads(kept) if kept else None
    except ValueError:
        return None
    return found if isinstance(found, list) and all(isinstance(one, str) for one in found) else None


def _plain_texts(catalogue: Catalogue) -> Iterator[str]:
    """What is said of products in one piece: what stands on the page of a product is no procedure."""
    for entry in catalogue.products.values():
        for alert in entry.product.alerts:
            listed = " ".join((alert.text, *alert.also))  # the search names an alert by all its texts in a row
            yield from (alert.text, *alert.also, alert.first or "", listed, untagged(listed))
        yield from entry.product.verify_in_manual
        for procedure in entry.procedures.values():
            yield procedure.guidance.title  # lists and the search call it by that


def _texts(catalogue: Catalogue, need: Need) -> Iterator[str]:
    """What is said in sentences, of products and in procedures of another need."""
    for entry in catalogue.products.values():
        for alert in entry.product.alerts:
            yield from (alert.means, alert.tell_client)
        yield from (one.body for one in entry.procedures.values() if one.guidance.needs != need)


def _bodies(catalogue: Catalogue, need: Need) -> Iterator[str]:
    for entry in catalogue.products.values():
        yield from (one.body for one in entry.procedures.values() if one.guidance.needs == need)


def _said(plain: Iterable[str], texts: Iterable[str]) -> set[str]:
    return {*(words(canonical(text)) for text in plain), *chain.from_iterable(map(sentences, texts))}


def _apart(own: set[str], free: set[str]) -> Iterator[str]:
    """Those that are no part of what may be said anywhere."""
    others = " ".join(sorted(free))
    there = set(others.split(" "))
    # Its inner words all stand there before the whole can: that is asked first, as it takes a tenth of the time.
    return (one for one in own if not there.issuperset(one.split(" ")[1:-1]) or one not in others)
