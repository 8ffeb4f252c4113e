"""How many bytes of HTML each line of a list about the whole fleet takes, for 1,000 clients.

What stands behind the lists, the pages of each client, is left to a line each: it has no say in their size.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from bench.fleets import ROOT, make
from runbooks import engine, site
from runbooks.pages.markdown import address
from runbooks.pages.page import LISTS, Page
from runbooks.site import Site

LIST: Final = re.compile(r'class="rb-list.*?</table>', re.DOTALL)
BODY: Final = re.compile(r"<tbody>(.*)</tbody>", re.DOTALL)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=1000, help="how many clients (default: 1000)")
    parser.add_argument("--keep", type=Path, help="leave the pages in this new folder, to look at them")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        begun, root = time.perf_counter(), make(given.clients, Path(folder) / "site")
        shutil.copytree(ROOT / "docs", root / "docs", dirs_exist_ok=True)  # the navigation names them
        made = site.make(site.read(root))
        stage = given.keep or Path(folder) / "built"
        print(f"{given.clients} clients, {len(made.book.pages)} pages made in {time.perf_counter() - begun:.0f} s\n")
        engine.build(_bare(made), stage)
        print(f"{'page':28} {'lines':>6} {'bytes a line':>13} {'whole page':>12}")
        for page in made.book.pages:
            if page.kind in LISTS:
                _row(page, (stage / address(page.uri, directory_urls=True) / "index.html").read_text(encoding="utf-8"))


def _bare(made: Site) -> Site:
    """The same site with nothing on the pages of clients but a heading."""
    pages = (replace(page, markdown=f"# {page.kind}\n") if page.client else page for page in made.book.pages)
    return replace(made, book=replace(made.book, pages=tuple(pages)))


def _row(page: Page, html: str) -> None:
    bodies = [body[1] for found in LIST.findall(html) if (body := BODY.search(found))]
    lines, size = sum(body.count("<tr>") for body in bodies), sum(len(body.encode()) for body in bodies)
    each = f"{size / lines:.0f}" if lines else "–"
    print(f"{page.uri:28} {lines:6} {each:>13} {len(html.encode()) / 1000:9.0f} kB")


if __name__ == "__main__":
    main()
