"""Prose of records: clean HTML that stays what it is wherever it is embedded."""

from __future__ import annotations

from html.parser import HTMLParser

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks import prose

EXTENSIONS = [
    *("abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables", "toc"),
    *("pymdownx.details", "pymdownx.highlight", "pymdownx.inlinehilite", "pymdownx.superfences"),
    *("pymdownx.tabbed", "pymdownx.tasklist"),
]

PLACES = {
    "a paragraph": "Before.\n\nText @ text.\n\nAfter.\n",
    "a block": "Before.\n\n@\n\nAfter.\n",
    "a list item": "- one\n- @\n- two\n",
    "a paragraph in a list item": "1. one\n\n    @\n\n2. two\n",
    "a table cell": "| A | B |\n|---|---|\n| @ | x |\n",
    "a list of HTML": "<ol>\n<li>@</li>\n<li>x</li>\n</ol>\n",
    "a box": '!!! note "Title"\n\n    @\n\n    After\n',
    "a folded box": "??? note\n    @\n",
    "a tab": '=== "One"\n\n    @\n',
    "a quotation": "> @\n",
    "a definition": "Term\n:   @\n",
    "a footnote": "Text[^1]\n\n[^1]: @\n",
    "an HTML block with Markdown": '<div markdown="1">\n\n@\n\n</div>\n',
}

SAMPLES = [
    "",
    "plain",
    "*a* **b** `c` [d](https://x.example/e_f?g=1&h=2)",
    "one\ntwo\n\nthree",
    "- a\n- b\n    - c\n\n1. d\n2. e",
    "```powershell\nGet-X | Where { $_.Name -eq 'a' }\n\n    <b>\n```",
    "    indented *code*\n    <b>",
    "| a | b |\n|---|---|\n| c*d* | `e|f` |",
    "> quoted\n> *text*",
    "# Heading *x*\n\n## Second",
    "ssh <host> and <b>bold</b> <script>alert(1)</script>",
    "<div onclick=x>\n\n*a*\n\n</div>",
    "[a](javascript:alert(1)) [b](data:x) ![c](https://x.example/y.png)",
    "<https://x.example> <a@x.example>",
    "[r]\n\n[r]: javascript:x 'title'",
    "a  \nb",
    "&lt;b&gt; &amp;lt; & &copy;",
    "a | b || c",
    "[^1] *[x]: y\n\n[^1]: z",
    '!!! note\n    x\n\n=== "a"\n    b',
    "{: .x onclick=y } text\n{: #z }",
    "\u202ehidden\u200b\x00",
    "---\n\n***",
    "{{ 7*7 }} {% raw %}",
    "a\\*b\\_c \\`d\\`",
]


class Page(HTMLParser):
    """A page as elements with their attributes and the text between them, white space squeezed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[object] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append((tag, *attrs))

    def handle_endtag(self, tag: str) -> None:
        self.parts.append("/" + tag)

    def handle_comment(self, data: str) -> None:
        self.parts.append(("comment", data))

    def handle_data(self, data: str) -> None:
        if words := " ".join(data.split()):
            self.parts.append(words)


def assert_kept(clean: str, place: str) -> None:
    """The page with the prose is the page with a stand-in, the stand-in replaced, and nothing else."""
    around = Page(markdown.markdown(PLACES[place].replace("@", "<i>@</i>"), extensions=EXTENSIONS)).parts
    inside = Page(clean).parts
    found = Page(markdown.markdown(PLACES[place].replace("@", "<i>" + clean + "</i>"), extensions=EXTENSIONS)).parts
    at = around.index("@")
    assert found == around[:at] + inside + around[at + 1 :]


def assert_clean(clean: str) -> None:
    assert "\n" not in clean
    for part in Page(clean).parts:
        if isinstance(part, tuple):
            tag, *attributes = part
            assert tag in {
                *("p", "ul", "ol", "li", "pre", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "hr"),
                *("a", "strong", "em", "code", "br"),
            }
            assert [name for name, _ in attributes] in ([], ["href", "rel"])
            if attributes:
                assert (
                    attributes[0][1].lower().startswith(("http://", "https://", "mailto:", "tel:"))
                    or ":" not in attributes[0][1]
                )


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", SAMPLES)
def test_embedding_changes_nothing_and_adds_no_element(text: str, place: str) -> None:
    for clean in (str(prose.html(text)), str(prose.inline(text))):
        assert_clean(clean)
        assert_kept(clean, place)


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("*_`~|<>&{}[]()#+-=.!:;@$%^\\/\"', \n\nxy1"), max_size=60),
    st.sampled_from(sorted(PLACES)),
)
def test_any_prose_stays_what_it_is(text: str, place: str) -> None:
    for clean in (str(prose.html(text)), str(prose.inline(text))):
        assert_clean(clean)
        assert_kept(clean, place)


def test_a_block_of_its_own_is_not_wrapped_again() -> None:
    clean = str(prose.html("one\n\n- two\n- *three*"))
    page = markdown.markdown(f"Before\n\n{clean}\n\nAfter", extensions=EXTENSIONS)
    assert page.replace("\n", "") == f"<p>Before</p>{clean}<p>After</p>"


@pytest.mark.parametrize(
    ("text", "html", "inline"),
    [
        ("Ring *first*.", "<p>Ring <em>first</em>&#46;</p>", "Ring <em>first</em>&#46;"),
        ("a\nb\n\nc", "<p>a b</p><p>c</p>", "a b<br>c"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>", "a<br>b"),
        ("# A", "<p><strong>A</strong></p>", "<strong>A</strong>"),
        ("```\na\n  b\n```", "<pre><code>a&#10;&#32;&#32;b</code></pre>", "<code>a<br>&#32;&#32;b</code>"),
        ("| a | b |\n|---|---|\n| c | d |", None, "a b<br>c d"),
        ("ssh <host>", "<p>ssh &#60;host&#62;</p>", "ssh &#60;host&#62;"),
        ("a `b` c", "<p>a <code>b</code> c</p>", "a <code>b</code> c"),
        ("*a* **b**", "<p><em>a</em> <strong>b</strong></p>", "<em>a</em> <strong>b</strong>"),
        ("![a](b.png)", "<p>&#33;&#91;a&#93;&#40;b.png&#41;</p>", "&#33;&#91;a&#93;&#40;b.png&#41;"),
        ("[a](javascript:b)", "<p><a>a</a></p>", "<a>a</a>"),
        ("[a](b_c.md)", '<p><a href="b%5Fc.md" rel="noopener">a</a></p>', '<a href="b%5Fc.md" rel="noopener">a</a>'),
    ],
)
def test_what_becomes_of_markdown(text: str, html: str | None, inline: str) -> None:
    if html is not None:
        assert str(prose.html(text)) == html
    assert str(prose.inline(text)) == inline


def test_an_anchor_is_plain_text_and_a_target_that_is_allowed() -> None:
    assert (
        str(prose.anchor("*a*", "https://x.example/")) == '<a href="https://x.example/" rel="noopener">&#42;a&#42;</a>'
    )
    assert str(prose.anchor("<b>", "javascript:x")) == "&#60;b&#62;"


def test_prose_is_empty_or_not() -> None:
    assert not prose.html("")
    assert prose.inline("x")
