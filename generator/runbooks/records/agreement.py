"""Agreements: what a client pays for, from when, until when, and how it is invoiced."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from runbooks.parts import Part
from runbooks.values import Count, Day, Flag, Line, Many, Prose, Reference

ItemKind = Literal[
    "server", "workstation", "vm", "nas_share", "database", "saas_tenant", "mailbox", "site", "network_config"
]


class Cover(Part):
    """A service that an agreement covers: its name alone for all set-ups, or `{service, setups}` for some."""

    service: Line = Field(description="A service of policy.yml: backup, monitoring, repair, restore, ...")
    setups: Many[Line] | None = Field(None, description="The ids of the set-ups it is for. Without it: all of them.")

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, value: Any) -> Any:
        return {"service": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> Any:
        whole = handler.resolve_ref_schema(handler(core_schema))
        return {
            "description": "A service by its name, or a service for some set-ups only.",
            "anyOf": [whole["properties"]["service"], whole],
        }


class Billing(Part):
    """How an agreement is invoiced. `once` is not a schedule, so it entitles to nothing."""

    every: Literal["month", "quarter", "year", "once"] = Field(description="How often an invoice is sent.")
    prepaid_through: Day | None = Field(None, description="The last day that is paid for ahead.")
    last_invoice_on: Day | None = Field(None, description="Day of the last invoice; better from the PSA feed.")
    last_paid_on: Day | None = Field(None, description="Day of the last payment; better from the PSA feed.")
    as_of: Day | None = Field(None, description="The day on which the two days above were looked up.")


class Block(Part):
    """Prepaid hours that are counted down."""

    hours_purchased: Count | None = Field(None, description="Hours bought.")
    hours_remaining: Count | None = Field(None, description="Hours left; better from the PSA feed.")
    as_of: Day | None = Field(None, description="The day on which the hours left were looked up.")
    expires_on: Day | None = Field(None, description="The day on which unused hours lapse.")
    auto_topup: Flag = Field(False, description="true when a new block is invoiced by itself as this one runs out.")


class RenewalPending(Part):
    """Sales is renewing the agreement. The page stays dark; the error becomes a warning until then."""

    until: Day = Field(description="The last day on which the finding is only a warning.")
    by: Line = Field(description="Who is renewing it.")


class Preapproval(Part):
    """Work that the client has approved in writing before it is needed."""

    hours: Count = Field(description="For so many hours nobody has to be asked.")
    approver: Line = Field(description="Who of the client approved it.")
    on: Day = Field(description="The day they did.")
    reference: Reference = Field(description="Where it stands in writing.")


class Agreement(Part):
    """What the client has agreed to pay for. It gives what `covers` names while it is in force."""

    id: Line = Field(description="Its number in the PSA.")
    type: Line = Field(description="An agreement type of policy.yml: full, alert_only, block_time, ad_hoc, ...")
    covers: Many[Cover] = Field((), description="The services it covers. Without any, it covers nothing.")
    includes: dict[ItemKind, Count] = Field(default_factory=dict, description="Devices paid for, by kind.")
    starts: Day | None = Field(None, description="The first day it is in force.")
    last_day: Day | None = Field(None, description="The last day it is in force, inclusive.")
    open_ended: Flag = Field(False, description="true when it runs until somebody ends it.")
    renews: Literal["automatically", "by_signature"] | None = Field(
        None, description="What happens after the last day."
    )
    cancelled_on: Day | None = Field(None, description="The day from which it no longer counts.")
    billing: Billing | None = Field(None, description="How it is invoiced.")
    block: Block | None = Field(None, description="Hours, for block time.")
    preapproval: Preapproval | None = Field(None, description="Hours of repair approved in writing ahead.")
    signed_on: Day | None = Field(None, description="Day of the signature.")
    signed_by: Line | None = Field(None, description="Who signed for the client.")
    evidence_ref: Reference | None = Field(None, description="Where the signed paper lies.")
    renewal_pending: RenewalPending | None = Field(None, description="Sales is renewing it; see the manual.")
    notes: Prose | None = Field(None, description="What else to know. Markdown.")
