"""The first screen of a client: may I work on this, whom do I call, can it be restored, and is this page true."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from runbooks.copies import Protected, Worth
from runbooks.days import later
from runbooks.entitlement import entitlement
from runbooks.fleet import Fleet, Record
from runbooks.grammar import business_hours, duration, duration_text
from runbooks.pages import views
from runbooks.pages.terms import unending
from runbooks.pages.views import View
from runbooks.policy import Policy
from runbooks.records.client import Client
from runbooks.records.setup import RestoreTest, Setup
from runbooks.rules.recoverability.objectives import counted_hours, shortest_gap
from runbooks.rules.recoverability.restores import is_proven, newest_proof
from runbooks.rules.recoverability.scope import Things, listed, live_items, things_shown, unread, worked_on

MARKS = ("three", "two", "off_site", "isolated")
CALLED = 4
"""Contacts on the first screen; the whole list stands below."""


def may_work(record: Record, fleet: Fleet) -> list[View]:
    """What may be done, set-ups of which the same holds together: covered, to be asked for, until when, under what."""
    rows: dict[tuple[object, ...], View] = {}
    for setup in record.client.setups:
        found = entitlement(record.client, setup, fleet.policy, fleet.as_of)
        covered = tuple(work for work in views.WORKS if work in found.services)
        agreements = tuple(sorted({grant.agreement for grant in found.grants if grant.service in views.WORKS}))
        until = views.day(_through(record.client, setup, fleet))
        managed = views.MANAGED[setup.managed_by] if setup.managed_by != "us" else None
        row = {
            "setups": [],
            "covered": list(covered),
            "ask": [work for work in views.WORKS if work not in covered],
            "until": until,
            "unending": "; ".join(_goes_on(record.client, agreements, fleet.as_of)),
            "agreements": list(agreements),
            "managed": managed,
        }
        entry = fleet.catalogue.products.get(setup.product)
        named = {"id": setup.id, "product": views.product_name(setup, entry)}
        rows.setdefault((covered, agreements, until, managed), row)["setups"].append(named)
    return list(rows.values())


def _goes_on(client: Client, agreements: Sequence[str], as_of: date) -> Iterable[str]:
    """How agreements without a known end go on, each way once."""
    return dict.fromkeys(unending(one, as_of) for one in client.agreements if one.id in agreements)


def _through(client: Client, setup: Setup, fleet: Fleet) -> date | None:
    """The first of the days on which a service of a set-up is covered for the last time; None when none is known."""
    grants = entitlement(client, setup, fleet.policy, fleet.as_of).grants
    ends: dict[str, list[date | None]] = {}
    for grant in grants:
        if grant.service not in views.WORKS:
            continue  # what is said of monitoring stands on the monitoring page alone
        ends.setdefault(grant.service, []).append(grant.through)
    last = [max(day for day in days if day) for days in ends.values() if None not in days]
    return min(last, default=None)


def callers(client: Client, policy: Policy) -> list[View]:
    """Whom to call, in order: those with a telephone, with what they may approve where policy.yml names a currency."""
    zone = client.timezone or policy.timezone
    found = []
    for contact in client.contacts:
        if not contact.phone:
            continue
        found.append(
            {
                **views.contact(contact, client, policy),
                "hours": hours(contact.available),
                "zone": zone,
            }
        )
    return found[:CALLED]


def hours(text: str | None) -> str | None:
    """Stated hours as the browser reads them: spans of minutes from Monday 00:00; None where they cannot be told."""
    stated = business_hours(text) if text else None
    return ",".join(f"{start}-{end}" for start, end in stated.spans) if stated else None


def recoverable(record: Record, fleet: Fleet) -> View:
    """3-2-1-1-0 for each site, and for each set-up what was agreed beside what is configured and was tried."""
    found = things_shown(record, fleet)
    sites: dict[str | None, list[Protected]] = {}
    for thing in found.machines:
        sites.setdefault(thing.site, []).append(thing)
    names = {site.id: site.name for site in record.client.sites}
    return {
        "sites": [
            {"name": names.get(site or "", site) or "All", "marks": _marks(inside, record, fleet)}
            for site, inside in sites.items()
        ],
        "cloud": _cloud(found.cloud, record, fleet),
        "uncounted": None if found.machines or found.cloud else _uncounted(record.client),
        "setups": [_objectives(setup, record, fleet, found) for setup in record.client.setups],
    }


def _uncounted(client: Client) -> str | None:
    """Why copies are not counted where there are set-ups."""
    if not client.setups:
        return None
    if client.unreadable or client.doubtful:
        return "part of the record could not be read"
    if client.status == "prospect":
        return "this is not a client yet"
    if not list(worked_on(client)):
        return "somebody else looks after these backups"
    return "the record does not list what is protected, or not of what kind it is"


def _marks(inside: Sequence[Protected], record: Record, fleet: Fleet) -> list[View]:
    """Whether everything at a site has what 3-2-1-1-0 asks, and if not, what lacks it."""
    sure = [thing for thing in inside if thing.decided]
    values: list[tuple[Protected, Worth]] = [(thing, thing.worth) for thing in sure]
    marks = []
    for name in MARKS:
        lacking = [thing.name for thing, value in values if not getattr(value, name)]
        marks.append(_mark(lacking, sure=len(sure) == len(inside)))
    return [*marks, _proof([setup for thing in inside for setup, _ in thing.entries], record, fleet)]


def _proof(setups: Iterable[Setup], record: Record, fleet: Fleet) -> View:
    """Whether a restore from each of these set-ups worked lately: the 0, no errors after a tested restore."""
    each = {setup.id: setup for setup in setups}
    if any(unread(record.client, setup, "restore_tests") for setup in each.values()):
        return _mark((), sure=False)
    return _mark([name for name, setup in each.items() if not is_proven(setup, fleet)], sure=True)


def _mark(lacking: Sequence[str], *, sure: bool) -> View:
    """Yes, no or unknown, and in words what lacks it."""
    if lacking:
        return {"state": "no", "words": f"not for {listed(lacking)}"}
    return {"state": "yes", "words": "for all"} if sure else {"state": "unknown", "words": "the record does not say"}


def _cloud(inside: Sequence[Protected], record: Record, fleet: Fleet) -> View | None:
    """Somebody else's service, where 3-2-1 cannot be won: whether it is copied at all, and was restored lately."""
    if not inside:
        return None
    lacking = [thing.name for thing in inside if thing.decided and not thing.copies]
    copied = _mark(lacking, sure=all(thing.decided for thing in inside))
    return {
        "copied": copied,
        "proven": _proof([setup for thing in inside for setup, _ in thing.entries], record, fleet),
    }


def _objectives(setup: Setup, record: Record, fleet: Fleet, found: Things) -> View:
    """What may be lost and how long it may take, as agreed, configured and tried."""
    mine = [thing for thing in found.every if any(owner is setup for owner, _ in thing.entries)]
    items = live_items(setup, fleet)
    newest = newest_proof(setup, fleet.as_of)
    days = fleet.policy.thresholds.restore_test_days
    return {
        "id": setup.id,
        "rpo": _rpo(setup, mine, record, fleet),
        "rto": _rto(setup, [item.rto or setup.defaults.rto for item in items], newest),
        "test": {
            "on": views.day(newest.on),
            "kind": newest.kind.replace("_", " "),
            "due": views.day(later(newest.on, days)),
        }
        if newest
        else None,
        "overdue": bool(setup.jobs and items) and setup.managed_by == "us" and not is_proven(setup, fleet),
    }


def _rpo(setup: Setup, mine: Sequence[Protected], record: Record, fleet: Fleet) -> View:
    counted = counted_hours(record.client, fleet.policy)
    agreed, gaps, kept = list[timedelta](), list[timedelta](), True
    for thing in mine:
        gap = shortest_gap(thing, counted)
        for owner, item in thing.entries:
            text = (item.rpo or setup.defaults.rpo) if owner is setup else None
            if text:
                agreed.append(duration(text))
            if gap and owner is setup:
                gaps.append(gap[0])
                kept = kept and (not text or gap[0] <= duration(text))
    known = bool(agreed and gaps)
    return {
        "agreed": duration_text(min(agreed)) if agreed else None,
        "configured": duration_text(max(gaps)) if gaps else None,
        **_kept(kept if known else None),
    }


def _rto(setup: Setup, agreed: Iterable[str | None], newest: RestoreTest | None) -> View:
    times = [duration(text) for text in agreed if text]
    names = set(newest.items) if newest else set()
    tried = [item.rto or setup.defaults.rto for item in setup.items if item.key in names]
    asked = [duration(text) for text in tried if text] or times
    took = timedelta(minutes=newest.minutes) if newest and newest.minutes is not None else None
    kept = None if took is None or not asked else took <= min(asked)
    return {
        "agreed": duration_text(min(times)) if times else None,
        "took": str(newest.minutes) if newest and newest.minutes is not None else None,
        **_kept(kept),
    }


def _kept(kept: bool | None) -> View:
    """Whether what was agreed is kept, as a mark."""
    words = {True: "as agreed", False: "worse than agreed", None: "the record does not say"}
    return {"state": {True: "yes", False: "no", None: "unknown"}[kept], "words": words[kept]}
