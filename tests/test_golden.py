"""Goldens: a page of each kind and each report of a small fixed site, word for word.

`pytest tests/test_golden.py --update-golden` writes them anew; what changed is then seen in the difference of git.
The page of rules is left out: it holds nothing but the words of the rules.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from runbooks import gate, reports, site
from runbooks.pages.book import book
from runbooks.pages.markdown import markdown
from runbooks.pages.page import Page
from runbooks.site import Site
from tests import sample, small

GOLDENS = Path(__file__).resolve().parent / "goldens"
PAGES = (
    "index.md",
    "clients/index.md",
    "alerts.md",
    "agreements.md",
    "products/index.md",
    "products/harbour-box.md",
    "cost.md",
    "waivers.md",
    "profiles.md",
    "referral.md",
    "insurer.md",
    "fleet/index.md",
    "fleet/coverage.md",
    "fleet/restore-tests.md",
    "fleet/recoverability.md",
    "fleet/reviews.md",
    "clients/harbour-dental/index.md",
    "clients/harbour-dental/setup-servers.md",
    "clients/harbour-dental/restore.md",
    "clients/harbour-dental/monitoring.md",
    "clients/harbour-dental/print.md",
    "clients/harbour-dental/servers/daily-check.md",
    "clients/harbour-dental/servers/restore-file.md",
    "clients/pine-road-vets/setup-clinic.md",
    "clients/pine-road-vets/monitoring.md",
    "clients/corner-florist/index.md",
    "clients/corner-florist/not-monitored.md",
    "clients/odd-name/index.md",
    "clients/odd-name/setup-main.md",
    "clients/lapsed-legal/not-monitored.md",
    "clients/torn-record/index.md",
    "clients/torn-record/setup-office.md",
)

LINT = {"full": "lint.txt", "concise": "lint-concise.txt", "json": "lint.json"}


@pytest.fixture(scope="module")
def made() -> Site:
    """The small site with its own product only, so that nothing of the sample fleet or catalogue is in it."""
    fleet = sample.read(small.SOURCE, date(2026, 11, 22))
    report = gate.check(fleet)
    return Site(fleet, report, book(fleet, report, site.loader(fleet.root)))


@pytest.fixture
def golden(request: pytest.FixtureRequest):
    """Compares a text with a golden, or writes the golden."""

    def compare(name: str, text: str) -> None:
        path = GOLDENS / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.is_file(), f"there is no {path.name} yet: pytest --update-golden"
        assert text.splitlines() == path.read_text(encoding="utf-8").splitlines()

    return compare


@pytest.mark.parametrize("uri", PAGES)
def test_a_page_is_word_for_word_what_it_was(golden, made: Site, uri: str):
    page = next(page for page in made.book.pages if page.uri == uri)

    golden(f"pages/{uri}", markdown(page, made.fleet.policy, directory_urls=True))


@pytest.mark.parametrize(
    ("form", "name"), [("full", "lint.txt"), ("concise", "lint-concise.txt"), ("json", "lint.json")]
)
def test_a_report_is_word_for_word_what_it_was(golden, made: Site, form: str, name: str):
    golden(name, reports.REPORTS[form](made.report, small.SOURCE, "https://runbooks.provider.example/"))


def test_there_is_a_golden_of_each_kind_of_page(made: Site):
    def kinds(pages: tuple[Page, ...]) -> set[str]:
        return {page.kind for page in pages}

    assert kinds(tuple(page for page in made.book.pages if page.uri in PAGES)) == kinds(made.book.pages) - {
        "rules",
        "rule",
    }


def test_there_is_no_golden_that_nothing_is_compared_with():
    assert set(small.files(GOLDENS / "pages")) == set(PAGES)


def test_two_runs_make_the_same_pages(made: Site):
    again = book(made.fleet, made.report, site.loader(made.fleet.root))

    assert [(page.uri, page.markdown) for page in again.pages] == [
        (page.uri, page.markdown) for page in made.book.pages
    ]
