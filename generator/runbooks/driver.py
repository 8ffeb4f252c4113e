"""`runbooks build`: gate, build, verify, swap. Whatever fails, what was published stays."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from runbooks import engine, site, verify
from runbooks.engine import BuildFailed
from runbooks.errors import UserError
from runbooks.findings import Blocks, Finding, Place, ordered
from runbooks.gate import Report
from runbooks.publish import MARKER, PublishError, VerificationError, publish, staging
from runbooks.rules.registry import RULES
from runbooks.site import Site


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
    if not made.fleet.records or made.report.site_blocked or made.report.crashes:
        return _nothing(made.report, site_dir)
    if all_or_nothing and not made.report.clean:
        return _nothing(made.report, site_dir, " (--all-or-nothing)")
    try:
        with staging(site_dir, root=root) as staged:
            made = _built(made, staged.stage)
            if all_or_nothing and not made.report.clean:
                return _nothing(made.report, site_dir, " (--all-or-nothing)")
            done = publish(staged, lambda tree: verify.leaks(tree, made.fleet))
    except VerificationError as error:
        found = error.result if isinstance(error.result, tuple) else ()
        leaks = [one for one in found if isinstance(one, Finding)]
        return _nothing(_with(made.report, *leaks), site_dir, ": the built site gives monitoring away")
    except BuildFailed as error:
        return _nothing(_with(made.report, *map(_failure, error.messages)), site_dir)
    except PublishError as error:
        raise UserError(str(error)) from error
    counts = f"{done.added} files added, {done.changed} changed, {done.removed} removed, {done.kept} as they were"
    words = f"{site.held(made.fleet)}\nPublished {done.site}: {counts}.".lstrip()
    return Outcome(made.report, published=True, words=words)


def _nothing(report: Report, site_dir: Path, why: str = "") -> Outcome:
    old = "; the old site stays" if (site_dir / MARKER).is_file() else ""
    return Outcome(report, published=False, words=f"Nothing was published{why}{old}.")


def _built(made: Site, stage: Path) -> Site:
    """Build the site; where MkDocs warns about nothing but hand-written pages, once more with these withheld."""
    try:
        engine.build(made, stage)
    except BuildFailed as error:
        about = [finding for message in error.messages if (finding := _about_a_page(message, made))]
        if len(about) < len(error.messages):
            raise
        made = site.withhold(made, about)
        engine.build(made, stage)
    return made


def _about_a_page(message: str, made: Site) -> Finding | None:
    """A warning of MkDocs as a finding about the hand-written page that it names; None when it names none."""
    for page in made.fleet.written:
        head = f"Doc file '{page.file.removeprefix('docs/')}' contains "
        if message.startswith(head):
            link = re.search(r"'(.*?)'", message.removeprefix(head))
            place = _line(made.fleet.root, page.file, link[1] if link else "")
            return replace(_failure(message), place=place, blocks=Blocks.PAGE)
    return None


def _line(root: Path, file: str, words: str) -> Place:
    """The first place in a file where these words stand, or else its beginning."""
    text = (root / file).read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), 1):
        column = line.find(words) + 1
        if words and column:
            return Place(file, number, column, number, column + len(words))
    return Place(file)


def _with(report: Report, *findings: Finding) -> Report:
    return replace(report, findings=ordered((*report.findings, *findings)))


def _failure(message: str) -> Finding:
    rule = RULES["PUB004"]
    return Finding(
        Place("mkdocs.yml"), rule.code, rule.name, rule.severity, rule.blocks, " ".join(message.split()), rule.mend
    )
