"""How long `runbooks inventory check` takes for 1,000 clients, 50,000 items and 20 feeds, and how much memory.

One item in a hundred has drifted: half of these are in no record, half in no export. Exactly those have to be found.
"""

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
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runbooks import __version__

DAY: Final = "2026-11-29"
PRODUCTS: Final = ("n-able-cove", "datto-siris", "veeam-agent-spc", "msp360-managed-backup", "axcient-x360recover")
POLICY: Final = """\
schema: 1
provider: Example IT
timezone: Australia/Sydney
as_of: 2026-11-29
profile: start
mailboxes: [help@provider.example]
agreements:
  full: {counts: true, monitoring: full}
"""
BILLING: Final = "billing: {every: month}"
MEASURED: Final = """\
import resource, sys
from runbooks.cli import run
code = run(sys.argv[1:])
print(*(resource.getrusage(one).ru_maxrss for one in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)), file=sys.stderr)
sys.exit(code)
"""
"""The command, which says as it ends how much memory it took at most: itself, and the largest of its helpers."""


@dataclass(frozen=True)
class Drift:
    """What the check has to find: the names in no record, and the names in no export."""

    undocumented: frozenset[str]
    absent: frozenset[str]


def make(target: Path, clients: int, items: int, feeds: int) -> Drift:
    """A site whose feeds show what its records have, but for one item in a hundred."""
    (target / "clients").mkdir(parents=True)
    (target / "inventory").mkdir()
    (target / "policy.yml").write_text(POLICY, encoding="utf-8")
    undocumented, absent = set[str](), set[str]()
    rows: list[list[str]] = [["Computer,Id,Company,Type,Last,Notes"] for _ in range(feeds)]
    each = items // clients
    for client in range(clients):
        record = []
        for item in range(each):
            number, name = client * each + item, f"C{client:04}-SRV{item:03}"
            if number % 200 == 100:
                absent.add(name)
            else:
                row = f"{name},{number:08},PSA-{client:05},SERVER,{DAY} 02:14:00,never read"
                rows[client % feeds].append(row)
            if number % 200 == 0:
                undocumented.add(name)
            else:
                record.append(f"      - {{name: {name}, kind: server}}")
        (target / "clients" / f"client-{client:04}.yml").write_text(_record(client, feeds, record), encoding="utf-8")
    for feed, lines in enumerate(rows):
        path = target / "inventory" / f"feed-{feed:02}-{DAY}.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (target / "inventory" / "feeds.yml").write_text(_feeds(feeds), encoding="utf-8")
    return Drift(frozenset(undocumented), frozenset(absent))


def _record(client: int, feeds: int, items: list[str]) -> str:
    return "\n".join(
        (
            f"client: Client {client:04}",
            f'external_ids: {{psa: "PSA-{client:05}"}}',
            "agreements:",
            f"  - {{id: AGR-{client}, type: full, covers: [backup], starts: 2026-01-01, open_ended: true, {BILLING}}}",
            "copies: [{id: cloud, medium: vendor_cloud}]",
            "setups:",
            f"  - id: main\n    product: {PRODUCTS[client % feeds % len(PRODUCTS)]}\n    items:",
            *items,
            "monitoring: {level: none, declined: {on: 2026-05-06}}\n",
        )
    )


def _feeds(feeds: int) -> str:
    columns = "{name: Computer, key: Id, client: Company, kind: Type, last_success: Last}"
    return "schema: 1\nfeeds:\n" + "".join(
        f"  - {{id: feed-{feed:02}, format: generic-csv, files: feed-{feed:02}-*.csv, timezone: UTC, external_id: psa,"
        f" product: {PRODUCTS[feed % len(PRODUCTS)]}, columns: {columns}, kinds: {{SERVER: server}}}}\n"
        for feed in range(feeds)
    )


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=1000, help="how many records (default: 1000)")
    parser.add_argument("--items", type=int, default=50_000, help="how many items in all (default: 50000)")
    parser.add_argument("--feeds", type=int, default=20, help="how many exports (default: 20)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured (default: 3)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root, cache = Path(folder) / "site", Path(folder) / "cache"
        drift = make(root, given.clients, given.items, given.feeds)
        size = f"{given.clients} clients, {given.items} items, {given.feeds} feeds"
        print(f"{size}; the median of {given.rounds} rounds.")
        machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
        print(f"runbooks {__version__}, {machine}\n")
        cold, warm = list[tuple[float, int, int]](), list[tuple[float, int, int]]()
        for _ in range(given.rounds):
            shutil.rmtree(cache, ignore_errors=True)
            cold.append(_run(root, cache, drift))
            warm.append(_run(root, cache, drift))
        for name, found in (("from nothing", cold), ("nothing changed", warm)):
            seconds = statistics.median(each for each, _, _ in found)
            own, helper = (max(each[which] for each in found) / 1024 for which in (1, 2))
            print(f"runbooks inventory check, {name:16} {seconds:6.2f} s   {own:4.0f} MB, its helper {helper:3.0f} MB")


def _run(root: Path, cache: Path, drift: Drift) -> tuple[float, int, int]:
    """Seconds from process start to its end, and the most memory in kilobytes of the process and of its helper.

    Exactly what drifted must be found. The two processes share pages, so the sum is more than they take.
    """
    arguments = ["inventory", "check", "--site", str(root), "--format", "json"]
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *arguments],
        env={**os.environ, "RUNBOOKS_CACHE": str(cache)},
        capture_output=True,
        check=False,
    )
    seconds = time.perf_counter() - begun
    if done.returncode != 1:
        sys.exit(done.stderr.decode(errors="replace"))
    found = json.loads(done.stdout)["findings"]
    told = {code: {one["message"] for one in found if one["code"] == code} for code in {one["code"] for one in found}}
    if set(told) != {"INV001", "INV003"}:
        sys.exit(f"found {sorted(told)}")
    for code, names in (("INV001", drift.undocumented), ("INV003", drift.absent)):
        words = {word.strip(",") for message in told[code] for word in message.split()}
        if len(told[code]) != len(names) or not names <= words:
            sys.exit(f"{code}: {len(told[code])} found, {len(names)} drifted")
    own, helper = map(int, done.stderr.split()[-2:])
    return seconds, own, helper


if __name__ == "__main__":
    main()
