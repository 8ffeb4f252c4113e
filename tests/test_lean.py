"""A lean page is the same page: the same elements, attributes and words."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks import escape
from runbooks.lean import lean


class Read(HTMLParser):
    """What a browser would see of a page: elements with their attributes, and words with single spaces."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[tuple[str, object]] = []
        self.kept = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.kept += tag in ("pre", "textarea", "script", "style")
        self.seen.append((tag, [(name, " ".join((value or "").split())) for name, value in attrs]))

    def handle_endtag(self, tag: str) -> None:
        self.kept -= tag in ("pre", "textarea", "script", "style")
        self.seen.append((tag, "end"))

    def handle_data(self, data: str) -> None:
        words = data if self.kept else " ".join(data.split())
        if words:
            self.seen.append(("", words))


@pytest.mark.parametrize(
    ("html", "made"),
    [
        ("<div>\n\n      <p>\n  x\n</p></div>", "<div>\n<p>\nx\n</p></div>"),
        ("a&#58;b &#60;i&#62; &#38;#58; &#61;", "a:b &#60;i&#62; &#38;#58; &#61;"),
        ("<pre>\n\n  &#58;  x\n</pre>\n\n  y", "<pre>\n\n  &#58;  x\n</pre>\ny"),
        ("<script>\n  if (a &#58; b)\n</script>  \n  z", "<script>\n  if (a &#58; b)\n</script>\nz"),
        ("<textarea>\n  a\n</textarea><style>\n  b\n</style>", "<textarea>\n  a\n</textarea><style>\n  b\n</style>"),
        ("&#32;&#9;&#160;&#8203;", "&#32;&#9;&#160;&#8203;"),
        ('<pre>a<span class="w">  \n</span>b<span class="w"></span></pre>', "<pre>a  \nb</pre>"),
        ('<script>"<span class=\\"w\\"> </span>"</script>',) * 2,
        ("no change", "no change"),
        ("", ""),
    ],
)
def test_only_what_nobody_sees_is_taken_out(html: str, made: str):
    assert lean(html) == made


PARTS = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<pre>\n\n  &#58;</pre>",
        '<b title="a&#58;\n b">',
        "</b>",
        "\n",
        "  ",
        "&#58;",
        "&#60;",
        "&amp;",
        "x",
    ]
)


@given(st.lists(st.one_of(PARTS, st.text(max_size=8).map(escape.text)), max_size=25).map("".join))
def test_a_browser_sees_the_same(html: str):
    assert Read(lean(html)).seen == Read(html).seen


@given(st.lists(PARTS, max_size=25).map("".join))
def test_a_lean_page_cannot_be_leaner(html: str):
    assert lean(lean(html)) == lean(html)
