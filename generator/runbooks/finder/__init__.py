"""What the search knows: a compact index of names, made from the pages that there are. The browser puts it together."""

from __future__ import annotations

from runbooks.finder.desk import SEPARATOR, Desk
from runbooks.finder.rows import Rows, rows
from runbooks.finder.script import FLAT, INDEX, SCRIPT, script
from runbooks.finder.sheets import Sheet, sheet

__all__ = ["FLAT", "INDEX", "SCRIPT", "SEPARATOR", "Desk", "Rows", "Sheet", "rows", "script", "sheet"]
