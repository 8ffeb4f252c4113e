"""What looks documented and is not: jobs about nothing, items without a procedure, steps without an end, old pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from runbooks.catalogue import Entry
from runbooks.days import later
from runbooks.findings import Problem, Severity
from runbooks.fleet import Fleet, Record, Written
from runbooks.policy import AdHoc
from runbooks.records.setup import Item, Setup
from runbooks.rules.recoverability.scope import live_items, touched, unread
from runbooks.rules.registry import rule
from runbooks.values import DAY

MAC: Final = "add-workstation-mac"
NEEDED: Final[Mapping[str, str]] = {"mailbox": "restore-mailbox", "server": "restore-machine", "vm": "restore-machine"}
"""The procedure that an item of a kind cannot do without on its worst day."""


@rule("DOC022", "job-without-item", Severity.WARNING, profile="standard")
def job_without_item(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """Every job says what it protects, or which copy it passes on.

    A job about nothing is green every night. On the page it looks like a backup of something.

    Mend: name its items, or for a copy job the copy it reads under `from`; or take the job out.

    Bad:

        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs: [{name: Nightly, items: [srv1]}, {name: Old nightly}]

    Good:

        copies: [{id: shelf, medium: tape}, {id: attic, medium: disk}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs: [{name: Nightly, items: [srv1], to: shelf}, {name: Copy, from: shelf, to: attic}]
    """
    client = record.client
    for setup in touched(client):
        for job in setup.jobs:
            if not job.items and job.from_copy is None and not job.doubtful:
                yield Problem(
                    job.at("name"),
                    f"the job {job.name} names nothing that it protects",
                    "name its items, or the copy it reads under from; or take the job out",
                )


@rule("DOC023", "item-without-procedure", Severity.WARNING, profile="standard")
def item_without_procedure(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """The product of a set-up can protect its items, and says how to add them and get them back.

    A Mac in a product that has no page for Macs, a mailbox in one that restores none: on the overview it is protected,
    at night there is no procedure. Asked are the kinds that the product says it protects; for a Mac how it is added;
    for a mailbox, a server and a virtual machine how it is restored, or what to use instead.

    Mend: move the item to the set-up that protects it; or write what the product lacks, as the manual says.
    """
    client = record.client
    for setup in touched(client):
        entry = fleet.catalogue.products.get(setup.product)
        if entry is None or unread(client, setup, "product", "defaults"):
            continue
        told = set[str]()
        for item in live_items(setup, fleet):
            lack = "" if item.doubtful else _lack(item, setup, entry)
            if lack and lack not in told:
                told.add(lack)
                words = f"{item.name or item.match}: {lack}"
                yield Problem(item.at(), words, "move it to the set-up that protects it, or write what is missing")


def _lack(item: Item, setup: Setup, entry: Entry) -> str:
    """What a product lacks for an item, in words."""
    kind, product = item.kind or setup.defaults.kind or "", entry.product
    if kind and kind not in product.protects:
        return f"{product.name} does not protect a {kind.replace('_', ' ')}"
    if (item.os or setup.defaults.os) == "macos" and MAC not in entry.procedures:
        return f"{product.name} has no {MAC}.md" + (f" ({product.mac.why})" if product.mac.why else "")
    name = NEEDED.get(kind, "")
    if name and name not in entry.procedures and (name not in product.without or kind == "mailbox"):
        return f"{product.name} has no {name}.md"
    return ""


@rule("DOC024", "step-of-a-setup-without-expect", Severity.WARNING, profile="standard")
def step_of_a_setup_without_expect(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """Every step of how a set-up was made says what is seen when it worked.

    Whoever makes it again at night has nobody to ask whether this is how it should look.

    Mend: add expect, in a few words.

    Bad:

        setups:
          - {id: main, product: other, product_name: Tape, steps: [{do: Put a tape in on Monday.}]}

    Good:

        setups:
          - id: main
            product: other
            product_name: Tape
            steps: [{do: Put a tape in on Monday., expect: The drive blinks.}]
    """
    for setup in touched(record.client):
        for step in setup.steps:
            if step.expect is None and not step.doubtful:
                words = f"a step of the set-up {setup.id} does not say what is seen when it worked"
                yield Problem(step.at(), words, "add expect", about=step.do)


@rule("DOC025", "page-review-overdue", Severity.WARNING, subject="written", profile="standard")
def page_review_overdue(page: Written, fleet: Fleet) -> Iterator[Problem]:
    """A hand-written page that says when it was last read against reality says a day, one within `review_days`.

    Pages are written in a calm hour and read years later in another. Asked of pages with `reviewed: DATE` in their
    front matter; price lists have a rule of their own (POL010).

    Mend: read it, correct it, and write the new day.
    """
    types = fleet.policy.agreements.by_name.values()
    if "reviewed" not in page.meta or page.file in {kind.price_list for kind in types if not isinstance(kind, AdHoc)}:
        return
    day, longest = _day(page.meta_text("reviewed")), fleet.policy.thresholds.review_days
    if day is None:
        words = "this is no day, so nobody can tell when the page was last read against reality"
        yield Problem(("reviewed",), words, "write the day as YYYY-MM-DD, for example 2026-10-04")
    elif later(day, longest) < fleet.as_of:
        words = f"this page was last read against reality on {day}, more than {longest} days ago"
        yield Problem(("reviewed",), words, "read it, correct it, and write the new day")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None
