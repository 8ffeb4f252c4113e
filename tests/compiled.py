"""Of the same template, code is generated once by each process of the tests, not once by each site that it builds.

That would take more time than all the rest of a small site. Everything before that is done each time: a template is
found, read, looked through and rewritten by the program as ever. Its code is taken over only where the tree that came
out is the same, in the same words.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from types import CodeType
from typing import Any

import jinja2
import pytest
from jinja2 import nodes


@contextmanager
def once() -> Iterator[None]:
    """While this lasts, what Jinja makes of the tree of a template is kept."""
    parse, generate, compiles = (getattr(jinja2.Environment, name) for name in ("_parse", "_generate", "_compile"))
    texts, codes = dict[tuple[object, ...], str](), dict[tuple[str, str], CodeType]()

    def parsed(self: jinja2.Environment, source: str, *names: str | None) -> nodes.Template:
        tree: nodes.Template = parse(self, source, *names)
        tree.text_of_it = source  # type: ignore[attr-defined]  # for the lines that its parts stand on
        return tree

    def generated(self: jinja2.Environment, tree: nodes.Template, *names: str | None, **more: Any) -> str:
        source = getattr(tree, "text_of_it", None)
        if source is None:
            return str(generate(self, tree, *names, **more))
        around = (*map(frozenset, (self.extensions, self.filters, self.tests)), *names, *more.items())
        key = (
            type(self),
            self.autoescape,
            *around,
            sha256(f"{source}\0{tree!r}".encode(errors="surrogatepass")).digest(),
        )
        if key not in texts:
            texts[key] = generate(self, tree, *names, **more)
        return texts[key]

    def compiled(self: jinja2.Environment, text: str, name: str) -> CodeType:
        if (text, name) not in codes:
            codes[text, name] = compiles(self, text, name)
        return codes[text, name]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jinja2.Environment, "_parse", parsed)
        patch.setattr(jinja2.Environment, "_generate", generated)
        patch.setattr(jinja2.Environment, "_compile", compiled)
        yield
