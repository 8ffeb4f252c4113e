"""Hand-written pages: whose they are, and that none is a monitoring page of a client who is not monitored."""

from __future__ import annotations

from collections.abc import Iterator

from runbooks.entitlement import watches
from runbooks.findings import Blocks, Problem
from runbooks.fleet import Fleet, Written
from runbooks.rules.registry import rule
from runbooks.shape import closest


@rule("AGR020", "handwritten-monitoring-page", blocks=Blocks.PAGE, waivable=False, subject="written")
def handwritten_monitoring_page(page: Written, fleet: Fleet) -> Iterator[Problem]:
    """A hand-written monitoring page belongs to a client whose agreement covers monitoring on that day.

    The gate holds for pages that people write as for those that are made: a page with `kind: monitoring` in its front
    matter is about the client that its `client:` names.

    Mend: take the page away, or sign an agreement. Without `client:` the page belongs to nobody and is not published.
    """
    if str(page.meta.get("kind", "")).strip().lower() != "monitoring":
        return
    slug = page.meta_text("client")
    record = fleet.by_slug.get(slug)
    if not slug:
        yield Problem(("kind",), "a monitoring page must say whose it is", "add `client:` with the client's short name")
    elif record is not None and not watches(record.client, fleet.policy, fleet.as_of):
        yield Problem(
            ("kind",),
            f"no agreement of {record.client.client} in force on {fleet.as_of} covers monitoring:"
            " this page may not be published",
            "take the page away, or sign an agreement",
            ((("client",), "the client"),),
        )


@rule("DOC010", "page-of-an-unknown-client", blocks=Blocks.PAGE, subject="written")
def page_of_an_unknown_client(page: Written, fleet: Fleet) -> Iterator[Problem]:
    """The `client:` of a hand-written page is the short name of a record.

    A page whose client nobody knows cannot be checked, so it is not published.

    Mend: correct the short name; it is the name of the record's file without the ending.
    """
    if "client" not in page.meta:
        return
    slug = page.meta_text("client")
    if slug not in fleet.by_slug:
        yield Problem(("client",), f"there is no client {page.meta['client']}", closest(slug, fleet.by_slug))
