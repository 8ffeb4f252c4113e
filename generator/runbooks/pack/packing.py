"""Checked as a site is, made, and read by the third wall: a pack that was handed over cannot be taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from runbooks import gate, site, verify
from runbooks.errors import UserError
from runbooks.findings import Blocks
from runbooks.fleet import Fleet
from runbooks.history import last_changes
from runbooks.pack import markup
from runbooks.pack.frame import Pack, style
from runbooks.pages.folder import Folder
from runbooks.pages.paper import paper
from runbooks.pages.press import Press, press
from runbooks.report import Report
from runbooks.shape import closest
from runbooks.templates import TemplateProblem


@dataclass(frozen=True)
class Packing:
    """The packs of some clients, in the order they were asked for, and why there is none of the others.

    `flaws` are errors of templates that a pack was made in spite of, each in words.
    """

    fleet: Fleet
    report: Report
    packs: tuple[Pack, ...] = ()
    refused: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    flaws: tuple[str, ...] = ()


def packing(root: Path, as_of: date | None, clients: Sequence[str]) -> Packing:
    """Check the whole site, because rules look across clients, and make the packs of some of them.

    Raises:
        PolicyUnreadable, UserError: wrong use.
    """
    survey = site.survey(root, as_of)
    fleet = survey.fleet
    report = gate.check(fleet, survey.found)
    if not fleet.records or report.crashes:
        return Packing(fleet, report)
    _all_known(clients, fleet)
    tools = press(fleet, report, site.loader(root), last_changes(root))
    made, refused = dict[str, Pack](), dict[str, tuple[str, ...]]()
    for slug in dict.fromkeys(clients):
        why = _blocked(slug, report)
        try:
            if not why:
                made[slug] = _pack(slug, tools)
        except TemplateProblem as problem:
            why = (f"its template has an error: {problem}",)
        if why:
            refused[slug] = why
    for slug, why in _walled(tuple(made.values()), fleet).items():
        del made[slug]
        refused[slug] = why
    flaws = tuple(dict.fromkeys(str(one.problem) for one in tools.broken))
    return Packing(fleet, report, tuple(made.values()), refused, flaws)


def _all_known(clients: Sequence[str], fleet: Fleet) -> None:
    if not clients:
        raise UserError("name at least one client")
    for slug in clients:
        if slug not in fleet.by_slug:
            hint = closest(slug, fleet.by_slug)
            raise UserError(f"there is no client {slug}" + (f"; {hint}" if hint else ""))
        if fleet.by_slug[slug].client.has_left:
            raise UserError(f"{fleet.by_slug[slug].client.client} has left, and has no runbook")


def _blocked(slug: str, report: Report) -> tuple[str, ...]:
    """Why nothing of a client may be handed over; nothing when it may."""
    return tuple(
        str(one)
        for one in report.findings
        if one.blocks is Blocks.SITE or (one.blocks is Blocks.CLIENT and one.client == slug)
    )


def _pack(slug: str, tools: Press) -> Pack:
    fleet = tools.fleet
    address = site.address(fleet.root)
    online = f"{address}clients/{slug}/" if address else ""
    page = paper(Folder(fleet.by_slug[slug], tools), online=online, packed=True)
    return Pack(page, markup.html(page.markdown, fleet.root), style(fleet.root), fleet.as_of.isoformat())


def _walled(packs: Sequence[Pack], fleet: Fleet) -> dict[str, tuple[str, ...]]:
    """Why some of the packs may not be handed over: what asks for something, gives monitoring away, or is a secret."""
    found: dict[str, list[str]] = {pack.client: list(dict.fromkeys(markup.outward(pack.body))) for pack in packs}
    for slug, leak in _leaks(packs, fleet):
        found[slug].append(leak)
    return {slug: tuple(why) for slug, why in found.items() if why}


def _leaks(packs: Sequence[Pack], fleet: Fleet) -> Iterator[tuple[str, str]]:
    """What the third wall finds when each pack lies where the page of the site does."""
    with TemporaryDirectory(prefix="runbooks-pack-") as folder:
        for pack in packs:
            path = Path(folder) / "clients" / pack.client / "print.html"
            path.parent.mkdir(parents=True)
            path.write_text(pack.html, encoding="utf-8", newline="\n")
        for leak in verify.leaks(Path(folder), fleet):
            yield leak.place.file.split("/")[1], f"{leak.message} [{leak.code}]"
