"""Free monitoring by the back door: our own mailbox among the client's notices."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from runbooks.entitlement import renewal_pending, watches
from runbooks.findings import Blocks, KeyPath, Place, Problem, Severity
from runbooks.fleet import Fleet, Record, Written
from runbooks.mailbox import boxes, canonical, hint, ours
from runbooks.parts import Part, parts_below
from runbooks.records.setup import Difference, Setup, Step
from runbooks.rules.agreements import by_agreements
from runbooks.rules.registry import rule
from runbooks.unpaid import covered, spoken

LISTED: Final = ("notifies", "alerts_to")
"""Where an address is one that notices go to."""


@rule("AGR010", "provider-mailbox", waivable=False, days=by_agreements)
def provider_mailbox(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """None of our mailboxes gets the notices of a client whose agreement covers no monitoring.

    Adding the help desk to a client's alerts is monitoring, whatever it is called: from the first notice on somebody
    will say that we knew. Addresses with a +tag, whole domains and hooks of the PSA or RMM count as well.

    Mend: take our address out of the product's notices and out of the record, or sign an agreement. While an agreement
    that covered it is being renewed, renewal_pending in it makes this a warning, as it does for AGR001.

    Bad:

        setups:
          - {id: main, product: other, product_name: Tape, notifies: [help@provider.example]}

    Good:

        setups:
          - {id: main, product: other, product_name: Tape, notifies: [owner@client.example]}
    """
    yield from _everywhere(record, fleet)


@rule("AGR011", "provider-mailbox-in-a-note", Severity.WARNING, days=by_agreements)
def provider_mailbox_in_a_note(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """No text of a client without monitoring names one of our mailboxes.

    A note may record that a client asked for it and was refused, so this is a warning. Read it and make sure.

    Mend: say in the note that it was refused, without the address, or take it out.

    Bad:

        notes: Alerts are copied to help@provider.example.

    Good:

        notes: Asked us to watch the alerts on 4 May 2026; refused, price list sent.
    """
    client = record.client
    uncovered = [setup for setup in client.setups if not covered(record, setup, fleet)]
    if len(uncovered) == len(client.setups):
        yield from _beside(client, fleet)
    else:
        for setup in uncovered:
            yield from _beside(setup, fleet)


def _beside(whole: Part, fleet: Fleet) -> Iterator[Problem]:
    """Our addresses in every text of a part but those where they are watching for nothing: those are errors."""
    may_name = hint(fleet.policy.mailboxes)
    for part in parts_below(whole):
        if isinstance(part, Step | Difference):
            continue
        for name, value in part.__dict__.items():
            if not value or name in LISTED:
                continue
            if type(value) is str:
                if may_name(value):
                    yield from _named(value, part.at(name), "this names", fleet)
            elif isinstance(value, tuple | dict):
                entries = value.items() if isinstance(value, dict) else enumerate(value)
                for key, text in entries:
                    if type(text) is str and may_name(text):
                        yield from _named(text, part.at(name, key), "this names", fleet)


@rule("AGR012", "provider-mailbox-on-a-page", blocks=Blocks.PAGE, waivable=False, subject="written")
def provider_mailbox_on_a_page(page: Written, fleet: Fleet) -> Iterator[Problem]:
    """A hand-written page about a client without monitoring does not name one of our mailboxes.

    Every other page is read by paragraph: one that names such a client, or one of their machines, together with one of
    our mailboxes is about them. So is one below a heading or list item that does,
    and every one of a page whose title or file does.

    An address to which only the alerts of clients without monitoring would go may stand on no page at all: as soon as
    the last agreement has ended, it is nobody's.

    Mend: take the address out of the page.
    """
    yield from _forsaken_on(page, fleet)
    record = fleet.by_slug.get(page.meta_text("client"))
    if record is None or watches(record.client, fleet.policy, fleet.as_of):
        yield from _in_paragraphs(page, fleet)
        return
    known = {*fleet.policy.mailboxes, *_promised(record)} - forsaken(fleet).keys()
    for place, line in _lines(page):
        for box in ours(line, known):
            yield Problem(
                place,
                f"this page is about {record.client.client}, who is not monitored, and names our address {box}",
                "take the address out of the page",
            )


SHORTEST_NAME: Final = 4
"""Characters that a name must have to be looked for on a page that does not say whose it is."""
ENTRY: Final = re.compile(r"\s*(?:[-*+]\s|\d+[.)]\s|\||#{1,6}\s)")
"""How a list item, a row of a table or a heading begins."""


def _in_paragraphs(page: Written, fleet: Fleet) -> Iterator[Problem]:
    mailboxes = fleet.policy.mailboxes
    known = frozenset(mailboxes)  # none of which is forsaken
    if not ours(f"{page.meta}\n{page.text}", mailboxes):
        return
    about = _whole(page)
    for place, text in ((page.document.place((key,)), str(value)) for key, value in page.meta.items()):
        yield from _about_somebody(about, [(place, text)], known, fleet)
    for heads, first, lines in _paragraphs(page):
        placed = [(page.line(number, len(line)), line) for number, line in enumerate(lines, first)]
        yield from _about_somebody(f"{about}\n{heads}", placed, known, fleet)


def _whole(page: Written) -> str:
    """What says of a whole page whom it is about: its title, and its file with and without dashes."""
    file = page.file.rpartition(".")[0].removeprefix("docs/").replace("/", "\n")
    return f"{page.meta.get('title', '')}\n{file}\n{file.replace('_', '-')}\n{re.sub('[-_]', ' ', file)}"


def _about_somebody(
    around: str, lines: Sequence[tuple[Place, str]], known: Collection[str], fleet: Fleet
) -> Iterator[Problem]:
    """Our addresses in a paragraph that names a client without monitoring, or stands below words that do."""
    text = "\n".join(line for _, line in lines)
    whose = unwatched(f"{around}\n{text}", fleet) if ours(text, known) else None
    for place, line in lines if whose else ():
        for box in ours(line, known):
            yield Problem(
                place,
                f"this is about {whose.client.client if whose else ''}, who is not monitored,"
                f" and names our address {box}",
                "take the address out; or say in the front matter whose page this is",
            )


def _paragraphs(page: Written) -> Iterator[tuple[str, int, list[str]]]:
    """The paragraphs, list items, rows and headings, each with what it stands below and the number of its first line.

    It stands below headings, and below the list items that it is indented further than.
    """
    above: list[tuple[int, str]] = []
    first, lines = page.first_line, list[str]()
    for number, line in enumerate([*page.text.splitlines(), ""], page.first_line):
        if lines and (not line.strip() or ENTRY.match(line)):
            depth = _depth(lines[0])
            above = [one for one in above if one[0] < depth]
            yield "\n".join(text for _, text in above), first, lines
            if depth < PLAIN or ENTRY.match(lines[0]):
                above.append((depth, "\n".join(lines)))
            lines = []
        if line.strip():
            first = first if lines else number
            lines.append(line)


PLAIN: Final = 10
"""The depth of text at the margin; headings lie above it, what is indented below."""


def _depth(line: str) -> int:
    marks = len(line) - len(line.lstrip("#"))
    return marks or PLAIN + len(line) - len(line.lstrip())


def unwatched(text: str, fleet: Fleet) -> Record | None:
    """The client without monitoring whom a text names: by name, short name, or a machine of no everyday name."""
    spoken = _spoken(text)
    for record, names in fleet.once("names of clients", _all_names):
        named = any(word in spoken and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", spoken) for word in names)
        if named and not watches(record.client, fleet.policy, fleet.as_of):
            return record
    return None


def _all_names(fleet: Fleet) -> tuple[tuple[Record, tuple[str, ...]], ...]:
    return tuple((record, _names(record)) for record in fleet.records)


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
    every = {box for record in fleet.records for box in _promised(record)}
    promised = {box for box in every if not ours(box, fleet.policy.mailboxes)}  # those of policy.yml are never forsaken
    named = ours(f"{page.meta}\n{page.text}", promised)
    whose = forsaken(fleet) if named else {}  # asked only where it matters: it goes through every agreement
    for place, text in _lines(page):
        for box in ours(text, whose):
            slugs = ", ".join(sorted(whose[box]))
            yield Problem(
                place,
                f"only alerts of {slugs} would go to {box}, and nobody is paid to read them",
                "take the address out of the page",
            )


def _lines(page: Written) -> Iterator[tuple[Place, str]]:
    """The values of the front matter and the lines of the text, each with its place."""
    for key, value in page.meta.items():
        yield page.document.place((key,)), str(value)
    for number, line in enumerate(page.text.splitlines(), page.first_line):
        yield page.line(number, len(line)), line


def _everywhere(record: Record, fleet: Fleet) -> Iterator[Problem]:
    client, policy = record.client, fleet.policy
    open_setups = [setup for setup in client.setups if not covered(record, setup, fleet)]
    pending = {id(one): renewal_pending(client, one, policy, fleet.as_of) is not None for one in open_setups}
    for setup in open_setups:
        for problem in _in_setup(setup, fleet):
            yield replace(problem, severity=Severity.WARNING if pending[id(setup)] else None)
    promise = client.monitoring
    if promise is not None and len(open_setups) == len(client.setups):
        severity = Severity.WARNING if any(pending.values()) else None
        for index, address in enumerate(promise.alerts_to):
            for problem in _named(address, promise.at("alerts_to", index), "the alerts go to", fleet):
                yield replace(problem, severity=severity)


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
