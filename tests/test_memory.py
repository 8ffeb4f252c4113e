"""What is remembered of a file's stretches changes nothing of what is found in it, and less has to be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.shelf import Shelf
from runbooks.site import Site
from runbooks.verify import Read, leaks, memory, pieces, secrets
from runbooks.verify.memory import Memory
from runbooks.verify.remembered import Remembered
from tests.test_pieces import PARTS, pages

FRAME = ("https://edit.example/",)


def read(text: str, known: Memory) -> tuple[object, ...]:
    page = pieces.read(text, "clients/a", FRAME, known.pieces)
    return page.blocks, page.marks, page.watches, page.led_to(), list(secrets._in_page(text, known.secrets))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "cache").mkdir(mode=0o700)
    return tmp_path / "cache" / "texts.sqlite"


def remembered(place: Path, text: str, name: str = "index.html") -> tuple[object, ...]:
    """What a file says, read with what is remembered of it."""
    shelf = Shelf(place)
    known = memory.recalled(shelf, name, FRAME)
    said = read(text, known)
    memory.keep(known, shelf, name, FRAME)
    shelf.save()
    return said


@given(pages, pages, st.sampled_from(PARTS))
@settings(max_examples=60, deadline=None)
def test_a_page_says_the_same_whatever_is_remembered_of_it(
    tmp_path_factory: pytest.TempPathFactory, first: str, then: str, more: str
):
    place = tmp_path_factory.mktemp("cache") / "texts.sqlite"
    for text in (first, then, first, f"{first}\n{more}"):
        assert remembered(place, text) == read(text, Memory())


def rows(count: int, changed: int = -1) -> str:
    names = (f"North Bay {'again' if number == changed else ''} {number:04}" for number in range(count))
    return "".join(f'<tr>\n<td><a href="n/">{name}</a></td>\n<td>Password: none</td>\n</tr>\n' for name in names)


def test_of_a_long_list_only_what_has_changed_is_read_again(place: Path):
    before = remembered(place, rows(300))
    pieces._stretch.cache_clear()
    secrets._of_lines.cache_clear()
    assert remembered(place, rows(300)) == before
    assert (pieces._stretch.cache_info().misses, secrets._of_lines.cache_info().misses) == (0, 0)
    assert remembered(place, rows(300, changed=7)) != before
    assert 0 < pieces._stretch.cache_info().misses < 10
    assert 0 < secrets._of_lines.cache_info().misses < 10


def test_a_secret_that_was_remembered_is_found_again(place: Path):
    text = rows(40) + "<p>Password: kX9!vQ2#zLp7</p>\n"
    assert [remembered(place, text)[-1] for _ in range(2)] == [["kX9!vQ2#zLp7"]] * 2


@pytest.mark.parametrize("damage", [b"", b"{", b'{"pieces": {"a": 1}}', b'{"pieces": [], "secrets": {}}', b"\xff\0"])
def test_what_is_damaged_is_not_remembered(place: Path, damage: bytes):
    before = read(rows(40), Memory())
    shelf = Shelf(place)
    shelf.put(memory._key("index.html", FRAME), damage)
    shelf.save()
    assert remembered(place, rows(40)) == before


def test_what_is_nothing_is_asked_for_each_time():
    asked = list[str]()

    def nothing(text: str) -> str | None:
        asked.append(text)
        return None

    known = Remembered[str]()
    assert [known.of("a", nothing), known.of("a", nothing)] == [None, None]
    assert asked == ["a", "a"]
    assert not known.grown


@pytest.mark.parametrize(
    ("last", "kept"), [("<p>Password: kX9!vQ2#zLp7</p>", False), ("<p>Telephone: 555 0100</p>", True)]
)
def test_nothing_is_written_down_of_a_file_in_which_a_secret_was_found(
    tmp_path: Path, place: Path, small_made: Site, last: str, *, kept: bool
):
    (tmp_path / "site").mkdir()
    (tmp_path / "site/list.html").write_text(f"{rows(900)}{last}\n", encoding="utf-8")
    shelf = Shelf(place)
    found = leaks(tmp_path / "site", small_made.fleet, None, Read(shelf, {}))
    shelf.save()
    assert ("SEC004" in {one.code for one in found}) is not kept
    assert (place.is_file() and b"North Bay  0899" in place.read_bytes()) is kept
    assert not place.is_file() or b"kX9!vQ2" not in place.read_bytes()
