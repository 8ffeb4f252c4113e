"""What an unquoted YAML value means, and whether another YAML program would read it differently.

The meaning is that of the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema).
The other reading is that of YAML 1.1 (https://yaml.org/type/), as PyYAML, Ansible and many other programs have it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypeAlias

from runbooks.source.codes import AMBIGUOUS, CURLY_QUOTES, IMPOSSIBLE_DATE, NUMBER_OUT_OF_RANGE

Scalar: TypeAlias = str | int | float | bool | None

MAX_DIGITS = 18
"""The longest whole number that is kept as one: it fits in 64 bits everywhere."""

MAX_EXACT_DIGITS = 16
"""The significant digits of a decimal number that 64 bits always keep."""

MAX_SHOWN = 40

CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

WORDS_1_1: dict[str, bool] = {
    **{form: True for word in ("y", "yes", "on") for form in (word, word.title(), word.upper())},
    **{form: False for word in ("n", "no", "off") for form in (word, word.title(), word.upper())},
}
"""Words that are true or false in YAML 1.1, and text in YAML 1.2."""

CURLY = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f"

STARTS = frozenset("0123456789+-.~=<tTfFnNyYoO" + CURLY)
"""First characters of all values that could be anything but text: the quick way out for most values."""

_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIMAL = re.compile(r"([-+]?)([0-9]+)\.([0-9]+)")
_ZERO = re.compile(r"[-+]?[0.]*(?:[eE].*)?")

# YAML 1.1: the patterns of PyYAML's resolver, and of yaml.org/type where that reads more than PyYAML does.
_CLOCK_1_1 = re.compile(r"[-+]?(?:[1-9][0-9_]*(?::[0-5]?[0-9])+|[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)")
_OCTAL_1_1 = re.compile(r"[-+]?0[0-7_]+")
_BINARY_1_1 = re.compile(r"[-+]?0b[01_]+")
_HEX_1_1 = re.compile(r"[-+]?0x[0-9a-fA-F_]+")
_INT_1_1 = re.compile(r"[-+]?(?:0|[1-9][0-9_]*)")
_FLOAT_1_1 = re.compile(r"[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?")
_FLOAT_OF_SPECIFICATION = re.compile(r"[-+]?\.[0-9_]*(?:[eE][-+][0-9]+)?")
_TIME_1_1 = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
    r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?"
)


@dataclass(frozen=True, slots=True)
class Trap:
    """Why an unquoted value cannot stand as it is."""

    code: str
    message: str
    help: str


_CURLY_TRAP = Trap(
    CURLY_QUOTES,
    "The typographic quotes around this value do not quote it: they belong to its text.",
    'Write straight quotes: "…".',
)


@lru_cache(maxsize=8192)
def reading(text: str) -> tuple[Scalar, Trap | None]:
    """Meaning and trap of an unquoted scalar. Records say the same few numbers and dates again and again."""
    return meaning(text), trap(text)


def meaning(text: str) -> Scalar:
    """The value of an unquoted scalar by YAML 1.2; a number that JSON cannot hold exactly stays text."""
    if text in CONSTANTS:
        return CONSTANTS[text]
    return _number(text) if text[0] in "0123456789+-." else text


def _number(text: str) -> str | int | float:
    """The value of an unquoted scalar that may be a number."""
    if _INT.fullmatch(text):
        return text if _digits(text) > MAX_DIGITS else int(text)
    if _FLOAT.fullmatch(text):
        return text if _is_out_of_range(text) else float(text)
    if _OCTAL.fullmatch(text):
        return text if _digits(text[2:]) > MAX_DIGITS else int(text, 8)
    if _HEX.fullmatch(text):
        return text if _digits(text[2:]) > MAX_DIGITS - 4 else int(text, 16)
    return text


def trap(text: str) -> Trap | None:
    """What is wrong with an unquoted value, or None."""
    if text in WORDS_1_1:
        word = "true" if WORDS_1_1[text] else "false"
        return _ambiguous(
            text, f"is text here, but {word} to other YAML programs", f'Write {word}, or "{text}" if it is text.'
        )
    if text in CONSTANTS or text[0] not in STARTS:
        return None
    if text[0] in CURLY:
        return _CURLY_TRAP if text[-1] in CURLY and len(text) > 1 else None
    if text in ("=", "<<"):
        return _ambiguous(text, "has a meaning of its own to other YAML programs")
    if text[0] not in "0123456789+-.":
        return None
    if _DATE.fullmatch(text):
        return (
            None
            if _is_date(text)
            else Trap(IMPOSSIBLE_DATE, f"{text} is not in the calendar.", "Write a day that is, as YYYY-MM-DD.")
        )
    return _number_trap(text)


def _number_trap(text: str) -> Trap | None:
    """What is wrong with a value that begins like a number."""
    value = _number(text)
    if isinstance(value, str):
        if any(pattern.fullmatch(text) for pattern in (_SPECIAL, _FLOAT, _OCTAL, _HEX)):
            message = f"`{shortened(text)}` is a number that cannot be kept exactly."
            return Trap(
                NUMBER_OUT_OF_RANGE,
                message,
                f'If it is a serial or a telephone number, put it in quotes: "{shortened(text)}".',
            )
        return _text_trap(text)
    if isinstance(value, int):
        return _whole_number_trap(text, value)
    if not _FLOAT_1_1.fullmatch(text):
        return _either(text, value, f"is the number {value!r} here, but text to other YAML programs")
    return _decimal_trap(text, value)


def _text_trap(text: str) -> Trap | None:
    """Text by YAML 1.2 that YAML 1.1 reads as a number or a time."""
    if _CLOCK_1_1.fullmatch(text):
        return _ambiguous(
            text, f"is text here, but the number {_sexagesimal(text)} to other YAML programs, which count it in base 60"
        )
    if _TIME_1_1.fullmatch(text):
        return _ambiguous(text, "is text here, but a point in time to other YAML programs")
    patterns = (_OCTAL_1_1, _BINARY_1_1, _HEX_1_1, _INT_1_1, _FLOAT_1_1, _FLOAT_OF_SPECIFICATION)
    if any(pattern.fullmatch(text) for pattern in patterns):
        return _ambiguous(text, "is text here, but a number to other YAML programs")
    return None


def _whole_number_trap(text: str, value: int) -> Trap | None:
    """A whole number by YAML 1.2 that YAML 1.1 reads differently, or that loses something of what was written."""
    if text.startswith("0o"):
        return _either(text, value, f"is the number {value} here, but text to other YAML programs")
    if text.startswith("0x"):
        return None
    digits = text.lstrip("+-")
    if len(digits) > 1 and digits[0] == "0":
        if _OCTAL_1_1.fullmatch(text) and int(text, 8) != value:
            return _either(text, value, f"is the number {value} here, but {int(text, 8)} to other YAML programs")
        return _either(text, value, f"is the number {value}: its leading zero is lost")
    if text[0] == "+":
        return _either(text, value, f"is the number {value}: its + is lost")
    return None


def _decimal_trap(text: str, value: float) -> Trap | None:
    """A decimal number of which something is lost: 1.10 is 1.1, which is another version of a product."""
    kept = repr(value)
    if not _DECIMAL.fullmatch(text) or kept == text:
        return None
    if "e" in kept and text[-1] != "0" and len(text.strip("+-0.")) < MAX_EXACT_DIGITS:
        return None  # 0.00001 is 1e-05: written another way, nothing lost
    return _either(text, value, f"is a number, and reads as {kept}")


def _ambiguous(text: str, what: str, remedy: str = "") -> Trap:
    return Trap(AMBIGUOUS, f"`{shortened(text)}` {what}.", remedy or f'Put it in quotes: "{shortened(text)}".')


def _either(text: str, value: float, what: str) -> Trap:
    remedy = f'If it is text (a version, a telephone number), put it in quotes: "{shortened(text)}".'
    return _ambiguous(text, what, f"{remedy} If it is a number, write {value!r}.")


def shortened(text: str) -> str:
    """A value as a message shows it."""
    return text if len(text) <= MAX_SHOWN else f"{text[:30]}…{text[-6:]}"


def _digits(text: str) -> int:
    return len(text.lstrip("+-0"))


def _is_out_of_range(text: str) -> bool:
    """Whether a decimal number is infinite, or not zero and yet read as zero."""
    value = float(text)
    return math.isinf(value) or (value == 0 and not _ZERO.fullmatch(text))


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _sexagesimal(text: str) -> str:
    """What YAML 1.1 makes of 22:30: its parts as digits of base 60."""
    value = 0.0
    for part in text.lstrip("+-").replace("_", "").split(":"):
        value = value * 60 + float(part)
    return f"{'-' * text.startswith('-')}{value:.12g}"
