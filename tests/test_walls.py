"""The first two walls together: whatever is done to a record or a template, nothing of the monitoring gets out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from runbooks import site
from runbooks.pages.page import Page

AS_OF = date(2026, 11, 22)
SENTINELS = ("sentinel-alerts", "Sentinel Watcher", "SENTINEL-PROCEDURE")

POLICY = """\
schema: 1
provider: Example IT
timezone: Australia/Sydney
mailboxes: [alerts@provider.example]
agreements:
  full: {counts: true, monitoring: full}
  alert_only: {counts: true, monitoring: alert_only}
  not_counted: {counts: false}
duty_manager: {name: Duty manager, phone: "+61 2 5550 0199"}
"""

RECORD = """\
schema: 1
client: Watched Client
status: active
contacts:
  - {name: Owner, roles: [decision_maker], phone: "+61 2 5550 0100"}
agreements:
  - id: AGR-1
    type: full
    covers: [backup, repair, restore, monitoring]
    starts: 2024-03-01
    last_day: 2027-02-28
    billing: {every: month}
copies:
  - {id: repo, medium: disk}
setups:
  - id: main
    product: sentinel-product
    items:
      - {name: WC-SRV01, kind: server, priority: 1}
    jobs:
      - {name: Nightly, items: [wc-srv01], schedule: daily at 22:00, keeps: {daily: 30}, to: repo}
    notifies: [owner@client.example]
    steps:
      - {do: Install it., expect: It runs., if_not: Call.}
monitoring:
  level: full
  alerts_to: [sentinel-alerts@watch.example]
  checked: business_days
  checked_by: Sentinel Watcher
"""

PRODUCT = """\
schema: 1
name: Sentinel Product
vendor: Vendor
written_for: "1"
summary: It protects servers.
protects: [server]
systems: [windows]
recoverability: image
console: Its console.
mac: {possible: false, why: It has no agent for it.}
sources:
  manual: {title: Manual, url: "https://vendor.example/manual", read_on: 2026-11-01, version: "1"}
"""

PROCEDURE = """\
---
title: {title}
level: L1
trigger: When it is needed.
minutes: 10
permission: None.
needs: {needs}
escalate_after_minutes: 20
undo: Nothing to undo.
---
## Steps

1. {marker} {{{{ setup.server | default("the server", true) }}}} {{{{ source("manual") }}}}

    *Expect:* It works.

    *If not:* Call.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    products = tmp_path / "templates" / "products" / "sentinel-product"
    products.mkdir(parents=True)
    (tmp_path / "clients").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "policy.yml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "clients" / "watched.yml").write_text(RECORD, encoding="utf-8")
    (products / "product.yml").write_text(PRODUCT, encoding="utf-8")
    for name, needs, marker in (
        ("daily-check", "monitoring", "SENTINEL-PROCEDURE"),
        ("rerun-job", "repair", "REPAIR-PROCEDURE"),
        ("restore-machine", "restore", "RESTORE-PROCEDURE"),
    ):
        text = PROCEDURE.format(title=name, needs=needs, marker=marker)
        (products / f"{name}.md").write_text(text, encoding="utf-8")
    return tmp_path


def pages_of(root: Path, as_of: date = AS_OF) -> dict[str, Page]:
    made = site.make(site.read(root, as_of))
    return {page.uri: page for page in made.book.pages}


def change(*pairs: tuple[str, str]) -> Callable[[str], str]:
    def changed(text: str) -> str:
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        return text

    return changed


CLOSING = {
    "ad hoc": change(("type: full", "type: ad_hoc")),
    "block time": change(("type: full", "type: block_time")),
    "a type that does not count": change(("type: full", "type: not_counted")),
    "an unknown type": change(("type: full", "type: fulll")),
    "ended yesterday": change(("last_day: 2027-02-28", "last_day: 2026-11-21")),
    "starts tomorrow": change(("starts: 2024-03-01", "starts: 2026-11-23")),
    "cancelled today": change(("billing: {every: month}", "billing: {every: month}\n    cancelled_on: 2026-11-22")),
    "invoiced once": change(("every: month", "every: once")),
    "paid through yesterday": change(("every: month", "every: year, prepaid_through: 2026-11-21")),
    "not said how it is invoiced": change(("    billing: {every: month}\n", "")),
    "monitoring not covered": change((", monitoring]", "]")),
    "another set-up covered": change((", monitoring]", ", {service: monitoring, setups: [other]}]")),
    "no agreement": change(("agreements:\n", "regulatory: []\nagreements_gone:\n")),
    "a key twice": change(("type: full", "type: ad_hoc\n    type: full")),
    "agreements twice": lambda text: text + "agreements: []\n",
    "a misspelt key in the agreement": change(("starts:", "canceled_on: 2026-01-01\n    starts:")),
    "an impossible day": change(("last_day: 2027-02-28", "last_day: 2027-02-30")),
    "an ambiguous word": change(("last_day: 2027-02-28", "open_ended: yes")),
    "two ends": change(("last_day: 2027-02-28", "last_day: 2027-02-28\n    open_ended: true")),
    "an alias": change(("type: full", "type: &a full\n    notes: *a")),
    "broken below": lambda text: text + "sites: [\n",
    "broken above": lambda text: "sites: {a: [\n" + text,
    "two documents": lambda text: text + "---\nclient: Other\n",
    "a control character": change(("Watched Client", "Watched\x07 Client")),
    "a former client": change(("status: active", "status: former")),
    "a prospect": change(("status: active", "status: prospect")),
    "a status nobody knows": change(("status: active", "status: actve")),
    "the set-up twice": change(
        (
            "    product: sentinel-product\n",
            "    product: sentinel-product\n  - id: main\n    product: sentinel-product\n",
        )
    ),
    "no promise": change(("level: full", "level: none")),
    "a promise nobody can read": change(("level: full", "level: fulll")),
}


@pytest.mark.parametrize("way", CLOSING)
def test_nothing_of_the_monitoring_gets_out_when_the_gate_is_closed(folder: Path, way: str) -> None:
    record = folder / "clients" / "watched.yml"
    record.write_text(CLOSING[way](record.read_text(encoding="utf-8")), encoding="utf-8")

    pages = pages_of(folder)

    assert not [page.uri for page in pages.values() if page.kind == "monitoring"]
    for page in pages.values():
        for sentinel in SENTINELS:
            assert sentinel not in page.markdown, page.uri
    assert "clients/watched/monitoring.md" not in pages


@pytest.mark.parametrize("way", [way for way in CLOSING if way != "broken above"])
def test_the_emergency_pages_are_always_there(folder: Path, way: str) -> None:
    record = folder / "clients" / "watched.yml"
    record.write_text(CLOSING[way](record.read_text(encoding="utf-8")), encoding="utf-8")

    pages = pages_of(folder)

    overview, restore = pages["clients/watched/index.md"], pages["clients/watched/restore.md"]
    assert overview.kind == "overview"
    assert restore.kind == "restore"
    assert "Owner" in overview.markdown
    assert "WC-SRV01" in restore.markdown


def test_the_open_gate_shows_it(folder: Path) -> None:
    pages = pages_of(folder)

    text = "".join(page.markdown for page in pages.values())
    assert pages["clients/watched/monitoring.md"].kind == "monitoring"
    assert "sentinel&#45;alerts" in text or "sentinel-alerts" in text
    assert "SENTINEL-PROCEDURE" in pages["clients/watched/main/daily-check.md"].markdown


def test_an_unreadable_record_does_not_close_the_gate_of_another_client(folder: Path) -> None:
    other = RECORD.replace("Watched Client", "Other Client").replace("WC-", "OC-")
    (folder / "clients" / "other.yml").write_text(other, encoding="utf-8")
    (folder / "clients" / "watched.yml").write_text("client: [", encoding="utf-8")

    pages = pages_of(folder)

    assert pages["clients/other/monitoring.md"].kind == "monitoring"
    assert pages["clients/watched/index.md"].kind == "overview"


GREEDY = [
    "{{ client }}",
    "{% for key in client %}{{ key }} {{ client[key] }}{% endfor %}",
    "{% for key, value in client | dictsort %}{{ key }} {{ value }}{% endfor %}",
    "{% for setup in client.setups %}{% for key in setup %}{{ setup[key] | string }}{% endfor %}{% endfor %}",
    "{{ client.monitoring }}",
    "{{ client.monitoring.alerts_to | join(' ') }}",
    "{{ self }}{{ self._TemplateReference__context }}",
    "{{ client.__class__.__mro__ }}",
    "{{ client.__init__.__globals__ }}",
    "{{ ''.__class__.__base__.__subclasses__() }}",
    "{{ range.__globals__ }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ loop }}",
    "{{ cycler }}{{ joiner }}{{ lipsum.__globals__ }}",
    "{{ config }}{{ request }}{{ watch }}{{ fleet }}{{ press }}",
    "{% include 'products/sentinel-product/daily-check.md' %}",
    "{% import 'products/sentinel-product/daily-check.md' as stolen %}{{ stolen }}",
    "{% extends 'products/sentinel-product/daily-check.md' %}",
    "{% include '../clients/watched.yml' %}",
    "{% include 'pages/monitoring.md' %}",
    "{% include 'pages/monitoring.md' ignore missing %}",
    "{% from 'pages/monitoring.md' import watched %}{{ watched }}",
    "{{ context }}{{ environment }}",
    "{{ provider }}{% for key in provider %}{{ provider[key] | default('') }}{% endfor %}",
    "{{ links | tojson }}",
    "{{ client | attr('monitoring') }}",
    "{{ client | map(attribute='monitoring') | list }}",
    "{% set stolen = client %}{{ stolen.values() | list }}",
    "{% call client() %}{% endcall %}",
    "{% raw %}{{ client.monitoring }}{% endraw %}",
]
NAMES = ("overview", "setup", "procedure", "restore", "not-monitored", "withheld", "clients", "home", "agreements")


@pytest.mark.parametrize("text", GREEDY)
def test_a_greedy_template_has_nothing_to_give_away(folder: Path, text: str) -> None:
    record = folder / "clients" / "watched.yml"
    record.write_text(CLOSING["ended yesterday"](RECORD), encoding="utf-8")
    own = folder / "templates" / "pages"
    own.mkdir()
    for name in NAMES:
        (own / f"{name}.md").write_text(f"# Greedy\n\n{text}\n", encoding="utf-8")

    pages = pages_of(folder)

    for page in pages.values():
        for sentinel in SENTINELS:
            assert sentinel not in page.markdown, page.uri
            assert sentinel.replace("-", "&#45;") not in page.markdown, page.uri


def test_a_greedy_procedure_has_nothing_to_give_away(folder: Path) -> None:
    record = folder / "clients" / "watched.yml"
    record.write_text(CLOSING["ended yesterday"](RECORD), encoding="utf-8")
    procedure = folder / "templates" / "products" / "sentinel-product" / "restore-machine.md"
    text = procedure.read_text(encoding="utf-8")
    procedure.write_text(text + "\n{% include 'products/sentinel-product/daily-check.md' %}\n", encoding="utf-8")

    pages = pages_of(folder)

    assert pages["clients/watched/main/restore-machine.md"].kind == "withheld"
    assert not any("SENTINEL-PROCEDURE" in page.markdown for page in pages.values())


def test_the_gate_closes_on_the_day_after_the_last_one(folder: Path) -> None:
    assert "clients/watched/monitoring.md" in pages_of(folder, date(2027, 2, 28))
    assert "clients/watched/monitoring.md" not in pages_of(folder, date(2027, 3, 1))


def test_alerts_only_gives_no_repair(folder: Path) -> None:
    record = folder / "clients" / "watched.yml"
    text = RECORD.replace("type: full", "type: alert_only").replace(
        "covers: [backup, repair, restore, monitoring]", "covers: [monitoring]"
    )
    record.write_text(text.replace("level: full", "level: alert_only"), encoding="utf-8")

    pages = pages_of(folder)

    assert pages["clients/watched/monitoring.md"].kind == "monitoring"
    text = "".join(page.markdown for page in pages.values())
    assert "SENTINEL-PROCEDURE" not in text
    assert "REPAIR-PROCEDURE" not in text
    assert "RESTORE-PROCEDURE" in text


def test_the_sample_site_is_copied_whole_and_its_gate_is_open_on_its_own_day(tmp_path: Path) -> None:
    here = Path(__file__).resolve().parents[1]
    for name in ("clients", "docs"):
        shutil.copytree(here / name, tmp_path / name)
    shutil.copy(here / "policy.yml", tmp_path / "policy.yml")

    made = site.make(site.read(tmp_path))

    assert made.report.passed, made.report.findings
    assert sum(page.kind == "overview" for page in made.book.pages) >= 14
