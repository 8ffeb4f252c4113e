"""Hostile values in every place of a template, rendered by the Markdown the site is built with."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks import escape, prose, templates

EXTENSIONS = [
    *("abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables", "toc"),
    *("pymdownx.details", "pymdownx.highlight", "pymdownx.inlinehilite", "pymdownx.superfences"),
    *("pymdownx.tabbed", "pymdownx.tasklist"),
]
CONFIGS = {"toc": {"permalink": True}, "pymdownx.tabbed": {"alternate_style": True}}

SAMPLE = """\
# Title {{ v }}

{{ v }}

Text {{ v }} in the *middle {{ v }}* and **{{ v }}**, with a note.[^1]

{{ v }} at the start and the end {{ v }}
{{ v }}
{{ v }}

## {{ v }} {: #at-{{ v }} }

* {{ v }}
* one

    {{ v }}

    1. {{ v }}

- [ ] {{ v }}
- {{ v }}: {% if v %}{{ v }}{% endif %}

| {{ v }} | B |
|---|---|
| {{ v }} | `{{ v }}` |
{% for each in [v, v] %}
| {{ each }} | {{ loop.index }} |
{% endfor %}

> {{ v }}

Term {{ v }}
:   {{ v }}

[^1]: The note {{ v }}

*[API]: What {{ v }} means

The API of [{{ v }}](https://x.example/{{ v }}/y "title {{ v }}"), [link]({{ v }}), [ref][r], [here](#at-{{ v }}),
<https://x.example/{{ v }}> and ![{{ v }}](a.png).

[r]: {{ v }} "title {{ v }}"

Inline `code {{ v }} *x* <b>` and ``two ` {{ v }}``.

!!! note "Box {{ v }}"

    {{ v }}

??? warning "Details {{ v }}"

    {{ v }}

=== "Tab {{ v }}"

    {{ v }}

<div class="a {{ v }}" title="{{ v }}" data-x='{{ v }}'>
<p>{{ v }}</p><a href="{{ v }}" id="{{ v }}">{{ v }}</a><!-- {{ v }} -->
</div>

<div markdown="1" title="{{ v }}">

**Inner** {{ v }}

</div>

Inline <span title="{{ v }}">{{ v }}</span> <a href="https://x.example/?q={{ v }}">{{ v }}</a>

Last {{ v }}
"""

BLOCKS = """\
```
{{ v }}
x {{ v }} y
```

1. Step

    ```text
    {{ v }}
    ```

    ```powershell title="Here"
    Get-Thing -Name {{ v }} -Other {{ v }}
    ```

~~~sh
thing --name {{ v }} # {{ v }}
~~~

Text {{ w }}.
"""

_MARKS = list("*_`~|<>&{}[]()#+-=.!:;@$%^\\/\"',")
INJECTIONS = [
    "",
    " ",
    "   ",
    "    four spaces",
    "end  ",
    "\ttab",
    "a\nb",
    "a\r\n\r\n# b",
    "\n\n<script>alert(1)</script>\n\n",
    "\n    ```\n</code>",
    "\n\n- item\n\n```\ncode\n```\n",
    "\nx\n===\n",
    "\n[r]: javascript:alert(1)\n",
    "\n*[A]: b",
    "\n[^1]: again",
    "\n| a | b |\n|---|---|\n| c | d |\n",
    "\n\n!!! note\n    x",
    "\x02wzxhzdk:0\x03",
    "\x02amp\x03",
    "\x02klzzwxh:0000\x03",
    "klzzwxh:0000",
    "\x00",
    "\u202egnp.exe",
    "a\u200bb\u2066c\u2069",
    "a\u2028b\u2029c\x85d\x0be\x0cf",
    "\ufeffbom",
    "\ud800",
    "\U000e0041tag",
    "Zoë — “quoted” ‘single’ 日本 🙂",
    "A|B <script>",
    "*x*",
    "**x**",
    "_x_ __y__",
    "`x`",
    "``",
    "```",
    "```sh",
    "~~~~~~~~~~~~",
    "````````````",
    "`````````````",
    "# x",
    "## x {: onclick=alert(1) }",
    "{: .x #y onclick=alert(1) }",
    "{ .x }",
    "{#comment#}",
    "{{ 7*7 }}",
    "{% raw %}",
    "{% include 'x' %}",
    "{{ ''.__class__.__mro__ }}",
    "- x",
    "+ x",
    "1. x",
    "1)",
    "> x",
    ": x",
    "---",
    "***",
    "___",
    "===",
    "- - -",
    "| x |",
    "||",
    "\\|",
    "\\",
    "\\\\",
    "\\`",
    "[x](javascript:alert(1))",
    "[x][r]",
    "[r]",
    "[^1]",
    "![x](y.png)",
    "](x)",
    "](javascript:alert(1)",
    ") [x](y",
    ") {: onclick=alert(1) }",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    '">',
    "'>",
    "x onload=alert(1) y",
    "<b>x</b>",
    "</div>",
    "</code></pre><script>alert(1)</script>",
    "<!-- x",
    "-->",
    "--!><img src=x onerror=alert(1)>",
    "<!DOCTYPE x>",
    "<?php x ?>",
    "<![CDATA[x]]>",
    "<http://x.example>",
    "<a@x.example>",
    "a@x.example",
    "http://x.example/a_b_c",
    "https://x.example/?a=1&b=2&copy;",
    "https://x.example/ b",
    "https://user:pass@x.example/",
    "https://[::1]/",
    "https://[x",
    "http://x.example:99999/",
    "//x.example",
    "/\\x.example",
    "\\\\server\\share",
    "javascript:alert(1)",
    " javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "java\tscript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "javascript%3Aalert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    'mailto:a@x.example?subject="x"',
    "tel:+61 2",
    "../../index.md",
    "&lt;b&gt;",
    "&amp;lt;",
    "&#60;b&#62;",
    "&",
    "&;",
    "#!python x",
    ":smile:",
    "==x== ^^y^^ ~~z~~ ++k++",
    "$x$ $$y$$",
    "(c) --> 1/2",
    '--8<-- "x.md"',
    "$(touch x)",
    "`touch x`",
    "'; touch x; '",
    "\u2019; touch x; \u2018",
    "%PATH% !x! ^&",
    "API",
    "[ ]",
    "[x] done",
    "x" * 3000,
    "*" * 200,
    "[" * 60,
    "(" * 60,
    *_MARKS,
    *(mark * 3 for mark in _MARKS),
    *(f"{mark} x" for mark in _MARKS),
    *(f"x{mark}" for mark in _MARKS),
    *(f"\n{mark}{mark}{mark}\n" for mark in _MARKS),
]


class Page(HTMLParser):
    """The elements of a page with the names of their attributes, its text, and its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.shape: list[tuple[str, ...]] = []
        self.text = ""
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shape.append((tag, *sorted(name for name, _ in attrs)))
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        self.shape.append(("/" + tag,))

    def handle_comment(self, data: str) -> None:  # noqa: ARG002 - what the parser calls it with
        self.shape.append(("comment",))

    def handle_decl(self, decl: str) -> None:
        self.shape.append(("declaration", decl))

    def handle_pi(self, data: str) -> None:
        self.shape.append(("instruction", data))

    def handle_data(self, data: str) -> None:
        self.text += data


ENVIRONMENT = templates.environment(templates.Loader([]))


def page(source: str, **context: object) -> Page:
    rendered = templates.render_text(ENVIRONMENT, source, "sample.md", context)
    return Page(markdown.markdown(rendered, extensions=EXTENSIONS, extension_configs=CONFIGS))


def squeeze(text: str) -> str:
    return " ".join(text.split())


PLAIN = page(SAMPLE, v="x")
PLAIN_BLOCKS = page(BLOCKS, v="x", w="x")


def assert_inert(value: str) -> None:
    text_only = SAMPLE
    if any(escape.is_invisible(char) for char in value):
        with pytest.raises(templates.TemplateProblem, match="control or invisible"):
            page(SAMPLE, v=value)
        text_only = SAMPLE.replace("https://x.example/{{ v }}", "https://x.example/x").replace("?q={{ v }}", "?q=x")
    found = page(text_only, v=value)
    if value != "API":  # the sample declares what API means, wherever it stands
        assert found.shape == PLAIN.shape
    assert squeeze(found.text).count(squeeze(escape.visible(value))) >= 1
    targets = [target.lower() for name, target in found.attributes if name in {"href", "src"}]
    assert not [
        target for target in targets if target.lstrip("\x00\x01 ").startswith(("javascript:", "data:", "vbscript:"))
    ]
    assert not [target for target in targets if target.startswith(("//", "/\\", "\\"))]


@pytest.mark.parametrize("value", INJECTIONS)
def test_a_hostile_value_adds_nothing_and_reads_as_typed(value: str) -> None:
    assert_inert(value)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.one_of(st.sampled_from([*_MARKS, " ", "\n", "x", "1"]), st.characters()), max_size=30))
def test_any_text_adds_nothing_and_reads_as_typed(value: str) -> None:
    assert_inert(value)


def assert_inert_in_blocks(value: str) -> None:
    try:
        escape.sh(value)
    except escape.Unquotable:
        with pytest.raises(templates.TemplateProblem, match=r"hyphen|code block"):
            page(BLOCKS, v=value, w=value)
        return
    found = page(BLOCKS, v=value, w=value)
    # The colours of a command depend on it: only what the highlighter adds may differ.
    assert [part for part in found.shape if part[0].strip("/") != "span"] == [
        part for part in PLAIN_BLOCKS.shape if part[0].strip("/") != "span"
    ]
    assert value in found.text


@pytest.mark.parametrize("value", INJECTIONS)
def test_a_hostile_value_stays_in_its_code_block(value: str) -> None:
    assert_inert_in_blocks(value)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from([*_MARKS, " ", "x", "1"]), max_size=30))
def test_any_text_stays_in_its_code_block(value: str) -> None:
    assert_inert_in_blocks(value)


def problem_of(source: str, first_line: int = 1, **context: object) -> templates.TemplateProblem:
    with pytest.raises(templates.TemplateProblem) as raised:
        templates.render_text(ENVIRONMENT, source, "sample.md", context, first_line)
    return raised.value


def text_of(source: str, **context: object) -> str:
    return templates.render_text(ENVIRONMENT, source, "sample.md", context)


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("a\n{{ missing }}\n", 2, "'missing' is undefined"),
        ("a\n\n{{ v.name }}\n", 3, "text has no 'name'"),
        ("{{ data.nmae }}\n", 1, "there is no 'nmae' here; there is: items, name"),
        ("a\n{% if %}\n", 2, "Expected an expression"),
        ("a\n{{ v | safe }}", 2, "No filter named 'safe'"),
        ("{{ v | map('forceescape') | list }}", 1, "No filter named"),
        ("\n{% autoescape false %}{{ v }}{% endautoescape %}", 2, "cannot be turned off"),
        ("\n{% filter upper %}{{ v }}{% endfilter %}", 2, "not available"),
        ("{{ v.__class__ }}", 1, "text has no '__class__'"),
        ("{{ data.items.append(1) }}", 1, "a list has no 'append'"),
        ("{{ data.items() }}", 1, "not safely callable"),
        ("{{ range.__self__ }}", 1, "has no '__self__'"),
        ("{{ data }}", 1, "a dict cannot be written"),
        ("{{ (v), (v) }}", 1, "a tuple cannot be written"),
        ("a\n\n{% include name %}", 3, "written out"),
        ("{% include '../x.md' %}", 1, "there is no template"),
        ("{{ note | upper }}", 1, "finished markup"),
        ("{{ note | replace('a', v) }}", 1, "finished markup"),
        ("{{ note + v }}", 1, "put together with ~"),
        ("{{ note[:3] }}", 1, "not subscriptable"),
        ("{{ '%999999999d' % 1 }}", 1, "numbers only"),
        ("{{ 'x' * 999999999 }}", 1, "numbers only"),
        ("{{ 9 ** 9 }}", 1, "not available"),
        ("{% for i in range(10**9) %}{% endfor %}", 1, "not available"),
        ("{% for i in range(1000000000) %}{% endfor %}", 1, "Range too big"),
        ("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", 1, "too much work"),
        ("{% for i in range(9999) %}" + "x" * 1000 + "{% endfor %}", 1, "writes more than"),
        ("{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(60) }}", 1, "too much work"),
        ("{% macro m() %}{{ m() }}{% endmacro %}\n{{ m() }}", 1, "without end"),
        (
            "{% set ns = namespace(x='xx') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
            1,
            "more than",
        ),
        (
            "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
            1,
            "more than",
        ),
        ("{% for i in v recursive %}{{ loop(i) }}{% endfor %}", 1, "recursive"),
        ("a\n```sh\nx {{ lines }}\n```\n", 3, "control or invisible"),
        ("a\n```cmd\nx {{ percent }}\n```\n", 3, "cannot be quoted"),
        ("```sh\n{{ note }}\n```\n", 2, "stands in text only"),
        ('<a href="{{ note }}">x</a>', 1, "stands in text only"),
        ("{% macro m(u) %}{{ u }}{% endmacro %}\n[x]({{ m(v) }})", 2, "stands in text only"),
        ("{% set u %}{{ v }}{% endset %}\n[x]({{ u }})", 2, "stands in text only"),
    ],
)
def test_a_problem_is_told_at_its_line(source: str, line: int, words: str) -> None:
    context = {
        "v": "x",
        "name": "other.md",
        "data": {"items": [1], "name": "x"},
        "note": prose.html("a"),
        "lines": "a\nb",
        "percent": "%PATH%",
    }
    for first_line in (1, 2, 3, 40):
        problem = problem_of(source, first_line, **context)
        assert words in problem.message
        assert (problem.file, problem.line) == (
            "sample.md",
            line + first_line - 1 if words != "writes more than" else 1,
        )


def test_keys_are_reached_whatever_python_calls_its_methods() -> None:
    assert (
        text_of("{% for i in d.items %}{{ i }},{% endfor %}{{ d['keys'] }}", d={"items": ["a", "b"], "keys": 1})
        == "a,b,1"
    )


def test_text_next_to_markup_is_escaped_for_markdown_too() -> None:
    note = prose.inline("*a*")
    assert text_of("{{ n ~ v }}", n=note, v="*b*") == "<em>a</em>&#42;b&#42;"
    assert text_of("{{ [n, v] | join('|') }}", n=note, v="*b*") == "<em>a</em>&#124;&#42;b&#42;"


def test_a_macro_writes_its_values_once() -> None:
    source = "{% macro m(x) %}<b>{{ x }}</b>{% endmacro %}{{ m(v) }} {{ m(m(v)) }}"
    assert text_of(source, v="*") == "<b>&#42;</b> <b><b>&#42;</b></b>"


def test_a_called_block_and_a_set_block_write_their_values_once() -> None:
    source = "{% macro m() %}<b>{{ caller() }}</b>{% endmacro %}{% call m() %}{{ v }}{% endcall %}"
    source += "{% set s %}{{ v }}{% endset %} {{ s }}"
    assert text_of(source, v="*") == "<b>&#42;</b> &#42;"


def test_missing_values_truth_and_nothing_read_as_words() -> None:
    assert (
        text_of("{{ a }} {{ b }} {{ c }} {{ d }} [x]({{ a }})", a=None, b=True, c=1.5, d=0)
        == "not recorded yes 1.5 0 [x](#)"
    )


def test_a_line_keeps_its_end_when_a_block_ends_it() -> None:
    source = "- a{% if v %} b{% endif %}\n- c\n{% if v %}\n- d\n{% endif %}\n- e {# note #}\n{# note #}\n- f\n"
    assert text_of(source, v="x") == "- a b\n- c\n- d\n- e \n- f\n"


def test_raw_blocks_stay_as_they_are() -> None:
    assert text_of("{% raw %}{{ x }} {% y %}\n{% z %} z{% endraw %}\n", v="x") == "{{ x }} {% y %}\n{% z %} z\n"


def test_data_that_is_not_plain_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError, match=r"client\.path is a PosixPath|client\.path is a WindowsPath"):
        templates.render_text(ENVIRONMENT, "x", "sample.md", {"client": {"path": Path()}})


def test_functions_give_text_or_markup() -> None:
    def source(name: str) -> prose.Prose:
        return prose.anchor(f"*{name}*", "https://x.example/")

    assert text_of("{{ cite('a') }} {{ f() }}", cite=source, f=lambda: "*") == (
        '<a href="https://x.example/" rel="noopener">&#42;a&#42;</a> &#42;'
    )


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    files = {
        "own/pages/a.md": "own {{ v }} {% include 'partials/p.md' %}",
        "own/pages/bad.md": "\n{% include 'products/x/secret.md' %}",
        "shipped/pages/a.md": "shipped",
        "shipped/pages/b.md": "a\n{% from 'partials/m.md' import m %}\n{{ m(v) }}\n",
        "shipped/partials/p.md": "[{{ v }}]({{ v }})\n",
        "shipped/partials/m.md": "\n{% macro m(x) %}\n{{ x.y }}\n{% endmacro %}\n",
        "shipped/partials/open.md": "\n```sh\n{{ v }}\n",
        "shipped/products/x/secret.md": "secret",
        "secret.md": "secret",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def loader(folders: Path) -> templates.Loader:
    return templates.Loader([("templates", folders / "own"), ("shipped", folders / "shipped")])


def test_a_sites_own_template_wins_and_includes_shipped_ones(folders: Path) -> None:
    environment = templates.environment(loader(folders))
    assert templates.render(environment, "pages/a.md", {"v": "*"}) == "own &#42; [&#42;](%2A)\n"
    assert templates.sources(environment, "pages/a.md") == ("pages/a.md", "partials/p.md")
    found = loader(folders).origin("pages/a.md")
    assert found is not None
    assert found[0] == "templates/pages/a.md"


def test_problems_name_the_file_they_are_in(folders: Path) -> None:
    environment = templates.environment(loader(folders))
    with pytest.raises(templates.TemplateProblem) as raised:
        templates.render(environment, "pages/b.md", {"v": "*"})
    assert (raised.value.file, raised.value.line) == ("shipped/partials/m.md", 3)
    with pytest.raises(templates.TemplateProblem) as raised:
        templates.render(environment, "partials/open.md", {"v": "*"})
    assert (raised.value.file, raised.value.line) == ("shipped/partials/open.md", 2)


def test_a_restricted_loader_finds_nothing_elsewhere(folders: Path) -> None:
    restricted = loader(folders).restricted(["pages", "partials"])
    assert restricted.list_templates() == [
        "pages/a.md",
        "pages/b.md",
        "pages/bad.md",
        "partials/m.md",
        "partials/open.md",
        "partials/p.md",
    ]
    with pytest.raises(templates.TemplateProblem, match=r"templates/pages/bad\.md:2: there is no template"):
        templates.render(templates.environment(restricted), "pages/bad.md", {})


@pytest.mark.parametrize(
    "name",
    [
        "../secret.md",
        "/etc/x.md",
        "pages/../../secret.md",
        "pages\\a.md",
        "C:/a.md",
        "pages/.a.md",
        "",
        "pages",
        "pages/a.txt",
    ],
)
def test_a_name_cannot_leave_its_folder(folders: Path, name: str) -> None:
    assert loader(folders).origin(name) is None


def test_a_link_out_of_the_folder_is_not_followed(folders: Path) -> None:
    try:
        (folders / "own" / "link.md").symlink_to(folders / "secret.md")
    except OSError:  # links need a right on Windows; what cannot be made cannot be followed
        return
    assert loader(folders).origin("link.md") is None


def test_every_shipped_template_can_be_loaded() -> None:
    root = Path(__file__).parents[1] / "templates"
    environment = templates.environment(templates.Loader([("templates", root)]))
    names = [
        name for name in templates.Loader([("templates", root)]).list_templates() if not name.startswith("products/")
    ]
    for name in names:
        environment.get_template(name)
    assert names
