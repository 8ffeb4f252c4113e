"""The program in one place: which folder is the site, which day counts, which templates are used."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from runbooks import site
from runbooks.errors import UserError
from runbooks.findings import Blocks
from runbooks.fleet import PolicyUnreadable, read_policy
from runbooks.policy import Policy
from tests import sample, small


@pytest.fixture(scope="module")
def policy() -> Policy:
    return read_policy(small.SOURCE)[0].model_copy(update={"as_of": None})


def test_the_site_is_the_nearest_folder_upward_with_a_policy(small_site: Path):
    assert site.root_of(small_site / "clients" / "dental") == small_site.resolve()


def test_a_folder_without_a_policy_is_wrong_use(tmp_path: Path):
    with pytest.raises(UserError, match=r"there is no policy\.yml"):
        site.root_of(tmp_path)


def test_the_day_that_was_asked_for_counts_before_all_others(policy: Policy):
    held = policy.model_copy(update={"as_of": date(2026, 11, 22)})

    assert site.as_of(held, date(2027, 3, 1), {"SOURCE_DATE_EPOCH": "0"}) == date(2027, 3, 1)


def test_the_day_of_the_policy_counts_before_the_clock(policy: Policy):
    held = policy.model_copy(update={"as_of": date(2026, 11, 22)})

    assert site.as_of(held, None, {"SOURCE_DATE_EPOCH": "0"}) == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("zone", "day"), [("Australia/Sydney", 23), ("UTC", 22), ("America/Los_Angeles", 22), ("Pacific/Kiritimati", 23)]
)
def test_source_date_epoch_is_a_moment_and_the_day_is_that_of_the_provider(policy: Policy, zone: str, day: int):
    moment = datetime(2026, 11, 22, 13, 30, tzinfo=ZoneInfo("UTC"))
    there = policy.model_copy(update={"timezone": zone})

    assert site.as_of(there, None, {"SOURCE_DATE_EPOCH": str(int(moment.timestamp()))}) == date(2026, 11, day)


@pytest.mark.parametrize("epoch", ["yesterday", "1e9", "9" * 30])
def test_a_source_date_epoch_that_is_no_moment_is_wrong_use(policy: Policy, epoch: str):
    with pytest.raises(UserError, match="SOURCE_DATE_EPOCH must be a number of seconds"):
        site.as_of(policy, None, {"SOURCE_DATE_EPOCH": epoch})


def test_without_anything_else_it_is_today_there(policy: Policy):
    before = datetime.now(policy.zone).date()

    assert site.as_of(policy, None, {}) in (before, datetime.now(policy.zone).date())


def test_a_page_goes_dark_on_the_day_after_the_last(small_site: Path):
    def kinds(day: date) -> set[str]:
        made = site.make(site.read(small_site, day))
        return {page.kind for page in made.book.pages if page.client == "harbour-dental"}

    assert "monitoring" in kinds(date(2027, 2, 28))
    assert "monitoring" not in kinds(date(2027, 3, 1))


def test_a_policy_that_cannot_be_read_stops_everything(small_site: Path):
    small.add(small_site / "policy.yml", "surprise: true\n")

    with pytest.raises(PolicyUnreadable):
        site.read(small_site)


def test_without_records_there_is_no_page(small_site: Path):
    for path in (small_site / "clients").iterdir():
        path.unlink()
    made = site.make(site.read(small_site))

    assert made.report.records == 0
    assert made.book.pages == ()


def test_a_site_s_own_template_goes_before_the_shipped_one(small_site: Path):
    small.add(small_site / "templates/pages/restore.md", "# Ours for {{ client.name }}\n")
    made = site.make(site.read(small_site))
    texts = {page.kind: page.markdown for page in made.book.pages if page.client == "harbour-dental"}

    assert texts["restore"] == "# Ours for Harbour Dental\n"
    assert "Whom to call" in texts["overview"]


def test_a_site_s_own_partial_serves_the_shipped_pages(small_site: Path):
    shipped = (site.shipped() / "partials/parts.md").read_text(encoding="utf-8")
    ours = shipped.replace("{{ provider.duty_manager.name }}, ", "{{ provider.duty_manager.name }} on ")
    small.add(small_site / "templates/partials/parts.md", ours)
    made = site.make(site.read(small_site))

    assert "Duty manager on " in next(page.markdown for page in made.book.pages if page.kind == "restore")


def test_a_site_s_own_file_of_a_shipped_product_goes_before_the_shipped_file(small_site: Path):
    folder = small_site / "templates/products/n-able-cove"
    shipped = site.shipped() / "products/n-able-cove/restore-file.md"
    small.add(folder / "restore-file.md", shipped.read_text(encoding="utf-8").replace("title: ", "title: Our own ", 1))
    entry = site.read(small_site).catalogue.products["n-able-cove"]

    assert entry.procedures["restore-file"].guidance.title.startswith("Our own")
    assert "restore-machine" in entry.procedures


def test_shipped_products_and_the_site_s_own_stand_side_by_side(small_site: Path):
    assert {"harbour-box", "n-able-cove"} <= set(site.read(small_site).catalogue.products)


def test_an_error_in_an_own_page_for_the_whole_site_is_found_and_the_shipped_one_stands_in(small_site: Path):
    small.add(small_site / "templates/pages/clients.md", "# Clients\n\n{{ nothing_of_that_name }}\n")
    made = site.make(site.read(small_site))

    assert not made.report.site_blocked
    (finding,) = made.report.findings
    assert (finding.code, str(finding.place), finding.blocks) == (
        "PUB003",
        "templates/pages/clients.md:3:1",
        Blocks.NOTHING,
    )


def test_a_held_calendar_is_said_and_a_real_one_is_not(tmp_path: Path):
    sample.planted(tmp_path, {"policy.yml": sample.POLICY + "as_of: 2026-11-22\n", "clients/a.yml": "client: A\n"})
    assert "policy.yml holds the calendar at 2026-11-22" in site.held(site.read(tmp_path))
    assert site.held(site.read(tmp_path, date(2026, 11, 23))) == ""


def test_the_day_can_stand_in_the_environment(small_site: Path):
    policy = site.read(small_site).policy
    assert site.as_of(policy, None, {"RUNBOOKS_AS_OF": "2027-03-01", "SOURCE_DATE_EPOCH": "0"}) == date(2027, 3, 1)
    assert site.as_of(policy, date(2028, 1, 1), {"RUNBOOKS_AS_OF": "2027-03-01"}) == date(2028, 1, 1)
    with pytest.raises(UserError, match="RUNBOOKS_AS_OF must be a day"):
        site.as_of(policy, None, {"RUNBOOKS_AS_OF": "tomorrow"})
