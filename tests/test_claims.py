"""The table of claims: complete, and everything that it names exists."""

from __future__ import annotations

import re
import typing
from pathlib import Path

import pytest

from runbooks.pages.folder import NAMES
from runbooks.parts import Part
from runbooks.policy import AgreementTypes, Policy
from runbooks.rules.registry import RULES
from runbooks.site import Site
from tests import small

PAGE = small.REPOSITORY / "docs" / "claims.md"
TEXT = PAGE.read_text(encoding="utf-8")
CLAIMS = [f"R-{number:02}" for number in range(1, 32)]
TECHNICAL = [
    f"T-{family}-{number:02}"
    for family, last in (("REC", 6), ("SEC", 4), ("REF", 3), ("DOC", 4), ("INV", 7), ("POL", 1))
    for number in range(1, last + 1)
]
OURS = ("AGR", "BKP", "SEC", "DOC", "WVR", "POL", "INV")
"""The families of which every rule has its place on the page."""
COLUMNS = ("claim", "words", "rules", "pages", "policy", "different")

LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
CODE = re.compile(r"[A-Z]{3}\d{3}")


def rows() -> list[dict[str, str]]:
    """The rows of the two tables of claims."""
    lines = [line for line in TEXT.splitlines() if re.match(r"\| (?:R|T)-", line)]
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    assert all(len(row) == len(COLUMNS) for row in cells)
    return [dict(zip(COLUMNS, row, strict=True)) for row in cells]


@pytest.fixture(scope="module")
def made(sample_made: Site) -> Site:
    return sample_made


def test_every_claim_and_every_technical_rule_has_its_row_once_and_in_order():
    assert [row["claim"] for row in rows()] == CLAIMS + TECHNICAL


def test_every_claim_became_a_rule_a_page_or_a_setting():
    for row in rows():
        assert row["words"].endswith("."), row
        assert row["rules"] or row["pages"] or row["policy"], row


def test_every_rule_that_the_page_names_exists_and_leads_to_its_own_page():
    links = [(words, target) for words, target in LINK.findall(TEXT) if CODE.fullmatch(words)]

    assert links
    for code, target in links:
        assert code in RULES, code
        assert target == f"rules/{code.lower()}.md"
    assert CODE.findall(LINK.sub("", TEXT)) == []


def test_every_page_that_the_page_names_exists(made: Site):
    generated = {page.uri for page in made.book.pages}
    written = {page.file.removeprefix("docs/") for page in made.fleet.written}
    titles = {*NAMES.values(), "Set-up"}

    for _, target in LINK.findall(TEXT):
        assert target in generated | written, target
    for row in rows():
        assert set(re.findall(r"\*([^*]+)\*", row["pages"])) <= titles, row


def fields(model: type[Part], name: str) -> type[Part] | None:
    """The part that a key of a part holds, where it holds one."""
    if model is AgreementTypes and name not in model.model_fields:
        return None
    annotation = model.model_fields[name].annotation
    parts = [one for one in (annotation, *typing.get_args(annotation)) if isinstance(one, type)]
    return next((one for one in parts if issubclass(one, Part)), None)


def test_every_setting_that_the_page_names_exists():
    for row in rows():
        for path in re.findall(r"`([^`]+)`", row["policy"]):
            part: type[Part] | None = Policy
            for name in path.split("."):
                assert part is not None, path
                assert name in part.model_fields, path
                part = fields(part, name)
        assert re.sub(r"`[^`]+`|[, ]", "", row["policy"]) == ""


def test_every_rule_of_these_families_is_named_by_a_claim_or_is_one_of_our_own():
    claimed = {code for row in rows() for code in CODE.findall(row["rules"])}
    own = re.findall(r"^\| \[([A-Z]{3}\d{3})\]\([^)]+\) \| (.+) \|$", TEXT, re.MULTILINE)
    codes = [code for code, _ in own]

    assert all(why.endswith(".") for _, why in own)
    assert len(codes) == len(set(codes))
    assert codes == sorted(codes)
    assert claimed & set(codes) == set()
    assert {code for code in RULES if code.startswith(OURS)} <= claimed | set(codes)


def test_the_page_is_in_the_navigation():
    assert f": {PAGE.name}" in Path(small.REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8")
