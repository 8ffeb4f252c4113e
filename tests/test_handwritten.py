"""Hand-written pages: which are read, whose they are, and which are kept back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from runbooks import site
from tests import sample

TODAY = date(2026, 11, 22)
RECORD = (
    "client: Victim Dental\nno_backup: {told_on: 2026-05-06}\ncontacts: [{name: Owner, phone: '+61 2 5550 0100'}]\n"
)


def report(root: Path, name: str, content: bytes) -> tuple[list[str], frozenset[str]]:
    """The codes found about one page, and the pages kept back."""
    sample.planted(root, {"policy.yml": sample.POLICY, "clients/victim.yml": RECORD})
    path = root / "docs" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    made = site.make(site.read(root, TODAY))
    return [one.code for one in made.report.findings if one.place.file.startswith("docs/")], made.report.blocked_pages


@pytest.mark.parametrize(
    "content",
    [
        b"---\nClient: victim\nKind: monitoring\n---\n# X\n",
        b"---\nclient: victim\nKIND: monitoring\n---\n# X\n",
        b"---\nclient: victim\nkind: [monitoring]\n---\n# X\n",
        "---\nclient: victim\nkind: m\u043enitoring\n---\n# X\n".encode(),
        b"---\nclient: victim\nkind: monitor\n---\n# X\n",
        b"\n---\nclient: victim\nkind: monitoring\n---\n# X\n",
        b"\x0c\n---\nclient: victim\nkind: monitoring\n---\n# X\n",
        b"---\ntitle: X\n---\n---\nclient: victim\nkind: monitoring\n---\n# X\n",
        b"client: victim\nkind: monitoring\n\n# X\n",
        b"---\nclient: victim\nkind: monitoring\n...\n# X\n",
        b"---\nclient: victim\nclient: other\nkind: monitoring\n---\n# X\n",
        b"---\nclient: nobody\n---\n# X\n",
    ],
)
def test_a_page_whose_owner_could_be_read_in_two_ways_is_kept_back(tmp_path: Path, content: bytes):
    codes, blocked = report(tmp_path, "page.md", content)
    assert codes
    assert blocked == {"docs/page.md"}


@pytest.mark.parametrize(
    "content",
    [
        b"# X\n",
        b"---\ntitle: X\n---\n# X\n",
        b"---\nclient: victim\n---\n# X\n\nThe kind of backup they have: none.\n",
        b"# X\n\nkind: regards\n",
        b"\xef\xbb\xbf---\r\nclient: victim\r\n---\r\n# X\r\n",
        b"---\n---\n# X\n",
    ],
)
def test_an_ordinary_page_is_published(tmp_path: Path, content: bytes):
    assert report(tmp_path, "page.md", content) == ([], frozenset())


@pytest.mark.parametrize(
    "name",
    ["clients.md", "clients/x.md", "Clients/x.md", "products.md", "rules/index.md", "cost/README.md", "agreements.mkd"],
)
def test_a_page_where_a_generated_one_goes_is_a_finding(tmp_path: Path, name: str):
    assert report(tmp_path, name, b"# X\n")[0] == ["DOC011"]


@pytest.mark.parametrize("name", ["rules-of-the-house.md", "a/clients.md", "index.md", "README.md"])
def test_other_names_are_free(tmp_path: Path, name: str):
    assert report(tmp_path, name, b"# X\n")[0] == []


def test_a_page_that_is_not_utf_8_is_kept_back_at_its_line(tmp_path: Path):
    codes, blocked = report(tmp_path, "cafe.md", b"# X\n\nCaf\xe9\n")
    assert codes == ["YML001"]
    assert blocked == {"docs/cafe.md"}
    (problem,) = site.read(tmp_path, TODAY).written[0].problems
    assert str(problem.at) == "docs/cafe.md:3:1"


def test_a_page_that_is_no_ordinary_file_is_not_waited_for(tmp_path: Path):
    sample.planted(tmp_path, {"policy.yml": sample.POLICY, "clients/victim.yml": RECORD, "docs/a.md": "# A\n"})
    (tmp_path / "docs" / "lost.md").symlink_to("gone.md")
    found = {page.file: [one.code for one in page.problems] for page in site.read(tmp_path, TODAY).written}
    assert found == {"docs/a.md": [], "docs/lost.md": ["DOC013"]}
