"""Hours left and payments on the pages: as the PSA has them, with the day of its export."""

from __future__ import annotations

import json

import pytest

from runbooks import site
from runbooks.fleet import Fleet
from runbooks.pages.hours import by_the_psa, hours_left
from runbooks.site import Site
from tests import sample, small

FEED = {
    "id": "psa",
    "format": "psa-agreements-csv",
    "files": "psa-*.csv",
    "client": "somebody",
    "dates": "iso",
    "columns": {"number": "Number", "hours_left": "Hours", "last_paid_on": "Paid"},
}
BLOCK = {"id": "B-1", "type": "block_time", "starts": "2026-01-01", "block": {"hours_purchased": 50}}
FILE = f"inventory/psa-{sample.TODAY}.csv"


def shown(*rows: str) -> Fleet:
    """A client with two agreements, and an export of the PSA with these rows."""
    return sample.fleet(
        {
            "clients/somebody.yml": sample.agreed(sample.AGREEMENT, BLOCK),
            "inventory/feeds.yml": json.dumps({"schema": 1, "feeds": [FEED]}),
            FILE: "Number,Hours,Paid,Password\n" + "".join(f"{row},hunter2-hunter2\n" for row in rows),
        }
    )


@pytest.fixture(scope="module")
def made() -> Site:
    return site.make(shown("B-1,12.50,2026-11-02", "AGR-1,,2026-11-01"))


def page(found: Site, uri: str) -> str:
    return next(one.markdown for one in found.book.pages if one.uri == uri)


def test_hours_left_stand_on_the_first_screen_with_the_day_of_the_export(made: Site):
    for uri in ("clients/somebody/index.md", "clients/somebody/print.md"):
        assert f"Hours left of B-1: **12.5**, by the PSA on {sample.TODAY}." in page(made, uri)
        assert "Hours left of AGR-1" not in page(made, uri)


def test_the_list_of_agreements_has_hours_and_payments(made: Site):
    text = page(made, "agreements.md")
    assert "| State | By the PSA |" in text
    assert f"| 12.5 hours left, paid on 2026-11-02 (as of {sample.TODAY}) |" in text
    assert f"| paid on 2026-11-01 (as of {sample.TODAY}) |" in text


def test_without_figures_of_the_psa_nothing_is_said():
    found = shown("B-1,,")
    record = found.records[0]
    assert [by_the_psa(record, one, found) for one in record.client.agreements] == [None, None]
    assert hours_left(record, found) == []


def test_no_hours_left_are_hours_left():
    found = shown("B-1,0,")
    assert [one["hours"] for one in hours_left(found.records[0], found)] == ["0"]


def test_the_sample_shows_them():
    root = small.REPOSITORY
    found = site.read(root)
    left = {one.slug: hours_left(one, found) for one in found.records}
    assert [one["hours"] for one in left["hartwell-lane-lawyers"]] == ["22"]
