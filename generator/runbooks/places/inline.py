"""Links, tags and inline code of a template: which place each value in them has."""

from __future__ import annotations

import re

from runbooks import escape
from runbooks.places.scan import HOLE, VALUE, Scan, Where

_BLANK = re.compile(r"\n[ \t]*\n")
_TICKS = re.compile(r"`+")
_AUTOLINK = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]*:[^<>\s]*)>")
_AFTER_ANGLE = re.compile("<[/!?]?[\ue000\ue001]")
_TAG = re.compile(r"</?([A-Za-z][^\s/>\ue000\ue001]*)")
_ATTRIBUTE = re.compile(r"([^\s=>/\"'<\ue000\ue001]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_LINK = re.compile(r"\]\([ \t\n]*(?P<target><[^<>\n]*>|[^\s()<>\"']*)(?P<title>\s+(?:\"[^\"]*\"|'[^']*'))?[ \t\n]*\)")
_REFERENCE = re.compile(
    r"(?m)^[> \t]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(?P<star>\*?)\[(?P<label>[^\[\]\n]*)\]:"
    r"[ \t]*(?:\n[> \t]*)?(?P<target>\S+)"
)
_CHECKBOX = re.compile(r"(?m)^[> \t]*(?:[-*+]|\d+[.)])[ \t]+\[[ ]*[\ue000\ue001][ ]*\](?=\s|$)")
_BLOCK_HEAD = re.compile(r"(?m)^[> \t]*(?:!!!|\?\?\?\+?|===[!+]*)(?=[ \t\ue000\ue001])(?P<rest>.*)$")
_ATTR_LIST = re.compile(r"\{[^{}\n]*[\ue000\ue001][^{}\n]*\}")
_RAW_ELEMENTS = frozenset({"script", "style", "iframe", "noscript", "xmp", "plaintext", "noembed", "noframes"})

_ATTR_LIST_TOKEN = re.compile("[#.][0-9A-Za-z-]*(?:\ue000[0-9A-Za-z-]*)+")
_LINK_ATTRIBUTES = frozenset({"href", "src"})
_ANCHOR_ATTRIBUTES = frozenset({"id", "for"})
_TEXT_ATTRIBUTES = frozenset(
    {"abbr", "alt", "class", "colspan", "datetime", "headers", "height", "label", "lang", "name"}
    | {"rowspan", "start", "title", "value", "width"}
)


def attribute_lists(scan: Scan) -> None:
    """Attribute lists `{: #id .class }`: a value may be part of an id or a class, and nothing else there."""
    for match in _ATTR_LIST.finditer(scan.text):
        scan.same_branch(match.start(), match.end(), "an attribute list")
        inside: set[int] = set()
        for token in _ATTR_LIST_TOKEN.finditer(scan.text, match.start(), match.end()):
            if scan.text[token.start() - 1] in "{: " and scan.text[token.end()] in " }":
                scan.decide(token.start(), token.end(), Where.ANCHOR)
                inside.update(scan.holes(token.start(), token.end()))
        for hole in scan.holes(match.start(), match.end()):
            if hole not in inside:
                raise scan.refuse(hole, "inside braces { … } a value can only be part of an id, as in {: #x-… }")


def refuse_unsafe(scan: Scan) -> None:
    """Places where a value would choose the structure of the page."""
    match = _CHECKBOX.search(scan.text)
    if match:
        raise scan.refuse(scan.holes(match.start(), match.end())[0], "a value cannot stand in a check box")
    for head in _BLOCK_HEAD.finditer(scan.text):
        bare = re.sub(r'"[^"]*"', lambda quoted: " " * len(quoted[0]), head["rest"])
        hole = HOLE.search(bare)
        if hole:
            at = head.start("rest") + hole.start()
            raise scan.refuse(at, "in the head of a box a value stands in its quoted title")


def references(scan: Scan) -> None:
    """Link references, footnotes and abbreviations: values may stand in what they say, not in their names."""
    for match in _REFERENCE.finditer(scan.text):
        if scan.holes(match.start("label"), match.end("label")):
            raise scan.refuse(match.start("label"), "a value cannot name a reference, footnote or abbreviation")
        if not match["star"] and not match["label"].startswith("^"):
            _link_target(scan, match.start("target"), match.end("target"))


def _link_target(scan: Scan, start: int, end: int) -> None:
    """The values of one link target: the whole target, or its beginning, or parts of it."""
    holes = scan.holes(start, end)
    if not holes:
        return
    scan.same_branch(start, end, "a link")
    scan.unbroken(start - 1, end + 1 if scan.text[end : end + 1] in {")", ">", '"', "'"} else end, "a link target")
    fragment = scan.text.find("#", start, end)
    scan.decide(start, end, Where.LINK_PART)
    if fragment >= 0:
        scan.decide(fragment, end, Where.ANCHOR)
    begin = start + 1 if scan.text[start] == "<" else start
    if holes[0] == begin:
        scan.where[holes[0]] = Where.LINK
    elif _runs_code(scan.text[begin : holes[0]]):
        raise scan.refuse(holes[0], "a value cannot stand in a link that runs code or holds data")


def _runs_code(literal: str) -> bool:
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", literal)
    return scheme is not None and scheme[1].lower() in {"javascript", "data", "vbscript", "blob", "filesystem"}


def inline(scan: Scan) -> None:
    """Inline code, tags, autolinks and links, from left to right."""
    at = 0
    while at < len(scan.text):
        char = scan.text[at]
        if char == "\\" and scan.text[at + 1 : at + 2] in {"`", "\\"}:
            at += 2
        elif char == "`":
            at = _inline_code(scan, at)
        elif char == "<":
            at = _angle(scan, at)
        elif char == "]" and scan.text.startswith("](", at):
            at = _link(scan, at)
        else:
            at += 1


def _paragraph_end(scan: Scan, at: int) -> int:
    blank = _BLANK.search(scan.text, at)
    return blank.start() if blank else len(scan.text)


def _inline_code(scan: Scan, start: int) -> int:
    """Past a code span; one that holds values is rewritten, since Markdown would show the entities in it."""
    inner = start
    while scan.text.startswith("`", inner):
        inner += 1
    for close in _TICKS.finditer(scan.text, inner, _paragraph_end(scan, start)):
        if len(close[0]) != inner - start:
            continue
        if scan.holes(inner, close.start()):
            scan.same_branch(start, close.end(), "inline code")
            scan.decide(inner, close.start(), Where.TEXT)
            _rewrite_code(scan, inner, close.start(), inner - start)
            scan.blank(start, close.end())
        return close.end()
    return inner


def _rewrite_code(scan: Scan, start: int, end: int, ticks: int) -> None:
    scan.out[start - ticks : start] = ["<code>", *[""] * (ticks - 1)]
    scan.out[end : end + ticks] = ["</code>", *[""] * (ticks - 1)]
    inner = scan.text[start:end]
    first = start + len(inner) - len(inner.lstrip(" "))
    last = end - (len(inner) - len(inner.rstrip(" ")))
    for at in range(start, end):
        if not first <= at < last:
            scan.out[at] = ""
        elif scan.text[at] not in {VALUE, " ", "\n"}:
            scan.out[at] = escape.text(scan.text[at])


def _angle(scan: Scan, start: int) -> int:
    """Past a comment, an autolink or a tag."""
    if scan.text.startswith("<!--", start):
        end = scan.text.find("-->", start)
        return end + 3 if end >= 0 else start + 4
    if _AFTER_ANGLE.match(scan.text, start):
        raise scan.refuse(
            start, "a value cannot stand right after <; write [text](target) for a link, &lt; for the sign"
        )
    autolink = _AUTOLINK.match(scan.text, start)
    if autolink:
        if scan.holes(start, autolink.end()) and not re.match(r"https?://", autolink[1]):
            raise scan.refuse(start, "write [text](target) for a link with values")
        _link_target(scan, autolink.start(1), autolink.end(1))
        return autolink.end()
    tag = _TAG.match(scan.text, start)
    return _tag(scan, start, tag) if tag else start + 1


def _tag(scan: Scan, start: int, tag: re.Match[str]) -> int:
    at = tag.end()
    attributes: list[re.Match[str]] = []
    while at < len(scan.text) and scan.text[at] not in "<>":
        attribute = _ATTRIBUTE.match(scan.text, at)
        if attribute:
            attributes.append(attribute)
        at = attribute.end() if attribute else at + 1
    if at >= len(scan.text) or scan.text[at] == "<":
        paragraph = _paragraph_end(scan, start) if not attributes else at
        if scan.holes(start, min(at, max(paragraph, tag.end()))):
            raise scan.refuse(start, "this tag is never closed; write &lt; for the sign")
        return tag.end()
    end = at + 1
    if scan.holes(start, end):
        scan.same_branch(start, end, "a tag")
        _attributes(scan, start, end, attributes)
    return _raw_element(scan, tag[1].lower(), end) if scan.text[start + 1] != "/" else end


def _attributes(scan: Scan, start: int, end: int, attributes: list[re.Match[str]]) -> None:
    inside: set[int] = set()
    for attribute in attributes:
        first, last = attribute.start(2) + 1, attribute.end(2) - 1
        if not scan.holes(first, last):
            continue
        inside.update(scan.holes(first, last))
        name = attribute[1].lower()
        if name in _LINK_ATTRIBUTES:
            _link_target(scan, first, last)
        elif name in _ANCHOR_ATTRIBUTES:
            scan.same_branch(attribute.start(), attribute.end(), "an attribute")
            scan.decide(first, last, Where.ANCHOR)
        elif name in _TEXT_ATTRIBUTES or name.startswith(("aria-", "data-")):
            scan.same_branch(attribute.start(), attribute.end(), "an attribute")
            scan.decide(first, last, Where.ATTRIBUTE)
        else:
            raise scan.refuse(first, f"a value cannot stand in the attribute {attribute[1]}")
    for hole in scan.holes(start, end):
        if hole not in inside:
            raise scan.refuse(hole, "inside a tag a value stands in a quoted attribute")


def _raw_element(scan: Scan, name: str, end: int) -> int:
    """Past a script or style, in which no value may stand."""
    if name not in _RAW_ELEMENTS:
        return end
    close = re.compile(rf"</{name}", re.IGNORECASE).search(scan.text, end)
    last = close.start() if close else len(scan.text)
    for hole in scan.holes(end, last):
        raise scan.refuse(hole, f"a value cannot stand inside <{name}>")
    return last


def _link(scan: Scan, start: int) -> int:
    match = _LINK.match(scan.text, start)
    if match:
        if scan.holes(start, match.end()):
            scan.same_branch(start, match.end(), "a link")
        _link_target(scan, match.start("target"), match.end("target"))
        if match["title"]:
            scan.decide(match.start("title"), match.end("title"), Where.ATTRIBUTE)
        return match.end()
    hole = HOLE.search(scan.text, start, _closing_parenthesis(scan, start + 1))
    if hole:
        raise scan.refuse(
            hole.start(), "cannot tell where this link ends; write [text](target) without ( or quotes in it"
        )
    return start + 2


def _closing_parenthesis(scan: Scan, start: int) -> int:
    """Where the parenthesis that opens at `start` closes, at the latest where its paragraph ends."""
    depth = 0
    end = _paragraph_end(scan, start)
    for at in range(start, end):
        depth += {"(": 1, ")": -1}.get(scan.text[at], 0)
        if depth == 0:
            return at
    return end
