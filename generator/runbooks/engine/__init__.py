"""MkDocs, driven: a whole site at once, or one page of it when somebody asks for it."""

from __future__ import annotations

from runbooks.engine import fitness, quick, standing
from runbooks.engine.listening import BuildFailed
from runbooks.engine.single import Printed, Printer
from runbooks.engine.whole import CONFIG, NAME, build, config_file, nav_titles

__all__ = [
    "CONFIG",
    "NAME",
    "BuildFailed",
    "Printed",
    "Printer",
    "build",
    "config_file",
    "fitness",
    "nav_titles",
    "quick",
    "standing",
]
