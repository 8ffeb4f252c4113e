"""A row of a generic export as a protected thing: every column is optional but one to know it by."""

from __future__ import annotations

from collections.abc import Iterator

from runbooks.inventory.feeds import Feed
from runbooks.inventory.seen import Facts, Seen
from runbooks.inventory.tables import Row, Table
from runbooks.inventory.words import kinds, result, results, whose

NUMBERS = ("retention_days", "points", "weekly", "monthly", "yearly")
FACTS = (*NUMBERS, "schedule", "encrypted", "unprotected")


def things(table: Table, feed: Feed) -> Iterator[Seen]:
    """A protected thing for each row."""
    words, named = kinds(feed, {}), results(feed)
    has_facts = any(column in feed.columns for column in FACTS)
    for row in table:
        client, client_name = whose(row, feed)
        table.moment(row, "seen_at")
        yield Seen(
            table.place(row),
            client,
            row.text("key"),
            row.text("name"),
            words.get(row.text("kind").casefold(), ""),
            row.text("job"),
            row.text("repository"),
            table.moment(row, "last_success"),
            result(row.text("status"), named),
            table.flag(row, "retired") or False,
            _facts(table, row) if has_facts else None,
            client_name,
        )


def _facts(table: Table, row: Row) -> Facts:
    days, points, weekly, monthly, yearly = (table.number(row, column) for column in NUMBERS)
    listed = row.many("unprotected") or row.text("unprotected").split(";")
    unprotected = tuple(word for word in (str(one).strip() for one in listed) if word)
    return Facts(days, points, weekly, monthly, yearly, row.text("schedule"), table.flag(row, "encrypted"), unprotected)
