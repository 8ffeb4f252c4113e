"""The environment templates run in: plain data, no methods, no way to turn escaping off, no endless work."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from types import FunctionType
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.runtime import BlockReference, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from runbooks import places
from runbooks.templates import marks, written
from runbooks.templates.loader import Loader
from runbooks.templates.rewrite import prepare, reads_markup

MAX_STEPS = 20_000_000
"""Work one rendering may do: characters of the loop bodies it goes through, and a hundred for each call."""

_CALL_STEPS = 400
_FILTERS = (
    *("abs", "capitalize", "count", "dictsort", "first", "groupby", "int", "items", "last", "length", "list", "lower"),
    *("map", "max", "min", "reject", "rejectattr", "replace", "round", "select", "selectattr", "sort", "title", "trim"),
    *("unique", "upper"),
)
_TAG = re.compile(r"{%.*?%}|{#.*?#}")
_RAW_TAG = re.compile(r"{%[-+]?\s*(raw|endraw)\b")
_PART_OF_TAG = re.compile(r"[%#]}|{[%#]")
_TAG_AT_END = re.compile(r"(?<![-+])([%#]})[ \t]*$")


class Environment(ImmutableSandboxedEnvironment):
    """Jinja on plain data: no methods, no attributes but the keys of mappings, no way to turn escaping off."""

    intercepted_binops = frozenset({"+", "*", "%", "**"})

    def __init__(self, loader: Loader, functions: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__(
            loader=loader,
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            cache_size=-1,
        )
        self.filters = {name: _on_plain_data(name, FILTERS[name]) for name in _FILTERS}
        default = FILTERS["default"]
        self.filters |= {"d": default, "default": default, "join": written.joined, "batch": _batch}
        self.globals = {"range": self.globals["range"], "namespace": Namespace, **functions}
        self.written = written.by_place()
        self.concatenated = written.concatenated
        self.counted = self._counted
        self.steps: ContextVar[list[int]] = ContextVar("steps")
        self.parts: dict[str, frozenset[str]] = {}
        self.texts: dict[tuple[str, int, str], jinja2.Template] = {}
        self.markable = True

    @contextmanager
    def marking(self) -> Iterator[None]:
        """Meanwhile values are marked in what templates write, unless one of these looks at what it has written."""
        self.written = written.by_place(marked=self.markable)
        try:
            yield
        finally:
            self.written = written.by_place()

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        """Keeps the line break after a block at the end of a line of text; blocks on lines of their own lose it."""
        if marks.BEGIN in source or marks.END in source:
            self.markable = False
        return super().preprocess(_keep_line_breaks(source), name, filename)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The value under a key of a mapping; attributes only of what Jinja itself gives (`loop`, imported macros)."""
        if type(obj) is dict or isinstance(obj, Mapping):
            return self._value(obj, attribute)
        if isinstance(obj, LoopContext | Namespace | jinja2.runtime.Undefined | jinja2.environment.TemplateModule):
            return super().getattr(obj, attribute)
        return self.undefined(hint=f"{_kind(obj)} has no {attribute!r}")

    def getitem(self, obj: Any, argument: Any) -> Any:
        """The value under a key of a mapping or at a position of a list."""
        if type(obj) is dict or isinstance(obj, Mapping):
            return self._value(obj, argument)
        if isinstance(obj, list | tuple) and isinstance(argument, int) and -len(obj) <= argument < len(obj):
            return obj[argument]
        if isinstance(obj, jinja2.runtime.Undefined):
            return super().getitem(obj, argument)
        return self.undefined(hint=f"{_kind(obj)} has no {argument!r}")

    def _value(self, obj: Mapping[Any, Any], key: Any) -> Any:
        if key in obj:
            return obj[key]
        known = ", ".join(str(name) for name in islice(obj, 12))
        return self.undefined(hint=f"there is no {key!r} here; there is: {known or 'nothing'}")

    def is_safe_callable(self, obj: Any) -> bool:
        """Macros, blocks, and functions of ours: without attributes a template can come by no other."""
        own = isinstance(obj, FunctionType | functools.partial | Macro | BlockReference)
        return own or obj is Namespace or obj == self.counted or isinstance(getattr(obj, "__self__", None), LoopContext)

    def call(self, context: jinja2.runtime.Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Calls what is safe to call, and counts it."""
        if isinstance(obj, Macro):
            self._step(_CALL_STEPS)
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: jinja2.runtime.Context, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic on numbers, and `+` on two texts or two lists."""
        if operator == "+":
            return written.added(left, right)
        if operator == "**" or not all(isinstance(side, int | float) for side in (left, right)):
            raise SecurityError(f"{operator} is for numbers only" if operator != "**" else "** is not available")
        return super().call_binop(context, operator, left, right)

    def _counted(self, values: Iterable[Any], weight: int) -> Iterator[Any]:
        for value in values:
            self._step(weight)
            yield value

    def _step(self, weight: int) -> None:
        left = self.steps.get([MAX_STEPS])
        left[0] -= weight
        if left[0] < 0:
            raise SecurityError("the template does too much work; is a loop endless?")

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        """The hook between reading a template and making code of it: here each value gets its place."""
        self.markable = self.markable and not reads_markup(source)
        try:
            self.parts[name or ""] = frozenset(prepare(source))
        except places.Undecided as problem:
            raise jinja2.TemplateSyntaxError(problem.message, problem.line, name, filename) from problem
        return super()._generate(source, name, filename, defer_init)


def _keep_line_breaks(source: str) -> str:
    """`+%}` instead of `%}` where text stands before it on its line, so that `trim_blocks` does not join two lines."""
    kept: list[str] = []
    is_raw = False
    for line in source.replace("\r\n", "\n").split("\n"):
        for tag in _RAW_TAG.finditer(line):
            is_raw = tag[1] == "raw"
        text = _TAG.sub("", line)
        ends_in_tag = text.strip() and not is_raw and not _PART_OF_TAG.search(text)
        kept.append(_TAG_AT_END.sub(r"+\1", line) if ends_in_tag else line)
    return "\n".join(kept)


def _kind(value: object) -> str:
    names = {str: "text", bool: "yes or no", int: "a number", float: "a number", list: "a list"}
    if value is None:
        return "a missing value"
    return names.get(type(value), type(value).__name__)


def _on_plain_data(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that refuses markup: changed or mixed with text, it would no longer be what was cleaned."""

    @functools.wraps(function)
    def filtered(*args: Any, **kwargs: Any) -> Any:
        if any(hasattr(arg, "__html__") for arg in (*args, *kwargs.values())):
            raise written.Unwritable(f"{name} is for plain values; this is finished markup")
        return written.bounded(function(*args, **kwargs))

    return filtered


def _batch(values: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Lists of `size` values each; the last may be shorter."""
    rest = iter(values)
    while part := list(islice(rest, min(max(size, 1), 1000))):
        yield part
