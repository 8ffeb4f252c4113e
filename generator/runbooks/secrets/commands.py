"""Secrets given to a command, put into an address, or between the tags of XML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from runbooks.secrets.names import Kind, kind
from runbooks.secrets.spots import STEM, Found, Value, each, ends, is_word, value_at
from runbooks.secrets.values import DEFAULTS, GAP, is_gap, is_literal, is_mixed, is_said, is_strong

_OPTION = re.compile(
    rf"(?<![\w/-])(?:--?|/)(?P<name>(?:[A-Za-z]{{1,20}}-){{0,4}}{STEM})(?P<sign>[ \t]+|[=:])(?=\S)", re.IGNORECASE
)
_USER = re.compile(
    r"(?<!runas )(?<!runas /netonly )(?<!runas /savecred )"
    r"/u(?:ser)?:[ \t]*[^\s/]+[ \t]+(?:/p(?:ass(?:word)?)?[: ][ \t]*|/rp[ \t:]+)?(?![/\-])",
    re.IGNORECASE,
)
_NET_USE = re.compile(
    r"\bnet1?\s+(?:use\s+(?:\S:\s+)?[\\/]{2,}\S+\s+(?=\S+\s+/u)|user\s+\S+\s+)(?![/*])", re.IGNORECASE
)
_SHORT = re.compile(r"(?<![\w/-])(?:-[pP](?![a-z]+\b)[ \t]*|-pw[ \t]+|/rp[ \t]+|/p:)(?=\S)")
_LOGIN = re.compile(r"(?<![\w/-])(?:-[uU]|--user|--proxy-user)[ =]?[\"']?[\w.\\@-]{1,60}[:%](?=\S)")
_SHORT_ELSEWHERE = re.compile(
    r"\b(?:cp|docker(?! login)|git|install|iperf3?|make|mkdir|mv|nc|nmap|patch|podman|rsync|scp|ssh|tar|telnet|touch)\b"
)
_PAIR = re.compile(
    r"\b(?:credentials?|creds|log[- ]?[io]ns?|user(?:name)?/pass\w*)\b[^\n:=]{0,30}?[:=][ \t]*[`\"'*]*"
    r"[\w.@\\-]{2,40}[`\"'*]*[ \t]*(?:/|:|,|\||and|with)[ \t]*(?=\S)",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"(?<![\w./@:-])(?:root|admin(?:istrator)?|sa|ubuntu|pi|(?:svc|sa|adm)[-_.]\w{1,30})(?::|/)(?=[^\s/:])",
    re.IGNORECASE,
)
_COMMUNITY = re.compile(
    r"\bsnmp-server[ \t]+community[ \t]+(?=\S)"
    r"|\bsnmp(?:walk|get|getnext|bulkwalk|set|table)\b[^\n|;]{0,80}?[ \t]-c[ \t]*(?=\S)",
    re.IGNORECASE,
)
_CALL = re.compile(
    r"ConvertTo-SecureString(?:\s+-String)?\s+(?=[\"'])|PSCredential\s*\(?\s*[\"'][^\"'\n]+[\"']\s*,\s*(?=[\"'])",
    re.IGNORECASE,
)
_ELEMENT = re.compile(r"<(?P<name>[\w:.-]{2,40})>(?P<value>[^<>\n]{1,200})</(?P=name)>")
_BEARER = re.compile(
    r"\b(?:Authorization[\"']?\s*[:=]\s*[\"']?(?:Basic|Bearer|Token)|Bearer)[ \t]+(?P<value>[\w.~+/=-]{12,})",
    re.IGNORECASE,
)
_USERINFO = re.compile(
    r"[a-z][a-z0-9+.-]{1,20}://[^\s/@:\"'<>]*:(?!\d{1,5}/)(?P<value>[^\s/\"'<>]{1,100}?)"
    r"@(?=[\w.\[-]+(?::\d+)?(?:[/?#,;)}\]>\"'`*.\\]|\s|$))",
    re.IGNORECASE,
)
_EXAMPLES: Final = frozenset(("password", "passwd", "pass", "passphrase", "pw", "pwd", "secret", "token", "x"))
_NOT_HERE = re.compile(r"[-/]|(?:pass|env|file|fd|stdin):")
"""How the value of an option begins that is another option, or says where the password is."""
_MASKED = re.compile(r"[*•·xX.]+")


def given(text: str, start: int, stop: int) -> Iterator[Found]:
    """Every secret in a part of a text that its place alone makes one."""
    for find in (_options, _commands, _elements, _addresses):
        yield from find(text, start, stop)


def _options(text: str, start: int, stop: int) -> Iterator[Found]:
    """Options of commands whose name says what they take."""
    for found in each(_OPTION, text, start, stop):
        kind_ = kind(found["name"])
        value = value_at(text, found.end(), stop) if kind_ else None
        if kind_ is None or value is None or _NOT_HERE.match(value.text) or value.text.lower() in _EXAMPLES:
            continue
        alone = value.text.isalnum() and len(value.text) > 3 and ends(text, value)
        if is_strong(value.text, kind_) or (alone and kind_ is Kind.PASSWORD and not is_said(value.text)):
            yield value.start, value.end, kind_.value


def _commands(text: str, start: int, stop: int) -> Iterator[Found]:
    """Commands in which the place alone says what is the password."""
    for found in (*_USER.finditer(text, start, stop), *_NET_USE.finditer(text, start, stop)):
        value = value_at(text, found.end(), stop)
        if value and not is_said(value.text) and value.text.lower() not in _EXAMPLES and _word_or_end(text, value):
            yield value.start, value.end, Kind.PASSWORD.value
    for found in _SHORT.finditer(text, start, stop):
        line = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
        value = None if _SHORT_ELSEWHERE.search(line) else value_at(text, found.end(), stop)
        if value and not set(" /") & set(value.text) and not value.text.isdigit() and is_strong(value.text):
            yield value.start, value.end, Kind.PASSWORD.value
    for found in _COMMUNITY.finditer(text, start, stop):
        value = value_at(text, found.end(), stop)
        if value and value.text.lower() not in DEFAULTS:
            yield value.start, value.end, Kind.COMMUNITY.value
    for pattern, sure in ((_LOGIN, is_strong), (_PAIR, _is_mixed_or_signed), (_CALL, is_word), (_ACCOUNT, is_mixed)):
        for found in pattern.finditer(text, start, stop):
            value = value_at(text, found.end(), stop)
            if value and value.text[0] != "/" and sure(value.text):
                yield value.start, value.end, Kind.PASSWORD.value


def _is_mixed_or_signed(word: str) -> bool:
    """Whether a word behind a user's name is a password."""
    return is_mixed(word) or (is_strong(word) and re.search("[!@#$%^&*+=?]", word) is not None)


def _word_or_end(text: str, value: Value) -> bool:
    return is_strong(value.text) or ends(text, value)


def _elements(text: str, start: int, stop: int) -> Iterator[Found]:
    """Elements of XML: `<password>…</password>`."""
    for found in _ELEMENT.finditer(text, start, stop):
        kind_ = kind(found["name"])
        if kind_ and is_literal(found["value"], kind_) and " " not in found["value"].strip():
            yield found.start("value"), found.end("value"), kind_.value


def _addresses(text: str, start: int, stop: int) -> Iterator[Found]:
    for found in _USERINFO.finditer(text, start, stop):
        value = found["value"]
        if not (GAP.match(value) or value[0] in "{$%" or value.lower() in _EXAMPLES or _MASKED.fullmatch(value)):
            yield found.start("value"), found.end("value"), "password in an address"
    for found in _BEARER.finditer(text, start, stop):
        if re.search("[0-9]", found["value"]) and not is_gap(found["value"]):
            yield found.start("value"), found.end("value"), "token"
