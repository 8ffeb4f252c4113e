"""The files of a site that say a version, by what they are: also for `runbooks fmt`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runbooks.catalogue import Product
from runbooks.inventory.feeds import FILE as FEEDS
from runbooks.inventory.feeds import Feeds
from runbooks.migrating.steps import Kind
from runbooks.parts import Part
from runbooks.policy import Policy
from runbooks.recordfiles import originals
from runbooks.records.client import Client

MODELS: Final[dict[Kind, type[Part]]] = {"record": Client, "policy": Policy, "feeds": Feeds, "product": Product}


@dataclass(frozen=True, slots=True)
class Group:
    """A record with all its files, or one other file: the names below the site with the bytes.

    `why` says of a file, by its name, that it cannot be read.
    """

    kind: Kind
    name: str
    files: tuple[tuple[str, bytes], ...]
    why: tuple[tuple[str, str], ...] = ()


def groups(root: Path) -> Iterator[Group]:
    """All files of a site that say a version, in a stable order."""
    yield from _one(root, "policy", "policy.yml")
    yield from _one(root, "feeds", FEEDS)
    for path in sorted((root / "templates" / "products").glob("*/product.yml")):
        yield from _one(root, "product", path.relative_to(root).as_posix())
    for original in originals(root):
        files = tuple((file, raw) for file, raw, _ in original.files)
        yield Group("record", original.name, files, tuple((file, why) for file, _, why in original.files if why))


def _one(root: Path, kind: Kind, file: str) -> Iterator[Group]:
    path = root / file
    if not path.exists():
        return
    try:
        yield Group(kind, file, ((file, path.read_bytes()),))
    except OSError as error:
        yield Group(kind, file, ((file, b""),), ((file, error.strerror or "it cannot be opened"),))
