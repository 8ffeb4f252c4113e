"""Command blocks: which shells values can be quoted for, and where in a command a quoted value would not hold."""

from __future__ import annotations

import re
from collections.abc import Iterator

NAMES = {
    "powershell": "powershell",
    "pwsh": "powershell",
    "ps1": "powershell",
    "posh": "powershell",
    "bash": "sh",
    "sh": "sh",
    "shell": "sh",
    "zsh": "sh",
    "cmd": "cmd",
    "bat": "cmd",
    "batch": "cmd",
    "dosbatch": "cmd",
}
"""The shell that a code block's language stands for."""

_ESCAPES = {"powershell": "`", "sh": "\\", "cmd": "^"}
_QUOTES = {
    "powershell": {**dict.fromkeys('"\u201c\u201d\u201e', '"'), **dict.fromkeys("'\u2018\u2019\u201a\u201b", "'")},
    "sh": {'"': '"', "'": "'"},
    "cmd": {'"': '"'},
}
_MULTILINE = {"powershell": re.compile("@[\"'\u2018-\u201e]|<#"), "sh": re.compile(r"<<"), "cmd": re.compile(r"(?!)")}
_AFTER_POWERSHELL = frozenset(" \t\n,;)|}]&")


def problems(commands: str, shell: str, value: str) -> Iterator[tuple[int, str]]:
    """Offset and message for each place in the text of a command block where a quoted value would change its meaning.

    `value` is the character that stands for a value. Quoting holds only for a word of its own, outside other quotes.
    """
    offset = 0
    for line in commands.split("\n"):
        here = _MULTILINE[shell].search(line)
        if here and value in commands:
            yield offset + here.start(), "no here-document, here-string or block comment in a command block with values"
        yield from ((offset + at, message) for at, message in _line_problems(line, shell, value))
        offset += len(line) + 1


def _line_problems(line: str, shell: str, value: str) -> Iterator[tuple[int, str]]:
    quote = ""
    at = 0
    while at < len(line):
        char = line[at]
        if char == value:
            yield from _value_problems(line, at, shell, quote)
        elif not quote and _starts_comment(line, at, shell):
            return
        elif char == _ESCAPES[shell] and (not quote or (quote == '"' and shell != "cmd")):
            if line[at + 1 : at + 2] == value:
                yield at, f"{char} before a value would undo its quotes"
            at += 1
        elif char in _QUOTES[shell]:
            quote = _quote_after(quote, _QUOTES[shell][char])
        at += 1
    if quote and value in line:
        yield len(line), "a quotation mark on this line is never closed"


def _quote_after(quote: str, mark: str) -> str:
    """Which quotes one is in after a quotation mark: it opens, or closes its own kind."""
    if not quote:
        return mark
    return "" if quote == mark else quote


def _starts_comment(line: str, at: int, shell: str) -> bool:
    if shell == "cmd":
        return re.match(r"\s*(?:rem\s|::)", line, re.IGNORECASE) is not None
    return line[at] == "#" and (at == 0 or line[at - 1] in " \t;(")


def _value_problems(line: str, at: int, shell: str, quote: str) -> Iterator[tuple[int, str]]:
    before, after = line[at - 1 : at] if at else "", line[at + 1 : at + 2]
    if quote:
        yield at, "the value is quoted for the shell already; leave out the quotes around it"
    if before == "$" or (before == "@" and shell == "powershell"):
        yield at, f"{before} before a value would change the meaning of its quotes"
    if shell == "powershell" and after and after not in _AFTER_POWERSHELL:
        yield at, "PowerShell ends a word at the closing quote; a value is the end of its word"
