"""Old addresses lead to the pages of today; of a client who has left one page stays, and gives nothing away."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from runbooks import headers, pack, site
from runbooks.errors import UserError
from runbooks.pages.contents import contents
from runbooks.pages.markdown import address, markdown
from runbooks.pages.page import Page
from runbooks.site import Site
from runbooks.verify import leaks
from tests import small
from tests.browsing import Served

HARBOUR, FLORIST, PINE = "harbour-dental", "corner-florist", "pine-road-vets"
MOVED = re.compile(r'<meta http-equiv="refresh" content="0; url=(?P<link>[^"]+)">')


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small site, in which one client was renamed twice, one once, and one has left."""
    root = small.green(tmp_path_factory.mktemp("moved") / "small")
    small.edit(root / f"clients/{HARBOUR}.yml", "client:", "formerly: [old-harbour, older-harbour]\nclient:")
    small.edit(root / f"clients/{PINE}.yml", "client:", "formerly: [pine]\nclient:")
    small.edit(
        root / f"clients/{FLORIST}.yml", "client:", "formerly: [florist]\nstatus: former\nleft_on: 2026-10-31\nclient:"
    )
    small.edit(root / "mkdocs.yml", "  - Manual:", "  - Moves: moves.md\n  - Manual:")
    link = "[then](clients/old-harbour/restore.md), [gone](clients/florist/index.md)"
    small.add(root / "docs/moves.md", f"# Moves\n\nWhere it was: {link}.\n")
    return root


@pytest.fixture(scope="module")
def made(root: Path) -> Site:
    return site.make(site.read(root))


@pytest.fixture(scope="module")
def pages(made: Site) -> dict[str, Page]:
    return {page.uri: page for page in made.book.pages}


def files(pages: dict[str, Page], slug: str, *, redirects: bool) -> dict[str, Page]:
    head = f"clients/{slug}/"
    found = {uri.removeprefix(head): page for uri, page in pages.items() if uri.startswith(head)}
    return {file: page for file, page in found.items() if (page.kind == "redirect") is redirects}


@pytest.mark.parametrize("old", ["old-harbour", "older-harbour"])
def test_every_page_of_a_renamed_client_is_reached_at_its_old_address(pages: dict[str, Page], old: str):
    now, then = files(pages, HARBOUR, redirects=False), files(pages, old, redirects=True)

    assert then.keys() == now.keys() | {"not-monitored.md"}
    assert {file: page.target for file, page in then.items() if file in now} == {
        file: page.uri for file, page in now.items()
    }
    assert then["not-monitored.md"].target == f"clients/{HARBOUR}/monitoring.md"


def test_the_old_address_of_monitoring_leads_to_what_there_is_today(pages: dict[str, Page]):
    (now,) = {"monitoring.md", "not-monitored.md"} & files(pages, PINE, redirects=False).keys()

    for file in ("monitoring.md", "not-monitored.md"):
        assert pages[f"clients/pine/{file}"].target == f"clients/{PINE}/{now}"


def test_no_redirect_leads_to_another_or_nowhere(pages: dict[str, Page]):
    redirects = [page for page in pages.values() if page.kind == "redirect"]

    assert len(redirects) > 20
    assert {pages[page.target].kind for page in redirects} & {"redirect"} == set()


def test_a_name_that_two_clients_claim_leads_nowhere(root: Path, tmp_path: Path):
    copy = small.copied(tmp_path / "small", root)
    small.edit(copy / f"clients/{PINE}.yml", "[pine]", f"[old-harbour, {FLORIST}]")

    uris = [page.uri for page in site.make(site.read(copy)).book.pages if page.kind == "redirect"]

    assert not any(uri.startswith("clients/old-harbour/") for uri in uris)
    assert any(uri.startswith("clients/older-harbour/") for uri in uris)
    assert len(uris) == len(set(uris))


def test_a_client_who_has_left_has_one_page_that_says_since_when_and_whom_to_ask(pages: dict[str, Page]):
    own, gone = files(pages, FLORIST, redirects=False), files(pages, FLORIST, redirects=True)

    (page,) = own.values()
    assert (page.uri, page.kind, page.title) == (f"clients/{FLORIST}/index.md", "former", "Corner Florist")
    assert "they left on **2026-10-31**" in page.markdown
    assert "5550 0199" in page.markdown
    assert "AGR-1310" in page.markdown
    assert gone.keys() == {"setup-shop.md", "restore.md", "print.md", "not-monitored.md"}
    assert {one.target for one in gone.values()} == {page.uri}


def test_nothing_that_was_protected_is_on_any_page_of_a_client_who_has_left(root: Path, pages: dict[str, Page]):
    said = "\n".join(page.markdown for page in pages.values() if page.client == FLORIST)

    for secret in ("FLOWER", "5550 0106", "counter", "Harbour Box", "vault", "Too dear"):
        assert secret in (root / f"clients/{FLORIST}.yml").read_text(encoding="utf-8") or secret == "Harbour Box"
        assert secret not in said


def test_no_list_has_a_client_who_has_left(pages: dict[str, Page]):
    about_all = [page for page in pages.values() if not page.client]

    assert [page.uri for page in about_all if "Corner Florist" in page.markdown or FLORIST in page.markdown] == []
    assert "3 clients" in pages["index.md"].markdown


def test_a_client_who_leaves_on_a_day_to_come_is_one_until_somebody_says_otherwise(root: Path, tmp_path: Path):
    copy = small.copied(tmp_path / "small", root)
    small.edit(copy / f"clients/{FLORIST}.yml", "status: former", "status: offboarding")

    uris = {page.uri for page in site.make(site.read(copy)).book.pages if page.kind != "redirect"}

    assert f"clients/{FLORIST}/restore.md" in uris


def test_what_pages_there_are_is_known_without_printing_them(made: Site, pages: dict[str, Page]):
    for record in made.fleet.records:
        own = {file: page.kind for file, page in files(pages, record.slug, redirects=False).items()}
        assert dict(contents(record, made.fleet, blocked=False)) == own


def test_there_is_no_runbook_to_pack_of_a_client_who_has_left(root: Path):
    with pytest.raises(UserError, match="Corner Florist has left, and has no runbook"):
        pack.packing(root, None, [FLORIST])


@pytest.mark.parametrize("directory_urls", [True, False])
def test_a_redirect_leads_on_from_its_own_address_with_either_kind_of_address(
    made: Site, pages: dict[str, Page], *, directory_urls: bool
):
    to = partial(address, directory_urls=directory_urls)
    for page in pages.values():
        if page.kind != "redirect":
            continue
        head = markdown(page, made.fleet.policy, directory_urls=directory_urls).split("---\n")[1]
        values = {key: json.loads(value) for key, value in (line.split(": ", 1) for line in head.splitlines())}
        parts = [*to(page.uri).split("/")[:-1], *values["moved"].split("/")]
        while ".." in parts:
            at = parts.index("..")
            del parts[at - 1 : at + 1]
        assert "/".join(parts) == values["moved_to"] == to(page.target)
        assert values["template"] == "redirect.html"
        assert values["search"] == {"exclude": True}
        assert values["runbooks"] == f"client={page.client}; kind=redirect"


# The third wall


Found = Callable[[str, str], list[str]]


@pytest.fixture
def found(tmp_path: Path, made: Site) -> Found:
    """What the wall finds in a site of one file."""

    def found(name: str, body: str) -> list[str]:
        small.add(tmp_path / "built" / name, f"<!doctype html><html><head>{body}</html>")
        return [one.message for one in leaks(tmp_path / "built", made.fleet)]

    return found


def mark(slug: str, kind: str = "redirect") -> str:
    return f'<meta name="runbooks" content="client={slug}; kind={kind}">'


def test_a_redirect_is_let_through_at_an_old_address_of_its_client(found: Found):
    link = f'<meta http-equiv="refresh" content="0; url=../../{HARBOUR}/restore/">'
    assert found("clients/old-harbour/restore/index.html", mark(HARBOUR) + link) == []


@pytest.mark.parametrize(
    ("place", "meta", "said"),
    [
        ("clients/pine/index.html", mark(HARBOUR), "lies where those of others are"),
        (f"clients/{PINE}/index.html", mark(HARBOUR), "lies where those of others are"),
        ("clients/old-harbour/index.html", mark(HARBOUR, "overview"), "lies where those of others are"),
        (f"clients/{FLORIST}/monitoring/index.html", mark(FLORIST), "no agreement covers the monitoring"),
        ("clients/florist/index.html", mark(FLORIST) + "alerts@provider.example", "names our address"),
        (
            "clients/florist/index.html",
            mark(FLORIST) + f'<meta http-equiv="refresh" content="0; url=../{FLORIST}/monitoring/">',
            f"there is a link to clients/{FLORIST}/monitoring",
        ),
    ],
)
def test_what_is_no_redirect_of_that_client_is_found_at_an_old_address(found: Found, place: str, meta: str, said: str):
    assert any(said in one for one in found(place, meta)), found(place, meta)


def test_a_procedure_that_no_agreement_covers_is_found_at_an_old_address_whatever_it_says(root: Path, found: Found):
    setup = site.read(root).by_slug[FLORIST].client.setups[0].id
    assert any(
        "no agreement covers the monitoring" in one
        for one in found(f"clients/florist/{setup}/daily-check/index.html", "")
    )


# The built site


@pytest.fixture(scope="module")
def stick(root: Path) -> Path:
    """The same site as it is built for a stick: its pages are files with names, and open without a server."""
    done = small.run("runbooks", "build", "--offline", "--site-dir", root / "stick", cwd=root)
    assert done.returncode == 0, done.stdout + done.stderr
    return root / "stick"


@pytest.mark.built
def test_a_built_redirect_is_small_and_has_no_script_and_is_in_no_list(stick: Path, pages: dict[str, Page]):
    there = {page.uri.removesuffix(".md") + ".html": page for page in pages.values() if page.kind == "redirect"}

    for name, page in there.items():
        html = (stick / name).read_text(encoding="utf-8")
        link = MOVED.search(html)
        assert link
        assert (stick / name).parent.joinpath(link["link"]).resolve() == (stick / page.target).with_suffix(
            ".html"
        ).resolve()
        assert f'<a href="{link["link"]}">' in html
        assert '<meta name="robots" content="noindex">' in html
        assert f'<link rel="canonical" href="https://runbooks.provider.example/{page.target[:-3]}.html">' in html
        assert "<script" not in html
        assert "style" not in html
        assert len(html) < 1000
    for name in ("sitemap.xml", "assets/runbooks/search-index.js"):
        text = (stick / name).read_text(encoding="utf-8")
        assert HARBOUR in text
        assert "old-harbour" not in text
        assert "FLOWER" not in text
    assert "Corner Florist" in (stick / "assets/runbooks/search-index.js").read_text(encoding="utf-8")
    assert list(headers.refused(stick)) == []


@pytest.mark.built
@pytest.mark.browser
def test_a_browser_is_led_on_with_and_without_a_server(stick: Path, serving: Callable[[Path], Served]):
    served = serving(stick)
    page = served.open("clients/old-harbour/restore.html")
    page.wait_for_url(f"**/clients/{HARBOUR}/restore.html")
    page = served.open(f"clients/{FLORIST}/restore.html")
    page.wait_for_url(f"**/clients/{FLORIST}/index.html")
    page.wait_for_load_state("networkidle")
    served.leave()
    with served.browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto((stick / "moves.html").as_uri())
        page.get_by_role("link", name="then").click()
        page.wait_for_url(f"**/clients/{HARBOUR}/restore.html")
