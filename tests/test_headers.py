"""The policy for browsers is what the frame of a site needs, and no page can widen it."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks import headers
from tests import small

FRAME = "<!doctype html><title>x</title><h1>Not found</h1>"


def site(folder: Path, frame: str = FRAME, **pages: str) -> Path:
    """A built site of a frame and some pages."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "404.html").write_text(frame, encoding="utf-8", newline="")
    for name, text in pages.items():
        small.add(folder / name / "index.html", text)
    return folder


def directives(policy: str) -> dict[str, list[str]]:
    """A policy by its directives."""
    return {name: values for name, *values in (one.split() for one in policy.split("; "))}


def test_the_policy_of_a_frame_without_inline_scripts_allows_files_of_the_site_alone(tmp_path: Path):
    found = directives(headers.policy(site(tmp_path)))
    assert found["default-src"] == ["'none'"]
    assert found["script-src"] == found["style-src"] == found["connect-src"] == ["'self'"]
    assert found["frame-ancestors"] == found["base-uri"] == ["'none'"]
    assert "unsafe" not in headers.policy(tmp_path)


def test_an_inline_script_or_style_of_the_frame_is_allowed_by_its_hash(tmp_path: Path):
    script, style = "var a = '</p>'\nrun(a)", "p { color: red }"
    frame = f'{FRAME}<script type="module">{script}</script><STYLE media="print">{style}</STYLE>'
    found = directives(headers.policy(site(tmp_path, frame)))
    for text, where in ((script, "script-src"), (style, "style-src")):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert found[where] == ["'self'", f"'sha256-{digest}'"]


def test_line_ends_of_windows_are_what_a_browser_makes_of_them(tmp_path: Path):
    frames = [f"{FRAME}<script>a(){end}b()</script>" for end in ("\n", "\r\n")]
    assert headers.policy(site(tmp_path / "a", frames[0])) == headers.policy(site(tmp_path / "b", frames[1]))


def test_data_and_loaded_scripts_need_no_hash(tmp_path: Path):
    frame = f'{FRAME}<script id="__config" type="application/json">{{}}</script><script defer src="a.js"></script>'
    assert directives(headers.policy(site(tmp_path, frame)))["script-src"] == ["'self'"]


@given(st.text(), st.sampled_from(["script", "style", "p"]))
def test_no_page_widens_the_policy(tmp_path_factory: pytest.TempPathFactory, text: str, tag: str):
    folder = site(tmp_path_factory.mktemp("site"))
    before = headers.policy(folder)
    (folder / "index.html").write_text(f"<{tag}>{text}</{tag}>", encoding="utf-8", errors="replace")
    assert headers.policy(folder) == before
    list(headers.refused(folder))


@pytest.mark.parametrize(
    ("brought", "kind"),
    [
        ("<script>alert(1)</script>", "a script"),
        ("<style>p { color: red }</style>", "a style sheet"),
        ('<p style="color: red">x</p>', "a style attribute"),
        ("<p STYLE=color:red>x</p>", "a style attribute"),
        ('<p onclick="alert(1)">x</p>', "a script in an attribute"),
        ("<svg/onload=alert(1)>", "a script in an attribute"),
        ('<img src="a.png"onerror="alert(1)">', "a script in an attribute"),
        ('<a href=" JavaScript:alert(1)">x</a>', "a script in a link"),
        ('<iframe src="a.html"></iframe>', "a page within the page"),
        ('<base href="/elsewhere/">', "a base for all links"),
        ('<img src="https://cdn.example/a.png" alt="">', "a file of another server"),
        ('<img srcset="//cdn.example/a.png 2x" alt="">', "a file of another server"),
        ('<link rel="stylesheet" href="http://cdn.example/a.css">', "a file of another server"),
        ('<script src="//cdn.example/a.js"></script>', "a file of another server"),
    ],
)
def test_what_a_page_brings_beyond_the_frame_is_told(tmp_path: Path, brought: str, kind: str):
    assert list(headers.refused(site(tmp_path, notes=FRAME + brought))) == [("notes/index.html", kind)]


@pytest.mark.parametrize(
    "harmless",
    [
        "<p>style = plain, one=two, javascript: no link</p>",
        "<code>&lt;script&gt;alert(1)&lt;/script&gt; &lt;p style=&quot;x&quot;&gt;</code>",
        '<a title="<p style=x onclick=y>" href="https://vendor.example/manual">x</a>',
        '<link rel="canonical" href="https://runbooks.example/">',
        '<img src="data:image/png;base64,AAAA" alt=""><img src="/a.png" alt="">',
    ],
)
def test_what_browsers_allow_is_not_told(tmp_path: Path, harmless: str):
    assert list(headers.refused(site(tmp_path, notes=FRAME + harmless))) == []


def test_what_stands_in_the_frame_too_is_allowed_on_every_page(tmp_path: Path):
    frame = f"{FRAME}<script>start()</script>"
    assert list(headers.refused(site(tmp_path, frame, notes=frame))) == []
    assert list(headers.refused(site(tmp_path, frame, notes=f"{frame}<script>more()</script>"))) == [
        ("notes/index.html", "a script")
    ]


def test_a_site_without_a_frame_has_the_strict_policy(tmp_path: Path):
    (tmp_path / "index.html").write_text("<script>alert(1)</script>", encoding="utf-8")
    assert directives(headers.policy(tmp_path))["script-src"] == ["'self'"]
    assert list(headers.refused(tmp_path)) == [("index.html", "a script")]


def test_the_scripts_of_the_theme_are_the_ones_that_it_would_put_inline():
    spec = find_spec("material")
    assert spec is not None
    assert spec.origin is not None
    partials = Path(spec.origin).parent / "templates" / "partials" / "javascripts"
    own = small.REPOSITORY / "templates" / "theme" / "assets" / "runbooks"
    for partial, file in (("base.html", "scope.js"), ("content.html", "tabs.js")):
        scripts = re.findall(r"<script>(.*?)</script>", (partials / partial).read_text(encoding="utf-8"), re.DOTALL)
        ours = (own / file).read_text(encoding="utf-8").partition("*/\n")[2]
        ours = ours.replace("document.currentScript.dataset.scope", '"{{ config.extra.scope | d(base_url) }}"')
        assert ours == "".join(f"{script}\n" for script in scripts), file


def test_no_page_of_a_site_needs_more_than_files_of_the_site(small_built: Path):
    assert list(headers.refused(small_built / "site")) == []
    assert "sha256" not in headers.policy(small_built / "site")
