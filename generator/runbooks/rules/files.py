"""Files of docs/ that are no pages: they are published as they are, so nothing may be in them that no page may hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from runbooks.findings import Blocks, Place, Problem
from runbooks.fleet import Fleet
from runbooks.handwritten import PAGES, files_below
from runbooks.mailbox import ours
from runbooks.rules.mailboxes import unwatched
from runbooks.rules.registry import rule

LARGEST: Final = 2_000_000
"""Bytes of a file that is looked into here; the built site is read whatever its size."""


@rule("AGR031", "provider-mailbox-in-a-file", blocks=Blocks.SITE, waivable=False, subject="policy")
def provider_mailbox_in_a_file(fleet: Fleet) -> Iterator[Problem]:
    """No line of a file in docs/ names a client without monitoring together with one of our mailboxes.

    A list of alerts to copy, as CSV or HTML, is published as it is: nothing of it can be kept back, so the whole site
    waits.

    Mend: take the address or the client out of the file, or the file out of docs.
    """
    for file, path in _files(fleet.root / "docs"):
        for number, line in enumerate(f"{file}\n{_text(path)}".split("\n")):
            boxes = ours(line, fleet.policy.mailboxes)
            record = unwatched(line, fleet) if boxes else None
            if record is not None:
                place = Place(f"docs/{file}", max(number, 1), 1, max(number, 1), 2)
                words = f"this names {record.client.client}, who is not monitored, and our address {boxes[0]}"
                yield Problem(place, words, "take one of the two out", about=f"{file} {record.slug} {boxes[0]}")


def _files(docs: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(files_below(docs)):
        if not path.name.lower().endswith(PAGES) and path.is_file() and path.stat().st_size <= LARGEST:
            yield path.relative_to(docs).as_posix(), path


def _text(path: Path) -> str:
    """The text of a file; nothing where it is none, such as a picture."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
