"""From finding to record: what the exports show and no record has, written where it belongs; never guessed."""

from __future__ import annotations

from runbooks.adoption.choosing import Wanted, chosen
from runbooks.adoption.planning import Change, Left, Plan, plan

__all__ = ["Change", "Left", "Plan", "Wanted", "chosen", "plan"]
