"""Whoever follows docs/adding-a-product.md to the letter has a product: complete, without a finding, on the pages."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from runbooks import gate, site
from runbooks.pages.book import Book, book
from runbooks.report import Report
from runbooks.starting import products
from tests import sample

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "adding-a-product.md").read_text(encoding="utf-8")
FOLDER = "templates/products/paper-and-pencil"
RECORD = """\
client: Somebody
status: active
agreements:
  - id: AGR-1
    type: full
    covers: [backup, monitoring, repair, restore]
    starts: 2026-01-01
    open_ended: true
    billing: {every: month}
setups:
  - id: office
    product: paper-and-pencil
    version: "4.2"
    items: [{name: SRV1, kind: server}]
monitoring: {level: full, alerts_to: [help@provider.example], checked: business_days}
"""


def block(after: str) -> str:
    """The first block of code behind a text of the page."""
    found = re.search(r"```\w*\n(.*?)```\n", PAGE[PAGE.index(after) :], re.DOTALL)
    assert found, after
    return found[1]


def named() -> dict[str, str]:
    """The files of the table of section 3, and what each needs."""
    rows = re.findall(r"^\| (`[\w-]+\.md`.*?) \| `(none|restore|repair|monitoring)` \|$", PAGE, re.MULTILINE)
    return {file: needs for files, needs in rows for file in re.findall(r"`([\w-]+)\.md`", files)}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Book]:
    """A site with the product of the page, and a client who has it."""
    product, front = block("<!-- sample: product -->"), block("<!-- sample: guidance -->")
    body = block("Then the body:").partition("(the front matter)\n---\n")[2]
    files = {f"{FOLDER}/product.yml": product}
    for name, needs in named().items():
        if f"{name}:" not in product.partition("without:")[2]:
            own = re.sub(r"(?m)^(systems|kinds):.*\n", "", front).replace("needs: none", f"needs: {needs}")
            proof = "\nFull Disk Access is proven by a file that came back.\n" if name == "add-workstation-mac" else ""
            files[f"{FOLDER}/{name}.md"] = f"---\n{own}---\n{body}{proof}"
    answer = front.replace("needs: none", "needs: monitoring")
    files[f"{FOLDER}/alert-page-full.md"] = f"---\n{answer}---\n## What it means\n\n**Page is full**.\n\n{body}"
    plain = {"policy.yml": sample.STANDARD, "clients/somebody.yml": RECORD}
    root = sample.planted(tmp_path_factory.mktemp("pencil"), {**plain, **files})
    fleet = sample.read(root, date(2026, 11, 22))
    report = gate.check(fleet)
    return report, book(fleet, report, site.loader(root))


def test_the_page_names_every_usual_procedure():
    from runbooks.catalogue import USUAL

    assert set(named()) == set(USUAL)


def test_the_product_of_the_page_has_no_finding(made: tuple[Report, Book]):
    report, pages = made
    assert [str(one) for one in (*report.findings, *pages.findings) if "paper-and-pencil" in one.place.file] == []


def test_the_product_of_the_page_is_on_the_pages_of_its_client(made: tuple[Report, Book]):
    uris = {page.uri for page in made[1].pages}
    missing = {"restore-machine", "restore-mailbox"}
    assert {
        f"clients/somebody/office/{name}.md" for name in (*named(), "alert-page-full") if name not in missing
    } <= uris
    index = next(page.markdown for page in made[1].pages if page.uri == "alerts.md")
    assert "Page is full" in index
    assert "No page left" in index


def test_the_command_of_the_page_makes_every_file_that_the_page_asks_for():
    wanted = {f"{FOLDER}/{name}.md" for name in named() if name != "add-workstation-mac"}
    assert "runbooks new product paper-and-pencil" in block("## 1. Make the folder")
    assert {name for name, _ in products.files("paper-and-pencil", None)} == wanted | {f"{FOLDER}/product.yml"}


def test_what_each_procedure_needs_is_what_the_page_says():
    for name, text in products.files("paper-and-pencil", None):
        if name.endswith(".md"):
            assert f"\nneeds: {named()[Path(name).stem]}\n" in text, name
