"""The text of a client's page with blanks where the values of the client stand: the same for very many clients.

A blank is a word. Markdown and the theme do with it what they do with a value, because of those only the plain ones are
marked (`templates.marks`), and because here each is written out again that decides something where it stands: in blocks
of code, which are coloured, among the attributes and settings of an element, and in links within the site.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from runbooks import escape, lean
from runbooks.pages.markdown import markdown
from runbooks.pages.page import INSIDE, Page
from runbooks.policy import Policy
from runbooks.templates import marks
from runbooks.templates.marks import BEGIN, END

AND: Final = "&#38;"
"""An ampersand as templates write it. The theme writes it otherwise in some attributes, and so it does any sign that a
page has as its number.
"""
BLANK: Final = re.compile(rf"zq(\d+)({AND}|&amp;)?qz")
"""A blank, by its number; that of a value with such signs has an ampersand, which shows how they are written there."""
CLIENT: Final = "zq0qz"
"""The blank for the short name of the client, which stands in the addresses of its pages."""
FILE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9/.-]*")
"""The name of a record that is written alike in text and in a link."""

_FENCE: Final = re.compile(r"[\s>]*(?:[-*+] +)?(`{3,}|~{3,})")
_BOX: Final = re.compile(r"\s*(?:!!!|\?\?\?)[^\"]*")
_HEADING: Final = re.compile(r"[\s>]*#|.*<h[1-6]\b")
_UNDERLINE: Final = re.compile(r"\s*(?:=+|-+)\s*")
_NAMING: Final = re.compile(r"[A-Za-z0-9](?:.*[A-Za-z0-9])?")
"""A value that may stand in a heading: what becomes of it in the anchor has nothing to do with what is beside it."""
_TAG: Final = re.compile(r"<[A-Za-z/][^>]*>")
_SAID: Final = re.compile(rf"""\b(?:title|alt|aria-label|data-[\w-]+|href(?==\"[a-z]+:))=\"[^\"]*{BEGIN}[^\"]*\"""")
"""Attributes whose values nothing but a reader looks at."""
_WITHIN: Final = re.compile(r"\{[^{}]*\}|\]\((?![a-z]+:)[^)]*\)")
"""The settings of an element, and the target of a link within the site."""
_NUMBER: Final = re.compile(rf"^([\s>*+-]*){BEGIN}(\d+){END}(?=[.)])")
"""The number of an item."""
_LOOSE: Final = re.compile(rf"""<[A-Za-z/][^>]*$|=[\"'][^\"']*{BEGIN}|_{BEGIN}|{END}_|^\s*\*?\[[^\]]*\]:""")
"""A tag that goes on in the next line, what may be emphasis, and what another place refers to."""
_REFERENCE: Final = re.compile(r"^ {0,3}\[[^\]\n]+\]:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Outline:
    """The file of a page with blanks, its `uri` too. `values` are what stands in the text for each, by its number."""

    uri: str
    text: str
    values: tuple[str, ...]


@dataclass
class _Blanks:
    """Blanks as they are given away."""

    values: list[str] = field(default_factory=list)

    def take(self, written: str) -> str:
        """A blank for something written."""
        self.values.append(written)
        return f"zq{len(self.values) - 1}{AND if '&' in lean.bare(written) else ''}qz"

    def title(self, value: str) -> str:
        """A blank for a value of the front matter, where it reads the same in all its places."""
        return self.take(escape.text(value)).replace(AND, "&") if marks.TAME.fullmatch(value) else value

    def file(self, name: str) -> str:
        """A blank for the name of the record."""
        return self.take(name) if FILE.fullmatch(name) else name


def outline(page: Page, policy: Policy, *, directory_urls: bool) -> Outline | None:
    """A page with blanks, from one whose values are marked; None where it has to be made by itself."""
    home = f"clients/{page.client}/"
    if page.target or not page.client or not page.uri.startswith(home) or _REFERENCE.search(page.markdown):
        return None
    if BLANK.search(page.markdown) or BLANK.search(repr((replace(page, markdown=""), policy.edit_url))):
        return None  # somebody has written what a blank looks like
    blanks = _Blanks()
    own = f"clients/{blanks.take(page.client)}/"
    text = marks.drawn(marks.everywhere(page.markdown, page.client_name, escape.text(page.client_name)))
    text = "\n".join(_settled(text.split("\n"))).replace(INSIDE + home, INSIDE + own)
    name = blanks.title(page.client_name)
    blank = replace(
        page,
        uri=own + page.uri.removeprefix(home),
        client=CLIENT,
        client_name=name,
        title=f"{name}{page.title.removeprefix(page.client_name)}" if _begins_with_name(page) else page.title,
        file=blanks.file(page.file),
        changed=blanks.title(page.changed),
        reviewed=blanks.title(page.reviewed),
        nav=tuple((blanks.title(title), uri.replace(home, own, 1)) for title, uri in page.nav),
        markdown=marks.MARKED.sub(lambda found: blanks.take(found[1]), text),
    )
    made = markdown(blank, policy, directory_urls=directory_urls)
    # A link to this client by its name would be another from an address without it.
    if f"/{page.client}/" in made or f"({page.client}/" in made:
        return None
    return Outline(blank.uri, made, tuple(blanks.values))


def _begins_with_name(page: Page) -> bool:
    return page.title == page.client_name or page.title.startswith(f"{page.client_name}: ")


def _settled(lines: list[str]) -> Iterator[str]:
    """The lines of a text, without marks where a value decides what Markdown makes of its line."""
    fence = ""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        inside = bool(fence)
        found = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if found and not fence:
            fence = found[1]
        elif found and found[1].startswith(fence) and not line[found.end() :].strip():
            fence = ""
        if BEGIN not in line:
            yield line
        elif inside or fence:
            yield marks.plain(line)
        else:
            yield _written_out(line, heading=bool(_HEADING.match(line) or _UNDERLINE.fullmatch(following)))


def _written_out(line: str, *, heading: bool) -> str:
    """A line in which the values are written out that decide something."""
    line = _BOX.sub(_plain, line, count=1) if _BOX.match(line) else line
    line = _WITHIN.sub(_plain, line) if "{" in line or "](" in line else line
    tags = "<" in line
    line = _NUMBER.sub(r"\1\2", _TAG.sub(_tag, line) if tags else line)
    if heading:
        line = marks.MARKED.sub(lambda found: found[0] if _NAMING.fullmatch(found[1]) else found[1], line)
    return marks.plain(line) if _LOOSE.search(_TAG.sub("", line) if tags else line) else line


def _tag(found: re.Match[str]) -> str:
    """A tag with those values alone marked that only a reader looks at."""
    tag = found[0]
    if BEGIN not in tag:
        return tag
    said, end = list[str](), 0
    for one in _SAID.finditer(tag):
        said += (marks.plain(tag[end : one.start()]), one[0])
        end = one.end()
    return "".join((*said, marks.plain(tag[end:])))


def _plain(found: re.Match[str]) -> str:
    return marks.plain(found[0])
