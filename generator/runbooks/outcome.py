"""How a build went."""

from __future__ import annotations

from dataclasses import dataclass

from runbooks.report import Report


@dataclass(frozen=True)
class Outcome:
    """The report of a build, whether a site was published, and what is to be said of it."""

    report: Report
    published: bool
    words: str


def counts(added: int, changed: int, removed: int, kept: int) -> str:
    """How the files of a site differ from those of the site before."""
    return f"{added} files added, {changed} changed, {removed} removed, {kept} as they were"
