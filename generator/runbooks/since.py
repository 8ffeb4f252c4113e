"""What is new against a git revision: the same rules on the same day over the files as they were then."""

from __future__ import annotations

import io
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
from runbooks.report import Report
from runbooks.rules.registry import RULES

GROWN = "WVR007"


def new(report: Report, fleet: Fleet, revision: str) -> Report:
    """The report with only those findings that were not there at that revision, or were less serious then.

    The old files are checked on the report's day by this program, so that the calendar alone brings nothing. A site
    that was not there yet, or whose policy could not be read, had no findings.

    Raises:
        UserError: when there is no git, no repository or no such revision.
    """
    archive = _archive(fleet.root, revision)
    with TemporaryDirectory() as folder:
        old = _read(Path(folder), archive, fleet)
        before = site.check(old).findings if old else ()
        limited = (Path(folder) / FILE).is_file()
    known = {one.fingerprint: one.severity for one in before}
    fresh = [one for one in report.findings if one.fingerprint not in known or one.severity > known[one.fingerprint]]
    return replace(report, findings=fingerprinted((*fresh, *(_grown(fleet, old) if old and limited else ()))))


def _read(folder: Path, archive: bytes, fleet: Fleet) -> Fleet | None:
    """The site as it was; None where there was none that could be read."""
    if not archive:
        return None
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extractall(folder, filter=_inside)  # noqa: S202 - the filter lets nothing lead out of it
    if not (folder / site.POLICY).is_file():
        return None
    try:
        return site.read(folder, fleet.as_of)
    except PolicyUnreadable:
        return None


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
