"""Fixes of findings, written into their file: as many as can be, and none that changes anything else."""

from __future__ import annotations

from runbooks.patches.applying import Mended, mended
from runbooks.patches.reading import Page, page
from runbooks.patches.showing import diff

__all__ = ["Mended", "Page", "diff", "mended", "page"]
