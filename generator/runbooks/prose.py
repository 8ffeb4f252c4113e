"""Prose of a record: the fields declared as Markdown, rendered on their own, cleaned, and made ready for embedding."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser

import markdown
import nh3

from runbooks import escape

_BLOCKS = frozenset({"p", "ul", "ol", "li", "pre", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "hr"})
_INLINE = frozenset({"a", "strong", "em", "code", "br", "del"})
_VOID = frozenset({"br", "hr"})
_PICTURES = ("image_link", "image_reference", "short_image_ref")
"""What would be cleaned away whole, its words too: without these it is text, as tags are."""
_HEADING = re.compile(r"(?s)<(h[1-6])>(.*?)</\1>")


@dataclass(frozen=True, slots=True)
class Prose:
    """Clean HTML on one line that Python-Markdown passes on as it is; all else given to templates is plain data."""

    clean: str

    def __html__(self) -> str:
        return self.clean

    def __str__(self) -> str:
        return self.clean

    def __bool__(self) -> bool:
        return bool(self.clean)


@lru_cache(maxsize=4096)
def html(text: str) -> Prose:
    """Markdown as blocks of HTML. Tags in it are text: nothing that a technician typed is lost."""
    return Prose(_one_line(_clean(text), _emit_blocks))


@lru_cache(maxsize=4096)
def inline(text: str) -> Prose:
    """Markdown as HTML for the middle of a line: paragraphs, items and rows are divided by line breaks."""
    return Prose(_one_line(_clean(text), _emit_inline))


def anchor(text: str, target: str) -> Prose:
    """A link made of plain text and a target; a target that is not allowed gives the text alone."""
    address = escape.link(target)
    if address == escape.NO_LINK:
        return Prose(escape.text(text))
    return Prose(f'<a href="{address}" rel="noopener">{escape.text(text)}</a>')


def _clean(text: str) -> str:
    engine = markdown.Markdown(extensions=["tables", "fenced_code", "sane_lists"], output_format="html")
    engine.preprocessors.deregister("html_block")
    engine.inlinePatterns.deregister("html")
    for picture in _PICTURES:
        engine.inlinePatterns.deregister(picture)
    shown = "\n".join(escape.visible(line.expandtabs(4)) for line in re.split(r"\r\n|\r|\n", text))
    rendered = _HEADING.sub(r"<p><strong>\2</strong></p>", engine.convert(shown))
    return nh3.clean(
        rendered,
        tags=set(_BLOCKS | _INLINE),
        attributes={"a": {"href"}},
        url_schemes=set(escape.SCHEMES),
        link_rel="noopener",
    )


class _Events(HTMLParser):
    """Cleaned HTML as a flat list: `("<", tag, target)`, `("/", tag, "")` and `("", "", text)`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(("<", tag, dict(attrs).get("href") or ""))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(("/", tag, ""))

    def handle_data(self, data: str) -> None:
        self.found.append(("", "", data))


_Emit = Callable[[str, str], str]


def _one_line(clean: str, emit: _Emit) -> str:
    parser = _Events()
    parser.feed(clean)
    parser.close()
    parts: list[str] = []
    inside: list[str] = []
    for event, tag, data in parser.found:
        if event == "<":
            parts.append(_opening(data) if tag == "a" else emit("<", tag))
            inside += [] if tag in _VOID else [tag]
        elif event == "/":
            if tag in inside:
                inside.remove(tag)
            parts.append(emit("/", tag))
        elif "pre" in inside:
            parts.append(_preformatted(data.removesuffix("\n"), emit))
        elif data.strip() or _is_inline(inside):
            parts.append(_text(data))
    return _tidy("".join(parts))


def _is_inline(inside: list[str]) -> bool:
    """Whether white space alone means something here: not between the blocks of a list or a table."""
    return bool(inside) and inside[-1] in _INLINE | {"p", "li", "th", "td"}


def _text(data: str) -> str:
    """Text with runs of white space as one space each, as a browser shows them."""
    collapsed = re.sub(r"[ \n]+", " ", data)
    words = escape.text(collapsed.strip(" "))
    before, after = collapsed.startswith(" "), collapsed.endswith(" ") and bool(words)
    return " " * before + words + " " * after


def _preformatted(data: str, emit: _Emit) -> str:
    line_break = "&#10;" if emit is _emit_blocks else _BREAK
    return line_break.join(escape.text(line) for line in data.split("\n"))


def _opening(target: str) -> str:
    address = escape.link(target)
    return f'<a href="{address}" rel="noopener">' if address != escape.NO_LINK else "<a>"


def _emit_blocks(event: str, tag: str) -> str:
    return f"<{tag}>" if event == "<" else "" if tag in _VOID else f"</{tag}>"


_BREAK = "<br>"
_BREAKS_AT = frozenset({"p", "li", "tr", "pre", "blockquote", "table", "ul", "ol", "hr"})


def _emit_inline(event: str, tag: str) -> str:
    if tag in _INLINE:
        return _emit_blocks(event, tag)
    if tag in {"th", "td"}:
        return " " if event == "/" else ""
    return _BREAK if tag in _BREAKS_AT else ""


def _tidy(line: str) -> str:
    """One line break at most in a row, none at the ends, and no space next to one."""
    return re.sub(r"^(?: |<br>)+|(?: |<br>)+$", "", re.sub(r" *(?:<br> *)+", _BREAK, line))
