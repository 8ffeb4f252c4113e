"""The third wall: a built site is read before it is published, and whatever gives monitoring away is found.

It knows from the records what may not be there, and trusts nothing that made the site.
"""

from __future__ import annotations

import gzip
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath

from runbooks.entitlement import watches
from runbooks.findings import Finding, Place, ordered
from runbooks.fleet import Fleet, Record
from runbooks.mailbox import ADDRESS, canonical, ours
from runbooks.rules.registry import RULES

TEXT = (
    ".html",
    ".htm",
    ".json",
    ".xml",
    ".txt",
    ".js",
    ".css",
    ".csv",
    ".md",
    ".map",
    ".svg",
    ".ics",
    ".yml",
    ".yaml",
    ".gz",
)
MARK = "runbooks"
SHORTEST = 45
"""Characters that a sentence of a procedure must have to be told from everyday words."""


@dataclass(frozen=True)
class Forbidden:
    """What may not be said of the clients who are not monitored."""

    fleet: Fleet

    @cached_property
    def unwatched(self) -> Mapping[str, Record]:
        """The clients without monitoring, by short name."""
        policy, day = self.fleet.policy, self.fleet.as_of
        return {record.slug: record for record in self.fleet.records if not watches(record.client, policy, day)}

    @cached_property
    def allowed(self) -> frozenset[str]:
        """Addresses that stand on every page for another reason."""
        policy = self.fleet.policy
        texts = (policy.report_problem, policy.decline_words, policy.edit_url)
        return frozenset(found.group() for text in texts if text for found in ADDRESS.finditer(canonical(text)))

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """Sentences that stand in monitoring procedures and in no other."""
        guarded, free = set[str](), set[str]()
        for entry in self.fleet.catalogue.products.values():
            for procedure in entry.procedures.values():
                into = guarded if procedure.guidance.needs == "monitoring" else free
                into.update(_sentences(procedure.body))
        others = " ".join(sorted(free))
        return tuple(sorted(one for one in guarded if one not in others))

    def addresses(self, record: Record) -> tuple[str, ...]:
        """The addresses that a client's alerts would go to."""
        promise = record.client.monitoring
        return tuple(canonical(one) for one in promise.alerts_to) if promise else ()

    def names(self, record: Record) -> tuple[str, ...]:
        """What a page says when it is about this client."""
        client = record.client
        hosts = [item.name for setup in client.setups for item in setup.items if item.name]
        servers = [setup.server for setup in client.setups if setup.server]
        return tuple(
            canonical(name) for name in (client.client, record.slug, *client.aliases, *hosts, *servers) if len(name) > 3
        )


def leaks(site: Path, fleet: Fleet) -> tuple[Finding, ...]:
    """Everything in a built site that gives monitoring away, in the order of a report."""
    forbidden = Forbidden(fleet)
    found: list[Finding] = []
    for path in sorted(site.rglob("*")):
        if path.is_file() and path.suffix.lower() in TEXT:
            name = path.relative_to(site).as_posix()
            found.extend(_finding(name, line, words, slug) for line, words, slug in _leaks(name, path, forbidden))
    return ordered(found)


def _finding(name: str, line: int, words: str, slug: str) -> Finding:
    rule = RULES["PUB010"]
    place = Place(name, line, 1, line, 2)
    return Finding(place, rule.code, rule.name, rule.severity, rule.blocks, words, "take it out", slug)


def _leaks(name: str, path: Path, forbidden: Forbidden) -> Iterator[tuple[int, str, str]]:
    raw = path.read_bytes()
    if path.suffix == ".gz":
        try:
            raw = gzip.decompress(raw)
        except OSError:
            yield 1, "this compressed file cannot be read", ""
            return
    text = raw.decode("utf-8", errors="replace")
    yield from _addresses_of_pages(text, forbidden)
    if path.suffix in (".html", ".htm"):
        yield from _page_leaks(name, text, forbidden)
    elif PurePosixPath(name).name.startswith("search_index"):
        yield from _index_leaks(text, forbidden)


def _addresses_of_pages(text: str, forbidden: Forbidden) -> Iterator[tuple[int, str, str]]:
    """Links to a monitoring page that may not exist: in pages, search index, sitemap and everything else."""
    for found in LINK.finditer(text):
        if found["slug"] in forbidden.unwatched:
            line = text.count("\n", 0, found.start()) + 1
            yield line, f"there is a link to a monitoring page of {found['slug']}, who is not monitored", found["slug"]


LINK = re.compile(r"clients/(?P<slug>[a-z0-9-]+)/monitoring(?:/|\.html|\.md|(?=[\"'<\s#]))")


def _page_leaks(name: str, text: str, forbidden: Forbidden) -> Iterator[tuple[int, str, str]]:
    page = _read(text)
    slug = _about(name, page)
    if page.kind == "monitoring":
        yield from _wrong_mark(page, slug, forbidden)
    record = forbidden.unwatched.get(slug)
    if record is not None:
        yield from _said(page.text, record, forbidden, declared=True)
    elif not slug:
        for other in forbidden.unwatched.values():
            yield from _said_in_passing(page, other, forbidden)


def _wrong_mark(page: _Page, slug: str, forbidden: Forbidden) -> Iterator[tuple[int, str, str]]:
    if slug not in forbidden.fleet.by_slug:
        yield 1, "this is a monitoring page of no known client", slug
    elif slug in forbidden.unwatched:
        yield 1, f"this is a monitoring page of {slug}, who is not monitored", slug
    elif page.through not in ("", "open") and page.through < forbidden.fleet.as_of.isoformat():
        yield 1, f"this monitoring page of {slug} was valid through {page.through}", slug


def _said(text: str, record: Record, forbidden: Forbidden, *, declared: bool) -> Iterator[tuple[int, str, str]]:
    """What a text about a client says that it may not say."""
    plain = canonical(text)
    for address in forbidden.addresses(record):
        if address in plain and address not in forbidden.allowed:
            yield 1, f"a page about {record.slug}, who is not monitored, names where the alerts go", record.slug
            break
    if declared:
        for box in ours(_without(plain, forbidden.allowed), forbidden.fleet.policy.mailboxes):
            yield 1, f"a page about {record.slug}, who is not monitored, names our address {box}", record.slug
    words = _words(plain)
    for sentence in forbidden.sentences:
        if sentence in words:
            yield (
                1,
                f"a page about {record.slug}, who is not monitored, holds part of a monitoring procedure",
                record.slug,
            )
            break


def _said_in_passing(page: _Page, record: Record, forbidden: Forbidden) -> Iterator[tuple[int, str, str]]:
    """A page that says of itself about whom it is not: a block that names the client and our address gives it away."""
    names = forbidden.names(record)
    plain = page.plain
    if not any(name in plain for name in names):
        return
    addresses = [one for one in forbidden.addresses(record) if one not in forbidden.allowed]
    if not page.generated and any(sentence in page.words for sentence in forbidden.sentences):
        yield (
            1,
            f"a page that names {record.slug}, who is not monitored, holds part of a monitoring procedure",
            record.slug,
        )
    for block in page.blocks:
        folded = canonical(block)
        if any(name in folded for name in names) and any(address in folded for address in addresses):
            yield 1, f"the alerts of {record.slug}, who is not monitored, are named here", record.slug


def _index_leaks(text: str, forbidden: Forbidden) -> Iterator[tuple[int, str, str]]:
    """The search index holds the text of every page: each entry is read as the page it comes from."""
    for found in ENTRY.finditer(text):
        parts = PurePosixPath(found["location"]).parts
        record = forbidden.unwatched.get(parts[1]) if len(parts) > 1 and parts[0] == "clients" else None
        if record is not None:
            body = html.unescape(re.sub(r"<[^>]+>", " ", _unquoted(found["rest"])))
            yield from _said(body, record, forbidden, declared=True)


ENTRY = re.compile(r'\{"location":"(?P<location>[^"]*)"(?P<rest>(?:[^{}"]|"(?:[^"\\]|\\.)*")*)\}')


def _unquoted(text: str) -> str:
    return (
        re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
        .replace("\\n", "\n")
        .replace('\\"', '"')
    )


class _Page(HTMLParser):
    """One HTML file: what it says of itself, and its text in blocks."""

    BREAKS = frozenset(
        [
            "p",
            "div",
            "li",
            "td",
            "th",
            "tr",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "pre",
            "br",
            "dt",
            "dd",
            "section",
            "article",
            "title",
        ]
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.marks: dict[str, str] = {}
        self.blocks: list[str] = [""]
        self.generated = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "meta" and values.get("name") == MARK:
            self.generated = True
            pairs = (part.split("=", 1) for part in (values.get("content") or "").split("; ") if "=" in part)
            self.marks.update(dict(pairs))
        if tag in self.BREAKS:
            self.blocks.append("")
        for name in ("href", "content", "title", "alt", "aria-label"):
            if values.get(name) and not (tag == "meta" and values.get("name") == MARK):
                self.blocks[-1] += f" {values[name]} "

    def handle_data(self, data: str) -> None:
        self.blocks[-1] += data

    def handle_comment(self, data: str) -> None:
        self.blocks.append(data)

    @property
    def kind(self) -> str:
        return self.marks.get("kind", "")

    @property
    def through(self) -> str:
        return self.marks.get("through", "")

    @cached_property
    def text(self) -> str:
        return "\n".join(self.blocks)

    @cached_property
    def plain(self) -> str:
        return canonical(self.text)

    @cached_property
    def words(self) -> str:
        return _words(self.plain)


def _read(text: str) -> _Page:
    page = _Page()
    page.feed(text)
    page.close()
    return page


def _about(name: str, page: _Page) -> str:
    """The client a page is about: by its mark, or by where it lies."""
    if "client" in page.marks:
        return page.marks["client"]
    parts = PurePosixPath(name).parts
    return parts[1] if len(parts) > 2 and parts[0] == "clients" else ""


def _without(text: str, allowed: frozenset[str]) -> str:
    for address in allowed:
        text = text.replace(address, " ")
    return text


def _sentences(body: str) -> Iterator[str]:
    """The sentences of a procedure as plain words, without what a client's values would fill in."""
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "\n", body, flags=re.DOTALL)
    for part in re.split(r"[\n.:;]", text):
        words = _words(canonical(part))
        if len(words) >= SHORTEST:
            yield words


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text))
