"""Made-up sites for the tests: always read through the real reader, from files."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from runbooks import gate
from runbooks.findings import Finding
from runbooks.fleet import Fleet, Record, read_fleet, read_policy, read_records
from runbooks.gate import Report
from runbooks.policy import Policy

TODAY = date(2026, 11, 22)
YESTERDAY = "2026-11-21"
TOMORROW = "2026-11-23"

POLICY = """\
provider: Example IT
timezone: Australia/Sydney
profile: start
mailboxes:
  - help@provider.example
  - "@alerts.provider.example"
  - "https://hooks.psa.provider.example/"
services: {antivirus: {name: Antivirus}}
agreements:
  full: {counts: true, monitoring: full}
  alert_only: {counts: true, monitoring: alert_only}
  antivirus: {counts: true, monitoring: none}
  shelved: {counts: false, monitoring: full}
"""

STANDARD = POLICY.replace("profile: start", "profile: standard")
STRICT = POLICY.replace("profile: start", "profile: strict")
"""The same policy, asking more."""

AGREEMENT: Mapping[str, Any] = {
    "id": "AGR-1",
    "type": "full",
    "covers": ["backup", "monitoring", "repair", "restore"],
    "starts": "2026-01-01",
    "last_day": "2026-12-31",
    "billing": {"every": "month"},
}
SETUP: Mapping[str, Any] = {"id": "main", "product": "other", "product_name": "Tape and a notebook"}
RECORD: Mapping[str, Any] = {
    "client": "Somebody",
    "agreements": [AGREEMENT],
    "setups": [SETUP],
    "monitoring": {"level": "full"},
}
"""A record that is entitled to full monitoring on every day of 2026, through an agreement that ends with the year."""


def changed(base: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """A mapping with some keys changed; None takes the key out."""
    return {key: value for key, value in {**base, **changes}.items() if value is not None}


def agreed(*agreements: Mapping[str, Any], **changes: Any) -> str:
    """The text of the usual record with these agreements, and other keys changed."""
    return json.dumps(changed(RECORD, agreements=list(agreements), **changes))


def planted(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files, given by their paths, into a folder."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return root


def tree(text: str) -> dict[str, str]:
    """Files of an indented text: a line at the margin is a path with a colon, what is indented below is its content."""
    files: dict[str, str] = {}
    name = ""
    for line in textwrap.dedent(text).strip("\n").splitlines(keepends=True):
        if line.strip() and not line.startswith(" "):
            name = line.strip().removesuffix(":")
            files[name] = ""
        else:
            files[name] += line
    return {name: textwrap.dedent(content) for name, content in files.items()}


def read(root: Path, day: date = TODAY) -> Fleet:
    """Read a site as the program does, with its own products only."""
    policy, document = read_policy(root)
    products = root / "templates" / "products"
    folders = {path.name: [path] for path in products.iterdir()} if products.is_dir() else {}
    return read_fleet(root, policy, document, folders, day)


def fleet(files: Mapping[str, str | bytes], day: date = TODAY) -> Fleet:
    """A site of files, read; the usual policy where none is given."""
    with TemporaryDirectory() as folder:
        return read(planted(Path(folder), {"policy.yml": POLICY, **files}), day)


def record(text: str | bytes, slug: str = "somebody") -> Record:
    """The record of one file."""
    with TemporaryDirectory() as folder:
        (only,) = read_records(planted(Path(folder), {f"clients/{slug}.yml": text}))
        return only


def policy(text: str = POLICY) -> Policy:
    """The policy of a text."""
    return fleet({"policy.yml": text}).policy


def checked(files: Mapping[str, str | bytes], day: date = TODAY) -> Report:
    """What the gate finds in a site of files."""
    return gate.check(fleet(files, day))


def codes(report: Report) -> list[str]:
    """The code of every finding of a report, in its order."""
    return [finding.code for finding in report.findings]


def the(report: Report, code: str) -> Finding:
    """The only finding of that code."""
    (finding,) = (finding for finding in report.findings if finding.code == code)
    return finding


def spot(file: str, text: str, words: str) -> str:
    """The place of some words that stand once in a file, as a report prints it."""
    assert text.count(words) == 1, words
    before = text[: text.index(words)]
    return f"{file}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
