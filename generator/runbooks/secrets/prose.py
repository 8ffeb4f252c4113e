"""Secrets told in running text: `Password: …`, `pw=…`, `the passphrase is …`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from runbooks.secrets.names import Kind, kind, listed
from runbooks.secrets.spots import STEM, Found, Value, after_space, each, ends, is_word, value_at
from runbooks.secrets.values import DEFAULTS, PROSE, is_mixed, is_said, is_strong, stripped

_NAME = rf"(?<![A-Za-z0-9_-])(?P<name>[A-Za-z0-9_-]{{0,60}}?{STEM}[A-Za-z0-9_-]{{0,60}})(?![A-Za-z0-9_-])"
_WHOSE = r"(?:[ \t]*\([^()\n]{0,40}\)|[ \t]+(?:for|of|on|to|at|in|from)(?:[ \t]+[^\s:=|,;]{1,40}){1,5}?)?"
_SEPARATOR = r"[\"'`*_)\]]*[ \t]*(?P<sign>:=|=>|->|==?|:|\||[-–—](?=[ \t]))"
_LABEL = re.compile(rf"{_NAME}(?P<whose>{_WHOSE}){_SEPARATOR}", re.IGNORECASE)
_IS = re.compile(
    rf"{_NAME}{_WHOSE}[\"'`*_]*\s{{1,40}}(?:(?:has |have )?(?:been |is |was |will be )?"
    r"(?:now |set |reset |changed )+(?:to|as|is)?|is|was|are|will be|to|as|equals)"
    r"(?:[ \t]+(?:now|currently|still|again|always|set to|called))?:?",
    re.IGNORECASE,
)
_BARE = re.compile(rf"{_NAME}[\"'`*_]*(?=[ \t]+[^\s:=|])", re.IGNORECASE)
_STOP = re.compile(r".*[\n.,;:/|(*_\"'`{}>–\-\[]\s*", re.DOTALL)
_NEXT_PAIR = re.compile(r";(?=[A-Za-z _]{2,30}=)|&(?=[A-Za-z_]{1,30}=)")
"""Where a pair of name and value ends in a connection string or an address."""
_NOT_AFTER: Final = listed("asks ask asked enter type choose change reset need needs require requires when if")


def told(text: str, start: int, stop: int) -> Iterator[Found]:
    """Every secret that a part of a text tells in words."""
    for find in (_labelled, _said, _bare):
        yield from find(text, start, stop)


def _labelled(text: str, start: int, stop: int) -> Iterator[Found]:
    """A name, a sign, and the secret."""
    for found in each(_LABEL, text, start, stop):
        kind_ = _kind_at(text, found)
        value = value_at(text, after_space(text, found.end(), stop), stop) if kind_ else None
        if kind_ is None or value is None:
            continue
        if found["sign"] == "=" and (cut := _NEXT_PAIR.search(value.text)):
            value = Value(value.start, value.start + cut.start(), value.quoted, value.text[: cut.start()])
        if text[found.start() - 1 : found.start()] == "$" and not value.quoted:
            continue  # a variable that a command fills
        if _is_value(text, found, value, kind_):
            yield value.start, value.end, kind_.value
        elif kind_ is Kind.PASSWORD and found["sign"] not in "|-–—" and (end := _several(text, value, stop)):
            yield value.start, end, kind_.value


def _is_value(text: str, found: re.Match[str], value: Value, kind_: Kind) -> bool:
    """Whether what follows a label and a sign is the secret: surely one, or an ordinary word that stands alone."""
    strong = is_strong(value.text, kind_)
    if found["sign"] == "|":
        return strong and text[value.end : value.end + 8].lstrip(' `*"').startswith("|")
    if "\n" in text[found.end() : value.start] or found["sign"] in "-–—":
        return strong and not value.text.endswith(":")
    if strong:
        return True
    if kind_ not in (Kind.PASSWORD, Kind.COMMUNITY) or is_said(value.text.split()[0]) or value.text.lower() in DEFAULTS:
        return False
    if value.quoted:
        return is_word(value.text)
    tight = found["sign"] == "=" and text[found.end() : found.end() + 1].strip() != ""
    alone = value.text.isalpha() and len(value.text) > 3 and ends(text, value)
    return alone and (tight or _is_label(text, found.start()))


def _is_label(text: str, at: int) -> bool:
    """Whether a name stands as a label stands: first in its line or sentence, but for a word or three."""
    line = text[max(text.rfind("\n", 0, at) + 1, at - 200) : at]
    before = _STOP.sub("", line).split()
    return len(before) < 4 and not any(is_said(word) or word.lower() in _NOT_AFTER for word in before)


def _several(text: str, value: Value, stop: int) -> int:
    """The end of a secret of several words: a pass phrase, or words that end in digits and signs; 0 where none is."""
    rest = text[value.start : min(stop, value.start + 120)].split("\n", 1)[0] if not value.quoted else value.text
    rest = stripped(rest.rstrip())
    words = rest.split()
    said = sum(is_said(word) for word in words)
    if said > 1 or PROSE & set(words) or not 1 < len(words) < 9:
        return 0
    phrase = len(words) > 3 and all(re.fullmatch("[a-z]{3,}", word) for word in words)
    ending = (
        not said and len(words) < 5 and words[0].isalpha() and re.fullmatch(r"(?=\S*\d)\S*[!@#$%^&*?+]\S*", words[-1])
    )
    return value.start + len(rest) if phrase or ending else 0


def _said(text: str, start: int, stop: int) -> Iterator[Found]:
    """A name, the word "is" or "changed to", and the secret."""
    for found in each(_IS, text, start, stop):
        kind_ = _kind_at(text, found)
        value = value_at(text, after_space(text, found.end(), stop), stop) if kind_ else None
        if kind_ is None or value is None:
            continue
        short = value.text.isdigit() and kind_ is Kind.PASSWORD and len(value.text) < 6
        whole = value.quoted and kind_ is Kind.PASSWORD and is_word(value.text)
        if (is_strong(value.text, kind_) and not short) or (whole and not is_said(value.text)):
            yield value.start, value.end, kind_.value
        elif "phrase" in found["name"].lower() and (end := _several(text, value, stop)):
            yield value.start, end, kind_.value


def _bare(text: str, start: int, stop: int) -> Iterator[Found]:
    """A name, and right behind it what can only be a password or a PIN."""
    for found in each(_BARE, text, start, stop):
        if _kind_at(text, found) is Kind.PIN:
            value = value_at(text, after_space(text, found.end(), stop), stop)
            if value and len(value.text) < 9 and is_strong(value.text, Kind.PIN) and ends(text, value):
                yield value.start, value.end, Kind.PIN.value
        if _kind_at(text, found) is Kind.PASSWORD and text[found.start() - 1 : found.start()] != "$":
            value = value_at(text, after_space(text, found.end(), stop), stop)
            verb = found["name"].lower() == "pass" and value is not None and value.quoted
            if value and not verb and is_mixed(value.text):
                yield value.start, value.end, Kind.PASSWORD.value


def _kind_at(text: str, found: re.Match[str]) -> Kind | None:
    """What a name in a text promises, seen with the word before it: a licence key is no secret, an API key is one."""
    name = found["name"]
    if name.lower() in ("key", "keys", "code", "codes", "phrase"):
        before = re.search(r"([A-Za-z-]+)[ \t]+$", text[max(0, found.start() - 40) : found.start()])
        name = f"{before[1]} {name}" if before else name
    return kind(name)
