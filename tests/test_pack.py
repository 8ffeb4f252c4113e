"""`runbooks pack`: one file that stands alone, is read before it is handed over, and can be printed."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks import cli, pack, site
from runbooks.mailbox import canonical, words
from runbooks.pack import markup, numbering, printer
from runbooks.pages.page import Page
from runbooks.pages.procedures import applies
from runbooks.verify.forbidden import Forbidden
from tests import small
from tests.calls import Done, Run, called

DAY = "2026-11-22"
ODD = "A|B <script>alert(1)</script> *x*"
PDF = b"%PDF-1.7 made up"


@pytest.fixture
def run(small_site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `runbooks pack` in the small site, in this process, with a printer that is not asked."""
    monkeypatch.chdir(small_site)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setattr(pack, "pdf", lambda html: PDF + html.encode()[:0])

    def start(*arguments: str | Path) -> Done:
        return called(capsys, "pack", *arguments)

    return start


def packed(root: Path, client: str) -> str:
    made = pack.packing(root, None, [client])
    assert not made.refused
    (only,) = made.packs
    return only.html


def template(small_site: Path, words_of_it: str) -> None:
    """The site's own template of the print page: the shipped one, and more."""
    shipped = (site.shipped() / "pages/print.md").read_text(encoding="utf-8")
    small.add(small_site / "templates/pages/print.md", f"{shipped}\n\n{words_of_it}\n")


@pytest.fixture(scope="module")
def sample_packs() -> dict[str, pack.Pack]:
    """The packs of the sample fleet of this repository."""
    slugs = [record.slug for record in site.read(small.REPOSITORY).records]
    return {one.client: one for one in pack.packing(small.REPOSITORY, None, slugs).packs}


# The command.


def test_it_writes_html_and_pdf_under_the_client_and_the_day(run: Run, small_site: Path):
    done = run("harbour-dental", "corner-florist")

    names = [f"packs/{slug}-{DAY}.{form}" for form in ("html", "pdf") for slug in ("harbour-dental", "corner-florist")]
    assert (done.code, done.out.splitlines()) == (cli.PASSED, names)
    assert set(small.files(small_site / "packs")) == {name.removeprefix("packs/") for name in names}
    assert (small_site / names[-1]).read_bytes() == PDF


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_one_form_alone_can_be_asked_for_and_another_folder(run: Run, tmp_path: Path, form: str):
    assert run("corner-florist", "--format", form, "--out", tmp_path / "a" / "b").code == cli.PASSED
    assert list(small.files(tmp_path / "a")) == [f"b/corner-florist-{DAY}.{form}"]


def test_the_day_can_be_asked_for(run: Run, small_site: Path):
    assert run("harbour-dental", "--as-of", "2026-12-01", "--format", "html").code == cli.PASSED
    text = (small_site / "packs/harbour-dental-2026-12-01.html").read_text(encoding="utf-8")

    assert "As of <strong>2026-12-01</strong>" in text
    assert DAY not in text


def test_an_unknown_client_is_wrong_use_and_nothing_is_written_for_anybody(run: Run, small_site: Path):
    done = run("corner-florist", "harbor-dental")

    assert (done.code, done.out) == (cli.WRONG_USE, "")
    assert done.err == "runbooks: there is no client harbor-dental; did you mean harbour-dental?\n"
    assert not (small_site / "packs").exists()


def test_no_client_is_wrong_use(run: Run):
    assert run().code == cli.WRONG_USE


def test_nothing_checked_is_no_success(run: Run, small_site: Path):
    shutil.rmtree(small_site / "clients")
    (small_site / "clients").mkdir()

    assert run("corner-florist").code == cli.NOTHING_CHECKED


def test_an_unreadable_policy_is_wrong_use(run: Run, small_site: Path):
    small.add(small_site / "policy.yml", "nonsense: true\n")

    assert run("corner-florist").code == cli.WRONG_USE


def test_the_pack_of_a_blocked_client_is_refused_with_the_reasons_and_the_others_are_written(
    run: Run, small_site: Path
):
    shutil.copy(small.SOURCE / "clients/broken/torn-record.yml", small_site / "clients")
    done = run("torn-record", "corner-florist", "--format", "html")

    assert done.code == cli.FOUND
    assert done.out == f"packs/corner-florist-{DAY}.html\n"
    assert "there is no pack of torn-record" in done.err
    assert re.search(r"clients/torn-record\.yml:\d+:\d+: error: .*\[REC001 ", done.err)


def test_a_client_whose_monitoring_page_is_withheld_gets_a_pack(run: Run, small_site: Path):
    shutil.copy(small.SOURCE / "clients/broken/lapsed-legal.yml", small_site / "clients")

    assert run("lapsed-legal", "--format", "html").code == cli.PASSED


def test_what_blocks_the_whole_site_blocks_every_pack(run: Run, small_site: Path):
    template(small_site, "The admin password is Tr0ub4dor&3x!")
    done = run("corner-florist", "harbour-dental", "--format", "html")

    assert (done.code, done.out) == (cli.FOUND, "")
    assert done.err.count("[SEC003 ") == 2
    assert "Tr0ub4dor" not in done.err


@pytest.mark.parametrize("out", ["clients/packs", "docs", "templates/x"])
def test_a_pack_never_becomes_a_source(run: Run, small_site: Path, out: str):
    before = small.files(small_site)
    done = run("corner-florist", "--out", out)

    assert done.code == cli.WRONG_USE
    assert "lies among the sources" in done.err
    assert small.files(small_site) == before


def test_a_pack_is_never_put_into_a_built_site(run: Run, small_site: Path):
    small.add(small_site / "site/assets/runbooks/build.json", "{}\n")
    done = run("corner-florist", "--out", "site/packs")

    assert done.code == cli.WRONG_USE
    assert "lies in a built site" in done.err


def test_a_file_in_the_way_is_told_in_one_line(run: Run, small_site: Path):
    small.add(small_site / "packs", "a file\n")
    done = run("corner-florist")

    assert (done.code, done.err.count("\n")) == (cli.WRONG_USE, 1)
    assert "cannot be written" in run("corner-florist", "--out", "packs/deeper").err


# What is in it.


def test_the_first_page_says_who_by_whom_of_which_day_until_when_and_where_it_is_online(small_site: Path):
    page = small.Seen(packed(small_site, "harbour-dental"))
    front = page.text.partition("May I work on this? Set-up")[0]

    for words_of_it in (
        *("Harbour Dental", "As of 2026-11-22, from the records of Example IT", "Full monitoring"),
        *("Agreement AGR-1042 (Full agreement) ends on 2027-02-28", "Paper ages.", "Practice manager"),
        "Online: https://runbooks.provider.example/clients/harbour-dental/",
    ):
        assert words_of_it in front


def test_without_an_address_of_the_site_none_is_claimed(small_site: Path):
    small.edit(small_site / "mkdocs.yml", "site_url: https://runbooks.provider.example/\n", "")

    assert "Online:" not in packed(small_site, "harbour-dental")


def test_the_same_day_gives_the_same_bytes(small_site: Path):
    assert packed(small_site, "harbour-dental") == packed(small_site, "harbour-dental")


def test_every_pack_stands_alone(sample_packs: dict[str, pack.Pack]):
    assert len(sample_packs) > 20
    for one in sample_packs.values():
        page = small.Seen(one.html)
        assert not {"script", "link", "img", "iframe", "object", "form", "base"} & {tag for tag, _ in page.elements}
        assert [tag for tag, _ in page.elements].count("style") == 1
        for tag, attributes in page.elements:
            assert not {"src", "srcset", "style", "data", "action"} & set(attributes)
            assert not [name for name in attributes if name.startswith("on")]
            if "href" in attributes:
                assert tag == "a"
                assert re.match(r"#|https?://|tel:|mailto:", attributes["href"]), attributes["href"]
        assert "@import" not in one.html
        assert set(re.findall(r"url\(([^)]*)\)", one.html)) <= {"#rb-flow-tip"}


def test_every_link_within_a_pack_leads_to_an_anchor_that_is_there_once(sample_packs: dict[str, pack.Pack]):
    for one in sample_packs.values():
        page = small.Seen(one.html)
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids)), one.client
        assert {each["href"][1:] for each in page.all("a") if each.get("href", "").startswith("#")} <= set(ids)


def test_a_pack_allows_its_own_style_sheet_and_nothing_else(sample_packs: dict[str, pack.Pack]):
    for text in (one for each in sample_packs.values() for one in (each.html, each.on("Letter"))):
        style = text.partition("<style>")[2].partition("</style>")[0]
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
        allowed = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        assert policy == allowed


def test_a_pack_holds_every_restore_procedure_and_nothing_of_monitoring(sample_packs: dict[str, pack.Pack]):
    fleet = site.read(small.REPOSITORY)
    forbidden = Forbidden(fleet)
    for record in fleet.records:
        page = small.Seen(sample_packs[record.slug].html)
        ids = {attributes.get("id") for tag, attributes in page.elements if tag == "h3"}
        said = words(canonical(page.text))
        for number, setup in enumerate(record.client.setups, 1):
            entry = fleet.catalogue.products.get(setup.product)
            for each in entry.procedures.values() if entry else ():
                if each.guidance.needs in ("restore", "monitoring"):
                    there = each.guidance.needs == "restore" and applies(each, setup)
                    assert (f"part-{number}-{each.id}" in ids) is there
        assert not [one for one in forbidden.sentences if one in said]
        if record.slug in forbidden.unwatched:
            assert not [box for box in fleet.policy.mailboxes if box in page.text]


def test_hostile_names_and_notes_stay_text(small_site: Path):
    page = small.Seen(packed(small_site, "odd-name"))

    assert page.first("title").strip() == f"{ODD}: backup runbook, as of {DAY}"
    assert page.first("h1").strip() == ODD
    for value in ("ODD_01 | <i>", "Tapes | in `the` <b>safe</b>", "Tape & <b>notebook</b>", "`Help` | [desk]"):
        assert value in page.text
    assert not page.all("script") + page.all("i") + page.all("b")
    assert not [each for each in page.all("a") if "x.example" in each.get("href", "")]


@given(st.text(min_size=1).filter(lambda name: name.strip() and "\0" not in name))
def test_no_name_adds_an_element_to_the_frame(name: str):
    def made(client: str) -> small.Seen:
        page = Page("clients/a/print.md", "t", "print", "", client="a", client_name=client)
        return small.Seen(pack.Pack(page, "<h1>x</h1>", "\n", DAY).html)

    assert [tag for tag, _ in made(name).elements] == [tag for tag, _ in made("Somebody").elements]


def test_a_style_sheet_of_the_site_s_own_takes_the_place_of_the_shipped_one_and_cannot_end_its_element(
    small_site: Path,
):
    small.add(small_site / "templates/theme/assets/runbooks/print.css", "p { color: red }\n/* </style><script> */\n")
    text = packed(small_site, "corner-florist")

    assert "<style>\np { color: red }\n/* <\\/style><script> */\n</style>" in text
    assert not small.Seen(text).all("script")


# The third wall.


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("Write to help@provider.example.", "who is not monitored, names our address help@provider.example [PUB010]"),
        ("[Monitoring](https://x.example/clients/corner-florist/monitoring/)", "[PUB010]"),
        ("The admin password is {{ 'Tr0ub4' ~ 'dor&3x!' }}", "a secret stands here: Tr····x! [SEC004]"),
        ('<script src="https://x.example/a.js"></script>', "it holds <script>"),
        ('<p style="color: red">Red</p>', "its <p> has style"),
        ('<iframe src="https://x.example/"></iframe>', "it holds <iframe>"),
        ('<svg><use href="https://x.example/a.svg"></use></svg>', "its <use> has href"),
    ],
)
def test_a_pack_that_gives_away_or_asks_for_something_is_not_handed_over(
    run: Run, small_site: Path, more: str, why: str
):
    template(small_site, more)
    done = run("corner-florist", "--format", "html")

    assert (done.code, done.out) == (cli.FOUND, "")
    assert why in done.err
    assert not (small_site / "packs").exists()


def test_pictures_and_links_into_the_site_are_text_in_a_pack(small_site: Path):
    template(small_site, "![The drawing](drawing.png) and [the manual](../../reading.md), [#](#history).")
    page = small.Seen(packed(small_site, "corner-florist"))

    assert "[picture: The drawing] and the manual, #." in page.text
    assert not page.all("img")
    assert "#history" in {each.get("href") for each in page.all("a")}


def test_a_template_that_fails_is_told_and_the_pack_is_made_with_the_shipped_one(run: Run, small_site: Path):
    small.add(small_site / "templates/pages/print.md", "{{ nothing }}\n")
    done = run("corner-florist", "--format", "html")

    assert done.code == cli.FOUND
    assert "templates/pages/print.md:1: " in done.err
    assert (small_site / f"packs/corner-florist-{DAY}.html").is_file()


def test_an_extension_that_is_not_there_is_told_in_one_line(run: Run, small_site: Path):
    small.edit(small_site / "mkdocs.yml", "[admonition,", "[no_such_extension,")
    done = run("corner-florist")

    assert (done.code, done.err.count("\n")) == (cli.WRONG_USE, 1)
    assert "a Markdown extension of mkdocs.yml cannot be loaded" in done.err


@pytest.mark.parametrize(
    "said",
    [
        "[tables, {toc: {permalink: true}}]",
        "{tables: {}, toc: {permalink: true}}",
        "[tables: {use_align_attribute: false}, toc: {permalink: yes}]",
        "[]",
    ],
)
def test_extensions_are_read_however_mkdocs_yml_writes_them(tmp_path: Path, said: str):
    small.add(tmp_path / "mkdocs.yml", f"site_name: x\nmarkdown_extensions: {said}\n")

    found = markup.html("# A\n\n| a |\n|---:|\n| b |\n", tmp_path)
    assert '<h1 id="a">A</h1>' in found
    assert '<td align="right">b</td>' in found


# The printer.


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which nothing can write a PDF."""
    monkeypatch.delenv(printer.BROWSER, raising=False)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(printer, "APPLICATIONS", ())
    for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(printer, "find_spec", lambda _: None)


@pytest.mark.usefixtures("nowhere")
def test_where_nothing_can_write_a_pdf_the_html_is_there_and_one_line_says_what_to_install(
    run: Run, small_site: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pack, "pdf", printer.pdf)
    done = run("corner-florist")

    assert done.code == cli.WRONG_USE
    assert done.out == f"packs/corner-florist-{DAY}.html\n"
    (line,) = [line for line in done.err.splitlines() if line.startswith("runbooks: ")]
    assert "install Chromium" in line
    assert "pip install" in line
    assert list(small.files(small_site / "packs")) == [f"corner-florist-{DAY}.html"]


@pytest.mark.usefixtures("nowhere")
def test_a_browser_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(printer.BROWSER, str(small.add(tmp_path / "browser", "")))
    assert printer.browser() == str(tmp_path / "browser")

    monkeypatch.setenv(printer.BROWSER, str(tmp_path / "none"))
    with pytest.raises(pack.PrintFailed, match="no such file"):
        printer.browser()


@pytest.mark.usefixtures("nowhere")
@pytest.mark.skipif(os.name == "nt", reason="a script is no program there")
def test_a_browser_that_fails_is_told_by_its_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    browser = small.add(tmp_path / "browser", "#!/bin/sh\necho first >&2\necho no display >&2\nexit 3\n")
    browser.chmod(0o755)
    monkeypatch.setenv(printer.BROWSER, str(browser))

    with pytest.raises(pack.PrintFailed, match="did not write the PDF: no display"):
        printer.pdf("<p>x</p>")


@pytest.fixture
def weasyprint(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A WeasyPrint that is installed, and what it was given."""
    given_to_it: list[str] = []

    class Html:
        def __init__(self, string: str, url_fetcher: Callable[[str], object]) -> None:
            given_to_it.append(string)
            if 'src="elsewhere"' in string:
                url_fetcher("https://x.example/")

        def write_pdf(self) -> bytes:
            return PDF

    module = types.ModuleType("weasyprint")
    module.HTML = Html  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "weasyprint", module)
    monkeypatch.setattr(printer, "find_spec", lambda _: module)
    return given_to_it


def test_where_weasyprint_is_installed_it_prints_and_the_drawing_brings_its_style(
    weasyprint: list[str], sample_packs: dict[str, pack.Pack]
):
    assert printer.pdf(sample_packs["north-bay-dental"].on("A4")) == PDF
    (given_to_it,) = weasyprint
    assert re.search(r"<svg\b[^<>]*><style>\.rb-flow-drawing text \{ fill: #111; ", given_to_it)
    assert "@page { size: A4 }" in given_to_it


@pytest.mark.usefixtures("weasyprint")
def test_weasyprint_asks_for_nothing():
    with pytest.raises(pack.PrintFailed, match=r"this was asked for: https://x\.example/"):
        printer.pdf('<img src="elsewhere">')


def test_contents_go_without_numbers_where_a_pdf_does_not_say_where_its_parts_begin():
    html = '<nav class="rb-contents"><a href="#x">X</a></nav><h2 id="x">X</h2>'
    printed: list[str] = []

    def printing(page: str) -> bytes:
        printed.append(page)
        return PDF

    assert numbering.numbered(html, printing) == PDF
    assert printed[-1] == html


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize(("paper", "box"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_chromium_prints_a_pack_on_paper_of_the_right_size(
    run: Run, small_site: Path, monkeypatch: pytest.MonkeyPatch, paper: str, box: tuple[int, int]
):
    printed: list[str] = []
    by_browser = printer._by_browser

    def printing(html: str, browser: str) -> bytes:
        printed.append(html)
        return by_browser(html, browser)

    monkeypatch.setattr(printer, "_by_browser", printing)
    monkeypatch.setattr(pack, "pdf", printer.pdf)
    monkeypatch.setattr(printer, "find_spec", lambda _: None)
    assert run("harbour-dental", "--format", "pdf", "--paper", paper).code == cli.PASSED
    raw = (small_site / f"packs/harbour-dental-{DAY}.pdf").read_bytes()

    assert raw.startswith(b"%PDF-")
    boxes = [
        tuple(round(float(one)) for one in found.split()[2:]) for found in re.findall(rb"/MediaBox \[([^\]]*)\]", raw)
    ]
    assert len(boxes) >= 6
    assert set(boxes) == {box, box[::-1]}
    assert boxes.count(box[::-1]) == 1
    assert b"/Outlines" in raw
    found = numbering.sheets(raw)
    assert 1 < found["part-1"] < found["history"] <= len(boxes)
    said = dict(re.findall(r'<a href="#([^"]+)"><span>.*?</span><span class="rb-sheet">(\d+)<', printed[-1]))
    assert said == {name: str(found[name]) for name in said}
    assert {"part-1", "history"} <= said.keys()
    assert json.dumps("Harbour Dental: backup runbook, as of 2026-11-22")[1:-1].encode() in raw
