"""Plots: every number is drawn, said and linked, and nothing of a label becomes markup."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from runbooks.pages.plots import AHEAD, Bar, Piece, bars, by_month, columns, figure, shown

DAY = date(2026, 11, 22)
LINK = shown("fleet/coverage.md", "keys:no")

counts = st.integers(0, 10_000)
rows = st.lists(
    st.builds(Bar, st.text(max_size=30), st.tuples(st.builds(Piece, counts, st.just("due"), st.just(LINK))))
)
days = st.lists(st.dates(date(2026, 11, 1), date(2035, 12, 31)), max_size=60)


class Drawn(HTMLParser):
    """A drawing as a browser reads it."""

    def __init__(self, svg: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(svg)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def bar(count: int, label: str = "Keys", tone: str = "bad") -> Bar:
    return Bar(label, (Piece(count, "without", LINK, tone),))  # type: ignore[arg-type]


def test_a_drawing_has_a_title_that_its_group_is_named_by():
    for draw in (bars, columns):
        drawn = Drawn(str(draw("gaps", "What lacks", [bar(3)])))
        (svg,), (first, *_) = drawn.all("svg"), drawn.all("title")

        assert (svg["role"], svg["aria-labelledby"]) == ("group", first["id"])
        assert drawn.words[0] == "What lacks"


def test_every_piece_that_counts_something_is_a_link_that_says_what_it_is():
    row = Bar("Keys", (Piece(1, "without", LINK, "bad"), Piece(0, "in part", LINK), Piece(7, "unread", LINK)))
    links = Drawn(str(bars("gaps", "What lacks", [row]))).all("a")

    assert [link["aria-label"] for link in links] == ["Keys: 1 without", "Keys: 7 unread"]
    assert {link["href"] for link in links} == {"page:fleet/coverage.md?show=keys%3Ano"}


def test_a_bar_is_as_long_as_its_share_of_the_whole():
    drawn = Drawn(str(bars("gaps", "What lacks", [bar(3), bar(1)], of=12)))

    assert [one["width"] for one in drawn.all("rect") if one["class"] == "rb-plot-bad"] == ["25%", "8.33%"]


def test_a_bar_of_nothing_says_so_and_leads_nowhere():
    drawn = Drawn(str(bars("gaps", "What lacks", [bar(0)])))

    assert drawn.all("a") == []
    assert "none" in drawn.words


def test_a_column_says_its_number_above_itself():
    drawn = Drawn(str(columns("tests", "Due", [bar(4, "Dec"), bar(0, "Jan")])))

    assert drawn.words.count("4") == 1
    assert "0" not in drawn.words


def test_there_is_no_style_and_no_script_in_a_drawing():
    for draw in (bars, columns):
        for _, attributes in Drawn(str(draw("gaps", "What lacks", [bar(3)]))).elements:
            assert not [name for name in attributes if name == "style" or name.startswith("on")]


@given(rows, st.text(max_size=40))
def test_no_label_and_no_title_becomes_markup(found: list[Bar], title: str):
    for draw in (bars, columns):
        drawn = Drawn(str(draw("gaps", title, found)))

        assert {tag for tag, _ in drawn.elements} <= {"svg", "title", "text", "rect", "line", "a"}
        assert "\n" not in str(draw("gaps", title, found))


@given(rows)
def test_no_bar_is_longer_than_the_page(found: list[Bar]):
    for draw in (bars, columns):
        for one in Drawn(str(draw("gaps", "What lacks", found))).all("rect"):
            share = [float(one[name].removesuffix("%")) for name in ("x", "width") if one[name].endswith("%")]
            assert sum(share) <= 100.1


@given(days)
def test_each_day_is_in_one_column_of_the_months(found: list[date]):
    months = by_month(DAY, found, "due", lambda month: shown("fleet/reviews.md", *([f"due:{month}"] if month else [])))

    assert sum(row.count for row in months) == len(found)
    assert [row.label for row in months[:3]] == ["Nov", "Dec", "Jan"]
    assert len(months) == AHEAD + any(day >= date(2027, 11, 1) for day in found)


def test_a_month_leads_to_its_lines_and_what_comes_later_to_all():
    found = [date(2026, 12, 24), date(2029, 1, 1)]
    months = by_month(DAY, found, "due", lambda month: shown("fleet/reviews.md", *([f"due:{month}"] if month else [])))

    assert months[1].pieces[0].link == "fleet/reviews.md?show=due%3A2026-12"
    assert (months[-1].label, months[-1].pieces[0].link) == ("later", "fleet/reviews.md")


def test_a_month_is_said_with_its_year():
    months = by_month(DAY, [date(2026, 12, 24)], "due", lambda month: shown("fleet/reviews.md", month))
    (link,) = Drawn(str(columns("reviews", "Due", months))).all("a")

    assert link["aria-label"] == "Dec 2026: 1 due"
    assert figure("fleet/index.md", ("Month", "Reviews"), months, columns("reviews", "Due", months))["lines"][2][
        "label"
    ] == ("Jan 2027")


def test_a_long_label_is_cut_in_the_drawing_and_said_in_full():
    name = "Somebody with a name that goes on and on for ever"
    drawn = Drawn(str(bars("unpaid", "Unpaid", [bar(3, name)])))

    assert drawn.all("a")[0]["aria-label"] == f"{name}: 3 without"
    assert "Somebody with a name that goe…" in drawn.words


def test_what_is_late_stands_before_the_months():
    late = Piece(2, "overdue", LINK, "bad")

    assert by_month(DAY, [], "due", lambda month: month, late)[0] == Bar("late", (late,))


def test_the_year_stands_below_the_first_month_and_each_january():
    months = by_month(DAY, [], "due", lambda month: month)

    assert [(row.label, row.more) for row in months if row.more] == [("Nov", "2026"), ("Jan", "2027")]


def test_the_table_beside_a_plot_has_the_same_numbers_and_links():
    found = [bar(1234), bar(0, "Steps")]
    view = figure("fleet/index.md", ("Section", "Clients"), found, bars("gaps", "What lacks", found))

    assert view["lines"] == [
        {"label": "Keys", "parts": [{"count": "1,234", "words": "without", "link": "coverage.md?show=keys%3Ano"}]},
        {"label": "Steps", "parts": []},
    ]
    assert re.search(r"1&#44;234|1,234", str(view["svg"]))
