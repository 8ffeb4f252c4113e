"""Pages at addresses that a client had before: each says where its page is now, and leads there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from runbooks import escape
from runbooks.fleet import Fleet, Record
from runbooks.pages.contents import apart
from runbooks.pages.page import Page, relative

P = TypeVar("P")

HOME = "index.md"
WATCHED = ("monitoring.md", "not-monitored.md")
"""Of these a client has the one or the other, by the agreement of the day: both old addresses lead to that."""


def redirects(fleet: Fleet, pages: Iterable[Page]) -> Iterator[Page]:
    """A page for every page of a client under each of its earlier short names, and for those that a leaver had."""
    of_clients: dict[str, list[Page]] = {}
    for page in pages:
        if page.client:
            of_clients.setdefault(page.client, []).append(page)
    names = earlier_names(fleet)
    for record in fleet.records:
        yield from redirects_of(record, of_clients.get(record.slug, []), names.get(record.slug, ()))


def earlier_names(fleet: Fleet) -> Mapping[str, tuple[str, ...]]:
    """The earlier short names of each client that has any: those that lead to nobody else."""
    claimed = Counter(name for record in fleet.records for name in {*record.client.formerly})
    found = {
        record.slug: tuple(
            name for name in dict.fromkeys(record.client.formerly) if claimed[name] == 1 and name not in fleet.by_slug
        )
        for record in fleet.records
        if record.client.formerly
    }
    return {slug: names for slug, names in found.items() if names}


def redirects_of(record: Record, pages: Iterable[Page], names: Iterable[str]) -> Iterator[Page]:
    """The pages at the earlier addresses of one client, from those it has today."""
    there = {page.uri.removeprefix(f"clients/{record.slug}/"): page for page in pages}
    for name in names:
        yield from (_redirect(name, file, target) for file, target in _targets(record, there).items())
    if record.client.has_left and HOME in there:
        yield from (_redirect(record.slug, file, there[HOME]) for file in _gone(record))


def former_addresses(record: Record, files: Iterable[str], names: Iterable[str]) -> Iterator[str]:
    """Where the pages at the earlier addresses of a client lie, by the files that it has today."""
    there = dict.fromkeys(files, "")
    for name in names:
        yield from (f"clients/{name}/{file}" for file in _targets(record, there))
    if record.client.has_left:
        yield from (f"clients/{record.slug}/{file}" for file in _gone(record))


def _targets(record: Record, there: Mapping[str, P]) -> dict[str, P]:
    """Which page of today each page of a client was, by its old name in the client's folder."""
    found = dict(there)
    for file in (*WATCHED, *(_gone(record) if record.client.has_left else ())):
        now = next((there[one] for one in WATCHED if one in there), there.get(HOME))
        if now is not None:
            found.setdefault(file, now)
    return found


def _gone(record: Record) -> Iterator[str]:
    """The pages that a client has lost by leaving. Its monitoring is not among them: it may not even be named."""
    yield from (f"setup-{setup.id}.md" for setup in apart(record.client.setups))
    yield from ("restore.md", "print.md", "not-monitored.md")


def _redirect(name: str, file: str, target: Page) -> Page:
    uri = f"clients/{name}/{file}"
    link = f"[{escape.text(target.title)}]({relative(uri, target.uri)})"
    gone = target.kind == "former"
    words = f"The client has left. What there is to say: {link}." if gone else f"It is {link} now."
    return Page(
        uri=uri,
        title=f"{'Gone' if gone else 'Moved'}: {target.title}",
        kind="redirect",
        markdown=f"# This page {'is gone' if gone else 'has moved'}\n\n{words}\n",
        client=target.client,
        client_name=target.client_name,
        target=target.uri,
    )
