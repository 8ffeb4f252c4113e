"""Tables that somebody brings become records: a column map says how, and what it does not say is listed."""

from __future__ import annotations

from runbooks.imports.builtin import MAPS, built_in, read_map
from runbooks.imports.files import Sheet, files_of, sheets
from runbooks.imports.joining import UNMAPPED, Joined, Left, joined
from runbooks.imports.records import Made, made

__all__ = [
    "MAPS", "UNMAPPED",
    "Joined", "Left", "Made", "Sheet", "built_in", "files_of", "joined", "made", "read_map", "sheets",
]  # fmt: skip
