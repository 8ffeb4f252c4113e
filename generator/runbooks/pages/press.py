"""What every page is printed with: the templates, the provider, and the gate's report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from runbooks import templates
from runbooks.catalogue import Procedure
from runbooks.findings import Finding
from runbooks.fleet import Fleet
from runbooks.gate import Report
from runbooks.history import Change
from runbooks.pages import views
from runbooks.pages.shelved import Shelved
from runbooks.pages.views import View
from runbooks.pictures import Picture
from runbooks.rules.catalogue import drawn
from runbooks.rules.registry import RULES
from runbooks.templates import Environment, Loader, TemplateProblem, environment
from runbooks.unpaid import Unpaid, watched_for_nothing


@dataclass(frozen=True)
class Broken:
    """A template that failed, and the page it failed for: withheld, or printed with the shipped templates instead."""

    problem: TemplateProblem
    uri: str
    client: str
    withheld: bool


@dataclass(frozen=True)
class Press:
    """The tools of one run. Templates see the views that are handed to them, and nothing of this.

    `shipped` knows the shipped templates alone: a site's own that fails takes no page from anybody.
    `withheld` are the findings about templates that keep a page back, for each client. `unpaid` is what is watched for
    nothing: worked out here, because later the records are as pages may show them, without our addresses. `shelved` is
    where pages lie that no record decides about, where some are kept.
    """

    fleet: Fleet
    report: Report
    environment: Environment
    shipped: Environment
    provider: View
    broken: list[Broken] = field(default_factory=list)
    changes: Mapping[str, Change] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    withheld: tuple[Finding, ...] = ()
    unpaid: tuple[Unpaid, ...] = ()
    shelved: Shelved | None = None

    def printed(self, name: str, context: View, uri: str, client: str = "") -> str:
        """The page `uri` from the template `name`; TemplateProblem when the shipped templates fail too."""
        return self._printed(partial(templates.render, name=name, context=context), uri, client)

    def filled(self, procedure: Procedure, body: str, context: View, uri: str, client: str) -> str:
        """The body of a procedure, filled for the page `uri`; TemplateProblem when that fails."""
        name, line = procedure.file, procedure.first_line
        fill = partial(templates.render_text, source=body, name=name, context=context, first_line=line)
        return self._printed(fill, uri, client)

    def _printed(self, fill: Callable[[Environment], str], uri: str, client: str) -> str:
        try:
            return fill(self.environment)
        except TemplateProblem as problem:
            try:
                page = fill(self.shipped)
            except TemplateProblem:
                # What the site's own template says is what its author can mend.
                raise problem from None
            self.broken.append(Broken(problem, uri, client, withheld=False))
            return page


def press(
    fleet: Fleet,
    report: Report,
    loader: Loader,
    changes: Mapping[str, Change] | None = None,
    shelved: Shelved | None = None,
) -> Press:
    """Set up for one run. A page's template may include pages and partials, never a product's procedure."""
    found = loader.restricted(("pages", "partials"))
    return Press(
        fleet,
        report,
        environment(found),
        environment(found.shipped()),
        views.provider(fleet.policy),
        changes=changes or {},
        pictures=drawn(fleet),
        unpaid=watched_for_nothing(fleet),
        shelved=shelved,
    )


def reasons(findings: Iterable[Finding]) -> list[View]:
    """Why something is withheld, in words that repeat nothing of the record."""
    seen: dict[tuple[str, str], View] = {}
    for finding in findings:
        view = {
            "title": f"{finding.code} {finding.name}",
            "summary": RULES[finding.code].summary,
            "place": f"{finding.place.file}, line {finding.place.line}",
        }
        seen.setdefault((view["title"], view["place"]), view)
    return list(seen.values())
