"""The server of a preview, and the loop that looks for what was saved. Nothing of it is meant for the network."""

from __future__ import annotations

import mimetypes
import os
import threading
import time
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from runbooks.errors import UserError
from runbooks.preview.panel import CSS, LIVE, NEXT, SCRIPT, STYLE
from runbooks.preview.studio import Answer, Studio
from runbooks.preview.watch import RECORDS, changed, stamps

SAVED: Final = 0.05
"""Seconds between two looks at clients/."""
OTHERS: Final = 0.5
"""Seconds between two looks at everything else, and from a save to asking the whole gate."""
PATIENCE: Final = 20.0
"""Seconds that a browser is left to wait for news before it asks again."""
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
OPEN: Final = "Whoever reaches this computer over the network can read every record here, without a login."
_KINDS: Final = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".json": "application/json",
                 ".svg": "image/svg+xml", ".woff2": "font/woff2"}  # fmt: skip
"""Kinds of files that some systems' own lists have wrong."""
_OWN: Final = {LIVE: SCRIPT, STYLE: CSS}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # On Windows two servers could share an address then; elsewhere an address that was just left is free at once.
    allow_reuse_address = os.name == "posix"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that has gone away is no error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, studio: Studio, host: str, *arguments: Any) -> None:
        self.studio, self.host = studio, host
        super().__init__(*arguments)

    def do_GET(self) -> None:
        """Answer a request. A name that was made to lead here from elsewhere is refused: records are confidential."""
        if _is_here(self.host) and not _is_here(_named(self.headers.get("Host", ""))):
            self._send(Answer(b"This preview is for this computer alone.", "refused.txt", found=False), 403)
            return
        parts = urlsplit(self.path)
        url = unquote(parts.path).lstrip("/")
        if url == NEXT:
            self._news(parse_qs(parts.query))
        elif url in _OWN:
            self._send(Answer(_OWN[url].encode(), url))
        else:
            answer = self.studio.answer(url)
            self._send(answer or self.studio.missing(url), 200 if answer else 404)

    def do_HEAD(self) -> None:
        """The same without the body."""
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Not a line for each file of each page."""

    def _news(self, query: dict[str, list[str]]) -> None:
        at, client = query.get("at", ["0"])[0], query.get("client", [""])[0]
        came = self.studio.news(int(at) if at.isdecimal() else 0, client, PATIENCE)
        self._send(Answer(b"", "news.txt"), 200 if came else 204)

    def _send(self, answer: Answer, status: int = 200) -> None:
        self.send_response(HTTPStatus(status))
        self.send_header("Content-Type", _kind(answer.name))
        self.send_header("Cache-Control", "no-store")
        # The index of the search is a script, which any page in the same browser could run and read.
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("X-Content-Type-Options", "nosniff")
        if status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command == "GET" and status != HTTPStatus.NO_CONTENT:
            self.wfile.write(answer.body)


def _named(header: str) -> str:
    """The host of a Host header, without its port."""
    return (urlsplit(f"//{header}").hostname or "") if header else ""


def _is_here(host: str) -> bool:
    """Whether a name or an address is that of this computer alone."""
    if host.lower() in LOOPBACK:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _kind(name: str) -> str:
    ending = name[name.rfind(".") :] if "." in name else ""
    kind = _KINDS.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def serve(
    studio: Studio, root: Path, address: tuple[str, int], tell: Callable[[str], None], stop: threading.Event
) -> None:
    """Show a site at a host and port until it is interrupted, or `stop` is set.

    Raises:
        UserError: when the address is taken.
    """
    host, port = address
    try:
        server = _Server((host, port), partial(_Handler, studio, host))
    except OSError as error:
        raise UserError(f"nothing can be served at {host}:{port}: {error.strerror}; name another --host") from error
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        before = stamps(root)
        studio.load()
        shown = f"[{host}]" if ":" in host else host
        if not _is_here(host):
            tell(OPEN)
        tell(f"Serving on http://{shown}:{server.server_port}/{studio.first_page()} (stop with Ctrl-C)")
        _watch(studio, root, dict(before), stop)
    except KeyboardInterrupt:
        tell("Stopped.")
    finally:
        server.shutdown()
        server.server_close()
        studio.close()


def _watch(studio: Studio, root: Path, known: dict[str, tuple[int, int, int]], stop: threading.Event) -> None:
    looked = saved = time.monotonic()
    while not stop.wait(SAVED):
        now = time.monotonic()
        whole = now - looked > OTHERS
        after = stamps(root) if whole else stamps(root, RECORDS)
        before = known if whole else {name: one for name, one in known.items() if name.startswith(f"{RECORDS}/")}
        differing = changed(before, after)
        if whole:
            looked = now
        if differing:
            known = {**{name: one for name, one in known.items() if name not in differing}, **after}
            saved = time.monotonic()
            if all(name.startswith(f"{RECORDS}/") for name in differing):
                studio.save()
            else:
                studio.load()
        elif now - saved > OTHERS:
            studio.settle()
