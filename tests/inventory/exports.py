"""Makes a small inventory and reads it: the files by their names below inventory/, and the lines of feeds.yml."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from runbooks.inventory import Inventory, Seen, read_inventory
from runbooks.inventory.seen import Contract, Export
from runbooks.policy import Policy

SECRET = "hunter2-S3CRET-Pa55"
"""Stands where nothing may be read, and may be found nowhere afterwards."""


@cache
def policy() -> Policy:
    return Policy.model_validate(
        {"provider": "Example IT", "timezone": "Australia/Sydney", "agreements": {"full": {"counts": True}}}
    )


def read(feeds: str, files: Mapping[str, str | bytes]) -> Inventory:
    """Read an inventory. `feeds` is feeds.yml, or the entries of its feeds."""
    whole = feeds if "schema:" in feeds else "schema: 1\nfeeds:\n" + feeds
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "inventory").mkdir()
        (root / "inventory/feeds.yml").write_text(whole, encoding="utf-8", newline="\n")
        for name, content in files.items():
            path = root / "inventory" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return read_inventory(root, policy())


def feed(format: str, file: str, **more: str) -> str:  # noqa: A002 - as feeds.yml has it
    """An entry of feeds.yml for one file of one client."""
    keys = {"id": "it", "format": format, "files": f'"{file}"', "client": "acme", **more}
    return "  - {" + ", ".join(f"{key}: {value}" for key, value in keys.items() if value) + "}\n"


def one(format: str, file: str, content: str | bytes, **more: str) -> Export:  # noqa: A002 - as feeds.yml has it
    """The only export of a feed, which nothing is wrong with."""
    inventory = read(feed(format, file, **more), {file: content})
    assert inventory.troubles == ()
    (export,) = inventory.exports
    return export


def items(format: str, file: str, content: str | bytes, **more: str) -> tuple[Seen, ...]:  # noqa: A002 - as above
    return one(format, file, content, **more).items


def contracts(format: str, file: str, content: str | bytes, **more: str) -> tuple[Contract, ...]:  # noqa: A002 - as above
    return one(format, file, content, **more).contracts


def table(
    header: Sequence[str], *rows: Sequence[str], delimiter: str = ",", end: str = "\r\n", quote: bool = True
) -> str:
    """Rows as PowerShell's Export-Csv writes them: every cell in quotes."""
    out = io.StringIO(newline="")
    writer = csv.writer(
        out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL
    )
    writer.writerows([header, *rows])
    return out.getvalue()


def lines(inventory: Inventory) -> list[tuple[str, int, str]]:
    """Code, line and message of each trouble."""
    return [(one.code, one.place.line, one.message) for one in inventory.troubles]
