"""The JSON Schemas: fresh, right, and of one mind with the program about every record."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from runbooks import hovers, schemas, site
from runbooks.fleet import Fleet, read_records
from runbooks.source import read
from tests import small
from tests.sample import POLICY
from tests.sample import fleet as planned

NAMES = ("client.json", "feeds.json", "import.json", "part.json", "policy.json", "product.json", "report.json")


@pytest.fixture(scope="module")
def fleet() -> Fleet:
    return site.read(small.REPOSITORY)


@pytest.fixture(scope="module")
def exported(fleet: Fleet) -> dict[str, dict[str, Any]]:
    return schemas.schemas(fleet)


def written(exported: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The schemas of what people write; the report is written by the program alone."""
    return {name: schema for name, schema in exported.items() if name != "report.json"}


def errors(schema: dict[str, Any], data: object) -> list[str]:
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    return [f"{'/'.join(map(str, one.instance_path))}: {one.message}" for one in validator.iter_errors(data)]


def test_the_committed_schemas_are_fresh(fleet: Fleet):
    assert schemas.write(fleet, small.REPOSITORY / "schemas", check=True) == [], "run `make schemas`"


def test_they_are_json_schemas_of_the_named_dialect(exported: dict[str, dict[str, Any]]):
    assert tuple(exported) == NAMES
    for schema in exported.values():
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        jsonschema_rs.meta.validate(schema)


@pytest.mark.parametrize("root", [small.REPOSITORY, small.SOURCE], ids=["sample", "small"])
def test_every_record_fits_the_schema_unless_the_program_finds_its_shape_wrong(root: Path):
    fleet = site.read(root)
    exported = schemas.schemas(fleet)
    for record in read_records(root):
        wrong = errors(exported["client.json"], record.document.data)

        assert bool(wrong) is bool(record.problems), (record.slug, wrong)


def test_every_file_of_a_record_in_parts_fits_the_schema_of_a_part(exported: dict[str, dict[str, Any]], fleet: Fleet):
    in_parts = [record for record in fleet.records if len(record.document.files) > 1]

    assert in_parts
    for record in in_parts:
        for name in record.document.files:
            assert errors(exported["part.json"], yaml(small.REPOSITORY / name)) == []


def yaml(path: Path) -> object:
    return read(path.name, path.read_bytes())[0].data


def test_policy_and_products_fit_their_schemas(exported: dict[str, dict[str, Any]]):
    assert errors(exported["policy.json"], yaml(small.REPOSITORY / "policy.yml")) == []
    for path in (small.REPOSITORY / "templates/products").glob("*/product.yml"):
        assert errors(exported["product.json"], yaml(path)) == [], path


@pytest.mark.parametrize(
    "change",
    [
        {"surprise": 1},
        {"owner": None},
        {"agreements": [{"id": "A", "type": "full", "cancelled_on": None}]},
        {"status": "activ"},
        {"setups": [{"id": "main", "product": "no-such-product"}]},
        {"agreements": [{"id": "A", "type": "no-such-type"}]},
        {"agreements": [{"id": "A", "type": "full", "covers": ["no-such-service"]}]},
        {"agreements": [{"id": "A", "type": "full", "starts": "2026-02-30"}]},
        {"monitoring": {"level": "half"}},
        {"contacts": [{"name": "A", "phone": 61255500100}]},
    ],
)
def test_a_wrong_value_is_wrong_for_editors_too(exported: dict[str, dict[str, Any]], change: dict[str, Any]):
    (wrong,) = errors(exported["client.json"], {"client": "A", **change})

    assert wrong.startswith("" if "surprise" in change else next(iter(change)))


def test_the_words_of_a_site_are_in_its_schema(exported: dict[str, dict[str, Any]], fleet: Fleet):
    definitions = exported["client.json"]["$defs"]

    assert definitions["Setup"]["properties"]["product"]["enum"] == [*fleet.catalogue.products, "other"]
    assert set(definitions["Agreement"]["properties"]["type"]["enum"]) == set(fleet.policy.agreements.by_name)


def test_every_key_is_described(exported: dict[str, dict[str, Any]]):
    silent = []
    for name, schema in written(exported).items():
        shapes = {"": schema, **schema["$defs"]}
        for owner, shape in shapes.items():
            for key, value in shape.get("properties", {}).items():
                described = shapes[value["$ref"].rpartition("/")[2]] if "$ref" in value else value
                if not (value.get("description") or described.get("description")):
                    silent.append(f"{name}: {owner}.{key}")
    assert silent == []


EXAMPLE = re.compile(r"(?s).+\n\n```yaml\n(?P<yaml>.+)\n```")
MODELS = {"client.json": "Client", "feeds.json": "Feeds", "policy.json": "Policy", "product.json": "Product"}


@pytest.mark.parametrize("name", MODELS)
def test_over_every_key_stands_how_it_is_written_and_that_is_right(name: str):
    # The examples are of no site, so the schema here asks for no site's products and targets.
    policy = POLICY + "rules: {DOC001: info, REC004: info}\n"
    schema = schemas.schemas(planned({"policy.yml": policy, "clients/a.yml": "client: A\n"}))[name]
    wrong = []
    for owner, shape in {MODELS[name]: schema, **schema["$defs"]}.items():
        for key, value in hovers.keys(shape):
            found = EXAMPLE.fullmatch(value.get("markdownDescription", ""))
            document, traps = read("example.yml", found["yaml"].encode() if found else b"")
            if traps or not isinstance(document.data, dict):
                wrong.append(f"{owner}.{key}: {traps}")
            else:
                asked = {**value, "$defs": schema["$defs"]}
                wrong += [f"{owner}.{key}: {one}" for one in errors(asked, document.data[key])]
    assert wrong == []


def test_what_policy_yml_turns_down_is_offered_and_not_asked():
    def product(rules: str) -> dict[str, Any]:
        text = POLICY + rules + "targets: [{id: cloud}]\nfields: {floor: {type: choice, values: [ground]}}\n"
        return schemas.schemas(planned({"policy.yml": text, "clients/a.yml": "client: A\ngroups: [dental]\n"}))[
            "client.json"
        ]

    record = {"client": "A", "setups": [{"id": "main", "product": "nope"}], "fields": {"floor": "roof"}}
    record["copies"] = [{"id": "a", "target": "nowhere"}]

    assert len(errors(product(""), record)) == 3
    assert errors(product("rules: {unknown-product: warning, REC009: 'off', REC004: info}\n"), record) == []
    assert product("")["properties"]["groups"]["items"]["examples"] == ["dental"]
    shown = product("rules: {DOC001: warning}\n")["$defs"]["Setup"]["properties"]["product"]
    assert shown["examples"] == ["other"]
    assert errors(product(""), {"client": "A", "groups": ["another"]}) == []


def test_no_schema_allows_a_key_without_a_value(exported: dict[str, dict[str, Any]]):
    for schema in written(exported).values():
        assert '"null"' not in json.dumps(schema)
        assert '"default": null' not in json.dumps(schema)


def test_a_part_needs_no_key_that_another_part_may_have(exported: dict[str, dict[str, Any]]):
    assert errors(exported["part.json"], {"agreements": []}) == []
    assert errors(exported["client.json"], {"agreements": []}) != []


def test_writing_tells_what_was_out_of_date_and_the_second_time_nothing(fleet: Fleet, tmp_path: Path):
    assert schemas.write(fleet, tmp_path / "out", check=True) == list(NAMES)
    assert not (tmp_path / "out").exists()
    assert schemas.write(fleet, tmp_path / "out", check=False) == list(NAMES)
    assert schemas.write(fleet, tmp_path / "out", check=False) == []


def test_line_ends_of_windows_are_not_out_of_date(fleet: Fleet, tmp_path: Path):
    schemas.write(fleet, tmp_path, check=False)
    for name in NAMES:
        (tmp_path / name).write_bytes((tmp_path / name).read_bytes().replace(b"\n", b"\r\n"))

    assert schemas.write(fleet, tmp_path, check=True) == []
