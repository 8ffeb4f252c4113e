"""Reviews, days that lie in the future, and words that say a text is not finished."""

from __future__ import annotations

import marshal
import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from runbooks.days import later
from runbooks.findings import At, KeyPath, Place, Problem, Severity
from runbooks.fleet import Fleet, Record, Written
from runbooks.parts import Part
from runbooks.policy import Policy
from runbooks.records.client import Client
from runbooks.records.setup import Setup
from runbooks.rules.registry import rule
from runbooks.source import Document, Json

WORDS: Final = ("TODO", "FIXME", "TBD", "XXX", "???", "orem ipsum")
"""What one of them must be in a text before it is looked at closely."""
UNFINISHED: Final = re.compile(
    r"(?<![\w./\\@#&*-])(?:TODO|FIXME|TBD|XXX)(?![\w/\\@*-]|\.\w)|(?<![\w?])\?{3,}(?![\w?])|\b[Ll]orem ipsum\b"
)
"""Words that say a text is not finished. As a part of a name, a path or an address they are none."""
FOLDED: Final = re.compile(r"\s*\?{3}\+?[ \t]+\w")
"""The first line of a block that can be folded away, as Material for MkDocs writes it."""
CODE: Final = re.compile(r"`[^`]*`")


def _review(record: Record, policy: Policy) -> Iterator[date]:
    reviewed, limits = record.client.reviewed, policy.thresholds
    if reviewed is not None:
        yield later(reviewed.on, limits.review_days - limits.warn_before_days)
        yield later(reviewed.on, limits.review_days + 1)
        yield later(reviewed.on, limits.review_limit_days + 1)


@rule("DOC020", "review-overdue", Severity.WARNING, profile="standard", days=_review)
def review_overdue(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A record was read against reality within `review_days`.

    A record that nobody compares with the console is a story about last year. After `review_limit_days`, a year where
    policy.yml says nothing else (CIS Control 11.1), it is an error. Asked of clients who are active or come on board.

    Mend: compare the record with reality, correct it, and write the day under reviewed. Nobody can do that from afar.

    Bad:

        reviewed: {on: 2026-03-01, by: Backup lead}

    Good:

        reviewed: {on: 2026-10-04, by: Backup lead}
    """
    client, limits = record.client, fleet.policy.thresholds
    if not is_kept(client):
        return
    if client.reviewed is None:
        words = "nobody has read this record against reality yet, or has not said so"
        yield Problem(client.at("reviewed"), words, "read it, and write reviewed: {on: DATE, by: NAME}", on_key=True)
        return
    day = client.reviewed.on
    late, too_late = later(day, limits.review_days) < fleet.as_of, later(day, limits.review_limit_days) < fleet.as_of
    if late or too_late:
        days = limits.review_limit_days if too_late else limits.review_days
        yield Problem(
            client.reviewed.at("on"),
            f"the last review is of {day}, more than {days} days ago",
            "compare the record with reality, and write the new day",
            severity=Severity.ERROR if too_late else None,
        )


def is_kept(client: Client) -> bool:
    """Whether a record is asked for a review: the client is active or comes on board, and that can be read."""
    readable = not (client.unreadable or client.doubtful_at("reviewed") or client.doubtful_at("status"))
    return client.status in ("active", "onboarding") and readable


@rule("DOC021", "review-due-soon", Severity.WARNING, profile="standard", reminder=True, days=_review)
def review_due_soon(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """The next review is not due within `warn_before_days`.

    Mend: plan it, and write the day under reviewed when it is done.

    Bad:

        reviewed: {on: 2026-06-01, by: Backup lead}

    Good:

        reviewed: {on: 2026-10-04, by: Backup lead}
    """
    client, limits = record.client, fleet.policy.thresholds
    if client.reviewed is None or not is_kept(client):
        return
    due = later(client.reviewed.on, limits.review_days)
    soon = later(client.reviewed.on, limits.review_days - limits.warn_before_days) <= fleet.as_of <= due
    if soon and fleet.as_of <= later(client.reviewed.on, limits.review_limit_days):
        yield Problem(client.reviewed.at("on"), f"the review holds through {due}", "plan the next one")


def _happened(client: Client) -> Iterator[tuple[Part, tuple[str, ...]]]:
    """Every part of a record that says when something has happened, with the keys that say it."""
    promise = client.monitoring
    single = (client.reviewed, promise and promise.declined, promise and promise.quoted)
    yield from ((part, ("on",)) for part in (*single, *client.changes) if part is not None)
    if client.no_backup is not None:
        yield client.no_backup, ("told_on",)
    for agreement in client.agreements:
        yield agreement, ("signed_on",)
        if agreement.billing is not None:
            yield agreement.billing, ("last_invoice_on", "last_paid_on", "as_of")
        if agreement.block is not None:
            yield agreement.block, ("as_of",)
        if agreement.preapproval is not None:
            yield agreement.preapproval, ("on",)
    for copy in client.copies:
        if copy.encryption is not None:
            yield copy.encryption, ("tested_on",)
    for setup in client.setups:
        yield from _happened_at(setup)


def _happened_at(setup: Setup) -> Iterator[tuple[Part, tuple[str, ...]]]:
    if setup.assessed is not None:
        yield setup.assessed, ("on",)
    yield from ((test, ("on",)) for test in setup.restore_tests)
    yield from ((credential, ("rotated_on",)) for credential in setup.credentials)
    yield from ((exclusion, ("agreed_on",)) for exclusion in setup.unprotected)


def _past(record: Record, policy: Policy) -> Iterator[date]:
    for part, names in _happened(record.client):
        yield from (day for name in names if (day := getattr(part, name)) is not None)


@rule("REC013", "day-in-the-future", Severity.WARNING, profile="standard", days=_past)
def day_in_the_future(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """What has happened has happened by today.

    A restore test of next year, or a review of tomorrow, is a typing mistake; until then it makes the record look
    better than it is.

    Mend: correct the day.

    Bad:

        reviewed: {on: 2062-10-04, by: Backup lead}

    Good:

        reviewed: {on: 2026-10-04, by: Backup lead}
    """
    for part, names in _happened(record.client):
        for name in names:
            day = getattr(part, name)
            if day is not None and day > fleet.as_of:
                yield Problem(
                    part.at(name), f"{day} lies in the future, and this is said to have happened", "correct it"
                )


@rule("DOC015", "unfinished-text", Severity.WARNING)
def unfinished_text(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """No text of a record says that it is not finished.

    A page that says TODO, FIXME, TBD, XXX, three question marks or *lorem ipsum* at night sends a technician nowhere.
    Found are whole words in capitals. As a part of a name, a path or an address they are left alone.

    Mend: write what is missing, or take the sentence out and say it in the ticket.

    Bad:

        notes: The firewall belongs to the landlord. TODO ask for his number.

    Good:

        notes: The firewall belongs to the landlord, Mr Harbour.
    """
    for path, text in texts(record.document.data):
        if path in record.client.doubts:
            continue  # told already, with what belongs there
        for found in UNFINISHED.finditer(text):
            yield Problem(
                inside(record.document, path, text, found.span()),
                f"this text is not finished: {found.group()}",
                "write what is missing, or take it out",
                about=f"{'/'.join(map(str, path))} {found.group()}",
            )


def texts(data: Json) -> Iterator[tuple[KeyPath, str]]:
    """Every text of a file with its key path; none where no word of it says that it is not finished."""
    whole = all_text(data)
    if any(word in whole for word in WORDS):
        yield from _texts(data, ())


def all_text(data: Json) -> str:
    """Every text of a file in one, for a first look: keys and other bytes are among it, and only ASCII is itself."""
    return marshal.dumps(data).decode("latin-1")


def _texts(value: object, at: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict | list):
        for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(entry, (*at, key))


def inside(document: Document, path: KeyPath, text: str, span: tuple[int, int]) -> At:
    """The place of some characters of a text: their line in a block of several lines, else the whole value.

    A block whose lines are joined (`>`) does not say where they were, so there it is the whole value too.
    """
    spot = document.spots.get(path)
    if spot is None:
        return path
    rows, lines = spot.value.end_line - spot.value.line - 1, text.rstrip("\n").count("\n") + 1
    if spot.value.end_column != 1 or not lines <= rows <= max(lines + 1, text.count("\n")):
        return path
    before = text[: span[0]]
    line = spot.value.line + 1 + before.count("\n")
    return Place(spot.value.file, line, 1, line, 1 + len(text.split("\n")[before.count("\n")]))


@rule("DOC016", "unfinished-page", Severity.WARNING, subject="written", timeless=True)
def unfinished_page(page: Written, fleet: Fleet) -> Iterator[Problem]:
    """No hand-written page says that it is not finished.

    The same words as in a record: TODO, FIXME, TBD, XXX, three question marks, *lorem ipsum*. Code within a line is
    left alone, so that a page can speak about them.

    Mend: write what is missing, or take it out.
    """
    yield from unfinished(page.file, page.text, page.first_line)


def unfinished(file: str, text: str, first_line: int) -> Iterator[Problem]:
    """The places of a Markdown text that say it is not finished, code within a line left alone."""
    if not any(word in text for word in WORDS):
        return
    for number, line in enumerate(text.splitlines(), first_line):
        plain = CODE.sub(lambda code: " " * len(code.group()), line)
        for found in UNFINISHED.finditer("" if FOLDED.match(plain) else plain):
            yield Problem(
                Place(file, number, found.start() + 1, number, found.end() + 1),
                f"this page is not finished: {found.group()}",
                "write what is missing, or take it out",
                about=" ".join(line.split()),
            )
