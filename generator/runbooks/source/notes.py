"""Problems as they are found in one YAML file, and the values that they leave in doubt."""

from __future__ import annotations

from functools import cached_property

from runbooks.findings import Fix, KeyPath, Place, Problem
from runbooks.source.codes import TOO_MANY_PROBLEMS
from runbooks.source.document import Span

MAX_PROBLEMS = 200


class Refused(Exception):
    """Reading ends here; the reason is among the problems."""


class Notes:
    """The text of a file and what is wrong with it so far. Spans count lines and columns from 0."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, text
        self.problems: list[Problem] = []
        self.doubtful: set[KeyPath] = set()
        self.fault: int | None = None
        """The line, counted from 0, whose block a syntax error is blamed on."""

    def note(
        self,
        code: str,
        span: Span,
        message: str,
        remedy: str,
        path: KeyPath,
        *,
        related: tuple[tuple[Place, str], ...] = (),
        fix: Fix | None = None,
    ) -> None:
        """A problem, and the value that it leaves in doubt."""
        self.doubtful.add(path)
        self.problems.append(Problem(self.place(span), message, remedy, related, code, fix=fix))
        if len(self.problems) == MAX_PROBLEMS:
            message = f"The file has more than {MAX_PROBLEMS - 1} problems; reading it ends here."
            self.problems.append(Problem(self.place(span), message, "Mend those above first.", code=TOO_MANY_PROBLEMS))
            raise Refused

    def refuse(self, code: str, span: Span, message: str, remedy: str) -> None:
        """A problem that ends reading."""
        self.note(code, span, message, remedy, ())
        raise Refused

    def place(self, span: Span) -> Place:
        """A span as people count."""
        line, column, end_line, end_column = span
        return Place(self.file, line + 1, column + 1, end_line + 1, end_column + 1)

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text, cut when they are first asked for."""
        return self.text.split("\n")
