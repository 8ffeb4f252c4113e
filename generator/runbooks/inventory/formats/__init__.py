"""The formats of exports: one module each, found by its name; a dash in the name is an underscore in the module's."""

from __future__ import annotations

import pkgutil
from functools import cache


@cache
def names() -> tuple[str, ...]:
    """Every format by the name a feed gives it, in order."""
    return tuple(sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__)))
