"""What looks documented and is not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.sample import STANDARD, TODAY, changed, checked, codes, the

PRODUCT: Mapping[str, Any] = {
    "name": "Harbour Box",
    "vendor": "Harbour",
    "written_for": "4",
    "summary": "Copies machines.",
    "protects": ["server", "workstation", "mailbox"],
    "recoverability": "image",
    "console": "A window.",
    "mac": {"possible": False, "why": "It speaks no Mac."},
}
GUIDE = """\
---
title: Do it
level: L1
trigger: When asked.
minutes: 5
permission: Nobody's.
needs: none
escalate_after_minutes: 10
undo: Undo it.
---
# Do it
"""


def lacks(item: Mapping[str, Any], *procedures: str, **product: Any) -> list[str]:
    """The messages about one item in a product with these procedures."""
    folder = "templates/products/harbour-box"
    setup = {"id": "main", "product": "harbour-box", "items": [{"name": "THING", **item}]}
    files = {
        "policy.yml": STANDARD,
        "clients/somebody.yml": json.dumps({"client": "Somebody", "setups": [setup]}),
        f"{folder}/product.yml": json.dumps(changed(PRODUCT, **product)),
        **{f"{folder}/{name}.md": GUIDE for name in procedures},
    }
    return [one.message for one in checked(files).findings if one.code == "DOC023"]


def test_a_server_needs_the_procedure_that_brings_it_back():
    assert lacks({"kind": "server"}) == ["THING: Harbour Box has no restore-machine.md"]
    assert lacks({"kind": "server"}, "restore-machine") == []
    assert lacks({"kind": "server"}, without={"restore-machine": "Install it anew."}) == []


def test_a_mailbox_needs_one_that_brings_back_mailboxes_whatever_the_product_says_instead():
    assert lacks({"kind": "mailbox"}, without={"restore-mailbox": "It does not do mail."})
    assert lacks({"kind": "mailbox"}, "restore-mailbox") == []


def test_a_mac_needs_a_product_that_can_protect_it():
    assert lacks({"kind": "workstation", "os": "macos"}) == [
        "THING: Harbour Box has no add-workstation-mac.md (It speaks no Mac.)"
    ]
    assert lacks({"kind": "workstation", "os": "windows"}) == []


def test_a_kind_that_the_product_does_not_protect_is_told():
    assert lacks({"kind": "saas_tenant"}) == ["THING: Harbour Box does not protect a saas tenant"]


def test_what_is_retired_needs_nothing():
    assert lacks({"kind": "mailbox", "retired_on": "2026-01-01"}) == []


@pytest.mark.parametrize(
    ("day", "found"),
    [("2026-05-26", []), ("2026-05-25", ["DOC025"]), ("2020-01-01", ["DOC025"]), ("26.5.2026", ["DOC025"])],
)
def test_a_page_that_says_when_it_was_read_is_read_again_in_time(day: str, found: list[str]):
    page = f"---\nreviewed: {day}\n---\n# A page\n"
    report = checked({"policy.yml": STANDARD, "clients/a.yml": "client: A\n", "docs/a.md": page})
    assert [code for code in codes(report) if code == "DOC025"] == found


def test_a_page_that_does_not_say_when_it_was_read_is_not_asked():
    report = checked({"policy.yml": STANDARD, "clients/a.yml": "client: A\n", "docs/a.md": "# A page\n"})
    assert "DOC025" not in codes(report)


def test_a_price_list_has_a_rule_of_its_own():
    policy = STANDARD.replace("monitoring: alert_only}", "monitoring: alert_only, price_list: docs/a.md}")
    page = "---\nreviewed: 2026-01-01\n---\n# Prices\n"
    assert "DOC025" not in codes(checked({"policy.yml": policy, "clients/a.yml": "client: A\n", "docs/a.md": page}))


def test_the_set_ups_of_others_are_not_asked_for_their_steps_and_jobs():
    setup = {"id": "main", "product": "other", "product_name": "Tape", "managed_by": "client"}
    text = json.dumps({"client": "A", "setups": [{**setup, "jobs": [{"name": "X"}], "steps": [{"do": "Wait."}]}]})
    assert not {"DOC022", "DOC024"} & set(codes(checked({"policy.yml": STANDARD, "clients/a.yml": text})))


def test_a_step_without_an_expectation_stands_at_the_step():
    text = (
        "client: A\nsetups:\n  - id: main\n    product: other\n    product_name: Tape\n    steps:\n      - do: Wait.\n"
    )
    finding = the(checked({"policy.yml": STANDARD, "clients/a.yml": text}, TODAY), "DOC024")
    assert finding.place.line == 7
