"""A text of a table as a value of a record, or the reason why it is none. Nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, TypeAlias, get_args

from runbooks import secrets
from runbooks.inventory.dates import Flaw, days
from runbooks.inventory.words import machine
from runbooks.mapping import KINDS
from runbooks.records.client import Client, Role
from runbooks.records.setup import System
from runbooks.secrets.names import kind as secret_kind
from runbooks.slugs import SLUG, slug_of
from runbooks.source import Json
from runbooks.values import FORBIDDEN, LINE_LIMIT, PROSE_LIMIT

Found: TypeAlias = tuple[Json, str]
"""A value, and why there is none; one of the two."""

STATUSES: Final[Mapping[str, str]] = {
    "active": "active", "client": "active", "customer": "active", "prospect": "prospect", "lead": "prospect",
    "onboarding": "onboarding", "offboarding": "offboarding", "former": "former", "inactive": "former",
    "former client": "former",
}  # fmt: skip
KIND_WORDS: Final[Mapping[str, str]] = {
    "server": "server", "managed server": "server", "physical server": "server", "workstation": "workstation",
    "managed workstation": "workstation", "desktop": "workstation", "laptop": "workstation", "computer": "workstation",
    "pc": "workstation", "virtual machine": "vm", "virtual server": "vm", "vm": "vm", "nas": "nas_share",
    "nas share": "nas_share", "database": "database", "microsoft 365": "saas_tenant",
}  # fmt: skip
EVERY: Final[Mapping[str, str]] = {
    "month": "month", "monthly": "month", "quarter": "quarter", "quarterly": "quarter", "year": "year",
    "yearly": "year", "annual": "year", "annually": "year", "once": "once", "one-time": "once",
}  # fmt: skip
_PHONE: Final = re.compile(r"\+?[\d\s()./-]{5,}(?:\s*(?:x|ext\.?|extension)\s*\d+)?", re.IGNORECASE)
_EMAIL: Final = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_LIST: Final = re.compile(r"[,;\n|]")


def hidden(header: str, text: str) -> str:
    """What secret a cell holds, by the name of its column or by itself; nothing where it holds none."""
    named = secret_kind(header)
    if named is not None and text:
        return named.value
    found = secrets.secrets_in(text) or secrets.secrets_in(f"{header}: {text}")
    return found[0].name if found else ""


def value(field: str, text: str, *, dates: str, counted: bool) -> Found:
    """What a field of a record says by a text that stands for it."""
    last = field.rpartition(".")[2]
    if bad := FORBIDDEN.search(text):
        return None, f"it holds the control character U+{ord(bad[0]):04X}"
    if last in ("starts", "last_day", "signed_on"):
        return _day(text, dates)
    if last == "phone" and counted:
        return None, "the spreadsheet holds a number: zeros and signs before it are lost; write it as a text"
    one = _KINDS.get(last)
    return one(text) if one else _line(text)


def _line(text: str) -> Found:
    words = " ".join(text.split())
    if len(words) > LINE_LIMIT:
        return None, f"it is longer than the {LINE_LIMIT} characters of a line"
    return words, ""


def _prose(text: str) -> Found:
    words = "\n".join(line.rstrip() for line in text.replace("\t", " ").splitlines()).strip()
    return (words, "") if len(words) <= PROSE_LIMIT else (None, f"it is longer than {PROSE_LIMIT} characters")


def _many(text: str) -> Found:
    parts = (" ".join(one.split()) for one in _LIST.split(text))
    found: list[Json] = [*dict.fromkeys(one for one in parts if one)]
    return (found, "") if all(len(str(one)) <= LINE_LIMIT for one in found) else (None, "one of them is too long")


def _slugs(text: str) -> Found:
    slugs: list[Json] = [slug_of(one) for one in _LIST.split(text) if one.strip()]
    return (slugs, "") if all(slugs) else (None, "no group can be named so: lower case, digits and dashes")


def _slug(text: str) -> Found:
    return (text, "") if SLUG.fullmatch(text) else (None, "no short name: lower case, digits and single dashes")


def _roles(text: str) -> Found:
    words = [one.strip().lower().replace(" ", "_").replace("-", "_") for one in _LIST.split(text) if one.strip()]
    wrong = [one for one in words if one not in get_args(Role)]
    found: list[Json] = [*dict.fromkeys(words)]
    return (None, f"no role: there are {', '.join(get_args(Role))}") if wrong else (found, "")


def _phone(text: str) -> Found:
    words = " ".join(text.split())
    if not _PHONE.fullmatch(words):
        return None, "no telephone number"
    return words, ""


def _email(text: str) -> Found:
    return (text.strip(), "") if _EMAIL.fullmatch(text.strip()) and len(text) <= 254 else (None, "no e-mail address")


def _amount(text: str) -> Found:
    words = text.strip().lstrip("$€£").replace(" ", "")
    if re.fullmatch(r"\d+(?:\.\d{1,2})?", words):
        number = float(words)
        return (int(number) if number.is_integer() else number), ""
    return None, "no amount that can be read one way only: write digits, and a full stop before cents"


def _day(text: str, dates: str) -> Found:
    found = days(dates)(text)
    if isinstance(found, date):
        return found.isoformat(), ""
    if found is Flaw.ORDER:
        return None, (
            "day and month could be either way round: say which comes first, with --dates day_first or --dates "
            "month_first, or with `dates` in a map"
        )
    if found is None:
        return None, "no day"
    asked = f"no day as {dates} says it" if dates else "no day that can be read"
    return None, f"{asked}: say how days are written, as in --dates %d/%m/%Y, or with `dates` in a map"


def _choice(words: Mapping[str, str], what: str) -> Callable[[str], Found]:
    def read(text: str) -> Found:
        found = words.get(" ".join(text.casefold().split()))
        return (found, "") if found else (None, f"{what}: say under `words` of the map what it means")

    return read


def _system(text: str) -> Found:
    words = text.casefold()
    if text.strip().lower() in get_args(System):
        return text.strip().lower(), ""
    for mark, name in (("windows", "windows"), ("mac", "macos"), ("os x", "macos"), ("linux", "linux"),
                       ("ubuntu", "linux"), ("debian", "linux"), ("red hat", "linux")):  # fmt: skip
        if mark in words:
            return name, ""
    return None, "no operating system that a record knows: windows, macos, linux or other"


def kind_by_system(text: str) -> str:
    """What kind of machine runs an operating system; nothing where that does not say it."""
    return machine(text)


_KINDS: Final[Mapping[str, Callable[[str], Found]]] = {
    "notes": _prose,
    "warning": _prose,
    "aliases": _many,
    "covers": _many,
    "groups": _slugs,
    "slug": _slug,
    "roles": _roles,
    "phone": _phone,
    "email": _email,
    "approves_up_to": _amount,
    "status": _choice(STATUSES, "no status that a record knows"),
    "kind": _choice({**KIND_WORDS, **{one: one for one in KINDS}}, "no kind of thing that is backed up"),
    "billing": _choice(EVERY, "no way of invoicing that a record knows"),
    "os": _system,
}
"""What reads each field; any other is a line of text."""

ORDER: Final = tuple(field.alias or name for name, field in Client.model_fields.items())
"""The keys of a record in the site's order."""
