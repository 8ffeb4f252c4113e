"""A fix in words."""

from __future__ import annotations

from typing import Final

from runbooks.findings import Fix

LONGEST: Final = 60
"""Characters of a fix that are quoted at most."""


def described(fix: Fix) -> str:
    """What a fix does, on one line, and whether it changes what the file means."""
    if fix.words:
        what = fix.words
    elif not fix.text:
        what = "take it out"
    elif len(fix.text) > LONGEST or "\n" in fix.text:
        what = (
            f"write {fix.text.strip().splitlines()[0][:LONGEST]}\u2026" if fix.text.strip() else "write an empty line"
        )
    else:
        what = f"write {fix.text}"
    return what if fix.safe else f"{what} (changes what the record says)"
