"""Front matter: the YAML block at the head of a Markdown file, and the text after it."""

from __future__ import annotations

import re

from runbooks import secrets, source
from runbooks.findings import Problem
from runbooks.source import Document

HEAD = re.compile(rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n(?:.*?\r?\n)??(?=(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z))", re.DOTALL)


def front_matter(file: str, raw: bytes, code: str | None) -> tuple[Document, str, int, tuple[Problem, ...]]:
    """Split a Markdown file into its front matter, its text, and the line (from 1) the text starts on.

    Without a block the document is an empty mapping. Bytes of the text that are not UTF-8 are shown as U+FFFD.
    Secrets are taken out of both, each a problem of `code`; without one nobody looks for any.
    """
    head = HEAD.match(raw)
    if head is None:
        document, _ = secrets.read(file, b"{}\n")
        text, found = _cleaned(file, raw.removeprefix(b"\xef\xbb\xbf"), 1, code)
        return document, text, 1, found
    block, rest = raw[: head.end()], raw[head.end() :]
    _, _, body = rest.partition(b"\n")
    if block.count(b"\n") == 1 or not block.split(b"\n", 1)[1].strip():
        document, problems = secrets.read(file, b"---\n{}\n")
    else:
        document, problems = secrets.read(file, block, code) if code else source.read(file, block)
    first_line = block.count(b"\n") + 2
    text, found = _cleaned(file, body, first_line, code)
    return document, text, first_line, (*problems, *found)


def _cleaned(file: str, body: bytes, first_line: int, code: str | None) -> tuple[str, tuple[Problem, ...]]:
    text = _text(body)
    return secrets.without(file, text, first_line, code) if code else (text, ())


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
