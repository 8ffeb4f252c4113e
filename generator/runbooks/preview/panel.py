"""What the gate finds, at the top of a page of the preview, and the script that shows a save."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from runbooks.findings import Blocks, Finding, Severity

LIVE: Final = ".preview/live.js"
STYLE: Final = ".preview/panel.css"
NEXT: Final = ".preview/next"
MOST: Final = 20
"""Findings that one page lists."""

_ARTICLE: Final = re.compile(r"<article\b[^>]*>")

SCRIPT: Final = """\
"use strict";
(() => {
  const told = document.getElementById("runbooks-preview");
  const ask = async () => {
    for (;;) {
      try {
        const query = new URLSearchParams({ at: told.dataset.at, client: told.dataset.client });
        const answer = await fetch(`/.preview/next?${query}`, { cache: "no-store" });
        if (answer.status === 200) { location.reload(); return; }
      } catch {
        await new Promise((done) => setTimeout(done, 500));
      }
    }
  };
  ask();
})();
"""
"""Asks for the next change that touches this page, and shows it. When the preview is stopped, it waits for the next."""

CSS: Final = """\
.rb-preview { border: 2px solid; border-radius: 4px; margin: 0 0 1rem; padding: .5rem .8rem; font-size: .7rem;
  font-family: var(--md-text-font-family, sans-serif); background: var(--md-default-bg-color, #fff); }
.rb-preview--error { border-color: #c62828; }
.rb-preview--warning { border-color: #b26a00; }
.rb-preview p { margin: 0; font-weight: 700; }
.rb-preview ul { margin: .3rem 0 0; padding-left: 1.2rem; }
.rb-preview li { margin: .2rem 0; overflow-wrap: anywhere; }
.rb-preview code { font-size: .65rem; }
@media print { .rb-preview { display: none; } }
"""


def with_panel(html: str, at: int, client: str, findings: Sequence[Finding], more: Iterable[str] = ()) -> str:
    """A page with what is found about it at its top. `more` are troubles that are no finding."""
    head = f'<link rel="stylesheet" href="/{STYLE}">'
    tail = f'<script id="runbooks-preview" src="/{LIVE}" data-at="{at}" data-client="{escape(client)}" defer></script>'
    html = html.replace("</head>", f"{head}{tail}</head>", 1)
    panel = _panel(findings, tuple(more))
    found = _ARTICLE.search(html)
    return f"{html[: found.end()]}{panel}{html[found.end() :]}" if found and panel else html


def page_of_troubles(at: int, title: str, findings: Sequence[Finding], more: Iterable[str]) -> str:
    """A page where none can be made: what is wrong, and nothing else."""
    head = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
    body = f"<body><article><h1>{escape(title)}</h1></article></body></html>"
    return with_panel(head + body, at, "", findings, more)


def _panel(findings: Sequence[Finding], more: Sequence[str]) -> str:
    told = sorted((one for one in findings if one.severity >= Severity.WARNING), key=lambda one: -one.severity)
    if not (told or more):
        return ""
    errors = sum(one.severity is Severity.ERROR for one in told)
    worst = "error" if errors or more else "warning"
    counts = [_count(errors, "error"), _count(len(told) - errors, "warning"), _count(len(more), "trouble")]
    withheld = any(one.blocks is not Blocks.NOTHING for one in told)
    words = ", ".join(filter(None, counts)) + (": a build keeps pages back" if withheld else "")
    lines = [f"<li>{escape(one)}</li>" for one in more]
    lines += [_line(one) for one in told[:MOST]]
    lines += [f"<li>and {len(told) - MOST} more, in the terminal</li>"] if len(told) > MOST else []
    opening = f'<section class="rb-preview rb-preview--{worst}" aria-label="Findings">'
    return f"{opening}<p>{words}</p><ul>{''.join(lines)}</ul></section>"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}" if number else ""


def _line(one: Finding) -> str:
    place = f"{one.place.file}:{one.place.line}:{one.place.column}" if one.place.line else one.place.file
    helped = f" – {escape(one.help)}" if one.help else ""
    return (
        f"<li><strong>{one.severity.name.lower()}</strong> <code>{escape(place)}</code> "
        f"{escape(one.message)}{helped} <code>{one.code} {escape(one.name)}</code></li>"
    )
