"""What stands where a secret is expected: the secret itself, or words about it, a reference, a gap to be filled in."""

from __future__ import annotations

import re
from typing import Final

from runbooks.secrets.names import Kind, listed

GAP: Final = re.compile(
    r"<[^<>\n]{0,80}>|&lt;|\{\{|\{%|\{[\w .-]{0,40}\}|\$\{|\$\(|\$env:|\$[A-Za-z_]+(?![\w!@#$%^&*-])|%\w+%"
    r"|\[[^\]\n]{0,80}\]|\(|[*•·●]{3,}|[xX]{3,}(?!\w)|\.{3}|…|_{3,}|-{3,}|\?{2,}|!|\||>[-+]?\s*$",
    re.MULTILINE,
)
"""What is filled in later, or was blanked already."""

_REFERENCE = re.compile(r"[a-z][a-z0-9+.-]*://|mailto:", re.IGNORECASE)

WORDS: Final = listed(
    """
    a about above accepted account administrator again agreed all alone already also always an and another any anybody
    application applied are as ask asked asks assigned at authenticator auto automatic automatically be been before
    behind below bitwarden blank both bring but by call can case cell change changed changes characters checked choose
    client clients come comes computer confidential console contact copy correct cyberark dashlane default delete
    deleted delinea denied device different differs digits disabled document documented domain drawer each either
    elsewhere email empty encrypted enter entered entry envelope error escrowed every everybody expire expired expires
    external false fetch field fill find first fix for forgotten form from full generate generated get given good group
    had handed has have he held here hers hidden his hold holder hudu if ignore in incorrect individual info
    inherited input
    inside install internal invalid is issued it item itglue its itself just keep keepass keepassxc keeper kept key
    keychain keyring known knows laps last lastpass later ldap leave length letters line link listed lives local locked
    log login long look lost lower made managed manager manual manually masked match matches maximum may mfa minimum
    missing mixed monthly must name needed needs never new next no nobody none not note nothing now nowhere null
    numeric obsolete obtain of off office old on once one onepassword only open optional or original other otp our out
    outside own owner page paper part passed passphrase passphrases passportal password passwords paste pending per
    personal phone pin plain please policy printed printout private prompt prompted protected provided provider public
    quarterly random read reader ready recorded redacted refer reference refused registered rejected removed request
    required reset resets restart retrieve returned revoked ring rotate rotated rotating rotation run safe same saved
    scheduled sealed secret secured see sent server service set shared she should shown sms so some someone soon
    special spelled split sso standard stdin still stop store stored strong strongbox supplied support switch symbols
    synced system tba tbd technician tell temporary text that the their them then there these they this those through
    ticket to todo token tokens too totp true try type typed unchanged under unique unknown unless unlimited unset
    until up upon upper us use used user username users usual valid value varies vault vaulted vendor via wait wallet
    warning was we weak weekly when where which whoever will with withheld without words work write written wrong
    yearly yes
    yet your yours yubikey zero
    """
)
"""Words with which people speak about a secret, or where they keep it; none of them begins one."""

DEFAULTS: Final = frozenset(("public", "private"))
"""The communities that every device comes with: bad ones, but no secrets."""

_CODES = re.compile(
    r"(?:n/?a|l[123]|(?:aes|sha|rsa|md|ecdsa|tls|wpa|ed)-?\d+[\w/-]*|ssh-\w+|ecdsa-\S+|sha256:\S*|md5:\S*|[12]fa|fido2?"
    r"|1password\S*|(?:office|microsoft|m|o)-?365|windows-?\d*\w*|entra-?id|mfa/\w+|yes/no|u2f|pbkdf2|base64|utf-?8"
    r"|it-glue|bit-warden|read-host\b.*|get-\w+|convert\w+-\w+|os\.\S+)[.,;:]*",
    re.IGNORECASE,
)
_SHAPES = re.compile(
    r"\d{4}-\d\d(?:-\d\d)?\S*"  # a day
    r"|\d{1,2}:\d\d\S*|\+?\d+(?:[.,/-]\d+)+|v\d+(?:\.\d+)*|\d+[+-]?(?:[-.]?[a-z]{1,10}|%)|\+\d+"  # time, version, count
    r"|#\d+|[A-Z]{1,6}[- ]?\d{4,}"  # a ticket
    r"|(?:[A-Z][A-Z0-9]+)(?:-[A-Z0-9]+)+(?:'s)?"  # a host in capitals
    r"|(?:[A-Za-z]:[\\/]|[\\/~.]+)[\w.$-]+(?:[\\/][\w.$ -]*)*|[a-z0-9_.-]+(?:[\\/][a-z0-9_.-]+)+"  # a path
    r"|[A-Z0-9]{1,6}(?:/[A-Z0-9]{1,6})+"  # one or the other: L1/L2
    r"|[\w-]+(?:\.[A-Za-z_][\w-]*)+(?:\(.*)?"  # a host, a file, a call
    r"|[A-Za-z_]\w*\(.*|\S*\(\)?|\S*::\S*"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.(?:example|com|net|org|au|nz|uk|local|test)(?:'s)?"
)
_PATH = re.compile(r"~?/\w|[A-Za-z]:[\\/]|\\\\")
_SYMBOL = re.compile(r"[!@#$%^&*+=~?|]")
PROSE: Final = listed(
    """
    and at by for from has have in is it its not of on only or our that the their to we with
    """
)
_TAIL = ".,;:)]}>\"'`*_|”’»\\"


def stripped(token: str) -> str:
    """A word without the signs that end a sentence, a quotation or a bracket after it."""
    return token.rstrip(_TAIL)


def is_gap(text: str) -> bool:
    """Whether a text begins with a gap to be filled in, a reference or a flow mapping."""
    return not text or text[0] == "{" or GAP.match(text) is not None or _REFERENCE.match(text) is not None


def is_shape(word: str) -> bool:
    """Whether a word is a day, a number, a host, a path, an address or a call."""
    return _SHAPES.fullmatch(word) is not None and not word.isdigit()


def is_said(word: str) -> bool:
    """Whether a word speaks about a secret and is none."""
    plain = word.lower().strip("*_`\"'()[]<>.,;:!?“”‘’")
    return plain.removesuffix("'s") in WORDS or _CODES.fullmatch(plain) is not None


def is_strong(word: str, kind: Kind = Kind.PASSWORD) -> bool:
    """Whether one word cannot be an ordinary one: it mixes letters, digits and signs as only passwords do."""
    least = {Kind.KEY: 12, Kind.TOKEN: 8}.get(kind, 4)
    if len(word) < least or is_said(word) or _SHAPES.fullmatch(word):
        return kind in (Kind.PIN, Kind.PASSWORD) and word.isdigit() and len(word) > 3
    letters, digits = re.search("[A-Za-z]", word), re.search("[0-9]", word)
    if kind is Kind.PIN:
        return word.rstrip("#*").isdigit()
    if kind is Kind.COMMUNITY:
        return word.lower() not in DEFAULTS and (letters is None or digits is not None or bool(_SYMBOL.search(word)))
    if letters and digits:
        return True
    if kind is Kind.PASSWORD and word.isdigit():
        return True
    if letters and _SYMBOL.search(word):
        return not _SYMBOL.search(word[0]) or bool(_SYMBOL.search(word[1:]))
    return len(word) >= 8 and (word.count("-") > 2 or re.search("[a-z][A-Z].*[a-z][A-Z]", word) is not None)


def is_mixed(word: str) -> bool:
    """Whether a word is a password even where nothing before it says so but a name: letters of both cases, digits."""
    classes = sum(bool(re.search(one, word)) for one in ("[a-z]", "[A-Z]", "[0-9]", r"[!@#$%^&*+=?]"))
    return len(word) >= 6 and classes > 2 and is_strong(word)


def is_literal(value: object, kind: Kind) -> bool:
    """Whether the value of a key that smells is the secret itself."""
    if isinstance(value, bool) or value is None:
        return False
    text = str(value).strip()
    if not isinstance(value, str):
        return kind in (Kind.PASSWORD, Kind.PIN) or len(text) > 5
    if is_gap(text) or " > " in text or _is_masked(text):
        return False
    words = text.split()
    if is_said(words[0]) or _CODES.fullmatch(text):
        return False
    if _PATH.match(text) or (kind is not Kind.PASSWORD and is_shape(text)):
        return kind is Kind.PIN and text.isdigit()
    plain = all(word.strip(".,;:'").isalpha() for word in words)
    if kind is Kind.COMMUNITY:
        return len(words) == 1 and text.lower() not in DEFAULTS
    if kind is Kind.KEY:
        return not plain or (len(words) == 1 and len(text) >= 16)
    if plain and len(words) > 1:
        said = sum(word.lower().strip(".,;:'") in PROSE for word in words)
        return kind is Kind.PASSWORD and not said and "vault" not in text.lower()
    return kind is not Kind.PIN or any(character.isdigit() for character in text)


def _is_masked(text: str) -> bool:
    return len(set(text)) == 1 and text[0] in "*xX.-?•·●_#"
