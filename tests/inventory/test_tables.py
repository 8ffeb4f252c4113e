"""Rows out of text: whatever the encoding, the delimiter, the order of the columns and the state of the file."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.inventory import Inventory
from tests.inventory.exports import SECRET, feed, lines, one, read, table

HEADER = ("Name", "Id", "Company", "Plan", "Last", "Result")
ROWS = (
    ("NB-DC01", "1", "North Bay", "Daily", "2026-11-28 22:00", "Success"),
    ("Büro-PC", "2", "Größe & Söhne", 'Plan "A"', "2026-11-28 21:00", "Failed"),
    ("two\nlines", "3", "a;b,c|d", "", "", "Running"),
)
COLUMNS = "{name: Name, key: Id, client: Company, job: Plan, last_success: Last, status: Result}"


def generic(file: str, **more: str) -> str:
    return feed("generic-csv", file, **{"client": "", "columns": COLUMNS, "timezone": "UTC", **more})


def said(inventory: Inventory) -> list[tuple[object, ...]]:
    return [
        (item.name, item.key, item.client, item.job, item.last_success, item.status)
        for export in inventory.exports
        for item in export.items
    ]


def plain() -> list[tuple[object, ...]]:
    return said(read(generic("a.csv"), {"a.csv": table(HEADER, *ROWS)}))


def test_a_row_has_the_number_of_its_first_line():
    export = one("generic-csv", "a.csv", table(HEADER, *ROWS, ROWS[0]), client="", columns=COLUMNS, timezone="UTC")

    assert [(item.name, item.place.line) for item in export.items] == [("NB-DC01", 2), ("Büro-PC", 3), ("two lines", 4)]
    assert export.rows == 4  # the last one says what the first does
    assert export.file == "inventory/a.csv"


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
        lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8 with a mark", "utf-16", "utf-16 of the other order"],
)
def test_a_byte_order_mark_decides_whatever_the_feed_says(encode: Callable[[str], bytes]):
    files = {"a.csv": encode(table(HEADER, *ROWS))}

    assert said(read(generic("a.csv"), files)) == plain()


@pytest.mark.parametrize("encoding", ["utf-16", "windows-1252", "latin-1"])
def test_without_a_mark_the_feed_says_the_encoding(encoding: str):
    raw = table(HEADER, *ROWS).encode("utf-16-le" if encoding == "utf-16" else encoding)

    assert said(read(generic("a.csv", encoding=encoding), {"a.csv": raw})) == plain()


@pytest.mark.parametrize(("times", "more"), [(1, ""), (3, " (and in 2 more rows, from line 7 on)")])
def test_letters_of_another_encoding_are_told_once_and_the_other_rows_are_read(times: int, more: str):
    inventory = read(generic("a.csv"), {"a.csv": table(HEADER, *ROWS * times).encode("windows-1252")})

    assert lines(inventory) == [("INV014", 3, f"here stand letters that are not utf-8{more}")]
    assert "encoding" in inventory.troubles[0].help
    assert [row[0] for row in said(inventory)] == ["NB-DC01", "two lines"]
    assert not inventory.exports[0].whole


def test_letters_of_another_encoding_in_what_is_not_read_are_told_too():
    inventory = read(generic("a.csv"), {"a.csv": table((*HEADER, "Notes"), (*ROWS[0], "Büro")).encode("windows-1252")})

    assert lines(inventory) == [("INV014", 2, "here stand letters that are not utf-8")]
    assert [row[0] for row in said(inventory)] == ["NB-DC01"]


def test_utf_16_without_a_mark_is_not_guessed():
    inventory = read(generic("a.csv"), {"a.csv": table(HEADER, *ROWS).encode("utf-16-le")})

    assert lines(inventory) == [("INV014", 1, "this is not a text in utf-8")]
    assert "encoding: utf-16" in inventory.troubles[0].help


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_header_tells_the_delimiter(delimiter: str):
    assert said(read(generic("a.csv"), {"a.csv": table(HEADER, *ROWS, delimiter=delimiter)})) == plain()
    assert said(read(generic("a.csv"), {"a.csv": table(HEADER, *ROWS, delimiter=delimiter, quote=False)})) == plain()


def test_a_delimiter_that_the_feed_names_is_the_only_one():
    inventory = read(generic("a.csv", delimiter='";"'), {"a.csv": table(HEADER, *ROWS)})

    assert [trouble.code for trouble in inventory.troubles] == ["INV015"]
    assert said(read(generic("a.csv", delimiter="tab"), {"a.csv": table(HEADER, *ROWS, delimiter="\t")})) == plain()


@pytest.mark.parametrize(
    "above", ["#TYPE Selected.System.Object\r\n", "sep=,\r\n", "Report of 28 Nov\r\n\r\n", "\r\n", "a,b\r\n"]
)
def test_lines_may_stand_above_the_header(above: str):
    assert said(read(generic("a.csv"), {"a.csv": above + table(HEADER, *ROWS)})) == plain()


def test_a_name_of_a_column_may_differ_in_case_and_spaces():
    header = ("NAME", "id", " company ", "P l a n", "last", "Result")

    assert said(read(generic("a.csv"), {"a.csv": table(header, *ROWS)})) == plain()


def test_the_exact_name_goes_before_one_that_is_like_it():
    header = ("name", "Name", "_id", "Id")
    rows = [("wrong", "NB-DC01", "wrong", "7")]
    columns = "{name: Name, key: Id}"

    (item,) = one("generic-csv", "a.csv", table(header, *rows), columns=columns).items
    assert (item.name, item.key) == ("NB-DC01", "7")


def test_a_column_that_stands_there_twice_has_to_say_the_same():
    header = ("Name", "Id", "Name")
    rows = [("NB-DC01", "1", "NB-DC01"), ("NB-DC02", "2", ""), ("NB-DC03", "3", SECRET)]
    inventory = read(feed("generic-csv", "a.csv", columns="{name: Name, key: Id}"), {"a.csv": table(header, *rows)})

    assert [row[0] for row in said(inventory)] == ["NB-DC01", "NB-DC02"]
    assert lines(inventory) == [("INV014", 4, "Name stands in the header 2 times, and says two things in this row")]


def test_a_header_without_what_is_needed_is_told_once():
    inventory = read(generic("a.csv"), {"a.csv": table(("Name", "Plan", SECRET), ("NB-DC01", "Daily", SECRET))})

    (trouble,) = inventory.troubles
    assert trouble.code == "INV015"
    assert "Id" in trouble.message
    assert "Company" in trouble.message
    assert SECRET not in repr(inventory)
    assert not inventory.exports[0].whole


def test_a_file_without_a_header_is_not_what_the_feed_says():
    inventory = read(generic("a.csv"), {"a.csv": table(*ROWS)})

    assert [trouble.code for trouble in inventory.troubles] == ["INV015"]


@pytest.mark.parametrize("content", ["", "\r\n", "\ufeff"])
def test_an_empty_file_is_no_empty_export(content: str):
    for kind, name in (("generic-csv", "a.csv"), ("generic-json", "a.json")):
        inventory = read(feed(kind, name, columns="{name: name}"), {name: content})

        assert lines(inventory) == [("INV014", 1, "the file is empty")]


def test_an_export_of_nothing_is_whole_and_has_no_rows():
    for export in (
        one("generic-csv", "a.csv", table(HEADER), columns="{name: Name}"),
        one("generic-json", "a.json", "[]", columns="{name: name}"),
        one("generic-json", "a.json", '{"items": []}', columns="{name: name}"),
    ):
        assert (export.rows, export.items, export.whole) == (0, (), True)


def test_a_row_with_too_few_or_too_many_cells_is_told_and_the_others_are_read():
    text = table(HEADER, ROWS[0]) + "NB-DC09,9\r\n" + table(ROWS[1]) + f"NB-DC08,8,x,y,,,{SECRET}\r\n" + table(ROWS[2])
    inventory = read(generic("a.csv"), {"a.csv": text})

    assert lines(inventory) == [
        ("INV014", 3, "the row has 2 cells and the header 6"),
        ("INV014", 5, "the row has 7 cells and the header 6"),
    ]
    assert said(inventory) == plain()
    assert inventory.exports[0].rows == 5


def test_a_delimiter_at_the_end_of_each_line_is_no_mistake():
    text = "Name,Id\r\nNB-DC01,1,\r\nNB-DC02,2,,\r\n"

    assert len(one("generic-csv", "a.csv", text, columns="{name: Name, key: Id}").items) == 2


def test_a_quotation_mark_that_is_not_closed_loses_its_row_alone():
    text = 'Name,Id\r\nNB-DC01,1\r\n"NB-DC02,2\r\nNB-DC03,3\r\n"NB-DC04",4\r\nNB-DC05,5\r\n'
    inventory = read(feed("generic-csv", "a.csv", columns="{name: Name, key: Id}"), {"a.csv": text})

    assert [row[0] for row in said(inventory)] == ["NB-DC01", "NB-DC03", "NB-DC04", "NB-DC05"]
    assert [(line, code) for code, line, _ in lines(inventory)] == [(3, "INV014")]


def test_two_exports_one_behind_the_other_are_read_as_one():
    text = table(HEADER, *ROWS)

    assert said(read(generic("a.csv"), {"a.csv": text + text})) == plain()


def test_the_second_of_two_exports_may_have_its_columns_in_another_order():
    other = table((*reversed(HEADER), "Password"), *((*reversed(row), SECRET) for row in ROWS))
    inventory = read(generic("a.csv"), {"a.csv": table(HEADER, ROWS[0]) + other})

    assert said(inventory) == plain()
    assert inventory.troubles == ()
    assert SECRET not in repr(inventory)


def test_a_row_that_holds_the_name_of_a_column_is_a_row():
    text = table(("Name", "Id"), ("Name", "1"), ("Id", "2"))

    assert [item.name for item in one("generic-csv", "a.csv", text, columns="{name: Name, key: Id}").items] == [
        "Name", "Id",
    ]  # fmt: skip


def test_many_broken_rows_are_told_one_by_one_up_to_a_number_and_then_counted():
    text = "Name,Id\n" + "NB,1,x\n" * 1500
    inventory = read(feed("generic-csv", "a.csv", columns="{name: Name, key: Id}"), {"a.csv": text})

    assert len(inventory.troubles) == 1001
    assert "500 more such rows" in inventory.troubles[-1].message


def test_a_row_that_names_nothing_is_told():
    inventory = read(
        feed("generic-csv", "a.csv", columns="{name: Name, key: Id}"), {"a.csv": "Name,Id\n,\nNB-DC01,1\n"}
    )

    assert lines(inventory) == [("INV014", 2, "the row has no name and no id")]
    assert inventory.exports[0].rows == 2


# JSON

ENTRIES = [{"name": f"NB-{number}", "id": number, "password": SECRET, "deep": {"token": SECRET}} for number in range(3)]
KEYS = "{name: name, key: id}"


def json_read(text: str, **more: str) -> Inventory:
    return read(feed("generic-json", "a.json", columns=KEYS, **more), {"a.json": text})


def names(inventory: Inventory) -> list[tuple[str, int]]:
    return [(item.name, item.place.line) for export in inventory.exports for item in export.items]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (json.dumps(ENTRIES), [1, 1, 1]),
        (json.dumps(ENTRIES, indent=2), [2, 10, 18]),
        (json.dumps({"total": 3, "items": ENTRIES, "after": SECRET}, indent=2), [4, 12, 20]),
        (json.dumps({"data": {"results": ENTRIES}}, indent=2), [4, 12, 20]),
        ("\n".join(map(json.dumps, ENTRIES)), [1, 2, 3]),
        (json.dumps(ENTRIES[:2]) + "\n" + json.dumps(ENTRIES[2:]), [1, 1, 2]),
        (json.dumps([ENTRIES[:1], ENTRIES[1:]], indent=2), [3, 13, 21]),
    ],
)
def test_the_entries_are_found_with_their_lines(text: str, at: list[int]):
    for variant in (text, text.replace("\n", "\r\n"), "\ufeff" + text):
        inventory = json_read(variant)

        assert inventory.troubles == ()
        assert names(inventory) == [(f"NB-{number}", line) for number, line in enumerate(at)]
        assert SECRET not in repr(inventory)


def test_entries_of_one_line_are_told_apart_by_their_columns():
    inventory = json_read(
        '{"total":3,"items":[{"name":"A","id":1},{"name":"B","id":2},{"x":3},\n  {"name":"C"},{"x":4}]}'
    )

    places = [str(item.place) for export in inventory.exports for item in export.items]
    assert places == ["inventory/a.json:1:21", "inventory/a.json:1:41", "inventory/a.json:2:1"]
    assert [str(one.place) for one in inventory.troubles] == ["inventory/a.json:1:61", "inventory/a.json:2:16"]


def test_a_single_mapping_is_an_entry_as_powershell_writes_one():
    assert names(json_read(json.dumps(ENTRIES[0], indent=4))) == [("NB-0", 1)]


def test_a_way_to_the_list_can_be_said():
    text = json.dumps({"answer": {"devices": ENTRIES, "items": [{"name": "other", "id": 9}]}})

    assert [name for name, _ in names(json_read(text, entries="answer.devices"))] == ["NB-0", "NB-1", "NB-2"]


def test_keys_may_lie_in_each_other():
    text = json.dumps([{"device": {"host": {"name": "NB-DC01"}, "name": SECRET}, "id": 7}])
    columns = "{name: device.host.name, key: id}"

    (item,) = one("generic-json", "a.json", text, columns=columns).items
    assert (item.name, item.key) == ("NB-DC01", "7")
    assert SECRET not in repr(item)


def test_of_several_names_of_a_column_the_first_that_says_something_counts():
    runs = [{"SourceGUID": "s", "Status": 5000, "Username": "acme", "OrganizationID": one} for one in ("", None, "org")]
    text = json.dumps([*runs, {"SourceGUID": "s", "Status": 5000, "Username": "", "OrganizationID": None}])
    inventory = read(feed("comet-jobs-json", "a.json", client=""), {"a.json": text})

    assert lines(inventory) == []
    assert [item.client for item in inventory.exports[0].items] == ["acme", "org", ""]


def test_a_key_that_stands_there_twice_has_to_say_the_same():
    text = '[{"name": "NB-0", "id": 1, "name": "NB-9"},\n {"name": "NB-1", "name": "NB-1", "id": 2}]'
    inventory = json_read(text)

    assert lines(inventory) == [("INV014", 1, "a key of this entry stands there twice and says two things")]
    assert names(inventory) == [("NB-1", 2)]


def test_of_keys_that_look_alike_the_one_in_the_feed_is_read():
    assert json_read('[{"_id": "' + SECRET + '", "name": "NB-0", "id": 1, "NAME": "x"}]').exports[0].items[0].key == "1"


def test_a_cut_file_gives_the_entries_before_the_cut():
    text = json.dumps(ENTRIES, indent=2)
    inventory = json_read(text[: text.index('"id": 2')])

    assert names(inventory) == [("NB-0", 2), ("NB-1", 10)]
    assert [(code, line) for code, line, _ in lines(inventory)] == [("INV014", 20)]
    assert not inventory.exports[0].whole


def test_a_broken_entry_loses_itself_alone():
    text = json.dumps(ENTRIES, indent=2).replace('"id": 1,', '"id": ,')
    inventory = json_read(text)

    assert [name for name, _ in names(inventory)] == ["NB-0", "NB-2"]
    assert lines(inventory) == [("INV014", 10, "this entry is not JSON")]


def test_entries_that_lack_what_is_needed_are_told():
    some = json_read(json.dumps([*ENTRIES, {"other": 1}]))
    none = read(feed("restic-snapshots-json", "a.json"), {"a.json": json.dumps(ENTRIES)})

    assert [code for code, *_ in lines(some)] == ["INV014"]
    assert [code for code, *_ in lines(none)] == ["INV015"]


@pytest.mark.parametrize("ending", ["json", "yaml"])
def test_of_an_entry_exactly_what_it_lacks_is_told(ending: str):
    whole = {"id": 1, "name": "NB-0", "client_id": 26}
    some = [whole, {"id": 2, "client_id": 26}, {"name": "NB-2"}]
    none = [{"id": 1, "client_id": 26}, {"id": 2}]
    found = [read(feed("axcient-devices", f"a.{ending}", client=""), {f"a.{ending}": json.dumps(one, indent=1)})
             for one in (some, none)]  # fmt: skip

    client = "client_id or client.id_ or client_name or client.name"
    assert lines(found[0]) == [
        ("INV014", 7, "the entry has no name"),
        ("INV014", 11, f"the entry has no id_, and no {client}"),
    ]
    assert lines(found[1]) == [("INV015", 1, "every entry has no name")]
    assert all(trouble.help for one in found for trouble in one.troubles)


@pytest.mark.parametrize(
    "text",
    ["{", "[", "nonsense", "[1, 2]", '"text"', "[[[[[[[[[[[]]]]]]]]]]]", "[" * 100_000,
     '[{"name": ' + "9" * 5000 + "}]", '{"a": 1', '[{"name": "x", "id": 1},]', "{]", "[{}}", "\x00",
     '[{"name": NaN}]', "<html></html>"],
)  # fmt: skip
def test_no_json_is_told_and_never_a_crash(text: str):
    json_read(text)


# laws


def ordered(cells: Sequence[str], order: Sequence[int]) -> list[str]:
    return [cells[index] for index in order]


@st.composite
def layouts(draw: st.DrawFn) -> bytes:
    """The same table in another shape: order, further columns, delimiter, line ends, quotes, encoding, lines above."""
    extra = draw(st.lists(st.sampled_from(["Password", "Token", "Notes", "Size", ""]), max_size=4))
    header = [*HEADER, *extra]
    rows = [[*row, *([SECRET] * len(extra))] for row in ROWS]
    order = draw(st.permutations(range(len(header))))
    header, rows = ordered(header, order), [ordered(row, order) for row in rows]
    text = table(
        header,
        *rows,
        delimiter=draw(st.sampled_from([",", ";", "\t", "|"])),
        end=draw(st.sampled_from(["\r\n", "\n"])),
        quote=draw(st.booleans()),
    )
    text = draw(st.sampled_from(["", "#TYPE X\r\n", "\n"])) + text
    encode = draw(st.sampled_from([utf8, utf8_with_mark, utf16]))
    return encode(text)


def utf8(text: str) -> bytes:
    return text.encode()


def utf8_with_mark(text: str) -> bytes:
    return codecs.BOM_UTF8 + text.encode()


def utf16(text: str) -> bytes:
    return codecs.BOM_UTF16_LE + text.encode("utf-16-le")


@given(layouts())
@settings(deadline=None)
def test_whatever_the_shape_the_rows_are_the_same(raw: bytes):
    inventory = read(generic("a.csv"), {"a.csv": raw})

    assert inventory.troubles == ()
    assert said(inventory) == plain()
    assert SECRET not in repr(inventory)


SIGNS = [b'"', b"\n", b",", b";", b"\r", b"\x00", b"\xff", b"{", b"]"]


@st.composite
def mangled(draw: st.DrawFn, whole: bytes) -> bytes:
    """A file that something went wrong with: cut, doubled in parts, with other bytes in it."""
    raw = whole
    for _ in range(draw(st.integers(1, 3))):
        first, second = sorted(draw(st.tuples(st.integers(0, len(raw)), st.integers(0, len(raw)))))
        change = draw(st.integers(0, 4))
        if change == 0:
            raw = raw[:first]
        elif change == 1:
            raw = raw[:second] + raw[first:]
        elif change == 2:
            raw = raw[:first] + draw(st.binary(max_size=6)) + raw[first:]
        elif change == 3:
            raw = raw[:first] + raw[second:]
        else:
            raw = (
                raw[:first]
                + draw(st.sampled_from([b'"', b"\n", b",", b";", b"\r", b"\x00", b"\xff", b"{", b"]"]))
                + raw[second:]
            )
    return raw


@given(st.data())
@settings(deadline=None)
def test_a_mangled_table_never_ends_in_an_exception(data: st.DataObject):
    raw = data.draw(mangled(table([*HEADER, "Password"], *([*row, SECRET] for row in ROWS)).encode()))

    read(generic("a.csv"), {"a.csv": raw})


@given(st.data())
@settings(deadline=None)
def test_mangled_json_never_ends_in_an_exception(data: st.DataObject):
    raw = data.draw(mangled(json.dumps({"items": ENTRIES}, indent=1).encode()))

    read(feed("generic-json", "a.json", columns=KEYS), {"a.json": raw})


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_are_read_or_told(raw: bytes):
    for kind, name in (("generic-csv", "a.csv"), ("generic-json", "a.json"), ("axcient-devices", "a.yaml")):
        columns = "{name: name}" if kind.startswith("generic") else ""
        inventory = read(feed(kind, name, columns=columns), {name: raw})

        assert inventory.troubles or inventory.exports[0].whole
