"""The index of the search as the pages that it leads to: it names none of them whole, the browser puts them together.

It is put together here a second time, from the file as it stands in the site. An index that is not understood to its
last value is found as such: nobody knows what it leads to.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

INDEX: Final = "assets/runbooks/search-index.js"
"""Where the search looks for its index."""
START: Final = "self.runbooksIndex = "
KEYS: Final = frozenset(
    ("zone", "flat", "covers", "files", "titles", "alerts", "products", "shapes", "pages", "clients")
)


class NotUnderstood(Exception):
    """An index that is not built as the search reads it."""


@dataclass(frozen=True)
class Named:
    """What an index says of one client or one page: its place, its texts as markup, and where it leads."""

    place: str
    markup: str
    links: tuple[str, ...] = ()


def is_index(name: str) -> bool:
    """Whether a file is where the search would look for its index."""
    return f"/{name.lower()}".endswith(f"/{INDEX}")


def data(text: str) -> str:
    """The data in the script of an index.

    Raises:
        NotUnderstood: when there is anything beside it.
    """
    plain = text.strip()
    if not plain.startswith(START) or not plain.endswith(";"):
        raise NotUnderstood
    return plain.removeprefix(START)[:-1]


def named(text: str) -> tuple[list[Named], str]:
    """Every client and page of an index; and all its other texts, a line each.

    Raises:
        NotUnderstood: when there is anything in it that the search would not read.
    """
    try:
        index = json.loads(data(text))
        if not isinstance(index, dict) or set(index) != KEYS:
            raise NotUnderstood
        clients = [_client(row, index) for row in index["clients"]]
        pages = [_page(row) for row in index["pages"]]
        rest = "\n".join(_texts([index[key] for key in sorted(KEYS - {"clients", "pages"})]))
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, RecursionError) as error:
        raise NotUnderstood from error
    return [*clients, *pages], rest


def _client(row: Any, index: dict[str, Any]) -> Named:
    slug, name, aliases, numbers, cover, until, files, setups = row
    folder = f"clients/{slug}"
    links = [f"{folder}/{stem(file)}" for file in index["files"][_number(files)]]
    texts = [slug, name, *aliases, *numbers, until, *index["covers"][_number(cover)]]
    for setup, product, machines, jobs, shape in setups:
        procedures = index["products"][_number(product)][3]
        links.append(f"{folder}/setup-{setup}")
        links += [f"{folder}/{setup}/{procedures[_number(at)][0]}" for at in index["shapes"][_number(shape)]]
        texts += [setup, *machines, *jobs]
    return Named(folder + "/", f"<h1>{_plain(name)}</h1>{_paragraphs(texts)}", tuple(links))


def _page(row: Any) -> Named:
    url, title, headings, extract, weight = row
    float(weight)
    below = "".join(f"<h2>{_plain(heading)}</h2>{_paragraphs([anchor])}" for anchor, heading in headings)
    return Named(url, f"<h1>{_plain(title)}</h1>{below}{_paragraphs([extract])}", (url,))


def stem(file: str) -> str:
    """The name of a page without the ending of its file."""
    return file.removesuffix(".md")


def _number(value: object) -> int:
    """A number of a row; a negative one would count from the end here, and lead nowhere in a browser."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise NotUnderstood
    return value


def _plain(text: str) -> str:
    if not isinstance(text, str):
        raise NotUnderstood
    return html.escape(text, quote=False)


def _paragraphs(texts: list[str]) -> str:
    return "".join(f"<p>{_plain(text)}</p>" for text in texts)


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for one in value:
                yield from _texts(one)
        case dict():
            for key, one in value.items():
                yield key
                yield from _texts(one)
        case _:
            return
