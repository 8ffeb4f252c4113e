"""Reading YAML strictly: data with JSON's meaning, the place of every key and value, and every trap as a problem.

The only reader of YAML here, in one pass over the events of PyYAML's parser; nothing in a file can make it recurse.
"""

from __future__ import annotations

from runbooks.source.codes import CODES
from runbooks.source.document import Comment, Document, Json, Spot, Spots, merged, value_at
from runbooks.source.reader import READER, read

__all__ = ["CODES", "READER", "Comment", "Document", "Json", "Spot", "Spots", "merged", "read", "value_at"]
