"""How long `runbooks build` takes for fleets of any size, beside other generators on the same pages.

Each row is a new process on this machine, in one run; a ratio is to the build from nothing of the same size.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from bench import peers
from bench.fleets import ROOT, make
from runbooks import __version__, site
from runbooks.publish.releases import KEPT
from runbooks.verify.forbidden import Forbidden

DAY: Final = "2026-11-29"
PORT: Final = 8931
SIZES: Final = (100, 300, 1000)
MEASURED: Final = """\
import resource, subprocess, sys, time
begun = time.perf_counter()
done = subprocess.run(sys.argv[1:], capture_output=True)
seconds = time.perf_counter() - begun
print(seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, done.returncode)
sys.stderr.buffer.write(done.stdout[-600:] + done.stderr[-600:])
"""
"""Runs a command: how long it took, how many MB the largest of its processes had, and how it ended."""


class Failed(Exception):
    """A command that did not do what is measured; the last line of what it said."""


@dataclass(frozen=True)
class Row:
    """One measurement: seconds, and MB where they were looked at."""

    clients: int
    what: str
    seconds: float
    memory: int = 0
    note: str = ""


@dataclass(frozen=True)
class Fleet:
    """A site in a folder of its own, with a cache of its own."""

    clients: int
    root: Path

    @property
    def cache(self) -> Path:
        """Where its builds keep what they made."""
        return self.root.with_name("cache")

    def run(self, *arguments: str) -> tuple[float, int]:
        """How long a command of ours takes, and how much memory."""
        command = [sys.executable, "-m", "runbooks", *arguments, "--site", str(self.root), "--as-of", DAY]
        return measured(command, self.root, {"RUNBOOKS_CACHE": str(self.cache)}, codes=(0, 1))


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=SIZES, help="the sizes of the fleets")
    parser.add_argument("--peers", type=int, default=300, help="the largest size for other generators (default: 300)")
    parser.add_argument("--whole", type=int, default=1000, help="the largest size for every step (default: 1000)")
    given = parser.parse_args()
    print(f"runbooks {__version__}, Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    for clients in given.clients:
        with tempfile.TemporaryDirectory() as folder:
            fleet = Fleet(clients, make(clients, Path(folder) / "site", pages=True))
            print(f"\n{clients} clients")
            unit = 0.0
            for row in _rows(fleet, whole=clients <= given.whole, with_peers=clients <= given.peers):
                unit = row.seconds if row.what == "build from nothing" else unit
                show(row, unit)


def _rows(fleet: Fleet, *, whole: bool, with_peers: bool) -> Iterator[Row]:
    yield from built(fleet)
    if whole:
        yield from changed(fleet)
    if with_peers:
        yield from theirs(fleet)


def built(fleet: Fleet) -> Iterator[Row]:
    """What a provider does with this program every day, from the first build on."""
    count, root = fleet.clients, fleet.root
    yield Row(count, "lint from nothing", fleet.run("lint")[0])
    yield Row(count, "lint, nothing changed", fleet.run("lint")[0])
    seconds, memory = fleet.run("build")
    pages = sorted((root / "site").rglob("*.html"))
    size = sum(path.stat().st_size for path in (root / "site").rglob("*") if path.is_file())
    largest = max(path.stat().st_size for path in pages if path.parent.parent.name == "clients")
    note = f"{len(pages):,} pages, {size / 1e6:.0f} MB; the largest client page {largest / 1000:.0f} kB"
    yield Row(count, "build from nothing", seconds, memory, note)
    yield Row(count, "nothing changed", *fleet.run("build"))
    record = sorted((root / "clients").glob("*.yml"))[count // 2]
    edit(record)
    yield Row(count, "one record changed", *fleet.run("build"))
    for _ in range(KEPT):
        edit(record)
        fleet.run("build")
    edit(record)
    yield Row(count, "one record changed, a release thrown away", *fleet.run("build"))
    edit(root / unwatched(fleet))
    yield Row(count, "one record changed, of a client not monitored", *fleet.run("build"))


def unwatched(fleet: Fleet) -> str:
    """The last record of a client who is not monitored: what is said of such a one may stand on no page."""
    read = site.read(fleet.root, date.fromisoformat(DAY))
    return max(record.file for record in Forbidden(read).unwatched.values())


def changed(fleet: Fleet) -> Iterator[Row]:
    """What it does now and then."""
    count, root = fleet.clients, fleet.root
    procedure = ROOT / "templates" / "products" / "veeam-backup-replication" / "rerun-job.md"
    target = root / "templates" / "products" / procedure.parent.name / procedure.name
    target.parent.mkdir(parents=True)
    shutil.copyfile(procedure.with_name("product.yml"), target.with_name("product.yml"))
    target.write_text(procedure.read_text(encoding="utf-8") + "\nA sentence more.\n", encoding="utf-8")
    yield Row(count, "one procedure of a product changed", *fleet.run("build"))
    config = root / "mkdocs.yml"
    config.write_text(config.read_text(encoding="utf-8").replace("primary: blue grey", "primary: teal"), "utf-8")
    yield Row(count, "one option of the theme changed", *fleet.run("build"))
    yield Row(count, "preview, from a save to the page", preview(fleet))


def edit(record: Path) -> None:
    """Change one thing that a page says."""
    text = record.read_text(encoding="utf-8")
    record.write_text(re.sub(r"^client: (.*)$", r"client: \1 again", text, count=1, flags=re.MULTILINE), "utf-8")


def preview(fleet: Fleet) -> float:
    """Seconds from a saved record until the page says it."""
    record = min((fleet.root / "clients").glob("*.yml"))
    page = f"http://127.0.0.1:{PORT}/clients/{record.stem}/"
    command = [sys.executable, "-m", "runbooks", "serve", "--site", str(fleet.root), "--host", f"127.0.0.1:{PORT}"]
    environment = {**os.environ, "RUNBOOKS_CACHE": str(fleet.cache)}
    with subprocess.Popen([*command, "--as-of", DAY], env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            until(page, f'content="client={record.stem};')
            edit(record)
            begun = time.perf_counter()
            until(page, " again")
            return time.perf_counter() - begun
        finally:
            server.terminate()


def until(page: str, words: str, patience: float = 120.0) -> None:
    """Ask for a page again and again until it says something."""
    end = time.perf_counter() + patience
    while time.perf_counter() < end:
        try:
            with urllib.request.urlopen(page, timeout=10) as answer:  # noqa: S310 - this machine alone
                if words in answer.read().decode():
                    return
        except OSError:
            pass
        time.sleep(0.02)
    sys.exit(f"{page} did not say {words!r} in {patience:.0f} s")


def theirs(fleet: Fleet) -> Iterator[Row]:
    """Other generators on the same pages."""
    tree = peers.rendered(fleet.root, fleet.root.with_name("tree"))
    for name, command, folder in peers.commands(tree):
        seconds, memory, note = 0.0, 0, ""
        try:
            seconds, memory = measured(command, folder, {}, codes=(0,))
        except Failed as error:
            note = f"failed: {error}"
        yield Row(fleet.clients, name, seconds, memory, note)


def measured(command: list[str], folder: Path, more: dict[str, str], codes: tuple[int, ...]) -> tuple[float, int]:
    """How long a command takes, and how many MB the largest of its processes had."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *command],
        cwd=folder,
        env={**os.environ, **more},
        capture_output=True,
        check=True,
    )
    seconds, memory, code = done.stdout.split()
    if int(code) not in codes:
        raise Failed(done.stderr.decode(errors="replace").strip().splitlines()[-1])
    return float(seconds), int(memory)


def show(row: Row, unit: float) -> None:
    """Print a measurement, beside the build from nothing where that was measured already."""
    ratio = f"{row.seconds / unit:7.2f} x" if unit else " " * 9
    memory = f"{row.memory:6} MB" if row.memory else " " * 9
    print(f"  {row.what:44} {row.seconds:8.2f} s {ratio} {memory}  {row.note}".rstrip(), flush=True)


if __name__ == "__main__":
    main()
