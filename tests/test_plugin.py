"""The plugin in real MkDocs: plain builds that pass or refuse, and a preview that follows every edit."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from mkdocs.__main__ import cli
from mkdocs.utils import DuplicateFilter

from tests import small
from tests.calls import Done

pytestmark = pytest.mark.built

BUILD = logging.getLogger("mkdocs.commands.build")
BUILD.filters.clear()  # who loads its command line has it say nothing twice, in other tests of this process too

PATIENCE = 30.0
"""Seconds until an edit must be seen; the watcher looks twice a second, a build takes one or two."""

INTERRUPT = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT)
INTERRUPTIBLE = """
import runpy, signal, sys

# Whoever runs in the background has interrupts ignored, and hands that on to what it starts.
signal.signal(getattr(signal, "SIGBREAK", signal.SIGINT), signal.default_int_handler)
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""


@pytest.fixture(autouse=True)
def _kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the commands of this run have kept is there in this process too."""
    monkeypatch.setenv("RUNBOOKS_CACHE", os.environ[small.CACHE])
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


def mkdocs(site: Path, *options: str) -> Done:
    """Runs `mkdocs build` in a site, in this process. Whatever it does not catch itself comes out of this."""
    log = logging.getLogger("mkdocs")
    before = log.level, log.propagate
    BUILD.filters = [DuplicateFilter()]  # it has said nothing yet
    try:
        with chdir(site), small.few_rules():
            done = CliRunner().invoke(cli, ["build", *options], catch_exceptions=False)
    finally:
        log.level, log.propagate = before
        BUILD.filters.clear()
    return Done(done.exit_code, done.stdout, done.stderr)


def make_red(site: Path) -> None:
    shutil.copy(small.SOURCE / "clients/broken/lapsed-legal.yml", site / "clients")


def assert_refused(done: Done, *words: str) -> None:
    assert done.code == 1, done.out + done.err
    assert "Traceback" not in done.err
    for word in words:
        assert word in done.err


# Plain builds.


def test_a_strict_build_is_the_same_site_that_runbooks_build_publishes(small_site: Path):
    assert small.run("runbooks", "build", cwd=small_site).returncode == 0
    done = small.run("mkdocs", "build", "--strict", "--site-dir", "plain", cwd=small_site)
    assert done.returncode == 0, done.stderr

    plain, published = small.files(small_site / "plain"), small.files(small_site / "site")
    assert {"index.html", "notes/index.html", "clients/harbour-dental/monitoring/index.html"} <= plain.keys()
    for files in (plain, published):
        del files["assets/runbooks/build.json"]  # a release has a number
    for name in [name for name in published if name.startswith(".server/")]:
        del published[name]  # a release says what the web server has to know
    assert plain == published


def test_a_red_record_refuses_before_the_old_site_is_touched(small_site: Path):
    old = small.add(small_site / "site/index.html", "the old site")
    make_red(small_site)

    assert_refused(mkdocs(small_site), "the gate is closed", "clients/lapsed-legal.yml:26:21", "AGR001")
    assert small.files(small_site / "site") == {"index.html": old.read_bytes()}


def test_without_records_nothing_is_built(small_site: Path):
    old = small.add(small_site / "site/index.html", "the old site")
    shutil.rmtree(small_site / "clients")

    assert_refused(mkdocs(small_site), "there is no record in clients/, so nothing was checked")
    assert old.read_text(encoding="utf-8") == "the old site"


def test_an_unreadable_policy_is_shown_with_all_its_findings(small_site: Path):
    small.add(small_site / "policy.yml", "profil: strict\nserivces: {}\n")
    before = len((small_site / "policy.yml").read_text(encoding="utf-8").splitlines()) - 1

    assert_refused(
        mkdocs(small_site),
        "policy.yml cannot be read",
        f"policy.yml:{before}:1",
        f"policy.yml:{before + 1}:1",
        "POL001",
    )


def test_without_a_policy_nothing_is_built(small_site: Path):
    (small_site / "policy.yml").unlink()

    assert_refused(mkdocs(small_site), "policy.yml")


def warned(site: Path) -> None:
    """A site of which the gate warns."""
    policy = site / "policy.yml"
    text = policy.read_text(encoding="utf-8")
    policy.write_text(text[: text.index("waivers:")], encoding="utf-8")


def test_a_warning_of_the_gate_and_a_broken_link_in_a_hand_written_page_each_fail_a_strict_build(small_site: Path):
    warned(small_site)
    small.add(small_site / "docs/notes.md", "\n[Nowhere](nowhere.md)\n")

    done = mkdocs(small_site, "--strict")
    assert_refused(done, "DOC004", "nowhere.md")
    assert "Aborted with 2 warnings in strict mode!" in done.out


def test_a_plain_build_passes_with_a_warning_of_the_gate_and_without_a_navigation_of_its_own(small_site: Path):
    warned(small_site)
    config = small_site / "mkdocs.yml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text[: text.index("nav:")] + text[text.index("markdown_extensions:") :], encoding="utf-8")
    done = mkdocs(small_site)

    assert done.code == 0, done.err
    assert "DOC004" in done.err
    assert (small_site / "site/clients/harbour-dental/index.html").is_file()


def test_dirty_builds_are_refused(small_site: Path):
    assert_refused(mkdocs(small_site, "--dirty"), "--dirty leaves old pages in place")


def test_what_the_third_wall_finds_fails_a_plain_build_also_where_a_hook_has_written_it_last(small_site: Path):
    small.edit(small_site / "clients/corner-florist.yml", "level: none", "level: none\n  alerts_to: [alerts@x.example]")
    small.add(small_site / "docs/other.txt", "Corner Florist: the alerts go to alerts@x.example\n")
    small.add(
        small_site / "hooks.py",
        "from pathlib import Path\n\n\ndef on_post_build(config, **_):\n    for name in ('late.txt', '.late.txt'):\n"
        "        Path(config.site_dir, name).write_text('Corner Florist: the alerts go to alerts@x.example')\n",
    )
    small.edit(small_site / "mkdocs.yml", "extra:", "hooks: [hooks.py]\nextra:")
    small.add(small_site / "site/old.txt", "from before")
    small.add(small_site / "site/.nojekyll", "not ours")

    done = mkdocs(small_site)
    assert_refused(done, "the built site gives away what it must not", "\nother.txt:", "\nlate.txt:", "\n.late.txt:")
    assert small.files(small_site / "site") == {".nojekyll": b"not ours"}


def test_what_runbooks_build_publishes_is_not_built_into(small_built: Path, tmp_path: Path):
    small_site = Path(shutil.copytree(small_built, tmp_path / "small", symlinks=True))
    old = small.files(small_site / "site")

    for folder in ("site", "site/part", ".site-trees/a", ".site-trees/new"):
        assert_refused(mkdocs(small_site, "-d", folder), "is published by `runbooks build`; build elsewhere with -d")
        assert small.files(small_site / "site") == old

    # Nor where the site is a folder, because links cannot be made.
    real = (small_site / "site").resolve()
    (small_site / "site").unlink()
    real.rename(small_site / "site")

    assert_refused(mkdocs(small_site), "is published by `runbooks build`")


def test_the_smallest_site_builds_without_hand_written_pages(small_site: Path):
    shutil.rmtree(small_site / "docs")
    (small_site / "docs").mkdir()
    text = "site_name: Runbooks\ntheme: {name: material, font: false}\nplugins: [search, runbooks]\n"
    (small_site / "mkdocs.yml").write_text(text, encoding="utf-8")
    done = mkdocs(small_site, "--strict")

    assert done.code == 0, done.err


def test_own_overrides_and_own_files_of_the_theme_go_before_the_shipped_ones_and_pages_can_be_files(small_site: Path):
    small.add(
        small_site / "overrides/main.html",
        '{% extends "base.html" %}{% block announce %}<p id="ours">{{ config.site_name }}</p>{% endblock %}',
    )
    small.edit(small_site / "mkdocs.yml", "font: false}", "font: false, custom_dir: overrides}")
    small.edit(small_site / "mkdocs.yml", "extra:", "use_directory_urls: false\nextra:")
    small.add(small_site / "templates/theme/assets/runbooks/runbooks.css", ".ours{x:y}\n")
    done = mkdocs(small_site, "--strict")

    assert done.code == 0, done.err
    assert {"id": "ours"} in small.seen(small_site / "site/clients/harbour-dental/index.html").all("p")
    assert (small_site / "site/assets/runbooks/runbooks.css").read_text(encoding="utf-8") == ".ours{x:y}"
    page = small.seen(small_site / "site/clients/harbour-dental/restore.html")
    assert "monitoring.html" in [each.get("href") for each in page.all("a")]


def test_hand_written_pages_may_not_stand_in_another_folder(small_site: Path):
    (small_site / "docs").rename(small_site / "pages")
    small.edit(small_site / "mkdocs.yml", "extra:", "docs_dir: pages\nextra:")

    assert_refused(mkdocs(small_site), "docs_dir must be docs")


# The preview.


@contextmanager
def preview(site: Path, module: str) -> Iterator[tuple[subprocess.Popen[str], Callable[[str], str], Path]]:
    """A running preview: the process, a function that fetches a page once it has changed, and what it prints."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    options = ["serve", "--dev-addr" if module == "mkdocs" else "--host", host]
    said = site.parent / "said.txt"
    with said.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", small.FEW_RULES + INTERRUPTIBLE, module, *options],
            cwd=site,
            env=small.environment(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )

    def fetch(path: str) -> str:
        try:
            with urllib.request.urlopen(f"http://{host}/{path}", timeout=2) as answer:
                text: str = answer.read().decode("utf-8")
                return text
        except (OSError, urllib.error.URLError):
            return ""

    try:
        yield process, fetch, said
    finally:
        process.kill()
        process.wait()


def becomes(true: Callable[[], bool]) -> bool:
    """Whether something becomes true before patience ends."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("module", ["mkdocs", "runbooks"])
def test_a_preview_follows_records_templates_and_policy_and_ends_by_interrupt(small_site: Path, module: str):
    with preview(small_site, module) as (process, fetch, said):
        assert becomes(lambda: "Harbour Dental" in fetch("clients/harbour-dental/")), said.read_text(encoding="utf-8")

        small.edit(small_site / "clients/harbour-dental.yml", "Ring before any", "Whistle before any")
        assert becomes(lambda: "Whistle before any" in fetch("clients/harbour-dental/"))

        small.add(small_site / "templates/pages/restore.md", "# Our own way to restore\n")
        assert becomes(lambda: "Our own way to restore" in fetch("clients/harbour-dental/restore/"))

        small.edit(small_site / "policy.yml", "name: Duty manager", "name: Night watch")
        assert becomes(lambda: "Night watch" in fetch("clients/harbour-dental/"))

        process.send_signal(INTERRUPT)
        assert process.wait(PATIENCE) == 0
        assert "Traceback" not in said.read_text(encoding="utf-8")
    assert not (small_site / "site").exists()


def test_a_preview_shows_what_is_not_blocked_and_lives_through_an_unreadable_policy(small_site: Path):
    make_red(small_site)
    with preview(small_site, "runbooks") as (process, fetch, said):
        assert becomes(lambda: "The monitoring page is withheld" in fetch("clients/lapsed-legal/not-monitored/"))
        assert "AGR001" in said.read_text(encoding="utf-8")
        assert fetch("clients/lapsed-legal/monitoring/") == ""

        small.edit(small_site / "policy.yml", "provider: Example IT", "provder: Example IT")
        assert becomes(lambda: "POL001" in said.read_text(encoding="utf-8"))
        assert process.poll() is None

        small.edit(small_site / "policy.yml", "provder: Example IT", "provider: Example Two")
        assert becomes(lambda: "Example Two" in fetch(""))
