"""The whole program in one place: read, check, make the pages."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from runbooks import catalogue, crew, gate, shelf
from runbooks.archive import packed_report, unpacked_report
from runbooks.baseline import FILE as BASELINE
from runbooks.crew import Survey
from runbooks.errors import UserError
from runbooks.findings import Finding, fingerprinted
from runbooks.fleet import Fleet, Record, read_fleet, read_policy, read_rest
from runbooks.gate import Found
from runbooks.history import last_changes
from runbooks.policy import Policy
from runbooks.recordfiles import Original, originals
from runbooks.report import Report
from runbooks.shelf import Shelf
from runbooks.source import Document

if TYPE_CHECKING:
    from runbooks.pages.book import Book
    from runbooks.templates import Loader

POLICY = "policy.yml"
AS_OF = "RUNBOOKS_AS_OF"
"""The environment variable that names the day where no option does."""
SMALL = 24
"""How many clients a fleet has at most for `lint` to try the templates on each of them."""

SITE_URL = re.compile(r"^site_url:[ \t]*(['\"]?)(?P<url>https?://[^\s'\"#]+)\1[ \t]*(?:#.*)?$", re.MULTILINE)


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
    raise UserError(
        f"there is no {POLICY} in {start} or above it; name the site's folder with --site, or begin one: runbooks init"
    )


def address(root: Path) -> str:
    """Where the site is published, as mkdocs.yml says it, with a slash at its end; empty where it does not."""
    try:
        text = (root / "mkdocs.yml").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    found = SITE_URL.search(text)
    return found["url"].rstrip("/") + "/" if found else ""


def as_of(policy: Policy, asked: date | None, environment: Mapping[str, str] | None = None) -> date:
    """The day that counts: asked for, in RUNBOOKS_AS_OF, held by the policy, in SOURCE_DATE_EPOCH, or else today.

    Raises:
        UserError: when a variable of the environment says no day.
    """
    given = os.environ if environment is None else environment
    if asked is None and given.get(AS_OF):
        asked = _day(given[AS_OF])
    if asked or policy.as_of:
        return asked or policy.as_of or date.min
    epoch = given.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(policy.zone).date()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).astimezone(policy.zone).date()
    except (ValueError, OverflowError, OSError):
        raise UserError(f"SOURCE_DATE_EPOCH must be a number of seconds, not {epoch}") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"{AS_OF} must be a day, YYYY-MM-DD, not {text}") from None


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
    return read_fleet(root, policy, document, products(root), as_of(policy, asked))


def without_records(root: Path, asked: date | None = None) -> Fleet:
    """Read everything of a site but its records.

    Raises:
        PolicyUnreadable: when policy.yml has errors.
    """
    policy, document = read_policy(root)
    return read_rest(root, policy, document, products(root), as_of(policy, asked))


def survey(root: Path, asked: date | None = None, known: Shelf | None = None) -> Survey:
    """Read everything of a site for one day as `read` does, and check each record, with what is known from before.

    What is known lies on the shelf that is given, which its giver saves; else on the site's own.

    Raises:
        PolicyUnreadable: when policy.yml has errors.
    """
    policy, document = read_policy(root)
    place = known or crew.shelf_of(root)
    found = _survey(root, policy, document, as_of(policy, asked), records=originals(root), known=place)
    if known is None:
        place.save()
    return found


def checked(root: Path, asked: date | None = None, *, figures: bool = True) -> Report:
    """The report of a site for one day; the one of before where nothing has changed since.

    Without `figures` coverage is left out where no finding depends on it.

    Raises:
        PolicyUnreadable: when policy.yml has errors.
    """
    with crew.without_collector():
        return _checked(root, asked, figures=figures)


def _checked(root: Path, asked: date | None, *, figures: bool) -> Report:
    policy, document = read_policy(root)
    day, known, records = as_of(policy, asked), crew.shelf_of(root), originals(root)
    circumstances = f"{day.isoformat()} {figures}".encode()
    everything = shelf.digest(circumstances, surroundings(root), *map(crew.key, records))
    kept = known.get(everything)
    report = unpacked_report(kept) if kept else None
    if report is not None:
        return report
    survey = _survey(root, policy, document, day, records=records, known=known)
    report = check(survey.fleet, survey.found, figures=figures)
    if not report.crashes and (packed := packed_report(report)):
        known.put(everything, packed)
    known.save()
    return report


def _survey(
    root: Path, policy: Policy, document: Document, day: date, *, records: Sequence[Original], known: Shelf
) -> Survey:
    folders = products(root)
    rest = read_rest(root, policy, document, folders, day)
    return crew.survey(rest, records, shelf.digest(_circumstances(root, folders), figures(rest)), known)


def figures(rest: Fleet) -> bytes:
    """What the PSA says of hours and payments, which rules about one record look at."""
    said = [(one.feed, one.made_on, one.contracts) for one in rest.alone.inventory.exports]
    return repr(said).encode("utf-8", "surrogatepass") if said else b""


def make(fleet: Fleet, known: Mapping[str, Found] | None = None) -> Site:
    """Check what was read and make every page that may be published."""
    from runbooks.pages.book import Book, book

    report = gate.check(fleet, known)
    if report.site_blocked or not fleet.records:
        return Site(fleet, report, Book((), ()))
    made = book(fleet, report, loader(fleet.root), last_changes(fleet.root))
    return Site(fleet, _with(report, made.findings), made)


def check(fleet: Fleet, known: Mapping[str, Found] | None = None, *, figures: bool = True) -> Report:
    """Check what was read as `make` does, without making every page of a large fleet.

    A site's own templates are tried on a few clients, chosen so that every product and every kind of cover is among
    them. Those that come with the program need no trial.
    """
    report = gate.check(fleet, known, figures=figures)
    if report.site_blocked or not fleet.records or not (fleet.root / "templates").is_dir():
        return report
    from runbooks.pages.book import book

    few = replace(fleet, records=tuple(_various(fleet)))
    return _with(report, book(few, report, loader(fleet.root)).findings)


def _various(fleet: Fleet) -> Iterator[Record]:
    """All records of a small fleet; of a large one the first of each kind."""
    from runbooks.pages.views import cover

    if len(fleet.records) <= SMALL:
        yield from fleet.records
        return
    seen = set[tuple[str, str]]()
    for record in fleet.records:
        products = {setup.product for setup in record.client.setups}
        level = str(cover(record, fleet)["level"])
        kinds = {(product, level) for product in products} or {(record.client.status, level)}
        if kinds - seen:
            seen |= kinds
            yield record


def withhold(made: Site, findings: Iterable[Finding]) -> Site:
    """The same site made again, without the hand-written pages that these findings keep back."""
    from runbooks.pages.book import book

    report = _with(made.report, findings)
    again = book(made.fleet, report, loader(made.fleet.root))
    return Site(made.fleet, _with(report, again.findings), again)


def _with(report: Report, findings: Iterable[Finding]) -> Report:
    return replace(report, findings=fingerprinted((*report.findings, *findings)))


shipped = catalogue.shipped


def loader(root: Path) -> Loader:
    """The templates of a site: its own file where there is one, or else the shipped one."""
    from runbooks.templates import Loader

    return Loader([("templates", root / "templates"), ("templates", shipped())])


def surroundings(root: Path) -> bytes:
    """The bytes of everything but the records and the day that any rule or template looks at."""
    files = [root / POLICY, root / BASELINE, *_below(root / "docs"), *_below(root / "templates"), *_below(shipped())]
    there = (path for path in files if path.is_file())
    parts = [part for path in there for part in (os.fsencode(path), path.read_bytes())]
    # A product is a folder, also one in which nothing is yet.
    return shelf.digest(*parts, repr(sorted(products(root))).encode("utf-8", "surrogatepass"), *_exports(root))


def content(*places: Path) -> bytes:
    """A digest of files, and of all that lies in folders, each by its name from there."""
    parts: list[bytes] = []
    for place in places:
        for path in _below(place) if place.is_dir() else (place,):
            if path.is_file():
                parts += (os.fsencode(path.relative_to(place.parent).as_posix()), path.read_bytes())
        parts.append(b"")
    return shelf.digest(*parts)


def _exports(root: Path) -> Iterator[bytes]:
    """The files of inventory/, each by its name and a digest of its bytes: no row of them is kept, nor all at once."""
    for path in _below(root / "inventory"):
        if path.is_file():
            yield os.fsencode(path)
            try:
                with path.open("rb") as file:
                    yield hashlib.file_digest(file, "blake2b").digest()
            except OSError as error:
                yield str(error.errno).encode()


def _below(folder: Path) -> Iterator[Path]:
    """Every file below a folder, sorted. A folder that is linked to is looked into as well, each once."""
    seen = set[str]()
    for place, folders, files in os.walk(folder, followlinks=True):
        seen.add(os.path.realpath(place))
        folders[:] = [name for name in sorted(folders) if os.path.realpath(Path(place) / name) not in seen]
        yield from (Path(place) / name for name in sorted(files))


def _circumstances(root: Path, products: Mapping[str, Sequence[Path]]) -> bytes:
    """The bytes of the policy and of every file of the catalogue."""
    folders = [(name, folder) for name, places in sorted(products.items()) for folder in places]
    files = [(name, path) for name, folder in folders for path in sorted(folder.iterdir()) if path.is_file()]
    named = ((name.encode(), path.name.encode(), path.read_bytes()) for name, path in files)
    return shelf.digest((root / POLICY).read_bytes(), *(part for parts in named for part in parts))


def products(root: Path) -> dict[str, list[Path]]:
    """The folders of each product, by its id: the site's own first, then the one that comes with the program."""
    found: dict[str, list[Path]] = {}
    for folder in dict.fromkeys((root / "templates" / "products", shipped() / "products")):
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            if path.is_dir() and not path.name.startswith("."):
                found.setdefault(path.name, []).append(path)
    return found
