"""All pages of the site in a stable order, and what went wrong while they were made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from runbooks import escape
from runbooks.findings import Blocks, Finding, Place, ordered
from runbooks.fleet import Fleet, Written
from runbooks.gate import Report
from runbooks.pages.clients import client_pages
from runbooks.pages.page import Page
from runbooks.pages.press import Press, press, reasons
from runbooks.pages.sitewide import sitewide_pages
from runbooks.rules.registry import RULES
from runbooks.templates import Loader, TemplateProblem


@dataclass(frozen=True)
class Book:
    """The pages of a site, and the findings that came up while they were made."""

    pages: tuple[Page, ...]
    findings: tuple[Finding, ...]


def book(fleet: Fleet, report: Report, loader: Loader) -> Book:
    """Every generated page. What may not be published is not made."""
    tools = press(fleet, report, loader)
    about_clients = [page for record in fleet.records for page in client_pages(record, tools)]
    found = ordered(_finding(problem, slug) for slug, problem in tools.broken)
    tools = replace(tools, report=replace(report, findings=ordered((*report.findings, *found))))
    try:
        sitewide = tuple(sitewide_pages(tools))
        taken = {page.uri for page in (*sitewide, *about_clients)}
        about_all = [*sitewide, *(page for page in _stand_ins(tools) if page.uri not in taken)]
    except TemplateProblem as problem:
        found = (*found, replace(_finding(problem, ""), blocks=Blocks.SITE))
        about_all = []
    return Book((*about_all, *about_clients), found)


def _finding(problem: TemplateProblem, client: str) -> Finding:
    rule = RULES["PUB003"]
    return Finding(
        place=Place(problem.file, problem.line, 1, problem.line, 2),
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        blocks=rule.blocks,
        message=problem.message,
        help="correct the template",
        client=client,
    )


def _stand_ins(tools: Press) -> Iterator[Page]:
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
