"""The JSON Schemas: fresh, right, and of one mind with the program about every record."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from runbooks import hovers, schemas, site
from runbooks.fleet import Fleet, read_records
from runbooks.frontmatter import front_matter
from runbooks.source import read
from tests import small
from tests.sample import POLICY
from tests.sample import fleet as planned

NAMES = (
    "client.json", "feeds.json", "import.json", "page.json", "part.json", "policy.json", "procedure.json",
    "product.json", "report.json",
)  # fmt: skip


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


def test_the_committed_schemas_are_fresh(exported: dict[str, dict[str, Any]]):
    for name, schema in exported.items():
        written = (small.REPOSITORY / "schemas" / name).read_text(encoding="utf-8")

        assert written == schemas.text(schema), "run `make schemas`"


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


def test_the_front_matter_of_procedures_and_pages_fits_its_schema(exported: dict[str, dict[str, Any]], fleet: Fleet):
    for path in (small.REPOSITORY / "templates/products").glob("*/*.md"):
        assert errors(exported["procedure.json"], head(path.read_bytes())) == [], path
    for page in fleet.written:
        assert errors(exported["page.json"], dict(page.meta)) == [], page.file


def head(raw: bytes) -> object:
    return front_matter("page.md", raw, None)[0].data


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("page.json", "kind: monitor"),
        ("page.json", "client: Harbour Dental"),
        ("page.json", "reviewed: 4.10.2026"),
        ("procedure.json", "level: L4"),
        ("procedure.json", "minute: 5"),
    ],
)
def test_a_mistake_in_front_matter_is_one_for_its_schema(exported: dict[str, dict[str, Any]], name: str, wrong: str):
    key = wrong.partition(":")[0]
    found = errors(exported[name], head(f"---\n{wrong}\nhide: [toc]\n---\n".encode()))

    assert any(one.startswith(f"{key}:") or key in one for one in found)


def test_the_clients_of_a_site_are_offered_and_any_other_is_as_good(fleet: Fleet, exported: dict[str, dict[str, Any]]):
    feeds, slugs = exported["feeds.json"]["$defs"], list(fleet.by_slug)
    asked = [
        exported["policy.json"]["$defs"]["Waiver"], feeds["Feed"], feeds["Ignore"], exported["page.json"],
    ]  # fmt: skip

    for shape in asked:
        assert shape["properties"]["client"]["examples"] == slugs
        assert errors(shape["properties"]["client"], "somebody-else") == []
    assert feeds["Ignore"]["properties"]["feed"]["examples"] == [one.id for one in fleet.inventory.feeds]
    assert "alert-no-space" in exported["product.json"]["$defs"]["Alert"]["properties"]["procedure"]["examples"]
    assert "contact.phone" in exported["import.json"]["$defs"]["Table"]["properties"]["columns"]["properties"]


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
        shapes = {"": schema, **schema.get("$defs", {})}
        for owner, shape in shapes.items():
            for key, value in shape.get("properties", {}).items():
                described = shapes[value["$ref"].rpartition("/")[2]] if "$ref" in value else value
                if not (value.get("description") or described.get("description")):
                    silent.append(f"{name}: {owner}.{key}")
    assert silent == []


EXAMPLE = re.compile(r"(?s).+\n\n```yaml\n(?P<yaml>.+)\n```")
MODELS = {
    "client.json": "Client", "feeds.json": "Feeds", "page.json": "Head", "policy.json": "Policy",
    "procedure.json": "Guidance", "product.json": "Product",
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_over_every_key_stands_how_it_is_written_and_that_is_right(name: str):
    # The examples are of no site, so the schema here asks for no site's products and targets.
    policy = POLICY + "rules: {DOC001: info, REC004: info}\n"
    schema = schemas.schemas(planned({"policy.yml": policy, "clients/a.yml": "client: A\n"}))[name]
    wrong = []
    shapes = schema.get("$defs", {})
    for owner, shape in {MODELS[name]: schema, **shapes}.items():
        for key, value in hovers.keys(shape):
            found = EXAMPLE.fullmatch(value.get("markdownDescription", ""))
            document, traps = read("example.yml", found["yaml"].encode() if found else b"")
            if traps or not isinstance(document.data, dict):
                wrong.append(f"{owner}.{key}: {traps}")
            else:
                asked = {**value, "$defs": shapes}
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


def test_a_new_client_makes_no_schema_out_of_date(fleet: Fleet, tmp_path: Path):
    schemas.write(replace(fleet, records=fleet.records[1:]), tmp_path, check=False)

    assert schemas.write(fleet, tmp_path, check=True) == []
    assert {"feeds.json", "page.json", "policy.json"} <= set(schemas.write(fleet, tmp_path, check=False))


def test_line_ends_of_windows_are_not_out_of_date(fleet: Fleet, tmp_path: Path):
    schemas.write(fleet, tmp_path, check=False)
    for name in NAMES:
        (tmp_path / name).write_bytes((tmp_path / name).read_bytes().replace(b"\n", b"\r\n"))

    assert schemas.write(fleet, tmp_path, check=True) == []
