"""Secrets known by their shape: what the providers of tokens and keys publish about theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple


class Shape(NamedTuple):
    """One kind of secret: its name, the letters that one of them always has, and the form of the whole.

    The form is made into a pattern when its letters are met for the first time: of most kinds they never are.
    """

    name: str
    marks: tuple[str, ...]
    form: str
    least: int = 20
    """Characters that the word around it has at least."""


def _shape(name: str, marks: str, form: str, least: int = 20) -> Shape:
    return Shape(name, tuple(marks.split(" ")), rf"(?<![A-Za-z0-9_]){form}", least)


SHAPES: Final = (
    _shape("AWS access key id", "AKIA ASIA", r"A(?:KI|SI)A[A-Z2-7]{16}(?![A-Za-z0-9])"),
    _shape("Azure storage key", "AccountKey= SharedAccessKey=", r"(?:Account|SharedAccess)Key=[A-Za-z0-9+/]{40,100}=*"),
    _shape("Azure shared access signature", "sig=", r"sig=[A-Za-z0-9%+/]{40,120}(?:=|%3[Dd])*"),
    _shape("Azure client secret", "Q~", r"[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])"),
    _shape("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{36,255}"),
    _shape("GitHub token", "github_pat_", r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
    _shape("GitLab token", "glpat- gldt- glrt- glptt-", r"gl(?:pat|dt|rt|ptt)-[A-Za-z0-9_-]{20,}"),
    _shape("Slack token", "xox", r"xox[abeoprs]-[A-Za-z0-9-]{10,250}"),
    _shape(
        "Slack webhook", "hooks.slack.com", r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{20,}"
    ),
    _shape("Teams webhook", "webhook.office.com", r"webhook\.office\.com/webhookb2/[A-Za-z0-9@/-]{60,}"),
    _shape("Discord webhook", "/api/webhooks/", r"discord(?:app)?\.com/api/webhooks/[0-9]{15,20}/[\w-]{60,}"),
    _shape("Discord token", ".", r"[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}(?![\w.-])", 58),
    _shape("Stripe key", "sk_ rk_", r"[rs]k_(?:live|test)_[A-Za-z0-9]{16,250}"),
    _shape("Stripe webhook secret", "whsec_", r"whsec_[A-Za-z0-9+/=]{24,}"),
    _shape("Google API key", "AIza", r"AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    _shape("Google client secret", "GOCSPX-", r"GOCSPX-[A-Za-z0-9_-]{28}"),
    _shape("JSON web token", "eyJ", r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    _shape("npm token", "npm_", r"npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])"),
    _shape("PyPI token", "pypi-", r"pypi-AgE[A-Za-z0-9_-]{50,}"),
    _shape("SendGrid key", "SG.", r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"),
    _shape("Twilio key", "SK", r"SK[0-9a-f]{32}(?![0-9A-Za-z])"),
    _shape("Mailgun key", "key-", r"key-[0-9a-f]{32}(?![0-9A-Za-z])"),
    _shape("Mailchimp key", "-us", r"[0-9a-f]{32}-us[0-9]{1,2}(?![0-9A-Za-z])"),
    _shape("DigitalOcean token", "_v1_", r"do[opr]_v1_[0-9a-f]{64}"),
    _shape("Shopify token", "shp", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    _shape("Telegram token", ":AA", r"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])"),
    _shape("Anthropic key", "sk-ant-", r"sk-ant-[a-z0-9]{3,12}-[A-Za-z0-9_-]{20,}"),
    _shape("OpenAI key", "sk-", r"sk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,}|[A-Za-z0-9]{48}(?![A-Za-z0-9]))"),
    _shape("Hugging Face token", "hf_", r"hf_[A-Za-z]{34}(?![A-Za-z0-9])"),
    _shape("Vault token", "hvs. hvb. hvr.", r"hv[sbr]\.[A-Za-z0-9_-]{24,}"),
    _shape("Terraform token", ".atlasv1.", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}"),
    _shape("Atlassian token", "ATATT3 ATCTT3", r"AT[AC]TT3[A-Za-z0-9_=-]{60,}"),
    _shape("Docker token", "dckr_pat_", r"dckr_pat_[A-Za-z0-9_-]{27,}"),
    _shape("Grafana token", "glsa_", r"glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}"),
    _shape("Heroku token", "HRKU-", r"HRKU-[A-Za-z0-9_-]{36,70}"),
    _shape("Tailscale key", "tskey-", r"tskey-[a-z]+-[A-Za-z0-9-]{20,}"),
    _shape("1Password token", "ops_eyJ", r"ops_eyJ[A-Za-z0-9+/=_-]{60,}"),
    _shape("Backblaze key", "K00", r"K00[0-9][A-Za-z0-9+/]{27}(?![A-Za-z0-9+/])"),
    _shape("age secret key", "AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
    _shape("BitLocker recovery key", "-", r"[0-9]{6}(?:-[0-9]{6}){7}(?![0-9-])", 55),
)

_MARKED: Final = [(mark, shape) for shape in SHAPES for mark in shape.marks]
SHORTEST: Final = min(shape.least for shape in SHAPES)
_RARE: Final = 50
"""Characters of the words around secrets whose marks stand in every text."""
_OFTEN: Final = [(mark, shape) for mark, shape in _MARKED if shape.least < _RARE]

_PEM = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:(?:(?!-----BEGIN )[\s\S]){0,20000}?-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
    r"|(?:\s*[A-Za-z0-9+/=:.,-]{16,}(?=\s|$))*)"
)
_PUTTY = re.compile(r"PuTTY-User-Key-File-[23]:[\s\S]{0,200}?Private-Lines: ?\d+(?:\s+[A-Za-z0-9+/=]{16,})+")
_AWS_SECRET = re.compile(
    r"(?<![A-Za-z0-9/+=])(?=[A-Z/+0-9]*[a-z])(?=[a-z/+0-9]*[A-Z])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"
)


def shaped_like(text: str) -> Iterator[tuple[int, int, str]]:
    """Beginning, end and name of everything in a text that has the shape of a secret."""
    words = [word for word in text.split() if len(word) >= SHORTEST]
    long, longest = "\n".join(words), max([len(word) for word in words], default=0)
    marked = _MARKED if longest >= _RARE else _OFTEN
    for shape in dict.fromkeys([shape for mark, shape in marked if mark in long]):
        if re.search(shape.form, long):
            yield from ((found.start(), found.end(), shape.name) for found in re.finditer(shape.form, text))
    if "AKIA" in long or "ASIA" in long:
        yield from ((found.start(), found.end(), "AWS secret key") for found in _aws_secrets(text))
    if "-----BEGIN" in text:
        yield from ((found.start(), found.end(), "private key") for found in _PEM.finditer(text))
    if "PuTTY-User-Key" in text:
        yield from ((found.start(), found.end(), "private key") for found in _PUTTY.finditer(text))


def _aws_secrets(text: str) -> Iterator[re.Match[str]]:
    """Words of 40 characters within two lines of a key id: they have no mark of their own."""
    ids = [found.start() for found in re.finditer(r"A(?:KI|SI)A[A-Z2-7]{16}", text)]
    for found in _AWS_SECRET.finditer(text):
        near = (text[min(one, found.start()) : max(one, found.start())].count("\n") for one in ids)
        if re.search("[0-9]", found[0]) and any(lines < 3 for lines in near):
            yield found
