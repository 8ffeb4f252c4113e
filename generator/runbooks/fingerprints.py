"""What a finding is known by, whatever day it is and wherever its lines move to."""

from __future__ import annotations

from typing import Final

from runbooks.findings import KeyPath, Place, Problem, digest
from runbooks.source import Document

NAMES: Final = ("id", "name", "item", "agreement", "service", "rule", "fingerprint", "on")
"""The keys by which an entry of a list is known, the surest first."""


def fingerprint(problem: Problem, code: str, document: Document, client: str, *, hidden: bool = False) -> str:
    """The fingerprint of a problem: its rule, whose it is, the way to its value, and the value.

    An entry of a list goes by its id or name, so that a new one before it changes nothing. A problem that stands at a
    place and not at a value goes by its message. The value is left out where it is `hidden`.
    """
    whose = client or _file(problem, document)
    if isinstance(problem.at, Place) or not problem.at:
        return digest(code, whose, problem.about or ("" if hidden else problem.message))
    words, value = _way(problem.at, document)
    plain = "" if hidden or isinstance(value, dict | list) else str(value)
    return digest(code, whose, *words, plain, problem.about)


def _file(problem: Problem, document: Document) -> str:
    if isinstance(problem.at, Place):
        return problem.at.file
    return document.files[0] if document.files else ""


def _way(path: KeyPath, document: Document) -> tuple[list[str], object]:
    """The way to a value in words, and the value; None where it is not there."""
    words, value = list[str](), document.data
    for key in path:
        if isinstance(key, int):
            value = value[key] if isinstance(value, list) and key < len(value) else None
            words.append(_name(value) or str(key))
        else:
            value = value.get(key) if isinstance(value, dict) else None
            words.append(key)
    return words, value


def _name(entry: object) -> str:
    if isinstance(entry, dict):
        for key in NAMES:
            value = entry.get(key)
            if isinstance(value, (str, int)):
                return f"{key}={value}"
        return ""
    return str(entry) if isinstance(entry, str) else ""
