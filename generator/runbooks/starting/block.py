"""A mapping as the text of a YAML file, in block style, with a comment beside the keys that need one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from runbooks.edits.written import scalar
from runbooks.findings import KeyPath
from runbooks.source import Json
from runbooks.values import DAY

WIDTH: Final = 100
"""Characters of a line beyond which a list or mapping is no longer written in brackets."""
LINE_END: Final = "\n"
DAYS: Final = frozenset({"on", "starts", "last_day", "signed_on"})
"""Keys whose value is a day."""
COLUMN: Final = 42
"""Where comments begin, if there is room."""

Notes = Mapping[KeyPath, str]
"""Comments by the path of their key. Of lists, the entries' numbers are left out: they say it of the first entry."""


def text(value: Mapping[str, Json], notes: Notes) -> str:
    """The keys at the margin, with an empty line between the large ones."""
    lines = list[str]()
    for key, one in value.items():
        part = list(_pair(key, one, notes, (), 0, first=True))
        if lines and (len(part) > 1 or "\n" in lines[-1]):
            lines.append("")
        lines += ["\n".join(part)]
    return "\n".join(lines) + "\n"


def _pair(key: str, value: Json, notes: Notes, at: KeyPath, indent: int, *, first: bool) -> Iterator[str]:
    path = (*at, key)
    note = notes.get(path, "") if first else ""
    head = f"{' ' * indent}{key}:"
    if isinstance(value, str) and _is_text(value):
        yield _noted(f"{head} {'|' if value.endswith(LINE_END) else '|-'}", note)
        yield from (f"{' ' * (indent + 2)}{line}".rstrip() for line in value.removesuffix(LINE_END).split(LINE_END))
    elif not isinstance(value, dict | list) or not value or _is_short(value, notes, path, len(head), first=first):
        yield _noted(
            f"{head} {flow(value) if isinstance(value, dict | list) else _plain(key, value, in_flow=False)}", note
        )
    elif isinstance(value, dict):
        yield _noted(head, note)
        for name, one in value.items():
            yield from _pair(name, one, notes, path, indent + 2, first=first)
    else:
        yield _noted(head, note)
        for number, one in enumerate(value):
            yield from _entry(one, notes, path, indent + 2, first=first and number == 0)


def _entry(value: Json, notes: Notes, at: KeyPath, indent: int, *, first: bool) -> Iterator[str]:
    dash = f"{' ' * indent}- "
    if not isinstance(value, dict) or _is_short(value, notes, at, len(dash), first=first):
        yield dash + flow(value)
        return
    lines = [line for key, one in value.items() for line in _pair(key, one, notes, at, indent + 2, first=first)]
    yield dash + lines[0].lstrip(" ")
    yield from lines[1:]


def _is_short(value: Json, notes: Notes, at: KeyPath, before: int, *, first: bool) -> bool:
    """Whether it goes on one line: it is short, holds no list of mappings, and no key in it has a comment."""
    inside = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
    if any(isinstance(one, dict) or "{" in flow(one) for one in inside) and isinstance(value, list):
        return False
    if any(isinstance(one, str) and _is_text(one) for one in inside):
        return False
    spoken = first and any(len(path) > len(at) and path[: len(at)] == at for path in notes)
    return not spoken and before + len(flow(value)) < WIDTH


def _is_text(value: str) -> bool:
    """Whether a text is written over several lines: it has some, and none that a reader would take for indentation."""
    lines = value.removesuffix(LINE_END).split(LINE_END)
    plain = all(not line or line.isprintable() for line in lines) and value[:1].strip() and lines[-1]
    return len(lines) > 1 and bool(plain)


def flow(value: Json) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_beside(key, one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    return scalar(value, in_flow=True)


def _beside(key: str, value: Json) -> str:
    return flow(value) if isinstance(value, dict | list) else _plain(key, value, in_flow=True)


def _plain(key: str, value: Json, *, in_flow: bool) -> str:
    """A value that holds no others. A day has no quotes where a record has days, as people write it there."""
    if isinstance(value, str) and key in DAYS and DAY.fullmatch(value):
        return value
    return scalar(value, in_flow=in_flow)


def _noted(line: str, note: str) -> str:
    return f"{line:<{COLUMN}} # {note}" if note else line
