"""Whom a page or a file in docs/ is about, when our mailbox stands in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from runbooks import gate
from runbooks.findings import Blocks
from runbooks.report import Report
from tests.sample import AGREEMENT, POLICY, TODAY, agreed, checked, codes, planted, read, the

BARE = "client: Three Stems Florist\naliases: [the florist]\nno_backup: {told_on: 2026-05-06}\n"
WATCHED = agreed(AGREEMENT, client="Harbour Dental")
RECORDS = {"clients/three-stems.yml": BARE, "clients/harbour-dental.yml": WATCHED}
SENTENCE = "Alerts are copied to help@provider.example.\n"


def found(text: str, name: str = "page.md") -> list[str]:
    return codes(checked({**RECORDS, f"docs/{name}": text}))


@pytest.mark.parametrize(
    "text",
    [
        f"# Three Stems Florist\n\n{SENTENCE}",
        f"# Notes\n\n## Three Stems Florist\n\nSome text.\n\n- A list\n- {SENTENCE}",
        f"- Three Stems Florist\n\n    {SENTENCE}",
        f"- Three Stems Florist\n  - {SENTENCE}",
        f"---\ntitle: Three Stems Florist\n---\n{SENTENCE}",
        f"The florist: {SENTENCE}",
        "| Client | Alerts |\n|---|---|\n| three-stems | help@provider.example |\n",
        f"---\nclient: harbour-dental\n---\nThree Stems Florist: {SENTENCE}",
        f"---\nclient: three-stems\n---\n{SENTENCE}",
        "---\nclient: three-stems\ndescription: write to help@provider.example\n---\nText.\n",
    ],
)
def test_a_page_that_names_a_client_without_monitoring_may_not_name_our_mailbox(text: str):
    assert "AGR012" in found(text)


@pytest.mark.parametrize("name", ["three-stems.md", "three-stems-notes.md", "clients-of-old/three_stems.md"])
def test_the_name_of_a_file_says_whom_it_is_about(name: str):
    assert "AGR012" in found(SENTENCE, name)


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        f"# Harbour Dental\n\n{SENTENCE}",
        f"# Three Stems Florist\n\nThey look after it themselves.\n\n# Ourselves\n\n{SENTENCE}",
        f"Three Stems Florist has no backup.\n\n{SENTENCE}",
        f"- Three Stems Florist\n- {SENTENCE}",
    ],
)
def test_a_page_about_others_may_name_it(text: str):
    assert "AGR012" not in found(text)


def in_folder(root: Path, name: str, content: str | bytes) -> Report:
    return gate.check(read(planted(root, {"policy.yml": POLICY, **RECORDS, f"docs/{name}": content}), TODAY))


@pytest.mark.parametrize("name", ["list.csv", "old.html", "data.json", "sub/notes.txt"])
def test_a_file_that_is_no_page_may_not_name_both_in_one_line(name: str, tmp_path: Path):
    finding = the(in_folder(tmp_path, name, "a\nThree Stems Florist;help@provider.example\n"), "AGR031")
    assert (finding.place.file, finding.place.line, finding.blocks) == (f"docs/{name}", 2, Blocks.SITE)


def test_a_file_may_name_them_apart_and_a_picture_is_no_text(tmp_path: Path):
    apart = in_folder(
        tmp_path / "a", "list.csv", "Three Stems Florist\nhelp@provider.example\nHarbour Dental;help@provider.example\n"
    )
    picture = in_folder(tmp_path / "b", "a.png", b"\x89PNG\xff Three Stems Florist help@provider.example")
    assert "AGR031" not in [*codes(apart), *codes(picture)]
