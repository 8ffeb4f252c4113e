"""What the exports show against what the records say: whose each row is, and which item or job of the record it is.

By stable id, then by the exact name, then by the host part of a full name where there is only one. Never by likeness:
two that could be meant are an error, and none is one too. The day has no say here.
"""

from __future__ import annotations

from runbooks.matching.clients import Clients, Owner
from runbooks.matching.entries import Target
from runbooks.matching.names import folded
from runbooks.matching.series import Current, current
from runbooks.matching.things import Thing
from runbooks.matching.whole import Matched, matched

__all__ = ["Clients", "Current", "Matched", "Owner", "Target", "Thing", "current", "folded", "matched"]
