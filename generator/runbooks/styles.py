"""The theme's style sheets without the rules that no page of a site can use: two thirds of what they weigh.

A rule goes when its selector asks for a class, an element, a direction or a colour that stands in no finished page and
that no script could make. What is not understood stays, and a sheet that cannot be read stays whole: the page then
weighs more, and looks the same. All of it is read from the theme as it is installed; what is kept by hand, `ONLY_WITH`,
a test holds against its script.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeAlias

SHEET: Final = re.compile(r"assets/stylesheets/(?:main|palette)\.[0-9a-f]{8}\.min\.css")
"""The theme's sheets, as pages ask for them."""

OURS: Final = "assets/runbooks/"
_DIGEST: Final = re.compile(r"\.[0-9a-f]{8}\.min\.css$")
"""It is of the whole sheet. The thin one has a name without, so that no browser keeps it longer than a page."""
_NO_PAGE: Final = ("assets/javascripts/lunr/", "assets/javascripts/workers/")
"""Scripts that never see a page."""
_LINK: Final = re.compile(rf'(<link rel="stylesheet" href="[^">]*?)({SHEET.pattern})(?=">)')
_SIGN: Final = re.compile(
    r"""\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|/\*.*?\*/|url\((?!["'])[^)]*\)|[(){}\[\],;"']""", re.DOTALL
)
_ELEMENT: Final = re.compile(r"<([a-zA-Z][\w-]*)")
_CLASSES: Final = re.compile(r"""class\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_SETTINGS: Final = (
    re.compile(r"""(dir)\s*=\s*["']?([\w-]*)"""),
    re.compile(r"""(data-md-color-[a-z]+)\s*=\s*["']?([\w-]*)"""),
)
# Each begins with letters that stand as such: a search for those is ten times as fast.
_INLINE: Final = re.compile(r"<script\b[^>]*>(.+?)</script", re.DOTALL)
_STRING: Final = re.compile(r"[\"'`}]([\w\- ]+)(?=([\"'`$]))")
_NESTED: Final = re.compile(r"\([^()]*\)")
_ASKED: Final = re.compile(r"\[(dir|data-md-color-[a-z]+)=[\"']?([\w-]+)[\"']?\]")
_BESIDE: Final = re.compile(r"""\[(?:"[^"]*"|'[^']*'|[^\]"'])*\]|::?[\w-]+""")
_NAME: Final = re.compile(r"(?<![#\w-])\.?([a-zA-Z_][\w-]*)")
_ASKED_FOR: Final = re.compile(r"var\(\s*(--[\w-]+)")
_PROPERTY: Final = re.compile(r"--[\w-]+")
_SPACE: Final = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|\s*([{};])\s*|\s+""", re.DOTALL)
_GROUPS: Final = ("@media", "@supports")

ONLY_WITH: Final = {
    "tabbed-": {"tabbed-set"},
    "md-annotation": {"annotate", "content.code.annotate"},
    "md-source": {"md-source"},
    "mermaid": {"mermaid"},
    "--md-mermaid": {"mermaid"},
}
"""What the theme's script makes only in a page that has one of these: what begins so goes with it."""
FEATURES: Final = ("content.code.annotate",)
"""What is no class, and stands in a page because the theme's script looks there for what it has to do."""


DEAR: Final = "[data-md-color-switching]"
"""What the theme writes on each page for a moment while it opens.

Its rule is about every element below, and would have all of them looked at twice more, for nothing but that no colour
fades when a reader takes the dark ones."""


class Unreadable(ValueError):
    """A style sheet whose brackets or quotation marks do not match."""


Seens: TypeAlias = tuple[
    tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[tuple[str, str], ...], tuple[str, ...]
]
"""What a `Seen` holds, in its order, each part sorted."""


@dataclass
class Seen:
    """What stands in the pages of a site, and what its scripts could put there."""

    pages: set[str] = field(default_factory=set)
    scripts: set[str] = field(default_factory=set)
    beginnings: set[str] = field(default_factory=set)
    settings: set[tuple[str, str]] = field(default_factory=set)
    properties: set[str] = field(default_factory=set)

    def page(self, html: str) -> None:
        """Take in a finished page."""
        self.pages.update(name.lower() for name in set(_ELEMENT.findall(html)))
        self.pages.update(_classes(html))
        self.pages.update(one for one in FEATURES if one in html)
        for setting in _SETTINGS:
            self.settings.update(setting.findall(html))
        self.sheet(html)
        if "<script>" in html:
            for body in _INLINE.findall(html):
                self.script(body)

    def script(self, text: str) -> None:
        """Take in a script: each string of words may be the name of a class or of an element."""
        for string, end in set(_STRING.findall(text)):
            words = string.split()
            self.scripts.update(words)
            if end == "$" and words and not string.endswith(" "):
                self.beginnings.add(words[-1])
        self.scripts.update(_classes(text), _ELEMENT.findall(text), _PROPERTY.findall(text))

    def sheet(self, text: str) -> None:
        """Take in a style sheet that stays as it is, or anything else that asks for properties."""
        if "var(" in text:
            self.properties.update(_PROPERTY.findall(text))

    def listed(self) -> Seens:
        """All that was taken in."""
        names = (tuple(sorted(each)) for each in (self.pages, self.scripts, self.beginnings))
        return *names, tuple(sorted(self.settings)), tuple(sorted(self.properties))  # type: ignore[return-value]

    def add(self, more: Seens) -> None:
        """Take in what another one has."""
        for known, names in zip((self.pages, self.scripts, self.beginnings), more[:3], strict=True):
            known.update(names)
        self.settings.update(more[3])
        self.properties.update(more[4])

    def has(self, word: str) -> bool:
        """Whether there may be an element, or a class, of this name."""
        return word in self.pages or (self.made(word) and any((word in self.scripts, *self._begun(word))))

    def made(self, word: str) -> bool:
        """Whether scripts have a reason to make what is named so."""
        return all(reasons & self.pages for name, reasons in ONLY_WITH.items() if word.startswith(name))

    def asks(self, name: str) -> bool:
        """Whether a page, a sheet or a script asks for a property."""
        return name in self.properties or (name in self.scripts and self.made(name))

    def _begun(self, word: str) -> Iterator[bool]:
        return (word.startswith(one) for one in self.beginnings)


@dataclass
class Wardrobe:
    """The sheets of a site while it is built: first what the theme brings, then every page, then what they make."""

    sheets: dict[str, str] = field(default_factory=dict)
    ours: dict[str, str] = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)

    def file(self, uri: str, text: Callable[[], str]) -> None:
        """Take in a file of the theme or of the site, if it is a style sheet or a script."""
        if SHEET.fullmatch(uri):
            self.sheets[_thin_name(uri)] = text()
        elif uri.endswith(".css"):
            self.seen.sheet(whole := text())
            if uri.startswith(OURS):
                self.ours[uri] = close(whole)
        elif uri.endswith((".js", ".mjs")) and not uri.startswith(_NO_PAGE):
            self.seen.script(text())

    def page(self, html: str) -> str:
        """Take in a finished page; the same page, which asks for the thin sheets instead of the whole ones."""
        self.seen.page(html)
        return _LINK.sub(self._link, html)

    def _link(self, link: re.Match[str]) -> str:
        name = _thin_name(link[2])
        return link[1] + (name if name in self.sheets else link[2])

    def made(self) -> dict[str, str]:
        """The sheets by the places where they stand in the site: the thin ones, and ours without their comments."""
        return {**self.ours, **thin(self.sheets, self.seen)}


def _thin_name(uri: str) -> str:
    """Where the thin sheet stands: beside the whole one, so that what it asks for itself is found."""
    return _DIGEST.sub(".css", uri)


def close(sheet: str) -> str:
    """The same sheet without comments, and without white space that means nothing."""
    bare = _SIGN.sub(_uncommented, sheet).strip()
    return _SPACE.sub(lambda found: found[1] or found[2] or " ", bare)


def thin(sheets: dict[str, str], seen: Seen) -> dict[str, str]:
    """The sheets, by their names, without what no page can use."""
    kept = {name: _or_whole(text, lambda text: "".join(_rules(text, seen))) for name, text in sheets.items()}
    while True:
        # A property may be there for another one alone, so this ends when nothing more goes.
        asked = {one for text in kept.values() for one in _ASKED_FOR.findall(text)}
        idle = {
            one for text in kept.values() for one in _PROPERTY.findall(text) if one not in asked if not seen.asks(one)
        }
        fewer = {name: _or_whole(text, partial(_without, idle=idle)) for name, text in kept.items()}
        if fewer == kept:
            return kept
        kept = fewer


def _or_whole(text: str, change: Callable[[str], str]) -> str:
    try:
        return change(text)
    except Unreadable:
        return text


def _rules(text: str, seen: Seen) -> Iterator[str]:
    for piece in _pieces(_SIGN.sub(_uncommented, text), "};"):
        head, brace, body = piece.partition("{")
        if brace and head.startswith(_GROUPS):
            inside = "".join(_rules(body.removesuffix("}"), seen))
            yield f"{head}{{{inside}}}" if inside else ""
        elif not brace or head.startswith("@"):
            yield piece
        else:
            # A rule with an empty selector is none to a browser either.
            every = [one for one in _pieces(head, ",") if one.strip(", \n")]
            selectors = [one for one in every if _possible(one.removesuffix(","), seen)]
            yield f"{''.join(selectors).removesuffix(',')}{{{body}" if selectors else ""


def _possible(selector: str, seen: Seen) -> bool:
    """Whether an element may be what a selector asks for. What stands in brackets is not looked at."""
    if selector.lstrip().startswith(DEAR):
        return False
    if "\\" in selector:
        return True
    while selector != (selector := _NESTED.sub("", selector)):
        pass
    settings = _ASKED.findall(selector)
    names = _NAME.findall(_BESIDE.sub("", selector))
    return all(one in seen.settings for one in settings) and all(map(seen.has, names))


def _without(text: str, idle: AbstractSet[str]) -> str:
    """A sheet without these custom properties, which nothing asks for."""
    made = []
    for piece in _pieces(text, "};"):
        head, brace, body = piece.partition("{")
        if brace and head.startswith(_GROUPS):
            made.append(f"{head}{{{_without(body.removesuffix('}'), idle)}}}")
        elif brace and "--" in body and not head.startswith("@"):
            kept = [one for one in _pieces(body.removesuffix("}"), ";") if _property(one) not in idle]
            made.append(f"{head}{{{''.join(kept).removesuffix(';')}}}" if kept else "")
        else:
            made.append(piece)
    return "".join(made)


def _property(declaration: str) -> str:
    """The custom property that a declaration sets; nothing when it sets another."""
    name = declaration.partition(":")[0].strip()
    return name if name.startswith("--") else ""


def _classes(text: str) -> Iterator[str]:
    for found in set(_CLASSES.findall(text)):
        yield from "".join(found).split()


def _uncommented(sign: re.Match[str]) -> str:
    return "" if sign[0].startswith("/*") else sign[0]


def _pieces(text: str, ends: str) -> Iterator[str]:
    """A text cut behind each of these signs, where it stands in no string and no bracket."""
    start = depth = 0
    for sign in _SIGN.finditer(text):
        depth += (sign[0] in "([{") - (sign[0] in ")]}")
        if depth < 0 or sign[0] in "\"'":
            raise Unreadable(text[start : sign.end()][:80])
        if not depth and sign[0] in ends:
            yield text[start : sign.end()]
            start = sign.end()
    if depth:
        raise Unreadable(text[start:][:80])
    if text[start:].strip():
        yield text[start:]
