"""What counts as the provider's own address, however it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.mailbox import Addresses, boxes, canonical, ours

HELP, DOMAIN, HOOK = "help@provider.example", "@alerts.provider.example", "https://hooks.psa.provider.example/"
BOXES = [HELP, DOMAIN, HOOK]


@pytest.mark.parametrize(
    "text",
    [
        "help@provider.example",
        "HELP@Provider.EXAMPLE",
        "help+dental@provider.example",
        "help+a+b@provider.example",
        "help@provider.example.",
        "Write to help@provider.example, then wait.",
        "(help@provider.example)",
        "[mail](mailto:help@provider.example?subject=x)",
        "<help@provider.example>",
        "Help desk <help@provider.example>",
        "a@client.example;help@provider.example",
        "a@client.example,help@provider.example|x",
        "'help@provider.example'",
        '"help"@provider.example',
        "to=help@provider.example&cc=x",
        "help%40provider.example",
        "help%2Btag%40provider.example",
        "https://x.example/?to=help%40provider.example",
        "help&#64;provider.example",
        "help&#x40;provider.example",
        "help&commat;provider.example",
        "help@provider&period;example",
        "\uff48\uff45\uff4c\uff50@provider.example",  # full width
        "help\uff20provider.example",
        "help@provider\uff0eexample",
        "help@provider\u3002example",  # the full stop of Chinese, which a browser takes for a dot
        "he\u200blp@provider.example",  # a space of no width
        "help\u00ad@provider.example",  # a hyphen that shows only at a line's end
        "help@\u2060provider.example\ufeff",
        "h\u0435lp@provider.example, help@provider.example",
        "**help**@provider.example",
        "`help@provider.example`",
        "help\\@provider.example",
        "help@provider\\.example",
        "help@<!-- x -->provider.example",
        "line\nhelp@provider.example\nline",
    ],
)
def test_an_address_is_found_however_it_is_written(text: str):
    assert ours(text, BOXES) == (HELP,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "help",
        "provider.example",
        "help@client.example",
        "nohelp@provider.example",
        "help.desk@provider.example",
        "help@provider.example.org",
        "help@notprovider.example",
        "help@sub.provider.example",
        "help @ provider.example",
        "nightly@notalerts.provider.example",
        "nightly@alerts.provider.example.org",
        "alerts.provider.example",
        "https://hooks.psa.provider.example.org/",
        "https://provider.example/",
        "h\u0435lp@provider.example",  # a Cyrillic letter: another address
    ],
)
def test_what_only_looks_like_it_is_not_found(text: str):
    assert ours(text, BOXES) == ()


@pytest.mark.parametrize(
    "text",
    [
        "x@alerts.provider.example",
        "X+y@ALERTS.provider.example",
        "x@eu.alerts.provider.example",
        "a@b.c.alerts.provider.example.",
    ],
)
def test_a_domain_is_every_address_there_and_below(text: str):
    assert ours(text, BOXES) == (DOMAIN,)


@pytest.mark.parametrize(
    "text",
    [
        "https://hooks.psa.provider.example/",
        "HTTPS://Hooks.PSA.provider.example/in/42?key=x",
        "Post to <https://hooks.psa.provider.example/1>.",
        "[hook](https://hooks.psa.provider.example/1)",
        "https%3A%2F%2Fhooks.psa.provider.example%2F1",
    ],
)
def test_a_hook_is_found_wherever_it_stands(text: str):
    assert ours(text, BOXES) == (HOOK,)


def test_every_address_of_a_text_is_named_once_and_in_order():
    text = (
        "help@provider.example, HELP+x@provider.example, a@alerts.provider.example, https://hooks.psa.provider.example/"
    )
    assert ours(text, [*BOXES, *BOXES]) == tuple(sorted(BOXES))


def test_the_policys_own_spelling_does_not_matter():
    for box in ("Help@Provider.Example", "help+all@provider.example", "help@provider.example."):
        assert ours("help@provider.example", [box]) == (box,)
    assert ours("x@provider.example", ["@Provider.EXAMPLE"]) == ("@Provider.EXAMPLE",)


def test_without_mailboxes_nothing_is_ours():
    assert ours("help@provider.example", []) == ()


@given(st.text())
def test_any_text_can_be_asked_about(text: str):
    assert set(ours(text, BOXES)) <= set(BOXES)


@given(st.text(alphabet=st.characters(exclude_characters="@%&\\`*<>-+."), max_size=20))
def test_what_stands_around_with_spaces_never_hides_an_address(text: str):
    assert HELP in ours(f"{text} help@provider.example {text}", BOXES)


@given(st.text())
def test_the_one_form_of_an_ascii_text_is_lower_case(text: str):
    assert canonical(text) == canonical(text).casefold()


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("Backups+Shop@Provider.Example", ("backups@provider.example",)),
        ("Help desk <help@provider.example>, b@provider.example.", ("help@provider.example", "b@provider.example")),
        ("@Alerts.provider.example", ("@alerts.provider.example",)),
        ("https://hooks.psa.provider.example/1", ("https://hooks.psa.provider.example/1",)),
        ("the morning desk", ()),
        ("", ()),
    ],
)
def test_a_value_names_addresses_in_one_form(value: str, named: tuple[str, ...]):
    assert boxes(value) == named


@pytest.mark.parametrize(
    "text",
    [
        "help@provider.example!", "“help@provider.example”", "«help@provider.example»", "help@provider.example’s",
        "–help@provider.example—", "_help@provider.example_", "~~help@provider.example~~", "#help@provider.example#",
        "$help@provider.example^", "+help@provider.example-", "he\ufe0flp@provider.example",
        "he\u034flp@prov\u3164ider.example", "HELP@Provider.Example", "help＠provider.example",
        "help+dental@provider.example", "x@a.b.alerts.provider.example.", "http://hooks.psa.provider.example/x",
        "__help__@provider.example", "_help_@provider.example", "help@__provider.example__",
        "help&amp;#64;provider.example", "help%2540provider.example", "&amp;amp;#104;elp@provider.example",
        "https://hooks.psa.provider.example:443/x", "hooks.psa.provider.example", "HTTPS://HOOKS.psa.provider.example",
    ],
)  # fmt: skip
def test_whatever_stands_around_an_address_it_is_found(text: str):
    assert ours(text, BOXES)
    assert ours(f"Send it to {text} now", BOXES)


@pytest.mark.parametrize(
    "text",
    [
        "help_@provider.example",
        "xhelp@provider.example", "x.help@provider.example", "my-help@provider.example", "a_help@provider.example",
        "help@provider.example.com", "help@provider.examples", "help@provider-example", "help@sub.provider.example",
        "hooks.psa.provider.example.org", "xhooks.psa.provider.example", "@alerts.provider.example",
    ],
)  # fmt: skip
def test_another_address_is_another_address(text: str):
    assert ours(text, BOXES) == ()


PARTS = ("alerts", "help+x", "@", "_", "__", "<", '"', "provider.example", "p.example", "sub.p.example",
         "hook.example/y", "&#64;", "%40", ".", "-", " ", ":443", "–", "＠")  # fmt: skip
MANY = ("alerts@provider.example", "help+x@p.example", "alerts@sub.p.example", "@p.example", "https://hook.example/y")


@given(st.lists(st.sampled_from(PARTS), max_size=9).map("".join), st.sets(st.sampled_from(MANY), min_size=1))
def test_of_many_addresses_those_are_named_that_would_be_found_one_by_one(text: str, known: set[str]):
    said = canonical(text)
    likely = [box for box in known if all(part in said for part in box.split("@"))]
    assert Addresses(known).named(said) == ours(said, likely)
    assert sorted(Addresses(known)) == sorted(known)
