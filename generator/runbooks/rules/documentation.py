"""What must be documented about a set-up, which depends on who looks after it and on the profile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runbooks.corrections import of_word
from runbooks.findings import Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.records.client import Client
from runbooks.records.setup import Setup
from runbooks.rules.recoverability.scope import listed, unread
from runbooks.rules.references import undecided
from runbooks.rules.registry import rule
from runbooks.shape import closest

OTHER = "other"


@rule("DOC001", "unknown-product")
def unknown_product(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """The product of a set-up is in the catalogue, or is `other` with its name.

    Without a catalogue entry there are no procedures: a technician would meet a product nobody has described.

    Mend: correct the id, add the product to templates/products, or write `product: other` with product_name.

    Bad:

        setups:
          - {id: main, product: paper-and-pencil, items: [{name: Desk, kind: server}]}

    Good:

        setups:
          - {id: main, product: other, product_name: Paper and pencil, items: [{name: Desk, kind: server}]}
    """
    known = fleet.catalogue.products
    for setup in record.client.setups:
        if setup.product == OTHER and setup.product_name is None:
            if unread(record.client, setup, "product_name"):
                continue
            yield Problem(
                setup.at("product"), "product: other needs product_name", "add product_name: the product's name"
            )
        elif setup.product != OTHER and setup.product not in known:
            yield Problem(
                setup.at("product"),
                f"the catalogue has no product {setup.product}",
                closest(setup.product, known) or f"known: {', '.join(known)}; or `product: other` with product_name",
                fix=of_word(record.document, setup.at("product"), setup.product, known),
            )


@rule("DOC002", "setup-undocumented")
def setup_undocumented(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A set-up says what is protected, and where the backups lie.

    Whoever looks after it: these are the first questions of a night, and a set-up of which nobody knows them is one
    nobody can restore from.

    Mend: add what the message names.

    Bad:

        setups:
          - {id: main, product: other, product_name: Tape}

    Good:

        copies: [{id: shelf, medium: tape}]
        setups:
          - id: main
            product: other
            product_name: Tape
            managed_by: client
            items: [{name: SRV1, kind: server}]
    """
    for setup in record.client.setups:
        yield from _missing(record.client, setup, _always(record.client, setup))
        yield from _without_kind(record.client, setup)


def _missing(client: Client, setup: Setup, missing: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    """One problem for all that is missing; what could not be read is not missing."""
    words = [
        word for key, word in missing if not client.doubtful_at(*(client.at(key) if key == "copies" else setup.at(key)))
    ]
    if words:
        yield Problem(
            setup.at(),
            f"the set-up {setup.id} (managed by {setup.managed_by}) does not say: {'; '.join(words)}",
            "add what is missing; the manual says what each is for",
        )


def _always(client: Client, setup: Setup) -> Iterator[tuple[str, str]]:
    if not setup.items:
        yield "items", "items (what is protected)"
    if not client.copies:
        yield "copies", "copies (where the backups lie)"


def _without_kind(client: Client, setup: Setup) -> Iterator[Problem]:
    """The items of a set-up that do not say what they are, told once, at the first."""
    if setup.defaults.kind is not None or unread(client, setup, "defaults"):
        return
    lacking = [one for one in setup.items if one.kind is None and not client.doubtful_at(*one.at("kind"))]
    if lacking:
        names = listed(one.name or one.key for one in lacking)
        yield Problem(
            lacking[0].at(),
            f"the set-up {setup.id} does not say what kind of thing {names} {'is' if len(lacking) == 1 else 'are'}",
            "add kind, here or under the defaults of the set-up",
            on_key=True,
        )


@rule("DOC006", "setup-hard-to-repair", profile="standard")
def setup_hard_to_repair(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A set-up that we work on says how it runs and how it was made.

    One that we manage: its jobs with schedule, retention and copy, and the steps it was made by. One that we touch on
    request: its jobs. A backup nobody has documented is the one nobody can repair.

    Mend: add what the message names.

    Bad:

        copies: [{id: shelf, medium: tape}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]

    Good:

        copies: [{id: shelf, medium: tape}]
        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs: [{name: Nightly, items: [srv1], schedule: daily at 22:00, keeps: {daily: 30}, to: shelf}]
            steps: [{do: Put a tape in on Monday., expect: The drive blinks.}]
    """
    for setup in record.client.setups:
        if unread(record.client, setup, "managed_by"):
            continue
        if setup.managed_by == "us":
            yield from _missing(record.client, setup, _by_us(setup))
            yield from _gaps(record.client, setup)
        elif setup.managed_by == "on_request" and not setup.jobs:
            yield from _missing(record.client, setup, [("jobs", "jobs")])


def _by_us(setup: Setup) -> Iterator[tuple[str, str]]:
    if not setup.jobs:
        yield "jobs", "jobs"
    if not setup.steps:
        yield "steps", "steps (how it was made)"


def _gaps(client: Client, setup: Setup) -> Iterator[Problem]:
    """What the jobs of a set-up do not say, one problem for each job."""
    for job in setup.jobs:
        keeps = job.keeps and (job.keeps.counts or None)
        values = (("schedule", job.schedule), ("keeps", keeps), ("to", job.to))
        gaps = [name for name, value in values if value is None and not client.doubtful_at(*job.at(name))]
        if gaps:
            yield Problem(
                job.at("name"),
                f"the job {job.name} does not say: {', '.join(gaps)}",
                "look it up in the product, and write it down",
            )


@rule("DOC005", "item-without-job", Severity.WARNING, profile="standard")
def item_without_job(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """Every item of a set-up that we manage is in a job.

    An item that no job protects looks protected on the page and is not.

    Mend: add the item's id to a job's items; or take it out of items and say why under unprotected.

    Bad:

        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}, {name: SRV2, kind: server}]
            jobs: [{name: Nightly, items: [srv1]}]

    Good:

        setups:
          - id: main
            product: other
            product_name: Tape
            items: [{name: SRV1, kind: server}]
            jobs: [{name: Nightly, items: [srv1]}]
    """
    for setup in record.client.setups:
        if setup.managed_by == "us" and setup.jobs and not unread(record.client, setup, "managed_by"):
            yield from _items_without_job(record.client, setup)


def _items_without_job(client: Client, setup: Setup) -> Iterator[Problem]:
    """Nothing where a job could not be read, or names an item that is not there: it may be the one."""
    protected = {item for job in setup.jobs for item in job.items}
    if not protected <= {item.key for item in setup.items}:
        return
    if client.doubtful and undecided(client, setup.at("jobs"), "items"):
        return
    for item in setup.items:
        retired = item.retired_on is not None or client.doubtful_at(*item.at("retired_on"))
        if item.key not in protected and not retired:
            yield Problem(
                item.at(),
                f"no job protects {item.name or item.id}",
                "add its id to a job's items; or take it out of items and say why under unprotected",
            )


@rule("DOC003", "client-undocumented")
def client_undocumented(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A client has a set-up, or the record says that there is no backup.

    A record that says neither reads as "all fine" at night.

    Mend: describe the set-up, or write no_backup with the day the client was told.

    Bad:

        client: Somebody

    Good:

        no_backup: {told_on: 2026-05-06}
    """
    client = record.client
    if client.status in ("prospect", "former", "onboarding"):
        return
    unsure = any(client.doubtful_at(key) for key in ("status", "setups", "no_backup"))
    if not client.setups and client.no_backup is None and not unsure:
        yield Problem(
            (), "the record has no set-up", "describe it under setups, or write no_backup: {told_on: DATE}", on_key=True
        )
    if client.setups and client.no_backup is not None:
        yield Problem(
            client.no_backup.at(), "the record has set-ups and says there is no backup", "keep one of the two"
        )


@rule("DOC004", "no-one-to-call", Severity.WARNING, profile="standard")
def no_one_to_call(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """An active client has somebody to call, with a number.

    The first ten minutes of a night go into finding who may decide.

    Mend: add a contact with a phone or a private_ref.

    Bad:

        contacts: []

    Good:

        contacts: [{name: Owner, roles: [decision_maker], phone: "+61 2 5550 0100"}]
    """
    client = record.client
    unsure = client.doubtful_at("status") or client.doubtful_at("contacts")
    if client.status in ("active", "offboarding") and not unsure:
        reachable = [one for one in client.contacts if one.phone or one.private_ref or one.email]
        if not reachable:
            yield Problem(
                ("contacts",), "the record names nobody who can be called", "add a contact with a phone", on_key=True
            )


@rule("DOC014", "product-off-the-list", Severity.WARNING, profile="standard")
def product_off_the_list(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A set-up that we work on uses one of our standard products, or says why not.

    Twenty clients with twenty products are twenty consoles that nobody knows well. Asked only where policy.yml names
    standard_products, and not of what the client or somebody else looks after.

    Mend: write product_reason, or plan the change.

    Bad:

        setups:
          - {id: main, product: other, product_name: Tape}

    Good:

        setups:
          - {id: main, product: other, product_name: Tape, product_reason: Their insurer asks for tapes.}
    """
    standard = fleet.policy.standard_products
    for setup in record.client.setups if standard else ():
        unsure = unread(record.client, setup, "product_reason", "managed_by")
        asked = setup.managed_by in ("us", "on_request") and not unsure
        if asked and setup.product not in standard and setup.product_reason is None:
            yield Problem(
                setup.at("product"),
                f"{setup.product_name or setup.product} is not one of our standard products",
                f"write product_reason; the standard products are {', '.join(standard)}",
            )
