"""What a template gets to see: plain data made from a record, with everything that is not entitled left out.

Every key is always there; what the record does not say is None. Nothing here is an object with methods, and nothing
under `monitoring` of a record is here at all: those values leave through `entitlement.Watch` alone.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, TypeAlias

from runbooks import copies, prose
from runbooks.catalogue import Entry
from runbooks.entitlement import entitlement, standing, watches
from runbooks.fleet import Fleet, Record
from runbooks.grammar import duration, retention_text
from runbooks.pages.origins import origin, placed
from runbooks.pages.terms import approved, exemption, unending
from runbooks.policy import AdHoc, BlockTime, Policy
from runbooks.records.agreement import Agreement, Preapproval
from runbooks.records.client import Client, Contact, Copy
from runbooks.records.setup import BackupServer, Credential, Item, Job, RestoreTest, Setup, Step, Unprotected
from runbooks.unpaid import counted

View: TypeAlias = dict[str, Any]
WORKS = ("backup", "repair", "restore")


def provider(policy: Policy) -> View:
    """The provider, as every template sees it."""
    return {
        "name": policy.provider,
        "duty_manager": {"name": policy.duty_manager.name, "phone": policy.duty_manager.phone}
        if policy.duty_manager
        else None,
        "referral": {"name": policy.referral.name, "phone": policy.referral.phone} if policy.referral else None,
        "decline_words": html(policy.decline_words),
        "price_lists": [
            {"name": kind.name or name, "page": kind.price_list}
            for name, kind in policy.agreements.by_name.items()
            if not isinstance(kind, AdHoc) and kind.price_list
        ],
    }


def client(record: Record, fleet: Fleet) -> View:
    """A client without its monitoring: everything that is never withheld."""
    one, policy = record.client, fleet.policy
    reviewed = one.reviewed
    return {
        "slug": record.slug,
        "name": one.client,
        "aliases": list(one.aliases),
        "groups": list(one.groups),
        "status": one.status,
        "owner": one.owner,
        "reviewed": {
            "on": day(reviewed.on),
            "by": reviewed.by,
            "due": day(reviewed.on + timedelta(days=policy.thresholds.review_days)),
        }
        if reviewed
        else None,
        "timezone": one.timezone,
        "business_hours": one.business_hours,
        "regulatory": list(one.regulatory),
        "warning": html(one.warning),
        "notes": html(one.notes),
        "psa": [{"system": system, "number": number} for system, number in sorted(one.external_ids.items())],
        "fields": [_field(name, value, policy) for name, value in one.fields.items()],
        "sites": [
            {"id": site.id, "name": site.name, "address": site.address, "notes": html(site.notes)} for site in one.sites
        ],
        "contacts": placed([contact(each, one, policy) for each in one.contacts], one.contacts, record, policy),
        "agreements": placed(
            [agreement(each, one, policy, fleet.as_of) for each in one.agreements], one.agreements, record, policy
        ),
        "copies": placed([copy(each, one, policy) for each in one.copies], one.copies, record, policy),
        "setups": [setup(each, record, fleet) for each in one.setups],
        "no_backup": {"told_on": day(one.no_backup.told_on), "notice": reference(one.no_backup.notice_ref, policy)}
        if one.no_backup
        else None,
        "changes": [
            {"on": day(each.on), "by": each.by, "what": each.what, "ticket": each.ticket} for each in one.changes
        ],
        "waivers": [
            exemption(waiver, record, fleet)
            for waiver in sorted(fleet.exemptions, key=lambda one: (one.until, one.rule, one.place))
            if waiver.client == record.slug and waiver.until >= fleet.as_of
        ],
        "unread": {
            key: one.unreadable or one.doubtful_at(key) for key in ("contacts", "setups", "copies", "agreements")
        },
        "cover": cover(record, fleet),
        "document": {"file": record.file},
    }


def cover(record: Record, fleet: Fleet) -> View:
    """How a client is covered, at a glance: `full`, `alert_only`, `agreement` (no monitoring) or `none`."""
    one = record.client
    watched = watches(one, fleet.policy, fleet.as_of)
    in_force = [each for each in one.agreements if standing(one, each, fleet.policy, fleet.as_of).in_force]
    # Hours that renew themselves are nearly an agreement, where policy.yml counts them at all. The badge says so.
    kinds = [fleet.policy.agreement_type(each.type) for each in in_force]
    about = ", block time (auto)" if kinds and all(isinstance(kind, BlockTime) for kind in kinds) else ""
    if any(watch.level == "full" for watch in watched):
        return {"level": "full", "words": "Full monitoring", "say": SAY["full"]}
    if watched:
        return {"level": "alert_only", "words": f"Alerts only{about}", "say": SAY["alert_only"]}
    if in_force:
        return {"level": "agreement", "words": f"Agreement, not monitored{about}", "say": SAY["agreement"]}
    return {"level": "none", "words": "No agreement, not monitored", "say": SAY["none"]}


SAY = {
    "full": "we look, tell and mend",
    "alert_only": "tell the client, get it in writing, stop",
    "agreement": "no alert of theirs is ours",
    "none": "ask before any work; no alert of theirs is ours",
}
"""What the cover of a client means for whoever has an alert on the screen."""


def setup(one: Setup, record: Record, fleet: Fleet) -> View:
    """A set-up with its items, jobs and copies, defaults filled in."""
    policy = fleet.policy
    entry = fleet.catalogue.products.get(one.product)
    found = entitlement(record.client, one, policy, fleet.as_of)
    targets = {job.to for job in one.jobs if job.to} | {job.from_copy for job in one.jobs if job.from_copy}
    mine = [each for each in record.client.copies if each.id in targets] or list(record.client.copies)
    ranked = sorted(one.items, key=lambda item: restore_order(item, one))
    return {
        "id": one.id,
        "product": one.product,
        "product_name": product_name(one, entry),
        "in_catalogue": entry is not None,
        "version": one.version,
        "written_for": entry.product.written_for if entry else None,
        "managed_by": one.managed_by,
        "managed_words": MANAGED[one.managed_by],
        "implemented_by": one.implemented_by,
        "assessed": {"on": day(one.assessed.on), "by": one.assessed.by} if one.assessed else None,
        "server": one.server,
        "console_url": one.console_url,
        "licence": reference(one.licence_ref, policy),
        "diagram": reference(one.diagram_ref, policy),
        "credentials": [_credential(each, policy) for each in one.credentials],
        "backup_server": _backup_server(one.backup_server, policy) if one.backup_server else None,
        "items": placed([item(each, one, record.client) for each in ranked], ranked, record, policy),
        "unprotected": [_unprotected(each, policy) for each in one.unprotected],
        "jobs": placed([job(each, one, record.client) for each in one.jobs], one.jobs, record, policy),
        "copies": [copy(each, record.client, policy, one) for each in mine],
        "notifies": list(one.notifies),
        "steps": [step(each) for each in one.steps],
        "restore_tests": [
            test(each, one, policy) for each in sorted(one.restore_tests, key=lambda test: test.on, reverse=True)
        ],
        "test_due": day(
            max(each.on for each in one.restore_tests) + timedelta(days=policy.thresholds.restore_test_days)
        )
        if one.restore_tests
        else None,
        "warning": html(one.warning),
        "notes": html(one.notes),
        "may": {work: work in found.services for work in WORKS},
        "agreements": sorted({grant.agreement for grant in found.grants}),
        "origin": origin(one, record, policy),
    }


def _credential(one: Credential, policy: Policy) -> View:
    where = reference(one.item_ref, policy)
    return {"purpose": one.purpose, "where": where, "mfa": one.mfa, "rotated_on": day(one.rotated_on)}


def _backup_server(one: BackupServer, policy: Policy) -> View:
    return {
        "config_backup_to": one.config_backup_to,
        "config_encrypted": one.config_encrypted,
        "domain_joined": one.domain_joined,
        "mfa": one.mfa,
        "password": reference(one.password_ref, policy),
    }


def _unprotected(one: Unprotected, policy: Policy) -> View:
    return {
        "item": one.item,
        "reason": one.reason,
        "agreed_by": one.agreed_by,
        "agreed_on": day(one.agreed_on),
        "until": day(one.until),
        "notice": reference(one.notice_ref, policy),
    }


MANAGED = {
    "us": "We look after it",
    "on_request": "We work on it when asked",
    "client": "The client looks after it",
    "third_party": "Somebody else looks after it",
}


def product_name(one: Setup, entry: Entry | None) -> str:
    """The product's name as a person says it."""
    return entry.product.name if entry else one.product_name or one.product


def item(one: Item, owner: Setup, whole: Client) -> View:
    """A protected item, the set-up's defaults filled in."""
    default = owner.defaults
    site = one.site or default.site
    return {
        "id": one.key,
        "name": one.name or one.id,
        "kind": one.kind or default.kind,
        "os": one.os or default.os,
        "site": next((each.name for each in whole.sites if each.id == site), site),
        "user": one.user,
        "priority": str(one.priority) if one.priority is not None else None,
        "rpo": one.rpo or default.rpo,
        "rto": one.rto or default.rto,
        "inherited": [
            name
            for name in ("kind", "os", "site", "rpo", "rto")
            if getattr(one, name) is None and getattr(default, name)
        ],
        "match": one.match,
        "expected": str(one.expected) if one.expected is not None else None,
        "data_owner": one.data_owner,
        "depends_on": list(one.depends_on),
        "added_on": day(one.added_on),
        "retired_on": day(one.retired_on),
        "jobs": [each.name for each in owner.jobs if one.key in each.items],
        "warning": inline(one.warning),
        "notes": inline(one.notes),
    }


def restore_order(one: Item, owner: Setup) -> tuple[int, timedelta, str]:
    """Items in the order they are restored: by priority, those without one last; of the same, what is missed first."""
    rto = one.rto or owner.defaults.rto
    soon = duration(rto) if rto else timedelta.max
    return one.priority if one.priority is not None else 1_000_000, soon, one.key


def job(one: Job, owner: Setup, whole: Client) -> View:
    """A job with its items by name."""
    names = {each.key: each.name or each.id for each in owner.items}
    return {
        "name": one.name,
        "items": [names.get(each, each) for each in one.items],
        "from_copy": copy_name(one.from_copy, whole),
        "to": copy_name(one.to, whole),
        "schedule": one.schedule,
        "keeps": retention_text(one.keeps.counts) if one.keeps and one.keeps.counts else None,
        "legal_basis": one.keeps.legal_basis if one.keeps else None,
        "expected_duration": one.expected_duration,
        "reports_success": one.reports_success,
        "notes": inline(one.notes),
    }


def copy_name(one: str | None, whole: Client) -> str | None:
    """The name of a copy by its id."""
    return next((each.name or each.id for each in whole.copies if each.id == one), one)


def copy(one: Copy, whole: Client, policy: Policy, owner: Setup | None = None) -> View:
    """A copy, what a shared target says filled in. On site or off site depends on where the items stand."""
    target = policy.target(one.target)
    site = next((each.name for each in whole.sites if each.id == one.site), one.site)
    return {
        "id": one.id,
        "name": copies.copy_name(one, policy),
        "site": site,
        "location": copies.location(one, copies.sites([owner] if owner else whole.setups), policy),
        "medium": copies.medium(one, policy),
        "region": one.region or (target.region if target else None),
        "immutable_days": str(days) if (days := copies.immutable_days(one, policy)) else None,
        "inherited": [
            name
            for name in ("medium", "region", "immutable_days")
            if target is not None and getattr(one, name) is None and getattr(target, name, None) is not None
        ],
        "offline": one.offline,
        "separate_identity": one.separate_identity,
        "rotation": one.rotation,
        "encrypted": one.encryption is not None,
        "key_ref": one.encryption.key_ref if one.encryption else None,
        "key": reference(one.encryption.key_ref, policy) if one.encryption else None,
        "key_holder": one.encryption.key_holder if one.encryption else None,
        "key_tested_on": day(one.encryption.tested_on) if one.encryption else None,
        "notes": html(one.notes),
    }


def contact(one: Contact, whole: Client, policy: Policy) -> View:
    """Somebody to call. How much they may approve is shown where policy.yml names a currency, else that they may."""
    amount = one.approves_up_to
    return {
        "name": one.name,
        "roles": [role.replace("_", " ") for role in one.roles],
        "phone": one.phone,
        "email": one.email,
        "approves": amount is not None,
        "up_to": f"{policy.currency} {amount:,g}" if amount is not None and policy.currency else None,
        "available": one.available,
        "site": next((site.name for site in whole.sites if site.id == one.site), one.site),
        "notes": html(one.notes),
    }


def agreement(one: Agreement, whole: Client, policy: Policy, as_of: date) -> View:
    """An agreement and whether it is in force. What it says about monitoring is told by the monitoring page alone."""
    found = standing(whole, one, policy, as_of)
    kind = policy.agreement_type(one.type)
    return {
        "id": one.id,
        "type": (kind.name if kind else None) or one.type.replace("_", " "),
        "covers": [_cover_words(each) for each in one.covers if found.in_force or each.service != "monitoring"],
        "starts": day(one.starts),
        "last_day": "open-ended" if one.open_ended else day(one.last_day),
        "renews": one.renews.replace("_", " ") if one.renews else None,
        "in_force": found.in_force,
        "why": found.why,
        "through": day(found.through),
        "unending": unending(one, as_of),
        "soon": bool(found.through and found.through <= as_of + timedelta(days=policy.thresholds.warn_before_days)),
        "hours": str(one.block.hours_remaining) if one.block and one.block.hours_remaining is not None else None,
        "hours_as_of": day(one.block.as_of) if one.block else None,
        "preapproval": _preapproval(approved(one, whole, as_of), policy),
        "notes": html(one.notes),
    }


def _preapproval(one: Preapproval | None, policy: Policy) -> View | None:
    if one is None:
        return None
    where = reference(one.reference, policy)
    return {"hours": counted(one.hours, "hour"), "approver": one.approver, "on": day(one.on), "where": where}


def _cover_words(cover: Any) -> str:
    return cover.service if cover.setups is None else f"{cover.service} ({', '.join(cover.setups)})"


def test(one: RestoreTest, owner: Setup, policy: Policy) -> View:
    """A restore that was tried."""
    names = {each.key: each.name or each.id for each in owner.items}
    return {
        "on": day(one.on),
        "kind": one.kind.replace("_", " "),
        "items": [names.get(each, each) for each in one.items],
        "from_copy": one.from_copy,
        "result": one.result,
        "minutes": str(one.minutes) if one.minutes is not None else None,
        "by": one.by,
        "evidence": reference(one.evidence_ref, policy),
        "follow_up": inline(one.follow_up),
    }


def step(one: Step) -> View:
    """A step of how the set-up was made."""
    return {"do": html(one.do), "expect": html(one.expect), "if_not": html(one.if_not)}


def reference(text: str | None, policy: Policy) -> View | None:
    """A reference, with the link that policy.yml has for its scheme."""
    if text is None:
        return None
    scheme, _, path = text.partition("://")
    link = policy.links.get(scheme)
    return {"text": text, "link": link.replace("{path}", path).replace("{id}", path) if link else None}


def day(value: date | None) -> str | None:
    """A day as every page writes it."""
    return value.isoformat() if value else None


def html(text: str | None) -> object:
    """Prose as clean markup that every place of a page leaves alone; None where there is none."""
    return prose.html(text) if text else None


def inline(text: str | None) -> object:
    """Prose for the middle of a line or a table cell."""
    return prose.inline(text) if text else None


def _field(name: str, value: object, policy: Policy) -> View:
    declared = policy.fields.get(name)
    words = {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    return {"title": (declared.title if declared else None) or name, "value": words}
