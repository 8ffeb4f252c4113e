"""Free monitoring by the back door: our own mailbox among the client's notices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final

from runbooks.entitlement import renewal_pending, watches
from runbooks.findings import Blocks, KeyPath, Problem, Severity
from runbooks.fleet import Fleet, Record, Written
from runbooks.mailbox import boxes, canonical, ours
from runbooks.parts import parts_below
from runbooks.records.setup import Setup
from runbooks.rules.agreements import by_agreements
from runbooks.rules.registry import rule
from runbooks.unpaid import covered, spoken

NOTES = ("notes", "warning", "follow_up", "reason")


@rule("AGR010", "provider-mailbox", waivable=False, days=by_agreements)
def provider_mailbox(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """None of our mailboxes gets the notices of a client whose agreement covers no monitoring.

    Adding the help desk to a client's alerts is monitoring, whatever it is called: from the first notice on somebody
    will say that we knew. Addresses with a +tag, whole domains and hooks of the PSA or RMM count as well.

    Mend: take our address out of the product's notices and out of the record, or sign an agreement.

    Bad:

        setups:
          - {id: main, product: other, product_name: Tape, notifies: [help@provider.example]}

    Good:

        setups:
          - {id: main, product: other, product_name: Tape, notifies: [owner@client.example]}
    """
    severity = Severity.WARNING if renewal_pending(record.client, fleet.as_of) else None
    for problem in _everywhere(record, fleet):
        yield replace(problem, severity=severity)


@rule("AGR011", "provider-mailbox-in-a-note", Severity.WARNING, days=by_agreements)
def provider_mailbox_in_a_note(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A note of a client without monitoring does not name one of our mailboxes.

    A note may record that a client asked for it and was refused, so this is a warning. Read it and make sure.

    Mend: say in the note that it was refused, without the address, or take it out.

    Bad:

        notes: Alerts are copied to help@provider.example.

    Good:

        notes: Asked us to watch the alerts on 4 May 2026; refused, price list sent.
    """
    if any(covered(record, setup, fleet) for setup in record.client.setups):
        return
    for part in parts_below(record.client):
        for name in NOTES:
            text = part.__dict__.get(name)
            if isinstance(text, str):
                yield from _named(text, part.at(name), "the note names", fleet)


@rule("AGR012", "provider-mailbox-on-a-page", blocks=Blocks.PAGE, waivable=False, subject="written")
def provider_mailbox_on_a_page(page: Written, fleet: Fleet) -> Iterator[Problem]:
    """A hand-written page about a client without monitoring does not name one of our mailboxes.

    A page whose front matter does not say whose it is, is read by paragraph: one that names such a client, or one of
    their machines, together with one of our mailboxes is about them.

    An address to which only the alerts of clients without monitoring would go may stand on no page at all: as soon as
    the last agreement has ended, it is nobody's.

    Mend: take the address out of the page.
    """
    yield from _forsaken_on(page, fleet)
    if "client" not in page.meta:
        yield from _in_paragraphs(page, fleet)
    record = fleet.by_slug.get(page.meta_text("client"))
    if record is None or watches(record.client, fleet.policy, fleet.as_of):
        return
    known = {*fleet.policy.mailboxes, *_promised(record)} - forsaken(fleet).keys()
    for number, line in enumerate(page.text.splitlines(), page.first_line):
        for box in ours(line, known):
            yield Problem(
                page.line(number, len(line)),
                f"this page is about {record.client.client}, who is not monitored, and names our address {box}",
                "take the address out of the page",
            )


SHORTEST_NAME: Final = 4
"""Characters that a name must have to be looked for on a page that does not say whose it is."""
ENTRY: Final = re.compile(r"\s*(?:[-*+]\s|\d+[.)]\s|\||#{1,6}\s)")
"""How a list item, a row of a table or a heading begins."""


def _in_paragraphs(page: Written, fleet: Fleet) -> Iterator[Problem]:
    known = (
        frozenset(fleet.policy.mailboxes) - forsaken(fleet).keys() if ours(page.text, fleet.policy.mailboxes) else ()
    )
    if not known:
        return
    for first, lines in _paragraphs(page):
        text = "\n".join(lines)
        whose = _unwatched(_spoken(text), fleet) if ours(text, known) else None
        for number, line in enumerate(lines, first) if whose else ():
            for box in ours(line, known):
                yield Problem(
                    page.line(number, len(line)),
                    f"this is about {whose.client.client if whose else ''}, who is not monitored,"
                    f" and names our address {box}",
                    "take the address out; or say in the front matter whose page this is",
                )


def _paragraphs(page: Written) -> Iterator[tuple[int, list[str]]]:
    """The paragraphs, list items, rows and headings of a page, each with the number of its first line."""
    first, lines = page.first_line, list[str]()
    for number, line in enumerate([*page.text.splitlines(), ""], page.first_line):
        if lines and (not line.strip() or ENTRY.match(line)):
            yield first, lines
            lines = []
        if line.strip():
            first = first if lines else number
            lines.append(line)


def _unwatched(spoken: str, fleet: Fleet) -> Record | None:
    """The client without monitoring whom a paragraph names: by name, short name, or a machine of no everyday name."""
    for record in fleet.records:
        named = any(
            word in spoken and re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", spoken) for word in _names(record)
        )
        if named and not watches(record.client, fleet.policy, fleet.as_of):
            return record
    return None


def _names(record: Record) -> tuple[str, ...]:
    client = record.client
    hosts = (name for setup in client.setups for name in (setup.server, *(item.name for item in setup.items)))
    names = (client.client, *client.aliases, record.slug, *(one for one in hosts if one and _is_host(one)))
    return tuple(sorted({word for one in names if len(word := _spoken(one)) >= SHORTEST_NAME}))


@lru_cache(maxsize=200_000)
def _spoken(text: str) -> str:
    return " ".join(canonical(text).split())


def _is_host(name: str) -> bool:
    return any(character == "." or character.isdigit() for character in name)


def forsaken(fleet: Fleet) -> Mapping[str, frozenset[str]]:
    """The addresses to which only alerts would go that nobody of ours reads, and the short names of those clients.

    An address is none of these when policy.yml or a client who is watched has it too, or when it is where somebody
    can be reached or a product sends its notices.
    """
    return fleet.once("forsaken addresses", _forsaken)


def _forsaken(fleet: Fleet) -> Mapping[str, frozenset[str]]:
    policy, found, kept = fleet.policy, dict[str, set[str]](), set[str]()
    for record in fleet.records:
        kept.update(_reached(record))
        watched = bool(watches(record.client, policy, fleet.as_of))
        for box in _promised(record):
            if watched:
                kept.add(box)
            else:
                found.setdefault(box, set()).add(record.slug)
    texts = (policy.report_problem, policy.decline_words)
    kept.update(box for text in (*texts, *policy.mailboxes) if text for box in boxes(text))
    others = " ".join(sorted(kept))
    return {
        box: frozenset(slugs)
        for box, slugs in sorted(found.items())
        if not ours(box, (*kept, *policy.mailboxes)) and not ours(others, [box])
    }


def _promised(record: Record) -> Iterator[str]:
    promise = record.client.monitoring
    for address in promise.alerts_to if promise else ():
        yield from boxes(address)


def _reached(record: Record) -> Iterator[str]:
    for contact in record.client.contacts:
        yield from boxes(contact.email or "")
    for setup in record.client.setups:
        for address in setup.notifies:
            yield from boxes(address)


def _forsaken_on(page: Written, fleet: Fleet) -> Iterator[Problem]:
    promised = {box for record in fleet.records for box in _promised(record)}
    named = ours(f"{page.meta}\n{page.text}", promised)
    whose = forsaken(fleet) if named else {}  # asked only where it matters: it goes through every agreement
    lines = enumerate(page.text.splitlines(), page.first_line)
    placed = [(page.line(number, len(line)), line) for number, line in lines]
    keys = [(page.document.place((key,)), str(value)) for key, value in page.meta.items()]
    for place, text in (*keys, *placed):
        for box in ours(text, whose):
            slugs = ", ".join(sorted(whose[box]))
            yield Problem(
                place,
                f"only alerts of {slugs} would go to {box}, and nobody is paid to read them",
                "take the address out of the page",
            )


def _everywhere(record: Record, fleet: Fleet) -> Iterator[Problem]:
    paid = [setup for setup in record.client.setups if covered(record, setup, fleet)]
    for setup in record.client.setups:
        if not any(setup is one for one in paid):
            yield from _in_setup(setup, fleet)
    promise = record.client.monitoring
    if promise is not None and not paid:
        for index, address in enumerate(promise.alerts_to):
            yield from _named(address, promise.at("alerts_to", index), "the alerts go to", fleet)


def _in_setup(setup: Setup, fleet: Fleet) -> Iterator[Problem]:
    for at, what, text in spoken(setup):
        yield from _named(text, at, what, fleet)


def _named(text: str, at: KeyPath, what: str, fleet: Fleet) -> Iterator[Problem]:
    for box in ours(text, fleet.policy.mailboxes):
        yield Problem(
            at,
            f"{what} our address {box}, and no agreement in force covers monitoring: that is monitoring for free",
            "take our address out, here and in the product; or sign an agreement",
        )
