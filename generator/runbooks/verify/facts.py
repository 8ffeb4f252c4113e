"""What holds of each short name that a page may speak of, as far as it decides what may stand on that page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from runbooks.verify.forbidden import Forbidden


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds of one short name; of one that nobody has or had, what this class begins with.

    `moved_to` is the short name of today of the client who had this one before. `watched` is whether any monitoring of
    the client may be shown, `through` the last day on which, if it has one. `told_only` is whether the client is told
    of alerts and nothing is mended. `pages` and `repairs` are the addresses below this name where no page may be, and
    whose each would be; `mending` are those of all procedures that mend something. `alerts` are the addresses that the
    alerts would go to, where the client is not watched.
    """

    known: bool = False
    moved_to: str = ""
    watched: bool = False
    through: date | None = None
    told_only: bool = False
    pages: Mapping[str, str] = field(default_factory=dict)
    repairs: Mapping[str, str] = field(default_factory=dict)
    mending: frozenset[str] = frozenset()
    alerts: frozenset[str] = frozenset()

    def said(self) -> str:
        """All of it in words: of two names for which it is the same, the same may be said."""
        return repr((
            self.known, self.moved_to, self.watched, self.through, self.told_only, sorted(self.pages.items()),
            sorted(self.repairs.items()), sorted(self.mending), sorted(self.alerts),
        ))  # fmt: skip


NOBODY: Final = Facts()


def name_in(address: str) -> str:
    """The short name under which an address in the site lies; empty where it is not among those of clients."""
    folder, _, rest = address.partition("/")
    return rest.partition("/")[0] if folder == "clients" else ""


def facts(forbidden: Forbidden) -> dict[str, Facts]:
    """What holds of every short name that is anybody's, or was."""
    fleet = forbidden.fleet
    pages, repairs = _below(forbidden.pages), _below(forbidden.repairs)
    mending = _below(dict.fromkeys(forbidden.every_repair, ""))
    names = {*fleet.by_slug, *forbidden.moved, *pages, *repairs, *mending}
    return {
        name: Facts(
            name in fleet.by_slug,
            forbidden.moved.get(name, ""),
            bool(watched := name in fleet.by_slug and name not in forbidden.unwatched),
            forbidden.through(name) if watched else None,
            name in forbidden.told_only,
            pages.get(name, {}),
            repairs.get(name, {}),
            frozenset(mending.get(name, ())),
            forbidden.alerts_of.get(name, frozenset()),
        )
        for name in sorted(names)
    }


def _below(addresses: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Addresses, and whose each is, by the short name under which they lie."""
    found: dict[str, dict[str, str]] = {}
    for address, slug in addresses.items():
        found.setdefault(name_in(address), {})[address] = slug
    return found
