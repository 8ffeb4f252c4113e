"""How much of each client's runbook is documented, section by section. Pages, reports and rules ask here."""

from __future__ import annotations

from runbooks.coverage.measure import Covered, coverage, total
from runbooks.coverage.sections import SECTIONS, Section, State, section_of

__all__ = ["SECTIONS", "Covered", "Section", "State", "coverage", "section_of", "total"]
