"""Records on disk: files, folders of parts, groups in folders; a broken one never hides another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from runbooks.fleet import PolicyUnreadable, read_policy, read_records
from tests.sample import POLICY, fleet, planted, policy, read

NAMED = "client: Somebody\n"


def slugs(root: Path) -> list[str]:
    return [record.slug for record in read_records(root)]


def problems(root: Path) -> dict[str, list[str]]:
    return {record.slug: sorted({one.code for one in record.problems}) for record in read_records(root)}


def test_a_record_is_a_file_a_file_of_a_group_or_a_folder_of_parts(site: Callable[[str], Path]):
    root = site("""
        clients/florist.yml:
            client: Three Stems
        clients/dental/north-bay.yml:
            client: North Bay
        clients/dental/newford/harris.yaml:
            client: Harris
        clients/hotel/client.yml:
            client: Harbour View
        clients/hotel/agreements.yml:
            agreements: [{id: A, type: full}]
        clients/hotel/setups.yml:
            setups: [{id: main, product: tape}]
        """)
    records = read_records(root)
    assert [record.slug for record in records] == ["florist", "harris", "hotel", "north-bay"]
    hotel = records[2]
    assert (len(hotel.client.agreements), len(hotel.client.setups)) == (1, 1)
    assert hotel.file == "clients/hotel/client.yml"
    assert hotel.document.place(("agreements", 0, "id")).file == "clients/hotel/agreements.yml"
    assert all(record.problems == () for record in records)


def test_a_folder_of_parts_may_name_the_client_in_any_of_them(site: Callable[[str], Path]):
    root = site("""
        clients/hotel/a.yml:
            agreements: []
        clients/hotel/main.yml:
            client: Harbour View
        """)
    (hotel,) = read_records(root)
    assert (hotel.slug, hotel.client.client, hotel.file) == ("hotel", "Harbour View", "clients/hotel/main.yml")


def test_a_folder_with_one_file_is_a_group_unless_that_file_is_called_client(site: Callable[[str], Path]):
    root = site("""
        clients/dental/north-bay.yml:
            client: North Bay
        clients/hotel/client.yml:
            client: Harbour View
        """)
    assert slugs(root) == ["hotel", "north-bay"]


def test_a_folder_of_parts_may_hold_a_group_below_it(site: Callable[[str], Path]):
    root = site("""
        clients/chain/client.yml:
            client: The Chain
        clients/chain/agreements.yml:
            agreements: []
        clients/chain/branches/one.yml:
            client: Branch One
        """)
    assert slugs(root) == ["chain", "one"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00c",
        b"client: 'never closed\n",
        b"client: [\n",
        b"- a list\n",
        b"client: A\nclient: B\n",
        b"clinet: Misspelt\n",
        b"\x00" * 50,
        b"---\n---\n",
        b"client: A\n\tx: 1\n",
        b"caf\xe9: 1\n",
        b"client: !!python/object:os.system x\n",
        b"a: &a [*a, *a]\n",
        b"[" * 5000,
        b"client: A\n" + b"x: 1\n" * 5000,
    ],
)
def test_a_broken_file_never_hides_the_others(tmp_path: Path, raw: bytes):
    files: dict[str, str | bytes] = {
        "clients/a.yml": NAMED,
        "clients/broken.yml": raw,
        "clients/dental/b.yml": NAMED,
        "clients/dental/c.yml": NAMED,
    }
    found = problems(planted(tmp_path, files))
    assert list(found) == ["a", "b", "broken", "c"]
    assert found["broken"]
    assert found["a"] == found["b"] == found["c"] == []


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbfclient: North Bay\n",
        b'"client": North Bay\n',
        b"'client': North Bay\n",
        b"client : North Bay\n",
        "client: North Bay\n".encode("utf-16"),
        "client: North Bay\n".encode("utf-16-le"),
        b"owner: us\r\nclient: North Bay\r\n",
    ],
)
def test_two_records_of_a_group_are_two_however_their_files_were_saved(tmp_path: Path, raw: bytes):
    assert slugs(planted(tmp_path, {"clients/dental/harris.yml": NAMED, "clients/dental/north-bay.yml": raw})) == [
        "harris",
        "north-bay",
    ]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("North Bay", "north-bay"),
        ("north_bay", "north-bay"),
        ("NORTH", "north"),
        ("north--bay", "north-bay"),
        ("-north-", "north"),
        ("nörth", "north"),
        ("Zoë & Søn", "zoe-and-son"),
        ("North 北", "north"),
        ("北", "unnamed"),
        ("north.bay", "north-bay"),
    ],
)
def test_an_odd_name_is_a_finding_and_the_record_is_read_all_the_same(tmp_path: Path, name: str, slug: str):
    (record,) = read_records(planted(tmp_path, {f"clients/{name}.yml": NAMED}))
    (problem,) = record.problems
    assert (record.slug, problem.code) == (slug, "REC006")
    assert f"{slug}.yml" in problem.help
    assert record.client.client == "Somebody"


def test_an_odd_name_of_a_folder_of_parts_is_a_finding(tmp_path: Path):
    files = {"clients/The Hotel/client.yml": NAMED, "clients/The Hotel/agreements.yml": "agreements: []\n"}
    assert problems(planted(tmp_path, files)) == {"the-hotel": ["REC006"]}


def test_other_files_are_no_records(tmp_path: Path):
    names = ["README.md", ".#lock.yml", "._mac.yml", "~lock.yml", "north.yml~", "north.yml.bak", ".git/config.yml"]
    assert slugs(planted(tmp_path, {f"clients/{name}": NAMED for name in names})) == []


def test_both_endings_are_records_in_either_case(tmp_path: Path):
    assert slugs(planted(tmp_path, {f"clients/{name}": NAMED for name in ("a.yml", "b.yaml", "c.YML")})) == [
        "a",
        "b",
        "c",
    ]


@pytest.mark.parametrize(
    "names",
    [
        ("a.yml", "a.yaml"),
        ("dental/a.yml", "legal/a.yml"),
        ("a.yml", "a/client.yml"),
        ("x a.yml", "x-a.yml"),
        ("a.yml", "b/a.yml", "c/a.yml"),
    ],
)
def test_of_records_with_one_short_name_none_is_trusted(tmp_path: Path, names: tuple[str, ...]):
    files = {f"clients/{name}": f"client: Client {number}\n" for number, name in enumerate(names)}
    files["clients/other.yml"] = NAMED
    *same, other = sorted(read_records(planted(tmp_path, files)), key=lambda record: record.slug == "other")
    assert (other.slug, other.problems) == ("other", ())
    assert {record.client.client for record in same} == {f"Client {number}" for number in range(len(names))}
    assert len({record.slug for record in same}) == len(names)
    for record in same:
        assert record.client.unreadable
        (twice,) = (one for one in record.problems if one.code == "REC007")
        assert all(f"clients/{name}" in twice.message for name in names)


def test_a_record_s_name_that_another_one_needs_is_not_taken_from_it(tmp_path: Path):
    files = {"clients/a.yml": NAMED, "clients/a.yaml": NAMED, "clients/a-2.yml": "client: Second\n"}
    found = {record.slug: record for record in read_records(planted(tmp_path, files))}
    assert set(found) == {"a", "a-2", "a-3"}
    assert found["a-2"].problems == ()


@pytest.mark.parametrize("name", [".agreements.yml", "victim.yml.txt", "victim.YAML.TXT"])
def test_what_looks_like_a_record_is_never_passed_over(tmp_path: Path, name: str):
    (record,) = read_records(planted(tmp_path, {f"clients/{name}": NAMED}))
    assert [one.code for one in record.problems] == ["REC011"]
    assert record.client.unreadable


def test_a_link_that_leads_nowhere_is_a_record_that_cannot_be_read(tmp_path: Path):
    root = planted(tmp_path, {"clients/good.yml": NAMED})
    (root / "clients" / "lost.yml").symlink_to("../gone.yml")
    found = {record.slug: [one.code for one in record.problems] for record in read_records(root)}
    assert found == {"good": [], "lost": ["REC011"]}


def test_a_part_that_cannot_be_read_leaves_the_whole_record_in_doubt(tmp_path: Path):
    root = planted(tmp_path, {"clients/hotel/client.yml": NAMED})
    (root / "clients" / "hotel" / "agreements.yml").symlink_to("gone.yml")
    (hotel,) = read_records(root)
    assert hotel.slug == "hotel"
    assert hotel.client.unreadable


def test_a_folder_that_holds_itself_is_read_once(tmp_path: Path):
    root = planted(tmp_path, {"clients/good.yml": NAMED})
    (root / "clients" / "self").symlink_to(".", target_is_directory=True)
    assert slugs(root) == ["good"]


def test_a_key_in_two_parts_leaves_it_in_doubt(site: Callable[[str], Path]):
    root = site("""
        clients/hotel/agreements.yml:
            agreements: [{id: A, type: full}]
        clients/hotel/client.yml:
            client: Hotel
            agreements: [{id: B, type: full}]
        """)
    (hotel,) = read_records(root)
    assert [one.code for one in hotel.problems] == ["YML026"]
    assert hotel.client.doubtful_at("agreements")
    assert not hotel.client.doubtful_at("client")


def test_no_records_are_no_mistake_of_the_reader(tmp_path: Path):
    assert read_records(tmp_path) == ()
    (tmp_path / "clients").mkdir()
    assert read_records(tmp_path) == ()
    (tmp_path / "clients" / "empty").mkdir()
    assert read_records(tmp_path) == ()


def test_a_file_in_the_place_of_the_folder_is_no_record(tmp_path: Path):
    assert read_records(planted(tmp_path, {"clients": NAMED})) == ()


def test_records_come_in_the_order_of_their_names_whatever_the_folders(tmp_path: Path):
    names = ["z/a.yml", "b.yml", "a/z.yml", "a/c.yml", "m.yml"]
    assert slugs(planted(tmp_path, {f"clients/{name}": NAMED for name in names})) == ["a", "b", "c", "m", "z"]


def test_files_are_named_from_the_site_with_forward_slashes(tmp_path: Path):
    (record,) = read_records(planted(tmp_path, {"clients/dental/newford/a.yml": "ownr: x\n"}))
    assert record.document.files == ("clients/dental/newford/a.yml",)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ["YML016"]),
        ("provider: [\n", ["YML004"]),
        ("- a\n", ["POL002"]),
        (POLICY + "mailbox: []\n", ["POL001"]),
        (POLICY + "as_of: 2026-13-01\n", ["YML007"]),
        (POLICY + "provider: Twice\n", ["YML005"]),
        (POLICY + "rules: {AGR001: off}\n", ["YML006"]),
    ],
)
def test_a_policy_with_any_mistake_is_unreadable_and_says_why(tmp_path: Path, text: str, codes: list[str]):
    with pytest.raises(PolicyUnreadable) as caught:
        read_policy(planted(tmp_path, {"policy.yml": text}))
    assert [problem.code for problem in caught.value.problems][: len(codes)] == codes


def test_hand_written_pages_are_read_with_their_front_matter():
    pages: dict[str, str | bytes] = {
        "docs/plain.md": "# Plain\n",
        "docs/deep/er/page.md": "\ufeff---\ntitle: Deep\nclient: somebody\n---\n# Deep\n\nText.\n",
        "docs/windows.md": "---\r\ntitle: W\r\n---\r\nText\r\n",
        "docs/dots.md": "---\ntitle: Dots\n...\nText\n",
        "docs/list.md": "---\n- a\n---\nText\n",
        "docs/rule.md": "Text\n\n---\nkind: monitoring\n---\n",
        "docs/latin.md": b"caf\xe9\n",
        "docs/image.png": b"\x89PNG",
    }
    written = {page.file: page for page in fleet(pages).written}
    assert set(written) == set(pages) - {"docs/image.png"}
    deep = written["docs/deep/er/page.md"]
    assert (deep.meta_text("client"), deep.text, deep.first_line) == ("somebody", "# Deep\n\nText.\n", 5)
    assert deep.document.place(("client",)).line == 3
    assert (written["docs/windows.md"].meta_text("title"), written["docs/windows.md"].text) == ("W", "Text\n")
    assert (written["docs/dots.md"].meta_text("title"), written["docs/dots.md"].first_line) == ("Dots", 4)
    assert written["docs/list.md"].meta == {}
    assert (written["docs/rule.md"].meta, written["docs/rule.md"].first_line) == ({}, 1)
    assert written["docs/latin.md"].text == "caf\ufffd\n"


def test_a_site_needs_no_folders_beside_its_policy(tmp_path: Path):
    found = read(planted(tmp_path, {"policy.yml": POLICY}))
    assert (found.records, found.written, dict(found.catalogue.products)) == ((), (), {})
    assert found.by_slug == {}
    assert policy().provider == "Example IT"
