"""Keys and access: where a key is kept, who holds it, and what guards a console."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from runbooks.days import later
from runbooks.findings import KeyPath, Problem, Severity
from runbooks.fleet import Fleet, Record
from runbooks.parts import Part, parts_in
from runbooks.policy import Policy
from runbooks.records.client import Client, Copy, Encryption
from runbooks.records.setup import Credential, Setup
from runbooks.rules.recoverability.scope import is_client, touched, unread
from runbooks.rules.registry import rule
from runbooks.shape import closest

CONSOLE = re.compile(r"\b(?:console|portal)\b", re.IGNORECASE)


def _encrypted(client: Client, *, anybody: bool = False) -> Iterator[tuple[Copy, Encryption]]:
    """The encrypted copies that can be read: those of set-ups we look after or work on, or everybody's.

    A copy that no job names belongs to every set-up.
    """
    encrypted = [(one, one.encryption) for one in client.copies if one.encryption is not None and not one.doubtful]
    if not encrypted or not is_client(client):
        return
    asked = {id(setup) for setup in touched(client)}
    for copy, encryption in encrypted:
        if anybody or any(id(setup) in asked for setup in _writing_to(copy, client) or client.setups):
            yield copy, encryption


def _writing_to(copy: Copy, client: Client) -> list[Setup]:
    """The set-ups with a job that names a copy."""
    return [one for one in client.setups if any(copy.id in (job.to, job.from_copy) for job in one.jobs)]


@rule("SEC010", "encrypted-without-key-ref", profile="standard")
def encrypted_without_key_ref(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A copy that is encrypted says where its key is kept.

    Without the key an encrypted backup is noise, and the one who knows it may have left. Asked of every set-up,
    whoever looks after it. A copy whose vendor holds the key has none that could be kept.

    Mend: put the key into the vault and write its place into encryption.key_ref; never the key itself.

    Bad:

        copies: [{id: shelf, medium: tape, encryption: {key_holder: us}}]

    Good:

        copies: [{id: shelf, medium: tape, encryption: {key_ref: "vault://somebody/tape-key", key_holder: us}}]
    """
    for copy, encryption in _encrypted(record.client, anybody=True):
        if encryption.key_ref is None and encryption.key_holder != "vendor":
            yield Problem(
                encryption.at(),
                f"the copy {copy.name or copy.id} is encrypted, and nobody says where its key is kept",
                "add key_ref with the place of the key: vault://client/key",
                on_key=True,
            )


@rule("SEC011", "key-held-by-client-alone", Severity.WARNING, profile="standard")
def key_held_by_client_alone(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """The key of a copy that we work with is not in the client's hands alone.

    Who restores at night needs the key at night. If the client's office burns down, so does the drawer it lies in.

    Mend: agree on a second place for the key, write it into key_ref, and set key_holder to us.

    Bad:

        copies: [{id: shelf, medium: tape, encryption: {key_ref: "vault://somebody/tape-key", key_holder: client}}]
        setups:
          - {id: main, product: other, product_name: Tape, items: [{name: SRV1, kind: server}]}

    Good:

        copies: [{id: shelf, medium: tape, encryption: {key_ref: "vault://somebody/tape-key", key_holder: us}}]
        setups:
          - {id: main, product: other, product_name: Tape, items: [{name: SRV1, kind: server}]}
    """
    for copy, encryption in _encrypted(record.client):
        if encryption.key_holder == "client":
            yield Problem(
                encryption.at("key_holder"),
                f"only the client holds the key of the copy {copy.name or copy.id}",
                "agree on a second place for the key, and write it into key_ref",
            )


def _key_days(record: Record, policy: Policy) -> Iterator[date]:
    for copy in record.client.copies:
        if copy.encryption and copy.encryption.tested_on:
            yield copy.encryption.tested_on
            yield later(copy.encryption.tested_on, policy.thresholds.key_test_days + 1)


@rule("SEC017", "key-untested", Severity.WARNING, profile="strict", days=_key_days)
def key_untested(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """The key of an encrypted copy was tried within key_test_days.

    A key that was mistyped into the vault is found out on the worst day of the year. Not asked where the vendor holds
    the key, or where nobody says where it is (SEC010). A day that lies in the future is no test yet.

    Mend: open the copy with the key from the vault, and write the day into encryption.tested_on.

    Bad:

        copies: [{id: shelf, medium: tape, encryption: {key_ref: "vault://somebody/key", tested_on: 2024-05-06}}]
        setups:
          - {id: main, product: other, product_name: Tape, items: [{name: SRV1, kind: server}]}

    Good:

        copies: [{id: shelf, medium: tape, encryption: {key_ref: "vault://somebody/key", tested_on: 2026-05-06}}]
        setups:
          - {id: main, product: other, product_name: Tape, items: [{name: SRV1, kind: server}]}
    """
    days = fleet.policy.thresholds.key_test_days
    for copy, encryption in _encrypted(record.client):
        tested = encryption.tested_on if encryption.tested_on and encryption.tested_on <= fleet.as_of else None
        if encryption.key_ref is None or encryption.key_holder == "vendor":
            continue
        if tested is None or later(tested, days) < fleet.as_of:
            last = f"was last tried on {tested}, more than {days} days ago" if tested else "was never tried"
            yield Problem(
                encryption.at("tested_on") if encryption.tested_on else encryption.at(),
                f"the key of the copy {copy.name or copy.id} {last}",
                "open the copy with it, and write the day into tested_on",
                on_key=encryption.tested_on is None,
            )


def _consoles(setup: Setup) -> Iterator[Credential]:
    return (one for one in setup.credentials if CONSOLE.search(one.purpose) and not one.doubtful)


@rule("SEC012", "console-without-mfa", Severity.WARNING, profile="standard")
def console_without_mfa(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """The console of a backup product asks for a second factor.

    Whoever signs in to the console with one stolen password deletes every backup in an afternoon. A console is a
    credential whose purpose says console or portal, and the backup server.

    Mend: turn the second factor on, then write mfa: true.

    Bad:

        setups:
          - id: main
            product: other
            product_name: Tape
            credentials: [{purpose: console, item_ref: "vault://somebody/console", mfa: false}]

    Good:

        setups:
          - id: main
            product: other
            product_name: Tape
            credentials: [{purpose: console, item_ref: "vault://somebody/console", mfa: true}]
    """
    for setup in touched(record.client):
        without = [one.at("mfa") for one in _consoles(setup) if one.mfa is False]
        if setup.backup_server is not None and setup.backup_server.mfa is False:
            without.append(setup.backup_server.at("mfa"))
        for at in without:
            yield Problem(
                at,
                f"the console of the set-up {setup.id} asks for no second factor",
                "turn it on, then write mfa: true",
            )


@rule("SEC013", "mfa-unsaid", Severity.WARNING, profile="strict")
def mfa_unsaid(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A set-up with a console says whether it asks for a second factor.

    Insurers ask, and so does whoever comes after an intrusion. A set-up has a console when it gives console_url, a
    credential for one, or a backup_server.

    Mend: look, and write mfa: true or false at the credential, or under backup_server.

    Bad:

        setups:
          - id: main
            product: other
            product_name: Tape
            credentials: [{purpose: console, item_ref: "vault://somebody/console"}]

    Good:

        setups:
          - id: main
            product: other
            product_name: Tape
            credentials: [{purpose: console, item_ref: "vault://somebody/console", mfa: true}]
    """
    for setup in touched(record.client):
        logins, server = list(_consoles(setup)), setup.backup_server
        said = any(one.mfa is not None for one in logins) or (server is not None and server.mfa is not None)
        places: list[KeyPath] = [one.at() for one in logins]
        places += [server.at()] if server else []
        places += [setup.at("console_url")] if setup.console_url else []
        if places and not said and not unread(record.client, setup, "credentials", "backup_server"):
            yield Problem(
                places[0],
                f"nobody says whether the console of the set-up {setup.id} asks for a second factor",
                "write mfa: true or mfa: false at the credential for the console",
            )


@cache
def _fields(kind: type[Part]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fields of a part that hold a reference, and those that hold parts with one in them or below."""
    names = [name for name in kind.model_fields if name.endswith("_ref") or name in ("ref", "reference")]
    fields = kind.model_fields.items()
    parts = [name for name, field in fields if any(any(_fields(below)) for below in parts_in(field.annotation))]
    return tuple(names), tuple(parts)


def _references(part: Part, found: list[tuple[Part, str]]) -> list[tuple[Part, str]]:
    """Every reference in a part or below it: the part that holds it, and the field."""
    names, parts = _fields(type(part))
    values = part.__dict__
    found += [(part, name) for name in names if values[name] is not None]
    for name in parts:
        if value := values[name]:
            below = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,)
            for one in below:
                _references(one, found)
    return found


@rule("SEC014", "unknown-reference-scheme", profile="standard")
def unknown_reference_scheme(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A reference begins with a word that policy.yml knows: vault, itglue, hudu ...

    A reference into a system that we do not have leads nowhere in the night when the key is needed. Known are the
    keys of links and what references lists.

    Mend: correct the word before `://`, or add it to links or references in policy.yml.

    Bad:

        copies: [{id: shelf, medium: tape, encryption: {key_ref: "valut://somebody/tape-key"}}]

    Good:

        copies: [{id: shelf, medium: tape, encryption: {key_ref: "vault://somebody/tape-key"}}]
    """
    if not is_client(record.client):
        return
    known = {*fleet.policy.links, *fleet.policy.references}
    for part, name in _references(record.client, []):
        scheme = getattr(part, name).partition("://")[0]
        if scheme not in known:
            yield Problem(
                part.at(name),
                f"policy.yml knows no references that begin with {scheme}://",
                closest(scheme, known) or f"known: {', '.join(sorted(known))}",
            )


def _password_days(record: Record, policy: Policy) -> Iterator[date]:
    for setup in record.client.setups:
        for one in setup.credentials:
            if one.rotated_on is not None:
                yield later(one.rotated_on, policy.thresholds.rotation_days + 1)


@rule("SEC015", "password-old", Severity.WARNING, profile="strict", days=_password_days)
def password_old(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """A login of a backup product is changed at least every rotation_days.

    People leave, and passwords stay with them. Veeam's security check list asks for a change each year. Asked where
    the record says when the login was last changed.

    Mend: change it, and write the day into rotated_on.

    Bad:

        setups:
          - id: main
            product: other
            product_name: Tape
            credentials: [{purpose: console, item_ref: "vault://somebody/console", mfa: true, rotated_on: 2024-05-06}]

    Good:

        setups:
          - id: main
            product: other
            product_name: Tape
            credentials: [{purpose: console, item_ref: "vault://somebody/console", mfa: true, rotated_on: 2026-05-06}]
    """
    days = fleet.policy.thresholds.rotation_days
    for setup in touched(record.client):
        for one in setup.credentials:
            if one.rotated_on is not None and later(one.rotated_on, days) < fleet.as_of:
                yield Problem(
                    one.at("rotated_on"),
                    f"the login for {one.purpose} was last changed on {one.rotated_on}, more than {days} days ago",
                    "change it, and write the day into rotated_on",
                )


@rule("SEC016", "backup-server-in-the-domain", Severity.WARNING, profile="strict")
def backup_server_in_the_domain(record: Record, fleet: Fleet) -> Iterator[Problem]:
    """The backup server stands outside the client's domain, and the copy of its configuration is encrypted.

    Whoever owns the domain owns every member of it, the backups too. And a configuration copy holds the logins of
    everything that is backed up.

    Mend: take the server out of the domain (domain_joined: false); encrypt the copy (config_encrypted: true).

    Bad:

        setups:
          - id: main
            product: other
            product_name: Tape
            server: SRV9
            backup_server: {config_backup_to: the NAS, config_encrypted: true, domain_joined: true}

    Good:

        setups:
          - id: main
            product: other
            product_name: Tape
            server: SRV9
            backup_server: {config_backup_to: the NAS, config_encrypted: true, domain_joined: false}
    """
    for setup in touched(record.client):
        there = setup.backup_server
        if there is not None and there.domain_joined:
            yield Problem(
                there.at("domain_joined"),
                f"the backup server of the set-up {setup.id} is a member of the client's domain",
                "take it out of the domain, then write domain_joined: false",
            )
        if there is not None and there.config_encrypted is False:
            yield Problem(
                there.at("config_encrypted"),
                f"the copy of the configuration of the set-up {setup.id} is not encrypted",
                "encrypt it, then write config_encrypted: true",
            )
