"""The baseline: findings that were there when a team began, so that only new ones are told. It can only shrink."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from pydantic import Field

from runbooks.errors import UserError
from runbooks.findings import Finding, Problem, path_words
from runbooks.parts import Part
from runbooks.secrets import read
from runbooks.shape import shaped
from runbooks.source import Document
from runbooks.values import Line, Many, Version

FILE: Final = "baseline.yml"
_HEAD = """\
# Findings that were there when this file was made. They are counted and not told; new ones are.
# `runbooks baseline prune` takes out what has been mended since. The list can only shrink.
schema: 1
findings:
"""


class Old(Part):
    """One finding of the baseline. Its fingerprint knows no line, so it lasts while lines move."""

    rule: Line = Field(description="The code of its rule.")
    client: Line | None = Field(None, description="Whose it is.")
    path: Line | None = Field(None, description="Where in the record it is, for people.")
    fingerprint: Line = Field(description="Its fingerprint.")


class Baseline(Part):
    """baseline.yml."""

    version: Version = Field(1, alias="schema", description="The version of the file's shape: 1.")
    findings: Many[Old] = Field((), description="The findings.")

    @property
    def fingerprints(self) -> frozenset[str]:
        """The fingerprints of all of them."""
        return frozenset(old.fingerprint for old in self.findings)


def read_baseline(root: Path) -> tuple[Baseline, Document, tuple[Problem, ...]]:
    """The baseline of a site, its document and what is wrong with it; an empty one where there is none.

    Raises:
        UserError: when the file is there and cannot be opened.
    """
    path = root / FILE
    if not path.exists() and not path.is_symlink():
        return Baseline.model_validate({}), read(FILE, b"{}")[0], ()
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UserError(f"{FILE} cannot be read: {error.strerror}") from error
    document, traps = read(FILE, raw, "SEC003")
    found = shaped(Baseline, document, "POL")
    return found.model or Baseline.model_validate({}), document, (*traps, *found.problems)


def text(findings: Iterable[Finding]) -> str:
    """The file for these findings: sorted, a line each."""
    return _text((one.code, one.client, path_words(one.path), one.fingerprint) for one in findings)


def pruned(baseline: Baseline, standing: Iterable[str]) -> str:
    """The file without the entries whose fingerprint is not among the standing ones."""
    kept = frozenset(standing)
    return _text(
        (one.rule, one.client or "", one.path or "", one.fingerprint)
        for one in baseline.findings
        if one.fingerprint in kept
    )


def _text(rows: Iterable[tuple[str, str, str, str]]) -> str:
    lines = [_line(*row) for row in sorted(set(rows), key=lambda row: (row[1], row[0], row[2], row[3]))]
    return "".join([_HEAD, *lines]) if lines else _HEAD.replace("findings:", "findings: []")


def _line(rule: str, client: str, path: str, fingerprint: str) -> str:
    whose = f"client: {client}, " if client else ""
    where = f"path: {_quoted(path)}, " if path else ""
    return f'  - {{rule: {rule}, {whose}{where}fingerprint: "{fingerprint}"}}\n'


def _quoted(path: str) -> str:
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"')[:200] + '"'
