"""The index as a script: a worker can load it where there is no server, and a reader of data can read it as data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from runbooks.finder.rows import Row, Rows
from runbooks.finder.sheets import Sheet, telling

INDEX: Final = "assets/runbooks/search-index.js"
"""Where the index stands in a site."""
SCRIPT: Final = "self.runbooksIndex = "
"""How it begins; then comes JSON, and a semicolon."""
FLAT: Final = "flat"
"""The key that says that pages are files and not folders."""
ALERTS: Final = "alerts.md"
OWNERS: Final = "clients-with-it"
"""The part of the page of a product that says who has it."""


def script(found: Rows, sheets: Iterable[Sheet], *, directory_urls: bool) -> str:
    """The whole index. `sheets` are the pages about no single client that were built."""
    built = telling([one for one in sheets if one.uri not in found.own])
    there = {one.uri: one for one in built}
    alerts = there.get(ALERTS)
    listed = {row[2] for row in found.products}
    data = {
        "zone": found.zone,
        FLAT: not directory_urls,
        "covers": found.covers,
        "files": found.files,
        "titles": found.titles,
        "alerts": alerts.url if alerts else "",
        "products": [_product(row, there, alerts) for row in found.products],
        "shapes": found.shapes,
        "pages": [_page(one) for one in built if one.uri not in listed],
        "clients": found.clients,
    }
    return f"{SCRIPT}{json.dumps(data, ensure_ascii=False, separators=(',', ':'), sort_keys=False)};\n"


def _page(one: Sheet) -> Row:
    return [one.url, one.title, [list(each) for each in one.headings], one.extract, one.weight]


def _product(row: Sequence[Any], there: dict[str, Sheet], alerts: Sheet | None) -> Row:
    """A product with the address of its page, and the anchors that the list of alerts has."""
    product, name, uri, procedures, texts = row
    anchors = alerts.anchors if alerts else frozenset[str]()
    named = [[each, answer, _anchor(anchor, product, anchors)] for each, answer, anchor in texts]
    page = there.get(uri)
    owners = OWNERS if page and OWNERS in page.anchors else ""
    return [product, name, page.url if page else "", procedures, named, owners]


def _anchor(wanted: str, product: str, anchors: frozenset[str]) -> str:
    return next((one for one in (wanted, product) if one in anchors), "")
