"""What the tests in a browser share: a built site that is served, and everything the browser complained of."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from runbooks import servers
from tests import small

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, ViewportSize

ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
)
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}

KIND = re.compile(r'<meta name="runbooks" content="(?:client=(?P<client>[^;"]+); )?kind=(?P<kind>[^;"]+)')


class Silent(SimpleHTTPRequestHandler):
    """A server of files that does not speak of what it serves, with the policy that the build wrote for browsers."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", servers.policy(Path(self.directory)))
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is given
        pass


@dataclass
class Served:
    """A site that was built and is served, and everything a browser complained of while it was looked at."""

    folder: Path
    address: str
    browser: Browser
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str, moment: str = "", **options: Any) -> Page:
        """A new tab with a page of the site, on a screen like a desk's unless another is given.

        `moment`, with its offset from UTC, is what the clock of the tab says.
        """
        context = self.browser.new_context(**{"viewport": DESK, **options})
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", self._dismiss)
        page.on("request", self._check)
        if moment:
            page.clock.install(time=moment)
        page.goto(self.address + path)
        return page

    def each(self, paths: Iterable[str], moment: str = "", **options: Any) -> Iterator[Page]:
        """These pages one after another in one tab, which takes half the time; each is opened at that moment."""
        first, *others = paths
        page = self.open(first, moment, **options)
        yield page
        for path in others:
            if moment:
                page.clock.set_system_time(moment)
            page.emulate_media(media="screen")
            page.goto(self.address + path)
            yield page

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.complaints.append(said.text)

    def _dismiss(self, dialog: Dialog) -> None:
        self.complaints.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _check(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.complaints.append(f"asked for {request.url}")

    def leave(self) -> None:
        """Close all tabs; what was complained of is an error."""
        for context in self.browser.contexts:
            context.close()
        complaints, self.complaints = self.complaints, []
        assert complaints == []


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all: two cannot be driven at once."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=os.environ["RUNBOOKS_CHROMIUM"], args=[*ARGUMENTS])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def serving(browser: Browser) -> Iterator[Callable[[Path], Served]]:
    """Serves a built site until the session ends."""
    servers: list[ThreadingHTTPServer] = []

    def serving(built: Path) -> Served:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(built)))
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return Served(built, f"http://127.0.0.1:{server.server_port}/", browser)

    yield serving
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def serve(serving: Callable[[Path], Served], tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Served]:
    """Builds the site of a folder and serves it until the session ends."""

    def serve(root: Path) -> Served:
        target = tmp_path_factory.mktemp("built") / "site"
        done = small.run("runbooks", "build", "--site-dir", target, cwd=root)
        assert done.returncode == 0, done.stdout + done.stderr
        return serving(target)

    return serve


@pytest.fixture(scope="session")
def served(serving: Callable[[Path], Served], sample_built: Path) -> Served:
    """The sample fleet of this repository."""
    return serving(sample_built / "site")


def pages(site: Served) -> dict[str, tuple[str, str]]:
    """Every generated page of a site by its path: the client it is about, and its kind."""
    return {path: (client, kind) for path, (client, kind, _) in _generated(site.folder).items()}


def longest_of_each_kind(site: Served) -> dict[str, str]:
    """One page of each kind, the one with most to show."""
    found = _generated(site.folder)
    by_size = sorted(found, key=lambda path: found[path][2])
    return {found[path][1]: path for path in by_size}


@cache
def _generated(folder: Path) -> dict[str, tuple[str, str, int]]:
    """Every generated page of a built site, which nobody changes: its client, its kind, and how long it is."""
    found = {}
    for file in sorted(folder.rglob("index.html")):
        path, text = file.relative_to(folder).as_posix().removesuffix("index.html"), file.read_text(encoding="utf-8")
        mark = KIND.search(text)
        if mark:
            found[path] = (mark["client"] or "", mark["kind"], len(text))
    return found


def html(site: Served, path: str) -> str:
    """A page of a site as it was built."""
    return (site.folder / path / "index.html").read_text(encoding="utf-8")


def search(page: Page, words: str) -> None:
    """Type something into the search, as a person does, and wait for what it finds."""
    from playwright.sync_api import expect

    page.locator(".md-search__input").press_sequentially(words)
    expect(page.locator(".md-search-result__meta")).to_contain_text("matching document")
