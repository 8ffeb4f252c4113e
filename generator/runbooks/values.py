"""The kinds of value a record can hold: one line of text, prose, a day, an identifier, a length of time."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, Strict, StringConstraints, WithJsonSchema

from runbooks import grammar
from runbooks.days import NotADay, either

T = TypeVar("T")

LINE_LIMIT = 500
PROSE_LIMIT = 20_000
DAY = re.compile(r"\d{4}-\d\d-\d\d")
CONTROL = r"\x00-\x1f\x7f-\x9f"
"""The control characters, as a class of a regular expression has them."""
FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What no text of a record holds: control characters but for tab and line feed, and halves of characters."""


def _without_control(text: str) -> str:
    if not text.isprintable() and (found := FORBIDDEN.search(text)):
        raise ValueError(f"the control character U+{ord(found[0]):04X} cannot stand in a record; remove it")
    return text


def _line(text: str) -> str:
    if not text.isprintable():
        _without_control(text)
        if "\n" in text or "\t" in text:
            raise ValueError("this must be one line without tabs")
    plain = text.strip()
    if not plain:
        raise ValueError("this must not be empty")
    return plain


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value} is not a day of the calendar") from None
    both = either(value) if isinstance(value, str) else ()
    if both:  # neither is written for anybody
        raise NotADay(f"write the day as YYYY-MM-DD: {value} could be {both[0]} or {both[1]}, and only you can tell")
    raise NotADay("write the day as YYYY-MM-DD, for example 2026-10-04")


def _duration(text: str) -> str:
    grammar.duration(text)
    return text


def _schedule(text: str) -> str:
    grammar.schedule(text)
    return text


def _version(value: object) -> object:
    if isinstance(value, bool):  # to Python, true is the number 1
        raise ValueError("write the version as a number: 1")  # noqa: TRY004 - pydantic wants a ValueError
    return value


def _truth(value: object) -> object:
    if not isinstance(value, bool):  # to Python, false is the number 0
        raise ValueError("write true or false")  # noqa: TRY004 - pydantic wants a ValueError
    return value


def _whole(value: object) -> object:
    # JSON knows one kind of number, so 3.0 is the integer 3 to a schema.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _schema(base: str, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": base, **more})


Line = Annotated[
    str,
    Strict(),
    Field(max_length=LINE_LIMIT),
    AfterValidator(_line),
    _schema("string", minLength=1, maxLength=LINE_LIMIT, pattern=rf"^[^{CONTROL}]*[^\s{CONTROL}][^{CONTROL}]*$"),
]
"""One line of plain text. Shown as it stands, never as markup."""

Prose = Annotated[
    str,
    Strict(),
    Field(max_length=PROSE_LIMIT, min_length=1),
    AfterValidator(_without_control),
    _schema("string", minLength=1, maxLength=PROSE_LIMIT, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"),
]
"""Text that may use Markdown: emphasis, lists, links, code."""

Slug = Annotated[str, Strict(), StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
"""A short name in lower case: letters, digits and single dashes."""

Name = Annotated[str, Strict(), StringConstraints(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$", max_length=80)]
"""A key of one's own: lower case letters, digits, single dashes or underscores."""

Day = Annotated[
    date, BeforeValidator(_day), _schema("string", format="date", pattern=r"^(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}$")
]
"""A day of the calendar, YYYY-MM-DD."""

Version = Annotated[Literal[1], BeforeValidator(_version)]
"""The version of a file's shape."""

Flag = Annotated[bool, Strict()]
"""true or false."""

Never = Annotated[Literal[False], BeforeValidator(_truth)]
"""Always false: said so that nobody tries to change it."""

Count = Annotated[
    int,
    Strict(),
    Field(ge=0, le=1_000_000),
    BeforeValidator(_whole),
    _schema("integer", minimum=0, maximum=1_000_000),
]
"""A whole number, zero or more."""

Percent = Annotated[
    int, Strict(), Field(ge=0, le=100), BeforeValidator(_whole), _schema("integer", minimum=0, maximum=100)
]
"""A part of a whole, in hundredths: a whole number from 0 to 100."""

Number = Annotated[
    int,
    Strict(),
    Field(ge=1, le=1_000_000),
    BeforeValidator(_whole),
    _schema("integer", minimum=1, maximum=1_000_000),
]
"""A whole number, one or more."""

Amount = Annotated[float, Strict(), Field(ge=0)]
"""An amount of money in the policy's currency. Never rendered."""

Reference = Annotated[
    str, Strict(), StringConstraints(pattern=rf"^[a-z][a-z0-9+.-]*://[^\s{CONTROL}]+$", max_length=LINE_LIMIT)
]
"""Where something is kept, as an address: vault://client/item. Never the thing itself."""

Email = Annotated[str, Strict(), StringConstraints(pattern=rf"^[^@\s<>{CONTROL}]+@[^@\s<>{CONTROL}]+$", max_length=254)]
"""An e-mail address."""

Web = Annotated[str, Strict(), StringConstraints(pattern=rf"^https?://[^\s<>\x22{CONTROL}]+$", max_length=2000)]
"""The address of a web page, http or https."""

Link = Annotated[
    str, Strict(), StringConstraints(pattern=rf"^(https?://|mailto:)[^\s<>\x22{CONTROL}]+$", max_length=2000)
]
"""A web address or a mailto: address."""

Duration = Annotated[str, Strict(), AfterValidator(_duration), _schema("string", pattern=grammar.DURATION_PATTERN)]
"""A length of time: 30m, 4h, 1d, 2w."""

Schedule = Annotated[str, Strict(), AfterValidator(_schedule), _schema("string", pattern=grammar.SCHEDULE_PATTERN)]
"""When a job runs: daily at 22:00, every 1h 07:00-19:00 on weekdays, after NB-Servers-Daily."""

Many = Annotated[tuple[T, ...], Strict(False)]
"""A list."""
