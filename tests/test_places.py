"""Places of values in templates: decided, or refused at their line."""

from __future__ import annotations

import re

import pytest

from runbooks.places import Kind, Piece, Undecided, decide

_TOKEN = re.compile(r"({{.*?}}|{%.*?%})", re.DOTALL)
_EDGES = {"{% if %}": Kind.OPEN, "{% else %}": Kind.NEXT, "{% end %}": Kind.CLOSE, "{% include %}": Kind.EMBED}


def pieces_of(source: str) -> list[Piece]:
    """`{{ }}` is a value; `{% if %}`, `{% else %}`, `{% end %}` and `{% include %}` are what they say."""
    found, line = [], 1
    for part in _TOKEN.split(source):
        kind = _EDGES.get(part, Kind.VALUE if part.startswith("{{") else Kind.TEXT)
        if part:
            found.append(Piece(kind, line, part if kind is Kind.TEXT else ""))
        line += part.count("\n")
    return found


def places_of(source: str) -> list[str]:
    pieces = pieces_of(source)
    return [str(result) for piece, result in zip(pieces, decide(pieces), strict=True) if piece.kind is Kind.VALUE]


def text_of(source: str) -> str:
    pieces = pieces_of(source)
    return "".join(
        "{{}}" if piece.kind is Kind.VALUE else result for piece, result in zip(pieces, decide(pieces), strict=True)
    )


@pytest.mark.parametrize(
    ("source", "places"),
    [
        ("{{}}", ["text"]),
        ("# {{}}\n\n- {{}}\n\n| {{}} |\n", ["text"] * 3),
        ("[{{}}]({{}})", ["text", "link"]),
        ("[a]( {{}} 't {{}}' ) ![a]({{}})", ["link", "attribute", "link"]),
        ("[a](<{{}}>) [a](<x {{}}>)", ["link", "link_part"]),
        ("[a](https://x/{{}}/{{}})", ["link_part", "link_part"]),
        ("[a]({{}}/{{}})", ["link", "link_part"]),
        ("[a](x.md#{{}}) [a]({{}}#x-{{}})", ["anchor", "link", "anchor"]),
        ("[a]: {{}}\n", ["link"]),
        ("> 1. [a]:\n> https://x/{{}}\n", ["link_part"]),
        ("[^1]: {{}}\n\n*[AB]: {{}}\n", ["text", "text"]),
        ("<https://x/{{}}>", ["link_part"]),
        ('<a href="{{}}" title=\'{{}}\' id="x{{}}">{{}}</a>', ["link", "attribute", "anchor", "text"]),
        ('<img\n  src = "x/{{}}"\n  alt="{{}}" />', ["link_part", "attribute"]),
        ("<!-- {{}} -->", ["text"]),
        ("# a {: #x-{{}} .y-{{}} }\n", ["anchor", "anchor"]),
        ("`a {{}}` ``b ` {{}}``", ["text", "text"]),
        ("```\n{{}}\n```\n\n{{}}", ["code", "text"]),
        ("~~~ text\n{{}}\n~~~\n", ["code"]),
        ("1. a\n\n    ```pwsh\n    x {{}}\n    ```\n", ["powershell"]),
        ('```bash title="x"\nx {{}}\n```\n```bat\nx {{}}\n```\n', ["sh", "cmd"]),
        ("```sh\n{% if %}\nx {{}}\n{% else %}\ny {{}}\n{% end %}\n```\n", ["sh", "sh"]),
        ("```sh\nx{% if %} {{}}{% end %}\n```\n", ["sh"]),
        ("```` \n```\n{{}}\n```\n````\n", ["code"]),
        ("a `b\n\n{{}} ` c", ["text"]),
        ("\\`{{}}` `c`", ["text"]),
        ("a < b {{}}", ["text"]),
        ("`<script>` {{}}", ["text"]),
        ("- [{{}}]({{}})", ["text", "link"]),
        ('!!! note "{{}}"\n    {{}}\n', ["text", "text"]),
        ('=== "{{}}"\n', ["text"]),
        ("{% if %}[a]({{}}){% else %}`{{}}`{% end %}", ["link", "text"]),
    ],
)
def test_a_value_gets_the_rule_of_its_place(source: str, places: list[str]) -> None:
    assert places_of(source) == places


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("a\n```sh\n{{}}\n", 2, "never closed"),
        ("a\n```sh\n", 2, "never closed"),
        ("- ```sh\n  {{}}\n  ```\n", 1, "line of its own"),
        ("> ```sh\n> {{}}\n> ```\n", 1, "not quoted"),
        ("a\n\n    ```sh\n  {{}}\n    ```\n", 4, "indented less"),
        ("    ```sh\n    {{}}\n```\n", 3, "indented like its start"),
        ("```{{}}\na\n```\n", 1, "names its language"),
        ("```sh x\n{{}}\n```\n", 1, "names its language"),
        ("```python\n{{}}\n```\n", 1, "cannot be quoted for `python`"),
        ("```mermaid\n{{}}\n```\n", 1, "cannot be quoted for `mermaid`"),
        ("{% if %}\n```sh\n{% else %}\n```cmd\n{% end %}\n{{}}\n```\n", 2, "same block"),
        ("x{% if %}\n{% end %}```sh\n{{}}\n```\n", 1, "lines of their own"),
        ("    ```sh\n{% if %}    {% end %}{{}}\n    ```\n", 2, "lines of their own"),
        ("a\n```sh\n{% include %}\n```\n", 3, "its own markup"),
        ("[a]({% include %})", 1, "its own markup"),
        ('```sh\nx "{{}}"\n```\n', 2, "leave out the quotes"),
        ("```sh\nx '{{}}'\n```\n", 2, "leave out the quotes"),
        ("```sh\nx '{{}}\n```\n", 2, "leave out the quotes"),
        ("```sh\nx {{}} 'a\n```\n", 2, "never closed"),
        ("```sh\nx ${{}}\n```\n", 2, "$ before a value"),
        ("```sh\nx \\{{}}\n```\n", 2, "\\ before a value"),
        ("```sh\nx <<EOF\n{{}}\nEOF\n```\n", 2, "here-document"),
        ("```powershell\nx `{{}}\n```\n", 2, "` before a value"),
        ("```powershell\nx {{}}\\y\n```\n", 2, "end of its word"),
        ("```powershell\nx {{}}{{}}\n```\n", 2, "end of its word"),
        ('```powershell\n@"\n{{}}\n"@\n```\n', 2, "here-string"),
        ("```cmd\nx ^{{}}\n```\n", 2, "^ before a value"),
        ("a\n<a href={{}}>", 2, "quoted attribute"),
        ("<a {{}}>", 1, "quoted attribute"),
        ("<{{}}>", 1, "right after <"),
        ("</{{}}>", 1, "right after <"),
        ("<mailto:{{}}>", 1, "[text](target)"),
        ('<a href="{{}}>', 1, "quoted attribute"),
        ('<a title="{{}}" b', 1, "never closed"),
        ("a <b {{}}", 1, "never closed"),
        ('<p onclick="{{}}">', 1, "the attribute onclick"),
        ('<p style="{{}}">', 1, "the attribute style"),
        ('<form action="{{}}">', 1, "the attribute action"),
        ("<script>\n{{}}</script>", 2, "inside <script>"),
        ("<style>{{}}", 1, "inside <style>"),
        ("[a](javascript:{{}})", 1, "runs code"),
        ("[a](x(y)/{{}})", 1, "where this link ends"),
        ("[a]({{}}", 1, "where this link ends"),
        ("[a]({% if %}{{}}{% end %})", 1, "inside a link target"),
        ('<a href="{% if %}x{% else %}{{}}{% end %}">', 1, "a link must begin"),
        ('<a href="{% if %}{{}}{% end %}">', 1, "inside a link target"),
        ("[a]({% if %}{{}}{% else %}{{}}{% end %})", 1, "a link must begin"),
        ("[a](x(y {{}}", 1, "where this link ends"),
        ("[a{% if %}]({% end %}{{}})", 1, "same block"),
        ("`{% if %}`{% end %} {{}} `", 1, ""),
        ("{% if %}`{% else %}{{}}`{% end %}", 1, "same block"),
        ("[{{}}]: https://x\n", 1, "cannot name"),
        ("[^{{}}]: x\n", 1, "cannot name"),
        ("*[{{}}]: x\n", 1, "cannot name"),
        ("- [{{}}] x\n", 1, "check box"),
        ('# x {: title="{{}}" }\n', 1, "part of an id"),
        ("# x { {{}} }\n", 1, "part of an id"),
        ("!!! {{}}\n    x\n", 1, "quoted title"),
        ("??? note {{}}\n    x\n", 1, "quoted title"),
        ("\n\n\ue000", 1, "U+E000"),
    ],
)
def test_a_place_that_is_not_safe_is_refused_at_its_line(source: str, line: int, words: str) -> None:
    if not words:  # decided: every span that Markdown may see as code holds text only
        assert set(places_of(source)) == {"text"}
        return
    with pytest.raises(Undecided) as raised:
        decide(pieces_of(source))
    assert words in raised.value.message
    assert raised.value.line == line


def test_a_fence_with_values_is_longer_than_any_in_it() -> None:
    assert text_of("a\n  ```sh\n  x {{}}\n  ```\n") == f"a\n  {'`' * 12}sh\n  x {{{{}}}}\n  {'`' * 12}\n"
    assert text_of(f"~~~\n{'~' * 13} {{{{}}}}\n~~~\n") == f"{'~' * 14}\n{'~' * 13} {{{{}}}}\n{'~' * 14}\n"


def test_a_fence_without_values_stays() -> None:
    source = "```python\nx = `{{` \n```\n\n- a\n\n    ~~~ {.x}\n    b\n    ~~~\n"
    assert decide([Piece(Kind.TEXT, 1, source)]) == [source]


def test_inline_code_with_a_value_becomes_html() -> None:
    assert text_of("a `` b*` {{}} `` `c*`") == "a <code>b&#42;&#96; {{}}</code> `c*`"


def test_text_is_kept_as_it_is() -> None:
    source = "a {{}} b\n\n[x](y.md) <b>{{}}</b> {% if %}c{% else %}d{% end %}\n"
    assert text_of(source) == re.sub(r"{%.*?%}", "", source)
