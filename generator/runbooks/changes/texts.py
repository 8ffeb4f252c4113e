"""Changes for people: as text for a terminal, as Markdown for a comment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from runbooks import escape
from runbooks.changes.notes import TITLES, TOPICS, Note, counted, few
from runbooks.changes.whole import Changes

LIMIT: Final = 65_536
"""Characters of a comment on GitHub; GitLab takes more."""
ROOM: Final = 3_000
"""Of these, what is kept for headings and for the words about what was left out."""
NAMES: Final = 30
NAMES_IN_COMMENT: Final = 8
"""Clients that one line names."""
_REFERENCE: Final = re.compile(r"(&#(?:64|35|33|126|37|36|38);)(?=[\w&])")
"""What begins a mention or a reference when letters follow: @ # ! ~ % $ &, as they are escaped."""


def as_text(changes: Changes) -> str:
    """A heading, then a line for each note, by topic."""
    if not changes.notes:
        return _nothing(changes) + "\n"
    lines = [_heading(changes)]
    for title, notes in _topics(changes.notes):
        lines += ["", f"{title} ({len(notes):,})"]
        lines += [f"  - {_line(one)}" for one in notes]
    return "\n".join(lines) + "\n"


def as_markdown(changes: Changes) -> str:
    """The same as a comment: values are text and nothing else, nobody is mentioned, and it fits."""
    if not changes.notes:
        return f"**{plain(_nothing(changes))}**\n"
    lines, left, out = [f"## {plain(_heading(changes))}"], LIMIT - ROOM, 0
    for title, notes in _topics(changes.notes):
        lines += ["", f"### {title} ({len(notes):,})", ""]
        shown = 0
        for one in notes:
            line = f"- {_line(one, markdown=True)}"
            if len(line) + 1 > left:
                break
            lines.append(line)
            left -= len(line) + 1
            shown += 1
        if shown < len(notes):
            lines.append(f"- … and {len(notes) - shown:,} more")
            out += len(notes) - shown
            left = 0
    if out:
        lines += ["", f"Shortened: {counted(out, 'line')} left out. `runbooks diff` shows all of them."]
    return "\n".join(lines) + "\n"


def plain(words: str) -> str:
    """Words as Markdown that reads as them, and mentions nobody.

    Entities alone do not help: GitHub and GitLab look for names in what was rendered. So a space that nobody sees
    stands behind each sign that begins one.
    """
    return _REFERENCE.sub("\\1&#8203;", escape.text(words))


def _heading(changes: Changes) -> str:
    clients = {one.slug for note in changes.notes for one in note.clients}
    told = f"{counted(len(changes.notes), 'change')}, {counted(len(clients), 'client')}"
    return f"What changes against {_revision(changes)}, as of {changes.as_of}: {told}"


def _nothing(changes: Changes) -> str:
    return f"Nothing changes against {_revision(changes)}, as of {changes.as_of}."


def _revision(changes: Changes) -> str:
    return f"{changes.revision} ({changes.commit[:10]})"


def _topics(notes: Iterable[Note]) -> Iterator[tuple[str, list[Note]]]:
    every = list(notes)
    for topic in TOPICS:
        found = [one for one in every if one.topic == topic]
        if found:
            yield TITLES[found[0].topic], found


def _line(one: Note, *, markdown: bool = False) -> str:
    """Whom, and what; of several clients first what, because it is what they have in common."""
    shown = plain if markdown else str
    where = f"{shown(one.file)}: " if one.file and one.topic in ("new findings", "findings gone") else ""
    if len(one.clients) > 1:
        names = escape.visible(few((client.name for client in one.clients), NAMES_IN_COMMENT if markdown else NAMES))
        return f"{where}{shown(one.words)}: {shown(f'{len(one.clients):,} clients: {names}')}"
    if not one.clients:
        return f"{where}{shown(one.words)}"
    whom = escape.visible(f"{one.clients[0].name} ({one.clients[0].slug})")[:200]
    return f"{where}{f'**{plain(whom)}**' if markdown else whom}: {shown(one.words)}"
