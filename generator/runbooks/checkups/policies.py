"""What policy.yml and mkdocs.yml should say and do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from runbooks.checkups.advice import Advice
from runbooks.fleet import Fleet
from runbooks.site import POLICY

MKDOCS: Final = "mkdocs.yml"
PLUGIN: Final = re.compile(r"^plugins:.*\brunbooks\b|^\s*-\s*[\"']?runbooks\b", re.MULTILINE)


def advice(fleet: Fleet) -> Iterator[Advice]:
    """A calendar that stands still, keys without which the gate or a technician lacks something, no plugin."""
    policy = fleet.policy
    if policy.as_of is not None:
        line = fleet.policy_document.place(("as_of",)).line
        what = f"as_of holds the calendar at {policy.as_of}: no agreement ends and no page goes dark by itself"
        yield Advice(what, f"{POLICY}:{line}", "take it out, unless this is a sample")
    if not policy.mailboxes:
        what = "mailboxes is missing: nobody can tell which notices go to us, so nothing of that is found"
        yield Advice(what, POLICY, "name your addresses under mailboxes")
    if policy.duty_manager is None:
        yield Advice("duty_manager is missing: pages name nobody to call", POLICY, "write name and phone")
    path = fleet.root / MKDOCS
    if not path.is_file():
        yield Advice("it is missing, so no site can be built", MKDOCS, "runbooks init writes one")
    elif not PLUGIN.search(path.read_text(encoding="utf-8", errors="replace")):
        yield Advice("the plugin runbooks is not among the plugins", MKDOCS, "add it under plugins")
