"""The three walls: whatever is done to a record, a template or a built site, nothing of the monitoring gets out."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from runbooks import site
from runbooks.fleet import Fleet
from runbooks.pages.page import Page
from runbooks.verify import leaks, wall
from runbooks.verify.forbidden import Forbidden
from tests import small

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


@pytest.fixture(autouse=True, scope="module")
def _few_rules() -> Iterator[None]:
    """What is made in this process has pages of few rules, into which nothing of a record goes."""
    with small.few_rules():
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sources(tmp_path)


def sources(tmp_path: Path) -> Path:
    """A client who is watched, and the product of its set-up."""
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


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, Page]]:
    """The pages that are left when the gate is closed in one of these ways, made once."""

    @cache
    def made(way: str) -> dict[str, Page]:
        folder = sources(tmp_path_factory.mktemp("closed"))
        record = folder / "clients" / "watched.yml"
        record.write_text(CLOSING[way](record.read_text(encoding="utf-8")), encoding="utf-8")
        return pages_of(folder)

    return made


@pytest.mark.parametrize("way", CLOSING)
def test_nothing_of_the_monitoring_gets_out_when_the_gate_is_closed(
    closed: Callable[[str], dict[str, Page]], way: str
) -> None:
    pages = closed(way)

    assert not [page.uri for page in pages.values() if page.kind == "monitoring"]
    for page in pages.values():
        for sentinel in SENTINELS:
            assert sentinel not in page.markdown, page.uri
    assert "clients/watched/monitoring.md" not in pages


@pytest.mark.parametrize("way", [way for way in CLOSING if way not in ("broken above", "a former client")])
def test_the_emergency_pages_are_always_there(closed: Callable[[str], dict[str, Page]], way: str) -> None:
    pages = closed(way)

    overview, restore = pages["clients/watched/index.md"], pages["clients/watched/restore.md"]
    assert overview.kind == "overview"
    assert restore.kind == "restore"
    assert "Owner" in overview.markdown
    assert "WC-SRV01" in restore.markdown


def test_a_client_who_has_left_has_no_emergency_with_us(closed: Callable[[str], dict[str, Page]]) -> None:
    own = [page for uri, page in closed("a former client").items() if uri.startswith("clients/watched/")]

    assert {page.kind for page in own} == {"former", "redirect"}
    assert not any("Owner" in page.markdown or "WC-SRV01" in page.markdown for page in own)


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
    for name in ("clients", "docs", "inventory"):
        shutil.copytree(here / name, tmp_path / name)
    shutil.copy(here / "policy.yml", tmp_path / "policy.yml")

    made = site.make(site.read(tmp_path))

    assert made.report.passed, made.report.findings
    assert sum(page.kind == "overview" for page in made.book.pages) >= 14


# The third wall: whatever stands in a built site, in whatever kind of file, and however it is spelled.

ALERTS = "desk@provider.example"
"""Where the alerts of Lapsed Legal would go, and those of a client go who is watched; policy.yml does not list it."""
NOBODY_S = "night-watch@provider.example"
"""Where the alerts of Corner Florist alone would go, who is not monitored."""
SENTENCE = "Look at the coloured square of every job before the first coffee of the day"

LEAKS = {
    "where the alerts go": f"Lapsed Legal sends its alerts to {ALERTS}",
    "an address that is nobody's": f"Ask {NOBODY_S} at night",
    "how it is watched": f"Corner Florist, every morning: {SENTENCE}, always.",
    "where the page was": "Look at https://runbooks.provider.example/clients/lapsed-legal/monitoring/ for it",
    "where a procedure was": "Look at /clients/corner-florist/shop/daily-check/ for it",
    "where a repair was": "Look at /clients/pine-road-vets/clinic/rerun-job/ for it",
}
GOOD = (
    f"Harbour Dental sends its alerts to {ALERTS}",
    "Lapsed Legal has left, and Corner Florist never had an agreement",
    f"Every morning: {SENTENCE}, always.",
    "Look at https://runbooks.provider.example/clients/harbour-dental/monitoring/ for it",
    "Look at /clients/lapsed-legal/not-monitored/ and /clients/pine-road-vets/monitoring/ and /clients/ for it",
    "Look at /clients/harbour-dental/servers/rerun-job/ for it",
    "A reader of docs@provider.example asks",
)


def entities(text: str) -> str:
    return "".join(f"&#{ord(character)};" for character in text)


def hexadecimal(text: str) -> str:
    return "".join(f"&#x{ord(character):x};" for character in text)


def percent(text: str) -> str:
    return "".join(f"%{ord(character):02X}" for character in text)


def some(text: str, spelled: Callable[[str], str]) -> str:
    """A text with its marks and every fifth letter spelled otherwise."""
    return "".join(
        spelled(character) if character in "@/.-" or number % 5 == 0 else character
        for number, character in enumerate(text)
    )


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "capitals": str.upper,
    "entities": entities,
    "hexadecimal entities": hexadecimal,
    "entities of entities": lambda text: some(text, entities).replace("&", "&amp;"),
    "percent signs": lambda text: some(text, percent),
    "percent signs of percent signs": lambda text: some(text, percent).replace("%", "%25"),
    "escapes of a script": lambda text: some(text, lambda one: f"\\u{ord(one):04x}"),
    "short escapes": lambda text: some(text, lambda one: f"\\x{ord(one):02x}"),
    "braced escapes": lambda text: some(text, lambda one: f"\\u{{{ord(one):x}}}"),
    "percent signs in entities": lambda text: some(text, percent).replace("%", "&#37;"),
}


def paged(body: str, head: str = "") -> str:
    return f"<!doctype html><html><head><title>Page</title>{head}</head><body>{body}</body></html>"


def packed(*files: tuple[str, bytes], kind: str = "zip") -> bytes:
    target = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, raw in files:
                archive.writestr(name, raw)
    else:
        with tarfile.open(fileobj=target, mode="w") as archive:
            for name, raw in files:
                entry = tarfile.TarInfo(name)
                entry.size = len(raw)
                archive.addfile(entry, io.BytesIO(raw))
    return target.getvalue()


def based(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def feed(body: str) -> str:
    return (
        f'<?xml version="1.0"?><rss><channel><item><title>N</title><link>https://x.example/notes/</link>{body}</item>'
    )


def dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


CONTAINERS: dict[str, Callable[[str], tuple[str, str | bytes]]] = {
    "a page": lambda text: ("notes/index.html", paged(f"<p>{text}</p>")),
    "the title of a page": lambda text: ("notes/index.html", paged("", f"<title>{text}</title>")),
    "a heading": lambda text: ("notes.htm", paged(f"<h2>{text}</h2>")),
    "an attribute": lambda text: ("notes/index.html", paged(f'<p data-note="{text}">Hello.</p>')),
    "an attribute of a picture": lambda text: ("notes/index.html", paged(f'<img alt="{text}" src="a.png">')),
    "a style of its own": lambda text: ("notes/index.html", paged(f"<p style=\"--note: '{text}'\">Hello.</p>")),
    "a description": lambda text: ("notes/index.html", paged("", f'<meta name="description" content="{text}">')),
    "a redirect": lambda text: ("old.html", paged("", f'<meta http-equiv="refresh" content="0; url={text}">')),
    "a comment": lambda text: ("notes/index.html", paged(f"<p>Hello.</p><!-- {text} -->")),
    "a script in a page": lambda text: ("notes/index.html", paged(f'<script>var note = "{text}"</script>')),
    "data in a page": lambda text: ("n.html", paged(f'<script type="application/json">{{"a": "{text}"}}</script>')),
    "a hidden template": lambda text: ("notes/index.html", paged(f"<template><p>{text}</p></template>")),
    "a page in a page": lambda text: ("n.html", paged(f'<iframe src="data:text/html;base64,{based(text)}"></iframe>')),
    "a page of another kind": lambda text: ("notes.php", f"<p>{text}</p>"),
    "a page without an ending": lambda text: ("notes", paged(f"<p>{text}</p>")),
    "the search index": lambda text: (
        "search/search_index.json",
        dump({"docs": [{"location": "notes/", "title": "Notes", "text": f"<p>{text}</p>"}]}),
    ),
    "a title in the search index": lambda text: (
        "search/search_index.json",
        dump({"docs": [{"location": "notes/", "title": text, "text": ""}]}),
    ),
    "a tag in the search index": lambda text: (
        "search/search_index.json",
        dump({"docs": [{"location": "notes/", "title": "Notes", "text": "", "tags": [text]}]}),
    ),
    "a search index that is a script": lambda text: (
        "search/search_index.js",
        f"var __index = {dump({'docs': [{'location': 'notes/', 'title': 'Notes', 'text': text}]})};",
    ),
    "a packed search index": lambda text: (
        "search.json.gz",
        gzip.compress(dump({"docs": [{"location": "n/", "title": "N", "text": text}]}).encode()),
    ),
    "tags": lambda text: ("tags.json", dump({"mappings": [{"item": {"url": "notes/", "title": "N"}, "tags": [text]}]})),
    "the sitemap": lambda text: ("sitemap.xml", f"<urlset><url><loc>{text}</loc></url></urlset>"),
    "the packed sitemap": lambda text: ("sitemap.xml.gz", gzip.compress(f"<loc>{text}</loc>".encode())),
    "a feed": lambda text: ("feed.xml", feed(f"<description>{text}</description>")),
    "a section of a feed": lambda text: ("rss", feed(f"<description><![CDATA[<p>{text}</p>]]></description>")),
    "a feed of another kind": lambda text: (
        "atom.xml",
        f'<feed><entry><title>N</title><link href="/notes/"/><content type="html">&lt;p&gt;{text}</entry></feed>',
    ),
    "a feed of data": lambda text: (
        "feed.json",
        dump({"items": [{"id": "1", "url": "https://x.example/notes/", "content_html": f"<p>{text}</p>"}]}),
    ),
    "redirects": lambda text: ("_redirects", f"/old/ /new/ 301\n# {text}\n"),
    "settings of a server": lambda text: (".htaccess", f"Redirect 301 /old /new\n# {text}\n"),
    "words to robots": lambda text: ("robots.txt", f"User-agent: *\nDisallow: /private/\n# {text}\n"),
    "a map of sources": lambda text: ("app.js.map", dump({"version": 3, "sourcesContent": [f"// {text}\nlet a = 1"]})),
    "a map within a script": lambda text: (
        "app.js",
        "let a=1\n//# sourceMappingURL=data:application/json;base64," + based(dump({"sourcesContent": [text]})),
    ),
    "a script": lambda text: ("assets/app.js", f"const note = '{text}'"),
    "a style sheet": lambda text: ("assets/app.css", f".a::after {{ content: '{text}' }}"),
    "a drawing": lambda text: ("drawing.svg", f"<svg><text>{text}</text></svg>"),
    "a text": lambda text: ("notes.txt", text),
    "a table": lambda text: ("notes.csv", f"1,{text}\n"),
    "a calendar": lambda text: ("notes.ics", f"BEGIN:VEVENT\nSUMMARY:{text}\n"),
    "a settings file": lambda text: ("notes.yml", f"note: '{text}'\n"),
    "a file nobody knows": lambda text: ("notes.unheard-of", text),
    "a hidden file": lambda text: (".well-known/notes", text),
    "a text with a mark": lambda text: ("notes.txt", b"\xef\xbb\xbf" + text.encode()),
    "a wide text": lambda text: ("notes.txt", text.encode("utf-16")),
    "a wide text without a mark": lambda text: ("notes.txt", text.encode("utf-16-le")),
    "a wide text the other way": lambda text: ("notes.txt", text.encode("utf-16-be")),
    "a very wide text": lambda text: ("notes.txt", text.encode("utf-32-le")),
    "a text after a zero byte": lambda text: ("notes.txt", b"\0" + text.encode()),
    "a packed text under another name": lambda text: ("notes.data", gzip.compress(text.encode())),
    "a text packed twice": lambda text: ("notes.gz", gzip.compress(gzip.compress(text.encode()))),
    "a text packed otherwise": lambda text: ("notes.bz2", bz2.compress(text.encode())),
    "a text packed a third way": lambda text: ("notes.xz", lzma.compress(text.encode())),
    "an archive": lambda text: ("notes.zip", packed(("a/notes.txt", text.encode()))),
    "a document": lambda text: ("n.docx", packed(("word/document.xml", f"<w:p><w:t>{text}</w:t></w:p>".encode()))),
    "an archive in an archive": lambda text: ("n.zip", packed(("a.zip", packed(("notes.txt", text.encode()))))),
    "a tape": lambda text: ("notes.tar.gz", gzip.compress(packed(("notes.txt", text.encode()), kind="tar"))),
    "what a picture says of itself": lambda text: ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rtEXt\0" + text.encode() + b"\0"),
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small site; the alerts of Lapsed Legal, whose agreement has ended, go where those of a watched client go."""
    root = small.copied(tmp_path_factory.mktemp("source") / "small")
    clients = root / "clients"
    listed = "alerts_to: [alerts@provider.example]"
    small.edit(clients / "broken/lapsed-legal.yml", listed, f"alerts_to: [{ALERTS}, alerts@provider.example]")
    small.edit(clients / "pine-road-vets.yml", listed, f"alerts_to: [{ALERTS}]")
    small.edit(clients / "corner-florist.yml", "  level: none\n", f"  level: full\n  alerts_to: [{NOBODY_S}]\n")
    return root


@pytest.fixture(scope="module")
def fleet(source: Path) -> Fleet:
    return site.read(source)


@pytest.fixture(scope="module")
def forbidden(fleet: Fleet) -> Forbidden:
    """What may not be said of it, worked out: that takes as long as to read some hundred files."""
    found = Forbidden(fleet)
    found.subjects()
    return found


@pytest.fixture
def worked_out(forbidden: Forbidden, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wall does not work it out again for the same fleet."""
    monkeypatch.setattr(wall, "Forbidden", lambda of, *_: forbidden if of is forbidden.fleet else Forbidden(of))


def read_alone(folder: Path, fleet: Fleet, name: str, raw: str | bytes) -> list[str]:
    """What the wall finds in a site of one file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode("utf-8"))
    return [finding.message for finding in leaks(folder, fleet)]


def planted(folder: Path, fleet: Fleet, files: Mapping[str, tuple[str, str | bytes]]) -> dict[str, str]:
    """What the wall finds in a site of many files, one finding for each of the folders that they are put into."""
    for number, (name, raw) in enumerate(files.values()):
        path = folder / str(number) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw if isinstance(raw, bytes) else raw.encode("utf-8"))
    whose = {str(number): what for number, what in enumerate(files)}
    return {whose[one.place.file.split("/")[0]]: one.message for one in leaks(folder, fleet)}


@pytest.mark.usefixtures("worked_out")
@pytest.mark.parametrize("container", CONTAINERS)
def test_every_leak_is_found_in_every_kind_of_file_however_it_is_spelled(
    tmp_path: Path, fleet: Fleet, container: str
) -> None:
    files = {
        f"{what}, {spelling}": CONTAINERS[container](spelled(text))
        for what, text in LEAKS.items()
        for spelling, spelled in SPELLINGS.items()
    }

    assert len(files) * len(CONTAINERS) > 3000
    assert set(files) - set(planted(tmp_path, fleet, files)) == set()


@pytest.mark.usefixtures("worked_out")
@pytest.mark.parametrize("container", CONTAINERS)
def test_nothing_good_is_stopped_in_any_kind_of_file_however_it_is_spelled(
    tmp_path: Path, fleet: Fleet, container: str
) -> None:
    files = {
        f"{text}, {spelling}": CONTAINERS[container](spelled(text))
        for text in GOOD
        for spelling, spelled in SPELLINGS.items()
    }

    assert planted(tmp_path, fleet, files) == {}


SPLITS: dict[str, Callable[[str], str]] = {
    "elements": lambda text: some(text, lambda one: f"<b>{one}</b>"),
    "comments": lambda text: some(text, lambda one: f"<!-- - -->{one}"),
    "empty elements": lambda text: some(text, lambda one: f"<wbr>{one}"),
    "nested elements": lambda text: some(text, lambda one: f"<span><i>{one}</i></span>"),
    "invisible characters": lambda text: some(text, lambda one: f"\u200b{one}\u00ad"),
    "wide characters": lambda text: some(text, lambda one: chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one),
}
MARKED_UP = (
    *("a page", "a heading", "the search index", "a feed of data", "a section of a feed", "a page of another kind"),
    *("a page in a page", "a drawing", "a document", "a hidden template", "a text", "an archive"),
)


@pytest.mark.usefixtures("worked_out")
@pytest.mark.parametrize("container", MARKED_UP)
def test_a_text_is_read_as_one_through_whatever_splits_it(tmp_path: Path, fleet: Fleet, container: str) -> None:
    files = {
        f"{what}, {split}": CONTAINERS[container](splitting(LEAKS[what]))
        for what in list(LEAKS)[:3]
        for split, splitting in SPLITS.items()
    }

    assert set(files) - set(planted(tmp_path, fleet, files)) == set()


@pytest.mark.usefixtures("worked_out")
@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("Lapsed Legal desk@provider.example.txt", "Hello."),
        ("notes/desk@provider.example/lapsed-legal.html", paged("<p>Hello.</p>")),
        ("night-watch@provider.example.png", b"\x89PNG\r\n\x1a\n\0\0"),
        ("lapsed-legal.html", paged(f"<p>Alerts: {ALERTS}</p>")),
        ("lapsed_legal.txt", f"Alerts: {ALERTS}"),
        ("clients/lapsed-legal/monitoring.txt", "Hello."),
        ("clients/lapsed-legal/monitoring.json", "{}"),
        ("clients/lapsed-legal/monitoring/notes.txt", "Hello."),
        ("clients/corner-florist/shop/daily-check.php", "<p>Hello.</p>"),
        ("clients/pine-road-vets/clinic/rerun-job/index.html", paged("<p>Hello.</p>")),
        ("clients/corner-florist/shop/rerun-job.html", paged("<p>Hello.</p>")),
        ("app.js", f"const box = 'desk@' +\n  'provider.example'; // Lapsed Legal, {'alerts'}"),
        ("app.css", ".a::after { content: 'Lapsed Legal: desk\\40 provider.example' }"),
        ("app.js", "const box = 'Lapsed Legal: desk\\100provider.example'"),
        ("clients/lapsed-legal/index.html", paged('<script>location = "./monitoring/"</script>')),
        ("clients/lapsed-legal/index.html", paged('<img srcset="a.png 1x, monitoring/b.png 2x">')),
        ("clients/lapsed-legal/index.html", paged('<form><button formaction="monitoring/"></form>')),
        ("clients/lapsed-legal/x.html", paged("", '<meta http-equiv="refresh" content="0; url=monitoring/">')),
        ("clients/x.html", paged("<a href='monitoring/'>a</a>", '<base href="/clients/lapsed-legal/">')),
        ("n.html", paged('<a href="clients\\lapsed-legal\\monitoring\\">a</a>')),
        ("n.html", paged('<a href="/clients//lapsed-legal/./monitoring/">a</a>')),
        ("n.html", paged('<a href="/clients/x/../lapsed-legal/monitoring/">a</a>')),
        ("n.json", '{"to": "\\/clients\\/lapsed-legal\\/monitoring\\/"}'),
        ("n.html", paged('<div data-runbooks-through="2027-01-01">Watched.</div>')),
        ("clients/lapsed-legal/x.html", paged('<div data-runbooks-through="2027-01-01">Watched.</div>')),
        ("n.html", paged(f"<{NOBODY_S}>")),
        ("n.html", paged(f"<p {NOBODY_S}>Hello.</p>")),
        ("n.html", paged(f'<p id="{NOBODY_S}">Hello.</p>')),
        ("n.html", f'<!doctype html PUBLIC "{NOBODY_S}"><p>Hello.</p>'),
        ("n.html", paged(f"<svg><![CDATA[{NOBODY_S}]]></svg>")),
        ("n.pdf", b"%PDF-1.7\n\0\0" + b"\x80" * 40),
        ("n.br", b"\x0b\x02\x80Hello\x03"),
        ("n.zip", b"PK\3\4broken"),
        ("n.7z", b"7z\xbc\xaf\x27\x1c\0\0"),
        ("n.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0"),
        ("n.bin", bytes(range(256)) * 8 + b"\0" * 512),
    ],
)
def test_what_hides_is_found(tmp_path: Path, fleet: Fleet, name: str, raw: str | bytes) -> None:
    assert read_alone(tmp_path, fleet, name, raw) != []


def test_what_nobody_can_read_is_let_through_where_somebody_put_it_into_the_sources(
    tmp_path: Path, source: Path
) -> None:
    root = small.copied(tmp_path / "small", source)
    raw = b"%PDF-1.7\n\0\0" + b"\x80" * 40
    (root / "docs/prices.pdf").write_bytes(raw)

    assert read_alone(tmp_path / "same", site.read(root), "prices.pdf", raw) == []
    assert read_alone(tmp_path / "other", site.read(root), "prices.pdf", raw + b"!") != []
    assert read_alone(tmp_path / "elsewhere", site.read(root), "old/prices.pdf", raw) != []


def test_links_to_other_folders_are_followed_in_a_site_that_is_read_on_its_own(tmp_path: Path, fleet: Fleet) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/notes.txt").write_text(f"Ask {NOBODY_S}", encoding="utf-8")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/more").symlink_to(tmp_path / "outside")
    (tmp_path / "site/round").symlink_to(tmp_path / "site")

    assert [one.place.file for one in leaks(tmp_path / "site", fleet)] == ["more/notes.txt"]


# A client who is told of alerts only: nothing of a repair.

REPAIR = "Pull the left lever of the box until the lamp beside it turns from amber to steady green"


@pytest.fixture(scope="module")
def told_only(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    root = small.copied(tmp_path_factory.mktemp("told") / "small", source)
    small.add(root / "templates/products/harbour-box/rerun-job.md", f"\n1. {REPAIR}.\n")
    return site.read(root)


@pytest.mark.parametrize(
    "body",
    [
        '<a href="../clinic/rerun-job/">Run a job again</a>',
        '<a href="/clients/harbour-dental/servers/rerun-job/">as at the surgery</a>',
        '<a href="../../harbour-dental/servers/rerun-job.html">as at the surgery</a>',
        f"<p>{REPAIR}.</p>",
        f"<p>{REPAIR.upper().replace('LAMP', '<b>LAMP</b>')}.</p>",
    ],
)
def test_a_repair_on_a_page_of_an_alert_only_client_is_found(tmp_path: Path, told_only: Fleet, body: str) -> None:
    name = "clients/pine-road-vets/monitoring/index.html"
    mark = '<meta name="runbooks" content="client=pine-road-vets; kind=monitoring; through=open">'

    assert read_alone(tmp_path / "bad", told_only, name, paged(body, mark)) != []


def test_a_repair_on_the_page_of_a_client_who_pays_for_it_is_let_through(tmp_path: Path, told_only: Fleet) -> None:
    body = f'<p>{REPAIR}.</p><a href="../laptops/rerun-job/">a</a>'
    mark = '<meta name="runbooks" content="client=harbour-dental; kind=procedure">'

    assert (
        read_alone(tmp_path, told_only, "clients/harbour-dental/servers/rerun-job/index.html", paged(body, mark)) == []
    )
