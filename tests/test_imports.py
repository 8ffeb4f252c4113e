"""`runbooks import`: tables become records, and nothing of them is lost in silence."""

from __future__ import annotations

import csv
import importlib
import io
import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks import cli, schemas, site
from runbooks.errors import UserError
from runbooks.fleet import Fleet
from runbooks.imports import built_in, joined, made, read_map
from runbooks.imports.cells import value
from runbooks.imports.files import Cell, Row, Sheet, sheets
from runbooks.mapping import FIELDS
from runbooks.source import read
from tests.calls import Done, called
from tests.sample import POLICY, planted

EXPORTS = Path(__file__).resolve().parent / "imports"
CLIENTS = """\
Client,Phone,Start date,Agreement,Agreement type,Covers,Notes
Harbour Dental,+61 2 5550 0150,2026-02-01,AGR-1,Full,"backup, monitoring","Six chairs.
Patients wait."
Quarry Vets,,,,,,
"""


Bring = Callable[..., Done]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = planted(tmp_path / "site", {"policy.yml": POLICY, "in/clients.csv": CLIENTS})
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def bring(root: Path, capsys: pytest.CaptureFixture[str]) -> Bring:
    """Plants a table, where one is given, and imports it."""

    def run(*arguments: str | Path, table: str | bytes | None = None) -> Done:
        if table is not None:
            planted(root, {"in/clients.csv": table})
        return called(capsys, "import", *(arguments or ("in/clients.csv",)))

    return run


def data(root: Path, slug: str) -> dict[str, Any]:
    raw = (root / "clients" / f"{slug}.yml").read_bytes()
    document, problems = read(f"clients/{slug}.yml", raw)
    assert not problems
    assert isinstance(document.data, dict)
    return document.data


def left(root: Path, name: str = "left.csv") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((root / name).read_text(encoding="utf-8"))))


def test_rows_become_records_in_the_sites_style(root: Path, bring: Bring):
    done = bring()
    assert (done.code, done.out.count("from clients.csv")) == (cli.PASSED, 2)
    text = (root / "clients/harbour-dental.yml").read_bytes().decode()
    assert text.startswith(
        "# yaml-language-server: $schema=../schemas/client.json\nschema: 1\nclient: Harbour Dental\n"
    )
    assert "notes: |\n  Six chairs.\n  Patients wait.\n" in text
    [agreement] = data(root, "harbour-dental")["agreements"]
    assert agreement == {"id": "AGR-1", "type": "full", "covers": ["backup", "monitoring"], "starts": "2026-02-01"}


def test_imported_records_fit_the_schema_and_the_linter_lists_what_is_left(root: Path, bring: Bring):
    bring(EXPORTS / "itglue", "--format", "itglue")
    fleet = site.read(root)
    schema = schemas.schemas(fleet)["client.json"]
    for record in fleet.records:
        assert not list(jsonschema_rs.validator_for(schema).iter_errors(record.document.data))
        assert not record.problems
    codes = {one.code for one in site.check(fleet).findings if one.client == "harbour-dental"}
    assert "DOC015" in codes


def test_the_tables_of_it_glue_are_joined_by_client(root: Path, bring: Bring):
    done = bring(EXPORTS / "itglue", "--format", "itglue", "--report", "left.csv")
    assert done.code == cli.FOUND
    record = data(root, "harbour-dental")
    assert record["external_ids"] == {"itglue": "1774801"}
    assert record["sites"][0]["address"] == "12 Harbour Parade, Newford, NSW, 2999, Australia"
    assert record["contacts"][0]["site"] == "surgery"
    assert [item["name"] for item in record["setups"][0]["items"]] == ["HD-SRV01", "HD-PC01"]
    assert record["setups"][0]["items"][0]["notes"] == "Windows Server 2022. TODO what it is for"
    assert data(root, "wattle-cafe-and-sohne")["status"] == "former"
    rest = {(one["file"], one["row"], one["column"]) for one in left(root)}
    assert ("configurations.csv", "2", "serial_number") in rest
    assert ("configurations.csv", "4", "configuration_type") in rest
    assert ("organizations.csv", "6", "") in rest
    assert not (root / "clients/example-it.yml").exists()


def test_the_tables_of_hudu_are_joined_by_client(root: Path, bring: Bring):
    bring(EXPORTS / "hudu", "--format", "hudu")
    record = data(root, "quarry-vets")
    assert record["external_ids"] == {"hudu": "7", "number": "1267"}
    assert [(one["name"], one["kind"]) for one in record["setups"][0]["items"]] == [("QV-SRV1", "server")]
    assert not (root / "clients/gone-bakery.yml").exists()


def test_no_secret_is_written_or_shown(root: Path, bring: Bring):
    done = bring(EXPORTS / "itglue", "--format", "itglue", "--report", "left.csv", "--diff")
    bring(EXPORTS / "itglue", "--format", "itglue")
    written = "".join(path.read_text(encoding="utf-8") for path in (root / "clients").iterdir())
    for secret in ("Quokka", "Wombat", "JBSWY3DPEHPK3PXP"):
        assert secret not in done.out + done.err + written + (root / "left.csv").read_text(encoding="utf-8")
    assert "contacts.csv, row 3, column notes: it looks like a secret" in done.out


def test_a_second_run_changes_nothing(root: Path, bring: Bring):
    bring()
    before = {path: path.read_bytes() for path in (root / "clients").iterdir()}
    again = bring()
    assert "clients/harbour-dental.yml is its record already: nothing is added to it" in again.out
    assert "Nothing to add" in again.err
    assert before == {path: path.read_bytes() for path in (root / "clients").iterdir()}


@pytest.mark.parametrize("option", ["--diff", "--dry-run"])
def test_to_look_first_writes_nothing(root: Path, bring: Bring, option: str):
    assert "clients/harbour-dental.yml" in bring("in/clients.csv", option).out
    assert not (root / "clients").exists()


def test_a_record_by_the_same_name_alias_or_number_is_never_touched(root: Path, bring: Bring):
    old = "client: HD\naliases: [harbour  dental]\n"
    planted(root, {"clients/old.yml": old})
    assert "clients/old.yml is its record already" in bring().out
    assert (root / "clients/old.yml").read_text(encoding="utf-8") == old
    assert not (root / "clients/harbour-dental.yml").exists()


def test_two_names_with_one_short_name_make_one_record(root: Path, bring: Bring):
    done = bring(table="client\nHarbour Dental\nHarbour-Dental\n")
    assert "its short name would be harbour-dental, and clients/harbour-dental.yml has that" in done.out
    assert data(root, "harbour-dental")["client"] == "Harbour Dental"


def test_a_name_without_latin_letters_asks_for_a_short_name(root: Path, bring: Bring):
    assert "no short name can be made of its name" in bring(table="client\n港\n").out
    bring(table="client,slug\n港,harbour\n")
    assert data(root, "harbour")["client"] == "港"


@pytest.mark.parametrize(
    ("encoding", "between", "options"),
    [
        ("utf-8", ",", ()),
        ("utf-8-sig", ";", ()),
        ("utf-16", "\t", ()),
        ("utf-16-be", ",", ("--encoding", "utf-16")),
        ("cp1252", ";", ("--encoding", "cp1252")),
    ],
)
def test_letters_and_delimiters_of_all_kinds_say_the_same(
    root: Path, bring: Bring, encoding: str, options: tuple[str, ...], between: str
):
    text = f'client{between}notes\r\nCafé{between}"one{between} and\r\ntwo"\r\n'
    assert bring("in/clients.csv", *options, table=text.encode(encoding)).code == cli.PASSED
    assert data(root, "cafe")["notes"] == f"one{between} and\ntwo\n".replace("\t", " ")


def test_letters_in_another_encoding_are_wrong_use_with_the_way_out(bring: Bring):
    done = bring(table="client\nCafé\n".encode("cp1252"))
    assert done.code == cli.WRONG_USE
    assert "clients.csv: line 2" in done.err
    assert "--encoding cp1252" in done.err


def test_a_day_that_can_be_read_two_ways_is_listed_and_not_guessed(root: Path, bring: Bring):
    table = "client,agreement,agreement type,starts\nA,AGR-1,full,03/04/2026\n"
    assert "column starts: day and month could be either way round" in bring(table=table).out
    assert "starts" not in data(root, "a")["agreements"][0]
    planted(root, {"map.yml": "tables:\n  - rows: agreements\n    columns: {client: client, id: agreement, "
                   "type: agreement type, starts: starts}\ndates: day_first\n"})  # fmt: skip
    (root / "clients/a.yml").unlink()
    assert bring("in/clients.csv", "--map", "map.yml").code == cli.PASSED
    assert data(root, "a")["agreements"][0]["starts"] == "2026-04-03"


def test_a_day_that_can_be_read_two_ways_is_read_as_the_command_says(root: Path, bring: Bring):
    table = "client,agreement,agreement type,starts\nA,AGR-1,full,1/7/2024\n"
    assert "--dates day_first or --dates month_first" in bring("in/clients.csv", "--dry-run", table=table).out
    assert bring("in/clients.csv", "--dates", "day_first").code == cli.PASSED
    assert data(root, "a")["agreements"][0]["starts"] == "2024-07-01"


def test_a_file_that_cannot_be_read_keeps_no_other_out(root: Path, bring: Bring):
    planted(root, {"in/more.csv": "client\nCafé\n".encode("cp1252"), "in/book.xlsx": b"no book"})
    done = bring("in")
    assert done.code == cli.FOUND
    assert "more.csv: nothing of this file is imported: line 2 has letters that are not utf-8" in done.out
    assert "book.xlsx: nothing of this file is imported: is no spreadsheet" in done.out
    assert (root / "clients/harbour-dental.yml").is_file()


def test_a_row_that_is_broken_is_listed_and_the_rest_is_read(root: Path, bring: Bring):
    done = bring(table='client,notes\nOne,"not closed\nTwo,x\nThree,x,too,many\n,nobody\n')
    assert "rows 2" in done.out or "row 2: a quotation mark" in done.out
    assert "row 4: the row has 4 cells and the header 2" in done.out
    assert "row 5: the row is left: it names no client" in done.out
    assert data(root, "two")["notes"] == "x"


def test_two_rows_of_one_client_are_joined_and_a_contradiction_is_listed(root: Path, bring: Bring):
    done = bring(table="client,contact,phone,owner\nA,Boss,+61 2 5550 0101,us\n a ,Desk,+61 2 5550 0102,them\n")
    assert [one["name"] for one in data(root, "a")["contacts"]] == ["Boss", "Desk"]
    assert "row 3, column owner: an earlier row says something else" in done.out


def test_an_agreement_of_an_unknown_type_is_listed_unless_the_map_says_what_it_means(root: Path, bring: Bring):
    table = "client,agreement,agreement type\nA,AGR-1,Gold\n"
    assert "policy.yml has no agreement type of this name" in bring(table=table).out
    assert "agreements" not in data(root, "a")
    (root / "clients/a.yml").unlink()
    planted(root, {"map.yml": "tables:\n  - rows: clients\n    columns: {client: client, agreement.id: agreement, "
                   "agreement.type: agreement type}\n    words: {agreement.type: {Gold: full}}\n"})  # fmt: skip
    assert bring("in/clients.csv", "--map", "map.yml").code == cli.PASSED
    assert data(root, "a")["agreements"] == [{"id": "AGR-1", "type": "full"}]


def test_an_agreement_without_a_type_is_listed_with_the_field_that_the_map_has_to_name(root: Path, bring: Bring):
    told = bring(table="client,agreement\nA,AGR-1\n").out
    assert "row 2: A: no cell says the type of the agreement: name its column in the map, as agreement.type" in told
    assert "id of it left too" in told
    assert "agreements" not in data(root, "a")


def test_a_column_without_a_name_is_told_by_its_number_and_what_helps_is_said(bring: Bring):
    done = bring(table="client,\nA,x\n")
    assert "row 2, column 2 (without a name): no field of a record stands for this column" in done.out
    assert "; 1 cell or row not imported, listed above; a column map (--map) says what a column means." in done.err


def test_a_spreadsheet_is_read_and_a_number_is_no_telephone(root: Path, bring: Bring):
    openpyxl: Any = importlib.import_module("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    rows = [
        ("Client", "Phone", "Agreement", "Agreement type", "Starts", "Owner"),
        ("Harbour Dental", 61255500150, "AGR-1", "full", date(2026, 2, 3), "=1+1"),
        ("Quarry Vets", "+61 2 5550 0160", None, None, None, "#N/A"),
    ]
    for row in rows:
        sheet.append(row)
    book.save(root / "in/book.xlsx")
    done = bring("in/book.xlsx")
    assert "book.xlsx, row 2, column Phone: the spreadsheet holds a number" in done.out
    assert "row 2, column Owner: the book holds a formula and not its result" in done.out
    assert data(root, "harbour-dental")["agreements"][0]["starts"] == "2026-02-03"
    assert "owner" not in data(root, "quarry-vets")
    assert data(root, "quarry-vets")["contacts"][0]["phone"] == "+61 2 5550 0160"


def test_without_openpyxl_a_spreadsheet_is_wrong_use(bring: Bring, root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    planted(root, {"in/book.xlsx": b"PK\x03\x04"})
    done = bring("in/book.xlsx")
    assert done.code == cli.WRONG_USE
    assert "pip install 'backup-runbooks[import]'" in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere.csv",), "there is no file"),
        (("in/clients.csv", "--into", "../elsewhere"), "records stand in clients/"),
        (("in/clients.csv", "--encoding", "klingon"), "no encoding"),
        (("in/clients.csv", "--dates", "soon"), "day_first"),
        (("in/bad.xlsx",), "no spreadsheet"),
        (("in/export.zip",), "unpack it"),
        (("in/clients.csv", "--map", "in/map.yml"), "rows"),
        (("in/clients.csv", "--map", "no.yml"), "cannot be read"),
    ],
)
def test_wrong_use_is_one_line(root: Path, bring: Bring, arguments: tuple[str, ...], words: str):
    wrong_map = "tables: [{rows: x, columns: {client: A}}]\n"
    planted(root, {"in/bad.xlsx": b"not a book", "in/export.zip": b"PK", "in/map.yml": wrong_map})
    done = bring(*arguments)
    assert done.code == cli.WRONG_USE
    assert words in done.err
    assert done.err.count("\n") == 1


def test_a_table_that_fits_no_map_is_listed_whole(bring: Bring):
    done = bring(table="colour\nred\n")
    assert "no table of the map fits, so all 1 of its rows are left" in done.out
    assert done.code == cli.FOUND


def test_the_report_runs_nothing_in_a_spreadsheet(root: Path, bring: Bring):
    bring("in/clients.csv", "--report", "left.csv", table="client,=cmd()\nA,x\n")
    assert [one["column"] for one in left(root)] == ["'=cmd()"]


def test_a_record_goes_below_another_folder_with_its_schema(root: Path, bring: Bring):
    bring("in/clients.csv", "--into", "clients/new")
    text = (root / "clients/new/quarry-vets.yml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../../schemas/client.json")


@pytest.mark.parametrize("form", ["csv", "xlsx", "itglue", "hudu"])
def test_the_maps_that_come_with_the_program_are_maps(form: str):
    plan = built_in(form)
    assert all(set(table.columns) for table in plan.tables)


def test_a_map_with_an_unknown_field_names_those_there_are(root: Path):
    planted(root, {"map.yml": "tables: [{rows: sites, columns: {client: A, colour: B}}]\n"})
    with pytest.raises(UserError, match="sites have no field colour"):
        read_map(root / "map.yml")


def test_everything_that_is_wrong_with_a_map_is_told_at_once_each_in_a_line(root: Path, bring: Bring):
    planted(root, {"map.yml": "dates: '%q'\nenconding: utf-8\n"
                   "tables:\n  - {rows: client, columns: {client: A}}\n"
                   "  - {rows: sites, columns: {colour: B, shape: C}}\n"})  # fmt: skip
    done = bring("in/clients.csv", "--map", "map.yml")
    lines = done.err.splitlines()
    assert done.code == cli.WRONG_USE
    for place, words in (
        ("map.yml:1:8", "day_first"), ("map.yml:2:1", "did you mean encoding?"),
        ("map.yml:4:12", "did you mean clients"),
        ("map.yml:5:28", "sites have no field colour, shape; no column says whose each row is"),
    ):  # fmt: skip
        assert any(place in line and words in line for line in lines), (place, lines)


@given(st.sampled_from(sorted({name for names in FIELDS.values() for name in names})), st.text(max_size=40))
def test_no_text_of_a_cell_is_more_than_a_value_or_a_reason(field: str, text: str):
    found, why = value(field, text, dates="", counted=False)
    assert (found is None) is bool(why) or found in ([], "")


@given(st.lists(st.lists(st.text(alphabet='ab,;"\n@1 ', max_size=6), min_size=2, max_size=3), max_size=5))
def test_every_filled_cell_is_taken_over_or_listed(rows: list[list[str]]):
    numbered = [Row(at + 2, tuple(map(Cell, cells))) for at, cells in enumerate(rows)]
    found, rest = joined([Sheet("t.csv", ("client", "odd", "notes"), tuple(numbered))], built_in("csv"))
    listed = {(one.row, one.column) for one in rest}
    for row in numbered:
        name, odd = row.cells[0].text.strip(), row.cells[1].text.strip()
        assert bool(name) or (row.number, "") in listed
        assert not (name and odd) or (row.number, "odd") in listed
    assert len(found) <= len(rows)


@given(st.binary(max_size=200))
def test_bytes_of_all_kinds_are_a_table_or_wrong_use(tmp_path_factory: pytest.TempPathFactory, raw: bytes):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(raw)
    try:
        [table] = sheets(path, "utf-8", None)
    except UserError:
        return
    assert all(len(row.cells) <= len(table.headers) for row in table.rows)


def test_the_sample_of_the_manual_is_what_happens(root: Path, bring: Bring):
    text = (EXPORTS.parents[1] / "docs" / "importing.md").read_text(encoding="utf-8")
    [table] = re.findall(r"```csv\n(.*?)```", text, re.DOTALL)
    [plan] = re.findall(r"<!-- sample: map -->\n```yaml\n(.*?)```", text, re.DOTALL)
    record, told = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    planted(root, {"import.yml": plan, "clients.csv": table})
    done = bring("clients.csv", "--map", "import.yml")
    assert done.out == told
    written = (root / "clients/harbour-dental.yml").read_text(encoding="utf-8")
    assert written.startswith(record)
    assert "TODO" in written.removeprefix(record)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    return site.read(planted(tmp_path_factory.mktemp("empty"), {"policy.yml": POLICY}))


@given(st.text(min_size=1, max_size=60), st.text(max_size=120))
def test_a_record_says_what_the_cells_said_or_is_refused(fleet: Fleet, name: str, notes: str):
    clients, _ = joined([Sheet("t.csv", ("client", "notes"), (Row(2, (Cell(name), Cell(notes))),))], built_in("csv"))
    records, _ = made(clients, fleet, "clients")
    for one in (one for one in records if not one.refusal):
        document, problems = read(one.file, one.content)
        assert not problems
        assert isinstance(document.data, dict)
        assert document.data["client"] == " ".join(name.split())
        assert str(document.data.get("notes", "")).split() in (notes.split(), [])
