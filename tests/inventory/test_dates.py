"""Dates as exports have them: with their zone, and never guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.inventory.ages import made_on
from runbooks.inventory.dates import Flaw, days, moments
from runbooks.inventory.feeds import Feed
from tests.inventory.exports import one, read, table

SYDNEY = ZoneInfo("Australia/Sydney")
NOON = datetime(2026, 2, 5, 12, 0, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "style"),
    [
        ("2026-02-05T12:00:16Z", ""),
        ("2026-02-05 12:00:16Z", "day_first"),
        ("2026-02-05T14:00:16+02:00", "month_first"),
        ("2026-02-05 07:00:16 -0500", ""),
        ("2026-02-05T12:00:16.0000000Z", ""),
        ("2026-02-05T12:00:16.000000001Z", "iso"),
        ("2026/02/05 12:00:16 UTC", ""),
        ("20260205T120016Z", ""),
        ("Thu, 5 Feb 2026 12:00:16 GMT", ""),
        ("Feb 5, 2026 12:00:16 PM UTC", ""),
        ("05-Feb-2026 12:00:16 UTC", ""),
        ("5/2/2026 12:00:16 PM UTC", "day_first"),
        ("2/5/2026 12:00:16 UTC", "month_first"),
        ("/Date(1770292816000)/", ""),
        ("1770292816", "unix"),
        (1770292816, "unix"),
        (1770292816.4, "unix"),
        (1770292816000, "unix"),
    ],
)
def test_a_date_with_a_zone_is_read_in_any_form(written: object, style: str):
    found = moments(style, None)(written)

    assert isinstance(found, datetime)
    assert found.replace(microsecond=0) == NOON


@pytest.mark.parametrize("written", ["2026-02-05 12:00:16", "13/2/2026", "5 February 2026 10:00", "2026-02-05"])
def test_a_date_without_a_zone_needs_the_feed_to_say_it(written: str):
    assert moments("", None)(written) is Flaw.ZONE
    assert isinstance(moments("", SYDNEY)(written), datetime)


def test_the_zone_of_the_feed_is_that_of_the_day():
    read_one = moments("iso", SYDNEY)

    assert read_one("2026-02-05 12:00") == datetime(2026, 2, 5, 1, tzinfo=UTC)
    assert read_one("2026-07-05 12:00") == datetime(2026, 7, 5, 2, tzinfo=UTC)


def test_of_an_hour_that_comes_twice_it_is_the_first():
    assert moments("iso", SYDNEY)("2026-04-05 02:30") == datetime(2026, 4, 4, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize("written", ["2/5/2020 12:00:16", "05.02.2020", "1-2-2020 10:00 AM"])
def test_a_date_that_could_be_either_way_round_is_not_guessed(written: str):
    assert moments("", SYDNEY)(written) is Flaw.ORDER


def test_a_date_that_can_be_only_one_way_round_needs_no_help():
    read_one = days("")

    assert read_one("25/12/2026") == read_one("12/25/2026") == date(2026, 12, 25)
    assert read_one("5/5/2026") == date(2026, 5, 5)


@pytest.mark.parametrize(
    "written", ["31/02/2026", "2026-13-01", "25:00", "soon", "1770292816", "2026-02-05T25:00Z", True, []]
)
def test_what_is_no_date_is_said(written: object):
    assert moments("", SYDNEY)(written) is Flaw.STRANGE


def test_a_date_against_the_order_of_the_feed_is_said():
    assert moments("month_first", SYDNEY)("25/12/2026") is Flaw.STRANGE
    assert moments("iso", SYDNEY)("5/12/2026 10:00") is Flaw.STRANGE


@pytest.mark.parametrize(
    "written",
    ["", " ", "-", "Never", "N/A", "null", None, 0, "0", "0001-01-01T00:00:00", "1/1/1900", "1970-01-01T00:00:00Z"],
)
def test_what_means_never_is_no_date_and_no_mistake(written: object):
    assert moments("unix" if written == 0 else "", None)(written) is None


def test_a_pattern_of_the_feed_is_all_that_counts():
    read_one = moments("%d.%m.%y %H.%M", SYDNEY)

    assert read_one("05.02.26 23.00") == datetime(2026, 2, 5, 12, tzinfo=UTC)
    assert read_one("2026-02-05") is Flaw.STRANGE
    assert moments("%Y-%m-%d %H:%M %z", None)("2026-02-05 13:00 +0100") == datetime(2026, 2, 5, 12, tzinfo=UTC)


@given(st.one_of(st.text(max_size=60), st.floats(), st.integers(), st.booleans(), st.none(), st.lists(st.integers())))
def test_whatever_stands_there_is_read_or_said(value: object):
    for style in ("", "iso", "unix", "day_first", "%d/%m/%Y"):
        found = moments(style, SYDNEY)(value)
        assert found is None or isinstance(found, Flaw) or found.tzinfo is not None
        day = days(style)(value)
        assert day is None or isinstance(day, Flaw | date)


@given(st.datetimes(min_value=datetime(1980, 1, 1), max_value=datetime(2099, 1, 1)))  # noqa: DTZ001 - the zone comes later
def test_a_moment_is_the_same_however_it_is_written(moment: datetime):
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    for style, words in (
        ("", moment.isoformat()),
        ("day_first", moment.strftime("%d/%m/%Y %H:%M:%S")),
        ("month_first", moment.strftime("%m/%d/%Y %I:%M:%S %p")),
        ("unix", str(int(moment.timestamp()))),
    ):
        assert moments(style, UTC)(words) == moment


def test_one_trouble_tells_of_a_whole_column_without_a_zone():
    rows = [[f"PC{number}", "2026-11-28 22:00"] for number in range(300)]
    columns = "{name: Name, last_success: Last}"
    inventory = read(
        "  - {id: it, format: generic-csv, files: a.csv, client: acme, columns: " + columns + "}\n",
        {"a.csv": table(["Name", "Last"], *rows)},
    )

    (trouble,) = inventory.troubles
    assert (trouble.code, trouble.place.line) == ("INV016", 2)
    assert "299 more rows, from line 3 on" in trouble.message
    assert [item.name for item in inventory.exports[0].items] == [row[0] for row in rows]
    assert inventory.exports[0].whole


def of(file: str, newest: datetime | None = None, **more: object) -> date | None:
    feed = Feed.model_validate({"id": "it", "format": "veeam-spc-csv", "files": "*.csv", **more})
    return made_on(feed, file, newest, SYDNEY)


@pytest.mark.parametrize(
    "file",
    [
        "veeam/newford-2026-11-28.csv",
        "newford_20261128.csv",
        "2026.11.28 newford.csv",
        "2026-11-28/newford.csv",
        "x/2026-11-28_22-00-01_Statistics.csv",
        "export-20261128T220001.csv",
        "export-20261128220001.csv",
        "2026-11-01/newford-2026-11-28.csv",
    ],
)
def test_the_age_stands_in_the_name_of_the_file(file: str):
    assert of(file) == date(2026, 11, 28)


@pytest.mark.parametrize("file", ["newford.csv", "serial-12345678.csv", "2026-13-45.csv", "2026-11-01_2026-11-28.csv"])
def test_a_name_without_one_certain_day_says_nothing(file: str):
    assert of(file) is None
    assert of(file, NOON) == date(2026, 2, 5)


def test_the_day_of_the_newest_date_is_that_of_the_provider():
    assert of("newford.csv", datetime(2026, 11, 28, 20, tzinfo=UTC)) == date(2026, 11, 29)


def test_a_feed_can_say_where_the_day_stands():
    by_name = {"made_on": {"from": "name", "pattern": "%d-%m-%y"}}

    assert of("newford-28-11-26.csv", NOON, **by_name) == date(2026, 11, 28)
    assert of("newford.csv", NOON, **by_name) is None
    assert of("newford-2026-11-28.csv", NOON, made_on={"from": "content"}) == date(2026, 2, 5)


def test_the_time_of_the_file_says_nothing():
    export = one("veeam-coverage-csv", "covered.csv", table(["Name", "Uuid"], ["NB-DC01", "1"]))

    assert export.made_on is None
