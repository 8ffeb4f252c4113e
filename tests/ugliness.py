"""Files as people leave them: each in `tests/ugly`, with every byte it has."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from hypothesis import strategies as st

from runbooks import source
from runbooks.edits import remarks
from runbooks.source import Json

FOLDER = Path(__file__).parent / "ugly"
FILES = {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.yml"))}
MARK = b"\xef\xbb\xbf"


def data(raw: bytes) -> Json:
    """What a file says."""
    return source.read("f.yml", raw)[0].data


def same(one: Json, other: Json) -> bool:
    """Whether two data are the same: 1, 1.0 and true are not."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def is_whole(raw: bytes) -> bool:
    """Whether a file is read to its end."""
    return not source.read("f.yml", raw)[0].unreadable


def comments(raw: bytes) -> Counter[str]:
    """Its comments."""
    text = raw.decode().removeprefix("\ufeff")
    return Counter(words for _, words in remarks(text, source.read("f.yml", raw)[0]))


def line_ends(raw: bytes) -> set[str]:
    """The kinds of line end in it."""
    return {"\r\n" if line.endswith("\r") else "\n" for line in raw.decode().split("\n")[:-1]}


def blocks(raw: bytes) -> list[str]:
    """The texts of several lines, byte by byte, without the spaces before them."""
    text = raw.decode().removeprefix("\ufeff")
    document = source.read("f.yml", raw)[0]
    lines = text.split("\n")
    found = list[str]()
    for spot in document.spots.values():
        value = spot.value
        if lines[value.line - 1][value.column - 1 : value.column] in ("|", ">"):
            found.append("\n".join(line.lstrip(" ") for line in lines[value.line : value.end_line - 1]).rstrip())
    return found


_COMMENTS = ("", "", "  # why", " #\ttab", '   # it\'s "odd": [', "  # é 😀")
_GAPS = ("", "", "\n", "\n\n\n", "# margin\n", "\n# about\n", "   \n", "# a\n\n")
_VALUES = (
    "client: Harbour Dental",
    "owner: no",
    "status: 'active'",
    '"timezone": "UTC"   ',
    "reviewed:\t{on: 2026-10-04, by: A}",
    "aliases: [HD,\n  yes]",
    "aliases:\n- HD\n- on  # c",
    "groups:\n  - a\n\n  - b",
    "notes: |\n  lit  \n\n\n  more",
    "notes: it\n  goes   \n  on",
    "warning: >-\n  a\n\n   b",
    "warning: 'two\n  lines  '",
    "external_ids: {psa: 0755}",
    "left_on: 13/02/2026",
    "contacts:\n  - name: A\n    roles:\n    - site\n  -   roles: [site]\n      name: 12:30",
)
"""Keys with their values, as they stand at the margin."""


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A record of keys in any order and any manner, with comments and line ends as they come."""
    values = draw(
        st.lists(st.sampled_from(_VALUES), min_size=1, max_size=6, unique_by=lambda one: one.partition(":")[0])
    )
    lines = [draw(st.sampled_from(("", "---\n", "# yaml-language-server: $schema=x\n", "# nobody's\n\n")))]
    for value in values:
        lines += [draw(st.sampled_from(_GAPS)), value, draw(st.sampled_from(_COMMENTS)), "\n"]
    content = "".join(lines) + draw(st.sampled_from(("", "\n\n", "# the end", "# the end\n", "...\n")))
    content = content.replace("\n", draw(st.sampled_from(("\n", "\r\n"))))
    return (draw(st.sampled_from(("", "\ufeff"))) + content.removesuffix(draw(st.sampled_from(("", "\n"))))).encode()
