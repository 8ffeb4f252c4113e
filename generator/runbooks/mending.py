"""`runbooks lint --fix`: what can be mended is, round by round, until nothing of the kind is left.

Nothing is written while it is tried: what was mended so far stands in a folder of its own, in the place of the files of
the site, and every rule looks at that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from runbooks import crew, edits, gate, site
from runbooks.draft import standing_with
from runbooks.findings import Finding
from runbooks.fleet import PolicyUnreadable
from runbooks.patches import diff, mended
from runbooks.report import Report

ROUNDS: Final = 8
"""How often everything is read again at most: one fix can bring another to light."""
NOT_HERE: Final = "this file is not in the site"


@dataclass
class Mending:
    """What was mended, file by file, and what is left.

    `before` and `after` are the bytes of each file that changes. `report` is of the files as they are after all fixes,
    `unreadable` when their policy.yml cannot be read.
    """

    report: Report
    unreadable: PolicyUnreadable | None = None
    before: dict[str, bytes] = field(default_factory=dict)
    after: dict[str, bytes] = field(default_factory=dict)
    done: list[Finding] = field(default_factory=list)
    refused: dict[str, tuple[Finding, str]] = field(default_factory=dict)
    """By fingerprint."""

    @property
    def diffs(self) -> Iterable[str]:
        """What changes in each file, as unified diffs without secrets."""
        return (diff(file, self.before[file], self.after[file]) for file in sorted(self.after))


def mend(root: Path, as_of: date | None, chosen: Callable[[Report], Report], *, unsafe: bool) -> Mending:
    """Mend what the chosen findings of a site's report say, safe fixes or all, without writing anything.

    Raises:
        UserError: when the choice names a client that does not exist.
    """
    found = Mending(*_checked(root, as_of, {}))
    found.report = chosen(found.report) if found.unreadable is None else found.report
    for _ in range(ROUNDS):
        if not _round(found, root, unsafe=unsafe):
            break
        report, found.unreadable = _checked(root, as_of, found.after)
        found.report = chosen(report) if found.unreadable is None else report
    return found


def write(found: Mending, root: Path) -> list[str]:
    """Write what was mended, each file whole or not at all; in words what could not be written.

    A file that could not be is as it was, and what would have been mended in it does not count.
    """
    told = list[str]()
    for file in sorted(found.after):
        try:
            edits.save(root / file, file, found.before[file], found.after[file])
        except edits.Refused as error:
            told.append(f"{error}; {error.remedy}")
            found.done = [one for one in found.done if one.place.file != file]
            del found.after[file]
    return told


def _round(found: Mending, root: Path, *, unsafe: bool) -> bool:
    """Mend what can be at once; whether anything was."""
    changed = False
    for file, findings in sorted(_by_file(found, unsafe=unsafe).items()):
        raw = found.after.get(file) or _raw(root / file)
        if raw is None:
            found.refused.update({one.fingerprint: (one, NOT_HERE) for one in findings})
            continue
        result = mended(file, raw, findings)
        found.refused.update({one.fingerprint: (one, why) for one, why in result.refused})
        if result.done:
            found.before.setdefault(file, raw)
            found.after[file] = result.after
            found.done += result.done
            changed = True
    return changed


def _by_file(found: Mending, *, unsafe: bool) -> Mapping[str, list[Finding]]:
    files = dict[str, list[Finding]]()
    for one in found.report.findings:
        if one.fix is not None and (unsafe or one.fix.safe) and one.fingerprint not in found.refused:
            files.setdefault(one.place.file, []).append(one)
    return files


def _raw(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.is_file() else None
    except OSError:
        return None


def _checked(root: Path, as_of: date | None, texts: Mapping[str, bytes]) -> tuple[Report, PolicyUnreadable | None]:
    """The report of a site with other texts in the place of some files, and why its policy cannot be read."""
    try:
        if not texts:
            return site.checked(root, as_of), None
        with standing_with(root.resolve(), texts) as folder, crew.without_collector():
            survey = site.survey(folder, as_of, crew.shelf_of(root))
            return site.check(survey.fleet, survey.found), None
    except PolicyUnreadable as error:
        return gate.policy_report(error, as_of or datetime.now(UTC).date()), error
