"""`runbooks build`: gate, build, verify, swap. Whatever fails, what was published stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from runbooks import crew, engine, gate, groups, makings, publish, servers, site, verify
from runbooks.crew import Survey
from runbooks.engine import BuildFailed
from runbooks.engine.quick import Around
from runbooks.errors import UserError
from runbooks.findings import Blocks, Finding, Place, fingerprinted
from runbooks.fleet import Fleet
from runbooks.groups import Group
from runbooks.history import last_changes
from runbooks.pages.book import Book, addresses, around, book
from runbooks.pages.press import press
from runbooks.pages.redirects import earlier_names
from runbooks.publish import MARKER, Published, PublishError, Release, Sealed, Staging, VerificationError, staging
from runbooks.publish.marker import marker
from runbooks.report import Report
from runbooks.rules.registry import RULES
from runbooks.shelf import Shelf
from runbooks.site import Site
from runbooks.templates import TemplateProblem


@dataclass(frozen=True)
class Outcome:
    """How a build went: the report, and whether a site was published."""

    report: Report
    published: bool
    words: str


@dataclass(frozen=True)
class Draft:
    """A site in the making, and the group it is for, if it is for one."""

    site: Site
    group: Group | None = None
    left_out: frozenset[str] = frozenset()
    offline: bool = False

    @property
    def only(self) -> str:
        """How its group is asked for; nothing for the whole site."""
        return self.group.only if self.group else ""


@dataclass(frozen=True)
class Before:
    """Where a site is built, and what is known of the one that is published there now."""

    staged: Staging
    shelf: Shelf
    seals: Mapping[str, Sealed]


def build(
    root: Path,
    as_of: date | None,
    site_dir: Path,
    *,
    all_or_nothing: bool,
    only: str = "",
    offline: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Check, build into a stage, verify, and put the new site in place of the old one.

    `only` is `group=NAME` for a site without a trace of any client who is not of that group. One that is `offline`
    works from a folder, without any server. `tell` hears what is done at the time.

    Raises:
        PolicyUnreadable, UserError: wrong use.
    """
    tell("Reading the records")
    survey = site.survey(root, as_of)
    fleet = survey.fleet
    tell(f"Checking {len(fleet.records)} records")
    draft = _of_group(fleet, only) if only else Draft(Site(fleet, gate.check(fleet, survey.found), Book((), ())))
    draft = replace(draft, offline=offline)
    if (nothing := _stopped(draft, site_dir, all_or_nothing=all_or_nothing)) is not None:
        return nothing
    try:
        with staging(site_dir, root=root, only=only) as staged:
            shelf = crew.shelf_of(root, "pages", own=True)
            before = Before(staged, shelf, publish.seals(shelf.get(_files_of(staged.published))))
            draft = _quickly(draft, survey, before, tell) or _slowly(draft, survey, staged.stage, tell)
            report = draft.site.report
            if (nothing := _stopped(draft, site_dir, all_or_nothing=all_or_nothing)) is not None:
                return nothing
            servers.write(staged.stage, root)
            policies = servers.policy(site_dir), servers.policy(staged.stage)
            notes = servers.refusals(staged.stage), servers.told(*policies)
            tell("Reading the built site")
            known = {name: one.seal for name, one in before.seals.items()}
            read = verify.Read(shelf, seals := dict[str, str]())
            done = publish.publish(staged, lambda tree: _leaks(tree, fleet, draft.group, read), known, seals.update)
            _remember(shelf, done)
    except VerificationError as error:
        return _nothing(
            _with(draft.site.report, *_findings(error)), site_dir, ": the built site gives away what it must not"
        )
    except BuildFailed as error:
        return _nothing(_with(draft.site.report, *map(_failure, error.messages)), site_dir)
    except PublishError as error:
        raise UserError(str(error)) from error
    counts = f"{done.added} files added, {done.changed} changed, {done.removed} removed, {done.kept} as they were"
    published = f"Published {done.site}: {counts}. Release {done.release}."
    words = "\n".join(filter(None, (site.held(fleet), _held_back(report), *notes, published)))
    return Outcome(report, published=True, words=words)


def _stopped(draft: Draft, site_dir: Path, *, all_or_nothing: bool) -> Outcome | None:
    """The end of a build of which nothing may be published."""
    report = draft.site.report
    if not draft.site.fleet.records or report.site_blocked or report.crashes:
        return _nothing(report, site_dir)
    if all_or_nothing and not report.clean:
        return _nothing(report, site_dir, " (--all-or-nothing)")
    return None


def _quickly(draft: Draft, survey: Survey, before: Before, tell: Callable[[str], None]) -> Draft | None:
    """The site in the stage, of which no page was made that is still right; None where that cannot be told."""
    fleet, report, root = draft.site.fleet, draft.site.report, draft.site.fleet.root
    if draft.group or engine.quick.refusal(root, offline=draft.offline):
        return None
    changes = last_changes(root)
    tools = press(fleet, report, site.loader(root), changes)
    keys = makings.keys(survey, report, changes, makings.whole(root, survey))
    names = earlier_names(fleet)
    tell("Building the pages")
    try:
        pages = around(tools, addresses(engine.quick.addresses(draft.site, names)))
    except TemplateProblem:
        return None
    if tools.broken:
        return None
    own = replace(draft.site, book=Book(pages, ()))
    beside = Around(before.shelf, keys, names, before.staged.published, before.seals)
    made = engine.quick.build(own, tools, before.staged.stage, beside, offline=draft.offline)
    return replace(draft, site=replace(own, book=Book(made.pages, ()))) if made else None


def _slowly(draft: Draft, survey: Survey, stage: Path, tell: Callable[[str], None]) -> Draft:
    """The site in the stage, as MkDocs' own loop makes it, which says what is wrong; nothing where it may not be."""
    if not draft.group:
        draft = replace(draft, site=site.make(draft.site.fleet, survey.found))
    if draft.site.report.site_blocked or draft.site.report.crashes:
        return draft
    tell(f"Building {len(draft.site.book.pages)} pages")
    return _built(draft, stage)


def _files_of(published: Path | None) -> bytes:
    """What the digests of the files of a release are kept under."""
    return f"files {marker(published).digest}".encode()


def _remember(shelf: Shelf, done: Published) -> None:
    if done.added or done.changed or done.removed:
        shelf.put(f"files {done.digest}".encode(), publish.sealed_files(done.site, done.files))
        shelf.save()


def _held_back(report: Report) -> str:
    """What a published site lacks, and whose it is; nothing where nothing is held back."""
    clients = sorted({one.client for one in report.findings if one.client and one.blocks is not Blocks.NOTHING})
    pages = sorted(report.blocked_pages)
    parts = [f"pages of {', '.join(clients)}"] if clients else []
    parts += [f"{', '.join(pages)}"] if pages else []
    return f"Withheld: {'; '.join(parts)}. The findings say why." if parts else ""


def leaks(built: Path, fleet: Fleet) -> tuple[Finding, ...]:
    """What a built site gives away, read on its own: its marker says whether it is for a group.

    Raises:
        UserError: when it is for a group that is not there any more.
    """
    only = marker(built).only
    return _leaks(built, fleet, groups.group(fleet, only) if only else None)


def releases(root: Path, site_dir: Path) -> tuple[Release, ...]:
    """The published site and those that can be gone back to, the newest first.

    Raises:
        UserError: when no site may stand there.
    """
    try:
        return publish.releases(site_dir, root=root)
    except PublishError as error:
        raise UserError(str(error)) from error


def go_back(root: Path, as_of: date | None, site_dir: Path, release: str) -> Outcome:
    """Make a release of old the site again, if the third wall finds nothing wrong with it on that day.

    Raises:
        PolicyUnreadable, UserError: wrong use.
    """
    fleet = site.read(root, as_of)
    report = Report(fleet.as_of, len(fleet.records), ())
    if not fleet.records:
        return _nothing(report, site_dir)
    before = servers.policy(site_dir)
    try:
        done = publish.go_back(site_dir, release, lambda tree: leaks(tree, fleet), root=root)
    except VerificationError as error:
        why = f": release {release} holds what may not be shown on {fleet.as_of}"
        return _nothing(_with(report, *_findings(error)), site_dir, why)
    except PublishError as error:
        raise UserError(str(error)) from error
    published = f"Published {site_dir}: release {done.name}, of {done.as_of}."
    words = "\n".join(filter(None, (servers.told(before, servers.policy(done.tree)), published)))
    return Outcome(report, published=True, words=words)


def _of_group(fleet: Fleet, only: str) -> Draft:
    """The site of a group: checked with everybody, because rules look across clients, and made of the group alone."""
    of = groups.group(fleet, only, engine.nav_titles(fleet.root))
    whole, own = gate.check(fleet), gate.check(of.fleet)
    report = groups.reported(whole, own, of)
    if whole.site_blocked or whole.crashes or not of.fleet.records:
        return Draft(Site(of.fleet, report, Book((), ())), of)
    made = book(of.fleet, report, site.loader(fleet.root))
    return Draft(Site(of.fleet, _with(report, *made.findings), made), of, of.left_out)


def _leaks(built: Path, fleet: Fleet, of: Group | None, read: verify.Read | None = None) -> tuple[Finding, ...]:
    return verify.leaks(built, fleet, of.strangers if of else None, read)


def _findings(error: VerificationError) -> list[Finding]:
    found = error.result if isinstance(error.result, tuple) else ()
    return [one for one in found if isinstance(one, Finding)]


def _nothing(report: Report, site_dir: Path, why: str = "") -> Outcome:
    old = "; the old site stays" if (site_dir / MARKER).is_file() else ""
    return Outcome(report, published=False, words=f"Nothing was published{why}{old}.")


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
    return replace(report, findings=fingerprinted((*report.findings, *findings)))


def _failure(message: str) -> Finding:
    rule = RULES["PUB004"]
    return Finding(
        Place("mkdocs.yml"), rule.code, rule.name, rule.severity, rule.blocks, " ".join(message.split()), rule.mend
    )
