"""A new product: its facts and its usual procedures, with a placeholder for each thing that has to be found out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from runbooks.catalogue import ALERT, USUAL, Entry, Need, is_watching
from runbooks.source import Json
from runbooks.starting import block

MAC: Final = "add-workstation-mac"
HEAD: Final = "# yaml-language-server: $schema=../../../schemas/product.json\n"
TITLES: Final = {
    "add-workstation-windows": "Add a Windows workstation",
    "add-workstation-mac": "Add a Mac",
    "add-server": "Add a server",
    "remove-device": "Remove a device",
    "daily-check": "Do the daily check",
    "rerun-job": "Run a failed job again",
    "restore-file": "Restore a file",
    "restore-machine": "Restore a machine",
    "restore-mailbox": "Restore a mailbox",
    "site-lost": "Recover when a site is lost",
    "backup-server-lost": "Recover when the backup server is lost",
    "answer-alerts": "Answer alerts",
}
NOTES: Final[block.Notes] = {
    ("name",): "as the vendor writes it",
    ("written_for",): "the version, in quotes",
    ("protects",): "kinds of item, as in a record",
    ("recoverability",): "image | file | saas; file promises least",
    ("mac", "possible"): "true: say how, and write add-workstation-mac.md",
}
BODY: Final = """\
## Before you start
- TODO what goes wrong most, what to have ready.

## Steps
1. TODO one action: verify in the manual (TODO).

    *Expect:* TODO what is seen.

    *If not:* stop and escalate.

## Verify
1. TODO look at the result: verify in the manual.

    *Expect:* TODO what is seen.

    *If not:* do not close the ticket.
"""


@dataclass(frozen=True, slots=True)
class Model:
    """What is taken over of another product: what it can protect, which procedures it has, and who may do them."""

    entry: Entry

    def facts(self) -> dict[str, Json]:
        """The facts that say what kind of product it is."""
        product = self.entry.product
        return {
            "protects": list(product.protects),
            "systems": list(product.systems),
            "recoverability": product.recoverability,
            "without": dict.fromkeys(product.without, "TODO why, and what to use instead"),
        }

    def procedures(self) -> tuple[str, ...]:
        """Its procedures but those that answer one alert of its own."""
        return tuple(name for name in self.entry.procedures if not name.startswith(ALERT) and name != MAC)

    def guidance(self, name: str) -> dict[str, Json]:
        """The front matter of one, without the words about that product."""
        old = self.entry.procedures[name].guidance
        return {
            "title": TITLES.get(name, "TODO what it does, with a verb"),
            "level": old.level,
            "minutes": old.minutes,
            "needs": old.needs,
            "systems": list(old.systems),
            "kinds": list(old.kinds),
            "escalate_after_minutes": old.escalate_after_minutes,
        }


def files(name: str, like: Entry | None) -> Iterator[tuple[str, str]]:
    """The files of the product's folder, each by its path below the site."""
    model, folder = Model(like) if like else None, f"templates/products/{name}"
    facts: dict[str, Json] = {
        "schema": 1,
        "name": "TODO",
        "vendor": "TODO",
        "written_for": "TODO",
        "summary": "TODO what it protects and how, in one sentence",
        "protects": ["server", "workstation"],
        "systems": ["windows"],
        "recoverability": "file",
        "console": "TODO where a technician works with it",
        "mac": {"possible": False, "why": "TODO why not, and what to use instead"},
        "verify_in_manual": ["TODO what you could not find in public"],
    }
    facts |= model.facts() if model else {}
    order = ("without", "verify_in_manual")
    sorted_facts = {key: value for key, value in facts.items() if key not in order and value != []}
    sorted_facts |= {key: facts[key] for key in order if facts.get(key)}
    yield f"{folder}/product.yml", HEAD + block.text(sorted_facts, NOTES)
    for procedure in model.procedures() if model else (one for one in USUAL if one != MAC):
        yield f"{folder}/{procedure}.md", _procedure(procedure, model)


def _procedure(name: str, model: Model | None) -> str:
    guidance: dict[str, Json] = {
        "title": TITLES.get(name, "TODO"),
        "level": "L2",
        "trigger": "TODO when it is done",
        "minutes": 30,
        "permission": "TODO whose approval, and which access",
        "needs": _needs(name),
        "escalate_after_minutes": 30,
        "undo": "TODO how to undo it, or why it cannot be undone",
    }
    guidance |= model.guidance(name) if model else {}
    notes: block.Notes = {("minutes",): "a guess, until somebody has timed it", ("level",): "who may do it: L1, L2, L3"}
    order = ("title", "level", "trigger", "minutes", "permission", "needs", "systems", "kinds")
    known = {
        key: guidance[key] for key in (*order, "escalate_after_minutes", "undo") if guidance.get(key) not in (None, [])
    }
    return f"---\n{block.text(known, notes)}---\n{BODY}"


def _needs(name: str) -> Need:
    """The service that a client has to be entitled to, as the manual has it."""
    if is_watching(name):
        return "monitoring"
    if name == "rerun-job":
        return "repair"
    return "restore" if name.startswith("restore-") or name.endswith("-lost") else "none"
