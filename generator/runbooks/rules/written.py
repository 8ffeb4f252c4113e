"""Hand-written pages: whose they are, and that none is a monitoring page of a client who is not monitored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from runbooks.corrections import of_word
from runbooks.entitlement import watches
from runbooks.findings import Blocks, Problem
from runbooks.fleet import Fleet, Written
from runbooks.mailbox import canonical
from runbooks.rules.moves import moved
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
    elif record is None:
        yield Problem(("client",), f"there is no client {slug}, so nobody can say that it is monitored", "correct it")
    elif not watches(record.client, fleet.policy, fleet.as_of):
        yield Problem(
            ("kind",),
            f"no agreement of {record.client.client} in force on {fleet.as_of} covers monitoring:"
            " this page may not be published",
            "take the page away, or sign an agreement",
            ((("client",), "the client"),),
        )


@rule("DOC010", "page-of-an-unknown-client", blocks=Blocks.PAGE, subject="written", timeless=True)
def page_of_an_unknown_client(page: Written, fleet: Fleet) -> Iterator[Problem]:
    """The `client:` of a hand-written page is the short name of a record.

    A page whose client nobody knows cannot be checked, so it is not published.

    Mend: correct the short name; it is the name of the record's file without the ending.
    """
    if "client" not in page.meta:
        return
    slug = page.meta_text("client")
    if slug not in fleet.by_slug:
        now = fleet.once("moved", moved).get(slug)
        hint = f"it is called {now} now" if now else closest(slug, fleet.by_slug)
        fix = None if now else of_word(page.document, ("client",), slug, fleet.by_slug)
        yield Problem(("client",), f"there is no client {page.meta['client']}", hint, fix=fix)


BARE = re.compile(r"[ ]{0,3}(client|kind)[ \t]*:", re.IGNORECASE)
HEAD = 30
"""Lines at the top of a page in which something could pass for front matter."""


@rule("DOC012", "odd-front-matter", blocks=Blocks.PAGE, waivable=False, subject="written", timeless=True)
def odd_front_matter(page: Written, fleet: Fleet) -> Iterator[Problem]:
    """The front matter of a hand-written page can be read in one way only.

    It stands at the very top between two lines of three dashes, its keys `client` and `kind` are written so, and the
    only `kind` there is is monitoring. MkDocs and a reader would otherwise see different owners, so such a page is not
    published.

    Mend: put the lines at the top between dashes, in lower case; leave `kind` out unless it is monitoring.
    """
    for key in page.meta:
        if key not in ("client", "kind") and canonical(key).strip() in ("client", "kind"):
            yield Problem((key,), f"{key} must be written {canonical(key).strip()}", "correct the key", on_key=True)
    if "kind" in page.meta and page.meta["kind"] != "monitoring":
        yield Problem(("kind",), "the only kind there is is monitoring", "write kind: monitoring, or take the line out")
    lines = page.text.splitlines()[:HEAD]
    started = False
    for number, line in enumerate(lines, page.first_line):
        blank = not line.strip() or set(line.strip()) == {"-"}
        if started and blank:
            return
        if BARE.match(line):
            words = "this reads as front matter, and does not stand at the top between dashes"
            yield Problem(page.line(number, len(line)), words, "put it at the top, between lines of three dashes")
            return
        started = started or not blank


RESERVED = ("clients", "products", "rules")
TAKEN = ("agreements", "cost", "waivers", "profiles", "referral", "insurer")


@rule("DOC011", "page-in-the-way", blocks=Blocks.PAGE, waivable=False, subject="written", timeless=True)
def page_in_the_way(page: Written, fleet: Fleet) -> Iterator[Problem]:
    """No hand-written page stands where a generated one goes.

    The folders docs/clients, docs/products and docs/rules, and the pages agreements, cost, waivers, profiles, referral
    and insurer, are made from records and policy.

    Mend: give the page another name or folder.
    """
    parts = PurePosixPath(page.file.lower().removeprefix("docs/")).with_suffix("").parts
    address = parts[:-1] if parts[-1] in ("index", "readme") else parts
    if address[:1] in {(name,) for name in RESERVED} or address in {(name,) for name in TAKEN}:
        yield Problem((), f"{page.file} stands where a generated page goes", "move it to another name or folder")
