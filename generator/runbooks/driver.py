"""`runbooks build`: gate, build, verify, swap. Whatever fails, the old site stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from runbooks import engine, site, verify
from runbooks.engine import BuildFailed
from runbooks.errors import UserError
from runbooks.findings import Finding, Place, ordered
from runbooks.gate import Report
from runbooks.publish import PublishError, VerificationError, publish, staging
from runbooks.rules.registry import RULES


@dataclass(frozen=True)
class Outcome:
    """How a build went: the report, and whether a site was published."""

    report: Report
    published: bool
    words: str


def build(root: Path, as_of: date | None, site_dir: Path, *, all_or_nothing: bool) -> Outcome:
    """Check, build into a stage, verify, and put the new site in place of the old one.

    Raises:
        PolicyUnreadable, UserError: wrong use.
    """
    made = site.make(site.read(root, as_of))
    report = made.report
    if not made.fleet.records or report.site_blocked or report.crashes:
        return Outcome(report, published=False, words="Nothing was published; the old site stays.")
    if all_or_nothing and not report.clean:
        return Outcome(report, published=False, words="Nothing was published (--all-or-nothing); the old site stays.")
    try:
        with staging(site_dir, root=root) as staged:
            engine.build(made, staged.stage)
            done = publish(staged, lambda tree: verify.leaks(tree, made.fleet))
    except VerificationError as error:
        found = error.result if isinstance(error.result, tuple) else ()
        leaks = [one for one in found if isinstance(one, Finding)]
        return Outcome(
            _with(report, *leaks), published=False, words="Nothing was published: the built site gives monitoring away."
        )
    except BuildFailed as error:
        return Outcome(_with(report, *map(_failure, error.messages)), published=False, words="Nothing was published.")
    except PublishError as error:
        raise UserError(str(error)) from error
    counts = f"{done.added} files added, {done.changed} changed, {done.removed} removed, {done.kept} as they were"
    words = f"Published {done.site}: {counts}."
    return Outcome(report, published=True, words=words)


def _with(report: Report, *findings: Finding) -> Report:
    return replace(report, findings=ordered((*report.findings, *findings)))


def _failure(message: str) -> Finding:
    rule = RULES["PUB004"]
    return Finding(
        Place("mkdocs.yml"), rule.code, rule.name, rule.severity, rule.blocks, " ".join(message.split()), rule.mend
    )
