"""The one page of a client who has left: since when, what was agreed while they were one, and whom to ask."""

from __future__ import annotations

from collections.abc import Iterator

from runbooks.pages import views
from runbooks.pages.folder import Folder
from runbooks.pages.page import Page
from runbooks.pages.views import View
from runbooks.records.agreement import Agreement


def former(folder: Folder) -> Page:
    """Nothing of what was protected, where it lies, or whom the client has: that is theirs alone again."""
    client, as_of = folder.shown.client, folder.press.fleet.as_of
    left = client.left_on if client.left_on and client.left_on <= as_of else None
    context = {"left": views.day(left), "history": list(_history(folder)), "owner": client.owner}
    return folder.page("index.md", "former", "Former client", context)


def _history(folder: Folder) -> Iterator[View]:
    """Every agreement with its days, the first one first."""
    policy = folder.press.fleet.policy
    for one in sorted(folder.shown.client.agreements, key=lambda one: (str(one.starts or ""), one.id)):
        kind = policy.agreement_type(one.type)
        name = (kind.name if kind else None) or one.type.replace("_", " ")
        yield {"id": one.id, "type": name, "starts": views.day(one.starts), "ends": _end(one)}


def _end(one: Agreement) -> str | None:
    days = [day for day in (one.last_day, one.cancelled_on) if day]
    return views.day(min(days)) if days else None
