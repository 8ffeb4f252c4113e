"""What a writer sees while typing: the real language server, with the schemas that a site exports."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runbooks import schemas, site
from tests import sample
from tests.language import Server

# One session serves every test, so all of them run in one process.
pytestmark = [pytest.mark.editor, pytest.mark.xdist_group("editor")]

POLICY = """\
# yaml-language-server: $schema=schemas/policy.json
schema: 1
provider: Example IT
timezone: Australia/Sydney
profile: start
services: {antivirus: {name: Antivirus}}
agreements:
  gold: {counts: true, monitoring: full}
targets:
  - {id: harbour-cloud, medium: object}
fields:
  floor: {type: choice, title: Floor, values: [ground, first]}
"""
RECORD = """\
# yaml-language-server: $schema=../schemas/client.json
schema: 1
client: Harbour Dental
groups: [dental]
fields: {floor: ground}
agreements:
  - id: AGR-1
    type: gold
    covers: [backup, antivirus]
    starts: 2026-01-01
    open_ended: true
    billing: {every: month}
copies:
  - {id: cloud, target: harbour-cloud}
setups:
  - id: surgery
    product: notebook
    items:
      - {name: HD-SRV01, kind: server}
    procedures:
      turn-page: {before: Sharpen the pencil.}
monitoring: {level: none, declined: {on: 2026-05-06}}
"""
FEEDS = """\
# yaml-language-server: $schema=../schemas/feeds.json
schema: 1
feeds:
  - {id: desks, format: generic-csv, files: desks.csv, product: notebook, columns: {name: Device}}
"""
PRODUCT = """\
# yaml-language-server: $schema=../../../schemas/product.json
schema: 1
name: Notebook
vendor: Example Paper
written_for: "1"
summary: Everything by hand.
protects: [server]
recoverability: file
console: The top drawer.
mac: {possible: false, why: A Mac has no drawer.}
alerts: []
"""
PROCEDURE = """\
---
title: Turn the page
level: L1
trigger: The page is full.
minutes: 1
permission: None.
needs: none
escalate_after_minutes: 5
undo: Turn it back.
---
1. Turn the page.
"""
SITE = {
    "policy.yml": POLICY,
    "clients/harbour-dental.yml": RECORD,
    "inventory/feeds.yml": FEEDS,
    "templates/products/notebook/product.yml": PRODUCT,
    "templates/products/notebook/turn-page.md": PROCEDURE,
}
HERE = "\u00a6"
"""Marks a place in a text."""


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = sample.planted(tmp_path_factory.mktemp("editor"), SITE)
    schemas.write(site.read(folder), folder / "schemas", check=False)
    program = Path(os.environ["RUNBOOKS_EDITOR"]) / "yaml-language-server" / "bin" / "yaml-language-server"
    with Server(program, folder) as server:
        yield server


def marked(text: str) -> tuple[str, int, int]:
    """A text without its mark, and the line and character of that, counted from 0."""
    before, _, after = text.partition(HERE)
    return before + after, before.count("\n"), len(before) - before.rfind("\n") - 1


def at(text: str, old: str, new: str) -> str:
    """A text with one thing changed in it."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


def wrong(editor: Server, file: str, text: str) -> dict[str, str]:
    """What is underlined, each with what is said of it."""
    lines = text.split("\n")
    found: dict[str, str] = {}
    for one in editor.wrong(file, text):
        start, end = one["range"]["start"], one["range"]["end"]
        assert one["severity"] == 1
        part = lines[start["line"]][start["character"] : end["character"] if start["line"] == end["line"] else None]
        place = f"{start['line'] + 1}: {part}"
        found[place] = found.get(place, "") + one["message"]
    return found


def offered(editor: Server, file: str, text: str) -> dict[str, dict[str, Any]]:
    plain, line, character = marked(text)
    editor.show(file, plain)
    return editor.complete(file, line, character)


def shown(editor: Server, file: str, text: str, word: str) -> str:
    """What hovers over the first place of a word, without the backslashes of Markdown."""
    editor.show(file, text)
    plain, line, character = marked(at_first(text, word))
    assert plain == text
    return re.sub(r"\\([_.*\-<>#\[\]{}()`!+])", r"\1", editor.hover(file, line, character + 1))


def at_first(text: str, word: str) -> str:
    before, found, after = text.partition(word)
    assert found
    return before + HERE + word + after


@pytest.mark.parametrize("file", [name for name in SITE if name.endswith(".yml")])
def test_nothing_is_underlined_in_a_good_file(editor: Server, file: str):
    assert wrong(editor, file, SITE[file]) == {}


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("client: Harbour Dental", "clint: Harbour Dental", "3: clint", "Property clint is not allowed"),
        ("product: notebook", "product: notebok", "17: notebok", '"notebook"'),
        ("type: gold", "type: golden", "8: golden", '"gold"'),
        ("harbour-cloud", "habour-cloud", "14: habour-cloud", '"harbour-cloud"'),
        ("floor: ground", "floor: roof", "5: roof", '"first"'),
        ("starts: 2026-01-01", "starts: 1.1.2026", "10: 1.1.2026", "pattern"),
        ("open_ended: true", "open_ended: yes", "11: yes", 'Expected "boolean"'),
        ("kind: server", "kind: serve", "19: serve", '"server"'),
        ("level: none", "level: half", "22: half", '"alert_only"'),
        ("schema: 1", "schema: 2", "2: 2", "1"),
        ("client: Harbour Dental", "client:", "3: ", 'Expected "string"'),
        ("groups: [dental]", "client: Twice", "4: client: Twice", "unique"),
        ("every: month", "every: fortnight", "12: fortnight", '"quarter"'),
        ("turn-page:", "Turn Page:", "21: Turn Page", "not allowed"),
    ],
)
def test_a_mistake_in_a_record_is_underlined_where_it_stands(editor: Server, old: str, new: str, place: str, said: str):
    found = wrong(editor, "clients/harbour-dental.yml", at(RECORD, old, new))

    assert place in found, found
    assert said in found[place]


def test_every_mistake_of_a_record_is_underlined_at_once(editor: Server):
    text = at(at(RECORD, "type: gold", "type: golden"), "kind: server", "kind: serve")

    assert list(wrong(editor, "clients/harbour-dental.yml", text)) == ["8: golden", "19: serve"]


def test_a_part_of_a_record_needs_no_key_of_another_and_has_the_same_words(editor: Server):
    part = "# yaml-language-server: $schema=../../schemas/part.json\ncopies:\n  - {id: a, target: harbour-cloud}\n"

    assert wrong(editor, "clients/pier/copies.yml", part) == {}
    assert list(wrong(editor, "clients/pier/copies.yml", at(part, "harbour-cloud", "x"))) == ["3: x"]


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("policy.yml", "profile: start", "profile: begin", "5: begin"),
        ("policy.yml", "monitoring: full", "monitoring: 1", "8: 1"),
        ("policy.yml", "provider:", "providers:", "3: providers"),
        ("inventory/feeds.yml", "generic-csv", "generic-cvs", "4: generic-cvs"),
        ("inventory/feeds.yml", "files:", "file:", "4: file"),
        ("templates/products/notebook/product.yml", "recoverability: file", "recoverability: files", "8: files"),
        ("templates/products/notebook/product.yml", 'written_for: "1"', "written_for: 1", "5: 1"),
    ],
)
def test_a_mistake_in_another_file_is_underlined_too(editor: Server, file: str, old: str, new: str, place: str):
    found = wrong(editor, file, at(SITE[file], old, new))

    assert place in found, found


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("product: notebook", f"product: {HERE}", ["notebook", "veeam-backup-replication", "other"]),
        ("type: gold", f"type: {HERE}", ["gold", "block_time", "ad_hoc"]),
        ("covers: [backup, antivirus]", f"covers:\n      - {HERE}", ["antivirus", "monitoring"]),
        ("{id: cloud, target: harbour-cloud}", f"id: cloud\n    target: {HERE}", ["harbour-cloud"]),
        ("groups: [dental]", f"groups:\n  - {HERE}", ["dental"]),
        ("turn-page: {before: Sharpen the pencil.}", HERE, ["turn-page", "restore-machine"]),
        ("fields: {floor: ground}", f"fields:\n  floor: {HERE}", ["ground", "first"]),
        ("fields: {floor: ground}", f"fields:\n  {HERE}", ["floor"]),
        ("monitoring: {level: none, declined: {on: 2026-05-06}}", f"monitoring:\n  level: {HERE}", ["none", "full"]),
        ("monitoring: {level: none, declined: {on: 2026-05-06}}", HERE, ["monitoring", "warning", "formerly"]),
    ],
)
def test_what_can_stand_in_a_record_is_offered(editor: Server, old: str, new: str, words: list[str]):
    found = offered(editor, "clients/harbour-dental.yml", at(RECORD, old, new))

    assert set(words) <= found.keys()


def test_a_key_is_offered_with_what_it_is_for_and_how_it_is_written(editor: Server):
    found = offered(editor, "clients/harbour-dental.yml", RECORD + HERE)

    assert "client" not in found
    words = found["warning"]["documentation"]
    text = words["value"] if isinstance(words, dict) else words
    assert "What everybody must know first" in text
    assert "warning: " in text


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("policy.yml", "profile: start", f"profile: {HERE}", ["start", "standard", "strict"]),
        ("policy.yml", "fields:", f"rules:\n  {HERE}\nfields:", ["DOC020"]),
        ("policy.yml", "fields:", f"standard_products:\n  - {HERE}\nfields:", ["notebook"]),
        ("policy.yml", "fields:", f"waivers:\n  - client: {HERE}\nfields:", ["harbour-dental"]),
        (
            "inventory/feeds.yml",
            "  - {id: desks, format: generic-csv",
            f"  - format: {HERE}\n  - {{id: desks",
            ["generic-csv"],
        ),
        (
            "inventory/feeds.yml",
            "  - {id: desks, format: generic-csv",
            f"  - product: {HERE}\n  - {{id: desks",
            ["notebook"],
        ),
        (
            "inventory/feeds.yml",
            "  - {id: desks, format: generic-csv",
            f"  - client: {HERE}\n  - {{id: desks",
            ["harbour-dental"],
        ),
        ("templates/products/notebook/product.yml", "alerts: []", f"without:\n  {HERE}", ["restore-file"]),
        ("templates/products/notebook/product.yml", "alerts: []", f"systems:\n  - {HERE}", ["macos"]),
    ],
)
def test_what_can_stand_in_another_file_is_offered(editor: Server, file: str, old: str, new: str, words: list[str]):
    assert set(words) <= offered(editor, file, at(SITE[file], old, new)).keys()


@pytest.mark.parametrize(
    ("file", "word", "said", "example"),
    [
        ("clients/harbour-dental.yml", "groups", "Groups it belongs to", "groups: [dental]"),
        ("clients/harbour-dental.yml", "setups", "The backup products", "setups: [{id: surgery"),
        ("clients/harbour-dental.yml", "billing", "How it is invoiced", "billing: {every: month}"),
        ("clients/harbour-dental.yml", "starts", "first day", "starts: 2026-10-04"),
        ("clients/harbour-dental.yml", "product", "templates/products", "product: "),
        ("policy.yml", "profile", "How much is asked", "profile: standard"),
        ("policy.yml", "targets", "several clients share", "targets: [{id: cove-cloud"),
        ("inventory/feeds.yml", "format", "What wrote it", "format: veeam-coverage-csv"),
        ("templates/products/notebook/product.yml", "mac", "protect a Mac", "mac: {possible: true}"),
    ],
)
def test_a_key_says_what_it_is_for_and_how_it_is_written(editor: Server, file: str, word: str, said: str, example: str):
    found = shown(editor, file, SITE[file], f"{word}:")

    assert said in found
    assert f"```yaml\n{example}" in found
