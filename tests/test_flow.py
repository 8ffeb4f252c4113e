"""The drawing of the backups: every item, job and copy is in it, in the right order, and says nothing as markup."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.pages.drawing import Box, Flow, drawn
from runbooks.pages.flow import flow
from tests import sample
from tests.sample import RECORD, changed

SETUP: dict[str, Any] = {
    "id": "main",
    "product": "other",
    "product_name": "Tape",
    "items": [{"name": "SRV1"}, {"name": "SRV2"}, {"name": "LAPTOP"}],
    "jobs": [
        {"name": "Nightly", "items": ["srv1", "srv2"], "to": "shelf", "schedule": "daily at 22:00"},
        {"name": "Away", "from": "shelf", "to": "cloud", "schedule": "after Nightly"},
    ],
}
COPIES = [
    {"id": "shelf", "medium": "nas", "site": "high"},
    {"id": "cloud", "site": "offsite", "medium": "object", "immutable_days": 30},
]


def drawing(**changes: Any) -> dict[str, Any] | None:
    base = {"sites": [{"id": "high", "name": "High Street"}], "copies": COPIES, "setups": [SETUP], **changes}
    fleet = sample.fleet({"clients/somebody.yml": json.dumps(changed(RECORD, **base))})
    return flow(fleet.records[0].client, fleet.policy, fleet.as_of)


def parsed(found: dict[str, Any] | None) -> ET.Element:
    assert found is not None
    return ET.fromstring(str(found["svg"]))


def test_the_sentences_lead_from_each_item_to_its_last_copy():
    found = drawing()
    assert found is not None
    assert found["words"] == [
        (
            "SRV1, SRV2 → Nightly (daily at 22:00) → shelf (on site: High Street) → Away (after Nightly) → "
            "cloud (off site, locked 30 days)"
        ),
        "LAPTOP: no job",
    ]


def test_the_drawing_is_xml_with_a_title_and_a_box_for_each_thing():
    root = parsed(drawing())
    assert (root.get("role"), root[0].get("id")) == ("img", root.get("aria-labelledby"))
    assert [box[0].text for box in root if box.tag == "g"] == [
        "SRV1, SRV2", "Nightly (daily at 22:00)", "LAPTOP", "shelf (on site: High Street)", "Away (after Nightly)",
        "cloud (off site, locked 30 days)",
    ]  # fmt: skip


def test_every_arrow_leads_to_the_right():
    ways = [part.get("d") or "" for part in parsed(drawing()) if part.get("class") == "rb-flow-way"]
    assert len(ways) == 4
    for way in ways:
        numbers = [int(number) for number in way.replace("M", "").replace("C", " ").split()]
        assert numbers[0] < numbers[-2]


def test_without_a_job_there_is_nothing_to_draw():
    assert drawing(setups=[{**SETUP, "jobs": []}]) is None


def test_a_circle_of_copy_jobs_is_drawn_and_told_once():
    back = {"name": "Back", "from": "cloud", "to": "shelf", "schedule": "after Away"}
    found = drawing(setups=[{**SETUP, "jobs": [*SETUP["jobs"], back]}])
    assert found is not None
    assert any("Back" in words for words in found["words"])
    parsed(found)


def test_what_is_retired_is_not_drawn():
    found = drawing(setups=[{**SETUP, "items": [{"name": "SRV1"}, {"name": "SRV2", "retired_on": "2026-01-01"}]}])
    assert found is not None
    assert not any("SRV2" in words for words in found["words"])


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", 'a"b', "x&y", "]]>", "${x}"])
def test_a_name_is_text_in_the_drawing(name: str):
    jobs = [{"name": name, "items": ["srv1"], "to": "shelf", "schedule": "daily at 22:00"}]
    root = parsed(drawing(setups=[{**SETUP, "jobs": jobs}]))
    assert name in [text.text for text in root.iter("text")]
    assert not list(root.iter("script"))


@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20),
    st.lists(st.sampled_from(["items", "job", "copy-here"]), min_size=8, max_size=8),
)
def test_any_boxes_and_arrows_are_drawn_without_an_end(edges: list[tuple[int, int]], kinds: list[str]):
    found = Flow()
    for number, kind in enumerate(kinds):
        found.add(Box(str(number), kind, (f"box {number}",), f"box {number}"))
    for source, target in edges:
        found.join(str(source), str(target))
    root = ET.fromstring(drawn(found, "A drawing"))
    rects = list(root.iter("rect"))
    assert len(rects) == 8
    places = [(rect.get("x"), rect.get("y")) for rect in rects]
    assert len(set(places)) == 8
