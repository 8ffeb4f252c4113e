"""Measures the built site with Lighthouse, one page of each kind, and prints a table: `make lighthouse`.

The site is served as the samples for web servers say: with the policy, compressed, and with what browsers may keep.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from runbooks import servers

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
KIND = re.compile(r'<meta name="?runbooks"? content="[^"]*?kind=([a-z-]+)')
DIGESTED = re.compile(r"/assets/(javascripts|stylesheets)/.+\.[0-9a-f]{8}\.min\.(js|css)")
CHROME = "--headless=new --no-sandbox --disable-gpu --host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'"


class AsTheSamples(SimpleHTTPRequestHandler):
    """A server that answers as the written samples make a real one answer."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """A file of the site, compressed."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        found = path.is_file()
        raw = (path if found else Path(self.directory) / "404.html").read_bytes()
        kind = self.guess_type(path if found else "404.html")
        packed = kind.startswith("text/") or kind.endswith(("javascript", "json", "xml"))
        body = gzip.compress(raw) if packed else raw
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", kind + ("; charset=utf-8" if packed else ""))
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        forever = DIGESTED.fullmatch(self.path)
        self.send_header("Cache-Control", "private, max-age=31536000, immutable" if forever else "private, no-cache")
        self.send_header("Content-Security-Policy", servers.policy(Path(self.directory)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is given
        """Say nothing."""


def kinds(site: Path) -> dict[str, str]:
    """The address of the longest page of each kind."""
    found: dict[str, str] = {}
    for file in sorted(site.rglob("index.html"), key=lambda one: (one.stat().st_size, one.as_posix())):
        mark = KIND.search(file.read_text(encoding="utf-8"))
        if mark:
            found[mark[1]] = file.relative_to(site).as_posix().removesuffix("index.html")
    return dict(sorted(found.items()))


def measured(program: Path, address: str, device: str) -> dict[str, Any]:
    """The report of Lighthouse about one page."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        options = ["--quiet", "--output=json", f"--output-path={report}", f"--chrome-flags={CHROME}"]
        options += ["--only-categories=" + ",".join(CATEGORIES)]
        options += ["--preset=desktop"] if device == "desktop" else []
        subprocess.run(["node", str(program), address, *options], check=True, timeout=300)
        found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        return found


def lost(report: dict[str, Any]) -> list[str]:
    """The audits that cost a page points."""
    audits = report["audits"]
    weighed = [
        one["id"] for category in report["categories"].values() for one in category["auditRefs"] if one["weight"]
    ]
    scores = {name: audits[name]["score"] for name in weighed if audits[name]["score"] is not None}
    return [f"{name} {audits[name].get('displayValue', '')}".strip() for name, score in scores.items() if score < 0.9]


def main() -> int:
    """Measure, print, and end with 1 where a figure is below 95."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path, help="the built site")
    parser.add_argument("lighthouse", type=Path, help="the node_modules with Lighthouse")
    parser.add_argument("--kind", action="append", help="only pages of this kind")
    parser.add_argument("--device", action="append", choices=["mobile", "desktop"])
    asked = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(AsTheSamples, directory=os.fspath(asked.site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    program = asked.lighthouse / "lighthouse" / "cli" / "index.js"
    low = 0
    print(f"{'':24}{'':9}" + "".join(f"{name:>16}" for name in CATEGORIES))
    for kind, path in kinds(asked.site).items():
        for device in asked.device or ["mobile", "desktop"] if not asked.kind or kind in asked.kind else []:
            report = measured(program, f"http://127.0.0.1:{server.server_port}/{path}", device)
            scores = [round(100 * (report["categories"][name]["score"] or 0)) for name in CATEGORIES]
            low += min(scores) < 95
            why = "; ".join(lost(report)) if min(scores) < 95 else ""
            print(f"{kind:24}{device:9}" + "".join(f"{score:16}" for score in scores) + f"  {why}", flush=True)
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
