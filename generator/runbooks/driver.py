"""`runbooks build`: gate, build, verify, swap. Whatever fails, what was published stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from runbooks import crew, groups, making, publish, servers, site, unchanged, verify
from runbooks.engine import BuildFailed
from runbooks.entitlement import remembered
from runbooks.errors import UserError
from runbooks.findings import Blocks, Finding
from runbooks.fleet import Fleet
from runbooks.groups import Group
from runbooks.making import Before, Draft, failure, with_findings
from runbooks.outcome import Outcome, counts
from runbooks.progress import Progress
from runbooks.publish import MARKER, Published, PublishError, Release, VerificationError, staging
from runbooks.publish.marker import marker
from runbooks.report import Report
from runbooks.unchanged import Asked, Stamp


@remembered()
def build(asked: Asked, progress: Progress | None = None) -> Outcome:
    """Check, build into a stage, verify, and put the new site in place of the old one. `progress` hears of each step.

    Raises:
        PolicyUnreadable, UserError: wrong use.
    """
    told, root, site_dir = progress or Progress(), asked.root, asked.site_dir
    told.step("Reading and checking the records")
    sources = _stamp(asked)
    survey = site.survey(root, asked.as_of)
    begun = making.draft(survey, asked.only, offline=asked.offline)
    if (nothing := _stopped(begun.site.report, asked)) is not None:
        return nothing
    try:
        with staging(site_dir, root=root, only=asked.only) as staged:
            known = asked.shelf
            seals = publish.seals(known.get(unchanged.files_of(staged.published)))
            before = Before(staged, known, crew.shelf_of_pages(), seals)
            begun = making.made(begun, survey, before, told)
            if (nothing := _stopped(begun.site.report, asked)) is not None:
                return nothing
            return _published(begun, Task(asked, survey.fleet, sources), before, told)
    except VerificationError as error:
        why = ": the built site gives away what it must not"
        return _nothing(with_findings(begun.site.report, *_findings(error)), site_dir, why)
    except BuildFailed as error:
        found = (failure(message, root) for message in error.messages)
        return _nothing(with_findings(begun.site.report, *found), site_dir)
    except PublishError as error:
        raise UserError(str(error)) from error


@dataclass(frozen=True)
class Task:
    """What a build is asked for, what was read for it, and what the sources were before any of them was read."""

    asked: Asked
    fleet: Fleet
    sources: Stamp | None


def _published(made: Draft, task: Task, before: Before, told: Progress) -> Outcome:
    """What is staged, read and put in place of the site."""
    stage, report, asked, fleet = before.staged.stage, made.site.report, task.asked, task.fleet
    servers.write(stage, asked.root)
    policies = servers.policy(asked.site_dir), servers.policy(stage)
    told.step("Reading the built site")
    seals = dict[str, str]()
    read = verify.Read(before.texts, seals)
    files = {name: one.seal for name, one in before.seals.items()}
    done = publish.publish(
        before.staged, lambda tree: _leaks(tree, fleet, made.group, read), files, seals.update, made.held
    )
    refusals = servers.refusals(done.site, before.texts, done.files)
    told.end()
    lasting = [words for words in (site.held(fleet), _held_back(report), refusals) if words]
    _keep(made, task, before, Outcome(report, published=True, words="\n".join(lasting)), done)
    return Outcome(report, published=True, words="\n".join(_words(lasting, servers.told(*policies), made, done)))


def _keep(made: Draft, task: Task, before: Before, lasting: Outcome, done: Published) -> None:
    """Keep what was made, unless somebody has saved meanwhile: then nobody knows which of both it was made of."""
    same = {name: before.seals[name] for name in made.held if name in before.seals}
    unchanged.keep_files(before.shelf, done, same)
    now = _stamp(task.asked)
    if now and task.sources and now.sources == task.sources.sources:
        if now == task.sources and not made.fitness.why:
            unchanged.keep(now, before.shelf, lasting, done, made.fitness.themes)
        before.shelf.confirm()
        before.texts.confirm()
    for shelf in (before.shelf, before.texts):
        shelf.save(grown=made.made > 0)


def _stamp(asked: Asked) -> Stamp | None:
    """What the site is made of now; None where a file of it cannot be read, of which others tell."""
    try:
        return unchanged.stamp(asked)
    except OSError:
        return None


def _words(lasting: list[str], browsers: str, made: Draft, done: Published) -> list[str]:
    pages = f"{made.made} pages made, {made.reused} as they were"
    files = counts(done.added, done.changed, done.removed, done.kept)
    ends = [f"Published {done.site}: {files}. Release {done.release}.", f"{pages}."]
    return [*lasting, *filter(None, [browsers]), *reversed(ends)]


def _stopped(report: Report, asked: Asked) -> Outcome | None:
    """The end of a build of which nothing may be published."""
    if not report.records or report.site_blocked or report.crashes:
        return _nothing(report, asked.site_dir)
    if asked.all_or_nothing and not report.clean:
        return _nothing(report, asked.site_dir, " (--all-or-nothing)")
    return None


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
        return _nothing(with_findings(report, *_findings(error)), site_dir, why)
    except PublishError as error:
        raise UserError(str(error)) from error
    published = f"Published {site_dir}: release {done.name}, of {done.as_of}."
    words = "\n".join(filter(None, (servers.told(before, servers.policy(done.tree)), published)))
    return Outcome(report, published=True, words=words)


def _leaks(built: Path, fleet: Fleet, of: Group | None, read: verify.Read | None = None) -> tuple[Finding, ...]:
    return verify.leaks(built, fleet, of.strangers if of else None, read)


def _findings(error: VerificationError) -> list[Finding]:
    found = error.result if isinstance(error.result, tuple) else ()
    return [one for one in found if isinstance(one, Finding)]


def _nothing(report: Report, site_dir: Path, why: str = "") -> Outcome:
    old = "; the old site stays" if (site_dir / MARKER).is_file() else ""
    return Outcome(report, published=False, words=f"Nothing was published{why}{old}.")
