"""All pages of the site in a stable order, and what went wrong while they were made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from runbooks import escape
from runbooks.findings import Blocks, Finding, Place, ordered
from runbooks.fleet import Fleet, Record, Written
from runbooks.gate import Report
from runbooks.history import Change
from runbooks.pages.clients import client_pages
from runbooks.pages.markdown import address
from runbooks.pages.page import Page
from runbooks.pages.press import Broken, Press, press, reasons
from runbooks.pages.redaction import redacted
from runbooks.pages.redirects import redirects, redirects_of
from runbooks.pages.sitewide import sitewide_pages
from runbooks.rules.registry import RULES
from runbooks.templates import Loader, TemplateProblem


@dataclass(frozen=True)
class Book:
    """The pages of a site, and the findings that came up while they were made."""

    pages: tuple[Page, ...]
    findings: tuple[Finding, ...]


def book(fleet: Fleet, report: Report, loader: Loader, changes: Mapping[str, Change] | None = None) -> Book:
    """Every generated page. What may not be published is not made. `changes` are the last changes of the records."""
    tools = press(fleet, report, loader, changes)
    about_clients = [page for record in fleet.records for page in client_pages(record, tools)]
    about_clients += redirects(fleet, about_clients)
    try:
        about_all = around(tools, addresses(page.uri for page in about_clients))
    except TemplateProblem as problem:
        stop = replace(_finding(problem, problem.message, ""), blocks=Blocks.SITE)
        return Book(tuple(about_clients), ordered((*of_templates(tools.broken), stop)))
    return Book((*about_all, *about_clients), of_templates(tools.broken))


def sheaf(record: Record, tools: Press, names: Iterable[str]) -> tuple[Page, ...]:
    """The pages of one client as the book has them, and those at its earlier short names."""
    found = list(client_pages(record, tools))
    return (*found, *redirects_of(record, found, names))


def around(tools: Press, taken: AbstractSet[str]) -> tuple[Page, ...]:
    """The pages about no single client. `taken` are the addresses of all others, where no other page may lie.

    Raises:
        TemplateProblem: when the shipped template of one fails too.
    """
    before = len(tools.broken)
    sitewide = tuple(sitewide_pages(told(tools)))
    if len(tools.broken) > before:
        # The home page counts the errors, and these came up while it was made.
        sitewide = tuple(sitewide_pages(told(tools)))
    there = {_address(page.uri) for page in sitewide}
    stand_in = (page for page in stand_ins(tools) if _address(page.uri) not in there | taken)
    return (*sitewide, *stand_in)


def addresses(uris: Iterable[str]) -> frozenset[str]:
    """Where pages end up, as a file system that knows no capitals sees it."""
    return frozenset(map(_address, uris))


def _address(uri: str) -> str:
    return address(uri.lower(), directory_urls=True)


def told(tools: Press) -> Press:
    """The same press, with what went wrong so far in its report, and with every record as pages may show it.

    Who has left is in no list, and counted nowhere.
    """
    findings = ordered((*tools.report.findings, *of_templates(tools.broken)))
    withheld = ordered(_finding(one.problem, one.problem.message, one.client) for one in tools.broken if one.withheld)
    policy, day = tools.fleet.policy, tools.fleet.as_of
    current = (record for record in tools.fleet.records if not record.client.has_left)
    shown = replace(tools.fleet, records=tuple(redacted(record, policy, day) for record in current))
    return replace(tools, fleet=shown, report=replace(tools.report, findings=findings), withheld=withheld)


def of_templates(broken: Iterable[Broken]) -> tuple[Finding, ...]:
    """One finding for each place of a template, which says how many pages it concerns."""
    places: dict[tuple[str, int], list[Broken]] = {}
    for one in broken:
        places.setdefault((one.problem.file, one.problem.line), []).append(one)
    return ordered(_together(tuple(found)) for found in places.values())


def _together(found: tuple[Broken, ...]) -> Finding:
    withheld = {one.uri for one in found if one.withheld}
    replaced = {one.uri for one in found} - withheld
    words = [found[0].problem.message]
    if withheld:
        words.append(_pages(len(withheld)) + " withheld")
    if replaced:
        words.append(_pages(len(replaced)) + " made with the shipped template instead")
    clients = {one.client for one in found}
    finding = _finding(found[0].problem, "; ".join(words), clients.pop() if len(clients) == 1 else "")
    return finding if withheld else replace(finding, blocks=Blocks.NOTHING)


def _pages(count: int) -> str:
    return "1 page is" if count == 1 else f"{count} pages are"


def _finding(problem: TemplateProblem, message: str, client: str) -> Finding:
    rule = RULES["PUB003"]
    return Finding(
        place=Place(problem.file, problem.line, 1, problem.line, 2),
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        blocks=rule.blocks,
        message=message,
        help="correct the template",
        client=client,
    )


def stand_ins(tools: Press) -> Iterator[Page]:
    """A short page in place of each hand-written one that is withheld."""
    for written in tools.fleet.written:
        if written.file in tools.report.blocked_pages:
            yield _stand_in(written, tools)


def _stand_in(written: Written, tools: Press) -> Page:
    why = reasons(one for one in tools.report.findings if one.place.file == written.file and one.blocks is Blocks.PAGE)
    lines = ["- " + escape.text(f"{reason['title']}: {reason['summary']} ({reason['place']})") for reason in why]
    return Page(
        uri=written.file.removeprefix("docs/"),
        title="Withheld",
        kind="withheld",
        markdown="\n".join(["# This page is withheld", "", "The gate does not let it through:", "", *lines, ""]),
        file=written.file,
    )
