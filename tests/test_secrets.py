"""Secrets: each found once, at its own line, in every place a file can hide one; and never shown again."""

from __future__ import annotations

import json
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from runbooks import gate, secrets, site
from runbooks.findings import Blocks, Place
from runbooks.fleet import PolicyUnreadable, read_policy
from runbooks.pages.book import book
from runbooks.report import Report
from runbooks.reports import REPORTS
from runbooks.rules.registry import RULES
from runbooks.verify.secrets import found as found_in_site
from tests import sample, small

FILE = "clients/somebody.yml"

# Made up, and put together here so that no scanner of a code host takes them for living ones.
GITHUB = "ghp" + "_" + "a1B2" * 9
AWS_ID = "AK" + "IA" + "QWERTYUIOP234567"
AWS_SECRET = "aB3/" * 9 + "zY9x"
AZURE = "Account" + "Key=" + "Qz7+" * 21 + "ab=="
PEM = f"-----BEGIN OPENSSH {'PRIVATE'} KEY-----"

PLANTED = f"""\
client: Somebody
# AWS: {AWS_ID}
smb_pass: P@ssw0rd123
sites:
  - {{id: rooms, name: Rooms}}
contacts:
  - {{name: Owner, phone: "+61 2 5550 0100"}}
copies:
  - id: nas
    site: rooms
    medium: nas
    encryption: {{key_ref: "vault://somebody/nas", key_holder: us}}
    encryption_passphrase: Winter2024!Backup
    password_location: Hudu > Somebody > Backup
    credential_ref: vault://somebody/nas
    license_key: 3f2504e0-4f89-11d3-9a0c-0305e82c3301
setups:
  - id: main
    product: other
    product_name: Tape
    password: "{{{{ vault:somebody/main }}}}"
    sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    ssh_host_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBx3bW9ja2VkLWtleS1ub3QtcmVhbC1hdC1hbGw
    aws_secret_access_key: {AWS_SECRET}
    notes: |
      The bucket of the vendor:
      {AZURE}
      Mount it with `net use Z: \\\\nas\\backup /user:svc-backup Tr0ub4dor&3`.
      Password: hunter2
    warning: >-
      The database is at
      mssql://sa:Sup3rS3cret@db.somebody.example/main
      and its repository needs {GITHUB} to be read.
"""
PLANTED_LINES = [2, 3, 13, 24, 27, 28, 29, 32, 33]

TOLD = [
    ("Password: {}", "hunter2"),
    ("PW: {}", "Winter2024!"),
    ("pw={}", "swordfish"),
    ("Admin password: {}.", "swordfish"),
    ("User: admin, password: {}, port 22", "swordfish"),
    ("**Password:** {}", "hunter2"),
    ("Password: `{}`", "hunter2"),
    ("Password (root): {}", "hunter2"),
    ("Password - {}", "hunter2"),
    ("password for the NAS: {}", "hunter2"),
    ("The password for the NAS is {}.", "hunter2"),
    ("the passphrase is {} today", "Tr0ub4dor&3"),
    ("passphrase is {}", "purple horse battery staple"),
    ("Passphrase: {}", "purple horse battery staple"),
    ("The password was changed to {}", "Summer2025!"),
    ('the new password is "{}"', "swordfish"),
    ("use admin with password {}", "Winter2024!"),
    ("login: admin / {}", "Winter2024!"),
    ("credentials: admin/{}", "Winter2024!"),
    ("Password: {}", "Winter 2024!"),
    ("Password: {}", "12345678"),
    ("Password:\n{}", "hunter2"),
    ("Password is:\n\n{}", "hunter2"),
    ("the door PIN is {}", "4711"),
    ("PIN code: {}", "4711"),
    ("API key: {}", "abcd1234efgh5678"),
    ("client_secret = {}", "aBcD1234efGh"),
    ("Server=x;User Id=sa;Pwd={};Encrypt=yes", "Foo1bar"),
    ("export PGPASSWORD='{}'", "swordfish"),
    ('$password = "{}"', "hunter2"),
    ('"password": "{}"', "hunter2"),
    ("<password>{}</password>", "hunter2"),
    ("| Password | {} |", "hunter2"),
    ("net use Z: \\\\nas\\backup {} /user:svc-backup", "Tr0ub4dor&3"),
    ("cmdkey /add:srv /user:svc /pass:{}", "Hunter2!"),
    ("schtasks /create /ru svc /rp {}", "Hunter2!"),
    ("mysqldump -u root -p {} db", "S3cretPw"),
    ("sshpass -p {} ssh x", "hunter2"),
    ("plink -pw {} host", "hunter2"),
    ("docker login -u me -p {}", "Hunter2x"),
    ("7z a -p{} x.7z", "Hunter2x"),
    ("xfreerdp /u:admin /p:{} /v:srv", "Hunter2x"),
    ("net user backup {} /add", "Hunter2x"),
    ('Use password "{}" for the console.', "Blue Sky 22!"),
    ("Local admin pw -> {}", "Welcome1"),
    ("the pin for the alarm is {}", "2580"),
    ("password : {}", "swordfish"),
    ("curl -u admin:{} https://x.example", "hunter2"),
    ("restic --password {} backup", "hunter2"),
    ("restic --password={} backup", "hunter2"),
    ("openssl enc -pass pass:{}", "hunter2"),
    ('ConvertTo-SecureString "{}" -AsPlainText', "hunter2"),
    ("smb://u:{}@nas.example/share", "P@ss"),
    ("Authorization: Bearer {}", "abcdef0123456789abcdef"),
    ("root:{}", "Passw0rd!"),
    ("Log on with admin/{} on the NAS.", "Winter2024!"),
    ("svc-backup:{} is the account", "Tr0ub4dor&3"),
    ("SNMP community: {}", "zebra42x"),
    ("SNMP community: {}", "kilolima"),
    ("snmp-server community {} RO", "Zebr4"),
    ("snmpwalk -v2c -c {} 192.0.2.1", "Zebr4x"),
    ("The alarm code is {}.", "4711"),
    ("Door code: {}", "4711#"),
    ("gate code {}", "4711"),
]

NOT_SECRET = [
    "Coastal Community Radio: 42 stations",
    "SNMP community: public",
    "SNMP community: see the vault",
    "root:wheel 0755",
    "copy it to admin/backups2024",
    "error code: 4711, exit code is 1067",
    "source code: 12345",
    "door code: the front desk has it",
    "Password: see vault://somebody/nas",
    "password: ask the duty manager",
    "the password is kept in Hudu",
    "Password manager: Keeper",
    "password rotation: yearly",
    "Password: <the vault's password>",
    "Password: ****",
    "Password: in the vault",
    "Password: Keeper.",
    "Password: 1Password, item NB-BK01",
    "Password: NB-BK01 in the vault",
    "Password: [vault](https://vault.example)",
    "Password: {{ vault:somebody/nas }}",
    "Password=the installation key",
    "Password: required",
    "Password: none",
    "Password: #86940",
    "Password: AES-256 encrypted",
    "Password: 90-day rotation",
    "Password: 14 characters",
    "Password: C:\\Keys\\nas.txt",
    "Password: /etc/restic/password",
    "Password length: 14",
    "Password hash sync: enabled",
    "Password expires: 2027-01-01",
    "Password of the NAS changed, ticket: 86940",
    "The password is wrong.",
    "The password must be 14 characters long.",
    "The password was changed on 2026-09-01",
    "the password is in 1Password",
    "passphrase is good for 24 hours",
    "passphrase is never written down anywhere else",
    "If it asks for a password: cancel.",
    "Enter the password: it is in the vault.",
    "username and password are correct",
    '$password = Read-Host "Device password"',
    "installer -user $device -password $password -passphrase $passphrase",
    "password=${NAS_PASSWORD}",
    "--password-file /etc/restic/pw",
    "use the --password option of restic",
    "net use Z: \\\\nas\\backup /user:svc-backup *",
    "net use Z: \\\\nas\\backup /user:svc-backup and enter the password",
    "mkdir -p /srv/backup2",
    "ssh -p 2222 host",
    "zfs send -p tank/data1@snap2",
    "Password: personal",
    "Wi-Fi password: on the card at reception",
    "Password for HD-DC01: LAPS",
    "BitLocker key: in Entra ID",
    "Credentials: backup operator / domain admin",
    "First pass: 20 min, second pass: 5 min",
    "docker run -p 8080:80 web1",
    "https://nb-bk01.north-bay.example:9443",
    "https://user:password@host.example",
    "PIN: 6 digits",
    "the PIN is with reception",
    "Press the F12 key: boot menu.",
    "Recovery key: vault://x/y",
    "the encryption key is held by the client",
    "Product key: ABCDE-12345-ABCDE-12345-ABCDE",
    "Two-factor token: YubiKey of the owner",
    "a token that is good for 24 hours and for this backup only",
    "Secret: kept in Azure Key Vault",
    "Pass-through authentication: enabled",
    "Login: HD-DC01 / HD-DC02",
    "host key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBx3bW9ja2VkLWtleS1ub3QtcmVhbC1hdC1hbGw root@nas",
    "Key fingerprint: SHA256:abcdefghijklmnop1234567",
    "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
    "id 3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "![](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==)",
]

SHAPED = {
    "Azure client secret": "aB~" + "8" + "Q~" + "aB3x" * 8 + "cD",
    "Azure shared access signature": "https://x.blob.core.example/c?sv=1&" + "sig=" + "aB3x" * 10 + "%3D",
    "GitHub token": "github" + "_pat_" + "a1" * 11 + "_" + "b2" * 29 + "c",
    "GitLab token": "gl" + "pat-" + "a1B2" * 5,
    "Slack token": "xo" + "xb-" + "1234567890-abcdef",
    "Slack webhook": "https://hooks." + "slack.com/services/T0/B0/" + "a1B2" * 6,
    "Discord token": "M" + "a1B2" * 6 + ".aB3xYz." + "c3D4" * 7,
    "Stripe key": "sk" + "_live_" + "a1B2" * 6,
    "Google API key": "AI" + "za" + "a1B2c" * 7,
    "JSON web token": "ey" + "J" + "hbGciOiJI" * 2 + ".ey" + "J" + "zdWIiOiI" * 2 + "." + "a1B2" * 6,
    "npm token": "np" + "m_" + "a1B2" * 9,
    "PyPI token": "py" + "pi-AgE" + "a1B2" * 20,
    "SendGrid key": "S" + "G." + "a1" * 11 + "." + "b2" * 21 + "c",
    "Twilio key": "S" + "K" + "0a1b" * 8,
    "Mailgun key": "ke" + "y-" + "0a1b" * 8,
    "DigitalOcean token": "do" + "p_v1_" + "0a1b" * 16,
    "Shopify token": "sh" + "pat_" + "0a1b" * 8,
    "Telegram token": "123456789" + ":AA" + "a1B" * 11,
    "Anthropic key": "sk" + "-ant-api03-" + "a1B2" * 10,
    "OpenAI key": "sk" + "-proj-" + "a1B2" * 12,
    "Vault token": "hv" + "s." + "a1B2" * 7,
    "Atlassian token": "AT" + "ATT3" + "a1B2" * 20,
    "age secret key": "AGE-SECRET" + "-KEY-1" + "A1" * 29,
    "BitLocker recovery key": "-".join(["123456"] * 8),
}


def problems(text: str) -> list[tuple[int, str]]:
    """Line and message of every secret in the text of a record."""
    _, found = secrets.read(FILE, text.encode())
    return [(one.at.line, one.message) for one in found if one.code == "SEC001" and not isinstance(one.at, tuple)]


def taken(text: str) -> list[str]:
    """Every secret of a text."""
    return [text[one.start : one.end] for one in secrets.secrets_in(text)]


def reports(report: Report, root: Path) -> str:
    return "\n".join(write(report, root, "") for write in REPORTS.values())


# Finding


def test_all_nine_planted_secrets_are_found_at_their_lines_and_no_decoy_is():
    assert len(PLANTED.splitlines()) == 33
    assert [line for line, _ in problems(PLANTED)] == PLANTED_LINES


@pytest.mark.parametrize(("text", "secret"), TOLD)
def test_a_secret_told_in_words_or_in_a_command_is_found_whole(text: str, secret: str):
    assert taken(text.format(secret)) == [secret]


@pytest.mark.parametrize("text", NOT_SECRET)
def test_words_about_a_secret_are_none(text: str):
    assert taken(text) == []


@pytest.mark.parametrize("name", SHAPED)
def test_what_has_the_shape_of_a_token_is_found_by_its_name(name: str):
    message = f"{name} stands here"
    assert [message in found for _, found in problems(f"client: Somebody\nnotes: see {SHAPED[name]} there\n")] == [True]


@pytest.mark.parametrize(
    "key",
    [
        "smb_pass",
        "adminPassword",
        "wifi-password",
        "root_pw",
        "vnc_pwd",
        "api_token",
        "client_secret",
        "door_pin",
        "encryption_key",
        "password2",
        "apikey",
        "wpa_psk",
        "encryption_passphrase",
        "recovery_codes",
        "sa_passwd",
    ],
)
def test_a_key_that_promises_a_secret_is_one_finding_and_no_unknown_key(key: str):
    value = "4711" if key.endswith("pin") else "Tr0ub4dor3x9Z"
    report = sample.checked({FILE: sample.agreed(**{key: value})})
    assert [code for code in sample.codes(report) if code.startswith(("SEC", "REC"))] == ["SEC001"]


@pytest.mark.parametrize(
    "key",
    [
        "password_ref",
        "password_location",
        "token_expires",
        "key_holder",
        "license_key",
        "licence_key",
        "public_key",
        "host_key",
        "ssh_host_key",
        "password_manager",
        "password_rotated_on",
        "secret_owner",
        "bypass",
        "monkey",
        "result_passed",
        "tokenizer",
        "compass",
        "password_policy",
        "primary_key",
        "pinned",
    ],
)
def test_a_key_about_a_secret_promises_none(key: str):
    assert problems(f"client: Somebody\n{key}: Tr0ub4dor3x9Z\n") == []


def test_no_key_of_the_manual_promises_a_secret():
    for name in ("client", "part", "policy", "product"):
        schema = json.loads((small.REPOSITORY / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
        smelling = [key for key in set(_keys(schema)) if key not in TABLES and secrets.names.kind(key) is not None]
        assert smelling == []


TABLES = ("key",)


def _keys(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for value in schema.values():
            yield from _keys(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _keys(value)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("notes: |\n  One.\n\n  Password: hunter2\n", 5),
        ("notes: >-\n  One. The password\n  is hunter2 and\n  two.\n", 4),
        ("notes: 'One.\n\n  Password: hunter2'\n", 4),
        ('notes: "One.\\nPassword: hunter2"\n', 2),
        ('notes: "Pass\\u0077ord: hunter2"\n', 2),
        ('"smb_p\\x61ss": swordfish\n', 2),
        ('notes: "Password: hun\\\n  ter2"\n', 2),
        ("fields: {a: b, wifi_pass: swordfish, c: d}\n", 2),
        ("fields:\n  wifi_pass:\n    swordfish\n", 4),
        ("fields:\n  wifi_pass: |\n    sword fish\n", 4),
        ("passwords:\n  - swordfish\n", 3),
        ("smb_pass: 0123\n", 2),
        ("owner: x  # pw: hunter2\n", 2),
        ("# Password: hunter2\n", 2),
        ("notes: Password: hunter2\n", 2),
        ("notes: [a, b\npassword: hunter2\n", 3),
        ("owner: a\r\nnotes: pw=hunter2\r\n", 3),
        ("Password hunter2!: x\n", 2),
    ],
)
def test_a_secret_is_found_once_at_its_line_wherever_it_stands(text: str, line: int):
    assert [found for found, _ in problems(f"client: Somebody\n{text}")] == [line]


def test_a_private_key_is_one_finding_from_its_first_line_to_its_last():
    body = "\n".join(["  " + "a1B2" * 16] * 3)
    text = f"client: Somebody\nnotes: |\n  {PEM}\n{body}\n  {PEM.replace('BEGIN', 'END')}\n  after\n"
    _, (problem,) = secrets.read(FILE, text.encode())
    assert isinstance(problem.at, Place)
    assert (problem.at.line, problem.at.end_line) == (3, 7)


def test_a_file_that_is_not_read_as_a_record_is_searched_all_the_same(tmp_path: Path):
    sample.planted(tmp_path, {"policy.yml": sample.POLICY, "clients/a.yml.txt": "client: A\nsmb_pass: hunter2\n"})
    report = gate.check(sample.read(tmp_path))
    assert {"REC011", "SEC001"} <= set(sample.codes(report))
    assert "hunter2" not in reports(report, tmp_path)


# Not showing


@pytest.mark.parametrize(
    ("secret", "mask"),
    [("hunter2", "····"), ("elevenchars", "····"), ("twelve-chars", "tw····rs"), ("Winter2024!Backup", "Wi····up")],
)
def test_a_mask_shows_the_ends_of_a_long_secret_and_nothing_of_a_short_one(secret: str, mask: str):
    assert secrets.masked(secret) == mask


def test_the_text_that_held_a_secret_leaves_the_data_and_its_neighbours_stay():
    text = "client: Somebody\nowner: Team\nwarning: 'pw: hunter2'\nsmb_pass: swordfish\n"
    document, _ = secrets.read(FILE, text.encode())
    assert document.data == {"client": "Somebody", "owner": "Team", "warning": secrets.REMOVED}
    assert document.doubtful == frozenset()


def test_a_secret_in_a_note_darkens_nothing():
    bare, planted = (sample.checked({FILE: sample.agreed(**notes)}) for notes in ({}, {"notes": "Password: hunter2"}))
    assert [code for code in sample.codes(planted) if code != "SEC001"] == sample.codes(bare)
    assert "SEC001" in sample.codes(planted)


@pytest.mark.parametrize("field", ["monitoring", "setups", "reviewed"])
def test_a_shape_that_breaks_where_a_secret_stood_is_no_second_finding(field: str):
    report = sample.checked({FILE: sample.agreed(**{field: GITHUB})})
    assert [code for code in sample.codes(report) if code[:3] in ("SEC", "REC")] == ["SEC001"]


def test_what_the_reader_of_yaml_quotes_is_masked():
    text = "client: Somebody\npass: ab #Cdefghij\nnotes: Password: hunter22\nowner: &x z # pw: hunter2x\n"
    with TemporaryDirectory() as folder:
        root = sample.planted(Path(folder), {"policy.yml": sample.POLICY, FILE: text})
        shown = reports(gate.check(sample.read(root)), root)
    assert not [word for word in ("Cdef", "hunter") if word in shown]


def test_the_reason_of_a_waiver_shows_no_secret():
    line = "owner: x # runbooks: ignore[DOC003] until 2027-01-01 by Me: password hunter2! works\n"
    document, _ = secrets.read(FILE, f"client: Somebody\n{line}".encode())
    assert [comment.words for comment in document.comments]
    assert "hunter2" not in repr(document.comments)


STRINGS: dict[str, Any] = sample.changed(
    sample.RECORD,
    aliases=["One"],
    owner="Team",
    notes="Some words.",
    warning="Ring first.",
    contacts=[{"name": "Owner", "phone": "+61 2 5550 0100"}],
    sites=[{"id": "rooms", "name": "Rooms"}],
    copies=[{"id": "nas", "site": "rooms", "medium": "nas", "encryption": {"key_ref": "vault://a/b"}}],
    setups=[
        {
            **sample.SETUP,
            "items": [{"name": "SRV01", "kind": "server", "warning": "Ring."}],
            "steps": [{"do": "Install it.", "expect": "It runs.", "if_not": "Ring."}],
        }
    ],
)


def _strings(data: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        if isinstance(value, str):
            yield (*at, key)
        yield from _strings(value, (*at, key))


def _with(data: Any, path: tuple[Any, ...], text: str) -> Any:
    if not path:
        return text
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = _with(data[path[0]], path[1:], text)
    return copy


PLACES = sorted(_strings(json.loads(json.dumps(STRINGS))), key=str)
LETTERS = "abcdefghkmnpqrstuvwxyzABCDEFGHKMNPQRSTUVWXYZ23456789"
FORMS = ["{}", "see {} there", "Password: Zq7{}", "pw=Zq7{}", "https://u:Zq7{}@nas.example/x"]


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PLACES), st.text(LETTERS, min_size=36, max_size=36), st.sampled_from(FORMS), st.booleans())
@example(("client",), "a1B2" * 9, "{}", True)
def test_a_secret_in_any_text_of_a_record_is_found_once_and_shown_nowhere(
    path: tuple[str | int, ...], letters: str, form: str, indented: bool
):
    secret = letters if "Zq7" in form else "ghp" + "_" + letters
    data = _with(json.loads(json.dumps(STRINGS)), path, form.format(secret))
    text = json.dumps(data, indent=2 if indented else None)
    with TemporaryDirectory() as folder:
        root = sample.planted(Path(folder), {"policy.yml": sample.POLICY, FILE: text})
        fleet = sample.read(root)
        report = gate.check(fleet)
        made = book(fleet, report, site.loader(root))
        shown = reports(report, root) + "".join(f"{page.uri}\n{page.markdown}" for page in made.pages)
    places = [finding.place.line for finding in report.findings if finding.code == "SEC001"]
    assert places == [text[: text.index(secret)].count("\n") + 1]
    assert letters[4:-4] not in shown
    assert letters not in repr(fleet.records)


# Other files


def test_a_hand_written_page_with_a_secret_is_kept_back_and_read_without_it(tmp_path: Path):
    page = "---\ntitle: X\npassword: swordfish\n---\n# X\n\nPassword: hunter2\n"
    sample.planted(tmp_path, {"policy.yml": sample.POLICY, FILE: "client: Somebody\n", "docs/x.md": page})
    fleet = sample.read(tmp_path)
    report = gate.check(fleet)
    assert [str(one.place) for one in report.findings if one.code == "SEC002"] == ["docs/x.md:3:11", "docs/x.md:7:11"]
    assert report.blocked_pages == {"docs/x.md"}
    assert not [word for word in ("swordfish", "hunter2") if word in repr(fleet.written) + reports(report, tmp_path)]


def test_a_secret_in_policy_yml_is_a_finding_of_its_own(tmp_path: Path):
    sample.planted(tmp_path, {"policy.yml": sample.POLICY + "smtp_password: hunter2\n"})
    with pytest.raises(PolicyUnreadable) as caught:
        read_policy(tmp_path)
    (finding,) = gate.policy_findings(caught.value)
    assert (finding.code, finding.blocks) == ("SEC003", Blocks.SITE)
    assert "hunter2" not in repr(caught.value.document) + repr(finding)


def test_a_secret_in_a_product_a_procedure_or_a_template_blocks_the_site(tmp_path: Path):
    product = small.REPOSITORY / "templates/products/n-able-cove/product.yml"
    files = {
        "policy.yml": sample.POLICY,
        "clients/a.yml": "client: A\n",
        "templates/products/mine/product.yml": product.read_text(encoding="utf-8") + "smb_pass: hunter2\n",
        "templates/products/mine/restore-file.md": "---\ntitle: X\n---\nPassword: hunter2\n",
        "templates/partials/mine.md": "Sign in.\n\nPassword: hunter2\n",
    }
    sample.planted(tmp_path, files)
    report = gate.check(sample.read(tmp_path))
    found = [one.place.file.rpartition("/")[2] for one in report.findings if one.code == "SEC003"]
    assert sorted(found) == ["mine.md", "product.yml", "restore-file.md"]
    assert report.site_blocked
    assert "hunter2" not in reports(report, tmp_path)


def test_no_rule_about_secrets_can_be_turned_down():
    assert all(not RULES[code].waivable for code in ("SEC001", "SEC002", "SEC003", "SEC004"))


def test_nothing_in_this_repository_is_taken_for_a_secret():
    root = small.REPOSITORY
    names = ["*.md", "*.yml", "docs/*.md", "clients/**/*.yml", "templates/**/*.*", "tests/goldens/**/*.md"]
    for path in sorted(path for name in names for path in root.glob(name) if path.is_file()):
        text = path.read_text(encoding="utf-8", errors="replace")
        assert taken(text) == [], path
        if path.suffix != ".yml" or path.name == "mkdocs.yml":
            continue
        _, found = secrets.read(path.name, text.encode())
        assert [one for one in found if one.code == "SEC001"] == [], path


# The built site


@pytest.mark.parametrize(
    ("html", "count"),
    [
        ("<p>Password: hunter2</p>", 1),
        ("<td>Password</td>\n<td>hunter2</td><td></td>", 1),
        ("<tr>\n<td>Password</td>\n<td>hunter2</td>\n</tr>", 1),
        ("<tr><th>Password</th><td>hunter2</td></tr>", 1),
        ("<table>\n<tbody>\n<tr><td>Password\n<td>hunter2\n<tr><td>Telephone\n<td>555 0100\n</tbody>", 1),
        ("<table>\n<tbody>\n<tr><td>Password\n<td>none\n<tr><td>hunter2\n<td>555 0100\n</tbody>", 0),
        ("<tr><td>Password</td>\n<!-- of the door -->\n<td>hunter2</td></tr>", 1),
        ("<tr><td>Password</td>\n<script>1</script>\n<td>hunter2</td></tr>", 1),
        ("<tr><td>Password:</td></tr>\n<tr><td>hunter2</td></tr>", 1),
        ("<code>Password: <span>hun</span><span>ter2</span></code>", 1),
        ("<p>Password&#58; hunter2</p>", 1),
        ('<img alt="Password: hunter2">', 1),
        ('<a href="https://u:hunter2@x.example/">x</a>', 1),
        ("<!-- Password: hunter2 -->", 1),
        (f"<p>{GITHUB}</p><p>{GITHUB}</p>", 1),
        (f"<script>var a = '{GITHUB}'</script>", 1),
        ("<script>var token = 'x1y2z3a4b5', password = 'hunter2'</script>", 0),
        ("<p>Password: <code>vault://a/b</code></p>", 0),
        ('<input type="password" name="password" value="">', 0),
        ('<p class="token1 password2 key3">x</p>', 0),
    ],
)
def test_a_built_page_is_read_as_a_browser_shows_it(html: str, count: int):
    found = list(found_in_site(f"<html>\n<body>{html}</body></html>", "x/index.html"))
    assert [(one.code, one.blocks) for one in found] == [("SEC004", Blocks.SITE)] * count
    assert "hunter2" not in repr(found)


def test_the_search_index_is_read_text_by_text():
    index = json.dumps({"docs": [{"title": "X", "text": "<p>Password: hunter2</p>", "location": "x/"}]})
    assert len(list(found_in_site(index, "search/search_index.json"))) == 1
    assert not list(found_in_site('{"config": {"separator": "[\\\\s\\\\-]+"}, "token": "x"}', "x.json"))


def test_nothing_of_the_theme_is_taken_for_a_secret():
    folder = Path(sysconfig.get_path("purelib")) / "material" / "templates"

    texts = [path for path in folder.rglob("*") if path.suffix in (".html", ".js", ".css", ".map", ".json", ".xml")]
    assert texts
    for path in texts:
        assert not list(found_in_site(path.read_text(encoding="utf-8", errors="replace"), path.name)), path


@pytest.mark.parametrize(
    "text",
    [
        "password " * 20_000,
        "a" * 100_000 + "password",
        "pass-" * 40_000,
        "password_" * 20_000 + ": x",
        "://" + ":@" * 50_000,
        "password: '" * 20_000,
        "-----BEGIN PRIVATE " + "KEY-----\n" * 10_000,
        "net use \\\\" * 20_000,
        "password for a b " * 10_000,
        "Aa1/" * 50_000 + " AKIA",
        "<a " + '"' * 50_001,
    ],
    ids=lambda text: text[:12],
)
def test_no_text_takes_long_to_search(text: str):
    started = time.perf_counter()
    secrets.secrets_in(text)
    assert time.perf_counter() - started < 20


def test_a_file_of_nothing_but_secrets_is_given_up_in_time():
    text = "client: Somebody\n" + "".join(f"k{number}: 'pw=hunter{number}'\n" for number in range(9000))
    started = time.perf_counter()
    document, found = secrets.read(FILE, text.encode())
    assert time.perf_counter() - started < 20
    assert (document.data, document.unreadable, len(found)) == (None, True, 201)
    assert "hunter" not in repr(found)


def test_a_value_below_a_telling_key_is_found():
    text = "client: Somebody\nfields:\n  password: {user: admin, value: Tr0ub4dor&3}\n"
    report = sample.checked({"clients/somebody.yml": text})
    finding = next(one for one in report.findings if one.code == "SEC001")
    assert (finding.place.line, "Tr0ub4dor" in finding.message) == (3, False)


@pytest.mark.parametrize("text", [r"runas /user:NB\admin cmd", r"runas /netonly /user:NB\admin mmc"])
def test_a_command_run_as_somebody_holds_no_secret(text: str):
    assert "SEC001" not in sample.codes(
        sample.checked({"clients/somebody.yml": f"client: Somebody\nnotes: '{text}'\n"})
    )


NAMES = {
    "acme-password-Winter2024!.yml": "Winter2024!",
    "pw=hunter2.yml": "hunter2",
    "alarm-code-4711.yml": "4711",
    f"acme-{GITHUB}.yml": GITHUB,
}


@pytest.mark.parametrize(("name", "secret"), NAMES.items())
def test_a_secret_in_the_name_of_a_record_is_told_and_never_shown(tmp_path: Path, name: str, secret: str):
    record = {f"clients/{name}": "client: Somebody\nstatus: actve\n"}
    fleet = sample.read(sample.planted(tmp_path, {"policy.yml": sample.POLICY, **record}))
    report = gate.check(fleet)
    told = [one.message for one in report.findings if one.code == "SEC001"]
    assert len(told) == 1
    assert told[0].startswith("the name of this file holds a")
    made = book(fleet, report, site.loader(tmp_path))
    assert secret not in reports(report, tmp_path) + repr(fleet.records) + repr(made.pages)


@pytest.mark.parametrize(
    "name", ["password-policy.md", "rotate-keys.md", "password-reset-win11.md", "token-2024-05.md"]
)
def test_the_name_of_a_page_about_passwords_holds_none(name: str):
    assert secrets.named(f"docs/{name}", "SEC003") == (f"docs/{name}", ())


def test_a_secret_in_the_name_of_a_page_stops_the_site(tmp_path: Path):
    page = {"docs/nas-password-Winter2024!.md": "# NAS\n"}
    fleet = sample.read(sample.planted(tmp_path, {"policy.yml": sample.POLICY, FILE: "client: Somebody\n", **page}))
    told = [one for one in gate.check(fleet).findings if one.code == "SEC003"]
    assert [one.blocks for one in told] == [Blocks.SITE]
    assert "Winter2024" not in told[0].place.file
