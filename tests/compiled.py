"""Of the same template, code is made once by each process of the tests, not once by each site that it builds.

That would take more time than all the rest of a small site. A template is still found and read each time. Where the
same words, under the same name, were read, looked through, rewritten and compiled before by an environment of the same
kind, the code that came out is taken over, and with it all else that an environment of ours keeps of a template: which
others it takes in, and whether it looks at what it has written. What was refused is never kept, so it is refused anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import jinja2
import pytest

from runbooks.templates import Environment


class Made(NamedTuple):
    """What came of a template: its code, and what an environment of ours keeps of it."""

    code: Any
    parts: frozenset[str]
    markable: bool


@contextmanager
def once() -> Iterator[None]:
    """While this lasts, what Jinja makes of the text of a template is kept."""
    compiles = jinja2.Environment.compile
    kept = dict[tuple[object, ...], Made]()

    def compiled(self: jinja2.Environment, source: Any, name: str | None = None, *rest: Any, **more: Any) -> Any:
        if not isinstance(source, str):
            return compiles(self, source, name, *rest, **more)
        key = (*kind(self), source, name, rest, *sorted(more.items()))
        if not isinstance(self, Environment):
            if key not in kept:
                kept[key] = Made(compiles(self, source, name, *rest, **more), frozenset(), markable=True)
            return kept[key].code
        before = self.markable
        if key not in kept:
            self.markable, known = True, dict(vars(self))
            try:
                code = compiles(self, source, name, *rest, **more)
                kept[key] = Made(code, self.parts[name or ""], self.markable)
            finally:
                self.markable = before and self.markable
            changed = {one for one, value in vars(self).items() if value is not known.get(one)}
            assert changed <= {"markable"}, f"an environment keeps more of a template: {changed}"
        made = kept[key]
        self.parts[name or ""], self.markable = made.parts, before and made.markable
        return made.code

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jinja2.Environment, "compile", compiled)
        yield


def kind(environment: jinja2.Environment) -> Iterator[object]:
    """All of an environment that decides what code comes of a text."""
    yield type(environment)
    yield from map(frozenset[str], (environment.extensions, environment.filters, environment.tests))
    for setting in (
        *("block_start_string", "block_end_string", "variable_start_string", "variable_end_string"),
        *("comment_start_string", "comment_end_string", "line_statement_prefix", "line_comment_prefix"),
        *("trim_blocks", "lstrip_blocks", "newline_sequence", "keep_trailing_newline"),
        *("autoescape", "finalize", "optimized", "is_async", "sandboxed"),
    ):
        yield getattr(environment, setting)
