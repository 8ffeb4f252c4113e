"""Edits that respect the file: only the bytes that have to change do, and what is written means what was meant.

An edit is a splice of the text at places that the strict reader knows. Comments, order, quotes, blank lines, line ends,
the byte order mark and a missing last line end stay, because nothing is ever written out of the data. Every result is
read again; one that says anything but the old data with the change is refused.
"""

from __future__ import annotations

from runbooks.edits.changes import Append, Edit, Move, Put, Remove, Rename, Replace
from runbooks.edits.making import LIMITS, edited, patches
from runbooks.edits.refusal import Refused
from runbooks.edits.remarks import remarks
from runbooks.edits.saving import diff, save

__all__ = [
    "LIMITS",
    "Append",
    "Edit",
    "Move",
    "Put",
    "Refused",
    "Remove",
    "Rename",
    "Replace",
    "diff",
    "edited",
    "patches",
    "remarks",
    "save",
]
