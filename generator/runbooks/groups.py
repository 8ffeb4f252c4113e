"""The fleet of one group: its clients alone, what may be shown beside them, and what the gate says of them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from runbooks.errors import UserError
from runbooks.findings import Finding, Place, ordered
from runbooks.fleet import Fleet
from runbooks.handwritten import PAGES
from runbooks.inventory import Inventory
from runbooks.report import Report
from runbooks.rules.registry import RULES
from runbooks.shape import closest
from runbooks.strangers import Strangers

HEAD: Final = "group="
LINK: Final = re.compile(
    r"\]\(\s*<?([^)\s>]+)|^\s{0,3}\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)|(?:href|src)\s*=\s*[\"']?([^\"'\s>]+)",
    re.MULTILINE | re.IGNORECASE,
)
"""How a page leads to another: a link, a reference, an attribute."""
NOBODY: Final = frozenset({"INV002", "INV013", "INV021"})
"""What exports show of clients whom no record has, or several: others, whoever they are."""


@dataclass(frozen=True)
class Group:
    """A group of clients: `fleet` is theirs, `whole` is everybody's.

    `left_out` are the files of docs, by their names there, that are about others, name others, or lead to such a file.
    """

    name: str
    whole: Fleet
    fleet: Fleet
    strangers: Strangers
    left_out: frozenset[str]

    @property
    def only(self) -> str:
        """How the group is asked for, and how its site says what it is."""
        return HEAD + self.name

    @cached_property
    def others(self) -> frozenset[str]:
        """The files of the records of others."""
        theirs = (record for record in self.whole.records if record.slug not in self.fleet.by_slug)
        return frozenset(file for record in theirs for file in record.document.files)


def group(fleet: Fleet, only: str, titles: Mapping[str, Iterable[str]] | None = None) -> Group:
    """The group that `group=NAME` asks for. `titles` are those that the navigation gives to hand-written pages.

    Raises:
        UserError: when it asks for something else, or no client is in such a group.
    """
    name = only.removeprefix(HEAD)
    if not only.startswith(HEAD) or not name:
        raise UserError(f"--only {only} cannot be understood; write --only {HEAD}NAME")
    known = {one for record in fleet.records for one in record.client.groups}
    if fleet.records and name not in known:
        hint = closest(name, known) or ("there is " + ", ".join(sorted(known)) if known else "no client is in any")
        raise UserError(f"there is no group {name}; {hint}")
    kept = frozenset(record.slug for record in fleet.records if name in record.client.groups)
    strangers = Strangers(fleet, kept)
    left_out = frozenset(_left_out(fleet, strangers, titles or {}))
    waivers = tuple(one for one in fleet.policy.waivers if one.client in kept)
    # A group's site shows nothing of the exports; that there are some was asked of everybody.
    asked = "optional" if fleet.inventory.feeds else fleet.policy.inventory
    own = replace(
        fleet,
        policy=fleet.policy.model_copy(update={"waivers": waivers, "inventory": asked}),
        records=tuple(record for record in fleet.records if record.slug in kept),
        written=tuple(page for page in fleet.written if page.file.removeprefix("docs/") not in left_out),
        inventory=Inventory(),
    )
    return Group(name, fleet, own, strangers, left_out)


def reported(whole: Report, own: Report, of: Group) -> Report:
    """What concerns the group: findings about its clients and about nobody in particular, without those of others.

    `whole` is the report of everybody, because rules look across clients; `own` that of the group's fleet alone, which
    has the totals.
    """
    mine = of.fleet.by_slug
    findings = [one for one in (_mine(finding, of) for finding in whole.findings) if one and not _of_policy(one)]
    findings.extend(one for one in own.findings if _of_policy(one) and _mine(one, of) == one)
    findings.extend(_undecided(whole, of))
    return replace(
        whole,
        records=len(mine),
        findings=ordered(findings),
        waived=tuple((kept, why) for one, why in whole.waived if one.client in mine and (kept := _mine(one, of))),
        baselined=tuple(kept for one in whole.baselined if one.client in mine and (kept := _mine(one, of))),
        clients={slug: name for slug, name in whole.clients.items() if slug in mine},
        files={slug: files for slug, files in whole.files.items() if slug in mine},
        met={slug: met for slug, met in whole.met.items() if slug in mine},
        missing={slug: codes for slug, codes in whole.missing.items() if slug in mine},
        secrets=tuple(place for place in whole.secrets if place.file not in of.others),
        unpaid=own.unpaid,
        coverage=own.coverage,
    )


def _of_policy(finding: Finding) -> bool:
    return not finding.client and finding.place.file == "policy.yml"


def _mine(finding: Finding, of: Group) -> Finding | None:
    """A finding as the group may read it; None when it belongs to others."""
    if finding.client and finding.client not in of.fleet.by_slug:
        return None
    if finding.code in NOBODY and not finding.client:
        return None
    if finding.place.file.removeprefix("docs/") in of.left_out and finding.place.file.startswith("docs/"):
        return None
    if finding.place.file in of.others:
        return None
    related = tuple(one for one in finding.related if one.place.file not in of.others)
    written = [one.text for one in finding.fix.at(finding.place)] if finding.fix else []
    text = "\n".join((finding.message, finding.help, finding.label, *(one.message for one in related), *written))
    if not of.strangers.traces(text):
        return finding if related == finding.related else replace(finding, related=related)
    if not finding.client:
        return None
    # What is wrong is theirs to mend, whoever else it concerns.
    return replace(finding, message=RULES[finding.code].summary.rstrip("."), help="", label="", related=(), fix=None)


def _undecided(whole: Report, of: Group) -> Iterator[Finding]:
    """Records that cannot be read far enough to say whose they are: nobody's, and not passed over in silence."""
    for record in of.whole.records:
        client = record.client
        if record.slug in of.fleet.by_slug or not (client.unreadable or client.doubtful_at("groups")):
            continue
        first = next((one for one in whole.findings if one.client == record.slug), None)
        if first is not None:
            words = f"a record cannot be read, so nobody can say whether it belongs to the group {of.name}"
            yield replace(
                first,
                place=Place("clients"),
                message=words,
                help="run `runbooks lint`",
                client="",
                path=(),
                label="",
                related=(),
                fix=None,
            )


def _left_out(fleet: Fleet, strangers: Strangers, titles: Mapping[str, Iterable[str]]) -> set[str]:
    """The files of docs that are about others or name them, and every page that leads to one of these."""
    docs = fleet.root / "docs"
    pages = {page.file.removeprefix("docs/"): page for page in fleet.written}
    found = set[str]()
    for name, page in pages.items():
        about = page.meta.get("client")
        text = "\n".join((name, *titles.get(name, ()), str(dict(page.meta)), page.text))
        if (about is not None and about not in strangers.kept) or strangers.traces(text):
            found.add(name)
    for path in sorted(docs.rglob("*")) if docs.is_dir() else []:
        name = path.relative_to(docs).as_posix()
        if name not in pages and path.is_file() and strangers.traces(f"{name}\n{_text(path)}"):
            found.add(name)
    leads = {name: set(_leads(name, page.text)) for name, page in pages.items()}
    while more := {name for name, targets in leads.items() if name not in found and targets & found}:
        found |= more
    return found


def _text(path: Path) -> str:
    raw = path.read_bytes()
    return "" if b"\0" in raw else raw.decode("utf-8", errors="replace")


def _leads(name: str, text: str) -> Iterator[str]:
    """The files of docs that a page leads to, also by the address that they will have."""
    for found in LINK.finditer(text):
        try:
            link = unquote(urlsplit(next(one for one in found.groups() if one)).path)
        except ValueError:
            continue
        folders = [posixpath.dirname(name), posixpath.splitext(name)[0]]
        for folder in folders:
            target = posixpath.normpath(posixpath.join("/", folder, link)).lstrip("/")
            yield target
            yield from (f"{target}{ending}" for ending in PAGES)
            yield from (posixpath.join(target, f"index{ending}") for ending in PAGES)
