"""What is missing or out of date: in a site, and on the machine that checks and builds it."""

from __future__ import annotations

from runbooks.checkups.advice import Advice
from runbooks.checkups.everything import advice

__all__ = ["Advice", "advice"]
