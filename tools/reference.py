"""Writes the reference pages of docs/ anew: every key of every file from the models, every command from its own help.

Run it after a change of a model or a command: `make reference`. `pages` is what it writes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click

from runbooks.catalogue import Guidance, Product
from runbooks.cli import cli
from runbooks.handwritten import Head
from runbooks.inventory.feeds import Feeds
from runbooks.mapping import Map
from runbooks.parts import Part
from runbooks.policy import Policy
from runbooks.records.client import Client
from runbooks.schemas import schema_of

DOCS: Final = Path(__file__).resolve().parents[1] / "docs"
FILES: Final[dict[str, type[Part]]] = {
    "policy.yml": Policy,
    "inventory/feeds.yml": Feeds,
    "product.yml": Product,
    "The front matter of a procedure": Guidance,
    "The front matter of a page": Head,
    "import.yml": Map,
}
MOST: Final = 12
"""Words that a key may take and that are listed; of more the editor shows the rest."""
PLAIN: Final = {
    "object": "a mapping",
    "date": "a day, as 2026-10-04",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
    "string": "text",
}
_EXAMPLE: Final = re.compile(r"```yaml\n(.*?)\n```", re.DOTALL)
_CAPITAL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def pages() -> Iterator[tuple[str, str]]:
    """Every page by its file in docs/."""
    yield (
        "reference-record.md",
        _page(
            "Every key of a record",
            "For a writer who knows what to say and looks for the key. [How to write a record](writing.md) explains "
            "them in the order they are needed.",
            _keys("A record", schema_of(Client, "A record"), 2),
        ),
    )
    parts = (part for name, model in FILES.items() for part in _keys(name, schema_of(model, name), 2))
    words = "For who keeps policy.yml, feeds, products, pages, or a map for `runbooks import`. It is not legal advice."
    yield "reference-files.md", _page("Every key of the other files", words, parts)
    words = "What `runbooks` and each of its commands say with `--help`. [Commands](commands.md) explains them."
    yield "reference-commands.md", _page("Every command", words, _commands())


def _page(title: str, words: str, parts: Iterator[str]) -> str:
    return "\n".join([f"# {title}", "", words, "", *parts]).rstrip() + "\n"


def _keys(name: str, schema: Mapping[str, Any], depth: int) -> Iterator[str]:
    """The table of a file, and one for each kind of mapping in it."""
    yield from _table(name, schema, name, depth)
    for title, part in schema.get("$defs", {}).items():
        # What may be a name or a mapping has the keys of the mapping.
        mapping = next((one for one in (part, *part.get("anyOf", ())) if "properties" in one), None)
        if mapping:
            shown = {**mapping, "description": part.get("description", "")}
            yield from _table(_spoken(title), shown, name, depth + 1)


def _table(title: str, part: Mapping[str, Any], file: str, depth: int) -> Iterator[str]:
    yield f"{'#' * depth} {title} {{ #{_anchor(title, file)} }}"
    yield ""
    if part.get("description"):
        yield from (str(part["description"]).split("\n\n")[0], "")
    yield from ("| Key | Takes | What it is |", "|---|---|---|")
    needed = part.get("required", ())
    for key, value in part["properties"].items():
        example = _EXAMPLE.search(value.get("markdownDescription", ""))
        said = str(value.get("description", "")).split("\n\n")[0]
        shown = f" For example `{_cell(example[1])}`." if example and "\n" not in example[1] else ""
        must = ", **needed**" if key in needed else ""
        yield f"| `{key}` | {_takes(value, file)}{must} | {_cell(said)}{shown} |"
    yield ""


def _takes(value: Mapping[str, Any], file: str) -> str:
    """What a key takes, in words."""
    match value:
        case {"$ref": str(name)}:
            title = _spoken(name.rpartition("/")[2])
            return f"a mapping: [{title.lower()}](#{_anchor(title, file)})"
        case {"const": one}:
            return f"`{one}`"
        case {"enum": [*words]}:
            return _listed(words)
        case {"anyOf": [*kinds]}:
            return " or ".join(dict.fromkeys(_takes(kind, file) for kind in kinds if kind.get("type") != "null"))
        case {"type": "array", "items": dict(entry)}:
            return f"a list of {_takes(entry, file).removeprefix('a ')}"
        case {"type": "object", "patternProperties": dict(kinds)}:
            return f"names, each with {_takes(next(iter(kinds.values())), file)}"
        case {"type": "object", "additionalProperties": dict(kind)}:
            return f"names, each with {_takes(kind, file)}"
        case {"type": [*kinds]}:
            return " or ".join(PLAIN.get(kind, kind) for kind in kinds)
        case _:
            return PLAIN[value.get("format") or value.get("type") or "string"]


def _listed(words: Sequence[object]) -> str:
    listed = " ".join(f"`{word}`" for word in words[:MOST])
    return listed if len(words) <= MOST else f"{listed} and {len(words) - MOST} more"


def _commands() -> Iterator[str]:
    yield from _help(cli, "runbooks", None)


def _help(command: click.Command, name: str, above: click.Context | None) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=above, max_content_width=100, terminal_width=100)
    yield from (f"## {context.command_path}", "", "```text", command.get_help(context).rstrip(), "```", "")
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            below = command.get_command(context, inner)
            if below is not None:
                yield from _help(below, inner, context)


def _spoken(title: str) -> str:
    return _CAPITAL.sub(" ", title).capitalize()


def _anchor(title: str, file: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", f"{file} {title}".lower() if title != file else file.lower()).strip("-")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> None:
    """Write the pages that are not there as they should be; with --check, only say which, and end with 1."""
    stale = [(name, text) for name, text in pages() if (DOCS / name).read_text(encoding="utf-8") != text]
    for name, text in stale:
        print(f"docs/{name} is out of date" if "--check" in sys.argv else f"docs/{name} is written anew")
        if "--check" not in sys.argv:
            (DOCS / name).write_text(text, encoding="utf-8", newline="\n")
    sys.exit(bool(stale) and "--check" in sys.argv)


if __name__ == "__main__":
    main()
