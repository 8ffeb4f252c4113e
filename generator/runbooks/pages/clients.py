"""The pages of one client: overview, set-ups, procedures, restore, and monitoring or "not monitored"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from runbooks.catalogue import Procedure
from runbooks.days import later
from runbooks.entitlement import Watch, entitlement, promised_setups
from runbooks.findings import Blocks
from runbooks.fleet import Record
from runbooks.pages import flow, glance, paper, views
from runbooks.pages.alerts import alert_views
from runbooks.pages.departed import former
from runbooks.pages.folder import Folder
from runbooks.pages.hours import hours_left
from runbooks.pages.page import Page, relative
from runbooks.pages.press import Broken, Press, reasons
from runbooks.pages.procedures import Scene, applies, is_answer, procedure_view, unanswered, wanted
from runbooks.pages.terms import coming, suspended
from runbooks.pages.views import View
from runbooks.records.setup import Setup
from runbooks.rules.registry import RULES
from runbooks.templates import TemplateProblem

Make = Callable[[], Page]


def client_pages(record: Record, press: Press) -> Iterator[Page]:
    """Every page of a client. Overview and restore are always there; what is blocked has a short page in its place."""
    folder = Folder(record, press)
    if record.client.has_left:
        yield _guarded(folder, partial(former, folder), "index.md", "Former client")
        return
    yield _guarded(folder, partial(_overview, folder), "index.md", "Overview")
    for setup in folder.setups:
        file, title = f"setup-{setup.id}.md", f"Set-up {setup.id}"
        if folder.blocked:
            yield _withheld(folder, file, title)
            continue
        yield _guarded(folder, partial(_setup, folder, setup), file, title)
        yield from _procedures(folder, setup)
    yield _guarded(folder, partial(_restore, folder), "restore.md", "Restore")
    if folder.watches:
        yield _guarded(folder, partial(_monitoring, folder), "monitoring.md", "Monitoring")
    else:
        yield _guarded(folder, partial(_unwatched, folder), "not-monitored.md", "Not monitored")
    if folder.blocked:
        yield _withheld(folder, paper.FILE, "Print")
    else:
        yield _guarded(folder, partial(paper.paper, folder), paper.FILE, "Print")


def _guarded(folder: Folder, make: Make, file: str, title: str) -> Page:
    """A page, or the short one in its place when its template fails and the shipped one does too."""
    try:
        return make()
    except TemplateProblem as problem:
        folder.press.broken.append(Broken(problem, folder.path + file, folder.record.slug, withheld=True))
        place = f"{RULES['PUB003'].title} at {problem.file}, line {problem.line}"
        return folder.plain(file, title, f"This page is withheld: its template has an error ({place}).")


def _withheld(folder: Folder, file: str, title: str) -> Page:
    """The short page that stands in for one that is blocked."""
    make = partial(folder.page, file, "withheld", title, {"title": title, "reasons": _troubles(folder)})
    return _guarded(folder, make, file, title)


def _troubles(folder: Folder) -> list[View]:
    """What is wrong with the record, in words that repeat nothing of it."""
    return reasons(one for one in folder.findings if one.blocks is Blocks.CLIENT)


def _overview(folder: Folder) -> Page:
    """May I work on this, whom do I call, what is protected, where are the copies."""
    context = {
        "troubles": _troubles(folder),
        "watched": bool(folder.watches),
        "works": list(views.WORKS),
        "asks": not all(all(setup["may"].values()) for setup in folder.view["setups"]),
        "suspended": suspended(folder.record.slug, folder.press.report),
        **_first_screen(folder),
    }
    return folder.page("index.md", "overview", "Overview", context)


def _first_screen(folder: Folder) -> View:
    """What the first screen says beside the record itself, and the drawing below it."""
    fleet, shown = folder.press.fleet, folder.shown
    client, as_of = shown.client, fleet.as_of
    due = later(client.reviewed.on, fleet.policy.thresholds.review_days) if client.reviewed else None
    return {
        "work": glance.may_work(shown, fleet),
        "callers": glance.callers(client, fleet.policy),
        "hours": glance.hours(client.business_hours),
        "left": hours_left(folder.record, fleet),
        "recoverable": glance.recoverable(shown, fleet),
        "stale": due is not None and due < as_of,
        "changed": folder.changed,
        "tasks": [{"setup": setup.id, "links": _tasks(folder, setup)} for setup in folder.setups],
        "flow": flow.flow(client, fleet.policy, as_of),
    }


def _tasks(folder: Folder, setup: Setup) -> list[View]:
    """The procedures of a set-up that this client is entitled to, without those that answer one alert."""
    found = [each for each in folder.procedures(setup) if not is_answer(each)]
    return [{"title": each.guidance.title, "link": f"{setup.id}/{each.id}.md"} for each in found]


def _setup(folder: Folder, setup: Setup) -> Page:
    """How one set-up is made, and what there is to do on it."""
    file = f"setup-{setup.id}.md"
    uri = folder.path + file
    may = _services(folder, setup)
    entry = folder.entry(setup)
    every = wanted(entry, "none", "repair") if entry else ()
    context = {
        "setup": folder.setup_view(setup),
        "product_link": relative(uri, f"products/{setup.product}.md"),
        "procedures": [
            {
                "title": each.guidance.title,
                "trigger": each.guidance.trigger,
                "level": each.guidance.level,
                "link": relative(uri, folder.path + f"{setup.id}/{each.id}.md"),
            }
            for each in folder.procedures(setup)
            if not is_answer(each)
        ],
        "kept_back": [
            each.guidance.title
            for each in every
            if each.guidance.needs == "repair" and "repair" not in may and applies(each, setup)
        ],
    }
    return folder.page(file, "setup", f"Set-up {setup.id}", context, within=setup.id)


def _services(folder: Folder, setup: Setup) -> frozenset[str]:
    return entitlement(folder.record.client, setup, folder.press.fleet.policy, folder.press.fleet.as_of).services


def _procedures(folder: Folder, setup: Setup) -> Iterator[Page]:
    """A page for each procedure that this client is entitled to."""
    entry = folder.entry(setup)
    if entry is None:
        return
    shown = frozenset(each.id for each in folder.procedures(setup))
    scene = Scene(folder.view, folder.setup_view(setup), entry, folder.shown_setup(setup), shown)
    watch = next((each for each in folder.watches if each.setup is setup), None)
    for procedure in folder.procedures(setup):
        file, title = f"{setup.id}/{procedure.id}.md", procedure.guidance.title
        yield _guarded(folder, partial(_procedure, folder, procedure, scene, watch), file, title)


def _procedure(folder: Folder, procedure: Procedure, scene: Scene, watch: Watch | None) -> Page:
    """One procedure. One that needs monitoring is a monitoring page, with the last day of its licence."""
    setup = scene.record.id
    licence = watch if procedure.guidance.needs == "monitoring" else None
    context = {
        "setup": scene.setup,
        "until": {"day": views.day(licence.through)} if licence else None,
        "procedure": procedure_view(procedure, scene, folder.press),
    }
    return folder.page(
        f"{setup}/{procedure.id}.md",
        "monitoring" if licence else "procedure",
        f"{procedure.guidance.title} ({setup})",
        context,
        through=licence.through if licence else None,
        within=setup,
        template="procedure",
    )


def _restore(folder: Folder) -> Page:
    """Everything for a restore, in the order it is done."""
    client = folder.shown.client
    procedures = {setup.id: list(_restores(folder, setup)) for setup in folder.setups}
    without = {
        setup.id: unanswered(entry, setup) if entry and not folder.blocked else []
        for setup, entry in ((setup, folder.entry(setup)) for setup in folder.setups)
    }
    found = [(item, setup) for setup in client.setups for item in setup.items if item.retired_on is None]
    found.sort(key=lambda each: views.restore_order(*each))
    order = [{**views.item(item, setup, client), "setup": setup.id} for item, setup in found]
    context = {"troubles": _troubles(folder), "order": order, "procedures": procedures, "without": without}
    return folder.page("restore.md", "restore", "Restore", context)


def _restores(folder: Folder, setup: Setup) -> Iterator[View]:
    """The procedures that bring back what a set-up protects."""
    for each in folder.procedures(setup):
        guidance = each.guidance
        if guidance.needs == "restore":
            yield {
                "title": guidance.title,
                "trigger": guidance.trigger,
                "minutes": str(guidance.minutes),
                "link": f"{setup.id}/{each.id}.md",
            }


def _monitoring(folder: Folder) -> Page:
    """What is watched, until when, and what to do about an alert. Made of licences that the gate alone gives."""
    watched = folder.watches
    shown = [watch.setup.id for watch in watched]
    missing = [setup.id for setup in promised_setups(folder.record.client) if setup.id not in shown]
    others = [setup.id for setup in folder.setups if setup.id not in (*shown, *missing)]
    context = {
        "watched": [_watch_view(folder, watch) for watch in watched],
        "missing": missing,
        "others": others,
    }
    # Each set-up on the page covers itself after its own last day; the page lasts as long as the last of them.
    through = (
        None
        if any(watch.through is None for watch in watched)
        else max(watch.through for watch in watched if watch.through)
    )
    return folder.page("monitoring.md", "monitoring", "Monitoring", context, through=through)


def _watch_view(folder: Folder, watch: Watch) -> View:
    """The monitoring of one set-up, at the level that is paid for."""
    entry = folder.entry(watch.setup)
    full = watch.level == "full"
    promise, shown = watch.promise, {one.id for one in folder.procedures(watch.setup)}
    return {
        **folder.setup_view(watch.setup),
        "level": watch.level,
        "agreement": watch.agreement,
        "through": views.day(watch.through),
        "alerts_to": list(promise.alerts_to),
        "checked": promise.checked.replace("_", " ") if promise.checked else None,
        "checked_by": promise.checked_by,
        "procedures": [
            {
                "title": each.guidance.title,
                "trigger": each.guidance.trigger,
                "minutes": str(each.guidance.minutes),
                "link": f"{watch.setup.id}/{each.id}.md",
            }
            for each in (wanted(entry, "monitoring", "repair") if entry and full else ())
            if each.id in shown and not is_answer(each)
        ],
        "alerts": [
            {**one, "link": f"{watch.setup.id}/{one['procedure']}.md" if full and one["procedure"] in shown else None}
            for one in (alert_views(entry) if entry else ())
        ],
    }


def _unwatched(folder: Folder) -> Page:
    """What to tell a client who is not monitored, and why the page is missing where one was promised."""
    uri = folder.path + "not-monitored.md"
    prices = [
        {"name": each["name"], "link": relative(uri, each["page"].removeprefix("docs/"))}
        for each in folder.press.provider["price_lists"]
        if any(page.file == each["page"] for page in folder.press.fleet.written)
    ]
    entries = {entry.id: entry for setup in folder.setups if (entry := folder.entry(setup))}
    context = {
        "reasons": reasons(folder.findings),
        "prices": prices,
        "coming": coming(folder.record, folder.press.fleet),
        "notices": list(_notices(folder)),
        "products": [{"name": one.product.name, "alerts": alert_views(one)} for one in entries.values()],
    }
    return folder.page("not-monitored.md", "not-monitored", "Not monitored", context)


def _notices(folder: Folder) -> Iterator[View]:
    """What the client was told in writing, and when: the refusal or the offer, never the promise beside them."""
    client, policy = folder.shown.client, folder.press.fleet.policy
    promise = client.monitoring
    if promise and promise.declined:
        where = views.reference(promise.declined.notice_ref, policy)
        yield {"words": "The client said no to monitoring", "on": views.day(promise.declined.on), "where": where}
    if promise and promise.quoted:
        where = views.reference(promise.quoted.ref, policy)
        yield {
            "words": "The client was sent a price for monitoring",
            "on": views.day(promise.quoted.on),
            "where": where,
        }
    if client.no_backup:
        where = views.reference(client.no_backup.notice_ref, policy)
        yield {
            "words": "The client was told that there is no backup",
            "on": views.day(client.no_backup.told_on),
            "where": where,
        }
