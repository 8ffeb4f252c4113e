"""What is gathered for the search while a site is built, and the files that the browser reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from runbooks.finder.rows import Rows
from runbooks.finder.script import INDEX, script
from runbooks.finder.sheets import Sheet

SEPARATOR: Final = r"[\s\-_,:!=\[\]()\"/.`]+"
"""Where the words of names end: for marking them on a page, and for an engine that searches by itself."""
THEME: Final = "search/search_index"
"""What the theme fetches with every page: it holds no page here, so that it stays small."""
SETTINGS: Final[Mapping[str, object]] = {
    "config": {"lang": ["en"], "separator": SEPARATOR, "pipeline": [], "fields": {}},
    "docs": [],
}


@dataclass
class Desk:
    """The search of one build: the rows of the book, and the other pages as they are built."""

    rows: Rows
    directory_urls: bool
    sheets: list[Sheet] = field(default_factory=list)

    def add(self, one: Sheet, said: object) -> None:
        """Take in a page. `said` is what its front matter has under `search`, as the theme knows it."""
        settings = said if isinstance(said, dict) else {}
        boost = settings.get("boost", 1)
        if not settings.get("exclude"):
            self.sheets.append(replace(one, weight=float(boost) if isinstance(boost, int | float) else 1.0))

    def files(self) -> dict[str, str]:
        """The index, and in the place of the theme's own one that has nothing in it: the texts by their names."""
        settings = json.dumps(SETTINGS, separators=(",", ":"))
        found = {
            INDEX: script(self.rows, self.sheets, directory_urls=self.directory_urls),
            f"{THEME}.json": settings,
        }
        # From file:// nothing can be fetched, so there the theme takes a script.
        return found if self.directory_urls else {**found, f"{THEME}.js": f"var __index = {settings};\n"}

    def write(self, site: Path) -> None:
        """Write these files."""
        for name, text in self.files().items():
            _put(site / name, text)


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
