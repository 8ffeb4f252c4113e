"""What every page is printed with: the templates, the provider, and the gate's report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from runbooks.findings import Finding
from runbooks.fleet import Fleet
from runbooks.gate import Report
from runbooks.pages import views
from runbooks.pages.views import View
from runbooks.rules.registry import RULES
from runbooks.templates import Environment, Loader, TemplateProblem, environment


@dataclass(frozen=True)
class Press:
    """The tools of one run. Templates see the views that are handed to them, and nothing of this."""

    fleet: Fleet
    report: Report
    environment: Environment
    provider: View
    broken: list[tuple[str, TemplateProblem]] = field(default_factory=list)


def press(fleet: Fleet, report: Report, loader: Loader) -> Press:
    """Set up for one run. A page's template may include pages and partials, never a product's procedure."""
    env = environment(loader.restricted(("pages", "partials")))
    return Press(fleet, report, env, views.provider(fleet.policy))


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
