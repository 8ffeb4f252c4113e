"""The rules: documented with samples that do what they say, and findings that stand where the mistake is."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Mapping

import pytest

from runbooks import rules, source
from runbooks.findings import Blocks, Severity
from runbooks.gate import Report
from runbooks.policy import PROFILES
from runbooks.rules.registry import FAMILIES, RULES, Rule, add, find, words
from tests.sample import (
    AGREEMENT,
    POLICY,
    STANDARD,
    STRICT,
    TOMORROW,
    agreed,
    changed,
    checked,
    codes,
    fleet,
    spot,
    the,
)

KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
FILE = "clients/somebody.yml"
BAD = [
    pytest.param(one, text, id=f"{one.code}-{number}") for one in RULES.values() for number, text in enumerate(one.bad)
]
GOOD = [
    pytest.param(one, text, id=f"{one.code}-{number}") for one in RULES.values() for number, text in enumerate(one.good)
]
WITHOUT_SAMPLES = {"REC009", "DOC023"}
"""Rules on records that a sample of one record cannot show: they need policy.yml, a product or a second record."""


def whole(sample: str) -> str:
    """A sample of the manual as a record of its own."""
    return sample if re.search("^client:", sample, re.MULTILINE) else f"client: Somebody\n{sample}"


def found(text: str, policy: str = POLICY) -> Report:
    return checked({"policy.yml": policy, FILE: text})


def places(report: Report, code: str) -> list[str]:
    return [str(finding.place) for finding in report.findings if finding.code == code]


def test_every_module_of_rules_is_a_topic():
    modules = {module.name for module in pkgutil.iter_modules(rules.__path__)}
    assert modules - {"registry"} == {topic.__name__.rpartition(".")[2] for topic in rules.TOPICS}


@pytest.mark.parametrize("one", RULES.values(), ids=RULES)
def test_every_rule_says_what_it_is_about_and_how_to_mend_it(one: Rule):
    assert re.fullmatch(r"[A-Z]{3}\d{3}", one.code)
    assert one.code[:3] in FAMILIES
    assert KEBAB.fullmatch(one.name)
    assert one.summary.endswith(".")
    assert one.mend or one.code.startswith("YML")
    assert "Bad:" not in one.why + one.mend
    assert "Good:" not in one.why + one.mend
    assert (one.check is None) == (one.subject == "reader")


def test_every_rule_on_records_has_samples_of_both_kinds():
    without = {one.code for one in RULES.values() if one.subject == "record" and not (one.bad and one.good)}
    assert without == WITHOUT_SAMPLES


MORE = {
    "AGR026": "  block_time: {minimum_hours: 50}\n  ad_hoc: {blocks_since: 2026-03-01}\n",
    "BKP009": "legal_retention: {patient records: 2555}\n",
    "DOC014": "standard_products: [x]\n",
}
"""What the policy must hold beside the usual for the samples of a rule."""


def asking(one: Rule) -> str:
    """A policy that asks a rule."""
    policy = STRICT + MORE.get(one.code, "")
    return policy if one.profile else f"{policy}rules: {{{one.code}: {one.severity}}}\n"


@pytest.mark.parametrize(("one", "text"), BAD)
def test_a_bad_sample_finds_its_rule_inside_the_file(one: Rule, text: str):
    report = found(whole(text), asking(one))
    assert not [code for code in codes(report) if code.startswith("YML")]
    finding = next(finding for finding in report.findings if finding.code == one.code)
    assert finding.place.file == FILE
    assert finding.severity is one.severity
    assert finding.blocks is one.blocks
    assert finding.client == "somebody"


@pytest.mark.parametrize(("one", "text"), GOOD)
def test_a_good_sample_does_not_find_its_rule(one: Rule, text: str):
    report = found(whole(text), asking(one))
    assert one.code not in codes(report)
    assert not [code for code in codes(report) if code.startswith(("YML", "REC00"))]


def test_what_may_not_be_published_cannot_be_waived():
    gate = {one.code for one in RULES.values() if one.blocks is not Blocks.NOTHING and one.waivable}
    assert gate <= {"DOC010"}
    for code in ("AGR001", "AGR002", "AGR010", "AGR012", "AGR020", "PUB010"):
        assert not RULES[code].waivable


def test_every_code_a_reader_gives_is_a_rule():
    shapes = {f"{family}{number}" for family in ("REC", "POL", "CAT") for number in ("001", "002", "003")}
    assert set(source.CODES) | shapes | {"REC006", "REC007", "CAT004"} <= set(RULES)


def test_a_rule_is_found_by_code_and_by_name_in_any_case():
    one = RULES["AGR001"]
    assert find("agr001") is find("AGR001") is find("Monitoring-Without-Agreement") is one
    assert find("AGR") is None
    assert {"AGR001", "monitoring-without-agreement"} <= set(words())


def test_a_second_rule_of_one_code_or_name_is_refused():
    before = dict(RULES)
    one = RULES["AGR001"]
    with pytest.raises(ValueError, match="two rules are called AGR001"):
        add(one)
    assert before == RULES


# Agreements


def test_monitoring_without_an_agreement_stands_at_the_promise_and_points_at_what_ended():
    text = (
        "client: Somebody\n"
        "agreements:\n"
        "  - {id: A, type: full, covers: [monitoring], starts: 2020-01-01, last_day: 2025-12-31}\n"
        "  - {id: B, type: ad_hoc, covers: [monitoring], starts: 2026-01-01, open_ended: true}\n"
        "setups: [{id: main, product: other, product_name: Tape}]\n"
        "monitoring:\n"
        "  level: full\n"
    )
    finding = the(found(text), "AGR001")
    assert str(finding.place) == spot(FILE, text, "full\n")
    assert finding.path == ("monitoring", "level")
    assert [(str(one.place), one.message) for one in finding.related] == [
        (spot(FILE, text, "2025-12-31"), "it ended on 2025-12-31"),
        (spot(FILE, text, "ad_hoc"), "ad-hoc work is not an agreement"),
    ]
    assert "A: it ended on 2025-12-31; B: ad-hoc work" in finding.message


def test_monitoring_without_a_set_up_is_a_promise_about_nothing():
    report = found(agreed(AGREEMENT, setups=[]))
    assert "there is no set-up to watch" in the(report, "AGR001").message


def test_each_set_up_that_is_promised_in_vain_is_a_finding():
    setups = [{"id": one, "product": "other", "product_name": "Tape"} for one in ("a", "b")]
    report = found(agreed(setups=setups))
    assert [finding.message.split()[2] for finding in report.findings if finding.code == "AGR001"] == ["a", "b"]


def test_a_promise_of_nothing_asks_for_no_agreement():
    report = found(agreed(monitoring={"level": "none", "declined": {"on": "2026-05-06"}}))
    assert not {"AGR001", "AGR002"} & set(codes(report))


def test_an_unknown_type_is_named_with_the_nearest_one():
    text = "client: Somebody\nagreements:\n  - {id: A, type: alert-only}\n"
    finding = the(found(text), "AGR003")
    assert str(finding.place) == spot(FILE, text, "alert-only")
    assert finding.help == "did you mean alert_only?"


def test_an_unknown_service_stands_at_its_entry_in_either_form():
    text = "client: Somebody\nagreements:\n  - {id: A, type: full, covers: [bakcup, {service: Repair}]}\n"
    report = found(text)
    assert places(report, "AGR004") == [spot(FILE, text, "bakcup"), spot(FILE, text, "{service: Repair")]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"starts": None}, "does not say: starts."),
        ({"last_day": None}, "does not say: last_day, or open_ended: true."),
        ({"billing": None}, "does not say: billing.every."),
        ({"covers": None}, "does not say: covers."),
        ({"starts": None, "covers": []}, "does not say: starts; covers."),
        ({"open_ended": True}, "has a last day and is open-ended too"),
        ({"starts": "2026-05-02", "last_day": "2026-05-01"}, "ends on 2026-05-01, before it starts"),
        ({"type": "block_time", "open_ended": True}, "has a last day and is open-ended too"),
    ],
)
def test_an_agreement_that_decides_nothing_is_a_finding(changes: Mapping[str, object], message: str):
    assert message in the(found(agreed(changed(AGREEMENT, **changes))), "AGR005").message


@pytest.mark.parametrize("kind", ["block_time", "ad_hoc"])
def test_what_is_no_agreement_need_not_be_complete(kind: str):
    assert "AGR005" not in codes(found(agreed({"id": "A", "type": kind}, monitoring=None)))


# Mailboxes

OURS = """\
client: Somebody
setups:
  - id: main
    product: other
    product_name: Tape
    notifies: [owner@client.example, HELP+tape@provider.example]
    steps:
      - do: Install it.
        expect: A mail to nightly@x.alerts.provider.example comes.
        if_not: Ring.
    procedures:
      daily-check: {before: Post to <https://hooks.psa.provider.example/1>.}
monitoring:
  level: none
  alerts_to: [help@provider.example]
"""


def test_our_mailbox_is_found_in_notices_steps_procedures_and_alerts():
    report = found(OURS)
    assert places(report, "AGR010") == [
        spot(FILE, OURS, "HELP+tape"),
        spot(FILE, OURS, "A mail to"),
        spot(FILE, OURS, "Post to"),
        spot(FILE, OURS, "help@provider"),
    ]


def test_our_mailbox_may_stand_where_monitoring_is_paid_for():
    paid = OURS.replace("level: none", "level: full") + (
        "agreements:\n"
        "  - {id: A, type: full, covers: [monitoring], starts: 2026-01-01, open_ended: true, billing: {every: month}}\n"
    )
    assert "AGR010" not in codes(found(paid))
    assert "AGR010" in codes(found(paid.replace("covers: [monitoring]", "covers: [backup]")))
    assert "AGR010" in codes(found(paid.replace("every: month", "every: once")))


def test_our_mailbox_may_stand_where_monitoring_is_paid_for_and_not_asked_for():
    setups = [{"id": "main", "product": "other", "product_name": "Tape", "notifies": ["help@provider.example"]}]
    for promise in (None, {"level": "none"}):
        assert "AGR010" not in codes(found(agreed(AGREEMENT, setups=setups, monitoring=promise)))
        assert "AGR010" in codes(found(agreed(setups=setups, monitoring=promise)))


def test_our_mailbox_in_one_uncovered_set_up_is_found_beside_a_covered_one():
    setups = [
        {"id": one, "product": "other", "product_name": "Tape", "notifies": ["help@provider.example"]}
        for one in ("main", "cloud")
    ]
    covers = [{"service": "monitoring", "setups": ["main"]}]
    finding = the(found(agreed(changed(AGREEMENT, covers=covers), setups=setups)), "AGR010")
    assert finding.path == ("setups", 1, "notifies", 0)


def test_while_sales_renews_our_mailbox_is_a_warning():
    setups = [{"id": "main", "product": "other", "product_name": "Tape", "notifies": ["help@provider.example"]}]
    ended = changed(AGREEMENT, last_day="2026-10-31", renewal_pending={"until": TOMORROW, "by": "Sales"})
    assert the(found(agreed(ended, setups=setups)), "AGR010").severity is Severity.WARNING


NOTED = """\
client: Somebody
notes: Asked for help@provider.example in May; refused.
warning: Alerts used to go to help@provider.example.
monitoring: {level: none, declined: {on: 2026-05-06, reason: would not pay for help@provider.example}}
setups: [{id: main, product: other, product_name: Tape, notes: 'See help@provider.example'}]
"""


def test_our_mailbox_in_a_note_is_a_warning_wherever_notes_stand():
    report = found(NOTED)
    assert "AGR010" not in codes(report)
    assert {finding.path for finding in report.findings if finding.code == "AGR011"} == {
        ("notes",),
        ("warning",),
        ("monitoring", "declined", "reason"),
        ("setups", 0, "notes"),
    }
    assert {finding.severity for finding in report.findings if finding.code == "AGR011"} == {Severity.WARNING}


def test_a_note_of_a_monitored_client_may_name_our_mailbox():
    assert "AGR011" not in codes(found(agreed(AGREEMENT, notes="Alerts go to help@provider.example.")))


PAGE = "---\ntitle: A page\nclient: somebody\n---\n# A page\n\nTell help@provider.example about it.\n"


def test_our_mailbox_on_a_hand_written_page_of_an_unmonitored_client_stands_at_its_line():
    report = checked({FILE: agreed(), "docs/page.md": PAGE})
    finding = the(report, "AGR012")
    assert (finding.place.file, finding.place.line, finding.client) == ("docs/page.md", 7, "somebody")
    assert "docs/page.md" in report.blocked_pages
    assert "AGR012" not in codes(checked({FILE: agreed(AGREEMENT), "docs/page.md": PAGE}))


# Hand-written pages


@pytest.mark.parametrize("kind", ["monitoring", "Monitoring", '" monitoring "', "MONITORING"])
@pytest.mark.parametrize("ending", ["---", "..."])
def test_a_hand_written_monitoring_page_of_an_unmonitored_client_is_withheld(kind: str, ending: str):
    page = f"---\nkind: {kind}\nclient: somebody\n{ending}\nEvery morning.\n"
    report = checked({FILE: agreed(), "docs/page.md": page})
    finding = the(report, "AGR020")
    assert (finding.place.line, finding.client) == (2, "somebody")
    assert [str(one.place) for one in finding.related] == ["docs/page.md:3:9"]
    assert report.blocked_pages == {"docs/page.md"}
    assert "AGR020" not in codes(checked({FILE: agreed(AGREEMENT), "docs/page.md": page}))


def test_a_monitoring_page_of_nobody_is_withheld():
    report = checked({FILE: agreed(AGREEMENT), "docs/page.md": "---\nkind: monitoring\n---\nEvery morning.\n"})
    assert "must say whose it is" in the(report, "AGR020").message
    assert report.blocked_pages == {"docs/page.md"}


def test_a_monitoring_page_of_an_unknown_client_is_withheld_even_with_the_other_rule_off():
    page = "---\nkind: monitoring\nclient: somebodi\n---\nEvery morning.\n"
    files = {"policy.yml": POLICY + 'rules: {DOC010: "off"}\n', FILE: agreed(AGREEMENT), "docs/page.md": page}
    report = checked(files)
    assert "there is no client somebodi" in the(report, "AGR020").message
    assert report.blocked_pages == {"docs/page.md"}


def test_a_page_of_an_unknown_client_is_withheld_and_the_nearest_named():
    report = checked({FILE: agreed(AGREEMENT), "docs/page.md": "---\nclient: somebodi\n---\nText.\n"})
    finding = the(report, "DOC010")
    assert (str(finding.place), finding.help) == ("docs/page.md:2:9", "did you mean somebody?")
    assert report.blocked_pages == {"docs/page.md"}


@pytest.mark.parametrize(
    "head",
    ["client: a\nclient: somebody\n", "kind: [monitoring\n", "client: no\n", "kind: &a monitoring\n", "\tx: 1\n"],
)
def test_a_page_whose_head_cannot_be_read_is_withheld(head: str):
    report = checked({FILE: agreed(AGREEMENT), "docs/page.md": f"---\n{head}---\nEvery morning.\n"})
    assert report.blocked_pages == {"docs/page.md"}
    assert report.blocked_clients == frozenset()
    assert not report.passed


def test_a_page_that_is_nobodys_is_left_alone():
    for page in (
        "# Text\n",
        "---\ntitle: Text\n---\nText\n",
        "---\n---\nText\n",
        "",
        "\ufeff---\ntitle: x\n---\nText\n",
    ):
        report = checked({FILE: agreed(AGREEMENT), "docs/page.md": page})
        assert not [finding for finding in report.findings if finding.place.file.startswith("docs/")]


# References and ids

REFERENCES = """\
client: Somebody
sites: [{id: high, name: High Street}]
contacts: [{name: Owner, phone: "+61 2 5550 0100", site: hihg}]
copies: [{id: shelf, site: low, target: no-bucket}, {id: away, site: offsite}]
agreements: [{id: A, type: ad_hoc, covers: [{service: backup, setups: [maine]}]}]
setups:
  - id: main
    product: other
    product_name: Tape
    defaults: {site: defaulted}
    items: [{name: SRV1, kind: server, depends_on: [srv0], site: itemised}]
    jobs:
      - {name: Nightly, items: [srv2], to: shelv, from: nowhere, schedule: after Daily}
      - {name: Second, items: [srv1], to: shelf, from: away, schedule: after Nightly}
    restore_tests:
      - {on: 2026-01-01, kind: file, items: [srv3], from: cellar, result: pass, by: Us}
monitoring: {level: none, setups: [other-one]}
"""


def test_every_reference_that_leads_nowhere_stands_at_its_own_word():
    wrong = ["hihg", "low", "no-bucket", "maine", "defaulted", "srv0", "itemised", "srv2", "shelv", "nowhere"]
    wrong += ["after Daily", "srv3", "cellar", "other-one"]
    report = found(REFERENCES)
    assert sorted(places(report, "REC004")) == sorted(spot(FILE, REFERENCES, word) for word in wrong)
    assert next(one.help for one in report.findings if "hihg" in one.message) == "did you mean high?"


TWICE = """\
client: Somebody
sites: [{id: s1, name: High Street}, {id: s1, name: Low Street}]
copies: [{id: c1, medium: tape}, {id: c1, medium: disk}]
agreements: [{id: A, type: ad_hoc}, {id: A, type: ad_hoc}]
setups:
  - {id: main, product: other, product_name: Tape}
  - id: main
    product: other
    product_name: Tape
    items: [{name: SRV1, kind: server}, {id: srv1, name: Another, kind: server}]
    jobs: [{name: Nightly}, {name: Nightly}]
"""


def test_every_id_that_stands_twice_is_found_at_the_second_and_points_at_the_first():
    report = found(TWICE)
    twice = [finding for finding in report.findings if finding.code == "REC005"]
    assert len(twice) == 6
    for finding in twice:
        (first,) = finding.related
        assert first.place < finding.place
        assert first.message == "the first"


OWN = POLICY + (
    "fields:\n"
    "  software: {type: text, required: true}\n"
    "  seats: {type: number}\n"
    "  insured: {type: flag}\n"
    "  renews: {type: date}\n"
    "  visits: {type: choice, values: [remote, on-site]}\n"
)


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("software: 5", "software must be a text"),
        ("seats: many", "seats must be a number"),
        ("seats: true", "seats must be a number"),
        ("insured: 1", "insured must be a flag"),
        ("renews: next year", "renews must be a date"),
        ("renews: '2026-02-30'", "renews must be a date"),
        ("visits: never", "visits must be a choice"),
        ("softwar: x", "policy.yml declares no field softwar"),
    ],
)
def test_an_own_field_that_is_not_as_declared_is_found(field: str, message: str):
    fields = field if field.startswith("software:") else f"software: Ledger, {field}"
    assert message in the(found(f"client: Somebody\nfields: {{{fields}}}\n", OWN), "REC009").message


def test_own_fields_as_declared_pass_and_a_required_one_that_lacks_is_found():
    fields = "{software: Ledger, seats: 3.5, insured: true, renews: 2026-02-28, visits: on-site}"
    assert "REC009" not in codes(found(f"client: Somebody\nfields: {fields}\n", OWN))
    assert "needs the field software" in the(found("client: Somebody\n", OWN), "REC009").message


def test_two_clients_of_one_name_are_found_at_both():
    one = "client: North Bay\naliases: [NB]\n"
    other = "client: Northern\naliases: [north bay, nb]\n"
    report = checked({"clients/one.yml": one, "clients/other.yml": other})
    assert places(report, "REC010") == [
        spot("clients/one.yml", one, "North Bay"),
        spot("clients/one.yml", one, "NB"),
        spot("clients/other.yml", other, "north bay"),
        spot("clients/other.yml", other, "nb"),
    ]


def test_a_client_may_be_its_own_alias():
    assert "REC010" not in codes(found("client: North Bay\naliases: [north bay, NORTH BAY]\n"))


# Documentation

DOCUMENTED = """\
client: Somebody
copies: [{id: shelf, medium: tape}]
setups:
  - id: main
    product: other
    product_name: Tape
    managed_by: us
    items: [{name: SRV1, kind: server, rpo: 24h, rto: 4h}]
    jobs: [{name: Nightly, items: [srv1], to: shelf, schedule: daily at 22:00, keeps: {daily: 30}}]
    steps: [{do: Install it.}]
"""


def test_a_documented_set_up_passes_in_every_profile():
    for profile in PROFILES:
        assert not {"DOC002", "DOC005", "DOC006", "BKP014"} & set(codes(found(DOCUMENTED, policy_of(profile))))


def policy_of(profile: str) -> str:
    return POLICY.replace("profile: start", f"profile: {profile}")


@pytest.mark.parametrize(
    ("old", "new", "profile", "message"),
    [
        ("copies: [{id: shelf, medium: tape}]\n", "", "start", "copies (where the backups lie)"),
        (", kind: server", "", "start", "what kind of thing SRV1 is"),
        ("items: [{name: SRV1, kind: server, rpo: 24h, rto: 4h}]", "items: []", "start", "items (what is protected)"),
        ("    steps: [{do: Install it.}]\n", "", "standard", "steps (how it was made)"),
        (", schedule: daily at 22:00", "", "standard", "the job Nightly does not say: schedule"),
        (", keeps: {daily: 30}", "", "standard", "the job Nightly does not say: keeps"),
        (", rpo: 24h", "", "strict", "RPO"),
        (", rto: 4h", "", "strict", "RTO"),
        ("items: [srv1]", "items: []", "standard", "no job protects SRV1"),
    ],
)
def test_each_profile_asks_for_more(old: str, new: str, profile: str, message: str):
    assert DOCUMENTED.count(old) == 1
    asking = ("DOC002", "DOC005", "DOC006", "BKP014")
    for number, one in enumerate(PROFILES):
        report = found(DOCUMENTED.replace(old, new), policy_of(one))
        said = any(message in finding.message for finding in report.findings if finding.code in asking)
        assert said == (number >= list[str](PROFILES).index(profile))


def test_what_somebody_else_looks_after_needs_items_and_copies_alone():
    short = DOCUMENTED[: DOCUMENTED.index("    jobs:")]
    for who, asked in (("us", True), ("client", False), ("third_party", False), ("on_request", True)):
        report = found(short.replace("managed_by: us", f"managed_by: {who}"), STANDARD)
        assert "DOC002" not in codes(report)
        assert ("DOC006" in codes(report)) == asked


def test_a_client_with_a_set_up_and_no_backup_at_once_is_a_contradiction():
    text = DOCUMENTED + "no_backup: {told_on: 2026-05-06}\n"
    assert str(the(found(text), "DOC003").place) == spot(FILE, text, "{told_on")


@pytest.mark.parametrize("status", ["prospect", "former", "onboarding"])
def test_who_is_no_client_yet_or_any_more_needs_no_set_up(status: str):
    assert "DOC003" not in codes(found(f"client: Somebody\nstatus: {status}\n"))


def test_an_unknown_product_is_named_with_the_nearest_one():
    files = {FILE: "client: Somebody\nsetups: [{id: main, product: tape-drives}]\n", **PRODUCT}
    finding = the(checked(files), "DOC001")
    assert finding.help == "did you mean tape-drive?"


# The catalogue

PRODUCT = {
    "templates/products/tape-drive/product.yml": """\
name: Tape drive
vendor: Example Tapes
written_for: "1.0"
summary: Writes files on tape.
protects: [server]
recoverability: file
console: The drive's own screen.
mac: {possible: false, why: It has no driver.}
sources: {manual: {title: Manual, url: "https://tapes.example/manual", read_on: 2026-01-02, version: "1.0"}}
""",
    "templates/products/tape-drive/restore-file.md": """\
---
title: Restore a file
level: L1
trigger: A file is gone.
minutes: 10
permission: None.
needs: restore
escalate_after_minutes: 30
undo: Delete the restored file.
---
1. Load the tape. {{ source("manual") }}
   *Expect:* The drive hums.
   *If not:* Clean it.
2. Copy the file. Verify in the manual.
   *Expect:* The file is there.
3. Write it down. {{ source("lore") }}
   *Expect:* It is written.
   *If not:* Write it again.
4. Go home.
   *Expect:* Home.
   *If not:* Ring.
""",
}
PAGE_FILE = "templates/products/tape-drive/restore-file.md"


def test_steps_without_source_and_steps_that_say_too_little_stand_at_their_lines():
    report = checked({FILE: "client: Somebody\n", **PRODUCT})
    assert places(report, "CAT010") == [f"{PAGE_FILE}:19:1"]
    assert places(report, "CAT012") == [f"{PAGE_FILE}:14:1"]
    assert "*If not:*" in the(report, "CAT012").message
    assert places(report, "CAT011") == [spot(PAGE_FILE, PRODUCT[PAGE_FILE], '{{ source("lore")')]


# Waivers and severities

WAIVER = "  - {{rule: {rule}, client: {client}, reason: Later, approver: Boss, until: {until}}}\n"


def policy_with(*waivers: tuple[str, str, str], rules_of: str = "") -> str:
    head = POLICY + (f"rules: {rules_of}\n" if rules_of else "") + "waivers:\n"
    return head + "".join(WAIVER.format(rule=rule, client=client, until=until) for rule, client, until in waivers)


def test_a_rule_or_client_that_does_not_exist_is_found_in_policy_at_its_place():
    text = policy_with(
        ("DOC0002", "somebody", "2027-01-01"), ("DOC002", "somebodi", "2027-01-01"), rules_of="{DOC0: error}"
    )
    report = found("client: Somebody\n", text)
    assert places(report, "POL004") == [
        spot("policy.yml", text, "DOC0: error"),
        spot("policy.yml", text, "DOC0002"),
        spot("policy.yml", text, "somebodi,"),
    ]


def test_the_gates_rules_are_neither_waived_nor_turned_down():
    text = policy_with(
        ("monitoring-without-agreement", "somebody", "2027-01-01"), rules_of="{AGR010: warning, PUB010: info}"
    )
    report = found("client: Somebody\n", text)
    assert places(report, "POL005") == [
        spot("policy.yml", text, "AGR010"),
        spot("policy.yml", text, "PUB010"),
        spot("policy.yml", text, "monitoring-without-agreement"),
    ]


def test_a_gates_rule_named_with_the_severity_it_has_is_no_finding():
    assert "POL005" not in codes(found("client: Somebody\n", POLICY + "rules: {AGR001: error, WVR002: warning}\n"))


def test_an_expired_waiver_is_found_the_day_after_its_last_one():
    for until, expired in (("2026-11-21", True), ("2026-11-22", False)):
        text = policy_with(("DOC003", "somebody", until))
        report = found("client: Somebody\n", text)
        assert ("WVR001" in codes(report)) == expired
        assert ("DOC003" in codes(report)) == expired


def test_no_rule_asks_for_a_catalogue_or_pages_that_are_not_there():
    assert fleet({FILE: "client: Somebody\n"}).written == ()
    assert "PUB001" not in codes(found("client: Somebody\n"))
