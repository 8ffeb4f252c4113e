"""Procedures filled with a client's own values. What the client is not entitled to is not rendered at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from runbooks import escape, pictures
from runbooks.catalogue import ALERT, Entry, Procedure
from runbooks.pages import views
from runbooks.pages.press import Press
from runbooks.pages.views import View
from runbooks.prose import Prose
from runbooks.records.agreement import ItemKind
from runbooks.records.setup import Setup
from runbooks.rules.recoverability.scope import CLOUD_KINDS

CITATION = re.compile(r"""\{\{\s*source\(\s*["']([a-z0-9-]+)["']\s*\)\s*\}\}""")
REFERENCE = re.compile(r"""\{\{\s*see\(\s*["']([a-z0-9-]+)["']\s*\)\s*\}\}""")
ORDER = (
    "add-workstation-windows",
    "add-workstation-mac",
    "add-server",
    "remove-device",
    "rerun-job",
    "daily-check",
    "answer-alerts",
    "restore-file",
    "restore-mailbox",
    "restore-machine",
    "site-lost",
    "backup-server-lost",
)
RESTORE = "restore-"
"""How the id of a procedure begins that brings one kind of thing back."""
WORDS: Mapping[str, str] = {"site": "SharePoint site", "saas_tenant": "tenant of a cloud service"}
"""Kinds of item whose names say too little beside a procedure."""
NEEDS = ("none", "restore", "repair", "monitoring")


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a procedure is shown: the client, the set-up and the product, as views; `shown` has a page here.

    On paper all procedures stand on one page: then `anchor` is how the anchors of this set-up's begin.
    """

    client: View
    setup: View
    entry: Entry
    record: Setup
    shown: frozenset[str] = frozenset()
    anchor: str = ""


def wanted(entry: Entry, *needs: str) -> Iterator[Procedure]:
    """The procedures of a product that need one of these services, in the order a reader looks for them."""
    found = (procedure for procedure in entry.procedures.values() if procedure.guidance.needs in needs)
    yield from sorted(found, key=lambda one: (ORDER.index(one.id) if one.id in ORDER else len(ORDER), one.id))


def applies(procedure: Procedure, setup: Setup) -> bool:
    """Whether a procedure can be for anything of a set-up: machines and the services of others ask for different ones.

    Where the record does not say what the items are, every procedure can be.
    """
    cloud = {kind in CLOUD_KINDS for kind in _kinds(setup)}
    wanted_for = {kind in CLOUD_KINDS for kind in procedure.guidance.kinds}
    return not cloud or not wanted_for or not cloud.isdisjoint(wanted_for)


def unanswered(entry: Entry, setup: Setup) -> list[str]:
    """The kinds of item of a set-up that no restore procedure of the product is for."""
    found = [each.guidance.kinds for each in wanted(entry, "restore") if each.id.startswith(RESTORE)]
    known = {kind for kinds in found for kind in kinds}
    return [] if () in found else sorted(WORDS.get(kind, kind.replace("_", " ")) for kind in _kinds(setup) - known)


def _kinds(setup: Setup) -> set[ItemKind]:
    """What the items are, where each says it; else nothing is known of them."""
    kinds = {item.kind or setup.defaults.kind for item in setup.items if item.retired_on is None}
    return {kind for kind in kinds if kind} if None not in kinds else set()


def is_answer(procedure: Procedure) -> bool:
    """Whether a procedure answers one alert: such pages are listed with the alerts, not among the tasks."""
    return procedure.id.startswith(ALERT)


def procedure_view(procedure: Procedure, scene: Scene, press: Press) -> View:
    """One procedure filled with the client's values, and the client's differences around it."""
    cited: list[str] = []
    body = CITATION.sub(lambda found: _note(found[1], scene.entry, cited), procedure.body)
    body = REFERENCE.sub(lambda found: _link(found[1], scene), body)
    body = pictures.REFERENCE.sub(lambda found: _figure(found[1], press), body)
    product = scene.entry.product
    context = {
        "client": {"name": scene.client["name"], "slug": scene.client["slug"]},
        "provider": press.provider,
        "setup": scene.setup,
        "product": {"name": product.name, "vendor": product.vendor, "written_for": product.written_for},
    }
    slug = scene.client["slug"]
    uri = f"clients/{slug}/{scene.setup['id']}/{procedure.id}.md"
    filled = press.filled(procedure, body, context, uri, slug)
    difference = scene.record.procedures.get(procedure.id)
    guidance = procedure.guidance
    return {
        "title": guidance.title,
        "level": guidance.level,
        "trigger": guidance.trigger,
        "minutes": str(guidance.minutes),
        "permission": guidance.permission,
        "undo": guidance.undo,
        "needs": guidance.needs,
        "escalate_after_minutes": str(guidance.escalate_after_minutes),
        "written_for": f"{product.name} {product.written_for}",
        "before": views.html(difference.before) if difference else None,
        "after": views.html(difference.after) if difference else None,
        "instead": views.html(difference.instead) if difference else None,
        "body": Prose(filled.strip()),
        "sources": [_source(key, number, scene.entry) for number, key in enumerate(cited, 1)],
    }


def _note(key: str, entry: Entry, cited: list[str]) -> str:
    if key not in entry.product.sources:
        return ""
    if key not in cited:
        cited.append(key)
    return f"<sup>[{cited.index(key) + 1}]</sup>"


def _link(name: str, scene: Scene) -> str:
    """Another procedure of the product, where this client has its page; else its title, and whom to ask."""
    other = scene.entry.procedures.get(name)
    title = escape.text(other.guidance.title if other else name.replace("-", " ").capitalize())
    if scene.anchor:
        return f"[{title}](#{scene.anchor}{name})" if name in scene.shown else f"{title} (not on this paper)"
    return (
        f"[{title}]({name}.md)" if name in scene.shown else f"{title} (no page for this client: ask the duty manager)"
    )


def _figure(name: str, press: Press) -> str:
    """A picture in a frame of its own; nothing where there is none that fits, which is a finding."""
    found = press.pictures.get(name)
    return f'<figure class="rb-picture">{found.drawing}</figure>' if found and not found.unfit else ""


def _source(key: str, number: int, entry: Entry) -> View:
    source = entry.product.sources[key]
    return {
        "number": str(number),
        "title": source.title,
        "url": source.url,
        "version": source.version,
        "read_on": source.read_on.isoformat(),
    }
