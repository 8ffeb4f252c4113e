"""Texts nobody should have to write: what ends the place it stands in, what would begin another, in several writings.

Each holds a word that no other has, so that it can be told where it went.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from itertools import cycle
from typing import Any, Final, TypeAlias
from urllib.parse import quote

Say: TypeAlias = Callable[[], str]

ENDS: Final = (
    *("", '"', "'", '">', "'/>", "-->", "]]>", "`", "|", "](", ")", "\\", "</title>", "</script>", "</textarea>"),
    *("</td>", "</svg>", "}}", "%}", "::", "=", "@", "+", "-", "# ", "> ", "1. ", "!!! ", "~~~", "!", "?"),
)
"""What would end a text, an attribute, a cell, a comment, a link, a script, or begin a block or a formula."""
BEGINS: Final = (
    "<script>alert('WORD')</script>",
    "<img src=x onerror=alert('WORD')>",
    "<svg onload=alert('WORD')><a href=x>",
    "<b title=WORD onmouseover=alert(1)>",
    "<style>*{display:none}</style>WORD",
    "<iframe srcdoc='<p>WORD'>",
    "[WORD](javascript:alert(1))",
    "![WORD](data:text/html,x)",
    "**WORD** _x_ ~~y~~ ==z== ^^u^^",
    "{{ WORD.__class__ }}",
    "{% include 'WORD' %}",
    "{: onclick=alert(1) .WORD #x }",
    "[^WORD] [x]: http://x.example",
    "*[WORD]: words :smile: [TOC]",
    '--8<-- "WORD"',
    "<!-- WORD -->",
    "&lt;i&gt;WORD&#60;i&#62;&amp;amp;",
    "http://WORD.example/a_b_c www.x.example x@x.example",
)
"""What would begin an element, an attribute, a link, a picture, emphasis, or be read by another program."""
WRITINGS: Final[tuple[Callable[[str], str], ...]] = (
    str,
    str.swapcase,
    lambda text: text.replace("<", "&lt;").replace(">", "&gt;"),
    lambda text: text.replace("<", "&#x3c;"),
    lambda text: quote(text, safe=" "),
    lambda text: text.replace("<", "\\u003c"),
    lambda text: text.replace("<", "\uff1c").replace(">", "\uff1e"),
)
OTHERS: Final = (
    *("constructor WORD", "__proto__ WORD", "null WORD", "C:\\WORD\\x", "../../WORD", "$(WORD) `x` %WORD%"),
    *("O'WORD & S\u00f6hne", "\u05e9\u05dc\u05d5\u05dd WORD", "\u0645\u0631\u062d\u0628\u0627 WORD"),
    *(
        "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 WORD",
        "\U0001f468\u200d\U0001f4bb WORD",
        "Z\u0351\u036b\u0343a\u0327l WORD",
    ),
    *("WORD \u200f\u200e.", "WORD " + "W" * 200),
)
"""What programs stumble over, and what people are really called."""


COPY: Final = {"id": "nas", "medium": "nas"}
ITEM: Final = {"name": "HOST-1", "kind": "server"}
REFUSED: Final = {"level": "none", "declined": {"on": "2026-05-06"}}


def word(number: int) -> str:
    """The word of the text of that number."""
    return f"quill{number}q"


def texts() -> list[str]:
    """All of them: each end before five beginnings, in one writing after the other, so that most pairs come up."""
    shapes = [end + BEGINS[(5 * at + step) % len(BEGINS)] for at, end in enumerate(ENDS) for step in range(5)]
    written = [write(shape) for shape, write in zip(shapes, cycle(WRITINGS), strict=False)]
    return [_named(text, number) for number, text in enumerate([*written, *OTHERS])]


def words() -> list[str]:
    """Their words alone: the same number of texts, and nothing to be afraid of."""
    return [word(number) for number in range(len(texts()))]


def record(name: str, said: list[str]) -> str:
    """A record in which each text stands somewhere where plain text may; YAML, as JSON writes it."""
    say: Say = cycle(said).__next__
    return json.dumps(_client(name, say), ensure_ascii=False, indent=1)


def prose(name: str, said: list[str]) -> str:
    """A record in which each text stands where Markdown may, and nowhere else."""
    say: Say = cycle(said).__next__
    steps = [{"do": say(), "expect": say(), "if_not": say()} for _ in range(len(said) // 3 + 1)]
    setup: dict[str, Any] = {
        "id": "main",
        "product": "harbour-box",
        "managed_by": "client",
        "items": [ITEM],
        "steps": steps,
    }
    setup |= {"procedures": {"restore-file": {"before": say(), "after": say()}}, "warning": say(), "notes": say()}
    whole = {
        "client": name,
        "copies": [COPY],
        "setups": [setup],
        "warning": say(),
        "notes": say(),
        "monitoring": REFUSED,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def waiver(client: str, reason: str, approver: str) -> str:
    """A line of policy.yml: what `small` lacks is accepted, for that reason."""
    said = {"rule": "no-one-to-call", "client": client, "reason": reason, "approver": approver, "until": "2026-12-18"}
    return f"  - {json.dumps(said, ensure_ascii=False)}\n"


def export(said: list[str]) -> str:
    """What a product reports of the items of `record`: each text as a name, and others in the columns beside it."""
    items = _client("Firm", cycle(said).__next__)["setups"][0]["items"]
    rows = zip((item["name"] for item in items), reversed(said), said[40:], strict=False)
    written = io.StringIO(newline="")
    lines = csv.writer(written, lineterminator="\n")
    lines.writerow(["Name", "Status", "Repository", "Last"])
    lines.writerows([*row, "2026-11-22T01:00:00Z"] for row in rows)
    return written.getvalue()


def small(name: str) -> str:
    """The least record of a client of that name."""
    setup = {
        "id": "main",
        "product": "other",
        "product_name": "Tape",
        "managed_by": "client",
        "items": [ITEM],
    }
    whole = {"client": name, "copies": [COPY], "setups": [setup], "monitoring": REFUSED}
    return json.dumps(whole, ensure_ascii=False)


def _named(text: str, number: int) -> str:
    return text.replace("WORD", word(number)).replace("word", word(number).upper())


def _client(name: str, say: Say) -> Mapping[str, Any]:
    agreement: dict[str, Any] = {"id": say(), "type": "full", "covers": ["backup", "monitoring", "repair", "restore"]}
    agreement |= {"starts": "2026-01-01", "last_day": "2027-02-28", "billing": {"every": "month"}, "signed_by": say()}
    return {
        "client": name,
        "aliases": [f"{name} {say()}", f"{name} {say()}"],
        "owner": say(),
        "reviewed": {"on": "2026-10-04", "by": say()},
        "external_ids": {"psa": say(), "rmm": say()},
        "business_hours": "weekdays 08:00-18:00",
        "regulatory": [say(), say()],
        "sites": [{"id": "here", "name": say(), "address": say()}],
        "contacts": [_contact(say) for _ in range(12)],
        "agreements": [agreement],
        "copies": [
            {"id": f"c{at}", "name": say(), "site": "here", "medium": "nas", "region": say()} for at in range(8)
        ],
        "setups": [_setup(say)],
        "monitoring": {"level": "full", "alerts_to": ["alerts@provider.example"], "checked_by": say()},
        "changes": [{"on": "2026-11-01", "by": say(), "what": say(), "ticket": say()} for _ in range(8)],
    }


def _contact(say: Say) -> Mapping[str, Any]:
    return {"name": say(), "roles": ["decision_maker"], "available": say(), "phone": say()}


def _setup(say: Say) -> Mapping[str, Any]:
    items = [{"id": f"i{at}", "name": say(), "kind": "server", "site": "here", "user": say()} for at in range(24)]
    jobs = [
        {"name": say(), "items": [f"i{at}"], "keeps": {"daily": 30, "legal_basis": say()}, "to": f"c{at % 8}"}
        for at in range(24)
    ]
    return {
        "id": "main",
        "product": "harbour-box",
        "implemented_by": say(),
        "assessed": {"on": "2026-02-01", "by": say()},
        "server": say(),
        "credentials": [{"purpose": say(), "item_ref": "vault://x/y"}],
        "backup_server": {"config_backup_to": say()},
        "items": items,
        "unprotected": [{"item": say(), "reason": say(), "agreed_by": say()} for _ in range(8)],
        "jobs": jobs,
        "notifies": [say() for _ in range(6)],
        "restore_tests": [
            {"on": "2026-10-01", "kind": "file", "items": ["i0"], "result": "pass", "by": say()} for _ in range(3)
        ],
        "steps": [{"do": "Install it."}],
    }
