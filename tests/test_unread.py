"""What the emergency pages say of a part of the record that could not be read: that, and never that there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from runbooks import gate, site
from runbooks.pages.book import book
from tests import sample, small

DENIALS = (
    "The record names nobody",
    "There is no set-up in the record",
    "Nothing is documented",
    "The record names no copy",
    "There is no agreement. ",
    "The record describes no set-up",
    "The record lists nothing",
    "the record gives no number",
)


def pages(tmp_path: Path, text: str) -> tuple[str, str]:
    """Overview and restore page of a record beside those of the small site."""
    folder = small.green(tmp_path / "site")
    (folder / "clients" / "somebody.yml").write_text(text, encoding="utf-8", newline="\n")
    fleet = sample.read(folder)
    made = book(fleet, gate.check(fleet), site.loader(fleet.root))
    texts = {page.uri: page.markdown for page in made.pages}
    return texts["clients/somebody/index.md"], texts["clients/somebody/restore.md"]


def test_a_slip_in_the_first_lines_leaves_contacts_and_copies_on_the_pages(tmp_path: Path):
    overview, restore = pages(
        tmp_path,
        "client: Somebody\n"
        "warning: Attention: ring first\n"
        "contacts: [{name: Practice manager, phone: '+61 2 5550 0151'}]\n"
        "copies: [{id: shelf, name: The shelf, medium: tape}]\n",
    )

    assert "Practice manager" in overview
    assert "The shelf" in overview
    assert "The shelf" in restore


@pytest.mark.parametrize("text", ["client: [never closed\n", "client: Somebody\nwarning: a: b\n"])
def test_nothing_is_denied_of_a_record_that_could_not_be_read(tmp_path: Path, text: str):
    for page in pages(tmp_path, text):
        assert "could not be read" in page
        assert [denial for denial in DENIALS if denial in page] == []


def test_of_one_part_that_could_not_be_read_only_that_part_is_said_to_be_so(tmp_path: Path):
    overview, restore = pages(tmp_path, "client: Somebody\ncontacts: nobody\ncopies: 5\n")

    assert "The record names nobody" not in overview
    assert "The record names no copy" not in overview + restore
    assert "There is no set-up in the record" in overview
    assert "There is no agreement. " in overview


def test_a_record_that_was_read_says_what_is_not_there(tmp_path: Path):
    overview, restore = pages(tmp_path, "client: Somebody\n")

    assert "This part of the record could not be read" not in overview + restore
    assert "The record names nobody" in overview
