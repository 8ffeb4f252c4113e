"""Whether a site is built already: then there is nothing to compute, and the answer is the one of before."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from runbooks import archive, crew, publish, shelf, site
from runbooks.errors import UserError
from runbooks.fleet import PolicyUnreadable, read_policy
from runbooks.history import revision
from runbooks.outcome import Outcome, counts
from runbooks.publish.marker import marker
from runbooks.recordfiles import originals
from runbooks.shelf import Shelf

DAY = "SOURCE_DATE_EPOCH"
WRONG = (PolicyUnreadable, UserError, publish.PublishError, OSError, ValueError, KeyError, TypeError, AttributeError)
"""What is wrong with the sources the build itself says; and what was kept may be anything."""


@dataclass(frozen=True)
class Asked:
    """What a build is asked for: where, of which day, for whom."""

    root: Path
    as_of: date | None
    site_dir: Path
    all_or_nothing: bool = False
    only: str = ""
    offline: bool = False

    @property
    def shelf(self) -> Shelf:
        """Where finished pages are kept."""
        return crew.shelf_of_pages(self.root)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Digests of what a site is made of: of everything but the records, and of the records too."""

    sources: bytes
    whole: bytes


def answer(asked: Asked) -> Outcome | None:
    """How the last build went, if all it was made of is the same, and the site stands as it was left.

    None where that is not so. Nothing is computed but digests of what there is, and nothing is written.
    """
    known = asked.shelf
    try:
        kept = known.get(stamp(asked).whole)
        found = json.loads(kept) if kept else None
        published = publish.published(asked.site_dir, root=asked.root)
        if not found or published is None or repr(marker(published)) != found["marker"]:
            return None
        files = publish.seals(known.get(files_of(published)))
        report = archive.unpacked_report(found["report"].encode())
        if not files or report is None or not publish.stand(published, files):
            return None
        if site.content(*map(Path, found["themes"])).hex() != found["looks"]:
            return None
        same = counts(0, 0, 0, len(files))
        ends = ["Nothing has changed since the last build, so nothing was made."]
        ends.append(f"Published {found['site']}: {same}. Release {marker(published).release}.")
        return Outcome(report, published=True, words="\n".join(filter(None, (found["words"], *ends))))
    except WRONG:
        return None
    finally:
        known.close()


def keep(made_of: Stamp, known: Shelf, lasting: Outcome, done: publish.Published, themes: Iterable[Path]) -> None:
    """Remember how a build went that has published a site, or found it published.

    `made_of` is what the site was made of, `lasting` what is to be said of it as long as nothing changes, and `themes`
    are the folders of its own templates, wherever mkdocs.yml says that they lie.
    """
    packed, folders = archive.packed_report(lasting.report), sorted(map(str, themes))
    if packed:
        found = {
            "marker": repr(marker(done.site)),
            "site": str(done.site),
            "report": packed.decode(),
            "words": lasting.words,
            "themes": folders,
            "looks": site.content(*map(Path, folders)).hex(),
        }
        known.put(made_of.whole, json.dumps(found).encode())


def keep_files(known: Shelf, done: publish.Published, same: Mapping[str, publish.Sealed]) -> None:
    """Remember what the files of the published site hold; `same` are those that it has in common with the last one."""
    if done.added or done.changed or done.removed or not known.get(files_of(done.site)):
        known.put(files_of(done.site), publish.sealed_files(done.site, done.files, same))


def files_of(published: Path | None) -> bytes:
    """What the digests of the files of a release are kept under."""
    return f"files {marker(published).digest}".encode()


def stamp(asked: Asked) -> Stamp:
    """What a site is made of, as it is now.

    Raises:
        PolicyUnreadable, UserError, OSError: when something of it cannot be read.
    """
    root = asked.root
    policy, _ = read_policy(root)
    config = root / "mkdocs.yml"
    words = (
        site.as_of(policy, asked.as_of).isoformat(),
        _today(),
        revision(root),
        asked.only,
        str(asked.site_dir.absolute()),
        f"{asked.offline} {asked.all_or_nothing}",
    )
    sources = shelf.digest(
        b"site",
        *(word.encode("utf-8", "surrogateescape") for word in words),
        site.surroundings(root),
        config.read_bytes() if config.is_file() else b"",
    )
    return Stamp(sources, shelf.digest(sources, *map(crew.key, originals(root))))


def _today() -> str:
    """The day that MkDocs writes into the list of all addresses."""
    return os.environ.get(DAY) or datetime.now(UTC).date().isoformat()
