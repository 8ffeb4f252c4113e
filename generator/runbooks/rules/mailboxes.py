"""Free monitoring by the back door: our own mailbox among the client's notices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from runbooks.entitlement import entitlement, renewal_pending
from runbooks.findings import Blocks, KeyPath, Problem, Severity
from runbooks.fleet import Fleet, Record, Written
from runbooks.mailbox import ours
from runbooks.parts import Part, parts_below
from runbooks.records.setup import Setup
from runbooks.rules.registry import rule

NOTES = ("notes", "warning", "follow_up", "reason")


@rule("AGR010", "provider-mailbox", waivable=False)
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


@rule("AGR011", "provider-mailbox-in-a-note", Severity.WARNING)
def provider_mailbox_in_a_note(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A note of a client without monitoring does not name one of our mailboxes.

    A note may record that a client asked for it and was refused, so this is a warning. Read it and make sure.

    Mend: say in the note that it was refused, without the address, or take it out.

    Bad:

        notes: Alerts are copied to help@provider.example.

    Good:

        notes: Asked us to watch the alerts on 4 May 2026; refused, price list sent.
    """
    if any(_covered(record, setup, fleet) for setup in record.client.setups):
        return
    for part in parts_below(record.client):
        for name in NOTES:
            text = getattr(part, name, None)
            if isinstance(text, str):
                yield from _named(text, part.at(name), "the note names", fleet)


@rule("AGR012", "provider-mailbox-on-a-page", blocks=Blocks.PAGE, waivable=False, subject="written")
def provider_mailbox_on_a_page(page: Written, fleet: Fleet) -> Iterator[Problem]:
    """A hand-written page about a client without monitoring does not name one of our mailboxes.

    Mend: take the address out of the page.
    """
    record = fleet.by_slug.get(page.meta_text("client"))
    if record is None or any(_covered(record, setup, fleet) for setup in record.client.setups):
        return
    for number, line in enumerate(page.text.splitlines(), page.first_line):
        for box in ours(line, fleet.policy.mailboxes):
            yield Problem(
                page.line(number, len(line)),
                f"this page is about {record.client.client}, who is not monitored, and names our address {box}",
                "take the address out of the page",
            )


def _everywhere(record: Record, fleet: Fleet) -> Iterator[Problem]:
    covered = [setup for setup in record.client.setups if _covered(record, setup, fleet)]
    for setup in record.client.setups:
        if not any(setup is one for one in covered):
            yield from _in_setup(setup, fleet)
    promise = record.client.monitoring
    if promise is not None and not covered:
        for index, address in enumerate(promise.alerts_to):
            yield from _named(address, promise.at("alerts_to", index), "the alerts go to", fleet)


def _covered(record: Record, setup: Setup, fleet: Fleet) -> bool:
    return entitlement(record.client, setup, fleet.policy, fleet.as_of).offered != "none"


def _in_setup(setup: Setup, fleet: Fleet) -> Iterator[Problem]:
    for index, address in enumerate(setup.notifies):
        yield from _named(address, setup.at("notifies", index), "the product's notices go to", fleet)
    for step in setup.steps:
        yield from _in_prose(step, ("do", "expect", "if_not"), fleet)
    for difference in setup.procedures.values():
        yield from _in_prose(difference, ("before", "after", "instead"), fleet)


def _in_prose(part: Part, names: tuple[str, ...], fleet: Fleet) -> Iterator[Problem]:
    for name in names:
        yield from _named(getattr(part, name) or "", part.at(name), "the step names", fleet)


def _named(text: str, at: KeyPath, what: str, fleet: Fleet) -> Iterator[Problem]:
    for box in ours(text, fleet.policy.mailboxes):
        yield Problem(
            at,
            f"{what} our address {box}, and no agreement in force covers monitoring: that is monitoring for free",
            "take our address out, here and in the product; or sign an agreement",
        )
