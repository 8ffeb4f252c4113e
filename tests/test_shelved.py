"""Pages and sentences that no record decides about: kept they are what they were made, and nothing damaged is taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from runbooks import site
from runbooks.catalogue import Need
from runbooks.pages import shelved as pages
from runbooks.pages.page import Page
from runbooks.pages.press import Broken, Press, press
from runbooks.pages.rulebook import rule_pages
from runbooks.pages.shelved import Shelved, shelved
from runbooks.shelf import Shelf, digest
from runbooks.site import Site
from runbooks.templates import TemplateProblem
from runbooks.verify import sentences
from tests import small

DAMAGE = (b"", b"[", b"{}", b'[{"uri": 1}]', b"\xff\0")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    (tmp_path / "cache").mkdir(mode=0o700)
    return Shelf(tmp_path / "cache" / "texts.sqlite")


@pytest.fixture
def tools(small_made: Site, shelf: Shelf) -> Press:
    kept = Shelved(shelf, b"made of")
    return press(small_made.fleet, small_made.report, site.loader(small_made.fleet.root), shelved=kept)


def nothing(_: Press) -> Iterator[Page]:
    raise AssertionError("this makes pages")


def test_pages_of_rules_are_taken_as_they_were_made(tools: Press):
    with small.few_rules():
        first = list(rule_pages(tools))
        assert first == list(rule_pages(replace(tools, shelved=None)))
        assert list(rule_pages(tools)) == first
    assert list(shelved(tools, "other", lambda _: first)) == first
    assert list(shelved(tools, "other", nothing)) == first


def test_they_are_made_again_where_what_makes_them_has_changed(tools: Press, shelf: Shelf):
    with small.few_rules():
        list(rule_pages(tools))
    other = replace(tools, shelved=Shelved(shelf, b"made of something else"))
    with pytest.raises(AssertionError, match="this makes pages"):
        list(shelved(other, "rules", nothing))


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_pages_are_none(tools: Press, shelf: Shelf, damage: bytes):
    shelf.put(digest(b"pages", b"other", b"made of"), damage)
    made = [Page(uri="a.md", title="A", kind="rule", markdown="# A")]
    assert list(shelved(tools, "other", lambda _: made)) == made


def test_pages_of_a_template_that_failed_are_not_kept(tools: Press):
    def broken(press: Press) -> Iterator[Page]:
        press.broken.append(Broken(TemplateProblem("a.md", 1, "it fails"), "a.md", "", withheld=False))
        yield Page(uri="a.md", title="A", kind="rule", markdown="# A")

    for times in (1, 2):
        list(shelved(tools, "other", broken))
        assert len(tools.broken) == times
    assert pages.PAGES.validate_json(b"[]") == ()


class Damaged(Shelf):
    """A shelf on which the same lies under every key."""

    def __init__(self, value: bytes) -> None:
        super().__init__(None)
        self.value = value

    def get(self, key: bytes) -> bytes | None:  # noqa: ARG002 - whatever is asked for
        return self.value


NEEDS: tuple[Need, ...] = ("monitoring", "repair")


@pytest.mark.parametrize("need", NEEDS)
def test_sentences_are_those_of_before_and_nothing_damaged(small_made: Site, shelf: Shelf, need: Need):
    catalogue = small_made.fleet.catalogue
    plain = tuple(sentences.guarded(catalogue, need))
    assert len(plain) > 5
    for _ in range(2):
        assert tuple(sentences.guarded(catalogue, need, shelf)) == plain
    assert shelf.news == 1
    for value in (*DAMAGE, b"[1]"):
        assert tuple(sentences.guarded(catalogue, need, Damaged(value))) == plain
