"""feeds.yml: every mistake at its line, and the feeds beside it are read all the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from runbooks import schemas, site, source
from runbooks.inventory import external_id, formats, product
from runbooks.inventory.feeds import Feed, Feeds
from runbooks.inventory.layouts import columns, has_clients, layout
from tests import small
from tests.inventory.exports import SECRET, lines, read, table

GOOD = "  - {id: good, format: veeam-coverage-csv, files: good.csv, client: acme}\n"
COVERED = table(["Name", "Uuid"], ["NB-DC01", "1"])


def made(**more: object) -> Feed:
    return Feed.model_validate({"id": "it", "format": "veeam-coverage-csv", "files": "a.csv", **more})


def test_a_feed_needs_an_id_a_format_and_files():
    feed = made(client="acme")

    assert (feed.encoding, feed.max_age_days, feed.columns) == ("utf-8", 2, {})
    assert (feed.delimiter, feed.dates, feed.timezone, feed.made_on) == (None, None, None, None)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("format: veeam-coverage", "veeam-coverage is not a format; known are autotask-contracts-csv, axcient-devices"),
        ("files: ../secrets/*.csv", "must lie below inventory/"),
        ("files: /etc/passwd", "must lie below inventory/"),
        ("files: '.'", "must lie below inventory/"),
        ("files: ./a.csv", "must lie below inventory/"),
        ("files: veeam/", "must lie below inventory/"),
        ('files: "C:/x.csv"', "must lie below inventory/"),
        ('files: "a\\\\b.csv"', "forward slashes"),
        ('files: "a**/b.csv"', "stands alone"),
        ("timezone: Sydney", "Sydney is not a time zone"),
        ("timezone: Australia", "Australia is not a time zone"),
        ("dates: european", "write day_first, month_first, iso, unix, or a pattern"),
        ("encoding: ansi", "ansi is not one of utf-8, utf-16, windows-1252, latin-1"),
        ("delimiter: '#'", "is not one of"),
        ("max_age_days: 0", "max_age_days"),
        ('max_age_days: "2"', "max_age_days"),
        ("made_on: {from: content, pattern: '%Y-%m-%d'}", "for a date in the name"),
        ("made_on: {pattern: '%d-%m'}", "the year, the month and the day"),
        ("made_on: {pattern: '%Y-%m-%d-%Y'}", "the year, the month and the day"),
        ("dates: '%d/%m'", "write day_first, month_first, iso, unix, or a pattern"),
        ("columns: {name: Name}", "the columns of veeam-coverage-csv are known"),
        ("entries: data", "entries is for generic-json"),
        ("kinds: {SERVER: machine}", "machine"),
        ("statuses: {OK: fine}", "fine"),
        ("setup: newford, client: null", "client"),
        ("delimeter: ','", "unknown key delimeter"),
        ("id: It", "id"),
    ],
)
def test_a_mistake_is_told_at_its_line_and_the_other_feeds_are_read(wrong: str, words: str):
    keys = {"id": "bad", "format": "veeam-coverage-csv", "files": "bad.csv", "client": "acme"}
    entry = (
        "  - {"
        + ", ".join([*(f"{key}: {value}" for key, value in keys.items() if f"{key}:" not in wrong), wrong])
        + "}\n"
    )
    inventory = read(GOOD + entry, {"good.csv": COVERED, "bad.csv": COVERED})

    assert any(words in message for _, _, message in lines(inventory)), lines(inventory)
    assert {(code, line) for code, line, _ in lines(inventory)} == {("INV014", 4)}
    assert [export.feed.id for export in inventory.exports] == ["good"]


def test_columns_are_of_things_or_of_agreements():
    for kind, column in (("generic-csv", "hours_left"), ("psa-agreements-csv", "last_success")):
        with pytest.raises(ValueError, match=f"{kind} has no use for a column {column}"):
            made(format=kind, columns={column: "X"})


def test_a_feed_without_a_client_needs_a_column_for_it():
    inventory = read("  - {id: it, format: veeam-coverage-csv, files: a.csv}\n", {"a.csv": COVERED})

    assert lines(inventory) == [("INV015", 3, "nothing says whose the rows of it are")]
    assert not has_clients(made())
    assert has_clients(made(format="veeam-spc-csv"))
    assert has_clients(made(format="generic-csv", columns={"name": "Name", "client_name": "Company"}))


def test_a_generic_feed_needs_something_to_know_a_row_by():
    inventory = read(
        "  - {id: it, format: generic-csv, files: a.csv, client: acme, columns: {kind: Type}}\n", {"a.csv": COVERED}
    )

    assert [code for code, _, _ in lines(inventory)] == ["INV015"]


def test_two_feeds_of_one_id_are_told():
    inventory = read(GOOD + GOOD, {"good.csv": COVERED})

    assert lines(inventory) == [("INV014", 4, "good is the id of an earlier feed")]


@pytest.mark.parametrize(
    "text",
    ["schema: 1\nfeeds: [", "schema: 2\nfeeds: []", "- schema: 1", "schema: 1\n\tfeeds:", "schema: 1\nfeeds: yes"],
)
def test_a_file_that_cannot_be_read_is_told(text: str):
    inventory = read(text, {})

    assert inventory.troubles
    assert all(trouble.place.file == "inventory/feeds.yml" for trouble in inventory.troubles)
    assert inventory.exports == ()


def test_an_ignore_needs_a_reason_an_approver_and_an_end():
    whole = "schema: 1\nfeeds:\n" + GOOD + "ignore:\n  - {feed: good, item: NB-TEST01, reason: scratch}\n"
    inventory = read(whole, {"good.csv": COVERED})

    assert sorted(message for _, _, message in lines(inventory)) == [
        "ignore entry 1 needs the key approver",
        "ignore entry 1 needs the key until",
    ]
    assert len(inventory.exports) == 1


def test_a_password_in_the_file_is_told_and_taken_out():
    inventory = read(GOOD.replace("client: acme", f"client: acme, password: {SECRET}"), {"good.csv": COVERED})

    assert {trouble.code for trouble in inventory.troubles} >= {"SEC003"}
    assert SECRET not in repr(inventory)


def test_every_format_is_a_module_that_says_what_it_is():
    for name in formats.names():
        form = layout(name)

        assert name == form.NAME
        assert form.COLUMNS or name.startswith("generic-")
        assert form.__doc__ is not None
        assert "Export" in form.__doc__, name
        assert "Layout" in form.__doc__, name
        assert all(column in form.COLUMNS or name.startswith("generic-") for choice in form.NEEDED for column in choice)


def test_no_format_reads_what_is_called_a_secret():
    words = ("password", "token", "secret", "passphrase", "apikey", "hash", "credential")
    for name in formats.names():
        for headers in layout(name).COLUMNS.values():
            assert not any(word in header.casefold() for header in headers for word in words), (name, headers)


def test_every_product_of_a_format_is_in_the_catalogue():
    products = {layout(name).PRODUCT for name in formats.names()} - {""}

    assert products <= {path.name for path in (small.REPOSITORY / "templates/products").iterdir()}


def test_what_a_feed_does_not_say_its_format_does():
    assert external_id(made(format="cove-statistics-csv")) == "cove"
    assert external_id(made(format="cove-statistics-csv", external_id="psa")) == "psa"
    assert product(made()) == "veeam-backup-replication"
    assert product(made(product="veeam-agent-spc")) == "veeam-agent-spc"
    assert columns(made(format="generic-csv", columns={"name": "Computer"})) == {"name": ("Computer",)}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return schemas.schemas(site.read(small.REPOSITORY))["feeds.json"]


def test_the_schema_knows_every_format(schema: dict[str, Any]):
    known = schema["$defs"]["Feed"]["properties"]["format"]["enum"]

    assert known == list(formats.names())


@pytest.mark.parametrize(
    ("data", "fits"),
    [
        ({"schema": 1}, True),
        ({"feeds": [{"id": "a", "format": "generic-csv", "files": "a.csv", "columns": {"name": "X"}}]}, True),
        ({"feeds": [{"id": "a", "format": "generic-csv", "files": "a.csv", "columns": {"nome": "X"}}]}, False),
        ({"feeds": [{"id": "a", "format": "other", "files": "a.csv"}]}, False),
        ({"feeds": [{"id": "a", "format": "generic-csv"}]}, False),
        ({"feeds": [{"id": "a", "format": "generic-csv", "files": "a.csv", "made_on": {"from": "mtime"}}]}, False),
        ({"ignore": [{"feed": "a", "item": "x", "reason": "r", "approver": "b", "until": "2027-01-31"}]}, True),
        ({"ignore": [{"feed": "a", "item": "x", "reason": "r", "approver": "b", "until": "soon"}]}, False),
    ],
)
def test_the_schema_and_the_program_are_of_one_mind(schema: dict[str, Any], data: dict[str, Any], fits: bool):
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    try:
        Feeds.model_validate(data)
    except ValueError:
        valid = False
    else:
        valid = True

    assert (validator.is_valid(data), valid) == (fits, fits)


def test_the_sample_fits_the_schema(schema: dict[str, Any]):
    document, problems = source.read("inventory/feeds.yml", (small.REPOSITORY / "inventory/feeds.yml").read_bytes())

    assert problems == ()
    assert jsonschema_rs.validator_for(schema).is_valid(document.data)


def test_the_committed_schema_is_fresh(schema: dict[str, Any]):
    committed = json.loads(Path(small.REPOSITORY / "schemas/feeds.json").read_text(encoding="utf-8"))

    assert committed == schema
