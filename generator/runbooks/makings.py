"""What the pages of each client are made of, as digests: the same digest, the same pages."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from runbooks import shelf, site
from runbooks.crew import Survey
from runbooks.findings import Finding
from runbooks.history import Change
from runbooks.pages.redirects import earlier_names
from runbooks.report import Report


def keys(survey: Survey, report: Report, changes: Mapping[str, Change], whole: bytes) -> dict[str, bytes]:
    """A digest for each client whose record is told from all others by its files, by short name.

    `whole` is a digest of everything that the pages of every client are made of. Of other clients a page says nothing,
    so no more goes in than whose earlier short names lead where, and what the gate found about this client.
    """
    names, found = earlier_names(survey.fleet), _by_client(report)
    known: dict[str, bytes] = {}
    for record in survey.fleet.records:
        own = survey.keys.get(record.slug)
        if own is not None:
            changed = [changes.get(file) for file in record.document.files]
            said = repr((record.slug, changed, names.get(record.slug, ()), found.get(record.slug, ())))
            known[record.slug] = shelf.digest(whole, own, said.encode("utf-8", "surrogatepass"))
    return known


def whole(root: Path, survey: Survey) -> bytes:
    """A digest of everything but the records that any page is made of: policy, templates, pages, exports, the day."""
    config = root / "mkdocs.yml"
    raw = config.read_bytes() if config.is_file() else b""
    return shelf.digest(survey.fleet.as_of.isoformat().encode(), site.surroundings(root), raw, os.fsencode(root))


def _by_client(report: Report) -> dict[str, list[tuple[str, Finding]]]:
    """What the gate says of each client, accepted or not."""
    found: dict[str, list[tuple[str, Finding]]] = {}
    for kind, one in _every(report):
        if one.client:
            found.setdefault(one.client, []).append((kind, one))
    return found


def _every(report: Report) -> Iterator[tuple[str, Finding]]:
    yield from (("stands", one) for one in report.findings)
    yield from (("old", one) for one in report.baselined)
    yield from (("waived", one) for one, _ in report.waived)
