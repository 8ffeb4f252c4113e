"""The preview: a page is what a build makes of it, a save shows at once, and what is broken hides nothing else."""

from __future__ import annotations

import gc
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from runbooks.preview import Studio, serve
from runbooks.preview import reading as whole
from runbooks.preview.server import OPEN
from runbooks.preview.watch import changed, stamps
from tests import small

RECORD = "clients/harbour-dental.yml"
PAGE = "clients/harbour-dental/"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return small.green(tmp_path / "site")


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def studio(root: Path, said: list[str]) -> Iterator[Studio]:
    one = Studio(root, None, "", said.append)
    one.load()
    yield one
    one.close()


def text(studio: Studio, url: str) -> str:
    """A page of the preview."""
    answer = studio.answer(url)
    assert answer is not None, url
    return answer.body.decode()


def panel(html: str) -> str:
    """What stands at the top of a page of the preview."""
    found = re.search(r'<section class="rb-preview.*?</section>', html, re.DOTALL)
    return found[0] if found else ""


def plain(html: str) -> str:
    """A page without what the preview adds, and with the style sheet that a build takes."""
    html = re.sub(r'<link rel="stylesheet" href="/\.preview/.*?</script></head>', "</head>", html)
    html = re.sub(r'<section class="rb-preview.*?</section>', "", html, flags=re.DOTALL)
    return re.sub(r"(main|palette)\.(?:[0-9a-f]{8}\.)?min\.css", r"\1.css", html)


def test_a_page_is_what_a_build_makes_of_it(small_built: Path, tmp_path: Path):
    studio, built = Studio(small.copied(tmp_path / "site"), None, "", print), (small_built / "site").resolve()
    studio.load()
    found = sorted(built.rglob("*.html"))
    assert len(found) > 60
    for page in found:
        url = page.relative_to(built).as_posix()
        if url != "404.html":
            assert plain(text(studio, url)) == plain(page.read_text(encoding="utf-8")), url
    assert plain(studio.missing().body.decode()) == plain((built / "404.html").read_text(encoding="utf-8"))
    studio.close()


def test_files_that_are_no_page_are_there_too_and_the_search_knows_the_clients(studio: Studio):
    styles = studio.answer("assets/runbooks/runbooks.css")
    index = studio.answer("assets/runbooks/search-index.js")
    day = studio.answer("assets/runbooks/day.js")
    assert styles
    assert styles.body
    assert index
    assert day
    assert b"Harbour Dental" in index.body
    assert b"setup-surgery" not in day.body
    assert b"2026-11-22" in day.body
    assert studio.answer("no/such/page/") is None
    assert studio.answer("../policy.yml") is None
    assert not studio.missing().found


def test_a_save_shows_in_the_page_of_the_client_and_in_lists_and_nowhere_else(studio: Studio, root: Path):
    before = {url: text(studio, url) for url in (PAGE, "clients/", "clients/corner-florist/")}
    small.edit(root / RECORD, "client: Harbour Dental\n", "client: Harbour Dental Group\n")
    studio.save()
    assert "Harbour Dental Group" in text(studio, PAGE)
    assert "Harbour Dental Group" in text(studio, "clients/")
    assert "Harbour Dental Group" not in before[PAGE]
    assert plain(text(studio, "clients/corner-florist/")) == plain(before["clients/corner-florist/"])


def test_whoever_looks_at_a_page_hears_of_a_save_that_touches_it_and_of_no_other(studio: Studio, root: Path):
    at = int(re.findall(r'data-at="([0-9]+)"', text(studio, PAGE))[0])
    small.edit(root / RECORD, "Harbour surgery", "Harbour rooms")
    studio.save()
    assert studio.news(at, "harbour-dental", 0)
    assert studio.news(at, "", 0)
    assert not studio.news(at, "corner-florist", 0)
    assert studio.news(at + 1000, "corner-florist", 0)  # a page of a preview that was stopped


def test_what_the_gate_finds_stands_at_the_top_of_the_page_and_in_the_terminal(
    studio: Studio, root: Path, said: list[str]
):
    said.clear()
    small.edit(root / RECORD, "owner: backup-team", "ownr: <b>team</b>")
    studio.save()
    shown = panel(text(studio, PAGE))
    assert f"{RECORD}:5:1" in shown
    assert "REC001" in shown
    assert "<b>team" not in shown
    assert any(line.startswith(f"{RECORD}:5:1: error") for line in said)
    small.edit(root / RECORD, "ownr: <b>team</b>", "owner: backup-team")
    studio.save()
    assert "REC001" not in panel(text(studio, PAGE))


def test_a_record_that_is_no_yaml_shows_its_error_and_the_rest_of_the_site_stays_up(studio: Studio, root: Path):
    (root / RECORD).write_text("schema: 1\nclient: Harbour Dental\nsites: [\n", encoding="utf-8")
    studio.save()
    assert "YML004" in panel(text(studio, PAGE))
    assert "YML004" not in panel(text(studio, "clients/corner-florist/"))
    assert "Corner Florist" in text(studio, "clients/corner-florist/")


def test_records_come_and_go(studio: Studio, root: Path):
    (root / RECORD).rename(root / "clients/harbour-group.yml")
    studio.save()
    assert studio.answer(PAGE) is None
    assert "Harbour Dental" in text(studio, "clients/harbour-group/")
    (root / "clients/harbour-group.yml").unlink()
    studio.save()
    assert studio.answer("clients/harbour-group/") is None
    assert "Harbour Dental" not in text(studio, "clients/")


def test_an_old_address_leads_on_as_soon_as_it_is_saved(studio: Studio, root: Path):
    small.edit(root / "clients/harbour-dental.yml", "client:", "formerly: [old-harbour]\nclient:")
    studio.save()

    assert 'content="0; url=../../harbour-dental/restore/"' in text(studio, "clients/old-harbour/restore/")
    assert text(studio, "clients/old-harbour/").startswith("<!doctype html>")


def test_the_whole_gate_is_asked_after_a_save(root: Path, said: list[str]):
    small.edit(root / "policy.yml", "profile: start", "profile: strict")
    studio = Studio(root, None, "", said.append)
    studio.load()
    small.edit(root / RECORD, 'psa: "1042"', 'psa: "77"')
    small.edit(root / "clients/corner-florist.yml", "aliases: [The Corner]", 'external_ids: {psa: "77"}')
    studio.save()
    at = int(re.findall(r'data-at="([0-9]+)"', text(studio, PAGE))[0])
    studio.settle()
    assert any("77" in one for one in re.findall("<li>.*?</li>", panel(text(studio, PAGE)))), panel(text(studio, PAGE))
    assert studio.news(at, "harbour-dental", 0)
    assert said[-1].endswith("As of 2026-11-22.")
    studio.close()


def test_a_policy_that_cannot_be_read_is_told_on_every_page_and_the_site_of_before_stays(studio: Studio, root: Path):
    small.edit(root / "policy.yml", "profile: start", "profle: start")
    studio.load()
    assert "policy.yml" in panel(text(studio, PAGE))
    assert "Harbour Dental" in text(studio, PAGE)
    small.edit(root / "policy.yml", "profle: start", "profile: standard")
    studio.save()
    assert "policy.yml" not in panel(text(studio, "clients/corner-florist/"))


def test_a_preview_starts_with_a_policy_that_cannot_be_read(root: Path, said: list[str]):
    small.edit(root / "policy.yml", "profile: start", "profle: start")
    studio = Studio(root, None, "", said.append)
    studio.load()
    assert "policy.yml" in panel(text(studio, ""))
    assert any("policy.yml" in line for line in said)
    studio.close()


def test_what_is_wrong_with_mkdocs_yml_is_told_by_its_name_in_the_site(root: Path, said: list[str]):
    (root / "mkdocs.yml").write_text("nav: [never closed\n", encoding="utf-8")
    studio = Studio(root, None, "", said.append)
    assert "The site is being read" in text(studio, "")
    studio.load()
    assert "in &quot;mkdocs.yml&quot;, line 1" in panel(text(studio, ""))
    assert not any(str(root) in line for line in (*said, text(studio, "")))


def test_a_template_of_the_site_shows_when_it_is_saved_and_its_error_too(studio: Studio, root: Path):
    own = small.add(root / "templates/pages/overview.md", "# {{ client.name }}\n\nOur own words.\n")
    studio.load()
    assert "Our own words." in text(studio, PAGE)
    own.write_text("# {{ client.nothing }}\n", encoding="utf-8")
    studio.load()
    assert "PUB003" in panel(text(studio, PAGE))
    assert "Harbour Dental" in text(studio, PAGE)


def test_a_preview_of_one_client_reads_no_other(root: Path, said: list[str]):
    (root / "clients/corner-florist.yml").write_text("clint: [", encoding="utf-8")
    studio = Studio(root, None, "harbour-dental", said.append)
    studio.load()
    assert not any("POL004" in line for line in said)
    assert studio.first_page() == PAGE
    assert "Harbour Dental" in text(studio, PAGE)
    assert studio.answer("clients/corner-florist/") is None
    assert "shows harbour-dental alone" in panel(studio.missing("clients/corner-florist/").body.decode())
    assert not any("corner" in line for line in said)
    assert any(line.startswith("1 record, ") for line in said)
    small.edit(root / RECORD, "client: Harbour Dental\n", "client: Harbour Dental Group\n")
    studio.save()
    assert "Harbour Dental Group" in text(studio, PAGE)
    studio.close()


def test_files_that_are_new_gone_or_not_as_they_were_are_noticed(root: Path):
    before = stamps(root)
    small.add(root / "clients/new.yml", "client: New\n")
    (root / "clients/corner-florist.yml").unlink()
    small.add(root / "policy.yml", "# more\n")
    assert changed(before, stamps(root)) == {"clients/new.yml", "clients/corner-florist.yml", "policy.yml"}
    assert not any(name.startswith("docs/") for name in stamps(root, "clients"))


# The server


@contextmanager
def served(root: Path, said: list[str], host: str = "127.0.0.1") -> Iterator[str]:
    """A preview at a free port."""
    stop, ready = threading.Event(), threading.Event()

    def tell(words: str) -> None:
        said.append(words)
        if words.startswith("Serving on"):
            ready.set()

    studio = Studio(root, None, "", tell)
    thread = threading.Thread(target=serve, args=(studio, root, (host, 0), tell, stop))
    thread.start()
    try:
        assert ready.wait(60)
        yield next(line.split()[2] for line in said if line.startswith("Serving on"))
    finally:
        stop.set()
        thread.join(60)


def got(url: str, host: str = "") -> tuple[int, str]:
    """The status and the text of an answer."""
    asked = urllib.request.Request(url, headers={"Host": host} if host else {})
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_save_reaches_the_browser_that_waits_for_it(root: Path, said: list[str]):
    with served(root, said) as address:
        status, html = got(address + PAGE)
        at = re.findall(r'data-at="([0-9]+)"', html)[0]
        assert status == 200
        assert got(f"{address}.preview/live.js")[0] == 200
        small.edit(root / RECORD, "client: Harbour Dental\n", "client: Harbour Dental Group\n")
        assert got(f"{address}.preview/next?at={at}&client=harbour-dental")[0] == 200
        assert "Harbour Dental Group" in got(address + PAGE)[1]
        small.edit(root / "policy.yml", "provider: ", "provider: New ")
        at = re.findall(r'data-at="([0-9]+)"', got(address + PAGE)[1])[0]
        assert got(f"{address}.preview/next?at={at}&client=harbour-dental")[0] == 200
        assert got(f"{address}no/such/page/")[0] == 404


def test_a_page_and_a_picture_whose_names_have_accents_and_spaces_are_found(root: Path, said: list[str]):
    small.add(root / "docs" / "nächtliche schicht.md", "# Nächtliche Schicht\n")
    small.add(root / "docs" / "plan é.txt", "plan\n")
    with served(root, said) as address:
        status, page = got(address + "n%C3%A4chtliche%20schicht/")
        assert (status, "<h1" in page) == (200, True)
        assert got(address + "plan%20%C3%A9.txt") == (200, "plan\n")


def test_a_name_that_leads_here_from_elsewhere_is_refused(root: Path, said: list[str]):
    with served(root, said) as address:
        assert got(address, "evil.example")[0] == 403
        assert got(address, "localhost:8000")[0] == 200


def test_no_page_of_another_site_can_run_the_index_of_the_search(root: Path, said: list[str]):
    with (
        served(root, said) as address,
        urllib.request.urlopen(f"{address}assets/runbooks/search-index.js", timeout=60) as answer,
    ):
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert OPEN not in said


def test_another_spelling_of_this_computer_is_guarded_the_same(root: Path, said: list[str]):
    with served(root, said, "LocalHost") as address:
        assert got(address, "evil.example")[0] == 403
        assert got(address)[0] == 200


def test_whoever_shows_everything_to_the_network_is_told(root: Path, said: list[str]):
    with served(root, said, "0.0.0.0"):
        assert OPEN in said


def test_ctrl_c_ends_it_cleanly_and_wrong_use_is_told_in_a_line(root: Path):
    command = [sys.executable, "-m", "runbooks", "serve", "--site", str(root)]
    bad = small.run("runbooks", "serve", "--host", "127.0.0.1:x", cwd=root)
    assert bad.returncode == 2
    assert "--host takes an address and a port" in bad.stderr
    nobody = small.run("runbooks", "serve", "--client", "harbor-dental", cwd=root)
    assert nobody.returncode == 2
    assert "did you mean harbour-dental?" in nobody.stderr
    # Whoever runs the tests in the background has Ctrl-C ignored, by what it starts as well.
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(
        [*command, "--host", "127.0.0.1:0"],
        stderr=subprocess.PIPE,
        text=True,
        env=small.environment(),
        preexec_fn=heard if sys.platform != "win32" else None,  # noqa: PLW1509 - no thread runs here
    ) as process:
        assert process.stderr is not None
        assert any(line.startswith("Serving on") for line in iter(process.stderr.readline, ""))
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
        assert process.wait(60) == 0
        assert rest.strip() == "Stopped."


class Knot:
    """Something that holds itself, as what MkDocs makes does."""

    def __init__(self) -> None:
        self.itself = self


def test_what_an_earlier_reading_held_is_let_go_when_a_site_is_read_again(tmp_path: Path):
    root, knot = small.green(tmp_path / "site"), Knot()
    left = weakref.ref(knot)
    try:
        gc.freeze()  # as each reading does
        del knot
        whole.read(root, None)
    finally:
        gc.unfreeze()
    assert left() is None
