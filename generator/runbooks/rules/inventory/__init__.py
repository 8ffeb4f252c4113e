"""What the products and the PSA report, against what the records say.

Asked where there is an inventory/feeds.yml. None of these keeps a page back: a broken feed turns the run red, and never
darkens a page.
"""

from __future__ import annotations

from runbooks.rules.inventory import absent, ages, contracts, facts, hours, ignores, paid, rows, undocumented

__all__ = ["absent", "ages", "contracts", "facts", "hours", "ignores", "paid", "rows", "undocumented"]
