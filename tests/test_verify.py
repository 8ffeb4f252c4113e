"""The third wall: every way to get monitoring of a client who is not covered into a built site is found."""

from __future__ import annotations

import base64
import gzip
import importlib.util
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks import site
from runbooks.fleet import Fleet
from runbooks.pages.markdown import mark
from runbooks.pages.redaction import HIDDEN, redacted
from runbooks.verify import leaks, wall
from runbooks.verify.forbidden import Forbidden
from runbooks.verify.phrases import Phrases
from tests import small

ALERTS = "desk@provider.example"
"""Where the alerts of Lapsed Legal would go, and those of a client go who is watched; policy.yml does not list it."""
LISTED = "alerts@provider.example"
"""A mailbox of policy.yml."""
FORSAKEN = "night-watch@provider.example"
"""Where the alerts of Corner Florist alone would go: it has an agreement without monitoring."""
SENTENCE = "Look at the coloured square of every job before the first coffee of the day"
LEAK = f"Lapsed Legal sends its alerts to {ALERTS}"
"""What may stand nowhere: Lapsed Legal's agreement has ended, and its record still promises."""

Found = Callable[[str, str | bytes], list[str]]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small site, whose alerts go to more addresses."""
    root = small.copied(tmp_path_factory.mktemp("source") / "small")
    clients = root / "clients"
    small.edit(clients / "broken/lapsed-legal.yml", f"alerts_to: [{LISTED}]", f"alerts_to: [{ALERTS}, {LISTED}]")
    small.edit(clients / "pine-road-vets.yml", f"alerts_to: [{LISTED}]", f"alerts_to: [{ALERTS}]")
    more = f"  alerts_to: [{FORSAKEN}]\n  checked_by: The night nurse\n"
    small.edit(clients / "corner-florist.yml", "  level: none\n", f"  level: full\n{more}")
    return root


@pytest.fixture(scope="module")
def fleet(source: Path) -> Fleet:
    return site.read(source)


@pytest.fixture(scope="module")
def forbidden(fleet: Fleet) -> Forbidden:
    """What may not be said of it, worked out: that takes as long as to read some hundred files."""
    worked_out = Forbidden(fleet)
    worked_out.subjects()
    return worked_out


@pytest.fixture(autouse=True)
def _worked_out(forbidden: Forbidden, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wall does not work it out again for the same fleet."""
    monkeypatch.setattr(wall, "Forbidden", lambda of, *_: forbidden if of is forbidden.fleet else Forbidden(of))


@pytest.fixture
def found(tmp_path: Path, fleet: Fleet) -> Found:
    """What is found in a site that consists of one file."""

    def plant(name: str, content: str | bytes) -> list[str]:
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return [finding.message for finding in leaks(tmp_path / "site", fleet)]

    return plant


def page(body: str, meta: str = "") -> str:
    head = f'<meta name="runbooks" content="{meta}">' if meta else ""
    return f"<!doctype html><html><head><title>Page</title>{head}</head><body>{body}</body></html>"


def index(*entries: dict[str, str]) -> str:
    return json.dumps({"config": {"lang": ["en"]}, "docs": list(entries)}, separators=(",", ":"))


# What is clean.


def test_a_file_of_the_theme_is_not_read_as_it_came_and_read_when_a_byte_of_it_has_changed(found: Found):
    """Its own file stands for what the theme came with: a text in it is nobody's, a text added to it is."""
    theme = Path(str(importlib.util.find_spec("material").submodule_search_locations[0])) / "templates"  # type: ignore[union-attr,index]
    name = next(path for path in sorted(theme.glob("assets/javascripts/*.js"))).relative_to(theme).as_posix()
    own = (theme / name).read_bytes()
    assert found(name, own) == []
    assert any("Lapsed" in one or "lapsed" in one for one in found(name, own + f"\n/* {LEAK} */".encode()))
    assert found(f"assets/other/{name}", own[:200] + LEAK.encode()) != []


def test_the_clean_sample_site_gives_nothing_away(sample_built: Path):
    assert leaks(sample_built / "site", site.read(small.REPOSITORY)) == ()


def test_the_small_site_gives_nothing_away_though_its_records_are_broken(small_built: Path):
    assert leaks(small_built / "site", site.read(small_built)) == ()


@pytest.mark.parametrize(
    "body",
    [
        "<p>Harbour Dental is a client with full monitoring.</p>",
        f"<p>Harbour Dental: alerts come to {ALERTS}.</p>",
        f"<p>Our alerts arrive at {ALERTS}.</p><p>Lapsed Legal has left.</p>",
        "<p>Lapsed Legal: ring help@provider.example about the invoice.</p>",
        f"<p>{SENTENCE}. This is how it is done where it is paid for.</p>",
        '<p><a href="clients/harbour-dental/monitoring/">Monitoring of Harbour Dental</a></p>',
        "<p>The cornerstone of it all: alerts@provider.example reads them.</p>",
        "<p>Ask the partner of lapsed-legality at alerts@provider.example.</p>",
    ],
)
def test_a_legitimate_hand_written_page_is_let_through(found: Found, body: str):
    assert found("notes/index.html", page(body)) == []


def test_the_page_of_a_covered_client_is_let_through_until_its_last_day(found: Found):
    meta = "client=harbour-dental; kind=monitoring; through=2027-02-28"

    assert found("clients/harbour-dental/monitoring/index.html", page(f"<p>{ALERTS}. {SENTENCE}.</p>", meta)) == []


def test_a_page_about_no_monitoring_is_let_through(found: Found):
    meta = "client=lapsed-legal; kind=not-monitored"

    assert found("clients/lapsed-legal/not-monitored/index.html", page("<p>Nobody watches.</p>", meta)) == []


# A page where none may be.


@pytest.mark.parametrize(
    "name",
    [
        "clients/lapsed-legal/monitoring/index.html",
        "clients/lapsed-legal/monitoring.html",
        "clients/lapsed-legal/Monitoring.HTM",
        "clients/lapsed-legal/monitoring/README.md",
        "clients/lapsed-legal/monitoring",
        "clients/corner-florist/shop/daily-check/index.html",
        "clients/lapsed-legal/office/answer-alerts.html",
    ],
)
def test_a_page_in_the_place_of_monitoring_is_found_whatever_it_says(found: Found, name: str):
    assert any("no agreement covers the monitoring" in message for message in found(name, page("<p>Hello.</p>")))


def test_the_procedures_of_a_set_up_that_is_not_covered_are_found_at_a_client_who_is(found: Found):
    meta = "client=harbour-dental; kind=monitoring; through=2027-02-28"

    assert found("clients/harbour-dental/servers/daily-check/index.html", page("", meta)) == []
    assert found("clients/harbour-dental/laptops/daily-check/index.html", page("", meta)) != []


def test_the_procedures_of_full_monitoring_are_found_at_an_alert_only_client(found: Found):
    meta = "client=pine-road-vets; kind=monitoring; through=open"

    assert found("clients/pine-road-vets/monitoring/index.html", page("", meta)) == []
    assert found("clients/pine-road-vets/clinic/daily-check/index.html", page("", meta)) != []


# What a page says, in whatever form.

FORMS = {
    "text": f"<p>{LEAK}.</p>",
    "mixed case": f"<p>{LEAK.upper()}</p>",
    "decimal entities": "<p>" + "".join(f"&#{ord(character)};" for character in LEAK) + "</p>",
    "hexadecimal entities": f"<p>{LEAK.replace('@', '&#x40;')}</p>",
    "a named entity": f"<p>{LEAK.replace('@', '&commat;')}</p>",
    "entities written out": f"<p>{LEAK.replace('@', '&amp;#64;')}</p>",
    "full-width letters": "<p>" + LEAK.replace("@", "\uff20").replace("a", "\uff41") + "</p>",
    "soft hyphens": "<p>" + LEAK.replace("provider", "pro\u00advider") + "</p>",
    "zero-width spaces": "<p>" + LEAK.replace("@", "\u200b@") + "</p>",
    "elements inside": f"<p>{LEAK.replace('@', '<b>@</b>')}</p>",
    "a comment inside": f"<p>{LEAK.replace('@', '<!-- at -->@')}</p>",
    "a script inside": f"<p>{LEAK.replace('@', '<script>1</script>@')}</p>",
    "a comment": f"<!-- {LEAK} -->",
    "a comment written out": f"<p>&lt;!-- {LEAK} --&gt;</p>",
    "a +tag": f"<p>{LEAK.replace('@', '+legal@')}</p>",
    "a mailto link": f'<p>Lapsed Legal <a href="mailto:{quote(ALERTS)}">sends</a> them.</p>',
    "an attribute": f'<p data-note="{LEAK}">Hello.</p>',
    "an attribute in entities": '<p title="' + LEAK.replace("@", "&#64;") + '">Hello.</p>',
    "an alternative text": f'<img alt="{LEAK}" src="x.png">',
    "a value of a form": f'<input value="{LEAK}">',
    "a frame": f'<iframe srcdoc="&lt;p&gt;{LEAK}&lt;/p&gt;"></iframe>',
    "a description": f'<meta name="description" content="{LEAK}">',
    "a script": f'<script>var note = "{LEAK}";</script>',
    "a script with escapes": "<script>var note = '" + LEAK.replace("@", "\\u0040") + "';</script>",
    "a style": f'<style>p::after {{ content: "{LEAK}"; }}</style>',
    "a CDATA section": f"<svg><![CDATA[{LEAK}]]></svg>",
    "an instruction": f"<?note {LEAK}?>",
    "a table": f"<table><tr><td>Lapsed Legal</td><td>{ALERTS}</td></tr></table>",
    "a list of terms": f"<dl><dt>Lapsed Legal</dt><dd>{ALERTS}</dd></dl>",
    "a heading above": f"<h1>Who gets what</h1><h2>Lapsed Legal</h2><p>Nightly.</p><p>{ALERTS}</p>",
    "a title above": f"<h1>Lapsed Legal</h1><h2>Alerts</h2><p>They go to {ALERTS}.</p>",
    "the short name": f"<p>lapsed-legal: {ALERTS}</p>",
    "a machine": f"<p>The alerts of LL-SRV01 go to {ALERTS}.</p>",
    "the server": f"<p>The alerts of LL-BOX01 go to {ALERTS}.</p>",
}


@pytest.mark.parametrize("form", FORMS)
def test_where_the_alerts_go_is_found_on_a_hand_written_page(found: Found, form: str):
    assert found("notes/index.html", page(FORMS[form])) == [
        "the alerts of lapsed-legal, who is not monitored, are named here"
    ]


@pytest.mark.parametrize("form", FORMS)
def test_where_the_alerts_go_is_found_on_the_client_s_own_pages(found: Found, form: str):
    messages = found("clients/lapsed-legal/index.html", page(FORMS[form], "client=lapsed-legal; kind=overview"))

    assert f"a page about lapsed-legal, who is not monitored, names our address {ALERTS}" in messages


def test_any_of_our_addresses_is_found_on_the_pages_of_a_client_without_monitoring(found: Found):
    meta = "client=corner-florist; kind=setup"

    assert found("clients/corner-florist/setup-shop/index.html", page("<p>help+shop@provider.example</p>", meta)) == [
        "a page about corner-florist, who is not monitored, names our address help@provider.example"
    ]


def test_a_page_about_a_covered_client_may_not_speak_of_the_alerts_of_another(found: Found):
    meta = "client=harbour-dental; kind=monitoring; through=2027-02-28"

    assert found("clients/harbour-dental/monitoring/index.html", page(f"<p>{LEAK}.</p>", meta)) == [
        "the alerts of lapsed-legal, who is not monitored, are named here"
    ]


@pytest.mark.parametrize(
    ("name", "meta"),
    [
        ("clients/lapsed-legal/restore/index.html", "client=lapsed-legal; kind=restore"),
        ("clients/lapsed-legal/index.html", ""),
        ("clients/corner-florist/setup-shop.html", "client=corner-florist; kind=setup"),
    ],
)
def test_sentences_of_a_monitoring_procedure_are_found_on_a_client_s_pages(found: Found, name: str, meta: str):
    body = f"<ol><li>{SENTENCE.replace('coloured square', '<b>coloured</b> <i>square</i>')}.</li></ol>"

    assert [message for message in found(name, page(body, meta)) if "holds part of a monitoring procedure" in message]


@pytest.mark.parametrize("meta", ["", "kind=home", "kind=procedure"])
def test_sentences_of_a_monitoring_procedure_are_found_beside_a_client_s_name(found: Found, meta: str):
    body = f"<p>For Corner Florist we do this too.</p><p>{SENTENCE.upper()}.</p>"

    assert found("corner/index.html", page(body, meta)) == [
        "a page that names corner-florist, who is not monitored, holds part of a monitoring procedure"
    ]


def test_a_page_that_declares_its_client_is_held_to_that_client(tmp_path: Path):
    root = small.copied(tmp_path / "small")
    small.add(root / "docs/visits.md", "---\nclient: corner-florist\n---\n\n# Visits\n")
    small.add(tmp_path / "site/visits/index.html", page("<p>Send it to help@provider.example.</p>"))

    assert [finding.client for finding in leaks(tmp_path / "site", site.read(root))] == ["corner-florist"]


# Forged marks.


@pytest.mark.parametrize(
    ("meta", "words"),
    [
        ("client=lapsed-legal; kind=monitoring; through=2027-02-28", "lapsed-legal, who is not monitored"),
        ("client=nobody; kind=monitoring; through=open", "no known client"),
        ("kind=monitoring; through=open", "no known client"),
        ("client=harbour-dental; kind=monitoring; through=2026-11-21", "was valid through 2026-11-21"),
        ("client=harbour-dental; kind=monitoring; through=2027-03-01", "the agreements end on 2027-02-28"),
        ("client=harbour-dental; kind=monitoring; through=open", "the agreements end on 2027-02-28"),
        ("client=harbour-dental; kind=monitoring", "does not say through which day"),
        ("client=harbour-dental; kind=monitoring; through=never", "does not say through which day"),
        ("client=harbour-dental;kind=monitoring;through=2020-01-01", "was valid through 2020-01-01"),
    ],
)
def test_a_false_mark_of_a_monitoring_page_is_found(found: Found, meta: str, words: str):
    assert any(words in message for message in found("clients/harbour-dental/monitoring/index.html", page("", meta)))


def test_a_mark_does_not_make_a_page_another_client_s(found: Found):
    messages = found(
        "clients/lapsed-legal/index.html", page(f"<p>{ALERTS}</p>", "client=harbour-dental; kind=overview")
    )

    assert "this page says that it is about harbour-dental, and lies where those of others are" in messages
    assert f"a page about lapsed-legal, who is not monitored, names our address {ALERTS}" in messages


def test_a_hand_written_page_cannot_pass_itself_off_as_a_client_s(found: Found):
    assert found("notes/index.html", page("", "client=harbour-dental; kind=overview")) != []


def test_a_page_with_two_marks_is_found(found: Found):
    body = '<META NAME="Runbooks" CONTENT="client=harbour-dental; kind=overview">'

    assert "this page says twice whom it is about" in found(
        "clients/harbour-dental/index.html", page(body, "client=harbour-dental; kind=overview")
    )


def test_the_marks_that_pages_are_made_with_are_those_that_are_read(small_built: Path):
    made = site.make(site.read(small_built))
    for one in made.book.pages:
        name = one.uri.removesuffix(".md").removesuffix("index").rstrip("/")
        built = small.seen(small_built / "site" / name / "index.html")

        assert [each["content"] for each in built.all("meta") if each.get("name") == "runbooks"] == [mark(one)]


# Links to a page that may not be.

LINKS = {
    "a link": '<a href="../clients/lapsed-legal/monitoring/">there</a>',
    "a link with an anchor": '<a href="../clients/lapsed-legal/monitoring/#watch-office">there</a>',
    "a link to the file": '<a href="/clients/lapsed-legal/monitoring/index.html">there</a>',
    "a link to a Markdown file": '<a href="../clients/lapsed-legal/monitoring.md">there</a>',
    "capitals": '<a href="../Clients/Lapsed-Legal/Monitoring/">there</a>',
    "percent signs": '<a href="../clients/lapsed%2Dlegal/%6Donitoring/">there</a>',
    "entities": '<a href="../clients/lapsed-legal/&#109;onitoring/">there</a>',
    "a whole address": '<a href="https://runbooks.provider.example/clients/lapsed-legal/monitoring/">there</a>',
    "a picture": '<img src="../clients/lapsed-legal/monitoring/x.png">',
    "a text": "<p>Look under clients/lapsed-legal/monitoring/ for it.</p>",
    "a script": '<script>location = "/clients/lapsed-legal/monitoring/"</script>',
    "a procedure": '<a href="../clients/lapsed-legal/office/daily-check/">there</a>',
}


@pytest.mark.parametrize("form", LINKS)
def test_a_link_to_a_monitoring_page_that_may_not_be_is_found(found: Found, form: str):
    assert any("there is a link to" in message for message in found("notes/index.html", page(LINKS[form])))


@pytest.mark.parametrize("link", ["../monitoring/", "../monitoring.html", "./../monitoring", "../office/daily-check/"])
def test_a_link_within_the_client_s_own_pages_is_found(found: Found, link: str):
    body = f'<a href="{link}">Monitoring</a>'

    assert found("clients/lapsed-legal/restore/index.html", page(body, "client=lapsed-legal; kind=restore")) != []


@pytest.mark.parametrize(
    "link", ["not-monitored/", "monitoring-of-old/", "monitoring/restore-file/", "office/restore-file/"]
)
def test_a_link_to_another_page_of_the_client_is_let_through(found: Found, link: str):
    assert found("notes/index.html", page(f'<a href="../clients/lapsed-legal/{link}">there</a>')) == []


# Every other file.


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sitemap.xml", "<loc>https://runbooks.provider.example/clients/lapsed-legal/monitoring/</loc>"),
        ("sitemap.xml.gz", gzip.compress(b"<loc>https://x.example/clients/lapsed-legal/monitoring/</loc>", mtime=0)),
        ("SITEMAP.XML.GZ", gzip.compress(b"<loc>https://x.example/clients/lapsed-legal/monitoring/</loc>", mtime=0)),
        ("feed.xml", f"<summary>{LEAK}</summary>"),
        ("data.json", json.dumps({"client": "Lapsed Legal", "alerts": ALERTS})),
        ("data.json", json.dumps({"note": LEAK}).replace("@", "\\u0040")),
        ("data.json", json.dumps([LEAK])),
        ("data.json", "{broken: " + LEAK),
        ("assets/notes.js", "const note = '" + LEAK.replace("@", "\\x40") + "'"),
        ("assets/notes.css", f"/* {LEAK} */"),
        ("assets/notes.js.map", json.dumps({"sourcesContent": [LEAK]})),
        ("notes.txt", LEAK),
        ("notes.TXT", LEAK),
        ("notes.txt", LEAK.encode("utf-16")),
        ("notes.txt", b"\xef\xbb\xbf" + LEAK.encode()),
        ("notes.md", f"| Lapsed Legal | **{ALERTS}** |"),
        ("notes.csv", f"Lapsed Legal,{ALERTS}"),
        ("calendar.ics", f"SUMMARY:{LEAK}"),
        ("drawing.svg", f"<svg><text>{LEAK}</text></svg>"),
        ("NOTES", LEAK),
        ("notes.unheard-of", LEAK),
        (".hidden/notes", LEAK),
        ("notes.txt", f"Corner Florist\n{SENTENCE}"),
        ("clients/corner-florist/notes.txt", "help@provider.example"),
    ],
)
def test_a_file_of_any_kind_is_read(found: Found, name: str, content: str | bytes):
    assert found(name, content) != []


def test_a_compressed_file_that_cannot_be_read_is_found(found: Found):
    assert found("sitemap.xml.gz", b"\x1f\x8b broken") == ["this compressed file cannot be read"]


def test_pictures_and_fonts_are_not_taken_for_text(found: Found):
    assert found("logo.png", b"\x89PNG\0\0" + bytes(range(256)) + base64.b64encode(LEAK.encode())) == []


@pytest.mark.parametrize(
    "entry",
    [
        {"location": "clients/lapsed-legal/monitoring/", "title": "Monitoring", "text": ""},
        {"location": "clients/lapsed-legal/monitoring/#watch", "title": "Monitoring", "text": ""},
        {"location": "clients/lapsed-legal/monitoring.html", "title": "Monitoring", "text": ""},
        {"location": "clients/lapsed-legal/", "title": "Lapsed Legal", "text": f"<p>{ALERTS}</p>"},
        {"location": "clients/lapsed-legal/", "title": ALERTS, "text": ""},
        {"location": "clients/lapsed-legal/", "title": "", "text": f"<p>{ALERTS.replace('@', '&#64;')}</p>"},
        {"location": "clients/lapsed-legal/restore/", "title": "", "text": f"<li>{SENTENCE}</li>"},
        {"location": "notes/", "title": "Lapsed Legal", "text": f"<p>{ALERTS}</p>"},
        {"location": "notes/", "title": "Notes", "text": f"<p>{LEAK}</p>"},
        {"location": "notes/", "title": "Corner Florist", "text": f"<p>{SENTENCE}</p>"},
        {"location": "//[", "title": "Corner Florist", "text": f"<p>{SENTENCE}</p>"},
        {"location": "notes/", "title": "N", "text": '<a href="clients/lapsed-legal/monitoring/">there</a>'},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_every_entry_of_the_search_index_is_read(found: Found, entry: dict[str, str], indent: int | None):
    harmless = {"location": "", "title": "Home", "text": "Lapsed Legal has left."}
    text = json.dumps(json.loads(index(harmless, entry)), indent=indent)

    assert found("search/search_index.json", text) != []


def test_two_entries_of_the_search_index_are_not_read_as_one(found: Found):
    entries = (
        {"location": "a/", "title": "Lapsed Legal", "text": "<p>Has left.</p>"},
        {"location": "b/", "title": "Addresses", "text": f"<p>{ALERTS}</p>"},
        {"location": "c/", "title": "Checks", "text": f"<p>{SENTENCE}</p>"},
    )

    assert found("search/search_index.json", index(*entries)) == []


def test_findings_name_the_file_the_rule_and_the_client(tmp_path: Path, fleet: Fleet):
    small.add(tmp_path / "site/notes/index.html", page(FORMS["text"]))
    (only,) = leaks(tmp_path / "site", fleet)

    assert str(only.place) == "notes/index.html:1:1"
    assert (only.code, only.client, str(only.blocks)) == ("PUB010", "lapsed-legal", "site")


@pytest.mark.parametrize("day", ["2026-08-31", "2026-09-01"])
def test_the_wall_asks_about_the_day_of_the_build(tmp_path: Path, source: Path, day: str):
    fleet = site.read(source, date.fromisoformat(day))
    meta = "client=lapsed-legal; kind=monitoring; through=2026-08-31"
    small.add(tmp_path / "clients/lapsed-legal/monitoring/index.html", page(f"<p>{ALERTS}</p>", meta))

    assert bool(leaks(tmp_path, fleet)) is (day > "2026-08-31")


# Addresses that are nobody's, and those that are everybody's.


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{FORSAKEN}</p>",
        f"<h2>Who</h2><ul><li>The florist</li><li>{FORSAKEN.replace('@', '+shop@')}</li></ul>",
        f"<table><tr><td>Nights</td></tr><tr><td>{FORSAKEN.upper()}</td></tr></table>",
        f'<div class="admonition"><p>Corner Florist</p></div><hr><p>{FORSAKEN.replace("@", "<b>@</b>")}</p>',
        f'<a href="mailto:{quote(FORSAKEN)}">write</a>',
    ],
)
@pytest.mark.parametrize(
    "name", ["notes/index.html", "clients/harbour-dental/index.html", "clients/lapsed-legal/x.html"]
)
def test_an_address_for_the_alerts_of_unwatched_clients_alone_may_stand_nowhere(found: Found, name: str, body: str):
    assert any(f"would go to {FORSAKEN}" in message for message in found(name, page(body)))


def test_an_address_that_somebody_can_be_reached_at_is_not_nobody_s(tmp_path: Path, source: Path):
    root = small.copied(tmp_path / "small", source)
    small.edit(root / "clients/corner-florist.yml", "{name: Owner,", f"{{name: Owner, email: {FORSAKEN},")
    small.add(tmp_path / "site/notes/index.html", page(f"<p>{FORSAKEN}</p>"))

    assert leaks(tmp_path / "site", site.read(root)) == ()


@pytest.mark.parametrize("name", ["notes/index.html", "clients/harbour-dental/index.html"])
def test_a_mailbox_of_the_policy_may_be_named_beside_a_client_on_pages_that_are_not_theirs(found: Found, name: str):
    body = f"<p>When Lapsed Legal rings: their alerts do not go to {LISTED} any more.</p>"

    assert found(name, page(body)) == []
    assert found("clients/lapsed-legal/index.html", page(body)) != []


# The link by which a page is reported.


def reported(tmp_path: Path, source: Path, body: str) -> list[str]:
    root = small.copied(tmp_path / "small", source)
    small.edit(root / "policy.yml", "mailto:docs@provider.example?", f"mailto:{ALERTS}?")
    small.add(tmp_path / "site/clients/lapsed-legal/index.html", page(body))
    return [finding.message for finding in leaks(tmp_path / "site", site.read(root))]


@pytest.mark.parametrize("label", ["This step is wrong", ALERTS])
def test_the_link_of_every_page_may_lead_to_a_mailbox_of_alerts(tmp_path: Path, source: Path, label: str):
    body = f'<a href="mailto:{ALERTS}?subject=clients/lapsed-legal/">{label}</a>'

    assert reported(tmp_path, source, body) == []


@pytest.mark.parametrize(
    "body",
    [
        f'<a href="mailto:{ALERTS}?subject=x">Alerts go to {ALERTS}</a>',
        f'<a href="mailto:{ALERTS}?subject=x">Wrong</a><p>{ALERTS}</p>',
        f'<a href="mailto:{ALERTS}">Alerts</a>',
        f'<a href="mailto:{ALERTS}?subject={ALERTS}">Alerts</a>',
    ],
)
def test_that_link_does_not_let_the_address_into_the_text(tmp_path: Path, source: Path, body: str):
    assert reported(tmp_path, source, body) != []


# Copies of records.

RECORD = f"schema: 1\nclient: Lapsed Legal\ncontacts: []\nmonitoring:\n  alerts_to:\n    - {LISTED}\n"
NURSE = "schema: 1\nclient: Corner Florist\nmonitoring:\n  level: full\n  checked_by: The night\n    nurse\n"


@pytest.mark.parametrize(
    "name", ["files/a.yml", "files/a.txt", "files/a.json", "files/a.js", "files/a.md", "files/a.csv"]
)
@pytest.mark.parametrize("text", [RECORD, NURSE])
def test_a_copy_of_a_record_is_found_in_a_file_of_any_kind(found: Found, name: str, text: str):
    assert found(name, text) != []


@pytest.mark.parametrize("text", [RECORD, NURSE])
def test_a_copy_of_a_record_is_found_on_a_page(found: Found, text: str):
    assert found("notes/index.html", page(f"<pre><code>{text}</code></pre>")) != []


@pytest.mark.parametrize("name", ["writing/index.html", "files/sample.yml"])
def test_a_sample_record_of_a_client_that_is_none_is_let_through(found: Found, name: str):
    text = RECORD.replace("Lapsed Legal", "Any Client") + "  checked_by: The night nurse\n"

    assert found(name, page(f"<pre>{text}</pre>") if name.endswith("html") else text) == []


# What is made of a record whose agreement has ended.


def test_the_record_s_own_address_for_alerts_does_not_stop_the_site(tmp_path: Path):
    root = small.copied(tmp_path / "small")
    path = root / "clients/corner-florist.yml"
    small.edit(path, "  level: none\n", f"  level: full\n  alerts_to: [{FORSAKEN}, {LISTED}]\n")
    small.edit(path, "    server:", f"    notifies: [{FORSAKEN}]\n    server:")
    note = f'They went to {FORSAKEN}. Now they go, **or {FORSAKEN}**, and "night-watch"@provider.example: no'
    small.edit(path, "notes: Under the counter.", f"notes: '{note}'")
    fleet = site.read(root)
    (record,) = (one for one in fleet.records if one.slug == "corner-florist")
    shown = redacted(record, fleet.policy, fleet.as_of).client

    assert shown.setups[0].notifies == (HIDDEN,)
    assert FORSAKEN not in str(shown.model_dump())
    small.edit(path, ', and "night-watch"@provider.example: no', "")
    (record,) = (one for one in site.read(root).records if one.slug == "corner-florist")
    shown = redacted(record, fleet.policy, fleet.as_of).client
    assert shown.copies[0].notes == f"They went to {HIDDEN}. Now they go, **or {HIDDEN}**"


def test_a_record_in_which_nothing_is_hidden_is_shown_as_it_is_and_no_copy_of_it(fleet: Fleet):
    shown = {one.slug: redacted(one, fleet.policy, fleet.as_of) for one in fleet.records}
    hidden = {one.slug for one in fleet.records if shown[one.slug] is not one}

    assert hidden == {one.slug for one in fleet.records if HIDDEN in repr(shown[one.slug].client)}
    assert hidden == {"corner-florist", "lapsed-legal"}
    assert shown["lapsed-legal"].client.contacts is fleet.by_slug["lapsed-legal"].client.contacts


def test_a_hand_written_page_with_an_address_that_is_nobody_s_is_withheld(source: Path, tmp_path: Path):
    root = small.copied(tmp_path / "small", source)
    small.add(root / "docs/nights.md", f"# Nights\n\nWrite to {FORSAKEN}.\n")
    small.add(root / "docs/title.md", f"---\ntitle: {FORSAKEN}\n---\n# Nights\n")
    small.add(root / "docs/days.md", f"# Days\n\nWrite to {LISTED} and {ALERTS}.\n")
    found = [one for one in site.make(site.read(root)).report.findings if one.code == "AGR012"]

    assert [str(one.place) for one in found] == ["docs/nights.md:3:1", "docs/title.md:2:8"]
    assert {str(one.blocks) for one in found} == {"page"}


def test_a_page_about_an_unwatched_client_is_withheld_for_every_address_that_the_wall_would_find(
    source: Path, tmp_path: Path
):
    root = small.copied(tmp_path / "small", source)
    for slug, address in (("lapsed-legal", ALERTS), ("corner-florist", LISTED), ("pine-road-vets", ALERTS)):
        small.add(root / f"docs/{slug}.md", f"---\nclient: {slug}\n---\n# Visits\n\nWrite to {address}.\n")
    found = [one for one in site.make(site.read(root)).report.findings if one.code == "AGR012"]

    assert [str(one.place) for one in found] == ["docs/corner-florist.md:6:1", "docs/lapsed-legal.md:6:1"]


# Secrets.


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("notes/index.html", page("<p>Password: " + "Hunter2-is-old!" + "</p>")),
        ("notes.txt", "Password: " + "Hunter2-is-old!"),
        ("search/search_index.json", index({"location": "n/", "title": "N", "text": "Password: " + "Hunter2-is-old!"})),
        ("notes.txt.gz", gzip.compress(b"Password: " + b"Hunter2-is-old!", mtime=0)),
    ],
)
def test_a_secret_is_found_in_a_file_of_any_kind_and_is_not_repeated(
    tmp_path: Path, fleet: Fleet, name: str, raw: str | bytes
):
    path = tmp_path / "site" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    found = leaks(tmp_path / "site", fleet)

    assert {(one.code, one.place.file) for one in found} == {("SEC004", name)}
    assert "Hunter2" not in "".join(map(str, found))


@given(
    st.lists(st.text("ab ", max_size=7), max_size=5),
    st.text("ab ", max_size=30),
    st.tuples(st.integers(0, 30), st.integers(0, 30)),
)
def test_sentences_are_found_wherever_they_are_part_of_a_text(sentences: list[str], words: str, cut: tuple[int, int]):
    every = [*sentences, *filter(None, [words[cut[0] : cut[1]]])]  # also one that is surely there, cut anywhere
    assert Phrases(every).stand_in(words) == any(one in words for one in every)
