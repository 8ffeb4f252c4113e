"""A file as it stands in an editor, saved or not: the site is checked with that text in its place."""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from runbooks import crew, gate, site
from runbooks.baseline import FILE as BASELINE
from runbooks.errors import UserError
from runbooks.findings import Finding, Place
from runbooks.handwritten import PAGES
from runbooks.recordfiles import CLIENT_KEY, NAME, SLUG, Original, Record, in_order, originals, record_of
from runbooks.report import Coverage, Report
from runbooks.rules.secrets import TEXTS

FILES: Final = (site.POLICY, BASELINE)
FOLDERS: Final = ("clients", "docs", "inventory", "templates")
"""What is looked at: no rule reads anything else of a site."""
FEW: Final = 20
"""Records that are sooner read again than kept: what is kept of a large fleet is written as a whole."""
RECORDS: Final = "clients"
ESCAPE: Final = re.compile(r"\\[xuU\r\n]")
"""How a text in double quotes may hide a letter, or break a word."""
WORD: Final = re.compile(r"[a-z0-9]+")
SHARING: Final = 20
"""Records that may be read beside the drafted one; of more the whole site is as quick."""
SHELF: Final = "editor"
"""What was found with drafts is kept apart: `lint` has use for the saved files alone."""


@dataclass(frozen=True)
class Draft:
    """The text of one file, in bytes as an editor would save it.

    `file` is its path in the site, with forward slashes; `name` is what whoever asks calls it.
    """

    file: str
    name: str
    text: bytes


def file_of(root: Path, name: str, start: Path) -> str:
    """The path in the site of a file by its name: absolute, from the folder `start`, or from the site's.

    Raises:
        UserError: when it lies elsewhere, is a folder, or is none that a rule reads.
    """
    for path in (start / name, (start / name).parent.resolve() / Path(name).name, root / name):
        whole = Path(os.path.normpath(path))
        if whole.is_relative_to(root) and whole != root:
            break
    else:
        raise UserError(f"{name} does not lie in the site {root}")
    if whole.is_dir():
        raise UserError(f"{name} is a folder")
    found = whole.relative_to(root)
    if not _is_read(found):
        raise UserError(f"{name} is none of the files that lint reads: records, policy.yml, feeds, pages, templates")
    return found.as_posix()


def _is_read(path: Path) -> bool:
    if len(path.parts) == 1:
        return path.name in FILES
    ending = path.suffix.lower()
    match path.parts[0]:
        case "clients":
            return NAME.fullmatch(path.name) is not None
        case "docs":
            return ending in PAGES
        case "templates" if path.parts[1] == "products" and len(path.parts) == 4:  # the catalogue looks at two kinds
            return path.name == "product.yml" or path.suffix == ".md"
        case "templates":
            return ending in TEXTS
        case folder:
            return folder in FOLDERS


def check(root: Path, draft: Draft, asked: date | None) -> Report:
    """What every rule finds in one file, with the draft in its place; nothing of what stands in others.

    Raises:
        PolicyUnreadable: when policy.yml has errors, saved or drafted.
    """
    with crew.without_collector():
        report = _of_one_record(root, draft, asked)
    return only(report or _of_the_site(root, draft, asked), draft)


def _of_the_site(root: Path, draft: Draft, asked: date | None) -> Report:
    known = crew.shelf_of(root, SHELF)
    with standing(root, draft) as folder, crew.without_collector():
        found = site.survey(folder, asked, known)
        if draft.file.startswith("templates/"):
            report = site.check(found.fleet, found.found)
        else:  # trying the templates takes long, and what is wrong with one stands in its own file
            report = gate.check(found.fleet, found.found, figures=False)
    if known.news > FEW:
        known.save()
    known.close()
    return report


def _of_one_record(root: Path, draft: Draft, asked: date | None) -> Report | None:
    """The report of a site in which the drafted record stands with those alone that could have a name of it.

    No rule looks for more in other records to say something of this one, unless exports are compared with all of them.
    None where that is so, or where the text decides which files are records: then the whole site is looked at.
    """
    if not draft.file.startswith(f"{RECORDS}/"):
        return None
    every = originals(root)
    own = next((one for one in every if [file for file, _, why in one.files if not why] == [draft.file]), None)
    if own is None or not _is_by_itself(own, every):
        return None
    rest = site.without_records(root, asked)
    if rest.inventory.document is not None:
        return None
    record = record_of(replace(own, files=((draft.file, draft.text, ""),)))
    names = list(dict.fromkeys(_names(record)))
    near = [one for one in every if one is not own and _may_share(one, names)]
    if len(near) > SHARING:
        return None
    like = [record_of(one) for one in near]
    if record.slug in {one.slug for one in like}:
        return None
    fleet = replace(rest, records=in_order([record, *like]))
    report = gate.check(fleet, {one.slug: gate.Found() for one in like}, figures=False)
    return replace(report, records=len(every))


def _is_by_itself(own: Original, every: Sequence[Original]) -> bool:
    """Whether a file is a record whatever it says: right in clients/, or in a folder with other records."""
    folder = posixpath.dirname(own.files[0][0])
    beside = (one for one in every if one is not own and posixpath.dirname(one.files[0][0]) == folder)
    return (
        folder == RECORDS or sum(len(one.files) == 1 and bool(CLIENT_KEY.search(one.files[0][1])) for one in beside) > 1
    )


def _names(record: Record) -> Iterator[tuple[str, ...]]:
    """The words of each name and number by which no other client may go, and of the short name; the longest first."""
    client = record.client
    given = [client.external_ids]
    for setup in client.setups:
        given += (part.external_ids for part in setup.items)
        given += (part.external_ids for part in setup.jobs)
    numbers = chain.from_iterable(one.values() for one in given)
    for name in (record.slug, client.client, *client.aliases, *client.formerly, *numbers):
        yield tuple(sorted(WORD.findall(name.casefold()), key=len, reverse=True))


def _may_share(other: Original, names: Sequence[tuple[str, ...]]) -> bool:
    """Whether a record could hold one of these names, as far as its words tell. What is written with escapes could."""
    if not SLUG.fullmatch(other.name):
        return True  # its short name has other letters
    text = "\n".join((other.name, *(raw.decode("utf-8", "replace") for _, raw, _ in other.files)))
    if "\\" in text and ESCAPE.search(text):
        return True
    folded = text.casefold()
    return any(all(word in folded for word in name) for name in names)


def only(report: Report, draft: Draft) -> Report:
    """A report with what stands in the drafted file alone, under the name that was asked for."""
    whose = {slug for slug, files in report.files.items() if draft.file in files}

    def here(place: Place) -> bool:
        return place.file == draft.file

    return replace(
        report,
        findings=tuple(_named(one, draft) for one in report.findings if here(one.place)),
        waived=tuple((_named(one, draft), why) for one, why in report.waived if here(one.place)),
        baselined=tuple(_named(one, draft) for one in report.baselined if here(one.place)),
        secrets=tuple(_renamed(place, draft) for place in report.secrets),
        clients={slug: name for slug, name in report.clients.items() if slug in whose},
        files={slug: files for slug, files in report.files.items() if slug in whose},
        met={slug: met for slug, met in report.met.items() if slug in whose},
        missing={slug: codes for slug, codes in report.missing.items() if slug in whose},
        coverage=Coverage(),
        drafts={draft.name: draft.text},
        unpaid="",
    )


def _named(finding: Finding, draft: Draft) -> Finding:
    related = tuple(replace(one, place=_renamed(one.place, draft)) for one in finding.related)
    fix = finding.fix
    if fix is not None:
        fix = replace(fix, patches=tuple(replace(one, place=_renamed(one.place, draft)) for one in fix.patches))
    return replace(finding, place=_renamed(finding.place, draft), related=related, fix=fix)


def _renamed(place: Place, draft: Draft) -> Place:
    return replace(place, file=draft.name) if place.file == draft.file else place


@contextmanager
def standing(root: Path, draft: Draft) -> Iterator[Path]:
    """A folder like the site's, of links, but with the draft in its place. The site itself is not touched."""
    *folders, file = draft.file.split("/")
    with TemporaryDirectory(prefix="runbooks-") as made:
        here, there = Path(made), root
        names: Sequence[str] = [name for name in (*FILES, "mkdocs.yml", *FOLDERS) if (root / name).exists()]
        for folder in folders:
            _lend(there, here, names, but=folder)
            here, there = here / folder, there / folder
            here.mkdir()
            names = os.listdir(there) if there.is_dir() else ()  # noqa: PTH208 - names are all that is wanted
        _lend(there, here, names, but=file)
        with (here / file).open("xb") as new:  # never through a link into the site
            new.write(draft.text)
        yield Path(made)


@contextmanager
def standing_with(root: Path, texts: Mapping[str, bytes]) -> Iterator[Path]:
    """A folder like the site's, of links, but with other texts in the place of some of its files, given by name."""
    with TemporaryDirectory(prefix="runbooks-") as made:
        names = [name for name in (*FILES, "mkdocs.yml", *FOLDERS) if (root / name).exists()]
        _stand(root, Path(made), names, {tuple(file.split("/")): text for file, text in texts.items()})
        yield Path(made)


def _stand(there: Path, here: Path, names: Iterable[str], texts: Mapping[tuple[str, ...], bytes]) -> None:
    within = dict[str, dict[tuple[str, ...], bytes]]()
    for (first, *rest), text in texts.items():
        within.setdefault(first, {})[tuple(rest)] = text
    for name in names:
        below = within.get(name)
        if below is None:
            _link(f"{there}{os.sep}{name}", f"{here}{os.sep}{name}")
        elif () in below:
            with (here / name).open("xb") as new:  # never through a link into the site
                new.write(below[()])
        else:
            (here / name).mkdir()
            _stand(there / name, here / name, os.listdir(there / name), below)  # noqa: PTH208 - names alone


def _lend(there: Path, here: Path, names: Iterable[str], *, but: str) -> None:
    """Let what lies in one folder stand in another too, without the one name that the draft takes."""
    for name in names:
        taken = name == but or (name.casefold() == but.casefold() and _is(there / name, there / but))
        if not taken:
            _link(f"{there}{os.sep}{name}", f"{here}{os.sep}{name}")


def _is(one: Path, other: Path) -> bool:
    """Whether two names are of one file, as where the system knows no capitals."""
    return other.exists() and one.samefile(other)


def _link(source: str, target: str) -> None:
    """Let a file or a folder stand in a second place. Where links cannot be had, as on Windows, files are copied.

    Without paths as objects: of a thousand files that takes a tenth of the time.
    """
    try:
        os.symlink(source, target, sys.platform == "win32" and Path(source).is_dir())  # noqa: PTH211
    except OSError:
        if Path(source).is_dir():
            shutil.copytree(source, target, copy_function=_twin)
        else:
            _twin(source, target)


def _twin(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
