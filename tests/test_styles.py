"""Thin style sheets: what a page or a script could use stays, in its order; what cannot be read stays whole."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.styles import SHEET, Seen, Wardrobe, thin

THEME = Path(str(metadata.distribution("mkdocs-material").locate_file("material/templates")))
OWN = Path(__file__).resolve().parents[1] / "templates/theme/assets/runbooks"
PAGE = '<body dir="ltr" data-md-color-scheme="default" class="no-js"><p class="a b">x</p><i id=c class=d>y</i></body>'


def seen(page: str = PAGE, script: str = "") -> Seen:
    made = Seen()
    made.page(page)
    made.script(script)
    return made


def thinned(sheet: str, page: str = PAGE, script: str = "") -> str:
    return thin({"x": sheet}, seen(page, script))["x"]


@pytest.mark.parametrize(
    "rule",
    [
        ".a{x:y}",
        "p.a.b>i.d:hover,body[dir=ltr] .d::before{x:y}",
        "p:not(.none) .a:is(.none,.a){x:y}",
        "*,:root{x:y}",
        "[data-md-color-scheme=default]>p{x:y}",
        '[hidden],[data-x="a]b,c"],#none{x:y}',
        r".a\:none,.\31 0{x:y}",
        '@charset "UTF-8";',
        "@font-face{src:url(none.woff)}",
        "@keyframes none{from{x:y}to{x:z}}",
        "@media print{.a{x:y}}",
        "@layer none{.none{x:y}}",
        '.a{content:"} .none{;"}',
        ".a{background:url(data:x;y,(z)}",
    ],
)
def test_what_a_page_can_use_stays_as_it_is(rule: str):
    assert thinned(rule) == rule


@pytest.mark.parametrize(
    ("sheet", "kept"),
    [
        (".none{x:y}.a{x:y}video{x:y}", ".a{x:y}"),
        (".a,.none,.b{x:y}", ".a,.b{x:y}"),
        (".none .a,.a .none{x:y}", ""),
        ("[dir=rtl] .a{x:y}[dir=ltr] .a{x:z}", "[dir=ltr] .a{x:z}"),
        ("[data-md-color-primary=pink]{x:y}", ""),
        ("[data-md-color-switching] *,[data-md-color-switching] :after{x:y}.a{x:y}", ".a{x:y}"),
        ("@media print{.none{x:y}.a{x:y}}", "@media print{.a{x:y}}"),
        ("@media print{@supports (x:y){.none{x:y}}}.a{x:y}", ".a{x:y}"),
        ("/* .a{ */.a{x:y}/*# sourceMappingURL=x.map */", ".a{x:y}"),
        (".a{--used:1;--for-used:2;--none:3;--for-none:url(;)}.b{x:var(--used)}", ".a{--used:1}.b{x:var(--used)}"),
        (".a{--one:var(--two);--two:1}", ""),
        (".a{--one:var(--two);--two:1}.b{x:var(--one)}", ".a{--one:var(--two);--two:1}.b{x:var(--one)}"),
    ],
)
def test_what_no_page_can_use_goes(sheet: str, kept: str):
    assert thinned(sheet) == kept


@pytest.mark.parametrize(
    "script",
    [
        'box.classList.add("made")',
        "h('i', {class: 'x made'})",
        "box.className=`made ${y}`",
        "box.innerHTML = '<i class=made>'",
        "t=`${x} made`",
        "t=`ma${x}`",
    ],
)
def test_what_a_script_makes_stays(script: str):
    assert thinned(".made{x:y}", script=script) == ".made{x:y}"


def test_what_a_script_only_looks_for_does_not_stay_for_its_sake():
    assert thinned(".made{x:y}", script='document.querySelectorAll(".made")') == ""


def test_what_scripts_and_other_sheets_ask_for_is_still_set():
    sheet = ".a{--one:1}.b{--two:2}.d{--three:3}"
    found = seen(script='style.getPropertyValue("--one")')
    found.sheet("p{x:var(--two)}")
    assert thin({"x": sheet}, found)["x"] == ".a{--one:1}.b{--two:2}"


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ('<div class="tabbed-set">', ".tabbed-labels{x:y}"),
        ('<ol class="annotate">', ".md-annotation__index{x:y}"),
        (
            '<script type="application/json">{"features":["content.code.annotate"]}</script>',
            ".md-annotation__index{x:y}",
        ),
        ('<a class="md-source">', ".md-source__fact--stars{x:y}"),
        ('<pre class="mermaid">', ":root{--md-mermaid-x:y}.mermaid{x:y}"),
        ("<p>", ""),
    ],
)
def test_what_the_theme_makes_only_with_something_else_goes_with_it(page: str, kept: str):
    rules = (".tabbed-labels", ".md-annotation__index", ".md-source__fact--stars", ":root", ".mermaid")
    sheet = "".join(f"{rule}{{{'--md-mermaid-x' if rule == ':root' else 'x'}:y}}" for rule in rules)
    script = "'tabbed-labels' 'md-annotation__index' `md-source__fact--${x}` 'mermaid' '--md-mermaid-x'"
    assert thinned(sheet, page, script) == kept


def test_the_theme_makes_only_with_something_else_what_is_said_so():
    """Where this fails after a new release of the theme, look in its script when it makes what ONLY_WITH names."""
    (script,) = (file.read_text(encoding="utf-8") for file in THEME.glob("assets/javascripts/bundle.*.js"))
    for looked_for in (
        '".annotate:not(.highlight)"',
        '"content.code.annotate"',
        '"pre.mermaid"',
        '("source")',
        '"[data-tabs]"',
    ):
        assert looked_for in script


def test_the_theme_looks_for_colours_and_writes_on_the_root_what_is_taken_from_it():
    """Where this fails after a new release of the theme, look in its script what palette.js stands for."""
    (script,) = (file.read_text(encoding="utf-8") for file in THEME.glob("assets/javascripts/bundle.*.js"))
    form = (THEME / "partials/palette.html").read_text(encoding="utf-8")
    for looked_for in ('me("palette")', 'classList.add("js-focus-visible")', 'classList.add("js")', '"__palette"'):
        assert looked_for in script
    assert 'data-md-component="palette"' in form


def test_no_rule_asks_for_what_a_script_writes_on_each_cell():
    sheets = [file.read_text(encoding="utf-8") for file in OWN.glob("*.css")]
    assert any("attr(data-rb-label)" in sheet for sheet in sheets)
    assert not any("[data-rb-label" in sheet for sheet in sheets)


@pytest.mark.parametrize("sheet", [".none{x:y", ".none{x:y}}", ".none{x:(}", '.none{x:"}'])
def test_a_sheet_that_cannot_be_read_stays_whole(sheet: str):
    assert thinned(sheet) == sheet


@given(st.lists(st.sampled_from([".a", ".none", "p", ",", "{x:y}", "{", "}", ";", '"', "(", ")", "/*", "*/", "\\"])))
def test_no_text_is_too_odd_and_what_is_thin_stays_so(parts: list[str]):
    once = thinned("".join(parts))
    assert thinned(once) == once


def test_a_page_asks_for_a_thin_sheet_only_where_there_is_one():
    link = '<link rel="stylesheet" href="../assets/stylesheets/{}">'
    page = link.format("main.01234567.min.css") + link.format("palette.01234567.min.css") + link.format("own.css")
    wardrobe = Wardrobe()
    wardrobe.file("assets/stylesheets/main.01234567.min.css", lambda: ".md-x{x:y}link{x:y}")
    wardrobe.file("pictures/none.svg", lambda: pytest.fail("is no sheet and no script"))
    expected = page.replace("main.01234567.min.css", "main.css")
    assert wardrobe.page(page) == expected
    assert wardrobe.made() == {"assets/stylesheets/main.css": "link{x:y}"}


@pytest.mark.parametrize(
    ("sheet", "made"),
    [
        ("/* why */\n.a ,\n.b {\n  x: y;\n  z: a  b;\n}\n", ".a , .b{x: y;z: a b;}"),
        (".a::before { content: ' ;  /* } '; }", ".a::before{content: ' ;  /* } ';}"),
        ("@media print {\n  .a :hover { x: calc(1px + 2px) }\n}\n", "@media print{.a :hover{x: calc(1px + 2px)}}"),
    ],
)
def test_our_own_sheets_say_the_same_in_fewer_signs(sheet: str, made: str):
    wardrobe = Wardrobe()
    wardrobe.file("assets/runbooks/own.css", lambda: sheet)
    assert wardrobe.made() == {"assets/runbooks/own.css": made}


def test_the_sheets_of_the_installed_theme_are_found_read_and_halved():
    sheets = [file for file in THEME.glob("assets/stylesheets/*.css") if SHEET.search(file.as_posix())]
    assert sorted(re.sub(r"\..*", "", file.name) for file in sheets) == ["main", "palette"]
    texts = {file.name: file.read_text(encoding="utf-8") for file in sheets}
    found = seen('<body dir="ltr" class="md-typeset"><div class="md-header md-nav"></div></body>')
    for script in THEME.glob("assets/javascripts/bundle.*.js"):
        found.script(script.read_text(encoding="utf-8"))
    made = thin(texts, found)
    assert sum(map(len, made.values())) < sum(map(len, texts.values())) / 2
    assert ".md-tooltip--active" in made[next(name for name in made if name.startswith("main"))]
