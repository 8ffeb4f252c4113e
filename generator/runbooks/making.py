"""The pages of a site in the making: quickly where that can be, else by MkDocs' own loop, which says what is wrong."""

from __future__ import annotations

import gc
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from runbooks import engine, gate, groups, makings, site
from runbooks.crew import Survey
from runbooks.engine import BuildFailed
from runbooks.engine.fitness import Fitness
from runbooks.engine.quick import Around
from runbooks.findings import Blocks, Finding, Place, fingerprinted
from runbooks.fleet import Fleet
from runbooks.groups import Group
from runbooks.history import last_changes
from runbooks.pages.book import Book, addresses, around, book
from runbooks.pages.press import Press, press
from runbooks.pages.redirects import earlier_names
from runbooks.pages.shelved import Shelved
from runbooks.progress import Progress
from runbooks.publish import Held, Sealed, Staging
from runbooks.report import Report
from runbooks.rules.registry import RULES
from runbooks.shelf import Shelf
from runbooks.site import Site
from runbooks.templates import TemplateProblem

_IN_FILE: Final = re.compile(r"(?P<file>.+), line (?P<line>[0-9]+): (?P<why>.+)")
"""How `engine.listening` says where a template of the theme has failed."""
VERY_MANY: Final = 50_000
"""How many pages are so many that what MkDocs knew of their files is let go before the site is read."""
NOT_JUDGED: Final = Fitness("it was not looked at")


@dataclass(frozen=True)
class Draft:
    """A site in the making, and the group it is for, if it is for one. `made` and `reused` count its pages.

    `fitness` says whether it is for the quick build, which is one of which it is known what it is made of. `held` are
    the files of the stage that are those of the published site.
    """

    site: Site
    group: Group | None = None
    left_out: frozenset[str] = frozenset()
    offline: bool = False
    fitness: Fitness = NOT_JUDGED
    made: int = 0
    reused: int = 0
    held: Held = field(default_factory=dict)

    @property
    def only(self) -> str:
        """How its group is asked for; nothing for the whole site."""
        return self.group.only if self.group else ""


@dataclass(frozen=True)
class Before:
    """Where a site is built, and what is known of the one that is published there now."""

    staged: Staging
    shelf: Shelf
    texts: Shelf
    seals: Mapping[str, Sealed] = field(default_factory=dict)


def draft(survey: Survey, only: str, *, offline: bool) -> Draft:
    """What is known of a site before any page of it is made: the gate's report, and nothing in its book.

    Raises:
        UserError: when there is no such group.
    """
    if only:
        return replace(_of_group(survey.fleet, only), offline=offline)
    return Draft(Site(survey.fleet, gate.check(survey.fleet, survey.found), Book((), ())), offline=offline)


def made(begun: Draft, survey: Survey, before: Before, progress: Progress) -> Draft:
    """The pages of a site, in the stage; nothing there when the report says that nothing may be published.

    Raises:
        BuildFailed: when MkDocs fails, or warns of what is on no hand-written page.
    """
    begun = replace(begun, fitness=engine.fitness.judged(begun.site.fleet.root, offline=begun.offline))
    return _quickly(begun, survey, before, progress) or _slowly(begun, survey, before.staged.stage, progress)


def _quickly(begun: Draft, survey: Survey, before: Before, progress: Progress) -> Draft | None:
    """A site of which no page was made that is still right; None where that cannot be told."""
    fleet, root = begun.site.fleet, begun.site.fleet.root
    if begun.group or begun.fitness.why:
        return None
    progress.step("Building the pages")
    changes = last_changes(root)
    slugs = [record.slug for record in fleet.records]
    with engine.standing.sought(slugs, before.shelf, before.staged, before.seals) as standing:
        shelved = Shelved(before.texts, makings.all_alike(fleet))
        tools = press(fleet, begun.site.report, site.loader(root), changes, shelved)
        names = earlier_names(fleet)
        places = tuple(engine.quick.places(begun.site, names))
        own = _about_all(begun.site, tools, addresses(uri for uri, _ in places))
        if own is None:
            return None
        keys, alike = makings.keys(survey, begun.site.report, changes), begun.fitness.alike
        beside = Around(before.shelf, before.texts, keys, names, places, before.staged, standing, before.seals, alike)
        done = engine.quick.build(own, tools, beside, offline=begun.offline, told=progress.at)
    if done is None:
        return None
    if len(done.pages) > VERY_MANY:
        gc.collect()
    made = replace(own, book=Book(done.pages, ()))
    return replace(begun, site=made, made=done.made, reused=done.reused, held=done.held)


def _about_all(begun: Site, tools: Press, taken: frozenset[str]) -> Site | None:
    """The site with the pages about no single client, none of them at an address that is `taken`.

    None where a template of theirs fails.
    """
    try:
        pages = around(tools, taken)
    except TemplateProblem:
        return None
    return None if tools.broken else replace(begun, book=Book(pages, ()))


def _slowly(begun: Draft, survey: Survey, stage: Path, progress: Progress) -> Draft:
    """A site as MkDocs' own loop makes it."""
    if not begun.group:
        progress.step("Writing the pages")
        begun = replace(begun, site=site.make(begun.site.fleet, survey.found))
    if begun.site.report.site_blocked or begun.site.report.crashes:
        return begun
    pages = len(begun.site.book.pages)
    progress.step(f"Building {pages} pages")
    return replace(_built(begun, stage), made=pages)


def _of_group(fleet: Fleet, only: str) -> Draft:
    """The site of a group: checked with everybody, because rules look across clients, and made of the group alone."""
    of = groups.group(fleet, only, engine.nav_titles(fleet.root))
    whole, own = gate.check(fleet), gate.check(of.fleet)
    report = groups.reported(whole, own, of)
    if whole.site_blocked or whole.crashes or not of.fleet.records:
        return Draft(Site(of.fleet, report, Book((), ())), of)
    made = book(of.fleet, report, site.loader(fleet.root))
    return Draft(Site(of.fleet, with_findings(report, *made.findings), made), of, of.left_out)


def _built(draft: Draft, stage: Path) -> Draft:
    """Build the site; where MkDocs warns about nothing but hand-written pages, once more with these withheld.

    In the site of a group, a page with a link to one that is left out is left out as well, and nothing is said of it.
    """
    while True:
        try:
            engine.build(draft.site, stage, draft.only, draft.left_out, offline=draft.offline)
        except BuildFailed as error:
            more = {name for message in error.messages if (name := _leads_out(message, draft))}
            if more:
                draft = _leaving_out(draft, more)
                continue
            about = [finding for message in error.messages if (finding := _about_a_page(message, draft.site))]
            if len(about) < len(error.messages):
                raise
            draft = replace(draft, site=site.withhold(draft.site, about))
            engine.build(draft.site, stage, draft.only, draft.left_out, offline=draft.offline)
        return draft


def _leads_out(message: str, draft: Draft) -> str:
    """The hand-written page that leads to a file that is left out, by a warning of MkDocs; nothing for any other."""
    found = re.match(r"Doc file '(.*?)' contains .*? the target '(.*?)' is not found", message)
    return found[1] if found and found[2] in draft.left_out and found[1] not in draft.left_out else ""


def _leaving_out(draft: Draft, more: set[str]) -> Draft:
    """The same site without some more hand-written pages."""
    left_out = draft.left_out | more
    fleet = draft.site.fleet
    written = tuple(page for page in fleet.written if page.file.removeprefix("docs/") not in left_out)
    fleet = replace(fleet, written=written)
    made = book(fleet, draft.site.report, site.loader(fleet.root))
    return replace(draft, site=replace(draft.site, fleet=fleet, book=made), left_out=left_out)


def _about_a_page(message: str, made: Site) -> Finding | None:
    """A warning of MkDocs as a finding about the hand-written page that it names; None when it names none."""
    for page in made.fleet.written:
        head = f"Doc file '{page.file.removeprefix('docs/')}' contains "
        if message.startswith(head):
            link = re.search(r"'(.*?)'", message.removeprefix(head))
            place = _line(made.fleet.root, page.file, link[1] if link else "")
            return replace(failure(message, made.fleet.root), place=place, blocks=Blocks.PAGE)
    return None


def _line(root: Path, file: str, words: str) -> Place:
    """The first place in a file where these words stand, or else its beginning."""
    text = (root / file).read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), 1):
        column = line.find(words) + 1
        if words and column:
            return Place(file, number, column, number, column + len(words))
    return Place(file)


def with_findings(report: Report, *findings: Finding) -> Report:
    """A report with some more findings."""
    return replace(report, findings=fingerprinted((*report.findings, *findings)))


def failure(message: str, root: Path) -> Finding:
    """A warning of MkDocs, or why it failed, as a finding; where it names a line of a template of the site, there."""
    rule, place, said = RULES["PUB004"], Place("mkdocs.yml"), " ".join(message.split())
    named = _IN_FILE.fullmatch(said)
    file = Path(named["file"]) if named else root
    if named and file.is_relative_to(root):
        name, line = file.relative_to(root).as_posix(), int(named["line"])
        place, said = Place(name, line, 1, line, 1), named["why"]
    return Finding(place, rule.code, rule.name, rule.severity, rule.blocks, said, rule.mend)
