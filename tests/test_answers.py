"""Files that nothing was found in: they are read again as soon as anything changes that their reading asked for."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks import site
from runbooks.publish import MARKER
from runbooks.shelf import Shelf, digest
from runbooks.verify import Read, leaks, wall
from runbooks.verify.answers import Answers
from runbooks.verify.forbidden import Forbidden
from runbooks.verify.questions import EVERYBODY, SUBJECTS, Asked, Known, Questions
from runbooks.verify.texts import Text, texts
from tests import small

ALERTS = "desk@provider.example"
"""Where the alerts of Lapsed Legal would go, who is not monitored, and those of Pine Road Vets, who is."""
DAY = date(2026, 11, 22)
NEW = "Polish the brass bell of the archive twice before anybody opens the shutters."
"""A sentence that no procedure of the small site has."""


class Case(NamedTuple):
    """A change of the sources, and a file that may stand in the site before it, and not after."""

    change: Callable[[Path], None]
    file: str
    text: str
    day: date = DAY


def words(file: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda root: small.edit(root / file, old, new)


def more(file: str, text: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        small.add(root / file, text)

    return change


def page(body: str, meta: str = "") -> str:
    head = f'<meta name="runbooks" content="{meta}">' if meta else ""
    return f"<!doctype html><html><head><title>Page</title>{head}</head><body>{body}</body></html>"


LEGAL, FLORIST = "clients/broken/lapsed-legal.yml", "clients/corner-florist.yml"
VETS, DENTAL = "clients/pine-road-vets.yml", "clients/harbour-dental.yml"
BOX = "templates/products/harbour-box"
CASES = {
    "another name": Case(
        words(LEGAL, "client: Lapsed Legal", "client: Quayside Meadow"),
        "notes/name/index.html", page(f"<p>Quayside Meadow: {ALERTS}</p>"),
    ),
    "an alias": Case(
        words(LEGAL, "client: Lapsed Legal", "client: Lapsed Legal\naliases: [Quayside Law]"),
        "clients/harbour-dental/alias/index.html", page(f"<p>As Quayside Law: {ALERTS}</p>"),
    ),
    "another machine": Case(
        words(LEGAL, "LL-SRV01", "QM-SRV77"),
        "notes/machine/index.html", page(f"<h2>QM-SRV77</h2><p>It writes to {ALERTS}</p>"),
    ),
    "another machine, and a procedure": Case(
        words(LEGAL, "LL-BOX01", "QM-BOX77"),
        "notes/procedure/index.html",
        page("<p>QM-BOX77</p><p>Look at the coloured square of every job before the first coffee of the day.</p>"),
    ),
    "an agreement that has ended": Case(
        words(DENTAL, "last_day: 2027-02-28", "last_day: 2026-11-20"),
        "notes/link/index.html", page('<a href="../../clients/harbour-dental/servers/daily-check/">look</a>'),
    ),
    "an agreement that ends sooner": Case(
        words(DENTAL, "last_day: 2027-02-28", "last_day: 2027-02-27"),
        "clients/harbour-dental/monitoring/index.html",
        page("", "client=harbour-dental; kind=monitoring; through=2027-02-28"),
    ),
    "a later day": Case(
        lambda _: None,
        "clients/harbour-dental/sooner/index.html",
        page("", "client=harbour-dental; kind=monitoring; through=2026-12-01"),
        date(2026, 12, 2),
    ),
    "a client who is gone": Case(
        lambda root: (root / VETS).unlink(),
        "clients/pine-road-vets/monitoring/index.html",
        page("", "client=pine-road-vets; kind=monitoring; through=open"),
    ),
    "alerts to an address that is nobody's": Case(
        words(FLORIST, "  level: none\n", "  level: full\n  alerts_to: [night@watch.example]\n"),
        "notes/nobody/index.html", page("<p>Write to night@watch.example</p>"),
    ),
    "alerts to an address that another has": Case(
        words(FLORIST, "  level: none\n", f"  level: full\n  alerts_to: [{ALERTS}]\n"),
        "notes/florist.txt", f"Corner Florist: {ALERTS}\n",
    ),
    "alerts to a hook": Case(
        words(FLORIST, "  level: none\n", '  level: full\n  alerts_to: ["https://hook.watch.example/in"]\n'),
        "notes/hook.txt", "It is sent to https://hook.watch.example/in\n",
    ),
    "who would look": Case(
        words(LEGAL, "monitoring: {level: full,", "monitoring: {level: full, checked_by: The night nurse,"),
        "notes/nurse.txt", "client Lapsed Legal\nchecked_by the night nurse\n",
    ),
    "one more address of ours": Case(
        words("policy.yml", "mailboxes: [", "mailboxes: [fresh@provider.example, "),
        "clients/corner-florist/ours/index.html", page("<p>Write to fresh@provider.example</p>"),
    ),
    "one more sentence of a monitoring procedure": Case(
        words(f"{BOX}/daily-check.md", "    *If not:* escalate.", f"    *If not:* escalate. {NEW}"),
        "clients/corner-florist/sentence/index.html", page(f"<p>{NEW}</p>"),
    ),
    "one more sentence of a repair procedure": Case(
        more(f"{BOX}/rerun-job.md", f"\n{NEW}\n"),
        "clients/pine-road-vets/repair/index.html", page(f"<p>{NEW}</p>"),
    ),
    "a page that says whose it is": Case(
        more("docs/whose.md", "---\nclient: corner-florist\n---\n# Whose\n"),
        "whose/index.html", page("<p>Write to help@provider.example</p>"),
    ),
    "another set-up": Case(
        words(FLORIST, "- id: shop\n", "- id: window\n"),
        "clients/corner-florist/window/daily-check/index.html", page(""),
    ),
    "an earlier short name": Case(
        words(FLORIST, "client: Corner Florist", "client: Corner Florist\nformerly: [flower-shop]"),
        "clients/flower-shop/shop/daily-check/index.html", page(""),
    ),
    "an end of repairs": Case(
        words(DENTAL, "covers: [backup, repair, restore, ", "covers: [backup, restore, "),
        "notes/rerun/index.html", page('<a href="../../clients/harbour-dental/laptops/rerun-job/">again</a>'),
    ),
}  # fmt: skip
CLEAN = {
    "notes/plain/index.html": page("<h1>Plain</h1><p>Nothing of anybody.</p>"),
    "clients/odd-name/index.html": page("<p>Reach the owner at owner@odd.example</p>", "client=odd-name"),
    "list/index.html": page("".join(f'<a href="../clients/c-{one}/">{one}</a>' for one in range(40))),
}


def sources(folder: Path) -> Path:
    """The small site; the alerts of a client who is not watched go where those of a watched one go."""
    root = small.copied(folder / "source")
    listed = "alerts_to: [alerts@provider.example]"
    small.edit(root / LEGAL, listed, f"alerts_to: [{ALERTS}]")
    small.edit(root / VETS, listed, f"alerts_to: [{ALERTS}]")
    return root


def built(folder: Path, cases: list[Case]) -> Path:
    """A built site of clean files and those of some cases."""
    for name, text in [*CLEAN.items(), *((case.file, case.text) for case in cases)]:
        small.add(folder / "site" / name, text)
    small.add(folder / "site" / MARKER, "{}")
    return folder / "site"


def seals(tree: Path) -> dict[str, str]:
    """Digests of all files, by name."""
    files = (path for path in tree.rglob("*") if path.is_file())
    found = {path.relative_to(tree).as_posix(): digest(path.read_bytes()).hex() for path in files}
    return {name: seal for name, seal in found.items() if name != MARKER}


def known(root: Path, day: date = DAY) -> Known:
    return Known(Forbidden(site.read(root, day)), {})


@pytest.fixture(scope="module")
def sentences(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shelf that holds the sentences of procedures, which take long to be found."""
    folder = tmp_path_factory.mktemp("sentences")
    shelf = Shelf(folder / "shelf.sqlite")
    for what in (None, "one more sentence of a monitoring procedure", "one more sentence of a repair procedure"):
        with TemporaryDirectory() as name:
            root = sources(Path(name))
            if what:
                CASES[what].change(root)
            Forbidden(site.read(root, DAY), shelf).subjects()
    shelf.save()
    return folder / "shelf.sqlite"


@pytest.fixture
def shelf(tmp_path: Path, sentences: Path) -> Shelf:
    return Shelf(shutil.copyfile(sentences, tmp_path / "shelf.sqlite"))


@pytest.mark.parametrize("what", CASES)
def test_a_file_is_read_again_as_soon_as_something_changes_that_it_may_not_say_since(
    tmp_path: Path, shelf: Shelf, what: str
):
    case = CASES[what]
    root, tree = sources(tmp_path), built(tmp_path, [case])
    read = Read(shelf, seals(tree))
    assert leaks(tree, site.read(root, DAY), None, read) == ()

    case.change(root)
    fleet = site.read(root, case.day)
    found = leaks(tree, fleet, None, read)

    assert {one.place.file for one in found} == {case.file}
    assert found == leaks(tree, fleet, None, Read(shelf, {}))


@pytest.mark.parametrize(
    ("change", "read_again"),
    [
        (words(VETS, "client: Pine Road Vets", "client: Pine Road Clinic"), set()),
        (words(FLORIST, "client: Corner Florist", "client: Corner Flowers"), {"notes/both/index.html"}),
        (
            words(FLORIST, "  level: none\n", f"  level: full\n  alerts_to: [{ALERTS}]\n"),
            {"list/index.html", "notes/both/index.html"},
        ),
        (
            words(DENTAL, "last_day: 2027-02-28", "last_day: 2027-02-27"),
            {"clients/harbour-dental/index.html", "list/index.html"},
        ),
        (lambda root: (root / "clients/odd-name.yml").unlink(), {"clients/odd-name/index.html", "list/index.html",
                                                                  "notes/both/index.html"}),
    ],
)  # fmt: skip
def test_only_what_asked_for_it_is_read_again(
    tmp_path: Path,
    shelf: Shelf,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path], None],
    read_again: set[str],
):
    root = sources(tmp_path)
    small.add(root.parent / "site/clients/harbour-dental/index.html", page("<p>A page.</p>"))
    small.add(root.parent / "site/notes/both/index.html", page(f"<p>All alerts of vets: {ALERTS}</p>"))
    tree = built(tmp_path, [])
    read = Read(shelf, seals(tree))
    assert leaks(tree, site.read(root, DAY), None, read) == ()
    again = set[str]()

    def noted(name: str, raw: bytes) -> Iterator[Text]:
        again.add(name)
        yield from texts(name, raw)

    monkeypatch.setattr(wall, "texts", noted)
    change(root)

    assert leaks(tree, site.read(root, DAY), None, read) == ()
    assert again == {MARKER, *read_again}


@settings(max_examples=12, deadline=None)
@given(st.permutations(sorted(CASES)), st.integers(2, 5))
def test_after_any_changes_the_same_is_found_as_by_reading_everything(sentences: Path, order: list[str], count: int):
    cases = [CASES[name] for name in order[:count]]
    with TemporaryDirectory() as name:
        folder = Path(name)
        shelf = Shelf(shutil.copyfile(sentences, folder / "shelf.sqlite"))
        root, tree, day = sources(folder), built(folder, cases), DAY
        assert leaks(tree, site.read(root, day), None, Read(shelf, seals(tree))) == ()
        for case in cases:
            with suppress(AssertionError, FileNotFoundError):  # an earlier change has taken what this one would
                case.change(root)
            day = max(day, case.day)
            fleet = site.read(root, day)
            found = leaks(tree, fleet, None, Read(shelf, seals(tree)))
            assert found == leaks(tree, fleet, None, Read(shelf, {}))
            for file in {one.place.file for one in found}:
                (tree / file).unlink()
            assert leaks(tree, fleet, None, Read(shelf, seals(tree))) == ()


def test_a_file_whose_reading_asked_for_an_earlier_day_is_read_again_after_it(tmp_path: Path):
    root = sources(tmp_path)
    asks = Questions(known(root))
    assert not asks.over(date(2026, 12, 1))
    assert not asks.over(date(2026, 11, 25))
    assert asks.over(date(2026, 11, 21))

    assert asks.asked == Asked(until="2026-11-25")
    assert known(root, date(2026, 11, 25)).holds(asks.asked)
    assert not known(root, date(2026, 11, 26)).holds(asks.asked)


def test_a_file_that_speaks_of_very_many_clients_asks_for_all(tmp_path: Path):
    asks = Questions(known(sources(tmp_path)))
    for number in range(20):
        asks.of(f"client-{number}")

    assert asks.asked.names == (EVERYBODY,)


@pytest.mark.parametrize("text", ["desk＠provider.example", "desk﹫provider.example", "desk&#64;x", "desk%40x", "a@b"])
def test_whatever_may_be_read_as_an_address_asks_for_the_addresses(tmp_path: Path, text: str):
    asks = Questions(known(sources(tmp_path)))
    asks.alerted(text, everybody=False)

    assert asks.asked.subjects == ("addresses",)


@pytest.mark.parametrize(
    "kept",
    [b"", b"[", b"{}", b"[[]]", b"\x00\xff", b'[{"asked":{},"answer":1,"files":"ab"}]', b'[{"files":"abc"}]'],
)
def test_what_is_kept_and_damaged_says_nothing(tmp_path: Path, kept: bytes):
    shelf, one = Shelf(tmp_path / "shelf.sqlite"), known(sources(tmp_path))
    shelf.put(digest(b"answers", one.always().encode()), kept)
    answers = Answers(shelf, one, {"a.html": "ab"})
    assert not answers.has("a.html")

    answers.keep([("a.html", Asked(("odd-name",), subjects=("names",)))])
    assert Answers(shelf, one, {"a.html": "ab"}).has("a.html")
    assert not Answers(shelf, one, {"a.html": "ac"}).has("a.html")
    assert not Answers(shelf, one, {}).has("a.html")


def test_files_that_are_no_longer_there_are_forgotten_in_time(tmp_path: Path):
    shelf, one = Shelf(tmp_path / "shelf.sqlite"), known(sources(tmp_path))
    for number in range(12):
        Answers(shelf, one, {"a.html": str(number)}).keep([("a.html", Asked())])

    assert Answers(shelf, one, {"a.html": "11"}).has("a.html")
    assert not Answers(shelf, one, {"a.html": "3"}).has("a.html")


def test_every_subject_is_answered(tmp_path: Path):
    assert set(SUBJECTS) == set(known(sources(tmp_path)).forbidden.subjects())
