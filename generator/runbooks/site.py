"""The whole program in one place: read, check, make the pages."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from runbooks import gate
from runbooks.errors import UserError
from runbooks.findings import Finding, ordered
from runbooks.fleet import Fleet, read_fleet, read_policy
from runbooks.gate import Report
from runbooks.pages.book import Book, book
from runbooks.policy import Policy
from runbooks.templates import Loader

POLICY = "policy.yml"


@dataclass(frozen=True)
class Site:
    """What is published: the pages, what they were made from, and the gate's report about them."""

    fleet: Fleet
    report: Report
    book: Book


def root_of(start: Path) -> Path:
    """The folder of the site: the nearest one upward that holds policy.yml.

    Raises:
        UserError: when there is none.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / POLICY).is_file():
            return folder
    raise UserError(f"there is no {POLICY} in {start} or above it; name the site's folder with --site")


def as_of(policy: Policy, asked: date | None, environment: Mapping[str, str] | None = None) -> date:
    """The day that counts: the one asked for, or held by the policy, or SOURCE_DATE_EPOCH, or today.

    Raises:
        UserError: when SOURCE_DATE_EPOCH is no number of seconds.
    """
    if asked or policy.as_of:
        return asked or policy.as_of or date.min
    epoch = (os.environ if environment is None else environment).get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(policy.zone).date()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).astimezone(policy.zone).date()
    except (ValueError, OverflowError, OSError):
        raise UserError(f"SOURCE_DATE_EPOCH must be a number of seconds, not {epoch}") from None


def held(fleet: Fleet) -> str:
    """A warning where policy.yml holds the calendar: such a site never goes dark by itself. Else nothing."""
    if fleet.policy.as_of is None or fleet.policy.as_of != fleet.as_of:
        return ""
    return (
        f"policy.yml holds the calendar at {fleet.as_of}: no page goes dark by itself. Take as_of out of a real site."
    )


def read(root: Path, asked: date | None = None) -> Fleet:
    """Read everything of a site for one day.

    Raises:
        PolicyUnreadable: when policy.yml has errors.
    """
    policy, document = read_policy(root)
    return read_fleet(root, policy, document, _products(root), as_of(policy, asked))


def make(fleet: Fleet) -> Site:
    """Check what was read and make every page that may be published."""
    report = gate.check(fleet)
    if report.site_blocked or not fleet.records:
        return Site(fleet, report, Book((), ()))
    made = book(fleet, report, loader(fleet.root))
    return Site(fleet, _with(report, made.findings), made)


def withhold(made: Site, findings: Iterable[Finding]) -> Site:
    """The same site made again, without the hand-written pages that these findings keep back."""
    report = _with(made.report, findings)
    again = book(made.fleet, report, loader(made.fleet.root))
    return Site(made.fleet, _with(report, again.findings), again)


def _with(report: Report, findings: Iterable[Finding]) -> Report:
    return replace(report, findings=ordered((*report.findings, *findings)))


def shipped() -> Path:
    """The templates that come with the program: beside it in a wheel, at the top of the repository in a checkout."""
    here = Path(__file__).resolve().parent
    packed = here / "templates" / "pages"
    return packed.parent if packed.is_dir() else here.parents[1] / "templates"


def loader(root: Path) -> Loader:
    """The templates of a site: its own file where there is one, or else the shipped one."""
    return Loader([("templates", root / "templates"), ("templates", shipped())])


def _products(root: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for folder in dict.fromkeys((root / "templates" / "products", shipped() / "products")):
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            if path.is_dir() and not path.name.startswith("."):
                found.setdefault(path.name, []).append(path)
    return found
