"""The whole runbook of a client in one file, for the safe or a USB stick: read before it is handed over."""

from __future__ import annotations

from runbooks.pack.frame import Pack
from runbooks.pack.packing import Packing, packing
from runbooks.pack.printer import NoPrinter, PrintFailed, pdf

__all__ = ["NoPrinter", "Pack", "Packing", "PrintFailed", "packing", "pdf"]
