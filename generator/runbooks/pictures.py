"""Pictures for procedures: small SVG drawings in templates/pictures, a site's own before the shipped ones.

A picture is put into the page as it stands, so it holds shapes and words alone: nothing that runs, nothing from
elsewhere, no style of its own. The page's stylesheet colours it, in light, in dark and on paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from runbooks import escape

FOLDER: Final = "pictures"
REFERENCE: Final = re.compile(r"""\{\{\s*picture\(\s*["']([^"']*)["']\s*\)\s*\}\}""")
"""How a procedure asks for a picture."""
LARGEST: Final = 20_000
"""Bytes; it stands on the page of every client who has the product."""
SVG: Final = "{http://www.w3.org/2000/svg}"
ELEMENTS: Final = frozenset(
    "svg g path rect circle ellipse line polyline polygon text tspan title desc".split()  # noqa: SIM905 - a long list
)
ATTRIBUTES: Final = frozenset(
    "viewBox width height x y x1 y1 x2 y2 cx cy r rx ry d points class transform text-anchor font-size role".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its file, its drawing as it goes into a page, and why it does not."""

    file: str
    drawing: str
    unfit: str = ""


def pictures(folders: Iterator[Path] | tuple[Path, ...]) -> Mapping[str, Picture]:
    """Every picture by its name, of several folders of templates the first that has it."""
    found: dict[str, Picture] = {}
    for folder in folders:
        for path in sorted((folder / FOLDER).glob("*.svg")):
            if path.is_file():
                found.setdefault(path.stem, _picture(f"templates/{FOLDER}/{path.name}", path.read_bytes()))
    return found


def _picture(file: str, raw: bytes) -> Picture:
    if len(raw) > LARGEST:
        return Picture(file, "", f"it has more than {LARGEST} bytes")
    if b"<!" in raw:
        return Picture(file, "", "it holds a comment, an entity or a document type")
    try:
        root = ET.fromstring(raw.decode("utf-8"))  # noqa: S314 - without a document type there are no entities
    except (ET.ParseError, UnicodeDecodeError) as error:
        return Picture(file, "", f"it is not SVG: {error}")
    wrong = next(_wrong(root), "")
    return Picture(file, "" if wrong else _written(root, file), wrong)


def _wrong(root: ET.Element) -> Iterator[str]:
    if root.tag != f"{SVG}svg" or root.get("viewBox") is None:
        yield "its root is no svg with a viewBox"
    if not (root.findtext(f"{SVG}title") or "").strip():
        yield "it has no title, which is what it says to somebody who cannot see it"
    for element in root.iter():
        name = str(element.tag).removeprefix(SVG)
        if name not in ELEMENTS:
            yield f"it holds an element {name}"
        for attribute in sorted(set(element.keys()) - ATTRIBUTES):
            yield f"it holds an attribute {attribute}"
        if any(sign in f"{element.text} {element.tail}" for sign in "{}"):
            yield "it holds a brace"


def _written(element: ET.Element, file: str) -> str:
    """An element on one line, every word escaped; the root is read aloud as one image, by its title."""
    name = str(element.tag).removeprefix(SVG)
    values = "".join(f' {key}="{escape.text(value)}"' for key, value in sorted(element.attrib.items()) if key != "role")
    if name == "svg":
        label = f"rb-picture-{Path(file).stem}"
        title = escape.text((element.findtext(f"{SVG}title") or "").strip())
        head = f'<svg{values} role="img" aria-labelledby="{label}"><title id="{label}">{title}</title>'
        inside = "".join(_written(one, file) for one in element if one.tag != f"{SVG}title")
        return f"{head}{inside}</svg>"
    text = escape.text((element.text or "").strip())
    return f"<{name}{values}>{text}{''.join(_written(one, file) for one in element)}</{name}>"
