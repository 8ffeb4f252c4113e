"""A fleet of any size, made of the sample records: every client its own, the same on every machine."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
LINES: Final = 110
"""What a record has on the average: the shortest samples are left out until it is so much."""


def make(count: int, target: Path, *, pages: bool = False) -> Path:
    """A site of so many clients in a folder, which is emptied first. The policy asks what the sample's does.

    With `pages` it has the sample's hand-written pages too, as a site has that is built.
    """
    shutil.rmtree(target, ignore_errors=True)
    clients = target / "clients"
    clients.mkdir(parents=True)
    for name in ("policy.yml", "mkdocs.yml"):
        shutil.copyfile(ROOT / name, target / name)
    policy = (ROOT / "policy.yml").read_text(encoding="utf-8")
    (target / "policy.yml").write_text(policy[: policy.index("\n# Findings accepted")], encoding="utf-8")
    if pages:
        shutil.copytree(ROOT / "docs", target / "docs")
    else:
        (target / "docs").mkdir()
        shutil.copyfile(ROOT / "docs" / "alert-only.md", target / "docs" / "alert-only.md")
    originals = _originals()
    for number in range(count):
        path = originals[number % len(originals)]
        text = _renamed(path.read_text(encoding="utf-8"), number)
        (clients / f"{path.stem}-{number}.yml").write_text(text, encoding="utf-8", newline="\n")
    return target


def _originals() -> list[Path]:
    """The sample records that are one file each, but for the shortest."""
    found = [path for path in sorted((ROOT / "clients").rglob("*.yml")) if path.parent.name != "harbour-view-hotel"]
    found.sort(key=lambda path: (_lines(path), path.name))
    while sum(map(_lines, found)) < LINES * len(found):
        found.pop(0)
    return sorted(found)


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n")


def _renamed(text: str, number: int) -> str:
    """A record with names, numbers and addresses that no other client of the fleet has."""
    text = re.sub(r"^client: (.*?)([ \t]*#.*)?$", rf"client: \1 {number}", text, count=1, flags=re.MULTILINE)
    text = re.sub(
        r"^aliases: \[(.*)\]", lambda found: f"aliases: [{_each(found[1], number)}]", text, flags=re.MULTILINE
    )
    text = re.sub(r"AGR-(\d+)", rf"AGR-\1-{number}", text)
    text = re.sub(r'(psa: ")(\d+)"', rf'\1\2-{number}"', text)
    return re.sub(
        r"(?<!provider)\b([a-z0-9-]+)\.example\b", rf"\1-{number}.example", text.replace("provider.example", "\0")
    ).replace("\0", "provider.example")


def _each(names: str, number: int) -> str:
    return ", ".join(f"{name.strip()} {number}" for name in names.split(","))
