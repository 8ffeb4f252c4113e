"""What editors need: fresh schemas, the line in each file that names its schema, the settings of the folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from runbooks import schemas
from runbooks.catalogue import shipped
from runbooks.checkups.advice import Advice
from runbooks.checkups.pipelines import stale
from runbooks.fleet import Fleet
from runbooks.inventory.feeds import FILE as FEEDS
from runbooks.site import POLICY

FOLDER: Final = "schemas"
LINE: Final = re.compile(
    rb"^(?:\xef\xbb\xbf)?(?:[ \t]*(?:#.*)?\r?\n)*?[ \t]*#[ \t]*yaml-language-server:[ \t]*\$schema=(\S+)"
)
"""The line that names a file's schema, above everything but comments."""
SETTINGS: Final = ".vscode/settings.json"


def advice(fleet: Fleet) -> Iterator[Advice]:
    """Everything that an editor lacks."""
    there = fleet.root / FOLDER
    if not there.is_dir():
        yield Advice("there are no schemas: editors complete and underline nothing", f"{FOLDER}/", "runbooks schema")
    else:
        for name in schemas.write(fleet, there, check=True):
            state = "out of date" if (there / name).exists() else "missing"
            yield Advice(f"it is {state}", f"{FOLDER}/{name}", "runbooks schema")
    for file, fitting in _files(fleet):
        yield from _line(fleet.root, file, fitting)
    settings = stale(fleet.root, SETTINGS)
    if settings:
        yield settings
    elif not (fleet.root / SETTINGS).is_file():
        what = "it is missing: Visual Studio Code does not know which schema belongs to which file"
        yield Advice(what, SETTINGS, "runbooks init writes it")


def _files(fleet: Fleet) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each file that has a schema, and the names of those that fit; the first is the better one."""
    yield POLICY, ("policy.json",)
    if (fleet.root / FEEDS).is_file():
        yield FEEDS, ("feeds.json",)
    for record in fleet.records:
        files, head = record.document.files, record.document.place(("client",)).file
        for file in files:
            yield (
                file,
                ("client.json",) if len(files) == 1 else ("part.json", *(("client.json",) if file == head else ())),
            )
    if (fleet.root / "templates").resolve() != shipped():
        own = (entry.file for entry in fleet.catalogue.untested if (fleet.root / entry.file).is_file())
        yield from ((file, ("product.json",)) for file in own)


def _line(root: Path, file: str, fitting: tuple[str, ...]) -> Iterator[Advice]:
    do = f"write at the top: # yaml-language-server: $schema={'../' * file.count('/')}{FOLDER}/{fitting[0]}"
    try:
        found = LINE.match((root / file).read_bytes())
    except OSError:
        return  # a finding says so
    if found is None:
        yield Advice("no line names its schema to editors", file, do)
        return
    named = found[1].decode("utf-8", "replace")
    if "://" in named or not (root / FOLDER).is_dir():
        return
    leads = (root / file).parent / named
    if not leads.is_file():
        yield Advice(f"its schema {named} is not there", file, do)
    elif leads.name not in fitting and leads.resolve().parent == (root / FOLDER).resolve():
        yield Advice(f"its schema is {fitting[0]}, and not {leads.name}", file, do)
