"""What is new against a git revision: the same rules on the same day over the files as they were then."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from runbooks import site
from runbooks.baseline import FILE
from runbooks.errors import UserError
from runbooks.findings import Finding, Place, fingerprinted
from runbooks.fleet import Fleet, PolicyUnreadable
from runbooks.inventory.feeds import FOLDER as INVENTORY
from runbooks.report import Report
from runbooks.rules.registry import RULES

GROWN, FALLEN = "WVR007", "DOC027"


def new(report: Report, fleet: Fleet, revision: str) -> Report:
    """The report with only those findings that were not there at that revision, or were less serious then.

    The old files are checked on the report's day by this program, so that the calendar alone brings nothing. Exports
    that git ignores are those of today for both. A site that was not there yet, or whose policy could not be read, had
    no findings.

    Raises:
        UserError: when there is no git, no repository or no such revision.
    """
    archive = _archive(fleet.root, revision)
    with TemporaryDirectory() as folder:
        old = _read(Path(folder), archive, fleet)
        before = site.check(old) if old else None
        limited = (Path(folder) / FILE).is_file()
    known = {one.fingerprint: one.severity for one in before.findings} if before else {}
    fresh = [one for one in report.findings if one.fingerprint not in known or one.severity > known[one.fingerprint]]
    fresh += _grown(fleet, old) if old and limited else ()
    fresh += _fallen(report, before, fleet) if before else ()
    return replace(report, findings=fingerprinted(fresh))


def _read(folder: Path, archive: bytes, fleet: Fleet) -> Fleet | None:
    """The site as it was; None where there was none that could be read."""
    if not archive:
        return None
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extractall(folder, filter=_inside)  # noqa: S202 - the filter lets nothing lead out of it
    if not (folder / site.POLICY).is_file():
        return None
    _lend_exports(fleet.root, folder)
    try:
        return site.read(folder, fleet.as_of)
    except PolicyUnreadable:
        return None


def _lend_exports(root: Path, folder: Path) -> None:
    """Show the exports that are in no revision to the old records as well: they are fetched, and never committed."""
    found = _git(root, "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--", INVENTORY)
    for name in found.stdout.decode("utf-8", "surrogateescape").split("\0") if found.returncode == 0 else ():
        target = folder / name
        if name and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                target.symlink_to(root / name)
            except OSError:  # Windows asks for a right that few have
                shutil.copyfile(root / name, target)


def _inside(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo | None:
    """A member of the archive; none where it would lead out of the folder, as a link to elsewhere does."""
    try:
        return tarfile.data_filter(member, folder)
    except tarfile.FilterError:
        return None


def _archive(root: Path, revision: str) -> bytes:
    """The files of the site's folder at a revision, packed; nothing where there was no such folder."""
    if revision.startswith("-"):
        raise UserError(f"{revision} is not a revision of git")
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found.returncode:
        inside = _git(root, "rev-parse", "--is-inside-work-tree")
        raise UserError(
            f"git knows no revision {revision} here; a shallow clone may lack it"
            if inside.returncode == 0
            else "--since needs a git repository, and the site's folder is in none"
        )
    top, below = _said(root, "--show-toplevel"), _said(root, "--show-prefix")
    tree = f"{found.stdout.decode().strip()}:{below}"
    if _git(root, "cat-file", "-e", tree).returncode:
        return b""  # the folder was not there yet
    packed = _git(Path(top), "-c", "core.autocrlf=false", "archive", "--format=tar", tree)
    if packed.returncode:
        raise UserError(f"git cannot give the files of {revision}: {packed.stderr.decode(errors='replace').strip()}")
    return packed.stdout


def _said(root: Path, question: str) -> str:
    return _git(root, "rev-parse", question).stdout.decode("utf-8", "surrogateescape").rstrip("\n")


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)
    except FileNotFoundError:
        raise UserError("--since needs git, and there is none") from None


def _fallen(report: Report, before: Report, fleet: Fleet) -> Iterator[Finding]:
    """Where less is documented than at that revision, and policy.yml does not want that."""
    aim, now, then = fleet.policy.coverage, report.coverage.exact, before.coverage.exact
    if aim is None or not aim.never_lower or now is None or then is None or now >= then:
        return
    rule, old = RULES[FALLEN], before.coverage.clients
    less = [
        f"{report.clients.get(slug, slug)} {one.percent}%"
        for slug, one in report.coverage.clients.items()
        if slug not in old or (one.percent or 0) < (old[slug].percent or 0)
    ]
    words = f"{float(now * 100):.1f}% of the runbooks is documented, and it was {float(then * 100):.1f}%"
    yield Finding(
        place=fleet.policy_document.place(aim.at("never_lower")),
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        blocks=rule.blocks,
        message=f"{words}; less than before: {', '.join(less[:5])}" if less else words,
        help=rule.mend,
        path=aim.at("never_lower"),
    )


def _grown(fleet: Fleet, old: Fleet) -> Iterator[Finding]:
    """The entries of the baseline that were not in the one of then."""
    rule = RULES[GROWN]
    for entry in fleet.baseline.findings:
        if entry.fingerprint not in old.baseline.fingerprints:
            yield Finding(
                place=fleet.baseline_document.place(entry.at()) if entry.at() else Place(FILE),
                code=rule.code,
                name=rule.name,
                severity=rule.severity,
                blocks=rule.blocks,
                message=f"{FILE} has a new entry for {entry.rule}: it can only shrink",
                help=rule.mend,
                path=entry.at(),
            )
