"""How long `runbooks lint` takes for 1,000 records from process start, beside check-jsonschema on the same files."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.fleets import make
from runbooks import __version__


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=1000, help="how many records (default: 1000)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (default: 5)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root, cache = make(given.clients, Path(folder) / "site"), Path(folder) / "cache"
        lines = sum(path.read_bytes().count(b"\n") for path in root.glob("clients/*.yml"))
        print(f"{given.clients} records of {lines / given.clients:.0f} lines, the median of {given.rounds} rounds.")
        machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
        print(f"runbooks {__version__}, {machine}\n")
        lint = [sys.executable, "-m", "runbooks", "lint", "--site", str(root), "--format", "concise"]
        cold = _median(lint, given.rounds, cache, before=lambda: shutil.rmtree(cache, ignore_errors=True))
        warm = _median(lint, given.rounds, cache)
        _row("runbooks lint, all rules, from nothing", cold, cold)
        _row("runbooks lint, all rules, nothing changed", warm, cold)
        for name, command in _peers(root):
            _row(name, _median(command, min(given.rounds, 2), cache), cold)


def _peers(root: Path) -> list[tuple[str, Sequence[str]]]:
    """Others on the same files: the shape alone, with no place, no meaning and no rule."""
    schemas = root / "schemas"
    subprocess.run([sys.executable, "-m", "runbooks", "schema", "--site", str(root)], check=True, capture_output=True)
    records = [str(path) for path in sorted(root.glob("clients/*.yml"))]
    found = shutil.which("check-jsonschema", path=str(Path(sys.executable).parent)) or shutil.which("check-jsonschema")
    if found is None:
        print("check-jsonschema is not installed: pip install check-jsonschema, and run this again", file=sys.stderr)
        return []
    json.loads((schemas / "client.json").read_text(encoding="utf-8"))
    return [("check-jsonschema, the shape alone", [found, "--schemafile", str(schemas / "client.json"), *records])]


def _median(command: Sequence[str], rounds: int, cache: Path, before: Callable[[], None] = lambda: None) -> float:
    """Seconds from process start to its end, in the middle of so many rounds. A code above 1 is a failure."""
    times = []
    for _ in range(rounds):
        before()
        begun = time.perf_counter()
        done = subprocess.run(
            command, env={**os.environ, "RUNBOOKS_CACHE": str(cache)}, capture_output=True, check=False
        )
        times.append(time.perf_counter() - begun)
        if done.returncode > 1:
            sys.exit(done.stderr.decode(errors="replace"))
    return statistics.median(times)


def _row(name: str, seconds: float, unit: float) -> None:
    print(f"{name:45} {seconds:6.2f} s   {seconds / unit:6.2f} x")


if __name__ == "__main__":
    main()
