"""Files that do not say which version their shape has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runbooks.findings import Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.rules.registry import rule

KEY: Final = "schema"


@rule("REC017", "version-unsaid", Severity.WARNING, profile=None)
def version_unsaid(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A record says which version its shape has.

    A record that does not is read as one of version 1. When a later program changes the shape, it knows by this line
    what is to be done.

    Mend: run `runbooks migrate`, which writes the line.

    Bad:

        client: Harbour Dental

    Good:

        schema: 1
        client: Harbour Dental
    """
    data = record.document.data
    if isinstance(data, dict) and data and KEY not in data:
        at = ("client",) if "client" in data else ()
        yield Problem(
            at, "this record does not say which version it is: schema: 1", "run `runbooks migrate`", on_key=True
        )
