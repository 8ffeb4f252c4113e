"""Whether a site is built already: then there is nothing to compute, and the answer is the one of before."""

from __future__ import annotations

import json
import os
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
from runbooks.report import Report
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


def answer(asked: Asked) -> Outcome | None:
    """How the last build went, if all it was made of is the same, and the site stands as it was left.

    None where that is not so. Nothing is computed but digests of what there is, and nothing is written.
    """
    known = asked.shelf
    try:
        kept = known.get(_key(asked))
        found = json.loads(kept) if kept else None
        published = publish.published(asked.site_dir, root=asked.root)
        if not found or published is None or marker(published).digest != found["digest"]:
            return None
        files = publish.seals(known.get(files_of(published)))
        report = archive.unpacked_report(found["report"].encode())
        if not files or report is None or not publish.stand(published, files):
            return None
        same = counts(0, 0, 0, len(files))
        words = [*found["words"], f"Published {found['site']}: {same}. Release {marker(published).release}."]
        return Outcome(report, published=True, words="\n".join(words))
    except (
        PolicyUnreadable,
        UserError,
        publish.PublishError,
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ):
        return None  # the build itself says what is wrong
    finally:
        known.close()


def keep(asked: Asked, known: Shelf, report: Report, words: list[str], done: publish.Published) -> None:
    """Remember how a build went that has published a site, or found it published."""
    packed = archive.packed_report(report)
    if done.added or done.changed or done.removed or not known.get(files_of(done.site)):
        known.put(files_of(done.site), publish.sealed_files(done.site, done.files))
    if packed:
        found = {"digest": done.digest, "site": str(done.site), "report": packed.decode(), "words": words}
        known.put(_key(asked), json.dumps(found).encode())
    known.save()


def files_of(published: Path | None) -> bytes:
    """What the digests of the files of a release are kept under."""
    return f"files {marker(published).digest}".encode()


def _key(asked: Asked) -> bytes:
    """A digest of all that a site is made of."""
    root = asked.root
    policy, _ = read_policy(root)
    day = site.as_of(policy, asked.as_of)
    config = root / "mkdocs.yml"
    words = (
        day.isoformat(),
        _today(),
        revision(root),
        asked.only,
        str(asked.site_dir.absolute()),
        f"{asked.offline} {asked.all_or_nothing}",
    )
    return shelf.digest(
        b"site",
        *(word.encode("utf-8", "surrogateescape") for word in words),
        site.surroundings(root),
        config.read_bytes() if config.is_file() else b"",
        *map(crew.key, originals(root)),
    )


def _today() -> str:
    """The day that MkDocs writes into the list of all addresses."""
    return os.environ.get(DAY) or datetime.now(UTC).date().isoformat()
