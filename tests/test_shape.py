"""From a document to a model: every mistake told once, in words, at its line; the rest is kept."""

from __future__ import annotations

import pickle
import textwrap
from datetime import date

import pytest

from runbooks.findings import Fix, KeyPath, Problem
from runbooks.parts import parts_below
from runbooks.policy import Policy
from runbooks.records.client import Client
from runbooks.records.setup import Setup
from runbooks.shape import Shaped, closest, shaped
from runbooks.source import read
from tests.sample import POLICY, checked, record


def client(text: str) -> Shaped[Client]:
    return shaped(Client, read("x.yml", text.encode())[0], "REC", fallback={"client": "slug"})


def told(found: Shaped[Client] | Shaped[Policy]) -> list[tuple[str, KeyPath, str]]:
    """Code, place and message of every problem."""
    return [(one.code, _path(one), one.message) for one in found.problems]


def _path(problem: Problem) -> KeyPath:
    assert isinstance(problem.at, tuple)
    return problem.at


def test_a_record_without_mistakes_has_no_doubts():
    found = client("client: Somebody\nreviewed: {on: 2026-10-04, by: Lead}\n")
    assert found.problems == ()
    assert found.doubts == frozenset()
    assert found.model is not None
    assert found.model.reviewed is not None
    assert found.model.reviewed.on == date(2026, 10, 4)
    assert found.model.reviewed.at("on") == ("reviewed", "on")


@pytest.mark.parametrize(
    ("text", "code", "path", "message", "hint"),
    [
        ("owner: 5", "REC002", ("owner",), "owner: this must be text", 'put it in quotes: "5"'),
        ("owner: true", "REC002", ("owner",), "owner: this must be text", 'put it in quotes: "true"'),
        ("owner: []", "REC002", ("owner",), "owner: this must be text", "Who keeps this record true."),
        ("owner: ' '", "REC002", ("owner",), "owner: this must not be empty", "Who keeps this record true."),
        (
            'owner: "a\\nb"',
            "REC002",
            ("owner",),
            "owner: this must be one line without tabs",
            "Who keeps this record true.",
        ),
        ("ownr: me", "REC001", ("ownr",), "unknown key ownr", "did you mean owner?"),
        ("reviewed: {on: 2026-10-04}", "REC003", ("reviewed",), "reviewed needs the key by", "Who."),
        (
            "status: Active",
            "REC002",
            ("status",),
            "status: Active is not one of prospect, onboarding",
            "did you mean active?",
        ),
        (
            "aliases: NB",
            "REC002",
            ("aliases",),
            "aliases: this must be a list",
            "start each entry with a dash: - first",
        ),
        ("monitoring: full", "REC002", ("monitoring",), "monitoring: this must hold keys and values", ""),
        (
            "sites: [{id: Main St, name: X}]",
            "REC002",
            ("sites", 0, "id"),
            "id: Main St does not have the right form",
            "",
        ),
        (
            "reviewed: {on: 4.10.2026, by: X}",
            "REC002",
            ("reviewed", "on"),
            "on: write the day as YYYY-MM-DD: 4.10.2026 could be 2026-10-04 or 2026-04-10",
            "",
        ),
        ("reviewed: {on: '2026-02-30', by: X}", "REC002", ("reviewed", "on"), "on: 2026-02-30 is not a day", ""),
        ("schema: 2", "REC002", ("schema",), "schema: this file has the shape of version 2", "update the program"),
        ("schema: 0", "REC002", ("schema",), "schema: this file has the shape of version 0", "run `runbooks migrate`"),
        ("schema: true", "REC002", ("schema",), "schema: write the version as a number: 1", ""),
        (
            "copies: [{id: a, offline: 1}]",
            "REC002",
            ("copies", 0, "offline"),
            "offline: 1 is neither true nor false",
            "",
        ),
        ("copies: [{id: a, immutable_days: -1}]", "REC002", ("copies", 0, "immutable_days"), "immutable_days:", ""),
        (
            "copies: [{id: a, immutable_days: 1.5}]",
            "REC002",
            ("copies", 0, "immutable_days"),
            "immutable_days: 1.5",
            "",
        ),
        (
            "contacts: [{name: X, approves_up_to: '9'}]",
            "REC002",
            ("contacts", 0, "approves_up_to"),
            "approves_up_to: 9",
            "",
        ),
        ("fields: {a: [1]}", "REC002", ("fields", "a"), "a: write a text, a number, a day, true or false", ""),
        ("aliases: [NB, 7]", "REC002", ("aliases", 1), "entry 2: this must be text", 'put it in quotes: "7"'),
    ],
)
def test_a_mistake_is_told_once_in_words_at_its_place(text: str, code: str, path: KeyPath, message: str, hint: str):
    found = client(f"client: Somebody\n{text}\n")
    (problem,) = found.problems
    assert (problem.code, problem.at) == (code, path)
    assert problem.message.startswith(message)
    assert problem.help.startswith(hint)
    assert any(path[: len(doubt)] == doubt or doubt[: len(path)] == path for doubt in found.doubts)
    assert found.model is not None
    assert found.model.client == "Somebody"


def test_every_mistake_of_a_record_is_told_at_once():
    found = client(
        "client: Somebody\n"
        "ownr: me\n"
        "agreements:\n"
        "  - {id: 5, type: full}\n"
        "  - {id: B, type: full, foo: 1}\n"
        "  - {type: full}\n"
        "  - {id: D, type: full, covers: [{servce: backup}], starts: soon}\n"
        "sites: [{name: High Street}]\n"
    )
    assert sorted(told(found)) == sorted(
        [
            ("REC001", ("ownr",), "unknown key ownr"),
            ("REC002", ("agreements", 0, "id"), "id: this must be text"),
            ("REC001", ("agreements", 1, "foo"), "unknown key foo in agreements entry 2"),
            ("REC003", ("agreements", 2), "agreements entry 3 needs the key id"),
            ("REC003", ("agreements", 3, "covers", 0), "agreements entry 4 covers entry 1 needs the key service"),
            (
                "REC001",
                ("agreements", 3, "covers", 0, "servce"),
                "unknown key servce in agreements entry 4 covers entry 1",
            ),
            (
                "REC002",
                ("agreements", 3, "starts"),
                "starts: write the day as YYYY-MM-DD, for example 2026-10-04",
            ),
            ("REC003", ("sites", 0), "sites entry 1 needs the key id"),
        ]
    )


def test_what_is_left_when_mistakes_are_taken_out_stands_at_its_own_place():
    found = client(
        "client: Somebody\n"
        "agreements: [{type: x}, {id: B, type: full}, 7, {id: D, type: full, foo: 1}, {id: E, type: full}]\n"
    )
    assert found.model is not None
    assert [(one.id, one.at(), one.doubtful) for one in found.model.agreements] == [
        ("B", ("agreements", 1), False),
        ("D", ("agreements", 3), True),
        ("E", ("agreements", 4), False),
    ]


def test_a_key_that_lacks_is_not_blamed_for_what_was_left_out():
    assert told(client("client: Somebody\nmonitoring: {level: Full}\n")) == [
        ("REC002", ("monitoring", "level"), "level: Full is not one of none, alert_only, full")
    ]
    assert told(client("client: Somebody\nsetups: [{id: a, product: b, items: [{name: 5}]}]\n")) == [
        ("REC002", ("setups", 0, "items", 0, "name"), "name: this must be text")
    ]


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        ("provider: Example IT\n", "", "POL003", "the file needs the key provider"),
        ("provider: Example IT", "provider: 5", "POL002", "provider: this must be text"),
        ("Australia/Sydney", "Mars/North", "POL002", "timezone: Mars/North is not a time zone"),
        ("counts: true, monitoring: full", "monitoring: full", "POL003", "agreements full needs the key counts"),
        ("counts: true, monitoring: full", "counts: 1", "POL002", "counts: 1 is neither true nor false"),
        ("provider:", "provder:", "POL003", "the file needs the key provider"),
    ],
)
def test_one_mistake_in_policy_is_one_finding(old: str, new: str, code: str, message: str):
    assert POLICY.count(old) == 1
    found = shaped(Policy, read("policy.yml", POLICY.replace(old, new).encode())[0], "POL")
    assert found.problems[0].code == code
    assert found.problems[0].message.startswith(message)
    assert [one.code for one in found.problems[1:]] in ([], ["POL001"])


@pytest.mark.parametrize("text", ["- a list\n", "just text\n", "5\n", "null\n", "[]\n"])
def test_a_file_that_holds_no_keys_is_told_so(text: str):
    found = client(text)
    (problem,) = found.problems
    assert "must hold keys and values" in problem.message
    assert found.doubts == {()}
    assert found.model is not None
    assert found.model.client == "slug"


def test_an_unreadable_file_is_told_by_the_reader_alone():
    found = client("client: [never closed\n")
    assert () in found.doubts
    assert not [problem for problem in found.problems if "keys and values" in problem.message]


def test_the_doubts_of_the_reader_reach_the_parts_they_touch_and_no_others():
    text = "client: Somebody\nsetups:\n  - {id: a, product: b, version: 1.10}\n  - {id: c, product: d}\n"
    found = client(text)
    assert found.model is not None
    assert [one.doubtful for one in found.model.setups] == [True, False]
    assert found.model.doubtful


def test_parts_below_are_all_parts_in_the_order_of_the_model():
    text = (
        "client: Somebody\nsites: [{id: a, name: A}]\nsetups: [{id: b, product: c, procedures: {x-y: {before: Z}}}]\n"
    )
    parts = list(parts_below(record(text).client))
    assert [type(part).__name__ for part in parts] == ["Client", "Place", "Setup", "Defaults", "Difference"]
    assert parts[-1].at("before") == ("setups", 0, "procedures", "x-y", "before")


def test_a_part_that_was_pickled_is_the_same_and_stands_where_it_stood():
    broken = "client: A\nsetups:\n  - {id: b, product: c, items: [{name: D}]}\n  - {id: e, product: 5}\n"
    for text in ("client: A\nsetups: [{id: b, product: c, items: [{name: D}]}]\n", broken):
        before = record(text).client
        after = pickle.loads(pickle.dumps(before))
        assert after == before
        assert (after.doubts, after.doubtful) == (before.doubts, before.doubtful)
        assert [one.at() for one in parts_below(after)] == [one.at() for one in parts_below(before)]
        assert after.model_dump(exclude_unset=True) == before.model_dump(exclude_unset=True)


def test_parts_are_frozen():
    setup = record("client: A\nsetups: [{id: b, product: c}]\n").client.setups[0]
    assert isinstance(setup, Setup)
    with pytest.raises(ValueError, match="frozen"):
        setup.product = "d"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("word", "known", "nearest"),
    [("ful", ["full", "ad_hoc"], "did you mean full?"), ("FULL", ["full"], "did you mean full?"), ("x", ["full"], "")],
)
def test_the_nearest_known_word_is_offered(word: str, known: list[str], nearest: str):
    assert closest(word, known) == nearest


def test_whole_numbers_may_be_written_with_a_point():
    found = client("client: A\nschema: 1.0\ncopies: [{id: a, immutable_days: 30.0}]\n")
    assert found.problems == ()
    assert found.model is not None
    assert found.model.copies[0].immutable_days == 30


def test_a_key_without_a_value_is_never_as_if_it_were_not_there():
    text = """
        client: A
        owner:
        aliases: []
        groups: [null]
        foo: {owner: null}
        reviewed: {on: , by: X}
        agreements:
          - {id: A, type: full, covers: [{service: monitoring, setups: }]}
          - {id: B, type: full, cancelled_on: }
          - {id: C, type: full, billing: {every: month, prepaid_through: ~}}
          - {id: D, type: full}
        """
    found = client(textwrap.dedent(text))
    end = "is empty: write its value, or take"
    assert sorted(told(found)) == sorted(
        [
            ("REC001", ("foo",), "unknown key foo"),
            ("REC002", ("owner",), f"owner {end} the key out"),
            ("REC002", ("groups", 0), f"entry 1 {end} it out"),
            ("REC002", ("reviewed", "on"), f"on {end} the key out"),
            ("REC002", ("agreements", 0, "covers", 0, "setups"), f"setups {end} the key out"),
            ("REC002", ("agreements", 1, "cancelled_on"), f"cancelled_on {end} the key out"),
            ("REC002", ("agreements", 2, "billing", "prepaid_through"), f"prepaid_through {end} the key out"),
        ]
    )
    assert found.model is not None
    assert [one.doubtful for one in found.model.agreements] == [True, True, True, False]


@pytest.mark.parametrize(
    "text",
    [
        "reviewed: {on: 2027-02-31, by: X}",
        "contacts: [{name: X, phone: 0255500151}]",
        "setups: [{id: a, product: b, version: 12.10}]",
        "agreements: [{id: A, type: full, renews: yes}]",
        "owner: *x",
    ],
)
def test_what_the_reader_said_of_a_value_is_not_said_twice(text: str):
    document, problems = read("x.yml", f"client: A\n{text}\n".encode())
    found = shaped(Client, document, "REC")
    assert len(problems) == 1
    assert found.problems == ()
    assert found.doubts


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('schema: "1"', 'schema: "1" is text', "write 1 without quotes"),
        ("status: [active]", "status: this is a list: write one of prospect, onboarding", ""),
        ('agreements: [{id: A, type: x, open_ended: "true"}]', 'open_ended: "true" is text', "write true without"),
        ("agreements: [{id: A, type: x, open_ended: [1]}]", "open_ended: a list is neither true", "write true or"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_as_what_it_is(text: str, message: str, hint: str):
    (problem,) = client(f"client: A\n{text}\n").problems
    assert problem.message.startswith(message)
    assert problem.help.startswith(hint)


def test_many_mistakes_are_all_told():
    entries = "".join(f"  - {{id: a{number}, wrong{number}: 1}}\n" for number in range(200))
    found = client(f"client: A\nsites:\n{entries}")
    assert len(found.problems) == 400
    assert found.model is not None
    assert found.model.sites == ()


def test_of_a_misspelt_key_the_key_that_was_meant_is_in_doubt_too():
    found = client("client: Somebody\ncopys: []\nsetups: [{id: main, product: other, item: []}]\n")
    assert found.doubts == {("copys",), ("copies",), ("setups", 0, "item"), ("setups", 0, "items")}


def test_a_key_that_is_there_is_not_meant_by_a_misspelt_one():
    found = client("client: Somebody\ncopies: []\ncopys: []\nzzz: 1\n")
    assert found.doubts == {("copys",), ("zzz",)}


def test_a_misspelt_key_and_an_ambiguous_value_come_with_a_fix():
    text = "client: Somebody\nownr: Boss\naliases: [NO]\n"
    report = checked({"clients/somebody.yml": text})
    fixes = {one.code[:3]: one.fix for one in report.findings if one.fix}
    assert fixes == {"REC": Fix("owner"), "YML": Fix('"NO"', safe=True)}
    assert report.fixable == 2
