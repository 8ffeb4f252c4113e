"""Laws that hold for all records: the gate's, the reader's, and that schema and model say the same."""

from __future__ import annotations

import copy
import itertools
import json
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from runbooks import gate, schemas
from runbooks.catalogue import Product
from runbooks.entitlement import entitlement, watch
from runbooks.findings import Blocks
from runbooks.fleet import Fleet
from runbooks.parts import Part
from runbooks.policy import Policy
from runbooks.records.agreement import Cover
from runbooks.records.client import Client
from runbooks.records.setup import Item
from runbooks.rules.references import fits
from runbooks.shape import shaped
from runbooks.site import read as read_site
from runbooks.source import read
from tests.sample import checked, policy, record

HERE = Path(__file__).parents[1]
RULES = policy()
LAW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# The gate: every condition is necessary

Break = Callable[[dict[str, Any], date], None]


def _agreement(**changes: Any) -> Break:
    def spoil(data: dict[str, Any], day: date) -> None:
        for key, value in changes.items():
            data["agreements"][0][key] = value(day) if callable(value) else value

    return spoil


def _whole(**changes: Any) -> Break:
    # A copy: what an example adds to it must not be there in the next one, which has another day.
    return lambda data, _: data.update(copy.deepcopy(changes))


def _after(days: int) -> Callable[[date], str]:
    return lambda day: str(day + timedelta(days=days))


def _ends(last: int) -> Break:
    return _agreement(last_day=_after(last), open_ended=False, renews="by_signature")


def _second_of_one_id(data: dict[str, Any], _: date) -> None:
    data["agreements"].append(copy.deepcopy(data["agreements"][0]))


def _second_set_up_of_one_id(data: dict[str, Any], _: date) -> None:
    data["setups"].append(copy.deepcopy(data["setups"][0]))


def _paid(**changes: Any) -> Break:
    def spoil(data: dict[str, Any], day: date) -> None:
        for key, value in changes.items():
            data["agreements"][0]["billing"][key] = value(day) if callable(value) else value

    return spoil


def _set_up(**changes: Any) -> Break:
    return lambda data, _: data["setups"][0].update(changes)


def _promise(**changes: Any) -> Break:
    return lambda data, _: data["monitoring"].update(changes)


BREAKS: dict[str, Break] = {
    "starts tomorrow": _agreement(starts=_after(1)),
    "starts next year": _agreement(starts=_after(365)),
    "no start": _agreement(starts=None),
    "ended yesterday": _ends(-1),
    "ended long ago": _ends(-3000),
    "no end": _agreement(last_day=None, open_ended=False, renews=None),
    "two ends": _agreement(last_day=_after(100), open_ended=True),
    "cancelled today": _agreement(cancelled_on=_after(0)),
    "cancelled before": _agreement(cancelled_on=_after(-50)),
    "invoiced once": _paid(every="once"),
    "paid through yesterday": _paid(prepaid_through=_after(-1)),
    "paid through last year": _paid(prepaid_through=_after(-365)),
    "no billing": _agreement(billing=None),
    "ad-hoc": _agreement(type="ad_hoc"),
    "block time": _agreement(type="block_time", block={"auto_topup": True}),
    "a type that does not count": _agreement(type="shelved"),
    "a type without monitoring": _agreement(type="antivirus"),
    "an unknown type": _agreement(type="premium"),
    "covers no monitoring": _agreement(covers=["backup", "restore", "repair"]),
    "covers another set-up": _agreement(covers=["backup", {"service": "monitoring", "setups": ["other"]}]),
    "covers nothing": _agreement(covers=[]),
    "no agreement": _whole(agreements=[]),
    "a prospect": _whole(status="prospect"),
    "a former client": _whole(status="former"),
    "an unknown status": _whole(status="friend"),
    "no promise": _whole(monitoring=None),
    "a promise of nothing": _promise(level="none"),
    "a promise for another set-up": _promise(setups=["other"]),
    "an unreadable promise": _promise(levle="full"),
    "a second agreement of one id": _second_of_one_id,
    "a second set-up of one id": _second_set_up_of_one_id,
    "an unknown key in the agreement": _agreement(cancelled="2020-01-01"),
    "an unknown key in the billing": _paid(evry="month"),
    "an unknown key in the set-up": _set_up(itmes=[]),
    "a day nobody can read": _agreement(last_day="soon", open_ended=False),
    "a cancellation nobody can read": _agreement(cancelled_on="yes"),
    "a number for an id": _agreement(id=1042),
}


@st.composite
def sound(draw: st.DrawFn) -> tuple[dict[str, Any], date]:
    """A record that is entitled to monitoring on a day, in as many ways as there are."""
    day = draw(st.dates(date(2010, 1, 1), date(2080, 1, 1)))

    def near(least: int, most: int) -> str:
        return str(day + timedelta(days=draw(st.integers(least, most))))

    starts = near(-3000, 0)
    ending: dict[str, Any] = draw(
        st.sampled_from(
            [
                {"last_day": near(0, 3000)},
                {"last_day": near(0, 3000), "renews": "by_signature"},
                {"open_ended": True},
                {"open_ended": True, "renews": "by_signature"},
                {"last_day": max(starts, near(-3000, 0)), "renews": "automatically"},
                {"renews": "automatically"},
            ]
        )
    )
    billing: dict[str, Any] = {"every": draw(st.sampled_from(["month", "quarter", "year"]))}
    if draw(st.booleans()):
        billing["prepaid_through"] = near(0, 2000)
    setups = draw(st.sampled_from([["main"], ["main", "cloud"]]))
    monitoring = draw(
        st.sampled_from(["monitoring", {"service": "monitoring"}, {"service": "monitoring", "setups": setups}])
    )
    agreement = {
        "id": "AGR-1",
        "type": draw(st.sampled_from(["full", "alert_only"])),
        "covers": draw(st.permutations(["backup", monitoring, "antivirus"])),
        "starts": starts,
        **ending,
        "billing": billing,
    }
    if draw(st.booleans()):
        agreement["cancelled_on"] = near(1, 2000)
    data = {
        "client": "Somebody",
        "status": draw(st.sampled_from(["onboarding", "active", "offboarding"])),
        "agreements": [agreement],
        "setups": [{"id": one, "product": "other", "product_name": "Tape"} for one in ("main", "cloud")],
        "monitoring": {"level": draw(st.sampled_from(["alert_only", "full"]))},
    }
    return data, day


def given_on(data: Mapping[str, Any], day: date) -> str:
    """The monitoring of the first set-up."""
    client = record(json.dumps(data)).client
    found = entitlement(client, client.setups[0], RULES, day).monitoring
    assert (watch(client, client.setups[0], RULES, day) is not None) == (found != "none")
    return found


@LAW
@given(sound())
def test_when_every_condition_holds_there_is_monitoring(case: tuple[dict[str, Any], date]):
    data, day = case
    lowest = {"alert_only"} & {data["agreements"][0]["type"], data["monitoring"]["level"]}
    assert given_on(data, day) == ("alert_only" if lowest else "full")


USELESS = sorted(
    name
    for name in BREAKS
    if not name.startswith(("a second", "a p", "no p", "no agreement", "a former", "an unknown s", "a number"))
    and name not in ("an unreadable promise", "an unknown key in the set-up")
)
"""The breaks that spoil nothing but an agreement."""


@pytest.mark.parametrize("name", BREAKS)
@settings(max_examples=12, deadline=None)
@given(case=sound(), noise=st.lists(st.sampled_from(USELESS), max_size=3))
def test_when_one_condition_is_broken_there_is_no_monitoring_whatever_the_rest(
    name: str, case: tuple[dict[str, Any], date], noise: list[str]
):
    data, day = case
    useless = []
    for number, other in enumerate(noise):
        beside = copy.deepcopy(data)
        BREAKS[other](beside, day)
        useless.append({**beside["agreements"][0], "id": f"AGR-X{number}"})
    BREAKS[name](data, day)
    data["agreements"].extend(useless)
    assert given_on(data, day) == "none"


@LAW
@given(sound(), st.integers(0, 4000))
def test_what_is_given_today_is_given_through_the_day_that_is_named_and_not_after(
    case: tuple[dict[str, Any], date], later: int
):
    data, day = case
    client = record(json.dumps(data)).client
    found = entitlement(client, client.setups[0], RULES, day)
    through = found.through or day + timedelta(days=later)
    assert through >= day
    between = day + timedelta(days=min(later, (through - day).days))
    assert entitlement(client, client.setups[0], RULES, between).monitoring == found.monitoring
    if found.through:
        assert entitlement(client, client.setups[0], RULES, through + timedelta(days=1)).monitoring == "none"


# Any data is read without a crash


def keys_of(schema: Any) -> Iterator[str]:
    """Every key that a schema names."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for value in schema.values():
            yield from keys_of(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from keys_of(value)


KEYS = [*sorted(set(keys_of(Client.model_json_schema(by_alias=True)))), "main", "x", "[key]", ""]
WORDS = [
    "",
    " ",
    "x",
    "main",
    "full",
    "none",
    "monitoring",
    "2026-11-22",
    "24h",
    "daily at 22:00",
    "é\u200b",
    "a\nb",
    "us",
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-5, 2_000_000)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(WORDS)
    | st.text(max_size=8)
)
ANYTHING = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.sampled_from(KEYS), below, max_size=6),
    max_leaves=25,
)


@settings(LAW, max_examples=100)
@given(st.dictionaries(st.sampled_from(KEYS), ANYTHING, max_size=8) | ANYTHING)
def test_any_data_can_stand_in_a_record_without_a_crash(data: object):
    report = checked({"clients/somebody.yml": json.dumps(data), "clients/other.yml": "client: Other\n"})
    assert report.crashes == ()
    assert report.records == 2
    assert all(finding.blocks is not Blocks.SITE for finding in report.findings)
    assert report.blocking("other") == ()


@settings(LAW, max_examples=100)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_can_be_a_record_without_a_crash(raw: bytes):
    report = checked({"clients/somebody.yml": raw})
    assert report.crashes == ()
    assert "AGR001" not in {finding.code for finding in report.findings}


# Schema and model say the same


@pytest.fixture(scope="module")
def ours() -> Fleet:
    return read_site(HERE)


@pytest.fixture(scope="module")
def exported(ours: Fleet) -> dict[str, dict[str, Any]]:
    return schemas.schemas(ours)


VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2, 1.0, 1.5, 3.0, 0.0, 1e6, 1_000_000, 1_000_001, 1e300,
    "", " ", "x", "A", "a-b", "a_b", "a--b", "-a", "a\n", "\na", "a\tb", "a\x01b", "\x7f", "\x85",
    "\u00a0", "\u2003", "\r",
    "a" * 80, "a" * 81, "x" * 500, "x" * 501, "x" * 499 + "  ", " x ", "x" * 20_000, "x" * 20_001, "é", "\U0001f600",
    "2026-02-28", "2026-02-29", "2028-02-29", "2026-13-01", "0000-01-01", "0001-01-01", "9999-12-31", "2026-1-1",
    "2026-11-22T00:00:00", "20261122", "2026-11-22 ", "\uff12026-11-22",
    "24h", "0h", "1d 2h", "24 hours", "daily at 22:00", "daily at 25:00", "after X", "every 1h", "by vendor",
    "weekdays",
    "vault://a/b", "vault:a", "VAULT://a", "vault://a b", "https://x.example", "http://x", "ftp://x", "javascript:x",
    "mailto:a@b.example", "a@b.example", "a@b@c", "@b", "a@", "a b@c", "a\x01@b",
    "server", "mailbox", "none", "alert_only", "full", "Full", "month", "once", "us", "pass", "windows", "tape",
    [], {}, [[]], [{}], ["x"], ["x", 1], ["x", None], ["monitoring"], [{"service": "backup"}], {"service": "backup"},
    {"id": "a"}, {"x": "y"}, {"A B": "y"}, {"x_y": "z"}, {"": "y"}, {" ": "y"}, {"a\tb": "y"}, {"server": 3},
    {"server": 3.0},
    {"a": None}, {"a": True}, {"a": 1.5}, {"a" * 81: "y"}, {"match": "x"},
    {"name": None, "match": "x", "expected": 1, "id": "g"},
]  # fmt: skip
"""Values at the edges of what the kinds of value allow."""


def spots(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value of a document."""
    yield path
    if isinstance(data, dict):
        for key, value in data.items():
            yield from spots(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from spots(value, (*path, index))


def holder(data: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        data = data[key]
    return data


@st.composite
def mutated(draw: st.DrawFn, sample: Any) -> Any:
    """A document with one or two things changed in it."""
    data = copy.deepcopy(sample)
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from(list(spots(data))[1:] or [()]))
        if not path:
            break
        owner, last = holder(data, path), path[-1]
        match draw(st.sampled_from(["value", "value", "value", "take", "add", "rename", "keep"])):
            case "value":
                owner[last] = copy.deepcopy(draw(st.sampled_from(VALUES)))
            case "take":
                del owner[last]
            case "add" if isinstance(owner, dict):
                key = draw(st.sampled_from([*KEYS, "A B", "a-b", "\t"]))
                owner[key] = copy.deepcopy(draw(st.sampled_from(VALUES)))
            case "rename" if isinstance(owner, dict):
                owner[draw(st.sampled_from([str(last).upper(), f"{last} ", *KEYS]))] = owner.pop(last)
            case _:
                pass
    return data


def accepts(model: type[Part], data: Any) -> Any:
    """The model of a document, or nothing."""
    if any(value_at(data, path) is None for path in spots(data) if path):
        return None
    try:
        return model.model_validate(data)
    except ValidationError:
        return None


def known_words(client: Client, fleet: Fleet) -> bool:
    """Whether products, types, services, targets and own fields are those of this site, as the exported schema asks."""
    return (
        all(setup.product in (*fleet.catalogue.products, "other") for setup in client.setups)
        and all(one.type in fleet.policy.agreements.by_name for one in client.agreements)
        and all(cover.service in fleet.policy.service_names for one in client.agreements for cover in one.covers)
        and all(fleet.policy.target(copy.target) for copy in client.copies if copy.target)
        and all(
            fits(value, fleet.policy.fields[name])
            for name, value in client.fields.items()
            if name in fleet.policy.fields
        )
    )


def value_at(data: Any, path: tuple[Any, ...]) -> Any:
    return holder(data, path)[path[-1]]


def validator(schema: dict[str, Any]) -> Any:
    return jsonschema_rs.validator_for(schema, validate_formats=True)


def agree(model: Any, check: Any, data: Any) -> None:
    """Schema and model say the same of a document; the message shows what they differ about."""
    errors = [f"{list(error.instance_path)}: {error.message}" for error in check.iter_errors(data)]
    try:
        model.model_validate(data)
        wrong = [f"{path}: null" for path in spots(data) if path and value_at(data, path) is None]
    except ValidationError as error:
        wrong = [f"{one['loc']}: {one['msg']}" for one in error.errors(include_url=False)]
    assert bool(errors) == bool(wrong), {"schema": errors, "model": wrong}


def test_the_schemas_are_valid_and_every_sample_fits_them(ours: Fleet, exported: dict[str, dict[str, Any]]):
    for schema in exported.values():
        assert jsonschema_rs.meta.is_valid(schema)
        assert '"ge"' not in json.dumps(schema)
    check, part = validator(exported["client.json"]), validator(exported["part.json"])
    for each in ours.records:
        assert list(check.iter_errors(each.document.data)) == []
        assert isinstance(each.document.data, dict)
        for key, value in each.document.data.items():
            assert list(part.iter_errors({key: value})) == []
    assert list(validator(exported["policy.json"]).iter_errors(ours.policy_document.data)) == []


@settings(LAW, max_examples=150)
@given(data=st.data())
def test_schema_and_model_accept_the_same_records(
    ours: Fleet, exported: dict[str, dict[str, Any]], data: st.DataObject
):
    sample = data.draw(st.sampled_from([each.document.data for each in ours.records]))
    changed = data.draw(mutated(sample))
    model = accepts(Client, changed)
    check = validator(exported["client.json"])
    if model is not None and not known_words(model, ours):
        assert not check.is_valid(changed)
    else:
        agree(Client, check, changed)


@settings(LAW, max_examples=80)
@given(data=st.data())
def test_schema_and_model_accept_the_same_policies(
    ours: Fleet, exported: dict[str, dict[str, Any]], data: st.DataObject
):
    sample: Any = ours.policy_document.data
    zone = sample["timezone"]
    changed = data.draw(mutated(sample))
    if changed.get("timezone", zone) == zone:  # a schema cannot know every time zone
        agree(Policy, validator(exported["policy.json"]), changed)


@settings(LAW, max_examples=80)
@given(data=st.data())
def test_schema_and_model_accept_the_same_products(exported: dict[str, dict[str, Any]], data: st.DataObject):
    folder = HERE / "templates" / "products"
    texts = [path.read_bytes() for path in sorted(folder.glob("*/product.yml"))]
    sample = read("product.yml", data.draw(st.sampled_from(texts)))[0].data
    agree(Product, validator(exported["product.json"]), data.draw(mutated(sample)))


def parts_of(model: type[Part]) -> Iterator[type[Part]]:
    """A model and every model in it, each once."""
    found, waiting = set[type[Part]](), [model]
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        found.add(one)
        yield one
        waiting.extend(shape_parts(one.model_json_schema(by_alias=True)))


def shape_parts(schema: dict[str, Any]) -> Iterator[type[Part]]:
    names = schema.get("$defs", {})
    return (one for one in subclasses(Part) if one.__name__ in names)


def subclasses(model: type[Part]) -> Iterator[type[Part]]:
    for one in model.__subclasses__():
        yield one
        yield from subclasses(one)


PARTS = sorted(
    {part for model in (Client, Policy, Product) for part in parts_of(model)}, key=lambda part: part.__name__
)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_value_at_every_key_is_the_same_to_schema_and_model(part: type[Part]):
    schema = schemas.without_null(part.model_json_schema(by_alias=True))
    check = validator(schema)
    shape = schema["anyOf"][1] if part is Cover else schema
    least = {key: fitting(schema, shape["properties"][key]) for key in shape.get("required", [])}
    if part is Item:
        least = {"name": "x"}
    agree(part, check, least)
    for key, value in ((key, value) for key in shape["properties"] for value in [*VALUES, least]):
        for wrapped in (value, [value]):
            if (part, key) != (Policy, "timezone"):  # a schema cannot know every time zone
                agree(part, check, {**least, key: wrapped})


def fitting(schema: dict[str, Any], of: dict[str, Any]) -> Any:
    """A value that fits a part of a schema."""
    check = validator({**of, "$defs": schema.get("$defs", {})})
    known = ["Europe/London", {"possible": True}, *of.get("enum", [])]
    return next(value for value in [*known, *VALUES] if check.is_valid(value))


def test_an_item_is_named_or_a_group_with_a_number_to_schema_and_model_alike():
    check = validator(schemas.without_null(Item.model_json_schema(by_alias=True)))
    for name, match, expected, number in itertools.product([None, "x", 0], repeat=4):
        item = {"name": name, "match": match, "expected": expected, "id": number}
        agree(Item, check, item)
        agree(Item, check, {key: value for key, value in item.items() if value is not None})


def test_numbers_mean_the_same_in_every_record_however_they_are_written():
    for text, expected in (("30", 30), ("30.0", 30), ("3e1", 30)):
        found = shaped(
            Client, read("x.yml", f"client: A\ncopies: [{{id: a, immutable_days: {text}}}]\n".encode())[0], "REC"
        )
        assert found.model is not None
        assert found.model.copies[0].immutable_days == expected
        assert math.isclose(found.model.copies[0].immutable_days or 0, expected)


@settings(LAW, max_examples=60)
@given(data=st.data())
def test_a_spoilt_sample_record_never_crashes_a_rule_and_is_never_worth_more(ours: Fleet, data: st.DataObject):
    sample = data.draw(st.sampled_from(ours.records))
    changed = data.draw(mutated(sample.document.data))
    spoilt = record(json.dumps(changed), sample.slug)
    fleet = Fleet(ours.root, ours.as_of, ours.policy, ours.policy_document, ours.catalogue, (spoilt,), ())
    assert gate.check(fleet).crashes == ()
    for setup in spoilt.client.setups:
        found = entitlement(spoilt.client, setup, ours.policy, ours.as_of)
        if setup.doubtful or spoilt.client.monitoring is None or spoilt.client.monitoring.doubtful:
            assert found.monitoring == "none"
