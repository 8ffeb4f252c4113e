"""HTML to PDF: by WeasyPrint where it is installed, else by a Chromium that is there. Neither asks a network."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from runbooks.errors import UserError
from runbooks.pack.numbering import numbered

BROWSER: Final = "RUNBOOKS_CHROMIUM"
"""The environment variable that names the browser."""
NAMES: Final = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "microsoft-edge-stable", "msedge"),
)
PLACES: Final = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)
APPLICATIONS: Final = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
FLAGS: Final = (
    *("--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"),
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer", "--generate-pdf-document-outline"),
)
DRAWING: Final = re.compile(r"<svg\b[^<>]*>")
DRAWN: Final = re.compile(r"^\.rb-(?:flow|picture)[^{}]*\{[^{}]*\}$", re.MULTILINE)
SECONDS: Final = 120
"""How long a browser may take for one file."""


class NoPrinter(UserError):
    """Nothing on this machine can write a PDF."""

    def __init__(self) -> None:
        super().__init__(
            "nothing here can write a PDF: install Chromium, Chrome or Edge, or `pip install weasyprint`; "
            f"{BROWSER} names a browser that is somewhere else"
        )


class PrintFailed(UserError):
    """What should write the PDF did not."""


def pdf(html: str) -> bytes:
    """A page as PDF.

    Raises:
        NoPrinter, PrintFailed: one line for the user.
    """
    if find_spec("weasyprint") is not None:
        return _by_weasyprint(html)
    found = browser()
    if found is None:
        raise NoPrinter
    return numbered(html, lambda page: _by_browser(page, found))


def browser() -> str | None:
    """The Chromium to print with: the one that is named, on the path, or where each system puts it."""
    return next(_browsers(), None)


def _browsers() -> Iterator[str]:
    if named := os.environ.get(BROWSER):
        if not Path(named).is_file():
            raise PrintFailed(f"{BROWSER} is {named}, and there is no such file")
        yield named
    yield from (found for name in NAMES if (found := shutil.which(name)))
    folders = (os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"))
    installed = (str(Path(folder, place)) for folder in folders if folder for place in PLACES)
    yield from (path for path in (*installed, *APPLICATIONS) if Path(path).is_file())


def _by_browser(html: str, found: str) -> bytes:
    with TemporaryDirectory(prefix="runbooks-print-", ignore_cleanup_errors=True) as folder:
        page, target = Path(folder, "page.html"), Path(folder, "page.pdf")
        page.write_text(html, encoding="utf-8", newline="\n")
        # As root, as in a container, Chromium starts only without its sandbox. The page has no script to run in it.
        flags = ("--no-sandbox", *FLAGS) if _is_root() else FLAGS
        places = (f"--user-data-dir={Path(folder, 'profile')}", f"--print-to-pdf={target}", page.as_uri())
        try:
            done = subprocess.run(
                [found, *flags, *places],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PrintFailed(f"{found} did not write the PDF: {error}") from error
        if not target.is_file():
            said = done.stderr.decode("utf-8", errors="replace").strip().splitlines()
            why = said[-1] if said else f"it ended with {done.returncode}"
            raise PrintFailed(f"{found} did not write the PDF: {why}")
        return target.read_bytes()


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _by_weasyprint(html: str) -> bytes:
    weasyprint: Any = importlib.import_module("weasyprint")
    # It reads no style of the page for what is drawn in it, and knows there of nothing around a drawing.
    rules = "".join(DRAWN.findall(html)).replace(".rb-picture ", "")
    drawn = DRAWING.sub(rf"\g<0><style>{rules}</style>", html)
    try:
        written: bytes = weasyprint.HTML(string=drawn, url_fetcher=_nothing).write_pdf()
    except Exception as error:
        raise PrintFailed(f"WeasyPrint did not write the PDF: {error}") from error
    return written


def _nothing(url: str, *_: Any, **__: Any) -> dict[str, Any]:
    raise ValueError(f"a pack asks for nothing, and this was asked for: {url}")
