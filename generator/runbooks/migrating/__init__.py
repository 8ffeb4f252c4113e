"""`runbooks migrate`: files of an older shape become files of today's, and say so."""

from __future__ import annotations

from runbooks.migrating.plan import Left, Migration, Plan, migrated, plan
from runbooks.migrating.steps import STEPS, Kind, Step

__all__ = ["STEPS", "Kind", "Left", "Migration", "Plan", "Step", "migrated", "plan"]
