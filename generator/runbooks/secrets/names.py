"""Names that smell of a secret: `smb_pass`, `adminPassword`, `api-key`; and those that only say where one is kept."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import Final


class Kind(Enum):
    """What a name promises; the value is the word for it in a message."""

    PASSWORD = "password"  # noqa: S105 - a word, not a password
    PIN = "PIN"
    TOKEN = "token"  # noqa: S105 - the same
    KEY = "key"
    COMMUNITY = "SNMP community"


def listed(text: str) -> frozenset[str]:
    """The words of a long list."""
    return frozenset(text.split())


_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_PASSWORD = re.compile(r"pass(?:word|phrase|code|wd|wrd)s?|pswd?|p?pwd|pword|pws?")
_JOINED_PASSWORD = re.compile(r"pass(?:word|phrase|code|wd)s?|pwd")
_TOKEN = re.compile(r"[a-z]*(?:secret|token)s?|[a-z]*psk")
_KEY = re.compile(r"keys?|(?:api|access|account|auth|aes|app|application|encryption|master|private|psk|recovery|secret"
                  r"|session|shared|signing|ssh|storage|wep|wifi|wpa|pre)keys?")  # fmt: skip
_WHOLE_PASS: Final = frozenset(("bypass", "compass", "encompass", "overpass", "surpass", "trespass", "underpass"))

ABOUT: Final = listed(
    """
    address age alias at attempts by category changed check checked checksum class client complexity contact count
    created date days default description digest expired expires expiry field file filename fingerprint folder for form
    format hash hashed held help hint history holder id ids in index item kept kind label last length level lifetime
    limit link list location manager max maximum md5 method min minimum name names needed on owner owners page path
    place policy prompt protected provider purpose ref reference references refs required reset reviewed rotated
    rotation rules safe scheme scope secured service sha1 sha256 sha512 since size source state status store stored
    strength tested time title ttl type until updated url usage user vault vaulted version where
    """
)
"""Last words of a name that speak about a secret and do not hold it."""

LOCKS: Final = listed("access alarm disarm door entry gate keypad lock lockbox pin safe")
"""Words before `code` that make it one that opens something."""

_KNOWN: Final = listed(
    """
    answer cache candidate column compound dedup dictionary foreign function group host hot json known licence license
    lookup major map object partition primary product public registry row serial shortcut sort ssh_host table thumb
    translation volume unique
    """
)
"""Words before `key` that make it one that may be seen."""


@lru_cache(maxsize=4096)
def kind(name: str) -> Kind | None:
    """What a key, an option or a label promises to hold; None when no secret."""
    words = [word.lower() for word in _WORDS.findall(name)]
    while len(words) > 1 and words[-1].isdigit():
        words.pop()
    if not words or words[-1] in ABOUT:
        return None
    if any(_PASSWORD.fullmatch(word) or _JOINED_PASSWORD.search(word) for word in words) or _pass(words[-1]):
        return Kind.PASSWORD
    if words[-1] in ("pin", "pins", "pincode") or (words[-1] in ("code", "codes") and LOCKS & {*words[-2:-1]}):
        return Kind.PIN
    if words[-1] == "community" or words[-2:] == ["community", "string"]:
        return Kind.COMMUNITY
    if any(_TOKEN.fullmatch(word) for word in words) or words[-2:] in (["recovery", "codes"], ["recovery", "code"]):
        return Kind.TOKEN
    if words[-2:] == ["pass", "phrase"]:
        return Kind.PASSWORD
    if _KEY.fullmatch(words[-1]) and not _KNOWN & set(words[:-1]):
        return Kind.KEY
    return None


def _pass(word: str) -> bool:
    return (word.endswith("pass") and word not in _WHOLE_PASS) or (word.endswith("pw") and len(word) > 3)
