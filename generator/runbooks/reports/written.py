"""Plain data as the text of a JSON report."""

from __future__ import annotations

import json
import re

_SURROGATE = re.compile("[\ud800-\udfff]")


def written(data: object) -> str:
    """The text, which UTF-8 can always hold."""
    return _SURROGATE.sub("\ufffd", json.dumps(data, indent=2, ensure_ascii=False)) + "\n"
