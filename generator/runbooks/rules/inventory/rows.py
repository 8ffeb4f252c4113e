"""Files and rows that cannot be read, dates that cannot be understood, and rows that say two things of one."""

from __future__ import annotations

from collections.abc import Iterator

from runbooks.findings import Blocks, Problem, Severity
from runbooks.fleet import Fleet
from runbooks.inventory.seen import Seen
from runbooks.matching import Thing, folded, matched
from runbooks.rules.registry import read_by, rule

read_by(
    "INV014",
    "unreadable-row-or-file",
    """Every row of an export, and feeds.yml itself, can be read.

    What cannot be read is not guessed and not passed over: it may be the row that matters. Everything else is checked
    all the same. No cell of a row is ever shown.

    Mend: export it anew. Where the letters are damaged say `encoding` in the feed, where the cells are, `delimiter`.
    """,
    blocks=Blocks.NOTHING,
)
read_by(
    "INV015",
    "not-what-the-feed-says",
    """An export has the columns of the format that its feed names.

    A header that is another one is a new version of the product, another export, or a page that asks for a login.

    Mend: name the right format, or export what the format asks for. For any other file there is `generic-csv`, with the
    names of its columns.
    """,
    blocks=Blocks.NOTHING,
)
read_by(
    "INV016",
    "date-without-zone",
    """Every date of an export can be read in one way only.

    2/5/2020 is in February or in May, and 23:30 without a zone is yesterday or today. Which of the two is not guessed.

    Mend: say in the feed how dates are written (`dates: day_first`), and whose clock they show (`timezone`).
    """,
    blocks=Blocks.NOTHING,
)


@rule("INV021", "rows-disagree", Severity.INFO, subject="policy", timeless=True, of_clients=True, profile="standard")
def rows_disagree(fleet: Fleet) -> Iterator[Problem]:
    """The rows of an export that are about one thing say the same of it.

    That half of an export stands there twice is normal, and so are several jobs of one machine. Two names for one id,
    or two kinds of one thing, are a mistake somewhere.

    Mend: look at both rows in the product. The first one counts.
    """
    for thing in matched(fleet).things:
        for row in thing.rows[1:]:
            said = _disagreement(thing.first, row)
            if said and row.place.file == thing.first.place.file:
                yield _told(thing, row, said)
                break


def _disagreement(one: Seen, other: Seen) -> str:
    """What two rows about one thing say differently."""
    if one.key and folded(one.name) != folded(other.name):
        return f"the id {one.key} is called {one.name} and {other.name}"
    if one.kind and other.kind and one.kind != other.kind:
        return f"{one.name or one.key} is a {one.kind} and a {other.kind}"
    if one.retired is not other.retired and one.job == other.job:
        return f"{one.name or one.key} is retired, and is not"
    same_run = one.last_success is not None and (one.job, one.last_success) == (other.job, other.last_success)
    if same_run and one.status != other.status:
        return f"{one.name or one.key} is {one.status} and {other.status} at the same time"
    return ""


def _told(thing: Thing, row: Seen, said: str) -> Problem:
    record = thing.owner.record
    return Problem(
        row.place,
        f"two rows of {thing.feed.id} disagree: {said}",
        "look at both in the product; the first one counts",
        ((thing.first.place, "the first row"),),
        client=record.slug if record else "",
        about=thing.about,
    )
