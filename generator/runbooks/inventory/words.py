"""The words of many products for the same few things: results, kinds of thing, whose a row is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from runbooks.inventory.feeds import Feed, Status
from runbooks.inventory.tables import Row, text
from runbooks.records.agreement import ItemKind

RESULTS: Final[Mapping[str, Status]] = {
    "success": "success", "successful": "success", "succeeded": "success", "ok": "success", "completed": "success",
    "complete": "success", "done": "success", "passed": "success", "normal": "success",
    "warning": "warning", "warned": "warning", "completed with errors": "warning",
    "failed": "failed", "failure": "failed", "fail": "failed", "error": "failed", "aborted": "failed",
    "cancelled": "failed", "canceled": "failed", "interrupted": "failed", "interrupt": "failed", "troubled": "failed",
    "missed": "missed", "overdue": "missed", "no result": "missed", "skipped": "missed",
    "running": "running", "in progress": "running", "inprogress": "running", "pending": "running", "working": "running",
    "processing": "running", "queued": "running", "waiting": "running",
    "never": "never", "never run": "never", "no backup": "never",
}  # fmt: skip
"""How products write the result of a backup, in lower case."""


def result(word: str, own: Mapping[str, Status] = RESULTS) -> Status:
    """A word for a result as one of ours; a word that nobody knows is unknown, never a success."""
    return own.get(word.casefold(), "unknown")


def results(feed: Feed) -> Mapping[str, Status]:
    """The words for results of a feed: its own before those that many products have."""
    return (
        {**RESULTS, **{word.casefold(): status for word, status in feed.statuses.items()}} if feed.statuses else RESULTS
    )


def kinds(feed: Feed, own: Mapping[str, ItemKind]) -> Mapping[str, ItemKind]:
    """The words for kinds of thing of a feed, in lower case: those it gives, before those of its format."""
    return {**own, **{word.casefold(): kind for word, kind in feed.kinds.items()}}


def whose(row: Row, feed: Feed) -> tuple[str, str]:
    """The client of a row and the name beside its id; nothing where the feed fixes the client."""
    if feed.client is not None:
        return "", ""
    client, name = row.text("client"), row.text("client_name")
    return (client, name) if client else (name, "")


def volumes(value: object) -> tuple[str, ...]:
    """The names of volumes that an export lists, in a list or in one text with commas or semicolons."""
    listed = value if isinstance(value, list) else text(value).replace(";", ",").split(",")
    return tuple(dict.fromkeys(name for name in (text(one).rstrip("\\ ") for one in listed) if name))


def machine(system: str) -> ItemKind | Literal[""]:
    """What kind of machine runs an operating system; nothing where that does not say it."""
    words = system.casefold()
    if "server" in words:
        return "server"
    if any(name in words for name in ("windows", "macos", "mac os", "os x")):
        return "workstation"
    return ""
