"""Values as templates write them: one function for each place, and what may be done with text and markup before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeVar

from markupsafe import Markup

from runbooks import escape
from runbooks.templates import marks

MISSING = "not recorded"
"""Stands where a record has no value: a gap that reads as one."""

MAX_TEXT = 1_000_000
"""Characters or entries that one text or list made by a template may have."""

LONG: Final = 1000
"""Characters of a text that is not remembered."""

SINGLE: Final = frozenset({str, int, float, bool, type(None)})
"""What values hold no others."""

Value = TypeVar("Value")


class Unwritable(ValueError):
    """A value that does not belong where it stands; the message says why."""


def plain(value: object) -> str:
    """A value as text; a list or mapping is refused rather than shown as Python would."""
    match value:
        case str():
            return str(value)
        case None:
            return MISSING
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return str(value)
        case _:
            pass
    if hasattr(value, "_fail_with_undefined_error"):
        return str(value)  # an undefined name raises its own error
    raise Unwritable(f"a {type(value).__name__} cannot be written as it is; use a loop or join")


def by_place(*, marked: bool = False) -> _ByPlace:
    """The function for each place, by its name; `marked` where it is to be seen which parts of a text are values."""
    return _ByPlace(marked=marked)


class _ByPlace:
    """A namespace that compiled templates reach and templates do not."""

    def __init__(self, *, marked: bool) -> None:
        mark = marks.marked if marked else _unmarked
        self.text = _text_marked if marked else text
        self.attribute = _data_only(lambda value: mark(value, escape.text(value)))
        self.anchor = _data_only(escape.anchor)
        self.link = _data_only((lambda value: marks.marked_link(_link(value))) if marked else _link)
        self.link_part = _data_only(lambda value: mark(value, escape.link_part(value)))
        self.code = _data_only(lambda value: mark(value, escape.code(value)))
        self.sh = _data_only(escape.sh)
        self.powershell = _data_only(escape.powershell)
        self.cmd = _data_only(escape.cmd)


def text(value: object) -> Markup:
    """A value in text; markup stays. An empty value is a space, so that signs around it do not meet (`**`, `**`)."""
    if hasattr(value, "__html__"):
        return Markup(value)  # noqa: S704 - finished markup by its own word
    return Markup(escape.text(plain(value)) or "&#32;")  # noqa: S704 - escaped


def _text_marked(value: object) -> Markup:
    """The same, where values are marked."""
    if type(value) is str:
        return _known_text(value) if len(value) < LONG else _known_text.__wrapped__(value)
    if hasattr(value, "__html__"):
        return Markup(value)  # noqa: S704 - finished markup by its own word
    return _known_text.__wrapped__(plain(value))


@lru_cache(maxsize=32_768)  # pages of one client, and of clients alike, say much the same
def _known_text(value: str) -> Markup:
    return Markup(marks.marked(value, escape.text(value)) or "&#32;")  # noqa: S704 - escaped


def _unmarked(_: str, written: str) -> str:
    return written


def _link(value: str) -> str:
    return escape.NO_LINK if value == MISSING else escape.link(value)


def _data_only(function: Callable[[str], str]) -> Callable[[object], Markup]:
    def write(value: object) -> Markup:
        if hasattr(value, "__html__"):
            raise Unwritable("finished markup (prose, a macro's output) stands in text only")
        return Markup(function(plain(value)))  # noqa: S704 - escaped

    return write


def concatenated(*values: object) -> str:
    """Values one after the other, for `~`; next to markup, plain values are escaped for Markdown too."""
    if any(hasattr(value, "__html__") for value in values):
        return bounded(Markup("").join(text(value) for value in values))
    return bounded("".join(plain(value) for value in values))


def joined(values: Iterable[Any], between: str = "", attribute: str | int | None = None) -> str:
    """Values with something between them, for `join`; `attribute` takes one key of each."""
    taken = [value if attribute is None else value[attribute] for value in values]
    if hasattr(between, "__html__") or any(hasattr(value, "__html__") for value in taken):
        return bounded(text(between).join(text(value) for value in taken) if between else concatenated(*taken))
    return bounded(plain(between).join(plain(value) for value in taken))


def added(left: Any, right: Any) -> Any:
    """The sum of two numbers, texts or lists; markup and text are put together with `~`."""
    if hasattr(left, "__html__") or hasattr(right, "__html__"):
        raise Unwritable("finished markup is put together with ~")
    return bounded(left + right)


def bounded(value: Value) -> Value:
    """The value, unless it has grown beyond all measure."""
    if isinstance(value, str | list | tuple) and len(value) > MAX_TEXT:
        raise Unwritable(f"the template makes more than {MAX_TEXT} characters of one value")
    return value


def check_plain(value: object, name: str) -> None:
    """Raises TypeError, a mistake of the caller, for anything but plain data and prose."""
    if type(value) is dict or isinstance(value, Mapping):
        for key, inner in value.items():
            if type(inner) not in SINGLE:
                check_plain(inner, f"{name}.{key}")
    elif isinstance(value, list | tuple):
        for at, inner in enumerate(value):
            if type(inner) not in SINGLE:
                check_plain(inner, f"{name}[{at}]")
    elif not (value is None or isinstance(value, str | int | float) or hasattr(value, "__html__")):
        raise TypeError(f"{name} is a {type(value).__name__}; templates get plain data")
