"""Reads YAML strictly: the data, the place of every value, and all that another YAML program could take differently.

The only module that imports yaml. It takes the events of its parser and never its loaders, so that nothing recurses
and no file can run, expand or crash anything. The meaning is that of the core schema of YAML 1.2.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from runbooks.findings import Fix, KeyPath, Patch, Place, Problem
from runbooks.source.builder import Builder
from runbooks.source.codes import DIRECTIVE, EMPTY_FILE, NOT_YAML, SEVERAL_DOCUMENTS
from runbooks.source.comments import comments, scalar_spans
from runbooks.source.document import Comment, Document, Span, Spots
from runbooks.source.layout import Extent, Mend, block, gap_flaws, is_suspect, without
from runbooks.source.notes import MAX_PROBLEMS, Refused
from runbooks.source.simple import simply
from runbooks.source.syntax import Fault, explained, opened
from runbooks.source.text import ODD_SPACE, decoded

PARSER: Callable[[str], Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Makes the parser of a text: libyaml's, which is eight times faster, or PyYAML's own where libyaml is missing."""

READER = f"PyYAML {yaml.__version__}, {PARSER.__name__}"
"""What reads: another reader may read otherwise."""

MAX_ROUNDS = 20
"""How often a text is read again without the blocks that have syntax errors."""

MAX_MENDED = 200_000
"""The longest text, in characters, that is read again at all."""

MAX_REREAD = 1_000_000
"""How many characters are read again at most, all rounds together: as much as the largest file."""

MENTION = re.compile(r"#[ \t]*runbooks[ \t]*:", re.IGNORECASE)
"""Where a text may speak to this program."""

_ODD_RUN = re.compile(f"{ODD_SPACE.pattern}+")
_NOTHING_MORE = re.compile(r"(?:\s+|#[^\n]*|\.\.\.(?=\s|\Z))*")
_PREAMBLE = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\r?\n|%[^\n]*(?:\n|\Z))*")


def read(file: str, raw: bytes) -> tuple[Document, tuple[Problem, ...]]:
    """What a file says, and all that is wrong with it in the order of the places. What cannot be read is a problem."""
    text = decoded(file, raw)
    if not text.whole and not text.content:
        return Document((file,), None, Spots((file, {})), frozenset({()}), True), text.problems
    if not text.problems and (simple := simply(text.content)):
        data, spans = simple
        return Document((file,), data, Spots((file, spans)), frozenset(), False, _said(file, text.content, spans)), ()
    builder, earlier, whole = _in_rounds(file, text.content)
    if not whole or not text.whole:
        builder.give_up()
        whole = False
    if text.damaged:
        nearest = _Nearest(builder.spans)
        builder.doubtful.update(nearest.path(*place) for place in text.damaged)
    problems = sorted(dict.fromkeys((*text.problems, *earlier, *builder.problems)), key=lambda problem: problem.at)
    doubtful = frozenset(builder.doubtful)
    said = _said(file, text.content, builder.spans)
    return Document((file,), builder.root, Spots((file, builder.spans)), doubtful, not whole, said), tuple(problems)


def _said(file: str, content: str, spans: Mapping[KeyPath, Span]) -> tuple[Comment, ...]:
    """What the comments of a text say to this program."""
    return tuple(comments(file, content, scalar_spans(spans))) if MENTION.search(content) else ()


def _in_rounds(file: str, content: str) -> tuple[Builder, list[Problem], bool]:
    """What can be read, the problems of the blocks that could not, and whether there was none of those.

    After a syntax error the top-level block that it stands in is blanked and the rest read again, so that one slip in
    the first lines does not hide what follows, and every error is told at once.
    """
    earlier: list[Problem] = []
    limit = min(MAX_ROUNDS, MAX_REREAD // (len(content) + 1)) if len(content) <= MAX_MENDED else 0
    number = 0
    while True:
        builder = Builder(file, content)
        whole = _one_round(builder)
        if number and not builder.values:
            builder.problems = [problem for problem in builder.problems if problem.code != EMPTY_FILE]
        blamed = None if number >= limit or builder.fault is None else block(builder.lines, builder.fault)
        if blamed is None or len(earlier) + len(builder.problems) >= MAX_PROBLEMS:
            return builder, earlier, whole and not number
        kept = range(blamed.start + 1, blamed.stop + 1)
        earlier += [one for one in builder.problems if one.code == NOT_YAML or _line(one) in kept]
        content = without(builder.lines, blamed)
        number += 1


def _line(problem: Problem) -> int:
    return problem.at.line if isinstance(problem.at, Place) else 0


def _one_round(builder: Builder) -> bool:
    """Read a text once. Whether it was read to its end."""
    try:
        content = _without_directives(builder, builder.text)
        whole = _build(builder, _ended(content))
        _check_gaps(builder, len(content) if whole else _end(builder))
    except Refused:
        builder.fault = None
        return False
    return whole


def _build(builder: Builder, content: str) -> bool:
    """Feed the events of a text to the builder. Whether the text was read to its end."""
    handlers: dict[type, Callable[[Any], None]] = {
        yaml.MappingStartEvent: builder.mapping,
        yaml.SequenceStartEvent: builder.sequence,
        yaml.MappingEndEvent: builder.close,
        yaml.SequenceEndEvent: builder.close,
        yaml.AliasEvent: builder.alias,
    }
    scalar, scalar_event = builder.scalar, yaml.ScalarEvent
    try:
        parser = PARSER(content)
        next_event = parser.get_event
        while True:
            event = next_event()
            if type(event) is scalar_event:
                scalar(event)
            elif handle := handlers.get(type(event)):
                handle(event)
            elif type(event) is yaml.DocumentEndEvent:
                return _ends(builder, content, event, next_event)
            elif type(event) is yaml.StreamEndEvent:
                return _is_something(builder)
    except yaml.MarkedYAMLError as error:
        _explain(builder, error)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        # PyYAML's own parser lets some of Python's errors through, for example for the escape "\UFFFFFFFF".
        builder.note(
            NOT_YAML, builder.end, f"This is not YAML ({error}).", "Put the next value in quotes.", builder.here()
        )
    return False


def _ends(builder: Builder, content: str, event: Any, next_event: Callable[[], Any]) -> bool:
    """The end of the first document: nothing but comments may follow. What follows is not given to the parser."""
    nothing = _NOTHING_MORE.match(content, event.end_mark.index)
    rest = nothing.end() if nothing else len(content)
    if rest == len(content):
        return _is_something(builder)
    if not (event.explicit or content.startswith(("---", "%"), rest)):
        next_event()  # tells what is wrong
    line = content.count("\n", 0, rest)
    column = rest - content.rfind("\n", 0, rest) - 1
    message = "Here a second YAML document begins; a file holds one."
    builder.note(
        SEVERAL_DOCUMENTS,
        (line, column, line, column + 3),
        message,
        "Take out the line, or move what follows to a file of its own.",
        (),
    )
    return False


def _is_something(builder: Builder) -> bool:
    """Whether there is a value at all; a file without one is a problem."""
    if builder.root is not None or any(event.value for event in builder.scalars):
        return True
    message = (
        "The file is empty: there is nothing in it but comments." if builder.text.strip() else "The file is empty."
    )
    builder.note(EMPTY_FILE, (0, 0, 0, 0), message, "Fill it in, or delete it.", ())
    return False


def _without_directives(builder: Builder, content: str) -> str:
    """The text with directives at its head made comments: they can change what YAML means, and take a parser long."""
    if not content.startswith("%") and "\n%" not in content:
        return content
    match = _PREAMBLE.match(content)
    preamble = content[: match.end()] if match else ""
    found = re.search(r"^%.*", preamble, re.MULTILINE)
    if found is None:
        return content
    line = preamble.count("\n", 0, found.start())
    message = "A line that begins with % is a YAML directive: a record has none."
    builder.note(DIRECTIVE, (line, 0, line, len(found[0].rstrip("\r"))), message, "Take the line out.", ())
    return re.sub(r"^%", "#", preamble, flags=re.MULTILINE) + content[len(preamble) :]


def _ended(content: str) -> str:
    """The text with a last line of nothing but spaces ended: libyaml takes it for something else than YAML 1.2 does."""
    return f"{content}\n" if content.endswith(" ") and not content[content.rfind("\n") + 1 :].strip(" ") else content


def _explain(builder: Builder, error: yaml.MarkedYAMLError) -> None:
    """The problem of a text that is no YAML."""
    mark, begun = error.problem_mark or error.context_mark, error.context_mark
    line, column = (mark.line, mark.column) if mark else builder.end[2:]
    first_seen = (begun.line, begun.column) if begun else None
    fault = opened(Fault(error.problem or "", line, column, builder.lines, error.context or "", first_seen))
    told = explained(fault)
    related: tuple[tuple[Place, str], ...] = ()
    if told.begun and fault.begun:
        number, first = fault.begun
        related = ((builder.place((number, first, number, first + 1)), told.begun),)
    span = (told.line, told.column, told.line, told.column + 1)
    builder.fault = min(told.line, _began(builder, fault), fault.begun[0] if told.begun and fault.begun else line)
    fix = _spaces(builder, told.line, told.column)
    builder.note(NOT_YAML, span, told.message, told.help, builder.here(), related=related, fix=fix)


def _spaces(builder: Builder, line: int, column: int) -> Fix | None:
    """Ordinary spaces for the odd ones at an error: what a text copied from a wiki needs, most likely.

    What stands on a line with nothing else is nothing to anybody, and goes.
    """
    text = builder.lines[line].rstrip("\r") if line < len(builder.lines) else ""
    if text and not text.strip():
        patch = Patch(builder.place((line, 0, line, len(text))), "")
        return Fix("", True, (patch,), "empty the line")
    found = _ODD_RUN.match(text, column)
    if found is None:
        return None
    words, there = " " * len(found[0]), builder.place((line, column, line, found.end()))
    return Fix(words, patches=(Patch(there, words),), words="write ordinary spaces")


def _began(builder: Builder, fault: Fault) -> int:
    """The line in which the brackets began that are open at an error, or the quoted text that ends in its line."""
    if builder.flow:
        return next(frame.line for frame in reversed(builder.frames) if not frame.flow)
    last = builder.scalars[-1] if builder.scalars else None
    if last is not None and last.style in ("'", '"') and last.end_mark.line == fault.line:
        return int(last.start_mark.line)
    return fault.line


def _end(builder: Builder) -> int:
    """The offset up to which a text that was not read to its end is known."""
    end: int = builder.scalars[-1].end_mark.index if builder.scalars else 0
    return end


def _check_gaps(builder: Builder, stop: int) -> None:
    """Comments and tabs between the values."""
    text = builder.text
    if not is_suspect(text):
        return
    extents = [Extent(event.start_mark.index, event.end_mark.index, not event.style) for event in builder.scalars]
    nearest = _Nearest(builder.spans)
    line = seen = 0
    for flaw in gap_flaws(text, extents, stop):
        line += text.count("\n", seen, flaw.offset)
        seen = flaw.offset
        column = seen - text.rfind("\n", 0, seen) - 1
        builder.note(
            flaw.code,
            (line, column, line, column + flaw.length),
            flaw.message,
            flaw.help,
            nearest.path(line, column),
            fix=_fix(builder, flaw.mend) if flaw.mend else None,
        )


def _fix(builder: Builder, mend: Mend) -> Fix:
    """What mends a flaw, at its place."""
    text = builder.text
    start, end = ((text.count("\n", 0, at), at - text.rfind("\n", 0, at) - 1) for at in (mend.start, mend.end))
    patch = Patch(builder.place((*start, *end)), mend.text)
    return Fix(mend.text, mend.safe, (patch,), mend.words)


class _Nearest:
    """Finds the value that began last before a place: what a flaw at the place is about."""

    def __init__(self, spans: Mapping[KeyPath, Span]) -> None:
        begun = sorted((span[4:6] or span[:2], len(path), number) for number, (path, span) in enumerate(spans.items()))
        paths = tuple(spans)
        self._starts = [start for start, _, _ in begun]
        self._paths = [paths[number] for _, _, number in begun]

    def path(self, line: int, column: int) -> KeyPath:
        """The path of the value; () before the first."""
        index = bisect_right(self._starts, (line, column))
        return self._paths[index - 1] if index else ()
