"""Reading YAML strictly: data with JSON's meaning, the place of every key and value, and every trap as a problem.

The only reader of YAML here, in one pass over the events of PyYAML's parser; nothing in a file can make it recurse.
"""

from __future__ import annotations

from runbooks.source.codes import CODES
from runbooks.source.document import Document, Json, Spot, merged
from runbooks.source.reader import read

__all__ = ["CODES", "Document", "Json", "Spot", "merged", "read"]
