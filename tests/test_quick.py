"""The quick build: the same bytes as MkDocs' own loop makes, from nothing, from what was kept, and after any change."""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from runbooks import cli, driver, hands, making, shelf, unchanged
from runbooks.engine import binding, fitness, quick
from runbooks.engine.binding import Binder
from runbooks.engine.fitness import Fitness
from runbooks.fleet import PolicyUnreadable, Record
from runbooks.making import Draft
from runbooks.pages.press import Press
from runbooks.publish import MARKER
from runbooks.unchanged import Asked
from tests import small

pytestmark = [pytest.mark.built]

DAY = date(2026, 11, 29)
EXAMPLES = int(os.environ.get("RUNBOOKS_LAWS", "1"))
"""How many sequences of changes are tried; more with a larger number in this variable."""


def built(root: Path, *, offline: bool = False) -> dict[str, bytes]:
    """The site as it is published, but for the number of its release; else why it is not."""
    try:
        outcome = driver.build(Asked(root, None, root / "site", offline=offline))
    except PolicyUnreadable:
        return {"policy.yml": b"unreadable"}
    found = small.files(root / "site") if outcome.published else {}
    marker = found.pop(MARKER, b"").split(b'"release"')[0]
    return {**found, MARKER: marker, "": "\n".join(map(str, outcome.report.findings)).encode()}


def by_mkdocs(root: Path, target: Path, *, offline: bool = False) -> dict[str, bytes]:
    """The same sources, built from nothing by MkDocs' own loop."""
    small.copied(target, root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUNBOOKS_CACHE", "off")
        patch.setattr(fitness, "judged", lambda *_, **__: Fitness("of a test"))
        return built(target, offline=offline)


@pytest.fixture
def nothing_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of its own, in which nothing is yet."""
    monkeypatch.setenv("RUNBOOKS_CACHE", str(tmp_path / "cache"))


Cache = Callable[[Path], Path]


@pytest.fixture
def cache(small_built: Path) -> Cache:  # noqa: ARG001 - its build has filled the common cache
    """Makes a cache in which the texts of another site are, so that no test waits until all of them are made anew."""
    common = Path(os.environ[small.CACHE], "texts.sqlite")

    def made(folder: Path) -> Path:
        folder.mkdir(mode=0o700)
        with closing(sqlite3.connect(common)) as there, closing(sqlite3.connect(folder / common.name)) as here:
            there.backup(here)
        return folder

    return made


@pytest.fixture
def kept(cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache of its own, with the texts of another site; and pages of few rules."""
    monkeypatch.setenv("RUNBOOKS_CACHE", str(cache(tmp_path / "cache")))
    with small.few_rules():
        yield tmp_path / "cache"


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("offline", [False, True], ids=["with a server", "offline"])
def test_it_makes_the_same_bytes_as_mkdocs_from_nothing_and_from_what_was_kept(
    small_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, offline: bool
):
    monkeypatch.setattr(quick, "FEW", 2)  # so that two processes work
    monkeypatch.setattr(hands, "at_hand", lambda: 2)
    small.edit(small_site / "clients/harbour-dental.yml", "client: ", "formerly: [old-harbour]\nclient: ")
    with small.few_rules():  # with all, `test_plugin` compares the two
        first = built(small_site, offline=offline)
        assert first == by_mkdocs(small_site, tmp_path / "plain", offline=offline)
        assert built(small_site, offline=offline) == first
        taken_away(small_site)
        assert built(small_site, offline=offline) == first


def taken_away(root: Path) -> None:
    """The published site and all its releases, gone."""
    (root / "site").unlink()
    shutil.rmtree(root / ".site-trees")


Change = Callable[[Path], None]


def written(name: str, text: str) -> Change:
    def write(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8", newline="\n")

    return write


def replaced(name: str, old: str, new: str) -> Change:
    def replace(root: Path) -> None:
        path = root / name
        if path.is_file():
            path.write_text(re.sub(old, new, path.read_text(encoding="utf-8"), count=1), "utf-8", newline="\n")

    return replace


def moved(old: str, new: str) -> Change:
    def move(root: Path) -> None:
        if (root / old).is_file():
            (root / old).rename(root / new)

    return move


def both(one: Change, other: Change) -> Change:
    def do(root: Path) -> None:
        one(root)
        other(root)

    return do


CHANGES: dict[str, Change] = {
    "a contact": replaced("clients/corner-florist.yml", "name: Owner", "name: Owner's *sister*"),
    "a name": replaced("clients/harbour-dental.yml", "client: .*", "client: Harbour <i>Dental</i> | Co."),
    "a machine": replaced("clients/corner-florist.yml", "FLOWER-NAS", "FLOWER-NAS2"),
    "a new client": written("clients/later.yml", "client: Later\nno_backup: {told_on: 2026-05-06}\n"),
    "a client less": lambda root: (root / "clients/later.yml").unlink(missing_ok=True),
    "a client renamed": moved("clients/pine-road-vets.yml", "clients/pine-lane-vets.yml"),
    "a client who has left": replaced("clients/odd-name.yml", "client: ", "status: former\nclient: "),
    "another day": replaced("policy.yml", r"(?m)^as_of: .*", "as_of: 2027-06-01"),
    "the day before": replaced("policy.yml", r"(?m)^as_of: .*", "as_of: 2026-11-21"),
    "the provider": replaced("policy.yml", "provider: .*", "provider: Another & Sons"),
    "a procedure": replaced("templates/products/harbour-box/rerun-job.md", r"\Z", "\nA sentence more.\n"),
    "a product": replaced("templates/products/harbour-box/product.yml", "name: .*", "name: Harbour Case"),
    "a page": written("docs/notes.md", "# Notes\n\nOf [a client](clients/corner-florist/index.md).\n"),
    "front matter": written(
        "docs/notes.md", "---\ndescription: One\nstatus: new\n---\n# Notes\n\nIt names Harbour Dental and no address.\n"
    ),
    "other front matter": replaced("docs/notes.md", "One\nstatus: new", "Two\nstatus: deprecated\nhide: [toc]"),
    "where to edit": replaced("policy.yml", "/edit/main/", "/edit/other/"),
    "a link to another client": written(
        "templates/pages/restore.md", "# Restore\n\n[The florist](../corner-florist/index.md)\n"
    ),
    "that client gone": lambda root: (root / "clients/corner-florist.yml").unlink(missing_ok=True),
    "a folder of a product": lambda root: (root / "templates/products/nothing-yet").mkdir(exist_ok=True),
    "a page more": both(
        written("docs/more.md", "# More\n\n<b>Text</b> of [notes](notes.md#nowhere).\n"),
        replaced("mkdocs.yml", r"- Notes: notes.md\n", "- Notes: notes.md\n      - More: more.md\n"),
    ),
    "a page less": both(
        lambda root: (root / "docs/more.md").unlink(missing_ok=True),
        replaced("mkdocs.yml", r"      - More: more.md\n", ""),
    ),
    "a page that no navigation has": written("docs/alone.md", "# Alone\n\n![A picture](alone.png)\n"),
    "a template": written("templates/pages/restore.md", "# Restore {{ client.name }}\n"),
    "a template less": lambda root: (root / "templates/pages/restore.md").unlink(missing_ok=True),
    "a product's own page": written(
        "templates/products/harbour-box/remove-device.md",
        "---\ntitle: Remove a device\ntrigger: It is sold.\nminutes: 5\n---\nRemove it.\n",
    ),
    "an option": replaced("mkdocs.yml", "font: false", "font: false, palette: {primary: teal}"),
    "a navigation": replaced("mkdocs.yml", "Notes: notes.md", "Our notes: notes.md"),
}


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink takes an hour
)
@given(names=st.lists(st.sampled_from(sorted(CHANGES)), min_size=2, max_size=5), dice=st.randoms(use_true_random=False))
def test_after_any_changes_it_is_what_mkdocs_makes_from_nothing(
    cache: Cache, tmp_path_factory: pytest.TempPathFactory, names: list[str], dice: random.Random
):
    folder = tmp_path_factory.mktemp("changes")
    root = small.green(folder / "site")
    with pytest.MonkeyPatch.context() as patch, small.few_rules():
        patch.setenv("RUNBOOKS_CACHE", str(cache(folder / "cache")))
        # Where no release of old is kept, each build begins as one.
        patch.setattr(import_module("runbooks.publish.releases"), "KEPT", dice.choice([0, 0, 3]))
        built(root)
        for name in names:
            CHANGES[name](root)
            if dice.random() < 0.6:  # or two changes come at once
                now = built(root)
        now = built(root)
        plain = by_mkdocs(root, folder / "plain")
    assert sorted(now) == sorted(plain), names
    assert [name for name in now if now[name] != plain[name]] == [], names
    shutil.rmtree(folder)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("changes", "published"),
    [
        (["front matter", "other front matter"], True),
        (["an address of ours", "where to edit"], True),
        (["a template that is not there"], False),
        (["a link to another client", "that client gone"], False),
    ],
    ids=["front matter", "a page that is withheld", "the template of a page", "a link that leads nowhere"],
)
def test_after_these_changes_one_by_one_it_is_what_mkdocs_makes_from_nothing(
    small_site: Path, tmp_path: Path, changes: list[str], *, published: bool
):
    withheld = replaced("docs/notes.md", r"\Z", "\nWrite to alerts@provider.example about Corner Florist.\n")
    nowhere = replaced("docs/notes.md", r"\A", "---\ntemplate: nowhere.html\n---\n")
    every = {**CHANGES, "an address of ours": withheld, "a template that is not there": nowhere}
    now = built(small_site)
    for name in changes:
        every[name](small_site)
        now = built(small_site)

    plain = by_mkdocs(small_site, tmp_path / "plain")
    assert [name for name in {*now, *plain} if now.get(name) != plain.get(name)] == []
    assert ("index.html" in now) is published
    assert b"search path" not in now[""]


@pytest.mark.usefixtures("kept")
def test_a_marker_to_which_somebody_has_written_is_mended(small_site: Path):
    asked = Asked(small_site, DAY, small_site / "site")
    first = built(small_site)
    driver.build(asked)
    assert unchanged.answer(asked) is not None
    path = (small_site / "site").resolve() / MARKER
    path.write_text(path.read_text(encoding="utf-8").replace(DAY.isoformat(), "2031-01-01"), encoding="utf-8")
    assert unchanged.answer(asked) is None
    outcome = driver.build(asked)
    assert '"as_of": "2026-11-29"' in ((small_site / "site") / MARKER).read_text(encoding="utf-8")
    assert "Release 3." in outcome.words
    assert built(small_site)["index.html"] == first["index.html"]


def test_a_second_build_computes_nothing(small_site: Path, kept: Path, monkeypatch: pytest.MonkeyPatch):
    asked = Asked(small_site, DAY, small_site / "site")
    assert unchanged.answer(asked) is None
    first = driver.build(asked)
    before = {path.name: path.read_bytes() for path in kept.iterdir()}

    def nothing(*_: object) -> None:
        raise AssertionError("this computes")

    monkeypatch.setattr(driver, "build", nothing)
    assert cli.run(["build", "--site", str(small_site), "--as-of", DAY.isoformat(), "-q"]) == 0
    again = unchanged.answer(asked)
    assert again is not None
    assert again.report == first.report
    assert re.search(r"0 files added, 0 changed, 0 removed, \d+ as they were\. Release 1\.$", again.words)
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == before


@pytest.mark.usefixtures("kept")
def test_whatever_changes_is_built_again(small_site: Path):
    asked = Asked(small_site, DAY, small_site / "site")
    driver.build(asked)
    page = (small_site / "site").resolve() / "clients" / "corner-florist" / "index.html"
    whole = page.read_bytes()
    page.write_bytes(whole.replace(b"Corner Florist", b"Corner Forlist", 1))
    assert unchanged.answer(asked) is None
    driver.build(asked)
    assert ((small_site / "site") / "clients" / "corner-florist" / "index.html").read_bytes() == whole
    assert unchanged.answer(asked) is not None
    assert unchanged.answer(Asked(small_site, date(2026, 11, 30), small_site / "site")) is None
    assert unchanged.answer(Asked(small_site, DAY, small_site / "site", offline=True)) is None
    (small_site / "templates/products/nothing-yet").mkdir()
    assert unchanged.answer(asked) is None
    driver.build(asked)
    small.edit(small_site / "clients" / "corner-florist.yml", "Too dear", "Too expensive")
    assert unchanged.answer(asked) is None


def test_a_damaged_cache_changes_no_byte(small_site: Path, kept: Path):
    first = built(small_site)
    assert "index.html" in first
    dice = random.Random(11)
    for _ in range(2):
        for path in sorted(kept.glob("*.sqlite")):
            raw = bytearray(path.read_bytes())
            for _ in range(200):
                raw[dice.randrange(len(raw))] = dice.randrange(256)
            path.write_bytes(raw if dice.random() < 0.7 else raw[: dice.randrange(len(raw))])
        taken_away(small_site)
        assert built(small_site) == first


@pytest.mark.usefixtures("kept")
def test_pages_whose_text_comes_out_as_before_are_neither_read_nor_written(
    small_site: Path, monkeypatch: pytest.MonkeyPatch
):
    first = built(small_site)
    rendered, sheets = set[str](), Binder._sheets

    def noted(self: Binder, record: Record, tools: Press) -> Iterator[Any]:
        rendered.add(record.slug)
        return sheets(self, record, tools)

    def nothing(*_: object) -> None:
        raise AssertionError("this is read or written again")

    monkeypatch.setattr(hands, "at_hand", lambda: 1)
    monkeypatch.setattr(Binder, "_sheets", noted)
    monkeypatch.setattr(Binder, "_texts", nothing)
    monkeypatch.setattr(binding, "write", nothing)
    small.edit(small_site / "clients/harbour-dental.yml", "groups: [dental]", "groups: [dental, dental]")
    now = built(small_site)
    assert [name for name in now if now[name] != first[name]] == ["clients/index.html"]
    assert "harbour-dental" in rendered


def test_what_very_many_pages_have_in_common_is_held_once():
    def sent(slug: str) -> bytes:
        pages = (
            binding.Leaf(
                f"clients/{slug}/{name}.md", "procedure", name, slug.upper(), "", name, "", "", ("one", "two"), ()
            )
            for name in ("a", "b")
        )
        return binding.BOUND.dump_json(binding.Bound(slug, "", tuple(pages), ((), (), (), (), ())))

    first, second = binding.taken(sent("north")), binding.taken(sent("south"))
    assert first == binding.BOUND.validate_json(sent("north"))
    pages = (*first.leaves, *second.leaves)
    assert len({id(page.anchors) for page in pages}) == len({id(page.kind) for page in pages}) == 1
    assert len({id(page.client_name) for page in pages}) == 2


@pytest.mark.usefixtures("kept")
def test_no_file_of_the_published_site_is_written_to(small_site: Path, monkeypatch: pytest.MonkeyPatch):
    built(small_site)
    release = (small_site / "site").resolve()
    (release / "clients/corner-florist/index.html").write_text("tampered", encoding="utf-8")
    before = {path: path.stat().st_mtime_ns for path in release.rglob("*.html")}
    small.edit(small_site / "clients/harbour-dental.yml", "client: ", "# A comment.\nclient: ")
    monkeypatch.setattr(Binder, "_texts", lambda *_: [])  # the finished pages are gone, what is known of them is not
    built(small_site)
    assert {path: path.stat().st_mtime_ns for path in release.rglob("*.html")} == before


@pytest.mark.usefixtures("kept")
def test_nothing_of_another_version_of_mkdocs_is_taken(small_site: Path, monkeypatch: pytest.MonkeyPatch):
    asked = Asked(small_site, DAY, small_site / "site")
    driver.build(asked)
    assert unchanged.answer(asked) is not None
    monkeypatch.setattr(shelf, "makers", lambda _: b"another version")
    assert unchanged.answer(asked) is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("plugins: [search, runbooks, tags]", "of the plugin material/tags"),
        ("hooks: [hook.py]\nplugins: [search, runbooks]", "of hooks"),
        ("plugins: [search, runbooks]\nINHERIT: base.yml", "mkdocs.yml takes settings from elsewhere"),
        (
            "plugins: [search, runbooks]\nmarkdown_extensions: [pymdownx.snippets]",
            "of the Markdown extension pymdownx.snippets",
        ),
    ],
)
def test_what_could_look_at_all_pages_at_once_is_left_to_mkdocs(small_site: Path, line: str, why: str):
    (small_site / "hook.py").write_text("", encoding="utf-8")
    (small_site / "base.yml").write_text("{}\n", encoding="utf-8")
    config = small_site / "mkdocs.yml"
    text = re.sub(r"^markdown_extensions: .*\n", "", config.read_text(encoding="utf-8"), flags=re.MULTILINE)
    config.write_text(text.replace("plugins: [search, runbooks]", line), encoding="utf-8")
    assert fitness.judged(small_site, offline=False).why == why


def test_a_template_that_asks_for_all_pages_is_left_to_mkdocs(small_site: Path):
    small.add(small_site / "templates/theme/partials/copyright.html", "{{ pages | length }} pages\n")
    assert fitness.judged(small_site, offline=False).why == "copyright.html of the theme asks for all pages"


def test_an_own_list_of_addresses_is_left_to_mkdocs(small_site: Path):
    small.add(small_site / "templates/theme/sitemap.xml", "{% for one in pages %}{{ one.page.title }}\n{% endfor %}")
    assert fitness.judged(small_site, offline=False).why == "sitemap.xml of the theme asks for all pages"


@pytest.mark.usefixtures("kept")
def test_a_template_of_the_theme_that_fails_is_told_whoever_comes_upon_it(
    small_site: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(quick, "FEW", 0)
    monkeypatch.setattr(hands, "at_hand", lambda: 2)
    file = "templates/theme/partials/copyright.html"
    small.add(small_site / file, "{# One line. #}\n{{ nothing.at.all }}\n")
    outcome = driver.build(Asked(small_site, DAY, small_site / "site"))
    assert not outcome.published
    assert {one.code for one in outcome.report.findings} == {"PUB004"}
    assert (file, 2) in {(one.place.file, one.place.line) for one in outcome.report.findings}
    assert not any(str(small_site) in one.message for one in outcome.report.findings)


@pytest.mark.usefixtures("kept")
def test_own_templates_wherever_they_lie_are_looked_at(small_site: Path):
    own = small.add(
        small_site / "overrides/main.html", '{% extends "base.html" %}{% block announce %}One{% endblock %}'
    )
    small.edit(small_site / "mkdocs.yml", "font: false", "font: false, custom_dir: overrides")
    asked = Asked(small_site, DAY, small_site / "site")
    driver.build(asked)
    assert unchanged.answer(asked) is not None
    small.edit(own, "One", "Two")
    assert unchanged.answer(asked) is None
    driver.build(asked)
    assert "Two" in (small_site / "site/clients/corner-florist/index.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("kept")
def test_who_saves_while_a_site_is_made_has_it_made_again(small_site: Path, monkeypatch: pytest.MonkeyPatch):
    asked = Asked(small_site, DAY, small_site / "site")
    makes = making.made

    def made(*given: Any) -> Draft:
        found = makes(*given)
        small.edit(small_site / "policy.yml", "provider: ", "# A comment.\nprovider: ")
        small.edit(
            small_site / "templates/products/harbour-box/rerun-job.md", "## Steps", "Saved meanwhile.\n\n## Steps"
        )
        return found

    with monkeypatch.context() as patch:
        patch.setattr(making, "made", made)
        driver.build(asked)
    assert unchanged.answer(asked) is None
    outcome = driver.build(asked)
    assert not re.search(r"\b0 pages made", outcome.words)
    page = small_site / "site/clients/harbour-dental/servers/rerun-job/index.html"
    assert "Saved meanwhile." in page.read_text(encoding="utf-8")
    assert unchanged.answer(asked) is not None
