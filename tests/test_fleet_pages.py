"""The pages about the whole fleet: what they count is what stands behind them, and their lists stay small."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import markdown as python_markdown
import pytest

from runbooks import gate, site
from runbooks.coverage import SECTIONS, Covered, section_of
from runbooks.fleet import Fleet
from runbooks.pages.coverage import coverage
from runbooks.pages.lists import shortened
from runbooks.pages.markdown import markdown
from runbooks.pages.press import Press, press
from runbooks.pages.proofs import proofs
from runbooks.pages.reviewed import reviews
from runbooks.pages.trials import trials
from runbooks.plugin import EXTENSIONS
from runbooks.rules.registry import RULES
from runbooks.site import Site
from tests import sample
from tests.sample import STANDARD, TODAY, changed

JOB = {"name": "Nightly", "items": ["srv1"], "to": "shelf", "schedule": "daily at 22:00", "keeps": {"daily": 30}}
TEST = {"on": "2026-10-30", "kind": "machine", "items": ["srv1"], "result": "pass", "minutes": 90, "by": "J. Rivera"}
SETUP: Mapping[str, Any] = {
    "id": "main",
    "product": "other",
    "product_name": "Tape",
    "defaults": {"site": "high", "kind": "server", "rpo": "24h", "rto": "8h"},
    "items": [{"name": "SRV1"}],
    "jobs": [JOB, {**JOB, "name": "Away", "to": "cloud"}],
    "credentials": [{"purpose": "console", "item_ref": "vault://somebody/console", "mfa": True}],
    "steps": [{"do": "Put a tape in.", "expect": "It blinks."}],
    "restore_tests": [TEST],
}
COPIES: list[dict[str, Any]] = [
    {"id": "shelf", "site": "high", "medium": "nas"},
    {"id": "cloud", "site": "offsite", "medium": "object", "immutable_days": 30},
]
WHOLE: Mapping[str, Any] = {
    "client": "Somebody",
    "sites": [{"id": "high", "name": "High Street"}],
    "reviewed": {"on": "2026-10-01", "by": "Backup lead"},
    "contacts": [{"name": "Owner", "roles": ["decision_maker"], "phone": "+61 2 5550 0100"}],
    "agreements": [sample.AGREEMENT],
    "copies": COPIES,
    "setups": [SETUP],
}
"""A record in which no section of a runbook lacks anything."""


def tools(*clients: Mapping[str, Any], policy: str = STANDARD, day: date = TODAY) -> Press:
    """What pages are printed with, for clients of these records, named by number."""
    files = {f"clients/client-{number}.yml": json.dumps(one) for number, one in enumerate(clients, 1)}
    found = sample.fleet({"policy.yml": policy, **files}, day)
    return press(found, gate.check(found), site.loader(found.root))


def only(record: Mapping[str, Any], **how: Any) -> Covered:
    (found,) = coverage(tools(record, **how))
    return found


def with_setup(**changes: Any) -> dict[str, Any]:
    return changed(WHOLE, setups=[changed(SETUP, **changes)])


@pytest.fixture(scope="module")
def made(sample_made: Site) -> Site:
    """The sample fleet of this repository."""
    return sample_made


def page(found: Site, uri: str) -> str:
    return next(one.markdown for one in found.book.pages if one.uri == uri)


# Documentation coverage.


def test_the_weights_come_to_a_hundred():
    assert sum(one.weight for one in SECTIONS) == 100


def test_every_section_names_rules_that_there_are():
    for one in SECTIONS:
        assert {one.rule, *one.codes} <= set(RULES), one.key


def test_a_record_with_everything_is_complete_and_has_nothing_to_do():
    found = only(WHOLE)

    assert set(found.states.values()) == {"yes"}
    assert (found.percent, found.todo) == (100, "")


@pytest.mark.parametrize(
    ("record", "section", "state", "todo"),
    [
        (changed(WHOLE, contacts=None), "contacts", "no", "name who decides"),
        (
            changed(WHOLE, contacts=[{"name": "Desk", "phone": "+61 2 5550 0100"}]),
            "contacts",
            "part",
            "name who decides",
        ),
        (with_setup(items=None, jobs=None, restore_tests=None), "items", "no", "list what is protected"),
        (with_setup(jobs=None), "jobs", "no", "describe the jobs"),
        (with_setup(credentials=None), "keys", "no", "say where keys are"),
        (with_setup(steps=None), "steps", "no", "write down the steps"),
        (with_setup(restore_tests=None), "tests", "no", "try a restore"),
        (with_setup(restore_tests=[{**TEST, "minutes": 900}]), "tests", "part", "try a restore"),
        (changed(WHOLE, reviewed=None), "review", "no", "review the record"),
        (changed(WHOLE, reviewed={"on": "2026-03-01", "by": "Lead"}), "review", "part", "review the record"),
    ],
)
def test_a_section_says_what_it_has_and_what_is_next(record: Mapping[str, Any], section: str, state: str, todo: str):
    found = only(record)

    assert found.states[section] == state
    assert found.todo == todo
    assert found.percent is not None
    assert found.percent < 100


def test_a_copy_that_says_nothing_of_itself_leaves_its_section_in_part():
    found = only(changed(WHOLE, copies=[*COPIES, {"id": "somewhere"}]))

    assert found.states["copies"] == "part"


def test_what_is_not_asked_of_a_client_does_not_count():
    found = only(with_setup(managed_by="client", jobs=None, steps=None, credentials=None, restore_tests=None))

    asked = {key for key, state in found.states.items() if state != "unasked"}
    assert asked == {"contacts", "agreements", "items", "copies", "review"}
    assert found.percent == 100


def test_without_an_agreement_it_is_asked_whether_the_answer_to_our_offer_is_on_file():
    silent = changed(WHOLE, agreements=None)
    answered = changed(silent, monitoring={"level": "none", "declined": {"on": "2026-05-06"}})

    assert only(silent).states["agreements"] == "no"
    assert only(answered).states["agreements"] == "unasked"


def test_next_is_what_adds_most_to_the_percentage():
    found = only(changed(with_setup(steps=None, restore_tests=None), reviewed=None))

    assert found.todo == "try a restore"
    assert found.rule == "BKP001"


def test_nobody_who_is_not_yet_or_no_longer_a_client_is_listed():
    found = tools(WHOLE, {"client": "Gone", "status": "former"}, {"client": "Maybe", "status": "prospect"})

    assert [one.record.client.client for one in coverage(found)] == ["Somebody"]
    assert [one.record.client.client for one in reviews(found)] == ["Somebody"]


def test_a_section_with_errors_is_unread_and_the_record_is_to_be_mended():
    found = only({**WHOLE, "setups": [{**SETUP, "colour": "red"}]})

    assert found.states["jobs"] == "unread"
    assert found.states["contacts"] == "yes"
    assert found.todo == "mend the record"


def test_the_least_documented_stand_first():
    found = coverage(tools(WHOLE, with_setup(steps=None), changed(WHOLE, contacts=None)))
    percents = [one.percent for one in found]

    assert percents == sorted(percents, key=lambda one: one or 0)


def test_a_finding_belongs_to_the_innermost_section_in_which_it_stands():
    found = gate.check(tools(changed(WHOLE, copies=[changed(COPIES[0], encryption={}), COPIES[1]])).fleet)
    finding = next(one for one in found.findings if one.code == "SEC010")
    section = section_of(finding)

    assert section is not None
    assert section.key == "keys"


def test_a_reminder_leaves_a_section_complete():
    found = only(with_setup(restore_tests=[{**TEST, "on": "2026-09-01"}]))

    assert found.states["tests"] == "yes"


# Restore tests, recoverability, reviews.


def test_the_restore_test_that_is_due_first_stands_first_and_one_never_made_before_it():
    late = {**TEST, "on": "2026-03-01"}
    setups = [changed(SETUP, id="done"), changed(SETUP, id="late", restore_tests=[late])]
    found = trials(tools(changed(WHOLE, setups=[*setups, changed(SETUP, id="never", restore_tests=None)])))

    assert [(one.setup.id, one.overdue(TODAY)) for one in found] == [("never", True), ("late", True), ("done", False)]
    assert found[2].due == date(2027, 1, 30)


def test_the_last_restore_counts_whichever_way_it_went_and_the_next_is_due_by_the_last_that_worked():
    failed = {**TEST, "on": "2026-11-10", "result": "fail"}
    boot = {**TEST, "on": "2026-11-12", "kind": "boot_check"}
    (found,) = trials(tools(with_setup(restore_tests=[TEST, failed, boot])))

    assert found.last is not None
    assert (str(found.last.on), found.last.result) == ("2026-11-10", "fail")
    assert found.due == date(2027, 1, 30)


def test_a_restore_that_took_longer_than_agreed_says_so():
    found = tools(with_setup(restore_tests=[{**TEST, "minutes": 900}]))
    (one,) = trials(found)

    assert (one.rto["agreed"], one.rto["state"]) == ("8h", "no")
    assert "| 900 ✗ too slow | 8h |" in sheet(found, "fleet/restore-tests.md")


def test_no_restore_test_is_asked_of_what_somebody_else_looks_after():
    assert trials(tools(with_setup(managed_by="client"), with_setup(managed_by="on_request"))) == ()


def test_recoverability_says_of_each_number_whether_it_is_met_and_what_lacks_it():
    (whole,) = proofs(tools(WHOLE))
    alone = changed(WHOLE, copies=COPIES[:1], setups=[changed(SETUP, jobs=[JOB])])
    (lacking,) = proofs(tools(alone))

    assert set(whole.states) == {"yes", "unasked"}
    assert lacking.states == ("no", "no", "no", "no", "yes", "unasked")
    assert "3, 2, 1 off site, 1 immutable" in lacking.lacks[0]
    assert "SRV1" in lacking.lacks[0]


def test_the_client_who_lacks_most_stands_first():
    found = proofs(tools(WHOLE, changed(WHOLE, copies=COPIES[:1], setups=[changed(SETUP, jobs=[JOB])])))

    assert [one.lacking for one in found] == [4, 0]


def test_a_record_that_was_never_reviewed_is_overdue_and_stands_first():
    found = reviews(tools(WHOLE, changed(WHOLE, reviewed=None)))

    assert [(one.due, one.overdue(TODAY)) for one in found] == [(None, True), (date(2027, 3, 30), False)]


# The pages.


def sheet(found: Press, uri: str) -> str:
    from runbooks.pages.fleet import fleet_pages

    return next(one.markdown for one in fleet_pages(found) if one.uri == uri)


NEW = ("fleet/index.md", "fleet/coverage.md", "fleet/restore-tests.md", "fleet/recoverability.md", "fleet/reviews.md")
LONG = (*NEW[1:], "agreements.md", "clients/index.md", "profiles.md")


@pytest.mark.parametrize("uri", [*NEW, "agreements.md"])
def test_each_page_says_of_which_day_it_is(made: Site, uri: str):
    assert re.search(rf"As of \**{made.fleet.as_of}", page(made, uri))


def test_the_page_of_monday_leads_to_every_list(made: Site):
    text = page(made, "fleet/index.md")

    for link in ("coverage.md", "restore-tests.md", "recoverability.md", "reviews.md"):
        assert f"]({link})" in text
    for link in ("../agreements.md", "../cost.md", "../waivers.md"):
        assert f"]({link})" in text


def test_every_number_of_a_plot_is_the_number_of_lines_that_its_link_shows(made: Site):
    text = page(made, "fleet/coverage.md")
    rows = [line for line in text.splitlines() if line.startswith("| [") and " % |" in line]
    for at, section in enumerate(SECTIONS):
        for word, mark in (("no", "✗ no"), ("part", "! part")):
            shown = re.search(rf"\[(\d+) [a-z ]+\]\(coverage\.md\?show={section.key}%3A{word}\)", text)
            lines = [row for row in rows if row.split(" | ")[2 + at] == mark]
            assert (int(shown[1]) if shown else 0) == len(lines), (section.key, word)


def test_links_in_drawings_are_addresses_like_all_others(made: Site):
    (monday,) = (one for one in made.book.pages if one.uri == "fleet/index.md")
    folders = markdown(monday, made.fleet.policy, directory_urls=True)
    files = markdown(monday, made.fleet.policy, directory_urls=False)

    assert 'href="coverage/?show=' in folders
    assert 'href="../agreements/?show=' in folders
    assert 'href="coverage.html?show=' in files
    assert "page:" not in folders + files


def test_no_value_of_a_record_is_taken_for_a_link_to_a_page():
    odd = changed(WHOLE, client='<a href="page:fleet/index.md">', reviewed={"on": "2026-10-01", "by": 'href="page:x'})
    found = tools(odd)

    for uri in NEW:
        assert 'href="page:x' not in sheet(found, uri)
        assert "<a href=&" not in sheet(found, uri)


def test_a_client_who_is_not_monitored_gives_away_no_address_of_ours():
    ours = "help@provider.example"
    step = [{"do": f"Send it to {ours}", "expect": "It blinks."}]
    record = changed(
        WHOLE,
        agreements=[{**sample.AGREEMENT, "last_day": sample.YESTERDAY}],
        owner=ours,
        reviewed={"on": "2026-10-01", "by": ours},
        setups=[changed(SETUP, notifies=[ours], steps=step)],
        monitoring={"level": "full", "alerts_to": [ours], "checked_by": "The night shift"},
    )
    files = {"policy.yml": STANDARD, "clients/somebody.yml": json.dumps(record)}
    found = made_of(sample.fleet(files))
    text = "\n".join(one.markdown for one in found.book.pages if one.uri in NEW)

    assert "Somebody" in text
    assert "help" not in text
    assert "night shift" not in text


def made_of(found: Fleet) -> Site:
    from runbooks.pages.book import book

    report = gate.check(found)
    return Site(found, report, book(found, report, site.loader(found.root)))


def test_the_pages_of_a_fleet_without_clients_to_list_say_so():
    found = tools({"client": "Maybe", "status": "prospect"})

    assert "There is no client of whom a runbook is asked." in sheet(found, "fleet/coverage.md")
    assert "1 of all clients are not listed" in sheet(found, "fleet/reviews.md")


# Their size.


@pytest.mark.parametrize("uri", LONG)
def test_a_line_of_a_list_takes_at_most_250_bytes(made: Site, uri: str):
    text = next(one for one in made.book.pages if one.uri == uri)
    source = markdown(text, made.fleet.policy, directory_urls=True).partition("\n---\n")[2]
    html = shortened(python_markdown.markdown(source, extensions=[*EXTENSIONS[:3]]))
    bodies = re.findall(r'class="rb-list.*?<tbody>(.*?)</tbody>', html, re.DOTALL)
    lines = sum(body.count("<tr>") for body in bodies)

    assert lines >= 18
    assert sum(len(body.encode()) for body in bodies) <= 250 * lines


def test_a_line_of_the_list_of_exceptions_takes_little_beside_its_reason(made: Site):
    text = next(one for one in made.book.pages if one.uri == "waivers.md")
    source = markdown(text, made.fleet.policy, directory_urls=True).partition("\n---\n")[2]
    html = shortened(python_markdown.markdown(source, extensions=[*EXTENSIONS[:3]]))
    (body,) = re.findall(r'id="rb-waivers".*?<tbody>(.*?)</tbody>', html, re.DOTALL)

    assert body.count("<tr>") == 1
    assert len(body.strip().encode()) <= 250


def test_a_shortened_page_has_the_same_cells_in_the_same_rows():
    table = (
        "<table>\n<thead>\n<tr>\n<th>A</th>\n<th>B</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td></td>\n</tr>\n"
    )
    html = shortened(table + "</tbody>\n</table>\n<p>a &lt;/td&gt; b</p>")

    assert "<tr><th>A\n<th>B\n</thead>" in html
    assert "<tr><td>1\n<td>\n</tbody>" in html
    assert "<p>a &lt;/td&gt; b</p>" in html
