"""What a promise asks of both sides: who decides, what was assessed, what was refused, and where a link leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from runbooks.findings import Blocks, Severity
from runbooks.gate import Report
from runbooks.rules.registry import RULES
from tests.by_day import SOMEBODY, missed
from tests.sample import AGREEMENT, SETUP, STRICT, TODAY, agreed, changed, checked, spot, the
from tests.test_catalogue import PROCEDURE, PRODUCT

OPEN: Mapping[str, Any] = changed(AGREEMENT, last_day=None, open_ended=True)
ALERTS: Mapping[str, Any] = changed(OPEN, type="alert_only", covers=["monitoring"])
AD_HOC: Mapping[str, Any] = {"id": "AGR-1", "type": "ad_hoc", "starts": "2026-01-01", "billing": {"every": "once"}}
TAPE: Mapping[str, Any] = {"id": "main", "product": "tape"}
PRODUCTS: Mapping[str, str] = {
    "templates/products/tape/product.yml": PRODUCT,
    "templates/products/tape/mend-tape.md": PROCEDURE.replace("needs: restore", "needs: repair"),
    "templates/products/tape/restore-file.md": PROCEDURE,
}


def found(text: str, day: date = TODAY, policy: str = STRICT, files: Mapping[str, str] | None = None) -> Report:
    return checked({"policy.yml": policy, SOMEBODY: text, **PRODUCTS, **(files or {})}, day)


def here(code: str, text: str, day: date = TODAY, policy: str = STRICT) -> list[str]:
    """The key paths at which a rule finds something."""
    paths = [finding.path for finding in found(text, day, policy).findings if finding.code == code]
    return [".".join(map(str, path)) for path in paths]


# A refusal on file


def unwatched(*agreements: Mapping[str, Any], **changes: Any) -> str:
    return agreed(*agreements, **{"monitoring": None, **changes})


@pytest.mark.parametrize(
    ("monitoring", "told"),
    [
        (None, True),
        ({"level": "none"}, True),
        ({"level": "none", "declined": {"on": "2026-05-06"}}, False),
        ({"level": "none", "quoted": {"on": "2026-11-06"}}, False),
    ],
)
def test_a_client_without_an_agreement_has_refused_or_has_an_offer(monitoring: dict[str, Any] | None, *, told: bool):
    assert here("AGR018", unwatched(AD_HOC, monitoring=monitoring)) == (["monitoring"] if told else [])


def test_a_refusal_is_asked_of_active_clients_with_backups_only():
    for status in ("prospect", "onboarding", "offboarding", "former"):
        assert not here("AGR018", unwatched(status=status))
    assert here("AGR018", unwatched(status="active"))
    assert not here("AGR018", unwatched(setups=None))
    assert not here("AGR018", unwatched(no_backup={"told_on": "2026-01-01"}))


def test_a_promise_without_an_agreement_is_told_once():
    assert not here("AGR018", agreed())
    assert here("AGR001", agreed())


@pytest.mark.parametrize(
    ("agreement", "told"),
    [
        (OPEN, False),
        (changed(OPEN, type="antivirus", covers=["antivirus"]), False),
        (changed(OPEN, starts="2026-12-01"), False),
        (changed(AGREEMENT, last_day="2026-10-22"), True),
        (changed(AGREEMENT, last_day="2026-10-23"), False),
        (changed(AGREEMENT, last_day="2026-10-22", renews="automatically", cancelled_on="2026-11-20"), False),
    ],
)
def test_a_refusal_is_due_thirty_days_after_the_agreement_ended(agreement: Mapping[str, Any], *, told: bool):
    assert bool(here("AGR018", unwatched(agreement))) is told


def test_what_could_not_be_read_needs_no_refusal():
    assert not here("AGR018", unwatched(monitoring={"level": "nothing"}))


def test_a_refusal_is_asked_from_the_first_profile_on():
    assert RULES["AGR018"].profile == "start"
    assert RULES["AGR018"].severity is Severity.WARNING


# Approval and decision


@pytest.mark.parametrize("kind", ["block_time", "ad_hoc", "shelved"])
def test_repair_that_no_agreement_pays_for_is_approved_in_writing(kind: str):
    text = unwatched(changed(OPEN, type=kind, covers=["backup", "repair"]))
    finding = the(found(text), "AGR021")
    assert finding.path == ("agreements", 0, "covers", 1)
    assert str(finding.place) == spot(SOMEBODY, text, '"repair"')
    assert finding.severity is Severity.ERROR
    approval = {"hours": 1, "approver": "Owner", "on": "2026-01-01", "reference": "psa://1"}
    assert not here("AGR021", unwatched(changed(OPEN, type=kind, covers=["repair"], preapproval=approval)))
    assert not here("AGR021", unwatched(changed(OPEN, type=kind, covers=["backup"])))
    assert not here("AGR021", unwatched(changed(AGREEMENT, type=kind, last_day="2026-05-01")))


def test_repair_under_an_agreement_needs_no_approval():
    automated = STRICT.replace("agreements:\n", "agreements:\n  block_time: {automated_counts: true}\n")
    text = unwatched(changed(OPEN, type="block_time", covers=["repair"], block={"auto_topup": True}))
    assert not here("AGR021", unwatched(OPEN))
    assert not here("AGR021", unwatched(changed(OPEN, type="nonsense")))
    assert here("AGR021", text)
    assert not here("AGR021", text, policy=automated)


@pytest.mark.parametrize(
    ("contact", "told"),
    [
        ({"roles": ["decision_maker"], "phone": "1"}, False),
        ({"roles": ["decision_maker"], "email": "a@b.example"}, False),
        ({"approves_up_to": 500, "private_ref": "vault://a"}, False),
        ({"approves_up_to": 0, "phone": "1"}, True),
        ({"roles": ["decision_maker"]}, True),
        ({"roles": ["site", "technical"], "phone": "1"}, True),
    ],
)
def test_a_watched_client_has_somebody_who_decides(contact: dict[str, Any], *, told: bool):
    text = agreed(OPEN, contacts=[{"name": "Owner", **contact}])
    assert here("AGR022", text) == (["contacts"] if told else [])


def test_nobody_has_to_decide_for_a_client_who_is_not_watched():
    assert here("AGR022", agreed(OPEN))
    assert not here("AGR022", unwatched(OPEN))
    assert not here("AGR022", agreed())
    assert not here("AGR022", agreed(OPEN, contacts=[{"name": "Owner", "phone": 1}])), "it could not be read"


# Assessments


@pytest.mark.parametrize("managed_by", ["client", "third_party", "on_request"])
def test_who_watches_what_others_look_after_has_assessed_it(managed_by: str):
    theirs = changed(SETUP, managed_by=managed_by)
    text = agreed(ALERTS, setups=[theirs], monitoring={"level": "alert_only"})
    finding = the(found(text), "AGR024")
    assert finding.path == ("setups", 0, "managed_by")
    assert finding.related[0].message == "promised here"
    assessed = changed(theirs, assessed={"on": "2026-10-01", "by": "Backup lead"})
    assert not here("AGR024", agreed(ALERTS, setups=[assessed], monitoring={"level": "alert_only"}))
    assert not here("AGR024", unwatched(ALERTS, setups=[theirs]))
    assert not here("AGR024", agreed(ALERTS))


@pytest.mark.parametrize(
    ("agreement", "changes", "told"),
    [
        ({"starts": "2026-08-23"}, {}, True),
        ({"starts": "2026-08-24"}, {}, False),
        ({"covers": [{"service": "backup", "setups": ["other"]}]}, {}, False),
        ({"type": "alert_only"}, {}, False),
        ({"last_day": "2026-10-01", "open_ended": None}, {}, False),
        ({}, {"managed_by": "client"}, False),
        ({}, {"implemented_by": "us"}, False),
        ({}, {"implemented_by": "Example IT"}, False),
        ({}, {"implemented_by": "The last provider"}, True),
        ({}, {"assessed": {"on": "2026-10-01", "by": "Backup lead"}}, False),
    ],
)
def test_what_we_took_over_is_assessed_within_ninety_days(
    agreement: dict[str, Any], changes: dict[str, Any], *, told: bool
):
    text = unwatched(changed(OPEN, **agreement), setups=[changed(SETUP, **changes)])
    assert here("AGR025", text) == (["setups.0"] if told else [])


# Links to a repair


def telling(note: str, agreements: Sequence[Mapping[str, Any]] = (ALERTS,), **changes: Any) -> str:
    setup = changed(TAPE, notes=note)
    return agreed(*agreements, **{"setups": [setup], "monitoring": {"level": "alert_only"}, **changes})


LEADING = [
    "See [mend it](mend-tape.md).",
    "See [mend it](../main/mend-tape/).",
    "See [mend it](<../main/mend-tape/index.html#steps>).",
    "See [mend it][1].\n\n[1]: ../main/mend-tape/",
    "https://runbooks.provider.example/clients/somebody/main/mend-tape/?q=1",
    "[x](/clients/somebody/main/MEND%2Dtape/)",
    "[x](https://other.example/rerun-job.md)",
    "[x](../../../harbour-dental/servers/mend-tape.md)",
    "[x](/clients/harbour-dental/servers/mend-tape.md)",
]


@pytest.mark.parametrize("note", LEADING)
def test_a_note_of_an_alert_only_client_leads_to_no_repair(note: str):
    finding = the(found(telling(note)), "AGR029")
    assert finding.severity is Severity.ERROR
    assert finding.path == ("setups", 0, "notes")


@pytest.mark.parametrize("note", ["See [restore](restore-file.md).", "mend-tape", "[x](https://a.example/mend-tapes/)"])
def test_other_links_may_stand(note: str):
    assert not here("AGR029", telling(note))


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"warning": "[x](mend-tape.md)"}, "warning"),
        ({"setups": [changed(TAPE, steps=[{"do": "a", "if_not": "[x](mend-tape.md)"}])]}, "setups.0.steps.0.if_not"),
        (
            {"setups": [changed(TAPE, procedures={"restore-file": {"before": "[x](mend-tape.md)"}})]},
            "setups.0.procedures.restore-file.before",
        ),
        ({"agreements": [changed(ALERTS, notes="[x](mend-tape.md)")]}, "agreements.0.notes"),
    ],
)
def test_every_prose_of_the_record_is_read(changes: dict[str, Any], path: str):
    agreements = changes.pop("agreements", [ALERTS])
    text = agreed(*agreements, **{"setups": [TAPE], "monitoring": {"level": "alert_only"}, **changes})
    assert here("AGR029", text) == [path]


def test_a_link_in_a_block_is_found_at_its_line():
    text = (
        "client: Somebody\nagreements: [{id: A, type: alert_only, covers: [monitoring], starts: 2026-01-01,"
        " open_ended: true, billing: {every: month}}]\nsetups:\n  - id: main\n    product: tape\n    notes: |\n"
        "      When it has failed:\n\n      - see [this](mend-tape.md)\nmonitoring: {level: alert_only}\n"
    )
    assert the(found(text), "AGR029").place.line == 9


def test_repair_that_is_covered_may_be_linked():
    link = "See [mend it](mend-tape.md)."
    assert not here("AGR029", telling(link, agreements=[changed(ALERTS, covers=["monitoring", "repair"])]))
    assert not here("AGR029", agreed(OPEN, setups=[changed(TAPE, notes=link)]))
    assert not here("AGR029", agreed(setups=[changed(TAPE, notes=link)], monitoring=None)), "nobody is watched"


def test_one_set_up_may_be_told_of_and_another_mended():
    only = [{"service": "monitoring", "setups": ["told"]}]
    full = [{"service": one, "setups": ["main"]} for one in ("monitoring", "repair")]
    agreements = [changed(OPEN, covers=full), changed(ALERTS, id="AGR-2", covers=only)]
    setups = [changed(TAPE, notes="[x](mend-tape.md)"), changed(TAPE, id="told", notes="[x](mend-tape.md)")]
    text = agreed(*agreements, setups=setups)
    assert here("AGR029", text) == ["setups.1.notes"]
    setups = [dict(TAPE), changed(TAPE, id="told", notes="[x](../main/mend-tape.md)")]
    assert not here("AGR029", agreed(*agreements, setups=setups))


def page(text: str, client: str = "somebody") -> Report:
    return found(telling("Nothing."), files={"docs/page.md": f"---\nclient: {client}\n---\n# Page\n\n{text}\n"})


def test_a_hand_written_page_of_an_alert_only_client_leads_to_no_repair():
    finding = the(page("First.\n\nSee [mend it](clients/somebody/main/mend-tape.md)."), "AGR030")
    assert (finding.place.file, finding.place.line) == ("docs/page.md", 8)
    assert finding.blocks is Blocks.PAGE
    assert not RULES["AGR030"].waivable
    for clean in ("[x](restore-file.md)", "Nothing."):
        assert "AGR030" not in [one.code for one in page(clean).findings]
    assert "AGR030" not in [one.code for one in page("[x](mend-tape.md)", "nobody").findings]


def test_html_on_a_page_is_read_too():
    assert the(page('<a class="x" href="mend-tape/">mend</a>'), "AGR030").place.line == 6


# The calendar

BY_DAY: list[tuple[str, str]] = [
    ("AGR018", unwatched(changed(AGREEMENT, last_day="2026-03-31"))),
    ("AGR018", unwatched(changed(OPEN, starts="2026-03-01", cancelled_on="2026-09-10"))),
    ("AGR018", unwatched(changed(AGREEMENT, billing={"every": "year", "prepaid_through": "2026-06-30"}))),
    ("AGR021", unwatched(changed(AGREEMENT, type="block_time", covers=["repair"], last_day="2026-03-31"))),
    ("AGR022", agreed(AGREEMENT)),
    ("AGR025", unwatched(changed(AGREEMENT))),
    ("AGR029", telling("[x](mend-tape.md)", agreements=[changed(AGREEMENT, type="alert_only", covers=["monitoring"])])),
]


@pytest.mark.parametrize(("code", "text"), BY_DAY, ids=[f"{code}-{number}" for number, (code, _) in enumerate(BY_DAY)])
def test_every_day_on_which_a_finding_turns_is_known_ahead(code: str, text: str):
    assert not missed(code, text, files=PRODUCTS)
