"""Backup set-ups: a product, what it protects, its jobs, and how it was made."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, JsonValue, model_validator

from runbooks.parts import Part
from runbooks.records.agreement import ItemKind
from runbooks.values import Count, Day, Duration, Flag, Line, Many, Number, Prose, Reference, Schedule, Slug, Web

System = Literal["windows", "macos", "linux", "other"]
ManagedBy = Literal["us", "on_request", "client", "third_party"]


SINGLE: dict[str, JsonValue] = {
    "required": ["name"],
    "properties": {"name": {"type": "string"}},
    "not": {"required": ["match"]},
}
GROUP: dict[str, JsonValue] = {
    "required": ["match", "expected", "id"],
    "properties": {"match": {"type": "string"}, "expected": {"type": "integer"}, "id": {"type": "string"}},
}
"""What an item must have, for the schema: see `Item`."""


class Defaults(Part):
    """Values that hold for every item of the set-up that does not give its own."""

    site: Line | None = Field(None, description="The id of the site the items stand at.")
    kind: ItemKind | None = Field(None, description="What the items are.")
    os: System | None = Field(None, description="The operating system of the items.")
    rpo: Duration | None = Field(None, description="How much data may be lost: 24h.")
    rto: Duration | None = Field(None, description="How long until it works again: 4h.")


class Item(Part):
    """A protected item: a server, a workstation, a mailbox ..., or a group of them given by a pattern."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [SINGLE, GROUP]})

    id: Line | None = Field(None, description="Its id in this record. Without it: the name in lower case.")
    name: Line | None = Field(None, description="Its name as the product shows it.")
    kind: ItemKind | None = Field(None, description="What it is. Without it: the set-up's default.")
    match: Line | None = Field(None, description='For a group: the pattern of its names, for example "NB-FD*".')
    expected: Count | None = Field(None, description="For a group: how many there should be.")
    os: System | None = Field(None, description="Its operating system.")
    site: Line | None = Field(None, description="The id of the site it stands at.")
    user: Line | None = Field(None, description="Who works with it.")
    priority: Count | None = Field(None, description="In which order it is restored; 1 comes first.")
    rpo: Duration | None = Field(None, description="How much data may be lost: 24h.")
    rto: Duration | None = Field(None, description="How long until it works again: 4h.")
    data_owner: Line | None = Field(None, description="Who decides about its data.")
    depends_on: Many[Line] = Field((), description="Ids of items that must be back before it.")
    external_ids: dict[Line, Line] = Field(default_factory=dict, description="Its ids in other systems.")
    added_on: Day | None = Field(None, description="Since when it is protected.")
    retired_on: Day | None = Field(None, description="Since when it is no longer protected.")
    warning: Prose | None = Field(None, description="What to know before touching it. Markdown.")
    notes: Prose | None = Field(None, description="What else to know. Markdown.")

    @model_validator(mode="after")
    def _has_a_name(self) -> Item:
        if self.name is None and self.match is None:
            raise ValueError("an item needs a name, or for a group a match and the number expected")
        if self.match is not None and (self.expected is None or self.id is None):
            raise ValueError("a group given by match needs an id and the number expected")
        return self

    @property
    def key(self) -> str:
        """The id that jobs and tests refer to."""
        return self.id or (self.name or "").lower()


class Unprotected(Part):
    """Something that is known not to be protected, and why."""

    item: Line = Field(description="What is not protected: a device, a drive, a folder.")
    reason: Line = Field(description="Why it is not.")
    agreed_by: Line = Field(description="Who of the client agreed.")
    agreed_on: Day | None = Field(None, description="When they agreed.")
    until: Day | None = Field(None, description="Until when that holds.")
    notice_ref: Reference | None = Field(None, description="Where the agreement in writing lies.")


class Keeps(Part):
    """How many restore points a job keeps, and for how long."""

    points: Number | None = Field(None, description="Restore points, whatever their age.")
    days: Number | None = Field(None, description="Days.")
    hourly: Number | None = Field(None, description="Hourly points.")
    daily: Number | None = Field(None, description="Daily points.")
    weekly: Number | None = Field(None, description="Weekly points.")
    monthly: Number | None = Field(None, description="Monthly points.")
    yearly: Number | None = Field(None, description="Yearly points.")
    years: Number | None = Field(None, description="Years.")
    versions: Number | None = Field(None, description="Versions of each file.")
    legal_basis: Line | None = Field(None, description="The law or contract that asks for it.")

    @property
    def counts(self) -> dict[str, int]:
        """The numbers that are given, by unit."""
        units = ("points", "versions", "days", "hourly", "daily", "weekly", "monthly", "yearly", "years")
        values = self.__dict__
        return {unit: values[unit] for unit in units if values[unit] is not None}


class Job(Part):
    """A job of the product, under the name its console shows."""

    name: Line = Field(description="Its name exactly as the console shows it.")
    items: Many[Line] = Field((), description="Ids of the items it protects.")
    from_copy: Line | None = Field(None, alias="from", description="For a copy job: the id of the copy it reads.")
    to: Line | None = Field(None, description="The id of the copy it writes.")
    schedule: Schedule | None = Field(None, description="When it runs: daily at 22:00, after NB-Servers-Daily, ...")
    keeps: Keeps | None = Field(None, description="What it keeps: {daily: 30, monthly: 12}.")
    expected_duration: Duration | None = Field(None, description="How long it usually runs.")
    reports_success: Flag = Field(
        True, description="false when it only speaks up on failure: then silence proves nothing."
    )
    external_ids: dict[Line, Line] = Field(default_factory=dict, description="Its ids in other systems.")
    notes: Prose | None = Field(None, description="What else to know. Markdown.")


class Step(Part):
    """A step of how the set-up was made: do, expect, and what if not."""

    do: Prose = Field(description="What to do. Markdown.")
    expect: Prose | None = Field(None, description="What is seen when it worked. Markdown.")
    if_not: Prose | None = Field(None, description="What to do when it is not seen. Markdown.")


class Difference(Part):
    """Where this client differs from the catalogue's procedure."""

    before: Prose | None = Field(None, description="Shown before the procedure. Markdown.")
    after: Prose | None = Field(None, description="Shown after the procedure. Markdown.")
    instead: Prose | None = Field(None, description="Shown in place of the procedure. Markdown.")


class RestoreTest(Part):
    """A restore that was tried, on a day, by a person."""

    on: Day = Field(description="The day of the test.")
    kind: Literal["file", "machine", "application", "full", "mailbox", "boot_check", "tabletop"] = Field(
        description="What was tried. A boot check proves that a machine starts, no more."
    )
    items: Many[Line] = Field((), description="Ids of the items that were restored.")
    from_copy: Line | None = Field(None, alias="from", description="The id of the copy it was restored from.")
    result: Literal["pass", "fail"] = Field(description="pass or fail.")
    minutes: Count | None = Field(None, description="How long it took.")
    by: Line = Field(description="Who did it.")
    evidence_ref: Reference | None = Field(None, description="Where the proof lies.")
    follow_up: Prose | None = Field(None, description="What came of it. Markdown.")


class Credential(Part):
    """Which login is needed for what, and where it is kept. Never the login itself."""

    purpose: Line = Field(description="What it is for: console, repository, guest, ...")
    item_ref: Reference = Field(description="Where it is kept: vault://client/item.")
    mfa: Flag | None = Field(None, description="true when a second factor is asked for.")
    rotated_on: Day | None = Field(None, description="When it was last changed.")


class BackupServer(Part):
    """How the backup server itself is kept safe and can be made again."""

    config_backup_to: Line | None = Field(None, description="Where its configuration is saved.")
    config_encrypted: Flag | None = Field(None, description="true when that copy is encrypted.")
    domain_joined: Flag | None = Field(None, description="true when it is a member of the client's domain.")
    mfa: Flag | None = Field(None, description="true when its console asks for a second factor.")
    password_ref: Reference | None = Field(None, description="Where the password of its configuration copy is kept.")


class Assessment(Part):
    """Who looked at the set-up before it was taken over, and when."""

    on: Day = Field(description="The day.")
    by: Line = Field(description="Who.")
    ref: Reference | None = Field(None, description="Where the report lies.")


class Setup(Part):
    """One backup product at this client, with everything it protects."""

    id: Slug = Field(description="Its id in this record: lower case, digits, dashes.")
    product: Slug = Field(description="A folder of templates/products, or `other` with product_name.")
    product_name: Line | None = Field(None, description="The product's name when it is not in the catalogue.")
    product_reason: Line | None = Field(None, description="Why this product, where it is not one of our standard ones.")
    version: Line | None = Field(None, description='Its version, in quotes: "12.3".')
    managed_by: ManagedBy = Field("us", description="Who looks after it. What must be documented depends on it.")
    implemented_by: Line | None = Field(None, description="Who set it up.")
    assessed: Assessment | None = Field(None, description="When it was looked at before it was taken over.")
    server: Line | None = Field(None, description="The machine the product runs on.")
    console_url: Web | None = Field(None, description="The address of its console.")
    licence_ref: Reference | None = Field(None, description="Where the licence is kept.")
    diagram_ref: Reference | None = Field(None, description="Where a drawing of it lies.")
    credentials: Many[Credential] = Field((), description="Which logins are needed, and where they are kept.")
    backup_server: BackupServer | None = Field(None, description="How the backup server is kept safe.")
    defaults: Defaults = Field(default_factory=Defaults, description="Values for every item without its own.")
    items: Many[Item] = Field((), description="What is protected.")
    unprotected: Many[Unprotected] = Field((), description="What is known not to be protected.")
    jobs: Many[Job] = Field((), description="Its jobs.")
    notifies: Many[Line] = Field((), description="Where the product sends its notices: a fact, not a promise.")
    steps: Many[Step] = Field((), description="How it was made, to understand it and to make it again.")
    procedures: dict[Slug, Difference] = Field(
        default_factory=dict, description="Only where this client differs from the catalogue's procedure."
    )
    restore_tests: Many[RestoreTest] = Field((), description="Restores that were tried.")
    warning: Prose | None = Field(None, description="What to know before touching it. Markdown.")
    notes: Prose | None = Field(None, description="What else to know. Markdown.")
