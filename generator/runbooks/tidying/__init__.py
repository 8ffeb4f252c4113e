"""`runbooks fmt`: the small things of a file put in order, and nothing of what it says changed."""

from __future__ import annotations

from runbooks.tidying.whole import Tidied, tidied

__all__ = ["Tidied", "tidied"]
