"""What a parser says about a file that is no YAML, in words for whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from runbooks.source.text import ODD_SPACE


class Fault(NamedTuple):
    """A parser's error: its words, and where, counted from 0. `context` is what it was reading, begun at `begun`."""

    problem: str
    line: int
    column: int
    lines: Sequence[str]
    context: str = ""
    begun: tuple[int, int] | None = None

    @property
    def text(self) -> str:
        """The line of the error."""
        return self.line_at(self.line)

    def line_at(self, number: int) -> str:
        """A line of the file, without its end; empty after the last."""
        return self.lines[number].rstrip("\r") if number < len(self.lines) else ""


class Explanation(NamedTuple):
    """An error in plain words, at a line and column counted from 0. `begun` says what began at the related place."""

    message: str
    help: str
    line: int
    column: int
    begun: str = ""


_FAR = 300
"""How far into a line a key is looked for: the pattern's time grows with the square of it."""

_RESERVED = "@`%"
_QUOTE_IT = "Put the value in quotes."
_LEFT_OVER = "Put the whole value in quotes, or take out what follows."
_ODD_AT = re.compile(rf"(?:^ *|[:-]){ODD_SPACE.pattern}")
_KEY_BEFORE = re.compile(r"^[\s-]*[^\s#'\"][^#]*?:\s+\S")


def explained(fault: Fault) -> Explanation:
    """The error in plain words. What cannot be put better is given in the parser's own words."""
    for explain in (_odd_space, _quotes, _first_character, _colon, _flow, _list_item, _indentation):
        explanation = explain(fault)
        if explanation is not None:
            return explanation
    words = f"{fault.context}: {fault.problem}" if fault.context else fault.problem
    return Explanation(
        f"This is not YAML ({words}).",
        "Compare the line, and the one above it, with a record that works.",
        fault.line,
        fault.column,
    )


def opened(fault: Fault) -> Fault:
    """The fault with the bracket itself where the parser says only that it was reading what follows one."""
    if "flow" not in fault.context or fault.begun is None:
        return fault
    number, column = fault.begun
    if fault.line_at(number)[column : column + 1] in tuple("[{"):
        return fault
    before = fault.line_at(number)[:column]
    while number > 0 and not ("[" in before or "{" in before):
        number -= 1
        before = fault.line_at(number)
    found = max(before.rfind("["), before.rfind("{"))
    return fault._replace(begun=(number, found)) if found >= 0 else fault


def _odd_space(fault: Fault) -> Explanation | None:
    for number in dict.fromkeys((fault.line, fault.begun[0] if fault.begun else fault.line)):
        text = fault.line_at(number)
        found = _ODD_AT.search(text) or ODD_SPACE.match(text[fault.column :] if number == fault.line else "")
        if found:
            column = found.end() - 1 if found.re is _ODD_AT else fault.column
            message = "Here stands a no-break space, or one of its kind, which YAML does not take for a space."
            return Explanation(message, "Replace it by an ordinary space.", number, column)
    return None


def _quotes(fault: Fault) -> Explanation | None:
    """Quotes that do not end, escapes that do not exist, and text after the closing quote."""
    if "quoted scalar" not in fault.context:
        return None
    if "escape" in fault.problem or "hexdecimal" in fault.problem or "hexadecimal" in fault.problem:
        column = max(fault.text.rfind("\\", 0, fault.column + 1), 0)
        message = (
            f"In double quotes `{fault.text[column : column + 2]}` begins a special character that does not exist."
        )
        help_ = "Write the text in single quotes, for example 'C:\\Users', or write every backslash twice."
        return Explanation(message, help_, fault.line, column)
    begun = fault.begun or (fault.line, fault.column)
    quote = fault.line_at(begun[0])[begun[1] : begun[1] + 1]
    help_ = f"Write the closing {quote} at the end of the text."
    if quote == "'":
        help_ += " An apostrophe inside single quotes is written twice: ''."
    return Explanation(f"The text that begins here with {quote} has no closing {quote}.", help_, *begun)


def _first_character(fault: Fault) -> Explanation | None:
    """A value that begins with a character that has a meaning of its own, or a tab."""
    character = fault.text[fault.column : fault.column + 1]
    if "tab character" in fault.problem or (character == "\t" and "start any token" in fault.problem):
        column = fault.text.find("\t") if "\t" in fault.text else fault.column
        return Explanation(
            "Here stands a tab where YAML allows only spaces.", "Indent with spaces.", fault.line, max(column, 0)
        )
    if "start any token" in fault.problem and character:
        return _begins_with(character, fault.line, fault.column)
    place = fault.begun or (fault.line, fault.column)
    for context, sign in (("alias", "*"), ("anchor", "&"), ("tag", "!"), ("block scalar", "|")):
        if context in fault.context or (sign == "!" and "tag" in fault.problem):
            number, column = place
            written = fault.line_at(number)[column : column + 1]
            return _begins_with(written or sign, number, column)
    return None


def _begins_with(character: str, line: int, column: int) -> Explanation:
    if character in "|>":
        message = (
            f"After {character} only the end of the line may follow: the text goes on in the next lines, indented."
        )
        return Explanation(message, f"If the value itself begins with {character}, put it in quotes.", line, column)
    reason = "is reserved in YAML" if character in _RESERVED else "has a meaning of its own in YAML"
    return Explanation(f"A value cannot begin with {character} unquoted: it {reason}.", _QUOTE_IT, line, column)


def _colon(fault: Fault) -> Explanation | None:
    """A colon too many, or none where a key has to be."""
    if "mapping values are not allowed" in fault.problem:
        if _KEY_BEFORE.match(fault.text[: min(fault.column, _FAR)]):
            message = "A colon followed by a space cannot stand in an unquoted value."
            return Explanation(message, _QUOTE_IT, fault.line, fault.column)
        message = (
            "This key is indented further than the line above allows: that line has a value already, or an open text."
        )
        return Explanation(
            message, "Indent it like the keys it belongs to.", fault.line, len(fault.text) - len(fault.text.lstrip())
        )
    if "could not find expected ':'" in fault.problem:
        number, column = fault.begun or (fault.line, fault.column)
        message = "This line is neither a key with a colon and a space (`key: value`) nor a list item (`- value`)."
        help_ = "Put a colon and a space after the key, or indent the line if it belongs to the text above."
        return Explanation(message, help_, number, column)
    return None


def _flow(fault: Fault) -> Explanation | None:
    """Brackets and braces that are not closed, or a comma that is missing."""
    if "flow" not in fault.context or fault.begun is None:
        return None
    opening = fault.line_at(fault.begun[0])[fault.begun[1] : fault.begun[1] + 1]
    closing = {"[": "]", "{": "}"}.get(opening, "]")
    if not "".join(fault.lines[fault.line :])[fault.column :].strip():
        return Explanation(f"The {opening} here is never closed.", f"Write the closing {closing}.", *fault.begun)
    message = f"Here a comma or a closing {closing} is missing."
    help_ = f"Separate the entries by commas, put those with a comma or bracket in them in quotes, or write {closing}."
    return Explanation(message, help_, fault.line, fault.column, f"opened here with {opening}")


def _list_item(fault: Fault) -> Explanation | None:
    if "sequence entries are not allowed" not in fault.problem:
        return None
    message = (
        "A list item (`- value`) cannot stand here, behind a key or indented differently from the items before it."
    )
    return Explanation(message, "Begin the list in a new line, all items indented alike.", fault.line, fault.column)


def _indentation(fault: Fault) -> Explanation | None:
    """A line that fits no line above it, or something left over behind a value."""
    if "block" not in fault.context and "document start" not in fault.problem:
        return None
    if fault.text[: fault.column].strip():
        message, help_ = "Here something follows a value that has ended already.", _LEFT_OVER
        if fault.text[fault.column - 1] == "'":
            help_ = "An apostrophe inside single quotes is written twice: ''."
        return Explanation(message, help_, fault.line, fault.column)
    if fault.text[fault.column : fault.column + 1] in ("]", "}", ","):
        return Explanation(
            f"Here stands a {fault.text[fault.column]} that nothing opened.", "Take it out.", fault.line, fault.column
        )
    message = "The indentation of this line fits none of the lines above it."
    return Explanation(message, "Indent it like the keys or list items it belongs to.", fault.line, fault.column)
