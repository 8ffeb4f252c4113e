"""The file around a runbook: one style sheet, no script, and a policy under which nothing can be asked for."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from runbooks import escape, site
from runbooks.pages.markdown import mark
from runbooks.pages.page import Page

Paper: TypeAlias = Literal["A4", "Letter"]

STYLE: Final = "theme/assets/runbooks/print.css"


@dataclass(frozen=True, slots=True)
class Pack:
    """One client's runbook: its page, the page's body as HTML, the style sheet of paper, and the day it is of."""

    page: Page
    body: str
    style: str
    as_of: str

    @property
    def client(self) -> str:
        """The short name of the client."""
        return self.page.client

    @property
    def name(self) -> str:
        """The name of its file, without an ending."""
        return f"{self.client}-{self.as_of}"

    @property
    def html(self) -> str:
        """The file. It leaves the paper to whoever prints it. The same page on the same day gives the same bytes."""
        return self._framed(self.style)

    def on(self, paper: Paper) -> str:
        """The same for a printer that has to be told its paper."""
        return self._framed(f"{self.style}@page {{ size: {paper} }}\n@page way {{ size: {paper} landscape }}\n")

    def _framed(self, style: str) -> str:
        title = escape.title(f"{self.page.client_name}: backup runbook, as of {self.as_of}")
        policy = f"default-src 'none'; style-src '{_digest(style)}'; base-uri 'none'; form-action 'none'"
        return (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="only light">\n'
            f'<meta name="runbooks" content="{mark(self.page)}">\n<title>{title}</title>\n'
            f'<style>{style}</style>\n</head>\n<body class="rb-pack">\n<article class="md-typeset">\n'
            f"{self.body}\n</article>\n</body>\n</html>\n"
        )


def style(root: Path) -> str:
    """The style sheet of paper: the site's own, or the shipped one."""
    own = root / "templates" / STYLE
    text = (own if own.is_file() else site.shipped() / STYLE).read_text(encoding="utf-8")
    # Whatever stands in it, it cannot end the element that it is put into.
    return "\n" + text.replace("\r\n", "\n").strip("\n").replace("</", "<\\/") + "\n"


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
