"""A site as it was at a git revision, read and checked on today's day, so that the calendar alone changes nothing."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory

from runbooks import site
from runbooks.baseline import FILE
from runbooks.errors import UserError
from runbooks.findings import Finding
from runbooks.fleet import Fleet, PolicyUnreadable
from runbooks.inventory.feeds import FOLDER as INVENTORY
from runbooks.report import Report
from runbooks.shelf import Shelf

TEMPLATES = ("pages", "partials", "theme", "server")
"""The folders of templates/ beside the products, which are read into the catalogue."""


@dataclass(frozen=True)
class Earlier:
    """The site as it was, and the report about it on the day of now.

    `limited` is whether it had a baseline. `templates` are digests of its own templates but for the products, by file.
    """

    fleet: Fleet
    report: Report
    limited: bool
    templates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Revision:
    """A commit by the name it was asked for, and the site that stood in it; None where none could be read.

    `policy` is whether policy.yml was there at all.
    """

    name: str
    commit: str
    site: Earlier | None
    policy: bool


def earlier(fleet: Fleet, revision: str, known: Shelf | None = None) -> Revision:
    """The site of a fleet as it was at a revision: where the two have parted ways, in the commit they both come from.

    So what others have changed there since then is nobody's doing here. Exports that git ignores are those of today for
    both.

    Raises:
        UserError: when there is no git, no repository or no such revision.
    """
    commit = _commit(fleet.root, revision)
    archive = _archive(fleet.root, commit, revision)
    with TemporaryDirectory() as name:
        folder = Path(name)
        if archive:
            with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
                packed.extractall(folder, filter=_inside)  # noqa: S202 - the filter lets nothing lead out of it
            _add_ignored(fleet.root, commit, folder)
        there = (folder / site.POLICY).is_file()
        return Revision(revision, commit, _read(folder, fleet, known) if there else None, there)


def fresh(report: Report, before: Report) -> Iterator[Finding]:
    """The findings of a report that were not there before, or were less serious."""
    known = {one.fingerprint: one.severity for one in before.findings}
    for one in report.findings:
        if one.fingerprint not in known or one.severity > known[one.fingerprint]:
            yield one


def own_templates(root: Path) -> dict[str, str]:
    """A digest of each of a site's own templates but for the products, by its file."""
    places = (path for folder in TEMPLATES for path in sorted((root / "templates" / folder).rglob("*")))
    return {
        path.relative_to(root).as_posix(): blake2b(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
        for path in places
        if path.is_file()
    }


def _read(folder: Path, fleet: Fleet, known: Shelf | None) -> Earlier | None:
    """The site as it was; None where its policy could not be read."""
    _lend_exports(fleet.root, folder)
    try:
        survey = site.survey(folder, fleet.as_of, known or Shelf(None))
    except PolicyUnreadable:
        return None
    report = site.check(survey.fleet, survey.found)
    return Earlier(survey.fleet, report, (folder / FILE).is_file(), own_templates(folder))


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


def _commit(root: Path, revision: str) -> str:
    """The commit to compare with: the revision itself, or where its history and ours have parted."""
    if revision.startswith("-"):
        raise UserError(f"{revision} is not a revision of git")
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found.returncode:
        inside = _git(root, "rev-parse", "--is-inside-work-tree")
        raise UserError(
            f"git knows no revision {revision} here; a shallow clone may lack it"
            if inside.returncode == 0
            else "comparing with a revision needs a git repository, and the site's folder is in none"
        )
    commit = found.stdout.decode().strip()
    base = _git(root, "merge-base", commit, "HEAD")
    # A shallow clone may lack the commit that both come from.
    return base.stdout.decode().strip() if base.returncode == 0 else commit


def _archive(root: Path, commit: str, revision: str) -> bytes:
    """The files of the site's folder in a commit, packed; nothing where there was no such folder."""
    top, below = _said(root, "--show-toplevel"), _said(root, "--show-prefix")
    tree = f"{commit}:{below}"
    if _git(root, "cat-file", "-e", tree).returncode:
        return b""  # the folder was not there yet
    packed = _git(Path(top), "-c", "core.autocrlf=false", "archive", "--format=tar", tree)
    if packed.returncode:
        raise UserError(f"git cannot give the files of {revision}: {packed.stderr.decode(errors='replace').strip()}")
    return packed.stdout


def _add_ignored(root: Path, commit: str, folder: Path) -> None:
    """Write the files that the archive lacks: git leaves out what .gitattributes calls export-ignore."""
    top, tree = Path(_said(root, "--show-toplevel")), f"{commit}:{_said(root, '--show-prefix')}"
    listed = _git(top, "ls-tree", "-r", "-z", tree).stdout.decode("utf-8", "surrogateescape")
    for line in filter(None, listed.split("\0")):
        about, _, name = line.partition("\t")
        mode, _, blob = about.split(" ")
        target = folder / name
        # A link that leads out of the folder is left out on purpose.
        if mode.startswith("100") and not target.exists() and target.resolve().is_relative_to(folder.resolve()):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_git(top, "cat-file", "blob", blob).stdout)


def _said(root: Path, question: str) -> str:
    return _git(root, "rev-parse", question).stdout.decode("utf-8", "surrogateescape").rstrip("\n")


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)
    except FileNotFoundError:
        raise UserError("comparing with a revision needs git, and there is none") from None
