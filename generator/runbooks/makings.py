"""What the pages of each client are made of, as digests: the same digest, the same pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runbooks import catalogue, shelf, site
from runbooks.crew import Survey
from runbooks.findings import Finding
from runbooks.fleet import Fleet, Record
from runbooks.history import Change
from runbooks.pages.redirects import earlier_names
from runbooks.report import Report

PRODUCTS = "products"


def keys(survey: Survey, report: Report, changes: Mapping[str, Change]) -> dict[str, bytes]:
    """A digest for each client whose record is told from all others by its files, by short name.

    Of another client a page says nothing, so no more goes in beside the record than what all pages are made of, the
    products of this client, whose earlier short names lead where, and what the gate found about this client.
    """
    names, found, same = earlier_names(survey.fleet), _by_client(report), all_alike(survey.fleet)
    products = {name: site.content(*folders) for name, folders in site.products(survey.fleet.root).items()}
    known: dict[str, bytes] = {}
    for record in survey.fleet.records:
        own = survey.keys.get(record.slug)
        if own is not None:
            changed = [changes.get(file) for file in record.document.files]
            said = repr((record.slug, changed, names.get(record.slug, ()), found.get(record.slug, ())))
            parts = (same, own, said.encode("utf-8", "surrogatepass"), *_products_of(record, products))
            known[record.slug] = shelf.digest(*parts)
    return known


def _products_of(record: Record, products: Mapping[str, bytes]) -> Iterator[bytes]:
    for name in sorted({setup.product for setup in record.client.setups}):
        yield products.get(name, b"none")


def all_alike(fleet: Fleet) -> bytes:
    """A digest of what every page is made of: policy, templates, the day, and which pages there are."""
    folders = (one for one in (fleet.root / "templates", catalogue.shipped()) if one.is_dir())
    templates = ([one for one in sorted(folder.iterdir()) if one.name != PRODUCTS] for folder in folders)
    return shelf.digest(
        fleet.as_of.isoformat().encode(),
        (fleet.root / site.POLICY).read_bytes(),
        site.figures(fleet),
        repr(sorted(page.file for page in fleet.written)).encode("utf-8", "surrogatepass"),
        *(site.content(*places) for places in templates),
    )


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
