"""A client record: everything known about one client's backups."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from runbooks.findings import KeyPath
from runbooks.parts import Part, hold
from runbooks.records.agreement import Agreement
from runbooks.records.setup import Setup
from runbooks.values import Amount, Count, Day, Email, Flag, Line, Many, Name, Prose, Reference, Slug, Version

Role = Literal["decision_maker", "technical", "site", "billing", "after_hours", "insurer", "vendor"]
Level = Literal["none", "alert_only", "full"]
LEVELS: tuple[str, ...] = ("none", "alert_only", "full")


def _scalar(value: object) -> object:
    if not isinstance(value, str | int | float | bool):
        raise ValueError("write a text, a number, a day, true or false")  # noqa: TRY004 - pydantic wants a ValueError
    return value


FieldValue = Annotated[Any, AfterValidator(_scalar), WithJsonSchema({"type": ["string", "number", "boolean"]})]


_NO_DOUBTS: Final[frozenset[KeyPath]] = frozenset()


class Review(Part):
    """The last time a person read the record against reality."""

    on: Day = Field(description="The day.")
    by: Line = Field(description="Who.")


class Place(Part):
    """A site of the client."""

    id: Slug = Field(description="Its id in this record.")
    name: Line = Field(description="Its name.")
    address: Line | None = Field(None, description="Its address.")
    notes: Prose | None = Field(None, description="How to get in, where the rack is. Markdown.")


class Contact(Part):
    """Whom to call. Contacts stand in the order in which they are called."""

    name: Line = Field(description="The function, or the person where that may be shown.")
    roles: Many[Role] = Field((), description="What they are asked for: decision_maker, technical, site, billing, ...")
    phone: Line | None = Field(None, description='In quotes: "+61 2 5550 0100".')
    email: Email | None = Field(None, description="E-mail address.")
    private_ref: Reference | None = Field(None, description="Where a private number is kept.")
    approves_up_to: Amount | None = Field(None, description="How much they may approve. Without it: no approval.")
    available: Line | None = Field(None, description="When they can be reached: weekdays 08:00-18:00.")
    site: Line | None = Field(None, description="The id of the site they are at.")
    notes: Prose | None = Field(None, description="What else to know. Markdown.")


class Encryption(Part):
    """Who holds the key of a copy, and where it is kept."""

    key_ref: Reference | None = Field(None, description="Where the key is kept: vault://client/key. Never the key.")
    key_holder: Literal["us", "client", "vendor"] | None = Field(None, description="Who can open the copy.")
    tested_on: Day | None = Field(None, description="When the key was last tried.")


class Copy(Part):
    """A place where backups lie. On site or off site is worked out from the items' site."""

    id: Slug = Field(description="Its id in this record.")
    name: Line | None = Field(None, description="Its name as the product shows it.")
    site: Line | None = Field(None, description="The id of the site it stands at, or offsite.")
    target: Line | None = Field(None, description="The id of a shared target of policy.yml.")
    medium: Literal["disk", "nas", "appliance", "object", "tape", "removable", "vendor_cloud"] | None = Field(
        None, description="What it lies on."
    )
    immutable_days: Count | None = Field(None, description="For how many days nobody can change or delete it.")
    offline: Flag | None = Field(None, description="true when it cannot be reached by network.")
    separate_identity: Flag | None = Field(
        None, description="true when other accounts guard it than the client's domain."
    )
    region: Line | None = Field(None, description="In which country or region the data lies.")
    rotation: Line | None = Field(None, description="Who swaps the disks or tapes, and when.")
    encryption: Encryption | None = Field(None, description="Given when the copy is encrypted.")
    notes: Prose | None = Field(None, description="What else to know. Markdown.")


class Declined(Part):
    """The client was offered monitoring and said no."""

    on: Day = Field(description="The day of the answer.")
    notice_ref: Reference | None = Field(None, description="Where the refusal lies.")
    reason: Line | None = Field(None, description="What they said.")


class Quoted(Part):
    """The client was sent a price for monitoring and has not answered yet."""

    on: Day = Field(description="The day it was sent.")
    ref: Reference | None = Field(None, description="Where the quote lies.")


class Monitoring(Part):
    """The promise: that we watch, and how closely. Only for clients whose agreement covers it."""

    level: Level = Field(description="none, alert_only (we tell the client) or full (we tell and mend).")
    setups: Many[Line] | None = Field(None, description="The set-ups that are watched. Without it: all that we manage.")
    alerts_to: Many[Line] = Field((), description="Which of our mailboxes the alerts go to.")
    checked: Literal["daily", "business_days", "weekly"] | None = Field(None, description="How often somebody looks.")
    checked_by: Line | None = Field(None, description="Who looks.")
    declined: Declined | None = Field(None, description="The client's refusal, where level is none.")
    quoted: Quoted | None = Field(None, description="The offer, where level is none and no answer has come.")


class NoBackup(Part):
    """The client has no backup at all, and was told what that means."""

    told_on: Day = Field(description="The day they were told.")
    notice_ref: Reference | None = Field(None, description="Where the notice lies.")


class Change(Part):
    """What was changed at the client, and when."""

    on: Day = Field(description="The day.")
    by: Line = Field(description="Who.")
    what: Line = Field(description="What.")
    ticket: Line | None = Field(None, description="Its number in the PSA.")


class Client(Part):
    """The record of one client."""

    version: Version = Field(1, alias="schema", description="The version of the record's shape: 1.")
    client: Line = Field(description="The client's name.")
    aliases: Many[Line] = Field((), description="Other names people use for the client.")
    formerly: Many[Slug] = Field(
        (), description="Short names it had before: the addresses of then lead to the pages of today."
    )
    groups: Many[Slug] = Field((), description="Groups it belongs to, for lists and partial builds.")
    status: Literal["prospect", "onboarding", "active", "offboarding", "former"] = Field(
        "active", description="Where the client stands with us."
    )
    left_on: Day | None = Field(None, description="The day the client left, where status is former.")
    owner: Line | None = Field(None, description="Who keeps this record true.")
    reviewed: Review | None = Field(None, description="When somebody last read it against reality.")
    external_ids: dict[Line, Line] = Field(default_factory=dict, description='Its ids in other systems: {psa: "1042"}.')
    timezone: Line | None = Field(None, description="The client's time zone, where it differs from ours.")
    business_hours: Line | None = Field(None, description="When the client works: weekdays 08:00-18:00.")
    regulatory: Many[Line] = Field((), description="Rules it is under, such as a health-records act.")
    warning: Prose | None = Field(None, description="What everybody must know first. Markdown.")
    notes: Prose | None = Field(None, description="What else to know. Markdown.")
    sites: Many[Place] = Field((), description="Where the client works.")
    contacts: Many[Contact] = Field((), description="Whom to call, in this order.")
    agreements: Many[Agreement] = Field((), description="What the client pays for.")
    copies: Many[Copy] = Field((), description="Where backups lie.")
    setups: Many[Setup] = Field((), description="The backup products at this client.")
    monitoring: Monitoring | None = Field(None, description="Whether and how closely we watch.")
    no_backup: NoBackup | None = Field(None, description="Given when the client has no backup at all.")
    changes: Many[Change] = Field((), description="What was changed, newest first.")
    fields: dict[Name, FieldValue] = Field(default_factory=dict, description="Own fields that policy.yml declares.")

    @property
    def has_left(self) -> bool:
        """True when the client is one no more: it keeps its record, and has no runbook."""
        return self.status == "former" and not self.doubtful_at("status")

    @property
    def unreadable(self) -> bool:
        """True when the record as a whole cannot be relied on."""
        return () in self.doubts

    def doubtful_at(self, *keys: str | int) -> bool:
        """True when a problem makes that value, or something above or below it, undecided."""
        doubts = self.doubts
        return bool(doubts) and any(path[: len(keys)] == keys[: len(path)] for path in doubts)

    @property
    def doubts(self) -> frozenset[KeyPath]:
        """The key paths of everything that a problem leaves undecided."""
        private = self.__pydantic_private__
        return private.get("_doubts", _NO_DOUBTS) if private else _NO_DOUBTS

    def doubt(self, paths: frozenset[KeyPath]) -> None:
        """Take more values as undecided, by their key paths."""
        hold(self, "_doubts", self.doubts | paths)
