"""Reports: the same findings for a person, for grep, for programs, and for the places where teams look at them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from runbooks.report import Report
from runbooks.reports.as_json import as_json
from runbooks.reports.concise import concise
from runbooks.reports.excerpts import WIDTH
from runbooks.reports.full import full
from runbooks.reports.github import github
from runbooks.reports.gitlab import gitlab
from runbooks.reports.junit import junit
from runbooks.reports.sarif import sarif
from runbooks.reports.schema import SCHEMA_VERSION, schema
from runbooks.reports.totals import summary

__all__ = [
    "MACHINE",
    "REPORTS",
    "SCHEMA_VERSION",
    "WIDTH",
    "WITH_FIGURES",
    "as_json",
    "concise",
    "full",
    "github",
    "gitlab",
    "junit",
    "sarif",
    "schema",
    "summary",
]

REPORTS: Final[dict[str, Callable[[Report, Path, str], str]]] = {
    "full": full,
    "concise": concise,
    "json": as_json,
    "sarif": sarif,
    "github": github,
    "gitlab": gitlab,
    "junit": junit,
}
"""Every report by its name: of what the gate found, the folder of the site, and the address of the site or nothing."""

MACHINE: Final = frozenset({"json", "sarif", "gitlab", "junit"})
"""The reports that only programs read: the summary has no place in their text."""

WITH_FIGURES: Final = frozenset({"json"})
"""The reports that say how much is documented of each client, which takes a while to work out."""
