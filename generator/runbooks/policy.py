"""The provider's policy: which agreements count, what they give, and what must be documented."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from pydantic import ConfigDict, Field, Strict, StringConstraints, field_validator

from runbooks.parts import Part
from runbooks.records.agreement import ItemKind
from runbooks.records.client import Level
from runbooks.values import (
    Amount,
    Count,
    Day,
    Flag,
    Line,
    Link,
    Many,
    Name,
    Never,
    Number,
    Percent,
    Prose,
    Reference,
    Slug,
    Version,
)

Profile: TypeAlias = Literal["start", "standard", "strict"]
PROFILES: Final[tuple[Profile, ...]] = ("start", "standard", "strict")
"""How much is asked of a record, from little to much."""

SERVICES = ("backup", "monitoring", "repair", "restore")
"""The services the gate knows. policy.yml may name more that an agreement can cover."""


Window: TypeAlias = Annotated[
    str, Strict(), StringConstraints(pattern=r"^[1-9][0-9]{0,2} (days?|months?|years?)$", max_length=20)
]
"""A length of the calendar: 12 months, 90 days, 1 year."""


@cache
def _zones() -> frozenset[str]:
    """Every time zone this system knows; asking takes 10 ms."""
    return frozenset(available_timezones())


class Service(Part):
    """A service that an agreement can cover."""

    name: Line | None = Field(None, description="Its name on the pages.")
    description: Line | None = Field(None, description="What it is.")


class Recurring(Part):
    """An agreement that is invoiced on a schedule."""

    counts: Flag = Field(description="true when it counts as an agreement at all.")
    monitoring: Level = Field("none", description="The most monitoring it gives: none, alert_only or full.")
    name: Line | None = Field(None, description="Its name on the pages.")
    price_list: Line | None = Field(None, description="The page with its prices, for example docs/alert-only.md.")
    hourly_rate: Amount | None = Field(None, description="What an hour costs a client who has it. Never shown.")


class BlockTime(Part):
    """Prepaid hours: half-way, not a true agreement."""

    counts: Never = Field(False, description="Always false: prepaid hours are not an agreement.")
    automated_counts: Flag = Field(False, description="true when blocks that renew themselves count, as alert_only.")
    minimum_hours: Count | None = Field(None, description="The smallest block sold.")
    name: Line | None = Field(None, description="Its name on the pages.")
    price_list: Line | None = Field(None, description="The page with its prices.")
    hourly_rate: Amount | None = Field(None, description="What an hour costs. Never shown.")


class AdHoc(Part):
    """Work invoiced on no schedule. Never entitles to monitoring."""

    counts: Never = Field(False, description="Always false.")
    window: Window = Field("12 months", description="How long after the last payment somebody is a client: 12 months.")
    name: Line | None = Field(None, description="Its name on the pages.")
    hourly_rate: Amount | None = Field(None, description="What an hour costs. Never shown.")
    blocks_since: Day | None = Field(
        None, description="Since when new clients without an agreement buy a block of hours first."
    )


class AgreementTypes(Part):
    """The agreement types by name. `block_time` and `ad_hoc` are special; every other is invoiced on a schedule."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Recurring]

    block_time: BlockTime = Field(default_factory=BlockTime, description="Prepaid hours.")
    ad_hoc: AdHoc = Field(default_factory=AdHoc, description="No schedule.")

    @property
    def by_name(self) -> dict[str, Recurring | BlockTime | AdHoc]:
        """Every type under its name, the special ones last."""
        return {**self.__pydantic_extra__, "block_time": self.block_time, "ad_hoc": self.ad_hoc}


class Person(Part):
    """Somebody with a telephone."""

    name: Line = Field(description="The name or function.")
    phone: Line = Field(description='In quotes: "+61 2 5550 0199".')


class Referral(Part):
    """Whom we recommend to those we do not look after."""

    name: Line = Field(description="The firm.")
    phone: Line | None = Field(None, description="Its number, in quotes.")
    checked_on: Day | None = Field(None, description="When somebody last made sure that they still take such clients.")


class Target(Part):
    """A place for backups that several clients share."""

    id: Slug = Field(description="Its id, used by a copy's `target`.")
    name: Line | None = Field(None, description="Its name on the pages.")
    medium: Literal["disk", "nas", "appliance", "object", "tape", "removable", "vendor_cloud"] | None = Field(
        None, description="What it lies on."
    )
    site: Literal["offsite"] = Field("offsite", description="A shared target is off site for every client.")
    immutable_days: Count | None = Field(None, description="For how many days nobody can change or delete it.")
    region: Line | None = Field(None, description="In which country or region the data lies.")


class Insurance(Part):
    """Whom we asked whether watching without an agreement is insured, and what they said."""

    broker: Line = Field(description="The broker or insurer.")
    phone: Line | None = Field(None, description="Its number, in quotes.")
    asked_on: Day | None = Field(None, description="When we last asked.")
    answer_ref: Reference | None = Field(None, description="Where the answer in writing lies.")


class Thresholds(Part):
    """Numbers the pages and rules compute with."""

    review_days: Count = Field(
        180, description="How long a review holds. CIS Control 11.1 asks for a year; we for half."
    )
    review_limit_days: Count = Field(
        365, description="When a late review becomes an error. CIS Control 11.1: at least each year."
    )
    restore_test_days: Count = Field(92, description="How often a restore is tried. CIS Control 11.5: each quarter.")
    warn_before_days: Count = Field(30, description="How long before something ends it is marked. Our own choice.")
    schedule_days: Count = Field(
        7, description="The longest time between two runs. CIS Control 11.2: weekly or oftener."
    )
    retention_days: Count = Field(14, description="How long a backup is kept, at least. Our own choice.")
    saas_retention_days: Count = Field(
        93, description="The same for a cloud service. Its own recycle bin keeps that long: Microsoft 365, SharePoint."
    )
    rotation_days: Count = Field(365, description="How old a password may be. Veeam's security check list: a year.")
    key_test_days: Count = Field(365, description="How long ago an encryption key was tried, at most. Our own choice.")
    assessment_days: Count = Field(
        90, description="How long after its start a full agreement needs an assessment of the set-up. Our own choice."
    )
    refusal_days: Count = Field(
        30, description="How long after an agreement ends a refusal has to be on file. Our own choice."
    )
    figures_days: Count = Field(
        35, description="How old hours left and payments entered by hand may be: a month and some days."
    )
    block_hours_low_percent: Count = Field(10, description="When a block of hours is nearly used up. Our own choice.")
    invoice_unpaid_days: Count = Field(
        30, description="How long an invoice may be unpaid. Veeam Service Provider Console warns after the same time."
    )
    waiver_days: Count = Field(90, description="How far ahead a waiver may end, at most. Our own choice.")
    price_list_days: Count = Field(365, description="How old a price list may be. Our own choice: a year.")
    referral_days: Count = Field(365, description="How long ago the referral was rung, at most. Our own choice.")
    insurer_days: Count = Field(365, description="How long ago the insurer was asked, at most. Our own choice.")
    absent_days: Count = Field(
        14,
        description="How long what is documented may be missing in the exports before it is an error. Our own choice: "
        "longer than most holidays of a laptop.",
    )


class Cost(Part):
    """What unpaid monitoring costs: minutes of work a day. The defaults are a provider's published figures."""

    alert_review_minutes: Count = Field(30, description="Reading all alerts, a day.")
    failures_per_day: Count = Field(5, description="Failed backups, a day.")
    reach: Count = Field(10, description="Minutes until somebody is reached who may decide.")
    persuade: Count = Field(15, description="Minutes until they agree.")
    repair: Count = Field(20, description="Minutes of repair.")
    learn: Count = Field(15, description="Minutes of the repair that go into finding out how it was made.")
    working_days: Count = Field(260, description="Working days a year.")
    items: Number = Field(
        50, description="Watched items that make so much work. Our reading of 10, 20, 50 alerts a day."
    )
    chase_minutes: Count = Field(
        0, description="Minutes a day that go into chasing disputed invoices; 0 until measured."
    )
    hourly_cost: Amount | None = Field(None, description="What an hour of a technician costs us. Without it: no money.")

    @property
    def minutes_a_day(self) -> int:
        """Minutes of unpaid work a day: the review, and every failure from the call to the repair."""
        each = self.reach + self.persuade + self.repair
        return self.alert_review_minutes + self.failures_per_day * each + self.chase_minutes


class CoverageAim(Part):
    """How much of the runbooks has to be documented."""

    min: Percent | None = Field(None, description="The least percentage of all runbooks together.")
    each: Percent | None = Field(None, description="The least percentage of every single runbook.")
    never_lower: Flag = Field(
        False, description="true when `lint --since` tells where less is documented than at that revision."
    )


class OwnField(Part):
    """A field of the provider's own that records may carry under `fields`."""

    type: Literal["text", "number", "flag", "date", "choice"] = Field(description="What it holds.")
    title: Line | None = Field(None, description="Its name on the pages.")
    values: Many[Line] = Field((), description="For a choice: the values.")
    required: Flag = Field(False, description="true when every record must have it.")


class Waiver(Part):
    """A finding that somebody has accepted for a time. It explains a gap; it never entitles anybody."""

    rule: Line = Field(description="Code or name of the rule.")
    client: Slug = Field(description="The client's short name, as its file is called.")
    reason: Line = Field(description="Why. Shown on the client's page.")
    approver: Line = Field(description="Who accepted it.")
    until: Day = Field(description="The last day it holds.")


class Policy(Part):
    """policy.yml: what the provider has decided, once for all clients."""

    version: Version = Field(1, alias="schema", description="The version of the policy's shape: 1.")
    provider: Line = Field(description="The provider's name.")
    timezone: Line = Field(description="Whose calendar counts: Australia/Sydney.")
    as_of: Day | None = Field(
        None, description="Holds the calendar at a day. For samples only: a site held so never goes dark by itself."
    )
    profile: Profile = Field("standard", description="How much is asked of a record.")
    mailboxes: Many[Line] = Field(
        (), description="What counts as ours: addresses, @domains, addresses of PSA and RMM hooks."
    )
    services: dict[Slug, Service] = Field(
        default_factory=dict, description="Services beside backup, monitoring, repair, restore."
    )
    agreements: AgreementTypes = Field(description="The agreement types.")
    duty_manager: Person | None = Field(None, description="Whom a technician calls when nobody else answers.")
    insurance: Insurance | None = Field(None, description="Whom we asked whether free monitoring is insured.")
    referral: Referral | None = Field(None, description="Whom we recommend to those we do not look after.")
    report_problem: Link | None = Field(
        None, description='Where "this step is wrong" leads: mailto:docs@provider.example?subject={page}.'
    )
    edit_url: Link | None = Field(
        None, description="Where a record is edited: https://git.provider.example/edit/{file}."
    )
    line_url: Link | None = Field(
        None,
        description="Where a line of a record is shown: https://git.provider.example/blob/main/{file}#L{line}.",
    )
    currency: Line | None = Field(
        None,
        description="The currency of all amounts: AUD. With it, pages say how much each contact may approve, and "
        "what free monitoring costs in it.",
    )
    links: dict[Slug, Link] = Field(
        default_factory=dict,
        description="Where references lead, by scheme: {vault: https://vault.provider.example/{path}}.",
    )
    references: Many[Slug] = Field(
        ("vault", "itglue", "hudu", "passportal", "keeper", "bitwarden", "onepassword", "psa", "https"),
        description="The first words of references that records may use, beside those of links.",
    )
    standard_products: Many[Slug] = Field(
        (), description="The products we set up. Any other needs a product_reason. Without it: all."
    )
    max_unentitled: Count = Field(
        0, description="How many items may be watched without an agreement before it is an error."
    )
    rpo_counts: Literal["hours", "business_hours"] = Field(
        "hours", description="Whether an RPO counts every hour, or the client's business hours alone."
    )
    legal_retention: dict[Line, Count] = Field(
        default_factory=dict, description="For how many days a law or contract asks backups to be kept, by its name."
    )
    inventory: Literal["required", "optional"] = Field(
        "optional", description="required: no feed of what products protect in inventory/feeds.yml is an error."
    )
    targets: Many[Target] = Field((), description="Places for backups that several clients share.")
    document_each: Many[ItemKind] = Field(
        ("server", "vm", "nas_share", "database"), description="Kinds documented one by one; the others also as groups."
    )
    decline_words: Prose | None = Field(None, description="What to say to a client who is not monitored. Markdown.")
    thresholds: Thresholds = Field(default_factory=Thresholds, description="Numbers the pages and rules compute with.")
    cost: Cost = Field(default_factory=Cost, description="What unpaid monitoring costs.")
    coverage: CoverageAim | None = Field(
        None, description="How much of the runbooks has to be documented. Without it: nothing is asked."
    )
    fields: dict[Name, OwnField] = Field(default_factory=dict, description="Own fields of the records.")
    rules: dict[Line, Literal["error", "warning", "info", "off"]] = Field(
        default_factory=dict, description="Severity by rule, code or name. The gate's rules cannot be turned down."
    )
    waivers: Many[Waiver] = Field((), description="Findings accepted for a time.")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in _zones():
            raise ValueError(f"{value} is not a time zone; write one such as Australia/Sydney or Europe/London")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The time zone whose calendar counts."""
        return ZoneInfo(self.timezone)

    @property
    def service_names(self) -> tuple[str, ...]:
        """Every service an agreement can cover."""
        return (*SERVICES, *(name for name in sorted(self.services) if name not in SERVICES))

    def money(self, amount: str) -> str:
        """An amount with its currency, where one is named: AUD 1,250."""
        return f"{self.currency} {amount}" if self.currency else amount

    def agreement_type(self, name: str) -> Recurring | BlockTime | AdHoc | None:
        """The agreement type of that name, or nothing."""
        kinds = self.agreements
        match name:
            case "block_time":
                return kinds.block_time
            case "ad_hoc":
                return kinds.ad_hoc
            case _:
                return kinds.__pydantic_extra__.get(name)

    def target(self, name: str | None) -> Target | None:
        """The shared target of that id, or nothing."""
        for target in self.targets:
            if target.id == name:
                return target
        return None
